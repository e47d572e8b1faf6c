"""A broadcast: what is to be sent to whom and when, and the states it passes through. Pure.

    draft -> proposed -> approved -> sending <-> paused -> done
      ^          |           |          |           |        |
      +-- edit --+-----------+          +-- cancel -+        +-- recall

Two persons stand behind every message: whoever wrote anything of it cannot approve it, and an approval holds for the
very texts, audience, time and form that were shown, by their digest. Any change makes it a draft again.
Not here: who is asked (`people`), the ledger of recipients (`storage`), sending (`handlers.broadcasting`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, NewType

from bot.core.errors import Refused
from bot.core.people import Role

BroadcastId = NewType("BroadcastId", str)
"""12 hex digits, random."""
Actor = NewType("Actor", str)
"""A person with a role, by 16 hex digits of a keyed tag: two acts can be told to be one person's, nothing more."""
NOBODY = Actor("")

SMALLEST = 5
"""A number of people below this is never shown; larger ones are rounded down to a multiple of it, so that the
difference between two of them does not give a person away."""
LONGEST = 3_500
"""UTF-16 units of a text; Telegram takes 4,096, and a line of ours stands before it."""
MOST_MARKS = 90
KEPT_DAYS = 7
"""How long the ledger is kept after the end."""
READ_DAYS = 30
"""How long the text can be read with /news."""
RECALL_HOURS = 47
"""A bot can take a message back within 48 hours."""
NEUTRAL_HOURS = 40
"""A notice of the neutral form is taken out of the chats after so long."""


