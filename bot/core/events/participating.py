"""What a participant does, and what anybody does."""

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
    """Wants to begin a dialogue in the consultation joined last."""

    dialogue: str = "recommendation"
    """Id of a questionnaire."""


@dataclass(frozen=True)
class Continues:
    """Wants to go on with the draft that waits, whatever it is."""


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
    """/tidy, or its button below a receipt: delete from the chat what is not needed in it."""


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


@dataclass(frozen=True)
class ReadsNews:
    """/news: the news of the consultations joined, from the newest (0)."""

    at: int = 0


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


@dataclass(frozen=True)
class ChoosesZone:
    """/zone: the time zone in which times are shown, by its name or a city; None: asks for the choices."""

    zone: str | None = None


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
