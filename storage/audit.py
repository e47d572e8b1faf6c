"""The audit log: who with a role did what and when, chained. A file of its own; nothing in it leads to a participant.

Not here: the chain itself (`bot.core.audit`), SQL (`storage.sqlite.entries`).
"""

from collections.abc import Iterable, Iterator

from bot.core.audit import ACTS, START, Entry, first_broken
from bot.core.ports import Clock
from storage.sqlite.entries import EntriesFile
from storage.tags import Tags

BOT = "bot"
"""Who, for what happens by itself."""
OPERATOR = "operator"
"""Who, for what is done by the command line."""


class ChainedAudit:
    """The port `Audit`."""

    def __init__(self, file: EntriesFile, tags: Tags, clock: Clock) -> None:
        self._file = file
        self._tags = tags
        self._clock = clock

    async def note(self, who: str, act: str, about: str, detail: str = "", *, once: str = "") -> None:
        """Append an act, durably. `once` names it: a second one of the same name changes nothing.

        To be called before the act: better an entry for something that did not come about than the reverse.
        """
        if act not in ACTS:
            raise ValueError(act)
        tag = self._tags.act(once) if once else None
        entry = Entry(0, int(self._clock.now()), who, act, about, detail)
        await self._file.append(entry, tag, self._tags.audit_end)

    def entries(self) -> Iterable[tuple[Entry, str]]:
        """All entries in order, each with the head of the chain after it; streamed."""
        return self._file.entries()

    def verify(self) -> int | None:
        """Number of the first entry that was changed or is missing; None when the chain holds to its very end.

        Where the end itself was cut off, or nobody vouches for it, that is the number after the last entry.
        """
        count, head = 0, START

        def counted() -> Iterator[tuple[Entry, str]]:
            nonlocal count, head
            for entry, stated in self.entries():
                count, head = entry.number, stated
                yield entry, stated

        broken = first_broken(counted())
        if broken is not None:
            return broken
        end = self._file.end()
        holds = count == 0 if end is None else end == (count, self._tags.audit_end(count, head))
        return None if holds else count + 1
