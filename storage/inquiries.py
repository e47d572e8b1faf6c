"""Inquiries under the working key, and where their answers go, sealed apart so that reading one opens no chat.

A row opens under its own id and version only: one that was moved, or put back as it was before, is left out and
alarmed. Not here: the rules (`bot.core.inquiries`), SQL (`storage.sqlite.inquiries`).
"""

import json
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter, ValidationError

from bot.core.errors import Corrupt
from bot.core.inquiries import KEPT_DAYS, Act, Asked, Inquiry, InquiryId, Owed, Postponed, Shows, Stage
from bot.core.people import ChatId
from bot.core.ports import Clock, Log
from storage import retention
from storage.keys import Keys
from storage.records import InquiryRow, SealedAct, SealedDuty
from storage.sqlite.inquiries import InquiriesTable
from storage.tags import Tag

_INQUIRY = TypeAdapter(Inquiry)


class SealedInquiries:
    """The port `Inquiries`, and what `SealedStore` needs to keep them."""

    def __init__(self, table: InquiriesTable, keys: Keys, clock: Clock, log: Log) -> None:
        self._table = table
        self._keys = keys
        self._clock = clock
        self._log = log

    # What is there

    def inquiries(self) -> tuple[Inquiry, ...]:
        """All that are open, the latest day first."""
        return self._opened(row for row in self._table.rows(self._clock.now()) if row.open)

    def inquiry(self, wanted: InquiryId) -> Inquiry | None:
        """One that is open."""
        row = self._table.row(wanted, self._clock.now())
        return None if row is None or not row.open else next(iter(self._opened([row])), None)

    def of(self, chat: ChatId) -> tuple[Inquiry, ...]:
        """What this chat has asked and is still kept, the latest day first; closed ones until they know."""
        return self._opened(self._table.of(self._keys.tags.asker(chat), self._clock.now()))

    def unread(self, chat: ChatId) -> tuple[Inquiry, ...]:
        """Those of which this chat has still to be told."""
        rows = self._table.of(self._keys.tags.asker(chat), self._clock.now())
        return self._opened(row for row in rows if row.owed != Owed.NOTHING)

    def staffed(self, consultation: str) -> bool:
        """Whether anybody could answer."""
        return self._table.staffed(consultation)

    def duty(self, chat: ChatId) -> bool | None:
        """Whether this organizer wants to be told; None: nothing was ever said."""
        return self._table.duty(self._keys.tags.duty(chat))

    def offers(self) -> list[tuple[ChatId, InquiryId]]:
        """What is to be offered, and to whom."""
        found = []
        for row in self._table.owing(Owed.OFFER, self._clock.now()):
            chat = self._chat(row.route, _route_place(row.id))
            if chat is not None:
                found.append((chat, InquiryId(row.id)))
        return found

    def unannounced(self) -> tuple[Inquiry, ...]:
        """Open ones of which no organizer was told."""
        return self._opened(self._table.unannounced(self._clock.now()))

    def untold(self) -> list[ChatId]:
        """Organizers who want to be told and were not since they last looked."""
        found = (self._chat(route, _duty_place(tag)) for tag, route in self._table.untold())
        return [chat for chat in found if chat is not None]

    def on_duty(self) -> list[ChatId]:
        """All organizers who want to be told."""
        found = (self._chat(route, _duty_place(tag)) for tag, route in self._table.on_duty())
        return [chat for chat in found if chat is not None]

    # What changes outside of updates

    async def offered(self, ids: Sequence[InquiryId]) -> None:
        """The askers were asked whether this is a safe moment."""
        await self._table.settle(ids, [Owed.OFFER], Owed.OFFERED)

    async def read(self, ids: Sequence[InquiryId]) -> None:
        """It stands in the askers' chats."""
        await self._table.settle(ids, [Owed.OFFER, Owed.OFFERED], Owed.NOTHING)

    async def announced(self, ids: Sequence[InquiryId], told: Sequence[ChatId]) -> None:
        """These organizers are told; these inquiries need not be announced any more."""
        await self._table.announced(ids, [self._keys.tags.duty(chat) for chat in told])

    # For `SealedStore`

    def seal(self, chat: ChatId, acts: Iterable[Act]) -> list[SealedAct]:
        """What an update of this chat does, sealed."""
        sealed: list[SealedAct] = []
        if not (acts := tuple(acts)):  # nearly always
            return sealed
        asker = self._keys.tags.asker(chat)
        for act in acts:
            if isinstance(act, Shows | Postponed):
                sealed += [SealedAct(one, asker, shown=True) for one in act.inquiries]
                continue
            inquiry = act.inquiry
            asks = isinstance(act, Asked)
            sealed.append(
                SealedAct(
                    inquiry.id,
                    asker if asks else None,
                    inquiry.version,
                    open=inquiry.stage is not Stage.CLOSED,
                    tells=not isinstance(act, Asked) and act.tells,
                    erased=isinstance(act, Asked) and act.erased,
                    expires=retention.inquiry_expires(self._clock.now(), KEPT_DAYS),
                    route=self._route(chat, _route_place(inquiry.id)) if asks else b"",
                    sealed=self._keys.working.seal(_INQUIRY.dump_json(inquiry), _place(inquiry.id, inquiry.version)),
                )
            )
        return sealed

    def seal_duty(self, chat: ChatId, wanted: bool | None) -> SealedDuty | None:
        """That an organizer has looked, and whether they want to be told."""
        if wanted is None:
            return None
        tag = self._keys.tags.duty(chat)
        return SealedDuty(tag, wanted, self._route(chat, _duty_place(tag)))

    # Sealed rows

    def _opened(self, rows: Iterable[InquiryRow]) -> tuple[Inquiry, ...]:
        found = []
        for row in rows:
            try:
                inquiry = _INQUIRY.validate_json(self._keys.working.open(row.sealed, _place(row.id, row.version)))
            except (Corrupt, ValidationError):
                # Not passed on: pydantic's message would repeat what is in it.
                self._log.event("row_unreadable")
                continue
            found.append(inquiry)
        return tuple(sorted(found, key=lambda one: one.day, reverse=True))

    def _route(self, chat: ChatId, place: bytes) -> bytes:
        return self._keys.working.seal(json.dumps(chat).encode(), place)

    def _chat(self, route: bytes, place: bytes) -> ChatId | None:
        try:
            return ChatId(int(json.loads(self._keys.working.open(route, place))))
        except (Corrupt, ValueError, TypeError):
            self._log.event("row_unreadable")
            return None


def _place(inquiry: str, version: int) -> bytes:
    return f"work/inquiry:{inquiry}:{version}".encode()


def _route_place(inquiry: str) -> bytes:
    return f"work/inquiry-route:{inquiry}".encode()


def _duty_place(tag: Tag) -> bytes:
    return b"work/duty:" + tag
