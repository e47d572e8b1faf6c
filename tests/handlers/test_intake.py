"""The fetch loop against the emulator over real HTTP: what may be confirmed, in which order, and how it ends."""

import asyncio
import io
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot import logs
from bot.core.errors import Unavailable
from bot.core.people import ChatId, UpdateId
from handlers.intake import Intake, Limits, PollDead, RawUpdate, anonymous, chat_of
from handlers.transport import Transport
from handlers.window import Window
from tests.support.emulator import Emulator

FAST = Limits(
    long_poll=20,
    retry=0.01,
    retry_most=0.05,
    poll_retry=0.02,
    poll_retry_most=0.1,
    conflict=0.2,
    silence=0.1,
    silence_again=0.2,
    handle=5.0,
)
DEADLINE = 10.0


class Consultation:
    """A handler that stores in memory what it was given; each test bends one of its parts."""

    def __init__(self) -> None:
        self.stored: list[int] = []
        self.begun: list[int] = []
        self.aside: list[tuple[int, bytes, int | None]] = []
        self.told: list[int] = []
        self.slow: dict[int, asyncio.Event] = {}
        """Chats whose updates wait for the event."""
        self.broken: Callable[[RawUpdate], BaseException | None] = lambda raw: None
        self.store_works = True
        self.progress = asyncio.Event()

    async def handle(self, raw: RawUpdate) -> None:
        number = raw["update_id"]
        self.begun.append(number)
        self.progress.set()
        fault = self.broken(raw)
        if fault is not None:
            raise fault
        chat = chat_of(raw)
        if chat in self.slow:
            await self.slow[chat].wait()
        if not self.store_works:
            raise Unavailable("storage_unavailable")
        if number not in self.stored:
            self.stored.append(number)
        self.progress.set()

    async def set_aside(self, update: UpdateId, raw: bytes, chat: ChatId | None, message: int | None) -> None:
        del message
        if not self.store_works:
            raise Unavailable("storage_unavailable")
        self.aside.append((update, raw, chat))
        self.progress.set()

    async def tell(self, chat: ChatId) -> None:
        self.told.append(chat)
        self.progress.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that the handler sees."""
        async with asyncio.timeout(DEADLINE):
            while not holds():
                self.progress.clear()
                await self.progress.wait()


class Running:
    """An intake at work against an emulator."""

    def __init__(self, emulator: Emulator, intake: Intake, consultation: Consultation, log: io.StringIO) -> None:
        self.emulator = emulator
        self.intake = intake
        self.consultation = consultation
        self.task = asyncio.create_task(intake.run())
        self._log = log

    async def stop(self) -> float:
        """Stop; returns the seconds it took."""
        began = time.monotonic()
        self.intake.stop()
        await self.task
        return time.monotonic() - began

    async def confirmed_below(self) -> int:
        return (await self.emulator.update_count())["confirmed_below"]

    async def until_confirmed(self, number: int) -> None:
        """Wait until Telegram may forget everything below `number`, and no more than that."""
        async with asyncio.timeout(DEADLINE):
            while (confirmed := await self.confirmed_below()) < number:  # noqa: ASYNC110 - the request waits
                await asyncio.sleep(0)
        assert confirmed == number

    async def until_polled(self, times: int) -> None:
        """Wait for so many further answers to polls."""
        seen = (await self.emulator.recorded("getUpdates"))[-1:]
        since = seen[0]["n"] if seen else 0
        async with asyncio.timeout(DEADLINE):
            while len(await self.emulator.recorded("getUpdates", since)) < times:  # noqa: ASYNC110 - so does this
                await asyncio.sleep(0)

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self._log.getvalue().splitlines()]


@asynccontextmanager
async def working(limits: Limits = FAST, *, emulator: Emulator | None = None) -> AsyncIterator[Running]:
    """An intake, an emulator of its own unless one is given, and strict logs."""
    stream = io.StringIO()
    restore = logs.configure("debug", "json", strict=True, stream=stream)
    own = Emulator() if emulator is None else None
    world = await own.__aenter__() if own is not None else emulator
    assert world is not None
    bot = Bot(world.token, base_url=world.base_url, request=Transport(), get_updates_request=Transport(connections=1))
    try:
        async with bot:
            consultation = Consultation()
            intake = Intake(
                bot,
                consultation.handle,
                consultation.set_aside,
                consultation.tell,
                log=logs.get_logger(),
                limits=limits,
            )
            running = Running(world, intake, consultation, stream)
            try:
                yield running
            finally:
                intake.stop()
                await asyncio.gather(running.task, return_exceptions=True)
    finally:
        if own is not None:
            await own.__aexit__(None, None, None)
        restore()


def update(number: int, chat: int = 1, **more: Any) -> RawUpdate:
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "text": f"text {number}"}
    return {"update_id": number, "message": message, **more}


async def numbers(running: Running, count: int) -> list[int]:
    """The next free update numbers."""
    first = (await running.emulator.update_count())["next_update_id"]
    return list(range(first, first + count))


async def test_a_persons_messages_arrive_in_order_and_are_confirmed() -> None:
    async with working() as running:
        person = await running.emulator.person()
        await person.start()
        for word in ("one", "two", "three"):
            await person.send(word)
        stored = running.consultation.stored
        await running.consultation.until(lambda: len(stored) == 4)
        assert stored == sorted(stored)
        await running.until_confirmed(stored[-1] + 1)


async def test_chats_do_not_wait_for_one_another_and_keep_their_order() -> None:
    async with working() as running:
        consultation = running.consultation
        consultation.slow[1] = asyncio.Event()
        ids = await numbers(running, 60)
        await running.emulator.queue_updates([update(number, 1 + number % 3) for number in ids])
        slow = [number for number in ids if 1 + number % 3 == 1]
        await consultation.until(lambda: len(consultation.stored) == 40)
        assert consultation.begun.count(slow[0]) == 1
        assert not set(slow[1:]) & set(consultation.begun)
        consultation.slow[1].set()
        await consultation.until(lambda: len(consultation.stored) == 60)
        for chat in (1, 2, 3):
            mine = [number for number in consultation.stored if 1 + number % 3 == chat]
            assert mine == sorted(mine)
        await running.until_confirmed(ids[-1] + 1)
        assert len(consultation.begun) == 60


async def test_nothing_is_confirmed_past_an_uncommitted_update() -> None:
    async with working() as running:
        consultation = running.consultation
        consultation.slow[7] = asyncio.Event()
        first, stuck, *later = await numbers(running, 6)
        await running.emulator.queue_updates([update(first, 1), update(stuck, 7), *(update(n, n) for n in later)])
        await consultation.until(lambda: len(consultation.stored) == 5)
        await running.until_confirmed(stuck)
        await running.until_polled(2)
        assert await running.confirmed_below() == stuck
        # What comes while it is stuck is handled too, once.
        await running.emulator.queue_updates([update(later[-1] + 1, 8)])
        await consultation.until(lambda: len(consultation.stored) == 6)
        assert await running.confirmed_below() == stuck
        consultation.slow[7].set()
        await running.until_confirmed(later[-1] + 2)
        assert sorted(consultation.begun) == sorted(set(consultation.begun))


async def test_a_stuck_update_causes_no_busy_loop() -> None:
    async with working() as running:
        running.consultation.slow[1] = asyncio.Event()
        (number,) = await numbers(running, 1)
        await running.emulator.queue_updates([update(number)])
        await running.consultation.until(lambda: bool(running.consultation.begun))
        since = (await running.emulator.recorded("getUpdates"))[-1]["n"]
        began = time.monotonic()
        await running.until_polled(3)
        assert time.monotonic() - began > 2 * FAST.look_again
        assert len(await running.emulator.recorded("getUpdates", since)) <= 4


async def test_duplicates_are_handled_once_while_known() -> None:
    async with working() as running:
        consultation = running.consultation
        consultation.slow[1] = asyncio.Event()
        first, second = await numbers(running, 2)
        await running.emulator.queue_updates([update(first), update(second, 2), update(second, 2), update(first)])
        await consultation.until(lambda: second in consultation.stored)
        await running.until_polled(1)
        assert sorted(consultation.begun) == [first, second]
        consultation.slow[1].set()
        await running.until_confirmed(second + 1)
        assert sorted(consultation.begun) == [first, second]


async def test_poison_among_good_ones_is_set_aside_and_the_person_told() -> None:
    async with working() as running:
        consultation = running.consultation
        good, poison, after, other = await numbers(running, 4)
        consultation.broken = lambda raw: ValueError("text 2") if raw["update_id"] == poison else None
        await running.emulator.queue_updates([update(good), update(poison), update(after), update(other, 2)])
        await running.until_confirmed(other + 1)
        assert consultation.begun.count(poison) == FAST.attempts
        assert sorted(consultation.stored) == [good, after, other]
        ((number, raw, chat),) = consultation.aside
        assert (number, json.loads(raw)["message"]["text"], chat) == (poison, f"text {poison}", 1)
        assert consultation.told == [1]
        assert running.events().count("update_failed") == FAST.attempts
        assert "update_set_aside" in running.events()


def test_what_is_set_aside_has_the_words_and_nobodys_name() -> None:
    person = {"id": 7_123_456_789, "is_bot": False, "first_name": "Ümmüquill", "username": "ummuquill"}
    message = {"message_id": 31, "date": 1_790_000_000, "text": "Open the clinics.", "from": person, "chat": person}
    raw = {"update_id": 5, "message": {**message, "entities": [{"type": "text_mention", "user": person}]}}
    kept = anonymous(raw)
    assert kept["message"]["text"] == "Open the clinics."
    assert kept["message"]["entities"][0]["type"] == "text_mention"
    assert kept["message"]["from"] == {"id": "int", "is_bot": False, "first_name": "str", "username": "str"}
    assert not re.search(r"\d{2}|quill", json.dumps(kept))


async def test_updates_without_sense_do_not_block_the_queue() -> None:
    async with working() as running:
        consultation = running.consultation
        first, second, third, fourth = await numbers(running, 4)
        nonsense: list[Any] = [
            {"update_id": first, "callback_query": {"id": "x", "from": {"id": 5}}},
            {"message": {"chat": {"id": 3}}},
            update(third, 4),
            {"update_id": fourth, "message": {"chat": "none"}},
        ]
        consultation.broken = lambda raw: None if raw.get("update_id") == third else KeyError()
        await running.emulator.queue_updates(nonsense)
        await running.until_confirmed(fourth + 1)
        assert consultation.stored == [third]
        assert sorted((number, chat) for number, _, chat in consultation.aside if chat) == [(first, 5), (second, 3)]
        assert sorted(number for number, _, _ in consultation.aside) == [first, second, fourth]


async def test_nothing_is_confirmed_while_the_store_is_unavailable() -> None:
    async with working() as running:
        consultation = running.consultation
        consultation.store_works = False
        good, poison = await numbers(running, 2)
        consultation.broken = lambda raw: KeyError() if raw["update_id"] == poison else None
        await running.emulator.queue_updates([update(good), update(poison, 2)])
        await consultation.until(lambda: min(map(consultation.begun.count, (good, poison))) > FAST.attempts + 2)
        assert await running.confirmed_below() <= good
        assert not consultation.aside
        assert {"store_unavailable", "set_aside_failed"} <= set(running.events())
        consultation.store_works = True
        await running.until_confirmed(poison + 1)
        assert consultation.stored == [good]
        assert [number for number, _, _ in consultation.aside] == [poison]


async def test_a_handler_that_hangs_or_cancels_itself_is_a_fault_like_any_other() -> None:
    async with working(Limits(handle=0.05, retry=0.01, attempts=2)) as running:
        consultation = running.consultation
        hanging, cancelled, good = await numbers(running, 3)
        consultation.slow[1] = asyncio.Event()
        consultation.broken = lambda raw: asyncio.CancelledError() if raw["update_id"] == cancelled else None
        await running.emulator.queue_updates([update(hanging), update(cancelled, 2), update(good, 3)])
        await running.until_confirmed(good + 1)
        assert sorted(number for number, _, _ in consultation.aside) == [hanging, cancelled]
        assert consultation.stored == [good]


@pytest.mark.parametrize("fault", [{"kind": "unauthorized"}, {"kind": "status", "status": 404}])
async def test_a_rejected_token_ends_the_process_at_once(fault: dict[str, Any]) -> None:
    async with working() as running:
        person = await running.emulator.person()
        await person.start()
        await running.consultation.until(lambda: bool(running.consultation.stored))
        await running.emulator.fault(method="getUpdates", times=1, **fault)
        await person.send("one more")  # answers the poll that may be open
        with pytest.raises(PollDead, match="poll_unauthorized"):
            await asyncio.wait_for(running.task, DEADLINE)
        assert "poll_dead" in running.events()


async def test_a_lasting_conflict_ends_the_process_and_a_short_one_does_not() -> None:
    async with Emulator() as emulator:
        await emulator.fault("conflict", "getUpdates", times=2)
        async with working(emulator=emulator) as running:
            await (await emulator.person()).start()
            await running.consultation.until(lambda: bool(running.consultation.stored))
            assert not running.task.done()
        await emulator.fault("conflict", "getUpdates", times=-1)
        async with working(emulator=emulator) as running:
            with pytest.raises(PollDead, match="poll_conflict"):
                await asyncio.wait_for(running.task, DEADLINE)


async def test_a_webhook_of_somebody_else_is_not_removed() -> None:
    async with Emulator() as emulator, Bot(emulator.token, base_url=emulator.base_url, request=Transport()) as bot:
        await bot.set_webhook("https://elsewhere.invalid/hook")
        async with working(emulator=emulator) as running:
            with pytest.raises(PollDead, match="webhook_set"):
                await asyncio.wait_for(running.task, DEADLINE)
        assert (await bot.get_webhook_info()).url == "https://elsewhere.invalid/hook"
        assert not await emulator.recorded("deleteWebhook")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 502},
        {"kind": "429", "retry_after": 1},
        {"kind": "reset_after_delivery"},
        {"kind": "timeout_after_delivery", "seconds": 0.1},
    ],
)
async def test_polling_goes_on_after_a_disturbance(fault: dict[str, Any]) -> None:
    async with Emulator() as emulator:
        await emulator.fault(method="getUpdates", times=2, **fault)
        async with working(emulator=emulator) as running:
            person = await emulator.person()
            await person.start()
            await running.consultation.until(lambda: len(running.consultation.stored) == 1)
            await running.until_confirmed(running.consultation.stored[0] + 1)
            assert running.consultation.begun == running.consultation.stored


async def test_long_silence_is_an_alarm_and_its_end_is_told() -> None:
    async with Emulator() as emulator:
        await emulator.fault("status", "getUpdates", times=12, status=502)
        async with working(emulator=emulator) as running:
            await (await emulator.person()).start()
            await running.consultation.until(lambda: len(running.consultation.stored) == 1)
            events = running.events()
        assert events.count("poll_silent") >= 2
        assert events[-1] == "poll_recovered"


async def test_stops_within_five_seconds_with_a_backlog_and_confirms_what_is_done() -> None:
    async with working() as running:
        consultation = running.consultation
        ids = await numbers(running, 500)
        consultation.slow = {chat: asyncio.Event() for chat in range(5, 10)}
        await running.emulator.queue_updates([update(number, number - ids[0]) for number in ids])
        await consultation.until(lambda: len(consultation.begun) >= 100)
        took = await running.stop()
        assert took < 5.0
        assert await running.confirmed_below() == ids[5]
        counts = await running.emulator.update_count()
        assert counts["pending"] == 495


async def test_stops_at_once_from_an_idle_poll() -> None:
    async with working() as running:
        person = await running.emulator.person()
        await person.start()
        await running.consultation.until(lambda: bool(running.consultation.stored))
        await running.until_confirmed(running.consultation.stored[0] + 1)
        assert await running.stop() < 1.0


async def test_stopping_lets_the_update_in_hand_end() -> None:
    async with working() as running:
        consultation = running.consultation
        consultation.slow[1] = asyncio.Event()
        in_hand, waiting = await numbers(running, 2)
        await running.emulator.queue_updates([update(in_hand), update(waiting)])
        await consultation.until(lambda: in_hand in consultation.begun)
        running.intake.stop()
        consultation.slow[1].set()
        assert await running.stop() < 1.0
        assert consultation.begun == [in_hand]
        assert await running.confirmed_below() == waiting


async def test_stops_in_time_when_telegram_hangs_and_the_store_is_down() -> None:
    async with working(Limits(stop_confirm=0.2)) as running:
        running.consultation.store_works = False
        (number,) = await numbers(running, 1)
        await running.emulator.queue_updates([update(number)])
        await running.consultation.until(lambda: bool(running.consultation.begun))
        await running.emulator.fault("hang", "getUpdates", times=-1, seconds=30)
        assert await running.stop() < 5.0
        await running.emulator.clear_faults()
        assert await running.confirmed_below() <= number


async def test_memory_is_bounded_whatever_waits() -> None:
    async with working(Limits(in_flight=40)) as running:
        consultation = running.consultation
        consultation.slow = {chat: asyncio.Event() for chat in range(300)}
        ids = await numbers(running, 300)
        await running.emulator.queue_updates([update(number, number - ids[0]) for number in ids])
        await consultation.until(lambda: len(consultation.begun) == 40)
        await running.until_polled(2)
        assert running.intake.in_flight == 40
        for event in consultation.slow.values():
            event.set()
        await running.until_confirmed(ids[-1] + 1)
        assert sorted(consultation.stored) == ids
        assert consultation.begun == list(dict.fromkeys(consultation.begun))
        assert running.intake.in_flight == 0


async def test_an_idle_offset_is_dropped_so_that_restarted_numbers_arrive() -> None:
    async with working(Limits(long_poll=1, idle_offset=0.0)) as running:
        high, *_ = await numbers(running, 1)
        await running.emulator.queue_updates([update(high)])
        await running.until_confirmed(high + 1)
        await running.until_polled(2)
        assert "offset" not in (await running.emulator.recorded("getUpdates"))[-1]["params"]
        await running.emulator.queue_updates([update(17)])
        await running.consultation.until(lambda: 17 in running.consultation.stored)


def test_the_chat_of_an_update() -> None:
    assert chat_of(update(1, 5)) == 5
    assert chat_of({"update_id": 1, "edited_message": {"chat": {"id": 6}}}) == 6
    assert chat_of({"callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 8}}}}) == 8
    assert chat_of({"callback_query": {"from": {"id": 7}}}) == 7
    assert chat_of({"message": {"chat": {"id": True}}}) is None
    assert chat_of({"message": None, "update_id": 3}) is None


@given(st.data())
def test_the_offset_never_passes_an_open_update(data: st.DataObject) -> None:
    """A model of Telegram: the window is shown a few updates from its offset on and finishes them in any order."""
    inbox = list(range(100, 130))
    most = data.draw(st.integers(1, 12))
    window = Window(most)
    finished: list[int] = []
    while len(finished) < len(inbox):
        window.advance()
        offset = window.offset or 0
        assert all(number in finished for number in inbox if number < offset)
        shown = [number for number in inbox if number >= offset][: data.draw(st.sampled_from([1, 5, 10]))]
        shuffled = data.draw(st.permutations(shown))
        fresh = window.admit([{"update_id": number} for number in shuffled])
        assert not {number for number, _ in fresh} & set(finished)
        assert len(window.open) <= most
        for number in data.draw(st.permutations(sorted(window.open)))[: data.draw(st.integers(1, 10))]:
            window.finish(number)
            finished.append(number)
    window.advance()
    assert window.offset == 130
    assert sorted(finished) == inbox
