"""The log of decisions on disk: each one sealed to the secretariat's own key, and durable before anybody is told.

A file of frames. Each time the desk opens, it adds a frame with a new key, sealed to the secretariat's age key; the
decisions after it are sealed under that key, which takes a tenth of the time, each for its own place: frames cannot be
dropped from the middle, moved or taken from another log. A frame that was not written to its end (a power cut) can
only be the last; it is set aside in a file of its own and named. Damage anywhere else is refused.

Nothing of it ever rests in clear. Not here: what decisions mean (`bot.core.consolidation`).
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.core.consolidation.decisions import Decision, checked, from_document, ordered, to_document
from bot.core.errors import Corrupt, Refused, Unavailable
from bot.sealing import Identity, Recipients, WorkingKey, from_json, open_bytes, to_json

START = b"micic desk log 1\n"
_HEAD = struct.Struct(">cII16s")
"""Kind of the frame, length of its content, CRC-32 of these two, and the first half of the content's SHA-256."""
_KEY, _DECISIONS = b"k", b"d"
_LARGEST = 1 << 30
_BEFORE = hashlib.sha256(START).digest()


class Log:
    """An open log. One program at a time; everybody else is refused."""

    def __init__(self, path: Path, identities: Sequence[Identity], chance: Callable[[int], bytes] = os.urandom) -> None:
        """Read and lock the log, or begin a new one.

        Raises Refused `file_unreadable`, `folder_missing`, `log_in_use`, `no_log` (path); Corrupt `log_damaged`
        (place, in bytes), `part_does_not_open`.
        """
        self.path = path
        self.torn: Path | None = None
        """Where an unfinished last frame was put."""
        self._chance = chance
        self._recipients = Recipients([identity.recipient for identity in identities], minimum=1)
        if not path.absolute().parent.is_dir():
            raise Refused("folder_missing", path=str(path.absolute().parent))
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise Refused("file_unreadable", path=str(path)) from error
        try:
            _lock(self._handle, path)
            self.decisions, self._before, end = _read(_content(self._handle), identities, path)
            self._settle(end)
        except BaseException:
            os.close(self._handle)
            raise
        self._key: WorkingKey | None = None
        self._failed = False

    def append(self, decisions: Sequence[Decision]) -> None:
        """Keep decisions, all or none. When this returns, they are on the disk.

        Raises what `checked` does, and Unavailable `log_unwritable` (path): nothing was kept, and the log takes nothing
        more until the desk is started again, because nobody knows what the disk holds.
        """
        for decision in decisions:
            checked(decision)
        if self._failed:
            raise Unavailable("log_unwritable", path=str(self.path))
        before = self._before
        frames = []
        key = self._key
        if key is None:
            secret = self._chance(WorkingKey.SIZE)
            key = WorkingKey(secret)
            frames.append(_frame(_KEY, self._recipients.seal_bytes(before + secret)))
            before = _after(before, frames[-1])
        content = to_json({"decisions": [to_document(decision) for decision in decisions]})
        frames.append(_frame(_DECISIONS, key.seal(content, before)))
        try:
            _write_all(self._handle, b"".join(frames))
            os.fsync(self._handle)
        except OSError as error:
            self._failed = True
            raise Unavailable("log_unwritable", path=str(self.path)) from error
        self._key = key
        self._before = _after(before, frames[-1])
        self.decisions.extend(decisions)

    def copy_for(self, recipient: str) -> bytes:
        """All decisions as a log that this key (`age1…`) and our own open: what `--merge` takes.

        The log itself is sealed to our own key only, so another key holder cannot read it.
        Raises Misconfigured `recipient_is_private`, `recipient_malformed`.
        """
        secret = self._chance(WorkingKey.SIZE)
        recipients = Recipients([*self._recipients.texts, recipient], minimum=1)
        first = _frame(_KEY, recipients.seal_bytes(_BEFORE + secret))
        content = to_json({"decisions": [to_document(decision) for decision in self.decisions]})
        return START + first + _frame(_DECISIONS, WorkingKey(secret).seal(content, _after(_BEFORE, first)))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    def _settle(self, end: int) -> None:
        """Put an unfinished end aside, and begin a new log where there is none."""
        size = os.fstat(self._handle).st_size
        if size > end:
            self.torn = _aside(self.path, _content(self._handle)[end:])
            os.ftruncate(self._handle, end)
        os.lseek(self._handle, end, os.SEEK_SET)
        if end == 0:
            _write_all(self._handle, START)
        os.fsync(self._handle)
        _sync_folder(self.path.absolute().parent)


