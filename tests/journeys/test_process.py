"""The bot as the process an operator runs: it stops in time whatever waits; a dead poll ends it with one line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.consultations import Intake
from bot.sealing import new_identity
from storage.factory import initialise, open_stores
from tests.support.bot import FAR
from tests.support.emulator import Emulator

STOPS_WITHIN = 5.0  # seconds, promised


@asynccontextmanager
async def process(folder: Path, emulator: Emulator, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot run` on a fresh data folder; killed at the end if it still runs."""
    clock, chance = SystemClock(), SystemChance()
    data = folder / "data"
    if not data.exists():
        await initialise(data, [new_identity().recipient for _ in range(2)], clock, chance)
        async with open_stores(data, clock, chance) as stores:
            await stores.registry.set_intake("eeca", Intake(open=True, until=FAR))
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MICIC_")},
            "MICIC_BOT_TOKEN": emulator.token,
            "MICIC_TELEGRAM_URL": emulator.url,
            "MICIC_DATA_DIR": str(data),
            "MICIC_SEND_RATE": "0",
            "MICIC_BURST": "0",
            **environment,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def asked(emulator: Emulator, method: str) -> None:
    """Wait until the process has called this method."""
    async with asyncio.timeout(30):
        while not await emulator.recorded(method):  # noqa: ASYNC110 - the emulator has no event for requests
            await asyncio.sleep(0.05)


async def ended(running: asyncio.subprocess.Process, within: float) -> tuple[int, str]:
    """Exit code and standard error, once the process has ended."""
    async with asyncio.timeout(within):
        _, said = await running.communicate()
    assert running.returncode is not None
    return running.returncode, said.decode()


async def test_sigterm_stops_within_five_seconds_whatever_waits(tmp_path: Path) -> None:
    """500 updates wait and Telegram does not answer any of our messages; what was not taken is still there."""
    async with Emulator() as emulator:
        people = [await emulator.person(language_code="en") for _ in range(50)]
        await emulator.fault("hang", method="sendMessage", times=-1, seconds=60)
        for person in people:
            await person.start("eeca")
            for number in range(9):
                await person.send(f"message {number}")
        async with process(tmp_path, emulator) as running:
            await asked(emulator, "getMyCommands")
            running.send_signal(signal.SIGTERM)
            code, said = await ended(running, STOPS_WITHIN)
        assert code == 0
        assert "Traceback" not in said
        await emulator.clear_faults()
        async with process(tmp_path, emulator):
            for person in people:
                await person.wait_for_text("Welcome", deadline=40)


async def test_a_rejected_token_ends_the_process_with_one_clear_line(tmp_path: Path) -> None:
    async with Emulator() as emulator:
        await emulator.fault("unauthorized", method="getUpdates", times=-1)
        async with process(tmp_path, emulator, MICIC_LOG_LEVEL="error") as running:
            code, said = await ended(running, 30)
    assert code == 1
    lines = [line for line in said.splitlines() if not line.startswith("{")]
    assert len(lines) == 1
    assert "token" in lines[0]
    assert emulator.token not in said


async def test_a_telegram_that_does_not_answer_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async with Emulator() as emulator:
        await emulator.fault("status", method="getMe", times=1, status=502)
        person = await emulator.person(language_code="en")
        await person.start("eeca")
        async with process(tmp_path, emulator) as running:
            await person.wait_for_text("Welcome", deadline=40)
            running.send_signal(signal.SIGTERM)
            code, said = await ended(running, STOPS_WITHIN)
    assert code == 0
    events = [json.loads(line)["event"] for line in said.splitlines()]
    assert events[:4] == ["poll_failed", "poll_silent", "poll_recovered", "started"]


async def test_sigterm_ends_the_wait_for_telegram_at_once(tmp_path: Path) -> None:
    async with Emulator() as emulator:
        nowhere = "http://127.0.0.1:9"
        async with process(tmp_path, emulator, MICIC_TELEGRAM_URL=nowhere) as running:
            assert running.stderr is not None
            async with asyncio.timeout(30):
                while json.loads(await running.stderr.readline())["event"] != "poll_silent":
                    pass
            running.send_signal(signal.SIGTERM)
            code, said = await ended(running, STOPS_WITHIN)
    assert code == 0
    assert [json.loads(line)["event"] for line in said.splitlines()][-1] == "stopped"


@pytest.mark.parametrize("fault", [{"kind": "unauthorized"}, {"kind": "status", "status": 404}])
async def test_a_token_rejected_at_the_start_ends_the_process_with_one_line(
    fault: dict[str, Any], tmp_path: Path
) -> None:
    async with Emulator() as emulator:
        await emulator.fault(method="getMe", times=-1, **fault)
        async with process(tmp_path, emulator) as running:
            code, said = await ended(running, 30)
    assert code == 1
    assert said.startswith("micic: ")
    assert len(said.splitlines()) == 1
    assert emulator.token not in said


async def test_an_update_of_any_number_is_answered(tmp_path: Path) -> None:
    async with Emulator() as emulator, process(tmp_path, emulator):
        person = await emulator.person(language_code="en")
        await person.start("eeca")
        shown = await person.wait_for_text("Welcome", deadline=40)
        chat = {"id": person.id, "type": "private", "first_name": "X"}
        message = {"message_id": 90, "date": 1, "chat": chat, "from": {**chat, "is_bot": False}, "text": "Hello"}
        await emulator.queue_updates([{"update_id": 2**63 + 5, "message": message}])
        shown = await person.wait_for_text("Welcome", after=shown["message_id"])
        await person.start("eeca")
        await person.wait_for_text("Welcome", after=shown["message_id"])


async def test_a_second_bot_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with Emulator() as emulator, process(tmp_path, emulator):
        await asked(emulator, "getWebhookInfo")
        async with process(tmp_path, emulator) as second:
            code, said = await ended(second, 30)
    assert code == 1
    assert "Traceback" not in said
