"""What the commands print: lines, tables, moments. Not here: refusals and remarks (`refusals`)."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

WIDE = 160
"""Columns of a table where no terminal tells how many fit."""


def say(*lines: str) -> None:
    """Print a result, line by line."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings; long texts go over several lines."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - most commands print no table
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    made = Table(*headings, box=SIMPLE_HEAD)
    for row in rows:
        made.add_row(*(Text(cell, _COLOURS.get(cell, ""), overflow="fold") for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE).print(made)


_COLOURS = {"ok": "green", "open": "green", "note": "yellow", "ended": "yellow", "problem": "bold red"}


def moment(epoch_seconds: float) -> str:
    """Day and minute in UTC, and says so."""
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%d %H:%M} UTC"
