"""Points: what earlier consultations brought up, as the secretariat published it for others to respond to.

Not here: the file they come in (`bot.questionnaires.publication`), the dialogue made of them (`responding`), keeping
them (`storage.published`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.core.contributions import ContributionId
from bot.core.dialogue.questionnaire import Labels


@dataclass(frozen=True)
class Point:
    """One point. Texts are by language; the first of `fallback` that a text has stands in for a language it lacks."""

    id: str
    origins: tuple[str, ...]
    """Consultations it is said to be from; none where that would show too much of those behind it."""
    day: str
    """ISO day on which it was so."""
    title: Labels
    """At most 36 characters: names the point in the review."""
    text: Labels
    phase: str | None = None
    themes: tuple[str, ...] = ()
    support: Labels = field(default_factory=dict)
    """Who stands behind it, in words."""
    said: Labels = field(default_factory=dict)
    wrote: Labels = field(default_factory=dict)
    answered: Labels = field(default_factory=dict)
    """What people said, what was made of it, and what was answered to that."""
    source: str | None = None
    """The document it is taken from."""

    @property
    def version(self) -> str:
        """16 hex digits that differ whenever anything of it does: to which words somebody has answered."""
        return _digest(asdict(self))


@dataclass(frozen=True)
class PointSet:
    """The points that one consultation is shown, in their order."""

    consultation: str
    points: tuple[Point, ...]
    fallback: tuple[str, ...] = ("en",)

    @property
    def version(self) -> str:
        """16 hex digits that differ whenever anything of it does."""
        return _digest(asdict(self))


@dataclass(frozen=True)
class Publication:
    """All that is published at one time."""

    sets: tuple[PointSet, ...] = ()
    """One for each consultation that is shown anything."""
    points: tuple[Point, ...] = ()
    """Every point, shown or not: feedback may name any."""
    feedback: Mapping[ContributionId, tuple[str, ...]] = field(default_factory=dict)
    """The points that carry a contribution, by their ids. Nothing here knows whose it is."""


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
