"""A sensitive consultation for invited people: whoever does not belong to it cannot tell that it is there.

Two strangers do the same; what one of them does names it, what the other does names nothing. They are shown the same.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.consultations import CONSULTATIONS, Access, Intake, learn, unlearn
from bot.core.people import NOTICE, ChatId, Grant, Invite, Profile, Role
from bot.questionnaires.founding import read
from tests.journeys.test_freezing import freeze
from tests.journeys.test_participant import say
from tests.questionnaires.test_founding import EXAMPLE, written
from tests.support.arrival import accept
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Person, buttons, text_of
from tests.support.network import member, organizer

NAMES = ("Horn of Africa", "Corne de l'Afrique", "May 2027", "hoa")
CLOSED = Intake(open=True, until=FAR, access=Access.INVITE, draft_hours=40)


@pytest.fixture(autouse=True)
def only_the_six() -> Iterator[None]:
    unlearn()
    yield
    unlearn()


@asynccontextmanager
async def discreet(folder: Path) -> AsyncIterator[Bot]:
    """A bot with one more consultation, which is open to invited people."""
    founded = read(written(folder, EXAMPLE))
    async with running_bot(folder) as bot:
        await bot.service.stores.registry.new_consultation(founded)
        await bot.service.stores.registry.set_intake("hoa", CLOSED)
        learn([founded.consultation])
        yield bot


async def looks_around(person: Person, payload: str) -> list[str]:
    """What somebody would try who wants to know; all that they are told, and the buttons of the list."""
    await person.start(payload)
    await person.press("English")
    await accept(person)
    first = await person.wait_for_text(say("join.title"))
    for command in ("/start", "/news", "/mydata", "/zone", "/ask", "/privacy"):
        sent = await person.send(command)
        await person.wait_for_text("", after=sent["message_id"])
    sent = await person.start(payload)
    await person.wait_for_text(say("join.title"), after=sent["message_id"])
    for data in (f"j:{payload}", f"m:op:{payload}", f"bw:ls:{payload}", f"e:op:{payload}", f"b:{payload}:0"):
        await person.tap(sent["message_id"], data)
    sent = await person.send("/help")
    await person.wait_for_text(say("help.title"), after=sent["message_id"])
    # What was answered to a tap may stand above or below the next command.
    return [*sorted(text_of(one) for one in await person.received()), *(one["text"] for one in buttons(first))]


async def test_a_stranger_is_shown_the_same_whether_it_is_there_or_not(tmp_path: Path) -> None:
    async with discreet(tmp_path) as bot:
        nosy, other = [await bot.emulator.person(language_code="en") for _ in range(2)]
        seen = await looks_around(nosy, "hoa")
        assert seen == await looks_around(other, "abc")
        assert not [name for name in NAMES if name in "\n".join(seen)]


async def test_one_of_the_six_looks_closed(tmp_path: Path) -> None:
    """All the world knows the six: one that was missing from the list would tell the very thing."""
    pages = []
    hidden, shut = replace(CLOSED, draft_hours=None), Intake(open=False)
    for number, (intake, stopped) in enumerate([(shut, False), (hidden, False), (hidden, True)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with running_bot(folder) as bot:
            await bot.service.stores.registry.set_intake("eeca", intake)
            if stopped:  # even a stop would tell that something goes on there
                await freeze(bot)
            person = await bot.emulator.person(language_code="en")
            await person.start("eeca")
            await person.press("English")
            await accept(person)
            page = await person.wait_for_text(say("join.title"))
            pages.append((text_of(page), buttons(page)))
    assert pages[0] == pages[1] == pages[2]
    assert say("join.closed", consultation=say("consultation.eeca.name")) in pages[0][0]


async def test_a_stranger_is_told_how_long_drafts_live_though_all_are_hidden(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        for one in CONSULTATIONS:
            await bot.service.stores.registry.set_intake(one.id, replace(CLOSED, draft_hours=51))
        person = await bot.emulator.person(language_code="en")
        await person.start()
        await person.press("English")
        await accept(person)
        sent = await person.send("/privacy")
        page = await person.wait_for_text("24\u00a0hours", after=sent["message_id"])
        assert "51" not in text_of(page)


async def listed(person: Person) -> str:
    sent = await person.send("/start")
    await person.wait_for(lambda one: one["message_id"] > sent["message_id"] and bool(buttons(one)))
    await person.tap(sent["message_id"], "o:consultations")
    return text_of(await person.wait_for_text(say("join.title"), after=sent["message_id"]))


async def test_whoever_belongs_to_it_finds_it(tmp_path: Path) -> None:
    async with discreet(tmp_path) as bot:
        stores = bot.service.stores
        runner, everywhere = await organizer(bot, consultation="hoa"), await organizer(bot, consultation=None)
        elsewhere, taking_part = await organizer(bot, consultation="mena"), await member(bot, "en", consultation="hoa")
        for person in (runner, everywhere, taking_part):
            assert "Horn of Africa" in await listed(person)
        assert "Horn of Africa" not in await listed(elsewhere)

        invited = await member(bot, "en", consultation="wca")
        assert "Horn of Africa" not in await listed(invited)
        token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "hoa"), 1, None)
        await invited.start(token)
        await invited.wait_for_text("Horn of Africa")
        assert stores.store.grants(ChatId(invited.id)) == (Grant(Role.PARTICIPANT, "hoa"),)
        # Also once what was remembered of them is gone, as it goes with time.
        await stores.store.keep_profile(ChatId(invited.id), Profile("en", True, NOTICE, ("wca",)))
        bot.service.conversing.forget_all()
        assert "Horn of Africa" in await listed(invited)


async def test_without_the_mark_it_stands_in_the_list(tmp_path: Path) -> None:
    async with discreet(tmp_path) as bot:
        await bot.service.stores.outbox.set_sensitive("hoa", sensitive=False)
        page = await listed(await member(bot, "en", consultation="wca"))
        assert "Horn of Africa" in page
        assert say("join.is_by_invite") in page
