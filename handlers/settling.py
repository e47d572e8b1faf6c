"""Notes what stands in the chats, for many of them at once and a moment later.

Losing the newest note repeats a prompt and nothing else, so nobody waits for it and no answer pays a commit of its own
for it. A receipt is the exception: once it was shown it is erased at once. Not here: what stands there (`delivery`).
"""

import asyncio

from bot.core.errors import ConsultationError
from bot.core.people import ChatId
from bot.core.ports import Log, Seen, Store
from bot.crashpoints import crash_point
from handlers.chats import Chat

EVERY = 0.1
"""Seconds from the first chat that waits to the commit for all of them."""
AFTER_A_FAILURE = 1.0


class Settling:
    """Chats whose note on disk is older than what stands in them."""

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self._log = log
        self._waiting: dict[ChatId, Chat] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a note is on its way to the disk."""
        return self._flushing is not None

    def note(self, chat: Chat) -> None:
        """Have the chat's view, and whether it is owed an answer, on disk within a moment."""
        chat.unsettled = True
        self._waiting[chat.id] = chat
        self._set_timer(EVERY)

    async def now(self, chat: Chat) -> None:
        """The same at once; returns when it is on disk, or when that failed and will be tried again."""
        self.note(chat)
        await self.flush()

    async def flush(self) -> None:
        """Have everything on disk that waits."""
        while self._flushing is not None:
            await asyncio.wait({self._flushing})
        if self._waiting:
            self._flushing = asyncio.create_task(self._flush(), name="settling")
            await asyncio.wait({self._flushing})

    def _set_timer(self, seconds: float) -> None:
        if self._timer is None and self._flushing is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._start)

    def _start(self) -> None:
        self._timer = None
        if self._flushing is None and self._waiting:
            self._flushing = asyncio.create_task(self._flush(), name="settling")

    async def _flush(self) -> None:
        # As the chats are now, not as they were when they were noted: whatever is committed later comes after this.
        unsettled = {number: chat for number, chat in self._waiting.items() if chat.unsettled}
        chats = {number: chat for number, chat in unsettled.items() if not chat.committing}
        self._waiting = {number: chat for number, chat in unsettled.items() if chat.committing}
        for chat in chats.values():
            chat.unsettled = False
        appeared = {chat.id: chat.take_unkept() for chat in chats.values()}
        pause = EVERY
        try:
            await self._store.settle(
                [Seen(chat.id, chat.view, chat.owed, appeared[chat.id]) for chat in chats.values()]
            )
            for _ in chats:
                crash_point("after_settle")
        except ConsultationError as error:
            self._log.failure("settle_failed", error)
            pause = AFTER_A_FAILURE
            for chat in chats.values():
                chat.unsettled = True
                chat.unkept[:0] = appeared[chat.id]
            self._waiting = chats | self._waiting
        finally:
            self._flushing = None
            if self._waiting:
                self._set_timer(pause)

    async def stop(self) -> None:
        """Note what waits, once, and end."""
        await self.flush()
        if self._timer is not None:
            self._timer.cancel()
