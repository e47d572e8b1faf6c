"""What we hand to Telegram, as values: a message, its buttons, and where it goes.

Not here: what is said (`writing`), sending (`delivery`, `sender`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.contributions import Receipt
from bot.core.outbox import Text


@dataclass(frozen=True)
class Button:
    """An inline button: either callback data, or text to copy (at most 256 characters)."""

    label: str
    data: str | None = None
    copy: str | None = None
    style: str | None = None
    """`success`, `danger` or `primary`; decoration only."""


Row = tuple[Button, ...]


@dataclass(frozen=True)
class File:
    """What goes along with a message, whose words are then its caption: at most 1,024 UTF-16 units of them.

    Made to be taken away: unlike other messages, one with a file may be saved and forwarded.
    """

    name: str
    content: bytes
    type: str
    picture: bool = False
    """Shown in the chat; Telegram makes it a JPEG. Otherwise it arrives as it is."""


@dataclass(frozen=True)
class Message:
    """Text in Telegram's HTML, every inserted value escaped, and inline rows."""

    html: str
    rows: tuple[Row, ...] = ()
    plain: Text | None = None
    """Sent as it is, with its own formatting, in place of `html`."""
    file: File | None = None
    """Only in messages of their own: one that stands cannot be changed into one with a file."""
    draws: Callable[[], File | None] | None = field(default=None, compare=False)
    """Makes the file, in a thread, when the message is about to be sent: for what takes its time. Without one the words
    go alone."""


class Where(StrEnum):
    """How a message reaches the chat."""

    NEW = "new"
    """A message of its own."""
    SCREEN = "screen"
    """In place of the screen whose button was pressed; a message of its own otherwise."""
    PROMPT = "prompt"
    """A new prompt; the one that stood open loses its buttons."""
    RENEW = "renew"
    """In place of the open prompt."""
    SETTLE = "settle"
    """In place of the open prompt, which is closed by it."""
    TOAST = "toast"
    """A passing line in answer to a button; a message where there was none. The html is plain text."""


@dataclass(frozen=True)
class Outgoing:
    """One message on its way."""

    where: Where
    message: Message
    step: str = ""
    """PROMPT: the question it asks."""
    visit: int = 0
    """PROMPT: the visit its buttons carry."""
    shows: Receipt | None = None
    """The receipt this message shows: once it is accepted the receipt is not kept any longer."""
    arrived: Callable[[], Awaitable[None]] | None = None
    """To be called once it was accepted."""
    passing: bool = False
    """NEW: goes from the chat in time, even where the person keeps what they write."""
    work: str = ""
    """NEW, SCREEN: what its buttons are good for, once. They go when one of them was pressed, and when another message
    for the same arrives, with buttons or without."""
    office: bool = False
    """NEW, SCREEN: a screen of staff, whose buttons go when another screen comes below it."""
    below: bool = False
    """SCREEN: a message of its own in any case, because it speaks of those that were just sent."""
