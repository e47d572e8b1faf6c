"""Which fetched updates are still open, and therefore up to where Telegram may be told to forget.

Pure bookkeeping. Not here: fetching and handling (`intake`).
"""

from collections.abc import Sequence
from typing import Any


class Window:
    """The updates between the offset and the newest one fetched.

    `offset` is what the next `getUpdates` asks from (None: from whatever is oldest); it moves only in `advance`, never
    past an open update. Done ones above an open one are remembered, because Telegram shows them again.
    """

    def __init__(self, most: int) -> None:
        self.offset: int | None = None
        self.open: set[int] = set()
        self._done: set[int] = set()
        self._most = most

    def admit(self, updates: Sequence[Any]) -> list[tuple[int, dict[str, Any]]]:
        """Take in the answer of one fetch; returns what is new, by number. The surplus over the bound comes again."""
        fresh = []
        for number, raw in sorted(self._numbered(updates), key=lambda pair: pair[0]):
            if number in self.open or number in self._done:
                continue
            if len(self.open) + len(self._done) >= self._most:
                break  # and nothing above it either: the offset must not jump over what was left out
            self.open.add(number)
            fresh.append((number, raw))
        return fresh

    def finish(self, number: int) -> bool:
        """Note that an update is done; True when the offset can move now."""
        self.open.discard(number)
        self._done.add(number)
        return not self.open or number < min(self.open)

    def advance(self) -> bool:
        """Move the offset to the lowest open update, or past everything done; True when that moved it.

        What lies below is forgotten.
        """
        before = self.offset
        if self.open:
            self.offset = min(self.open)
        elif self._done:
            self.offset = max(self._done) + 1
        self._done = {number for number in self._done if self.offset is not None and number >= self.offset}
        return self.offset != before

    def _numbered(self, updates: Sequence[Any]) -> list[tuple[int, dict[str, Any]]]:
        """Each update with its number. One without a usable number gets the one that follows its neighbour's.

        Telegram numbers without gaps in one answer, and such an update must be confirmed too, or it would block.
        """
        numbered = []
        following = self.offset
        for position, raw in enumerate(updates):
            update = raw if isinstance(raw, dict) else {"unreadable": raw}
            number = _number(update)
            if number is None:
                number = following if following is not None else _before_next(updates, position)
            if number is None:
                continue  # alone and unnumbered: nothing confirms it until a neighbour arrives
            numbered.append((number, update))
            following = number + 1
        return numbered


def _number(update: dict[str, Any]) -> int | None:
    number = update.get("update_id")
    return number if type(number) is int and number >= 0 else None


def _before_next(updates: Sequence[Any], position: int) -> int | None:
    """The number that the first numbered neighbour to the right implies."""
    for distance, raw in enumerate(updates[position + 1 :], start=1):
        number = _number(raw) if isinstance(raw, dict) else None
        if number is not None:
            return number - distance
    return None
