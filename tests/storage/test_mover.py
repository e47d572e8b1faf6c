"""From `work` to the vault: exactly once, wherever it is interrupted and however many do it."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.core.contributions import ContributionId
from bot.core.errors import Unavailable
from bot.core.people import ChatId
from storage import mover as mover_module
from storage.factory import Stores
from storage.mover import Mover
from storage.records import Bundle
from tests.storage.world import Folder, contribute

COUNT = 7


async def handed_in(stores: Stores, count: int = COUNT) -> set[str]:
    changes = [await contribute(stores, ChatId(chat), f"text {chat}") for chat in range(1, count + 1)]
    return {change.submission.contribution for change in changes if change.submission is not None}


def in_vault(folder: Folder) -> list[tuple[str, int]]:
    """Contributions in the vault with their number of parts, by another reading than the port's."""
    return folder.rows(
        "vault",
        "SELECT c.id, count(p.id) FROM contributions c LEFT JOIN parts p ON p.contribution = c.id GROUP BY c.id",
    )


def left_in_work(folder: Folder) -> int:
    ((submissions,),) = folder.rows("work", "SELECT count(*) FROM submissions")
    ((parts,),) = folder.rows("work", "SELECT count(*) FROM submitted_parts")
    return int(submissions) + int(parts)


async def test_all_that_was_handed_in_is_moved_once(folder: Folder, stores: Stores) -> None:
    expected = await handed_in(stores)
    assert await stores.vault.move() == COUNT
    assert await stores.vault.move() == 0
    assert dict(in_vault(folder)) == dict.fromkeys(expected, 2)
    assert left_in_work(folder) == 0


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_after_a_crash_between_any_two_steps_it_is_moved_once(folder: Folder, steps: int) -> None:
    async with folder.open() as stores:
        expected = await handed_in(stores)
        mover = stores.vault._mover
        (batch,) = mover.waiting()
        # Each step of `move`, as far as the crash lets it come; half of the last one.
        bundles = mover.gather(batch) if steps > 0 else []
        if steps > 1:
            await mover.store(bundles if steps > 2 else bundles[: COUNT // 2])
        if steps > 2:
            await mover.erase(bundles[: COUNT // 2])
    async with folder.open() as stores:
        await stores.vault.move()
        assert dict(in_vault(folder)) == dict.fromkeys(expected, 2)
        assert left_in_work(folder) == 0


async def test_erasing_before_storing_would_be_noticed(folder: Folder, stores: Stores) -> None:
    """The planted fault of the test above: the steps in the wrong order, and a crash between them."""
    expected = await handed_in(stores)
    mover = stores.vault._mover
    (batch,) = mover.waiting()
    await mover.erase(mover.gather(batch))
    await stores.vault.move()
    assert dict(in_vault(folder)) != dict.fromkeys(expected, 2)


async def test_many_movers_at_once_move_each_once(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mover_module, "BATCH", 3)
    expected = await handed_in(stores, 20)
    async with folder.open() as second, folder.open() as third:
        moved = await asyncio.gather(*(one.vault.move() for one in (stores, second, third)))
    assert sum(moved) == 20
    assert dict(in_vault(folder)) == dict.fromkeys(expected, 2)
    assert left_in_work(folder) == 0


async def test_a_mover_that_comes_late_changes_nothing(folder: Folder, stores: Stores) -> None:
    await handed_in(stores)
    mover = stores.vault._mover
    (batch,) = mover.waiting()
    bundles = mover.gather(batch)
    await stores.vault.move()
    batch_number = await stores.vault.begin_batch()
    before = in_vault(folder)
    assert await mover.store(bundles) == 0
    await mover.erase(bundles)
    assert in_vault(folder) == before
    assert await stores.vault.begin_batch() == batch_number


async def test_a_mover_that_comes_late_brings_no_withdrawn_part_back(folder: Folder, stores: Stores) -> None:
    await handed_in(stores, 1)
    mover = stores.vault._mover
    bundles = mover.gather(mover.waiting()[0])
    await stores.vault.move()
    folder.execute("vault", "UPDATE contributions SET state = 'withdrawn'")
    folder.execute("vault", "DELETE FROM parts")
    assert await mover.store(bundles) == 0
    assert [count for _, count in in_vault(folder)] == [0]


async def test_what_waits_is_shuffled(stores: Stores) -> None:
    class Descending:
        def __init__(self) -> None:
            self.next = 1_000

        def hex(self, length: int) -> str:
            self.next -= 1
            return f"{self.next:016x}"

        def digits(self, count: int) -> str:
            raise NotImplementedError

    await handed_in(stores)
    stored = [contribution for contribution, _ in stores._files.work.waiting()]
    mover = Mover(stores._files.work, stores._files.vault, Descending())
    assert mover.waiting() == [stored[::-1]]


async def test_while_the_vault_cannot_be_written_nothing_is_erased(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await handed_in(stores)
    await stores._files.vault.database.close()
    with pytest.raises(Unavailable):
        await stores.vault.move()
    async with folder.open() as other:
        assert await other.vault.move() == COUNT
    assert dict(in_vault(folder)) == dict.fromkeys(expected, 2)


async def test_a_contribution_that_vanishes_while_it_is_read_is_left_out(stores: Stores) -> None:
    await handed_in(stores, 2)
    mover = stores.vault._mover
    (batch,) = mover.waiting()
    gone: Sequence[ContributionId] = [ContributionId("0" * 32), *batch]
    bundles: list[Bundle] = mover.gather(gone)
    assert [bundle.contribution for bundle in bundles] == batch
