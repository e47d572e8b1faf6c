"""What a person may do in the chat, inside a dialogue and outside of it.

Not here: Telegram updates (`handlers.reading`), what follows from an event (`conversation`).
"""

from dataclasses import dataclass

from bot.core.events.organizing import (
    Appoint,
    Appoints,
    Brief,
    Briefs,
    Bring,
    Brings,
    Compose,
    Composes,
    Export,
    Exports,
    Figure,
    Found,
    Founds,
    Halt,
    Halts,
    Handle,
    Handles,
    Looks,
    Manage,
    Manages,
    Offer,
    Offers,
    Tell,
    Tells,
)
from bot.core.events.participating import (
    CHOICES,
    OTHER_KINDS,
    TRUE,
    Admit,
    Admits,
    Amends,
    Ask,
    Asks,
    Begins,
    Cancels,
    Carried,
    Checks,
    ChoosesZone,
    ChoseLanguage,
    Comprehension,
    Continues,
    Decided,
    EndsGroup,
    Forgets,
    Joins,
    Keeps,
    Lists,
    Opened,
    Page,
    Presses,
    Reads,
    ReadsBriefing,
    ReadsNews,
    Replies,
    Resumes,
    Rewrites,
    SendsFile,
    SendsOther,
    SendsVoice,
    Signs,
    Silences,
    Speaks,
    Start,
    Tidies,
    Understood,
    WantsNews,
    Withdraws,
)


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
    | Continues
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
    | Founds
    | ChoosesZone
    | Exports
    | SendsOther
    | Unknown
)


__all__ = (
    "CHOICES",
    "OTHER_KINDS",
    "TRUE",
    "Admit",
    "Admits",
    "Amends",
    "Appoint",
    "Appoints",
    "Ask",
    "Asks",
    "Begins",
    "Brief",
    "Briefs",
    "Bring",
    "Brings",
    "Cancels",
    "Carried",
    "Checks",
    "ChoosesZone",
    "ChoseLanguage",
    "Compose",
    "Composes",
    "Comprehension",
    "Continues",
    "Decided",
    "EndsGroup",
    "Event",
    "Export",
    "Exports",
    "Figure",
    "Forgets",
    "Found",
    "Founds",
    "Halt",
    "Halts",
    "Handle",
    "Handles",
    "Joins",
    "Keeps",
    "Lists",
    "Looks",
    "Manage",
    "Manages",
    "Offer",
    "Offers",
    "Opened",
    "Page",
    "Presses",
    "Reads",
    "ReadsBriefing",
    "ReadsNews",
    "Replies",
    "Resumes",
    "Rewrites",
    "SendsFile",
    "SendsOther",
    "SendsVoice",
    "Signs",
    "Silences",
    "Speaks",
    "Start",
    "Tell",
    "Tells",
    "Tidies",
    "Understood",
    "Unknown",
    "WantsNews",
    "Withdraws",
)
