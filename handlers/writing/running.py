"""What all screens about the intake of a consultation look at, and how they are put together. Not here: any of them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.consultations import Intake
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words

Rows = list[list[Button | None]]


@dataclass(frozen=True)
class Running:
    """For one reader, at one moment."""

    words: Words
    intake: Callable[[str], Intake]
    now: float
    draft_hours: int
    """How long drafts are kept where a consultation says nothing else."""

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))
