"""JSON Lines: the record itself. UTF-8, one contribution a line, texts exactly as they were sent.

Nothing is trimmed, normalised, or cut. Half a surrogate pair, for which UTF-8 has no bytes, is written as `\\udXXX`.
Not here: tables for spreadsheets (`to_csv`).
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing
from bot.sealing import to_json

_TOGETHER = 200
"""Lines that are written at once."""


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write every line; how many there were."""
    del questionnaire, options  # the record depends on neither
    count = 0
    with replacing(path) as file:
        rest = iter(lines)
        while made := [to_json(line) for line in islice(rest, _TOGETHER)]:
            made.append(b"")
            file.write(b"\n".join(made))
            count += len(made) - 1
    return count
