"""The state of every contribution, point and pair: what decisions add up to.

Not here: how each decision changes it (`replay`), counting (`support`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

Codes = dict[str, tuple[str, ...]]
"""Codes by question."""


@dataclass(frozen=True)
class Passage:
    """Some of what a contribution says: characters `start` to `end` of the answer to a question; None: all of it."""

    contribution: str
    question: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Layer:
    """A translation or transcript, beside the original."""

    decision: str
    question: str
    layer: str
    language: str
    text: str
    made_by: str
    author: str
    day: str


@dataclass(frozen=True)
class Note:
    """A reservation or minority view, kept on the point."""

    decision: str
    note: str
    text: str
    contribution: str | None
    author: str


WORDS = ("title", "text", "said", "wrote", "answered")
"""What of a point is in words, and can be said in another language."""


def digest(words: str) -> str:
    """16 hex digits that differ when words do: from which words a translation was made."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Translation:
    """A point in another language than its own."""

    decision: str
    words: Mapping[str, str]
    """By `WORDS`; empty ones were not translated."""
    made_from: Mapping[str, str]
    """The digests of the point's words as the translator saw them."""
    made_by: str
    author: str
    day: str


@dataclass(frozen=True)
class Mask:
    """A passage that identifies somebody: characters `start` to `end` of the answer to a question."""

    decision: str
    question: str
    start: int
    end: int
    words: str = ""
    """What stood there. Empty in older logs: then only the contribution tells, while it has words."""


@dataclass
class Item:
    """What was decided about one contribution."""

    status: str = "new"
    reason: str = ""
    codes: dict[str, Codes] = field(default_factory=dict)
    """By coder."""
    verified: str = ""
    """Who verified it; a later coding by somebody takes the mark away."""
    tags: set[str] = field(default_factory=set)
    layers: list[Layer] = field(default_factory=list)
    masks: list[Mask] = field(default_factory=list)
    pieces: list[Passage] = field(default_factory=list)
    """Of a composite input that was split."""
    piece_codes: dict[tuple[int, int], Codes] = field(default_factory=dict)
    """By where a piece begins and ends: codes of its own."""

    @property
    def coded(self) -> Codes:
        """The codes in force: for each question those of the coder who came last."""
        together: Codes = {}
        for codes in self.codes.values():
            together.update(codes)
        return together


@dataclass
class Point:
    """A consolidated point. Its sources are its own; `Consolidation.sources` adds those of points merged into it."""

    id: str
    title: str
    text: str
    language: str
    wording: str
    author: str
    day: str
    phase: str | None = None
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    fed: list[tuple[str, Passage]] = field(default_factory=list)
    """Decision and passage."""
    notes: list[Note] = field(default_factory=list)
    stage: str = "emerging"
    merged_into: str | None = None
    said: str = ""
    wrote: str = ""
    answered: str = ""
    shown_in: tuple[str, ...] | None = None
    """Consultations that are shown it once it is published; None: nobody chose."""
    translations: dict[str, Translation] = field(default_factory=dict)
    """By language."""

    @property
    def words(self) -> dict[str, str]:
        """Its own words, by `WORDS`."""
        return {"title": self.title, "text": self.text, "said": self.said, "wrote": self.wrote,
                "answered": self.answered}  # fmt: skip

    def stale(self, language: str) -> list[str]:
        """What of a translation was made from words that the point no longer has, or not as the translator saw them."""
        found, own = self.translations.get(language), self.words
        if found is None:
            return []
        return [name for name in WORDS if found.words[name] and found.made_from.get(name) != digest(own[name])]

    def versions(self, name: str) -> dict[str, str]:
        """Some of its words in each language that has them: its own first, then what people translated and still holds.

        What a machine translated is not among them until a person has read it and keeps it as theirs.
        """
        own = self.words[name]
        found = {self.language: own} if own else {}
        for language, translation in self.translations.items():
            words = translation.words[name]
            if own and words and translation.made_by == "human" and name not in self.stale(language):
                found.setdefault(language, words)
        return found


@dataclass(frozen=True)
class Sent:
    """A file that left the desk, or came to it as an export: when, by whom, and what was in it."""

    day: str
    author: str
    what: str
    contributions: frozenset[str]


@dataclass
class Consolidation:
    """The present state of everything."""

    items: dict[str, Item] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    pairs: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Verdict and deciding author, by the two ids in order."""
    defined: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Name and definition of codes that the secretariat added, by question and code."""
    seen: dict[str, str] = field(default_factory=dict)
    """Digest of each contribution when it was last imported; empty when withdrawn."""
    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    """What the last import brought."""
    imports: list[Sent] = field(default_factory=list)
    """Exports, with what was new or changed in them."""
    left: list[Sent] = field(default_factory=list)
    """Reports and files to publish, with what they cite."""
    chapters: dict[str, str] = field(default_factory=dict)
    conclusive: bool = False
    undone: frozenset[str] = frozenset()
    unfitting: list[str] = field(default_factory=list)
    """Decisions that fit nothing any longer."""
    clock: int = 0
    _members: dict[str, list[Point]] | None = field(default=None, compare=False, repr=False)

    def moved(self) -> None:
        """A point was made or merged: who belongs to whom has to be looked at again."""
        self._members = None

    def members(self, point: str) -> list[Point]:
        """A point and those that were merged into it, in the order in which they were made."""
        if self._members is None:
            self._members = {}
            for other in self.points.values():
                self._members.setdefault(self.home(other.id), []).append(other)
        return self._members.get(point, [])

    def item(self, contribution: str) -> Item:
        """What was decided about it; nothing yet for one that nobody looked at."""
        return self.items.get(contribution) or Item()

    def standing(self) -> list[Point]:
        """Points that were not merged into others, in the order in which they were made."""
        return [point for point in self.points.values() if self.home(point.id) == point.id]

    def home(self, point: str) -> str:
        """The point that a merged one became part of; itself if it was not merged."""
        here, been = point, {point}
        while (into := self.points[here].merged_into) is not None and into in self.points and into not in been:
            been.add(into)
            here = into
        return here

    def sources(self, point: str) -> list[tuple[str, Passage]]:
        """Everything that feeds a point: its own passages and those of points merged into it; each by its decision."""
        return [pair for other in self.members(point) for pair in other.fed]

    def notes(self, point: str) -> list[Note]:
        """Reservations and minority views, those of merged points too."""
        return [note for other in self.members(point) for note in other.notes]

    def fed_by(self, contribution: str) -> list[Point]:
        """The points that a contribution feeds: from a sentence of the report and back."""
        found = {
            self.home(point.id)
            for point in self.points.values()
            for _, passage in point.fed
            if passage.contribution == contribution
        }
        return [point for point in self.points.values() if point.id in found]

    def verdict(self, one: str, other: str) -> str | None:
        """What was decided about two that look alike."""
        found = self.pairs.get(pair_of(one, other))
        return found[0] if found else None


def pair_of(one: str, other: str) -> tuple[str, str]:
    """Two ids in order."""
    return (one, other) if one < other else (other, one)
