r"""Excel's file format, written row by row with little memory, however many rows there are.

Every text is an inline string, so nothing that a person wrote can become a formula, a number, or a link; one that looks
like a formula carries Excel's own mark of a text ("quote prefix"), so that it does not become one when the cell is
edited. What cannot be seen is written out (`escapes`). Cells take the direction of what stands in them. A sheet that is
full goes on in another: `Data`, `Data 2`, and so on.

Not here: which sheets and columns there are (`to_xlsx`).
"""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, BinaryIO, Self
from xml.sax.saxutils import escape, quoteattr

from bot.exports import escapes
from locales.bidi import direction

ROWS = 1_048_576
"""Rows of a sheet, headings among them."""
CELL = 32_767
"""UTF-16 units that a cell holds."""
_BYTES = (1 << 31) - (1 << 26)
"""Of a sheet before it is packed: from 2 GiB on the zip would need an extension at which Excel offers to repair it."""
_BLOCK = 1 << 18
ROW = "\0"
"""Stands for the number of the row in cells that are kept for many rows."""

_RISKY = re.compile("[=+\\-@＝＋－＠\t\r\n\0'|%]")
_UNSEEN = re.compile(f"[{escapes.UNSEEN}\\\\]")
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads `_x0041_` as the letter A; escaped so, it stays what it is."""
_PLACE = re.compile("([A-Z]+)([0-9]+)")
_FIXED = r"$\1$\2"
_DIRECTIONS = (None, "ltr", "rtl")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PAGE = 260
"""Width in characters up to which a sheet is printed as wide as a page; a wider one would be too small to read."""
_LINE = 13.0
"""Points."""
_FULL = 0.9
"""Of a line: words are not broken at its end."""
_MOST_LINES, _LOOKED_AT = 20, 2000
"""A row as high as a page would hide all others."""
_LINE_HEIGHT = f'<sheetFormatPr defaultRowHeight="{_LINE:g}"/>'
_PRINTED = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
"""On A4."""
_HEADING, _HASHTAG, _NUMBER, _BODY = 1, 2, 3, 4
"""Styles: two of headings, one of numbers, then one for each direction, wrapped or not, marked as text or not."""


def letters(column: int) -> str:
    """The name of a column, from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def text_cell(column: str, text: str, *, wrapped: bool = False, style: int | None = None) -> str:
    """A cell with a text; nothing for an empty one. `ROW` stands for its row. The text must fit (`pieces`)."""
    if not text:
        return ""
    if style is None:
        style = _style(direction(text), wrapped=wrapped, marked=_RISKY.match(text) is not None)
    if _UNSEEN.search(text):
        text = escapes.visible(text)
    if "_x" in text:
        text = _CODED.sub("_x005F_", text)
    return f'<c r="{column}{ROW}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def lines_of(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column of so many characters, as far as a row is made high for it."""
    if len(text) < width and "\n" not in text:
        return 1
    return min(sum(max(1, -(-len(line) // int(width * _FULL))) for line in text[:_LOOKED_AT].split("\n")), _MOST_LINES)


def number_cell(column: str, number: str) -> str:
    """A cell with a number, given in digits; nothing for an empty one."""
    return f'<c r="{column}{ROW}" s="{_NUMBER}"><v>{number}</v></c>' if number else ""


def pieces(text: str, longest: int = CELL) -> list[str]:
    """The text in as few pieces as fit into a cell each; joined they are the text again."""
    if len(text) * 10 <= longest or _length(text) <= longest:  # nothing is written with more than ten characters
        return [text]
    found, start = [], 0
    while start < len(text):
        end = min(start + longest, len(text))
        while (length := _length(text[start:end])) > longest:
            end = start + max(1, (end - start) * longest // length)
        found.append(text[start:end])
        start = end
    return found


def _length(text: str) -> int:
    """UTF-16 units of a text as it stands in its cell."""
    shown = escapes.visible(text) if _UNSEEN.search(text) else text
    return len(shown.encode("utf-16-le")) // 2


def _style(towards: str | None, *, wrapped: bool, marked: bool) -> int:
    return _BODY + 4 * _DIRECTIONS.index(towards) + 2 * wrapped + marked


class Workbook:
    """An .xlsx file in the making; `finish` it, inside `with`."""

    def __init__(self, file: BinaryIO, *, right_to_left: bool = False) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._right_to_left = right_to_left
        self._sheets: list[tuple[str, str]] = []
        """Name, and the range that is filtered."""

    def sheet(
        self, name: str, widths: Sequence[float], headings: Sequence[Sequence[str]], *, frozen_columns: int = 0
    ) -> "Sheet":
        """Begin a sheet; close it before the next. `widths` in characters; `headings`: rows that are kept in view."""
        return Sheet(self, name, widths, headings, frozen_columns)

    def finish(self) -> None:
        """Write what holds the sheets together."""
        for name, content in {
            "xl/styles.xml": _styles(),
            "xl/workbook.xml": self._workbook(),
            "xl/_rels/workbook.xml.rels": _relationships(
                *(("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(self._sheets) + 1)),
                ("styles", "styles.xml"),
            ),
            "_rels/.rels": _relationships(("officeDocument", "xl/workbook.xml")),
            "[Content_Types].xml": _types(len(self._sheets)),
        }.items():
            with self.entry(name) as entry:
                entry.write(content.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: BaseException | TracebackType | type[BaseException] | None) -> None:
        self._zip.close()

    def entry(self, name: str) -> IO[bytes]:
        """A file of the zip, to write."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info._compresslevel = 1  # type: ignore[attr-defined]  # Python 3.13 gives it a public name
        return self._zip.open(info, "w")

    def begin(self, name: str) -> IO[bytes]:
        """The file of one more sheet."""
        self._sheets.append((name, ""))
        return self.entry(f"xl/worksheets/sheet{len(self._sheets)}.xml")

    @property
    def start(self) -> str:
        """How each sheet begins."""
        towards = ' rightToLeft="1"' if self._right_to_left else ""
        view = f'<sheetViews><sheetView workbookViewId="0"{towards}>'
        return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="{{fits:d}}"/></sheetPr>{view}'

    def filtered(self, cells: str) -> None:
        """Note which cells the sheet at hand filters."""
        self._sheets[-1] = (self._sheets[-1][0], cells)

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>'
            for at, (name, _) in enumerate(self._sheets, 1)
        )
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'
            f"'{escape(name)}'!{_PLACE.sub(_FIXED, cells)}</definedName>"
            for at, (name, cells) in enumerate(self._sheets)
        )
        return (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets><definedNames>{filters}</definedNames></workbook>"
        )


class Sheet:
    """A sheet in the making, and those in which it goes on."""

    def __init__(
        self, book: Workbook, name: str, widths: Sequence[float], headings: Sequence[Sequence[str]], frozen: int
    ) -> None:
        self._book, self._name, self._widths, self._headings, self._frozen = book, name, widths, headings, frozen
        self._count = self._row = self._size = self._waiting = 0
        self._rows: list[str] = []
        self._file: IO[bytes]
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is None:
            self._end()
        else:
            self._file.close()

    def add(self, cells: str, lines: int = 1) -> None:
        """Add a row of cells in the order of their columns, `ROW` standing for its number, as high as so many lines."""
        if self._row >= ROWS or self._size > _BYTES:
            self._end()
            self._begin()
        self._append(cells, lines)

    def texts(self, *texts: str) -> None:
        """Add a row of texts, wrapped."""
        cells = "".join(text_cell(letters(at), text, wrapped=True) for at, text in enumerate(texts))
        self.add(cells, self._lines(texts))

    def _lines(self, texts: Sequence[str]) -> int:
        return max((lines_of(text, width) for text, width in zip(texts, self._widths, strict=False)), default=1)

    def _append(self, cells: str, lines: int) -> None:
        self._row += 1
        number = str(self._row)
        # Told, since LibreOffice shows one line of a row that leaves it open.
        high = f' ht="{lines * _LINE:g}"' if lines > 1 else ""
        row = f'<row r="{ROW}"{high}>{cells}</row>'.replace(ROW, number)
        self._rows.append(row)
        self._waiting += len(row)
        if self._waiting > _BLOCK:
            self._flush()

    def _flush(self) -> None:
        block = "".join(self._rows).encode()
        self._file.write(block)
        self._size += len(block)
        self._rows.clear()
        self._waiting = 0

    def _begin(self) -> None:
        self._count += 1
        self._row = self._size = self._waiting = 0
        self._file = self._book.begin(self._name if self._count == 1 else f"{self._name} {self._count}")
        start = self._book.start.format(fits=sum(self._widths) <= _PAGE)
        self._rows = [start, self._pane(), _LINE_HEIGHT, _columns(self._widths), "<sheetData>"]
        for at, headings in enumerate(self._headings):
            style = _HASHTAG if at else _HEADING
            cells = "".join(text_cell(letters(column), text, style=style) for column, text in enumerate(headings))
            self._append(cells, 1 if at else self._lines(headings))

    def _pane(self) -> str:
        rows, columns = len(self._headings), self._frozen
        pane = "bottomRight" if columns else "bottomLeft"
        split = f' xSplit="{columns}"' if columns else ""
        return (
            f'<pane{split} ySplit="{rows}" topLeftCell="{letters(columns)}{rows + 1}" activePane="{pane}"'
            ' state="frozen"/></sheetView></sheetViews>'
        )

    def _end(self) -> None:
        cells = f"A{len(self._headings)}:{letters(len(self._widths) - 1)}{self._row}"
        self._book.filtered(cells)
        self._rows.append(f'</sheetData><autoFilter ref="{cells}"/>{_PRINTED}</worksheet>')
        self._flush()
        self._file.close()


@dataclass(frozen=True)
class _Font:
    size: int = 10
    bold: bool = False
    colour: str = field(default="FF000000")

    def __str__(self) -> str:
        bold = "<b/>" if self.bold else ""
        colour = f'<color rgb="{self.colour}"/>'
        return f'<font>{bold}<sz val="{self.size}"/>{colour}<name val="Arial"/><family val="2"/></font>'


def _columns(widths: Sequence[float]) -> str:
    made = (f'<col min="{at}" max="{at}" width="{width:g}" customWidth="1"/>' for at, width in enumerate(widths, 1))
    return f"<cols>{''.join(made)}</cols>"


def _styles() -> str:
    fonts = [_Font(), _Font(bold=True), _Font(size=9, colour="FF666666")]
    formats = [
        _format(0, 0, "", quoted=False),
        _format(1, 2, 'vertical="top" wrapText="1"', quoted=False),
        _format(2, 2, 'vertical="top"', quoted=False),
        _format(0, 0, 'vertical="top"', quoted=False),
        *(
            _format(0, 0, 'vertical="top"' + _alignment(towards) + (' wrapText="1"' if wrapped else ""), quoted=quoted)
            for towards in _DIRECTIONS
            for wrapped in (False, True)
            for quoted in (False, True)
        ),
    ]
    plain = "<fill><patternFill patternType={}/></fill>"
    shade = '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF2"/></patternFill></fill>'
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="{len(fonts)}">{"".join(map(str, fonts))}</fonts>'
        f'<fills count="3">{plain.format(quoteattr("none"))}{plain.format(quoteattr("gray125"))}{shade}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _format(font: int, fill: int, alignment: str, *, quoted: bool) -> str:
    quote = ' quotePrefix="1"' if quoted else ""
    base = f'<xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{quote}'
    aligned = f'applyAlignment="1"><alignment {alignment}/></xf>' if alignment else "/>"
    return f'{base} applyFont="1" applyFill="1" {aligned}'


def _alignment(towards: str | None) -> str:
    if towards == "rtl":
        return ' horizontal="right" readingOrder="2"'
    return ' horizontal="left" readingOrder="1"' if towards == "ltr" else ""


def _relationships(*targets: tuple[str, str]) -> str:
    made = (
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(made)}</Relationships>'


def _types(sheets: int) -> str:
    parts = [
        ("workbook", "sheet.main"),
        ("styles", "styles"),
        *((f"worksheets/sheet{at}", "worksheet") for at in range(1, sheets + 1)),
    ]
    made = (f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in parts)
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{"".join(made)}</Types>'
    )
