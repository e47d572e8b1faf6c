"""The sheets of a form, row by row, as they stand in Markdown tables or in a workbook, with one spelling of columns.

Not here: what the rows mean (`checks`, `compilation`).
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyxform.xls2json_backends import DefinitionData, get_xlsform

from bot.questionnaires.faults import Fault, Faulty

MAX_FILE = 5 * 1024 * 1024
"""Bytes of a workbook, packed. The largest form we know takes 300 kB."""
MAX_UNPACKED = 50 * 1024 * 1024
"""Bytes of a workbook, unpacked; more than that is not a questionnaire."""

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


def from_markdown(text: str) -> Sheets:
    """Sheets written as Markdown tables, a line break within a cell as `\\n`. Raises Faulty `file_unreadable`."""
    return _sheets(text.encode(), ".md")


def from_workbook(content: bytes) -> Sheets:
    """Sheets of an .xlsx file. Raises Faulty `file_unreadable`, `file_too_large`."""
    if len(content) > MAX_FILE:
        raise Faulty([Fault("", 0, "", "file_too_large", {"limit": MAX_FILE})])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except Exception as error:  # see `_sheets`
        raise Faulty([Fault("", 0, "", "file_unreadable")]) from error
    if unpacked > MAX_UNPACKED:
        raise Faulty([Fault("", 0, "", "file_too_large", {"limit": MAX_UNPACKED})])
    return _sheets(content, ".xlsx")


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
            if canonical(heading)[0] in ("label", "hint"):
                row[heading] = value.replace("\\n", "\n")


def _rows(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Row, ...]:
    return tuple(_row(number, row) for number, row in enumerate(rows or (), start=2) if row)


def _row(number: int, row: Mapping[str, Any]) -> Row:
    cells: dict[str, list[Cell]] = {}
    for heading, value in row.items():
        column, language = canonical(str(heading))
        cells.setdefault(column, []).append(Cell(str(heading), str(value), language))
    return Row(number, cells)


def canonical(heading: str) -> tuple[str, str]:
    """Column and language of a heading: `bot::short::French (fr)` gives `bot::short` and `French (fr)`."""
    parts = [part.strip() for part in heading.split("::")]
    first = parts[0].lower()
    first = SPELLINGS.get(first, first.replace(" ", "_"))
    if first in ("bot", "media", "bind", "body", "control", "instance") and len(parts) > 1:
        first = f"{first}::{parts[1].lower()}"
        parts = parts[1:]
    return first, "::".join(parts[1:])
