"""What was written lately, so that a review can show it: in memory only, for half an hour at most.

On disk a written answer exists only sealed, and the server cannot open it. Not here: sessions, drafts (`chats`).
"""

from bot.core.contributions import PartId
from bot.core.ports import Clock

IDLE = 30 * 60.0
"""Seconds a text is remembered after it was last written or shown."""
MOST = 4_000_000
"""Characters remembered in all; beyond it the oldest go first."""


class Recollection:
    """Texts by part. Losing one costs nothing but the text in a review: the answer itself is stored."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._texts: dict[PartId, tuple[str, float]] = {}
        self._size = 0

    def remember(self, part: PartId, text: str) -> None:
        """Keep a text that was just committed."""
        self.forget(part)
        self._texts[part] = (text, self._clock.now())
        self._size += len(text)
        while self._size > MOST:
            self.forget(next(iter(self._texts)))

    def recall(self, part: PartId) -> str | None:
        """The text, or None once it is forgotten. Showing it keeps it for another while."""
        found = self._texts.get(part)
        if found is None:
            return None
        text, last = found
        now = self._clock.now()
        if not 0 <= now - last < IDLE:
            self.forget(part)
            return None
        self._texts.pop(part)
        self._texts[part] = (text, now)
        return text

    def forget(self, part: PartId) -> None:
        """Drop a text."""
        gone = self._texts.pop(part, None)
        if gone is not None:
            self._size -= len(gone[0])

    def clear(self) -> None:
        """Drop everything."""
        self._texts.clear()
        self._size = 0

    def sweep(self) -> None:
        """Drop what was idle too long. Called now and then."""
        now = self._clock.now()
        for part in [part for part, (_, last) in self._texts.items() if not 0 <= now - last < IDLE]:
            self.forget(part)
