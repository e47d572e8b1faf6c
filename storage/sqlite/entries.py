"""`audit.db`: the entries of the audit log.

Not here: what may stand in it (`storage.audit`).
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace

from bot.core.audit import START, Entry, link
from bot.core.holdings import Kind
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

_PAGE = 500


INVENTORY = (
    Table("entries", ("number", "at", "who", "act", "about", "detail", "head", "once"), Kind.ENTRY, "who", "actor"),
    Table("ends", ("id", "number", "vouched")),
)


class EntriesFile:
    """The table of `audit`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def entries(self) -> Iterator[tuple[Entry, str]]:
        """All entries in order, with the head after each."""
        last = 0
        while True:
            rows = self.database.read(
                "SELECT number, at, who, act, about, detail, head FROM entries WHERE number > ?"
                " ORDER BY number LIMIT ?",
                (last, _PAGE),
            )
            for *values, head in rows:
                yield Entry(*values), head
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def end(self) -> tuple[int, bytes] | None:
        """The number of the last entry as it was kept with it, and what vouches for that; None before the first."""
        rows = self.database.read("SELECT number, vouched FROM ends")
        return (rows[0][0], rows[0][1]) if rows else None

    async def append(self, new: Entry, once: Tag | None, vouch: Callable[[int, str], bytes]) -> None:
        """Add one at the end of the chain, which numbers it, unless one with the same `once` is there.

        `vouch` vouches for the end, by the number and the head; one that does not hold is not mended by this.
        """

        def work(connection: sqlite3.Connection) -> None:
            if once is not None and connection.execute("SELECT 1 FROM entries WHERE once = ?", (once,)).fetchone():
                return
            last = connection.execute("SELECT number, head FROM entries ORDER BY number DESC LIMIT 1").fetchone()
            number, head = last or (0, START)
            entry = replace(new, number=number + 1)
            after = link(head, entry)
            connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*astuple(entry), after, once))
            end = connection.execute("SELECT number, vouched FROM ends").fetchone()
            if (end is None and number == 0) or (end is not None and end == (number, vouch(number, head))):
                values = (entry.number, vouch(entry.number, after))
                connection.execute("INSERT OR REPLACE INTO ends VALUES (1, ?, ?)", values)

        await self.database.write(work)
