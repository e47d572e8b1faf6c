"""What a person may do in the chat, inside a dialogue and outside of it.

Not here: Telegram updates (`handlers.reading`), what follows from an event (`conversation`).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.attribution import Attribution
from bot.core.contributions import Receipt
from bot.core.dialogue.events import Edited, Pressed, Said, Voiced
from bot.core.editions import Examined
from bot.core.feedback import Reply


class Page(StrEnum):
    """Pages that can be opened at any time without leaving the present step."""

    HELP = "help"
    PRIVACY = "privacy"
    LANGUAGE = "language"
    CONSULTATIONS = "consultations"
    HOME = "home"
    PRESENT = "present"
    """The present step itself: "back to my question"."""


@dataclass(frozen=True)
class Start:
    """/start, with the consultation its link named, or the token of an invite."""

    wanted: str | None = None
    invite: str | None = None


@dataclass(frozen=True)
class Opened:
    """A page was asked for, by command or button."""

    page: Page


@dataclass(frozen=True)
class ChoseLanguage:
    """A language button, or its name typed."""

    language: str


@dataclass(frozen=True)
class Decided:
    """The notice was accepted, or the person leaves. The version is the one the button stood under."""

    accepts: bool
    version: str


class Comprehension(StrEnum):
    """The two questions after the notice, in their order. Whoever misses one is told, and goes on."""

    READERS = "readers"
    """Who can read this chat?"""
    BACK = "back"
    """Can it be taken back?"""


@dataclass(frozen=True)
class Understood:
    """An answer to one of the two questions. The version is that of the notice that was accepted."""

    question: Comprehension
    choice: str
    """One of `CHOICES` of the question."""
    version: str


CHOICES: dict[Comprehension, tuple[str, ...]] = {
    Comprehension.READERS: ("secretariat", "telegram", "everybody"),
    Comprehension.BACK: ("receipt", "never"),
}
"""In the order shown."""

TRUE = {Comprehension.READERS: "telegram", Comprehension.BACK: "receipt"}


@dataclass(frozen=True)
class Joins:
    """Wants to take part in a consultation."""

    consultation: str


@dataclass(frozen=True)
class Begins:
    """Wants to begin a dialogue in the consultation joined last, or to continue the draft that waits."""

    dialogue: str = "recommendation"
    """Id of a questionnaire."""


@dataclass(frozen=True)
class EndsGroup:
    """Has said everything for the group."""


@dataclass(frozen=True)
class WantsNews:
    """Turns news of the consultation joined last on or off. Says the wanted state."""

    on: bool


@dataclass(frozen=True)
class Reads:
    """Opens the briefing library, a topic, or one of its cards (from 0)."""

    topic: str | None = None
    card: int = 0


@dataclass(frozen=True)
class Silences:
    """/stop: no message any more that is not an answer; or these are welcome again."""

    on: bool = True


@dataclass(frozen=True)
class Resumes:
    """Answers "is this a safe moment?": yes shows what waits, no takes even the question away."""

    now: bool


@dataclass(frozen=True)
class Cancels:
    """/cancel."""


@dataclass(frozen=True)
class Tidies:
    """/tidy: delete from the chat what is not needed in it."""


@dataclass(frozen=True)
class Lists:
    """/mydata: what is stored about this chat."""


@dataclass(frozen=True)
class Keeps:
    """Whether answers stay in the chat after they were handed in: those of the last time, or `always`."""

    on: bool
    always: bool = False


@dataclass(frozen=True)
class Forgets:
    """/forget; `sure` once the question was answered with yes."""

    sure: bool = False


@dataclass(frozen=True)
class Checks:
    """Asks what became of the contribution with this receipt; None: /receipt without digits."""

    receipt: Receipt | None = None


@dataclass(frozen=True)
class Withdraws:
    """Takes a contribution back; `sure` once the question was answered with yes."""

    receipt: Receipt
    sure: bool = False


@dataclass(frozen=True)
class Amends:
    """Writes a new version of a contribution; `sure` once it was told what that means."""

    receipt: Receipt
    sure: bool = False


@dataclass(frozen=True)
class Signs:
    """Says how a contribution is signed; None: asks for the choices. `sure` once it saw how that would be printed."""

    receipt: Receipt
    attribution: Attribution | None = None
    sure: bool = False


@dataclass(frozen=True)
class Carried:
    """Wants to see what became of a contribution: one of the published points that carry it, from the first (0)."""

    receipt: Receipt
    at: int = 0


@dataclass(frozen=True)
class Replies:
    """Says whether a point stands for what was contributed. The point is known by the beginning of its version."""

    receipt: Receipt
    point: str
    reply: Reply


@dataclass(frozen=True)
class Presses:
    """A button of a dialogue. `draft` is the beginning of the contribution id it was made for."""

    draft: str
    pressed: Pressed


@dataclass(frozen=True)
class Speaks:
    """A text message."""

    said: Said
    marks: tuple[tuple[str, int, int, str | None], ...] = ()
    """Its formatting as Telegram tells it: kind, offset and length in UTF-16 units, address of a link."""


@dataclass(frozen=True)
class Rewrites:
    """An earlier text message was edited."""

    edited: Edited


@dataclass(frozen=True)
class SendsOther:
    """Anything that is not text: a photo, a voice message, a sticker, a forwarded message, a location ..."""

    kind: str
    """One of `OTHER_KINDS`."""


@dataclass(frozen=True)
class SendsVoice(SendsOther):
    """A voice message: refused like anything else that is not text, unless the open question asks for one."""

    voiced: Voiced
    file: str = field(default="", repr=False)
    """By what Telegram gives it out. Needed for this one turn, and never kept."""


@dataclass(frozen=True)
class SendsFile(SendsOther):
    """A document: refused like anything else that is not text, unless an organizer was asked for one."""

    file: str = field(default="", repr=False)
    """By what Telegram gives it out. Needed for this one turn, and never kept."""
    name: str = field(default="", repr=False)
    size: int = 0
    """Bytes, as Telegram tells."""
    examined: Examined | None = None
    """What was found in it, once it was fetched."""


OTHER_KINDS = ("photo", "voice", "sticker", "document", "location", "contact", "forwarded", "other")


class Compose(StrEnum):
    """What an organizer does with broadcasts; the value stands in the buttons."""

    LIST = "ls"
    NEW = "nw"
    OPEN = "op"
    TEXTS = "tx"
    WRITE = "wr"
    DROP = "dr"
    FORM = "fo"
    AUDIENCE = "au"
    LANGUAGE = "la"
    ROLE = "ro"
    EXCLUDE = "ex"
    WHEN = "wh"
    NOW = "no"
    AT = "at"
    ZONE = "zo"
    QUIET = "qu"
    PREVIEW = "pv"
    TEST = "te"
    PROPOSE = "pr"
    APPROVE = "ap"
    SEND_BACK = "sb"
    PAUSE = "pa"
    RESUME = "re"
    CANCEL = "ca"
    RETRY = "rt"
    RESEND = "rs"
    CORRECT = "co"
    RECALL = "rc"


@dataclass(frozen=True)
class Composes:
    """A button or command of the broadcasts."""

    do: Compose
    broadcast: str = ""
    argument: str = ""
    """A language, a consultation, another broadcast, or the digest that was shown."""


@dataclass(frozen=True)
class ReadsNews:
    """/news: the news of the consultations joined, from the newest (0)."""

    at: int = 0


class Brief(StrEnum):
    """What an organizer does with briefings; the value stands in the buttons."""

    LIST = "ls"
    NEW = "nw"
    OPEN = "op"
    TEXTS = "tx"
    LANGUAGE = "la"
    TITLE = "ti"
    BODY = "bo"
    MORE = "mo"
    DROP = "dr"
    READERS = "rd"
    TURN = "tu"
    NOTES = "no"
    NOTE = "nt"
    PREVIEW = "pv"
    COMPARE = "cm"
    PUBLISH = "pu"
    EDITIONS = "ed"
    EDITION = "sh"
    RESTORE = "rs"
    WITHDRAW = "wi"
    BACK = "ba"
    ERASE = "er"
    TELL = "te"


@dataclass(frozen=True)
class Briefs:
    """/briefings, or one of its buttons."""

    do: Brief = Brief.LIST
    briefing: str = ""
    argument: str = ""
    """A consultation, a language, the digest that was shown, "yes"; or edition, language and page: `2_en_0`."""


@dataclass(frozen=True)
class ReadsBriefing:
    """A participant opens the briefings of a consultation, or a page of one (from 0)."""

    consultation: str = ""
    briefing: str = ""
    page: int = 0


class Ask(StrEnum):
    """What a participant does with a question to the organizers; the value stands in the buttons."""

    OPEN = "op"
    MORE = "mo"
    SEND = "se"
    AGAIN = "ag"
    LEAVE = "le"
    READ = "re"
    SHOW = "sh"
    END = "en"


@dataclass(frozen=True)
class Asks:
    """/ask, or one of its buttons."""

    do: Ask = Ask.OPEN
    inquiry: str = ""


class Handle(StrEnum):
    """What an organizer does with what participants ask; the value stands in the buttons."""

    LIST = "ls"
    DUTY = "du"
    OPEN = "op"
    TAKE = "tk"
    ANSWER = "an"
    SEND = "se"
    CLOSE = "cl"


@dataclass(frozen=True)
class Handles:
    """/questions, or one of its buttons."""

    do: Handle = Handle.LIST
    inquiry: str = ""
    argument: str = ""
    """A reason; on or off."""


class Manage(StrEnum):
    """What an organizer does with a consultation itself; the value stands in the buttons."""

    LIST = "ls"
    OPEN = "op"
    """Its page."""
    TOOL = "to"
    """One of the tools of that page (`conversation.managing.TOOLS`)."""
    UNTIL = "un"
    """Open it, or move its end."""
    CLOSE = "cl"
    SETTINGS = "se"
    ACCESS = "ac"
    DRAFTS = "dr"
    GRACE = "gr"
    SURE = "ok"
    """Make the change that was shown."""


@dataclass(frozen=True)
class Manages:
    """/manage, or one of its buttons."""

    do: Manage = Manage.LIST
    consultation: str = ""
    argument: str = ""
    """A tool; a number of days or hours; who may take part; which change was shown."""


@dataclass(frozen=True)
class ChoosesZone:
    """/zone: the time zone in which times are shown, by its name or a city; None: asks for the choices."""

    zone: str | None = None


class Figure(StrEnum):
    """What an organizer does with the figures; the value stands in the buttons."""

    LIST = "ls"
    OPEN = "op"
    PICTURE = "pi"
    MISSING = "mi"
    ASK = "as"


@dataclass(frozen=True)
class Looks:
    """/figures, or one of its buttons."""

    do: Figure = Figure.LIST
    consultation: str = ""
    language: str = ""
    """ASK: readers of which language; empty: of all in which little came in."""


class Bring(StrEnum):
    """What an organizer does to bring people in; the value stands in the buttons."""

    LIST = "ls"
    NEW = "nw"
    USES = "us"
    UNTIL = "un"
    LANGUAGE = "la"
    LABEL = "lb"
    MAKE = "mk"
    PICTURE = "pi"
    OPEN = "op"
    MORE = "mo"
    LATER = "lt"
    REVOKE = "rv"


@dataclass(frozen=True)
class Brings:
    """/invites, or one of its buttons."""

    do: Bring = Bring.LIST
    target: str = ""
    """A consultation, or the name of an invite."""
    argument: str = ""
    """A number of people, a language, or an end: d (a day), w (a week), c (until the intake closes), o (asked for)."""


class Admit(StrEnum):
    """What an organizer does with somebody who told a code; the value stands in the buttons."""

    ASK = "as"
    LET_IN = "in"
    SUSPEND = "su"
    REMOVE = "rm"


@dataclass(frozen=True)
class Admits:
    """A button of admission by code."""

    do: Admit = Admit.ASK
    consultation: str = ""


class Tell(StrEnum):
    """What a person does with their own code; the value stands in the buttons."""

    OPEN = "op"
    NEW = "nw"
    END = "en"


@dataclass(frozen=True)
class Tells:
    """/code, or one of its buttons."""

    do: Tell = Tell.OPEN


class Offer(StrEnum):
    """What an organizer does with questionnaires of their own; the value stands in the buttons."""

    LIST = "ls"
    BRING = "br"
    TEMPLATE = "te"
    OPEN = "op"
    REHEARSE = "rh"
    READ = "rd"
    PUBLISH = "pu"
    RETIRE = "rt"
    FILE = "fi"


@dataclass(frozen=True)
class Offers:
    """/forms, or one of its buttons."""

    do: Offer = Offer.LIST
    consultation: str = ""
    version: str = ""
    argument: str = ""
    """A language, or "yes"."""


class Appoint(StrEnum):
    """What somebody with a role does about roles; the value stands in the buttons."""

    LIST = "ls"
    GRANT = "gr"
    END = "en"
    AGREE = "ag"
    DROP = "dr"
    LINK = "ln"
    LAY = "ly"
    LAID = "ld"
    """Asked and sure."""


@dataclass(frozen=True)
class Appoints:
    """/people, or one of its buttons."""

    do: Appoint = Appoint.LIST
    consultation: str = ""
    """`all`: all of them at once."""
    argument: str = ""
    """A role, a role and whose, a proposal."""


class Halt(StrEnum):
    """What an organizer does about the emergency stop; the value stands in the buttons."""

    LIST = "ls"
    FREEZE = "fr"
    FROZEN = "fy"
    """Asked and sure."""
    THAW = "th"
    AGREE = "ag"
    DROP = "dr"


@dataclass(frozen=True)
class Halts:
    """/freeze, or one of its buttons."""

    do: Halt = Halt.LIST
    consultation: str = ""
    """`all`: all of them at once."""
    argument: str = ""
    """A proposal."""


class Export(StrEnum):
    """What the secretariat does to have the sealed export sent; the value stands in the buttons."""

    LIST = "ls"
    CHOOSE = "ch"
    SURE = "su"
    """The first yes."""
    SEND = "se"
    """The second."""


@dataclass(frozen=True)
class Exports:
    """/export, or one of its buttons."""

    do: Export = Export.LIST
    consultation: str = ""
    """An id, or `all`."""


@dataclass(frozen=True)
class Unknown:
    """A button or command that means nothing (any more)."""

    command: bool = False


Event = (
    Start
    | Opened
    | ChoseLanguage
    | Decided
    | Understood
    | Joins
    | Begins
    | EndsGroup
    | WantsNews
    | Reads
    | Silences
    | Resumes
    | Cancels
    | Tidies
    | Lists
    | Keeps
    | Forgets
    | Checks
    | Withdraws
    | Amends
    | Signs
    | Carried
    | Replies
    | Presses
    | Speaks
    | Rewrites
    | Composes
    | ReadsNews
    | Briefs
    | ReadsBriefing
    | Asks
    | Handles
    | Looks
    | Manages
    | Appoints
    | Halts
    | Brings
    | Admits
    | Tells
    | Offers
    | ChoosesZone
    | Exports
    | SendsOther
    | Unknown
)
