"""Reference: `csv.writer.writerows` from a cursor of sqlite3, and a loop of `json.dumps`; both without any guard."""

import csv
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any


def run(rows: Sequence[Sequence[str]], path: Path) -> float:
    """Seconds to write the rows as CSV."""
    with closing(sqlite3.connect(":memory:")) as connection:
        columns = len(rows[0])
        connection.execute(f"CREATE TABLE lines ({', '.join(f'c{at} TEXT' for at in range(columns))})")
        connection.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * columns)})", rows)
        began = time.perf_counter()
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(connection.execute("SELECT * FROM lines"))
        return time.perf_counter() - began


def run_json(lines: Sequence[Mapping[str, Any]], path: Path) -> float:
    """Seconds to write the lines as JSON Lines."""
    began = time.perf_counter()
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return time.perf_counter() - began
