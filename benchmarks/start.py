"""Start: from nothing to the first poll, and the memory of a bot that waits.

`micic run` on an initialised data folder, against importing `telegram.ext` and against a bare application of PTB.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.processes import started
from benchmarks.results import Goal, Results
from bot.app import SystemChance, SystemClock
from bot.sealing import new_identity
from storage.factory import initialise

TOKEN = "1:bench"
IDLE = 1.5
"""Seconds from the first poll until the memory is looked at."""


def measure(quick: bool, rounds: int) -> Results:
    """All three in turn."""
    results = Results("start", quick)
    rounds = rounds if quick else rounds + 2
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data = Path(name) / "data"
        recipients = [new_identity().recipient for _ in range(2)]
        asyncio.run(initialise(data, recipients, SystemClock(), SystemChance()))
        for _ in range(rounds):
            began = time.perf_counter()
            with started("benchmarks.import_telegram_ext") as program:
                program.hear()
                results.note("import telegram.ext: s", time.perf_counter() - began)
            until_it_polls(results, "micic run", "bot", data)
            until_it_polls(results, "bare PTB application", "benchmarks.bare_ptb_application", None)
    results.ratio(
        "start to first poll / import telegram.ext",
        "micic run: s to the first poll",
        "import telegram.ext: s",
        Goal(26, "start to first poll / import telegram.ext", 2.5, 1.8, less=True),
    )
    results.ratio(
        "start to first poll / bare PTB application's",
        "micic run: s to the first poll",
        "bare PTB application: s to the first poll",
    )
    results.ratio(
        "idle memory / bare PTB application's",
        "micic run: resident MB, idle",
        "bare PTB application: resident MB, idle",
        Goal(26, "idle memory / bare PTB application's", 1.8, 1.4, less=True),
    )
    return results


def until_it_polls(results: Results, name: str, module: str, data: Path | None) -> None:
    """Start a program; note the seconds and CPU to its first poll, and its memory when idle."""
    with started("benchmarks.fake_telegram", ["say-polls"]) as telegram:
        url = f"http://127.0.0.1:{telegram.hear()}"
        arguments = ["run"] if data is not None else [url, TOKEN]
        settings = {"MICIC_BOT_TOKEN": TOKEN, "MICIC_TELEGRAM_URL": url, "MICIC_DATA_DIR": str(data)}
        began = time.perf_counter()
        with started(module, arguments, settings) as program:
            assert telegram.hear() == "poll"
            results.note(f"{name}: s to the first poll", time.perf_counter() - began)
            results.note(f"{name}: CPU s to the first poll", program.cpu)
            time.sleep(IDLE)
            results.note(f"{name}: resident MB, idle", program.memory)
