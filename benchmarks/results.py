"""What a benchmark found: figures of each round, ratios within rounds, the machine; as a table and as JSON.

Not here: measuring.
"""

import datetime
import json
import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path(__file__).parent / "results"
LIBRARIES = ("python-telegram-bot", "httpx", "aiohttp", "aiosqlite", "pyrage", "pydantic", "structlog")


@dataclass(frozen=True)
class Goal:
    """A figure of `docs/performance.md`. The floor has to hold with room for noise; a good build reaches the aim."""

    number: int
    text: str
    floor: float
    aim: float
    less: bool = False
    """Smaller is better."""

    def verdict(self, ratio: float) -> str:
        """How a ratio stands to the goal."""
        if (ratio <= self.aim) if self.less else (ratio >= self.aim):
            return "aim"
        return "floor" if (ratio <= self.floor if self.less else ratio >= self.floor) else "below"

    def __str__(self) -> str:
        sign = "<=" if self.less else ">="
        return f"{sign} {self.floor:g}, {sign} {self.aim:g}"


@dataclass
class Ratio:
    """One thing over another, round by round."""

    name: str
    rounds: list[float]
    goal: Goal | None = None

    @property
    def median(self) -> float:
        """The result."""
        return median(self.rounds)


@dataclass
class Results:
    """All that one benchmark measured. `figures` is {what: [one for each round]}, the unit being in the name."""

    name: str
    quick: bool
    figures: dict[str, list[float]] = field(default_factory=dict)
    ratios: list[Ratio] = field(default_factory=list)

    def note(self, what: str, value: float) -> float:
        """Keep one round's figure."""
        self.figures.setdefault(what, []).append(value)
        return value

    def ratio(self, name: str, above: str, below: str, goal: Goal | None = None) -> None:
        """Divide two figures round by round."""
        pairs = zip(self.figures[above], self.figures[below], strict=True)
        self.ratios.append(Ratio(name, [one / other for one, other in pairs], goal))

    def lines(self) -> Iterable[str]:
        """The table, as text."""
        yield f"\n{self.name}"
        for what, values in self.figures.items():
            yield f"  {what:<66} {median(values):>10.4g}   ({', '.join(f'{value:.3g}' for value in values)})"
        for ratio in self.ratios:
            goal = (
                f"   goal {ratio.goal.number}: {ratio.goal} -> {ratio.goal.verdict(ratio.median)}" if ratio.goal else ""
            )
            rounds = ", ".join(f"{value:.3g}" for value in ratio.rounds)
            yield f"  {'ratio: ' + ratio.name:<66} {ratio.median:>10.3g}   ({rounds}){goal}"

    def write(self, folder: Path = FOLDER) -> Path:
        """Keep everything as JSON; returns the file."""
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(self._record(), indent=1, ensure_ascii=False) + "\n")
        return path

    def _record(self) -> dict[str, Any]:
        return {
            "benchmark": self.name,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "quick": self.quick,
            "machine": machine(),
            "versions": versions(),
            "figures": {
                what: {"median": _short(median(values)), "rounds": [_short(value) for value in values]}
                for what, values in self.figures.items()
            },
            "ratios": {
                ratio.name: {
                    "median": _short(ratio.median),
                    "rounds": [_short(value) for value in ratio.rounds],
                    **(
                        {"goal": ratio.goal.number, "floor": ratio.goal.floor, "aim": ratio.goal.aim}
                        if ratio.goal is not None
                        else {}
                    ),
                }
                for ratio in self.ratios
            },
        }


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def machine() -> dict[str, Any]:
    """What it ran on; nothing that names it."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "load_at_the_end": [round(load, 1) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Python, SQLite and the libraries that matter."""
    found = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **found}
