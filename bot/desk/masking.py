"""Blacking out words: what is masked in a contribution, wherever else somebody has taken it over.

Words are found as they were written, in any case, with what scripts attach to them: a Russian ending, an Arabic "and",
"for" or "the". Scripts without spaces have no edges of words to look for. A name in other letters, or in a form that is
built otherwise, is found by nobody here: `hinted` tells what still resembles one.
Not here: where the masked words come from (`desk`).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

MASK = "█████"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ATTACHED = "(?:[وفبكلس]{1,2}(?:ال)?|ال)?"
_ENDED = 4
"""Letters from which on a Cyrillic word may have another ending."""
_SHORT = 3
"""Letters below which a word resembles too much."""


def blacked(text: str, words: Iterable[str]) -> str:
    """The text without these words."""
    for one in sorted({one.strip() for one in words} - {""}, key=len, reverse=True):
        text = _pattern(one).sub(MASK, text)
    return text


def hinted(text: str, words: Iterable[str]) -> bool:
    """Whether one of these words still stands in the text, as a part of others."""
    plain = text.casefold()
    return any(len(one) >= _SHORT and one in plain for one in (word.strip().casefold() for word in words))


@lru_cache(4096)
def _pattern(words: str) -> re.Pattern[str]:
    first, last = words[0], words[-1]
    begins = "" if _UNSPACED.match(first) else rf"(?<!\w){_ATTACHED if _ARABIC.match(first) else ''}"
    more = r"\w{0,3}" if _CYRILLIC.match(last) and len(words) >= _ENDED else ""
    ends = "" if _UNSPACED.match(last) else rf"{more}(?!\w)"
    return re.compile(f"{begins}{re.escape(words)}{ends}", re.IGNORECASE)
