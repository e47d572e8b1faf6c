"""Fetching and examining the file that an organizer brings as a form, where one was asked for.

Not here: whether it was asked for (`bot.core.conversation.forms`), what is wrong with it (`bot.questionnaires`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.core import events as on
from bot.core.editions import Examined, Fault
from bot.questionnaires.examining import apart
from bot.questionnaires.inspection import MAX_FILE

_KEPT = 60.0
"""Seconds that what was found is kept for another attempt."""
Fetch = Callable[[str, int], Awaitable[bytes]]


class Workbooks:
    """Files that are being examined. One that takes longer than an update may is further on at the next attempt."""

    def __init__(self, fetch: Fetch, spoken: Sequence[str]) -> None:
        """`spoken` are the languages that people are offered."""
        self._fetch = fetch
        self._spoken = spoken
        self._tasks: dict[str, asyncio.Task[Examined]] = {}

    async def examined(self, event: on.SendsFile) -> on.SendsFile:
        """The same event with what was found in the file."""
        if event.size > MAX_FILE:
            return replace(event, examined=_refused("file_too_large", limit=MAX_FILE // 2**20))
        task = self._tasks.get(event.file)
        if task is None:
            task = self._tasks[event.file] = asyncio.create_task(self._look(event), name="examining")
            task.add_done_callback(lambda _: asyncio.get_running_loop().call_later(_KEPT, self._forget, event.file))
        return replace(event, examined=await asyncio.shield(task))

    async def _look(self, event: on.SendsFile) -> Examined:
        content = await self._fetch(event.file, MAX_FILE)
        return await apart(content, event.name, self._spoken) if content else _refused("file_unfetched")

    def _forget(self, file: str) -> None:
        self._tasks.pop(file, None)


def _refused(code: str, **params: int) -> Examined:
    return Examined(None, (Fault("", 0, "", code, params),))
