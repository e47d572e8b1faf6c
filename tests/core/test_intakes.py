"""Changes to an intake: proposed, told, made as shown, and only by who may; and what drafts see of it."""

from dataclasses import replace

import pytest

from bot.core import events as on
from bot.core import screens
from bot.core.consultations import GRACE_HOURS, Access, Changed, Intake
from bot.core.contributions import PartId
from bot.core.conversation import Outcome, World, converse
from bot.core.conversation.intakes import mark
from bot.core.dialogue.events import Do, Pressed, Said
from bot.core.events import Manage
from bot.core.outbox import Actor
from bot.core.people import NOTICE, Grant, Profile, Role
from bot.core.session import Managed, Place, Session
from bot.questionnaires.library import library
from locales import zones
from tests.storage.world import RealChance

NOW = 1_795_000_000.0
HOUR = 3600.0
DAY = 24 * HOUR
RUNS = (Grant(Role.ORGANIZER, "eeca"),)


class Desk:
    """One chat, and intakes that change as the outcomes say."""

    def __init__(self, grants: tuple[Grant, ...] = RUNS, **intakes: Intake) -> None:
        self.profile = Profile("en", language_chosen=True, notice=NOTICE, joined=("eeca",))
        self.session = Session(1, place=Place.HOME)
        self.intakes = intakes
        self.grants = grants
        self.now = NOW
        self.deeds: list[str] = []

    def world(self) -> World:
        return World(
            day="2026-11-22", now=self.now, notice=NOTICE, languages=("en", "fr", "ar"),
            intake=lambda one: self.intakes.get(one, Intake()), grants=self.grants, forms=library(),
            chance=RealChance(), standing=lambda _: None, actor=Actor("a" * 16), zone=zones.zone, find_zone=zones.find,
        )  # fmt: skip

    def does(self, event: on.Event) -> Outcome:
        outcome = converse(self.profile, self.session, event, self.world())
        self.profile, self.session = outcome.profile, outcome.session
        if outcome.intake is not None:
            assert self.intakes.get(outcome.intake.consultation, Intake()) == outcome.intake.before
            self.intakes[outcome.intake.consultation] = outcome.intake.after
            assert outcome.deeds, "what is changed is noted"
        self.deeds += [f"{deed.act} {deed.about} {deed.detail}".strip() for deed in outcome.deeds]
        return outcome

    def manages(self, do: Manage, argument: str = "", consultation: str = "eeca") -> Outcome:
        return self.does(on.Manages(do, consultation, argument))

    def says(self, text: str) -> Outcome:
        return self.does(on.Speaks(Said(text, 1, PartId("0" * 32))))

    def sure(self) -> Outcome:
        proposed = self.session.managed.proposed
        assert proposed is not None
        return self.manages(Manage.SURE, mark(proposed), proposed.consultation)


def shown(outcome: Outcome) -> list[str]:
    """Kinds of screens, and the keys of lines."""
    return [
        effect.key if isinstance(effect, screens.Line | screens.Toast) else type(effect).__name__
        for effect in outcome.effects
    ]


def test_nothing_is_opened_before_it_was_confirmed_as_shown() -> None:
    desk = Desk()
    desk.manages(Manage.OPEN)
    assert shown(desk.manages(Manage.UNTIL)) == ["AskIntake"]
    # As the example was copied from the chat, with what held it together there.
    assert shown(desk.says("\u2066\u2068٢٠٣٠-\u206011-\u206025\u00a018:00\u2069\u2069")) == ["ConfirmIntake"]
    assert desk.intakes == {}
    assert shown(desk.manages(Manage.SURE, "00000000")) == ["dialogue.outdated", "ShowRun"]
    assert desk.intakes == {}
    desk.manages(Manage.UNTIL)
    desk.says("2030-11-25 18:00")
    assert shown(desk.sure()) == ["manage.done", "ShowRun"]
    assert desk.intakes["eeca"].takes(NOW)
    assert desk.intakes["eeca"].until == 1_921_852_800.0, "18:00 in Kyiv is 16:00 UTC"
    assert desk.deeds == ["consultation_opened eeca until 2030-11-25T16:00Z"]


def test_a_number_of_days_keeps_the_hour() -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.UNTIL, "7")
    desk.sure()
    assert desk.intakes["eeca"].until == NOW + 8 * DAY
    closed = Desk()
    closed.manages(Manage.UNTIL, "7")
    closed.sure()
    until = closed.intakes["eeca"].until
    assert until is not None
    assert 6 * DAY < until - NOW < 8 * DAY
    assert until % DAY == 16 * HOUR, "six in the evening in Kyiv"


