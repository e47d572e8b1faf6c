"""The shape of a compiled questionnaire, and the port through which its rules are asked.

Not here: XLSForm (`bot.questionnaires` compiles it into this shape and evaluates its expressions).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

StepId = NewType("StepId", str)
"""Name of a question in its form, also its key in the export."""


class Kind(StrEnum):
    """Kinds of question a chat can ask. A kind is a file in `steps/`."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    TEXT = "text"
    INTEGER = "integer"
    AUDIO = "audio"
    """Voice messages."""
    NOTE = "note"
    CALCULATE = "calculate"


Labels = Mapping[str, str]
"""Language code to text. The form's default language is always present."""


@dataclass(frozen=True)
class Choice:
    """One choice of a select question."""

    code: str
    labels: Labels
    short: Labels
    """Fits a button (at most 40 characters); equal to `labels` where the form gives none."""


@dataclass(frozen=True)
class Question:
    """One row of the survey sheet."""

    id: StepId
    kind: Kind
    labels: Labels
    hints: Labels
    short: Labels
    """Name of the answer in the review and in the line an answered prompt turns into, e.g. "Phase"."""
    required: bool = False
    relevant: str | None = None
    constraint: str | None = None
    constraint_messages: Labels | None = None
    required_messages: Labels | None = None
    """Shown to somebody who tries to pass a required question."""
    calculation: str | None = None
    choices: tuple[Choice, ...] = ()
    undisclosed: bool = False
    """Offers "prefer not to say" (column `bot::undisclosed`)."""
    completes: str | None = None
    """`addressee` or `moment`: a recommendation without this answer is asked for it once (column `bot::completes`)."""
    first: str | None = None
    """`countries`: choices of the consultation's own countries come first (column `bot::first`)."""
    max_length: int | None = None
    """Longest text in characters (column `bot::max_length`); None: Telegram's own limit."""
    max_seconds: int = 120
    """Of all voice messages of one answer together (column `bot::max_seconds`)."""
    max_megabytes: int = 2
    """The same in millions of bytes (column `bot::max_megabytes`)."""

    @property
    def sealed(self) -> bool:
        """Each message of the answer is sealed the moment it arrives; the draft only refers to it."""
        return self.kind in (Kind.TEXT, Kind.AUDIO)


@dataclass(frozen=True)
class Questionnaire:
    """A published version of a form. `version` is the form's own version text."""

    id: str
    version: str
    default_language: str
    languages: tuple[str, ...]
    titles: Labels
    questions: tuple[Question, ...]

    def question(self, step: str) -> Question | None:
        """The question of that name, or None."""
        return next((question for question in self.questions if question.id == step), None)


class Rules(Protocol):
    """Evaluates a form's own expressions over coded answers.

    `answers` maps a question to its code, its codes joined by spaces (XLSForm's way), a number as text, "" when
    skipped or unanswered, or `WRITTEN` for a written answer whose text is sealed.
    """

    def relevant(self, question: Question, answers: Mapping[str, str]) -> bool:
        """Whether the question is asked at all."""
        ...

    def satisfied(self, question: Question, value: str, answers: Mapping[str, str]) -> bool:
        """Whether a value keeps the question's constraint. For text the value is the message itself."""
        ...

    def calculated(self, question: Question, answers: Mapping[str, str]) -> str:
        """The value of a calculate row."""
        ...


PAGE = 8
"""Choices shown at once where a list is too long for one screen."""

WRITTEN = "(written)"
"""Stands for a sealed text in expressions: a rule can ask whether it was answered, not what it says."""


@dataclass(frozen=True)
class Form:
    """A questionnaire with the rules that read its expressions."""

    questionnaire: Questionnaire
    rules: Rules
