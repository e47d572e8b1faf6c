"""`getUpdates`: one poller at a time, long polls up to 50 s, and the rules that slow down one who asks too often.

A second request ends the first with a 409, as on the real server: at once, but at most every 3 s; then 3 s later.
"""

import asyncio
import time
from typing import Any

from bot.emulator.parameters import Parameters
from bot.emulator.refusals import OTHER_POLLER, WEBHOOK_ACTIVE, conflict
from bot.emulator.world import World

_LONGEST = 50  # seconds
_CONFLICT_REST = 3.0
_SAME_OFFSET_REST = 3.0
_SAME_OFFSET_ONE = 0.5


class Polling:
    """The waiting side of one world's queue."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self._last_offset: int | None = None
        self._last_start = 0.0
        self._next_conflict = 0.0
        world.listeners.append(self._hear)

    @property
    def busy(self) -> bool:
        """Whether a poll waits at this moment."""
        return self._waiter is not None

    async def get_updates(self, parameters: Parameters) -> list[dict[str, Any]]:
        """The result of `getUpdates`. Raises `Refusal` 409."""
        world = self._world
        if world.webhook is not None:
            raise conflict(WEBHOOK_ACTIVE)
        offset = parameters.integer("offset", 0) or 0
        limit = min(max(parameters.integer("limit", 100) or 100, 1), 100)
        timeout = min(max(parameters.integer("timeout", 0) or 0, 0), _LONGEST)
        kinds = parameters.structure("allowed_updates")
        if isinstance(kinds, list):
            world.updates.allowed = [str(kind) for kind in kinds] or None
        self._dismiss(OTHER_POLLER)
        start = time.monotonic()
        if offset == self._last_offset:
            if timeout < _SAME_OFFSET_REST and start - self._last_start < _SAME_OFFSET_REST:
                timeout = int(_SAME_OFFSET_REST)
            if start - self._last_start < _SAME_OFFSET_ONE:
                limit = 1
        self._last_offset, self._last_start = offset, start
        world.updates.confirm(offset)
        return await self._wait(limit, start + timeout)

    async def _wait(self, limit: int, deadline: float) -> list[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        while True:
            updates = self._world.updates.take(limit, self._world.now())
            left = deadline - time.monotonic()
            if updates or left <= 0 or self._closed:
                return updates
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiter = waiter
            timer = loop.call_later(left, _wake, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                if self._waiter is waiter:
                    self._waiter = None

    def _hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "update" and self._waiter is not None:
            _wake(self._waiter)
        elif event["type"] == "webhook":
            self._dismiss("terminated by setWebhook request")

    def _dismiss(self, words: str) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        now = time.monotonic()
        if now >= self._next_conflict:
            self._next_conflict = now + _CONFLICT_REST
            waiter.set_exception(conflict(words))
        else:
            asyncio.get_running_loop().call_later(_CONFLICT_REST, _fail, waiter, words)

    def close(self) -> None:
        """End the present poll with what there is; later ones do not wait."""
        self._closed = True
        if self._waiter is not None:
            _wake(self._waiter)


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


def _fail(waiter: "asyncio.Future[None]", words: str) -> None:
    if not waiter.done():
        waiter.set_exception(conflict(words))
