"""The dialogue made of published points."""

from dataclasses import replace

import pytest

from bot.core.dialogue.questionnaire import Kind
from bot.core.points import Point, PointSet
from bot.questionnaires.library import form, library
from bot.questionnaires.responding import Forms, responding
from locales.catalogue import Catalogue

CATALOGUE = Catalogue.load()
SCOPE = Point("scope", ("sesea", "eeca"), "2015-06-24", {"en": "Scope", "fr": "Portée"}, {"en": "Count all."})
WAGES = Point(
    "wages", ("wca",), "2015-12-07", {"en": "Wages"}, {"es": "Paguen."},
    support={"en": "Nine groups"}, said={"en": "Pay us."}, wrote={"en": "Pay wages."}, answered={"en": "We will."},
    source="A report, 2015",
)  # fmt: skip
POINTS = PointSet("sca", (SCOPE, WAGES), ("en",))
MADE = responding(POINTS, form("response"), CATALOGUE)


def label(step: str, language: str) -> str:
    question = MADE.questionnaire.question(step)
    assert question
    return question.labels[language]


def test_each_point_is_a_question_with_words_and_at_the_end_what_is_missing() -> None:
    assert [(question.id, question.kind) for question in MADE.questionnaire.questions] == [
        ("introduction", Kind.NOTE),
        ("scope", Kind.SELECT_ONE),
        ("scope_words", Kind.TEXT),
        ("wages", Kind.SELECT_ONE),
        ("wages_words", Kind.TEXT),
        ("missing", Kind.TEXT),
    ]
    assert (MADE.questionnaire.id, MADE.questionnaire.version) == ("response", POINTS.version)
    assert not any(question.required for question in MADE.questionnaire.questions)


@pytest.mark.parametrize(
    ("answer", "asked"), [("support", False), ("amend", True), ("not_ours", False), ("reservation", True), ("", False)]
)
def test_words_are_asked_for_where_the_answer_calls_for_them(answer: str, asked: bool) -> None:
    words = MADE.questionnaire.question("scope_words")
    assert words
    assert MADE.rules.relevant(words, {"scope": answer, "wages": "amend"}) is asked


def test_a_point_says_where_it_comes_from_and_that_it_is_not_final() -> None:
    text = label("scope", "en")
    assert text.startswith("Count all.\n\nFrom ")
    assert CATALOGUE.text("en", "consultation.eeca.name") in text
    assert CATALOGUE.day("en", "2015-06-24") in text
    assert "Emerging, not conclusive." in text
    beside = label("wages", "en")
    for part in ("Nine groups", "People said: Pay us.", "We wrote: Pay wages.", "The answer was: We will.", "A report"):
        assert part in beside


def test_a_language_that_stands_in_is_named() -> None:
    assert "shown in" not in label("scope", "en")
    assert "English" in label("scope", "ar").split("\n\n")[1]
    assert label("wages", "en").startswith("Paguen.")
    assert "Español" in label("wages", "en")
    assert "Español" not in label("wages", "es")
    titles = MADE.questionnaire.question("scope")
    assert titles
    assert (titles.short["fr"], titles.short["ar"]) == ("1. Portée", "1. Scope")


def test_forms_are_made_once_and_the_pattern_is_nobodys() -> None:
    calls: list[str] = []

    def points(version: str) -> PointSet | None:
        calls.append(version)
        return POINTS if version == POINTS.version else None

    forms = Forms(library(), points, CATALOGUE)
    key = f"response:{POINTS.version}"
    assert forms[key] is forms[key]
    assert calls == [POINTS.version]
    assert "response:0123" not in forms
    assert "response" not in forms
    assert forms.get("recommendation") is form("recommendation")
    assert set(forms) == {"recommendation", "practice", "group"}
    assert replace(POINTS, consultation="mena").version != POINTS.version
