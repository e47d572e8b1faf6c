"""Charts: bars as long as their numbers, hidden numbers without one, labels that stay text in their own direction."""

import io
import re
import zipfile

import docx

from bot.exports import page, word
from bot.exports.document import Block, Chart, Document, Items, Paragraph, Run

BARS = (("الحماية من العنف", 40), ("Защита", 10), ("<b>\u202eevil\x07", None), ("None", 0))


def made(write: object, right_to_left: bool) -> bytes:
    file = io.BytesIO()
    write(file, Document("T", "ar" if right_to_left else "en", right_to_left, [Chart("How many", BARS)]))  # type: ignore[operator]
    return file.getvalue()


def test_bars_are_as_long_as_their_numbers() -> None:
    assert Chart("", BARS).shares() == [1.0, 0.25, 0.0, 0.0]
    assert Chart("", [("a", None)]).shares() == [0.0]


def test_the_page_draws_them_itself() -> None:
    shown = made(page.write, False).decode()
    assert re.findall(r'<rect width="([0-9.]+)"', shown) == ["100.0", "25.0", "0.0", "0.0"]
    assert re.findall(r"</svg></td><td>([^<]*)", shown) == ["40", "10", "*", "0"]
    assert "&lt;b&gt;\\u202eevil\\u0007" in shown
    assert "<img" not in shown


def test_word_has_a_table_with_shaded_bars() -> None:
    for right_to_left in (False, True):
        content = made(word.write, right_to_left)
        (table,) = docx.Document(io.BytesIO(content)).tables
        texts = [[cell.text for cell in row.cells] for row in table.rows]
        assert [row[0] for row in texts] == ["الحماية من العنف", "Защита", "<b>\\u202eevil\\u0007", "None"]
        assert [row[2] for row in texts] == ["40", "10", "*", "0"]
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            xml = packed.read("word/document.xml").decode()
        rests = [int(rest) for rest in re.findall(r'w:start="0" w:end="([0-9]+)"', xml)]
        assert rests[0] == 0 < rests[1] < rests[2] == rests[3]
        assert xml.count('w:fill="2E6DA4"') == 2
        assert xml.count("<w:bidiVisual/>") == right_to_left


def test_a_paragraph_runs_the_way_of_its_words_though_they_are_isolated() -> None:
    file = io.BytesIO()
    runs: list[Block] = [
        Paragraph((Run("يسجل هذا التقرير"), Run(" (بكلمات المشاركين)", italic=True))),
        Paragraph((Run("Pay wages"), Run(" (بكلمات المشاركين)"))),
        Paragraph((Run("12"),)),
        Paragraph((Run("["), Run("0a"), Run("]"))),
        Items([(Run("Защита"),), (Run("حماية"),)]),
    ]
    page.write(file, Document("T", "ar", True, runs))
    shown = file.getvalue().decode()
    assert re.findall('<(?:p|li) dir="([a-z]+)"', shown) == ["rtl", "ltr", "rtl", "ltr", "ltr", "rtl"]
    assert "[<bdi>0a</bdi>]" in shown
    assert "<bdi>Pay wages</bdi> <bdi>(بكلمات" in shown
    assert " <bdi><i>(بكلمات" in shown
