"""getUpdates: order, confirmation, expiry, long polls, one poller at a time."""

import asyncio
import time

import pytest
from telegram import Bot
from telegram.error import Conflict, NetworkError

from tests.support.emulator import Emulator, Person


async def texts(bot: Bot, offset: int | None = None, **more: int) -> list[str | None]:
    updates = await bot.get_updates(offset, **more)  # type: ignore[arg-type]
    return [update.message.text for update in updates if update.message is not None]


async def polling(emulator: Emulator, waits: bool = True) -> None:
    """Return once a poll waits inside the emulator, or none does any more."""
    async with asyncio.timeout(5):
        while emulator.running.requests.polling.busy is not waits:
            await emulator.update_count()


async def test_updates_are_kept_until_confirmed(emulator: Emulator, bot: Bot, person: Person) -> None:
    for text in "abc":
        await person.send(text)
    first = await bot.get_updates(limit=100)
    assert [update.update_id for update in first] == [first[0].update_id + number for number in range(4)]
    assert await texts(bot, first[0].update_id) == ["/start", "a", "b", "c"]
    assert await texts(bot, first[2].update_id) == ["b", "c"]
    count = await emulator.update_count()
    assert (count["pending"], count["confirmed_below"]) == (2, first[2].update_id)
    assert count["next_update_id"] == first[-1].update_id + 1


async def test_limit_and_negative_offset(emulator: Emulator, bot: Bot, person: Person) -> None:
    for text in "abcd":
        await person.send(text)
    assert await texts(bot, limit=2) == ["/start", "a"]
    assert await texts(bot, -2) == ["c", "d"]
    assert (await emulator.update_count())["pending"] == 2


async def test_same_offset_at_once_gives_one_update(bot: Bot, person: Person) -> None:
    await person.send("a")
    assert await texts(bot, 5) == ["/start", "a"]
    assert await texts(bot, 5) == ["/start"]


async def test_long_poll_returns_when_something_arrives(emulator: Emulator, bot: Bot, person: Person) -> None:
    offset = (await bot.get_updates())[-1].update_id + 1
    waiting = asyncio.create_task(texts(bot, offset, timeout=30))
    await polling(emulator)
    await person.send("now")
    async with asyncio.timeout(5):
        assert await waiting == ["now"]


async def test_long_poll_ends_empty(bot: Bot) -> None:
    begin = time.monotonic()
    assert await texts(bot, timeout=1) == []
    assert 0.9 < time.monotonic() - begin < 3


async def test_second_poller_ends_the_first(emulator: Emulator, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await polling(emulator)
    async with Bot(emulator.token, base_url=emulator.base_url) as other:
        second = asyncio.create_task(other.get_updates(7, timeout=30))
        with pytest.raises(Conflict):
            await first
        answer = (await emulator.recorded("getUpdates"))[-1]
        assert answer["description"] == (
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        await polling(emulator)
        third = asyncio.create_task(bot.get_updates(8, timeout=30))
        await polling(emulator)
        begin = time.monotonic()
        with pytest.raises(Conflict):
            await second
        assert time.monotonic() - begin > 2  # conflicts are answered at most every three seconds
    third.cancel()
    await asyncio.gather(third, return_exceptions=True)


async def test_webhook_excludes_polling(emulator: Emulator, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await polling(emulator)
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict):
        await waiting
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict):
        await bot.get_updates()
    assert (await emulator.recorded("getUpdates"))[-1]["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=1) == ()


async def test_dropping_what_waits(bot: Bot, person: Person) -> None:
    await person.send("x")
    assert (await bot.get_webhook_info()).pending_update_count == 2
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_allowed_updates_stay_in_force(bot: Bot, person: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await person.send("not wanted")
    await person.tap(1, "wanted")
    updates = await bot.get_updates(-1)
    assert [update.callback_query is not None for update in updates] == [True]
    await bot.get_updates(updates[-1].update_id + 1, allowed_updates=[], timeout=1)
    await person.send("wanted again")
    assert await texts(bot, -1) == ["wanted again"]


async def test_expiry(emulator: Emulator, bot: Bot, person: Person) -> None:
    await person.tap(1, "x")
    await emulator.advance(149)
    assert len(await bot.get_updates()) == 2
    await emulator.advance(1)
    assert [update.message is not None for update in await bot.get_updates(1)] == [True]
    await emulator.advance(86_400)
    assert (await emulator.update_count())["pending"] == 0


async def test_raw_updates_are_delivered_as_they_are(emulator: Emulator, bot: Bot, person: Person) -> None:
    offset = (await bot.get_updates())[-1].update_id + 1
    broken = {"update_id": offset, "callback_query": {"id": "1"}}
    await emulator.queue_updates([broken, broken, {"update_id": offset - 1}])
    _, answer = await emulator.call_bot("getUpdates", offset=offset)
    assert answer["result"] == [broken, broken, {"update_id": offset - 1}]
    _, answer = await emulator.call_bot("getUpdates", offset=offset + 1, timeout=0)
    assert answer["result"] == []


async def test_abandoned_poll_takes_nothing_with_it(emulator: Emulator, bot: Bot, person: Person) -> None:
    offset = (await bot.get_updates())[-1].update_id + 1
    waiting = asyncio.create_task(bot.get_updates(offset, timeout=30))
    await polling(emulator)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await polling(emulator, waits=False)
    await person.send("still there")
    assert await texts(bot, offset) == ["still there"]


async def test_stopping_does_not_wait_for_a_poll() -> None:
    async with Emulator() as emulator:
        bot = Bot(emulator.token, base_url=emulator.base_url)
        await bot.initialize()
        waiting = asyncio.create_task(bot.get_updates(timeout=30))
        await polling(emulator)
        begin = time.monotonic()
    assert time.monotonic() - begin < 2
    result = (await asyncio.gather(waiting, return_exceptions=True))[0]
    assert result == () or isinstance(result, NetworkError)
    await bot.shutdown()
