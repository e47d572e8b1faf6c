"""The neutral table: one row for each line of the opened export, with columns that stay the same for a questionnaire.

First what is known of every contribution, then the answers in the order of the form. A question with several choices
has one column with its codes, joined by spaces, and, unless it is every country, one for each choice,
`groups/children`, with 1 or 0; either can be left out (`Options.multiple`). A skipped answer is an empty cell, "prefer
not to say" is `undisclosed`. With labels in place of codes, several labels are joined by "; ". The last column,
`answers_other`, holds as JSON whatever has no column of its own, such as answers to another version of the form:
nothing is left out.

Not here: files and their formats (`to_<format>`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from bot.core.dialogue.questionnaire import Kind, Labels, Question, Questionnaire
from bot.exports.options import DEFAULT, Multiple, Options, Values
from bot.sealing import to_json

Cell = str
Row = list[Cell]

ENVELOPE = (
    *("contribution", "consultation", "questionnaire", "version", "language", "day", "state", "supersedes"),
    "group",
)
_ENVELOPE = itemgetter(*ENVELOPE)
OTHER = "answers_other"
MOST_COLUMNS = 40
"""Choices that have a column each; of more, such as all countries, only the codes are shown."""

_HXL = {
    "contribution": "#meta+id",
    "consultation": "#region+code+v_micic",
    "questionnaire": "#meta+form",
    "version": "#meta+form+version",
    "language": "#meta+lang",
    "day": "#date+reported",
    "state": "#status+code",
    "supersedes": "#meta+id+supersedes",
    "group": "#meta+id+group",
    "phase": "#event+phase",
    "theme": "#sector+code+v_micic",
    "recommendation": "#description+recommendation",
    "groups": "#beneficiary+type",
    "addressees": "#org+type+addressee",
    "country": "#country+code+v_iso2",
    "example": "#description+example",
    "attribution": "#meta+attribution",
}
"""Hashtags of the Humanitarian Exchange Language (hxlstandard.org, 1.1). Not `#population` or `#group`: the first is
for numbers, the second for armed groups."""


@dataclass(frozen=True)
class Column:
    """One column. `choice` is set where it tells whether that choice was made."""

    name: str
    question: str | None = None
    choice: str | None = None
    heading: str = ""
    """What stands above it: the name, or the label."""
    hxl: str = ""
    written: bool = False
    """Holds what people wrote."""


class Table:
    """The columns of a questionnaire, and the rows that lines of an export make in them."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        options: Options = DEFAULT,
        pack: Callable[[int, Sequence[Cell]], Cell] | None = None,
    ) -> None:
        """`pack` makes one cell of a run of 1 and 0, given its first column; it is asked once for each such run."""
        self._options = options
        self._labels = options.values is Values.LABELS
        self._pack = pack
        self._questions = [question for question in questionnaire.questions if question.kind is not Kind.NOTE]
        self._known = frozenset(str(question.id) for question in self._questions)
        self.columns: tuple[Column, ...] = _distinct((*map(_envelope, ENVELOPE), *self._answers(), _other()))
        self._answered = [self._reader(question) for question in self._questions]

    @property
    def headings(self) -> Row:
        """What stands above the columns."""
        return [column.heading for column in self.columns]

    @property
    def hashtags(self) -> Row:
        """The HXL row."""
        return [column.hxl for column in self.columns]

    def row(self, line: Mapping[str, Any]) -> Row:
        """The cells of one line; without `pack` as many as there are columns."""
        answers: Mapping[str, Any] = line["answers"]
        cells: Row = [value or "" for value in _ENVELOPE(line)]
        for name, read in self._answered:
            answer = answers.get(name)
            if read is not None:
                cells += read(answer)
            else:
                cells.append(answer if type(answer) is str else _cell(answer))
        if answers.keys() <= self._known and not line.get("feedback"):
            cells.append("")
        else:
            other = {question: answer for question, answer in answers.items() if question not in self._known}
            if line.get("feedback"):
                other["feedback"] = line["feedback"]
            cells.append(to_json(other).decode())
        return cells

    def _answers(self) -> Iterator[Column]:
        for question in self._questions:
            heading = label(question.short, self._options.language) if self._labels else str(question.id)
            hxl = _HXL.get(question.id, "#meta+answer+" + question.id.lower().replace("-", "_"))
            several = question.kind is Kind.SELECT_MULTIPLE
            if not several or self._summed(question):
                coded = bool(question.choices)
                tag = hxl.replace("+code", "+name") if coded and self._labels else hxl
                yield Column(question.id, question.id, heading=heading, hxl=tag, written=question.kind is Kind.TEXT)
            if several and self._spread(question):
                for choice in question.choices:
                    name = label(choice.short, self._options.language) if self._labels else choice.code
                    yield Column(
                        f"{question.id}/{choice.code}", question.id, choice.code, heading=f"{heading}/{name}",
                        hxl=f"{hxl}+chosen+{choice.code}",
                    )  # fmt: skip

    def _spread(self, question: Question) -> bool:
        """Whether each choice has a column."""
        return self._options.multiple is not Multiple.ONE and len(question.choices) <= MOST_COLUMNS

    def _summed(self, question: Question) -> bool:
        """Whether all choices have one column together."""
        return self._options.multiple is not Multiple.MANY or not self._spread(question)

    def _reader(self, question: Question) -> tuple[str, Callable[[Any], Sequence[Cell]] | None]:
        """Name of a question, and what makes cells of its answer; None where the answer is the cell."""
        names = self._names(question)
        if question.kind is Kind.SELECT_MULTIPLE:
            start = next(at for at, column in enumerate(self.columns) if column.question == question.id)
            return question.id, self._several(question, names, start)
        if names:
            return question.id, lambda answer: (
                names.get(answer, answer) if isinstance(answer, str) else _cell(answer),
            )
        return question.id, None

    def _names(self, question: Question) -> Mapping[str, str]:
        if not self._labels:
            return {}
        return {choice.code: label(choice.short, self._options.language) for choice in question.choices}

    def _several(self, question: Question, names: Mapping[str, str], start: int) -> Callable[[Any], Sequence[Cell]]:
        codes = [choice.code for choice in question.choices]
        with_all, with_each = self._summed(question), self._spread(question)
        kept: dict[Any, Sequence[Cell]] = {}

        def cells(answer: Any) -> Sequence[Cell]:
            found: Row = []
            chosen = answer if isinstance(answer, list) else None
            if with_all and chosen is not None and names:
                found.append("; ".join(names.get(code, code) for code in map(str, chosen)))
            elif with_all:
                found.append(_cell(answer))
            if with_each:
                flags = ["" if chosen is None else "1" if code in chosen else "0" for code in codes]
                if chosen is None and answer is not None and not with_all:
                    flags[:1] = [_cell(answer)]  # without the column for all, "prefer not to say" stands in the first
                found += [self._pack(start + with_all, flags)] if self._pack else flags
            return found

        def read(answer: Any) -> Sequence[Cell]:
            key = tuple(answer) if isinstance(answer, list) else answer
            found = kept.get(key)
            if found is None:
                found = cells(answer)
                if len(kept) < _KEPT:
                    kept[key] = found
            return found

        return read


_KEPT = 20_000
"""Combinations of choices of one question whose cells are remembered; people choose few of those that there are."""


def label(labels: Labels, language: str) -> str:
    """A label in a language, or the form's own where that has none."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def _envelope(name: str) -> Column:
    return Column(name, heading=name, hxl=_HXL[name])


def _other() -> Column:
    return Column(OTHER, heading=OTHER, hxl="#meta+other", written=True)


def _distinct(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Two columns of one heading could not be told apart: both get their names beside it."""
    often = Counter(column.heading for column in columns)
    return tuple(
        replace(column, heading=f"{column.heading} ({column.name})") if often[column.heading] > 1 else column
        for column in columns
    )


def _cell(answer: Any) -> Cell:
    if answer is None:
        return ""
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
