"""What the bot acknowledged survives power cuts, and the harness that says so sees it when it does not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from tests.faults import private_tree
from tests.faults.drive import SECTOR, Drive, Loss
from tests.faults.power_cut import CUTS, Tally, cut, fast_folder, measure, record
from tests.faults.private_tree import Edit, planted
from tests.faults.result import Extent
from tests.faults.syscalls import STRACE, Call, Cut, Opened, Removed, Synced, Written

needs_strace = pytest.mark.skipif(STRACE is None, reason="no strace on this computer (Debian's package strace has it)")
slow = pytest.mark.slow

LOSES_COMMITS = (Edit("storage/sqlite/connection.py", '"PRAGMA synchronous=FULL"', '"PRAGMA synchronous=NORMAL"'),)


@slow
@needs_strace
def test_whatever_a_power_cut_leaves_has_all_that_was_acknowledged_once(tmp_path: Path) -> None:
    rows = measure(Extent.SMOKE, tmp_path)
    assert [row.violations for row in rows] == [[]] * len(Loss)
    assert sum(row.count for row in rows) == CUTS[Extent.SMOKE]
    assert all(row.passed for row in rows)


@slow
@needs_strace
def test_commits_that_are_not_synced_are_found_out(tmp_path: Path) -> None:
    tree = private_tree.copy(tmp_path)
    with planted(tree, LOSES_COMMITS):
        tallies = asyncio.run(_cuts(tmp_path, tree, 30))
    assert tallies[Loss.ALL].broken["an update was confirmed, and its effect is gone"] > 0
    assert tallies[Loss.ALL].broken["an answer was acknowledged and is gone"] > 0


async def _cuts(folder: Path, tree: Path, count: int) -> dict[Loss, Tally]:
    recording = await record(folder / "record", 3, tree)
    with fast_folder() as fast:
        return await cut(recording, Path(fast), count, losses=(Loss.ALL,), until=lambda: 1.0)


def left(folder: Path, calls: Sequence[Call], loss: Loss, seed: int = 1) -> dict[str, bytes]:
    """What stands in a folder that began with one file of two sectors of `a`."""
    begin, end = folder / "begin", folder / "end"
    for made in (begin, end):
        made.mkdir(exist_ok=True)
    (begin / "old").write_bytes(b"a" * 2 * SECTOR)
    drive = Drive(begin)
    for call in calls:
        drive.take(call)
    for path in end.iterdir():
        path.unlink()
    drive.lay_out(end, loss, Random(seed))
    return {path.name: path.read_bytes() for path in end.iterdir()}


@pytest.mark.parametrize("loss", Loss)
def test_what_is_synced_is_never_lost(loss: Loss, tmp_path: Path) -> None:
    calls: list[Call] = [Written("old", 10, b"bcd"), Cut("old", 20), Synced("old"), Opened("new"), Synced("")]
    for seed in range(20):
        assert left(tmp_path, calls, loss, seed) == {"old": b"a" * 10 + b"bcd" + b"a" * 7, "new": b""}


def test_without_a_sync_all_is_lost_or_nothing(tmp_path: Path) -> None:
    calls: list[Call] = [Written("old", 0, b"b"), Cut("old", 1), Written("old", 4, b"c")]
    assert left(tmp_path, calls, Loss.ALL) == {"old": b"a" * 2 * SECTOR}
    assert left(tmp_path, calls, Loss.NONE) == {"old": b"b\0\0\0c"}


def test_any_combination_of_writes_can_survive(tmp_path: Path) -> None:
    calls: list[Call] = [Written("old", 0, b"b"), Written("old", 1, b"c")]
    found = {left(tmp_path, calls, Loss.SOME, seed)["old"][:2] for seed in range(60)}
    assert found == {b"aa", b"ba", b"ac", b"bc"}


def test_a_write_can_be_torn_where_sectors_end_and_nowhere_else(tmp_path: Path) -> None:
    calls: list[Call] = [Written("old", 500, b"b" * 100)]
    found = {left(tmp_path, calls, Loss.TORN, seed)["old"][500:600] for seed in range(60)}
    first, second = SECTOR - 500, 600 - SECTOR
    assert found == {
        before * first + after * second for before, after in ((b"a", b"a"), (b"a", b"b"), (b"b", b"a"), (b"b", b"b"))
    }


def test_entries_of_a_folder_that_was_not_synced_may_be_the_old_ones(tmp_path: Path) -> None:
    calls: list[Call] = [Opened("new"), Written("new", 0, b"b"), Synced("new"), Removed("old")]
    found = {tuple(sorted(left(tmp_path, calls, Loss.ENTRIES, seed))) for seed in range(60)}
    assert found == {(), ("new",), ("old",), ("new", "old")}
    assert left(tmp_path, calls, Loss.SOME).keys() == {"new"}
