"""What is masked in a contribution leaves the desk nowhere: after withdrawals, merges and undos, in every script."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.core.consolidation.state import Layer, digest
from bot.desk import pages, report
from bot.desk.desk import Desk
from bot.desk.masking import MASK, blacked, hinted
from bot.sealing import new_identity
from tests.desk.test_report import point
from tests.desk.world import desk, line

ONE, TWO = (f"{number:032x}" for number in (1, 2))
NAME = "Ana Example"
SAID = f"Call {NAME} at once"
START, END = 5, 16


def masked(made: Desk, contribution: str = ONE, start: int = START, end: int = END, **fields: Any) -> None:
    made.decide("mask", "named", contribution=contribution, question="recommendation", start=start, end=end, **fields)


def leaves(made: Desk) -> str:
    """All that leaves: the report with its annex, and what is published."""
    return report.made(made, "html", "en")[0].decode() + report.published(made).decode()


def test_a_name_stays_masked_once_its_contribution_is_taken_back(tmp_path: Path) -> None:
    """Exactly when somebody asks to be forgotten, nothing but the mask knows what is to be hidden."""
    identity, lines = new_identity(), [line(1, SAID), line(2, "Answer the phone")]
    made = desk(tmp_path, lines, identity)
    point(made, "p1", f"{NAME} said: answer", ONE, TWO)
    made.decide("stage", f"as {NAME} asked", point="p1", stage="agreed")
    masked(made)
    assert NAME not in leaves(made)
    made.log.close()
    lines[0] |= {"state": "withdrawn", "answers": {}}
    made = desk(tmp_path, lines, identity)
    assert made.leaking(made.state.points["p1"])
    assert NAME not in leaves(made)
    assert f"{MASK} said: answer" in leaves(made)
    assert NAME not in pages.history(made, pages.Query(), "")


def test_nothing_is_said_where_nobody_knows_any_more_what_was_masked(tmp_path: Path) -> None:
    """A log from before masks held their words, and the contribution is taken back."""
    identity, lines = new_identity(), [line(1, SAID)]
    made = desk(tmp_path, lines, identity)
    point(made, "p1", f"{NAME} said: answer", ONE)
    made.with_words = dict  # type: ignore[assignment,method-assign] # as the desk did before
    masked(made)
    made.log.close()
    lines[0] |= {"state": "withdrawn", "answers": {}}
    made = desk(tmp_path, lines, identity)
    assert made.leaking(made.state.points["p1"])
    assert "said: answer" not in leaves(made)


def test_decisions_about_what_was_merged_undone_or_compared_are_guarded(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, SAID), line(2, "Answer the phone")])
    point(made, "p1", "Answer", ONE)
    point(made, "p2", "Answer at once", TWO)
    reasons = [
        made.decide("stage", f"{NAME} asked for it 1", point="p1", stage="agreed"),
        made.decide("merge", f"{NAME} asked for it 2", point="p1", into="p2"),
        made.decide("pair", f"{NAME} asked for it 3", one=TWO, other=ONE, verdict="twice"),
    ]
    reasons.append(made.decide("undo", f"{NAME} asked for it 4", of=reasons[2].id))
    fed = next(one for one in made.log.decisions if one.kind == "feed" and one.fields["contribution"] == ONE)
    reasons.append(made.decide("undo", f"{NAME} asked for it 5", of=fed.id))
    made.decide("chapter", "", chapter="background", text=f"We met {NAME}.")
    masked(made)
    for one in reasons:
        assert made.unmasked(one, one.reason).startswith(MASK), one.kind
    left = leaves(made)
    assert NAME not in left
    assert f"We met {MASK}." in left
    assert made.guarded("p1", NAME) == MASK, "what fed it once may still stand in it"


def test_a_point_is_published_in_no_language_in_which_the_name_may_stand_in_other_letters(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Иван Пример просит врача", language="ru")])
    made.decide("point", "", point="p1", title="Врач", text="Иван Пример просит врача", language="ru", wording="theirs")
    made.decide("feed", "", point="p1", contribution=ONE, question=None, start=None, end=None)
    made.decide("stage", "", point="p1", stage="agreed")

    def translates(text: str) -> dict[str, Any]:
        own = made.state.points["p1"].words
        made_from = {name: digest(words) for name, words in own.items()}
        words = {"title": "A doctor", "text": text, "said": "", "wrote": "", "answered": ""}
        made.decide("translate", "", point="p1", language="en", **words, made_by="human", made_from=made_from)
        (found,) = json.loads(report.published(made))["points"]
        return dict(found["text"])

    assert set(translates("Ivan Primer asks for a doctor")) == {"ru", "en"}
    masked(made, start=0, end=11)
    assert made.leaking(made.state.points["p1"])
    assert translates("Ivan Primer asks for a doctor") == {"ru": f"{MASK} просит врача"}
    assert "Ivan" not in leaves(made)
    assert translates(f"{MASK} asks for a doctor")["en"] == f"{MASK} asks for a doctor"
    said = f"{MASK} просит врача"
    made.decide("word", "", point="p1", title="Врач", text=said, language="ru", wording="theirs")
    assert translates(f"{MASK} asks for a doctor") == {"ru": said, "en": f"{MASK} asks for a doctor"}
    assert not made.leaking(made.state.points["p1"])
    assert translates("Ivan Primer asks for a doctor") == {"ru": said}
    assert made.leaking(made.state.points["p1"]), "in the translation alone"


def test_a_translation_of_a_contribution_is_sure_by_each_masked_passage_of_its_question(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "ACME и Иван", language="ru", example="Oslo")])
    masked(made, start=0, end=4)
    masked(made, start=7, end=11)
    made.decide("mask", "place", contribution=ONE, question="example", start=0, end=4)

    def sure(text: str) -> bool:
        return made.layer(ONE, Layer("d", "recommendation", "translation", "en", text, "human", "Noor", "2026-11-22"))[
            1
        ]

    assert not sure("ACME and Ivan, of ACME")
    assert not sure("ACME and Ivan in Oslo")
    assert sure(f"ACME and {MASK}")
    masked(made, start=5, end=11)
    assert sure(f"ACME {MASK}"), "passages that overlap are one"


def test_a_region_is_named_by_people_and_not_by_contributions(tmp_path: Path) -> None:
    lines = [line(number, f"Clinics {number}") for number in range(1, 6)]
    made = desk(tmp_path, lines)
    point(made, "p1", "Clinics", *(one["contribution"] for one in lines))
    assert made.nameable("p1") == ["eeca"]
    made.decide("pair", "one person", one=ONE, other=TWO, verdict="twice")
    assert made.nameable("p1") == []
    made.decide("pair", "two people", one=ONE, other=TWO, verdict="different")
    assert made.nameable("p1") == ["eeca"]
    lines[0]["feedback"] = [{"point": "p1", "answer": "not_counted", "words": ""}]
    assert made.nameable("p1") == []


def test_the_people_of_a_group_count_though_few_points_are_theirs(tmp_path: Path) -> None:
    group = line(9, "We met", people=7) | {"questionnaire": "group"}
    lines = [group, *(line(number, f"Clinics {number}") | {"group": group["contribution"]} for number in (1, 2))]
    made = desk(tmp_path, lines)
    point(made, "p1", "Clinics", ONE, TWO)
    assert made.nameable("p1") == ["eeca"]
    group["answers"]["people"] = 4
    made = desk(tmp_path, lines, author="Bo")
    point(made, "p1", "Clinics", ONE, TWO)
    assert made.nameable("p1") == []


def test_what_only_resembles_a_masked_name_is_pointed_out(tmp_path: Path) -> None:
    made = desk(tmp_path, [line(1, "Call Ana at once")])
    point(made, "p1", "The way of Anabel", ONE)
    assert not made.leaking(made.state.points["p1"])
    masked(made, end=8)
    assert made.leaking(made.state.points["p1"])


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [("Ana", "ANA and Anabel", f"{MASK} and Anabel"), ("สมชาย", "คุณสมชายขอ", f"คุณ{MASK}ขอ"),
     ("أحمد", "وأحمد وبأحمد", f"{MASK} {MASK}"), ("Иван", "у Ивана", f"у {MASK}"),
     ("张伟", "我叫张伟。", f"我叫{MASK}。")],
)  # fmt: skip
def test_words_are_found_as_their_script_writes_them(words: str, text: str, found: str) -> None:
    assert blacked(text, [words]) == found


def test_what_only_resembles_is_told() -> None:
    assert hinted("Anabel's", ["Ana"])
    assert not hinted("No name here", ["Ana"])
