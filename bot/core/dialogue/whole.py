"""The whole form in one message, for lines on which every message counts: which line answers which question.

Not here: what an answer means (`steps`), how the form is written out (`handlers.writing`).
"""

import hashlib
import re

from bot.core.contributions import PartId
from bot.core.dialogue.numerals import western
from bot.core.dialogue.questionnaire import StepId

_SIGNED = re.compile(r"[\s\u200e\u200f]*(\d{1,2})[ \u200e\u200f]*[.):\-–—،=/][ \t]*(.*)", re.DOTALL)
"""3) text, 3. text, 3: text, 3 - text."""
_BARE = re.compile(r"[\s\u200e\u200f]*(\d{1,2})[ \t]+(\S.*)", re.DOTALL)
"""3 text: only in rising order, for a sentence may begin with a number."""


def answers(text: str, count: int) -> tuple[dict[int, str], str]:
    """Number of the question (from 1) to what was written for it, exactly, and what stands before the first number.

    A line that begins with a number of the form, in the digits of any script, begins an answer; other lines belong to
    the one before. Numbers that come again, or are out of range, are part of the text. Without a number all is before.
    """
    found: dict[int, list[str]] = {}
    before: list[str] = []
    last = 0
    for line in text.split("\n"):
        plain = western(line)
        match = _SIGNED.fullmatch(plain) or _BARE.fullmatch(plain)
        number = int(match[1]) if match is not None else 0
        signed = match is not None and match.re is _SIGNED
        if match is not None and 0 < number <= count and number not in found and (signed or number > last):
            # Digits are replaced one by one, so the places agree; what is kept is what was written.
            found[number] = [line[match.start(2) :]]
            last = number
        else:
            (found[last] if last else before).append(line)
    kept = {number: "\n".join(lines).strip("\n") for number, lines in found.items()}
    return {number: said for number, said in kept.items() if said.strip()}, "\n".join(before).strip("\n")


def part_of(part: PartId, step: StepId) -> PartId:
    """An id for each written answer of one message, as hard to guess as the message's own."""
    return PartId(hashlib.sha256(f"{part}:{step}".encode()).hexdigest()[:32])
