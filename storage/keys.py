"""The server's own keys, and the recipients, as files in the data folder.

<data>/recipients.txt           the secretariat's public keys, one a line
<data>/keys/tag.key             32 random bytes: tags of chats and invites
<data>/keys/receipt.key         32 random bytes: tags of receipts
<data>/keys/working.key         32 random bytes: sessions and profiles, which the server must read again
<data>/keys/contacts.age        age identity: opens the chats of contacts; read for approved broadcasts only
<data>/keys/contacts.recipient  its public half, to which contacts are sealed

Not here: the keys that open answers. They never come to the server.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import Misconfigured, Refused
from bot.core.ports import Chance
from bot.sealing import Recipients, WorkingKey, new_identity, read_identities, write_identity
from storage.tags import Tags

KEY_BYTES = 32
RECIPIENTS = "recipients.txt"
FOLDER = "keys"


@dataclass(frozen=True)
class Keys:
    """What the stores need to seal, to tag, and to read again what is their own."""

    recipients: Recipients
    contacts: Recipients
    working: WorkingKey
    tags: Tags


def load(data_dir: Path) -> Keys:
    """The keys of an initialised data folder.

    Raises Misconfigured: `not_initialised` {path}, `key_missing` {path}, `key_damaged` {path}, and what
    `Recipients` and `read_identities` raise.
    """
    folder = data_dir / FOLDER
    recipients = read_recipients(data_dir)
    if recipients is None:
        raise Misconfigured("not_initialised", path=str(data_dir))
    return Keys(
        recipients=recipients,
        contacts=Recipients(_text(folder / "contacts.recipient").split(), minimum=1),
        working=WorkingKey(_key(folder / "working.key")),
        tags=Tags(_key(folder / "tag.key"), _key(folder / "receipt.key")),
    )


def contacts_key(data_dir: Path) -> Path:
    """Where the key lies that opens the chats of contacts. Read by nothing but an approved broadcast."""
    return data_dir / FOLDER / "contacts.age"


def read_recipients(data_dir: Path) -> Recipients | None:
    """The recipients of the data folder, or None before it was initialised."""
    try:
        content = (data_dir / RECIPIENTS).read_text("utf-8")
    except FileNotFoundError:
        return None
    lines = (line.strip() for line in content.splitlines())
    return Recipients(line for line in lines if line and not line.startswith("#"))


def create(data_dir: Path, recipients: Iterable[str], chance: Chance) -> None:
    """Make the folder and what is missing in it; change nothing that is there.

    Raises Refused `recipients_differ` when the folder has other recipients, and Misconfigured `key_missing` {path}
    when the stores hold data whose key is gone: a new one would make that data void without a word.
    """
    wanted = Recipients(recipients)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_rights(data_dir)
    stores_exist = any(data_dir.glob("*.db"))
    present = read_recipients(data_dir)
    if present is not None and present.texts != wanted.texts:
        raise Refused("recipients_differ")
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, write in _WRITERS.items():
        path = folder / name
        if path.exists():
            continue
        if stores_exist:
            raise Misconfigured("key_missing", path=str(path))
        _whole(path, lambda part, write=write: write(part, chance))  # type: ignore[misc]
    public = folder / "contacts.recipient"
    if not public.exists():
        (contacts,) = read_identities(folder / "contacts.age")
        _whole(public, lambda part: _write(part, contacts.recipient.encode() + b"\n"))
    if present is None:
        # Written last: a folder with recipients is a folder with everything.
        content = "".join(f"{text}\n" for text in wanted.texts).encode()
        _whole(data_dir / RECIPIENTS, lambda part: _write(part, content))


def check_rights(data_dir: Path) -> None:
    """Nobody but the owner may read the folder or anything in it.

    Raises Misconfigured: `data_dir_missing`, `folder_readable_by_others`, `file_readable_by_others`, each {path}.
    """
    if not data_dir.is_dir():
        raise Misconfigured("data_dir_missing", path=str(data_dir))
    for folder in (data_dir, data_dir / FOLDER):
        if not folder.is_dir():
            continue
        if _shared(folder):
            raise Misconfigured("folder_readable_by_others", path=str(folder))
        for file in sorted(folder.iterdir()):
            if file.is_file() and _shared(file):
                raise Misconfigured("file_readable_by_others", path=str(file))


def _shared(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:
        # Another process of ours closed a store meanwhile, and SQLite took its -wal away.
        return False


def _key(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Misconfigured("key_missing", path=str(path)) from error
    if len(content) != KEY_BYTES:
        raise Misconfigured("key_damaged", path=str(path))
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise Misconfigured("key_missing", path=str(path)) from error


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


_WRITERS: dict[str, Callable[[Path, Chance], None]] = {
    "tag.key": lambda path, chance: _write(path, bytes.fromhex(chance.hex(KEY_BYTES))),
    "receipt.key": lambda path, chance: _write(path, bytes.fromhex(chance.hex(KEY_BYTES))),
    "working.key": lambda path, chance: _write(path, bytes.fromhex(chance.hex(KEY_BYTES))),
    "contacts.age": lambda path, _: write_identity(path, new_identity()),
}


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Make a file that is there wholly or not at all, and stays after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        write(part)
        # A link, not a rename: of two that do this at once, the first one's key counts for both.
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
