"""The journey that several tests look at is made once."""

import asyncio

import pytest

from tests.support.journey import Journey, travel


@pytest.fixture(scope="session")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """The whole corpus, 45 people at once, the bot killed five times on the way."""
    return asyncio.run(travel(tmp_path_factory.mktemp("journey")))
