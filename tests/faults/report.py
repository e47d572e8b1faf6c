"""What harnesses found, as files: kept by each run, read for the table on the screen and for `docs/reliability.md`.

A harness leaves one file, with the time at which it began, how long it took and on what. So a whole run may be made in
pieces, and the report says of each piece when it was made. Not here: running them (`__main__`, `one`).
"""

import datetime
import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from tests.faults.planted import EIGHTEEN
from tests.faults.result import Extent, Result
from tests.support.process import ROOT

REPORT = ROOT / "docs" / "reliability.md"
LONGEST_NOTE = 160
NO_END = "did not come to its end"
"""What is said of a harness that failed itself, or took too long."""
MOST_SHOWN = 20
"""Broken promises that are listed of one row."""


@dataclass(frozen=True)
class Part:
    """What one harness found, once."""

    harness: str
    extent: Extent
    began: str
    """UTC, to the minute."""
    seconds: float
    revision: str
    """Of the sources; with a + when they held changes that were not committed; empty where nothing tells."""
    machine: str
    rows: tuple[Result, ...]
    whole: bool = True
    """False: it was ended before it had given all its rows."""

    @property
    def broken(self) -> int:
        """Rows that are not in order, and one for those that are missing."""
        return sum(not row.passed and not row.skipped for row in self.rows) + (not self.whole)

    @property
    def cut_short(self) -> bool:
        """It did not come to its end, and had kept every promise until then."""
        found = [row for row in self.rows if row.what != NO_END]
        return (not self.whole or len(found) < len(self.rows)) and not any(row.violations for row in found)


def part(
    harness: str,
    extent: Extent,
    began: datetime.datetime,
    seconds: float,
    rows: Sequence[Result],
    *,
    whole: bool = True,
) -> Part:
    """Of a run on this machine."""
    day = began.strftime("%Y-%m-%d %H:%M")
    return Part(harness, extent, day, round(seconds, 1), _revision(), _machine(), tuple(rows), whole)


def _revision() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short=10", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _machine() -> str:
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {system}; {versions}"


def keep(found: Part, file: Path) -> None:
    """Write a part; whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fields = {**asdict(found), "extent": found.extent.value}
    new = file.with_suffix(".new")
    new.write_text(json.dumps(fields, indent=1), "utf-8")
    new.replace(file)


def kept(file: Path) -> Part | None:
    """A part that was kept, or None."""
    if not file.exists():
        return None
    fields = json.loads(file.read_text("utf-8"))
    rows = tuple(Result(**row) for row in fields.pop("rows"))
    return Part(**{**fields, "extent": Extent(fields["extent"]), "rows": rows})


def _brief(note: str) -> str:
    """One line that fits a table."""
    line = " ".join(note.split()).replace("|", "/")
    return line if len(line) <= LONGEST_NOTE else f"{line[:LONGEST_NOTE]}…"


def _outcome(row: Result) -> str:
    if row.skipped:
        return "left out"
    if row.violations:
        return f"{len(row.violations)} not in order"
    return "kept" if row.count else "not done"


def _extent(found: Part) -> str:
    return found.extent.value if found.whole else f"{found.extent.value}, cut short"


def table(parts: Sequence[Part]) -> Table:
    """For the screen."""
    made = Table("harness", "what was done", "faults", "promises", "note", title="Fault suite")
    for row in (row for found in parts for row in found.rows):
        style = "yellow" if row.skipped else "green" if row.passed else "red"
        made.add_row(row.name, row.what, f"{row.count:,}", f"[{style}]{_outcome(row)}[/{style}]", _brief(row.note))
    return made


def broken(parts: Sequence[Part]) -> list[str]:
    """Each broken promise, under the name of its row."""
    rows = [row for found in parts for row in found.rows]
    return [f"{row.name}: {violation}" for row in rows for violation in row.violations[:MOST_SHOWN]]


def markdown(parts: Sequence[Part]) -> str:
    """`docs/reliability.md`."""
    rows = [
        f"| {row.name} | {row.what} | {row.count:,} | {_outcome(row)} | {_brief(row.note)} |"
        for found in parts
        for row in found.rows
    ]
    runs = [
        f"| {found.harness} | {_extent(found)} | {found.began} | {found.seconds / 60:.1f} | {found.revision or '-'} |"
        f" {found.machine} |"
        for found in parts
    ]
    wrong = [f"- {line}" for line in broken(parts)]
    planted = [row for found in parts if found.harness == "planted" for row in found.rows]
    named = {f"planted: {fault.name}" for fault in EIGHTEEN}
    caught = sum(row.passed for row in planted if row.name in named)
    more = sum(row.passed for row in planted if row.name not in named)
    left_out = [row.name for row in planted if row.skipped]
    return "\n".join(
        [
            "# Reliability: what was done to the bot, and what became of the promises",
            "",
            "Two promises are tested: what was acknowledged is kept and exported once; what is kept cannot be read on",
            "the server. Written by `make faults`, which anybody can repeat; `make faults-quick` does a tenth of it in",
            "minutes. Do not edit.",
            "",
            f"Rows: {len(rows)}. Not in order: {len(wrong)}. Planted faults: {caught} of {len(named)} caught, "
            f"{len(left_out)} cannot be planted yet; {more} more caught.",
            "",
            "## Figures",
            "",
            "| harness | what was done | faults | promises | note |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *(["## Not in order", "", *wrong, ""] if wrong else []),
            "## When and where",
            "",
            "| harness | extent | began (UTC) | minutes | sources | machine |",
            "|---|---|---|---|---|---|",
            *runs,
            "",
            "Harnesses may run side by side and beside other work, so the minutes are those of a busy machine.",
            "",
            *_METHOD,
        ]
    )


_METHOD = (
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
    "`model` and `fuzz` run the same bot in their own process, to try many short lives and many inputs. A power",
    "cut is played from a record of every write and sync that the process made: what was not synced is lost,",
    "partly lost or torn, and what is left is opened with the key and held against all that the bot had told",
    "people, or confirmed to Telegram, by that moment.",
    "",
    "A harness that cannot fail proves nothing: the planted faults are defects put into the bot on purpose,",
    "each of which has to be caught by the test that its row names.",
    "",
)
