"""A document as DOCX, written paragraph by paragraph with little memory.

python-docx makes what surrounds the text (styles, settings, properties); the text itself is streamed, since that
library keeps every paragraph in memory and takes many times as long. Each paragraph has the direction of its own text.
The table of contents can be used at once, and brought up to date in Word. Not here: what a document says (`document`).
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

import docx
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2.sandbox import SandboxedEnvironment

from bot.core.errors import Refused
from bot.exports.about import STAR
from bot.exports.document import (
    Block,
    Chart,
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Run,
    Table,
)
from bot.exports.escapes import visible
from locales.bidi import direction

_TEXT = "word/document.xml"
_LINKS = "word/_rels/document.xml.rels"
_TYPES = "[Content_Types].xml"
_FONT = "Arial"
"""Has Latin, Cyrillic and Arabic letters on every system with Word; others put one like it in its place."""
_STYLES = ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "Quote", "Caption", "List Bullet")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_IMAGE = f"{_OFFICE}/image"
_EMU = 9525
"""English metric units of a pixel."""
_WIDEST = 5_700_000
"""Of a picture, in those units: the text of an A4 page."""
_TABLE = 9060
"""Width of a table, in twentieths of a point."""
_MANY = 5
"""Columns above which letters and margins are smaller, so that long words fit."""
_BAR = 4300
"""Of the longest bar of a chart with its margins, in twentieths of a point; `_BAR_ROOM` without them."""
_BAR_ROOM = _BAR - 216
_BLOCK = 1 << 16
_OTHER = re.compile("[^A-Za-z0-9]")
_DAY = re.compile(r">(?=\d{4}-\d\d-\d\d</w:t>)")
LRM = "\u200e"
"""Before a day that stands by itself: letters from right to left before it would turn it around, 01-12-2026."""
_MARK = "BODY-OF-THE-DOCUMENT-GOES-HERE"


def write(file: BinaryIO, document: Document, template: bytes | None = None) -> None:
    """Write the whole file; it must be able to seek.

    `template`: a Word file somebody made from `template()`; the text takes the place of its paragraph `{{ body }}`.
    Raises Refused `template_unusable` where it is no such file.
    """
    skeleton = zipfile.ZipFile(_skeleton(document) if template is None else _filled(template, document))
    body = _Body(document.right_to_left)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        start, rest = _around(skeleton.read(_TEXT).decode(), document, marked=template is not None)
        with made.open(_info(_TEXT), "w", force_zip64=False) as entry:
            waiting, size = [start], 0
            for block in document.blocks:
                for piece in body.block(block):
                    waiting.append(piece)
                    size += len(piece)
                if size > _BLOCK:
                    entry.write("".join(waiting).encode())
                    waiting, size = [], 0
            entry.write("".join([*waiting, rest]).encode())
        for name in skeleton.namelist():
            if name != _TEXT:
                made.writestr(_info(name), _with_pictures(name, skeleton.read(name), len(body.pictures)))
        for number, picture in enumerate(body.pictures, 1):
            made.writestr(_info(f"word/media/picture{number}.png"), picture)


def template() -> bytes:
    """A Word file to edit: styles, heads and feet may be changed; `{{ title }}` and `{{ body }}` are filled in."""
    made = docx.Document(_skeleton(Document("{{ title }}", "en", False, ())))
    made.add_paragraph("{{ title }}", style="Title")
    made.add_paragraph("{{ body }}")
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def _around(xml: str, document: Document, *, marked: bool) -> tuple[str, str]:
    """What stands before and after the text of the document."""
    if marked:
        at = xml.find(_MARK)
        start = max(xml.rfind("<w:p>", 0, at), xml.rfind("<w:p ", 0, at))
        return xml[:start], xml[xml.index("</w:p>", at) + len("</w:p>") :]
    before, _, after = xml.partition("<w:sectPr")
    before = re.sub(r"<w:body>.*", "<w:body>", before, flags=re.DOTALL)
    if document.right_to_left:
        after = after.replace("</w:sectPr>", "<w:bidi/></w:sectPr>")
    title = _Body(document.right_to_left).paragraph("Title", (Run(document.title),))
    return before + title, "<w:sectPr" + after


def _filled(template: bytes, document: Document) -> io.BytesIO:
    """The template with its fields filled in. Jinja's sandbox: a template may come by mail."""
    saved = io.BytesIO()
    try:
        made = DocxTemplate(io.BytesIO(template))
        fields = {"title": visible(document.title), "body": _MARK}
        made.render(fields, SandboxedEnvironment(), autoescape=True)
        made.save(saved)
        count = zipfile.ZipFile(saved).read(_TEXT).decode().count(_MARK)
    except Exception as error:  # anything may be in a file that is no template: the library raises what it likes
        raise Refused("template_unusable") from error
    if count != 1:
        raise Refused("template_unusable")
    return saved


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # carries no time
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _skeleton(document: Document) -> io.BytesIO:
    made = docx.Document()
    made.core_properties.title = visible(document.title)
    made.core_properties.language = document.language
    made.core_properties.author = made.core_properties.comments = ""
    for name in _STYLES:
        style: Any = made.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if attribute.endswith("Theme"):
                del fonts.attrib[attribute]
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), _FONT)
    made.styles["Normal"].font.size = Pt(10.5)
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)  # A4: the library's own is what North America prints on
    page.left_margin = page.right_margin = Mm(25)
    saved = io.BytesIO()
    made.save(saved)
    return saved


