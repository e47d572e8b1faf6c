"""What is done after an answer: noting what stands in the chats, and taking buttons from old prompts. Nobody waits."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.core.errors import Unavailable
from bot.core.people import ChatId, Profile
from bot.core.ports import Seen
from bot.core.session import Place, Session, View
from bot.logs import get_logger
from handlers import fading, settling
from handlers.chats import Chat
from handlers.fading import Fading
from handlers.sender import Kind, Sender
from handlers.settling import Settling
from handlers.transport import raw_call
from tests.journeys.test_participant import asked, say
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import buttons


class Notes:
    """The part of a store that keeps notes; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.kept: list[Sequence[Seen]] = []
        self._failures = failures
        self.written = asyncio.Event()

    async def settle(self, standing: Sequence[Seen]) -> None:
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise Unavailable("storage_unavailable", file="work.db")
        self.kept.append(standing)
        self.written.set()


def chat(number: int, *, anchor: int = 1) -> Chat:
    return Chat(ChatId(number), Profile("en"), Session(number, Place.HOME), View(anchor=anchor), 0.0)


async def test_many_chats_are_noted_together_as_they_are_at_that_moment() -> None:
    notes = Notes()
    settler = Settling(notes, get_logger())  # type: ignore[arg-type]  # only `settle` is used
    chats = [chat(number) for number in range(3)]
    for one in (*chats, chats[0]):
        settler.note(one)
    chats[0].view = View(anchor=9)
    chats[1].pending = 1
    assert all(one.unsettled for one in chats)
    await notes.written.wait()
    await settler.stop()
    assert [[(one.chat, one.view.anchor, one.owed) for one in group] for group in notes.kept] == [
        [(0, 9, False), (1, 1, True), (2, 1, False)]
    ]
    assert not any(one.unsettled for one in chats)


async def test_a_chat_that_was_dropped_meanwhile_is_not_noted() -> None:
    notes = Notes()
    settler = Settling(notes, get_logger())  # type: ignore[arg-type]
    gone, stays = chat(1), chat(2)
    settler.note(gone)
    settler.note(stays)
    gone.unsettled = False  # as `Chats.drop` does
    await settler.stop()
    assert [[one.chat for one in group] for group in notes.kept] == [[2]]


async def test_a_note_that_failed_is_written_later_and_the_end_writes_what_waits(monkeypatch: Any) -> None:
    monkeypatch.setattr(settling, "AFTER_A_FAILURE", 0.01)
    notes = Notes(failures=2)
    settler = Settling(notes, get_logger())  # type: ignore[arg-type]
    first, second = chat(1), chat(2)
    await settler.now(first)
    assert first.unsettled
    settler.note(second)
    await notes.written.wait()
    assert [one.chat for one in notes.kept[0]] == [1, 2]
    settler.note(first)
    await settler.stop()
    assert [one.chat for one in notes.kept[1]] == [1]


async def test_after_a_word_the_old_prompt_has_no_buttons_and_the_note_is_on_disk(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        before = await asked(person, 1)
        assert buttons(before)
        await person.send("none of these")
        number = before["message_id"]
        await person.wait_until(
            lambda found: any(one["message_id"] == number and not buttons(one) for one in found["messages"])
        )
        while bot.service.conversing.busy:  # noqa: ASYNC110 - its end is no event
            await asyncio.sleep(0)
        store = bot.service.stores.store
        store.forget_recent(everything=True)
        view = store.view(ChatId(person.id))
        assert view is not None
        assert view.prompt is not None
        assert before["message_id"] in [prompt.message for prompt in view.prompts]
        assert store.owed() == []


async def test_buttons_wait_while_people_do_but_not_for_ever(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(fading, "REST", 0.01)
    monkeypatch.setattr(fading, "PATIENCE", 0.05)
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person()
        api = bot.service.intake._bot
        sender = Sender(api, log=get_logger())
        fader = Fading(sender)
        hold = asyncio.Event()

        async def held(_: object) -> None:
            await hold.wait()

        waiting = [sender.post(ChatId(number), held, Kind.PROMPT) for number in range(20)]
        assert not sender.quiet
        for number in range(10):
            fader.note(ChatId(person.id), number)
        while len(await bot.emulator.recorded("editMessageReplyMarkup")) < 10:
            pass
        assert not any(one.done() for one in waiting)
        hold.set()
        await asyncio.wait(waiting)
        assert sender.quiet
        await fader.stop()
        await raw_call(api, "getMe", {})
