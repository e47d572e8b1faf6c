"""Broadcasts and the ledger, sealed. The key that opens a contact's chat is read from its file only for a broadcast
that two persons approved, and is not kept.

Not here: SQL (`storage.sqlite.ledger`), the states of a broadcast (`bot.core.outbox`), sending.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.core.consultations import CONSULTATIONS
from bot.core.errors import Corrupt, Refused
from bot.core.outbox import (
    KEPT_DAYS,
    NEUTRAL_HOURS,
    READ_DAYS,
    RECALL_HOURS,
    SMALLEST,
    Act,
    Actor,
    Broadcast,
    BroadcastId,
    Form,
    Phase,
    State,
    may_send,
)
from bot.core.people import ChatId, Role
from bot.core.ports import Chance, Clock, Due, Log, Mark
from bot.crashpoints import crash_point
from bot.sealing import WorkingKey, open_document, read_identities
from storage.keys import Keys
from storage.retention import DAY, HOUR
from storage.sqlite.ledger import START, Audience, BroadcastRow, LedgerFile, MarkRow
from storage.tags import Tag

PLANNED_AT_ONCE = 5_000
OPENED_AT_ONCE = 200
"""Contacts whose chats are opened in one go, which holds up everything else meanwhile."""

_BROADCAST = TypeAdapter(Broadcast)


class SealedOutbox:
    """The port `Outbox`."""

    def __init__(
        self, file: LedgerFile, keys: Keys, contacts_key: Path, *, clock: Clock, chance: Chance, log: Log,
        roles: Callable[[ChatId], Sequence[Role]],
    ) -> None:  # fmt: skip
        """`roles` tells which roles a chat holds in any consultation."""
        self._file = file
        self._keys = keys
        self._contacts_key = contacts_key
        self._clock = clock
        self._chance = chance
        self._log = log
        self._roles = roles

    def actor(self, chat: ChatId) -> Actor:
        """By what an organizer is known here and in the audit log."""
        return Actor(self._keys.tags.role(chat)[:8].hex())

    # Broadcasts

    def broadcasts(self, consultations: Sequence[str] | None = None) -> tuple[Broadcast, ...]:
        """All that can be read, the newest first; unreadable rows are left out and alarmed."""
        found = [self._opened(row) for row in self._file.broadcasts()]
        return tuple(
            sorted(
                (one for one in found if one and (consultations is None or one.consultation in consultations)),
                key=lambda one: (one.begins or math.inf, one.id),
                reverse=True,
            )
        )

    def broadcast(self, wanted: BroadcastId) -> Broadcast | None:
        """One of them."""
        row = self._file.broadcast(wanted)
        return None if row is None else self._opened(row)

    async def keep(self, broadcast: Broadcast) -> Broadcast:
        """Keep a changed broadcast in place of the version it was made from; gives it with its new version.

        Raises Refused `outbox_changed` when somebody else was quicker.
        """
        before = broadcast.version
        kept = replace(broadcast, version=before + 1)
        row = self._file.broadcast(broadcast.id) if before else None
        box = row.box if row is not None else self._keys.contacts.seal({"key": self._chance.hex(WorkingKey.SIZE)})
        expires = None
        if kept.over:
            expires = _hour((kept.ended or self._clock.now()) + KEPT_DAYS * DAY)
        elif kept.phase in (Phase.DRAFT, Phase.PROPOSED):
            # Also what nobody approves must not lie about for ever.
            expires = _hour(self._clock.now() + READ_DAYS * DAY)
        sealed = self._keys.working.seal(_BROADCAST.dump_json(kept), _place(kept.id))
        written = BroadcastRow(kept.id, kept.consultation, kept.phase.value, kept.version, sealed, box, None, expires)
        if not await self._file.keep(written, before, unplans=kept.planned is None):
            raise Refused("outbox_changed")
        return kept

    def _opened(self, row: BroadcastRow) -> Broadcast | None:
        found = None
        with suppress(Corrupt, ValidationError):  # not passed on: pydantic's message would repeat what is in it
            found = _BROADCAST.validate_json(self._keys.working.open(row.sealed, _place(row.id)))
        if found is None or found.version != row.version or found.phase.value != row.phase:
            self._log.event("row_unreadable")
            return None
        return found

    def sensitive(self, consultation: str) -> bool:
        """Whether broadcasts begin in the neutral form; so it is until the operator says otherwise."""
        return not self._file.plain(consultation)

    async def set_sensitive(self, consultation: str, *, sensitive: bool) -> None:
        """Say whether it may show on a locked screen that somebody takes part."""
        await self._file.set_plain(consultation, plain=not sensitive)

    # Planning

    def reach(self, broadcast: Broadcast) -> int:
        """How many contacts its audience has now; with a role, at most so many."""
        if broadcast.act is Act.SEND or broadcast.of is None:
            return self._file.reach(_audience(broadcast))
        counts = self._file.counts(broadcast.of)
        wanted = State.UNKNOWN if broadcast.act is Act.RESEND else State.ACCEPTED
        return sum(count for (state, _), count in counts.items() if state == wanted)

    async def plan(self, broadcast: Broadcast) -> Broadcast:
        """Freeze the recipients of an approved broadcast. Repeating it after a crash goes on where it ended."""
        _require_approval(broadcast)
        crash_point("ledger_unplanned")
        if broadcast.act is not Act.SEND:
            await self._file.plan_from(broadcast.id, broadcast.of or "", unknown=broadcast.act is Act.RESEND)
        elif broadcast.role is None:
            after: bytes | None = START
            while after is not None:
                after = await self._file.plan(broadcast.id, _audience(broadcast), after, PLANNED_AT_ONCE)
        else:
            await self._plan_by_role(broadcast, broadcast.role)
        crash_point("ledger_planned")
        planned = sum(self._file.counts(broadcast.id).values())
        return await self.keep(replace(broadcast, planned=planned))

    async def _plan_by_role(self, broadcast: Broadcast, role: Role) -> None:
        opened = self._opener(broadcast)
        after: bytes = START
        while True:
            found = self._file.candidates(_audience(broadcast), after, OPENED_AT_ONCE)
            if not found:
                return
            chosen = []
            for tag, language, sealed in found:
                chat = opened(sealed)
                if chat is not None and role in self._roles(chat):
                    chosen.append((tag, language))
            await self._file.add(broadcast.id, chosen)
            after = found[-1][0]

    def _opener(self, broadcast: Broadcast) -> Callable[[bytes], ChatId | None]:
        """Opens chats of contacts, for an approved broadcast only."""
        _require_approval(broadcast)
        identities = read_identities(self._contacts_key)

        def opened(sealed: bytes) -> ChatId | None:
            try:
                chat = open_document(sealed, identities).get("chat")
            except Corrupt:
                self._log.event("row_unreadable")
                return None
            return ChatId(chat) if type(chat) is int else None

        return opened

    def _box(self, broadcast: BroadcastId) -> WorkingKey:
        """What seals the numbers of this broadcast's messages."""
        row = self._file.broadcast(broadcast)
        if row is None:
            raise Corrupt("row_does_not_open")
        key = open_document(row.box, read_identities(self._contacts_key)).get("key")
        return WorkingKey(bytes.fromhex(str(key)))

    # Sending

    def batches(self, broadcast: Broadcast) -> "Batches":
        """The ledger of an approved broadcast, opened for sending. Raises Refused `outbox_not_approved`."""
        return Batches(self._file, broadcast, self._opener(broadcast), self._box(broadcast.id),
                       None if broadcast.of is None or broadcast.act is not Act.CORRECT else self._box(broadcast.of),
                       self._clock)  # fmt: skip

    async def doubt(self) -> int:
        """After a start: rows that were being tried when the last process ended are unknown from now on."""
        return await self._file.doubt()

    async def again(self, broadcast: BroadcastId) -> int:
        """Those to whom it was surely not sent wait again; how many."""
        return await self._file.again(broadcast)

    def counts(self, broadcast: BroadcastId) -> Mapping[tuple[State, str], int]:
        """How many recipients by state and reason; once the ledger is gone, what was kept of it."""
        counts = self._file.counts(broadcast)
        if not counts and (row := self._file.broadcast(broadcast)) is not None and row.counts:
            return {(State(state), reason): count for state, reason, count in json.loads(row.counts)}
        return {(State(state), reason): count for (state, reason), count in counts.items()}

    def waiting(self, broadcast: BroadcastId) -> Mapping[str, int]:
        """How many wait, by language."""
        return self._file.waiting(broadcast)

    def pending(self, broadcast: BroadcastId) -> bool:
        """Whether anybody waits or is being tried."""
        return self._file.pending(broadcast)

    def standing(self, broadcast: BroadcastId, most: int, *, due: bool = False) -> list[tuple[bytes, ChatId, int]]:
        """Messages in chats: a handle, the chat and the number. `due`: only those whose time is over."""
        until = math.floor(self._clock.now()) if due else None
        rows = self._file.messages(broadcast, most, until)
        if not rows:
            return []
        box = self._box(broadcast)
        found = []
        for tag, sealed in rows:
            where = _where(box, tag, sealed)
            if where is None:
                self._log.event("row_unreadable")
                where = (ChatId(0), 0)
            found.append((bytes(tag), *where))
        return found

    def under_way(self, chat: ChatId) -> bool:
        """Whether anything is being sent to this chat just now."""
        return self._file.trying([self._keys.tags.contact(chat, one.id) for one in CONSULTATIONS])

    def received(self, chat: ChatId) -> tuple[int, ...]:
        """The numbers of all messages of broadcasts that stand in a chat."""
        tags = [self._keys.tags.contact(chat, consultation.id) for consultation in CONSULTATIONS]
        rows = self._file.of_recipients(tags)
        opened = (_where(self._box(BroadcastId(one)), tag, sealed) for one, tag, sealed in rows)
        return tuple(where[1] for where in opened if where is not None)

    async def gone(self, broadcast: BroadcastId, handles: Sequence[bytes]) -> None:
        """Forget messages that stand in no chat any more, or cannot be reached."""
        await self._file.drop_messages(broadcast, [Tag(handle) for handle in handles])

    # The end

    async def expire(self) -> int:
        """Ledgers after seven days, leaving numbers of 5 and more; broadcasts after thirty. How many went."""
        now, erased = self._clock.now(), 0
        for row in self._file.broadcasts():
            broadcast = self._opened(row)
            if broadcast is None:
                continue
            if row.expires is not None and row.expires <= now:
                erased += 1
                if not broadcast.over:
                    await self._file.erase(row.id)
                    continue
                left = [
                    (state.value, reason, count - count % SMALLEST)
                    for (state, reason), count in self.counts(broadcast.id).items()
                    if count >= SMALLEST
                ]
                await self._file.fold(row.id, json.dumps(left))
            elif broadcast.ended is not None and broadcast.ended + READ_DAYS * DAY <= now:
                erased += 1
                await self._file.erase(row.id)
        return erased


