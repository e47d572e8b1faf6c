"""The table of traces in `work.db`: which messages are to be deleted from chats, sealed.

What becomes of them follows from what becomes of the draft, in the same transaction. Not here: deleting messages.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from bot.core.holdings import Kind
from bot.core.traces import Fate, Row
from storage.records import Effect, SealedTrace
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

INVENTORY = (
    Table("traces", ("tag", "id", "fate", "hour", "sealed"), Kind.TRACE, "tag", "draft", "(hour + 48) * 3600"),
)


class TracesTable:
    """Reads and erases; rows come in with the effects of updates (`keep`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, fate: Fate, tag: Tag | None = None) -> list[Row]:
        """All rows of a fate, of one chat or of all."""
        if tag is None:
            found = self._database.read("SELECT tag, id, fate, hour FROM traces WHERE fate = ?", (fate,))
        else:
            sql = "SELECT tag, id, fate, hour FROM traces WHERE tag = ? AND fate = ?"
            found = self._database.read(sql, (tag, fate))
        return [Row(tag, id_, Fate(fate), hour) for tag, id_, fate, hour in found]

    def older(self, hour: int) -> list[Row]:
        """Rows from before this hour that are not kept for the person's sake."""
        found = self._database.read(
            "SELECT tag, id, fate, hour FROM traces WHERE fate IN (?, ?, ?) AND hour < ?",
            (Fate.LIVE, Fate.WAITING, Fate.DUE, hour),
        )
        return [Row(tag, id_, Fate(fate), hour) for tag, id_, fate, hour in found]

    def sealed(self, rows: Iterable[Row]) -> list[tuple[Row, bytes]]:
        """What is in these rows, as far as they are still there."""
        found = []
        for row in rows:
            content = self._database.read("SELECT sealed FROM traces WHERE tag = ? AND id = ?", (row.tag, row.id))
            if content:
                found.append((row, content[0][0]))
        return found

    async def erase(self, rows: Sequence[Row]) -> None:
        """Erase rows whose messages are gone."""

        def work(connection: sqlite3.Connection) -> None:
            keys = [(row.tag, row.id) for row in rows]
            connection.executemany("DELETE FROM traces WHERE tag = ? AND id = ?", keys)

        await self._database.write(work, erases=True)

    async def erase_older(self, hour: int) -> int:
        """Erase what is from before this hour; how many of those rows should have been deleted from their chats."""

        def work(connection: sqlite3.Connection) -> int:
            late = connection.execute(
                "SELECT count(*) FROM traces WHERE hour < ? AND fate IN (?, ?, ?)",
                (hour, Fate.LIVE, Fate.WAITING, Fate.DUE),
            ).fetchone()
            connection.execute("DELETE FROM traces WHERE hour < ?", (hour,))
            return int(late[0])

        return await self._database.write(work, erases=True)


def keep(connection: sqlite3.Connection, tag: Tag, traces: Sequence[SealedTrace]) -> None:
    """Keep new traces of a chat."""
    connection.executemany(
        "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?)",
        [(tag, trace.id, trace.fate, trace.hour, trace.sealed) for trace in traces],
    )


def follow(connection: sqlite3.Connection, effect: Effect) -> None:
    """What the effect of an update means for the messages of its chat, new ones included."""
    keep(connection, effect.tag, effect.traces)
    turns = list(effect.turns)
    if effect.submission is not None:
        turns += HANDED_IN
    elif effect.erases_draft or effect.session is None:
        turns += ERASED
    _turn(connection, effect.tag, turns)


def leave(connection: sqlite3.Connection, tag: Tag) -> None:
    """The person leaves."""
    _turn(connection, tag, LEFT)


def expire(connection: sqlite3.Connection) -> None:
    """Messages of drafts that have expired go at once."""
    connection.execute(
        "UPDATE traces SET fate = ? WHERE fate IN (?, ?) AND tag NOT IN (SELECT tag FROM sessions)",
        (Fate.DUE, Fate.LIVE, Fate.KEEPING),
    )


def _turn(connection: sqlite3.Connection, tag: Tag, turns: Sequence[tuple[Fate, Fate]]) -> None:
    if turns:
        connection.executemany(
            "UPDATE traces SET fate = ? WHERE tag = ? AND fate = ?", [(after, tag, before) for before, after in turns]
        )


HANDED_IN = ((Fate.LIVE, Fate.WAITING), (Fate.KEEPING, Fate.KEPT))
ERASED = ((Fate.LIVE, Fate.DUE), (Fate.KEEPING, Fate.DUE))
LEFT = (*ERASED, (Fate.STAYS, Fate.DUE), (Fate.KEPT, Fate.WAITING))
"""What was handed in must rest in two places before it leaves the chat, whatever else the person wants."""
