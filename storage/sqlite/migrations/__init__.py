"""Brings the tables of a file up to date: `<store>/NNNN_what.sql`, applied in order, each once.

`PRAGMA user_version` holds the number of the last one. A file is never edited after it was released; another follows.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.core.errors import Misconfigured

_HERE = Path(__file__).parent


def available(store: str) -> list[tuple[int, str]]:
    """Number and SQL of each migration of a store, in order."""
    files = sorted((_HERE / store).glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [(int(file.name[:4]), file.read_text("utf-8")) for file in files]


def apply(connection: sqlite3.Connection, store: str, path: Path) -> None:
    """Apply what is missing, all of it or nothing. Raises Misconfigured `store_is_newer` {path}."""
    steps = available(store)
    if _version(connection) == steps[-1][0]:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version > steps[-1][0]:
            raise Misconfigured("store_is_newer", path=str(path))
        for number, sql in steps:
            if number > version:
                for statement in _statements(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(version)


def _statements(sql: str) -> Iterator[str]:
    """One by one, because `executescript` would commit first."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
