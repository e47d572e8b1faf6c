"""Broadcasts that end in the middle: whatever had not left waits again, and nobody is in doubt without need."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import ExtBot

from bot.core import outbox
from bot.core.outbox import Broadcast, Quiet, State
from handlers.broadcasting import Broadcaster, Rate
from handlers.pace import Pace
from handlers.sender import Sender
from storage.factory import Stores
from tests.faults.in_process import Telegram
from tests.storage.test_outbox import agreed, people
from tests.storage.world import Folder, new_folder

RECIPIENTS = 60


def contents(_: Broadcast) -> dict[str, Mapping[str, Any]]:
    return {language: {"text": "Hello"} for language in ("en", "fr", "ar")}


@pytest.mark.parametrize("steps", [0, 5, 20, 60])
async def test_an_orderly_end_while_a_batch_is_put_in_line_leaves_nobody_in_doubt(tmp_path: Path, steps: int) -> None:
    """A batch is marked as being tried before its addresses are opened, a few at a time."""
    folder = await new_folder(tmp_path / "data")
    async with folder.open() as stores:
        await ended_early(folder, stores, steps)


async def ended_early(folder: Folder, stores: Stores, steps: int) -> None:
    """The sending of a batch is cancelled so many steps of the event loop after it was marked."""
    await people(stores, RECIPIENTS)
    one = await agreed(stores, quiet=Quiet(0, 0))
    await stores.outbox.keep(outbox.begun(one))
    telegram = Telegram()
    bot: ExtBot[None] = ExtBot("1:TOKEN", request=telegram, get_updates_request=telegram)
    sender = Sender(bot, log=folder.log, pace=Pace(1_000.0))
    broadcaster = Broadcaster(
        sender, stores.outbox, stores.audit, clock=folder.clock, log=folder.log, contents=contents, rate=Rate(1_000.0)
    )
    work = asyncio.create_task(broadcaster.step())
    while not stores.outbox.counts(one.id).get((State.TRYING, "")):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0)
    for _ in range(steps):
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await sender.stop()
    assert await stores.outbox.doubt() == 0
    counts = stores.outbox.counts(one.id)
    assert sum(counts.values()) == RECIPIENTS
    assert counts.get((State.ACCEPTED, ""), 0) == sum(call.method == "sendMessage" for call in telegram.calls)
