"""A chat that does not betray: what was said leaves it on both sides, but not before it rests in two places."""

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.core.people import ChatId
from bot.core.traces import Fate
from tests.journeys.test_participant import asked, say, to_the_review
from tests.journeys.test_process import process
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Emulator, Message, Person, buttons, text_of

HOUR = 3600.0
ANSWER = "Hospitals should treat everybody and report nobody"


@asynccontextmanager
async def somebody(folder: Path, **settings: float) -> AsyncIterator[tuple[Bot, Person, SetClock]]:
    """A person who has arrived; the clocks of both worlds are the test's."""
    async with running_bot(folder, clock=(clock := SetClock()), tidy_after=settings.get("tidy_after", 0.0)) as bot:
        at = (await bot.emulator.call("GET", "/world"))["now"]
        clock.time = float(at)
        person = await bot.emulator.person(language_code="en")
        await arrive(person)
        yield bot, person, clock


async def arrive(person: Person) -> None:
    await person.start("eeca")
    await person.press("English")
    await accept(person)


async def hand_in(person: Person) -> Message:
    """Answer, and get the receipt."""
    await to_the_review(person, ANSWER)
    await person.press(say("review.send"))
    return await person.wait_for(lambda message: bool(re.search(r"\d{4} \d{4}", text_of(message))))


async def pass_hours(bot: Bot, clock: SetClock, hours: float) -> None:
    clock.time += hours * HOUR
    await bot.emulator.advance(hours * HOUR)


def betrays(message: Message) -> bool:
    """It is not what may stay: receipt, home, notice, language, briefings, consultations."""
    said = text_of(message)
    return message["outgoing"] or any(sign in said for sign in (ANSWER[:20], " of 7", "✓", "✎"))


async def tidied(person: Person, deadline: float = 10) -> list[Message]:
    """Everything that stands once nothing of the dialogue does."""
    chat = await person.wait_until(lambda chat: not any(betrays(one) for one in chat["messages"]), deadline)
    return list(chat["messages"])


async def test_what_was_handed_in_leaves_the_chat_on_both_sides(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person, _):
        receipt = await hand_in(person)
        left = await tidied(person)
        assert receipt["message_id"] in {message["message_id"] for message in left}
        assert len(left) >= 2, "the receipt and the start page stay"
        await bot.service.tidying.round()
        assert await bot.service.stores.replica.state() == "whole"
        assert bot.service.stores.store.traces.rows(Fate.WAITING) == []


async def test_nothing_leaves_it_before_there_are_two_copies_and_everything_after_40_hours(tmp_path: Path) -> None:
    blocked = tmp_path / "data" / "replica"
    async with somebody(tmp_path) as (bot, person, clock):
        await bot.service.tidying.round()
        shutil.rmtree(blocked, ignore_errors=True)
        blocked.write_text("no folder")
        await hand_in(person)
        for _ in range(3):
            await bot.service.tidying.round()
        await pass_hours(bot, clock, 38.9)
        await bot.service.tidying.round()
        standing = await person.messages()
        assert any(ANSWER in text_of(message) and message["outgoing"] for message in standing)
        await pass_hours(bot, clock, 1.1)
        await bot.service.tidying.round()
        assert not any(betrays(message) for message in await person.messages())


async def test_the_copy_that_comes_late_lets_it_go(tmp_path: Path) -> None:
    blocked = tmp_path / "data" / "replica"
    async with somebody(tmp_path) as (bot, person, _):
        await bot.service.tidying.round()
        shutil.rmtree(blocked, ignore_errors=True)
        blocked.write_text("no folder")
        await hand_in(person)
        await bot.service.tidying.round()
        assert any(betrays(message) for message in await person.messages())
        blocked.unlink()
        await tidied(person)


async def test_whoever_wants_keeps_the_answers_for_this_time_or_always(tmp_path: Path) -> None:
    async with somebody(tmp_path, tidy_after=3600.0) as (bot, person, clock):
        await hand_in(person)
        await person.press(say("receipt.keep_chat"))
        await person.wait_for_text(say("keep.once"))
        await pass_hours(bot, clock, 41)
        await bot.service.tidying.round()
        assert any(text_of(message) == ANSWER for message in await person.messages())
        await person.send("/tidy")
        seen = await person.wait_for_text(say("tidy.title"))
        assert say("tidy.kept") in text_of(seen)
        await person.press(say("keep.button_always"))
        await person.wait_for_text(say("keep.always"))
        profile = bot.service.stores.store.profile(ChatId(person.id))
        assert profile is not None
        assert profile.keep
        await person.press(say("keep.button_not"))
        await person.wait_for_text(say("keep.not", time=say("time.hours", count=1)))
        await person.send("/tidy")
        await tidied(person)


