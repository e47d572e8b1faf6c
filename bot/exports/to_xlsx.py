"""Excel in the layout that users of KoboToolbox know: a row for each contribution, a column for each question.

Sheets: Data; Codebook (every question and choice with its code, names and definition); About (what this is and is not,
where it comes from, counts); where there are any, Withdrawn (what is left of withdrawn and replaced contributions) and
Continued (texts longer than a cell holds: whole, in parts, to be joined in the order of `part`). A row that has such a
text says so at the end of its cell. Names of sheets are English in every language, for programs that look for them.

Not here: the columns (`table`), Excel's file format (`workbook`).
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from bot.core.contributions import State
from bot.core.dialogue.questionnaire import Kind, Questionnaire
from bot.exports import codebook
from bot.exports.about import Tally, caveats
from bot.exports.frame import Frame
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing
from bot.exports.table import ENVELOPE, Cell, Column, Table
from bot.exports.workbook import CELL, Workbook, letters, lines_of, number_cell, pieces, text_cell

_WIDE, _TEXT, _CODE, _FLAG, _ID = 24.0, 60.0, 16.0, 11.0, 34.0
_GONE = ("contribution", "consultation", "state", "supersedes")
_KEPT = 20_000
"""Cells of codes that are remembered for each column."""
_ROOM = CELL - 100
"""What a piece of a long text may take, so that the note at the end of its cell fits too."""


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write one row for each line; how many there were, withdrawn ones included."""
    frame, tally = Frame(questionnaire, options.language), Tally()
    with (
        replacing(path) as file,
        tempfile.TemporaryFile("w+", encoding="ascii") as long,
        tempfile.TemporaryFile("w+", encoding="ascii") as gone,
        Workbook(file, right_to_left=frame.right_to_left) as book,
    ):
        table = Table(questionnaire, options, pack=_flags)
        _data(book, table, options, _kept(tally.counting(lines), gone), _Rows(table, questionnaire, long))
        _codebook(book, questionnaire, table)
        _about(book, frame, tally, options)
        _rest(book, "Withdrawn", _GONE, gone)
        _rest(book, "Continued", ("contribution", "column", "part", "of", "text"), long)
        book.finish()
    return tally.states.total()


def _data(book: Workbook, table: Table, options: Options, lines: Iterable[Mapping[str, Any]], rows: "_Rows") -> None:
    headings = [table.headings, table.hashtags] if options.hxl else [table.headings]
    with book.sheet("Data", [_width(column) for column in table.columns], headings, frozen_columns=1) as sheet:
        for line in lines:
            row = table.row(line)
            sheet.add(rows.cells(row), rows.lines(row))


def _kept(lines: Iterable[Mapping[str, Any]], gone: IO[str]) -> Iterator[Mapping[str, Any]]:
    """The lines; those without answers, withdrawn or replaced, are noted besides."""
    for line in lines:
        if line["state"] != State.SUBMITTED and not line["answers"]:
            gone.write(json.dumps([line[name] for name in _GONE]) + "\n")
        yield line


