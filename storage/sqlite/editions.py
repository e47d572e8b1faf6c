"""`published.db`: the editions of forms that organizers brought, and which consultation offers which.

Not here: what is in a document (`storage.editions`).
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table

INVENTORY = (
    Table("editions", ("number", "version", "form", "about", "document", "workbook", "until")),
    Table("offers", ("consultation", "version", "form", "in_force")),
)


class EditionRow(NamedTuple):
    """An edition without its document and workbook."""

    version: str
    form: str
    about: str


class EditionsTable:
    """The two tables."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def about(self, version: str) -> EditionRow | None:
        """One of them."""
        rows = self.database.read("SELECT version, form, about FROM editions WHERE version = ?", (version,))
        return EditionRow(*rows[0]) if rows else None

    def document(self, version: str) -> tuple[str, bytes] | None:
        """Document and workbook."""
        rows = self.database.read("SELECT document, workbook FROM editions WHERE version = ?", (version,))
        return rows[0] if rows else None

    def in_force(self, consultation: str) -> list[EditionRow]:
        """What a consultation offers, the oldest first."""
        sql = (
            "SELECT version, editions.form, about FROM offers JOIN editions USING (version) "
            "WHERE consultation = ? AND in_force = 1 ORDER BY number"
        )
        return [EditionRow(*row) for row in self.database.read(sql, (consultation,))]

    def ever(self, consultations: Sequence[str]) -> list[str]:
        """Versions that any of these consultations has ever offered, the oldest first."""
        sql = (
            "SELECT DISTINCT version FROM editions JOIN offers USING (version) "
            "WHERE consultation IN (SELECT value FROM json_each(?)) ORDER BY number"
        )
        return [version for (version,) in self.database.read(sql, (json.dumps(list(consultations)),))]

    def offered(self) -> list[tuple[str, str]]:
        """Version and consultation of all that is in force."""
        return self.database.read("SELECT version, consultation FROM offers WHERE in_force = 1 ORDER BY 2, 1")

    def count(self) -> int:
        """How many editions are kept."""
        ((count,),) = self.database.read("SELECT count(*) FROM editions")
        return int(count)

    async def keep(self, row: EditionRow, document: str, workbook: bytes, until: int) -> None:
        """Keep an edition until then; one that was published stays published."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO editions (version, form, about, document, workbook, until) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (version) DO UPDATE SET until = excluded.until WHERE until IS NOT NULL",
                (*row, document, workbook, until),
            )

        await self.database.write(work)

    async def offer(self, consultation: str, version: str, most: int) -> bool | None:
        """Let it take the place of the same form's edition. False: too many are offered; None: it is not there."""

        def work(connection: sqlite3.Connection) -> bool | None:
            found = connection.execute("SELECT form FROM editions WHERE version = ?", (version,)).fetchone()
            if found is None:
                return None
            others = connection.execute(
                "SELECT count(*) FROM offers WHERE consultation = ? AND in_force = 1 AND form <> ?",
                (consultation, found[0]),
            ).fetchone()
            if others[0] >= most:
                return False
            connection.execute(
                "UPDATE offers SET in_force = 0 WHERE consultation = ? AND form = ?", (consultation, found[0])
            )
            connection.execute(
                "INSERT INTO offers VALUES (?, ?, ?, 1) ON CONFLICT (consultation, version) DO UPDATE SET in_force = 1",
                (consultation, version, found[0]),
            )
            connection.execute("UPDATE editions SET until = NULL WHERE version = ?", (version,))
            return True

        return await self.database.write(work)

    async def retire(self, consultation: str, form: str) -> bool:
        """Nobody can begin it there any more. False: it was not offered."""

        def work(connection: sqlite3.Connection) -> bool:
            sql = "UPDATE offers SET in_force = 0 WHERE consultation = ? AND form = ? AND in_force = 1"
            return connection.execute(sql, (consultation, form)).rowcount > 0

        return await self.database.write(work)

    async def expire(self, now: float) -> int:
        """Erase what was never published; how many."""

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute("DELETE FROM editions WHERE until <= ?", (now,)).rowcount

        return await self.database.write(work, erases=True)
