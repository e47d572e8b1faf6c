"""Telegram misbehaving: updates that are repeated, shuffled, broken or late, answers that are refused, cut or missing.

Nothing is lost, nothing is applied twice, open questions are shown again, and the alarms are raised.
Not here: kills (`kill_sweep`), how the emulator does it (`bot.emulator.faults`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.result import Extent, Result, progress
from tests.faults.stand import Stand, stand

HOUR = 3_600
ENDS_WITHIN = 60.0
"""Seconds for a bot whose poll is refused."""
BROKEN: tuple[Callable[[int], Any], ...] = (
    lambda number: {"update_id": number, "callback_query": {"id": "1", "from": {"id": 77, "is_bot": False}}},
    lambda number: {"update_id": number, "message": {"chat": "none", "date": "never"}},
    lambda number: {"update_id": number, "message": 5},
    lambda number: {"update_id": number, "edited_message": {"message_id": 1}},
    lambda number: {"update_id": number, "something_new": {"of": "tomorrow"}},
    lambda number: {"update_id": number},
    lambda _: {"message": {"text": "without a number"}},
    lambda _: "not even an object",
)
"""What no library reads, each between updates that are well."""


@dataclass
class Scene:
    """One case in play, while people talk."""

    here: Stand
    chance: Random
    times: int
    """How often to do it."""
    seen: list[dict[str, Any]] = field(default_factory=list)
    """Updates that arose so far."""
    done: int = 0
    """Faults brought about."""
    taps_gone: int = 0
    texts_kept: int = 0
    """What became of updates that waited through an outage."""

    def hear(self, event: dict[str, Any]) -> None:
        """A listener of the emulator's world."""
        if event["type"] == "update" and event["update"] is not None:
            self.seen.append(event["update"])

    def inject(self, update: Any) -> None:
        """Put an update into the queue as it is."""
        self.here.emulator.running.world.queue_raw([update])
        self.done += 1

    async def refuse(self, kind: str, method: str, times: int, **more: Any) -> None:
        """Order a fault, and wait until it is used up."""
        faults = self.here.emulator.running.requests.faults
        faults.order({"kind": kind, "method": method, "times": times, **more})
        async with asyncio.timeout(150):
            while faults.in_force:  # noqa: ASYNC110 - the emulator has no event for requests
                await asyncio.sleep(0.05)
        self.done += times

    async def rest(self) -> None:
        """Let everybody get on for a while: nobody should be kept waiting for ever by faults alone."""
        await self.here.more(8 * len(self.here.tellers), within=60)


async def duplicates(scene: Scene) -> None:
    """Every so often an update comes again, at once or long after."""
    for _ in range(scene.times * 8):
        await scene.here.more(6, within=10)
        scene.inject(scene.chance.choice(scene.seen[-scene.chance.choice((3, 40, 400)) :]))


async def shuffled(scene: Scene) -> None:
    """What waited while the bot was down comes in any order."""
    world = scene.here.emulator.running.world
    for _ in range(scene.times):
        await scene.here.killed()
        await _quiet(scene.here)
        waiting = world.updates.take(100, world.now())
        scene.chance.shuffle(waiting)
        world.updates.clear()
        world.queue_raw(waiting)
        scene.done += len(waiting)
        await scene.here.bot.start()
        await scene.here.more(60, within=20)


async def gaps(scene: Scene) -> None:
    """Numbers are left out, up to millions of them."""
    updates = scene.here.emulator.running.world.updates
    for _ in range(scene.times * 4):
        await scene.here.more(10, within=10)
        updates.next_id += scene.chance.choice((1, 7, 200, 5_000_000))
        scene.done += 1


async def broken(scene: Scene) -> None:
    """Unreadable updates between good ones, alone and in heaps."""
    updates = scene.here.emulator.running.world.updates
    for _ in range(scene.times):
        for make in BROKEN:
            await scene.here.more(scene.chance.choice((1, 10)), within=10)
            scene.inject(make(updates.next_id))


async def crowd(scene: Scene) -> None:
    """More updates wait than one answer holds, when the bot starts."""
    here = scene.here
    for _ in range(scene.times):
        await here.killed()
        people = await here.invite(130)
        for person in people:
            person.at_most = 1
            here.resume(person)
        await _quiet(here)
        scene.done += here.emulator.running.world.updates.pending(here.emulator.running.world.now())
        await here.bot.start()
        await here.told(*people, within=120)


