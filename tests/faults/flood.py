"""People misbehaving: one chat floods while others work. The others' answers stay quick, the flooder is told, memory
is bounded, and what was taken of the flood is kept once like anything else.

Here a time is part of the promise. It is measured before the flood too: a machine on which the others wait long anyway
shows nothing, and the row says so. Not here: the rule (`handlers.flood`).
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.core.contributions import JOINT
from bot.player import Button, Prompt
from handlers.flood import PAUSE
from tests.faults.history import Saying
from tests.faults.result import Extent, Result, progress
from tests.faults.stand import Stand, stand
from tests.faults.teller import Teller

LONGEST_WAIT = 2.0
"""Seconds that 95 of 100 answers may take."""
MOST_GROWTH = 48
"""MiB by which the process may grow while it is flooded. 10,000 updates held back would need more than that."""
BURST = "60"
"""As the settings have it."""
LASTS = PAUSE + 6
"""Seconds of the flood: longer than a pause, so that there is a second one."""
EVERY = 0.5
"""Seconds between two heaps of messages."""
LOOKS_EVERY = 0.2
"""Seconds between two looks at the process's memory."""


@dataclass(frozen=True)
class Size:
    """How much."""

    messages: int
    others: int
    before: float
    """Seconds for which the others work alone first."""


SIZES = {
    Extent.SMOKE: Size(messages=500, others=5, before=2),
    Extent.QUICK: Size(messages=2_000, others=40, before=10),
    Extent.WHOLE: Size(messages=10_000, others=200, before=30),
}
THINKS = (3.0, 12.0)
"""Seconds before an answer: still quicker than people who read and type on a phone."""


class Flooder(Teller):
    """Answers the first open question with thousands of messages: half of them at once, the rest in heaps."""

    sent: list[str]
    size: Size
    world: Any
    """Of the emulator: messages come from there directly, faster than any phone could send them."""
    flooded: tuple[float, float] = (0.0, 0.0)
    """When, by the loop's clock."""

    async def _write(self, saying: Saying, question: str, prompt: Prompt, onward: Button | None) -> bool:
        if question != "recommendation":
            return await super()._write(saying, question, prompt, onward)
        if question in saying.written:
            return onward is not None and await self._tap(prompt, onward)
        self.sent = saying.written[question] = [self._text(at) for at in range(self.size.messages)]
        await self._flood()
        return True

    def _saying_is_shown(self, lines: Sequence[str]) -> None:
        """So much does not fit into the review, which cuts it somewhere."""
        super()._saying_is_shown([line for line in lines if not line.endswith(" …")])

    async def _flood(self) -> None:
        now = asyncio.get_running_loop().time
        person, rest = self.world.people[self.phone.number], list(self.sent)
        began = now()
        heap = len(rest) // 2
        while rest:
            for text in rest[:heap]:
                self.world.write_text(person, text)
            del rest[:heap]
            heap = math.ceil(self.size.messages / 2 / (LASTS / EVERY))
            await asyncio.sleep(EVERY)
        self._history.inputs += len(self.sent)
        self.flooded = (began, now())


def measure(extent: Extent, folder: Path, seed: int = 11) -> list[Result]:
    """One row."""
    return [asyncio.run(_measure(SIZES[extent], folder, seed))]


