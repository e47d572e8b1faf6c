"""The table of traces in `work.db`: which messages are to be deleted from chats, sealed.

What becomes of them follows from what becomes of the draft, in the same transaction. Not here: deleting messages.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from bot.core.traces import Fate, Row
from storage.records import Effect, SealedTrace
from storage.sqlite.connection import Database
from storage.tags import Tag

PAGE = 2_000
"""Rows opened at once."""


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

    async def erase_older(self, hour: int) -> None:
        """Erase what is from before this hour: it cannot be deleted any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM traces WHERE hour < ?", (hour,))

        await self._database.write(work, erases=True)


def keep(connection: sqlite3.Connection, tag: Tag, traces: Sequence[SealedTrace]) -> None:
    """Keep new traces of a chat."""
    connection.executemany(
        "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?)",
        [(tag, trace.id, trace.fate, trace.hour, trace.sealed) for trace in traces],
    )


def follow(connection: sqlite3.Connection, effect: Effect) -> None:
    """What the effect of an update means for the messages of its chat, new ones included."""
    keep(connection, effect.tag, effect.traces)
    if effect.keeps is not None:
        choose(connection, effect.tag, keeps=effect.keeps, draft=effect.has_draft)
    if effect.submission is not None:
        turn(connection, effect.tag, [Fate.LIVE], Fate.WAITING)
    elif effect.erases_draft or effect.session is None:
        turn(connection, effect.tag, [Fate.LIVE, Fate.KEPT], Fate.DUE)
    if effect.tidies:
        turn(connection, effect.tag, [Fate.LIVE], Fate.DUE)


def choose(connection: sqlite3.Connection, tag: Tag, *, keeps: bool, draft: bool) -> None:
    """The person chose to keep what stands in the chat, or not to keep it any longer."""
    if keeps:
        turn(connection, tag, [Fate.LIVE, Fate.WAITING], Fate.KEPT)
    else:
        turn(connection, tag, [Fate.KEPT], Fate.LIVE if draft else Fate.WAITING)


def leave(connection: sqlite3.Connection, tag: Tag) -> None:
    """The person leaves: everything goes, though what was handed in must rest in two places first."""
    turn(connection, tag, [Fate.LIVE, Fate.STAYS, Fate.KEPT], Fate.DUE)


def expire(connection: sqlite3.Connection) -> None:
    """Messages of drafts that have expired go at once; what the person chose to keep stays."""
    connection.execute(
        "UPDATE traces SET fate = ? WHERE fate = ? AND tag NOT IN (SELECT tag FROM sessions)", (Fate.DUE, Fate.LIVE)
    )


def turn(connection: sqlite3.Connection, tag: Tag, before: Sequence[Fate], after: Fate) -> None:
    """Give a chat's traces another fate."""
    connection.executemany(
        "UPDATE traces SET fate = ? WHERE tag = ? AND fate = ?", [(after, tag, fate) for fate in before]
    )
