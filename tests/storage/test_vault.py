"""What an export reads: batches, states, tombstones, the chain."""

import hashlib

from bot.core.contributions import CHAIN_START, PartId, State, chain
from bot.core.people import ChatId
from bot.core.ports import Snapshot, Tombstone
from storage.factory import Stores
from storage.sqlite import vault as vault_module
from tests.storage.world import Folder, contribute

ALL = ("eeca", "wca")


async def batch_of(stores: Stores, *consultations: str) -> int:
    for number, consultation in enumerate(consultations):
        await contribute(stores, ChatId(number + 1), consultation=consultation)
    await stores.vault.move()
    return await stores.vault.begin_batch()


async def test_an_empty_vault(stores: Stores) -> None:
    assert await stores.vault.begin_batch() == 0
    assert stores.vault.snapshot(ALL, 0) == Snapshot(stores.recipients.set_id, (), (), {})
    assert list(stores.vault.parts(ALL, 0)) == []
    assert stores.vault.chain("eeca", 0) == CHAIN_START


async def test_batches_count_what_is_new(stores: Stores) -> None:
    assert await batch_of(stores, "eeca", "eeca", "wca") == 1
    assert await stores.vault.begin_batch() == 1
    assert await batch_of(stores, "eeca") == 2
    assert [len(list(stores.vault.parts(ALL, since))) for since in (0, 1, 2)] == [8, 2, 0]
    assert [len(list(stores.vault.parts(["wca"], since))) for since in (0, 1, 2)] == [2, 0, 0]
    assert [stores.vault.snapshot(ALL, since).batches for since in (0, 1, 2)] == [(1, 2), (2,), ()]
    assert [stores.vault.snapshot(["eeca"], since).states for since in (0, 1, 2)] == [{}, {}, {}]


async def test_what_is_in_no_batch_yet_is_in_no_export(stores: Stores) -> None:
    await contribute(stores, ChatId(1))
    await stores.vault.move()
    assert list(stores.vault.parts(ALL, 0)) == []
    assert stores.vault.snapshot(ALL, 0).states == {}


async def test_an_export_is_of_one_moment_though_another_begins(folder: Folder, stores: Stores) -> None:
    await batch_of(stores, "eeca")
    async with folder.open() as other:
        assert await batch_of(other, "eeca", "eeca") == 2
        assert stores.vault.snapshot(ALL, 0).batches == (1,)
        assert len(list(stores.vault.parts(ALL, 0))) == 2
        assert other.vault.snapshot(ALL, 0).batches == (1, 2)
        assert len(list(other.vault.parts(ALL, 0))) == 6
    async with folder.open() as third:
        assert third.vault.snapshot(ALL, 0).batches == (1, 2)


async def test_parts_are_streamed_in_the_order_of_their_ids(folder: Folder, stores: Stores) -> None:
    count = vault_module.STREAMED + 3
    for number in range(count // 2 + 1):
        await contribute(stores, ChatId(number + 1))
    await stores.vault.move()
    await stores.vault.begin_batch()
    parts = list(stores.vault.parts(ALL, 0))
    ids = [part.part for part in parts]
    assert ids == sorted(set(ids))
    assert set(ids) == {row[0] for row in folder.rows("vault", "SELECT id FROM parts")}
    for part in parts:
        assert part.sha256 == hashlib.sha256(part.sealed).hexdigest()
        assert part.batch == 1
        assert part.consultation == "eeca"


async def test_the_chain_is_the_cores_and_batches_of_others_leave_it(folder: Folder, stores: Stores) -> None:
    await batch_of(stores, "eeca", "wca")
    await batch_of(stores, "wca")
    await batch_of(stores, "eeca", "eeca")
    rows = folder.rows(
        "vault",
        "SELECT p.batch, p.id, p.sha256 FROM parts p, contributions c"
        " WHERE c.id = p.contribution AND consultation = 'eeca'",
    )
    first = chain(CHAIN_START, [(PartId(part), digest) for batch, part, digest in rows if batch == 1])
    third = chain(first, [(PartId(part), digest) for batch, part, digest in rows if batch == 3])
    heads = [stores.vault.chain("eeca", until) for until in range(5)]
    assert heads == [CHAIN_START, first, first, third, third]


async def test_a_withdrawn_contribution_leaves_a_tombstone_and_the_chain_as_it_was(
    folder: Folder, stores: Stores
) -> None:
    await batch_of(stores, "eeca", "eeca")
    before = stores.vault.chain("eeca", 1)
    ((contribution,), _) = folder.rows("vault", "SELECT id FROM contributions ORDER BY id")
    parts = folder.rows(
        "vault", "SELECT id, batch, sha256 FROM parts WHERE contribution = ? ORDER BY id", [contribution]
    )
    folder.execute(
        "vault",
        "INSERT INTO tombstones SELECT id, contribution, batch, sha256 FROM parts WHERE contribution = ?",
        [contribution],
    )
    folder.execute("vault", "DELETE FROM parts WHERE contribution = ?", [contribution])
    folder.execute("vault", "UPDATE contributions SET state = 'withdrawn' WHERE id = ?", [contribution])
    assert stores.vault.chain("eeca", 1) == before
    snapshot = stores.vault.snapshot(ALL, 1)
    assert snapshot.tombstones == (Tombstone(contribution, "eeca", 1, tuple(parts)),)
    assert snapshot.states == {contribution: State.WITHDRAWN}
    assert len(list(stores.vault.parts(ALL, 0))) == 2
    # Dropping the tombstone as well is what the chain is there to show.
    folder.execute("vault", "DELETE FROM tombstones")
    assert stores.vault.chain("eeca", 1) != before


async def test_a_receipt_tells_the_state_before_and_after_the_move(folder: Folder, stores: Stores) -> None:
    change = await contribute(stores, ChatId(1))
    assert change.submission is not None
    code = change.submission.receipt
    for _ in range(2):
        assert stores.store.state(code) is State.SUBMITTED
        await stores.vault.move()
    folder.execute("vault", "UPDATE contributions SET state = 'superseded'")
    assert stores.store.state(code) is State.SUPERSEDED
    assert code.encode() not in folder.contents("work", "vault", "contacts")
