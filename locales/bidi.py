"""Writing direction: keeping a Latin name upright in an Arabic sentence, and a hidden control from deceiving a reader.

Phones take the direction of a paragraph from its first strong character (Unicode UAX #9, rules P2 and P3), and an
isolate ends with its line, so isolates are opened and closed on the same line.
Not here: which texts are shown (`catalogue`), what is stored (text is kept exactly as it was sent).
"""

import re
import unicodedata
from typing import Literal

LRI = "\u2066"
FSI = "\u2068"
PDI = "\u2069"
RLM = "\u200f"
NBSP = "\u00a0"
WORD_JOINER = "\u2060"
"""Nothing to see; no line breaks here."""

_ISOLATES = "\u2066\u2067\u2068"
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_POP = "\u202c"
_CONTROLS = re.compile(f"[{_ISOLATES}{PDI}{_EMBEDDINGS}{_POP}]")
_SHOWN = re.compile(f"[{_EMBEDDINGS}{_POP}]")
_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
    "\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_JOINERS = re.compile("[\u200c\u200d]")
_RUN = re.compile(
    "(?<![\\w/<>\u2066\u2068])(?:"
    r"https?://(?:[!-~]*[\w/])?"  # an address, or how one begins
    r"|/[a-z]\w*"  # a command
    r"|\d{4}-\d\d-\d\d(?:[ \u00a0]\d\d:\d\d)?"  # a day, and a time, as one types them
    r"|micic(?: [-\w./]*\w)+"  # what an operator types
    r"|(?:\{\w+\}|[a-z_]+) !?= (?:'[^']*'|\w+)"  # a rule of a form
    ")",
    re.ASCII,
)
_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "FSI"})


def direction(text: str) -> Literal["ltr", "rtl"] | None:
    """Direction of the first strong character outside isolates; None if there is none (digits, emoji, nothing)."""
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"LRI", "RLI", "FSI"}:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind == "L":
            return "ltr"
        elif depth == 0 and kind in {"R", "AL"}:
            return "rtl"
    return None


def begins_isolated(line: str) -> bool:
    """Whether the first letter of a line is one from right to left within an isolate."""
    isolated = False
    for character in line:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return isolated and kind != "L"
        isolated = isolated or kind in {"LRI", "RLI", "FSI"}
    return False


def has_right_to_left(text: str) -> bool:
    """True if any part could turn the line to the right: a letter, a digit of those scripts, or a control."""
    return any(unicodedata.bidirectional(character) in _RIGHT for character in text)


def isolate(text: str) -> str:
    """Each line of `text` between FSI and PDI, so that it neither turns nor is turned by what surrounds it.

    Controls inside are kept where they are paired on their line, as in a text that was put together by us;
    otherwise they are taken out, or one stray PDI would end the isolate early.
    """
    return "\n".join(FSI + _paired(line) + PDI if line else "" for line in text.split("\n"))


def upright(text: str) -> str:
    """A text from right to left, each run that is written from left to right isolated with the signs that belong to it.

    Runs are commands, addresses, days with their times, command lines and rules: their slashes and hyphens would stand
    at the wrong end, their groups in the wrong order. What is isolated already stays as it is; a day and its time stay
    on one line.
    """
    return _RUN.sub(_apart, text)


def _apart(run: re.Match[str]) -> str:
    text = run[0]
    if text[0].isdigit():
        text = text.replace(" ", NBSP).replace("-", f"-{WORD_JOINER}")
    return f"{LRI}{text}{PDI}"


def _paired(line: str) -> str:
    depth = 0
    for control in _CONTROLS.findall(line):
        if control in _ISOLATES:
            depth += 1
        elif control == PDI and depth:
            depth -= 1
        else:  # an embedding, an override, or a PDI that nothing opened
            return _CONTROLS.sub("", line)
    return line if depth == 0 else _CONTROLS.sub("", line)


def visible(text: str) -> str:
    """`text` for showing back to the person who wrote it: nothing in it is hidden or reorders the rest.

    Overrides and embeddings, which can make a sentence read as another, appear as `[U+202E]`. Other invisible
    characters are left out. Joiners stay between letters and emoji that need them (Persian, Indic scripts, families).
    """
    shown = _SHOWN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)
    return _JOINERS.sub(_joiner, _DROPPED.sub("", shown))


def _joiner(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    needed = bool(before) and bool(after) and not before.isascii() and not after.isascii()
    return match[0] if needed and not before.isspace() and not after.isspace() else ""
