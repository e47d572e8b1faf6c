"""A consultation in the making: what an organizer has said of it so far, step by step, in the fields of the file.

It is judged by whoever judges the file (docs/consultations.md), field by field. Pure. Not here: the dialogue
(`conversation.founding`), the rules themselves (`bot.questionnaires.founding`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.core.consultations import QUESTIONNAIRES, SHORT, Access


class Step(StrEnum):
    """What is asked for, in this order; the value stands in the buttons."""

    NAME = "name"
    PLACE = "place"
    COUNTRY = "country"
    REGION = "region"
    ZONE = "zone"
    ZONES = "zones"
    DAYS = "days"
    OPENS = "opens"
    UNTIL = "until"
    ACCESS = "access"
    SENSITIVE = "sensitive"
    DRAFTS = "drafts"
    LANGUAGES = "languages"
    FORMS = "forms"
    POINTS = "points"
    REVIEW = "review"


FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.NAME: ("name", "short"),
    Step.PLACE: ("place",),
    Step.COUNTRY: ("country",),
    Step.REGION: ("countries",),
    Step.ZONE: ("zone",),
    Step.ZONES: ("zones",),
    Step.DAYS: ("first_day", "last_day"),
    Step.OPENS: ("opens",),
    Step.UNTIL: ("until",),
    Step.ACCESS: ("access",),
    Step.SENSITIVE: ("sensitive",),
    Step.DRAFTS: ("draft_hours",),
    Step.LANGUAGES: ("languages",),
    Step.FORMS: ("questionnaires",),
    Step.POINTS: ("points_from",),
    Step.REVIEW: (),
}
"""The fields of the file that a step fills."""


@dataclass(frozen=True)
class Plan:
    """What was said; each field is one of the file."""

    name: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    countries: tuple[str, ...] = ()
    zone: str | None = None
    zones: tuple[str, ...] = ()
    """Others in which it must not be night when people are reminded."""
    first_day: str | None = None
    last_day: str | None = None
    opens: float | None = None
    """Epoch seconds, as `until`; None: as soon as somebody opens it."""
    until: float | None = None
    access: Access = Access.INVITE
    sensitive: bool = True
    draft_hours: int | None = None
    languages: tuple[str, ...] = ()
    questionnaires: tuple[str, ...] = QUESTIONNAIRES
    points_from: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The same as the file would say it; what was not said is not there."""
        said: dict[str, Any] = {
            "name": dict(self.name),
            "short": dict(self.short),
            "place": dict(self.place),
            "country": self.country,
            "countries": list(self.countries),
            "zone": self.zone,
            "zones": [self.zone, *self.zones] if self.zone is not None and self.zones else [],
            "first_day": self.first_day,
            "last_day": self.last_day,
            "opens": _moment(self.opens),
            "until": _moment(self.until),
            "access": self.access.value,
            "sensitive": self.sensitive,
            "draft_hours": self.draft_hours,
            "languages": list(self.languages),
            "questionnaires": list(self.questionnaires),
            "points_from": self.points_from,
        }
        return {key: value for key, value in said.items() if value not in (None, {}, []) or key in _MAY_BE_EMPTY}

    def wants_short(self, language: str) -> bool:
        """Whether the name is too long for a button, and no short one was given."""
        return len(self.name.get(language, "")) > SHORT and language not in self.short

    def seen_by(self, texts: Mapping[str, str], reader: str, chain: Collection[str]) -> str:
        """The language of the text that readers see: their own, the nearest, else the first there is."""
        return next((code for code in (reader, *chain) if code in texts), next(iter(texts), ""))


_MAY_BE_EMPTY = frozenset({"questionnaires"})
"""Where nothing means nothing, not "as usual"."""


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def step_of(faults: Collection[str]) -> Step | None:
    """The first step that fills a field at fault."""
    return next((step for step, fields in FIELDS.items() if set(fields) & set(faults)), None)


@dataclass(frozen=True)
class Founding:
    """What an organizer has before them, and still has when they come back to it."""

    plan: Plan = field(default_factory=Plan)
    step: Step = Step.NAME
    language: str | None = None
    """NAME and PLACE: in which the next text is."""
    more: bool = False
    """NAME: a short name is asked for in that language. DAYS: the last day is."""
    reviewed: bool = False
    """Everything was seen once: a change leads back there."""
    drops: bool = False
    """Whether to throw it away is asked."""
