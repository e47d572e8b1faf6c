"""A consultation made in the chat: asked step by step, looked at, changed, made, opened as planned; used by whoever is
invited. It is judged as a file is, survives kills at every point, and only who runs all consultations may make one.
"""

import asyncio
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.consultations import BY_ID, SIX, Access, unlearn
from bot.core.founding import FIELDS, Plan, Step
from bot.core.people import Invite, Role
from bot.core.staff import Frozen, Thawed
from bot.questionnaires.founding import judged
from handlers.writing.words import EXAMPLE_DAY
from locales import zones
from storage.factory import open_stores
from tests.journeys.test_asking import noon
from tests.journeys.test_participant import CATALOGUE, say
from tests.journeys.test_process import process
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Emulator, Message, Person, buttons, text_of
from tests.support.network import member, organizer

PATIENCE = 60.0
NAME, SHORT = "Horn of Africa and its neighbours", "Horn of Africa"


@pytest.fixture(autouse=True)
def only_the_six() -> Iterator[None]:
    unlearn()
    yield
    unlearn()


def text(key: str, **values: str | int) -> str:
    """In English; the values may name a language."""
    return CATALOGUE.text("en", key, **values)


def at(step: Step, language: str = "en") -> str:
    """How the head of a step begins."""
    asked: list[Step] = [one for one in Step if one is not Step.REVIEW]
    what = say(f"founding.of.{step.value}", language)
    return say("founding.step", language, at=asked.index(step) + 1, of=len(asked), what=what)


def made() -> str:
    """What is said once it is there."""
    return text("founding.made", consultation=NAME)


async def newest(person: Person, part: str, after: int = 0) -> Message:
    return await person.wait_for_text(part, deadline=PATIENCE, after=after)


async def writes(person: Person, said: str, part: str) -> Message:
    sent = await person.send(said)
    return await newest(person, part, sent["message_id"])


async def presses(person: Person, label: str, part: str) -> Message:
    """Press a button and wait until the screen says something."""
    await person.press(label, PATIENCE)
    return await newest(person, part)


async def turns(person: Person, label: str, other: str) -> None:
    """Press a button that has another label then."""
    await person.press(label, PATIENCE)
    await person.wait_for(lambda one: other in [button["text"] for button in buttons(one)], PATIENCE)


async def begins(person: Person, language: str = "en") -> None:
    sent = await person.send("/manage")
    await newest(person, say("manage.explain", language), sent["message_id"])
    await presses(person, say("founding.b.new", language), at(Step.NAME, language))


async def forward(person: Person, step: Step, language: str = "en") -> None:
    await presses(person, say("founding.b.next", language), at(step, language))


async def names(person: Person) -> None:
    """Name and place in two languages, and back to the list of them each time."""
    await presses(person, "English", text("founding.in.name", language="English", most=80))
    await writes(person, NAME, text("founding.short", language="English", most=28, short=f"{NAME[:27].rstrip()}…"))
    await writes(person, SHORT, NAME)
    await presses(person, "Français", text("founding.in.name", language="Français", most=80))
    await writes(person, "Corne de l'Afrique", "Corne de l'Afrique")
    await forward(person, Step.PLACE)
    await writes(person, "Nairobi, Kenya", "Nairobi, Kenya")
    await forward(person, Step.COUNTRY)


async def to_the_review(person: Person) -> Message:
    """Everything, mostly by buttons."""
    await begins(person)
    await names(person)
    await writes(person, "Kenya", "Kenya")
    await forward(person, Step.REGION)
    await writes(person, "Djibouti, Ethiopia; Somalia", "Djibouti")
    await forward(person, Step.ZONE)
    await presses(person, "Nairobi", at(Step.ZONES))
    await writes(person, "Kinshasa", text("founding.ask.zones", zones="Nairobi, Kinshasa"))
    await forward(person, Step.DAYS)
    await writes(person, "2090-05-12", "12\xa0May 2090")
    await presses(person, say("founding.b.longer"), text("founding.in.days", example=EXAMPLE_DAY))
    await writes(person, "2090-05-13", "13\xa0May 2090")
    await forward(person, Step.OPENS)
    await writes(person, "2090-04-01 09:00", "2090")
    await forward(person, Step.UNTIL)
    await writes(person, "2090-05-10 18:00", "10\xa0May 2090")
    await forward(person, Step.ACCESS)
    await presses(person, say("manage.b.access.invite"), at(Step.SENSITIVE))
    await presses(person, say("founding.b.not_sensitive"), at(Step.DRAFTS))
    await presses(person, say("time.hours", count=12), at(Step.LANGUAGES))
    await turns(person, "✓ Português", "Português")
    await forward(person, Step.FORMS)
    await turns(person, "✓ " + say("manage.form.practice"), say("manage.form.practice"))
    await forward(person, Step.POINTS)
    return await presses(person, say("consultation.eeca.short"), say("founding.review"))


