"""Takes the buttons from prompts that are not the open one any more, when nobody waits for an answer.

It is for the eye only: a button carries its visit, so a stale one answers with the present step. Therefore people's
answers go first, and what waits too long or is too much is let go. Not here: the calls themselves (`sender`).
"""

import asyncio
from collections import deque

from bot.core.people import ChatId
from handlers.sender import Kind, Outcome, Sender
from handlers.transport import raw_call

REST = 0.1
"""Seconds from the new prompt until the old one fades, and from one look whether anybody waits to the next."""
PATIENCE = 2.0
"""Seconds after which a prompt fades although people wait: never quiet is no reason to leave it for ever."""
TOGETHER = 4
"""Calls out at a time; at most so many for each `REST` while people wait."""
MOST = 2_000
"""Prompts that wait; the oldest are let go first."""


class Fading:
    """Old prompts whose buttons are still to be taken away."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting: deque[tuple[float, ChatId, int]] = deque(maxlen=MOST)
        self._task: asyncio.Task[None] | None = None

    def note(self, chat: ChatId, message: int) -> None:
        """This prompt has given way to a new one."""
        self._waiting.append((asyncio.get_running_loop().time(), chat, message))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="fading")

    @property
    def busy(self) -> bool:
        """Whether any prompt still has buttons that are to go."""
        return self._task is not None

    async def stop(self) -> None:
        """End; what waits keeps its buttons."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(REST)
                while some := self._due():
                    await asyncio.wait([self._fade(chat, message) for chat, message in some])
                    if not self._sender.quiet:
                        break
        finally:
            self._task = None

    def _due(self) -> list[tuple[ChatId, int]]:
        """The oldest few, as far as they have rested, or waited long enough."""
        age = REST if self._sender.quiet else PATIENCE
        until = asyncio.get_running_loop().time() - age
        some: list[tuple[ChatId, int]] = []
        while self._waiting and self._waiting[0][0] <= until and len(some) < TOGETHER:
            _, chat, message = self._waiting.popleft()
            some.append((chat, message))
        return some

    def _fade(self, chat: ChatId, message: int) -> "asyncio.Future[Outcome[object]]":
        params = {"chat_id": chat, "message_id": message}
        return self._sender.post(chat, lambda bot: raw_call(bot, "editMessageReplyMarkup", params), Kind.TOUCH)
