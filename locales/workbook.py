"""The spreadsheet for volunteers who translate: written for one language, read back, and checked row by row.

A sheet for each domain, a row for each text (or each form of one that is counted). Only the yellow column is written
in; the others say what the row was exported from, so that newer work is noticed on the way back.
Not here: the states (`coverage`), how files are changed (`importing`), what the operator is told (`operator.toml`).
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.core.errors import Refused
from locales.coverage import BRIEFINGS, State, Text, language, own, texts
from locales.operator import sentence
from locales.translations import PLACEHOLDER

HEADINGS = ("key", "number", "where", "English", "present translation", "new translation", "state", "note")
KEY, NUMBER, WHERE, ENGLISH, PRESENT, NEW, STATE, NOTE = range(len(HEADINGS))
COLUMN = "ABCDEFGH"
"""Letters of the columns, in their order."""
ABOUT = "about"
"""The sheet that explains; its B1 is the language's code."""

MOST_BYTES = 5 * 1024 * 1024
"""Of a workbook, packed; ten times that unpacked. A whole language takes 100 kB."""

_WIDTHS = (28, 10, 28, 60, 60, 60, 11, 44)
_YELLOW = PatternFill("solid", fgColor="FFF6CC")
_GREY = PatternFill("solid", fgColor="EEEEEE")
_HELP = (
    "Write into the yellow column only, as plain text. An empty yellow cell changes nothing.",
    "missing: there is no translation yet. stale: the English text has changed since; people see English until the "
    "translation follows. malformed: the note says what is wrong with it. ok: nothing to do, but it can be improved.",
    "Words in curly braces, such as {hours}, are filled in by the program: keep them exactly as they are.",
    "Where the column “number” is filled in, each row is the form for such numbers.",
    "People read this on a small phone; some are tired or afraid. Short sentences, plain words, no jargon.",
    "When you are done: micic translations import FILE.xlsx",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came back. `number` counts as the spreadsheet does. `odd`: its new text is no text."""

    sheet: str
    number: int
    key: str
    english: str
    present: str
    new: str
    odd: bool


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Something to mend: where it is, and what it is."""

    sheet: str
    row: int
    column: str
    key: str
    error: Refused

    def line(self) -> str:
        """For whoever mends it."""
        where = f"sheet {self.sheet}, row {self.row}, column {self.column}"
        return f"{where}{f' ({self.key})' if self.key else ''}: {sentence(self.error)}"


class Unusable(Refused):
    """Nothing of a workbook was taken: code `workbook_faulty` with `path` and `count`; `faults` says what and where."""

    def __init__(self, path: str, faults: Sequence[Misplaced]) -> None:
        self.faults = tuple(faults)
        super().__init__("workbook_faulty", path=path, count=len(self.faults))


def export(home: Traversable, code: str) -> bytes:
    """A language's texts as an .xlsx file. Raises Refused `language_unknown`."""
    declared = language(home, code)
    book = Workbook()
    about = book.active
    assert about is not None  # noqa: S101 - a new workbook has a sheet
    _explain(about, code, declared.english_name)
    sheets: dict[str, list[Text]] = {}
    for text in texts(home, code):
        if text.source:
            sheets.setdefault(text.domain, []).append(text)
    for domain, found in sheets.items():
        numbers = () if domain == BRIEFINGS else examples(own(home, declared, domain).plural)
        _fill(book.create_sheet(domain), found, numbers, rtl=declared.direction == "rtl")
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def examples(plural: Any) -> tuple[str, ...]:
    """For each plural form the first numbers that take it: `1, 21, 31`."""
    found: dict[int, list[int]] = {}
    for number in range(1001):
        if len(first := found.setdefault(plural(number), [])) < 4:
            first.append(number)
    return tuple(", ".join(map(str, found[at])) for at in sorted(found))


def _explain(sheet: Worksheet, code: str, name: str) -> None:
    sheet.title = ABOUT
    sheet.append(["language", code])
    sheet.append(["", name])
    for line in _HELP:
        sheet.append(["", line])
    sheet.column_dimensions["B"].width = 110
    for row in sheet.iter_rows(min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _fill(sheet: Worksheet, found: Sequence[Text], numbers: Sequence[str], *, rtl: bool) -> None:
    sheet.append(HEADINGS)
    bounds: dict[int, list[str]] = {}
    for text in found:
        for cells in _rows(text, numbers):
            sheet.append(cells)
            at = sheet.max_row
            for place, value in enumerate(cells):
                _style(sheet.cell(at, place + 1), value, place, rtl=rtl)
            if text.limit is not None:
                bounds.setdefault(text.limit, []).append(f"{COLUMN[NEW]}{at}")
    for most, cells_bound in bounds.items():
        rule = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(most), allow_blank=True)
        rule.error, rule.errorTitle = f"At most {most} characters fit there.", "Too long"
        for cell in cells_bound:
            rule.add(cell)
        sheet.add_data_validation(rule)
    for letter, width in zip(COLUMN, _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{COLUMN[-1]}{sheet.max_row}"
    protection = sheet.protection
    protection.sheet, protection.autoFilter, protection.sort = True, False, False
    protection.formatColumns = protection.formatRows = protection.formatCells = False


def _rows(text: Text, numbers: Sequence[str]) -> Iterator[list[str]]:
    counted = len(text.source) > 1
    for at in range(len(numbers) if counted else 1):
        # Of a text that is counted both, for neither alone says what the form is about.
        english = joined(text.source)
        present = text.forms[at] if at < len(text.forms) else ""
        number = numbers[at] if counted else ""
        yield [text.key, number, text.where, english, present, "", text.state.value, _note(text)]


def joined(source: Sequence[str]) -> str:
    """An English text as it stands in its cell."""
    return " / ".join(source)


def _note(text: Text) -> str:
    names = sorted({name for part in text.source for name in PLACEHOLDER.findall(part)})
    said = [
        *(sentence(fault) for fault in text.faults),
        text.note,
        f"At most {text.limit} characters." if text.limit else "",
        "Keep " + " ".join("{" + name + "}" for name in names) + "." if names else "",
    ]
    return " ".join(part for part in said if part)


def _style(cell: Any, value: str, place: int, *, rtl: bool) -> None:
    cell.data_type = "s"  # nothing is a formula, whatever it begins with
    cell.number_format = "@"
    right = rtl and place in (PRESENT, NEW)
    cell.alignment = Alignment(
        wrap_text=True, vertical="top", horizontal="right" if right else "left", readingOrder=2 if right else 1
    )
    cell.fill = _YELLOW if place == NEW else _GREY
    cell.protection = Protection(locked=place != NEW)
    if place == NEW:
        cell.value = None
    if place == STATE and value != State.OK:
        cell.font = Font(bold=True)


# Reading


def read(path: Path) -> tuple[str, list[Row], list[Misplaced]]:
    """Language, rows, and headings that are gone. Raises Refused `workbook_unreadable` (path), `file_unreadable`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(len(content))
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > 10 * MOST_BYTES:
                raise ValueError(len(content))
        book = load_workbook(io.BytesIO(content))
        code = str(book[ABOUT]["B1"].value)
    except Exception as error:  # a damaged file makes the libraries beneath fail each in its own way
        raise Refused("workbook_unreadable", path=str(path)) from error
    rows: list[Row] = []
    faults: list[Misplaced] = []
    for sheet in book.worksheets:
        if sheet.title != ABOUT:
            _read_sheet(sheet, rows, faults)
    return code, rows, faults


def _read_sheet(sheet: Worksheet, rows: list[Row], faults: list[Misplaced]) -> None:
    headings = {str(cell.value).strip(): cell.column_letter for cell in sheet[1] if cell.value is not None}
    wanted = [HEADINGS[place] for place in (KEY, ENGLISH, PRESENT, NEW)]
    gone = [name for name in wanted if name not in headings]
    faults += [Misplaced(sheet.title, 1, "-", "", Refused("column_missing", heading=name)) for name in gone]
    if gone:
        return
    for at in range(2, sheet.max_row + 1):
        key, english, present, new = (sheet[f"{headings[name]}{at}"] for name in wanted)
        if key.value is not None or new.value is not None:
            odd = new.data_type not in ("s", "n", "inlineStr") or isinstance(new.value, bool)
            rows.append(Row(sheet.title, at, _text(key), _text(english), _text(present), _text(new), odd))


def _text(cell: Any) -> str:
    """What stands in a cell, however the spreadsheet took it; line breaks of every system are one."""
    value = cell.value
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def by_text(rows: Sequence[Row]) -> Mapping[tuple[str, str], list[Row]]:
    """Rows of each text, in their order: one, or one for each plural form."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.sheet, row.key), []).append(row)
    return found