@pytest.mark.parametrize("hours", [0, 6, 72])
def test_closing_leaves_the_grace_that_was_said(hours: int) -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.CLOSE, str(hours))
    desk.now = NOW + 60  # the organizer took a minute to read
    desk.sure()
    intake = desk.intakes["eeca"]
    assert not intake.takes(desk.now)
    assert intake.until == desk.now
    assert intake.finishes(desk.now + hours * HOUR / 2) == (hours > 0)
    assert not intake.finishes(desk.now + hours * HOUR)
    assert desk.deeds == [f"consultation_closed eeca grace {hours} h"]


def test_access_drafts_and_grace_are_changed_alone() -> None:
    before = Intake(open=True, until=NOW + DAY)
    desk = Desk(eeca=before)
    desk.manages(Manage.ACCESS, "invite")
    desk.sure()
    assert desk.intakes["eeca"] == replace(before, access=Access.INVITE)
    desk.manages(Manage.DRAFTS)
    desk.says("3")
    desk.sure()
    desk.manages(Manage.GRACE, "72")
    desk.sure()
    assert desk.intakes["eeca"] == replace(before, access=Access.INVITE, draft_hours=3, grace_hours=72)


@pytest.mark.parametrize(
    ("do", "wrong"),
    [(Manage.DRAFTS, "41"), (Manage.DRAFTS, "0"), (Manage.GRACE, "73"), (Manage.CLOSE, "-1"), (Manage.ACCESS, "all"),
     (Manage.UNTIL, "9999"), (Manage.GRACE, "9" * 12)],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(do: Manage, wrong: str) -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    assert shown(desk.manages(do, wrong)) == ["error.intake_bad_number", "AskIntake"]
    assert desk.session.managed.proposed is None


def test_what_cannot_be_read_is_asked_again() -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.UNTIL)
    assert shown(desk.says("tomorrow")) == ["error.outbox_bad_time", "AskIntake"]
    assert shown(desk.says("2020-01-01 10:00")) == ["error.outbox_past", "AskIntake"]
    assert shown(desk.says("2030-01-01 10:00")) == ["ConfirmIntake"]


def test_somebody_else_was_quicker() -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.CLOSE, "0")
    desk.intakes["eeca"] = Intake(open=True, until=NOW + 5 * DAY)
    assert shown(desk.sure()) == ["error.intake_meanwhile", "ShowRun"]
    assert desk.intakes["eeca"].takes(NOW)
    assert desk.deeds == []


def test_a_confirmation_that_comes_too_late_opens_nothing() -> None:
    desk = Desk()
    desk.manages(Manage.UNTIL)
    desk.says("2030-11-25 18:00")
    desk.now = 1_921_852_800.0
    assert shown(desk.sure()) == ["error.outbox_past", "AskIntake"]
    assert desk.intakes == {}


@pytest.mark.parametrize(
    "grants",
    [(), (Grant(Role.ORGANIZER, "mena"),), (Grant(Role.SECRETARIAT, None),), (Grant(Role.PARTICIPANT, "eeca"),)],
)
def test_nobody_else_changes_anything(grants: tuple[Grant, ...]) -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.CLOSE, "0")
    proposed = desk.session
    desk.grants = grants  # revoked between the question and the answer
    for do in Manage:
        desk.session = proposed
        for argument in ("", "0", "7", "invite", "broadcasts"):
            outcome = desk.manages(do, argument)
            assert outcome.intake is None
            assert not {"AskIntake", "ConfirmIntake"} & set(shown(outcome))
    desk.session = proposed
    assert desk.sure().intake is None
    assert desk.deeds == []


# What drafts see of it


def began(**intakes: Intake) -> Desk:
    desk = Desk((), eeca=Intake(open=True, until=NOW + DAY))
    desk.does(on.Begins())
    assert desk.session.draft is not None
    desk.intakes = intakes
    return desk


def test_a_draft_goes_on_in_the_grace_and_is_told_once() -> None:
    desk = began(eeca=Intake(open=False, until=NOW, grace_hours=6))
    assert shown(desk.says("1"))[0] == "DraftsEnd"
    assert "DraftsEnd" not in shown(desk.says("1"))
    desk.intakes["eeca"] = Intake(open=False, until=NOW, grace_hours=7)
    assert "DraftsEnd" in shown(desk.says("1")), "it ends at another time now"
    assert shown(Desk((), **desk.intakes).does(on.Begins())) == ["ShowConsultations"], "nothing new begins"


