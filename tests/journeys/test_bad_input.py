"""Whatever somebody may send at any step is answered kindly, in their language, with the question again.

Nothing that was answered before is lost, and nothing is ever asked of Telegram that it would refuse.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.people import ChatId
from locales.catalogue import Catalogue
from tests.support.arrival import DATA as ACCEPT
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of

CATALOGUE = Catalogue.load()

TEXTS = [
    "x" * 4096,
    "😀😀😀",
    "<b>bold</b> & <script>alert(1)</script> <",
    "a\x00b\x07c\x1b[31m",
    "\u202eevil\u202c \u2066isolate \u200f\u200e",
    "\u200b",
    "'; DROP TABLE sessions; --",
    "/nosuchcommand",
    "/start " + "A" * 64,
    "/start eeca%00",
    "=HYPERLINK(1)",
]
KINDS = ["photo", "voice", "sticker", "document", "video", "location", "contact", "poll", "dice"]
DATA = [
    "d:00000000:1:c:0",
    "d:zzzzzzzz:1:c:0",
    "l:xx",
    "n:yes:0",
    "j:nowhere",
    "o:home:extra",
    "b:nothing:999",
    "w:2",
    "\u0000",
    "é" * 32,
    "x" * 64,
    "d:00000000:999999:qq",
]


_ANSWERED: set[tuple[int, int]] = set()
"""Prompts that were answered: they keep their buttons for a moment after the next one stands."""


@contextlib.asynccontextmanager
async def _somebody(folder: Path, language: str, *, malformed: bool = False) -> AsyncIterator[tuple[Bot, Person]]:
    _ANSWERED.clear()
    async with running_bot(folder, malformed=malformed) as bot:
        person = await bot.emulator.person(language_code=language)
        await person.start("eeca")
        yield bot, person


async def _press(bot: Bot, person: Person, data: str) -> None:
    """Press the newest button whose data fits this pattern, on a message that was not answered before."""
    found: dict[str, Any] = {}

    def has_it(message: Message) -> bool:
        for one in buttons(message):
            pressed = one.get("callback_data", "")
            if re.search(data, pressed) and (person.id, message["message_id"]) not in _ANSWERED:
                found.update(data=pressed)
                return True
        return False

    message = await person.wait_for(has_it)
    has_it(message)
    if found["data"].startswith("d:") and ":t:" not in found["data"]:
        _ANSWERED.add((person.id, message["message_id"]))
    await _settled(person, person.tap(message["message_id"], found["data"]))


async def _settled(person: Person, action: Any) -> None:
    """Do something and wait until the bot has taken it and answered."""
    before = (await person.chat())["revision"]
    await action
    await person.wait_until(lambda chat: chat["revision"] > before + 1)


async def _quiet(bot: Bot, person: Person) -> list[Message]:
    """Wait until every update is confirmed and every answer delivered; returns the chat."""
    while True:
        chat = await person.chat()
        counts = await bot.emulator.update_count()
        busy = bot.service.intake.in_flight or bot.service.conversing.busy
        if not counts["pending"] and not busy and (await person.chat())["revision"] == chat["revision"]:
            return list(chat["messages"])
        await person.chat(chat["revision"], wait=0.05)


async def _throw_everything(bot: Bot, person: Person) -> None:
    """Every kind of bad input, one after another; each is answered."""
    for text in TEXTS:
        await _answered(bot, person, person.send(text))
    await _answered(bot, person, person.send("forwarded words", forward=True))
    for kind in KINDS:
        await _answered(bot, person, person.send_kind(kind))
    newest = (await person.received())[-1]["message_id"]
    for data in DATA:
        await person.tap(newest, data)
        await _quiet(bot, person)


async def _answered(bot: Bot, person: Person, action: Any) -> None:
    before = (await person.messages())[-1]["message_id"]
    await action
    messages = await _quiet(bot, person)
    new = [message for message in messages if not message["outgoing"] and message["message_id"] > before]
    assert new, "nothing was said to that"
    for message in new:
        assert "Traceback" not in text_of(message)


async def _nothing_refused(bot: Bot) -> None:
    refused = [
        (row["method"], row["description"])
        for row in await bot.emulator.recorded()
        if row["status"] >= 400 and "query is too old" not in (row["description"] or "")
    ]
    assert refused == []
    assert await bot.emulator.violations() in ([], {"checked": False})


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_bad_input_before_the_notice_takes_nothing_and_shows_the_step_again(
    language: str, tmp_path: Path
) -> None:
    async with _somebody(tmp_path, language) as (bot, person):
        await person.wait_for(lambda message: bool(buttons(message)))
        await _throw_everything(bot, person)
        await _press(bot, person, f"l:{language}")
        await _throw_everything(bot, person)
        assert bot.service.stores.store.profile(ChatId(person.id)) is not None
        await person.wait_for_text(CATALOGUE.text(language, "notice.title"))
        await _nothing_refused(bot)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_bad_input_at_every_step_loses_nothing(language: str, tmp_path: Path) -> None:
    async with _somebody(tmp_path, language) as (bot, person):
        for data in (f"l:{language}", *ACCEPT, "^r$"):
            await _press(bot, person, data)
        await _throw_everything(bot, person)
        session = bot.service.stores.store.session(ChatId(person.id))
        assert session is not None
        assert session.draft is not None
        await _press(bot, person, ":e:0$") if session.draft.step == "-review" else None
        await _nothing_refused(bot)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_bad_input_at_a_choice_and_at_the_review_keeps_the_answers(language: str, tmp_path: Path) -> None:
    async with _somebody(tmp_path, language) as (bot, person):
        for data in (f"l:{language}", *ACCEPT, "^r$", ":c:1$", ":c:1$"):
            await _press(bot, person, data)
        await _answered(bot, person, person.send("Open the clinics to everybody."))
        for data in (":x$", ":t:0$", ":x$", ":t:1$", ":x$"):
            await _press(bot, person, data)
        before = bot.service.stores.store.session(ChatId(person.id))
        for kind in KINDS:  # at the country
            await _answered(bot, person, person.send_kind(kind))
        after = bot.service.stores.store.session(ChatId(person.id))
        assert before is not None
        assert after is not None
        assert before.draft == after.draft
        await _press(bot, person, ":s$")
        await _press(bot, person, ":s$")
        await person.wait_for_text(CATALOGUE.text(language, "review.title"))
        at_review = bot.service.stores.store.session(ChatId(person.id))
        await _throw_everything(bot, person)
        still = bot.service.stores.store.session(ChatId(person.id))
        assert at_review is not None
        assert still is not None
        assert still.draft is not None
        assert at_review.draft is not None
        assert still.draft.answers == at_review.draft.answers
        await _nothing_refused(bot)


async def test_buttons_of_a_finished_contribution_show_where_one_is(tmp_path: Path) -> None:
    async with _somebody(tmp_path, "en") as (bot, person):
        for data in ("l:en", *ACCEPT, "^r$", ":c:1$", ":s$"):
            await _press(bot, person, data)
        old = await person.wait_for(lambda message: "3 of 7" in text_of(message) and bool(buttons(message)))
        stale = next(one["callback_data"] for one in buttons(old) if ":z" in one["callback_data"])
        await _answered(bot, person, person.send("Open the clinics to everybody."))
        for data in (":x$", ":s$", ":s$", ":s$", ":s$", ":v$", ":ok$"):
            await _press(bot, person, data)
        await person.wait_for_text(CATALOGUE.text("en", "receipt.title"))
        await person.tap(old["message_id"], stale)
        await person.wait_for_text(CATALOGUE.text("en", "receipt.after"))
        await _nothing_refused(bot)


async def test_a_group_is_left_with_a_word(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person()
        group = await bot.emulator.group("Neighbours", person)
        await person.start()
        await person.wait_for(lambda message: bool(buttons(message)))
        left = [row for row in await bot.emulator.recorded("leaveChat") if row["status"] == 200]
        assert [row["params"]["chat_id"] for row in left] == [group["id"]]


async def test_a_poisonous_update_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    async with _somebody(tmp_path, "fr", malformed=True) as (bot, person):
        await _press(bot, person, "l:fr")
        number = (await bot.emulator.update_count())["next_update_id"]
        chat = {"id": person.id, "type": "private", "first_name": "X"}
        bad = {"update_id": number, "callback_query": {"id": "1", "from": {"id": person.id}, "message": {"chat": chat}}}
        await bot.emulator.queue_updates([bad])
        await person.wait_for_text(CATALOGUE.text("fr", "error.send_again"), deadline=20)
        for data in ACCEPT:
            await _press(bot, person, data)
        await person.wait_for_text(CATALOGUE.text("fr", "home.what"))
