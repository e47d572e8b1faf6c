"""Zip files whose entries are stored as they are, written and read without keeping a list of entries in memory.

The standard library keeps some 700 bytes for every entry; an export may have a million. Any unzip program opens what is
written here. Nothing is compressed: sealed bytes do not shrink, and what is not packed cannot explode. Entries carry
no time.

Not here: what the entries are (`bundle`).
"""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from bot.core.errors import Corrupt
from bot.exports.content import Content

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_END64 = struct.Struct("<IQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<IIQI")
_EXTRA64 = struct.Struct("<HHQ")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = 0x04034B50, 0x02014B50, 0x06054B50
_END64_MARK, _LOCATOR64_MARK, _EXTRA64_MARK = 0x06064B50, 0x07064B50, 0x0001
_PLAIN, _LARGE = 20, 45
"""Versions of the format that a reader must know: 2.0, and 4.5 with 64-bit places."""
_MADE_ON_UNIX = 3 << 8
_NEW_YEAR_1980 = 0x21
"""The earliest day a zip can name; it stands for no time at all."""
_OWNER_ONLY = 0o100600 << 16
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_UTF8_FLAG = 0x800
_LISTED = _CENTRAL.size + 120
"""Bytes of a listing that are looked at: names of ours are short."""
_WANTED = (0, 3, 4, 8, 9, 10, 11, 12)
"""Fields of a listing: mark, flags, method, packed size, size, lengths of name, extra and note."""


class Entry(NamedTuple):
    """One entry: its name, where its bytes begin, how many they are."""

    name: str
    start: int
    size: int


class Writer:
    """Adds entries to a file that can seek. `finish` makes it a zip."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._directory = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `__exit__`
        self._count = 0

    def add(self, name: str, content: bytes) -> None:
        """Add one entry."""
        offset = self._file.tell()
        crc = zlib.crc32(content)
        self._file.write(_local(name, crc, len(content)))
        self._file.write(content)
        self._list(name, crc, len(content), offset)

    def add_from(self, name: str, content: Iterator[bytes]) -> None:
        """Add one entry that comes in pieces."""
        offset = self._file.tell()
        self._file.write(_local(name, 0, 0))
        crc = size = 0
        for piece in content:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            self._file.write(piece)
        end = self._file.tell()
        self._file.seek(offset)
        self._file.write(_local(name, crc, size))
        self._file.seek(end)
        self._list(name, crc, size, offset)

    def finish(self) -> None:
        """Write the directory of entries."""
        start = self._file.tell()
        self._directory.seek(0)
        while block := self._directory.read(1 << 20):
            self._file.write(block)
        self._file.write(_end(self._count, start, self._file.tell() - start))

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.close()

    def _list(self, name: str, crc: int, size: int, offset: int) -> None:
        self._directory.write(_central(name, crc, size, offset))
        self._count += 1


def entries(content: Content) -> Iterator[Entry]:
    """The entries in the order of the directory.

    Raises Corrupt: `zip_malformed` (no zip, cut off, entries that overlap or differ from their listing),
    `zip_packed` (name: an entry is compressed or encrypted).
    """
    try:
        yield from _entries(content)
    except (struct.error, ValueError, OSError) as error:
        raise Corrupt("zip_malformed") from error


def _entries(content: Content) -> Iterator[Entry]:
    directory, end, count = _directory(content)
    position, free = directory, 0
    for _ in range(count):
        listed = content.read(position, _LISTED)
        fields = _CENTRAL.unpack_from(listed)
        mark, flags, method, packed, size, name_size, extra_size, note_size = (fields[at] for at in _WANTED)
        offset = fields[16]
        name = listed[_CENTRAL.size : _CENTRAL.size + name_size].decode()
        if mark != _CENTRAL_MARK or len(name) != name_size:
            raise Corrupt("zip_malformed")
        if method or flags & ~_UTF8_FLAG or packed != size:
            raise Corrupt("zip_packed", name=ascii(name[:80])[1:-1])
        if offset == _FULL32:
            extra_mark, length, offset = _EXTRA64.unpack_from(listed, _CENTRAL.size + name_size)
            if (extra_mark, length) != (_EXTRA64_MARK, 8):
                raise Corrupt("zip_malformed")
        position += _CENTRAL.size + name_size + extra_size + note_size
        beginning = content.read(offset, _LOCAL.size + name_size)
        local = _LOCAL.unpack_from(beginning)
        start = offset + _LOCAL.size + local[9] + local[10]
        if offset < free or local[0] != _LOCAL_MARK or beginning[_LOCAL.size :] != name.encode():
            raise Corrupt("zip_malformed")
        free = start + size
        if free > directory:
            raise Corrupt("zip_malformed")
        yield Entry(name, start, size)
    if position != end:
        raise Corrupt("zip_malformed")


def _directory(content: Content) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many entries it lists."""
    end = content.size - _END.size
    mark, _, _, _, count, size, start, note = _END.unpack(_at(content, end, _END))
    if mark != _END_MARK or note:
        raise Corrupt("zip_malformed")
    if count == _FULL16 or _FULL32 in (start, size):
        locator = end - _LOCATOR64.size
        mark, _, where, _ = _LOCATOR64.unpack(_at(content, locator, _LOCATOR64))
        if mark != _LOCATOR64_MARK or where != locator - _END64.size:
            raise Corrupt("zip_malformed")
        mark, _, _, _, _, _, _, count, size, start = _END64.unpack(_at(content, where, _END64))
        if mark != _END64_MARK:
            raise Corrupt("zip_malformed")
        end = where
    if start + size != end:
        raise Corrupt("zip_malformed")
    return start, end, count


def _at(content: Content, place: int, layout: struct.Struct) -> bytes:
    if place < 0:
        raise Corrupt("zip_malformed")
    return content.read(place, layout.size)


def _local(name: str, crc: int, size: int) -> bytes:
    header = _LOCAL.pack(_LOCAL_MARK, _PLAIN, 0, 0, 0, _NEW_YEAR_1980, crc, size, size, len(name), 0)
    return header + name.encode("ascii")


def _central(name: str, crc: int, size: int, offset: int) -> bytes:
    far = offset >= _FULL32
    extra = _EXTRA64.pack(_EXTRA64_MARK, 8, offset) if far else b""
    version = _LARGE if far else _PLAIN
    return (
        _CENTRAL.pack(
            _CENTRAL_MARK, _MADE_ON_UNIX | version, version, 0, 0, 0, _NEW_YEAR_1980, crc, size, size,
            len(name), len(extra), 0, 0, 0, _OWNER_ONLY, _FULL32 if far else offset,
        )
        + name.encode("ascii")
        + extra
    )  # fmt: skip


def _end(count: int, start: int, size: int) -> bytes:
    plain = _END.pack(
        _END_MARK, 0, 0, min(count, _FULL16), min(count, _FULL16), min(size, _FULL32), min(start, _FULL32), 0
    )
    if count < _FULL16 and start < _FULL32 and size < _FULL32:
        return plain
    where = start + size
    large = _END64.pack(_END64_MARK, _END64.size - 12, _MADE_ON_UNIX | _LARGE, _LARGE, 0, 0, count, count, size, start)
    return large + _LOCATOR64.pack(_LOCATOR64_MARK, 0, where, 1) + plain
