"""`python -m tests.faults [--quick]`: every harness of the list, and a table of what was tried and what was broken.

The whole run writes `docs/reliability.md` as well. Exit code 1 when a promise was broken. `--only NAME` runs one
harness and writes nothing. Not here: what the harnesses do (a module for each).
"""

import argparse
import datetime
import os
import platform
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.result import Extent, Result

HARNESSES = (
    "kill_sweep",
    "power_cut",
    "disk",
    "telegram",
    "clock",
    "model",
    "fuzz",
    "planted",
)
"""Modules of this folder, in the order in which they run. Each has `measure(extent, folder)`."""

REPORT = Path(__file__).parents[2] / "docs" / "reliability.md"
LONGEST_NOTE = 160
MOST_SHOWN = 20
"""Broken promises that are listed of one row."""

Measure = Callable[[Extent, Path], list[Result]]


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Make the bot fail in every way.")
    parser.add_argument("--quick", action="store_true", help="the figures of every change, in minutes")
    parser.add_argument("--only", choices=HARNESSES, help="one harness, without a report")
    chosen = parser.parse_args()
    extent = Extent.QUICK if chosen.quick else Extent.WHOLE
    console = Console(stderr=False, width=None if sys.stdout.isatty() else 160)
    began = time.monotonic()
    results = [row for name in HARNESSES if chosen.only in (None, name) for row in _run(name, extent, console)]
    seconds = time.monotonic() - began
    console.print(_table(results))
    for row in results:
        for violation in row.violations[:MOST_SHOWN]:
            console.print(f"[red]{row.name}[/red]: {violation}", highlight=False, markup=True)
    if extent is Extent.WHOLE and chosen.only is None:
        REPORT.write_text(report(results, seconds), "utf-8")
        console.print(f"written: {REPORT.name}")
    broken = [row for row in results if not row.passed and not row.skipped]
    console.print(f"{len(results)} rows, {len(broken)} not in order, {seconds / 60:.1f} minutes")
    return 1 if broken else 0


def _run(name: str, extent: Extent, console: Console) -> list[Result]:
    """The rows of one harness; one that is broken gives a row that says so."""
    began = time.monotonic()
    measure: Measure = import_module(f"tests.faults.{name}").measure
    with tempfile.TemporaryDirectory(prefix=f"faults-{name}-") as folder:
        try:
            rows = measure(extent, Path(folder))
        except Exception as error:  # the other harnesses must still run
            traceback.print_exc()
            rows = [Result(name, "did not come to its end", 1, [f"the harness failed: {type(error).__name__}"])]
    console.print(f"{name}: {len(rows)} rows in {time.monotonic() - began:.0f} s", highlight=False)
    return rows


def _brief(note: str) -> str:
    """One line that fits a table."""
    line = " ".join(note.split()).replace("|", "/")
    return line if len(line) <= LONGEST_NOTE else f"{line[:LONGEST_NOTE]}…"


def _outcome(row: Result) -> str:
    if row.skipped:
        return "left out"
    if row.violations:
        return f"{len(row.violations)} broken"
    return "kept" if row.count else "not done"


def _table(results: Sequence[Result]) -> Table:
    table = Table("harness", "what was done", "faults", "promises", "note", title="Fault suite")
    for row in results:
        style = "yellow" if row.skipped else "green" if row.passed else "red"
        table.add_row(row.name, row.what, f"{row.count:,}", f"[{style}]{_outcome(row)}[/{style}]", _brief(row.note))
    return table


def report(results: Sequence[Result], seconds: float) -> str:
    """`docs/reliability.md`."""
    rows = [f"| {row.name} | {row.what} | {row.count:,} | {_outcome(row)} | {_brief(row.note)} |" for row in results]
    broken = [f"- {row.name}: {violation}" for row in results for violation in row.violations[:MOST_SHOWN]]
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return "\n".join(
        [
            "# Reliability: what was done to the bot, and what became of the promises",
            "",
            "Two promises are tested: what was acknowledged is kept and exported once; what is kept cannot be read on",
            "the server. Written by `make faults`, which anybody can repeat; `make faults-quick` does a tenth of it in",
            "minutes. Do not edit.",
            "",
            f"{day}, {seconds / 60:.0f} minutes on {machine}; {versions}.",
            "",
            "## Figures",
            "",
            "| harness | what was done | faults | promises | note |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *(["## Broken promises", "", *broken, ""] if broken else []),
            "## How it is made",
            "",
            "Each harness starts the real bot (`python -m bot run`) on a folder of its own and lets invented people",
            "talk to it over HTTP, through an emulated Telegram that keeps, repeats and expires updates as the real",
            "one does. Every message and tap is written down when it is made, and everything that the chat shows as",
            "saved, chosen or sent, when it is shown. In the end the bot's export is opened by a key that the bot",
            "never had, and both are compared:",
            "",
            "- whoever has a receipt stands in the export once, with every word and every choice;",
            "- nothing stands there that nobody said, that was never handed in, or that is there twice;",
            "- no draft of which anything was acknowledged is gone, and nobody is left without an answer;",
            "- each receipt is known to the bot, and both keys open the same;",
            "- all files that the server kept, its logs and exports included, are searched for the texts, names,",
            "  numbers, receipts and the token, in every usual encoding.",
            "",
            "A harness that cannot fail proves nothing: the planted faults are defects put into the bot on purpose,",
            "each of which has to be caught.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
