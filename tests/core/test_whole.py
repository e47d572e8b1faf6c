"""The whole form in one message: every numbered line reaches its question, and nothing that was written is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.core.contributions import PartId
from bot.core.dialogue import effects as out
from bot.core.dialogue import whole
from bot.core.dialogue.draft import REVIEW, WHOLE, Draft
from bot.core.dialogue.events import Do, Edited, Said
from bot.core.dialogue.questionnaire import StepId
from bot.questionnaires.compilation import compile_markdown
from bot.questionnaires.library import form
from tests.core.test_engine import Walk

PHASE, RECOMMENDATION, GROUPS, ADDRESSEES, COUNTRY, EXAMPLE = (
    StepId(name) for name in ("phase", "recommendation", "groups", "addressees", "country", "example")
)

CHOICES = """
| survey | type | name | label |
| | select_one letters | one | Which one? |

| choices | list_name | name | label |
| | letters | a | A |
| | letters | b | B |

| settings | form_id | title | version |
| | small | Small | 1 |
"""

BRANCHES = """
| survey | type | name | label | required | relevant |
| | select_one answers | papers | Have you papers? | no | |
| | text | which | Which papers? | yes | selected(${papers}, 'yes') |
| | integer | year | Of which year? | no | selected(${papers}, 'yes') |
| | text | words | Write it. | no | |
| | integer | days | How many days? | no | |

| choices | list_name | name | label |
| | answers | yes | Yes |
| | answers | no | No |

