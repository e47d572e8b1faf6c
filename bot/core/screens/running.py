"""What an organizer sees when running a consultation: intake, figures, forms, invites, roles, freezes, exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.admission import Found
from bot.core.consultations import Changed, Intake
from bot.core.editions import Edition as FormEdition
from bot.core.editions import Examined
from bot.core.figures import Figures
from bot.core.founding import Founding
from bot.core.invites import Kept
from bot.core.outbox import Actor
from bot.core.people import Grant, Role
from bot.core.session import Inviting
from bot.core.staff import Held, Proposal


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
class ShowPlan:
    """To an organizer: a consultation in the making, at one of its steps."""

    founding: Founding
    trouble: str | None = None
    about: str = ""
    """What was typed and is the trouble."""
    matches: tuple[str, ...] = ()
    """Countries that were perhaps meant."""
    zones: tuple[str, ...] = ()
    """At the time zone: those that are near."""
    mark: str = ""
    """At the review: by which the button says what it makes."""
    id: str = ""
    """At the review: what it will be called in links and exports."""


@dataclass(frozen=True)
class ShowMade:
    """To an organizer: it is there, and closed."""

    consultation: str
    name: Mapping[str, str]


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
