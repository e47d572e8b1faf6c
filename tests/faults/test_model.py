"""Any order of events keeps the promises; and what the model sees, it would see broken."""

import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from bot.core.people import ChatId
from handlers.intake import RawUpdate
from tests.faults.expectations import Person
from tests.faults.in_process import Bench, Call, Chat
from tests.faults.model import Consultation, lives
from tests.faults.result import Extent

ARRIVING = ("l:en", "n:yes:1", "q:readers:telegram:1", "q:back:never:1")
WAY = (*ARRIVING, "r", ":c:0", ":c:0", None, ":x", ":s", ":s", ":s", ":v", ":ok")
"""From the link to the receipt: ends of the buttons to press; None: something is written."""


@pytest.mark.slow
def test_any_order_of_events_keeps_the_promises() -> None:
    run_state_machine_as_test(Consultation, settings=lives(Extent.SMOKE, derandomize=True))
    assert Consultation.seen["submissions"] >= 5
    assert Consultation.seen["acknowledged texts"] > 5
    assert Consultation.seen["crashes"] > 5


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path)
    await bench.found()
    yield bench
    await bench.stop()


async def walk(bench: Bench, chat: Chat, person: Person) -> AsyncIterator[RawUpdate]:
    """Each update of one way to a receipt, to be handled by the caller."""
    yield chat.text("/start eeca")
    for wanted in WAY:
        for call in bench.telegram.take():
            if call.values.get("chat_id") == chat.id:
                person.see(call)
        if wanted is None:
            yield chat.text("A right to a lawyer")
            continue
        number, screen = max((number, screen) for number, screen in person.screens.items() if screen.buttons)
        yield chat.tap(number, next(data for data in screen.buttons if data.endswith(wanted)))


async def test_nothing_is_said_before_it_is_kept(bench: Bench) -> None:
    """Whatever reaches a chat, the update that it answers is in the file by then."""
    kept: list[bool] = []
    present = 0

    def hear(call: Call) -> None:
        if "chat_id" in call.values or "callback_query_id" in call.values:
            with closing(sqlite3.connect(bench.data / "work.db")) as connection:
                kept.append(bool(connection.execute("SELECT 1 FROM updates WHERE id = ?", (present,)).fetchall()))

    bench.telegram.on_call = hear
    person = Person()
    async for raw in walk(bench, Chat(ChatId(7_000_000_001), itertools.count(1)), person):
        present = raw["update_id"]
        await bench.handle(raw)
        await bench.quiet()
    assert len(kept) > len(WAY)
    assert all(kept), "said before it was kept"


async def test_a_dead_bot_says_nothing_and_the_next_one_goes_on(bench: Bench) -> None:
    chat = Chat(ChatId(7_000_000_001), itertools.count(1))
    await bench.handle(chat.text("/start eeca"))
    bench.telegram.take()
    first = bench.data
    assert await bench.crash()
    assert bench.data != first
    assert not first.exists()
    await bench.handle(chat.tap(1, "l:en"))
    await bench.quiet()
    assert "Before you take part" in bench.telegram.take()[-1].values["text"]


async def test_a_crash_in_the_middle_can_come_before_and_after_the_commit(bench: Bench) -> None:
    found = set()
    for after in range(0, 40, 2):
        chat = Chat(ChatId(7_000_000_001 + after), itertools.count(1 + 1_000 * after))
        raw = chat.text("/start eeca")
        await bench.crash(bench.handle(raw), after)
        found.add(bench.stores.store.handled(raw["update_id"]))
    assert found == {True, False}
