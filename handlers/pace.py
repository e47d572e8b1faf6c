"""How fast calls may start: an absolute schedule with a burst allowance, over all chats and for one chat.

Telegram's limits are soft and not published (about 30 messages a second overall, one a second in a chat, short bursts
allowed). Not here: what a 429 means (`sender`).
"""

import asyncio
from collections import deque

RATE = 25.0
BURST = 5
"""Together at most 30 starts in any second, which is where Telegram's overall limit is said to lie."""


class Allowance:
    """`rate` starts a second, and up to `burst` at once after a rest. Times are the event loop's seconds.

    The schedule is absolute: a start that comes late does not push back the ones after it.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._step = 1.0 / rate
        self._slack = (burst - 1) / rate
        self._schedule = 0.0

    def next_at(self, now: float) -> float:
        """When the next start is allowed; not after `now` means at once."""
        return max(self._schedule, now) - self._slack

    def take(self, now: float) -> None:
        """Note a start."""
        self._schedule = max(self._schedule, now) + self._step

    def full(self, now: float) -> bool:
        """Whether the whole burst is available again."""
        return self._schedule <= now

    def rested(self, now: float) -> bool:
        """Whether there was at most one start lately."""
        return self._schedule <= now + self._step


class Pace:
    """Turns for starts over all chats, urgent ones first. `rate` None switches pacing off (own servers, benchmarks)."""

    def __init__(self, rate: float | None = RATE, burst: int = BURST) -> None:
        self._allowance = Allowance(rate, burst) if rate else None
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.held_until = 0.0
        """Until when nothing starts at all (loop time)."""

    @property
    def paced(self) -> bool:
        """Whether there is a rate at all."""
        return self._allowance is not None

    @property
    def at_full(self) -> bool:
        """Whether starts have to wait for the schedule just now."""
        now = asyncio.get_running_loop().time()
        if self._allowance is None:
            return False
        return bool(self._urgent or self._patient) or self._allowance.next_at(now) > now

    def hold(self, until: float) -> None:
        """Let nothing start before that loop time."""
        self.held_until = max(self.held_until, until)

    async def turn(self, *, urgent: bool, counted: bool) -> None:
        """Wait until a call may start. An uncounted one waits for a hold only."""
        loop = asyncio.get_running_loop()
        if not counted or self._allowance is None:
            while self.held_until > loop.time():  # noqa: ASYNC110 - it can be prolonged meanwhile
                await asyncio.sleep(self.held_until - loop.time())
            return
        waiter = loop.create_future()
        (self._urgent if urgent else self._patient).append(waiter)
        self._release()
        await waiter

    def _release(self) -> None:
        """Give out the turns that are due, and set the clock for the next one."""
        if self._allowance is None:
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while waiters := self._first():
            due = max(self._allowance.next_at(loop.time()), self.held_until)
            if due > loop.time():
                self._timer = loop.call_at(due, self._release)
                return
            self._allowance.take(loop.time())
            waiters.popleft().set_result(None)

    def _first(self) -> "deque[asyncio.Future[None]] | None":
        """The queue whose turn it is, without those that gave up waiting."""
        for waiters in (self._urgent, self._patient):
            while waiters and waiters[0].done():
                waiters.popleft()
            if waiters:
                return waiters
        return None