def _with_pictures(name: str, content: bytes, count: int) -> bytes:
    if name == _LINKS and count:
        links = "".join(
            f'<Relationship Id="picture{at}" Type="{_IMAGE}" Target="media/picture{at}.png"/>'
            for at in range(1, count + 1)
        )
        return content.replace(b"</Relationships>", links.encode() + b"</Relationships>")
    if name == _TYPES and count and b'Extension="png"' not in content:
        return content.replace(b"<Default", b'<Default Extension="png" ContentType="image/png"/><Default', 1)
    return content


class _Body:
    """Makes the XML of blocks, and collects their pictures."""

    def __init__(self, right_to_left: bool) -> None:
        self.pictures: list[bytes] = []
        self._default = "rtl" if right_to_left else "ltr"
        self._marks = 0

    def block(self, block: Block) -> Iterator[str]:
        """The XML of a block."""
        match block:
            case Heading(level, text, anchor):
                yield self.paragraph(f"Heading{level}", (Run(text),), anchor)
            case Contents(title, headings):
                yield from self._contents(title, headings)
            case Paragraph(runs, note, anchor):
                yield self.paragraph("Caption" if note else "", runs, anchor)
            case Quotation(text, caption, anchor):
                for line in text.split("\n"):
                    yield self.paragraph("Quote", (Run(line),), anchor)
                    anchor = None
                if caption:
                    yield self.paragraph("Caption", caption)
            case Items(items):
                for item in items:
                    yield self.paragraph("ListBullet", item)
            case Table(headings, rows):
                yield from self._table(headings, rows)
            case Chart():
                yield from self._chart(block)
            case Figure():
                yield self._figure(block)
                if block.caption:
                    yield self.paragraph("Caption", (Run(block.caption),))

    def paragraph(
        self,
        style: str,
        runs: Sequence[Run],
        anchor: str | None = None,
        around: tuple[str, str] = ("", ""),
        *,
        kept: bool = False,
        size: int = 0,
    ) -> str:
        """One paragraph; `around` is put before and after its runs. `kept`: on the page of what follows it.

        `size`: of its letters, in half points; 0: as its style has it.
        """
        towards = direction("".join(run.text for run in runs)) or self._default
        named = f'<w:pStyle w:val="{style}"/>' if style else ""
        named += "<w:keepNext/>" if kept else ""
        bidi = "<w:bidi/>" if towards == "rtl" else ""
        properties = f"<w:pPr>{named}{bidi}</w:pPr>" if named or bidi else ""
        text = "".join(_run(run, size) for run in runs)
        if bidi:
            text = _DAY.sub(f">{LRM}", text)
        if anchor:
            self._marks += 1
            mark = f'w:id="{self._marks}"'
            text = f'<w:bookmarkStart {mark} w:name="{_mark(anchor)}"/>{text}<w:bookmarkEnd {mark}/>'
        return f"<w:p>{properties}{around[0]}{text}{around[1]}</w:p>"

    def _contents(self, title: str, headings: Sequence[Heading]) -> Iterator[str]:
        yield self.paragraph("", (Run(title, bold=True),))
        field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        begin = (
            field.format("begin")
            + '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h \\z \\u </w:instrText></w:r>'
            + field.format("separate")
        )
        for at, heading in enumerate(headings):
            first, last = at == 0, at == len(headings) - 1
            run = Run("\u00a0" * 4 * (heading.level - 1) + heading.text, target=heading.anchor)
            yield self.paragraph("", (run,), around=(begin if first else "", field.format("end") if last else ""))

    def _table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        towards = "<w:bidiVisual/>" if self._default == "rtl" else ""
        many = len(headings) > _MANY
        shares = [14 if many else 10, *[10] * (len(headings) - 1)]  # numbers need less room than the names before them
        widths = [_TABLE * share // sum(shares) for share in shares]
        size = 15 if many else 17
        sides = "".join(f'<w:{side} w:w="40" w:type="dxa"/>' for side in ("start", "end"))
        margins = f"<w:tblCellMar>{sides}</w:tblCellMar>" if many else ""
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>{towards}'
            f'<w:tblW w:w="{_TABLE}" w:type="dxa"/>{margins}</w:tblPr>'
            "<w:tblGrid>" + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths) + "</w:tblGrid>"
        )
        for at, row in enumerate([headings, *rows]):
            head = "<w:trPr><w:cantSplit/></w:trPr>" if at else "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            cells = "".join(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
                + "".join(self.paragraph("", (Run(line, bold=not at),), size=size) for line in text.split("\n"))
                + "</w:tc>"
                for width, text in zip(widths, row, strict=True)
            )
            yield f"<w:tr>{head}{cells}</w:tr>"
        yield "</w:tbl><w:p/>"

    def _chart(self, chart: Chart) -> Iterator[str]:
        """A table whose bars are shaded paragraphs: Word's own, so labels can be edited and are in their own script."""
        yield self.paragraph("", (Run(chart.caption, bold=True),), kept=True)
        widths = (3400, _BAR, 900)
        towards, bidi = ("<w:bidiVisual/>", "<w:bidi/>") if self._default == "rtl" else ("", "")
        yield (
            f'<w:tbl><w:tblPr>{towards}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/></w:tblPr>'
            "<w:tblGrid>" + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths) + "</w:tblGrid>"
        )
        for (name, number), share in zip(chart.bars, chart.shares(), strict=True):
            rest = round(_BAR_ROOM * (1 - share))
            shade = '<w:shd w:val="clear" w:color="auto" w:fill="2E6DA4"/>' if number else ""
            bar = f'<w:p><w:pPr>{shade}{bidi}<w:ind w:start="0" w:end="{rest}"/></w:pPr></w:p>'
            cells = (
                self.paragraph("", (Run(name),)),
                bar,
                self.paragraph("", (Run(STAR if number is None else str(number)),)),
            )
            yield (
                "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
                + "".join(
                    f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{cell}</w:tc>'
                    for width, cell in zip(widths, cells, strict=True)
                )
                + "</w:tr>"
            )
        yield "</w:tbl><w:p/>"

    def _figure(self, figure: Figure) -> str:
        self.pictures.append(figure.picture)
        number = len(self.pictures)
        width, height = figure.width * _EMU, figure.height * _EMU
        if width > _WIDEST:
            width, height = _WIDEST, height * _WIDEST // width
        size = f'cx="{width}" cy="{height}"'
        main = "http://schemas.openxmlformats.org/drawingml/2006/main"
        kind, inline = main.replace("main", "picture"), main.replace("main", "wordprocessingDrawing")
        told = quoteattr(visible(figure.alternative))
        return (
            f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{inline}"><wp:extent {size}/>'
            f'<wp:docPr id="{number}" name="Picture {number}" descr={told}/>'
            f'<a:graphic xmlns:a="{main}"><a:graphicData uri="{kind}"><pic:pic xmlns:pic="{kind}">'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="picture{number}"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="picture{number}" xmlns:r="{_OFFICE}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )


def _run(run: Run, size: int = 0) -> str:
    properties = "<w:b/><w:bCs/>" if run.bold else ""
    if run.italic:
        properties += "<w:i/><w:iCs/>"
    if size:
        properties += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    if direction(run.text) == "rtl":
        properties += "<w:rtl/>"
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    text = escape(visible(run.text), quote=False).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    made = f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'
    return f'<w:hyperlink w:anchor="{_mark(run.target)}" w:history="1">{made}</w:hyperlink>' if run.target else made


def _mark(anchor: str) -> str:
    """Word's names of places have letters, digits and underscores, 40 at most."""
    return _OTHER.sub("_", anchor)[:40]
