"""A file that appears whole or not at all: written beside its place, synced, then renamed. Readable by its owner only.

Not here: what is written.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bot.core.errors import Refused


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """The new content of `path`; it takes the old one's place when the block ends without an error.

    Raises Refused `folder_missing`, `file_unwritable` (path).
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise Refused("folder_missing", path=str(folder))
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.", suffix=".new")  # mkstemp makes it 0600
    except OSError as error:
        raise Refused("file_unwritable", path=str(path)) from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Without this the new name may be gone after a power cut. Systems that cannot open a folder are left alone."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
