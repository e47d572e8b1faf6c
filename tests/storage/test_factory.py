"""Making a data folder, opening it, and refusing one that is not fit."""

import stat
from pathlib import Path

import pytest

from bot.core.errors import ConsultationError, Misconfigured, Refused, Unavailable
from bot.core.people import ChatId, Profile
from bot.sealing import new_identity
from storage import keys
from storage.factory import initialise
from tests.storage.world import Folder


def recipients(folder: Folder) -> list[str]:
    return [identity.recipient for identity in folder.identities]


async def again(folder: Folder, texts: list[str]) -> None:
    await initialise(folder.path, texts, folder.clock, folder.chance)


def state(folder: Folder) -> dict[str, bytes]:
    return {str(file.relative_to(folder.path)): file.read_bytes() for file in folder.path.rglob("*") if file.is_file()}


async def opening_is_refused(folder: Folder) -> tuple[str, str]:
    with pytest.raises(Misconfigured) as raised:
        async with folder.open():
            pass
    return raised.value.code, Path(str(raised.value.params["path"])).name


async def test_nobody_else_can_read_anything(folder: Folder) -> None:
    async with folder.open(exclusive=True) as stores:
        await stores.store.keep_profile(ChatId(1), Profile("en"))
        found = [folder.path, *folder.path.rglob("*")]
        assert {path.name for path in found} >= {"work.db", "work.db-wal", "tag.key", "working.key", "bot.lock"}
        for path in found:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path


async def test_repeating_it_changes_nothing(folder: Folder) -> None:
    before = state(folder)
    await again(folder, recipients(folder)[::-1])
    assert state(folder) == before


async def test_other_recipients_are_refused(folder: Folder) -> None:
    before = state(folder)
    with pytest.raises(Refused) as raised:
        await again(folder, [recipients(folder)[0], new_identity().recipient])
    assert raised.value.code == "recipients_differ"
    assert state(folder) == before


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ([], "recipients_too_few"),
        (["one"], "recipients_too_few"),
        (["one", "one"], "recipients_too_few"),
        (["one", "age1qqqq"], "recipient_malformed"),
        (["one", "AGE-SECRET-KEY-1QQQQ"], "recipient_is_private"),
    ],
)
async def test_bad_recipients_make_no_folder(tmp_path: Path, folder: Folder, texts: list[str], code: str) -> None:
    path = tmp_path / "other"
    given = [recipients(folder)[0] if text == "one" else text for text in texts]
    with pytest.raises(Misconfigured) as raised:
        await initialise(path, given, folder.clock, folder.chance)
    assert raised.value.code == code
    assert not path.exists()


async def test_an_interrupted_init_can_be_finished(folder: Folder) -> None:
    # Recipients are written last, so this is what a crash before them leaves.
    files = [path.name for path in folder.path.glob("*.db")]
    assert len(files) >= 3
    for name in (*files, "recipients.txt", "keys/receipt.key", "keys/contacts.recipient"):
        (folder.path / name).unlink()
    assert await opening_is_refused(folder) == ("not_initialised", "data")
    kept = (folder.path / "keys/tag.key").read_bytes()
    await again(folder, recipients(folder))
    assert (folder.path / "keys/tag.key").read_bytes() == kept
    async with folder.open() as stores:
        assert stores.store.owed() == []
    assert not list(folder.path.rglob(".*"))


async def test_a_lost_key_is_not_replaced_without_a_word(folder: Folder) -> None:
    (folder.path / "keys/tag.key").unlink()
    assert await opening_is_refused(folder) == ("key_missing", "tag.key")
    with pytest.raises(Misconfigured) as raised:
        await again(folder, recipients(folder))
    assert raised.value.code == "key_missing"


async def test_keys_of_two_folders_differ(folder: Folder, tmp_path: Path) -> None:
    await initialise(tmp_path / "other", recipients(folder), folder.clock, folder.chance)
    for name in ("tag.key", "receipt.key", "working.key", "contacts.age", "contacts.recipient"):
        assert (folder.path / "keys" / name).read_bytes() != (tmp_path / "other/keys" / name).read_bytes()


async def test_a_cut_off_key_is_refused(folder: Folder) -> None:
    (folder.path / "keys/receipt.key").write_bytes(b"short")
    assert await opening_is_refused(folder) == ("key_damaged", "receipt.key")


async def test_a_folder_that_is_not_there(folder: Folder, tmp_path: Path) -> None:
    folder.path = tmp_path / "nowhere"
    assert await opening_is_refused(folder) == ("data_dir_missing", "nowhere")


async def test_an_empty_folder(folder: Folder, tmp_path: Path) -> None:
    folder.path = tmp_path / "empty"
    folder.path.mkdir(0o700)
    assert await opening_is_refused(folder) == ("not_initialised", "empty")


@pytest.mark.parametrize(
    ("name", "mode", "code"),
    [
        (".", 0o750, "folder_readable_by_others"),
        ("keys", 0o701, "folder_readable_by_others"),
        ("work.db", 0o644, "file_readable_by_others"),
        ("recipients.txt", 0o640, "file_readable_by_others"),
        ("keys/working.key", 0o604, "file_readable_by_others"),
    ],
)
async def test_what_others_can_read_is_refused(folder: Folder, name: str, mode: int, code: str) -> None:
    path = folder.path / name
    before = path.stat().st_mode
    path.chmod(mode)
    found, where = await opening_is_refused(folder)
    assert found == code
    assert where == path.name
    path.chmod(before)
    async with folder.open():
        pass


async def test_a_second_bot_is_refused_and_the_command_line_is_not(folder: Folder) -> None:
    async with folder.open(exclusive=True):
        with pytest.raises(Misconfigured) as raised:
            async with folder.open(exclusive=True):
                pass
        assert raised.value.code == "already_running"
        async with folder.open():
            pass
    async with folder.open(exclusive=True):
        pass


@pytest.mark.parametrize("store", ["work", "vault", "contacts", "audit"])
async def test_a_file_that_is_no_store_is_not_overwritten(folder: Folder, store: str) -> None:
    path = folder.path / f"{store}.db"
    path.write_bytes(b"something else" * 1_000)
    with pytest.raises(Unavailable) as raised:
        async with folder.open():
            pass
    assert raised.value.params == {"file": f"{store}.db"}
    assert path.read_bytes() == b"something else" * 1_000


async def test_the_contacts_key_is_not_read(folder: Folder) -> None:
    (folder.path / "keys/contacts.age").unlink()
    async with folder.open() as stores:
        await stores.store.keep_profile(ChatId(1), Profile("en", joined=("eeca",), news=("eeca",)))


async def test_nothing_a_message_says_is_in_an_error(folder: Folder) -> None:
    secret = f"AGE-SECRET-KEY-1{'Q' * 58}"
    with pytest.raises(ConsultationError) as raised:
        await again(folder, [secret, recipients(folder)[0]])
    error: BaseException | None = raised.value
    while error is not None:
        assert "QQQQ" not in f"{error!r} {error.args} {vars(error)}"
        error = error.__cause__


def test_a_key_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise Unavailable("storage_unavailable")

    path = tmp_path / "tag.key"
    with pytest.raises(Unavailable):
        keys._whole(path, fail)
    assert not list(tmp_path.iterdir())
    keys._whole(path, lambda part: keys._write(part, b"first"))
    keys._whole(path, lambda part: keys._write(part, b"second"))
    assert path.read_bytes() == b"first"
    assert [file.name for file in tmp_path.iterdir()] == ["tag.key"]
