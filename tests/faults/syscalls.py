"""What a process writes, recorded call by call with strace: to files of one folder, and to the network.

The order of the record is that of the calls' ends as the kernel reported them, so "this answer was sent after that
write was synced" can be read off it. Not here: what is left of the writes after a power cut (`drive`).
"""

import asyncio
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")
_LONGEST = 1 << 20
"""Bytes of one write that are recorded; more than any page, log frame or request."""
_CALLS = (
    "openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,copy_file_range,sendfile,"
    "fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,link,linkat,sendto,sendmsg"
)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>,? ?(.*)\) += (-?\d+)")
_HANDLE = re.compile(r"(-?\w+)<(.*)>")


@dataclass(frozen=True)
class Written:
    """Bytes in a file, not yet safe."""

    file: str
    at: int
    content: bytes


@dataclass(frozen=True)
class Cut:
    """A file got this size."""

    file: str
    size: int


@dataclass(frozen=True)
class Synced:
    """Everything written to a file is safe; "" is the folder itself, whose entries are safe then."""

    file: str


@dataclass(frozen=True)
class Opened:
    """A file was opened, and made if it was not there."""

    file: str


@dataclass(frozen=True)
class Removed:
    """A file was unlinked."""

    file: str


@dataclass(frozen=True)
class Sent:
    """Bytes left on a connection."""

    connection: str
    content: bytes


Call = Written | Cut | Synced | Opened | Removed | Sent


class Unmodelled(Exception):
    """The process did something to the folder that the model of a drive does not know: nothing can be concluded."""


async def recorded(
    command: Sequence[str], log: Path, surroundings: Mapping[str, str], cwd: Path, output: Path
) -> asyncio.subprocess.Process:
    """Start a program whose calls go to `log`. The process is the program itself, to be signalled as ever."""
    assert STRACE is not None
    # -D: the tracer is nobody's parent. -y: handles with their paths. -xx: every byte as hex.
    tracer = (STRACE, "-D", "-f", "-y", "-xx", "--seccomp-bpf", "-s", str(_LONGEST), "-e", f"trace={_CALLS}")
    with output.open("ab") as said:
        return await asyncio.create_subprocess_exec(
            *tracer, "-o", str(log), *command, env=dict(surroundings), cwd=cwd, stdout=said, stderr=said
        )


async def complete(log: Path, process: asyncio.subprocess.Process, deadline: float = 30.0) -> None:
    """Wait until the tracer has written down the end of the process."""
    end = re.compile(rb"^%d +\+\+\+ " % process.pid, re.MULTILINE)  # short numbers are padded
    async with asyncio.timeout(deadline):
        while not end.search(_tail(log)):  # noqa: ASYNC110 - the tracer is not ours to wait for
            await asyncio.sleep(0.05)


def _tail(log: Path) -> bytes:
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - 4096))
        return file.read()


def calls(log: Path, folder: Path) -> Iterator[Call]:
    """The successful calls of a record that change this folder or go to the network. Raises Unmodelled."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            if found := _BEGUN.match(line):
                begun[found[1]] = found[3]
                continue
            if found := _RESUMED.match(line):
                arguments = begun.pop(found[1], "") + (", " + found[3] if found[3] else "")
            elif found := _LINE.match(line):
                arguments = found[3]
            else:
                continue
            call = _call(found[2], arguments.split(", "), int(found[4]), folder)
            if call is not None:
                yield call


def _call(name: str, arguments: list[str], returned: int, folder: Path) -> Call | None:
    if returned < 0:
        return None
    handle = _HANDLE.match(arguments[0])
    path = _text(handle[2]) if handle else ""
    if name == "sendto":
        return Sent(path, _bytes(arguments[1])[:returned])
    if name == "sendmsg":
        raise Unmodelled(name)
    if name in ("openat", "creat", "unlink"):
        return _entry(name, arguments, folder)
    if not handle:
        if any(_within(_text(part.strip('"')), folder) is not None for part in arguments if part.startswith('"')):
            raise Unmodelled(name)  # rename, link, unlinkat and the like in our folder
        return None
    file = _within(path, folder)
    if file is None or file.endswith("-shm"):
        # The shared memory beside a log is made anew by whoever opens the file first.
        return None
    match name:
        case "pwrite64":
            return Written(file, int(arguments[3]), _bytes(arguments[1])[:returned])
        case "ftruncate":
            return Cut(file, int(arguments[1]))
        case "fsync" | "fdatasync":
            return Synced(file)
    raise Unmodelled(name)


def _entry(name: str, arguments: list[str], folder: Path) -> Call | None:
    file = _within(_text(arguments[1 if name == "openat" else 0].strip('"')), folder)
    if not file or file.endswith("-shm"):
        return None
    if name == "unlink":
        return Removed(file)
    if name == "openat" and "O_TRUNC" not in arguments[2]:
        return Opened(file) if "O_CREAT" in arguments[2] else None
    raise Unmodelled(name)


def _within(path: str, folder: Path) -> str | None:
    """The path relative to the folder, or None outside of it."""
    if path == str(folder):
        return ""
    inside = path.removeprefix(f"{folder}/")
    return None if inside == path else inside


def _bytes(argument: str) -> bytes:
    if argument.endswith("..."):
        raise Unmodelled("a write longer than what is recorded")
    return bytes.fromhex(argument.strip('"').replace("\\x", ""))


def _text(spelled: str) -> str:
    try:
        return bytes.fromhex(spelled.replace("\\x", "")).decode("utf-8", "replace")
    except ValueError:
        return spelled
