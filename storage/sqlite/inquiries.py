"""The tables of inquiries in `work.db`. What an update does to them is done in its transaction (`follow`).

Not here: what is in a sealed row and who a tag is (`storage.inquiries`).
"""

import sqlite3
from collections.abc import Sequence

from bot.core.errors import Outdated
from bot.core.holdings import Kind
from bot.core.inquiries import Owed
from storage.records import InquiryRow, SealedAct, SealedDuty
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

_ROW = "SELECT id, asker, version, open, owed, announced, expires, route, sealed FROM inquiries"


INVENTORY = (
    Table(
        "inquiries", ("id", "asker", "version", "open", "owed", "announced", "expires", "route", "sealed"),
        Kind.INQUIRY, "asker", "asker", "expires",
    ),
    Table("duties", ("tag", "wanted", "told", "route"), Kind.DUTY, "tag", "duty"),
)  # fmt: skip


class InquiriesTable:
    """Reads, and the few changes that no update makes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, now: float) -> list[InquiryRow]:
        """All, by their random ids."""
        return self._found(f"{_ROW} WHERE expires > ?", now)

    def row(self, wanted: str, now: float) -> InquiryRow | None:
        """One of them."""
        return next(iter(self._found(f"{_ROW} WHERE id = ? AND expires > ?", wanted, now)), None)

    def of(self, asker: Tag, now: float) -> list[InquiryRow]:
        """Those of one chat."""
        return self._found(f"{_ROW} WHERE asker = ? AND expires > ?", asker, now)

    def owing(self, owed: Owed, now: float) -> list[InquiryRow]:
        """Those of which the asker has still to be told this."""
        return self._found(f"{_ROW} WHERE owed = ? AND expires > ?", owed.value, now)

    def unannounced(self, now: float) -> list[InquiryRow]:
        """Open ones of which no organizer was told."""
        return self._found(f"{_ROW} WHERE open AND NOT announced AND expires > ?", now)

    def duty(self, tag: Tag) -> bool | None:
        """Whether this organizer wants to be told; None: nothing was ever said."""
        rows = self._database.read("SELECT wanted FROM duties WHERE tag = ?", (tag,))
        return bool(rows[0][0]) if rows else None

    def untold(self) -> list[tuple[Tag, bytes]]:
        """Organizers who want to be told and were not since they last looked: tag and sealed chat."""
        return [(Tag(tag), route) for tag, route in self._database.read(_UNTOLD)]

    def on_duty(self) -> list[tuple[Tag, bytes]]:
        """All organizers who want to be told: tag and sealed chat."""
        return [(Tag(tag), route) for tag, route in self._database.read("SELECT tag, route FROM duties WHERE wanted")]

    def staffed(self, consultation: str) -> bool:
        """Whether anybody holds the role of an organizer of this consultation."""
        sql = "SELECT 1 FROM roles WHERE role = 'organizer' AND consultation IN ('', ?) LIMIT 1"
        return bool(self._database.read(sql, (consultation,)))

    async def settle(self, ids: Sequence[str], before: Sequence[Owed], after: Owed) -> None:
        """Note what the askers are still to be told. Closed ones of which they know everything are erased."""

        def work(connection: sqlite3.Connection) -> None:
            for one in ids:
                for owed in before:
                    connection.execute(
                        "UPDATE inquiries SET owed = ? WHERE id = ? AND owed = ?", (after.value, one, owed.value)
                    )
            connection.execute("DELETE FROM inquiries WHERE NOT open AND owed = ?", (Owed.NOTHING.value,))

        await self._database.write(work, erases=after is Owed.NOTHING)

    async def announced(self, ids: Sequence[str], told: Sequence[Tag]) -> None:
        """Note that these organizers are told, and that these inquiries need not be announced any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE inquiries SET announced = 1 WHERE id = ?", [(one,) for one in ids])
            connection.executemany("UPDATE duties SET told = 1 WHERE tag = ?", [(tag,) for tag in told])

        await self._database.write(work)

    def _found(self, sql: str, *values: object) -> list[InquiryRow]:
        return [InquiryRow(*row) for row in self._database.read(sql, values)]


_UNTOLD = "SELECT tag, route FROM duties WHERE wanted AND NOT told"


def follow(connection: sqlite3.Connection, acts: Sequence[SealedAct], duty: SealedDuty | None) -> None:
    """What an update does to inquiries. Raises Outdated `inquiry_meanwhile` when another one came first."""
    for act in acts:
        if _changed(connection, act) != 1:
            raise Outdated("inquiry_meanwhile")
    if duty is not None:
        connection.execute(
            "INSERT INTO duties VALUES (?, ?, 0, ?) ON CONFLICT (tag) DO UPDATE SET wanted = excluded.wanted, told = 0,"
            " route = excluded.route",
            (duty.tag, int(duty.wanted), duty.route),
        )


def _changed(connection: sqlite3.Connection, act: SealedAct) -> int:
    """How many rows it changed. With the asker's tag, so that no chat reaches what is another's."""
    if act.shown:
        sql = "UPDATE inquiries SET owed = ? WHERE id = ? AND asker = ?"
        return connection.execute(sql, (Owed.OFFER.value, act.id, act.asker)).rowcount
    if act.erased:
        return connection.execute("DELETE FROM inquiries WHERE id = ? AND asker = ?", (act.id, act.asker)).rowcount
    if act.version == 1:
        return connection.execute(
            "INSERT OR IGNORE INTO inquiries VALUES (?, ?, 1, 1, ?, 0, ?, ?, ?)",
            (act.id, act.asker, Owed.NOTHING.value, act.expires, act.route, act.sealed),
        ).rowcount
    if act.asker is not None:
        return connection.execute(
            "UPDATE inquiries SET version = ?, owed = ?, announced = 0, expires = ?, sealed = ?"
            " WHERE id = ? AND asker = ? AND version = ?",
            (act.version, Owed.NOTHING.value, act.expires, act.sealed, act.id, act.asker, act.version - 1),
        ).rowcount
    owed = Owed.OFFER.value if act.tells else None
    return connection.execute(
        "UPDATE inquiries SET version = ?, open = ?, owed = coalesce(?, owed), announced = 1, expires = ?, sealed = ?"
        " WHERE id = ? AND version = ?",
        (act.version, int(act.open), owed, act.expires, act.sealed, act.id, act.version - 1),
    ).rowcount


def leave(connection: sqlite3.Connection, asker: Tag, duty: Tag) -> None:
    """The person leaves: what they asked, and their duty, go."""
    connection.execute("DELETE FROM inquiries WHERE asker = ?", (asker,))
    connection.execute("DELETE FROM duties WHERE tag = ?", (duty,))
