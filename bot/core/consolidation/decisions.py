"""Decisions of the secretariat, one by one: who decided what, why, and in which order. Nothing else is kept.

Two people may decide apart from one another and put their logs together later: decisions have random ids and a
Lamport clock, so `ordered` gives the same order whoever merges whose log into whose.

Not here: what they add up to (`replay`), keeping them (`bot.desk.log`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.errors import Corrupt, Refused


@dataclass(frozen=True)
class Decision:
    """One decision. `clock` is one more than the highest its author had seen; `day` is an ISO day (UTC)."""

    id: str
    """32 hex digits, random."""
    author: str
    clock: int
    day: str
    kind: str
    """A key of `KINDS`."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """JSON values; which ones, `KINDS` says."""
    reason: str = ""

    @property
    def place(self) -> tuple[int, str, str]:
        """Its place in the order of all decisions."""
        return self.clock, self.author, self.id


KINDS: Mapping[str, tuple[str, ...]] = {
    "import": ("files", "added", "changed", "withdrawn"),
    "status": ("contribution", "status"),
    "code": ("contribution", "question", "codes"),
    "verify": ("contribution",),
    "tag": ("contribution", "tag"),
    "untag": ("contribution", "tag"),
    "define": ("question", "code", "name", "definition"),
    "layer": ("contribution", "question", "layer", "language", "text", "made_by"),
    "mask": ("contribution", "question", "start", "end"),
    "split": ("contribution", "question", "pieces"),
    "piece": ("contribution", "start", "end", "question", "codes"),
    "point": ("point", "title", "text", "language", "wording"),
    "word": ("point", "title", "text", "language", "wording"),
    "place": ("point", "phase", "themes", "groups", "addressees"),
    "feed": ("point", "contribution", "question", "start", "end"),
    "unfeed": ("point", "contribution"),
    "merge": ("point", "into"),
    "note": ("point", "note", "text", "contribution"),
    "stage": ("point", "stage"),
    "answer": ("point", "said", "wrote", "answered"),
    "show": ("point", "shown_in"),
    "translate": ("point", "language", "title", "text", "said", "wrote", "answered", "made_by", "made_from"),
    "pair": ("one", "other", "verdict"),
    "chapter": ("chapter", "text"),
    "label": ("conclusive",),
    "left": ("what", "points", "contributions"),
    "undo": ("of",),
}
"""Every kind of decision and the fields it has."""

NOTED = ("import", "left")
"""What nobody decided: it happened, and cannot be undone. `left`: a report or a file to publish was made."""
STATUSES = ("new", "in_work", "coded", "set_aside")
STAGES = ("emerging", "agreed", "published")
WORDINGS = ("theirs", "ours")
NOTES = ("reservation", "minority")
LAYERS = ("translation", "transcript")
VERDICTS = ("same", "twice", "different")
"""`same`: two people say the same; `twice`: one person handed it in two times; `different`: they only look alike."""
CHAPTERS = ("background", "method", "next_steps")

_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "status": STATUSES,
    "stage": STAGES,
    "wording": WORDINGS,
    "note": NOTES,
    "layer": LAYERS,
    "verdict": VERDICTS,
    "chapter": CHAPTERS,
    "made_by": ("human", "machine"),
}
_REASONED = {"set_aside"}
_LISTS = (
    "files",
    "withdrawn",
    "codes",
    "pieces",
    "themes",
    "groups",
    "addressees",
    "points",
    "contributions",
    "shown_in",
)
_SHAPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(_LISTS, (list, tuple)),
    **dict.fromkeys(("added", "changed", "made_from"), (dict,)),
    **dict.fromkeys(("start", "end"), (int, type(None))),
    **dict.fromkeys(("question", "contribution", "phase", "language"), (str, type(None))),
    "conclusive": (bool,),
}
"""What each field is; those that are not named are words."""


def checked(decision: Decision) -> Decision:
    """The decision, if it is one.

    Raises Refused `decision_unknown` (kind), `decision_incomplete` (kind, field), `reason_missing`.
    """
    names = KINDS.get(decision.kind)
    if names is None:
        raise Refused("decision_unknown", kind=decision.kind[:40])
    for name in names:
        if name not in decision.fields or not _fits(name, decision.fields[name]):
            raise Refused("decision_incomplete", kind=decision.kind, field=name)
        allowed = _ALLOWED.get(name)
        if allowed is not None and name != decision.kind and decision.fields[name] not in allowed:
            raise Refused("decision_incomplete", kind=decision.kind, field=name)
    own = _ALLOWED.get(decision.kind)  # a kind that names its own value: status, stage, note, layer, chapter
    if own is not None and decision.fields[decision.kind] not in own:
        raise Refused("decision_incomplete", kind=decision.kind, field=decision.kind)
    if decision.fields.get("status") in _REASONED and not decision.reason.strip():
        raise Refused("reason_missing")
    return decision


def _fits(name: str, value: Any) -> bool:
    """Whether a field has its shape: a log that somebody sends may hold anything, and must not stop the desk."""
    shaped = isinstance(value, _SHAPES.get(name, (str,)))
    if not shaped or name not in _LISTS:
        return shaped
    each: Iterable[Any] = value
    if name == "pieces":
        return all(isinstance(one, list | tuple) and [type(at) for at in one] == [int, int] for one in each)
    return all(isinstance(one, str) for one in each)


def ordered(decisions: Iterable[Decision]) -> list[Decision]:
    """Each decision once, in the one order that does not depend on who had them first.

    Raises Corrupt `decision_differs` (decision): two have one id and are not the same.
    """
    found: dict[str, Decision] = {}
    for decision in decisions:
        before = found.setdefault(decision.id, decision)
        if before != decision:
            raise Corrupt("decision_differs", decision=decision.id[:40])
    return sorted(found.values(), key=lambda decision: decision.place)


def undone(in_order: Iterable[Decision]) -> set[str]:
    """Ids of decisions that no longer hold. An undo can be undone; one that names a later decision does nothing."""
    gone: set[str] = set()
    later: set[str] = set()
    for decision in reversed(list(in_order)):
        if decision.kind == "undo" and decision.id not in gone and decision.fields["of"] not in later:
            gone.add(decision.fields["of"])
        later.add(decision.id)
    return gone


def to_document(decision: Decision) -> dict[str, Any]:
    """As JSON values, to be sealed."""
    return {
        "id": decision.id,
        "author": decision.author,
        "clock": decision.clock,
        "day": decision.day,
        "kind": decision.kind,
        "fields": dict(decision.fields),
        "reason": decision.reason,
    }


def from_document(document: Mapping[str, Any]) -> Decision:
    """From what `to_document` gave. Raises Corrupt `log_damaged` for another shape."""
    try:
        decision = Decision(
            str(document["id"]),
            str(document["author"]),
            int(document["clock"]),
            str(document["day"]),
            str(document["kind"]),
            dict(document["fields"]),
            str(document["reason"]),
        )
        return checked(decision)
    except (KeyError, TypeError, ValueError, Refused) as error:
        raise Corrupt("log_damaged", place=0) from error
