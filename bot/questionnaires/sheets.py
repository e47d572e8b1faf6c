"""The sheets of a form, row by row, as they stand in Markdown tables or in a workbook, with one spelling of columns.

Not here: what the rows mean (`checks`, `compilation`).
"""

import io
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl import load_workbook
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from bot.questionnaires.faults import Fault, Faulty
from bot.questionnaires.inspection import inspect

SPELLINGS: Mapping[str, str] = {
    "relevance": "relevant",
    "calculate": "calculation",
    "caption": "label",
    "constraining_message": "constraint_message",
    "form_title": "title",
    "set_form_title": "title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "list name": "list_name",
}
"""Other spellings of columns that XLSForm allows."""


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
    assumed: Mapping[str, str] = field(default_factory=dict)
    """Settings that the file does not give, and what stands in for them."""


def from_markdown(text: str) -> Sheets:
    """Sheets written as Markdown tables, a line break within a cell as `\\n`. Raises Faulty `file_unreadable`."""
    return _sheets(text.encode(), ".md")


def from_workbook(content: bytes) -> Sheets:
    """Sheets of an .xlsx file. Raises Faulty with what `inspect` refuses, and `formula_empty`, `heading_number`."""
    traits = inspect(content)
    if traits.formulas or traits.merged:
        faults, merged = _unseen(content)
        if faults:
            raise Faulty(faults)
        return replace(_sheets(content, ".xlsx"), merged=merged)
    return _sheets(content, ".xlsx")


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


def _unseen(content: bytes) -> tuple[list[Fault], tuple[tuple[str, int], ...]]:
    """Formulas whose result the file does not hold, as faults; and where cells are merged: sheet and row."""
    faults: list[Fault] = []
    merged: list[tuple[str, int]] = []
    try:
        written = load_workbook(io.BytesIO(content), keep_links=False)
        shown = load_workbook(io.BytesIO(content), keep_links=False, data_only=True)
        for sheet in written.worksheets:
            if sheet.title.lower() not in ("survey", "choices", "settings"):
                continue
            merged += [(sheet.title, area.min_row) for area in sheet.merged_cells.ranges]
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" and shown[sheet.title].cell(cell.row, cell.column).value is None:
                        heading = shown[sheet.title].cell(1, cell.column).value
                        faults.append(Fault(sheet.title, cell.row, str(heading or cell.column_letter), "formula_empty"))
    except Exception as error:  # see `_sheets`
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    return faults, tuple(sorted(merged))


def _sheets(content: bytes, kind: str) -> Sheets:
    try:
        raw = get_xlsform(content, file_type=kind)
    except Exception as error:
        # A damaged file makes the libraries beneath fail each in its own way: zip, deflate, XML, cells, tables.
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    if kind == ".md":
        _break_lines(raw)
    return Sheets(
        _rows(raw.survey), _rows(raw.choices), _rows(raw.settings), tuple(map(str, raw.sheet_names or ())), raw
    )


def _break_lines(raw: DefinitionData) -> None:
    """A row of a Markdown table is one line, so a line break in what people read is spelled out there."""
    for row in (*(raw.survey or ()), *(raw.choices or ())):
        for heading, value in row.items():
            # A column without a heading comes as None.
            if canonical(str(heading))[0] in ("label", "hint"):
                row[heading] = value.replace("\\n", "\n")


def _rows(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Row, ...]:
    return tuple(_row(number, row) for number, row in enumerate(rows or (), start=2) if row)


def _row(number: int, row: Mapping[str, Any]) -> Row:
    cells: dict[str, list[Cell]] = {}
    for heading, value in row.items():
        column, language = canonical(str(heading))
        text = str(value).strip()
        if text:
            cells.setdefault(column, []).append(Cell(str(heading).strip(), text, language))
    return Row(number, cells)


_CHOICE_SHORT = re.compile(r"bot_short_([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)", re.IGNORECASE)
"""The short name of a choice in a language. pyxform cannot take `bot::short::French (fr)` on the sheet of choices."""


def canonical(heading: str) -> tuple[str, str]:
    """Column and language of a heading: `bot::short::French (fr)` gives `bot::short` and `French (fr)`."""
    if short := _CHOICE_SHORT.fullmatch(heading.strip()):
        return "bot::short", f"({short[1]})"
    parts = [part.strip() for part in heading.split("::")]
    first = parts[0].lower()
    first = SPELLINGS.get(first, first.replace(" ", "_"))
    if first in ("bot", "media", "bind", "body", "control", "instance") and len(parts) > 1:
        first = f"{first}::{parts[1].lower()}"
        parts = parts[1:]
    return first, "::".join(parts[1:])
