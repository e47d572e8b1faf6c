"""`vault.db`: submitted contributions by their random ids, and the batches in which exports carried them.

The versions of a contribution have one receipt. When a new one is taken, the one before it is superseded and its text
is erased in the same transaction, just as when it is withdrawn.

Not here: how contributions get in (`storage.mover`), the zip (`bot.exports`).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from bot.core.contributions import CHAIN_START, ContributionId, PartId, State, chain_in_order
from bot.core.ports import StoredPart, Tombstone
from storage.records import Bundle, VersionRow
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

PAGE_SIZE = 32_768
"""Bytes. With SQLite's usual 4,096 a sealed part does not fit beside its key, and goes to pages that stand in the order
of arrival. Pages of this size hold all but the longest texts in the tree, which is in the order of the random ids."""

REARRANGED = 64 * 1024 * 1024
"""Bytes up to which the file is written anew after a move: some 15,000 contributions, less than a second."""

STREAMED = 200
"""Parts read at once while they are streamed."""

NUMBERED = 500
"""Rows that are put into a batch by one statement."""


INVENTORY = (
    Table("contributions", ("id", "consultation", "receipt", "state", "batch", "supersedes", "note")),
    Table("parts", ("id", "contribution", "batch", "sha256", "sealed", "number")),
    Table("tombstones", ("part", "contribution", "batch", "sha256")),
    Table("batches", ("number",)),
    Table("uncopied", ("contribution", "change")),
    Table("copies", ("generation",)),
)
"""Nothing here is found by a chat."""


class VaultFile:
    """The tables of `vault`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def versions(self, receipt: Tag) -> list[VersionRow]:
        """Every version with this receipt."""
        sql = "SELECT id, consultation, state, supersedes, note, batch > 0 FROM contributions WHERE receipt = ?"
        return [VersionRow(*row) for row in self.database.read(sql, (receipt,))]

    def additions(self, contribution: ContributionId) -> int:
        """The highest running number of what was added to a contribution; 0: nothing."""
        sql = "SELECT coalesce(max(number), 0) FROM parts WHERE contribution = ?"
        return int(self.database.read(sql, (contribution,))[0][0])

    def whole(self, consultations: Sequence[str], until: int) -> bool:
        """Whether every version that superseded another is in a batch up to `until`."""
        return not self.database.read(
            "SELECT 1 FROM contributions WHERE supersedes IS NOT NULL AND state = ? AND NOT batch BETWEEN 1 AND ?"
            " AND consultation IN (SELECT value FROM json_each(?)) LIMIT 1",
            (State.SUBMITTED.value, until, json.dumps(list(consultations))),
        )

    def newest_batch(self) -> int:
        """Number of the newest batch; 0 before the first."""
        return int(self.database.read("SELECT coalesce(max(number), 0) FROM batches")[0][0])

    def states(self, consultations: Sequence[str], until: int) -> dict[ContributionId, State]:
        """States of exported contributions that are no longer simply submitted."""
        rows = self.database.read(
            "SELECT id, state FROM contributions WHERE consultation IN (SELECT value FROM json_each(?))"
            " AND batch BETWEEN 1 AND ? AND state <> ?",
            (json.dumps(list(consultations)), until, State.SUBMITTED.value),
        )
        return {ContributionId(id_): State(state) for id_, state in rows}

    def tombstones(self, consultations: Sequence[str]) -> list[Tombstone]:
        """What is left of withdrawn and superseded contributions."""
        rows = self.database.read(
            "SELECT c.id, c.consultation, c.batch, c.state, c.supersedes, t.part, t.batch, t.sha256"
            " FROM contributions c LEFT JOIN tombstones t ON t.contribution = c.id"
            " WHERE c.consultation IN (SELECT value FROM json_each(?)) AND c.state <> ? ORDER BY c.id, t.part",
            (json.dumps(list(consultations)), State.SUBMITTED.value),
        )
        found: dict[str, tuple[str, int, State, str | None, list[tuple[PartId, int, str]]]] = {}
        for contribution, consultation, batch, state, supersedes, part, part_batch, digest in rows:
            *_, parts = found.setdefault(contribution, (consultation, batch, State(state), supersedes, []))
            if part is not None:
                parts.append((PartId(part), part_batch, digest))
        return [
            Tombstone(
                ContributionId(contribution),
                consultation,
                batch,
                tuple(parts),
                state,
                None if supersedes is None else ContributionId(supersedes),
            )
            for contribution, (consultation, batch, state, supersedes, parts) in found.items()
        ]

    def parts(self, consultations: Sequence[str], since: int, until: int) -> Iterator[StoredPart]:
        """Parts in the batches after `since` up to `until`, in the order of their ids, a few at a time.

        With them the earlier parts of contributions to which something was added after `since`.
        """
        last = ""
        while True:
            # No statement stays open between two parts: it would keep the log from being truncated.
            rows = self.database.read(
                "SELECT p.id, p.contribution, c.consultation, p.batch, p.sha256, p.sealed FROM parts p"
                " JOIN contributions c ON c.id = p.contribution"
                " WHERE p.id > ? AND p.batch BETWEEN 1 AND ? AND (p.batch > ? OR p.contribution IN"
                " (SELECT contribution FROM parts WHERE number > 0 AND batch > ? AND batch <= ?))"
                " AND c.consultation IN (SELECT value FROM json_each(?)) ORDER BY p.id LIMIT ?",
                (last, until, since, since, until, json.dumps(list(consultations)), STREAMED),
            )
            for part, contribution, consultation, batch, digest, sealed in rows:
                yield StoredPart(PartId(part), ContributionId(contribution), consultation, batch, digest, sealed)
            if len(rows) < STREAMED:
                return
            last = rows[-1][0]

    def chain(self, consultation: str, until: int) -> str:
        """The head of the consultation's chain after batch `until`. A batch without parts of it leaves it as it was."""
        # All of them at once would take memory in proportion; nothing is awaited until they are through.
        rows = self.database.each(
            "SELECT p.batch, p.id, p.sha256 FROM parts p JOIN contributions c ON c.id = p.contribution"
            " WHERE c.consultation = ? AND p.batch BETWEEN 1 AND ? UNION ALL"
            " SELECT t.batch, t.part, t.sha256 FROM tombstones t JOIN contributions c ON c.id = t.contribution"
            " WHERE c.consultation = ? AND t.batch BETWEEN 1 AND ? ORDER BY 1, 2",
            (consultation, until) * 2,
        )
        head = CHAIN_START
        for _, parts in groupby(rows, key=itemgetter(0)):
            head = chain_in_order(head, ((part, digest) for _, part, digest in parts))
        return head

    async def take(self, bundles: Sequence[Bundle]) -> int:
        """Keep contributions and what was added, durably; of how many something was new.

        One that is there, or was withdrawn, is left as it is. A version comes after the one that it supersedes.
        """

        def work(connection: sqlite3.Connection) -> int:
            return sum([_take(connection, bundle) | _append(connection, bundle) for bundle in bundles])

        return await self.database.write(work, erases=any(bundle.supersedes or bundle.additions for bundle in bundles))

    async def withdraw(self, receipt: Tag) -> State | None:
        """Erase the parts of every version with this receipt, leaving their digests; the state afterwards, or None.

        Superseded ones are withdrawn too. Repeating it changes nothing.
        """

        def work(connection: sqlite3.Connection) -> State | None:
            found = connection.execute("SELECT id FROM contributions WHERE receipt = ?", (receipt,)).fetchall()
            for (contribution,) in found:
                _erase(connection, contribution, State.WITHDRAWN)
            return State.WITHDRAWN if found else None

        return await self.database.write(work, erases=True)

    async def rearrange(self) -> None:
        """Leave no trace of the order of arrival in the places of rows, as long as the file is not very large.

        In a larger one the few rows that came since an export are scattered over so many pages that little shows.
        """
        ((size,),) = self.database.read("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        if size <= REARRANGED:
            await self.database.rearrange()

    async def begin_batch(self) -> int:
        """Give what is in no batch the next number; the newest number. Without anything new no number is used up."""

        def work(connection: sqlite3.Connection) -> int:
            ((newest,),) = connection.execute("SELECT coalesce(max(number), 0) FROM batches").fetchall()
            if connection.execute("SELECT 1 FROM parts WHERE batch = 0 LIMIT 1").fetchone() is None:
                return int(newest)
            connection.execute("INSERT INTO batches VALUES (?)", (newest + 1,))
            _number(connection, newest + 1)
            return int(newest) + 1

        # Nothing is erased, but every new part was written once more: the log need not stay that long.
        return await self.database.write(work, erases=True)


def _number(connection: sqlite3.Connection, batch: int) -> None:
    """Put what is in no batch into this one, a few rows at a time: SQLite keeps what a statement changed in memory."""
    last = ""
    while True:
        reach = "SELECT max(id), count(*) FROM (SELECT id FROM contributions WHERE id > ? ORDER BY id LIMIT ?)"
        ((end, count),) = connection.execute(reach, (last, NUMBERED)).fetchall()
        if not count:
            break
        connection.execute(
            "UPDATE contributions SET batch = ? WHERE batch = 0 AND id > ? AND id <= ?", (batch, last, end)
        )
        last = end
    some = "UPDATE parts SET batch = ? WHERE id IN (SELECT id FROM parts WHERE batch = 0 LIMIT ?)"
    while connection.execute(some, (batch, NUMBERED)).rowcount == NUMBERED:
        pass


def _take(connection: sqlite3.Connection, bundle: Bundle) -> bool:
    if not bundle.parts or connection.execute(_KNOWN, (bundle.contribution,)).fetchone():
        # A contribution and its parts come in one transaction: all are here, or were and have been erased since.
        return False
    versions = connection.execute("SELECT id, state FROM contributions WHERE receipt = ?", (bundle.receipt,)).fetchall()
    before = None
    if bundle.supersedes is not None:
        # Of two that were handed in at the same moment the later one here replaces the other: one always stands.
        before = next((version for version, state in versions if state == State.SUBMITTED.value), bundle.supersedes)
    connection.execute(
        "INSERT INTO contributions VALUES (?, ?, ?, ?, 0, ?, ?)",
        (bundle.contribution, bundle.consultation, bundle.receipt, State.SUBMITTED.value, before, bundle.note),
    )
    connection.executemany(
        "INSERT INTO parts VALUES (?, ?, 0, ?, ?, 0)",
        [(part.id, bundle.contribution, hashlib.sha256(part.sealed).hexdigest(), part.sealed) for part in bundle.parts],
    )
    if any(state == State.WITHDRAWN.value for _, state in versions):
        # Taken back while this version was on its way: who holds the receipt has withdrawn all of them.
        _erase(connection, bundle.contribution, State.WITHDRAWN)
    elif before is not None:
        _erase(connection, before, State.SUPERSEDED)
    return True


def _append(connection: sqlite3.Connection, bundle: Bundle) -> bool:
    """What was added; nothing where the contribution has no text any more."""
    standing = connection.execute(_KNOWN, (bundle.contribution,)).fetchone()
    if standing is None or standing[0] != State.SUBMITTED.value:
        return False
    new = False
    for addition in bundle.additions:
        digest = hashlib.sha256(addition.sealed).hexdigest()
        kept = connection.execute(
            "INSERT OR IGNORE INTO parts VALUES (?, ?, 0, ?, ?, ?)",
            (addition.id, bundle.contribution, digest, addition.sealed, addition.number),
        )
        if kept.rowcount == 1:
            new = True
            if addition.note is not None:
                connection.execute(
                    "UPDATE contributions SET note = ? WHERE id = ?", (addition.note, bundle.contribution)
                )
    return new


def _erase(connection: sqlite3.Connection, contribution: str, state: State) -> None:
    """Erase the parts of a contribution, leaving their digests for the chain."""
    connection.execute("UPDATE contributions SET state = ?, note = NULL WHERE id = ?", (state.value, contribution))
    connection.execute(
        "INSERT INTO tombstones SELECT id, contribution, batch, sha256 FROM parts WHERE contribution = ?",
        (contribution,),
    )
    connection.execute("DELETE FROM parts WHERE contribution = ?", (contribution,))


_KNOWN = "SELECT state FROM contributions WHERE id = ?"
