"""What the decisions add up to: the state of every contribution, point and pair, made by replaying them in order.

A decision that no longer fits (its point is gone because its making was undone) changes nothing and is listed: so any
two logs can be merged. Decisions about different things commute; of two about the same, the later in the order holds.

Not here: the contributions themselves (they come out of the exports), what the state holds (`state`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.core.consolidation.decisions import Decision, ordered, undone
from bot.core.consolidation.state import (
    WORDS,
    Consolidation,
    Item,
    Layer,
    Mask,
    Note,
    Passage,
    Point,
    Sent,
    Translation,
    pair_of,
)


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
    if decision.kind in _MOVES:
        state.moved()
    if not _EFFECTS[decision.kind](state, decision, decision.fields):
        state.unfitting.append(decision.id)


Fields = Mapping[str, Any]


def _item(state: Consolidation, fields: Fields) -> Item:
    return state.items.setdefault(fields["contribution"], Item())


def _import(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    carried = frozenset([*fields["added"], *fields["changed"]])
    state.imports.append(Sent(decision.day, decision.author, ", ".join(map(str, fields["files"])), carried))
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
    mask = Mask(decision.id, fields["question"], fields["start"], fields["end"], str(fields.get("words") or ""))
    _item(state, fields).masks.append(mask)
    return True


def _split(state: Consolidation, _: Decision, fields: Fields) -> bool:
    _item(state, fields).pieces = [
        Passage(fields["contribution"], fields["question"], start, end) for start, end in fields["pieces"]
    ]
    return True


def _piece(state: Consolidation, _: Decision, fields: Fields) -> bool:
    item, span = _item(state, fields), (fields["start"], fields["end"])
    if all((piece.start, piece.end) != span for piece in item.pieces):
        return False
    item.piece_codes.setdefault(span, {})[fields["question"]] = tuple(fields["codes"])
    item.verified = ""
    if item.status == "new":
        item.status = "coded"
    return True


def _left(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    cited = frozenset(map(str, fields["contributions"]))
    state.left.append(Sent(decision.day, decision.author, str(fields["what"]), cited))
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


def _show(state: Consolidation, _: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    point.shown_in = tuple(fields["shown_in"])
    return True


def _translate(state: Consolidation, decision: Decision, fields: Fields) -> bool:
    point = state.points.get(fields["point"])
    if point is None:
        return False
    words = {name: str(fields[name]) for name in WORDS}
    made_from = dict(fields["made_from"])
    before = point.translations.get(fields["language"])
    if before is not None and before.made_by == "human":
        stale = point.stale(fields["language"])
        standing = [name for name in WORDS if before.words[name] and name not in stale]
        if fields["made_by"] == "machine" and standing:
            return False  # what a person wrote and still holds gives way to no machine
        for name in (name for name in standing if not words[name]):
            # Of two who translated apart, one left it out.
            words[name], made_from[name] = before.words[name], before.made_from[name]
    point.translations[fields["language"]] = Translation(
        decision.id, words, made_from, fields["made_by"], decision.author, decision.day
    )
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
    "define": _define, "layer": _layer, "mask": _mask, "split": _split, "piece": _piece, "left": _left, "point": _point,
    "word": _word,
    "place": _place, "feed": _feed, "unfeed": _unfeed, "merge": _merge, "note": _note, "stage": _stage,
    "answer": _answer, "show": _show, "translate": _translate, "pair": _pair, "chapter": _chapter, "label": _label,
}  # fmt: skip
_MOVES = frozenset({"point", "merge"})
"""Kinds after which other points may belong together."""
