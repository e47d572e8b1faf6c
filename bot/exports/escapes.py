r"""What cannot be seen in a text, or would reorder what can, written so that it is seen: `\u202e` in place of the mark.

Reversible: `plain` gives the text back. Escaped are control characters but tab and line feed, invisible and direction
marks, halves of surrogate pairs, and the backslash of a text that itself reads `\uXXXX`. Joiners stay between letters
that need them (Persian, Indic scripts, families of emoji).

Not here: what a spreadsheet would run as a formula (`to_csv`, `workbook`).
"""

import re

UNSEEN = (
    "\0-\x08\x0b-\x1e\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
"""The characters, as they stand in a class of a regular expression."""

NEEDED = "(?<=[^\0-\u02ff\\s])[\u200c\u200d](?=[^\0-\u02ff\\s\u2000-\u200f])"
"""A joiner that does something: between two letters of a script that joins, or two emoji."""

_ESCAPED = re.compile(f"({NEEDED})|[{UNSEEN}]|\\\\(?=u[0-9a-f]{{4}}|U000e[0-9a-f]{{4}})")
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|U(000e[0-9a-f]{4}))")


def visible(text: str) -> str:
    """The text with everything unseen written out."""
    return _ESCAPED.sub(_written, text)


def plain(text: str) -> str:
    """The text that `visible` was given."""
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)


def _written(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
