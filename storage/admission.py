"""Codes as keyed MACs, each with the chat it leads to, sealed; and what was decided by them, vouched for row by row.

Looking up a code makes the same reads whether anybody has it or not. Not here: the rules (`bot.core.admission`), SQL
(`storage.sqlite.admission`).
"""

import hmac
import json
import math
from collections.abc import Callable, Mapping, Sequence

from bot.core.admission import BARRED, HOURS, Admission, Code, Found, Membership, NewCode
from bot.core.consultations import Intake
from bot.core.errors import Corrupt, Refused
from bot.core.people import ChatId, Grant
from bot.core.ports import Change, Clock, Log
from storage import retention
from storage.keys import Keys
from storage.records import CodeRow, MembershipRow, SealedAdmission
from storage.sqlite.admission import AdmissionTables
from storage.tags import Tag

_NOBODY = ChatId(0)
"""In whose place the reads for an unknown code are made."""


class SealedAdmissions:
    """The port `Admissions`, and what `SealedStore` needs to keep them."""

    def __init__(
        self,
        tables: AdmissionTables,
        keys: Keys,
        clock: Clock,
        log: Log,
        *,
        grants: Callable[[ChatId], Sequence[Grant]],
        intake: Callable[[str], Intake],
        redemptions: Callable[[ChatId, str], Sequence[Tag]],
    ) -> None:
        """`redemptions` gives the tags under which uses of invites of a consultation by a chat would stand."""
        self._tables = tables
        self._keys = keys
        self._clock = clock
        self._log = log
        self._grants = grants
        self._intake = intake
        self._redemptions = redemptions

    # What is there

    def found(self, code: Code, consultation: str) -> Found | None:
        """What a code stands for in a consultation; None where nobody has it."""
        chat = self.chat(code)
        asked = _NOBODY if chat is None else chat
        state = self.memberships(asked).get(consultation)
        invited = any(grant.consultation in (None, consultation) for grant in self._grants(asked))
        return None if chat is None else Found(state, invited)

    def chat(self, code: Code) -> ChatId | None:
        """The chat that a code leads to."""
        mac = self._keys.tags.code(code)
        route = self._tables.code(mac, self._clock.now())
        if route is None:
            # As long as opening what is there: the answer to a guess must not come sooner.
            self._route(_NOBODY, mac)
            return None
        try:
            return ChatId(int(json.loads(self._keys.working.open(route, _place(mac)))))
        except (Corrupt, ValueError, TypeError):
            self._log.event("row_unreadable")
            return None

    def until(self, chat: ChatId) -> float | None:
        """Until when a code of this chat stands; None where there is none."""
        return self._tables.until(self._keys.tags.code_owner(chat), self._clock.now())

    def memberships(self, chat: ChatId) -> Mapping[str, Membership]:
        """What was decided about a chat, by consultation. Rows that nobody vouches for are left out and alarmed."""
        return {row.consultation: Membership(row.state) for row in self._rows(chat)}

    def untold(self, chat: ChatId) -> tuple[str, ...]:
        """Consultations of which this chat has still to be told what was decided."""
        return tuple(row.consultation for row in self._rows(chat) if not row.told)

    def _rows(self, chat: ChatId) -> list[MembershipRow]:
        found = []
        for row in self._tables.memberships(self._keys.tags.membership(chat)):
            if row.state in set(Membership) and hmac.compare_digest(row.vouched, self._check(row)):
                found.append(row)
            else:
                self._log.event("row_not_vouched")
        return found

    async def expire(self, now: float, running: Sequence[str]) -> int:
        """Erase what has outlived its time; how many rows."""
        return await self._tables.expire(now, running)

    # For `SealedStore`

    def removed(self, change: Change) -> tuple[ChatId, str] | None:
        """Whom an update puts out of which consultation. Raises Refused `code_unknown`."""
        if change.admission is None or change.admission.state is not Membership.REMOVED:
            return None
        return self._known(change.admission.code), change.admission.consultation

    def seal(self, change: Change) -> SealedAdmission | None:
        """What an update does, sealed. Raises Refused `code_unknown`."""
        if change.code is None and change.admission is None and not change.told:
            return None
        tags = self._keys.tags
        decided = None if change.admission is None else self._decided(change.admission)
        return SealedAdmission(
            owner=None if change.code is None else tags.code_owner(change.chat),
            new=None if change.code is None else self._new(change.chat, change.code),
            code=None if change.admission is None else tags.code(change.admission.code),
            decided=decided,
            bars=change.admission is not None and change.admission.state in BARRED,
            redemptions=()
            if change.admission is None
            else self._redemptions(self._known(change.admission.code), change.admission.consultation),
            member=tags.membership(change.chat),
            told=change.told,
        )

    def _known(self, code: Code) -> ChatId:
        chat = self.chat(code)
        if chat is None:
            raise Refused("code_unknown")
        return chat

    def _new(self, chat: ChatId, new: NewCode) -> CodeRow | None:
        if new.code is None:
            return None
        mac = self._keys.tags.code(new.code)
        expires = math.ceil(self._clock.now() / retention.HOUR + HOURS) * retention.HOUR
        return CodeRow(mac, self._keys.tags.code_owner(chat), self._route(chat, mac), expires)

    def _decided(self, admission: Admission) -> MembershipRow:
        tag = self._keys.tags.membership(self._known(admission.code))
        expires = retention.joined_expires(self._clock.now(), [self._intake(admission.consultation)])
        row = MembershipRow(tag, admission.consultation, admission.state.value, 0, expires, b"")
        return MembershipRow(tag, row.consultation, row.state, 0, expires, self._check(row))

    def _check(self, row: MembershipRow) -> Tag:
        return self._keys.tags.membership_check(row.tag, row.consultation, row.state, row.expires)

    def _route(self, chat: ChatId, mac: Tag) -> bytes:
        return self._keys.working.seal(json.dumps(chat).encode(), _place(mac))


def _place(mac: Tag) -> bytes:
    return b"work/code-route:" + mac
