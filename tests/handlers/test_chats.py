"""An active chat is what the store knows, also after the machine slept."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.people import ChatId
from bot.core.ports import Change
from bot.core.session import Place, View
from handlers import settling
from handlers.settling import Settling
from tests.journeys.test_participant import asked, say, to_the_review
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


@pytest.mark.parametrize("on_its_way", [False, True])
async def test_what_stands_in_a_chat_is_known_after_a_jump_of_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_its_way: bool
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
        if on_its_way:  # as while it is being written: it counts as settled, and is not on disk yet
            (active,) = bot.service.conversing.looking.chats.standing_at(Place.DIALOGUE)
            await until(lambda: not active.running)
            active.unsettled = False
        clock.time -= 10 * 3600  # who was active a moment ago seems to have been idle
        await person.press("→")
        await person.wait_for(
            lambda message: (
                message["message_id"] == prompt["message_id"]
                and any(button["text"] == "2/4" for button in buttons(message))
            )
        )


async def test_no_note_beside_a_commit_holds_a_receipt_that_was_never_stored(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await to_the_review(person, "Open the clinics to everybody.")
        store, number = bot.service.stores.store, ChatId(person.id)
        await until(lambda: not bot.service.conversing.busy)
        # The disk fails in the middle of the submission only.
        with closing(sqlite3.connect(bot.data_dir / "work.db")) as connection, connection:
            connection.execute("CREATE TRIGGER broken BEFORE INSERT ON submissions BEGIN SELECT RAISE(ABORT, 'x'); END")
        chat = next(iter(bot.service.conversing.looking.chats.standing_at(Place.DIALOGUE)))
        notes: list[View] = []

        async def commit(change: Change) -> None:
            if change.submission is not None:
                settler.note(chat)
                await settler.flush()  # what the tenth of a second may bring at any moment
                notes.append(store.view(number) or View())
            await type(store).commit(store, change)

        settler = Settling(store, bot.service.log)
        store.commit = commit  # type: ignore[method-assign]
        await person.press(say("review.send"))
        await person.wait_for_text(say("error.send_again"))
        await settler.flush()
        assert notes
        assert all(view.receipt is None for view in notes)
        stored = store.view(number)
        assert stored is None or stored.receipt is None
