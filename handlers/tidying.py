"""Deletes from the chats, on both sides, what does not belong there any longer.

What was handed in is brought to the vault and to the replica first; only then do the messages of it go. 40 hours after
sending they go in any case, with an alarm where there is one copy only. A call that fails is repeated later.
Not here: which messages (`storage.traces`), what a person is told of it (`writing`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core import screens as show
from bot.core.people import ChatId
from bot.core.ports import Clock, Log, Traces
from bot.core.traces import Fate, Removal, Row
from bot.crashpoints import crash_point
from handlers.sender import Accepted, Blocked, Gone, Kind, Outcome, Refused, Sender
from handlers.transport import raw_call

TOGETHER = 100
"""Messages that one call may delete."""
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 1800.0
"""Seconds until a chat is tried again that could not be tidied; doubled each time."""


@dataclass(frozen=True)
class Places:
    """Where what was handed in comes to rest, each with a way to bring it there."""

    move: Callable[[], Awaitable[int]]
    replicate: Callable[[], Awaitable[int]]


class Tidying:
    """One round at a time for all chats, and one chat at once when a person asks for it."""

    def __init__(self, traces: Traces, places: Places, sender: Sender, *, clock: Clock, log: Log, grace: float) -> None:
        """`grace` is how many seconds a person has to choose to keep what was just handed in."""
        self._traces = traces
        self._places = places
        self._sender = sender
        self._clock = clock
        self._log = log
        self._grace = grace
        self._securing = asyncio.Lock()
        self._wake = asyncio.Event()
        self._seen: dict[bytes, float] = {}
        self._again: dict[ChatId, tuple[float, float]] = {}

    def soon(self) -> None:
        """Something is to be deleted at once, or has to leave the replica."""
        self._wake.set()

    async def at_once(self) -> None:
        """Wait for `soon`, then do it. Nothing is moved, so that contributions still leave `work` several at a time."""
        await self._wake.wait()
        self._wake.clear()
        await self._secured(moving=False)
        await self._delete(self._traces.rows(Fate.DUE))

    async def round(self, *, sure: bool = True) -> None:
        """Move, replicate, delete. `sure`: what time it is is beyond doubt; else nothing goes because of its age."""
        waiting = self._traces.rows(Fate.WAITING)
        safe = await self._secured()
        due = [*self._traces.rows(Fate.DUE), *(self._rested(waiting) if safe else ())]
        late = self._traces.late() if sure else []
        if not safe and any(row.fate is Fate.WAITING for row in late):
            self._log.event("tidied_with_one_copy", count=len(late))
        await self._delete(list({row.id: row for row in (*due, *late)}.values()))
        if sure and (count := await self._traces.give_up()):
            self._log.event("tidy_given_up", count=count)

    async def tidy(self, chat: ChatId, draft: bool, always: bool) -> show.Tidied:
        """One chat now, because the person asks for it; what became of it."""
        waiting = self._traces.rows(Fate.WAITING, chat)
        safe = await self._secured()
        self._again.pop(chat, None)
        wanted = [*self._traces.rows(Fate.DUE, chat), *(waiting if safe else ())]
        gone = await self._delete(wanted)
        return show.Tidied(
            deleted=gone > 0,
            draft=draft,
            unsafe=bool(waiting) and not safe,
            refused=gone < len(wanted),
            kept=bool(self._traces.rows(Fate.KEPT, chat)),
            always=always,
        )

    async def _secured(self, *, moving: bool = True) -> bool:
        """Bring what was handed in to both places; False, and an alarm, when it does not rest in two."""
        async with self._securing:
            try:
                if moving:
                    await self._places.move()
                await self._places.replicate()
            except Exception as error:  # whatever it is: the chat is the second place then
                self._log.failure("replica_failed", error)
                return False
        return True

    def _rested(self, waiting: Sequence[Row]) -> list[Row]:
        """Those whose person had the time to choose. Kept in memory: the hour is all that a row says."""
        now = self._clock.now()
        self._seen = {row.id: self._seen.get(row.id, now) for row in waiting}
        return [row for row in waiting if not 0 <= now - self._seen[row.id] < self._grace]

    async def _delete(self, rows: Sequence[Row]) -> int:
        """Delete the messages of these rows; how many rows are done with."""
        if not rows:
            return 0
        now = self._clock.now()
        removals = [one for one in self._traces.removals(rows) if self._again.get(one.chat, (0.0, 0.0))[0] <= now]
        crash_point("before_delete")
        done = await asyncio.gather(*(self._remove(removal) for removal in removals))
        crash_point("after_delete")
        gone = [row for removal, over in zip(removals, done, strict=True) if over for row in removal.rows]
        if gone:
            await self._traces.done(gone)
        return len(gone)

    async def _remove(self, removal: Removal) -> bool:
        """Delete from one chat; True when nothing is left to be done there."""
        numbers = removal.numbers
        for group in (numbers[at : at + TOGETHER] for at in range(0, len(numbers), TOGETHER)):
            outcome = await self._call(removal.chat, "deleteMessages", {"message_ids": group})
            if isinstance(outcome, Refused):
                # One of them is beyond reach, and Telegram does not say which.
                for number in group:
                    outcome = await self._call(removal.chat, "deleteMessage", {"message_id": number})
                    if not isinstance(outcome, Accepted | Refused):
                        break
            if isinstance(outcome, Blocked | Gone):
                break  # the person, or Telegram, has taken the chat out of our hands
            if not isinstance(outcome, Accepted | Refused):
                _, pause = self._again.get(removal.chat, (0.0, FIRST_PAUSE / 2))
                pause = min(2 * pause, LONGEST_PAUSE)
                self._again[removal.chat] = (self._clock.now() + pause, pause)
                return False
        self._again.pop(removal.chat, None)
        return True

    async def _call(self, chat: ChatId, method: str, params: dict[str, Any]) -> "Outcome[Any]":
        given = {"chat_id": chat, **params}
        return await self._sender.send(chat, lambda bot: raw_call(bot, method, given), Kind.TOUCH)