async def test_one_tap_below_the_receipt_takes_the_answers_out_and_leaves_the_receipt(tmp_path: Path) -> None:
    async with somebody(tmp_path, tidy_after=86_400.0) as (_, person, _):
        await hand_in(person)
        receipt = await person.wait_for_text(say("receipt.yours"))
        await person.press(say("receipt.tidy"))
        assert say("tidy.deleted") in text_of(await person.wait_for_text(say("tidy.title")))
        messages = await person.messages()
        assert not any(betrays(message) for message in messages)
        (stays,) = [one for one in messages if one["message_id"] == receipt["message_id"]]
        assert text_of(stays) == text_of(receipt)
        assert [button["text"] for button in buttons(stays)] == [button["text"] for button in buttons(receipt)]


async def test_tidy_does_it_at_once_and_leaves_a_draft_alone(tmp_path: Path) -> None:
    async with somebody(tmp_path, tidy_after=86_400.0) as (_, person, _):
        await hand_in(person)
        await person.press(say("receipt.another"))
        await asked(person, 1)
        await person.send("/tidy")
        seen = text_of(await person.wait_for_text(say("tidy.title")))
        assert say("tidy.deleted") in seen
        assert say("tidy.draft") in seen
        messages = await person.messages()
        assert not any(text_of(message) == ANSWER for message in messages)
        assert any("1 of 7" in text_of(message) for message in messages)
        await person.press(say("help.back"))


async def test_a_cancelled_draft_and_an_expired_one_leave_nothing(tmp_path: Path) -> None:
    async with somebody(tmp_path, tidy_after=86_400.0) as (bot, person, clock):
        await to_the_review(person, ANSWER)
        await person.press(say("review.erase"))
        await person.press(say("review.erase_yes"))
        await tidied(person)
        await to_the_review(person, ANSWER)
        await pass_hours(bot, clock, 25)
        await bot.service.stores.expire()
        await bot.service.tidying.round()
        await tidied(person)


async def test_who_leaves_takes_everything_along_but_the_receipt(tmp_path: Path) -> None:
    async with somebody(tmp_path, tidy_after=0.0) as (_, person, _):
        receipt = await hand_in(person)
        await person.send("/forget")
        await person.press(say("forget.yes"))
        await person.wait_for_text(say("forget.done"))
        wanted = {receipt["message_id"]}
        chat = await person.wait_until(
            lambda chat: (
                {message["message_id"] for message in chat["messages"] if say("forget.done") not in text_of(message)}
                == wanted
            )
        )
        assert len(chat["messages"]) == 2


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "location", "contact", "sticker"])
async def test_what_is_no_text_is_refused_and_deleted_unread(tmp_path: Path, kind: str) -> None:
    async with somebody(tmp_path) as (bot, person, _):
        sent = await person.send_kind(kind)
        await person.wait_for_text(say(f"other.{kind}"))
        await person.wait_until(
            lambda chat: sent["message_id"] not in {message["message_id"] for message in chat["messages"]}
        )
        assert await bot.emulator.recorded("getFile") == []


async def test_a_start_message_with_a_link_is_deleted(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (_, person, _):
        await person.wait_until(lambda chat: not any("/start" in text_of(message) for message in chat["messages"]))


async def test_a_message_whose_number_was_lost_goes_too(tmp_path: Path) -> None:
    """Telegram took it, and its answer did not arrive: the bot sends it again and does not know the first."""
    async with somebody(tmp_path) as (bot, person, _):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await bot.emulator.fault("reset_after_delivery", method="sendMessage", times=1)
        await person.press("2 ·")
        await person.wait_until(lambda chat: sum("2 of 7" in text_of(one) for one in chat["messages"]) == 2)
        await person.send("/cancel")
        await person.press(say("review.erase_yes"))
        await tidied(person)


async def test_telegram_that_refuses_is_asked_again(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person, clock):
        await bot.emulator.fault("status", method="deleteMessages", times=-1, status=500)
        await hand_in(person)
        await bot.service.tidying.round()
        assert any(betrays(message) for message in await person.messages())
        await bot.emulator.clear_faults()
        clock.time += 7200.0
        await tidied(person)


@pytest.mark.parametrize("point", ["before_replicate", "after_replicate", "before_delete", "after_delete"])
async def test_killed_on_the_way_it_is_tidied_once_it_is_safe(tmp_path: Path, point: str) -> None:
    swift = {"MICIC_MOVE_EVERY": "0.2", "MICIC_TIDY_AFTER": "0"}
    async with Emulator() as emulator:
        person = await emulator.person(language_code="en")
        async with process(tmp_path, emulator, MICIC_CRASH=point, **swift) as running:
            await person.start()
            await person.press("English")
            await accept(person)
            await person.press(say("consultation.eeca.short"))
            await to_the_review(person, ANSWER)
            await person.press(say("review.send"))
            async with asyncio.timeout(30):
                assert await running.wait() == -signal.SIGKILL
        standing = any(text_of(message) == ANSWER for message in await person.messages())
        assert standing is (point != "after_delete")
        async with process(tmp_path, emulator, **swift):
            await person.wait_until(lambda chat: not any(one["outgoing"] for one in chat["messages"]), 30)
            await person.wait_for(lambda message: bool(re.search(r"\d{4} \d{4}", text_of(message))))
