"""Outgoing calls against the emulator over real HTTP: order, outcomes, pauses, pace."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot, Message

from bot import logs
from bot.core.people import ChatId
from handlers.pace import Allowance, Pace
from handlers.sender import Accepted, Blocked, Call, Gone, Kind, NotSent, Patience, Refused, Sender, Unknown
from handlers.transport import Transport
from tests.support.emulator import Emulator, Person, text_of

QUICK = Patience(retries=3, first=0.01, most=0.02)


class Desk:
    """A sender at work, a person who started the bot, and what was logged."""

    def __init__(self, emulator: Emulator, sender: Sender, person: Person, log: io.StringIO) -> None:
        self.emulator = emulator
        self.sender = sender
        self.person = person
        self.chat = ChatId(person.id)
        self._log = log

    async def another(self) -> tuple[Person, ChatId]:
        person = await self.emulator.person()
        await person.start()
        return person, ChatId(person.id)

    async def texts(self) -> list[str]:
        return [text_of(message) for message in await self.person.received()]

    def events(self) -> list[dict[str, Any]]:
        """What was logged, without the name-and-level lines of libraries."""
        lines = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [line for line in lines if line["event"] != "library"]


@asynccontextmanager
async def sending(pace: Pace | None = None, patience: Patience = QUICK, read: float = 5.0) -> AsyncIterator[Desk]:
    stream = io.StringIO()
    restore = logs.configure("info", "json", strict=True, stream=stream)
    try:
        async with (
            Emulator() as emulator,
            Bot(emulator.token, base_url=emulator.base_url, request=Transport(read_timeout=read)) as bot,
        ):
            person = await emulator.person()
            await person.start()
            sender = Sender(bot, log=logs.get_logger(), pace=pace or Pace(rate=None), patience=patience)
            try:
                yield Desk(emulator, sender, person, stream)
            finally:
                await sender.stop(0.0)
    finally:
        restore()


def say(chat: ChatId, text: str = "words") -> Call[Message]:
    return lambda bot: bot.send_message(chat, text)


async def test_calls_of_a_chat_go_out_in_order() -> None:
    async with sending() as desk:
        futures = [desk.sender.post(desk.chat, say(desk.chat, str(number)), Kind.PROMPT) for number in range(5)]
        outcomes = await asyncio.gather(*futures)
        assert all(isinstance(outcome, Accepted) and outcome.result for outcome in outcomes)
        assert await desk.texts() == ["0", "1", "2", "3", "4"]


async def test_a_normal_dialogue_is_not_slowed() -> None:
    async with sending(Pace()) as desk:
        began = time.monotonic()
        shown = await desk.sender.send(desk.chat, say(desk.chat))
        assert isinstance(shown, Accepted)
        assert shown.result is not None
        number = shown.result.message_id
        await desk.sender.send(desk.chat, lambda bot: bot.edit_message_text("new", desk.chat, number), Kind.TOUCH)
        for word in ("next question", "and its keyboard", "receipt", "farewell"):
            assert isinstance(await desk.sender.send(desk.chat, say(desk.chat, word)), Accepted)
        assert time.monotonic() - began < 0.9


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 403, "description": "Forbidden: bot was blocked by the user"}, Blocked()),
        ({"status": 403, "description": "Forbidden: bot can't initiate conversation with a user"}, Blocked()),
        ({"status": 403, "description": "Forbidden: user is deactivated"}, Gone()),
        ({"status": 403, "description": "Forbidden: bot was kicked from the group chat"}, Gone()),
        ({"status": 400, "description": "Bad Request: chat not found"}, Gone()),
        ({"status": 400, "description": "Bad Request: can't parse entities: x"}, Refused("bad_markup")),
        ({"status": 400, "description": "Bad Request: message to edit not found"}, Refused("message_missing")),
        ({"status": 400, "description": "Bad Request: message is too long"}, Refused("too_long")),
        ({"status": 400, "description": "Bad Request: something new"}, Refused("bad_request")),
        ({"status": 401, "description": "Unauthorized"}, NotSent("unauthorized")),
        ({"status": 400, "description": "Bad Request: message is not modified: specified new"}, Accepted(None)),
        ({"status": 400, "description": "Bad Request: query is too old and response timeout"}, Accepted(None)),
    ],
)
async def test_each_refusal_has_its_outcome_and_is_not_repeated(fault: dict[str, Any], expected: object) -> None:
    async with sending() as desk:
        await desk.emulator.fault("status", "sendMessage", times=1, **fault)
        assert await desk.sender.send(desk.chat, say(desk.chat)) == expected
        assert len(await desk.emulator.recorded("sendMessage")) == 1
        assert isinstance(await desk.sender.send(desk.chat, say(desk.chat)), Accepted)


async def test_what_the_emulator_itself_says() -> None:
    async with sending() as desk:
        sent = await desk.sender.send(desk.chat, say(desk.chat, "same"))
        assert isinstance(sent, Accepted)
        assert sent.result is not None
        number = sent.result.message_id
        edit: Call[Any] = lambda bot: bot.edit_message_text("same", desk.chat, number)  # noqa: E731
        assert await desk.sender.send(desk.chat, edit, Kind.TOUCH) == Accepted(None)
        answer: Call[Any] = lambda bot: bot.answer_callback_query("4711")  # noqa: E731
        assert await desk.sender.send(desk.chat, answer, Kind.TOUCH) == Accepted(None)
        delete: Call[Any] = lambda bot: bot.delete_message(desk.chat, 999)  # noqa: E731
        assert await desk.sender.send(desk.chat, delete, Kind.TOUCH) == Accepted(None)
        assert await desk.sender.send(ChatId(123), say(ChatId(123))) == Gone()
        await desk.person.block()
        assert await desk.sender.send(desk.chat, say(desk.chat)) == Blocked()


@pytest.mark.parametrize("kind", ["timeout_after_delivery", "reset_after_delivery", "status"])
async def test_an_unknown_outcome_repeats_a_prompt_and_never_a_briefing(kind: str) -> None:
    async with sending(read=0.2) as desk:
        order = {"seconds": 1} if kind == "timeout_after_delivery" else {}
        await desk.emulator.fault(kind, "sendMessage", times=1, **order)
        assert await desk.sender.send(desk.chat, say(desk.chat), Kind.BRIEFING) == Unknown()
        before = len(await desk.texts())
        assert before == (0 if kind == "status" else 1)
        await desk.emulator.fault(kind, "sendMessage", times=1, **order)
        assert isinstance(await desk.sender.send(desk.chat, say(desk.chat), Kind.PROMPT), Accepted)
        assert len(await desk.texts()) == before + (1 if kind == "status" else 2)


async def test_attempts_end_and_doubt_stays_doubt() -> None:
    async with sending() as desk:
        await desk.emulator.fault("status", "sendMessage", times=-1, status=500)
        assert await desk.sender.send(desk.chat, say(desk.chat)) == Unknown()
        assert len(await desk.emulator.recorded("sendMessage")) == 1 + QUICK.retries


async def test_what_was_not_sent_is_repeated_whatever_it_is() -> None:
    restore = logs.configure("info", "json", strict=True, stream=io.StringIO())
    sent: list[bool] = []
    try:
        async with Emulator() as emulator, Transport() as transport:
            person = await emulator.person()
            await person.start()
            dead = Bot("1:x", base_url="http://127.0.0.1:9/bot", request=transport, get_updates_request=transport)
            alive = Bot(emulator.token, base_url=emulator.base_url, request=transport, get_updates_request=transport)
            sender = Sender(dead, log=logs.get_logger(), patience=QUICK)
            chat = ChatId(person.id)

            async def call(bot: Bot) -> Message:
                """Reaches the server at the third attempt."""
                sent.append(True)
                return await (alive if len(sent) > 2 else bot).send_message(chat, "words")

            assert isinstance(await sender.send(chat, call, Kind.BRIEFING), Accepted)
            assert len(await person.received()) == 1
            assert await sender.send(chat, say(chat), Kind.BRIEFING) == NotSent("unreachable")
    finally:
        restore()


async def test_a_flood_pauses_its_chat_and_no_other() -> None:
    async with sending() as desk:
        other, chat = await desk.another()
        await desk.emulator.fault("429", "sendMessage", retry_after=1, chat_id=desk.chat)
        began = time.monotonic()
        paused = desk.sender.post(desk.chat, say(desk.chat))
        behind = desk.sender.post(desk.chat, say(desk.chat, "second"))
        while not desk.events():  # noqa: ASYNC110 - until the 429 is here
            await asyncio.sleep(0)
        assert isinstance(await desk.sender.send(chat, say(chat)), Accepted)
        assert time.monotonic() - began < 0.9
        assert isinstance(await paused, Accepted)
        assert time.monotonic() - began >= 1.0
        assert isinstance(await behind, Accepted)
        assert await desk.texts() == ["words", "second"]
        assert len(await other.received()) == 1
        assert desk.events()[0]["everyone"] is False


async def test_floods_of_two_chats_pause_everyone() -> None:
    async with sending() as desk:
        _, second = await desk.another()
        _, third = await desk.another()
        for chat in (desk.chat, second):
            await desk.emulator.fault("429", "sendMessage", retry_after=1, chat_id=chat)
        began = time.monotonic()
        futures = [desk.sender.post(chat, say(chat)) for chat in (desk.chat, second)]
        while len(desk.events()) < 2:  # noqa: ASYNC110 - until both are here
            await asyncio.sleep(0)
        assert isinstance(await desk.sender.send(third, say(third)), Accepted)
        assert time.monotonic() - began >= 1.0
        assert all(isinstance(outcome, Accepted) for outcome in await asyncio.gather(*futures))
        assert [event["everyone"] for event in desk.events()] == [False, True]


async def test_a_flood_longer_than_the_deadline_is_told_at_once() -> None:
    async with sending() as desk:
        await desk.emulator.fault("429", "sendMessage", retry_after=3600)
        began = time.monotonic()
        assert await desk.sender.send(desk.chat, say(desk.chat)) == NotSent("flood")
        assert await desk.sender.send(desk.chat, say(desk.chat)) == NotSent("flood")
        assert time.monotonic() - began < 1.0
        assert len(await desk.emulator.recorded("sendMessage")) == 1


async def test_one_chats_retries_hold_no_other() -> None:
    async with sending(patience=Patience(retries=9, first=30.0)) as desk:
        await desk.emulator.fault("status", "sendMessage", times=-1, status=500, chat_id=desk.chat)
        stuck = desk.sender.post(desk.chat, say(desk.chat))
        _, chat = await desk.another()
        assert isinstance(await desk.sender.send(chat, say(chat)), Accepted)
        assert not stuck.done()


async def test_stopping_says_what_is_known() -> None:
    async with sending() as desk:
        await desk.emulator.fault("hang", "sendMessage", times=1, seconds=30)
        hanging = desk.sender.post(desk.chat, say(desk.chat))
        waiting = desk.sender.post(desk.chat, say(desk.chat))
        async with asyncio.timeout(5):
            while not desk.sender.in_flight:  # noqa: ASYNC110 - until the call is out
                await asyncio.sleep(0)
        await desk.sender.stop(0.05)
        assert await hanging == Unknown()
        assert await waiting == NotSent("stopping")
        assert await desk.sender.send(desk.chat, say(desk.chat)) == NotSent("stopping")


async def test_a_fault_in_a_call_comes_out_and_the_next_one_goes_on() -> None:
    async with sending() as desk:

        async def faulty(bot: Bot) -> None:
            raise LookupError

        with pytest.raises(LookupError):
            await desk.sender.send(desk.chat, faulty)
        desk.sender.post(desk.chat, faulty)
        assert isinstance(await desk.sender.send(desk.chat, say(desk.chat)), Accepted)
        assert [event["event"] for event in desk.events()] == ["send_fault", "send_fault"]


async def test_a_withdrawn_call_is_not_made() -> None:
    async with sending() as desk:
        first = desk.sender.post(desk.chat, say(desk.chat, "first"))
        desk.sender.post(desk.chat, say(desk.chat, "second")).cancel()
        await desk.sender.send(desk.chat, say(desk.chat, "third"))
        assert isinstance(await first, Accepted)
        assert await desk.texts() == ["first", "third"]


async def test_memory_of_quiet_chats_is_given_back() -> None:
    async with sending() as desk:
        for number in range(3000):
            await desk.sender.send(ChatId(number), lambda bot: asyncio.sleep(0), Kind.TOUCH)
        assert desk.sender.known_chats <= 1001


# Pace: real time, real loop; the figures are counted on the starts


async def starts(pace: Pace, count: int, *, urgent: bool = False) -> list[float]:
    loop = asyncio.get_running_loop()
    seen: list[float] = []

    async def one() -> None:
        await pace.turn(urgent=urgent, counted=True)
        seen.append(loop.time())

    await asyncio.gather(*(one() for _ in range(count)))
    return seen


def busiest(times: list[float], window: float) -> int:
    return max(sum(start <= other < start + window for other in times) for start in times)


async def test_pace_keeps_an_absolute_schedule() -> None:
    times = await starts(Pace(rate=200.0, burst=10), 110)
    took = times[-1] - times[0]
    assert took >= 100 / 200 - 0.005
    assert took <= 100 / 200 * 1.2
    assert busiest(times, 0.25) <= 0.25 * 200 + 10 + 1


@pytest.mark.parametrize(("rate", "caught"), [(30.0, 1), (1_000.0, 10)])
def test_a_late_event_loop_catches_up_on_ten_milliseconds_or_on_one_start(rate: float, caught: int) -> None:
    """One of many: at a high rate several starts fall into the time for which the loop was busy elsewhere."""
    allowance = Allowance(rate, 1_000)
    starts = 0
    while allowance.next_at(1.0, even=True) <= 1.0 + 1e-9:
        allowance.take(1.0)
        starts += 1
    assert starts == 1 + caught


async def test_prompts_overtake_briefings() -> None:
    pace = Pace(rate=100.0, burst=1)
    briefings = asyncio.create_task(starts(pace, 20))
    await asyncio.sleep(0)
    prompt = await starts(pace, 1, urgent=True)
    assert sum(time < prompt[0] for time in await briefings) <= 2


async def test_nothing_starts_during_a_hold() -> None:
    pace = Pace(rate=100.0, burst=5)
    until = asyncio.get_running_loop().time() + 0.2
    pace.hold(until)
    assert min(await starts(pace, 5)) >= until
    pace.hold(until - 100)
    assert pace.held_until == until


async def test_a_turn_given_up_is_not_used() -> None:
    pace = Pace(rate=50.0, burst=1)
    await pace.turn(urgent=True, counted=True)
    given_up = asyncio.create_task(pace.turn(urgent=True, counted=True))
    await asyncio.sleep(0)
    given_up.cancel()
    began = asyncio.get_running_loop().time()
    await pace.turn(urgent=True, counted=True)
    assert asyncio.get_running_loop().time() - began < 0.035


def test_an_allowance_in_numbers() -> None:
    allowance = Allowance(rate=1.0, burst=3)
    taken: list[float] = []
    now = 100.0
    while len(taken) < 6:
        now = max(now, allowance.next_at(now))
        allowance.take(now)
        taken.append(now)
    assert taken == [100, 100, 100, 101, 102, 103]
    assert not allowance.full(104)
    assert allowance.full(106)
