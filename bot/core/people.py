"""People as the bot knows them: a chat, a language, a notice accepted, consultations joined. No name, ever.

Not here: drafts (`dialogue.draft`), how a chat is turned into a tag (`storage`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

ChatId = NewType("ChatId", int)
"""Telegram's number of a private chat. It never reaches a disk unsealed, a log or an error."""

UpdateId = NewType("UpdateId", int)
"""Telegram's number of an update; the key by which an update has one effect."""


NOTICE = "1"
"""Version of the notice in force. A new version asks everybody again (`locales`, keys `notice.*`)."""


class Role(StrEnum):
    """What a person may do. The operator is not here: that role exists on the command line only."""

    PARTICIPANT = "participant"
    ORGANIZER = "organizer"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True)
class Profile:
    """What is remembered of a person between drafts, sealed under the server's working key."""

    language: str
    """Code from `locales/languages.toml`."""
    language_chosen: bool = False
    """False while the language is only guessed from the phone."""
    notice: str | None = None
    """Version of the notice that was accepted; None before, or after leaving."""
    joined: tuple[str, ...] = field(default=())
    """Consultation ids, the most recently joined last."""
    news: tuple[str, ...] = field(default=())
    """Consultation ids whose news the person asked for. Only these have a row among the contacts."""
    silent: bool = False
    """Wants no message that is not an answer: no reminders."""
    zone: str | None = None
    """The time zone in which times are shown, by its name; None: one of the consultation's region."""
    keep: bool = False
    """Keep answers in the chat after they were handed in; else they are deleted from it."""


@dataclass(frozen=True)
class Invite:
    """What an invite gives. The token itself is kept only as a keyed MAC."""

    role: Role
    consultation: str | None
    """None: every consultation (organizer, secretariat)."""
    language: str | None = None
    """In which the first screen speaks to whoever opens it; they may choose another. None: that of the phone."""


@dataclass(frozen=True)
class Grant:
    """A role held by a person in one consultation, or in all of them (None)."""

    role: Role
    consultation: str | None
