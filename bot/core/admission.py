"""Admission by a code: who may take part in a consultation is decided by an organizer to whom a person tells a code.

Organizers never choose from a list. A code stands for one chat for a day, is kept only as a keyed MAC and says nothing
about anybody; it is tied to no contribution. Pure. Not here: what is shown (`conversation.admitting`), keeping codes
(`storage.admission`).
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Code = NewType("Code", str)
"""9 digits, the last of which is a check digit."""

DIGITS = 8
"""Random ones of a code."""
HOURS = 24
"""For which a code stands."""

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""H. M. Damm's table: a digit heard wrong and two that changed places are always noticed."""


class Membership(StrEnum):
    """What an organizer decided about somebody in one consultation. Without a decision its intake decides."""

    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    """May read, not contribute."""
    REMOVED = "removed"
    """Takes no part, and gets no news."""


BARRED = frozenset({Membership.SUSPENDED, Membership.REMOVED})


@dataclass(frozen=True)
class Found:
    """What a code stands for in one consultation; never who."""

    state: Membership | None
    """What was decided so far."""
    invited: bool
    """Came in by an invite."""


@dataclass(frozen=True)
class Admission:
    """What an organizer decides about whoever told this code."""

    code: Code
    consultation: str
    state: Membership


@dataclass(frozen=True)
class NewCode:
    """A person's code from now on, in place of any earlier one. None: no code any more."""

    code: Code | None


def code_of(digits: str) -> Code:
    """Random digits with their check digit."""
    return Code(digits + str(_check(digits)))


def as_code(text: str) -> Code | None:
    """The code that a text consists of, in digits of any script, spaces and dashes aside; None if it cannot be one."""
    digits = ""
    for character in text:
        if character.isdecimal():
            digits += str(unicodedata.digit(character))
        elif unicodedata.category(character) not in ("Zs", "Cf", "Cc", "Pd"):
            return None
    return Code(digits) if len(digits) == DIGITS + 1 and _check(digits) == 0 else None


def spoken(code: Code) -> str:
    """In groups of three, as it is read out."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def _check(digits: str) -> int:
    found = 0
    for digit in digits:
        found = int(_DAMM[found][int(digit)])
    return found
