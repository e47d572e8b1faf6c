"""One chat may not drown the others: beyond a generous allowance it is closed for half a minute, and told so once.

Checked before anything is parsed or stored, so that a flood costs next to nothing. A refused update has no effect and
is confirmed; the one notice covers every message of that half minute. Not here: pacing of what we send (`pace`).
"""

from dataclasses import dataclass
from enum import Enum

from bot.core.people import ChatId, UpdateId
from bot.core.ports import Clock

REFILL = 1.0
"""Updates a second that a chat may send for ever."""
PAUSE = 30.0
"""Seconds for which a chat is closed."""
MOST_CHATS = 20_000
"""Chats remembered; the longest quiet go first, and are then as good as new."""


class Verdict(Enum):
    """What to do with an update."""

    TAKE = "take"
    REFUSE_AND_TELL = "tell"
    REFUSE = "refuse"


@dataclass(slots=True)
class _Account:
    left: float
    at: float
    closed_at: float | None = None
    taken: UpdateId | None = None
    """The update taken last: it may come again when it could not be stored, and then costs nothing more."""


class Flood:
    """A token bucket for each chat, `burst` updates deep. 0 switches it off."""

    def __init__(self, clock: Clock, burst: int) -> None:
        self._clock = clock
        self._burst = burst
        self._accounts: dict[ChatId, _Account] = {}

    def judge(self, chat: ChatId, update: UpdateId) -> Verdict:
        """Whether this update of this chat is taken."""
        if not self._burst:
            return Verdict.TAKE
        now = self._clock.now()
        account = self._account(chat, now)
        if account.taken == update:
            return Verdict.TAKE
        if account.closed_at is not None:
            if 0 <= now - account.closed_at < PAUSE:
                return Verdict.REFUSE
            account.closed_at, account.left, account.at = None, self._burst / 2, now
        # A clock that jumps back takes nothing away.
        account.left = min(self._burst, account.left + REFILL * max(0.0, now - account.at))
        account.at = now
        if account.left >= 1.0:
            account.left -= 1.0
            account.taken = update
            return Verdict.TAKE
        account.closed_at = now
        return Verdict.REFUSE_AND_TELL

    def _account(self, chat: ChatId, now: float) -> _Account:
        account = self._accounts.pop(chat, None) or _Account(self._burst, now)
        self._accounts[chat] = account
        if len(self._accounts) > MOST_CHATS:
            del self._accounts[next(iter(self._accounts))]
        return account
