"""The audit log: each act once, chained, and whoever changes or drops one is seen."""

import pytest

from storage.factory import Stores
from tests.storage.world import Folder


async def test_acts_are_chained_and_one_that_comes_again_is_there_once(stores: Stores) -> None:
    await stores.audit.note("a" * 16, "broadcast_approved", "0" * 12, "digest", once="7")
    await stores.audit.note("a" * 16, "broadcast_approved", "0" * 12, "digest", once="7")
    await stores.audit.note("bot", "broadcast_ended", "0" * 12)
    entries = [entry for entry, _ in stores.audit.entries()]
    assert [(entry.number, entry.act) for entry in entries] == [(1, "broadcast_approved"), (2, "broadcast_ended")]
    assert stores.audit.verify() is None


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE entries SET who = 'bbbbbbbbbbbbbbbb' WHERE number = 2",
        "DELETE FROM entries WHERE number = 2",
        "UPDATE entries SET at = at + 1 WHERE number = 2",
        "UPDATE entries SET head = (SELECT head FROM entries WHERE number = 1) WHERE number = 2",
    ],
)
async def test_a_changed_or_dropped_entry_is_seen(stores: Stores, folder: Folder, fault: str) -> None:
    for _ in range(4):
        await stores.audit.note("a" * 16, "broadcast_written", "0" * 12)
    folder.execute("audit", fault)
    assert stores.audit.verify() == 2


@pytest.mark.parametrize(
    "faults",
    [
        ("DELETE FROM entries WHERE number = 4",),
        ("DELETE FROM entries WHERE number > 2",),
        ("DELETE FROM entries WHERE number = 4", "UPDATE ends SET number = 3"),
        ("DELETE FROM entries WHERE number = 4", "DELETE FROM ends"),
        ("DELETE FROM entries",),
        ("DELETE FROM ends",),
    ],
)
async def test_a_log_whose_end_was_cut_off_is_seen_also_after_more_acts(
    stores: Stores, folder: Folder, faults: tuple[str, ...]
) -> None:
    for _ in range(4):
        await stores.audit.note("a" * 16, "broadcast_written", "0" * 12)
    assert stores.audit.verify() is None
    for fault in faults:
        folder.execute("audit", fault)
    left = folder.rows("audit", "SELECT count(*) FROM entries")[0][0]
    assert stores.audit.verify() == left + 1
    await stores.audit.note("a" * 16, "broadcast_proposed", "0" * 12)
    assert stores.audit.verify() is not None


async def test_two_processes_write_one_log(stores: Stores, folder: Folder) -> None:
    await stores.audit.note("a" * 16, "broadcast_written", "0" * 12)
    async with folder.open() as operator:
        await operator.audit.note("operator", "exported", "all")
    await stores.audit.note("a" * 16, "broadcast_proposed", "0" * 12)
    assert [entry.number for entry, _ in stores.audit.entries()] == [1, 2, 3]
    assert stores.audit.verify() is None


async def test_an_act_that_is_not_on_the_list_is_not_written(stores: Stores) -> None:
    with pytest.raises(ValueError, match="wrote_a_poem"):
        await stores.audit.note("a" * 16, "wrote_a_poem", "")
