"""The bot's queue of updates: numbers, order, confirmation, expiry. Pure; waiting for updates is in `polling`.

Telegram keeps messages for 86,400 s and button presses for only 150 s; after that they are gone.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MESSAGE_LIFE = 86_400  # seconds
TAP_LIFE = 150
_FIRST_ID = 731_400_001
_OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class Waiting:
    """One update in the queue. `key` is what an offset is compared with; `raw` ones were put in as they are."""

    key: int
    update: dict[str, Any]
    expires: float
    raw: bool = False
    delivered: bool = False


class UpdateQueue:
    """Updates in the order they arose."""

    def __init__(self) -> None:
        self.next_id = _FIRST_ID
        self.confirmed_below = _FIRST_ID
        self.allowed: list[str] | None = None
        self._waiting: deque[Waiting] = deque()
        self._raw = 0

    def add(self, kind: str, body: dict[str, Any], now: float) -> dict[str, Any] | None:
        """Queue a new update and return it; None if the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _OPT_IN
        if not wanted:
            return None
        number = self.next_id
        self.next_id += 1
        life = TAP_LIFE if kind == "callback_query" else MESSAGE_LIFE
        update = {"update_id": number, kind: body}
        self._waiting.append(Waiting(number, update, now + life))
        return update

    def add_raw(self, update: Any, now: float) -> None:
        """Queue what was given, unchecked: malformed, duplicated, out of order.

        It leaves the queue when it was delivered and an offset above its number comes, so a repeated old number is
        delivered once more although that number is confirmed.
        """
        number = update.get("update_id") if isinstance(update, dict) else None
        if not isinstance(number, int):
            number = self.next_id
        self.next_id = max(self.next_id, number + 1)
        self._waiting.append(Waiting(number, update, now + MESSAGE_LIFE, raw=True))
        self._raw += 1

    def confirm(self, offset: int) -> None:
        """Forget what lies below `offset`; a negative one keeps only the last `-offset`."""
        if offset == 0:
            return
        if offset < 0:
            while len(self._waiting) > -offset:
                self._drop(self._waiting.popleft())
            return
        self.confirmed_below = max(self.confirmed_below, min(offset, self.next_id))
        if self._raw:
            kept: deque[Waiting] = deque()
            for one in self._waiting:
                if one.key < offset and (one.delivered or not one.raw):
                    self._drop(one)
                else:
                    kept.append(one)
            self._waiting = kept
        else:
            while self._waiting and self._waiting[0].key < offset:
                self._waiting.popleft()

    def _drop(self, one: Waiting) -> None:
        self._raw -= one.raw

    def take(self, limit: int, now: float) -> list[dict[str, Any]]:
        """The first `limit` updates that have not expired. They stay in the queue."""
        taken: list[dict[str, Any]] = []
        expired = False
        for one in self._waiting:
            if one.expires <= now:
                expired = True
                continue
            if len(taken) == limit:
                break
            one.delivered = True
            taken.append(one.update)
        if expired:
            self._waiting = deque(one for one in self._waiting if one.expires > now)
            self._raw = sum(one.raw for one in self._waiting)
        return taken

    def has_some(self, now: float) -> bool:
        """Whether `take` would give anything."""
        return any(one.expires > now for one in self._waiting)

    def pending(self, now: float) -> int:
        """How many updates wait."""
        return sum(one.expires > now for one in self._waiting)

    def clear(self) -> None:
        """Forget all that waits."""
        self._waiting.clear()
        self._raw = 0

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        waiting = [[one.key, one.update, one.expires, one.raw] for one in self._waiting]
        return {
            "next_id": self.next_id,
            "confirmed_below": self.confirmed_below,
            "allowed": self.allowed,
            "waiting": waiting,
        }

    def load(self, state: dict[str, Any]) -> None:
        """The reverse of `dump`."""
        self.next_id = int(state["next_id"])
        self.confirmed_below = int(state["confirmed_below"])
        self.allowed = state["allowed"]
        rows: Iterable[list[Any]] = state["waiting"]
        self._waiting = deque(Waiting(int(key), update, float(until), bool(raw)) for key, update, until, raw in rows)
        self._raw = sum(one.raw for one in self._waiting)
