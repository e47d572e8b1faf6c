"""How many unknown receipts a chat may try, so that nobody finds one by trying.

In memory: a restart forgets the count, and with 10^16 receipts that gives nobody a chance worth having.
Not here: receipts themselves (`storage`).
"""

from collections import deque

from bot.core.people import ChatId
from bot.core.ports import Clock

WINDOW = 3600.0
"""Seconds over which unknown receipts are counted."""
MOST = 5
"""Of one chat in that time."""
MOST_OF_ALL = 200
"""Of all chats together; above it nobody may try, because somebody has many chats."""


class Guesses:
    """Counts unknown receipts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, ChatId]] = deque()

    def may_try(self, chat: ChatId) -> bool:
        """Whether another receipt may be tried by this chat."""
        now = self._clock.now()
        while self._wrong and not 0 <= now - self._wrong[0][0] < WINDOW:
            self._wrong.popleft()
        return len(self._wrong) < MOST_OF_ALL and sum(other == chat for _, other in self._wrong) < MOST

    def note(self, chat: ChatId) -> None:
        """An unknown receipt was tried."""
        self._wrong.append((self._clock.now(), chat))
