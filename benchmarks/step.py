"""The whole dialogue step against a bare echo: receive, find out it is new, seal to two keys, commit FULL, reply.

Every bot is a process of its own and has a fake Bot API of its own, in another. All live at the same time and are
measured in turn; who is not measured waits in an open poll. A step is one text sent to the open question for the
recommendation. Ours makes two calls for it (the new prompt, and the buttons of the old one), the echoes make one.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

from benchmarks.fake_telegram import Phase
from benchmarks.processes import ROOT, Process, started
from benchmarks.results import Goal, Results

TOKEN = "1:bench"
SLOW = (0.020, 0.050)
"""Seconds a server's answer takes in the slow phases."""
OURS, STOCK, OWN, USUAL, MANY = "step", "stock echo", "own transport echo", "usual stack step", "stock echo 256"
AIOGRAM = "aiogram echo"
BOTS = {
    OURS: "benchmarks.step_service",
    STOCK: "benchmarks.stock_ptb_echo",
    OWN: "benchmarks.transport_echo",
    USUAL: "benchmarks.stock_ptb_aiosqlite_step",
    MANY: "benchmarks.stock_ptb_echo",
    AIOGRAM: "benchmarks.stock_aiogram_echo",
}
OTHERS = {AIOGRAM: ROOT / ".aiogram/bin/python"}
"""What runs in an environment of its own, which `make bench` prepares."""
FIRST_CHAT = 1_000_000_000


@dataclass(frozen=True)
class Shape:
    """One measurement of every bot: who writes how much, to a server how fast."""

    name: str
    chats: int
    counts: dict[str, int]
    """Updates measured of each bot; a slow one gets fewer, a rate is a rate."""
    latency: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.0

    def phase(self, bot: str, first_chat: int) -> Phase:
        """The fake server's order for one bot."""
        count = self.counts[bot]
        # Ours is warm when every chat is in memory, as in the middle of a conversation; the others know no chats.
        warm = max(self.chats, 40) if bot == OURS else 40
        if self.rate:
            warm = self.chats
        elif self.latency[1]:
            warm = min(warm, 100) if bot == OURS else 4
        return Phase(first_chat, self.chats, count, warm, self.latency, self.rate)


def shapes(quick: bool) -> list[Shape]:
    """What is measured."""
    size = 1 if quick else 3
    fast = {OURS: 200 * size, STOCK: 100 * size, OWN: 200 * size, USUAL: 80 * size, AIOGRAM: 200 * size}
    slow = {OURS: 300 * size, STOCK: 10 * size, OWN: 300 * size, MANY: 60 * size, AIOGRAM: 300 * size}
    at_20 = dict.fromkeys((OURS, STOCK, OWN, USUAL), 60 * size)
    found = [
        Shape("100 chats, 0 ms", 100, fast),
        Shape("100 chats, 20-50 ms", 100, slow, SLOW),
        Shape("20/s", 40, at_20, rate=20.0),
    ]
    if not quick:
        few = {OURS: 100, STOCK: 100, OWN: 100}
        found[1:1] = [Shape("1 chat, 0 ms", 1, few), Shape("1000 chats, 0 ms", 1000, {**fast, OURS: 1000, OWN: 1000})]
        found[4:4] = [
            Shape("1 chat, 20-50 ms", 1, {OURS: 20, STOCK: 20, OWN: 20}, SLOW),
            Shape("1000 chats, 20-50 ms", 1000, {**slow, OURS: 1000, OWN: 1000}, SLOW),
        ]
    return found


@dataclass(frozen=True)
class Pair:
    """A bot and its Telegram."""

    bot: Process
    telegram: Process

    def measure(self, phase: Phase) -> tuple[dict[str, Any], float]:
        """Run a phase: what the server measured, and the CPU seconds of the bot."""
        self.telegram.say(asdict(phase))
        begin = self.telegram.hear(90)
        assert begin == "begin", begin
        before = self.bot.cpu
        found = self.telegram.hear(90)
        return found, self.bot.cpu - before


