"""What a participant sees of their own words, and of what is kept of them."""

from dataclasses import dataclass

from bot.core.attribution import Attribution
from bot.core.contributions import Receipt, Standing
from bot.core.feedback import Reply
from bot.core.holdings import Holdings
from bot.core.points import Point


@dataclass(frozen=True)
class ShowKeep:
    """Whether answers stay in the chat, what that means, and how to change it. `handed_in`: those of this time."""

    on: bool
    always: bool


@dataclass(frozen=True)
class Tidied:
    """What was deleted from the chat and what remains, by reason."""

    deleted: bool
    draft: bool
    """An unfinished draft keeps its messages."""
    unsafe: bool
    """What was handed in does not rest in two places yet."""
    refused: bool
    """Telegram did not do it just now."""
    kept: bool
    """The person chose to keep something."""
    always: bool
    """The person keeps every time."""


@dataclass(frozen=True)
class ShowHoldings:
    """What is stored about this chat, and until when."""

    holdings: Holdings


@dataclass(frozen=True)
class AskForget:
    """Whether everything that is kept about this person should be erased."""

    acted: bool = False
    """The person holds a role, and what they did with it stays in the audit log."""


@dataclass(frozen=True)
class Forgotten:
    """It is erased."""


@dataclass(frozen=True)
class Goodbye:
    """The notice was not accepted; nothing is kept."""


@dataclass(frozen=True)
class ShowReceipt:
    """The receipt, once."""

    receipt: Receipt
    consultation: str
    dialogue: str | None = None
    """The questionnaire that was handed in, while that is known."""
    group: bool = False
    """The person speaks for a group: its next point can follow."""
    keep: bool = False
    """The answers stay in the chat."""


@dataclass(frozen=True)
class AfterReceipt:
    """The receipt was shown before and is not kept: what can be done next."""

    consultation: str
    group: bool = False


@dataclass(frozen=True)
class AskReceipt:
    """Ask for the digits of a receipt."""


@dataclass(frozen=True)
class ShowState:
    """What became of the contribution with this receipt, and what can be done with it; never what it says."""

    receipt: Receipt
    standing: Standing
    told: str | None = None
    """Key of what was just done, or why it was not."""
    points: tuple[Point, ...] = ()
    """Published points that carry it."""


@dataclass(frozen=True)
class AskAmend:
    """Whether to write a new version; what that means."""

    receipt: Receipt


@dataclass(frozen=True)
class Amended:
    """The new version is handed in; the receipt stays the same."""

    receipt: Receipt
    consultation: str
    version: int


@dataclass(frozen=True)
class AskAttribution:
    """The ways to sign a contribution, each as it would be printed."""

    receipt: Receipt
    consultation: str
    present: Attribution


@dataclass(frozen=True)
class AskName:
    """Ask for the name to be printed. `trouble` says what was wrong with the one before."""

    receipt: Receipt
    attribution: Attribution
    trouble: str | None = None


@dataclass(frozen=True)
class ConfirmAttribution:
    """Exactly how it would be printed, and whether that is wanted."""

    receipt: Receipt
    consultation: str
    attribution: Attribution
    name: str | None = None


@dataclass(frozen=True)
class AskWithdraw:
    """Whether to take it back; what goes and what cannot be called back."""

    receipt: Receipt
    points: tuple[Point, ...] = ()
    """Published points that carry it, and lose its support."""
    exported: bool = False
    """An export has left with it."""


@dataclass(frozen=True)
class ShowCarried:
    """A published point that carries a contribution, and the question whether it stands for it."""

    receipt: Receipt
    point: Point
    at: int
    of: int
    reply: Reply | None = None
    """What was answered so far."""
    told: str | None = None


@dataclass(frozen=True)
class AskReplyWords:
    """The answer is noted; words may follow."""

    receipt: Receipt
    reply: Reply


@dataclass(frozen=True)
class AskSafe:
    """Whether this is a safe moment: all that a reminder says before the person has answered."""


@dataclass(frozen=True)
class NotNow:
    """Another time, then."""
