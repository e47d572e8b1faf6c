"""Kills: `kill -9` at random moments and at every named crash point, while people talk to the bot and exports are made.

Not here: the points themselves (`bot.crashpoints`), what must be true afterwards (`history`).
"""

import asyncio
import multiprocessing
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bot.crashpoints import POINTS
from tests.faults.result import Extent, Result, progress
from tests.faults.stand import Stand, stand
from tests.faults.teller import PATIENCE

OF_EXPORT = tuple(sorted(point for point in POINTS if point.startswith("export")))
OF_LEDGER = tuple(sorted(point for point in POINTS if point.startswith("ledger")))
"""Passed during a broadcast only: `broadcasts` has them."""
ELSEWHERE = ("after_redeem", "before_offer", "after_offer", "after_answer")
"""Passed when somebody comes by an invite, or is answered by the organizers, which nobody here does:
`tests/journeys/test_killed.py` and `test_asking_killed.py` kill there."""
OF_BOT = tuple(sorted(POINTS - {*OF_EXPORT, *OF_LEDGER, *ELSEWHERE}))
PASSED = tuple(sorted({*OF_BOT, *OF_EXPORT}))
POISONED = ("before_set_aside", "after_set_aside")
"""Points that are passed only when an update cannot be handled."""
OFTEN = {
    *("before_seal", "after_seal", "before_commit", "after_commit", "before_acknowledge", "before_send"),
    *("after_send", "after_acknowledge", "after_settle"),
}
OF_MOVER = ("mover_gathered", "mover_stored", "mover_erased", "before_replicate", "after_replicate")
"""Points that are passed once something was handed in."""
OF_TIDYING = ("before_delete", "after_delete")
"""Points that are passed once it rests in two places, and its messages go from the chat."""
PROGRESS_EVERY = 25
SWEEPS_BESIDE = 4
"""Sweeps at the same time: most of each is waiting for a bot to start."""
REACHES_WITHIN = 15.0
"""Seconds for a bot that has started to come to its crash point; then it is killed where it is."""


@dataclass(frozen=True)
class Size:
    """How many kills of each sort."""

    people: int
    random: int
    each_point: int
    rounds: int = 1
    """How many sweeps, each with people and a server of its own."""


SIZES = {
    Extent.SMOKE: Size(people=12, random=6, each_point=0),
    Extent.QUICK: Size(people=20, random=100 - 2 * len(PASSED), each_point=2),
    Extent.WHOLE: Size(people=24, random=250 - 6 * len(PASSED), each_point=6, rounds=4),
}


def measure(extent: Extent, folder: Path, seed: int = 1) -> Iterator[Result]:
    """Two rows for each sweep."""
    size = SIZES[extent]
    if size.rounds == 1:
        yield from asyncio.run(_measure(size, folder, seed, "kills"))
        return
    with ProcessPoolExecutor(SWEEPS_BESIDE, multiprocessing.get_context("spawn")) as processes:
        sweeps = [processes.submit(_sweep, size, folder / str(at), seed + at, at + 1) for at in range(size.rounds)]
        for sweep in sweeps:
            yield from sweep.result()


def _sweep(size: Size, folder: Path, seed: int, number: int) -> list[Result]:
    folder.mkdir()
    return asyncio.run(_measure(size, folder, seed, f"kills, sweep {number}"))


async def _measure(size: Size, folder: Path, seed: int, name: str) -> list[Result]:
    async with stand(folder, people=size.people, seed=seed) as here:
        sweep = Sweep(here, Random(seed))
        here.begin()
        await sweep.run(size)
        await here.bot.start()
        left_waiting = await _finished(here)
        found = [*await here.verdict(), *await sweep.exports_agree(), *sweep.set_aside_once(), *left_waiting]
        history = here.history
        repeats = sum(teller.repeats for teller in here.tellers)
        figures = f"{history.inputs:,} inputs, {len(history.receipts):,} submissions"
        rows = [
            Result(
                f"{name}: at random moments",
                f"{sweep.done['random']:,} kills of the bot; over the whole sweep {figures}",
                sweep.done["random"],
                found,
                f"{repeats} times somebody had to look again",
            )
        ]
        at_points = {point: sweep.done[point] for point in PASSED}
        if size.each_point:
            missed = [f"{point} was never reached" for point, count in at_points.items() if not count]
            least, kills = min(at_points.values()), sum(at_points.values())
            what = f"{kills:,} kills at {len(PASSED)} named points, each {least} times at least"
            note = f"{sweep.done['elsewhere']} more were killed before they came to the point"
            rows.append(Result(f"{name}: at named points", what, kills, missed, note))
        return rows


async def _finished(here: Stand) -> list[str]:
    """Everybody comes to the end. A bot that is well answers by itself whatever it owes from before the kills."""
    await here.polled()
    await asyncio.sleep(PATIENCE)
    before = sum(teller.repeats for teller in here.tellers)
    await here.finish()
    waited = sum(teller.repeats for teller in here.tellers) - before
    return [f"{waited} times somebody was left waiting by a bot that was well"] if waited else []