class _Rows:
    """Makes cells of rows; remembers those that come again and again."""

    def __init__(self, table: Table, questionnaire: Questionnaire, long: IO[str]) -> None:
        self._long = long
        self._makers: list[tuple[Callable[[Cell], str] | None, dict[Cell, str] | None, str]] = []
        free = {question.id for question in questionnaire.questions if not question.choices}
        free |= {question.id for question in questionnaire.questions if question.kind is Kind.SELECT_MULTIPLE}
        self._wide: list[tuple[int, float]] = []
        """Places of answers in a row, and how wide they are."""
        before = None
        for at, column in enumerate(table.columns):
            if column.choice is None:
                repeated = column.question not in free if column.question else column.name in ENVELOPE[1:7]
                make = partial(text_cell, letters(at), wrapped=column.question is not None or column.written)
                if column.question or column.written:
                    self._wide.append((len(self._makers), _width(column)))
                self._makers.append((make, {} if repeated else None, column.name))
                before = None
            elif column.question != before:  # one cell for the whole run, made by `_flags`
                before = column.question
                self._makers.append((None, None, column.name))

    def cells(self, row: Sequence[Cell]) -> str:
        """The row's cells."""
        made = []
        name = row[0]
        for cell, (make, kept, column) in zip(row, self._makers, strict=True):
            if not cell:
                continue
            if make is None:
                made.append(cell)
                continue
            if kept is None:
                made.append(make(cell) if len(cell) < _SHORT else self._split(name, column, make, cell))
                continue
            found = kept.get(cell)
            if found is None:
                found = make(cell)
                if len(kept) < _KEPT:
                    kept[cell] = found
            made.append(found)
        return "".join(made)

    def lines(self, row: Sequence[Cell]) -> int:
        """How many lines the row has where it is highest."""
        return max(lines_of(row[at], width) for at, width in self._wide)

    def _split(self, contribution: Cell, column: str, make: Callable[[Cell], str], text: str) -> str:
        parts = pieces(text, _ROOM)
        if len(parts) == 1:
            return make(text)
        for at, part in enumerate(parts, 1):
            self._long.write(json.dumps([contribution, column, str(at), str(len(parts)), part]) + "\n")
        return make(f"{parts[0]} […] (1/{len(parts)}: sheet Continued)")


_SHORT = 3000
"""Characters that fit a cell however they are written out."""


def _flags(first: int, flags: Sequence[Cell]) -> Cell:
    """The cells of a question with a column for each choice."""
    return "".join(
        number_cell(letters(first + at), flag) if flag in "01" else text_cell(letters(first + at), flag)
        for at, flag in enumerate(flags)
    )


def _codebook(book: Workbook, questionnaire: Questionnaire, table: Table) -> None:
    headings = codebook.headings(questionnaire)
    widths = [_WIDE, _CODE, _CODE, _WIDE, _WIDE, _TEXT, *(_WIDE, _TEXT) * len(questionnaire.languages)]
    with book.sheet("Codebook", widths, [headings], frozen_columns=1) as sheet:
        for entry in codebook.entries(questionnaire, table):
            sheet.texts(*entry)


def _about(book: Workbook, frame: Frame, tally: Tally, options: Options) -> None:
    grid = tally.grid(frame)
    columns = max(2, len(grid.headings))
    heading = [frame.text("reading.title"), frame.text("reading.about"), *[""] * (columns - 2)]
    with book.sheet("About", [_ID, _TEXT, *[_WIDE] * (columns - 2)], [heading]) as sheet:
        for text in [*caveats(frame), frame.text("reading.continued")]:
            sheet.texts("", text)
        for name, value in tally.facts(frame, options):
            sheet.texts(name, value)
        sheet.texts("")
        sheet.texts(*grid.headings)
        for row in grid.rows:
            sheet.texts(*row)
        sheet.texts("")
        sheet.texts(frame.text("reading.languages"))
        for name, number in tally.languages(frame):
            sheet.texts(name, number)


def _rest(book: Workbook, name: str, headings: Sequence[str], laid: IO[str]) -> None:
    """A sheet for what was laid aside, if anything was."""
    laid.seek(0)
    first = laid.readline()
    if not first:
        return
    widths = [
        _TEXT if heading == "text" else _ID if heading in ("contribution", "supersedes") else _CODE
        for heading in headings
    ]
    with book.sheet(name, widths, [list(headings)], frozen_columns=1) as sheet:
        while first:
            sheet.texts(*(cell or "" for cell in json.loads(first)))
            first = laid.readline()


def _width(column: Column) -> float:
    if column.choice is not None:
        return _FLAG
    if column.written:
        return _TEXT
    return _ID if column.name in ("contribution", "supersedes", "group") else _WIDE if column.question else _CODE
