"""The desk with 20,000 contributions, all coded, against one with twenty: each page's slowest of twenty, and the start.

Pages are rendered in this process; the browser and the connection come on top and do not grow.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.results import Results
from bot.core.consolidation.replay import replay
from bot.desk import pages
from bot.desk.desk import Desk
from bot.desk.log import Log
from bot.sealing import new_identity
from tests.desk.world import material, synthetic

TIMES = 20
FEW = 20
PAGES = ("inbox", "search", "item", "duplicates", "points", "point", "coverage", "history", "open and replay the log")


def measure(quick: bool, rounds: int) -> Results:
    """Both desks in turn."""
    results = Results("desk", quick)
    sizes = (FEW, 2_000 if quick else 20_000)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for round_ in range(rounds):
            for size in sizes:
                _one(results, size, Path(folder) / f"{size}-{round_}.decisions")
    for what in PAGES:
        results.ratio(f"{what}: {sizes[1]} / {FEW}", f"{what}, {sizes[1]}: ms", f"{what}, {FEW}: ms")
    return results


def _one(results: Results, size: int, path: Path) -> None:
    identity = new_identity()
    made = Desk(material(synthetic(size)), Log(path, [identity]), "bench")
    names = list(made.lines)
    for start in range(0, size, 100):
        coded = {"question": "theme", "codes": ["firewall"]}
        made.decide_all([("code", "", {**coded, "contribution": name}) for name in names[start : start + 100]])
    point = {"point": "p1", "title": "One", "text": "", "language": "en", "wording": "ours"}
    made.decide("point", "", **point)
    for name in names[:FEW]:
        made.decide("feed", "", point="p1", contribution=name, question=None, start=None, end=None)
    assert made.alike is not None  # made when the desk is first asked for it
    for what, page in _pages_of(made).items():
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            page()
            took.append(time.perf_counter() - began)
        results.note(f"{what}, {size}: ms", sorted(took)[TIMES - 2] * 1000)  # the 95th of a hundred
    made.log.close()
    began = time.perf_counter()
    log = Log(path, [identity])
    replay(log.decisions)
    results.note(f"open and replay the log, {size}: ms", (time.perf_counter() - began) * 1000)
    log.close()


def _pages_of(made: Desk) -> Mapping[str, Callable[[], object]]:
    name = next(iter(made.lines))
    return {
        "inbox": lambda: pages.inbox(made, {}, ""),
        "search": lambda: pages.inbox(made, {"q": "при"}, ""),
        "item": lambda: pages.item(made, name, {}, ""),
        "duplicates": lambda: pages.duplicates(made, {}, ""),
        "points": lambda: pages.points(made, {}, ""),
        "point": lambda: pages.point(made, "p1", ""),
        "coverage": lambda: pages.coverage(made, ""),
        "history": lambda: pages.history(made, {}, ""),
    }
