"""Killed at any moment, and out of room: what was acknowledged is there, what was refused is not."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.core.people import ChatId, UpdateId
from tests.storage.world import Folder, answered


def killed_after(folder: Folder, lines: int, *options: str) -> list[tuple[int, str]]:
    """Run the committing program until it has acknowledged so many, kill it, and return all it acknowledged."""
    command = [sys.executable, "-m", "tests.storage.committing", str(folder.path), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        acked = [next(program.stdout) for _ in range(lines)]
        program.kill()
        acked += program.stdout.readlines()
    # The last line may have been cut off by the kill.
    return [(int(line.split()[0]), line.split()[1]) for line in acked if line.endswith("\n")]


def filled(folder: Folder) -> dict[str, Any]:
    """Run the filling program, and return what it says of itself."""
    command = [sys.executable, "-m", "tests.storage.filling", str(folder.path)]
    told: dict[str, Any] = json.loads(subprocess.check_output(command))
    return told


async def missing(folder: Folder, acked: list[tuple[int, str]]) -> list[int]:
    """Which of the acknowledged updates, or their parts, are not there."""
    parts = {row[0] for row in folder.rows("work", "SELECT id FROM parts")}
    async with folder.open(exclusive=True) as stores:
        lost = [update for update, part in acked if part not in parts or not stores.store.handled(UpdateId(update))]
        await stores.store.commit(answered(ChatId(1), "it goes on"))
    return lost


async def test_what_was_acknowledged_is_there_after_a_kill(folder: Folder) -> None:
    for _ in range(4):
        acked = killed_after(folder, random.randint(1, 400))
        assert acked
        assert await missing(folder, acked) == []
        folder.execute("work", "DELETE FROM updates")
        folder.execute("work", "DELETE FROM parts")


async def test_acknowledging_too_early_is_noticed(folder: Folder) -> None:
    assert await missing(folder, killed_after(folder, 100, "--ack-first"))


async def test_without_room_nothing_is_acknowledged_and_it_goes_on_when_there_is_room(folder: Folder) -> None:
    told = filled(folder)
    assert told["acked"]
    assert told["refused"]
    assert len(told["later"]) == 8
    assert told["readable"]
    async with folder.open() as stores:
        assert all(stores.store.handled(update) for update in [*told["acked"], *told["later"]])
        assert not any(stores.store.handled(update) for update in told["refused"])
    assert folder.rows("work", "PRAGMA integrity_check") == [("ok",)]
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(len(told["acked"]) + 8,)]


@pytest.mark.parametrize("store", ["work", "vault", "contacts", "audit"])
def test_the_limit_is_one_that_is_reached(store: str, folder: Folder) -> None:
    """The file starts well under the limit of the test above: it is the commits that reach it."""
    from tests.storage.filling import LIMIT

    assert Path(folder.path / f"{store}.db").stat().st_size < LIMIT