async def too_many_requests(scene: Scene) -> None:
    """429 for what is sent, edited, answered and asked."""
    for _ in range(scene.times):
        for method in ("sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"):
            await scene.refuse("429", method, 4, retry_after=1)
        await scene.rest()


async def server_errors(scene: Scene) -> None:
    """5xx for everything."""
    for _ in range(scene.times):
        for status in (500, 502, 503, 504):
            await scene.refuse("status", "sendMessage", 5, status=status)
            await scene.refuse("status", "*", 10, status=status)
            await scene.refuse("status", "getUpdates", 1, status=status)
        await scene.rest()


async def hangs(scene: Scene) -> None:
    """No answer for longer than the bot waits, then the connection is gone."""
    for _ in range(scene.times):
        await scene.refuse("hang", "sendMessage", 2, seconds=12)
        await scene.refuse("hang", "editMessageText", 2, seconds=12)
        await scene.refuse("hang", "getUpdates", 1, seconds=3)
        await scene.rest()


async def resets(scene: Scene) -> None:
    """It was done, and the answer is cut off."""
    for _ in range(scene.times):
        for method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
            await scene.refuse("reset_after_delivery", method, 10)
        await scene.refuse("reset_after_delivery", "getUpdates", 2)
        await scene.rest()


async def late_answers(scene: Scene) -> None:
    """It was done, and the answer comes after the bot has given up waiting."""
    for _ in range(scene.times):
        await scene.refuse("timeout_after_delivery", "sendMessage", 3, seconds=11)
        await scene.rest()


def refused_poll(kind: str, **more: Any) -> Callable[[Scene], Awaitable[None]]:
    """A poll that no patience mends ends the process; whoever starts it again finds everything as it was."""

    async def case(scene: Scene) -> None:
        here = scene.here
        for _ in range(scene.times):
            here.emulator.running.requests.faults.order({"kind": kind, "method": "getUpdates", "times": -1, **more})
            try:
                async with asyncio.timeout(ENDS_WITHIN):
                    code = await here.bot.ended()
            except TimeoutError:
                here.history.notice("the process did not end")
                await here.killed()
                code = 1
            if code != 1:
                here.history.notice(f"the process ended with code {code}")
            scene.done += 1
            here.emulator.running.requests.faults.clear()
            await here.bot.start()
            await here.more(60, within=20)

    return case


async def hours_down(scene: Scene) -> None:
    """The bot is down for hours: taps older than 150 s are gone, texts are kept. Both clocks go on."""
    here = scene.here
    for _ in range(scene.times):
        await _waiting(here)
        taps, texts = _kinds(here)
        await _hours_pass(here, 4)
        taps_now, texts_now = _kinds(here)
        if taps_now or texts_now < texts:
            raise RuntimeError("the emulated Telegram does not keep and forget what the real one does")
        scene.taps_gone += taps
        scene.texts_kept += texts
        scene.done += 1
        await here.bot.start()
        await here.more(60, within=30)


async def hours_of_errors(scene: Scene) -> None:
    """The same, while the bot runs and Telegram refuses every call: what was not shown is shown again."""
    here = scene.here
    for _ in range(scene.times):
        await here.more(40, within=20)
        here.emulator.running.requests.faults.order({"kind": "status", "method": "*", "times": -1, "status": 502})
        await _quiet(here)
        await _hours_pass(here, 4)
        here.emulator.running.requests.faults.clear()
        scene.done += 1
        await here.more(60, within=60)


async def _waiting(here: Stand) -> None:
    """Kill the bot at a moment at which taps and texts wait for it."""
    for _ in range(40):
        await here.more(40, within=20)
        await here.killed()
        await _quiet(here)
        if all(_kinds(here)):
            return
        await here.bot.start()
        await here.polled()
    raise RuntimeError("no moment was found at which both wait")


def _kinds(here: Stand) -> tuple[int, int]:
    """How many taps wait at Telegram, and how many texts."""
    world = here.emulator.running.world
    waiting = world.updates.take(10_000, world.now())
    return tuple(sum(kind in update for update in waiting) for kind in ("callback_query", "message"))  # type: ignore[return-value]


async def _quiet(here: Stand) -> None:
    """Until people have said what they can say without an answer."""
    while await here.more(1, within=0.4):
        pass