def acts(bot: Bot) -> list[tuple[str, str, str]]:
    entries = (entry for entry, _ in bot.service.stores.audit.entries())
    return [(entry.act, entry.about, entry.detail) for entry in entries if entry.act not in ARRIVING]


async def test_from_the_first_word_to_a_participant(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        ana = await organizer(bot, consultation=None)
        review = text_of(await to_the_review(ana))
        assert text("outbox.fallback", language="العربية", other="English") in review
        assert "hoan" in review or "hoa" in review
        assert set(BY_ID) == {one.id for one in SIX}
        # It can be left, and gone on with; a change of any part leads back here.
        await presses(ana, say("manage.b.list"), say("manage.explain"))
        await presses(ana, say("founding.b.go_on"), say("founding.review"))
        await presses(ana, say("founding.of.days"), at(Step.DAYS))
        await writes(ana, "2090-05-14", "14\xa0May 2090")
        await presses(ana, say("outbox.b.preview"), say("founding.review"))
        done = await presses(ana, say("founding.b.save"), made())
        (name,) = set(BY_ID) - {one.id for one in SIX}
        one, intake = BY_ID[name], bot.service.stores.store.intake(name)
        assert (one.texts["name"]["en"], one.texts["short"]["en"]) == (NAME, SHORT)
        assert one.texts["short"]["fr"] == "Corne de l'Afrique"
        assert (one.place, one.countries, one.zone) == ("KE", ("KE", "DJ", "ET", "SO"), "Africa/Nairobi")
        assert one.zones == ("Africa/Nairobi", "Africa/Kinshasa")
        assert (one.first_day, one.last_day) == ("2090-05-14", "2090-05-14")
        assert one.questionnaires == ("recommendation", "group")
        assert (one.points_from, "pt" in one.languages, len(one.languages)) == ("eeca", False, 5)
        assert (intake.open, intake.access, intake.draft_hours) == (False, Access.INVITE, 12)
        assert intake.opens == datetime(2090, 4, 1, 6, tzinfo=UTC).timestamp()
        assert intake.until == datetime(2090, 5, 10, 15, tzinfo=UTC).timestamp()
        assert not bot.service.stores.outbox.sensitive(name)
        assert acts(bot) == [("consultation_made", name, "2090-05-14")]
        # The same tap again makes nothing.
        shown = next(button["callback_data"] for button in buttons(done) if button["text"] == say("founding.b.page"))
        await ana.tap(done["message_id"], "fo:ok:00000000")
        assert shown == f"m:op:{name}"
        await presses(ana, say("founding.b.page"), say("manage.state.planned"))
        await ana.press(say("manage.b.open"))
        await presses(ana, say("manage.b.planned"), say("manage.follows.waits"))
        await presses(ana, say("manage.b.sure"), say("manage.state.waits"))
        assert bot.service.stores.store.intake(name).open
        assert acts(bot)[-1][:2] == ("consultation_opened", name)
        # Nobody is taken before; afterwards who is invited takes part, in the language there is.
        token = await bot.service.stores.registry.new_invite(Invite(Role.PARTICIPANT, name), 5, None)
        early = await member(bot, "fr", consultation="wca")
        await early.start(token)
        await early.wait_for_text(say("join.closed", "fr", consultation="Corne de l'Afrique"))
        clock.time = intake.opens + 60
        late = await member(bot, "ar", consultation="wca")
        await late.start(token)
        home = await late.wait_for_text(say("home.what", "ar"))
        assert NAME in text_of(home)
        assert bot.service.stores.audit.verify() is None


async def test_each_answer_is_judged_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana = await organizer(bot, consultation=None)
        await begins(ana)
        await presses(ana, say("founding.b.next"), say("error.founding_name"))
        await writes(ana, "x" * 81, say("error.founding_name"))
        await writes(ana, "Pacific", "Pacific")
        await forward(ana, Step.PLACE)
        await writes(ana, "Suva, Fiji", "Suva")
        await forward(ana, Step.COUNTRY)
        await writes(ana, "Atlantis", say("error.founding_unknown", text="Atlantis"))
        await writes(ana, "Guin", say("error.founding_several", text="Guin"))
        await presses(ana, "Guinea-Bissau", at(Step.REGION))
        await presses(ana, say("manage.b.back"), at(Step.COUNTRY))
        await writes(ana, "fidji", "Fiji")
        await forward(ana, Step.REGION)
        await writes(ana, "Tonga; Atlantis", say("error.founding_unknown", text="Atlantis"))
        await writes(ana, "Papua New Guinea", "Papua")
        await presses(ana, say("founding.b.alone"), "Fiji")
        await forward(ana, Step.ZONE)
        await writes(ana, "Atlantis", say("error.founding_zone"))
        await writes(ana, "Fiji", at(Step.ZONES))  # as the button says it
        await writes(ana, "Atlantis", say("error.founding_zone"))
        for city in ("Honolulu", "Auckland", "Sydney", "Tokyo", "Dubai", "Nairobi", "Dakar"):
            await writes(ana, city, city)
        await writes(ana, "Lima", say("error.founding_zones"))
        left = ", ".join(("Fiji", "Honolulu", "Auckland", "Sydney", "Dubai", "Nairobi", "Dakar"))
        await presses(ana, "✓ Tokyo", text("founding.ask.zones", zones=left))
        await forward(ana, Step.DAYS)
        await writes(ana, "2090-02-31", say("error.founding_days"))
        await writes(ana, "12.5.2090", say("error.founding_days"))
        await writes(ana, "٢٠٩٠-٠٥-١٢", "12\xa0May 2090")
        await presses(ana, say("founding.b.longer"), text("founding.in.days", example=EXAMPLE_DAY))
        await writes(ana, "2090-05-11", say("error.founding_days"))
        await presses(ana, say("manage.b.back"), at(Step.DAYS))
        await forward(ana, Step.OPENS)
        await writes(ana, "2001-01-01 10:00", say("error.outbox_past"))
        await writes(ana, "2090-04-01 09:00", "1\xa0April 2090")
        await forward(ana, Step.UNTIL)
        await writes(ana, "2090-03-01 09:00", say("error.founding_until"))
        # Another errand, and back.
        sent = await ana.send("/figures")
        await newest(ana, say("figures.title"), sent["message_id"])
        await begins_again(ana, Step.UNTIL)
        await presses(ana, say("founding.b.no_until"), at(Step.ACCESS))
        await writes(ana, "somebody", say("error.founding_choose"))
        await presses(ana, say("founding.b.drop"), say("founding.drop_ask"))
        await presses(ana, say("manage.b.back"), at(Step.ACCESS))
        await presses(ana, say("founding.b.drop"), say("founding.drop_ask"))
        await presses(ana, say("founding.b.drop_sure"), say("founding.dropped"))
        assert set(BY_ID) == {one.id for one in SIX}
        assert acts(bot) == []


async def begins_again(person: Person, step: Step) -> None:
    sent = await person.send("/manage")
    await newest(person, say("manage.explain"), sent["message_id"])
    await presses(person, say("founding.b.go_on"), at(step))


async def test_only_who_runs_all_of_them_and_not_while_everything_stands_still(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        of_one, person = await organizer(bot), await member(bot, "en")
        for somebody in (of_one, person):
            sent = await somebody.send("/start")
            for data in ("fo:op", "fo:nx", "m:to::new", "fo:ok:00000000"):
                await somebody.tap(sent["message_id"], data)
            sent = await somebody.send("/help")
            await somebody.wait_for_text(say("help.title"), after=sent["message_id"])
            assert not any(say("founding.title") in text_of(one) for one in await somebody.received())
        ana = await organizer(bot, consultation=None)
        await to_the_review(ana)
        await bot.service.stores.store.operate(Frozen(None))
        await presses(ana, say("founding.b.save"), say("error.staff_frozen"))
        assert set(BY_ID) == {one.id for one in SIX}
        await bot.service.stores.store.operate(Thawed(None))
        await presses(ana, say("founding.b.save"), made())
        assert len(BY_ID) == 7


async def test_two_who_make_the_same_at_once_are_told_and_may_make_two(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana, bo = await organizer(bot, consultation=None), await organizer(bot, consultation=None)
        for person in (ana, bo):
            await to_the_review(person)
        await presses(ana, say("founding.b.save"), made())
        # Bo's button was for an id that is taken now: the review comes again, with another one.
        first = await bo.wait_for_text(say("founding.review"))
        await bo.press(say("founding.b.save"))
        again = await bo.wait_for(lambda one: text_of(one) != text_of(first) and say("founding.review") in text_of(one))
        assert len(BY_ID) == 7
        await bo.tap(again["message_id"], next(one["callback_data"] for one in buttons(again) if "fo:ok" in str(one)))
        await newest(bo, made())
        assert len(BY_ID) == 8
        assert len({one.texts["name"]["en"] for one in BY_ID.values() if one.id not in {six.id for six in SIX}}) == 1


KNOWN: dict[str, Any] = {
    "name": {"en": "Pacific"}, "place": {"en": "Suva"}, "country": "FJ", "countries": ("FJ",), "zone": "Pacific/Fiji",
    "first_day": "2090-05-12",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", {}), ("name", {"en": ""}), ("name", {"en": "x" * 81}), ("name", {"en": "a\u202eb"}), ("place", {}),
        ("short", {"en": "x" * 29}), ("country", None), ("country", "XX"), ("countries", ()), ("zone", "Nowhere"),
        ("zones", ("Nowhere",)), ("zones", tuple(sorted(zones.of_country("RU")))),
        ("first_day", None), ("first_day", "2090-02-31"), ("last_day", "2090-05-11"), ("draft_hours", 41),
        ("draft_hours", 0), ("languages", ("xx",)), ("questionnaires", ()), ("points_from", "xyz"),
    ],
)  # fmt: skip
def test_what_is_at_fault_in_a_file_is_at_fault_here_at_its_step(field: str, value: Any) -> None:
    assert not isinstance(judged(Plan(**KNOWN).document, CATALOGUE), frozenset)
    assert judged(Plan(**{**KNOWN, field: value}).document, CATALOGUE) == frozenset({field})
    assert any(field in fields for fields in FIELDS.values())


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ({"ar": "القرن الأفريقي"}, "fiji"),
        ({"ru": "Тихий океан"}, "fiji"),
        ({"ar": "المحيط", "fr": "Pacifique"}, "pacifi"),
        ({"en": "Horn of Africa"}, "hoa"),
        ({"en": "Ox"}, "oxnew"),
    ],
)
def test_what_it_is_called_in_links_says_something(names: dict[str, str], wanted: str) -> None:
    """Where no name has a Latin letter, the country does."""
    found = judged(Plan(**{**KNOWN, "name": names}).document, CATALOGUE)
    assert not isinstance(found, frozenset)
    assert found.consultation.id == wanted


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("point", "tap"),
    [(point, True) for point in ("before_commit", "before_seal", "after_seal", "after_commit", "before_send")]
    + [("after_seal", False), ("after_commit", False)],
)
async def test_killed_on_the_way_it_is_made_once_and_no_answer_is_lost(tmp_path: Path, point: str, tap: bool) -> None:
    async with Emulator() as emulator:
        ana = await emulator.person(language_code="en")
        async with process(tmp_path, emulator):
            async with open_stores(tmp_path / "data", SystemClock(), SystemChance()) as stores:
                token = await stores.registry.new_invite(Invite(Role.ORGANIZER, None), 1, None)
            await ana.start(token)
            await ana.press("English", PATIENCE)
            await accept(ana)
            await ana.wait_for_text(say("join.title"), PATIENCE)
            await to_the_review(ana)
            if not tap:
                # With what was said: the step as it was asked stands further up, and says nothing of this tap.
                await presses(ana, say("founding.of.days"), f"{at(Step.DAYS)}\n\n12–13\xa0May 2090")
        async with process(tmp_path, emulator, MICIC_CRASH=point) as running:
            if tap:
                await ana.press(say("founding.b.save"), PATIENCE)
            else:
                await ana.send("2090-05-15")
            async with asyncio.timeout(PATIENCE):
                assert await running.wait() == -signal.SIGKILL
        async with process(tmp_path, emulator):
            if not tap:
                await newest(ana, "15\xa0May 2090")
                await presses(ana, say("outbox.b.preview"), f"{say('founding.of.days')}: 15\xa0May 2090")
                await presses(ana, say("founding.b.save"), made())
            await ana.wait_for(lambda one: NAME in str(one) or SHORT in str(one), PATIENCE)
            await kept(tmp_path, "2090-05-13" if tap else "2090-05-15")


async def kept(folder: Path, last: str) -> None:
    """There is one, whole, and it was noted once."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with open_stores(folder / "data", SystemClock(), SystemChance()) as stores:
                found = [one for one in BY_ID.values() if one.id not in {six.id for six in SIX}]
                noted = [entry for entry, _ in stores.audit.entries() if entry.act == "consultation_made"]
                if found:
                    break
            await asyncio.sleep(0.1)
    (one,) = found
    assert (one.last_day, len(noted), noted[0].about) == (last, 1, one.id)