class Phase(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    """Waits for a second organizer."""
    APPROVED = "approved"
    """Waits for its time; the cancel window is part of that."""
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    RECALLED = "recalled"


class Form(StrEnum):
    """What arrives in the chat: the text, or only that there is one."""

    NEUTRAL = "neutral"
    FULL = "full"


class Act(StrEnum):
    """What approval is asked for."""

    SEND = "send"
    RESEND = "resend"
    """The same once more, marked, to those of another broadcast of whom nobody knows whether it reached them."""
    CORRECT = "correct"
    """A new text in place of what another broadcast left in the chats."""


class State(StrEnum):
    """What became of one recipient. Telegram tells whether it took a message, never whether it was read."""

    WAITING = "waiting"
    TRYING = "trying"
    """About to be sent, or being sent. After a crash nobody knows: such rows become unknown."""
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    GONE = "gone"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """Surely not sent; may be tried again."""
    LEFT = "left"
    """Wanted no more news before it was sent."""


@dataclass(frozen=True)
class Mark:
    """A formatting of a part of a text. Offset and length in UTF-16 units, as Telegram counts."""

    kind: str
    offset: int
    length: int


@dataclass(frozen=True)
class Text:
    """A message in one language."""

    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Quiet:
    """Hours of the day at which nothing is sent, in the zone of each language. Equal ends: no such hours."""

    begins: int = 22
    ends: int = 7

    def covers(self, hour: int) -> bool:
        """Whether nothing is sent in this hour of the day (0 to 23)."""
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


@dataclass(frozen=True)
class Broadcast:
    """One broadcast, with everything that approval is about and what became of it."""

    id: BroadcastId
    consultation: str
    phase: Phase = Phase.DRAFT
    act: Act = Act.SEND
    of: BroadcastId | None = None
    """RESEND and CORRECT: which one."""
    texts: Mapping[str, Text] = field(default_factory=dict)
    """By language, as written."""
    form: Form = Form.NEUTRAL
    languages: tuple[str, ...] = ()
    """Readers of these only; empty: all."""
    role: Role | None = None
    """Holders of this role only; None: everybody who wants news."""
    excludes: tuple[BroadcastId, ...] = ()
    """Not those who got one of these."""
    at: float | None = None
    """Epoch seconds; None: as soon as it is approved and the cancel window is over."""
    zone: str = "UTC"
    """In which the time was said, and in which quiet hours are counted unless `zones` says otherwise."""
    quiet: Quiet = Quiet()
    zones: Mapping[str, str] = field(default_factory=dict)
    """Another zone for readers of a language."""
    briefing: str | None = None
    """A briefing that it tells of; a button below the text opens it."""
    writers: tuple[Actor, ...] = ()
    """Everybody who wrote or changed anything of it, or proposed it."""
    seen: str | None = None
    """Digest of what the writer was shown last."""
    announced: str | None = None
    """Digest of the proposal that other organizers were told of."""
    approver: Actor | None = None
    approval: str | None = None
    """Digest that was approved."""
    begins: float | None = None
    """When the first message may go out."""
    planned: int | None = None
    """Recipients, once they are frozen."""
    ended: float | None = None
    version: int = 0
    """Raised by each change that is kept."""

    @property
    def digest(self) -> str:
        """Over everything that approval is about; 16 hex digits of the SHA-256."""
        content: dict[str, Any] = {name: value for name, value in asdict(self).items() if name in _APPROVED_TOGETHER}
        if self.briefing is None:
            del content["briefing"]  # so that what was approved before there were any stays approved
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def over(self) -> bool:
        """Nothing more is sent."""
        return self.phase in (Phase.DONE, Phase.CANCELLED, Phase.RECALLED)

    @property
    def changeable(self) -> bool:
        """Nothing of it was sent, so it may still be written."""
        return self.phase in (Phase.DRAFT, Phase.PROPOSED, Phase.APPROVED)


_APPROVED_TOGETHER = frozenset(
    {
        "id",
        "consultation",
        "act",
        "of",
        "texts",
        "form",
        "languages",
        "role",
        "excludes",
        "at",
        "zone",
        "quiet",
        "zones",
        "briefing",
    }
)


def text_for(broadcast: Broadcast, chain: Iterable[str]) -> tuple[str, Text] | None:
    """Which text readers get for whom languages are looked for in this order; if none is there, the first one."""
    for language in chain:
        if (found := broadcast.texts.get(language)) is not None:
            return language, found
    return next(iter(broadcast.texts.items()), None)


def rounded(count: int) -> int | None:
    """A number of people as an organizer may see it: None below 5, else rounded down to a multiple of 5."""
    return None if count < SMALLEST else count - count % SMALLEST


# What may be done. Each gives the broadcast as it is afterwards, or raises Refused with a code `outbox_...`.


def edited(broadcast: Broadcast, actor: Actor, **changes: Any) -> Broadcast:
    """Change what is sent, to whom or when. Whatever was approved or proposed is a draft again."""
    if not broadcast.changeable:
        raise Refused("outbox_begun")
    if (begins := changes.get("act")) is not None and begins is not broadcast.act:
        raise Refused("outbox_begun")
    return replace(
        broadcast, **changes, phase=Phase.DRAFT, writers=_with(broadcast.writers, actor), seen=None, approver=None,
        approval=None, begins=None, planned=None,
    )  # fmt: skip


def written(broadcast: Broadcast, actor: Actor, language: str, text: Text | None) -> Broadcast:
    """Set or (None) take out the text of one language."""
    texts = {code: kept for code, kept in broadcast.texts.items() if code != language}
    return edited(broadcast, actor, texts=texts if text is None else {**texts, language: text})


def previewed(broadcast: Broadcast) -> Broadcast:
    """Note that the writer was shown everything as it is now."""
    return replace(broadcast, seen=broadcast.digest)


def proposed(broadcast: Broadcast, actor: Actor, now: float) -> Broadcast:
    """Ask a second organizer. Raises Refused `outbox_no_text`, `outbox_not_seen`, `outbox_past`, `outbox_begun`."""
    if broadcast.phase is not Phase.DRAFT:
        raise Refused("outbox_begun")
    if not broadcast.texts:
        raise Refused("outbox_no_text")
    if broadcast.seen != broadcast.digest:
        raise Refused("outbox_not_seen")
    if broadcast.at is not None and broadcast.at <= now:
        raise Refused("outbox_past")
    return replace(broadcast, phase=Phase.PROPOSED, writers=_with(broadcast.writers, actor))


def approved(broadcast: Broadcast, actor: Actor, digest: str, now: float, window: float) -> Broadcast:
    """The second pair of eyes. `digest` is of what the approver was shown, `window` the seconds left to cancel.

    Raises Refused `outbox_not_proposed`, `outbox_same_person`, `outbox_changed`, `outbox_past`.
    """
    if broadcast.phase is not Phase.PROPOSED:
        raise Refused("outbox_not_proposed")
    if actor in broadcast.writers:
        raise Refused("outbox_same_person")
    if digest != broadcast.digest:
        raise Refused("outbox_changed")
    if broadcast.at is not None and broadcast.at <= now:
        raise Refused("outbox_past")
    begins = max(now + window, broadcast.at or 0.0)
    return replace(broadcast, phase=Phase.APPROVED, approver=actor, approval=digest, begins=begins)


def paused(broadcast: Broadcast) -> Broadcast:
    """Send nothing until it goes on."""
    return _unbegun(broadcast, _moved(broadcast, Phase.PAUSED, Phase.SENDING, Phase.APPROVED))


def resumed(broadcast: Broadcast, now: float) -> Broadcast:
    """Go on; what had not begun waits for its time again, and its recipients are frozen anew."""
    begun = broadcast.planned is not None and broadcast.begins is not None and broadcast.begins <= now
    return _moved(broadcast, Phase.SENDING if begun else Phase.APPROVED, Phase.PAUSED)


def cancelled(broadcast: Broadcast, now: float) -> Broadcast:
    """Send nothing more, ever. What was sent stays sent."""
    moved = _moved(broadcast, Phase.CANCELLED, Phase.DRAFT, Phase.PROPOSED, Phase.APPROVED, Phase.SENDING, Phase.PAUSED)
    return replace(_unbegun(broadcast, moved), ended=now)


def begun(broadcast: Broadcast) -> Broadcast:
    """Its time has come."""
    return _moved(broadcast, Phase.SENDING, Phase.APPROVED)


def voided(broadcast: Broadcast) -> Broadcast:
    """Who agreed on it has the role no longer: what did not begin is a draft again, what is being sent stops."""
    if broadcast.phase is Phase.SENDING:
        return paused(broadcast)
    back = _moved(broadcast, Phase.DRAFT, Phase.APPROVED)
    return replace(back, seen=None, approver=None, approval=None, begins=None, planned=None)


def done(broadcast: Broadcast, now: float) -> Broadcast:
    """Everybody was tried."""
    return replace(_moved(broadcast, Phase.DONE, Phase.SENDING), ended=now)


def retried(broadcast: Broadcast) -> Broadcast:
    """Try those again to whom it was surely not sent. What was approved is the same."""
    return replace(_moved(broadcast, Phase.SENDING, Phase.DONE), ended=None)


def recalled(broadcast: Broadcast, now: float) -> Broadcast:
    """Take back what was sent. Raises Refused `outbox_too_late` 47 hours after the end."""
    if broadcast.ended is not None and now - broadcast.ended > RECALL_HOURS * 3600:
        raise Refused("outbox_too_late")
    moved = _moved(broadcast, Phase.RECALLED, Phase.SENDING, Phase.PAUSED, Phase.DONE, Phase.CANCELLED)
    return replace(moved, ended=moved.ended if moved.ended is not None else now)


def followed(broadcast: Broadcast, act: Act, new: BroadcastId, actor: Actor, now: float) -> Broadcast:
    """A draft that sends again to the unknown, or corrects. It needs an approval of its own.

    Raises Refused `outbox_not_over`, `outbox_too_late`.
    """
    if broadcast.act is not Act.SEND or broadcast.ended is None or broadcast.phase is Phase.RECALLED:
        raise Refused("outbox_not_over")
    if act is Act.CORRECT and now - broadcast.ended > RECALL_HOURS * 3600:
        raise Refused("outbox_too_late")
    return Broadcast(
        new, broadcast.consultation, act=act, of=broadcast.id, texts=broadcast.texts, form=broadcast.form,
        languages=broadcast.languages, role=broadcast.role, zone=broadcast.zone, quiet=broadcast.quiet,
        zones=broadcast.zones, briefing=broadcast.briefing, writers=(actor,),
    )  # fmt: skip


def may_send(broadcast: Broadcast) -> bool:
    """Whether what stands there is what two persons agreed on. Asked before anything goes out."""
    return (
        broadcast.approval is not None
        and broadcast.approval == broadcast.digest
        and broadcast.approver is not None
        and broadcast.approver not in broadcast.writers
    )


def _moved(broadcast: Broadcast, to: Phase, *allowed: Phase) -> Broadcast:
    if broadcast.phase not in allowed:
        raise Refused("outbox_not_now")
    return replace(broadcast, phase=to)


def _unbegun(before: Broadcast, after: Broadcast) -> Broadcast:
    """What had not begun has no recipients any more: so it is no news to anybody, however late it is by then."""
    return replace(after, planned=None) if before.phase is Phase.APPROVED else after


def _with(writers: tuple[Actor, ...], actor: Actor) -> tuple[Actor, ...]:
    return writers if actor in writers else (*writers, actor)


# Texts

_KEPT_MARKS = frozenset(
    {"bold", "italic", "underline", "strikethrough", "code", "pre", "blockquote", "expandable_blockquote"}
)
_PLAIN_MARKS = frozenset({"url", "email", "hashtag", "cashtag", "mention", "bot_command", "phone_number", "date_time"})
"""What Telegram finds in a text by itself: kept as text, and found again by it."""
_SCHEME = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*):(?://|[^\s/]*@)")
_TG = re.compile(r"(?i)\b(tg|javascript|data|file|intent):")
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")


def cleaned(text: str, marks: Iterable[tuple[str, int, int, str | None]], most: int = LONGEST) -> Text:
    """A text as an organizer wrote it, with what Telegram said of its formatting: kind, offset, length, address.

    Nothing in it may lead elsewhere than it says. Raises Refused: `outbox_empty`, `outbox_too_long` {most},
    `outbox_hidden_link`, `outbox_link_scheme`, `outbox_person`, `outbox_invisible`, `outbox_too_many_marks`.
    """
    body = text.rstrip()
    if not body.strip():
        raise Refused("outbox_empty")
    if units(body) > most:
        raise Refused("outbox_too_long", most=most)
    if _DECEIVING.search(body):
        raise Refused("outbox_invisible")
    kept = []
    for kind, offset, length, _address in marks:
        if kind == "text_link":
            raise Refused("outbox_hidden_link")
        if kind == "text_mention":
            raise Refused("outbox_person")
        if kind == "url" and not _part(body, offset, length).lower().startswith("https://"):
            raise Refused("outbox_link_scheme")
        if kind in _KEPT_MARKS and (length := min(length, units(body) - offset)) > 0:
            kept.append(Mark(kind, offset, length))
    if _TG.search(body) or any(found[1].lower() not in ("https", "mailto") for found in _SCHEME.finditer(body)):
        raise Refused("outbox_link_scheme")
    if len(kept) > MOST_MARKS:
        raise Refused("outbox_too_many_marks")
    return Text(body, tuple(kept))


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _part(text: str, offset: int, length: int) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")[2 * offset : 2 * (offset + length)]
    return raw.decode("utf-16-le", "replace")
