"""`contacts.db`: who is remembered, and who gets news. Kept apart from everything they say.

Not here: sending news, what is in a profile (`storage.sealed`).
"""

import json
import sqlite3
from collections.abc import Sequence

from bot.core.holdings import Kind
from storage.records import ContactRow
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

INVENTORY = (
    Table("people", ("tag", "sealed", "expires"), Kind.PROFILE, "tag", "person", "expires"),
    Table(
        "contacts", ("tag", "consultation", "language", "chat_sealed", "expires"),
        Kind.CONTACT, "tag", "contact", "expires",
    ),
)  # fmt: skip


class ContactsFile:
    """The tables of `contacts`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def profile(self, tag: Tag, now: float) -> bytes | None:
        """The sealed profile, unless it has expired."""
        rows = self.database.read("SELECT sealed FROM people WHERE tag = ? AND expires > ?", (tag, now))
        return rows[0][0] if rows else None

    def expired(self, now: float) -> list[tuple[Tag, bytes]]:
        """Tags and sealed profiles whose time is over."""
        rows = self.database.read("SELECT tag, sealed FROM people WHERE expires <= ?", (now,))
        return [(Tag(tag), sealed) for tag, sealed in rows]

    async def keep(
        self, tag: Tag, sealed: bytes, expires: int, contacts: Sequence[ContactRow], gone: Sequence[Tag]
    ) -> None:
        """Keep a profile and these contact rows; erase the contact rows in `gone`."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO people VALUES (?, ?, ?) ON CONFLICT (tag) DO UPDATE"
                " SET sealed = excluded.sealed, expires = excluded.expires",
                (tag, sealed, expires),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?)",
                [(row.tag, row.consultation, row.language, row.chat_sealed, row.expires) for row in contacts],
            )
            connection.executemany("DELETE FROM contacts WHERE tag = ?", [(one,) for one in gone])
            # Who wants no more news gets none of what is under way either.
            connection.executemany(
                "UPDATE ledger SET state = 'left' WHERE tag = ? AND state = 'waiting'", [(one,) for one in gone]
            )

        await self.database.write(work, erases=bool(gone))

    async def drop(self, contact: Tag) -> None:
        """Somebody gets the news of a consultation no more, neither what is under way."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM contacts WHERE tag = ?", (contact,))
            connection.execute("UPDATE ledger SET state = 'left' WHERE tag = ? AND state = 'waiting'", (contact,))

        await self.database.write(work, erases=True)

    async def extend(self, tag: Tag, expires: int) -> None:
        """Keep a profile for longer."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE people SET expires = ? WHERE tag = ?", (expires, tag))

        await self.database.write(work)

    async def erase(self, person: Tag, contacts: Sequence[Tag]) -> None:
        """Erase a profile and contact rows."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM people WHERE tag = ?", (person,))
            connection.executemany("DELETE FROM contacts WHERE tag = ?", [(tag,) for tag in contacts])
            connection.executemany("DELETE FROM ledger WHERE tag = ?", [(tag,) for tag in contacts])

        await self.database.write(work, erases=True)

    async def expire(self, now: float, people: Sequence[Tag], running: Sequence[str]) -> int:
        """Erase these people if they are still expired, and expired contacts of consultations that do not run."""

        def work(connection: sqlite3.Connection) -> int:
            count = 0
            for tag in people:
                count += connection.execute("DELETE FROM people WHERE tag = ? AND expires <= ?", (tag, now)).rowcount
            count += connection.execute(
                "DELETE FROM contacts WHERE expires <= ? AND consultation NOT IN (SELECT value FROM json_each(?))",
                (now, json.dumps(list(running))),
            ).rowcount
            return count

        return await self.database.write(work, erases=True)
