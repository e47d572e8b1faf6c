"""A consultation in the making, without a chat: what its last button is bound to, and times in another zone."""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, RESERVED, Intake, new_id
from bot.core.contributions import PartId
from bot.core.conversation import Chat, World, converse, founding
from bot.core.conversation.founding import mark
from bot.core.conversation.intakes import _open
from bot.core.dialogue.events import Said
from bot.core.errors import Refused
from bot.core.events import Found
from bot.core.founding import Founding, Plan, Step
from bot.core.people import NOTICE, Grant, Profile, Role
from bot.core.session import Place, Session
from bot.questionnaires.founding import judged
from bot.questionnaires.library import library
from locales.catalogue import Catalogue
from tests.storage.world import RealChance

CATALOGUE = Catalogue.load()
PROFILE = Profile("en", True, NOTICE, ("eeca",))
PLAN = Plan(
    name={"en": "Horn of Africa"}, place={"en": "Nairobi"}, country="KE", countries=("KE",), zone="Africa/Nairobi",
    first_day="2090-05-12",
)  # fmt: skip


def zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def world() -> World:
    return World(
        day="2026-11-22", now=1_795_000_000.0, notice=NOTICE, languages=("en", "fr", "ar"), intake=lambda _: Intake(),
        grants=(Grant(Role.ORGANIZER, None),), forms={}, chance=RealChance(), standing=lambda _: None,
        judged=lambda content: judged(content, CATALOGUE), zone=zone, find_zone=lambda text: text,
    )  # fmt: skip


def at(step: Step, plan: Plan = PLAN) -> Session:
    return Session(1, Place.FOUNDING, founding=Founding(plan, step=step, reviewed=True))


def written(session: Session, text: str) -> Plan:
    said = on.Speaks(Said(text, 5, PartId("0" * 32)))
    found = converse(PROFILE, session, said, world()).session.founding
    assert found is not None
    return found.plan


def test_nothing_is_called_by_a_word_that_stands_for_all_or_none() -> None:
    assert len(RESERVED) == 2
    assert new_id("Africa Land and Livelihoods", ()) == "alla"
    assert new_id("Northern Ocean Nations Exchange", ()) == "nonea"
    for word in RESERVED:
        assert judged({**PLAN.document, "id": word}, CATALOGUE) == frozenset({"id"})


def test_what_was_shown_under_one_id_is_not_made_under_another() -> None:
    name = new_id("Horn of Africa", BY_ID)
    other = on.Founds(Found.SAVE, mark(PLAN, "hoax"))
    late = converse(PROFILE, at(Step.REVIEW), other, world())
    assert late.founds is None
    assert any(isinstance(one, show.ShowPlan) and one.mark == mark(PLAN, name) for one in late.effects)
    made = converse(PROFILE, at(Step.REVIEW), on.Founds(Found.SAVE, mark(PLAN, name)), world()).founds
    assert made is not None
    assert made.consultation.id == name


@pytest.mark.parametrize("to", ["Africa/Dakar", "Asia/Kathmandu"])
def test_an_hour_that_was_written_stays_the_same_hour_in_another_zone(to: str) -> None:
    until = datetime(2090, 5, 10, 18, tzinfo=zone("Africa/Nairobi")).timestamp()
    plan = written(at(Step.ZONE, replace(PLAN, until=until)), to)
    assert plan.zone == to
    assert plan.until == datetime(2090, 5, 10, 18, tzinfo=zone(to)).timestamp()


def test_digits_of_any_script_are_a_day_and_stay_as_they_are_in_a_name() -> None:
    assert written(at(Step.DAYS), "\u2066٢٠٩٠-٠٥-١٤\u2069").first_day == "2090-05-14"
    session = Session(1, Place.FOUNDING, founding=Founding(PLAN, step=Step.PLACE, language="ar"))
    assert "مبنى ٣" in written(session, "مبنى ٣").place.values()


def test_what_was_planned_to_begin_begins_then_though_it_had_no_end() -> None:
    begins, ends = (datetime(2090, month, 1, tzinfo=UTC).timestamp() for month in (4, 6))
    assert _open(Intake(opens=begins), ends).opens == begins
    assert _open(Intake(opens=begins, until=ends), ends).opens is None


@pytest.mark.parametrize(("step", "text"), [(Step.COUNTRY, "Atlantis"), (Step.REGION, "KE, Guin, Atlantis")])
def test_what_is_not_understood_is_shown_again_and_is_in_no_error(step: Step, text: str) -> None:
    answers = {Step.COUNTRY: founding._country, Step.REGION: founding._region}
    chat = Chat(PROFILE, at(step), replace(world(), forms=library()), lambda one: one.shows())
    with pytest.raises(Refused) as caught:
        answers[step](chat, Founding(PLAN, step), text)
    assert not any(word in str(value) for value in caught.value.params.values() for word in ("Atlantis", "Guin"))
    outcome = founding._answered(chat, Founding(PLAN, step), founding._TYPED, text)
    (screen,) = outcome.effects
    assert isinstance(screen, show.ShowPlan)
    assert screen.about == ("Atlantis" if step is Step.COUNTRY else "Guin")
