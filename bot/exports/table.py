"""The neutral table: one row for each line of the opened export, with columns that stay the same for a questionnaire.

First what is known of every contribution, then the answers in the order of the form. A question with several choices
has one column with its codes, joined by spaces, and, unless it is every country, one for each choice,
`groups/children`, with 1 or 0. A skipped
answer is an empty cell, "prefer not to say" is `undisclosed`. The last column, `answers_other`, holds as JSON whatever
has no column of its own, such as answers to another version of the form: nothing is left out.

Not here: files and their formats (`to_<format>`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.dialogue.questionnaire import Kind, Question, Questionnaire
from bot.sealing import to_json

Cell = str
Row = list[Cell]

ENVELOPE = (
    *("contribution", "consultation", "questionnaire", "version", "language", "day", "state", "supersedes"),
    "group",
)
OTHER = "answers_other"
MOST_COLUMNS = 40
"""Choices that have a column each; of more, such as all countries, only the codes are shown."""


@dataclass(frozen=True)
class Column:
    """One column. `choice` is set where it tells whether that choice was made."""

    name: str
    question: str | None = None
    choice: str | None = None


class Table:
    """The columns of a questionnaire, and the rows that lines of an export make in them."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questions = [
            (question.id, _codes(question)) for question in questionnaire.questions if question.kind is not Kind.NOTE
        ]
        self._known = frozenset(str(question) for question, _ in self._questions)
        self.columns: tuple[Column, ...] = (*map(Column, ENVELOPE), *self._answers(), Column(OTHER))

    def row(self, line: Mapping[str, Any]) -> Row:
        """The cells of one line, as many as there are columns."""
        answers: Mapping[str, Any] = line["answers"]
        cells = [_cell(line[name]) for name in ENVELOPE]
        for question, codes in self._questions:
            answer = answers.get(question)
            cells.append(_cell(answer))
            if codes:
                chosen = frozenset(answer) if isinstance(answer, list) else None
                cells.extend("" if chosen is None else "1" if code in chosen else "0" for code in codes)
        other = {question: answer for question, answer in answers.items() if question not in self._known}
        cells.append(to_json(other).decode() if other else "")
        return cells

    def _answers(self) -> Iterator[Column]:
        for question, codes in self._questions:
            yield Column(question, question)
            for code in codes:
                yield Column(f"{question}/{code}", question, code)


def _codes(question: Question) -> tuple[str, ...]:
    if question.kind is not Kind.SELECT_MULTIPLE or len(question.choices) > MOST_COLUMNS:
        return ()
    return tuple(choice.code for choice in question.choices)


def _cell(answer: Any) -> Cell:
    if answer is None:
        return ""
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
