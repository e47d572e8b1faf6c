"""The export: writing the bundle, verifying it, opening it to JSONL and CSV; each format by itself, and its memory.

Real stores with 5,000 recommendations of two sealed parts each, about 200 characters in three scripts. A format by
itself is compared with what the usual library takes for the same rows, columns and paragraphs.
"""

import asyncio
import json
import math
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import plain_writers, pyrage_loop
from benchmarks.fake_telegram import TEXTS
from benchmarks.formats import FORMATS
from benchmarks.processes import ROOT
from benchmarks.results import Goal, Ratio, Results
from bot.app import SystemChance, SystemClock
from bot.core.contributions import ContributionId, Envelope, PartId, Receipt, head, piece
from bot.core.dialogue.questionnaire import Questionnaire
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Change, NewPart, Submission
from bot.core.session import Place, Session
from bot.exports import bundle, to_csv, to_docx, to_jsonl, to_xlsx
from bot.exports.opening import Line, opened
from bot.exports.options import Multiple, Options
from bot.exports.table import ENVELOPE, Table
from bot.questionnaires.library import library
from bot.sealing import Identity, new_identity, open_document, write_identity
from storage.factory import Stores, initialise, open_stores

CONSULTATION = "eeca"
CODED = {"phase": "emergency", "theme": "firewall", "groups": ["undocumented"], "country": None, "example": None}
TIMES = 6
"""How often the lines are repeated to measure a format by itself."""
SPREAD, WORDY = 10_000, 5_000
"""Lines for a table with a column for each choice, and for a document of some 10,000 paragraphs."""
SIZES = (10_000, 100_000)
"""Lines between which memory and CPU are compared."""


@dataclass(frozen=True)
class Prepared:
    """A vault that was filled, and the key that opens it."""

    data: Path
    identity: Identity
    text: str
    """The private key as age writes it."""


def measure(quick: bool, rounds: int) -> Results:
    """Everything in turn, on the same vault."""
    results = Results("export", quick)
    contributions = 1000 if quick else 5000
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        prepared = _prepare(folder, contributions)
        for _ in range(rounds):
            _round(results, folder, prepared, 2 * contributions)
    results.ratio(
        "JSONL opened / bare loop of decrypts, parts/s",
        "read and open to JSONL: parts/s",
        "bare pyrage loop: parts/s",
        Goal(17, "opening an export / bare pyrage loop", 0.7, 0.9),
    )
    results.ratio(
        "CSV opened / bare loop of decrypts, parts/s", "read and open to CSV: parts/s", "bare pyrage loop: parts/s"
    )
    for ours, theirs, goal in (
        ("CSV", "csv.writer from a cursor", Goal(16, "CSV / csv.writer.writerows(cursor)", 0.8, 1.5)),
        ("JSONL", "json.dumps in a loop", Goal(18, "JSONL / stdlib json loop", 1.7, 2.2)),
        ("XLSX", "XlsxWriter, constant memory", Goal(19, "XLSX / XlsxWriter constant_memory", 3, 5)),
    ):
        results.ratio(f"{ours} lines/s / {theirs}", f"{ours} by itself: lines/s", f"{theirs}: lines/s", goal)
    results.ratio(
        "DOCX paragraphs/s / python-docx",
        "DOCX by itself: paragraphs/s",
        "python-docx: paragraphs/s",
        Goal(20, "DOCX / python-docx add_paragraph", 4, 12),
    )
    few, many = SIZES if not quick else (1_000, 10_000)
    for name in FORMATS:
        results.ratio(
            f"{name.upper()}, peak memory at {many} / at {few}",
            f"{name}, {many} lines: peak MB",
            f"{name}, {few} lines: peak MB",
            Goal(21, "export memory", 1.2, 1.05, less=True),
        )
        before, after = (results.figures[f"{name}, {size} lines: CPU s"] for size in (few, many))
        growth = [math.log10(most / least) for least, most in zip(before, after, strict=True)]
        goal = Goal(22, "growth exponent of CPU", 1.10, 1.05, less=True)
        results.ratios.append(Ratio(f"exponent of {name.upper()}, CPU s, {few} to {many}", growth, goal))
    return results


def _round(results: Results, folder: Path, prepared: Prepared, parts: int) -> None:
    path, target = folder / "export.zip", folder / "opened"
    form = library()["recommendation"].questionnaire
    sealed: list[bytes] = []
    results.note("bundle.write: parts/s", parts / asyncio.run(_export(prepared, path)))

    def verify() -> None:
        with bundle.read(path) as found:
            for _, places in found.contributions():
                sealed.extend(found.sealed(place) for place in places)

    def to(write: Callable[..., int]) -> Callable[[], None]:
        def run() -> None:
            with bundle.read(path) as found:
                write(opened(found, _opener(prepared.identity)), form, target)

        return run

    results.note("bundle.read, and every part's bytes: parts/s", parts / _timed(verify))
    assert len(sealed) == parts
    results.note("bare pyrage loop: parts/s", parts / pyrage_loop.run(sealed, prepared.text))
    results.note("read and open to JSONL: parts/s", parts / _timed(to(to_jsonl.write)))
    results.note("read and open to CSV: parts/s", parts / _timed(to(to_csv.write)))
    with bundle.read(path) as found:
        lines: list[Line] = list(opened(found, _opener(prepared.identity))) * TIMES
    _formats(results, lines, form, target)
    for name in FORMATS:
        for size in SIZES if not results.quick else (1_000, 10_000):
            _grown(results, name, size)


