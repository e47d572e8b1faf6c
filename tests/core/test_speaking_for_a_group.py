"""Speaking for a group: what names the group, when it begins, and when it ends."""

from dataclasses import replace

import pytest

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import Intake
from bot.core.contributions import ContributionId, Envelope, PartId, Receipt, Standing, State, head, join
from bot.core.conversation import Outcome, World, converse, present
from bot.core.dialogue.events import Do, Pressed, Said
from bot.core.dialogue.questionnaire import Choice, Form, Kind, Question, Questionnaire, StepId
from bot.core.people import Profile
from bot.core.ports import Submission
from bot.core.session import Place, Session


class Open:
    """Rules of a form without rules."""

    def relevant(self, question: Question, answers: object) -> bool:
        return True

    def satisfied(self, question: Question, value: str, answers: object) -> bool:
        return True

    def calculated(self, question: Question, answers: object) -> str:
        return ""


class Counting:
    """Values that differ each time."""

    def __init__(self) -> None:
        self.count = 0

    def hex(self, length: int) -> str:
        self.count += 1
        return f"{self.count:0{2 * length}x}"

    def digits(self, count: int) -> str:
        self.count += 1
        return f"{self.count:0{count}d}"


def form(name: str, kind: Kind, version: str = "1") -> Form:
    labels = {"en": name}
    choices = (Choice("yes", labels, labels),) if kind is Kind.SELECT_ONE else ()
    question = Question(StepId("q"), kind, labels, {}, labels, choices=choices)
    return Form(Questionnaire(name, version, "en", ("en",), labels, (question,)), Open())


FORMS = {
    "recommendation": form("recommendation", Kind.TEXT),
    "practice": form("practice", Kind.TEXT),
    "group": form("group", Kind.INTEGER),
    "response:v1": form("response", Kind.SELECT_ONE, "v1"),
}
PROFILE = Profile("en", language_chosen=True, notice="1", joined=("eeca",))


class Somebody:
    """A chat, event by event."""

    def __init__(self, *, published: str | None = "v1") -> None:
        self.world = World(
            day="2026-01-01",
            now=0.0,
            notice="1",
            languages=("en",),
            intake=lambda _: Intake(open=True),
            grants=(),
            forms=FORMS,
            chance=Counting(),
            standing=self.standing,
            points=lambda _: published,
        )
        self.profile = PROFILE
        self.session = Session(1, Place.HOME)
        self.last = Outcome(self.profile, self.session)
        self.said = 0
        self.sent: list[Submission] = []

    def does(self, event: on.Event) -> Outcome:
        self.last = converse(self.profile, self.session, event, self.world)
        self.profile, self.session = self.last.profile, self.last.session
        return self.last

    def says(self, text: str) -> Outcome:
        self.said += 1
        return self.does(on.Speaks(Said(text, self.said, PartId(f"{self.said:032x}"))))

    def presses(self, do: Do, at: int = 0) -> Outcome:
        draft = self.session.draft
        assert draft is not None
        return self.does(on.Presses(draft.contribution[:8], Pressed(do, draft.visit, at)))

    def describes_the_group(self) -> str:
        self.does(on.Begins("group"))
        self.says("40")
        return self.hands_in().contribution

    def standing(self, receipt: Receipt) -> Standing | None:
        """As the stores would tell it."""
        versions = [one for one in self.sent if one.receipt == receipt]
        if not versions:
            return None
        newest = versions[-1]
        return Standing(newest.contribution, newest.consultation, State.SUBMITTED, len(versions), newest.note)

    def hands_in(self) -> Submission:
        submission = self.presses(Do.SUBMIT).submission
        assert submission is not None
        self.sent.append(submission)
        return submission

    def recommends(self) -> dict[str, object]:
        self.does(on.Begins())
        self.says("Open the clinics.")
        self.presses(Do.NEXT)
        return dict(self.hands_in().head)


def home_of(outcome: Outcome) -> show.ShowHome:
    return next(effect for effect in outcome.effects if isinstance(effect, show.ShowHome))


def test_what_is_said_by_oneself_names_no_group() -> None:
    assert Somebody().recommends()["group"] is None