async def _measure(size: Size, folder: Path, seed: int) -> Result:
    async with stand(folder, people=size.others, seed=seed, burst=BURST) as here:
        others = list(here.tellers)
        for teller in others:
            teller.thinks = THINKS
        notices = Notices(here)
        await here.bot.start()
        progress(f"flood: {size.others} people work alone")
        here.begin()
        await here.polled()
        await here.more(size.others * 6, within=60)
        alone = asyncio.get_running_loop().time()
        await asyncio.sleep(size.before)
        memory = Memory(here.bot.running.pid)
        (flooder,) = await here.invite(1, Flooder)
        assert isinstance(flooder, Flooder)
        flooder.size, flooder.world, flooder.at_most = size, here.emulator.running.world, 1
        flooder.enough = True
        progress(f"flood: {size.messages:,} messages")
        before = memory.now()
        here.resume(flooder)
        watching = asyncio.create_task(memory.watch())
        await here.told(flooder, within=LASTS + 2 * PAUSE + 60)
        watching.cancel()
        progress("flood: everybody comes to their end")
        for teller in others:
            teller.thinks = None
        await here.finish()
        waits = [wait for teller in others for wait in teller.waits]
        calm = _p95(waits, alone, flooder.flooded[0])
        during = _p95(waits, *flooder.flooded)
        told = notices.of(flooder)
        found = [*_slow(calm, during), *_told(told, here), *_memory(before, memory.most)]
        found += await _taken(here, flooder)
        found += await here.verdict()
        lasted = flooder.flooded[1] - flooder.flooded[0]
        what = (
            f"{size.messages:,} messages of one chat in {lasted:.0f} s while {size.others} others work: 95 of 100 of "
            f"their answers took {during[0]:.2f} s at most ({during[1]:,} answers), {calm[0]:.2f} s before the flood"
        )
        note = (
            f"told {len(told)} times; memory {before} MiB before, {memory.most} MiB at most; "
            f"{sum(teller.repeats for teller in others)} times somebody had to look again"
        )
        if _too_busy(calm):
            note = f"this machine is too busy to say anything about waiting; {note}"
        return Result("flood", what, size.messages, found, note)


def _p95(waits: Sequence[tuple[float, float]], since: float, until: float) -> tuple[float, int]:
    """The wait that 95 of 100 did not exceed, and how many there were."""
    found = sorted(seconds for began, seconds in waits if since <= began <= until)
    return (found[math.ceil(0.95 * len(found)) - 1] if found else math.inf), len(found)


def _slow(calm: tuple[float, int], during: tuple[float, int]) -> list[str]:
    slow = during[0] > LONGEST_WAIT and not _too_busy(calm)
    return [f"95 of 100 answers took up to {during[0]:.1f} s"] if slow else []


def _too_busy(calm: tuple[float, int]) -> bool:
    """Nothing can be said where people waited for half of the limit before."""
    return calm[0] > LONGEST_WAIT / 2


class Notices:
    """When the chat was told that it sends too fast."""

    def __init__(self, here: Stand) -> None:
        self._words = here.words("error.too_fast", seconds=round(PAUSE))
        self._told: list[tuple[int, float]] = []
        self._now = asyncio.get_running_loop().time
        here.emulator.running.world.listeners.append(self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "message" and event["message"].get("text") == self._words:
            self._told.append((event["person"], self._now()))

    def of(self, teller: Teller) -> list[float]:
        """The times."""
        return [when for person, when in self._told if person == teller.phone.number]


def _told(told: Sequence[float], here: Stand) -> list[str]:
    """Once for each pause: at the first refusal, and again when the next pause begins."""
    refused = here.reported().count("flood_refused")
    found = [] if len(told) == refused else [f"{refused} pauses began, and the chat was told {len(told)} times"]
    found += ["told twice in one pause" for one, following in pairwise(told) if following - one < PAUSE - 2]
    return found + ([] if len(told) > 1 else ["the chat was not told in its second pause"])


def _memory(before: int, most: int) -> list[str]:
    return [f"memory grew by {most - before} MiB"] if most - before > MOST_GROWTH else []


class Memory:
    """Of a process, in MiB."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.most = 0

    def now(self) -> int:
        """Resident at this moment; 0 where this system does not tell."""
        if not self._status.exists():
            return 0
        lines = dict(line.split(":", 1) for line in self._status.read_text("ascii").splitlines())
        return int(lines.get("VmRSS", "0 kB").split()[0]) // 1024

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            self.most = max(self.most, self.now())
            await asyncio.sleep(LOOKS_EVERY)


async def _taken(here: Stand, flooder: Flooder) -> list[str]:
    """As many of the flood as the chat said were saved are in the export, each once and in order."""
    saying = next(one for one in here.history.sayings if one.name.startswith(flooder.name))
    if await here.export("flood.zip") is None:
        return ["there is no export"]
    answers = [line["answers"]["recommendation"] for line in await here.opened(here.kept / "flood.zip")]
    texts: list[str] = next((text.split(JOINT) for text in answers if text and flooder.sent[0] in text), [])
    # From here on the comparison of everything goes by what was taken.
    saying.written["recommendation"] = texts
    found = [] if len(texts) == saying.saved["recommendation"] else ["not as many were kept as the chat said"]
    rest = iter(flooder.sent)
    return found + ([] if texts and all(text in rest for text in texts) else ["what was kept is not what was sent"])
