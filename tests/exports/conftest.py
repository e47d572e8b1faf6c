"""An initialised folder, and its stores opened, for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.factory import Stores
from tests.storage.world import Folder, new_folder


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    return await new_folder(tmp_path / "data")


@pytest.fixture
async def stores(folder: Folder) -> AsyncIterator[Stores]:
    async with folder.open() as opened:
        yield opened
