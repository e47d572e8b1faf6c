"""What a chat shows outside a dialogue, as keys and values.

Not here: sentences and keyboards (`handlers.writing`), the dialogue's own effects (`dialogue.effects`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.admission import Code, Found, Membership
from bot.core.attribution import Attribution
from bot.core.briefings import Briefing, Edition
from bot.core.consultations import QUESTIONNAIRES, Changed, Intake
from bot.core.contributions import Receipt, Standing
from bot.core.dialogue.clues import Clue
from bot.core.editions import Edition as FormEdition
from bot.core.editions import Examined
from bot.core.events import Comprehension
from bot.core.feedback import Reply
from bot.core.figures import Figures
from bot.core.holdings import Holdings
from bot.core.inquiries import Inquiry
from bot.core.invites import Kept
from bot.core.outbox import Actor, Broadcast
from bot.core.outbox import State as Delivered
from bot.core.people import Grant, Role
from bot.core.points import Point
from bot.core.session import Inviting
from bot.core.staff import Held, Proposal


@dataclass(frozen=True)
class ShowLanguage:
    """Offer the languages. `first`: nothing was chosen yet, the present one is a guess."""

    first: bool


@dataclass(frozen=True)
class ShowNotice:
    """The notice, to accept or leave."""

    version: str


@dataclass(frozen=True)
class AskComprehension:
    """One of the two questions after the notice. `told` is the key of a word on the answer before."""

    question: Comprehension
    version: str
    told: str | None = None


@dataclass(frozen=True)
class ShowConsultations:
    """The six, each with whether it takes contributions. `trouble` says why the list is shown instead."""

    trouble: str | None = None
    consultation: str | None = None
    """What the trouble is about."""
    organizes: bool = False
    """This person runs a consultation."""


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


@dataclass(frozen=True)
class ShowNotices:
    """The messages of a broadcast exactly as they will arrive; of one language, or each different one."""

    broadcast: Broadcast
    language: str | None = None


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


@dataclass(frozen=True)
class Handle:
    """A button that leads to a tool: the consultation ("" for all), the tool, and the key of its label."""

    consultation: str
    tool: str
    label: str


@dataclass(frozen=True)
class ShowManaged:
    """To an organizer: the consultations they run, and the tools that belong to none of them."""

    consultations: tuple[str, ...]
    tools: tuple[Handle, ...]


@dataclass(frozen=True)
class ShowRun:
    """To an organizer: how one consultation stands, and what can be done with it."""

    consultation: str
    intake: Intake
    tools: tuple[Handle, ...]
    forms: tuple[str, ...]
    """Ids of the questionnaires that can be begun in it."""
    zone: str
    """In which its times are shown."""
    organizes: bool = True
    """This person may open and close it."""
    languages: tuple[str, ...] = ()
    """In which it is run."""


@dataclass(frozen=True)
class AskIntake:
    """To an organizer: what to make of an intake: until, close, settings, access, drafts, grace."""

    consultation: str
    screen: str
    zone: str


@dataclass(frozen=True)
class ConfirmIntake:
    """To an organizer: what follows from a change, and whether to make it."""

    changed: Changed
    zone: str
    mark: str
    """By which the button says what it confirms."""


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
class ListFigures:
    """To an organizer: the consultations that they run."""

    consultations: tuple[str, ...]


@dataclass(frozen=True)
class ShowFigures:
    """To an organizer: how it goes in one consultation."""

    figures: Figures
    others: bool
    """They run more than this one."""


@dataclass(frozen=True)
class ShowMissing:
    """To an organizer: languages in which little or nothing was handed in."""

    figures: Figures
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ShowForms:
    """Forms that a consultation offers beside those that come with the program; None: asks which consultation."""

    consultation: str | None
    consultations: tuple[str, ...]
    offered: tuple[FormEdition, ...]


@dataclass(frozen=True)
class AskForm:
    """Asks an organizer for the file of a form."""

    consultation: str


@dataclass(frozen=True)
class Examining:
    """A file is wanted: it is to be fetched and examined."""

    file: str = field(repr=False)
    size: int


@dataclass(frozen=True)
class ShowExamined:
    """What was found in a file: what to mend, or what to know."""

    examined: Examined
    name: str


@dataclass(frozen=True)
class ShowForm:
    """One form. `screen`: page, publish, retire."""

    consultation: str
    edition: FormEdition
    screen: str
    languages: tuple[str, ...]
    """In which it is to be seen before it is published."""
    seen: tuple[str, ...]
    published: bool
    """This very edition is offered."""
    replaces: FormEdition | None
    """What is offered of the same form."""


@dataclass(frozen=True)
class ShowWalk:
    """The whole dialogue as a text."""

    edition: FormEdition
    form: str
    """Its key among all forms."""
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ShowInvites:
    """The invites of one consultation; None: which one, of those that this person organizes."""

    consultation: str | None
    consultations: tuple[str, ...]
    invites: tuple[Kept, ...] = ()
    closed: bool = False
    """Only people with an invite take part."""


@dataclass(frozen=True)
class ShowNewInvite:
    """An invite that is not made yet, at one of its pages: new, label, date."""

    desk: Inviting
    closes: float | None
    """When the intake ends."""
    trouble: str | None = None


@dataclass(frozen=True)
class ShowInvite:
    """One that stands. `asks` for another end."""

    kept: Kept
    closes: float | None
    asks: bool = False
    trouble: str | None = None


@dataclass(frozen=True)
class ShowLink:
    """The link of an invite that was just made; with a picture to print."""

    desk: Inviting
    picture: bool = False


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
class AskCode:
    """To an organizer: the code that somebody tells."""

    consultation: str
    trouble: str | None = None


@dataclass(frozen=True)
class ShowFound:
    """To an organizer: how somebody stands in a consultation, and what can be decided. `decided`: it just was."""

    consultation: str
    found: Found
    decided: bool = False


@dataclass(frozen=True)
class ShowWorkbook:
    """The form as a file."""

    edition: FormEdition


@dataclass(frozen=True)
class ShowTemplate:
    """The workbook to start from."""

    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Waiting:
    """A proposal as somebody sees it."""

    proposal: Proposal
    own: bool


@dataclass(frozen=True)
class ShowStaff:
    """One's own roles, and where one can grant and end others (None: all consultations at once)."""

    me: Actor
    own: tuple[Grant, ...]
    scopes: tuple[str | None, ...]


