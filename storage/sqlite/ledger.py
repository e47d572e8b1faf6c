"""Broadcasts and their ledger, in `contacts.db`: recipients frozen when planned, one row each with what became of it.

Not here: what is in a sealed row (`storage.outbox`), who is sent what (`handlers.broadcasting`).
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.holdings import Kind
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

START = b""
"""Before the first tag."""


@dataclass(frozen=True)
class BroadcastRow:
    """A broadcast as it rests."""

    id: str
    consultation: str
    phase: str
    version: int
    sealed: bytes
    box: bytes
    counts: str | None = None
    expires: int | None = None


@dataclass(frozen=True)
class Audience:
    """Whom a broadcast may reach."""

    consultation: str
    languages: Sequence[str]
    """Empty: all."""
    excludes: Sequence[str]
    """Broadcasts whose recipients are left out."""

    @property
    def values(self) -> tuple[str, str, str]:
        """For `_AUDIENCE`."""
        listed = json.dumps(list(self.languages))
        return listed, listed, json.dumps(list(self.excludes))


@dataclass(frozen=True)
class DueRow:
    """A recipient whose turn has come. `message` is that of the broadcast that is corrected."""

    tag: Tag
    language: str
    chat_sealed: bytes | None
    """None: no contact any more."""
    message: bytes | None


@dataclass(frozen=True)
class MarkRow:
    """What became of one recipient."""

    tag: Tag
    state: str
    reason: str = ""
    message: bytes | None = None
    until: int | None = None
    retire: bool = False
    """The contact goes: the person blocked the bot, or is no more."""


INVENTORY = (
    # The people who wrote and approved one stand sealed in it, by the short tag of the audit log.
    Table("broadcasts", ("id", "consultation", "phase", "version", "sealed", "box", "counts", "expires")),
    Table(
        "ledger", ("broadcast", "tag", "language", "state", "reason", "message", "until"),
        Kind.RECIPIENT, "tag", "contact",
        "(SELECT b.expires FROM broadcasts b WHERE b.id = ledger.broadcast)",
    ),
    Table("plain", ("consultation",)),
)  # fmt: skip


class LedgerFile:
    """The tables `broadcasts` and `ledger` of `contacts`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # Broadcasts

    def broadcasts(self) -> list[BroadcastRow]:
        """All of them, in no order."""
        rows = self.database.read(
            "SELECT id, consultation, phase, version, sealed, box, counts, expires FROM broadcasts"
        )
        return [BroadcastRow(*row) for row in rows]

    def broadcast(self, wanted: str) -> BroadcastRow | None:
        """One of them."""
        rows = self.database.read(
            "SELECT id, consultation, phase, version, sealed, box, counts, expires FROM broadcasts WHERE id = ?",
            (wanted,),
        )
        return BroadcastRow(*rows[0]) if rows else None

    async def keep(self, row: BroadcastRow, before: int, *, unplans: bool) -> bool:
        """Keep it in place of version `before` (0: a new one). False, and nothing happens, where another stands."""

        def work(connection: sqlite3.Connection) -> bool:
            if before == 0:
                changed = connection.execute(
                    "INSERT OR IGNORE INTO broadcasts VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
                    (row.id, row.consultation, row.phase, row.version, row.sealed, row.box, row.expires),
                )
            else:
                changed = connection.execute(
                    "UPDATE broadcasts SET phase = ?, version = ?, sealed = ?, expires = ?"
                    " WHERE id = ? AND version = ?",
                    (row.phase, row.version, row.sealed, row.expires, row.id, before),
                )
            if changed.rowcount == 1 and unplans:
                connection.execute("DELETE FROM ledger WHERE broadcast = ?", (row.id,))
            return changed.rowcount == 1

        return await self.database.write(work, erases=unplans)

    def plain(self, consultation: str) -> bool:
        """Whether the consultation was said not to be sensitive."""
        return bool(self.database.read("SELECT 1 FROM plain WHERE consultation = ?", (consultation,)))

    async def set_plain(self, consultation: str, *, plain: bool) -> None:
        """Say so, or take it back."""
        sql = "INSERT OR IGNORE INTO plain VALUES (?)" if plain else "DELETE FROM plain WHERE consultation = ?"
        await self.database.write(lambda connection: connection.execute(sql, (consultation,)).rowcount)

    # Planning

    def reach(self, audience: Audience) -> int:
        """How many contacts there are for an audience."""
        ((count,),) = self.database.read(
            f"SELECT count(*) FROM contacts c WHERE consultation = ?{_AUDIENCE}",  # noqa: S608 - a constant
            (audience.consultation, *audience.values),
        )
        return int(count)

    async def plan(self, broadcast: str, audience: Audience, after: bytes, most: int) -> bytes | None:
        """Freeze the next recipients after a tag; the last tag that was looked at, None when there are no more."""

        def work(connection: sqlite3.Connection) -> bytes | None:
            end = connection.execute(
                "SELECT max(tag) FROM (SELECT tag FROM contacts WHERE tag > ? ORDER BY tag LIMIT ?)", (after, most)
            ).fetchone()[0]
            if end is None:
                return None
            connection.execute(
                "INSERT OR IGNORE INTO ledger SELECT ?, tag, language, 'waiting', '', NULL, NULL FROM contacts c"  # noqa: S608 - constants
                # The plus keeps SQLite from the index of consultations: it would look at all of one for every batch.
                f" WHERE +consultation = ? AND tag > ? AND tag <= ?{_AUDIENCE}",
                (broadcast, audience.consultation, after, end, *audience.values),
            )
            return bytes(end)

        return await self.database.write(work)

    def candidates(self, audience: Audience, after: bytes, most: int) -> list[tuple[Tag, str, bytes]]:
        """Tag, language and sealed chat of the next contacts after a tag."""
        rows = self.database.read(
            "SELECT tag, language, chat_sealed FROM contacts c WHERE +consultation = ? AND tag > ?"  # noqa: S608 - constants
            f"{_AUDIENCE} ORDER BY tag LIMIT ?",
            (audience.consultation, after, *audience.values, most),
        )
        return [(Tag(tag), language, sealed) for tag, language, sealed in rows]

    async def add(self, broadcast: str, recipients: Sequence[tuple[Tag, str]]) -> None:
        """Freeze these recipients, with their languages."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR IGNORE INTO ledger VALUES (?, ?, ?, 'waiting', '', NULL, NULL)",
                [(broadcast, tag, language) for tag, language in recipients],
            )

        await self.database.write(work)

    async def plan_from(self, broadcast: str, of: str, *, unknown: bool) -> None:
        """Freeze the recipients of another broadcast: those in doubt, or those in whose chats it still stands."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR IGNORE INTO ledger SELECT ?, tag, language, 'waiting', '', NULL, NULL FROM ledger"
                " WHERE broadcast = ? AND CASE WHEN ? THEN state = 'unknown' ELSE message IS NOT NULL END",
                (broadcast, of, unknown),
            )

        await self.database.write(work)

    # Sending

    async def take(self, broadcast: str, of: str | None, languages: Sequence[str], most: int) -> list[DueRow]:
        """Mark the next recipients as being tried, durably, and give them."""

        def work(connection: sqlite3.Connection) -> list[DueRow]:
            rows = connection.execute(
                "SELECT l.tag, l.language, c.chat_sealed, o.message FROM ledger l LEFT JOIN contacts c ON c.tag = l.tag"
                " LEFT JOIN ledger o ON o.broadcast = ? AND o.tag = l.tag"
                " WHERE l.broadcast = ? AND l.state = 'waiting' AND l.language IN (SELECT value FROM json_each(?))"
                " LIMIT ?",
                (of or "", broadcast, json.dumps(list(languages)), most),
            ).fetchall()
            connection.executemany(
                "UPDATE ledger SET state = 'trying', reason = '' WHERE broadcast = ? AND tag = ?",
                [(broadcast, row[0]) for row in rows],
            )
            return [DueRow(Tag(tag), *more) for tag, *more in rows]

        return await self.database.write(work)

    async def mark(self, broadcast: str, marks: Sequence[MarkRow]) -> set[Tag]:
        """Note what became of recipients that were being tried; those whose rows are gone stay out, and are given."""

        def work(connection: sqlite3.Connection) -> set[Tag]:
            changed = connection.executemany(
                "UPDATE ledger SET state = ?, reason = ?, message = ?, until = ?"
                " WHERE broadcast = ? AND tag = ? AND state = 'trying'",
                [(mark.state, mark.reason, mark.message, mark.until, broadcast, mark.tag) for mark in marks],
            )
            connection.executemany("DELETE FROM contacts WHERE tag = ?", [(mark.tag,) for mark in marks if mark.retire])
            if changed.rowcount == len(marks):
                return set()
            known = "SELECT 1 FROM ledger WHERE broadcast = ? AND tag = ?"
            return {mark.tag for mark in marks if connection.execute(known, (broadcast, mark.tag)).fetchone() is None}

        return await self.database.write(work, erases=any(mark.retire for mark in marks))

    async def doubt(self) -> int:
        """After a stop: whoever was being tried may have got it or not. Returns how many."""

        def work(connection: sqlite3.Connection) -> int:
            changed = connection.execute("UPDATE ledger SET state = 'unknown', reason = 'crash' WHERE state = 'trying'")
            return changed.rowcount

        return await self.database.write(work)

    async def again(self, broadcast: str) -> int:
        """Those to whom it was surely not sent wait again; how many."""

        def work(connection: sqlite3.Connection) -> int:
            changed = connection.execute(
                "UPDATE ledger SET state = 'waiting', reason = '' WHERE broadcast = ? AND state = 'failed'",
                (broadcast,),
            )
            return changed.rowcount

        return await self.database.write(work)

    def counts(self, broadcast: str) -> dict[tuple[str, str], int]:
        """How many recipients by state and reason."""
        rows = self.database.read(
            "SELECT state, reason, count(*) FROM ledger WHERE broadcast = ? GROUP BY state, reason", (broadcast,)
        )
        return {(state, reason): count for state, reason, count in rows}

    def waiting(self, broadcast: str) -> dict[str, int]:
        """How many wait, by language."""
        rows = self.database.read(
            "SELECT language, count(*) FROM ledger WHERE broadcast = ? AND state = 'waiting' GROUP BY language",
            (broadcast,),
        )
        return dict(rows)

    def pending(self, broadcast: str) -> bool:
        """Whether anybody waits or is being tried."""
        sql = "SELECT 1 FROM ledger WHERE broadcast = ? AND state IN ('waiting', 'trying') LIMIT 1"
        return bool(self.database.read(sql, (broadcast,)))

    # What stands in the chats

    def messages(self, broadcast: str, most: int, until: int | None = None) -> list[tuple[Tag, bytes]]:
        """Messages that still stand in chats; with `until`, those that are to go by then."""
        rows = self.database.read(
            "SELECT tag, message FROM ledger WHERE broadcast = ? AND message IS NOT NULL AND (? IS NULL OR until <= ?)"
            " LIMIT ?",
            (broadcast, until, until, most),
        )
        return [(Tag(tag), message) for tag, message in rows]

    def of_recipients(self, tags: Sequence[Tag]) -> list[tuple[str, Tag, bytes]]:
        """What stands in a chat, by all the tags under which it gets news: broadcast, tag, sealed message."""
        sql = "SELECT broadcast, tag, message FROM ledger WHERE tag = ? AND message IS NOT NULL"
        found = [row for tag in tags for row in self.database.read(sql, (tag,))]
        return [(broadcast, Tag(tag), message) for broadcast, tag, message in found]

    def trying(self, tags: Sequence[Tag]) -> bool:
        """Whether anything is being tried under any of these tags."""
        sql = "SELECT 1 FROM ledger WHERE tag = ? AND state = 'trying' LIMIT 1"
        return any(self.database.read(sql, (tag,)) for tag in tags)

    async def drop_messages(self, broadcast: str, tags: Sequence[Tag]) -> None:
        """Forget the numbers of messages that are gone from the chats, or cannot be reached any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE ledger SET message = NULL, until = NULL WHERE broadcast = ? AND tag = ?",
                [(broadcast, tag) for tag in tags],
            )

        await self.database.write(work, erases=True)

    # The end

    async def fold(self, broadcast: str, counts: str) -> None:
        """The ledger goes; these numbers stay."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM ledger WHERE broadcast = ?", (broadcast,))
            connection.execute("UPDATE broadcasts SET counts = ?, expires = NULL WHERE id = ?", (counts, broadcast))

        await self.database.write(work, erases=True)

    async def erase(self, broadcast: str) -> None:
        """The whole broadcast goes."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM ledger WHERE broadcast = ?", (broadcast,))
            connection.execute("DELETE FROM broadcasts WHERE id = ?", (broadcast,))

        await self.database.write(work, erases=True)


_AUDIENCE = (
    " AND (? = '[]' OR language IN (SELECT value FROM json_each(?)))"
    " AND NOT EXISTS (SELECT 1 FROM ledger x, json_each(?) e WHERE x.broadcast = e.value AND x.tag = c.tag"
    " AND x.state IN ('accepted', 'unknown'))"
)
