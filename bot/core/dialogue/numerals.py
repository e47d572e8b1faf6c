"""Digits of every script, each in its place. Not here: what a typed number means (`steps.matching`)."""

import unicodedata


def western(text: str) -> str:
    """The text with decimal digits written as 0-9; as long as before, character by character."""
    return "".join(str(unicodedata.digit(one)) if one.isdecimal() else one for one in text)