class Sweep:
    """One bot after the other."""

    def __init__(self, here: Stand, chance: Random) -> None:
        self._here = here
        self._chance = chance
        self.done: Counter[str] = Counter()
        """Kills by point; `random`, and `elsewhere` for a point that was not reached."""
        self._cursor = "0"
        self._poison = 0
        self._exports = 0

    async def run(self, size: Size) -> None:
        """All kills, in any order. The last bot is dead at the end."""
        moments = ["random"] * size.random + list(PASSED) * size.each_point
        self._chance.shuffle(moments)
        every = max(1, len(moments) // 5)
        for number, moment in enumerate(moments, start=1):
            if moment == "random":
                await self._at_random()
            elif moment in OF_EXPORT:
                await self._export_at(moment)
            else:
                await self._at_point(moment)
            if number % every == 0:
                self._here.recover()
            if number % PROGRESS_EVERY == 0:
                progress(f"kill_sweep: {number} of {len(moments)} kills")

    async def _at_random(self) -> None:
        here, chance = self._here, self._chance
        await here.bot.start()
        if chance.random() < 0.15:
            await asyncio.sleep(chance.random() * 1.2)  # while it starts
        else:
            await self._up()
            await here.more(chance.randrange(1, 120), within=REACHES_WITHIN)
            await asyncio.sleep(chance.random() * 0.02)
        await self._kill("random")

    async def _at_point(self, point: str) -> None:
        here = self._here
        passage = self._chance.randrange(1, 20 if point in OFTEN else 3)
        if point in POISONED:
            passage = 1
            self._send_poison()
        if point in (*OF_MOVER, *OF_TIDYING):
            await self._something_to_move()
            passage = 1
        more = {"tidy_after": "0"} if point in OF_TIDYING else {}
        await here.bot.start(crash=f"{point}:{passage}", **more)
        await self._up()
        with suppress(TimeoutError):
            async with asyncio.timeout(REACHES_WITHIN):
                await here.bot.ended()
        if here.bot.running.returncode is None:
            await self._kill("elsewhere")
        else:
            self._note_end(point)

    async def _up(self) -> None:
        """Until the bot of now asks for updates, or is dead: how long a start takes is not what is tried here."""
        with suppress(RuntimeError, TimeoutError):
            await self._here.polled()

    async def _something_to_move(self) -> None:
        """Somebody hands in, under a bot that dies before it moves anything."""
        here = self._here
        await here.bot.start(move_every="3600")
        await self._up()
        await here.happens(_shows_receipt, within=REACHES_WITHIN)
        await self._kill("random")

    async def _export_at(self, point: str) -> None:
        """An export dies beside a bot that works, which is killed too; then one that comes to its end."""
        here = self._here
        await here.bot.start()
        await self._up()
        await here.more(60, within=REACHES_WITHIN)
        self._exports += 1
        passage = self._chance.randrange(1, 9) if point == "export_part" else 1
        code = await here.export_dying(f"killed-{self._exports}.zip", f"{point}:{passage}")
        self.done[point if code == -signal.SIGKILL else "elsewhere"] += 1
        if code not in (0, -signal.SIGKILL):
            here.history.notice(f"an export ended by itself with code {code}")
        if self._exports % 4 == 0:
            cursor = await here.export(f"whole-{self._exports}.zip", self._cursor)
            if cursor is None:
                here.history.notice("an export beside a working bot was refused")
            else:
                self._cursor = cursor
        await self._kill("random")

    async def _kill(self, name: str) -> None:
        if self._here.bot.running.returncode is not None:
            self._note_end(name)
            return
        self._here.bot.kill()
        await self._here.bot.ended()
        self.done[name] += 1

    def _note_end(self, name: str) -> None:
        code = self._here.bot.running.returncode
        self.done[name] += 1
        if code != -signal.SIGKILL:
            self._here.history.notice(f"the bot ended by itself with code {code}")

    def _send_poison(self) -> None:
        """An update that nobody can read; it belongs to no chat of ours."""
        world = self._here.emulator.running.world
        self._poison += 1
        broken = {"id": "1", "from": {"id": 77, "is_bot": False}, "data": "x"}
        world.queue_raw([{"update_id": world.updates.next_id, "callback_query": broken}])

    async def exports_agree(self) -> list[str]:
        """The exports that followed one another hold, together, no contribution twice and none that is not there."""
        here = self._here
        await here.export("last.zip", self._cursor)
        whole = {line["contribution"] for line in await here.opened(here.kept / "final.zip")}
        seen: Counter[str] = Counter()
        for path, since in here.exports:
            lines: list[dict[str, Any]] = await here.opened(path)
            if path.name.startswith(("whole", "last")):
                seen.update(line["contribution"] for line in lines)
            elif not {line["contribution"] for line in lines} <= whole:
                return [f"{path.name} since {since} holds what the last export does not"]
        found = [] if set(seen) == whole else ["exports by cursor do not add up to the whole"]
        return found + [f"{count} exports by cursor hold the same" for count in seen.values() if count > 1]

    def set_aside_once(self) -> list[str]:
        """Each unreadable update was set aside, once."""
        count = aside(self._here.data_dir)
        return [] if count == self._poison else [f"{self._poison} unreadable updates, {count} set aside"]


def _shows_receipt(event: dict[str, Any]) -> bool:
    return "copy_text" in str(event.get("message", {}).get("reply_markup", ""))


def aside(data_dir: Path) -> int:
    """Updates that were set aside."""
    connection = sqlite3.connect(data_dir / "work.db")
    try:
        return int(connection.execute("SELECT count(*) FROM aside").fetchone()[0])
    finally:
        connection.close()
