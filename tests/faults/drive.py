"""A drive that loses what was not synced: a folder's files as they may be found after a power cut.

What was synced is safe, in full and in order. Of what was not, anything may be left: nothing, all, some of the writes
in any combination, or some of their sectors. A new or removed entry of the folder is safe once the folder was synced.
Not here: where the writes come from (`syscalls`), what must be true afterwards (`power_cut`).
"""

from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.faults.syscalls import Call, Cut, Opened, Removed, Synced, Written

SECTOR = 512


class Loss(Enum):
    """What becomes of unsynced writes."""

    ALL = "all lost"
    SOME = "a random subset lost"
    TORN = "random sectors lost"
    ENTRIES = "a random subset and folder entries lost"
    NONE = "none lost"


@dataclass
class _File:
    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Written | Cut] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.waiting:
            _apply(self.safe, change)
        self.waiting.clear()


class Drive:
    """Files of one folder by name; begins with a copy of what is there, all of it safe."""

    def __init__(self, folder: Path) -> None:
        self._entries = {
            str(path.relative_to(folder)): _File(bytearray(path.read_bytes()))
            for path in folder.rglob("*")
            if path.is_file()
        }
        self._safe_entries = dict(self._entries)

    def take(self, call: Call) -> None:
        """The process did this."""
        match call:
            case Written(file=name) | Cut(file=name):
                self._entries[name].waiting.append(call)
            case Synced(file=name) if name in self._entries:
                self._entries[name].sync()
            case Synced(file=name):
                self._sync_folder(name or ".")
            case Opened(file=name):
                self._entries.setdefault(name, _File())
            case Removed(file=name):
                self._entries.pop(name, None)

    def _sync_folder(self, folder: str) -> None:
        """The names in a folder are safe as they are now."""
        here = {name: file for name, file in self._entries.items() if str(Path(name).parent) == folder}
        others = {name: file for name, file in self._safe_entries.items() if str(Path(name).parent) != folder}
        self._safe_entries = {**others, **here}

    @property
    def waiting(self) -> int:
        """How many writes are not safe."""
        return sum(len(file.waiting) for file in self._entries.values())

    def lay_out(self, folder: Path, loss: Loss, chance: Random) -> None:
        """Write what may be left after a power cut now into an empty folder."""
        for name, file in self._left(loss, chance).items():
            path = folder / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(_survivors(file, loss, chance))
            path.chmod(0o600)

    def _left(self, loss: Loss, chance: Random) -> dict[str, _File]:
        """The entries that are left."""
        if loss is not Loss.ENTRIES:
            return self._entries
        left = {}
        for name in {*self._entries, *self._safe_entries}:
            now, safe = self._entries.get(name), self._safe_entries.get(name)
            file = now if now is safe or chance.random() < 0.5 else safe
            if file is not None:
                left[name] = file
        return left


def _survivors(file: _File, loss: Loss, chance: Random) -> bytes:
    content = bytearray(file.safe)
    if loss is Loss.ALL:
        return bytes(content)
    keeps = chance.choice((0.1, 0.5, 0.9))
    for change in file.waiting:
        if loss is Loss.TORN and isinstance(change, Written):
            for sector in _sectors(change):
                if chance.random() < keeps:
                    _apply(content, sector)
        elif loss is Loss.NONE or chance.random() < keeps:
            _apply(content, change)
    return bytes(content)


def _sectors(written: Written) -> list[Written]:
    """The same write, cut where the drive's sectors end."""
    end = written.at + len(written.content)
    marks = [written.at, *range((written.at // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Written(written.file, start, written.content[start - written.at : stop - written.at])
        for start, stop in pairwise(marks)
    ]


def _apply(content: bytearray, change: Written | Cut) -> None:
    """Change a file's content; what was never written in between reads as zeros."""
    if isinstance(change, Cut):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
        return
    content.extend(bytes(max(0, change.at - len(content))))
    content[change.at : change.at + len(change.content)] = change.content
