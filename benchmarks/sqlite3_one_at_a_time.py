"""Reference: the standard library's sqlite3, a durable transaction after the other."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

TABLES = (
    "CREATE TABLE bench_answers (id INTEGER PRIMARY KEY, chat INTEGER, sealed BLOB)",
    "CREATE INDEX bench_by_chat ON bench_answers (chat)",
    "CREATE TABLE bench_chats (chat INTEGER PRIMARY KEY, count INTEGER)",
)
INSERT = "INSERT INTO bench_answers VALUES (?, ?, ?)"
UPSERT = "INSERT INTO bench_chats VALUES (?, 1) ON CONFLICT (chat) DO UPDATE SET count = count + 1"


def run(path: Path, count: int, chats: int = 1000) -> float:
    """Seconds for so many transactions."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for statement in TABLES:
            connection.execute(statement)
        began = time.perf_counter()
        for number in range(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(INSERT, (number, number % chats, os.urandom(600)))
            connection.execute(UPSERT, (number % chats,))
            connection.execute("COMMIT")
        return time.perf_counter() - began
