r"""CSV for spreadsheets: UTF-8 with its mark, so that Excel shows the right letters; comma, CRLF, every cell quoted.

What people write is not to be trusted in a spreadsheet, and nothing of it is lost either. Two rules, both reversible:

* A cell that begins with `=`, `+`, `-`, `@` (their wide forms too), a tab, a line end or NUL, which a spreadsheet could
  run as a formula, gets an apostrophe before it. So does one that begins with an apostrophe.
* Control characters except tab and line feed, and halves of surrogate pairs, are written as `\uXXXX`; so is the
  backslash of a text that itself reads `\uXXXX`.

`plain` takes both back. Not here: the columns (`table`), the record itself (`to_jsonl`).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports.replacement import replacing
from bot.exports.table import columns, row

MARK = "\ufeff"

_GUARDED = re.compile("['=+\\-@＝＋－＠\t\r\n\0]")
_ESCAPED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|\\\\(?=u[0-9a-f]{4})")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def write(lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path) -> int:
    """Write one row for each line, under a row of headings; how many lines there were."""
    wanted = columns(questionnaire)
    count = 0
    with replacing(path) as file:
        file.write((MARK + _record([column.name for column in wanted])).encode())
        for line in lines:
            file.write(_record(row(line, wanted)).encode())
            count += 1
    return count


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. `plain` gives the text back."""
    guard = "'" if _GUARDED.match(text) else ""
    return guard + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(cell: str) -> str:
    """The text of a cell that `safe` made."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell.removeprefix("'"))


def _record(cells: Iterable[str]) -> str:
    return '"' + '","'.join([safe(cell).replace('"', '""') for cell in cells]) + '"\r\n'
