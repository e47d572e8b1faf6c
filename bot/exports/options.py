"""What may be chosen about a format, and what is known of the exports that it is made from.

Not here: reading these from a command line (`bot.cli`), what each format makes of them (`to_<format>`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Values(StrEnum):
    """What stands in a cell of a coded answer, and in the headings of questions."""

    CODES = "codes"
    LABELS = "labels"


class Multiple(StrEnum):
    """Columns of a question with several choices: one with all of them, one for each with 1 or 0, or both."""

    ONE = "one"
    MANY = "many"
    BOTH = "both"


@dataclass(frozen=True)
class Origin:
    """What the manifests say of the exports that were opened. Batches are numbers, chains SHA-256 in hex."""

    exports: int = 1
    consultations: Sequence[str] = ()
    since: int = 0
    cursor: str = "0"
    recipient_set: str = ""
    parts: int = 0
    chains: Sequence[tuple[str, str]] = ()
    """Consultation, and the head of its chain after the last export."""


@dataclass(frozen=True)
class Options:
    """How a format is to be written. What does not concern a format is ignored by it."""

    values: Values = Values.CODES
    language: str = "en"
    """Of labels and of the texts around them: a language of the form."""
    multiple: Multiple = Multiple.BOTH
    hxl: bool = False
    """A second row of headings with HXL hashtags."""
    day: str = ""
    """ISO day on which the file is made; empty: not told."""
    origin: Origin | None = None


DEFAULT = Options()
