"""References: the usual libraries, as plainly as can be. `csv.writer` from a cursor, `json.dumps`, XlsxWriter with
constant memory, python-docx; none with any guard.
"""

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docx
import xlsxwriter  # type: ignore[import-untyped]  # the library has no type information


@contextmanager
def cursor(rows: Sequence[Sequence[str]]) -> Iterator[sqlite3.Connection]:
    """A table `lines` in memory with these rows."""
    connection = sqlite3.connect(":memory:")
    try:
        columns = len(rows[0])
        connection.execute(f"CREATE TABLE lines ({', '.join(f'c{at} TEXT' for at in range(columns))})")
        connection.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * columns)})", rows)
        yield connection
    finally:
        connection.close()


def write_csv(rows: Iterator[Sequence[str]], path: Path) -> None:
    """The rows of a cursor as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def write_json(lines: Sequence[Mapping[str, Any]], path: Path) -> None:
    """The lines as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_xlsx(rows: Sequence[Sequence[str]], path: Path) -> None:
    """The rows as one sheet; "1" and "0" as numbers, as a spreadsheet needs them for counting."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell in ("0", "1"):
                sheet.write_number(at, column, int(cell))
            elif cell:
                sheet.write_string(at, column, cell)
    book.close()


def write_docx(paragraphs: Sequence[str], path: Path) -> None:
    """The paragraphs one after the other."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
