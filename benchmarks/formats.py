"""`python -m benchmarks.formats FORMAT COUNT`: write that many lines in a format, into a file that is thrown away.

A process of its own, so that `benchmarks.peak` can tell what memory one format takes.
"""

import importlib
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks.fake_telegram import TEXTS
from bot.exports.opening import Line
from bot.questionnaires.library import library

FORMATS = ("jsonl", "csv", "xlsx", "html", "docx")
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""Makes ids of numbers that look as random as they are."""
PHASES, THEMES = ("emergency", "prevention", "recovery"), ("firewall", "scope_definition", "data")


def lines(count: int) -> Iterator[Line]:
    """Opened recommendations of about 200 characters, in three scripts; few of them are alike."""
    for number, text in enumerate(islice(cycle(TEXTS), count)):
        answers = {
            "phase": PHASES[number % 3],
            "theme": THEMES[number // 3 % 3],
            "recommendation": f"{text} {TEXTS[(number + 1) % len(TEXTS)]}",
            "groups": ["undocumented", "women"][: number % 3],
            "addressees": ["host"][: number % 2],
            "country": None,
            "example": None,
        }
        yield {
            "contribution": f"{number * SPREAD % 2**128:032x}",
            "consultation": "eeca",
            "questionnaire": "recommendation",
            "version": "1",
            "language": "ru",
            "day": "2026-11-22",
            "state": "submitted",
            "supersedes": None,
            "group": None,
            "answers": answers,
        }


def main() -> None:
    """Write."""
    name, count = sys.argv[1], int(sys.argv[2])
    module = importlib.import_module(f"bot.exports.to_{name}")
    form = library()["recommendation"].questionnaire
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        assert module.write(lines(count), form, Path(folder, "lines")) == count


if __name__ == "__main__":
    main()
