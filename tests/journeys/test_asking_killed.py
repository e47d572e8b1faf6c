"""Killed between a question, its commit, the answer and its delivery: what was acknowledged is there, once, and an
answer arrives or is offered again, never unasked."""

import asyncio
import signal
from pathlib import Path

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.people import Invite, Role
from storage.factory import open_stores
from tests.journeys.test_asking import ANSWER, QUESTION
from tests.journeys.test_participant import say
from tests.journeys.test_process import process
from tests.support.arrival import accept
from tests.support.emulator import Emulator, Message, Person, buttons, text_of

LONG = 30.0
"""Seconds; a process has to start first."""


async def inside(person: Person, payload: str) -> None:
    await person.start(payload)
    await person.press("English", LONG)
    await accept(person)
    await person.wait_for_text(say("home.what"))


async def texts(folder: Path) -> list[list[str]]:
    """The texts of every inquiry that is kept."""
    async with open_stores(folder / "data", SystemClock(), SystemChance()) as stores:
        return [[line.text for line in one.lines] for one in stores.store.inquiries.inquiries()]


async def newest(person: Person, key: str) -> Message:
    return await person.wait_for(lambda one: any(say(key) in button["text"] for button in buttons(one)), LONG)


async def to_ask(person: Person, runner: Person) -> None:
    del runner
    await person.send("/ask")
    await person.wait_for_text(say("ask.who_reads"), LONG)
    await person.send(QUESTION)
    await newest(person, "ask.b.send")


async def asks(person: Person, runner: Person) -> None:
    del runner
    await person.press(say("ask.b.send"), LONG)


async def to_answer(person: Person, runner: Person) -> None:
    await person.wait_for_text(say("home.what"), LONG)
    opens: list[str] = []
    async with asyncio.timeout(LONG):
        while not opens:
            # The question may still be with Telegram, where it was before the bot was killed.
            sent = await runner.send("/questions")
            listed = await runner.wait_for_text(say("inquiries.title"), LONG, after=sent["message_id"])
            found = [button["callback_data"] for button in buttons(listed)]
            opens = [data for data in found if data.startswith("i:op:")]
    await runner.tap(listed["message_id"], opens[0])
    await runner.press(say("inquiries.b.answer"), LONG)
    await runner.wait_for_text(say("inquiries.write"), LONG)
    await runner.send(ANSWER)
    await newest(runner, "inquiries.b.send")


async def answers(person: Person, runner: Person) -> None:
    del person
    await runner.press(say("inquiries.b.send"), LONG)


async def to_read(person: Person, runner: Person) -> None:
    del runner
    await person.wait_for_text(say("ask.offer"), LONG)


async def reads(person: Person, runner: Person) -> None:
    del runner
    await person.press(say("remind.yes"), LONG)


STEPS = ((to_ask, asks), (to_answer, answers), (to_read, reads))


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("at", "point"),
    [
        (0, "before_commit"),
        (0, "after_commit"),
        (1, "before_commit"),
        (1, "after_commit"),
        (1, "before_offer"),
        (1, "after_offer"),
        (2, "after_commit"),
        (2, "after_answer"),
    ],
)
async def test_killed_on_the_way(tmp_path: Path, at: int, point: str) -> None:
    async with Emulator() as emulator:
        person, runner = await emulator.person(language_code="en"), await emulator.person(language_code="en")
        async with process(tmp_path, emulator):
            async with open_stores(tmp_path / "data", SystemClock(), SystemChance()) as stores:
                token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
            await inside(person, "eeca")
            await inside(runner, token)
            for before, act in STEPS[:at]:
                await before(person, runner)
                await act(person, runner)
            await STEPS[at][0](person, runner)
        async with process(tmp_path, emulator, MICIC_CRASH=point) as running:
            await STEPS[at][1](person, runner)
            async with asyncio.timeout(LONG):
                assert await running.wait() == -signal.SIGKILL
        seen = [text_of(one) for one in await person.received()]
        assert any(ANSWER in text for text in seen) is (point == "after_answer")
        async with process(tmp_path, emulator):
            for before, act in STEPS[at + 1 :]:
                await before(person, runner)
                await act(person, runner)
            if at == 2:
                last = (await person.received())[-1]["message_id"]
                await person.wait_for_text(say("ask.offer"), LONG, after=last)
                await person.press(say("remind.yes"))
            await person.wait_for_text(ANSWER, LONG)
        assert await texts(tmp_path) == [[QUESTION, ANSWER]]
