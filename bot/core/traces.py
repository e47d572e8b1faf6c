"""Traces: messages of a chat, by number, that are to be deleted from it, and what is to become of them.

What a message says is never part of a trace. Not here: deleting (`handlers.tidying`), keeping them (`storage.traces`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.core.people import ChatId

HOURS = 40
"""After sending; then they are deleted whatever becomes of the dialogue."""
REACH_HOURS = 48
"""After sending; what is older Telegram lets no bot delete."""


class Fate(IntEnum):
    """What is to become of a message."""

    LIVE = 0
    """It belongs to what the chat is in the middle of."""
    WAITING = 1
    """It belongs to something handed in, and goes once that rests in two places."""
    DUE = 2
    """It goes at once."""
    STAYS = 3
    """A screen or briefing: goes only when the person leaves."""
    KEPT = 4
    """It belongs to something handed in, and the person chose to keep it."""
    KEEPING = 5
    """Like LIVE, of a person who keeps what they hand in."""


@dataclass(frozen=True)
class Trace:
    """Messages that appeared in a chat together."""

    numbers: tuple[int, ...]
    fate: Fate = Fate.LIVE
    sent: float | None = None
    """Epoch seconds; None: just now. Kept to the hour only."""


@dataclass(frozen=True)
class Row:
    """One kept trace that is not opened: enough to wait for, to change, and to erase it."""

    tag: bytes
    id: bytes
    fate: Fate
    hour: int
    """Hours since the epoch in which the messages were sent."""


@dataclass(frozen=True)
class Removal:
    """Messages to delete from one chat, and the rows to erase once that is done."""

    chat: ChatId
    numbers: tuple[int, ...]
    rows: Sequence[Row]