def measure(quick: bool, rounds: int) -> Results:
    """All shapes, all bots, in turn."""
    results = Results("step", quick)
    planned = shapes(quick)
    delays: dict[str, list[float]] = {}
    people = rounds * sum(shape.chats for shape in planned)
    with _pairs(people) as pairs:
        first = FIRST_CHAT
        for _ in range(rounds):
            for shape in planned:
                for bot in shape.counts:
                    found, cpu = pairs[bot].measure(shape.phase(bot, first))
                    _note(results, shape, bot, found, cpu)
                    if shape.rate:
                        delays.setdefault(bot, []).extend(found["delays"])
                first += shape.chats
        for bot, pair in pairs.items():
            results.note(f"{bot}: resident at the end, MB", pair.bot.memory)
    for bot, values in delays.items():
        results.note(f"{bot}, 20/s: p99 of all rounds together, ms", quantiles(values, n=100)[98])
    _divide(results, planned)
    return results


def _note(results: Results, shape: Shape, bot: str, found: dict[str, Any], cpu: float) -> None:
    name, count = f"{bot}, {shape.name}", shape.counts[bot]
    if shape.rate:
        results.note(f"{name}: p50, ms", median(found["delays"]))
    else:
        results.note(f"{name}: updates/s", count / found["seconds"])
    results.note(f"{name}: CPU ms an update", cpu / count * 1000)
    if bot == OURS:
        results.note(f"{name}: calls an update", found["calls"] / count)


GOALS = {
    ("100 chats, 0 ms", STOCK): Goal(1, "full step / stock echo", 1.8, 3.0),
    ("100 chats, 0 ms", OWN): Goal(2, "full step / echo on the bot's own transport", 0.60, 0.75),
    ("100 chats, 0 ms", USUAL): Goal(3, "full step / usual stack's step", 3, 5),
    ("100 chats, 20-50 ms", STOCK): Goal(4, "full step / stock echo, slow server", 20, 33),
    ("100 chats, 20-50 ms", MANY): Goal(4, "full step / stock echo with 256 at a time, slow server", 5, 8),
    ("100 chats, 0 ms", AIOGRAM): Goal(5, "echo on the bot's own transport / aiogram's echo", 1.3, 1.6),
    ("100 chats, 20-50 ms", AIOGRAM): Goal(
        5, "echo on the bot's own transport / aiogram's echo, slow server", 1.3, 1.6
    ),
    ("20/s", STOCK): Goal(6, "p50 of the stock echo / of the full step", 1.0, 1.5),
    ("20/s", USUAL): Goal(6, "p50 of the usual stack's step / of the full step", 1.6, 2.2),
}


def _divide(results: Results, planned: list[Shape]) -> None:
    for shape in planned:
        for other in shape.counts:
            if other == OURS:
                continue
            goal = GOALS.get((shape.name, other))
            # An echo with an echo: what the step adds is not aiogram's.
            mine = OWN if other == AIOGRAM else OURS
            ours, theirs = f"{mine}, {shape.name}", f"{other}, {shape.name}"
            if shape.rate:
                results.ratio(f"p50 of {theirs} / of our step", f"{theirs}: p50, ms", f"{ours}: p50, ms", goal)
            else:
                unit = "updates/s"
                results.ratio(f"rate, {mine} / {theirs}", f"{ours}: {unit}", f"{theirs}: {unit}", goal)
                unit = "CPU ms an update"
                results.ratio(f"CPU, {theirs} / {mine}", f"{theirs}: {unit}", f"{ours}: {unit}")


@contextmanager
def _pairs(people: int) -> Iterator[dict[str, Pair]]:
    with ExitStack() as stack:
        found = {}
        for bot, module in BOTS.items():
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
            telegram = stack.enter_context(started("benchmarks.fake_telegram"))
            arguments: list[object] = [f"http://127.0.0.1:{telegram.hear()}", TOKEN]
            more: dict[str, list[object]] = {OURS: [folder, FIRST_CHAT, people], USUAL: [folder], MANY: [256]}
            arguments += more.get(bot, [])
            python = OTHERS.get(bot, sys.executable)
            found[bot] = Pair(stack.enter_context(started(module, arguments, python=python)), telegram)
            assert found[bot].bot.hear(120) == "ready"
        yield found
