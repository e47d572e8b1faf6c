"""Inquiries: what a participant asks the organizers, and what they answer, without showing who asks. The rules of it.

An inquiry is no answer of a dialogue: organizers and the server can read it, so it is kept for days only, and whoever
asks is told so. Every change makes a new version, by which two organizers at once are noticed. Pure.
Not here: what is shown (`conversation.asking`, `conversation.answering`), keeping it (`storage.inquiries`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from bot.core.errors import Refused

InquiryId = NewType("InquiryId", str)
"""12 random hex digits."""

LONGEST = 1_500
"""UTF-16 units of one text, as Telegram counts: it is shown whole, in one message with its buttons."""
MOST_OPEN = 3
"""Inquiries that one chat may have at a time."""
MOST_LINES = 40
"""Texts in one of them."""
KEPT_DAYS = 7
"""After its last change; then it is erased, answered or not."""
NOBODY = ""


class Stage(StrEnum):
    """How far an inquiry is."""

    WAITING = "waiting"
    """Its last text is the participant's."""
    ANSWERED = "answered"
    CLOSED = "closed"
    """Its texts are erased; only the reason is left, until the participant was told."""


class Reason(StrEnum):
    """Why organizers close an inquiry. The participant reads it as a sentence of ours."""

    DONE = "done"
    UNCLEAR = "unclear"
    BEYOND = "beyond"
    """Not theirs to answer."""


@dataclass(frozen=True)
class Line:
    """One text of an inquiry."""

    text: str
    ours: bool = False
    """Written by an organizer."""


@dataclass(frozen=True)
class Inquiry:
    """One inquiry. Who asks is not part of it."""

    id: InquiryId
    consultation: str
    language: str
    """The language in which the participant reads the bot."""
    day: str
    """Of its last text, ISO, UTC."""
    stage: Stage = Stage.WAITING
    version: int = 1
    lines: tuple[Line, ...] = ()
    assigned: str = NOBODY
    """Role tag of the organizer who has it."""
    reason: Reason | None = None


def checked(text: str) -> str:
    """A text that may be sent. Raises Refused `inquiry_empty`, `inquiry_long` {most, is}."""
    if not text.strip():
        raise Refused("inquiry_empty")
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units > LONGEST:
        raise Refused("inquiry_long", most=LONGEST, units=units)
    return text


def asked_more(inquiry: Inquiry, text: str, day: str) -> Inquiry:
    """With one more text of the participant. Raises Refused `inquiry_over`."""
    if inquiry.stage is Stage.CLOSED or len(inquiry.lines) >= MOST_LINES:
        raise Refused("inquiry_over")
    lines = (*inquiry.lines, Line(text))
    return _changed(inquiry, stage=Stage.WAITING, lines=lines, day=day)


def taken(inquiry: Inquiry, by: str) -> Inquiry:
    """An organizer takes it, from another one too. Raises Refused `inquiry_over`."""
    _open(inquiry)
    return _changed(inquiry, assigned=by)


def answered(inquiry: Inquiry, by: str, text: str, day: str) -> Inquiry:
    """With an answer. Raises Refused `inquiry_over`, `inquiry_taken` where another organizer has it."""
    _open(inquiry)
    _not_anothers(inquiry, by)
    lines = (*inquiry.lines, Line(text, ours=True))
    return _changed(inquiry, stage=Stage.ANSWERED, lines=lines, assigned=by, day=day)


def closed(inquiry: Inquiry, by: str, reason: Reason) -> Inquiry:
    """Closed, its texts erased. Raises Refused `inquiry_over`, `inquiry_taken`."""
    _open(inquiry)
    _not_anothers(inquiry, by)
    return _changed(inquiry, stage=Stage.CLOSED, lines=(), assigned=by, reason=reason)


def _open(inquiry: Inquiry) -> None:
    if inquiry.stage is Stage.CLOSED or len(inquiry.lines) > MOST_LINES:
        raise Refused("inquiry_over")


def _not_anothers(inquiry: Inquiry, by: str) -> None:
    if inquiry.assigned not in (NOBODY, by):
        raise Refused("inquiry_taken")


def _changed(inquiry: Inquiry, **changes: object) -> Inquiry:
    return replace(inquiry, version=inquiry.version + 1, **changes)  # type: ignore[arg-type]


class Owed(StrEnum):
    """What a participant has still to be told of an inquiry."""

    NOTHING = "nothing"
    OFFER = "offer"
    """To be asked whether this is a safe moment for what waits."""
    OFFERED = "offered"
    """They were asked."""


@dataclass(frozen=True)
class Asked:
    """The participant's side of a change: a new inquiry or one more text in it; or it is erased at their wish."""

    inquiry: Inquiry
    erased: bool = False


@dataclass(frozen=True)
class Handled:
    """The organizers' side of a change."""

    inquiry: Inquiry
    tells: bool = False
    """The participant is to be told."""


@dataclass(frozen=True)
class Shows:
    """The participant has said that this is a safe moment: until it was delivered it is to be offered again."""

    inquiries: tuple[InquiryId, ...]


@dataclass(frozen=True)
class Postponed:
    """The participant wanted to read it where all stands still: it is to be offered again once that is over."""

    inquiries: tuple[InquiryId, ...]


Act = Asked | Handled | Shows | Postponed
"""What an update does to inquiries, in its own transaction."""
