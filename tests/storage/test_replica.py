"""The second copy of the vault: whole, read back, without what was withdrawn, and filled again after any loss."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.core.contributions import State
from bot.core.errors import Corrupt, Unavailable
from bot.core.people import ChatId
from storage import replica as replica_module
from storage.factory import Stores, open_stores
from storage.sqlite.replica import NAME, Copy, ReplicaFile
from tests.storage.test_erasure import traces
from tests.storage.world import Folder, contribute, rows

ANA, BO = ChatId(7_000_000_001), ChatId(7_000_000_002)
TABLES = ("contributions", "parts", "tombstones", "batches")


def contents(path: Path) -> dict[str, set[tuple[object, ...]]]:
    return {table: set(rows(path, f"SELECT * FROM {table}")) for table in TABLES}


def same(folder: Folder, replica: Path | None = None) -> bool:
    return contents((replica or folder.path / "replica") / NAME) == contents(folder.path / "vault.db")


async def handed_in(stores: Stores, *chats: ChatId) -> None:
    for chat in chats:
        await contribute(stores, chat)
    await stores.vault.move()


async def test_it_is_what_the_vault_is(folder: Folder, stores: Stores) -> None:
    await handed_in(stores, ANA, BO)
    assert await stores.replica.catch_up() == 2
    assert same(folder)
    assert await stores.replica.state() == "whole"
    assert await stores.replica.catch_up() == 0
    await handed_in(stores, ANA)
    assert await stores.replica.state() == "behind"
    await stores.vault.begin_batch()
    assert await stores.replica.catch_up() == 3
    assert same(folder)
    assert contents(folder.path / "replica" / NAME)["batches"] == {(1,)}


async def test_one_that_was_being_made_when_the_bot_was_killed_is_made_again(folder: Folder, stores: Stores) -> None:
    await handed_in(stores, ANA)
    (folder.path / "replica").mkdir(mode=0o700)
    (folder.path / "replica" / NAME).touch(mode=0o600)
    assert await stores.replica.state() == "missing"
    assert await stores.replica.catch_up() == 1
    assert same(folder)


async def test_it_can_take_the_place_of_the_vault(folder: Folder, stores: Stores) -> None:
    change = await contribute(stores, ANA, "A right to a lawyer")
    await stores.vault.move()
    await stores.replica.catch_up()
    await stores.close()
    (folder.path / "vault.db").unlink()
    shutil.copyfile(folder.path / "replica" / NAME, folder.path / "vault.db")
    async with folder.open() as restored:
        assert change.submission is not None
        assert restored.store.state(change.submission.receipt) is State.SUBMITTED
        await restored.replica.catch_up()
        assert same(folder)


async def test_what_is_withdrawn_leaves_it_and_never_comes_back(folder: Folder, stores: Stores) -> None:
    change = await contribute(stores, ANA)
    await handed_in(stores, BO)
    await stores.replica.catch_up()
    assert change.submission is not None
    contribution = change.submission.contribution
    sealed = [
        row[0] for row in folder.rows("vault", "SELECT sealed FROM parts WHERE contribution = ?", (contribution,))
    ]
    await stores.store.withdraw(change.submission.receipt)
    assert await stores.replica.catch_up() == 1
    assert same(folder)
    found = contents(folder.path / "replica" / NAME)
    assert {row[1] for row in found["tombstones"]} == {contribution}
    assert contribution not in {row[1] for row in found["parts"]}
    assert traces(folder, sealed, "replica/replica") == 0


async def test_what_the_vault_erased_leaves_it(folder: Folder, stores: Stores) -> None:
    await handed_in(stores, ANA, BO)
    await stores.replica.catch_up()
    ((gone,), *_) = folder.rows("vault", "SELECT id FROM contributions")
    folder.execute("vault", "DELETE FROM parts WHERE contribution = ?", (gone,))
    folder.execute("vault", "DELETE FROM contributions WHERE id = ?", (gone,))
    await stores.replica.catch_up()
    assert same(folder)
    assert len(contents(folder.path / "replica" / NAME)["contributions"]) == 1


async def test_a_change_while_it_is_copied_is_copied_too(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = await contribute(stores, ANA)
    await stores.vault.move()
    take = ReplicaFile.take
    withdrawn: list[object] = []

    async def withdrawn_meanwhile(self: ReplicaFile, copies: list[Copy], batches: list[int], generation: str) -> None:
        await take(self, copies, batches, generation)
        if copies and not withdrawn:
            assert change.submission is not None
            withdrawn.append(await stores.store.withdraw(change.submission.receipt))

    monkeypatch.setattr(ReplicaFile, "take", withdrawn_meanwhile)
    await stores.replica.catch_up()
    assert withdrawn == [State.WITHDRAWN]
    assert same(folder)


@pytest.mark.parametrize("loss", ["the folder", "the file", "set back", "another one"])
async def test_after_a_loss_it_is_filled_again(folder: Folder, stores: Stores, loss: str, tmp_path: Path) -> None:
    change = await contribute(stores, ANA)
    await stores.vault.move()
    await stores.replica.catch_up()
    file = folder.path / "replica" / NAME
    before = tmp_path / "before.db"
    shutil.copyfile(file, before)
    assert change.submission is not None
    await stores.store.withdraw(change.submission.receipt)
    await handed_in(stores, BO)
    await stores.replica.catch_up()
    if loss == "the folder":
        shutil.rmtree(file.parent)
    elif loss == "the file":
        file.unlink()
    else:
        shutil.copyfile(before, file)
    if loss == "another one":
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(
                "INSERT INTO contributions (id, consultation, receipt, state, batch)"
                " VALUES ('stranger', 'eeca', x'00', 'submitted', 0)"
            )
            connection.execute("INSERT INTO parts VALUES ('stranger', 'stranger', 0, '', x'00', 0)")
    await stores.replica.catch_up()
    assert same(folder)


@asynccontextmanager
async def elsewhere(folder: Folder, place: Path) -> AsyncIterator[Stores]:
    async with open_stores(folder.path, folder.clock, folder.chance, log=folder.log, replica_dir=place) as stores:
        yield stores


async def test_a_folder_of_its_own_that_is_missing_for_a_while(folder: Folder, tmp_path: Path) -> None:
    place = tmp_path / "other disk"
    async with elsewhere(folder, place) as stores:
        await handed_in(stores, ANA)
        with pytest.raises(Unavailable, match="replica_unavailable"):
            await stores.replica.catch_up()
        assert not place.exists()
        place.mkdir()
        assert await stores.replica.catch_up() == 1
        assert same(folder, place)
        away = place.rename(tmp_path / "away")
        await handed_in(stores, BO)
        with pytest.raises(Unavailable, match="replica_unavailable"):
            await stores.replica.catch_up()
    away.rename(place)
    async with elsewhere(folder, place) as stores:
        assert await stores.replica.catch_up() == 1
        assert same(folder, place)


async def test_what_does_not_read_back_is_not_relied_on(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handed_in(stores, ANA)
    await stores.replica.catch_up()
    await handed_in(stores, BO)
    take = ReplicaFile.take

    async def damaged(self: ReplicaFile, copies: list[Copy], batches: list[int], generation: str) -> None:
        await take(self, [Copy(one.contribution, one.row, (), one.tombstones) for one in copies], batches, generation)

    with monkeypatch.context() as patched:
        patched.setattr(ReplicaFile, "take", damaged)
        with pytest.raises(Corrupt, match="replica_differs"):
            await stores.replica.catch_up()
        assert await stores.replica.state() == "behind"
    await stores.replica.catch_up()
    assert same(folder)


async def test_a_file_that_is_no_database_is_an_error_and_is_left(folder: Folder, stores: Stores) -> None:
    await handed_in(stores, ANA)
    place = folder.path / "replica"
    place.mkdir()
    (place / NAME).write_bytes(b"something of somebody's" * 99)
    with pytest.raises(Unavailable, match="replica_unavailable"):
        await stores.replica.catch_up()
    assert (place / NAME).read_bytes().startswith(b"something")


@pytest.mark.parametrize("point", ["before_replicate", "after_replicate"])
async def test_after_a_crash_it_goes_on_where_it_was(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    await handed_in(stores, ANA)
    await stores.replica.catch_up()
    await handed_in(stores, BO)

    class Died(Exception):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(replica_module, "crash_point", die)
        with pytest.raises(Died):
            await stores.replica.catch_up()
    assert await stores.replica.state() == "behind", "what is there need not be copied again"
    assert await stores.replica.catch_up() == 1
    assert same(folder)


async def test_many_go_over_in_batches_and_in_no_order(folder: Folder, stores: Stores) -> None:
    for number in range(120):
        await contribute(stores, ChatId(7_100_000_000 + number))
    await stores.vault.move()
    assert await stores.replica.catch_up() == 120
    assert same(folder)
    assert folder.rows("vault", "SELECT count(*) FROM uncopied") == [(0,)]
