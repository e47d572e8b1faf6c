r"""CSV for spreadsheets: UTF-8 with its mark, so that Excel shows the right letters; comma, CRLF, every cell quoted.

What people write is not to be trusted in a spreadsheet, and nothing of it is lost either. Two rules, both reversible:

* A cell that begins with `=`, `+`, `-`, `@` (their wide forms too), a tab, a line end or NUL, which a spreadsheet could
  run as a formula, gets an apostrophe before it. So does one that begins with an apostrophe.
* What cannot be seen, or would reorder what can, is written as `\uXXXX` (`escapes`).

`plain` takes both back. Not here: the columns (`table`), the record itself (`to_jsonl`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports import escapes
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing
from bot.exports.table import Cell, Table

MARK = "\ufeff"

_FIRST = "['=+\\-@＝＋－＠\t\r\n\0]"
_SEAM = "\x1f"
"""Stands between cells while a row is looked at. It is one of the characters that are escaped, so where a text holds
one, the row has one seam too many and goes the slow way."""
_GUARDED = re.compile(_FIRST)
_SPECIAL = re.compile(f'[{escapes.UNSEEN.replace(_SEAM, "")}"\\\\]')
_DANGEROUS = re.compile(_SEAM + _FIRST)
_BLOCK = 1 << 16
"""Characters that are written at once."""


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write one row for each line, under a row of headings; how many lines there were."""
    table, unpacked = (
        Table(questionnaire, options, pack=lambda _, cells: _SEAM.join(cells)),
        Table(questionnaire, options),
    )
    seams = len(table.columns) - 1
    count = 0
    with replacing(path) as file:
        records = [MARK, record(table.headings)]
        if options.hxl:
            records.append(record(table.hashtags))
        size = 0
        for line in lines:
            text = _SEAM.join(table.row(line))
            if text.count(_SEAM) == seams and not (_SPECIAL.search(text) or _DANGEROUS.search(_SEAM + text)):
                made = '"' + text.replace(_SEAM, '","') + '"\r\n'
            else:
                made = record(unpacked.row(line))
            records.append(made)
            size += len(made)
            count += 1
            if size > _BLOCK:
                file.write("".join(records).encode())
                records.clear()
                size = 0
        file.write("".join(records).encode())
    return count


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. `plain` gives the text back."""
    guard = "'" if _GUARDED.match(text) else ""
    return guard + escapes.visible(text)


def plain(cell: str) -> str:
    """The text of a cell that `safe` made."""
    return escapes.plain(cell.removeprefix("'"))


def record(cells: Sequence[Cell]) -> str:
    """One row, as it stands in the file."""
    return '"' + '","'.join(safe(cell).replace('"', '""') for cell in cells) + '"\r\n'
