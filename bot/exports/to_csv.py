r"""CSV for spreadsheets: UTF-8 with its mark, so that Excel shows the right letters; comma, CRLF, every cell quoted.

What people write is not to be trusted in a spreadsheet, and nothing of it is lost either. Two rules, both reversible:

* A cell that begins with `=`, `+`, `-`, `@` (their wide forms too), a tab, a line end or NUL, which a spreadsheet could
  run as a formula, gets an apostrophe before it. So does one that begins with an apostrophe.
* Control characters except tab and line feed, and halves of surrogate pairs, are written as `\uXXXX`; so is the
  backslash of a text that itself reads `\uXXXX`.

`plain` takes both back. Not here: the columns (`table`), the record itself (`to_jsonl`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports.replacement import replacing
from bot.exports.table import Table

MARK = "\ufeff"

_FIRST = "['=+\\-@＝＋－＠\t\r\n\0]"
_CONTROLS = "\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_SEAM = "\ue000"
_GUARDED = re.compile(_FIRST)
_ESCAPED = re.compile(f"[{_CONTROLS}]|\\\\(?=u[0-9a-f]{{4}})")
_SPECIAL = re.compile(f'{_SEAM}{_FIRST}|[{_CONTROLS}"\\\\]')
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def write(lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path) -> int:
    """Write one row for each line, under a row of headings; how many lines there were."""
    table = Table(questionnaire)
    count = 0
    with replacing(path) as file:
        file.write((MARK + _record([column.name for column in table.columns])).encode())
        for line in lines:
            file.write(_record(table.row(line)).encode())
            count += 1
    return count


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. `plain` gives the text back."""
    guard = "'" if _GUARDED.match(text) else ""
    return guard + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(cell: str) -> str:
    """The text of a cell that `safe` made."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell.removeprefix("'"))


def _record(cells: Sequence[str]) -> str:
    # Most rows need nothing done to any cell: one search over the whole row finds that out, cell by cell takes 3 times
    # as long. The seam may occur in a text; then the row only goes the slow way.
    if _SPECIAL.search(_SEAM + _SEAM.join(cells)):
        cells = [safe(cell).replace('"', '""') for cell in cells]
    return '"' + '","'.join(cells) + '"\r\n'
