"""What leaves the server, sealed, and what the secretariat makes of it on its own computer.

`bundle` writes and verifies FILE.zip, `opening` opens it to lines, and each format is one file, `to_<format>`, and one
line in `FORMATS`. Not here: keys (`bot.sealing`), the stores (`storage`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports import to_csv, to_jsonl

Write = Callable[[Iterable[Mapping[str, Any]], Questionnaire, Path], int]
"""Writes lines of an opened export to a file, which appears whole or not at all; how many lines there were."""


@dataclass(frozen=True)
class Format:
    """One format of `micic open --format`."""

    name: str
    write: Write


FORMATS: tuple[Format, ...] = (
    Format("jsonl", to_jsonl.write),
    Format("csv", to_csv.write),
)
