"""How it goes, in numbers: what is counted, of which nothing leads to a person, and what may be shown of it.

A person raises a number when they pass a stage for the first time; what tells "first" is what stands in their own
session and profile anyway, so no list of people is needed. Every number that is shown is of whole days until
yesterday and rounded down to fives (`disclosure.whole`) where it is counted, so sums and differences of what is shown,
on one day or over many, are made of whole fives too and say nothing about what is left over.

Not here: when somebody passes a stage (`conversation.counting`), storing (`storage.figures`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """How far somebody came in a consultation."""

    OPENED = "opened"
    """Chose a language on a link to this consultation, or came to it later."""
    ACCEPTED = "accepted"
    """Accepted the notice and joined it."""
    BEGUN = "begun"
    """Began to answer a questionnaire. From here on contributions are counted, not people."""
    REVIEWED = "reviewed"
    """Came to the review, with everything answered."""
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


FUNNEL = (Stage.OPENED, Stage.ACCEPTED, Stage.BEGUN, Stage.REVIEWED, Stage.SUBMITTED)
DAILY = (Stage.SUBMITTED, Stage.WITHDRAWN)
"""Of these the days on which the shown number grew are kept."""


@dataclass(frozen=True, order=True)
class Tick:
    """What is counted together. Where one does not apply it is empty: a withdrawal is told by receipt, in any
    language; people who arrive have no questionnaire yet."""

    consultation: str
    stage: Stage
    language: str = ""
    questionnaire: str = ""


@dataclass(frozen=True)
class Step:
    """A day on which a shown number grew, and what it was at its end."""

    stage: Stage
    day: str
    """ISO, UTC."""
    shown: int


@dataclass(frozen=True)
class Figures:
    """What may be shown of one consultation: whole fives, and nothing else."""

    consultation: str
    until: str
    """The last day that counts, ISO, UTC."""
    counts: Mapping[Tick, int] = field(default_factory=dict)
    days: tuple[Step, ...] = ()
    """The earliest first."""

    def total(self, stage: Stage, *, language: str | None = None, questionnaire: str | None = None) -> int:
        """At least so many. Of one language, or one questionnaire, if asked for."""
        return sum(
            count
            for tick, count in self.counts.items()
            if tick.stage is stage and language in (None, tick.language) and questionnaire in (None, tick.questionnaire)
        )

    def questionnaires(self) -> tuple[str, ...]:
        """Those of which anything may be shown, by what was handed in, most first."""
        found = {tick.questionnaire for tick, count in self.counts.items() if tick.questionnaire and count}
        return tuple(sorted(found, key=lambda one: (-self.total(Stage.SUBMITTED, questionnaire=one), one)))

    def missing(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Languages in which fewer than five of anything were handed in, or none: the two look the same."""
        return tuple(one for one in languages if not self.total(Stage.SUBMITTED, language=one))
