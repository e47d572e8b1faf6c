"""Which words differ between two texts, in pieces to be shown one after the other. Pure.

Not here: how a difference is marked (`handlers.writing`).
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

AROUND = 6
"""Words of what stayed that are shown on either side of a change."""
LONGEST = 6_000
"""Words up to which texts are compared word by word; longer ones by lines."""
_WORDS = re.compile(r"\s+|[^\s]+")


class Was(StrEnum):
    """What became of a piece."""

    KEPT = "kept"
    OUT = "out"
    IN = "in"
    LEFT_OUT = "left_out"
    """Something that stayed and is not shown."""


@dataclass(frozen=True)
class Piece:
    """Some words, and what became of them."""

    was: Was
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """From one text to the other; what stayed only near a change. Empty: they say the same."""
    if before == after:
        return ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > LONGEST:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes()
    for number, (code, first, last, begin, end) in enumerate(codes):
        if code == "equal":
            found += _kept(old[first:last], is_first=number == 0, is_last=number == len(codes) - 1)
            continue
        if last > first:
            found.append(Piece(Was.OUT, "".join(old[first:last])))
        if end > begin:
            found.append(Piece(Was.IN, "".join(new[begin:end])))
    return tuple(found)


def _kept(words: list[str], *, is_first: bool, is_last: bool) -> list[Piece]:
    """What stayed, without its middle; at an end of the text only the side that is near a change."""
    near = 2 * AROUND  # with the spaces between
    before = [] if is_first else words[:near]
    after = [] if is_last else words[-near:]
    if len(words) <= len(before) + len(after) + 2:
        return [Piece(Was.KEPT, "".join(words))]
    pieces = [Piece(Was.KEPT, "".join(before)), Piece(Was.LEFT_OUT, ""), Piece(Was.KEPT, "".join(after))]
    return [piece for piece in pieces if piece.text or piece.was is Was.LEFT_OUT]
