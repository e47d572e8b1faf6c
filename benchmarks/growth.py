"""What grows with the contributions that are stored: a step and a start must not; an export in proportion, memory flat.

The vault is filled from outside with rows of the right size; nothing is sealed for it, since nothing opens them here.
"""

import hashlib
import json
import math
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.fake_telegram import Phase
from benchmarks.processes import ROOT, started
from benchmarks.results import Goal, Ratio, Results
from benchmarks.start import until_it_polls
from benchmarks.step import FIRST_CHAT, TOKEN, Pair

SIZES = (0, 1_000, 10_000, 100_000)
MILLION = 1_000_000
CHATS = 100
STEPS = 400
SEALED = (936, 1_448)
"""Bytes of a head and of a written answer, sealed to two keys."""
CONSULTATION = "eeca"


def measure(quick: bool, rounds: int, *, million: bool = False) -> Results:
    """All sizes from small to large, in one growing folder."""
    results = Results("growth", quick)
    sizes = SIZES[:3] if quick else (*SIZES, MILLION) if million else SIZES
    with tempfile.TemporaryDirectory(prefix="bench-") as name, started("benchmarks.fake_telegram") as telegram:
        folder, url = Path(name), f"http://127.0.0.1:{telegram.hear()}"
        first, stored = FIRST_CHAT, 0
        for size in sizes:
            arguments = [url, TOKEN, folder, first, CHATS * rounds]
            with started("benchmarks.step_service", arguments) as bot:
                assert bot.hear(120) == "ready"
                _fill(folder / "data" / "vault.db", size - stored)
                stored = size
                for _ in range(rounds):
                    phase = Phase(first, CHATS, STEPS, CHATS)
                    found, cpu = Pair(bot, telegram).measure(phase)
                    results.note(f"{size} stored: step, updates/s", STEPS / found["seconds"])
                    results.note(f"{size} stored: step, CPU ms", cpu / STEPS * 1000)
                    first += CHATS
            for _ in range(rounds):
                until_it_polls(results, f"{size} stored: start", "bot", folder / "data")
                if size:
                    _export(results, size, folder)
    _conclude(results, [size for size in sizes if size])
    return results


def _fill(path: Path, count: int) -> None:
    """Put that many contributions of two parts into the vault, in no order, as the mover would leave them."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(count):
            contribution = secrets.token_hex(16)
            connection.execute(
                "INSERT INTO contributions (id, consultation, receipt, state, batch) VALUES (?, ?, ?, 'submitted', 0)",
                (contribution, CONSULTATION, secrets.token_bytes(32)),
            )
            for part, length in zip((contribution, secrets.token_hex(16)), SEALED, strict=True):
                sealed = os.urandom(length)
                connection.execute(
                    "INSERT INTO parts (id, contribution, batch, sha256, sealed) VALUES (?, ?, 0, ?, ?)",
                    (part, contribution, hashlib.sha256(sealed).hexdigest(), sealed),
                )
        connection.execute("COMMIT")
    finally:
        connection.close()


def _export(results: Results, size: int, folder: Path) -> None:
    """`micic export` of everything, as a process of its own."""
    target = folder / "export.zip"
    target.unlink(missing_ok=True)
    environment = {**os.environ, "MICIC_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "benchmarks.peak", "bot", "export", "--output", str(target)]
    began = time.perf_counter()
    said = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    results.note(f"{size} stored: export, s", time.perf_counter() - began)
    used = json.loads(said.stdout.splitlines()[-1])
    results.note(f"{size} stored: export, CPU s", used["cpu"])
    results.note(f"{size} stored: export, peak MB", used["peak"])


def _conclude(results: Results, sizes: list[int]) -> None:
    least, most = sizes[-2], sizes[-1]
    results.ratio(
        f"step rate, {most} stored / none",
        f"{most} stored: step, updates/s",
        "0 stored: step, updates/s",
        Goal(25, "Step rate with the most stored answers / with none", 0.80, 0.95),
    )
    results.ratio(
        f"export, peak memory at {most} / at {least}",
        f"{most} stored: export, peak MB",
        f"{least} stored: export, peak MB",
        Goal(21, "Export memory: peak at the most stored / at a tenth of it", 1.2, 1.05, less=True),
    )
    goal = Goal(22, "Growth exponent of the export's CPU, the last tenfold", 1.10, 1.05, less=True)
    exponents: dict[str, Goal | None] = {"export, CPU s": goal, "export, s": None, "start: s to the first poll": None}
    for what, aimed in exponents.items():
        ends = [results.figures[f"{size} stored: {what}"] for size in (least, most)]
        rounds = [math.log10(after / before) for before, after in zip(*ends, strict=True)]
        results.ratios.append(Ratio(f"exponent of {what}, {least} to {most}", rounds, aimed))
    empty = median(results.figures[f"{least} stored: step, CPU ms"])
    rounds = [math.log10(value / empty) for value in results.figures[f"{most} stored: step, CPU ms"]]
    results.ratios.append(Ratio(f"exponent of step, CPU ms, {least} to {most}", rounds))
