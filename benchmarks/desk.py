"""The desk with 20,000 contributions, all coded, and 200 points, against one with twenty and one point.

Each page's slowest of twenty, and the start.

Pages are rendered in this process; the browser and the connection come on top and do not grow.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.results import Results
from bot.core.consolidation.replay import replay
from bot.desk import pages, report
from bot.desk.desk import Desk
from bot.desk.log import Log
from bot.sealing import new_identity
from tests.desk.world import material, synthetic

TIMES = 20
FEW = 20
POINTS, FED = 200, 20
"""Points of the large desk, and contributions behind each."""
PAGES = (
    *("inbox", "search", "item", "duplicates", "points", "point", "coverage", "report", "history"),
    *("the report as a Word file", "look for duplicates", "open and replay the log"),
)


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
    for number in range(POINTS if size > FEW else 1):
        point = {"point": f"p{number}", "title": f"Point {number}", "text": "", "language": "en", "wording": "ours"}
        made.decide("point", "", **point)
        fed = {"point": point["point"], "question": None, "start": None, "end": None}
        here = (names[(number * FED + at) % size] for at in range(FED))
        made.decide_all([("feed", "", {**fed, "contribution": name}) for name in here])
    began = time.perf_counter()
    assert made.alike is not None  # made when the desk is first asked for it
    results.note(f"look for duplicates, {size}: ms", (time.perf_counter() - began) * 1000)
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
        "point": lambda: pages.point(made, "p0", ""),
        "coverage": lambda: pages.coverage(made, ""),
        "report": lambda: pages.report(made, ""),
        "history": lambda: pages.history(made, {}, ""),
        "the report as a Word file": lambda: report.made(made, "docx", "en"),
    }
