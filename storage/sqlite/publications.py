"""`published.db`: the points in force, earlier versions that drafts may refer to, and feedback by contribution.

Not here: what is in a document (`storage.published`).
"""

import sqlite3
from collections.abc import Mapping, Sequence

from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table

INVENTORY = (
    Table("versions", ("version", "consultation", "document", "until")),
    Table("points", ("id", "document")),
    Table("feedback", ("contribution", "points")),
)


class PublicationsFile:
    """The tables of `published`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def in_force(self, consultation: str) -> str | None:
        """The version in force for a consultation."""
        sql = "SELECT version FROM versions WHERE consultation = ? AND until IS NULL"
        rows = self.database.read(sql, (consultation,))
        return rows[0][0] if rows else None

    def document(self, version: str) -> str | None:
        """A version, in force or not."""
        rows = self.database.read("SELECT document FROM versions WHERE version = ?", (version,))
        return rows[0][0] if rows else None

    def points_of(self, contribution: str) -> list[str]:
        """The documents of the points that carry a contribution, in the order they were named."""
        rows = self.database.read("SELECT points FROM feedback WHERE contribution = ?", (contribution,))
        ids = rows[0][0].split() if rows else []
        found = (self.database.read("SELECT document FROM points WHERE id = ?", (point,)) for point in ids)
        return [rows[0][0] for rows in found if rows]

    def count(self) -> tuple[int, int]:
        """How many points there are, and how many contributions with feedback."""
        ((points,),) = self.database.read("SELECT count(*) FROM points")
        ((feedback,),) = self.database.read("SELECT count(*) FROM feedback")
        return points, feedback

    async def replace(
        self,
        versions: Sequence[tuple[str, str, str]],
        points: Mapping[str, str],
        feedback: Mapping[str, str],
        until: int,
    ) -> None:
        """All of this takes the place of all that was there; versions no longer in force stay `until` then.

        `versions` are version, consultation, document.
        """

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE versions SET until = ? WHERE until IS NULL", (until,))
            connection.executemany(
                "INSERT INTO versions VALUES (?, ?, ?, NULL) ON CONFLICT (version) DO UPDATE SET until = NULL", versions
            )
            connection.execute("DELETE FROM points")
            connection.executemany("INSERT INTO points VALUES (?, ?)", list(points.items()))
            connection.execute("DELETE FROM feedback")
            connection.executemany("INSERT INTO feedback VALUES (?, ?)", list(feedback.items()))

        await self.database.write(work, erases=True)

    async def expire(self, now: float) -> int:
        """Erase versions that no draft can refer to any more; how many."""

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute("DELETE FROM versions WHERE until <= ?", (now,)).rowcount

        return await self.database.write(work)
