"""The export: writing the bundle, verifying it, opening it to JSONL and CSV; and each format by itself.

Real stores with 5,000 recommendations of two sealed parts each, about 200 characters in three scripts.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import csv_writer, pyrage_loop
from benchmarks.fake_telegram import TEXTS
from benchmarks.results import Goal, Results
from bot.app import SystemChance, SystemClock
from bot.core.contributions import ContributionId, Envelope, PartId, Receipt, head, piece
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Change, NewPart, Submission
from bot.core.session import Place, Session
from bot.exports import bundle, to_csv, to_jsonl
from bot.exports.opening import Line, opened
from bot.exports.table import Table
from bot.questionnaires.library import library
from bot.sealing import Identity, new_identity, open_document, write_identity
from storage.factory import Stores, initialise, open_stores

CONSULTATION = "eeca"
CODED = {"phase": "emergency", "theme": "firewall", "groups": ["undocumented"], "country": None, "example": None}
TIMES = 6
"""How often the lines are repeated to measure a format by itself."""


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
    results.ratio(
        "CSV lines/s, ours / csv.writer",
        "CSV by itself: lines/s",
        "csv.writer from a cursor: lines/s",
        Goal(16, "CSV / csv.writer.writerows(cursor)", 0.8, 1.5),
    )
    results.ratio(
        "JSONL lines/s, ours / json.dumps",
        "JSONL by itself: lines/s",
        "json.dumps in a loop: lines/s",
        Goal(18, "JSONL / stdlib json loop", 1.7, 2.2),
    )
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
    rows = [Table(form).row(line) for line in lines]
    count = len(lines)
    results.note("CSV by itself: lines/s", count / _timed(lambda: to_csv.write(lines, form, target)))
    results.note("csv.writer from a cursor: lines/s", count / csv_writer.run(rows, target))
    results.note("JSONL by itself: lines/s", count / _timed(lambda: to_jsonl.write(lines, form, target)))
    results.note("json.dumps in a loop: lines/s", count / csv_writer.run_json(lines, target))


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