def test_a_draft_rests_once_the_grace_is_over_and_can_be_erased() -> None:
    desk = began(eeca=Intake(open=False, until=NOW, grace_hours=6))
    desk.now = NOW + 6 * HOUR
    outcome = desk.says("1")
    (home,) = outcome.effects
    assert isinstance(home, screens.ShowHome)
    assert home.over
    assert desk.session.draft is not None, "nothing is thrown away for the person"
    outcome = desk.does(on.Begins())
    assert isinstance(outcome.effects[-1], screens.ShowHome)
    assert outcome.submission is None
    assert shown(desk.does(on.Cancels())) == ["AskErase"]
    draft = desk.session.draft
    desk.does(on.Presses(draft.contribution[:8], Pressed(Do.ERASE, draft.visit)))
    assert desk.session.draft is None


def test_a_draft_goes_on_when_it_is_opened_again() -> None:
    desk = began(eeca=Intake(open=False, until=NOW, grace_hours=0))
    desk.says("1")
    desk.intakes["eeca"] = Intake(open=True, until=NOW + DAY)
    assert "Ask" in shown(desk.does(on.Begins()))


def test_the_end_that_was_planned_has_a_grace_as_well() -> None:
    intake = Intake(open=True, until=NOW)
    assert not intake.takes(NOW)
    assert intake.grace(NOW) == NOW + GRACE_HOURS * HOUR
    assert Intake().grace(NOW) is None
    assert Intake(open=True).grace(NOW) is None


# Time zones


def test_a_zone_is_chosen_by_button_or_city_and_leads_back() -> None:
    desk = Desk(eeca=Intake(open=True, until=NOW + DAY))
    desk.manages(Manage.OPEN)
    assert shown(desk.does(on.ChoosesZone())) == ["AskZone"]
    assert shown(desk.says("nowhere at all")) == ["error.outbox_bad_zone", "AskZone"]
    assert shown(desk.says("Dakar")) == ["zone.kept", "ShowRun"]
    assert desk.profile.zone == "Africa/Dakar"
    run = desk.manages(Manage.OPEN).effects[0]
    assert isinstance(run, screens.ShowRun)
    assert run.zone == "Africa/Dakar"
    desk.does(on.Opened(on.Page.HOME))
    assert shown(desk.does(on.ChoosesZone("UTC"))) == ["zone.kept", "ShowHome"]


class Stopped:
    """Everything stands still."""

    def frozen(self, consultation: str | None) -> float | None:
        return NOW


OPENED = Intake(open=True, until=NOW + 30 * DAY, access=Access.INVITE)


@pytest.mark.parametrize(
    ("before", "after", "made"),
    [
        (replace(OPENED, access=Access.OPEN), OPENED, True),
        (OPENED, replace(OPENED, until=NOW + DAY), True),
        (replace(OPENED, until=None), OPENED, True),
        (OPENED, replace(OPENED, grace_hours=1), True),
        (OPENED, replace(OPENED, open=False, until=NOW), True),
        (OPENED, replace(OPENED, access=Access.OPEN), False),
        (OPENED, replace(OPENED, until=NOW + 31 * DAY), False),
        (OPENED, replace(OPENED, until=None), False),
        (OPENED, replace(OPENED, access=Access.OPEN, until=NOW + DAY), False),
        (OPENED, replace(OPENED, grace_hours=GRACE_HOURS + 1), False),
        (replace(OPENED, opens=NOW + DAY), OPENED, False),
        (replace(OPENED, final=True), OPENED, False),
        (replace(OPENED, open=False), OPENED, False),
    ],
)
def test_while_everything_stands_still_what_only_shuts_is_made(before: Intake, after: Intake, made: bool) -> None:
    changed = Changed("eeca", before, after)
    session = Session(1, place=Place.MANAGING, managed=Managed("eeca", "confirm", changed))
    desk = Desk(eeca=before)
    world = replace(desk.world(), staff=Stopped())  # type: ignore[arg-type]  # all that is asked for
    event = on.Manages(Manage.SURE, "eeca", mark(changed))
    outcome = converse(desk.profile, session, event, world)
    assert (outcome.intake is not None) is made
    assert (screens.Line("error.staff_frozen") in outcome.effects) is not made