@dataclass(frozen=True, repr=False)
class Batches:
    """The ledger of one broadcast, while it is being sent. Holds the contacts key; to be dropped when it pauses."""

    _file: LedgerFile
    _broadcast: Broadcast
    _opener: Callable[[bytes], ChatId | None]
    _box: WorkingKey
    _of: WorkingKey | None
    """Of the broadcast that is corrected."""
    _clock: Clock

    async def take(self, languages: Sequence[str], most: int) -> list[Due]:
        """The next recipients among readers of these languages, durably marked as being tried."""
        broadcast = self._broadcast
        crash_point("ledger_waiting")
        rows = await self._file.take(broadcast.id, broadcast.of, languages, most)
        crash_point("ledger_trying")
        return [Due(bytes(row.tag), row.language, row.chat_sealed, row.message) for row in rows]

    def chat(self, due: Due) -> ChatId | None:
        """Where to send; None when the contact is gone."""
        return None if due.chat_sealed is None else self._opener(due.chat_sealed)

    def message(self, due: Due) -> tuple[ChatId, int] | None:
        """What to correct: chat and number."""
        if self._of is None or due.message is None:
            return None
        return _where(self._of, Tag(due.handle), due.message)

    async def mark(self, marks: Sequence[Mark]) -> list[tuple[ChatId, int]]:
        """Note what became of recipients, durably; what stands in the chats of those who are not in it any more."""
        hours = NEUTRAL_HOURS if self._broadcast.form is Form.NEUTRAL else RECALL_HOURS
        until = _hour(self._clock.now() + hours * HOUR) - HOUR
        crash_point("ledger_answered")
        erased = await self._file.mark(
            self._broadcast.id,
            [
                MarkRow(
                    Tag(mark.handle),
                    mark.state.value,
                    mark.reason,
                    None if mark.where is None else self._sealed(mark.handle, *mark.where),
                    None if mark.where is None else until,
                    retire=mark.state in (State.BLOCKED, State.GONE),
                )
                for mark in marks
            ],
        )
        crash_point("ledger_marked")
        return [mark.where for mark in marks if mark.where is not None and Tag(mark.handle) in erased]

    def _sealed(self, handle: bytes, chat: ChatId, message: int) -> bytes:
        return self._box.seal(json.dumps([chat, message]).encode(), handle)


def _where(box: WorkingKey, tag: Tag, sealed: bytes) -> tuple[ChatId, int] | None:
    try:
        chat, message = json.loads(box.open(sealed, bytes(tag)))
    except (Corrupt, ValueError):
        return None
    return ChatId(chat), int(message)


def _audience(broadcast: Broadcast) -> Audience:
    return Audience(broadcast.consultation, broadcast.languages, broadcast.excludes)


def _require_approval(broadcast: Broadcast) -> None:
    if not may_send(broadcast):
        raise Refused("outbox_not_approved")


def _place(broadcast: str) -> bytes:
    return b"contacts/broadcast\0" + broadcast.encode()


def _hour(seconds: float) -> int:
    return math.ceil(seconds / HOUR) * HOUR
