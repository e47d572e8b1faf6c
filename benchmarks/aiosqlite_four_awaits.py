"""Reference: aiosqlite as its documentation shows it, an await for each statement."""

import os
import time
from pathlib import Path

import aiosqlite

from benchmarks.sqlite3_one_at_a_time import INSERT, TABLES, UPSERT


async def run(path: Path, count: int, chats: int = 1000) -> float:
    """Seconds for so many transactions."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        for statement in TABLES:
            await connection.execute(statement)
        began = time.perf_counter()
        for number in range(count):
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute(INSERT, (number, number % chats, os.urandom(600)))
            await connection.execute(UPSERT, (number % chats,))
            await connection.execute("COMMIT")
        return time.perf_counter() - began
