"""What was erased is in no file any more, logs included."""

import shutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

import pytest

from bot.core.people import ChatId, Profile
from bot.core.ports import Change, Seen
from bot.core.session import Place, Session, View
from storage.factory import Stores
from storage.sqlite import connection as connection_module
from tests.storage.world import Folder, answered, at, part_id, receipt, submitted, update_id

ANA = ChatId(7_000_000_001)

Erase = Callable[[Stores], Awaitable[object]]


def traces(folder: Folder, sealed: Iterable[bytes], *names: str) -> int:
    """How many pieces of 24 bytes, taken from all along the sealed values, are found in the files of the stores."""
    content = folder.contents(*names)
    # The first line of an age file is the same in all of them.
    pieces = [blob[at : at + 24] for blob in sealed for at in range(64, len(blob) - 23, 64)]
    assert len(pieces) > 5
    return sum(piece in content for piece in pieces)


def all_sealed(folder: Folder, store: str, *columns: str) -> list[bytes]:
    found = []
    for column in columns:
        table, name = column.split(".")
        found += [row[0] for row in folder.rows(store, f"SELECT {name} FROM {table}") if row[0] is not None]
    assert found
    return found


async def cancelled(stores: Stores) -> None:
    await stores.store.commit(Change(update_id(), ANA, None))


async def forgotten(stores: Stores) -> None:
    await stores.store.forget(update_id(), ANA)


async def expired(stores: Stores) -> None:
    stores.clock.time += 25 * 3_600  # type: ignore[attr-defined]
    await stores.expire()


ERASERS = [cancelled, forgotten, expired]


async def drafted(stores: Stores) -> None:
    for text in ("one", "two", "three"):
        await stores.store.commit(answered(ANA, text * 200))
    await stores.store.settle([Seen(ANA, View(anchor=7), owed=False)])


@pytest.mark.parametrize("erase", ERASERS, ids=lambda erase: erase.__name__)
async def test_an_erased_draft_leaves_nothing_in_any_file(folder: Folder, stores: Stores, erase: Erase) -> None:
    await drafted(stores)
    sealed = all_sealed(folder, "work", "parts.sealed", "sessions.sealed", "sessions.view")
    assert traces(folder, sealed, "work")
    await erase(stores)
    await stores._files.work.database.truncate()
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(0,)]
    assert traces(folder, sealed, "work") == 0


@pytest.mark.parametrize("erase", ERASERS, ids=lambda erase: erase.__name__)
async def test_without_truncation_the_traces_are_seen(
    folder: Folder, stores: Stores, erase: Erase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault of the test above: rows are erased, and their log is not."""
    monkeypatch.setattr(connection_module, "_truncate_log", lambda _: True)
    await drafted(stores)
    sealed = all_sealed(folder, "work", "parts.sealed", "sessions.sealed", "sessions.view")
    await erase(stores)
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(0,)]
    assert traces(folder, sealed, "work")


async def test_without_secure_delete_the_traces_are_seen(folder: Folder, stores: Stores) -> None:
    """And rows erased in the file itself are overwritten only because SQLite is told to."""
    await drafted(stores)
    sealed = all_sealed(folder, "work", "parts.sealed", "sessions.sealed")
    writer = stores._files.work.database._writer
    await writer.run(lambda connection: connection.execute("PRAGMA secure_delete=OFF"))
    await stores._files.work.database.truncate()
    await cancelled(stores)
    await stores._files.work.database.truncate()
    assert traces(folder, sealed, "work")


async def test_the_log_is_truncated_without_anybody_asking(folder: Folder, stores: Stores) -> None:
    await drafted(stores)
    await cancelled(stores)
    # One more round through the writer: what it was given before is finished.
    await stores._files.work.database.settled()
    assert (folder.path / "work.db-wal").stat().st_size == 0


async def test_an_earlier_state_of_a_draft_is_gone_with_the_draft(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(Change(update_id(), ANA, Session(int(ANA), Place.DIALOGUE, wanted="eeca" * 100)))
    sealed = all_sealed(folder, "work", "sessions.sealed")
    await stores.store.commit(Change(update_id(), ANA, at(ANA)))
    await cancelled(stores)
    await stores._files.work.database.settled()
    assert traces(folder, sealed, "work") == 0


async def test_a_shown_receipt_leaves_nothing(folder: Folder, stores: Stores) -> None:
    view = View(receipt=receipt(), anchor=1)
    await stores.store.commit(Change(update_id(), ANA, at(ANA, Place.RECEIPT), view=view))
    sealed = all_sealed(folder, "work", "sessions.view")
    assert traces(folder, sealed, "work")
    await stores.store.settle([Seen(ANA, View(anchor=1), owed=False)])
    await stores._files.work.database.settled()
    assert traces(folder, sealed, "work") == 0


async def test_a_moved_contribution_leaves_nothing_in_work(folder: Folder, stores: Stores) -> None:
    part = part_id()
    await stores.store.commit(answered(ANA, "text" * 100, part))
    change = submitted(ANA, [part])
    await stores.store.commit(change)
    sealed = all_sealed(folder, "work", "submitted_parts.sealed")
    await stores.vault.move()
    assert change.submission is not None
    assert traces(folder, sealed, "work") == 0
    assert traces(folder, sealed, "vault")
    assert change.submission.contribution.encode() not in folder.contents("work")
    assert change.submission.contribution.encode() in folder.contents("vault")


async def test_a_forgotten_person_leaves_nothing_among_the_contacts(folder: Folder, stores: Stores) -> None:
    await stores.store.keep_profile(ANA, Profile("en", joined=("eeca", "wca"), news=("eeca", "wca")))
    sealed = all_sealed(folder, "contacts", "people.sealed", "contacts.chat_sealed")
    tags = all_sealed(folder, "contacts", "people.tag", "contacts.tag")
    assert traces(folder, sealed, "contacts")
    await forgotten(stores)
    await stores._files.contacts.database.truncate()
    assert traces(folder, sealed, "contacts") == 0
    assert not any(tag in folder.contents("contacts") for tag in tags)


async def test_what_a_crash_left_in_the_log_goes_at_the_next_start(
    folder: Folder, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drafted(stores)
    sealed = all_sealed(folder, "work", "parts.sealed")
    with monkeypatch.context() as patch:
        patch.setattr(connection_module, "_truncate_log", lambda _: True)
        await cancelled(stores)
        await stores._files.work.database.settled()
        # What lies there when the machine stops now.
        crashed = replace(folder, path=folder.path.with_name("crashed"))
        shutil.copytree(folder.path, crashed.path)
    assert traces(crashed, sealed, "work")
    async with crashed.open():
        assert traces(crashed, sealed, "work") == 0
