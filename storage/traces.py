"""Traces under the working key: which messages are to be deleted from which chat, until that is done.

A row says in clear only the hour and what is to become of it. Not here: SQL (`storage.sqlite.traces`), deleting
(`handlers.tidying`).
"""

import json
from collections.abc import Iterable, Sequence

from bot.core.errors import Corrupt
from bot.core.people import ChatId
from bot.core.ports import Chance, Clock, Log
from bot.core.traces import HOURS, REACH_HOURS, Fate, Removal, Row, Trace
from storage.keys import Keys
from storage.records import SealedTrace
from storage.retention import HOUR
from storage.sqlite.traces import TracesTable
from storage.tags import Tag

MARGIN = 300
"""Seconds before the end of the last hour at which the messages of an hour go."""


class SealedTraces:
    """The port `Traces`, and what `SealedStore` needs to keep them."""

    def __init__(self, table: TracesTable, keys: Keys, clock: Clock, chance: Chance, log: Log) -> None:
        self._table = table
        self._keys = keys
        self._clock = clock
        self._chance = chance
        self._log = log

    def seal(self, chat: ChatId, tag: Tag, traces: Iterable[Trace]) -> list[SealedTrace]:
        """Rows to keep."""
        now = self._clock.now()
        rows = []
        for trace in traces:
            id_ = bytes.fromhex(self._chance.hex(8))
            content = f"[{chat},{','.join(map(str, trace.numbers))}]".encode()
            sent = now if trace.sent is None else min(now, trace.sent)
            rows.append(
                SealedTrace(id_, trace.fate, int(sent // HOUR), self._keys.working.seal(content, _place(tag, id_)))
            )
        return rows

    def rows(self, fate: Fate, chat: ChatId | None = None) -> list[Row]:
        """What is to have this fate, in one chat or in all."""
        return self._table.rows(fate, None if chat is None else self._keys.tags.draft(chat))

    def late(self) -> list[Row]:
        """What must not stand in a chat any longer, 39 to 40 hours after it was sent, and nobody chose to keep."""
        return self._table.older(int((self._clock.now() + MARGIN) // HOUR) - HOURS + 1)

    def removals(self, rows: Sequence[Row]) -> list[Removal]:
        """The messages of these rows by chat. Rows that do not open are alarmed and left out."""
        found: dict[ChatId, tuple[list[int], list[Row]]] = {}
        for row, sealed in self._table.sealed(rows):
            try:
                chat, *numbers = json.loads(self._keys.working.open(sealed, _place(Tag(row.tag), row.id)))
            except (Corrupt, ValueError, TypeError):
                self._log.event("row_unreadable")
                continue
            of_chat, of_rows = found.setdefault(ChatId(chat), ([], []))
            of_chat += numbers
            of_rows.append(row)
        return [Removal(chat, tuple(sorted(set(numbers))), tuple(opened)) for chat, (numbers, opened) in found.items()]

    async def done(self, rows: Sequence[Row]) -> None:
        """The messages of these rows are gone from their chats, or can never be."""
        await self._table.erase(rows)

    async def give_up(self) -> int:
        """Erase what Telegram lets nobody delete any more; how many rows should have been gone before."""
        return await self._table.erase_older(int(self._clock.now() // HOUR) - REACH_HOURS)


def _place(tag: Tag, row: bytes) -> bytes:
    return b"work/trace:" + tag + row
