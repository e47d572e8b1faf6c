"""What a form of the pages means as decisions. Everything in it may be anything: it is checked here or by `checked`.

Not here: how forms look (`templates`), keeping decisions (`desk`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData as Form

from bot.core.consolidation.decisions import NOTED
from bot.core.consolidation.state import WORDS, Passage
from bot.core.consultations import BY_ID
from bot.core.errors import Refused
from bot.desk.desk import CODED, PIECES, Desk
from bot.desk.material import texts_of
from bot.questionnaires.publication import SIDE, TEXT, TITLE, Wrong, language_of

Wanted = tuple[str, str, dict[str, Any]]
"""Kind, reason, fields."""
LONG, SHORT = 100_000, 500
"""Characters of a written text, and of a reason or tag."""
_LONGEST = {"title": TITLE, "text": TEXT, "said": SIDE, "wrote": SIDE, "answered": SIDE}
"""Characters of each of a point's words, as far as they can be published."""
_DIGEST = re.compile(r"[0-9a-f]{16}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def decide(desk: Desk, form: Form) -> str:
    """Keep what a form decides; what to tell. Raises Refused and Unavailable, and then nothing was kept."""
    kind = _text(form, "kind", SHORT)
    made = _MAKERS.get(kind)
    if made is None:
        raise Refused("decision_unknown", kind=kind[:40])
    desk.decide_all(made(desk, form, _text(form, "reason", SHORT)))
    return _SAID.get(kind, "Kept.")


_SAID: Mapping[str, str] = {"undo": "Undone. History shows both.", "merge": "Merged. Nothing was lost."}


def _text(form: Form, name: str, longest: int, needed: bool = False) -> str:
    value = form.get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > longest or (needed and not text):
        raise Refused("decision_incomplete", kind=str(form.get("kind", ""))[:40], field=name)
    return text.replace("\r\n", "\n")


def _contribution(desk: Desk, form: Form) -> str:
    name = _text(form, "contribution", 40, needed=True)
    if name not in desk.lines:
        raise Refused("decision_incomplete", kind=str(form.get("kind", ""))[:40], field="contribution")
    return name


def _point(desk: Desk, form: Form, field: str = "point") -> str:
    name = _text(form, field, 40, needed=True)
    if name not in desk.state.points:
        raise Refused("decision_incomplete", kind=str(form.get("kind", ""))[:40], field=field)
    return name


def _passage(desk: Desk, contribution: str, words: str) -> tuple[str, int, int]:
    """Question, start and end of words that somebody wrote. Raises Refused `passage_missing`."""
    for question, text in texts_of(desk.lines[contribution]).items():
        start = text.find(words)
        if words and start >= 0:
            return question, start, start + len(words)
    raise Refused("passage_missing")


def _known(desk: Desk, question: str, codes: list[Any]) -> list[str]:
    known = {each.code for each in desk.codebook(question)}
    chosen = [str(code) for code in codes]
    if not set(chosen) <= known:
        raise Refused("decision_incomplete", kind="code", field="codes")
    return chosen


def _status(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [("status", reason, {"contribution": _contribution(desk, form), "status": _text(form, "status", SHORT)})]


def _code(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    question = _text(form, "question", SHORT)
    if question not in CODED:
        raise Refused("decision_incomplete", kind="code", field="question")
    codes = _known(desk, question, form.getlist("codes"))
    return [("code", reason, {"contribution": _contribution(desk, form), "question": question, "codes": codes})]


def _verify(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [("verify", reason, {"contribution": _contribution(desk, form)})]


def _tag(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    kind, tag = _text(form, "kind", SHORT), _text(form, "tag", SHORT, needed=True)
    return [(kind, reason, {"contribution": _contribution(desk, form), "tag": tag})]


def _define(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    question, code = _text(form, "question", SHORT), _text(form, "code", 40)
    if question not in CODED or not _CODE.fullmatch(code):
        raise Refused("decision_incomplete", kind="define", field="code")
    name, definition = _text(form, "name", SHORT, needed=True), _text(form, "definition", SHORT, needed=True)
    return [("define", reason, {"question": question, "code": code, "name": name, "definition": definition})]


def _layer(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    fields = {
        name: _text(form, name, LONG, needed=True) for name in ("question", "layer", "language", "text", "made_by")
    }
    return [("layer", reason, {"contribution": _contribution(desk, form), **fields})]


def _mask(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    name = _contribution(desk, form)
    words = _text(form, "passage", LONG, needed=True)
    wanted: list[Wanted] = []
    for question, text in texts_of(desk.lines[name]).items():
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            wanted.append(("mask", reason, {"contribution": name, "question": question, "start": start, "end": end}))
            start = text.find(words, end)
    if not wanted:
        raise Refused("passage_missing")
    return wanted


def _split(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    name = _contribution(desk, form)
    lines = [line.strip() for line in _text(form, "passages", LONG, needed=True).split("\n")]
    found = [_passage(desk, name, line) for line in lines if line]
    if len({question for question, _, _ in found}) != 1:
        raise Refused("passage_missing")
    pieces = [[start, end] for _, start, end in found]
    return [("split", reason, {"contribution": name, "question": found[0][0], "pieces": pieces})]


def _language(desk: Desk, form: Form, words: Sequence[str], default: str | None = None) -> str:
    """The language that words are said to be in. Raises Refused where it is none, or is not written in these letters.

    Whoever words a point of an Arabic contribution in English, and leaves Arabic chosen, would publish it as Arabic.
    """
    try:
        language = language_of(_text(form, "language", 10) or default or "en")
    except Wrong as error:
        raise Refused("decision_incomplete", kind=str(form.get("kind", ""))[:40], field="language") from error
    if not all(desk.in_letters_of(language, each) for each in words):
        raise Refused("language_doubtful", language=desk.frame.own_name(language))
    return language


def _new_point(desk: Desk, form: Form, reason: str, language: str | None = None, ask: str = "") -> Wanted:
    """`ask`: an ask in its own words, the point's until it is worded.

    A title may be in the letters of the desk, above what somebody wrote in theirs, until it is worded.
    """
    title, text = _text(form, "title", TITLE, needed=True), _text(form, "text", TEXT)
    said = [text or ask or title]
    return (
        "point",
        reason,
        {
            "point": desk.new_id(),
            "title": title,
            "text": text or ask,
            "language": _language(desk, form, said, language),
            "wording": _text(form, "wording", SHORT) or _wording(desk, form, text),
        },
    )


def _wording(desk: Desk, form: Form, text: str) -> str:
    """Whose words a text is, where nobody says: theirs if it stands in the contribution, or was translated from it."""
    name = _text(form, "contribution", 40)
    line, layers = desk.lines.get(name), desk.state.item(name).layers
    written = [*(texts_of(line).values() if line else ()), *(layer.text for layer in layers)]
    return "theirs" if any(text in each for each in written) else "ours"


def _make_point(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [_new_point(desk, form, reason)]


def _word(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    kind, _, fields = _new_point(desk, form, reason)
    _language(desk, form, [fields["title"]])
    return [("word", reason, {**fields, "point": _point(desk, form)})] if kind else []


def _place(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    phase = _text(form, "phase", SHORT)
    fields: dict[str, Any] = {"point": _point(desk, form), "phase": phase or None}
    _known(desk, "phase", [phase] if phase else [])
    for field, question in (("themes", "theme"), ("groups", "groups"), ("addressees", "addressees")):
        fields[field] = _known(desk, question, form.getlist(field))
    return [("place", reason, fields)]


def _piece_of(desk: Desk, form: Form, name: str) -> Passage | None:
    """The piece that a form is about; None where it is about the whole."""
    start, end = _text(form, "start", 9), _text(form, "end", 9)
    if not start and not end:
        return None
    for piece in desk.state.item(name).pieces:
        if (str(piece.start), str(piece.end)) == (start, end):
            return piece
    raise Refused("passage_missing")


def _piece(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    name = _contribution(desk, form)
    piece = _piece_of(desk, form, name)
    if piece is None:
        raise Refused("passage_missing")
    wanted: list[Wanted] = []
    for question in PIECES:
        codes = _known(desk, question, form.getlist(question))
        if set(codes) != set(desk.codes_of_piece(name, piece, question)):
            fields = {"contribution": name, "start": piece.start, "end": piece.end, "question": question}
            wanted.append(("piece", reason, {**fields, "codes": codes}))
    return wanted


def _feed(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    name, words = _contribution(desk, form), _text(form, "passage", LONG)
    piece = _piece_of(desk, form, name)
    question, start, end = _passage(desk, name, words) if words else (None, None, None)
    if piece is not None:
        question, start, end = piece.question, piece.start, piece.end

    def codes(asked: str) -> list[str]:
        return list(desk.codes(name, asked) if piece is None else desk.codes_of_piece(name, piece, asked))

    wanted: list[Wanted] = []
    if _text(form, "point", 40):
        point = _point(desk, form)
    else:
        ask = "" if piece is None else desk.words(piece)[:TEXT]
        wanted.append(_new_point(desk, form, reason, desk.lines[name]["language"], ask))
        point = wanted[0][2]["point"]
        fields = {"groups": codes("groups") if piece else [], "addressees": codes("addressees")}
        placed = {"point": point, "phase": next(iter(codes("phase")), None), "themes": codes("theme"), **fields}
        wanted.append(("place", reason, placed))
    fed = {"point": point, "contribution": name, "question": question, "start": start, "end": end}
    return [*wanted, ("feed", reason, fed)]


def _merge(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    point, into = _point(desk, form), _point(desk, form, "into")
    if desk.state.home(into) == point:
        raise Refused("decision_incomplete", kind="merge", field="into")
    return [("merge", reason, {"point": point, "into": into})]


def _note(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    contribution = _text(form, "contribution", 40)
    if contribution and contribution not in desk.lines:
        raise Refused("decision_incomplete", kind="note", field="contribution")
    fields = {"note": _text(form, "note", SHORT), "text": _text(form, "text", LONG, needed=True)}
    return [("note", reason, {"point": _point(desk, form), **fields, "contribution": contribution})]


def _stage(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [("stage", reason, {"point": _point(desk, form), "stage": _text(form, "stage", SHORT)})]


def _answer(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    fields = {name: _text(form, name, SIDE) for name in ("said", "wrote", "answered")}
    return [("answer", reason, {"point": _point(desk, form), **fields})]


def _show(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    chosen = [str(one) for one in form.getlist("shown_in")]
    if not set(chosen) <= set(BY_ID):
        raise Refused("decision_incomplete", kind="show", field="shown_in")
    return [("show", reason, {"point": _point(desk, form), "shown_in": chosen})]


def _translate(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    point = _point(desk, form)
    own = desk.state.points[point]
    words = {name: _text(form, name, _LONGEST[name]) if own.words[name] else "" for name in WORDS}
    language = _language(desk, form, list(words.values()))
    if not words["title"] or language == own.language:
        raise Refused("decision_incomplete", kind="translate", field="language" if words["title"] else "title")
    made_from = {name: found for name in WORDS if _DIGEST.fullmatch(found := _text(form, f"from_{name}", SHORT))}
    before = own.translations.get(language)
    if before is not None and before.made_by == "human" and _text(form, "made_by", SHORT) == "machine":
        standing = [name for name in WORDS if before.words[name] and name not in own.stale(language)]
        if standing:  # it would change nothing
            raise Refused("decision_incomplete", kind="translate", field="made_by")
    if before is not None and _text(form, "holds", SHORT) != "yes":
        # What was made from other words, and left as it was, is not made from the present ones by keeping another part.
        left = [name for name in own.stale(language) if words[name] == before.words[name]]
        made_from |= {name: before.made_from.get(name, "") for name in left}
    fields = {**words, "language": language, "made_by": _text(form, "made_by", SHORT), "made_from": made_from}
    return [("translate", reason, {"point": point, **fields})]


def _pair(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    one, other = _text(form, "one", 40), _text(form, "other", 40)
    if not {one, other} <= set(desk.lines) or one == other:
        raise Refused("decision_incomplete", kind="pair", field="other")
    return [("pair", reason, {"one": one, "other": other, "verdict": _text(form, "verdict", SHORT)})]


def _chapter(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [("chapter", reason, {"chapter": _text(form, "chapter", SHORT), "text": _text(form, "text", LONG)})]


def _label(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    return [("label", reason, {"conclusive": _text(form, "conclusive", SHORT) == "yes"})]


def _undo(desk: Desk, form: Form, reason: str) -> list[Wanted]:
    name = _text(form, "of", 40)
    target = next((one for one in desk.log.decisions if one.id == name), None)
    if target is None or target.kind in NOTED:
        raise Refused("decision_incomplete", kind="undo", field="of")
    return [("undo", reason, {"of": name})]


_MAKERS: Mapping[str, Callable[[Desk, Form, str], list[Wanted]]] = {
    "status": _status, "code": _code, "verify": _verify, "tag": _tag, "untag": _tag, "define": _define,
    "layer": _layer, "mask": _mask, "split": _split, "piece": _piece,
    "point": _make_point, "word": _word, "place": _place,
    "feed": _feed, "merge": _merge, "note": _note, "stage": _stage, "answer": _answer,
    "show": _show, "translate": _translate, "pair": _pair, "chapter": _chapter, "label": _label, "undo": _undo,
}  # fmt: skip
