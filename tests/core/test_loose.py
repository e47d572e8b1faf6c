"""A sentence where a choice is asked for is kept, and its author says where it belongs."""

import pytest

from bot.core.dialogue import effects as out
from bot.core.dialogue.draft import REVIEW
from bot.core.dialogue.engine import present
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import StepId
from bot.core.errors import Outdated
from bot.questionnaires.library import form
from tests.core.test_engine import Walk

RECOMMENDATION, EXAMPLE = StepId("recommendation"), StepId("example")
LATE = "Open the clinics to everybody, with or without papers."


@pytest.fixture
def walk() -> Walk:
    return Walk(form("recommendation"))


def _at(walk: Walk, step: StepId) -> int:
    return [question.id for question in walk.form.questionnaire.questions].index(step)


def test_it_is_kept_and_asked_about(walk: Walk) -> None:
    walk.say(LATE)
    asked = walk.effects[-1]
    assert isinstance(asked, out.AskWhere)
    assert asked.steps == (RECOMMENDATION, EXAMPLE)
    assert list(walk.kept.values()) == [LATE]
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert walk.draft.step == StepId("phase")
    assert [walk.kept[one.part] for one in walk.draft.answers[RECOMMENDATION].written] == [LATE]


@pytest.mark.parametrize("stopped", [True, False])
def test_it_is_asked_about_again_after_whatever_came_between(walk: Walk, stopped: bool) -> None:
    walk.say(LATE)
    if stopped:
        walk.press(Do.STOP)
        walk.press(Do.CONTINUE)
        asked = walk.effects[-1]
    else:
        asked = present(walk.draft, walk.form).effects[-1]
    assert isinstance(asked, out.AskWhere)
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert isinstance(walk.effects[-1], out.Ask)


def test_its_end_goes_with_it_however_short(walk: Walk) -> None:
    walk.say(LATE)
    walk.say("At night.")
    assert isinstance(walk.effects[-1], out.AskWhere)
    walk.say("99")
    assert not isinstance(walk.effects[-1], out.AskWhere)
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert [walk.kept[one.part] for one in walk.draft.answers[RECOMMENDATION].written] == [LATE, "At night."]


def test_nothing_is_said_of_it_but_that_it_is_left_out(walk: Walk) -> None:
    walk.say(LATE)
    walk.press(Do.DISCARD)
    assert out.Noted("dialogue.left_out") in walk.effects


def test_a_list_without_numbers_asks_for_none(walk: Walk) -> None:
    while walk.draft.step != StepId("country"):
        walk.say("Open it.") if walk.draft.step == RECOMMENDATION else walk.press(Do.SKIP)
        if walk.draft.step == RECOMMENDATION and walk.draft.answer(RECOMMENDATION):
            walk.press(Do.NEXT)
    walk.say("Qqqq")
    asked = walk.effects[-1]
    assert isinstance(asked, out.Ask)
    assert asked.trouble == out.Trouble("dialogue.not_in_list")


def test_it_joins_what_was_written_before(walk: Walk) -> None:
    walk.answer_all()
    walk.say("And open them at night as well, please.")
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert walk.draft.step == REVIEW
    assert len(walk.draft.answers[RECOMMENDATION].written) == 2


def test_it_can_be_left_out(walk: Walk) -> None:
    walk.say(LATE)
    walk.press(Do.DISCARD)
    assert walk.kept == {}
    assert walk.draft.loose == ()
    with pytest.raises(Outdated):
        walk.press(Do.DISCARD)


def test_nothing_is_handed_in_while_something_is_loose(walk: Walk) -> None:
    walk.answer_all()
    walk.say(LATE)
    walk.press(Do.SUBMIT)
    assert isinstance(walk.effects[-1], out.AskWhere)
    walk.press(Do.DISCARD)
    walk.press(Do.SUBMIT)
    assert isinstance(walk.effects[-1], out.Finished)


def test_editing_it_changes_what_is_kept(walk: Walk) -> None:
    message = walk.say(LATE)
    walk.edit(message, "Open the schools to everybody, with or without papers.")
    assert list(walk.kept.values()) == ["Open the schools to everybody, with or without papers."]
    assert len(walk.draft.loose) == 1


def test_a_mistyped_choice_is_no_sentence(walk: Walk) -> None:
    walk.say("befor the crisis")
    assert isinstance(walk.effects[-1], out.Ask)
    assert walk.kept == {}


def test_a_choice_taken_meanwhile_leaves_it_waiting(walk: Walk) -> None:
    walk.say(LATE)
    walk.press(Do.CHOOSE, 1)
    assert len(walk.draft.loose) == 1
    walk.press(Do.PLACE, _at(walk, EXAMPLE))
    assert [walk.kept[one.part] for one in walk.draft.answers[EXAMPLE].written] == [LATE]
