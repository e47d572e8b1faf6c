"""Digits of every script, each in its place. Not here: what a typed number means (`steps.matching`)."""

import re
import unicodedata

_OTHER = re.compile("(?![0-9])\\d")


def western(text: str) -> str:
    """The text with decimal digits written as 0-9; as long as before, character by character."""
    if text.isascii():
        return text
    return _OTHER.sub(lambda found: str(unicodedata.digit(found[0])), text)
