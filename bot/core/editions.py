"""Forms that organizers bring: what is said about a file, and the editions of a form that are kept and offered.

An edition is known by the digest of its document, so that a draft, an export and a codebook mean the same questions
for ever. It never changes; a mended form is another edition. Not here: reading files (`bot.questionnaires`), storage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.dialogue.questionnaire import Labels

BUILT_IN = ("recommendation", "practice", "group", "response")
"""Ids of the forms that come with the program; no other form may have one of them."""
MOST_OFFERED = 12
"""Forms that one consultation offers beside those that come with the program: they share the home screen."""
MOST_KEPT = 400
"""Editions that are kept in all. Each is needed as long as contributions that were made with it."""
UNPUBLISHED_HOURS = 40
"""How long an edition waits for being published."""


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `row` counts as the spreadsheet does (the header is row 1); 0 and "" mean the whole sheet."""

    sheet: str
    row: int
    column: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Edition:
    """One form as it was when it was brought."""

    version: str
    """16 hex digits: the beginning of the SHA-256 of the document."""
    form: str
    """The form's own id, the same in all its editions."""
    titles: Labels
    languages: tuple[str, ...]
    questions: int
    """How many are asked at most."""
    document: str = field(default="", repr=False)
    """The compiled form, canonical JSON. Empty where only the rest was asked for."""
    workbook: bytes = field(default=b"", repr=False)
    """The form as an .xlsx file; without anything else that the author's own file held."""


@dataclass(frozen=True)
class Examined:
    """What became of a file: an edition, or faults to mend; in both cases perhaps things to know."""

    edition: Edition | None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()


def title_of(edition: Edition, language: str) -> str:
    """The title for readers of a language; any title where the form has none in theirs."""
    return edition.titles.get(language) or next(iter(edition.titles.values()), edition.form)
