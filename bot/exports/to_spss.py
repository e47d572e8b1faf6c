"""SPSS (.sav): a case for each contribution, a variable for each column of the neutral table.

Coded answers are their codes, as in every other format, with value labels in the chosen language; each choice of a
question with several is a number, 1 or 0, and 9 (declared missing) where the person prefers not to say. What cannot be
seen in a text stands as `\\u202e` (`escapes`); so does a space at its end, which SPSS would drop. A string holds 32,767
bytes: a longer text goes on in a variable beside it, `recommendation_2`, and each part that goes on ends with
`[-> recommendation_2]`. The notes of the file say what it is and is not, with small numbers hidden.

Needs pyreadstat and pandas, which come as an extra: the whole table is in memory. Not here: the columns (`table`).
"""

import re
import shutil
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from math import nan
from pathlib import Path
from typing import Any

from bot.core.consultations import BY_ID
from bot.core.contributions import UNDISCLOSED, State
from bot.core.dialogue.questionnaire import Kind, Questionnaire
from bot.core.errors import Refused
from bot.exports.about import Tally, caveats
from bot.exports.escapes import visible
from bot.exports.frame import Frame
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing
from bot.exports.table import Column, Table

STRING = 32_767
"""Bytes of a string variable."""
_NAME, _LABEL, _VALUE_LABEL, _NOTE, _TITLE = 64, 255, 120, 80, 64
"""Bytes of a variable's name, of its label, of the label of a value, of a line of notes, of the file's label."""
_ROOM = STRING - 90
"""Bytes of a part of a long text, so that the mark at its end fits too."""
_SHORT = STRING // 40
"""Characters of a text that fits without a look: one that is written out takes ten bytes, and most take four."""
PREFERS_NOT = 9
"""Stands in the numbers of a question with several choices that the person prefers not to answer."""
_UNDISCLOSED_NUMBER = -9
_NO_NAME = re.compile(r"[^A-Za-z0-9_.]")
_RESERVED = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])

