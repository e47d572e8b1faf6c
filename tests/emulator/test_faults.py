"""Faults on order."""

import asyncio

import httpx
import pytest
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.support.emulator import Emulator, Person


@pytest.fixture(autouse=True)
def durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of its coming change in `retry_after` unless one has opted in."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


async def count_of(person: Person, text: str) -> int:
    return sum(message.get("text") == text for message in await person.messages())


async def test_too_many_requests(emulator: Emulator, bot: Bot, person: Person) -> None:
    await emulator.fault("429", "sendMessage", retry_after=7)
    with pytest.raises(RetryAfter, match=r"0:00:07|7 s"):
        await bot.send_message(person.id, "x")
    assert (await emulator.recorded("sendMessage"))[-1]["status"] == 429
    assert await bot.send_message(person.id, "x")
    assert await count_of(person, "x") == 1


async def test_only_one_chat_and_one_method(emulator: Emulator, bot: Bot, person: Person) -> None:
    other = await emulator.person()
    await other.start()
    await emulator.fault("429", "sendMessage", times=-1, chat_id=other.id)
    assert await bot.send_message(person.id, "x")
    assert await bot.send_chat_action(other.id, "typing")
    for _ in range(3):
        with pytest.raises(RetryAfter):
            await bot.send_message(other.id, "x")
    await emulator.clear_faults()
    assert await bot.send_message(other.id, "x")


@pytest.mark.parametrize(("status", "kind"), [(502, NetworkError), (500, NetworkError)])
async def test_status(emulator: Emulator, bot: Bot, person: Person, status: int, kind: type[Exception]) -> None:
    await emulator.fault("status", status=status)
    with pytest.raises(kind):
        await bot.send_message(person.id, "x")
    assert await count_of(person, "x") == 0


async def test_unauthorized_and_conflict(emulator: Emulator, bot: Bot) -> None:
    await emulator.fault("unauthorized", "getUpdates")
    with pytest.raises(InvalidToken):
        await bot.get_updates()
    await emulator.fault("conflict", "getUpdates")
    with pytest.raises(Conflict):
        await bot.get_updates()


async def test_delivered_but_the_answer_is_late(emulator: Emulator, bot: Bot, person: Person) -> None:
    await emulator.fault("timeout_after_delivery", "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(person.id, "x", read_timeout=0.2)
    assert await count_of(person, "x") == 1


async def test_delivered_but_the_connection_breaks(emulator: Emulator, bot: Bot, person: Person) -> None:
    await emulator.fault("reset_after_delivery", "sendMessage")
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(person.id, "x")
    assert isinstance(caught.value.__cause__, httpx.RemoteProtocolError | httpx.ReadError)
    assert await count_of(person, "x") == 1


async def test_hang_delivers_nothing(emulator: Emulator, bot: Bot, person: Person) -> None:
    await emulator.fault("hang", "sendMessage", times=2)
    with pytest.raises(TimedOut):
        await bot.send_message(person.id, "x", read_timeout=0.2)
    waiting = asyncio.create_task(bot.send_message(person.id, "x", read_timeout=30))
    async with asyncio.timeout(5):
        while len(await emulator.recorded("sendMessage")) < 2:
            await emulator.update_count()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await count_of(person, "x") == 0


async def test_hang_ends_with_a_broken_connection(emulator: Emulator, bot: Bot, person: Person) -> None:
    await emulator.fault("hang", "sendMessage", seconds=0.1)
    with pytest.raises(NetworkError):
        await bot.send_message(person.id, "x")
    assert await count_of(person, "x") == 0


async def test_unknown_kind_is_refused(emulator: Emulator) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="kind must be one of"):
        await emulator.fault("earthquake")
