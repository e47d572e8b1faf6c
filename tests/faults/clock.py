"""Clocks that jump by hours or years, stand still, or are wrong from the start: nothing ends early or is kept too long.

The machine's clock is made wrong; Telegram's goes on as it should. Somebody leaves a draft and comes back, somebody
else never does: the first finds it, the second's is gone when Telegram's clock says so. Not here: the clock itself
(`bot.clock`).
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.app import SystemChance, SystemClock
from bot.core.consultations import CONSULTATIONS, Intake
from storage import retention
from storage.factory import open_stores
from tests.faults.result import Extent, Result, progress
from tests.faults.stand import Stand, stand

HOUR, DAY = 3_600, 86_400
JUMPS: dict[str, int] = {
    "an hour ahead": HOUR,
    "an hour behind": -HOUR,
    "a day ahead": DAY,
    "a day behind": -DAY,
    "ten years ahead": 3_652 * DAY,
    "ten years behind": -3_652 * DAY,
    "stopped": 0,
}
SMOKE = ("ten years ahead",)
PEOPLE = 4
GONE_WITHIN = 20.0
"""Seconds after a start until what has outlived its time is gone from the files."""


def measure(extent: Extent, folder: Path, seed: int = 5) -> Iterator[Result]:
    """One row for each jump."""
    names = SMOKE if extent is Extent.SMOKE else tuple(JUMPS)
    for at, name in enumerate(names):
        progress(f"clock: {name}, {at + 1} of {len(names)}")
        (folder / str(at)).mkdir()
        yield asyncio.run(_jump(name, JUMPS[name], folder / str(at), seed + at))


async def _jump(name: str, seconds: int, folder: Path, seed: int) -> Result:
    shift = folder / "shift"
    _set(shift, 0)
    async with stand(folder, people=PEOPLE, seed=seed, clock_file=str(shift)) as here:
        await _close_in_two_days(here)
        returns, leaves = await here.invite(2)
        returns.parks = leaves.parks = True
        await here.bot.start()
        here.begin()
        await here.told(returns, leaves)
        _set(shift, seconds)  # while it runs
        await here.more(60, within=20)
        await here.killed()
        await here.bot.start()  # and from the start
        await here.more(60, within=20)
        returns.parks = False
        here.resume(returns)
        await here.finish()
        found = _remaining(here, drafts=1)
        found += await _time_passes(here, hours=26)
        found += _remaining(here, drafts=0)
        found += await _time_passes(here, hours=48)
        found += _old_numbers(here)
        if seconds and "clock_differs" not in here.reported():
            found.append("no alarm was raised")
        found += await here.verdict()
        what = f"the machine's clock is {name}, before and after a start; then Telegram's goes on for three days"
        figures = f"{here.history.inputs} inputs, {len(here.history.receipts)} submissions"
        return Result(f"clock: {name}", what, 2, found, figures)


def _set(shift: Path, seconds: float) -> None:
    """Whole at any moment: the bot may be reading it."""
    new = shift.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(shift)


async def _close_in_two_days(here: Stand) -> None:
    """An end that a clock ten years ahead would have passed."""
    clock = SystemClock()
    async with open_stores(here.data_dir, clock, SystemChance()) as stores:
        for consultation in CONSULTATIONS:
            await stores.registry.set_intake(consultation.id, Intake(open=True, until=clock.now() + 2 * DAY))


async def _time_passes(here: Stand, hours: int) -> list[str]:
    """Telegram's clock goes on, the machine's does not; a start later, what was to go has gone."""
    await here.emulator.advance(hours * HOUR)
    await here.bot.start()
    await here.polled()
    try:
        async with asyncio.timeout(GONE_WITHIN):
            while _remaining(here, drafts=0) or _old_numbers(here):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)
    except TimeoutError:
        pass
    await here.end()
    return []


def _count(here: Stand, sql: str, values: Sequence[float] = ()) -> int:
    connection = sqlite3.connect(here.data_dir / "work.db")
    try:
        return int(connection.execute(sql, tuple(values)).fetchone()[0])
    finally:
        connection.close()


def _remaining(here: Stand, drafts: int) -> list[str]:
    """Whether exactly so many drafts are kept: each is one text at least, of one person."""
    kept = _count(here, "SELECT count(DISTINCT tag) FROM parts")
    if kept == drafts:
        return []
    return [f"{kept} drafts are kept where {drafts} should be"]


def _old_numbers(here: Stand) -> list[str]:
    """Numbers of updates are kept for 48 hours at most, by Telegram's time."""
    today = retention.day(time.time() + here.emulator.running.world.offset)
    old = _count(here, "SELECT count(*) FROM updates WHERE day < ?", (today - 2,))
    return [f"{old} numbers of updates are kept too long"] if old else []
