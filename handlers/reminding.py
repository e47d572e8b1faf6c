"""Reminds people of what they began and did not finish, once, before it is erased.

What is sent says nothing of a consultation: it asks whether this is a safe moment, and only the answer shows more.
Not here: which moment is the right one (`bot.core.reminders`).
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.core import reminders
from bot.core.consultations import BY_ID
from bot.core.people import ChatId
from bot.core.ports import Clock, Store


class Reminding:
    """One round looks at every draft that waits."""

    def __init__(self, store: Store, clock: Clock, remind: Callable[[ChatId], Awaitable[None]]) -> None:
        self._store = store
        self._clock = clock
        self._remind = remind

    async def round(self) -> int:
        """Remind whoever is due. Returns how many.

        It is noted before it is sent: after a crash in between somebody is reminded of nothing rather than twice.
        """
        count = 0
        for waiting in self._store.unfinished():
            hours = partial(hours_of, BY_ID[waiting.draft.consultation].zones)
            now = self._clock.now()
            if waiting.closes is not None:
                due = reminders.closing(now, waiting.closes, hours)
            else:
                due = reminders.due(now, waiting.answered, waiting.expires, hours)
            profile = self._store.profile(waiting.chat) if due else None
            if profile is None or profile.silent:
                continue
            if await self._store.note_reminded(waiting):
                await self._remind(waiting.chat)
                count += 1
        return count


def hours_of(zones: tuple[str, ...], moment: float) -> tuple[int, ...]:
    """The hours of the day that a moment is in, in each of these zones."""
    there = datetime.fromtimestamp(moment, UTC)
    return tuple(there.astimezone(ZoneInfo(zone)).hour for zone in zones)