@dataclass(frozen=True)
class ShowPeople:
    """The roles in one consultation, by tags; what is proposed there."""

    consultation: str | None
    me: Actor
    held: tuple[Held, ...]
    waiting: tuple[Waiting, ...]
    own: tuple[Grant, ...]
    lone: bool
    """There is no list to go back to."""


@dataclass(frozen=True)
class ShowDone:
    """Something was done about roles or the emergency stop, and the way on."""

    key: str
    consultation: str | None
    freeze: bool = False


@dataclass(frozen=True)
class ShowRoleLink:
    """The link of a role, shown this once."""

    role: Role
    consultation: str | None
    token: str
    expires: float


@dataclass(frozen=True)
class AskLayDown:
    """Whether to lay down one's own role."""

    grant: Grant


@dataclass(frozen=True)
class Stand:
    """How a consultation (None: all at once) stands with the emergency stop."""

    consultation: str | None
    since: float | None
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True)
class ShowFreezes:
    """What an organizer can stop, and what stands still."""

    stands: tuple[Stand, ...]


@dataclass(frozen=True)
class AskFreeze:
    """Whether to stop everything, with what that means."""

    consultation: str | None


@dataclass(frozen=True)
class ShowFrozen:
    """For whoever takes part: nothing is taken now."""

    consultation: str
    draft: bool
    """Something unfinished is kept."""


@dataclass(frozen=True)
class ShowExport:
    """To the secretariat: which export can be sent to this chat, and whether it is to be."""

    choices: tuple[str, ...]
    """Ids of consultations, and `all`."""
    chosen: str | None = None
    sure: bool = False
    """It was said once that it is to be sent."""


@dataclass(frozen=True)
class Toast:
    """A passing line over the chat in answer to a button; a short message where there was no button."""

    key: str


@dataclass(frozen=True)
class Line:
    """One short message."""

    key: str


Screen = (
    ShowLanguage
    | ShowNotice
    | AskComprehension
    | ShowConsultations
    | ShowHome
    | ShowTopics
    | ShowBriefings
    | ShowBriefing
    | ListBriefings
    | WriteBriefing
    | ShowCard
    | ShowHelp
    | ShowPrivacy
    | ShowKeep
    | Tidied
    | AskForget
    | Forgotten
    | Goodbye
    | ShowReceipt
    | AfterReceipt
    | AskReceipt
    | ShowState
    | AskWithdraw
    | AskSafe
    | NotNow
    | ShowSilence
    | AskAmend
    | Amended
    | AskAttribution
    | AskName
    | ShowCarried
    | AskReplyWords
    | ConfirmAttribution
    | AskInquiry
    | PreviewInquiry
    | ShowInquiry
    | OfferAnswer
    | ShowInquiries
    | OpenInquiry
    | AskAnswer
    | PreviewAnswer
    | AskReason
    | ListFigures
    | ShowFigures
    | ShowMissing
    | ShowManaged
    | ShowRun
    | ShowInvites
    | ShowNewInvite
    | ShowInvite
    | ShowOwnCode
    | ShowCode
    | ShowMembership
    | AskCode
    | ShowFound
    | ShowStaff
    | ShowPeople
    | ShowDone
    | AskLayDown
    | ShowFreezes
    | AskFreeze
    | ShowFrozen
    | AskIntake
    | ConfirmIntake
    | AskZone
    | DraftsEnd
    | ShowExport
    | Toast
    | Line
)

Work = (
    ShowNews
    | ShowBroadcasts
    | ShowBroadcast
    | ShowNotices
    | ShowHoldings
    | ShowLink
    | ShowRoleLink
    | ShowForms
    | AskForm
    | ShowForm
    | Examining
    | ShowExamined
    | ShowWalk
    | ShowWorkbook
    | ShowTemplate
)
"""What takes several messages, or belongs to broadcasts."""