def _formats(results: Results, lines: Sequence[Line], form: Questionnaire, target: Path) -> None:
    count = len(lines)
    results.note("JSONL by itself: lines/s", count / _busy(lambda: to_jsonl.write(lines, form, target)))
    results.note("json.dumps in a loop: lines/s", count / _busy(lambda: plain_writers.write_json(lines, target)))
    # Both from the same cursor to the same columns.
    one = Options(multiple=Multiple.ONE)
    with plain_writers.cursor([Table(form, one).row(line) for line in lines]) as connection:
        names = [column.name for column in Table(form, one).columns]

        def ours() -> None:
            made = (_line(names, row) for row in connection.execute("SELECT * FROM lines"))
            assert to_csv.write(made, form, target, one) == count

        def theirs() -> None:
            plain_writers.write_csv(connection.execute("SELECT * FROM lines"), target)

        results.note("CSV by itself: lines/s", count / _busy(ours))
        results.note("csv.writer from a cursor: lines/s", count / _busy(theirs))
    some = lines[:SPREAD]
    rows = [Table(form).row(line) for line in some]
    results.note("XLSX by itself: lines/s", len(some) / _busy(lambda: to_xlsx.write(some, form, target)))
    seconds = _busy(lambda: plain_writers.write_xlsx(rows, target))
    results.note("XlsxWriter, constant memory: lines/s", len(some) / seconds)
    seconds = _busy(lambda: to_docx.write(some[:WORDY], form, target))
    with zipfile.ZipFile(target) as packed:
        found = re.findall(r"<w:p[ >].*?</w:p>", packed.read("word/document.xml").decode(), re.DOTALL)
    paragraphs = ["".join(re.findall(r"<w:t[^>]*>([^<]*)", each)) for each in found]
    results.note("DOCX by itself: paragraphs/s", len(paragraphs) / seconds)
    seconds = _busy(lambda: plain_writers.write_docx(paragraphs, target))
    results.note("python-docx: paragraphs/s", len(paragraphs) / seconds)


def _line(names: Sequence[str], row: Sequence[str]) -> Line:
    """A line of an opened export from a row of the cursor; what it answers is beside what is known of it."""
    known = len(ENVELOPE)
    line: Line = dict(zip(ENVELOPE, row, strict=False))
    line["answers"] = dict(zip(names[known:-1], row[known:-1], strict=True))
    return line


def _grown(results: Results, name: str, size: int) -> None:
    """What writing so many lines takes, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.peak", "benchmarks.formats", name, str(size)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    used = json.loads(said.stdout.splitlines()[-1])
    results.note(f"{name}, {size} lines: peak MB", used["peak"])
    results.note(f"{name}, {size} lines: CPU s", used["cpu"])


def _busy(work: Callable[[], object]) -> float:
    """CPU seconds: ours wait for the disk at the end, the usual libraries do not."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _opener(identity: Identity) -> Callable[[bytes], Mapping[str, Any]]:
    return lambda sealed: open_document(sealed, [identity])


async def _export(prepared: Prepared, path: Path) -> float:
    async with open_stores(prepared.data, SystemClock(), SystemChance()) as stores:
        began = time.perf_counter()
        await bundle.write(path, stores.vault, [CONSULTATION])
        return time.perf_counter() - began


def _prepare(folder: Path, contributions: int) -> Prepared:
    identities = [new_identity() for _ in range(2)]
    data, key = folder / "data", folder / "key.txt"
    write_identity(key, identities[1])
    text = next(line for line in key.read_text().splitlines() if not line.startswith("#"))

    async def fill() -> None:
        await initialise(data, [identity.recipient for identity in identities], SystemClock(), SystemChance())
        async with open_stores(data, SystemClock(), SystemChance()) as stores:
            for start in range(0, contributions, 200):
                together = range(start, min(start + 200, contributions))
                await asyncio.gather(*(_hand_in(stores, number) for number in together))
            assert await stores.vault.move() == contributions

    asyncio.run(fill())
    return Prepared(data, identities[1], text)


async def _hand_in(stores: Stores, number: int) -> None:
    """One recommendation: its text, then the rest."""
    chance, chat = SystemChance(), ChatId(number + 1)
    contribution, part = ContributionId(chance.hex(16)), PartId(chance.hex(16))
    envelope = Envelope(contribution, CONSULTATION, "recommendation", "1", "ru", "2026-11-22")
    text = f"{TEXTS[number % len(TEXTS)]} {TEXTS[(number + 1) % len(TEXTS)]}"
    document = piece(envelope, part, "recommendation", text)
    session = Session(chat, Place.DIALOGUE)
    await stores.store.commit(Change(UpdateId(2 * number), chat, session, parts=(NewPart(part, document),)))
    coded = head(envelope, {**CODED, "recommendation": ""}, {"recommendation": [part]}, notice="1")
    submission = Submission(contribution, CONSULTATION, Receipt(chance.digits(16)), coded, (part,))
    await stores.store.commit(Change(UpdateId(2 * number + 1), chat, None, submission=submission))
