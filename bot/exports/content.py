"""Reading bytes of a file by place, and laying records aside in drawers: both without keeping them in memory.

Not here: what the bytes mean (`stored_zip`, `manifest`, `bundle`).
"""

import os
import tempfile
from collections.abc import Hashable, Iterator
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_BLOCK = 1 << 16
_DRAWER = 4096
"""Bytes of a drawer that stay in memory."""


class Content:
    """A file that is read by place, by several threads or forked processes at once.

    A memory map would do the same, but the pages it read count as memory of the process.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = path.open("rb", buffering=0)
        self._lock = Lock()
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self, start: int, size: int) -> bytes:
        """The bytes at a place; fewer where the file ends."""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, start)
        with self._lock:
            self._file.seek(start)
            return self._file.read(size)

    def lines(self, start: int, longest: int) -> Iterator[tuple[int, bytes]]:
        """Lines from a place on, each with the place after it; one that is longer than `longest` ends it."""
        rest = b""
        while piece := self.read(start + len(rest), _BLOCK):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                start += len(line) + 1
                yield start, line
            if len(rest) > longest:
                return

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Drawers(Generic[K]):
    """Records laid aside by key in one temporary file, and taken out again in the order they came."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._open: dict[K, bytearray] = {}
        self._blocks: dict[K, list[tuple[int, int]]] = {}

    def add(self, key: K, record: bytes) -> None:
        """Lay a record aside."""
        drawer = self._open.setdefault(key, bytearray())
        drawer += record
        if len(drawer) >= _DRAWER:
            start = self._file.seek(0, os.SEEK_END)
            self._blocks.setdefault(key, []).append((start, self._file.write(drawer)))
            drawer.clear()

    def keys(self) -> set[K]:
        """Every key that was used."""
        return set(self._open)

    def take(self, key: K) -> Iterator[bytes]:
        """Everything laid aside under a key, in pieces that end where a record ends."""
        for start, size in self._blocks.get(key, ()):
            self._file.seek(start)
            yield self._file.read(size)
        yield bytes(self._open.get(key, b""))

    def close(self) -> None:
        """Throw everything away."""
        self._file.close()
