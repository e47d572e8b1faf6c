"""What the decisions add up to: the state of every contribution, point and pair, made by replaying them in order.

A decision that no longer fits (its point is gone because its making was undone) changes nothing and is listed: so any
two logs can be merged. Decisions about different things commute; of two about the same, the later in the order holds.

Not here: the contributions themselves (they come out of the exports), counting (`support`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.consolidation.decisions import Decision, ordered, undone

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
    masks: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Decision, question, start, end."""
    pieces: list[Passage] = field(default_factory=list)
    """Of a composite input that was split."""

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
    chapters: dict[str, str] = field(default_factory=dict)
    conclusive: bool = False
    undone: frozenset[str] = frozenset()
    unfitting: list[str] = field(default_factory=list)
    """Decisions that fit nothing any longer."""
    clock: int = 0

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
        return [pair for other in self.points.values() if self.home(other.id) == point for pair in other.fed]

    def notes(self, point: str) -> list[Note]:
        """Reservations and minority views, those of merged points too."""
        return [note for other in self.points.values() if self.home(other.id) == point for note in other.notes]

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


def replay(decisions: Iterable[Decision]) -> Consolidation:
    """The state after these decisions, in whatever order they are given."""
    in_order = ordered(decisions)
    state = Consolidation(undone=frozenset(undone(in_order)))
    for decision in in_order:
        apply(state, decision)
    return state


def apply(state: Consolidation, decision: Decision) -> None:
    """Let a decision that comes after all others take effect; those that were undone have none."""
    state.clock = max(state.clock, decision.clock)
    if decision.id in state.undone or decision.kind == "undo":
        return
    if not _EFFECTS[decision.kind](state, decision, decision.fields):
        state.unfitting.append(decision.id)


Fields = Mapping[str, Any]


def _item(state: Consolidation, fields: Fields) -> Item:
    return state.items.setdefault(fields["contribution"], Item())


def _import(state: Consolidation, _: Decision, fields: Fields) -> bool:
    state.seen.update(fields["added"])
    state.seen.update(fields["changed"])
    state.seen.update(dict.fromkeys(fields["withdrawn"], ""))
    state.added = frozenset(fields["added"])
    state.changed = frozenset(fields["changed"])
    state.withdrawn = frozenset(fields["withdrawn"])
    return True


def _status(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    item = _item(state, fields)
    item.status, item.reason = fields["status"], decision.reason
    return True


def _code(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    item = _item(state, fields)
    codes = item.codes.pop(decision.author, {})
    codes[fields["question"]] = tuple(fields["codes"])
    item.codes[decision.author] = codes  # at the end: who came last
    item.verified = ""
    if item.status == "new":
        item.status = "coded"
    return True


def _verify(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    _item(state, fields).verified = decision.author
    return True


def _tag(state: Consolidation, _: Decision, fields: Fields) -> bool:
    _item(state, fields).tags.add(fields["tag"])
    return True


def _untag(state: Consolidation, _: Decision, fields: Fields) -> bool:
    _item(state, fields).tags.discard(fields["tag"])
    return True


def _define(state: Consolidation, _: Decision, fields: Fields) -> bool:
    state.defined[fields["question"], fields["code"]] = (fields["name"], fields["definition"])
    return True


def _layer(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    _item(state, fields).layers.append(
        Layer(
            decision.id,
            fields["question"],
            fields["layer"],
            fields["language"],
            fields["text"],
            fields["made_by"],
            decision.author,
            decision.day,
        )
    )
    return True


def _mask(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    _item(state, fields).masks.append((decision.id, fields["question"], fields["start"], fields["end"]))
    return True


def _split(state: Consolidation, _: Decision, fields: Fields) -> bool:
    _item(state, fields).pieces = [
        Passage(fields["contribution"], fields["question"], start, end) for start, end in fields["pieces"]
    ]
    return True


def _point(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    if fields["point"] in state.points:
        return False
    state.points[fields["point"]] = Point(
        fields["point"],
        fields["title"],
        fields["text"],
        fields["language"],
        fields["wording"],
        decision.author,
        decision.day,
    )
    return True


def _word(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.title, point.text = fields["title"], fields["text"]
    point.language, point.wording = fields["language"], fields["wording"]
    return True


def _place(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.phase, point.themes = fields["phase"] or None, tuple(fields["themes"])
    point.groups, point.addressees = tuple(fields["groups"]), tuple(fields["addressees"])
    return True


def _feed(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    passage = Passage(fields["contribution"], fields["question"], fields["start"], fields["end"])
    if all(known != passage for _, known in point.fed):
        point.fed.append((decision.id, passage))
    return True


def _unfeed(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.fed = [pair for pair in point.fed if pair[1].contribution != fields["contribution"]]
    return True


def _merge(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point, into = state.points.get(fields["point"]), fields["into"]
    if point is None or into not in state.points or state.home(into) == point.id:
        return False
    point.merged_into = into
    return True


def _note(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.notes.append(
        Note(decision.id, fields["note"], fields["text"], fields["contribution"] or None, decision.author)
    )
    return True


def _stage(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.stage = fields["stage"]
    return True


def _answer(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.said, point.wrote, point.answered = fields["said"], fields["wrote"], fields["answered"]
    return True


def _pair(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    state.pairs[pair_of(fields["one"], fields["other"])] = (fields["verdict"], decision.author)
    return True


def _chapter(state: Consolidation, _: Decision, fields: Fields) -> bool:
    state.chapters[fields["chapter"]] = fields["text"]
    return True


def _label(state: Consolidation, _: Decision, fields: Fields) -> bool:
    state.conclusive = bool(fields["conclusive"])
    return True


_EFFECTS: Mapping[str, Callable[[Consolidation, Decision, Fields], bool]] = {
    "import": _import, "status": _status, "code": _code, "verify": _verify, "tag": _tag, "untag": _untag,
    "define": _define, "layer": _layer, "mask": _mask, "split": _split, "point": _point, "word": _word,
    "place": _place, "feed": _feed, "unfeed": _unfeed, "merge": _merge, "note": _note, "stage": _stage,
    "answer": _answer, "pair": _pair, "chapter": _chapter, "label": _label,
}  # fmt: skip
