"""The neutral table: one row for each line of the opened export, with columns that stay the same for a questionnaire.

First what is known of every contribution, then the answers in the order of the form. A question with several choices
has one column with its codes, joined by spaces, and one for each choice, `groups/children`, with 1 or 0. A skipped
answer is an empty cell, "prefer not to say" is `undisclosed`. The last column, `answers_other`, holds as JSON whatever
has no column of its own, such as answers to another version of the form: nothing is left out.

Not here: files and their formats (`to_<format>`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.dialogue.questionnaire import Kind, Questionnaire
from bot.sealing import to_json

Cell = str
Row = list[Cell]

ENVELOPE = ("contribution", "consultation", "questionnaire", "version", "language", "day", "state", "supersedes")
OTHER = "answers_other"


@dataclass(frozen=True)
class Column:
    """One column. `choice` is set where it tells whether that choice was made."""

    name: str
    question: str | None = None
    choice: str | None = None


def columns(questionnaire: Questionnaire) -> tuple[Column, ...]:
    """The columns of a questionnaire, in order."""
    return (*map(Column, ENVELOPE), *_answers(questionnaire), Column(OTHER))


def _answers(questionnaire: Questionnaire) -> Iterator[Column]:
    for question in questionnaire.questions:
        if question.kind is Kind.NOTE:
            continue
        yield Column(question.id, question.id)
        if question.kind is Kind.SELECT_MULTIPLE:
            for choice in question.choices:
                yield Column(f"{question.id}/{choice.code}", question.id, choice.code)


def row(line: Mapping[str, Any], wanted: Sequence[Column]) -> Row:
    """The cells of one line."""
    answers: Mapping[str, Any] = line["answers"]
    cells: Row = []
    known: set[str] = set()
    for column in wanted:
        if column.question is not None:
            known.add(column.question)
            cells.append(_cell(answers.get(column.question), column.choice))
        elif column.name != OTHER:
            cells.append(_cell(line.get(column.name), None))
    other = {question: answer for question, answer in answers.items() if question not in known}
    cells.append(to_json(other).decode() if other else "")
    return cells


def _cell(answer: Any, choice: str | None) -> Cell:
    if choice is not None:
        return str(int(choice in answer)) if isinstance(answer, list) else ""
    if answer is None:
        return ""
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