def read(path: Path, identities: Sequence[Identity]) -> list[Decision]:
    """The decisions of a log that somebody else sent; the file is not touched. Raises as `Log` does."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    if not content.startswith(START):
        raise Refused("no_log", path=str(path))
    return _read(content, identities, path)[0]


def missing_from(log: Log, others: Sequence[Decision]) -> list[Decision]:
    """Decisions of another log that this one lacks. Raises Corrupt `decision_differs` (decision)."""
    known = {decision.id for decision in log.decisions}
    return [decision for decision in ordered([*log.decisions, *others]) if decision.id not in known]


def _read(content: bytes, identities: Sequence[Identity], path: Path) -> tuple[list[Decision], bytes, int]:
    """Decisions in the order of the file, what the next frame follows, and where the last whole frame ends."""
    if not content or START.startswith(content):
        return [], _BEFORE, 0
    if not content.startswith(START):
        raise Refused("no_log", path=str(path))
    decisions: list[Decision] = []
    before, at, key = _BEFORE, len(START), None
    while at < len(content):
        found = _whole_frame(content, at)
        if found is None:
            break
        kind, sealed, end = found
        if kind == _KEY:
            opened = open_bytes(sealed, identities)
            if opened[: -WorkingKey.SIZE] != before:
                raise Corrupt("log_damaged", place=at)
            key = WorkingKey(opened[-WorkingKey.SIZE :])
        else:
            decisions += _opened(key, sealed, before, at)
        before, at = _after(before, content[at:end]), end
    return decisions, before, at


def _whole_frame(content: bytes, at: int) -> tuple[bytes, bytes, int] | None:
    """Kind, content and end of a frame; None where it is the unfinished end of the file."""
    head = content[at : at + _HEAD.size]
    if len(head) < _HEAD.size:
        return None
    kind, length, check, digest = _HEAD.unpack(head)
    if check != zlib.crc32(head[:5]) or kind not in (_KEY, _DECISIONS) or length > _LARGEST:
        if not content[at:].strip(b"\0"):  # blocks that were given to the file and never written
            return None
        raise Corrupt("log_damaged", place=at)
    end = at + _HEAD.size + length
    if end > len(content):
        return None
    sealed = content[at + _HEAD.size : end]
    if hashlib.sha256(sealed).digest()[:16] != digest:
        if end == len(content):
            return None
        raise Corrupt("log_damaged", place=at)
    return kind, sealed, end


def _opened(key: WorkingKey | None, sealed: bytes, before: bytes, at: int) -> list[Decision]:
    try:
        if key is not None:
            return [from_document(one) for one in from_json(key.open(sealed, before))["decisions"]]
    except (Corrupt, ValueError, KeyError, TypeError) as error:
        raise Corrupt("log_damaged", place=at) from error
    raise Corrupt("log_damaged", place=at)


def _frame(kind: bytes, sealed: bytes) -> bytes:
    start = kind + struct.pack(">I", len(sealed))
    return _HEAD.pack(kind, len(sealed), zlib.crc32(start), hashlib.sha256(sealed).digest()[:16]) + sealed


def _after(before: bytes, frame: bytes) -> bytes:
    return hashlib.sha256(before + frame).digest()


def _content(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    pieces = []
    while piece := os.read(handle, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _aside(path: Path, content: bytes) -> Path:
    number = 1
    while True:
        aside = path.with_name(f"{path.name}.unfinished-{number}")
        with suppress(FileExistsError):
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        number += 1
    try:
        _write_all(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    return aside


def _lock(handle: int, path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Refused("log_in_use", path=str(path)) from error


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