async def _hours_pass(here: Stand, hours: int) -> None:
    """For Telegram and for the machine."""
    await here.emulator.advance(hours * HOUR)
    shift = here.folder / "shift"
    shift.write_text(str(here.emulator.running.world.offset))


@dataclass(frozen=True)
class Case:
    """What is done, in words, and what the log has to tell of it."""

    what: str
    play: Callable[[Scene], Awaitable[None]]
    alarms: tuple[str, ...] = ()
    smoke: bool = False
    clocks: bool = False
    """The machine's clock can be moved."""
    slow: bool = False
    """Takes long for what it shows: done once in the quick run."""


CASES = {
    "duplicates": Case("updates that came before come again", duplicates, ("update_repeated",), smoke=True),
    "shuffled": Case("updates in any order", shuffled),
    "gaps": Case("numbers are left out", gaps),
    "unreadable": Case("updates that cannot be read among good ones", broken, ("update_set_aside",), smoke=True),
    "crowd": Case("updates that wait for one start, 100 to an answer", crowd, slow=True),
    "429": Case("calls refused with 429", too_many_requests, ("flood",), slow=True),
    "5xx": Case("calls answered with 500, 502, 503, 504", server_errors, ("send_failed", "poll_failed"), slow=True),
    "hangs": Case("calls without an answer", hangs, ("send_failed",), slow=True),
    "resets": Case("calls cut off after they were done", resets, ("send_failed",), smoke=True),
    "late": Case("calls answered after we gave up waiting", late_answers, ("send_failed",), slow=True),
    "401": Case("polls refused with 401: the process ends", refused_poll("unauthorized"), ("poll_dead",), smoke=True),
    "404": Case("polls refused with 404: the process ends", refused_poll("status", status=404), ("poll_dead",)),
    "409": Case("polls refused with 409: the process ends", refused_poll("conflict"), ("poll_dead",), slow=True),
    "outage": Case("outages of four hours, the bot down", hours_down, clocks=True),
    "errors": Case(
        "outages of four hours, every call answered with 502", hours_of_errors, ("poll_failed",), clocks=True
    ),
}
PEOPLE = {Extent.SMOKE: 6, Extent.QUICK: 12, Extent.WHOLE: 20}
TIMES = {Extent.SMOKE: 1, Extent.QUICK: 3, Extent.WHOLE: 12}
WITHIN_A_DAY = 5
"""Outages of four hours that a draft outlives, though nobody comes to write on in between: more of them, and what has
expired rightly would look lost."""


def measure(extent: Extent, folder: Path, seed: int = 9) -> Iterator[Result]:
    """One row for each case."""
    for at, (name, case) in enumerate(CASES.items()):
        if case.smoke or extent is not Extent.SMOKE:
            progress(f"telegram: {name}, {at + 1} of {len(CASES)}")
            (folder / name).mkdir()
            yield asyncio.run(_play(name, case, extent, folder / name, seed + at))


async def _play(name: str, case: Case, extent: Extent, folder: Path, seed: int) -> Result:
    began = time.monotonic()
    (folder / "shift").write_text("0")
    more = {"clock_file": str(folder / "shift")} if case.clocks else {}
    async with stand(folder, people=PEOPLE[extent], seed=seed, **more) as here:
        times = min(TIMES[extent], WITHIN_A_DAY) if case.clocks else TIMES[extent]
        scene = Scene(here, Random(seed), max(1, times // 3) if case.slow else times)
        here.emulator.running.world.listeners.append(scene.hear)
        await here.bot.start()
        here.begin()
        await here.more(60, within=30)
        await case.play(scene)
        await here.finish()
        reported = here.reported()
        found = [f"{alarm} was not reported" for alarm in case.alarms if alarm not in reported]
        found += await here.verdict()
        figures = (
            f"{scene.done:,} {case.what}; {here.history.inputs:,} inputs, {len(here.history.receipts)} submissions"
        )
        looks = sum(teller.repeats for teller in here.tellers)
        note = f"{looks} times somebody had to look again; {time.monotonic() - began:.0f} s"
        if scene.taps_gone:
            note = f"{scene.taps_gone} taps expired, {scene.texts_kept} texts were kept; {note}"
        return Result(f"Telegram: {name}", figures, scene.done, found, note)
