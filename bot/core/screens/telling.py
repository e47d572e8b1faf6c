"""What an organizer sees when writing to participants: briefings, broadcasts, answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.briefings import Briefing, Edition
from bot.core.dialogue.clues import Clue
from bot.core.inquiries import Inquiry
from bot.core.outbox import Broadcast
from bot.core.outbox import State as Delivered


@dataclass(frozen=True)
class ListBriefings:
    """To an organizer: all briefings of what they organize."""

    briefings: tuple[Briefing, ...]
    consultations: tuple[str, ...]


@dataclass(frozen=True)
class WriteBriefing:
    """To an organizer: one briefing at one of its screens."""

    briefing: Briefing
    screen: str
    language: str = ""
    edition: Edition | None = None
    """What is previewed, or an earlier edition."""
    page: int = 0
    before: Edition | None = None
    """With which it is compared."""
    languages: tuple[str, ...] = ()
    """Those of the consultation, and of many of its readers; empty: all."""


@dataclass(frozen=True)
class ShowBroadcasts:
    """The broadcasts of the consultations that this person organizes."""

    broadcasts: tuple[Broadcast, ...]
    consultations: tuple[str, ...]


@dataclass(frozen=True)
class ShowBroadcast:
    """One broadcast at one of its screens: draft, texts, write, audience, when, at, zone, preview, approval, report,
    recall.
    """

    broadcast: Broadcast
    screen: str
    language: str | None = None
    reach: int | None = None
    """Recipients as things are, rounded down; 0: few; None: not known before the recipients are frozen."""
    counts: Mapping[tuple[Delivered, str], int] = field(default_factory=dict)
    """Exact; whoever writes the screen rounds them."""
    own: bool = True
    """Whether this person wrote any of it."""
    others: tuple[Broadcast, ...] = ()
    """The others of the consultation, for exclusions."""
    languages: tuple[str, ...] = ()
    """Those of the consultation, and of many of its readers; empty: all."""


@dataclass(frozen=True)
class ShowNotices:
    """The messages of a broadcast exactly as they will arrive; of one language, or each different one."""

    broadcast: Broadcast
    language: str | None = None
    languages: tuple[str, ...] = ()
    """Whose readers are told of; empty: all."""


@dataclass(frozen=True)
class ShowInquiries:
    """To an organizer: what waits."""

    inquiries: tuple[Inquiry, ...]
    me: str
    told: bool
    """They are told when something new waits."""


@dataclass(frozen=True)
class OpenInquiry:
    """To an organizer: one of them."""

    inquiry: Inquiry
    me: str


@dataclass(frozen=True)
class AskAnswer:
    """An answer is asked for."""

    inquiry: Inquiry


@dataclass(frozen=True)
class PreviewAnswer:
    """Whether to send this answer."""

    inquiry: Inquiry
    text: str
    clues: tuple[Clue, ...]


@dataclass(frozen=True)
class AskReason:
    """Why it is closed."""

    inquiry: Inquiry
