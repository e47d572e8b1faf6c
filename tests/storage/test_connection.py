"""Many works in one transaction: who gets what, and when."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import Misconfigured, Refused, Unavailable
from storage.sqlite import connection as connection_module
from storage.sqlite import migrations
from storage.sqlite.connection import Database
from tests.storage.world import RememberingLog, rows


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "work.db", "work", RememberingLog())
    yield opened
    await opened.close()


def done(number: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO updates VALUES (?, 1)", (number,))
        return number

    return work


def spoiled(number: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO updates VALUES (?, 1)", (number,))
        raise Refused("spoiled")

    return work


def stored(database: Database) -> set[int]:
    """Read through a connection of our own."""
    return {row[0] for row in rows(database.path, "SELECT id FROM updates")}


async def test_the_settings_that_the_promises_rest_on(database: Database) -> None:
    def settings(connection: sqlite3.Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "secure_delete", "auto_vacuum", "temp_store", "trusted_schema")
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    found = await database._writer.run(settings)
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "secure_delete": 1,
        "auto_vacuum": 1,  # FULL
        "temp_store": 2,  # MEMORY
        "trusted_schema": 0,
    }


async def test_the_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Unavailable):
        database.read("INSERT INTO updates VALUES (1, 1)")
    assert stored(database) == set()


async def test_sixty_four_at_once_share_transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []
    run = connection_module._transaction

    def counted(connection: sqlite3.Connection, works: Any) -> Any:
        groups.append(len(works))
        return run(connection, works)

    monkeypatch.setattr(connection_module, "_transaction", counted)
    values = await asyncio.gather(*(database.write(done(number)) for number in range(64)))
    assert values == list(range(64))
    assert stored(database) == set(range(64))
    assert sum(groups) == 64
    assert len(groups) <= 3


async def test_a_bad_one_does_not_spoil_the_others(database: Database) -> None:
    works = [spoiled(number) if number % 7 == 3 else done(number) for number in range(64)]
    outcomes = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        if number % 7 == 3:
            assert isinstance(outcome, Refused)
        else:
            assert outcome == number
    assert stored(database) == {number for number in range(64) if number % 7 != 3}


async def test_a_value_comes_only_after_the_commit(database: Database) -> None:
    async def write_and_look(number: int) -> bool:
        await database.write(done(number))
        return number in stored(database)

    assert all(await asyncio.gather(*(write_and_look(number) for number in range(32))))


async def test_looking_before_the_commit_is_noticed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test before this one can fail: here a value is given out before its transaction ends."""
    loop = asyncio.get_running_loop()
    early: list[bool] = []
    looked = asyncio.Event()

    def look() -> None:
        early.append(1 in stored(database))
        looked.set()

    def work(connection: sqlite3.Connection) -> None:
        done(1)(connection)
        asyncio.run_coroutine_threadsafe(asyncio.to_thread(look), loop).result(5)

    await database.write(work)
    assert looked.is_set()
    assert early == [False]
    assert stored(database) == {1}


async def test_a_caller_who_gives_up_harms_nobody(database: Database) -> None:
    tasks = [asyncio.create_task(database.write(done(number))) for number in range(8)]
    tasks[3].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [0, 1, 2, 4, 5, 6, 7]
    await database.write(done(99))
    assert stored(database) >= {0, 1, 2, 4, 5, 6, 7, 99}


async def test_another_programs_transaction_is_waited_for_and_then_nothing_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database._writer.run(lambda connection: connection.execute("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        outcomes = await asyncio.gather(
            database.write(done(1)), database.write(done(2)), database.write(spoiled(3)), return_exceptions=True
        )
        assert [isinstance(outcome, Unavailable) for outcome in outcomes] == [True] * 3
        other.execute("ROLLBACK")
    assert stored(database) == set()
    assert await database.write(done(1)) == 1
    assert stored(database) == {1}


async def test_when_sqlite_undid_the_transaction_itself_nobody_is_told_otherwise(database: Database) -> None:
    def undone(connection: sqlite3.Connection) -> None:
        # What SQLite does of itself on some errors of the disk.
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    outcomes = await asyncio.gather(
        database.write(done(1)), database.write(undone), database.write(done(2)), return_exceptions=True
    )
    assert [isinstance(outcome, Unavailable) for outcome in outcomes] == [True] * 3
    assert stored(database) == set()
    assert await database.write(done(1)) == 1


async def test_a_broken_work_is_a_fault_of_its_own(database: Database) -> None:
    await database.write(done(1))
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(done(1))


async def test_after_closing_nothing_is_taken(database: Database) -> None:
    waiting = [asyncio.create_task(database.write(done(number))) for number in range(5)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert [await task for task in waiting] == list(range(5))
    with pytest.raises(Unavailable):
        await database.write(done(9))
    assert stored(database) == set(range(5))


async def test_what_is_executed_is_not_in_the_librarys_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "7000000001"
    with caplog.at_level("DEBUG", logger="aiosqlite"):
        await database.write(done(int(secret)))
    assert "executing" in caplog.text
    assert secret not in caplog.text


async def test_a_reader_in_the_way_of_truncation_is_waited_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "TRUNCATION_RETRY_S", 0.01)
    log = database.path.with_name("work.db-wal")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM updates").fetchone()
        await database.write(done(1), erases=True)
        assert not await database.truncate()
        assert log.stat().st_size > 0
        other.execute("COMMIT")
    async with asyncio.timeout(5):
        while log.stat().st_size:
            await asyncio.to_thread(log.stat)


async def test_migrations_are_applied_once_and_whole(tmp_path: Path) -> None:
    for store in ("work", "vault", "contacts", "audit"):
        steps = migrations.available(store)
        assert [number for number, _ in steps] == list(range(1, len(steps) + 1))
        path = tmp_path / f"{store}.db"
        for _ in range(2):
            database = await Database.open(path, store, RememberingLog())
            await database.close()
        assert rows(path, "PRAGMA user_version") == [(len(steps),)]


async def test_a_failing_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "work.db"
    monkeypatch.setattr(migrations, "available", lambda _: [(1, "CREATE TABLE one (a);\nCREATE TABLE one (a);\n")])
    with pytest.raises(Unavailable):
        await Database.open(path, "work", RememberingLog())
    assert rows(path, "SELECT count(*) FROM sqlite_schema") == [(0,)]


async def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "work.db"
    database = await Database.open(path, "work", RememberingLog())
    await database.close()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("PRAGMA user_version=99")
    with pytest.raises(Misconfigured) as raised:
        await Database.open(path, "work", RememberingLog())
    assert raised.value.code == "store_is_newer"
