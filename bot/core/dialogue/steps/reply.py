"""What a step answers to the engine, and the contract that each kind of step keeps."""

from dataclasses import dataclass
from typing import Protocol

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import Question


@dataclass(frozen=True)
class Reply:
    """What the step understood. With `trouble` nothing changes and the question is asked again."""

    answer: Answer | None = None
    done: bool = False
    """The answer is complete: go on. Otherwise the prompt stays open (more ticks, more messages)."""
    trouble: Trouble | None = None
    matches: tuple[int, ...] | None = None
    value: str = ""
    """What the form's constraint is asked about (XLSForm's spelling)."""
    keep: bool = False
    """The text itself is the answer and has to be sealed."""


class Step(Protocol):
    """A kind of question. Pure: the same question, answer and input give the same reply."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """A typed message while the question is open."""
        ...

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """A button of the question; None where the kind knows no such button."""
        ...