def test_each_point_names_the_record_of_the_group() -> None:
    person = Somebody()
    record = person.describes_the_group()
    assert person.last.submission is not None
    assert person.last.submission.head["group"] is None
    shown = next(effect for effect in person.last.effects if isinstance(effect, show.ShowReceipt))
    assert (shown.dialogue, shown.group) == ("group", True)
    assert [person.recommends()["group"], person.recommends()["group"]] == [record, record]
    assert home_of(person.does(on.Opened(on.Page.HOME))).group


def test_having_finished_one_speaks_for_oneself_again() -> None:
    person = Somebody()
    person.describes_the_group()
    outcome = person.does(on.EndsGroup())
    assert not home_of(outcome).group
    assert person.recommends()["group"] is None


def test_a_draft_under_way_stays_the_groups() -> None:
    person = Somebody()
    record = person.describes_the_group()
    person.does(on.Begins())
    person.says("Open the clinics.")
    person.does(on.EndsGroup())
    person.does(on.Begins())
    person.presses(Do.NEXT)
    submission = person.presses(Do.SUBMIT).submission
    assert submission is not None
    assert submission.head["group"] == record


def test_in_another_consultation_nobody_speaks_for_that_group() -> None:
    person = Somebody()
    person.describes_the_group()
    assert not home_of(person.does(on.Joins("wca"))).group
    assert person.recommends()["group"] is None
    assert home_of(person.does(on.Joins("eeca"))).group


def test_a_second_group_takes_the_place_of_the_first() -> None:
    person = Somebody()
    first, second = person.describes_the_group(), person.describes_the_group()
    assert first != second
    assert person.recommends()["group"] == second


def test_nothing_else_is_begun_while_a_draft_waits() -> None:
    person = Somebody()
    person.does(on.Begins("practice"))
    person.does(on.Opened(on.Page.HOME))
    for dialogue in ("group", "recommendation"):
        assert home_of(person.does(on.Begins(dialogue))).unfinished == "eeca"
    assert person.session.draft is not None
    assert person.session.draft.questionnaire == "practice"


@pytest.mark.parametrize("dialogue", ["nothing", "response:v1"])
def test_what_is_not_offered_cannot_be_begun(dialogue: str) -> None:
    person = Somebody()
    outcome = person.does(on.Begins(dialogue))
    assert person.session.draft is None
    assert show.Toast("dialogue.outdated") in outcome.effects


def test_without_published_points_there_is_nothing_to_respond_to() -> None:
    person = Somebody(published=None)
    outcome = person.does(on.Begins("response"))
    assert person.session.draft is None
    assert show.Toast("respond.none") in outcome.effects
    assert not home_of(outcome).responds


def test_a_response_keeps_the_version_it_was_begun_with() -> None:
    person = Somebody()
    assert home_of(person.does(on.Opened(on.Page.HOME))).responds
    person.does(on.Begins("response"))
    person.world = replace(person.world, points=lambda _: "v2")
    person.presses(Do.CHOOSE)
    submission = person.presses(Do.SUBMIT).submission
    assert submission is not None
    assert (submission.head["questionnaire"], submission.head["version"]) == ("response", "v1")


def test_the_way_on_stands_there_after_a_restart() -> None:
    person = Somebody()
    person.describes_the_group()
    again = present(person.profile, person.session, person.world)
    assert again.effects == (show.AfterReceipt("eeca", group=True),)


def test_the_line_tells_the_group_and_older_heads_have_none() -> None:
    record = ContributionId("a" * 32)
    envelope = Envelope(ContributionId("b" * 32), "eeca", "recommendation", "1", "en", "2026-01-01", group=record)
    document = head(envelope, {"q": None}, {}, "1")
    assert join({PartId("b" * 32): document}, ContributionId("b" * 32))["group"] == record
    del document["group"]
    assert join({PartId("b" * 32): document}, ContributionId("b" * 32))["group"] is None


def test_points_stay_with_a_group_that_is_described_anew() -> None:
    person = Somebody()
    record = person.describes_the_group()
    receipt = person.sent[-1].receipt
    person.recommends()
    point = person.sent[-1]
    for _ in range(2):
        person.does(on.Amends(receipt, sure=True))
        person.says("41")
        again = person.hands_in()
        # Another contribution, which says whose newest description it is.
        assert again.contribution != record
        assert again.head["group"] == record
    assert person.recommends()["group"] == record
    person.does(on.Amends(point.receipt, sure=True))
    person.says("Open the clinics and schools.")
    person.presses(Do.NEXT)
    assert person.hands_in().head["group"] == record
