"""`python -m tests.faults [--quick] [--only NAME …]`: harnesses, two side by side, and a table of what they found.

Whatever was found is kept in `build/faults/`, a file for each harness, so that a whole run may be made in pieces; once
all have run wholly, `docs/reliability.md` is written from the files. Exit code 1 when a promise was broken, or a
harness twice did not come to its end. An interrupted run ends all that it has started.
Not here: what the harnesses do (a module for each), one of them alone (`one`), the files and tables (`report`).
"""

import argparse
import asyncio
import datetime
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from tests.faults.report import NO_END, REPORT, Part, broken, keep, kept, markdown, part, table
from tests.faults.result import Extent, Result, progress
from tests.support.process import ROOT

BESIDE = ("kill_sweep", "telegram", "broadcasts", "model", "planted", "fuzz", "disk", "power_cut", "clock")
"""Modules of this folder that may run beside one another, the longest first. Each has `measure(extent, folder)`."""
ALONE = ("flood",)
"""The same for those that measure how long something takes."""
HARNESSES = (*BESIDE, *ALONE)

FOLDER = ROOT / "build" / "faults"
AT_MOST = {Extent.QUICK: 20 * 60.0, Extent.WHOLE: 90 * 60.0}
"""Seconds for one harness; it is ended after that."""
ENDS_WITHIN = 20.0
"""Seconds for a harness to end what it started."""


def main() -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Make the bot fail in every way.")
    parser.add_argument("--quick", action="store_true", help="the figures of every change, in minutes")
    parser.add_argument("--only", choices=HARNESSES, nargs="+", metavar="NAME", help=", ".join(HARNESSES))
    parser.add_argument("--lanes", type=int, default=2, help="how many harnesses run side by side (2)")
    parser.add_argument(
        "--report",
        action="store_true",
        help="run nothing; report what was kept, quick runs for lack of whole",
    )
    parser.add_argument("--kept", type=Path, default=FOLDER, help="where what was found is kept (build/faults)")
    chosen = parser.parse_args()
    extent = Extent.QUICK if chosen.quick else Extent.WHOLE
    folder = chosen.kept / extent.value
    names = [name for name in HARNESSES if chosen.only is None or name in chosen.only]
    began = time.monotonic()
    if not chosen.report:
        try:
            asyncio.run(_run(names, extent, folder, max(1, chosen.lanes)))
        except (KeyboardInterrupt, asyncio.CancelledError):
            progress("interrupted; what it had started is ended")
            return 130
    parts = _parts(names, folder)
    _show(parts)
    if extent is Extent.WHOLE or chosen.report:
        _write(chosen.kept, or_quick=chosen.report)
    wrong = sum(found.broken for found in parts) + len(names) - len(parts)
    rows = sum(len(found.rows) for found in parts)
    progress(f"{rows} rows, {wrong} not in order, {(time.monotonic() - began) / 60:.1f} minutes")
    return 1 if wrong else 0


def _parts(names: Sequence[str], folder: Path) -> list[Part]:
    return [found for name in names if (found := kept(folder / f"{name}.json")) is not None]


def _show(parts: Sequence[Part]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table(parts))
    for line in broken(parts):
        console.print(line, style="red", highlight=False, markup=False)


def _write(folder: Path, *, or_quick: bool) -> None:
    """The report; where asked, with what the quick run found in place of what was not run wholly yet."""
    parts = []
    for name in HARNESSES:
        found = [kept(folder / extent.value / f"{name}.json") for extent in (Extent.WHOLE, Extent.QUICK)]
        chosen = found[0] or (found[1] if or_quick else None)
        parts += [chosen] if chosen is not None else []
    missing = [name for name in HARNESSES if name not in {found.harness for found in parts}]
    if missing:
        progress(f"{REPORT.name} is not written: not run wholly yet: {', '.join(missing)}")
        return
    REPORT.write_text(markdown(parts), "utf-8")
    progress(f"written: {REPORT.name}")


# Running


async def _run(names: Sequence[str], extent: Extent, folder: Path, lanes: int) -> None:
    """First those that may run beside one another, in so many lanes, then the others. Cancelled by a signal."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    waiting = [name for name in names if name in BESIDE]

    async def lane() -> None:
        while waiting:
            await _harness(waiting.pop(0), extent, folder)

    async with asyncio.TaskGroup() as group:
        for _ in range(lanes):
            group.create_task(lane())
    for name in names:
        if name in ALONE:
            await _harness(name, extent, folder)
    for name in names:
        found = kept(folder / f"{name}.json")
        if found is not None and found.cut_short:
            # The machine may have been busy with other things. A broken promise, though, is never tried away.
            progress(f"{name}: {NO_END}; once more, alone")
            await _harness(name, extent, folder)


async def _harness(name: str, extent: Extent, folder: Path) -> None:
    """One, to its end. What it has started ends with it, whatever happens."""
    file = folder / f"{name}.json"
    file.unlink(missing_ok=True)
    progress(f"{name}: begins")
    began, ticks = datetime.datetime.now(datetime.UTC), time.monotonic()
    # In a session of its own, so that all it starts can be ended by one signal.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.one", name, extent.value, str(file)), cwd=ROOT, start_new_session=True
    )
    try:
        async with asyncio.timeout(AT_MOST[extent]):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        await _end(process)
    seconds = time.monotonic() - ticks
    if kept(file) is None:
        rows = [Result(name, NO_END, 1, [f"ended with {process.returncode} after {seconds:.0f} s"])]
        keep(part(name, extent, began, seconds, rows), file)
    progress(f"{name}: done in {seconds:.0f} s")


async def _end(process: asyncio.subprocess.Process) -> None:
    """The harness, first in peace, and every process of its session."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                await asyncio.shield(process.wait())
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


if __name__ == "__main__":
    sys.exit(main())
