"""An active chat is what the store knows, also after the machine slept."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.people import ChatId
from handlers import settling
from tests.journeys.test_participant import asked, say
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import buttons


async def test_a_draft_that_expired_while_the_machine_slept_is_not_gone_on_with(tmp_path: Path) -> None:
    clock = SetClock(time.time())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        await asked(person, 1)
        clock.time += 26 * 3600
        assert await bot.service.stores.expire() > 0
        await person.send("3")
        await person.wait_for_text(say("home.not_an_answer"))
        session = bot.service.stores.store.session(ChatId(person.id))
        assert session is not None
        assert session.draft is None


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing tells when a note was written
            await asyncio.sleep(0.02)


async def test_what_stands_in_a_chat_is_known_after_a_jump_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(time.time())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        await asked(person, 1)
        store, chat = bot.service.stores.store, ChatId(person.id)
        await until(lambda: (view := store.view(chat)) is not None and view.prompt is not None)
        monkeypatch.setattr(settling, "EVERY", 3600.0)  # from here on the note on disk is behind
        await person.press("1")
        prompt = await asked(person, 2)
        clock.time -= 10 * 3600  # who was active a moment ago seems to have been idle
        await person.press("→")
        await person.wait_for(
            lambda message: (
                message["message_id"] == prompt["message_id"]
                and any(button["text"] == "2/4" for button in buttons(message))
            )
        )
