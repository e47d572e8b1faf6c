"""Commands about the audit log: who with a role did what, and whether the chain holds.

Not here: what is noted (`bot.core.audit`), the file (`storage.audit`).
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

from bot.cli.folder import noted, stores
from bot.cli.output import say
from bot.core.audit import START, Entry, first_broken
from bot.core.errors import Corrupt, Refused


def export(chosen: argparse.Namespace) -> None:
    """Write every entry, one JSON line each, with the head of the chain after it."""

    async def write() -> tuple[int, str]:
        count, head = 0, START
        async with stores() as opened:
            await noted(opened, "audit_exported", "all")
            with chosen.output.open("x", encoding="utf-8") as file:
                for entry, head in opened.audit.entries():
                    file.write(json.dumps({**asdict(entry), "head": head}) + "\n")
                    count += 1
        return count, head

    try:
        count, head = asyncio.run(write())
    except FileExistsError as error:
        raise Refused("file_exists", path=str(chosen.output)) from error
    say(f"{count} entries, the last head is {head}")


def verify(chosen: argparse.Namespace) -> None:
    """Whether no entry was changed, dropped or put between, in the log or in an exported file."""

    async def own() -> tuple[int | None, int]:
        async with stores() as opened:
            return opened.audit.verify(), sum(1 for _ in opened.audit.entries())

    if chosen.file is None:
        broken, count = asyncio.run(own())
    else:
        broken, count = first_broken(_lines(chosen.file)), sum(1 for _ in _lines(chosen.file))
    if broken is not None:
        raise Corrupt("audit_broken", number=broken)
    say(f"{count} entries, none changed")


def _lines(path: Path) -> Iterator[tuple[Entry, str]]:
    """The entries of an exported file. Raises Corrupt `audit_unreadable`."""
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield Entry(**{field.name: row[field.name] for field in fields(Entry)}), row["head"]
    except FileNotFoundError as error:
        raise Refused("audit_unreadable", path=str(path)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt("audit_unreadable", path=str(path)) from error
