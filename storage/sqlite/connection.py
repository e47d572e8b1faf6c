"""One SQLite file: a writer that commits many callers' work at once, and a reader that answers in place.

Each await on aiosqlite costs a hop to its thread and back, and each durable commit an fsync. Here callers hand over
plain functions; one task takes all that wait, and runs them in one hop and one transaction. Erased data is also taken
out of the write-ahead log, which would keep it. Several processes may have the same file open.
Not here: tables (the stores beside this file), what is in a row (`storage.sealed` seals it first).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiosqlite

from bot.core.errors import Unavailable
from bot.core.ports import Log
from storage.sqlite import migrations

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""Runs in the writer's thread, inside a transaction. It must be finished with its cursors when it returns.

It may be run a second time, after the first was undone: nothing but the database may depend on it.
"""

GROUP = 256
"""Most works in one transaction: bounds how long the first one waits for the last."""
BUSY_MS = 5_000
"""How long a write waits for another process's transaction."""
TRUNCATION_BUSY_MS = 100
"""How long a truncation waits for readers; it holds up the writer meanwhile, and can be tried again."""
TRUNCATION_RETRY_S = 1.0


class WriterThread(aiosqlite.Connection):
    """aiosqlite's connection and thread, with a way to run a whole transaction in one hop."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # A program that fails elsewhere must be able to end: the thread only waits, and a commit is never half done.
        self._thread.daemon = True

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run the function with the connection, in the connection's thread.

        Uses the protected `_execute`, which every public method of aiosqlite is made of: the public ones cost a hop for
        each statement, which is four to six times slower for a transaction. The version is pinned, and the tests of
        this file notice a change.
        """
        # Wrapped, because aiosqlite writes what it executes to its log at DEBUG: a bare closure says nothing there.
        return cast(T, await self._execute(lambda: function(self._conn)))  # type: ignore[no-untyped-call]

    async def abandon(self) -> None:
        """Close after a failed start, and wait for the thread: it would report to an event loop that is gone."""
        await self.close()
        await asyncio.to_thread(self._thread.join)


@dataclass(frozen=True, repr=False)
class _Waiting:
    work: Work[Any] | None
    """None: only wants the log truncated, or to know that those before it are done."""
    erases: bool
    done: asyncio.Future[Any]
    rearranges: bool = False


