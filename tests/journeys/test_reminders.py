"""Whoever leaves something unfinished is asked once whether this is a safe moment, and can have it stopped for good."""

import time
from dataclasses import replace
from pathlib import Path

from tests.journeys.test_participant import asked, say, somebody
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import text_of

HOUR = 3600


def noon() -> float:
    """Noon in Bishkek and morning in Kyiv, some day soon: twenty hours later it is night there."""
    return (time.time() // (24 * HOUR) + 1) * 24 * HOUR + 6 * HOUR


async def test_one_reminder_that_tells_nothing(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        await asked(person, 1)
        assert await bot.service.reminding.round() == 0
        for _ in range(24 * 6):
            clock.time += 600
            if await bot.service.reminding.round():
                break
        shown = await person.wait_for_text(say("remind.ask"))
        assert say("consultation.eeca.name") not in text_of(shown)
        assert 8 <= time.gmtime(clock.time + 2 * HOUR).tm_hour < 21
        assert 8 <= time.gmtime(clock.time + 6 * HOUR).tm_hour < 21
        assert await bot.service.reminding.round() == 0
        await person.press(say("remind.not_now"))
        await person.wait_for_text(say("remind.later"))
        await person.send("/help")
        await person.send("3")
        await asked(person, 2)
        clock.time += 17 * HOUR
        assert await bot.service.reminding.round() == 0, "of the same draft nobody is reminded again"


async def test_yes_shows_what_waits(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        first = await asked(person, 1)
        clock.time += 8.5 * HOUR
        assert await bot.service.reminding.round() == 1
        await person.press(say("remind.yes"))
        await person.wait_for(
            lambda message: "1 of 7" in text_of(message) and message["message_id"] > first["message_id"]
        )


async def test_who_wants_silence_gets_it(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.news_want"))
        await person.wait_for_text(say("home.what"))
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.send("/stop")
        await person.wait_for_text(say("silence.on"))
        clock.time += 8.5 * HOUR
        assert await bot.service.reminding.round() == 0
        await person.press(say("silence.undo"))
        await person.wait_for_text(say("silence.off"))
        assert await bot.service.reminding.round() == 0, "the answer just given made the draft last longer"


async def test_the_draft_life_of_a_consultation(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        registry, store = bot.service.stores.registry, bot.service.stores.store
        await registry.set_intake("eeca", replace(store.intake("eeca"), draft_hours=6))
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.press(say("dialogue.stop"))
        await person.wait_for_text(say("dialogue.stopped", time=say("time.hours", count=6)))
        (waiting,) = store.unfinished()
        assert 6 * HOUR <= waiting.expires - time.time() <= 7 * HOUR
