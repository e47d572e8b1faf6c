"""A disk that is full, and one that fails: nothing acknowledged is missing, people are told, and it goes on.

Full: a small file system of its own that is filled up (needs root), and a limit on the size of any file. Failing:
writes and syncs that the kernel refuses, by strace. Not here: power cuts (`power_cut`).
"""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.result import Extent, Result, progress
from tests.faults.stand import Stand, stand

PEOPLE = 8
TOLD_WITHIN = 25.0
"""Seconds until somebody meets the fault and is told."""
RESUMES_WITHIN = 60.0
"""Seconds until work goes on: the bot tries again every half minute at least."""
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@dataclass(frozen=True)
class Size:
    """How often each thing is done."""

    full: int
    limited: int
    failing: int


SIZES = {
    Extent.SMOKE: Size(full=1, limited=1, failing=1),
    Extent.QUICK: Size(full=10, limited=6, failing=12),
    Extent.WHOLE: Size(full=100, limited=30, failing=80),
}


def measure(extent: Extent, folder: Path, seed: int = 3) -> Iterator[Result]:
    """All three."""
    size = SIZES[extent]
    for name in ("limited", "failing"):
        (folder / name).mkdir()
    yield asyncio.run(_limited(size.limited, folder / "limited", seed))
    with small_disk(folder / "full") as mounted:
        if mounted:
            yield asyncio.run(_full(size.full, folder / "full", seed))
        else:
            yield _left_out("disk: full", "no file system can be mounted here")
    if shutil.which("strace") and _can_trace():
        yield asyncio.run(_failing(size.failing, folder / "failing", seed))
    else:
        yield _left_out("disk: failing", "strace is missing, or may not trace")


def _left_out(name: str, why: str) -> Result:
    return Result(name, "left out", 0, note=why, skipped=True)


# Full


@contextmanager
def small_disk(folder: Path, megabytes: int = 24) -> Iterator[bool]:
    """A file system in memory of its own; False where that is not possible."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "faults", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


async def _full(times: int, folder: Path, seed: int) -> Result:
    chance = Random(seed)
    async with stand(folder, people=PEOPLE, seed=seed) as here:
        await here.bot.start()
        here.begin()
        told = 0
        for number in range(times):
            progress(f"disk: full, {number} of {times}")
            await _work_goes_on(here)
            ballast = folder / "ballast"
            fill(ballast, leave=chance.randrange(0, 400) * 1024)
            told += await _somebody_is_told(here)
            ballast.unlink()
            await _work_goes_on(here)
        await here.finish()
        what = f"{times} times no space left, at different sizes"
        return await _row(here, "disk: full", what, times, told)


def fill(ballast: Path, leave: int) -> None:
    """Take all space but so many bytes."""
    with ballast.open("wb") as file:
        for _ in range(20):
            room = os.statvfs(ballast.parent)
            with suppress(OSError):  # the bot took some of it meanwhile
                os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - leave))
                return
    raise RuntimeError("the disk cannot be filled")


async def _limited(times: int, folder: Path, seed: int) -> Result:
    chance = Random(seed)
    async with stand(folder, people=PEOPLE, seed=seed) as here:
        await here.bot.start()
        here.begin()
        told = 0
        for number in range(times):
            progress(f"disk: limited, {number} of {times}")
            await _work_goes_on(here)
            largest = max(path.stat().st_size for path in here.data_dir.glob("*.db*"))
            limit = chance.randrange(4096, max(8192, largest + 64 * 1024))
            resource.prlimit(here.bot.running.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            told += await _somebody_is_told(here)
            resource.prlimit(here.bot.running.pid, resource.RLIMIT_FSIZE, UNLIMITED)
            await _work_goes_on(here)
        await here.finish()
        what = f"{times} times no file may grow beyond a random size"
        return await _row(here, "disk: limited", what, times, told)


# Failing


def _can_trace() -> bool:
    """Whether strace may be used on a child of ours."""
    tried = [*STRACE, "-e", "trace=fsync", sys.executable, "-c", ""]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


STRACE = ("strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null")
CALLS = ("pwrite64", "fdatasync", "ftruncate")
ERRORS = ("EIO", "ENOSPC")


async def _failing(times: int, folder: Path, seed: int) -> Result:
    """One bot for each fault: from the n-th call of a thread on, every so many fail, until this bot is killed."""
    chance = Random(seed)
    async with stand(folder, people=PEOPLE, seed=seed) as here:
        here.begin()
        alarms = 0
        for number in range(times):
            progress(f"disk: failing, {number} of {times}")
            before = here.reported().count("store_unavailable") if number else 0
            call = CALLS[number % len(CALLS)]
            first = chance.randrange(8, 120 if call != "ftruncate" else 12)
            inject = f"inject={call}:error={chance.choice(ERRORS)}:when={first}+{chance.choice((1, 2, 3, 7))}"
            await here.bot.start(under=(*STRACE, "-e", f"trace={call}", "-e", inject))
            with suppress(TimeoutError, RuntimeError):  # the fault may come while it starts
                await here.polled()
            for _ in range(40):
                await here.more(20, within=0.2)
                if here.bot.running.returncode is not None or here.reported().count("store_unavailable") > before:
                    break
            await here.more(20, within=0.5)
            alarms += here.reported().count("store_unavailable") > before
            await here.killed()
            await here.bot.start()
            await here.polled()
            await here.more(80, within=10.0)
            await here.killed()
        await here.bot.start()
        await here.finish()
        told = sum(teller.excuses for teller in here.tellers)
        found = await here.verdict()
        figures = f"{here.history.inputs:,} inputs, {len(here.history.receipts):,} submissions"
        what = f"{times} bots whose writes, syncs or truncations fail with EIO or ENOSPC; {figures}"
        note = f"{alarms} bots met their fault while somebody spoke; people were told {told} times"
        return Result("disk: failing", what, alarms, found, note)


# Both


async def _work_goes_on(here: Stand) -> None:
    """Everybody's answers are taken: three more things said and answered for each."""
    if not await here.more(PEOPLE * 8, within=RESUMES_WITHIN):
        here.history.notice("the bot did not go on when it could store again")


async def _somebody_is_told(here: Stand) -> bool:
    before = sum(teller.excuses for teller in here.tellers)
    async with asyncio.timeout(TOLD_WITHIN + 5):
        for _ in range(int(TOLD_WITHIN * 10)):
            await here.more(1, within=0.1)
            if sum(teller.excuses for teller in here.tellers) > before:
                return True
    return False


async def _row(here: Stand, name: str, what: str, times: int, told: int) -> Result:
    found = await here.verdict()
    if here.bot.starts != 1:
        found.append("the bot had to be started again")
    if told == 0:
        found.append("nobody was told that nothing can be stored")
    if "store_unavailable" not in here.reported():
        found.append("no alarm was raised")
    figures = f"{here.history.inputs:,} inputs, {len(here.history.receipts):,} submissions"
    return Result(name, f"{what}; {figures}", times, found, f"somebody was told in {told} of {times}")
