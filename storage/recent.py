"""What was read or committed a moment ago, so that it need not be opened again for the next message of the same chat.

Bounded in number and in time: what a person chose stays in memory for 30 minutes at most after their last message.
Not here: anything that is not also on disk.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from bot.core.ports import Clock

IDLE_S = 30 * 60
LIMIT = 2_000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A map that forgets: what was not used for 30 minutes, and the least recent of more than 2,000."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, or None when it is not in memory."""
        found = self._kept.get(key)
        if found is None:
            return None
        now = self._clock.now()
        if found[0] <= now - IDLE_S:
            self.tidy()
            return None
        self._keep(key, found[1], now)
        return found[1]

    def put(self, key: K, value: V) -> None:
        """Keep a value. Only what is on disk goes in here."""
        now = self._clock.now()
        self._keep(key, value, now)
        self._tidy(now)

    def drop(self, key: K) -> None:
        """Forget one."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def tidy(self) -> None:
        """Forget what is idle or too much."""
        self._tidy(self._clock.now())

    def _tidy(self, now: float) -> None:
        idle = now - IDLE_S
        while self._kept and (len(self._kept) > LIMIT or next(iter(self._kept.values()))[0] <= idle):
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)

    def _keep(self, key: K, value: V, now: float) -> None:
        self._kept[key] = (now, value)
        self._kept.move_to_end(key)
