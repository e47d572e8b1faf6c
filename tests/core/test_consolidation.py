"""What decisions add up to: in any order, undone, merged; who is counted; how far coders agree."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.consolidation.agreement import alpha, kappa
from bot.core.consolidation.decisions import KINDS, Decision, checked, from_document, ordered, to_document
from bot.core.consolidation.replay import replay
from bot.core.consolidation.state import WORDS, Passage, digest
from bot.core.consolidation.support import answers_to, support
from bot.core.errors import Corrupt, Refused

CONTRIBUTIONS = [f"{number:032x}" for number in range(4)]
POINTS = ["p1", "p2", "p3"]
DRAWN = ["point", "feed", "unfeed", "merge", "code", "tag", "untag", "note", "stage", "word", "translate", "undo"]


def decided(number: int, kind: str, author: str = "one", reason: str = "", **fields: Any) -> Decision:
    return checked(Decision(f"{number:032x}", author, number, "2026-11-22", kind, fields, reason))


def made(number: int, point: str, author: str = "one") -> Decision:
    return decided(
        number, "point", author, point=point, title=f"Title {point}", text="Text", language="en", wording="ours"
    )


def fed(number: int, point: str, contribution: str, author: str = "one", end: int | None = None) -> Decision:
    return decided(
        number, "feed", author, point=point, contribution=contribution,
        question=None if end is None else "recommendation", start=None if end is None else 0, end=end,
    )  # fmt: skip


def line(contribution: str, state: str = "submitted", group: str | None = None, **answers: Any) -> dict[str, Any]:
    return {
        "contribution": contribution, "consultation": answers.pop("consultation", "eeca"), "state": state,
        "group": group, "answers": answers,
    }  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Decision]:
    """What two people decide, partly apart from one another: clocks and authors overlap, undos name anything."""
    found: list[Decision] = []
    for number in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(DRAWN))
        point, contribution = draw(st.sampled_from(POINTS)), draw(st.sampled_from(CONTRIBUTIONS))
        which = draw(st.integers(0, 5))  # one draw for all that a kind needs: every draw takes time
        every: dict[str, dict[str, Any]] = {
            "point": {"point": point, "title": f"t{number}", "text": "", "language": "en", "wording": "ours"},
            "feed": {"point": point, "contribution": contribution, "question": None, "start": None, "end": None},
            "unfeed": {"point": point, "contribution": contribution},
            "merge": {"point": point, "into": POINTS[which % 3]},
            "code": {"contribution": contribution, "question": "theme", "codes": ["ab"[which % 2]]},
            "tag": {"contribution": contribution, "tag": "xy"[which % 2]},
            "untag": {"contribution": contribution, "tag": "xy"[which % 2]},
            "note": {"point": point, "note": "minority", "text": str(number), "contribution": ""},
            "stage": {"point": point, "stage": ("emerging", "agreed")[which % 2]},
            "word": {"point": point, "title": f"w{number}", "text": "", "language": "en", "wording": "ours"},
            "translate": {
                **dict.fromkeys(WORDS, ""), "point": point, "language": ("fr", "en")[which % 2],
                "title": str(number), "made_by": "human", "made_from": {"title": digest(f"t{number}")},
            },
            "undo": {"of": draw(st.sampled_from(found)).id if found and kind == "undo" else "0" * 32},
        }  # fmt: skip
        fields = every[kind]
        author, clock = draw(st.sampled_from(["one", "two"])), draw(st.integers(1, 12))
        found.append(checked(Decision(f"{number:032x}", author, clock, "2026-11-22", kind, fields)))
    return found


@given(histories(), st.randoms(use_true_random=False), st.integers(0, 25))
def test_two_logs_come_to_the_same_state_in_either_order(
    history: list[Decision], chance: random.Random, cut: int
) -> None:
    one, other = history[:cut], history[max(cut - 5, 0) :]  # some of it both of them have
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert replay(one + other) == replay(other + one) == replay(shuffled) == replay(history)


@given(histories())
def test_no_merged_point_is_lost_or_its_own_home(history: list[Decision]) -> None:
    state = replay(history)
    for point in state.points:
        assert state.home(state.home(point)) == state.home(point)
    shown = [passage for point in state.standing() for passage in state.sources(point.id)]
    assert sorted(map(repr, shown)) == sorted(repr(pair) for point in state.points.values() for pair in point.fed)


@given(histories())
def test_what_is_undone_is_as_if_it_had_never_been(history: list[Decision]) -> None:
    plain = [decision for decision in history if decision.kind != "undo"]
    for target in plain:
        last = Decision("f" * 32, "two", 99, "2026-11-22", "undo", {"of": target.id})
        without = replay([decision for decision in plain if decision != target])
        with_undo = replay([*plain, last])
        assert (with_undo.points, with_undo.items, with_undo.pairs) == (without.points, without.items, without.pairs)
        again = Decision("e" * 32, "one", 100, "2026-11-22", "undo", {"of": last.id})
        assert replay([*plain, last, again]).points == replay(plain).points


def test_merging_keeps_every_original_and_can_be_undone() -> None:
    first, second = CONTRIBUTIONS[:2]
    history = [
        made(1, "p1"), made(2, "p2"), fed(3, "p1", first, end=5), fed(4, "p2", second),
        decided(5, "note", point="p2", note="minority", text="Not for us", contribution=second),
        decided(6, "merge", point="p2", into="p1", reason="They say the same"),
    ]  # fmt: skip
    state = replay(history)
    assert [point.id for point in state.standing()] == ["p1"]
    assert [passage for _, passage in state.sources("p1")] == [
        Passage(first, "recommendation", 0, 5),
        Passage(second),
    ]
    assert [note.text for note in state.notes("p1")] == ["Not for us"]
    assert [point.id for point in state.fed_by(second)] == ["p1"]
    apart = replay([*history, decided(7, "undo", of=history[-1].id)])
    assert [point.id for point in apart.standing()] == ["p1", "p2"]
    assert [passage for _, passage in apart.sources("p1")] == [Passage(first, "recommendation", 0, 5)]


def test_a_translation_holds_for_the_words_that_its_maker_saw() -> None:
    words: dict[str, Any] = {"title": "Titre", "text": "Texte", "said": "", "wrote": "", "answered": ""}
    made_from = {"title": digest("Title p1"), "text": digest("Text")}

    def translated(number: int, language: str = "fr") -> Decision:
        return decided(
            number, "translate", "two", point="p1", language=language, made_by="human", made_from=made_from, **words
        )

    def worded(number: int, text: str) -> Decision:
        return decided(number, "word", point="p1", title="Title p1", text=text, language="en", wording="ours")

    point = replay([made(1, "p1"), translated(2)]).points["p1"]
    assert point.versions("text") == {"en": "Text", "fr": "Texte"}
    for number in (2, 4):  # worded anew by somebody apart, before or after in the order: the translator had not seen it
        point = replay([made(1, "p1"), translated(3), worded(number, "Other")]).points["p1"]
        assert point.stale("fr") == ["text"]
        assert (point.versions("text"), point.versions("title")["fr"]) == ({"en": "Other"}, "Titre")
    back = replay([made(1, "p1"), translated(3), worded(4, "Other"), worded(5, "Text")])
    assert back.points["p1"].versions("text")["fr"] == "Texte"
    own = replay([made(1, "p1"), translated(2, "en")]).points["p1"]
    assert own.versions("text") == {"en": "Text"}, "its own words come first"
    assert replay([translated(1)]).unfitting == [f"{1:032x}"]


def test_a_decision_that_fits_nothing_any_longer_is_listed() -> None:
    history = [made(1, "p1"), fed(2, "p1", CONTRIBUTIONS[0]), decided(3, "undo", of=f"{1:032x}")]
    state = replay(history)
    assert state.points == {}
    assert state.unfitting == [f"{2:032x}"]


def test_each_coder_keeps_their_codes_and_the_last_one_holds() -> None:
    one = CONTRIBUTIONS[0]
    history = [
        decided(1, "code", contribution=one, question="theme", codes=["firewall"]),
        decided(2, "verify", "two", contribution=one),
    ]
    assert replay(history).item(one).verified == "two"
    history.append(decided(3, "code", "two", contribution=one, question="theme", codes=["consular"]))
    item = replay(history).item(one)
    assert item.codes == {"one": {"theme": ("firewall",)}, "two": {"theme": ("consular",)}}
    assert item.coded == {"theme": ("consular",)}
    assert item.verified == ""


def test_decisions_read_back_and_bad_ones_are_refused() -> None:
    decision = made(1, "p1")
    assert from_document(to_document(decision)) == decision
    with pytest.raises(Refused, match="decision_unknown"):
        checked(replace(decision, kind="burn"))
    with pytest.raises(Refused, match="decision_incomplete"):
        checked(replace(decision, fields={"point": "p1"}))
    with pytest.raises(Refused, match="reason_missing"):
        decided(1, "status", contribution="c", status="set_aside")
    with pytest.raises(Refused, match="decision_incomplete"):
        decided(1, "status", contribution="c", status="lost")
    with pytest.raises(Corrupt, match="decision_differs"):
        ordered([decision, replace(decision, reason="another")])


def test_support_counts_everybody_once() -> None:
    group, first, second, third, fourth = (f"{number:032x}" for number in range(10, 15))
    gone, again = f"{20:032x}", f"{21:032x}"
    lines: Mapping[str, dict[str, Any]] = {
        f"{30:032x}": line(f"{30:032x}", state="superseded", people="7"),
        group: line(group, people="40", agreement="majority", organisations=["women", "none"], countries=["KG", "TJ"]),
        first: line(first, group=group),
        second: line(second, group=group, country="KZ"),
        third: line(third, consultation="wca", attribution="organisation", attribution_name="A  Network", country="ML"),
        fourth: line(fourth, attribution="organisation", attribution_name="a network"),
        gone: line(gone, state="withdrawn"),
        again: line(again, consultation="wca"),
    }
    lines[group]["questionnaire"] = "group"
    state = replay([decided(1, "pair", one=third, other=again, verdict="twice")])
    found = support([first, first, second, third, fourth, gone, again], lines, state)
    assert (found.contributions, found.individuals, found.groups, found.people) == (4, 2, 1, 42)
    assert (found.organisations, found.kinds) == (1, frozenset({"women"}))
    assert found.countries == {"KG", "TJ", "KZ", "ML"}
    assert found.regions == {"eeca", "wca"}
    assert found.by_agreement == {"majority": 40}
    assert found.lost == 1


def test_agreement_is_what_the_authors_publish() -> None:
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(table) == pytest.approx(0.4)
    assert kappa([]) is None
    assert kappa([("a", "a")]) is None
    units = [[None if row[at] == "." else row[at] for row in KRIPPENDORFF] for at in range(12)]
    assert alpha(units) == pytest.approx(0.743, abs=0.0005)
    assert alpha([["a", None]]) is None


KRIPPENDORFF = (
    "123321412...",
    "1233224125.3",
    ".3332342251.",
    "12332441251.",
)
"""Four observers, twelve units, missing values: example C of "Computing Krippendorff's alpha-reliability"."""


def test_a_newer_record_of_a_group_counts_and_who_asks_not_to_be_counted_does_not() -> None:
    first, newer, one, other = (f"{number:032x}" for number in range(4))
    lines = {
        first: {**line(first, state="superseded"), "questionnaire": "group"},
        newer: {**line(newer, group=first, people="12"), "questionnaire": "group"},
        one: line(one, group=first),
        other: {**line(other), "feedback": [{"point": "p1", "version": "v", "answer": "not_counted", "words": None}]},
    }
    found = answers_to(["p1"], [one, other], lines)
    assert [(answer.contribution, answer.reply, answer.words) for answer in found] == [(other, "not_counted", "")]
    assert answers_to(["p2"], [one, other], lines) == []
    assert support([one, other], lines, replay([])).people == 13
    assert support([one, other], lines, replay([]), uncounted=[other]).people == 12


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("translate", {"made_from": 3}), ("translate", {"language": ["fr"]}), ("show", {"shown_in": None}),
        ("show", {"shown_in": [{}]}), ("split", {"pieces": [[1, 2, 3]]}), ("split", {"pieces": 5}),
        ("feed", {"start": "1"}), ("import", {"added": []}), ("label", {"conclusive": "yes"}),
        ("word", {"title": None}),
    ],
)  # fmt: skip
def test_a_decision_whose_fields_have_another_shape_is_none(kind: str, fields: dict[str, object]) -> None:
    """A log that somebody sends may hold anything."""
    sound: dict[str, object] = {
        "contribution": "c", "question": "q", "start": 0, "end": 1, "pieces": [[0, 1]], "point": "p",
        "shown_in": ["eeca"], "conclusive": True,
        "language": "fr", "title": "T", "text": "", "said": "", "wrote": "", "answered": "", "made_by": "human",
        "made_from": {}, "wording": "ours", "files": [], "added": {}, "changed": {}, "withdrawn": [],
    }  # fmt: skip
    document = {"id": "0" * 32, "author": "Noor", "clock": 1, "day": "2026-11-22", "kind": kind, "reason": ""}
    kept = {name: sound[name] for name in KINDS[kind]}
    assert from_document({**document, "fields": kept}).kind == kind
    with pytest.raises(Corrupt, match="log_damaged"):
        from_document({**document, "fields": {**kept, **fields}})
