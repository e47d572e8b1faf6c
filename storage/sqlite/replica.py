"""`replica.db`: the vault once more, with the same tables, in a folder that may be on another disk.

Put in the vault's place it is a vault. Opened for each copy and closed again, by its path: a file that somebody took
away or replaced while it was open would take what is written and lose it. Not here: what is copied when
(`storage.replica`).
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.contributions import ContributionId
from bot.core.errors import Unavailable
from bot.core.ports import Log
from storage.sqlite.connection import Database
from storage.sqlite.vault import PAGE_SIZE, VaultFile

NAME = "replica.db"

LISTED = 5_000
"""Ids read at once when everything is compared."""

Row = tuple[Any, ...]

SELECTIONS = (
    "SELECT * FROM contributions WHERE id = ?",
    "SELECT * FROM parts WHERE contribution = ? ORDER BY id",
    "SELECT * FROM tombstones WHERE contribution = ? ORDER BY part",
)
"""A contribution's row, its parts, and what is left of parts that were erased."""


@dataclass(frozen=True)
class Copy:
    """One contribution with all that belongs to it, as it rests in the vault. Without a row it is erased."""

    contribution: ContributionId
    row: Row | None
    parts: Sequence[Row]
    tombstones: Sequence[Row]


def generation(folder: Path) -> str | None:
    """Which state the replica in this folder is in; None when there is none.

    Raises Unavailable `replica_unavailable` {path}: the folder is missing, or the file cannot be read.
    """
    if not folder.is_dir():
        raise Unavailable("replica_unavailable", path=str(folder))
    if not (folder / NAME).exists():
        return None
    with _reading(folder) as connection:
        # A bot that was killed while it made the file leaves one without tables: it is made and filled again.
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'copies'").fetchone() is None:
            return None
        found = connection.execute("SELECT generation FROM copies").fetchone()
    return None if found is None else str(found[0])


@asynccontextmanager
async def opened(folder: Path, log: Log) -> AsyncIterator["ReplicaFile"]:
    """The replica in this folder, made when there is none. Raises what `Database.open` does."""
    new = not (folder / NAME).exists()
    database = await Database.open(folder / NAME, "vault", log, page_size=PAGE_SIZE)
    try:
        if new:
            _sync(folder)
            _sync(folder.parent)  # the folder itself may be new, too
        yield ReplicaFile(VaultFile(database))
    finally:
        with suppress(Unavailable):
            await database.close()


class Original:
    """The vault's side: what the replica does not have yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def generations(self) -> set[str]:
        """States of the replica in which it has everything but what is listed here."""
        return {row[0] for row in self._database.read("SELECT generation FROM copies")}

    def uncopied(self, most: int) -> dict[ContributionId, bytes]:
        """Contributions to copy, with a mark that differs once they have changed again."""
        rows = self._database.read("SELECT contribution, change FROM uncopied LIMIT ?", (most,))
        return {ContributionId(contribution): change for contribution, change in rows}

    def waiting(self) -> int:
        """How many are to be copied."""
        return int(self._database.read("SELECT count(*) FROM uncopied")[0][0])

    def unknown(self, ids: Sequence[ContributionId]) -> list[ContributionId]:
        """Those of these contributions that are not in the vault."""
        sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM contributions)"
        return [ContributionId(row[0]) for row in self._database.read(sql, (json.dumps(ids),))]

    def copies(self, contributions: Sequence[ContributionId]) -> list[Copy]:
        """These contributions as they are now."""
        found = []
        for one in contributions:
            row, parts, tombstones = (self._database.read(sql, (one,)) for sql in SELECTIONS)
            found.append(Copy(one, row[0] if row else None, parts, tombstones))
        return found

    def batches(self) -> list[int]:
        """Numbers of all batches."""
        return [row[0] for row in self._database.read("SELECT number FROM batches")]

    async def plan(self, generation: str, *, anew: bool) -> None:
        """Note the state that the replica is about to reach; `anew`: it has nothing that can be relied on."""

        def work(connection: sqlite3.Connection) -> None:
            if anew:
                connection.execute("INSERT OR IGNORE INTO uncopied SELECT id, randomblob(8) FROM contributions")
                connection.execute("DELETE FROM copies")
            connection.execute("INSERT OR IGNORE INTO copies VALUES (?)", (generation,))

        await self._database.write(work)

    async def copied(self, contributions: Mapping[ContributionId, bytes], generation: str) -> None:
        """The replica is in this state, and has these contributions unless they have changed since."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM uncopied WHERE contribution = ? AND change = ?", contributions.items())
            connection.execute("DELETE FROM copies WHERE generation <> ?", (generation,))

        await self._database.write(work)


class ReplicaFile:
    """An open replica."""

    def __init__(self, file: VaultFile) -> None:
        self._file = file

    async def take(self, copies: Sequence[Copy], batches: Sequence[int], generation: str) -> None:
        """Make these contributions what they are in the vault, all at once; from then on it is in this generation."""

        def work(connection: sqlite3.Connection) -> None:
            for copy in copies:
                _take(connection, copy)
            connection.executemany("INSERT OR IGNORE INTO batches VALUES (?)", [(batch,) for batch in batches])
            connection.execute("DELETE FROM uncopied")
            connection.execute("DELETE FROM copies")
            connection.execute("INSERT INTO copies VALUES (?)", (generation,))

        await self._file.database.write(work, erases=True)
        await self._file.database.truncate()

    def ids(self, after: str) -> list[ContributionId]:
        """The next contributions in the order of their ids."""
        sql = "SELECT id FROM contributions WHERE id > ? ORDER BY id LIMIT ?"
        return [ContributionId(row[0]) for row in self._file.database.read(sql, (after, LISTED))]

    async def rearrange(self) -> None:
        """Leave no trace of the order of arrival, as in the vault."""
        await self._file.rearrange()


def verified(folder: Path, copies: Sequence[Copy]) -> bool:
    """Whether the file, opened anew by its path, gives back every one of these as it is, byte for byte."""
    with _reading(folder) as connection:
        return all(_same(connection, copy) for copy in copies)


def _same(connection: sqlite3.Connection, copy: Copy) -> bool:
    row, parts, tombstones = (_rows(connection, sql, copy.contribution) for sql in SELECTIONS)
    wanted = [] if copy.row is None else [copy.row]
    digests = all(hashlib.sha256(part[4]).hexdigest() == part[3] for part in parts)
    return (row, parts, tombstones) == (wanted, list(copy.parts), list(copy.tombstones)) and digests


def _rows(connection: sqlite3.Connection, sql: str, contribution: ContributionId) -> list[Row]:
    return connection.execute(sql, (contribution,)).fetchall()


def _take(connection: sqlite3.Connection, copy: Copy) -> None:
    of = (copy.contribution,)
    before = {row[0] for row in connection.execute("SELECT id FROM parts WHERE contribution = ?", of)}
    gone = before - {part[0] for part in copy.parts}
    connection.executemany("DELETE FROM parts WHERE id = ?", [(part,) for part in gone])
    if copy.row is None:
        connection.execute("DELETE FROM tombstones WHERE contribution = ?", of)
        connection.execute("DELETE FROM contributions WHERE id = ?", of)
        return
    for table, rows in (("contributions", [copy.row]), ("parts", copy.parts), ("tombstones", copy.tombstones)):
        if rows:
            values = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({values})", rows)  # noqa: S608 - names above


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_reader(folder / NAME)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise Unavailable("replica_unavailable", path=str(folder)) from error


def _reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _sync(folder: Path) -> None:
    """Make sure that the file's name survives a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
