"""How fast calls may start: an absolute schedule with a burst allowance, over all chats and for one chat.

Telegram's limits are soft and not published (about 30 messages a second overall, one a second in a chat, short bursts
allowed). Not here: what a 429 means (`sender`).

Nobody outside knows how Telegram counts. So there is a second bound beside the schedule: what is under way and what was
answered within the last second are together fewer than the rate. However late a call arrives there, no second of
theirs ever holds more. It costs the time of one round trip a second.
"""

import asyncio
import math
from collections import OrderedDict, deque

RATE = 30.0
"""Where Telegram's overall limit is said to lie."""
BURST = 5
"""Urgent starts at once, after a rest; one of many catches up on one start, or on those of `LATE`."""
SECOND = 1.0
HUNG = 1.5
"""Seconds after which a call that is not answered surely was counted over there."""
LATE = 0.01
"""Seconds by which the event loop may come late without a start being lost; at high rates several fall into them."""
RECENTLY = 5.0
"""Seconds for which, after an urgent start, room is kept for the next one."""


class Allowance:
    """`rate` starts a second, and up to `burst` at once after a rest. Times are the event loop's seconds.

    The schedule is absolute: a start that comes late does not push back the ones after it.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._step = 1.0 / rate
        self._slack = (burst - 1) / rate
        self._even = min(self._slack, max(self._step, LATE))
        self._schedule = 0.0

    def next_at(self, now: float, *, even: bool = False) -> float:
        """When the next start is allowed; not after `now` means at once. `even`: hardly anything is caught up."""
        return max(self._schedule, now) - (self._even if even else self._slack)

    def take(self, now: float) -> None:
        """Note a start."""
        self._schedule = max(self._schedule, now) + self._step

    def full(self, now: float) -> bool:
        """Whether the whole burst is available again."""
        return self._schedule <= now

    def rested(self, now: float) -> bool:
        """Whether there was at most one start lately."""
        return self._schedule <= now + self._step


class Window:
    """Starts that may count within the last second: those under way, and those answered less than a second ago."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._flying: OrderedDict[int, float] = OrderedDict()
        self._answered: deque[float] = deque()
        self._next = 0

    def begin(self, now: float) -> int:
        """Note a start; gives the number to end it with."""
        self._next += 1
        self._flying[self._next] = now
        return self._next

    def end(self, number: int, now: float) -> None:
        """Note its answer, or that there will be none."""
        if self._flying.pop(number, None) is not None:
            self._answered.append(now)

    def free_at(self, now: float, spare: int) -> float:
        """When there is room for one more start besides `spare`; not after `now` means at once."""
        while self._answered and self._answered[0] <= now - SECOND:
            self._answered.popleft()
        while self._flying and next(iter(self._flying.values())) <= now - HUNG:
            self._flying.popitem(last=False)
        if len(self._flying) + len(self._answered) < max(1, self.most - spare):
            return now
        ends = [self._answered[0] + SECOND] if self._answered else []
        ends += [next(iter(self._flying.values())) + HUNG] if self._flying else []
        return min(ends)


class Pace:
    """Turns for starts over all chats, urgent ones first. `rate` None switches pacing off (own servers, benchmarks).

    Whoever was given a turn by `turn` says with `answered` that its call is over.
    """

    def __init__(self, rate: float | None = RATE, burst: int = BURST) -> None:
        self._allowance = Allowance(rate, max(burst, math.ceil(rate * LATE))) if rate else None
        self._window = Window(max(1, int(rate))) if rate else None
        self._urgent: deque[asyncio.Future[int]] = deque()
        self._patient: deque[asyncio.Future[int]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._urgent_starts: deque[float] = deque(maxlen=int(RATE * RECENTLY))
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

    async def turn(self, *, urgent: bool, counted: bool) -> int:
        """Wait until a call may start; gives what to call `answered` with. An uncounted one waits for a hold only."""
        loop = asyncio.get_running_loop()
        if not counted or self._allowance is None:
            while self.held_until > loop.time():  # noqa: ASYNC110 - it can be prolonged meanwhile
                await asyncio.sleep(self.held_until - loop.time())
            return 0
        waiter: asyncio.Future[int] = loop.create_future()
        (self._urgent if urgent else self._patient).append(waiter)
        self._release()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.answered(waiter.result())
            raise

    def answered(self, turn: int) -> None:
        """The call is over, however it ended."""
        if turn and self._window is not None:
            self._window.end(turn, asyncio.get_running_loop().time())
            if self._urgent or self._patient:
                self._release()

    def _release(self) -> None:
        """Give out the turns that are due, and set the clock for the next one."""
        if self._allowance is None or self._window is None:
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while waiters := self._first():
            now = loop.time()
            urgent = waiters is self._urgent
            spare = 0 if urgent else self._spare(now)
            due = max(self._allowance.next_at(now, even=not urgent), self._window.free_at(now, spare), self.held_until)
            if due > now:
                self._timer = loop.call_at(due, self._release)
                return
            self._allowance.take(now)
            if urgent:
                self._urgent_starts.append(now)
            waiters.popleft().set_result(self._window.begin(now))

    def _spare(self, now: float) -> int:
        """Room that one of many leaves free for urgent ones: none while there are none."""
        lately = sum(1 for start in self._urgent_starts if start > now - RECENTLY)
        return 0 if not lately else 1 + round(lately / RECENTLY / 10)

    def _first(self) -> "deque[asyncio.Future[int]] | None":
        """The queue whose turn it is, without those that gave up waiting."""
        for waiters in (self._urgent, self._patient):
            while waiters and waiters[0].done():
                waiters.popleft()
            if waiters:
                return waiters
        return None
