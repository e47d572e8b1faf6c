"""Responding while points are published and withdrawn, and after restarts; speaking for a group across a restart."""

from dataclasses import replace
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest

from bot.core.points import Point, PointSet, Publication
from bot.exports import bundle, opening
from bot.questionnaires.library import emerging
from bot.questionnaires.publication import MOST_POINTS, TEXT, TITLE, read
from bot.sealing import open_document
from tests.journeys.test_participant import asked, say, session, somebody
from tests.support.bot import Bot
from tests.support.emulator import Person, buttons, text_of

FIRST = Point("scope", ("sesea",), "2015-03-22", {"en": "Scope"}, {"en": "Count more people."})
SECOND = Point("wages", ("sesea",), "2015-03-22", {"en": "Wages"}, {"en": "Pay what is owed."})


async def publish(bot: Bot, *points: Point) -> None:
    sets = (PointSet("eeca", points),) if points else ()
    await bot.service.stores.published.publish(Publication(sets, points))


async def exported(bot: Bot, folder: Path) -> list[dict[str, Any]]:
    path = folder / "export.zip"
    await bot.service.stores.vault.move()
    await bundle.write(path, bot.service.stores.vault, ["eeca"])
    with bundle.read(path) as opened:
        return list(opening.opened(opened, lambda sealed: open_document(sealed, bot.identities[:1]), workers=1))


def as_after_a_restart(bot: Bot) -> None:
    bot.service.stores.store.forget_recent(everything=True)
    bot.service.conversing.forget_all()


async def at_home(person: Person) -> list[str]:
    """The labels of the home screen, asked for anew."""
    await person.send("/start")
    found = await person.wait_for(lambda message: say("home.what") in text_of(message) and bool(buttons(message)))
    return [button["text"] for button in buttons(found)]


async def open_prompt(person: Person, part: str) -> None:
    """A message with that text stands there, with its buttons."""
    await person.wait_for(lambda message: part in text_of(message) and bool(buttons(message)))


async def test_it_is_offered_as_soon_as_points_are_there_and_no_longer(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.wait_for_text(say("home.what"))
        assert say("home.respond") not in await at_home(person)
        await publish(bot, FIRST)
        await person.send("/start")
        await person.wait_for(lambda message: any(b["text"] == say("home.respond") for b in buttons(message)))
        await publish(bot)
        await person.press(say("home.respond"))
        await person.wait_until(lambda chat: session(bot, person).draft is None)


async def test_a_draft_stays_with_its_points_whatever_is_published(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await publish(bot, FIRST, SECOND)
        version = bot.service.stores.published.version("eeca")
        await person.send("/start")
        await person.press(say("home.respond"))
        await person.wait_for_text("Count more people.")
        await person.press("I would change the words")
        await person.wait_for_text("Please say it in your own words.")
        await person.send("Count everybody who is in danger.")
        await person.wait_for_text(say("dialogue.text_saved"))
        await publish(bot, replace(FIRST, text={"en": "Something else."}))
        as_after_a_restart(bot)
        await person.press(say("dialogue.next"))
        await person.wait_for_text("Pay what is owed.")
        await publish(bot)
        as_after_a_restart(bot)
        await person.press("Not our situation")
        await person.wait_for_text("What is missing?")
        await person.press(say("dialogue.skip"))
        await person.wait_for_text(say("review.title"))
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        (line,) = await exported(bot, tmp_path)
        assert (line["questionnaire"], line["version"]) == ("response", version)
        assert line["answers"] == {
            "scope": "amend",
            "scope_words": "Count everybody who is in danger.",
            "wages": "not_ours",
            "wages_words": None,
            "missing": None,
        }


async def test_a_draft_whose_points_are_gone_for_good_is_let_go(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await publish(bot, FIRST)
        await person.send("/start")
        await person.press(say("home.respond"))
        await person.wait_for_text("Count more people.")
        before = session(bot, person)
        assert before.draft is not None
        # As though it had been superseded for longer than any version is kept.
        bot.service.stores.published._file.document = lambda version: None  # type: ignore[method-assign]
        bot.service.conversing._services.forms._made.clear()  # type: ignore[attr-defined]
        await person.press("I support it")
        await person.wait_for_text(say("review.erased"))
        assert session(bot, person).draft is None
        assert say("home.practice") in await at_home(person)


async def test_many_long_words_still_make_a_review_that_telegram_takes(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        points = [
            Point(f"p{at}", ("sesea",), "2015-03-22", {"en": f"{'Tä' * 18}"[:TITLE]}, {"en": "x" * TEXT})
            for at in range(MOST_POINTS)
        ]
        await publish(bot, *points)
        await person.send("/start")
        await person.press(say("home.respond"))
        for number in range(1, MOST_POINTS + 1):
            await open_prompt(person, f"\n{number}. Tä")
            await person.press("I have doubts")
            await open_prompt(person, f"\n{number}. Your words")
            await person.send("w" * 2000)
            await open_prompt(person, say("dialogue.text_saved"))
            await person.press(say("dialogue.next"))
        await person.wait_for_text("What is missing?")
        await person.press(say("dialogue.skip"))
        review = await person.wait_for_text(say("review.title"))
        assert text_of(review).count("w" * 60) == MOST_POINTS
        assert await bot.emulator.recorded("sendMessage")


async def test_a_group_is_still_spoken_for_after_a_restart(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.group"))
        await person.wait_for_text("How many people are you speaking for?")
        await person.send("1")
        await person.wait_for_text("Please write a number from 2 to 100000.")
        await person.send("many")
        await person.wait_for_text(say("dialogue.number_please"))
        await person.send("40")
        await person.wait_for_text("How did the group agree?")
        for number in range(2, 8):
            await asked(person, number)
            await person.press(say("dialogue.skip"))
        await person.wait_for_text(say("review.title"))
        await person.press(say("review.send"))
        await person.wait_for_text(say("group.begun"))
        as_after_a_restart(bot)
        await person.send("/start")
        await person.wait_for_text(say("group.speaking"))
        assert session(bot, person).group is not None
        await person.press(say("group.finish"))
        await person.wait_until(lambda chat: session(bot, person).group is None)


@pytest.mark.parametrize("data", ["r:nothing", "r:response", "ge", "q", "r:group"])
async def test_buttons_of_other_times_do_no_harm(tmp_path: Path, data: str) -> None:
    async with somebody(tmp_path) as (bot, person):
        shown = await person.wait_for_text(say("home.what"))
        await person.tap(shown["message_id"], data)
        await person.wait_for_text(say("home.what"))
        draft = session(bot, person).draft
        assert draft is None or data == "r:group"


async def test_the_starter_can_be_published_as_it_is(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        with as_file(emerging()) as path:
            await bot.service.stores.published.publish(read(path))
        await person.send("/start")
        await person.press(say("home.respond"))
        await person.wait_for_text("Emerging, not conclusive.")
