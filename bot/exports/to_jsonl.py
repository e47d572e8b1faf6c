"""JSON Lines: the record itself. UTF-8, one contribution a line, texts exactly as they were sent.

Nothing is trimmed, normalised, or cut. Half a surrogate pair, for which UTF-8 has no bytes, is written as `\\udXXX`.
Not here: tables for spreadsheets (`to_csv`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports.replacement import replacing
from bot.sealing import to_json


def write(lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path) -> int:
    """Write every line; how many there were."""
    del questionnaire  # the record does not depend on the form
    count = 0
    with replacing(path) as file:
        for line in lines:
            file.write(to_json(line) + b"\n")
            count += 1
    return count