Variable = tuple[str, str, Column]
"""Name, label, and the column it is made of."""


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write one case for each line; how many there were. Raises Refused `extra_missing` without the libraries."""
    try:
        pandas, pyreadstat = import_module("pandas"), import_module("pyreadstat")
    except ImportError as error:
        raise Refused(
            "extra_missing", format="spss", packages="pyreadstat, pandas", file="requirements/spss.txt"
        ) from (error)
    frame, tally = Frame(questionnaire, options.language), Tally()
    table = Table(questionnaire, options)
    made = _Cases(table, questionnaire, frame)
    with (
        replacing(path) as file,
        tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}.") as beside,
    ):
        for line in tally.counting(lines):
            made.add(line, table.row(line))
        laid = Path(beside) / "cases.sav"
        pyreadstat.write_sav(
            pandas.DataFrame({name: pandas.Series(cells, dtype=kind) for name, kind, cells in made.columns()}),
            laid,
            file_label=_cut(f"MICIC {questionnaire.id} {options.day}".strip(), _TITLE),
            row_compress=True,
            note=list(_notes(frame, tally, options)),
            column_labels=made.labels,
            variable_value_labels=made.value_labels,
            missing_ranges=made.missing,
            variable_measure=made.measures,
            variable_display_width=made.widths,
        )
        with laid.open("rb") as content:
            shutil.copyfileobj(content, file)
    return tally.states.total()


class _Cases:
    """Cells by variable, and what SPSS is told of the variables."""

    def __init__(self, table: Table, questionnaire: Questionnaire, frame: Frame) -> None:
        self._frame = frame
        kinds = {str(question.id): question for question in questionnaire.questions}
        self._numbers = {
            at: PREFERS_NOT if column.choice else _UNDISCLOSED_NUMBER
            for at, column in enumerate(table.columns)
            if column.choice or (column.question and kinds[column.question].kind is Kind.INTEGER)
        }
        names = _names([column.name for column in table.columns])
        self._table = table.columns
        self._names = names
        self._cells: dict[str, Any] = {name: array("d") if at in self._numbers else [] for at, name in enumerate(names)}
        self._parts: dict[str, list[str]] = {}
        """Further variables of those whose texts were too long, in order."""
        self._count = 0
        self.labels: dict[str, str] = {}
        self.value_labels: dict[str, dict[Any, str]] = {}
        self.missing: dict[str, list[int]] = {}
        self.measures: dict[str, str] = {}
        self.widths: dict[str, int] = {}
        for at, (name, column) in enumerate(zip(names, table.columns, strict=True)):
            self.labels[name] = _cut(self._label(column), _LABEL)
            self.measures[name] = "scale" if at in self._numbers and not column.choice else "nominal"
            self.widths[name] = 50 if column.written else 12
            if values := self._values(column, at, kinds):
                self.value_labels[name] = {value: _cut(text, _VALUE_LABEL) for value, text in values.items()}
            if at in self._numbers:
                self.missing[name] = [self._numbers[at]]

    def _label(self, column: Column) -> str:
        if column.question is None:
            return column.name
        asked = self._frame.question(column.question)
        return f"{asked}: {self._frame.choice(column.question, column.choice)}" if column.choice else asked

    def _values(self, column: Column, at: int, kinds: Mapping[str, Any]) -> dict[Any, str]:
        frame = self._frame
        if column.name == "consultation":
            return {one: frame.text(f"consultation.{one}.short") for one in BY_ID}
        if column.name == "state":
            return {one.value: one.value for one in State}
        if column.question is None:
            return {}
        prefers_not = frame.choice(column.question, UNDISCLOSED)
        if column.choice:
            return {1.0: frame.choice(column.question, column.choice), 0.0: "–", float(PREFERS_NOT): prefers_not}
        if at in self._numbers:
            return {float(_UNDISCLOSED_NUMBER): prefers_not}
        question = kinds[column.question]
        if question.kind is not Kind.SELECT_ONE:
            return {}
        return {
            **{one.code: frame.choice(column.question, one.code) for one in question.choices},
            UNDISCLOSED: prefers_not,
        }

    def add(self, line: Mapping[str, Any], row: Sequence[str]) -> None:
        """Take in one case."""
        for at, (name, cell) in enumerate(zip(self._names, row, strict=True)):
            missing = self._numbers.get(at)
            if missing is None:
                self._text(name, cell)
                continue
            undisclosed = line["answers"].get(self._table[at].question) == UNDISCLOSED
            self._cells[name].append(float(missing) if undisclosed else _number(cell))
        self._count += 1

    def _text(self, name: str, cell: str) -> None:
        found = [_kept(cell)] if len(cell) < _SHORT else parts_of(cell, name, self._part)
        self._cells[name].append(found[0])
        for part, text in enumerate(found[1:], 2):
            column = self._cells[self._part(name, part)]
            column += [""] * (self._count - len(column))
            column.append(text)

    def _part(self, name: str, number: int) -> str:
        """The variable that holds this part of the texts of another; made when it is first asked for."""
        further = self._parts.setdefault(name, [])
        while len(further) < number - 1:
            part = _names([*self._cells, f"{name}_{len(further) + 2}"])[-1]
            further.append(part)
            self._cells[part] = []
            self.labels[part] = _cut(f"{self.labels[name]} ({len(further) + 1})", _LABEL)
            self.measures[part], self.widths[part] = "nominal", 50
        return further[number - 2]

    def columns(self) -> Iterator[tuple[str, str, Any]]:
        """Every variable: its name, kind and cells. Parts stand beside what they continue."""
        for at, name in enumerate(self._names):
            yield name, "float64" if at in self._numbers else "str", self._cells[name]
            for part in self._parts.get(name, ()):
                yield part, "str", self._cells[part] + [""] * (self._count - len(self._cells[part]))


def _number(cell: str) -> float:
    """What is no number, such as a skipped answer, is missing."""
    try:
        return float(cell) if cell else nan
    except ValueError:
        return nan


def _kept(text: str) -> str:
    """As it stands in a string: SPSS fills strings with spaces, and those of a text would be lost among them."""
    shown = visible(text)
    return shown[:-1] + "\\u0020" if shown.endswith(" ") else shown


def parts_of(text: str, name: str, part: Any) -> list[str]:
    """A text in as few strings as hold it; `part(name, number)` names the variable of the next."""
    found: list[str] = []
    start = 0
    while len(_kept(text[start:]).encode()) > STRING:
        end = start + _fitting(text[start : start + _ROOM])
        found.append(f"{visible(text[start:end])}[-> {part(name, len(found) + 2)}]")
        start = end
    return [*found, _kept(text[start:])]


def _fitting(text: str) -> int:
    """How many of its characters fit into a part; never half of something that is written out."""
    end = len(text)
    while (size := len(visible(text[:end]).encode())) > _ROOM:
        end = max(1, min(end - 1, end * _ROOM // size))
    return end


def _names(wanted: Sequence[str]) -> list[str]:
    """Names as SPSS takes them: letters, digits, `_` and `.`, no two alike but for case."""
    found: list[str] = []
    taken: set[str] = set()
    for name in wanted:
        plain = _NO_NAME.sub("_", name.replace("/", "."))[:_NAME].rstrip(".") or "v"
        if not plain[0].isalpha() or plain.lower() in _RESERVED:
            plain = f"v_{plain}"[:_NAME]
        made, number = plain, 2
        while made.lower() in taken:
            made = f"{plain[: _NAME - 5]}_{number}"
            number += 1
        taken.add(made.lower())
        found.append(made)
    return found


def _cut(text: str, most: int) -> str:
    """At most so many bytes; what is cut off ends with dots."""
    shown = visible(text)
    if len(shown.encode()) <= most:
        return shown
    return shown.encode()[: most - 3].decode(errors="ignore") + "…"


def _notes(frame: Frame, tally: Tally, options: Options) -> Iterator[str]:
    for text in caveats(frame):
        yield from _wrapped(text)
    for name, fact in tally.facts(frame, options):
        yield from _wrapped(f"{name}: {', '.join(fact.splitlines())}")


def _wrapped(text: str) -> Iterator[str]:
    """Lines of as many bytes as a note may have, broken at spaces where there are any."""
    line = ""
    for word in visible(text).split():
        longer = f"{line} {word}" if line else word
        if len(longer.encode()) > _NOTE and line:
            yield line
            longer = word
        while len(longer.encode()) > _NOTE:
            head = longer.encode()[:_NOTE].decode(errors="ignore")
            yield head
            longer = longer[len(head) :]
        line = longer
    if line:
        yield line