class Database:
    """One SQLite file. Made by `open`, ended by `close`."""

    def __init__(self, path: Path, writer: WriterThread, reader: sqlite3.Connection, log: Log) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._log = log
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._closing = False
        self._retry: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._serve(), name=f"writer-{path.stem}")

    @classmethod
    async def open(cls, path: Path, store: str, log: Log, *, page_size: int = 4096) -> Self:
        """Open or create the file, bring its tables up to date, and empty its log of what was erased before.

        Raises Misconfigured `store_is_newer` {path}: made by a later version of this program.
        """
        writer = WriterThread(lambda: _connect(path, page_size))
        try:
            await writer
            await writer.run(lambda connection: migrations.apply(connection, store, path))
            reader = _connect_reader(path)
        except sqlite3.Error as error:
            await writer.abandon()
            raise Unavailable("storage_unavailable", file=path.name) from error
        except BaseException:
            await writer.abandon()
            raise
        database = cls(path, writer, reader, log)
        await database.truncate()
        return database

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a short query, at once, in the caller's thread: a point read takes a few microseconds."""
        try:
            return self._reader.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if not _environmental(error):
                raise
            raise Unavailable("storage_unavailable", file=self.path.name) from error

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a long query, one by one. Until the last one the log cannot be truncated: await nothing."""
        try:
            yield from self._reader.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            if not _environmental(error):
                raise
            raise Unavailable("storage_unavailable", file=self.path.name) from error

    async def write(self, work: Work[T], *, erases: bool = False) -> T:
        """Run the work in a transaction; return its value once that is on disk.

        What the work raises comes out here, and then nothing of this work happened, whatever became of others in the
        same transaction. With `erases`, the log is truncated right after the commit (not awaited: see `truncate`).
        Raises Unavailable `storage_unavailable` {file}: nothing happened, and it may go better later.
        """
        return cast(T, await self._put(work, erases))

    async def truncate(self) -> bool:
        """Take what was erased out of the log too. False when a reader stood in the way: then it is tried again."""
        return cast(bool, await self._put(None, True))

    async def rearrange(self) -> bool:
        """Write the file anew, everything in the order of its keys, and truncate the log. False when that failed.

        A page keeps its rows where there was room when they came, so that without this their places tell the order
        of arrival whatever their keys are. Takes time and memory in proportion to the file.
        """
        return cast(bool, await self._put(None, True, rearranges=True))

    async def settled(self) -> None:
        """Wait until all that was handed over before is done, truncations included."""
        await self._put(None, False)

    async def close(self) -> None:
        """Finish what waits, truncate the log, close the file."""
        if self._closing:
            return
        await self.truncate()
        self._closing = True
        if self._retry is not None:
            self._retry.cancel()
        self._queue.put_nowait(None)
        await self._task
        self._reader.close()
        await self._writer.close()

    async def _put(self, work: Work[Any] | None, erases: bool, *, rearranges: bool = False) -> Any:
        if self._closing or self._task.done():
            raise Unavailable("storage_unavailable", file=self.path.name)
        done = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Waiting(work, erases, done, rearranges))
        return await done

    async def _serve(self) -> None:
        while True:
            taken = await self._take()
            if not taken:
                return
            waiting = [one for one in taken if not one.done.cancelled()]
            works = [one for one in waiting if one.work is not None]
            if works:
                await self._commit(works)
            rearranged = await self._rearrange() if any(one.rearranges for one in waiting) else True
            truncated = await self._truncate() if any(one.erases for one in waiting) else None
            for one in waiting:
                if one.work is None and not one.done.done():
                    one.done.set_result(truncated and rearranged)

    async def _take(self) -> list[_Waiting]:
        """All that wait, at least one; empty when there will be no more."""
        taken: list[_Waiting] = []
        one = await self._queue.get()
        while one is not None:
            taken.append(one)
            if len(taken) == GROUP or self._queue.empty():
                return taken
            one = self._queue.get_nowait()
        if taken:
            self._queue.put_nowait(None)
        return taken

    async def _commit(self, waiting: Sequence[_Waiting]) -> None:
        works = [one.work for one in waiting if one.work is not None]
        outcomes: list[Any]
        try:
            outcomes = await self._writer.run(lambda connection: _transaction(connection, works))
        except Exception as error:
            outcomes = [error] * len(waiting)
        for one, outcome in zip(waiting, outcomes, strict=True):
            if one.done.done():
                continue
            if not isinstance(outcome, Exception):
                one.done.set_result(outcome)
            elif _environmental(outcome):
                self._log.failure("store_unavailable", outcome)
                unavailable = Unavailable("storage_unavailable", file=self.path.name)
                unavailable.__cause__ = outcome
                one.done.set_exception(unavailable)
            else:
                one.done.set_exception(outcome)

    async def _rearrange(self) -> bool:
        try:
            await self._writer.run(lambda connection: connection.execute("VACUUM").close())
        except sqlite3.Error as error:
            self._log.failure("store_unavailable", error)
            return False
        return True

    async def _truncate(self) -> bool:
        try:
            truncated = await self._writer.run(_truncate_log)
        except sqlite3.Error:
            truncated = False
        if not truncated and not self._closing and self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(TRUNCATION_RETRY_S, self._truncate_again)
        return truncated

    def _truncate_again(self) -> None:
        self._retry = None
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Waiting(None, True, done))


def _transaction(connection: sqlite3.Connection, works: Sequence[Work[Any]]) -> list[Any]:
    """Run all works in one transaction; give the value or the exception of each. Raises when none was committed."""
    try:
        if connection.in_transaction:
            # A rollback that itself failed, while the disk did.
            connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        outcomes = _all(connection, works)
        connection.execute("COMMIT")
    except BaseException:
        # On some errors SQLite has rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _all(connection: sqlite3.Connection, works: Sequence[Work[Any]]) -> list[Any]:
    """All works' values; where one fails, all are begun again, each in a savepoint of its own, and it alone is undone.

    Savepoints are half of all statements, and after every statement the thread has to get Python's lock back.
    """
    try:
        return [work(connection) for work in works]
    except Exception:
        if not connection.in_transaction:
            raise
    connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    return [_one(connection, work) for work in works]


def _one(connection: sqlite3.Connection, work: Work[Any]) -> Any:
    """The work's value, or its exception, with what it did undone. Raises when the whole transaction is gone."""
    connection.execute("SAVEPOINT work")
    try:
        value = work(connection)
    except Exception as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return error
    connection.execute("RELEASE work")
    return value


def _environmental(error: Exception) -> bool:
    """Whether the disk, not the caller, is at fault. sqlite3 gives plain DatabaseError for a malformed file."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def _truncate_log(connection: sqlite3.Connection) -> bool:
    """Move the log's pages into the file and cut the log to nothing; whether that was done."""
    connection.execute(f"PRAGMA busy_timeout={TRUNCATION_BUSY_MS}")
    try:
        ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return bool(busy == 0)


def _connect(path: Path, page_size: int) -> sqlite3.Connection:
    # isolation_level=None: transactions are begun and ended here, never by the library.
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
        if pages == 0:
            # These two only take effect before anything is written, so before the journal mode.
            connection.execute(f"PRAGMA page_size={page_size}")
            connection.execute("PRAGMA auto_vacuum=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # 4 MiB of log at most, whatever the page size.
        connection.execute(f"PRAGMA wal_autocheckpoint={4 * 1024 * 1024 // page_size}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection
