"""What organizers and the secretariat do, with the words that stand in their buttons."""

from dataclasses import dataclass
from enum import StrEnum


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
    PLAN = "pl"
    """Open it as it was planned when it was made."""
    SURE = "ok"
    """Make the change that was shown."""


@dataclass(frozen=True)
class Manages:
    """/manage, or one of its buttons."""

    do: Manage = Manage.LIST
    consultation: str = ""
    argument: str = ""
    """A tool; a number of days or hours; who may take part; which change was shown."""


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


class Tell(StrEnum):
    """What a person does with their own code; the value stands in the buttons."""

    OPEN = "op"
    NEW = "nw"
    END = "en"


@dataclass(frozen=True)
class Tells:
    """/code, or one of its buttons."""

    do: Tell = Tell.OPEN


class Found(StrEnum):
    """What an organizer does with a consultation in the making; the value stands in the buttons."""

    OPEN = "op"
    """Begin, or go on where it stands."""
    STEP = "st"
    """Go to a step."""
    CHOOSE = "ch"
    NEXT = "nx"
    BACK = "bk"
    SAVE = "ok"
    """Make it as it was shown."""
    DROP = "dr"


@dataclass(frozen=True)
class Founds:
    """A button of a consultation in the making."""

    do: Found = Found.OPEN
    argument: str = ""
    """A step, what is chosen at the present one, what was shown, "yes"."""


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
