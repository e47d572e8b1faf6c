"""What a participant sees of the bot, the consultations, their news and the organizers."""

from dataclasses import dataclass

from bot.core.admission import Code, Membership
from bot.core.briefings import Briefing
from bot.core.consultations import QUESTIONNAIRES
from bot.core.dialogue.clues import Clue
from bot.core.editions import Edition as FormEdition
from bot.core.events import Comprehension
from bot.core.inquiries import Inquiry
from bot.core.outbox import Broadcast
from bot.core.people import Role


@dataclass(frozen=True)
class ShowLanguage:
    """Offer the languages. `first`: nothing was chosen yet, the present one is a guess."""

    first: bool


@dataclass(frozen=True)
class ShowNotice:
    """The notice, to accept or leave."""

    version: str
    consultation: str | None = None
    """For which the person comes, or in which they take part."""
    hidden: frozenset[str] = frozenset()
    """Of these it says nothing."""


@dataclass(frozen=True)
class AskComprehension:
    """One of the two questions after the notice. `told` is the key of a word on the answer before."""

    question: Comprehension
    version: str
    told: str | None = None


@dataclass(frozen=True)
class ShowConsultations:
    """All of them, each with whether it takes contributions. `trouble` says why the list is shown instead."""

    trouble: str | None = None
    consultation: str | None = None
    """What the trouble is about."""
    organizes: bool = False
    """This person runs a consultation."""
    hidden: frozenset[str] = frozenset()
    """Those that go on without this person's knowing: the six look closed, others are not in the list."""


@dataclass(frozen=True)
class ShowHome:
    """What can be done in the consultation joined last."""

    consultation: str
    trouble: str | None = None
    unfinished: str | None = None
    """The consultation of the draft that waits, which may be another one."""
    over: bool = False
    """That draft can no longer be handed in."""
    group: bool = False
    """What is begun now is said for a group."""
    kinds: tuple[str, ...] = QUESTIONNAIRES
    """Questionnaires that can be begun."""
    responds: bool = False
    """Points of earlier regions are published for this consultation."""
    forms: tuple[FormEdition, ...] = ()
    """Forms of its own that the consultation offers."""
    organizes: bool = False
    """This person runs a consultation."""
    frozen: bool = False
    """The consultation stands still: nothing is taken for the moment."""
    barred: bool = False
    """An organizer has paused or ended this person's part: nothing new can be begun."""
    asks: bool = True
    """Somebody could answer a question, or one that was asked is still kept."""


@dataclass(frozen=True)
class ShowTopics:
    """The briefing library."""

    consultations: tuple[str, ...] = ()
    """Those whose own briefings this person may read."""


@dataclass(frozen=True)
class ShowBriefings:
    """What organizers wrote for the people of a consultation, newest first, from one of them on."""

    consultation: str
    briefings: tuple[Briefing, ...]
    first: int = 0


@dataclass(frozen=True)
class ShowBriefing:
    """One page of a briefing, as people read it."""

    briefing: Briefing
    page: int = 0


@dataclass(frozen=True)
class ShowCard:
    """One card of a topic."""

    topic: str
    card: int


@dataclass(frozen=True)
class ShowHelp:
    """What can be done, and the commands: everybody's, and those of these roles."""

    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class ShowPrivacy:
    """The long form of the notice."""

    consultation: str | None = None
    hidden: frozenset[str] = frozenset()
    """As in `ShowNotice`."""


@dataclass(frozen=True)
class ShowSilence:
    """Messages that are no answers are off (or on again)."""

    on: bool


@dataclass(frozen=True)
class ShowNews:
    """What was sent, one at a time; None: nothing."""

    broadcast: Broadcast | None
    at: int
    of: int


@dataclass(frozen=True)
class AskInquiry:
    """What asking the organizers means, and what was asked before. `more`: the next text belongs to this one."""

    kept: tuple[Inquiry, ...]
    more: Inquiry | None
    unread: bool
    full: bool
    """No further one can be asked now."""


@dataclass(frozen=True)
class PreviewInquiry:
    """Whether to send this to the organizers."""

    text: str
    clues: tuple[Clue, ...]


@dataclass(frozen=True)
class ShowInquiry:
    """To the participant: what they asked and what was answered, or why it was closed."""

    inquiry: Inquiry


@dataclass(frozen=True)
class OfferAnswer:
    """Whether this is a safe moment for what the organizers answered; says nothing else."""


@dataclass(frozen=True)
class AskZone:
    """The time zone in which times are shown, and others."""

    present: str | None
    offered: tuple[str, ...]
    managed: str | None = None
    """The consultation whose page an organizer came from."""


@dataclass(frozen=True)
class DraftsEnd:
    """The consultation has closed; a draft under way can be finished until then."""

    until: float
    zone: str


@dataclass(frozen=True)
class ShowOwnCode:
    """To a person: what a code is for. `made`: one was just shown; `ended`: there is none any more."""

    until: float | None = None
    """Of the one that stands."""
    made: bool = False
    ended: bool = False


@dataclass(frozen=True)
class ShowCode:
    """To a person: their code, once."""

    code: Code


@dataclass(frozen=True)
class ShowMembership:
    """To a person: what an organizer decided about them."""

    consultation: str
    state: Membership


@dataclass(frozen=True)
class Toast:
    """A passing line over the chat in answer to a button; a short message where there was no button."""

    key: str


@dataclass(frozen=True)
class Line:
    """One short message."""

    key: str
