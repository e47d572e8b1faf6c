"""What the core and the handlers need from the world, as narrow Protocols. `bot.app` supplies the real ones.

Reads are plain functions: they are served in place, from a read connection, in microseconds. Writes are awaited and
return once the change is on disk (synchronous=FULL); many share one fsync. A write that cannot be made safe raises
`Unavailable`, and then nothing of it happened.
"""

from typing import Protocol

from bot.core.ports.keeping import Editions, Published, Snapshot, StoredPart, Tombstone, Vault
from bot.core.ports.organizing import Admissions, Audit, Briefings, Inquiries, Invites, Registry, Staff
from bot.core.ports.sending import Batches, Due, Mark, Outbox
from bot.core.ports.working import Addition, Change, NewPart, Seen, Store, Submission, Traces, Unfinished


class Clock(Protocol):
    """Time comes in here, so that tests can set it."""

    def now(self) -> float:
        """Epoch seconds, UTC."""
        ...


class Chance(Protocol):
    """Unpredictable values come in here."""

    def hex(self, length: int) -> str:
        """That many random bytes as lower-case hex."""
        ...

    def digits(self, count: int) -> str:
        """That many random decimal digits."""
        ...


class Log(Protocol):
    """Where the rooms report what happened. `bot.logs` holds the list of events, keys and words that may appear.

    Whatever is not on that list is dropped (in tests: an error). Text, names, ids and tokens have no place here.
    """

    def event(self, name: str, **values: bool | int | float | str) -> None:
        """Report one event of the list, with values of the list."""
        ...

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        """The same with an exception, of which only the type and the place (module:function:line) are kept."""
        ...


__all__ = (
    "Addition",
    "Admissions",
    "Audit",
    "Batches",
    "Briefings",
    "Chance",
    "Change",
    "Clock",
    "Due",
    "Editions",
    "Inquiries",
    "Invites",
    "Log",
    "Mark",
    "NewPart",
    "Outbox",
    "Published",
    "Registry",
    "Seen",
    "Snapshot",
    "Staff",
    "Store",
    "StoredPart",
    "Submission",
    "Tombstone",
    "Traces",
    "Unfinished",
    "Vault",
)
