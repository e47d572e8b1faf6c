"""Durable commits: many that wait together in our writer, against one at a time.

A transaction adds a row of 600 bytes with a secondary index and updates a row of its chat, always synchronous=FULL.
Not here: sealing, and the other statements of a real step (`step` has them).
"""

import asyncio
import os
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from benchmarks import aiosqlite_four_awaits, sqlite3_one_at_a_time
from benchmarks.results import Goal, Results
from benchmarks.sqlite3_one_at_a_time import INSERT, TABLES, UPSERT
from storage.factory import SILENT
from storage.sqlite.connection import Database

WAITING = 64
CHATS = 1000


async def together(path: Path, count: int, waiting: int) -> tuple[float, list[float]]:
    """Seconds, and the milliseconds of each commit, with so many callers."""
    database = await Database.open(path, "work", SILENT)
    for statement in TABLES:
        await database.write(lambda connection, statement=statement: connection.execute(statement) and None)  # type: ignore[misc]
    left = iter(range(count))
    delays: list[float] = []

    def transaction(connection: sqlite3.Connection, number: int) -> None:
        connection.execute(INSERT, (number, number % CHATS, os.urandom(600)))
        connection.execute(UPSERT, (number % CHATS,))

    async def caller() -> None:
        for number in left:
            began = time.perf_counter()
            await database.write(lambda connection: transaction(connection, number))  # noqa: B023 - awaited here
            delays.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(waiting)))
    seconds = time.perf_counter() - began
    await database.close()
    return seconds, delays


def measure(quick: bool, rounds: int) -> Results:
    """Everything in turn, each round in new files."""
    results = Results("commit", quick)
    size = 1 if quick else 4
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            count = 2500 * size
            seconds, delays = asyncio.run(together(folder / "many.db", count, WAITING))
            results.note(f"{WAITING} waiting: commits/s", count / seconds)
            results.note(f"{WAITING} waiting: p99, ms", quantiles(delays, n=100)[98])
            count = 200 * size
            seconds, delays = asyncio.run(together(folder / "alone.db", count, 1))
            results.note("1 waiting: commits/s", count / seconds)
            results.note("1 waiting: p50, ms", median(delays))
            count = 400 * size
            seconds = sqlite3_one_at_a_time.run(folder / "stdlib.db", count)
            results.note("sqlite3, one at a time: commits/s", count / seconds)
            count = 100 * size
            seconds = asyncio.run(aiosqlite_four_awaits.run(folder / "aiosqlite.db", count))
            results.note("aiosqlite, four awaits: commits/s", count / seconds)
    many = f"{WAITING} waiting: commits/s"
    results.ratio(
        f"rate, {WAITING} waiting / sqlite3 one at a time",
        many,
        "sqlite3, one at a time: commits/s",
        Goal(8, "group commit / sqlite3 one at a time", 5, 8),
    )
    results.ratio(
        f"rate, {WAITING} waiting / aiosqlite with four awaits",
        many,
        "aiosqlite, four awaits: commits/s",
        Goal(8, "group commit / aiosqlite", 20, 35),
    )
    results.ratio(
        f"p99 with {WAITING} waiting / p50 alone",
        f"{WAITING} waiting: p99, ms",
        "1 waiting: p50, ms",
        Goal(9, "p99 of a group / p50 of one alone", 40, 20, less=True),
    )
    return results
