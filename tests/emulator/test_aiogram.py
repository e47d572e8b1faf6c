"""The emulator satisfies a client that shares nothing with python-telegram-bot."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.emulator.api import METHODS
from tests.support.emulator import Emulator

INTERPRETER = os.environ.get("MICIC_AIOGRAM_PYTHON")
SCRIPT = Path(__file__).with_name("aiogram_client.py")


@pytest.mark.skipif(INTERPRETER is None, reason="MICIC_AIOGRAM_PYTHON names no interpreter that has aiogram")
async def test_aiogram_calls_every_method_and_reads_every_update() -> None:
    async with Emulator() as emulator:
        client = await asyncio.create_subprocess_exec(
            str(INTERPRETER),
            str(SCRIPT),
            emulator.url,
            emulator.token,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await client.communicate()
        assert client.returncode == 0, err.decode()
        seen = json.loads(out)
        assert seen["kinds"] == ["callback_query", "edited_message", "message", "my_chat_member"]
        assert {"text", "voice", "poll", "story", "venue", "new_chat_members"} <= set(seen["contents"])
        called = {row["method"] for row in await emulator.recorded() if row["status"] == 200}
        assert called == {*METHODS, "getUpdates", "download"}  # a file is fetched, too
        if emulator.running.requests.specification is not None:
            assert await emulator.violations() == []
