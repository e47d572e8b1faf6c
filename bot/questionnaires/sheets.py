"""The sheets of a form, row by row, as they stand in Markdown tables or in a workbook, with one spelling of columns.

Not here: what the rows mean (`checks`, `compilation`).
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from bot.questionnaires.faults import Fault, Faulty
from bot.questionnaires.inspection import Traits, inspect

SPELLINGS: Mapping[str, str] = {
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::required": "required",
    "requiredmsg": "required_message",
    "bind::jr:requiredmsg": "required_message",
    "bind::constraint": "constraint",
    "constraining_message": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "calculate": "calculation",
    "bind::calculate": "calculation",
    "bind::readonly": "read_only",
    "readonly": "read_only",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "control::jr:count": "repeat_count",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
    "caption": "label",
    "form_title": "title",
    "set_form_title": "title",
    "set_form_id": "form_id",
    "id_string": "form_id",
}
"""Other spellings of columns that XLSForm allows, among them what the short names stand for."""
MOST_EMPTY = 60
"""Empty rows in a row, after which pyxform believes that a sheet is at its end."""


@dataclass(frozen=True)
class Cell:
    """One filled cell. `column` is the heading as written, `language` the text after its last `::`, or ""."""

    column: str
    value: str
    language: str = ""


@dataclass(frozen=True)
class Row:
    """One filled row; `number` counts as the spreadsheet does, the header being row 1."""

    number: int
    cells: Mapping[str, Sequence[Cell]]
    """Canonical column (`label`, `bot::short`) to its cells, one per language."""

    def text(self, column: str) -> str:
        """The first cell of a column, "" when empty."""
        found = self.cells.get(column)
        return found[0].value if found else ""

    def heading(self, column: str) -> str:
        """The column as the author wrote it."""
        found = self.cells.get(column)
        return found[0].column if found else column


@dataclass(frozen=True)
class Sheets:
    """The three sheets of a form, and the definition that pyxform compiles."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: tuple[Row, ...]
    names: tuple[str, ...]
    """Names of all sheets of the file."""
    raw: DefinitionData
    merged: tuple[tuple[str, int], ...] = ()
    """Where cells are merged: sheet and row of the first of them."""
    unheaded: tuple[tuple[str, int, str], ...] = ()
    """Columns without a heading in which something stands: sheet, first such row, letter."""
    headings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Canonical columns of each sheet that there is, also those that no row fills."""
    assumed: Mapping[str, str] = field(default_factory=dict)
    """Settings that the file does not give, and what stands in for them."""


def from_markdown(text: str) -> Sheets:
    """Sheets written as Markdown tables, a line break within a cell as `\\n`. Raises Faulty `file_unreadable`."""
    return _sheets(text.encode(), ".md")


def from_workbook(content: bytes) -> Sheets:
    """Sheets of an .xlsx file.

    Raises Faulty with what `inspect` refuses, and `formula_empty`, `heading_doubled`, `rows_apart`.
    """
    traits = inspect(content)
    faults, unheaded = _passed_over(content, traits)
    merged: tuple[tuple[str, int], ...] = ()
    if traits.formulas or traits.merged:
        empty, merged = _unseen(content, traits)
        faults += empty
    if faults:
        raise Faulty(faults)
    return replace(_sheets(content, ".xlsx"), merged=merged, unheaded=unheaded)


def completed(sheets: Sheets, name: str) -> Sheets:
    """The same with an id, a title and a version, taken from the name of the file where the settings lack them."""
    row = sheets.settings[0] if sheets.settings else Row(2, {})
    slug = _NO_ID.sub("_", name.lower()).strip("_.-")[:40] or "form"
    given = {"form_id": slug if slug[0].isalpha() else f"form_{slug}"[:40], "title": name or "form", "version": "1"}
    assumed = {column: value for column, value in given.items() if not row.text(column)}
    if not assumed:
        return sheets
    cells = {**row.cells, **{column: (Cell(column, value),) for column, value in assumed.items()}}
    spelt = {"title": "form_title"}
    raw: DefinitionData = deepcopy(sheets.raw)
    settings = [dict(one) for one in raw.settings or [{}]] or [{}]
    settings[0] |= {spelt.get(column, column): value for column, value in assumed.items()}
    header = dict.fromkeys(heading for one in settings for heading in one)
    raw = replace(raw, settings=settings, settings_header=[header])
    shown = {column: value for column, value in assumed.items() if column != "version"}
    return replace(sheets, settings=(Row(row.number, cells), *sheets.settings[1:]), raw=raw, assumed=shown)


_NO_ID = re.compile(r"[^a-z0-9]+")


def _passed_over(content: bytes, traits: Traits) -> tuple[list[Fault], tuple[tuple[str, int, str], ...]]:
    """What pyxform does not read: headings given twice and rows below a gap, as faults; columns without a heading."""
    faults: list[Fault] = []
    unheaded: list[tuple[str, int, str]] = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False, data_only=True)
        for sheet in book.worksheets:
            if sheet.title.lower() not in _NAMES and len(book.worksheets) > 1:
                continue
            rows = sheet.iter_rows(max_row=traits.rows or 1, max_col=traits.columns or 1, values_only=True)
            headings = [_written(value) for value in next(rows, ())]
            faults += _doubled(sheet.title, headings)
            known = [index for index, heading in enumerate(headings) if heading]
            last = 1
            told: set[int] = set()
            for number, row in enumerate(rows, start=2):
                filled = {index for index, value in enumerate(row) if _written(value)}
                for index in sorted(filled.difference(known, told)):
                    told.add(index)
                    unheaded.append((sheet.title, number, get_column_letter(index + 1)))
                if filled.intersection(known):
                    if number - last - 1 > MOST_EMPTY:
                        faults.append(Fault(sheet.title, number, "", "rows_apart", {"number": number - last - 1}))
                        break
                    last = number
    except Exception as error:  # see `_sheets`
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    return faults, tuple(unheaded)


def _written(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _doubled(sheet: str, headings: Sequence[str]) -> Iterator[Fault]:
    """Headings that mean the same column, whether they are spelt alike or not."""
    single = not any("::" in heading for heading in headings)
    seen: dict[tuple[str, str], str] = {}
    for heading in filter(None, headings):
        meant = canonical(heading, single=single)
        if meant in seen:
            yield Fault(sheet, 1, heading, "heading_doubled", {"column": heading[:60], "other": seen[meant][:60]})
        seen[meant] = heading


def _unseen(content: bytes, traits: Traits) -> tuple[list[Fault], tuple[tuple[str, int], ...]]:
    """Formulas whose result the file does not hold, as faults; and where cells are merged: sheet and row."""
    faults: list[Fault] = []
    merged: list[tuple[str, int]] = []
    try:
        if traits.formulas:
            written = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            shown = load_workbook(io.BytesIO(content), read_only=True, keep_links=False, data_only=True)
            for sheet in written.worksheets:
                if sheet.title.lower() in _NAMES:
                    faults += _without_result(sheet, shown[sheet.title], traits)
        if traits.merged:
            for sheet in load_workbook(io.BytesIO(content), keep_links=False).worksheets:
                if sheet.title.lower() in _NAMES:
                    merged += [(sheet.title, area.min_row) for area in sheet.merged_cells.ranges]
    except Exception as error:  # see `_sheets`
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    return faults, tuple(sorted(merged))


def _without_result(written: Any, shown: Any, traits: Traits) -> Iterator[Fault]:
    """Both as far as something stands, row beside row: to read a whole sheet of empty cells takes long."""
    most = {"max_row": traits.rows or 1, "max_col": traits.columns or 1}
    headings: tuple[object, ...] = ()
    pairs = zip(written.iter_rows(**most), shown.iter_rows(**most, values_only=True), strict=True)
    for number, (cells, values) in enumerate(pairs, start=1):
        headings = headings or values
        for index, (cell, value) in enumerate(zip(cells, values, strict=True)):
            if cell.data_type == "f" and value is None:
                heading = str(headings[index] or get_column_letter(index + 1))
                yield Fault(written.title, number, heading, "formula_empty")


_NAMES = frozenset(("survey", "choices", "settings"))


def _sheets(content: bytes, kind: str) -> Sheets:
    try:
        raw = get_xlsform(content, file_type=kind)
    except Exception as error:
        # A damaged file makes the libraries beneath fail each in its own way: zip, deflate, XML, cells, tables.
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    if kind == ".md":
        _break_lines(raw)
    return Sheets(
        _rows(raw.survey, raw.survey_header),
        _rows(raw.choices, raw.choices_header),
        _rows(raw.settings, raw.settings_header),
        tuple(map(str, raw.sheet_names or ())),
        raw,
        headings={name: _headings(getattr(raw, f"{name}_header")) for name in _NAMES if getattr(raw, name) is not None},
    )


def _break_lines(raw: DefinitionData) -> None:
    """A row of a Markdown table is one line, so a line break in what people read is spelled out there."""
    for row in (*(raw.survey or ()), *(raw.choices or ())):
        for heading, value in row.items():
            # A column without a heading comes as None.
            if canonical(str(heading))[0] in ("label", "hint"):
                row[heading] = value.replace("\\n", "\n")


def _rows(rows: Sequence[Mapping[str, Any]] | None, header: Sequence[Mapping[str, Any]] | None) -> tuple[Row, ...]:
    single = not any("::" in str(heading) for one in header or () for heading in one)
    return tuple(_row(number, row, single=single) for number, row in enumerate(rows or (), start=2) if row)


def _headings(header: Sequence[Mapping[str, Any]] | None) -> frozenset[str]:
    found = [str(heading) for one in header or () for heading in one]
    single = not any("::" in heading for heading in found)
    return frozenset(canonical(heading, single=single)[0] for heading in found)


def _row(number: int, row: Mapping[str, Any], *, single: bool) -> Row:
    cells: dict[str, list[Cell]] = {}
    for heading, value in row.items():
        column, language = canonical(str(heading), single=single)
        text = str(value).strip()
        if text:
            cells.setdefault(column, []).append(Cell(str(heading).strip(), text, language))
    return Row(number, cells)


_CHOICE_SHORT = re.compile(r"bot_short_([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)", re.IGNORECASE)
"""The short name of a choice in a language. pyxform cannot take `bot::short::French (fr)` on the sheet of choices."""


def canonical(heading: str, *, single: bool = False) -> tuple[str, str]:
    """Column and language of a heading: `bot::short::French (fr)` gives `bot::short` and `French (fr)`.

    `single`: no heading of the sheet has two colons, so that one parts them, as in forms of the first years.
    """
    if short := _CHOICE_SHORT.fullmatch(heading.strip()):
        return "bot::short", f"({short[1]})"
    heading = " ".join(heading.split())  # not every space that Excel takes is a plain one
    parts = [part.strip() for part in (_SINGLE.split(heading) if single else heading.split("::"))]
    first = parts[0].lower()
    if first in ("bot", "media", "bind", "body", "control", "instance") and len(parts) > 1:
        first = f"{first}::{parts[1].lower()}"
        parts = parts[1:]
    first = first.replace(" ", "_")
    return SPELLINGS.get(first, first), "::".join(parts[1:])


_SINGLE = re.compile(r"(?<!jr):", re.IGNORECASE)
"""A colon, but for the one in `jr:constraintMsg`."""
