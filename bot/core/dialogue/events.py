"""What may come into a dialogue: something said, an earlier message edited, a button pressed.

Not here: Telegram updates (`handlers.reading` turns them into these).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.contributions import PartId


class Do(StrEnum):
    """What a button of a dialogue asks for. The value is its spelling in callback data."""

    CHOOSE = "c"
    """Choose the choice at `at`."""
    TICK = "t"
    """Tick the choice at `at`. Says the wanted state, so that a repeated tap changes nothing."""
    UNTICK = "u"
    PAGE = "p"
    """Show page `at` of the choices."""
    BACK = "b"
    SKIP = "s"
    UNDISCLOSED = "n"
    NEXT = "x"
    """What was ticked or written so far is the answer."""
    WHOLE = "w"
    """Show all questions, to be answered in one message."""
    PLACE = "l"
    """A text that came where none is asked for belongs to the question at `at`."""
    DISCARD = "lx"
    """It belongs to none."""
    CHANGE = "e"
    """From the review or the completion: answer the question at `at` again."""
    LEAVE = "v"
    """Leave the recommendation without the missing addressee or moment."""
    SUBMIT = "ok"
    STOP = "z"
    """Stop and save."""
    CONTINUE = "g"
    CANCEL = "q"
    """Ask whether to erase the draft."""
    ERASE = "qq"
    """Erase the draft."""


@dataclass(frozen=True)
class Said:
    """A text message. `part` is the random id under which it is sealed if it is an answer."""

    text: str
    message: int
    part: PartId
    step: str | None = None
    """The question it replies to, where the person used the reply gesture on a prompt."""


@dataclass(frozen=True)
class Edited:
    """An earlier text message was changed by its author."""

    text: str
    message: int
    part: PartId


@dataclass(frozen=True)
class Voiced:
    """A voice message. What it sounds like is fetched only where a question asks for it."""

    message: int
    part: PartId
    seconds: int
    size: int
    """Bytes, as Telegram tells; at least 0."""
    type: str
    """A type of `bot.core.contributions.VOICES`."""
    audio: bytes | None = field(default=None, repr=False)
    """None: not fetched yet; empty: it could not be fetched."""
    step: str | None = None
    """The question it replies to, as in `Said`."""


@dataclass(frozen=True)
class Pressed:
    """A button of the prompt that was shown at this visit of this draft."""

    do: Do
    visit: int
    at: int = 0


Event = Said | Edited | Voiced | Pressed
