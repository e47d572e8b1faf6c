"""Which choices a typed text may mean: a number of the list, a label in any language of the form, or part of one.

Digits of any script count (٣ is 3), case and accents do not.
"""

import re
import unicodedata
from functools import lru_cache

from bot.core.dialogue.questionnaire import Question

_NUMBERS = re.compile(r"\d+")

NUMBERED = 40
"""Longest list whose choices carry numbers; longer ones are found by their names."""


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case without accents, marks, punctuation, format characters; single spaces."""
    kept = []
    for character in unicodedata.normalize("NFKD", text.casefold()):
        category = unicodedata.category(character)
        if category[0] in "LN":
            kept.append(character)
        elif category[0] in "ZPS":
            kept.append(" ")
    return " ".join("".join(kept).split())


def digits(text: str) -> str:
    """The text with digits of every script written as 0-9, without the marks of direction that keyboards add."""
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and c not in "²³¹" else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )


def numbers(text: str, count: int) -> tuple[int, ...] | None:
    """Positions (from 0) if the text is nothing but numbers of the list; None otherwise or when one is outside it."""
    if count > NUMBERED:
        return None
    bare = digits(text)
    if re.search(r"[^\d\s,;.،؛、，；+&#-]", bare):
        return None
    found = tuple(dict.fromkeys(int(number) - 1 for number in _NUMBERS.findall(bare)))
    return found if found and all(0 <= at < count for at in found) else None


def labels(question: Question, text: str) -> tuple[int, ...]:
    """Positions whose label, in any language, equals the text; failing that, those that begin with or contain it."""
    wanted = plain(text)
    if not wanted:
        return ()
    names = [
        {plain(label) for label in (*choice.labels.values(), *choice.short.values())} | {plain(choice.code)}
        for choice in question.choices
    ]
    equal = tuple(at for at, known in enumerate(names) if wanted in known)
    if equal:
        return equal
    starting = tuple(at for at, known in enumerate(names) if any(name.startswith(wanted) for name in known))
    if starting or len(wanted) < 3:
        return starting
    return tuple(at for at, known in enumerate(names) if any(wanted in name for name in known))
