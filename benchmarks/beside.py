"""A dialogue while a broadcast goes out, and a broadcast as fast as it goes against one that notes nothing.

The first compares how long an answer takes with and without a broadcast at 30 a second, both bots being `step_service`.
The second compares `micic run` without a pace with `unmarked_sender`: the same sender and messages, but no ledger.
Not here: how much of an allowed rate is used (`broadcast`).
"""

import asyncio
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles

from benchmarks.broadcast import TOKEN, approved
from benchmarks.fake_telegram import Phase
from benchmarks.processes import Process, started
from benchmarks.results import Goal, Results
from benchmarks.step import FIRST_CHAT

CHATS, RATE = 40, 5.0
"""People who write in turn, and their messages a second: they take no more than a sixth of what may be sent."""
SENDING = 30.0
QUIET, BUSY = "without a broadcast", "during a broadcast at 30/s"
MARKED, PLAIN = "outbox with marks", "the same sender without marks"


def measure(quick: bool, rounds: int) -> Results:
    """Each in turn."""
    results = Results("beside", quick)
    times = 1 if quick else rounds
    for _ in range(times):
        for name in (QUIET, BUSY):
            _answers(results, name, 50 if quick else 200)
    for _ in range(times):
        for name in (MARKED, PLAIN):
            _full_speed(results, name, 500 if quick else 3_000)
    results.ratio(
        "p50 of an answer, during a broadcast / without", f"{BUSY}: p50, ms", f"{QUIET}: p50, ms",
        Goal(14, "p50 during a broadcast / without", 2, 1.3, less=True),
    )  # fmt: skip
    results.ratio("p95 of an answer, during a broadcast / without", f"{BUSY}: p95, ms", f"{QUIET}: p95, ms")
    results.ratio(
        "durable outbox / without marks", f"{MARKED}: messages/s", f"{PLAIN}: messages/s",
        Goal(15, "durable outbox at full speed / same sender without marks", 0.65, 0.8),
    )  # fmt: skip
    return results


def _answers(results: Results, name: str, count: int) -> None:
    recipients = int((count / RATE + 30) * SENDING) if name == BUSY else 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, started("benchmarks.fake_telegram") as telegram:
        url = f"http://127.0.0.1:{telegram.hear()}"
        arguments = [url, TOKEN, folder, FIRST_CHAT, CHATS, SENDING, recipients]
        with started("benchmarks.step_service", arguments) as bot:
            assert bot.hear(120) == "ready"
            telegram.say(asdict(Phase(FIRST_CHAT, CHATS, count, warm=10, rate=RATE)))
            assert telegram.hear(90) == "begin"
            found = telegram.hear(120)
    cuts = quantiles(found["delays"], n=20)
    results.note(f"{name}: p50, ms", median(found["delays"]))
    results.note(f"{name}: p95, ms", cuts[18])
    # What was sent beside the answers shows that there was a broadcast.
    results.note(f"{name}: calls a second", found["calls"] / found["seconds"])


def _full_speed(results: Results, name: str, count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        with started("benchmarks.limited_telegram", ["bucket-1000000", 1_000_000, 20, 50]) as telegram:
            url = f"http://127.0.0.1:{telegram.hear()}"
            if name == PLAIN:
                with started("benchmarks.unmarked_sender", [url, TOKEN, count]):
                    seen = _until(telegram, count)
            else:
                asyncio.run(approved(data, count))
                settings = {"MICIC_BOT_TOKEN": TOKEN, "MICIC_TELEGRAM_URL": url, "MICIC_DATA_DIR": str(data)}
                with started("bot", ["run"], {**settings, "MICIC_SEND_RATE": "0"}):
                    seen = _until(telegram, count)
    results.note(f"{name}: messages/s", (seen["messages"] - 1) / max(seen["seconds"], 0.001))
    results.note(f"{name}: missing or twice", count - seen["messages"] + seen["twice"])


def _until(telegram: Process, count: int) -> dict[str, float]:
    until = time.monotonic() + 120
    seen: dict[str, float] = {"messages": 0.0}
    while seen["messages"] < count and time.monotonic() < until:
        time.sleep(0.25)
        telegram.say("seen")
        seen = telegram.hear()
    return seen
