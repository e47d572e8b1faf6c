"""Invites as organizers keep them: how many people, until when, which language, revoked at once. The rules.

Its token is seen once, when it is made; afterwards an invite is known by a name that opens nothing. Pure.
Not here: what an invite does for whoever opens it (`conversation.arrival`), keeping it (`storage.invites`).
"""

from dataclasses import dataclass
from typing import NewType

from bot.core.errors import Refused
from bot.core.people import Invite

InviteId = NewType("InviteId", str)
"""12 hex digits."""

HOUR = 3_600
DAY = 24 * HOUR
WEEK = 7 * DAY
MOST_USES = 10_000
"""People that an organizer may let in with one invite."""
LONGEST_LABEL = 24
"""Characters: it has to fit on a button."""
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Kept:
    """An invite as it rests. How many uses are left is for the machine; organizers are shown `outbox.rounded` ones."""

    id: InviteId
    invite: Invite
    cap: int | None
    """How many people may use it in all; None: made before that was kept."""
    left: int
    expires: float | None
    label: str = ""
    """The organizers' own word for it; never shown to whoever opens it."""

    @property
    def used(self) -> int | None:
        """How many people have used it, if that is known."""
        return None if self.cap is None else max(0, self.cap - self.left)


@dataclass(frozen=True)
class Made:
    """A new invite."""

    token: str
    """22 characters; kept only as a keyed MAC."""
    invite: Invite
    cap: int
    expires: float | None
    label: str = ""


@dataclass(frozen=True)
class Changed:
    """More people, or another end."""

    id: InviteId
    more: int = 0
    expires: float | None = None
    """None leaves it as it is."""


@dataclass(frozen=True)
class Revoked:
    """It lets nobody in any more; whoever came by it stays."""

    id: InviteId


Act = Made | Changed | Revoked
"""What an update does to invites, in its own transaction."""


def capped(text: str) -> int:
    """A number of people that was typed in digits 0-9. Raises Refused `invite_bad_uses`."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST_USES):
        raise Refused("invite_bad_uses")
    return int(text)


def labelled(text: str) -> str:
    """A label that was typed: one line, not too long. Raises Refused `invite_bad_label`."""
    label = " ".join(text.split())
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise Refused("invite_bad_label")
    return label


def until(moment: float, now: float) -> float:
    """An end that may be chosen. Raises Refused `invite_past`, `invite_too_far`."""
    if moment <= now:
        raise Refused("invite_past")
    if moment > now + LONGEST_DAYS * DAY:
        raise Refused("invite_too_far")
    return moment