| settings | form_id | title | version |
| | small | Small | 1 |
"""
PAPERS, WHICH, YEAR, WORDS, DAYS = (StepId(name) for name in ("papers", "which", "year", "words", "days"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1) 2\n3) Open the clinics.", {1: "2", 3: "Open the clinics."}),
        ("1 2\n3 Open the clinics.\nTo everybody.", {1: "2", 3: "Open the clinics.\nTo everybody."}),
        ("3. Two things:\n1 a clinic\n2 a lawyer\n4: 1,2", {3: "Two things:\n1 a clinic\n2 a lawyer", 4: "1,2"}),
        ("٣) نص\n٤- ١", {3: "نص", 4: "١"}),
        ("3)\nOpen the clinics.", {3: "Open the clinics."}),
        ("3) a\n3) b", {3: "a\n3) b"}),
        ("Open the clinics.\n48 hours is enough", {}),
        ("20) x", {}),
        ("", {}),
        ("\u200f1) 2", {1: "2"}),
    ],
)
def test_lines_find_their_questions(text: str, found: dict[int, str]) -> None:
    assert whole.answers(text, 7)[0] == found


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("1) 2\n3) Open the clinics.", ""),
        ("Open the clinics.\nAt night.\n\n1) 2", "Open the clinics.\nAt night."),
        ("9) Open the clinics.\n1) 2", "9) Open the clinics."),
        ("Open the clinics.", "Open the clinics."),
    ],
)
def test_what_stands_before_the_first_number_is_given_back(text: str, before: str) -> None:
    assert whole.answers(text, 7)[1] == before


@given(st.text("13 )\nab٣", max_size=60) | st.text(max_size=300), st.integers(1, 9))
def test_nothing_that_was_written_is_lost(text: str, count: int) -> None:
    found, before = whole.answers(text, count)
    for said in (*found.values(), before):
        assert all(line in text for line in said.split("\n"))
    kept = "".join((*found.values(), before))
    assert all(kept.count(letter) == text.count(letter) for letter in text if letter.isalpha())


def _said(walk: Walk, text: str, message: int = 900) -> None:
    walk.event(Said(text, message, PartId(f"cd{message:030x}")))


def _edited(walk: Walk, text: str, message: int = 900) -> None:
    walk.event(Edited(text, message, PartId("ef" * 16)))


def _at(walk: Walk, step: StepId) -> int:
    return [question.id for question in walk.form.questionnaire.questions].index(step)


def _texts(walk: Walk, step: StepId) -> list[str]:
    return [walk.kept[one.part] for one in walk.draft.answers[step].written]


def _whole() -> Walk:
    walk = Walk(form("recommendation"))
    walk.press(Do.WHOLE)
    asked = walk.effects[-1]
    assert isinstance(asked, out.AskWhole)
    assert asked.steps[0] == PHASE
    assert walk.draft.step == WHOLE
    return walk


def test_one_message_leads_to_the_review() -> None:
    walk = _whole()
    _said(walk, "1) 2\n3) Open the clinics.\nCall amina@example.org\n4) 1, 3\n6) Kyrgyzstan\n7) It helped once.")
    assert walk.draft.step == REVIEW
    assert walk.draft.answers[PHASE].codes == ("emergency",)
    assert walk.draft.answers[GROUPS].codes == ("all_migrants", "women_gbv")
    assert walk.draft.answers[COUNTRY].codes == ("KG",)
    assert sorted(walk.kept.values()) == ["It helped once.", "Open the clinics.\nCall amina@example.org"]
    assert any(isinstance(effect, out.Noted) and effect.clues for effect in walk.effects)


def test_what_was_not_understood_is_named_and_can_be_sent_again() -> None:
    walk = _whole()
    _said(walk, "1) 9\n3) Open the clinics.\n5) nobody at all")
    review = walk.effects[-1]
    assert isinstance(review, out.Review)
    assert review.trouble is not None
    assert review.trouble.values == {"numbers": "1, 5"}
    _said(walk, "1) 2", message=901)
    assert walk.draft.answers[PHASE].codes == ("emergency",)
    assert list(walk.kept.values()) == ["Open the clinics."]


def test_a_sentence_before_the_first_number_is_kept_and_asked_about() -> None:
    walk = _whole()
    _said(walk, "Open the clinics. Call amina@example.org\n1) 2\n7) Once.")
    assert walk.draft.step == REVIEW
    assert isinstance(walk.effects[-1], out.AskWhere)
    assert any(isinstance(effect, out.Noted) and effect.clues for effect in walk.effects)
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert isinstance(walk.effects[-1], out.Review)
    assert _texts(walk, RECOMMENDATION) == ["Open the clinics. Call amina@example.org"]
    assert _texts(walk, EXAMPLE) == ["Once."]


def test_a_sentence_before_the_first_number_goes_with_an_edit() -> None:
    walk = _whole()
    _said(walk, "Open the clinics.\n1) 2")
    _edited(walk, "Open the schools.\n1) 2")
    (loose,) = walk.draft.loose
    assert walk.kept == {loose.part: "Open the schools."}
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    walk.event(Edited("1) 2\n3) Open both.", 900, PartId("fe" * 16)))
    assert not walk.draft.loose
    assert _texts(walk, RECOMMENDATION) == ["Open both."]
    assert list(walk.kept.values()) == ["Open both."]


def test_a_line_without_letters_before_the_first_number_is_nothing() -> None:
    walk = _whole()
    _said(walk, "* * *\n1) 2\n3) Open the clinics.")
    assert isinstance(walk.effects[-1], out.Review)
    assert not walk.draft.loose


def test_without_a_question_for_words_what_stands_before_is_said_to_be_left_out() -> None:
    walk = Walk(compile_markdown(CHOICES))
    walk.press(Do.WHOLE)
    _said(walk, "Good morning.\n1) 2")
    assert out.Noted("dialogue.left_out") in walk.effects
    assert walk.draft.answers[StepId("one")].codes == ("b",)
    assert walk.kept == {}


def test_editing_the_message_changes_all_of_its_answers() -> None:
    walk = _whole()
    _said(walk, "1) 2\n3) Open the clinics.\n7) Once.")
    walk.event(Edited("1) 3\n3) Open the schools.", 900, PartId("ef" * 16)))
    assert walk.draft.answers[PHASE].codes == ("post_crisis",)
    assert list(walk.kept.values()) == ["Open the schools."]
    walk.press(Do.SUBMIT)
    finished = walk.effects[-1]
    assert isinstance(finished, out.Finished)
    assert finished.answers["example"] is None


def test_editing_the_message_leaves_what_was_added_to_its_answers() -> None:
    walk = _whole()
    _said(walk, "1) 2\n3) Open the clinics.")
    walk.say("And the schools as well, please.")
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    # Nor is it replaced where the next message would replace it.
    walk.press(Do.CHANGE, _at(walk, RECOMMENDATION))
    _edited(walk, "1) 3\n3) Open the clinics at night.")
    assert walk.draft.step == REVIEW
    assert walk.draft.answers[PHASE].codes == ("post_crisis",)
    assert _texts(walk, RECOMMENDATION) == ["Open the clinics at night.", "And the schools as well, please."]
    _edited(walk, "1) 3")
    assert _texts(walk, RECOMMENDATION) == ["And the schools as well, please."]
    assert sorted(walk.kept.values()) == ["And the schools as well, please."]


def test_editing_the_message_leaves_what_was_answered_in_another_way_since() -> None:
    walk = _whole()
    _said(walk, "1) 2\n3) Open the clinics.\n4) 1\n6) Kyrgyzstan\n7) Once.")
    walk.press(Do.CHANGE, _at(walk, PHASE))
    walk.press(Do.CHOOSE, 0)
    walk.press(Do.CHANGE, _at(walk, EXAMPLE))
    walk.press(Do.SKIP)
    _said(walk, "6) Uganda", message=901)
    walk.press(Do.CHANGE, _at(walk, RECOMMENDATION))
    walk.say("Open the schools.")
    walk.press(Do.NEXT)
    _edited(walk, "1) 3\n3) Open the clinics.\n4) 2\n6) Kyrgyzstan\n7) Once.")
    assert walk.draft.answers[PHASE].codes == ("pre_crisis",)
    assert walk.draft.answers[COUNTRY].codes == ("UG",)
    assert walk.draft.answers[GROUPS].codes == ("children",)
    assert walk.draft.answers[EXAMPLE].skipped
    assert _texts(walk, RECOMMENDATION) == ["Open the schools."]
    assert list(walk.kept.values()) == ["Open the schools."]
    # It is said, not passed over.
    told = [effect.step for effect in walk.effects if isinstance(effect, out.Noted)]
    assert told == [PHASE, RECOMMENDATION, COUNTRY, EXAMPLE]
    # What nobody answered since is still the message's to answer.
    _edited(walk, "4) 2\n5) 1")
    assert walk.draft.answers[ADDRESSEES].codes == ("gov_origin",)


def test_a_text_without_numbers_is_the_recommendation() -> None:
    walk = _whole()
    _said(walk, "Open the clinics to everybody.")
    assert walk.draft.step == REVIEW
    assert list(walk.kept.values()) == ["Open the clinics to everybody."]


def test_back_leads_to_one_question_at_a_time() -> None:
    walk = _whole()
    walk.press(Do.BACK)
    assert walk.draft.step == PHASE


def test_who_changes_one_answer_is_not_asked_for_what_the_message_left_out() -> None:
    walk = _whole()
    _said(walk, "1) 2\n3) Open the clinics.")
    walk.press(Do.CHANGE, _at(walk, COUNTRY))
    assert walk.draft.step == COUNTRY
    _said(walk, "Kyrgyzstan", message=901)
    assert walk.draft.step == REVIEW
    assert walk.draft.answers[COUNTRY].codes == ("KG",)


def _branches(text: str) -> Walk:
    walk = Walk(compile_markdown(BRANCHES))
    walk.press(Do.WHOLE)
    asked = walk.effects[-1]
    assert isinstance(asked, out.AskWhole)
    assert asked.steps == (PAPERS, WORDS, DAYS)
    _said(walk, text)
    return walk


def _numbers(walk: Walk) -> object:
    shown = walk.effects[-1]
    assert isinstance(shown, out.Review | out.Ask)
    return shown.trouble and shown.trouble.values.get("numbers")


def test_what_an_answer_brings_up_is_asked_next_and_a_line_that_was_not_read_after_it() -> None:
    walk = _branches("1) yes\n3) some")
    assert walk.draft.step == WHICH
    assert _numbers(walk) == "3"
    walk.say("A passport.")
    walk.press(Do.NEXT)
    assert walk.draft.step == YEAR
    walk.press(Do.SKIP)
    assert walk.draft.step == DAYS
    walk.say("4")
    # What the message left out is not asked.
    assert walk.draft.step == REVIEW
    assert walk.draft.answers[WORDS].skipped
    assert _numbers(walk) is None


def test_a_required_answer_is_asked_for_at_the_end_whichever_way_it_was_left_out() -> None:
    walk = _branches("1) yes")
    walk.press(Do.BACK)
    assert walk.draft.step == REVIEW
    walk.press(Do.SUBMIT)
    assert walk.draft.step == WHICH
    walk = _whole()
    _said(walk, "1) 2\n3) ...")
    walk.press(Do.SUBMIT)
    assert walk.draft.step == RECOMMENDATION
    walk = _whole()
    _said(walk, "1) 2")
    walk.press(Do.SUBMIT)
    assert walk.draft.step == RECOMMENDATION


def test_numbers_keep_their_meaning_while_answers_change_what_is_asked() -> None:
    walk = _branches("1) yes")
    walk.press(Do.BACK)
    _said(walk, "2) Open the clinics.\n3) 4", message=901)
    assert _texts(walk, WORDS) == ["Open the clinics."]
    assert walk.draft.answers[DAYS].codes == ("4",)
    assert WHICH not in walk.draft.answers
    _edited(walk, "2) Open the schools.\n3) some", message=901)
    assert _texts(walk, WORDS) == ["Open the schools."]
    assert _numbers(walk) == "3"


def test_a_line_that_was_not_read_stays_named_until_it_is_answered() -> None:
    walk = _whole()
    _said(walk, "Open the clinics.\n1) 9\n4) 1\n5) nobody at all")
    # Where the sentence belongs is asked first.
    walk.press(Do.PLACE, _at(walk, RECOMMENDATION))
    assert _numbers(walk) == "1, 5"
    _said(walk, "1) 2", message=901)
    assert _numbers(walk) == "5"
    _said(walk, "4) nobody at all", message=902)
    assert _numbers(walk) == "4, 5"
    assert walk.draft.answers[GROUPS].codes == ("all_migrants",)
    walk.press(Do.CHANGE, _at(walk, GROUPS))
    walk.press(Do.NEXT)
    assert walk.draft.step == ADDRESSEES
    walk.press(Do.SKIP)
    assert walk.draft.step == REVIEW
    assert _numbers(walk) is None


def test_a_draft_that_was_kept_before_its_numbers_were_goes_on() -> None:
    walk = _whole()
    kept = TypeAdapter(Draft).dump_python(walk.draft, mode="json")
    del kept["numbered"]
    walk.last = TypeAdapter(Draft).validate_python(kept)
    _said(walk, "1) 2\n3) Open the clinics.")
    assert walk.draft.step == REVIEW
    assert _texts(walk, RECOMMENDATION) == ["Open the clinics."]
