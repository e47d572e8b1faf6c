"""Documents to read: everything in them once, harmless, in its own direction, and nothing asked of the outside."""

import base64
import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from bot.exports import escapes, page, to_docx, to_html, word
from bot.exports.document import (
    Block,
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Run,
    Table,
    said,
)
from bot.exports.options import Options, Values
from tests.exports.test_formats import HOSTILE, LONG, QUESTIONNAIRE, line

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Texts(HTMLParser):
    """What a reader of the page sees, and every tag and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def numbered(*texts: str, **answers: Any) -> list[dict[str, Any]]:
    return [line(recommendation=text, **answers) | {"contribution": f"{at:032x}"} for at, text in enumerate(texts)]


def html_of(path: Path) -> Texts:
    found = Texts()
    found.feed(path.read_text("utf-8"))
    return found


def test_a_page_shows_hostile_texts_as_texts_and_loads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    texts = (*HOSTILE, *LONG)
    assert to_html.write(numbered(*texts), QUESTIONNAIRE, path) == len(texts)
    found = html_of(path)
    for text in texts:
        for shown in text.split("\n"):
            assert escapes.visible(shown) in found.text
    assert {tag for tag, _ in found.tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "nav",
            "h1",
            "h2",
            "h3",
            "h4",
            "ul",
            "li",
            "a",
            "p",
        ),
        *("bdi", "b", "i", "br", "blockquote", "table", "thead", "tbody", "tr", "th", "td"),
    }
    for _, attributes in found.tags:
        assert not {"src", "onclick", "onload", "onerror"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'" in path.read_text("utf-8")
    assert not set("\u202e\u2066\u200f\0\x07") & set(path.read_text("utf-8"))


def test_each_link_of_a_page_leads_somewhere(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    to_html.write(numbered("one", "two", phase="emergency", theme="firewall"), QUESTIONNAIRE, path)
    tags = html_of(path).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(attributes["href"])[1:] for _, attributes in tags if "href" in attributes} <= set(map(str, ids))
    assert "c-" + "0" * 31 + "1" in ids


def test_a_word_file_opens_with_every_text(tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    texts = (*HOSTILE, *LONG)
    assert to_docx.write(numbered(*texts), QUESTIONNAIRE, path) == len(texts)
    found = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    for text in texts:
        for shown in text.split("\n"):
            assert escapes.visible(shown) in found
    content = zipfile.ZipFile(path).read("word/document.xml").decode()
    assert not set("\u202e\u2066\u200f") & set(content)


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
def test_paragraphs_have_their_own_direction(language: str, tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    options = Options(Values.LABELS, language)
    to_docx.write(numbered("مرحبا بكم", "Open the door"), QUESTIONNAIRE, path, options)
    found = {paragraph.text: paragraph._p for paragraph in docx.Document(str(path)).paragraphs}
    assert found["مرحبا بكم"].find(f"{W}pPr/{W}bidi") is not None
    assert found["مرحبا بكم"].find(f"{W}r/{W}rPr/{W}rtl") is not None
    assert found["Open the door"].find(f"{W}pPr/{W}bidi") is None
    page_path = tmp_path / "out.html"
    to_html.write(numbered("مرحبا بكم"), QUESTIONNAIRE, page_path, options)
    assert html_of(page_path).tags[0][1] == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}


def test_a_day_is_not_turned_around_by_the_letters_before_it() -> None:
    office = BytesIO()
    facts = [Paragraph((Run("تاريخ الإعداد: "), Run("2026-12-01"))), Paragraph((Run("Made on: "), Run("2026-12-02")))]
    word.write(office, Document("تقرير", "ar", True, facts))
    content = docx.Document(office).element.xml
    assert ">\u200e2026-12-01<" in content
    assert ">2026-12-02<" in content
    web = BytesIO()
    page.write(web, Document("تقرير", "ar", True, facts))
    assert b'<bdi dir="ltr">2026-12-01</bdi>' in web.getvalue()


def test_groups_come_in_the_order_of_the_form(tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    lines = numbered("after", phase="post_crisis") + numbered("before", phase="pre_crisis") + numbered("unsaid")
    to_docx.write(lines, QUESTIONNAIRE, path)
    found = docx.Document(str(path)).paragraphs
    heads = [one.text for one in found if one.style is not None and one.style.name == "Heading 1"]
    assert heads == ["About this document", "Before the crisis", "After the crisis", "Not said"]
    order = [one.text for one in found if one.text in ("before", "after", "unsaid")]
    assert order == ["before", "after", "unsaid"]


def test_what_was_replaced_or_withdrawn_is_named(tmp_path: Path) -> None:
    gone = line() | {"contribution": "1" * 32, "state": "withdrawn", "questionnaire": None, "version": None}
    new = line(recommendation="new") | {"contribution": "3" * 32, "supersedes": "2" * 32}
    for write, name in ((to_html.write, "out.html"), (to_docx.write, "out.docx")):
        path = tmp_path / name
        write([gone, new], QUESTIONNAIRE, path)
        shown = (
            html_of(path).text
            if name.endswith("html")
            else "\n".join(one.text for one in docx.Document(str(path)).paragraphs)
        )
        assert f"{'1' * 32} (withdrawn)" in shown
        assert re.search(f"Replaces {'2' * 32}", shown)


def everything() -> Document:
    heading = Heading(1, "First & last", "first")
    blocks: list[Block] = [
        Contents("Contents", [heading]),
        heading,
        Paragraph((Run("Bold", bold=True), Run(" and cited "), Run("[1]", italic=True, target="quoted"))),
        Quotation("one\n\nاثنان", (Run("source"),), anchor="quoted"),
        Items([(Run("a"),), (Run("b"),)]),
        Table(["x", "y"], [["1", "2\n3"]]),
        Figure(PIXEL, 1, 1, 'A "dot"', "caption"),
        said("note", note=True),
    ]
    return Document("Report <draft>", "ar", True, blocks)


def test_a_citation_leads_to_its_quotation_in_both_formats() -> None:
    web, office = BytesIO(), BytesIO()
    page.write(web, everything())
    word.write(office, everything())
    assert b'<a href="#quoted"><bdi><i>[1]</i></bdi></a>' in web.getvalue()
    assert b'<blockquote id="quoted">' in web.getvalue()
    made = docx.Document(office)
    content = made.element.xml
    assert 'w:hyperlink w:anchor="quoted"' in content
    assert 'w:name="quoted"' in content
    assert "w:bidiVisual" in content
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [["x", "y"], ["1", "2\n3"]]
    assert len(made.inline_shapes) == 1
    assert made.core_properties.title == "Report <draft>"
