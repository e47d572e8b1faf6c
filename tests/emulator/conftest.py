"""An emulator, a person who pressed Start, and python-telegram-bot as the client."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.support.emulator import Emulator, Person


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator
        if emulator.running.requests.specification is not None:
            assert await emulator.violations() == []


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Bot]:
    async with Bot(emulator.token, base_url=emulator.base_url, base_file_url=emulator.base_file_url) as bot:
        yield bot


@pytest.fixture
async def person(emulator: Emulator) -> Person:
    person = await emulator.person(first_name="Noor", language_code="ar")
    await person.start()
    return person
