"""What a chat is in the middle of: the screen it stands at, its draft, and the messages that belong to it.

Kept sealed under the server's working key, at most as long as a draft lives. Not here: the profile (`people`).
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.attribution import Attribution
from bot.core.consultations import Changed
from bot.core.contributions import ContributionId, PartId, Receipt
from bot.core.dialogue.draft import Draft
from bot.core.feedback import Reply
from bot.core.founding import Founding


@dataclass(frozen=True)
class Group:
    """Whom somebody speaks for, from the record of the group until they say that they have finished."""

    record: ContributionId
    """The contribution that describes the group. Everything said for the group names it."""
    consultation: str


class Place(StrEnum):
    """The screen at which a chat stands; the one that is shown again when a button or message is out of date."""

    LANGUAGE = "language"
    NOTICE = "notice"
    READERS = "readers"
    """The first question after the notice."""
    BACK = "back"
    """The second."""
    CONSULTATIONS = "consultations"
    HOME = "home"
    DIALOGUE = "dialogue"
    RECEIPT = "receipt"
    SIGNING = "signing"
    """A name to be printed is asked for."""
    BROADCASTS = "broadcasts"
    """An organizer at work; `Session.bench` says on what."""
    ASKING = "asking"
    """Writing to the organizers; `Session.letter` says what."""
    ANSWERING = "answering"
    """An organizer at what participants ask."""
    MANAGING = "managing"
    """An organizer at their consultations; `Session.managed` says which one."""
    FOUNDING = "founding"
    """An organizer who makes a consultation; `Session.founding` says how far."""
    PEOPLE = "people"
    """Somebody with a role at the roles; `Session.managed` says of which consultation."""
    FREEZING = "freezing"
    """An organizer at the emergency stop."""
    ZONE = "zone"
    """A time zone is asked for."""
    EXPORTING = "exporting"
    """The secretariat is asked whether to have the export of `Session.managed` sent."""
    EXPORT_SURE = "export_sure"
    """And asked once more."""
    REPLYING = "replying"
    """A published point was answered; words may follow."""
    FIGURES = "figures"
    """An organizer looks how it goes; `Session.looks` says at what."""
    INVITING = "inviting"
    """An organizer at the invites; `Session.inviting` says at what."""
    BRIEFINGS = "briefings"
    """An organizer who writes briefings; `Session.bench` says which."""
    FORMS = "forms"
    """An organizer at questionnaires of their own; `Session.proof` says which one."""
    LEFT = "left"


@dataclass(frozen=True)
class Signing:
    """A name is asked for: to sign which contribution, and how. Kept until it was given, confirmed or left."""

    receipt: Receipt
    attribution: Attribution
    name: PartId | None = None
    """Under which the name is remembered, in memory only, until it is confirmed."""


@dataclass(frozen=True)
class Replying:
    """A published point was answered, and words to it may follow. Kept until they came or the chat goes on."""

    receipt: Receipt
    point: str
    version: str
    reply: Reply


@dataclass(frozen=True)
class Bench:
    """What an organizer has before them: a broadcast or briefing, one of its screens, the language that is written."""

    broadcast: str | None = None
    screen: str = ""
    language: str | None = None
    briefing: str | None = None
    at: tuple[int, int] = (0, 0)
    """Of a briefing: the edition (0: what is being written) and the page from 0."""


@dataclass(frozen=True)
class Managed:
    """The consultation that an organizer has before them; None: the list; at the roles also `all`."""

    consultation: str | None = None
    screen: str = ""
    """What is asked of the organizer; "" at the page itself."""
    proposed: Changed | None = None
    """What waits to be confirmed."""


@dataclass(frozen=True)
class Proof:
    """What an organizer has before them: a form that is to be published, and what was seen of it."""

    consultation: str | None = None
    version: str = ""
    seen: tuple[str, ...] = ()
    """Languages in which it was walked to its end, or read."""
    draft: Draft | None = None
    """Of a rehearsal."""
    waits: bool = False
    """A file is asked for."""


@dataclass(frozen=True)
class Letter:
    """What is being written to the organizers or by one of them, until it is sent or left."""

    inquiry: str | None = None
    """The inquiry it belongs to; None: a new one."""
    text: str | None = None
    """Written, and not sent yet."""
    version: int = 0
    """Of the inquiry, when an answer was begun."""
    writes: bool = False
    """An answer is asked for."""


@dataclass(frozen=True)
class Looks:
    """Which figures an organizer has before them."""

    consultation: str | None = None
    """None: the list of those that they run."""
    missing: bool = False
    """The languages in which little came in."""


@dataclass(frozen=True)
class Inviting:
    """What an organizer has before them of the invites of one consultation."""

    consultation: str
    screen: str = "list"
    """One of: list; new, label, date (of one that is not made yet); made; one, end (of one that stands); code, person
    (admission by a code)."""
    invite: str | None = None
    """Name of the one that stands."""
    token: str | None = None
    """Of the one that was just made, while its page stands: until then the link can be shown again."""
    cap: int = 10
    expires: float | None = None
    language: str | None = None
    label: str = ""
    code: str | None = None
    """That a person told, while their page stands."""


@dataclass(frozen=True)
class Session:
    """The state of one chat between two updates. Written in the transaction of the update that changed it."""

    chat: int
    place: Place = Place.LANGUAGE
    wanted: str | None = None
    """Consultation named by the link that was opened, until it is joined."""
    draft: Draft | None = None
    group: Group | None = None
    """Set while somebody speaks for a group; ends with the session."""
    signing: Signing | None = None
    """Only while the chat stands at SIGNING."""
    replying: Replying | None = None
    """Only while the chat stands at REPLYING."""
    bench: Bench = Bench()
    looks: Looks = Looks()
    managed: Managed = Managed()
    proof: Proof = Proof()
    founding: Founding | None = None
    """A consultation in the making, until it is made or thrown away."""
    told_end: float | None = None
    """Until when the draft can be handed in after the consultation has closed, as the person was told."""
    letter: Letter | None = None
    invite: str | None = None
    """The token of an invite that was opened, until the notice is accepted; only then is it used."""
    inviting: Inviting | None = None
    """Only while the chat stands at INVITING."""

    @property
    def holds_receipt(self) -> bool:
        """Something is being done with a receipt: a new version of what it stands for, signing, a word to a point."""
        rewrites = self.draft is not None and self.draft.replaces is not None
        return rewrites or self.signing is not None or self.replying is not None


@dataclass(frozen=True)
class Prompt:
    """A question as it stands in the chat: the message, the step it asks and the visit its buttons carry."""

    message: int
    step: str
    visit: int


@dataclass(frozen=True)
class View:
    """What stands in the chat: kept apart from the session because sending goes on after an update is committed.

    Losing the newest view costs nothing but a repeated prompt, so it is written without anybody waiting for it;
    the receipt is the exception and is written in the transaction of the submission.
    """

    receipt: Receipt | None = None
    """Only until the message that shows it was accepted by Telegram."""
    prompt: Prompt | None = None
    """The prompt that stands open now."""
    prompts: tuple[Prompt, ...] = ()
    """Earlier prompts of this draft, for replies to them."""
    anchor: int | None = None
    """Message of the present screen outside a dialogue, edited when the screen changes."""
