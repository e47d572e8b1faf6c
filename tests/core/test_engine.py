"""The dialogue engine, with the shipped form and with small ones."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.contributions import ContributionId, PartId
from bot.core.dialogue import effects as out
from bot.core.dialogue import engine
from bot.core.dialogue.draft import COMPLETE, REVIEW, Draft
from bot.core.dialogue.events import Do, Edited, Event, Pressed, Said
from bot.core.dialogue.questionnaire import Form, StepId
from bot.core.errors import Outdated
from bot.questionnaires.library import form


def fresh(of: Form) -> Draft:
    return Draft(
        contribution=ContributionId("ab" * 16),
        consultation="eeca",
        questionnaire=of.questionnaire.id,
        version=of.questionnaire.version,
        language="en",
        day="2026-11-22",
        notice="1",
        step=StepId(""),
    )


class Walk:
    """A person in front of the engine, who numbers their messages."""

    def __init__(self, of: Form) -> None:
        self.form = of
        self.effects: list[out.Effect] = []
        self.kept: dict[PartId, str] = {}
        self.message = 100
        self._take(engine.begin(fresh(of), of))

    @property
    def draft(self) -> Draft:
        assert self.last is not None
        return self.last

    def _take(self, turn: out.Turn) -> None:
        self.last = turn.draft
        self.effects = list(turn.effects)
        for effect in turn.effects:
            if isinstance(effect, out.Keep):
                self.kept[effect.part] = effect.text
            elif isinstance(effect, out.KeepVoice):
                self.kept[effect.voiced.part] = ""
            elif isinstance(effect, out.Drop):
                del self.kept[effect.part]

    def event(self, event: Event) -> None:
        self._take(engine.resume(self.draft, event, self.form))

    def press(self, do: Do, at: int = 0) -> None:
        self.event(Pressed(do, self.draft.visit, at))

    def say(self, text: str, step: str | None = None) -> int:
        self.message += 1
        self.event(Said(text, self.message, PartId(f"{self.message:032x}"), step))
        return self.message

    def edit(self, message: int, text: str) -> None:
        self.message += 1
        self.event(Edited(text, message, PartId(f"{self.message:032x}")))

    def answer_all(self) -> None:
        self.say("1")
        self.say("firewall")
        self.say("Open the clinics to everybody.")
        self.press(Do.NEXT)
        self.say("1, 2")
        self.press(Do.NEXT)
        self.say("1")
        self.press(Do.NEXT)
        self.press(Do.SKIP)
        self.press(Do.SKIP)


@pytest.fixture
def walk() -> Walk:
    return Walk(form("recommendation"))


def test_whole_dialogue_ends_in_a_finished_contribution(walk: Walk) -> None:
    walk.answer_all()
    assert walk.draft.step == REVIEW
    walk.press(Do.SUBMIT)
    finished = walk.effects[0]
    assert isinstance(finished, out.Finished)
    assert walk.last is None
    assert finished.answers == {
        "phase": "pre_crisis",
        "theme": "firewall",
        "recommendation": "",
        "groups": ["all_migrants", "children"],
        "addressees": ["gov_origin"],
        "country": None,
        "example": None,
        "attribution": "anonymous",
    }
    assert [walk.kept[part] for part in finished.pieces["recommendation"]] == ["Open the clinics to everybody."]


def test_several_messages_are_one_answer(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.say("First.")
    walk.say("Second.")
    answer = walk.draft.answer("recommendation")
    assert answer is not None
    assert [walk.kept[written.part] for written in answer.written] == ["First.", "Second."]


def test_missing_addressee_and_moment_are_asked_for_once(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.say("Open the clinics.")
    walk.press(Do.NEXT)
    for _ in range(4):
        walk.press(Do.SKIP)
    assert walk.draft.step == COMPLETE
    complete = walk.effects[-1]
    assert isinstance(complete, out.Complete)
    assert set(complete.missing) == {"phase", "addressees"}
    walk.press(Do.LEAVE)
    assert walk.draft.step == REVIEW
    walk.press(Do.CHANGE, 0)
    walk.press(Do.SKIP)
    assert walk.draft.step == REVIEW


def test_words_at_the_completion_join_the_recommendation(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.say("Open the clinics.")
    walk.press(Do.NEXT)
    for _ in range(4):
        walk.press(Do.SKIP)
    walk.say("The host government, before the crisis.")
    assert walk.draft.step == REVIEW
    assert list(walk.kept.values()) == ["Open the clinics.", "The host government, before the crisis."]


def test_the_recommendation_cannot_be_skipped(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    assert walk.draft.step == "recommendation"
    ask = walk.effects[-1]
    assert isinstance(ask, out.Ask)
    assert ask.trouble is not None


def test_stale_buttons_are_outdated(walk: Walk) -> None:
    visit = walk.draft.visit
    walk.say("1")
    with pytest.raises(Outdated):
        walk.event(Pressed(Do.CHOOSE, visit, 0))


def test_a_repeated_tick_changes_nothing(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.say("Text.")
    walk.press(Do.NEXT)
    walk.press(Do.TICK, 2)
    before = walk.draft.answers
    walk.press(Do.TICK, 2)
    assert walk.draft.answers == before
    walk.press(Do.UNTICK, 2)
    answer = walk.draft.answer("groups")
    assert answer is not None
    assert answer.codes == ()


def test_editing_a_sent_answer_replaces_it(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    first = walk.say("Frist.")
    walk.press(Do.NEXT)
    walk.edit(first, "First.")
    assert list(walk.kept.values()) == ["First."]
    assert walk.draft.step == "groups"


def test_editing_a_typed_choice_changes_the_choice(walk: Walk) -> None:
    message = walk.say("1")
    walk.edit(message, "2")
    answer = walk.draft.answer("phase")
    assert answer is not None
    assert answer.codes == ("emergency",)


def test_editing_to_something_useless_keeps_the_old_answer(walk: Walk) -> None:
    message = walk.say("1")
    walk.edit(message, "no such phase anywhere")
    answer = walk.draft.answer("phase")
    assert answer is not None
    assert answer.codes == ("pre_crisis",)


def test_a_reply_goes_to_the_question_it_answers(walk: Walk) -> None:
    walk.say("1")
    walk.say("2", step="phase")
    answer = walk.draft.answer("phase")
    assert answer is not None
    assert answer.codes == ("emergency",)
    assert walk.draft.step == "theme"


def test_coming_back_to_a_text_replaces_it_with_the_first_new_message(walk: Walk) -> None:
    walk.answer_all()
    position = [question.id for question in walk.form.questionnaire.questions].index(StepId("recommendation"))
    walk.press(Do.CHANGE, position)
    walk.say("Close none of them.")
    walk.say("Ever.")
    walk.press(Do.NEXT)
    assert walk.draft.step == REVIEW
    assert list(walk.kept.values()) == ["Close none of them.", "Ever."]


def test_a_written_example_can_be_taken_back_from_the_review(walk: Walk) -> None:
    walk.answer_all()
    position = [question.id for question in walk.form.questionnaire.questions].index(StepId("example"))
    walk.press(Do.CHANGE, position)
    walk.say("What happened in our street.")
    walk.press(Do.NEXT)
    assert len(walk.kept) == 2
    walk.press(Do.CHANGE, position)
    walk.press(Do.SKIP)
    assert walk.draft.step == REVIEW
    assert list(walk.kept.values()) == ["Open the clinics to everybody."]


def test_back_keeps_answers(walk: Walk) -> None:
    walk.say("1")
    walk.say("firewall")
    walk.press(Do.BACK)
    assert walk.draft.step == "theme"
    walk.press(Do.BACK)
    assert walk.draft.step == "phase"
    assert walk.draft.answer("theme") is not None


@pytest.mark.parametrize("text", ["😀😀", "\u202e\u202d", "\u200b", "…!?"])
def test_a_text_without_words_is_not_taken(walk: Walk, text: str) -> None:
    walk.press(Do.SKIP)
    walk.press(Do.SKIP)
    walk.say(text)
    assert walk.kept == {}
    ask = walk.effects[-1]
    assert isinstance(ask, out.Ask)
    assert ask.trouble == out.Trouble("dialogue.words_please")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("2", "emergency"), ("٢", "emergency"), ("২", "emergency"), ("  AFTER the crisis ", "post_crisis")],
)
def test_numbers_of_any_script_and_labels_choose(walk: Walk, typed: str, code: str) -> None:
    walk.say(typed)
    answer = walk.draft.answer("phase")
    assert answer is not None
    assert answer.codes == (code,)


def test_an_unclear_label_offers_what_fits(walk: Walk) -> None:
    walk.press(Do.SKIP)
    walk.say("help")
    ask = walk.effects[-1]
    assert isinstance(ask, out.Ask)
    assert ask.matches is None or len(ask.matches) > 1
    assert walk.draft.step == "theme"


def test_stop_holds_the_draft_until_continue(walk: Walk) -> None:
    walk.say("1")
    walk.press(Do.STOP)
    assert walk.draft.stopped
    walk.press(Do.CONTINUE)
    assert not walk.draft.stopped
    assert walk.draft.step == "theme"


def test_a_draft_survives_as_a_value(walk: Walk) -> None:
    walk.answer_all()
    again = dataclasses.replace(walk.draft)
    turn = engine.present(again, walk.form)
    assert isinstance(turn.effects[-1], out.Review)


_EVENTS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(["1", "2, 3", "firewall", "KG", "Open it.", "😀", "", "next", "99"])),
    st.tuples(st.just("press"), st.tuples(st.sampled_from(list(Do)), st.integers(0, 40))),
    st.tuples(st.just("edit"), st.tuples(st.integers(100, 112), st.sampled_from(["1", "Otherwise.", "😀"]))),
    st.tuples(st.just("reply"), st.sampled_from(["phase", "recommendation", "groups", "nothing"])),
    st.tuples(st.just("stale"), st.sampled_from(list(Do))),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_EVENTS, max_size=40))
def test_no_sequence_of_inputs_breaks_the_engine(events: list[tuple[str, object]]) -> None:
    """Parts kept and not dropped are exactly those the draft refers to, whatever somebody does."""
    walk = Walk(form("recommendation"))
    for kind, what in events:
        try:
            if kind == "say":
                walk.say(str(what))
            elif kind == "press" and isinstance(what, tuple):
                walk.press(what[0], what[1])
            elif kind == "edit" and isinstance(what, tuple):
                walk.edit(what[0], what[1])
            elif kind == "reply":
                walk.say("Open the clinics.", step=str(what))
            elif isinstance(what, Do):
                walk.event(Pressed(what, walk.draft.visit - 1))
        except Outdated:
            continue
        if walk.last is None:
            break
        assert walk.effects, "something must be said"
        referred = {written.part for answer in walk.draft.answers.values() for written in answer.written}
        referred |= {written.part for written in walk.draft.loose}  # kept until somebody says where they belong
        assert referred == set(walk.kept)
        assert engine.present(walk.draft, walk.form).effects
