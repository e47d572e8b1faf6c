"""The test stand: an emulated Telegram, the real bot as a process on its own data folder, people, and what is kept.

    async with stand(folder, people=20, seed=7) as here:
        await here.bot.start()
        here.begin()
        ...                       # kill it, starve it, lie to it
        await here.finish()
        found = await here.verdict()

Not here: what goes wrong (each harness), what people do (`teller`).
"""

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Reversible
from contextlib import asynccontextmanager, suppress
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

from bot.app import SystemChance, SystemClock
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.contributions import Receipt, State
from bot.player import Town, readable
from bot.questionnaires.library import form
from bot.sealing import new_identity, write_identity
from locales.catalogue import Catalogue
from storage.factory import initialise, open_stores
from tests.faults.history import History, violations
from tests.faults.teller import CANARY, Language, Teller
from tests.support.bot import FAR
from tests.support.emulator import Emulator
from tests.support.leaks import Needles
from tests.support.process import ROOT, BotProcess, environment, micic

TOKEN = "1000:Distinctive-Token-Of-The-Fault-Suite"
STARTS_WITHIN = 30.0
"""Seconds for a bot to start on a busy machine."""
ENDS_WITHIN = 150.0
"""Seconds for everybody to come to the end of what they are saying, with a bot that is well."""


class Stand:
    """Made by `stand`."""

    def __init__(self, folder: Path, emulator: Emulator, town: Town, seed: int, settings: dict[str, str]) -> None:
        self.folder = folder
        self.kept = folder / "server"
        self.data_dir = self.kept / "data"
        self.keys = (folder / "keys" / "secretariat.txt", folder / "keys" / "backup.txt")
        self.emulator = emulator
        self.town = town
        self.chance = Random(seed)
        self.history = History()
        self.tellers: list[Teller] = []
        spare = self.kept / "tmp"
        for made in (spare, self.kept / "copies", self.keys[0].parent):
            made.mkdir(parents=True)
        given = {"bot_token": TOKEN, "telegram_url": emulator.url, "log_level": "info", "log_format": "json"}
        given |= {"send_rate": "0", "burst": "0", "move_every": "0.3", **settings}
        self.surroundings = environment(self.data_dir, spare, **given)
        self.log = self.kept / "bot.log"
        self.bot = BotProcess(self.surroundings, self.log)
        self.events = 0
        """What happened in the emulator so far: a measure of how far things have gone."""
        self.exports: list[tuple[Path, str]] = []
        """Exports that were made on the way, with the cursor each was taken after."""
        self._happened: list[tuple[Callable[[dict[str, Any]], bool], asyncio.Event]] = []
        self._telling: list[asyncio.Task[None]] = []
        self._copies = 0
        emulator.running.world.listeners.append(self._hear)

    # People

    async def invite(self, count: int, sort: type[Teller] = Teller) -> list[Teller]:
        """So many more people, who do nothing yet."""
        words = Language(Catalogue.load(), form("recommendation"))
        new = []
        for _ in range(count):
            at = len(self.tellers)
            card = {"first_name": f"Ümmüquill Vær {at:03d}", "username": f"ummuquill_vaer_{at:03d}"}
            phone = await self.town.person(language_code="en", **card)
            teller = sort(f"teller{at:03d}", phone, self.history, words, Random(self.chance.getrandbits(64)))
            self.tellers.append(teller)
            new.append(teller)
        return new

    def words(self, key: str, **values: int) -> str:
        """A text of the interface, as the chat shows it."""
        return readable(Catalogue.load().text("en", key, **values))

    def begin(self) -> None:
        """Everybody begins to tell."""
        self._telling = [asyncio.create_task(teller.tell(), name=teller.name) for teller in self.tellers]

    async def told(self, *tellers: Teller, within: float = 60.0) -> None:
        """Wait until these have come to their end. Raises TimeoutError."""
        names = {teller.name for teller in tellers}
        async with asyncio.timeout(within):
            await asyncio.gather(*(task for task in self._telling if task.get_name() in names))

    def resume(self, teller: Teller) -> None:
        """One who had come to an end comes back."""
        self._telling.append(asyncio.create_task(teller.tell(), name=teller.name))

    async def finish(self, within: float = ENDS_WITHIN) -> None:
        """Everybody comes to the end of what they are saying; the bot then ends as on SIGTERM."""
        for teller in self.tellers:
            teller.enough = True
        _, late = await asyncio.wait(self._telling, timeout=within)
        for task in late:
            self.history.notice(f"{task.get_name()}: not done within {within:.0f} s")
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in self._telling:
            if not task.cancelled() and task.exception() is not None:
                raise task.exception() or AssertionError
        await self.end()

    async def killed(self) -> None:
        """SIGKILL, unless the bot is dead already."""
        if self.bot.running.returncode is None:
            self.bot.kill()
        await self.bot.ended()

    async def end(self) -> None:
        """The bot ends as it should; noted when it does not."""
        if self.bot.running.returncode is None and (code := await self.bot.stop()) != 0:
            self.history.notice(f"the bot ended with code {code} on SIGTERM")

    # What happens

    def _hear(self, event: dict[str, Any]) -> None:
        self.events += 1
        for wanted, seen in list(self._happened):
            if wanted(event):
                seen.set()

    async def happens(self, wanted: Callable[[dict[str, Any]], bool], within: float) -> bool:
        """Wait for an event of the emulator; False when it did not come in time."""
        seen = asyncio.Event()
        entry = (wanted, seen)
        self._happened.append(entry)
        try:
            async with asyncio.timeout(within):
                await seen.wait()
        except TimeoutError:
            return False
        finally:
            self._happened.remove(entry)
        return True

    async def more(self, events: int, within: float) -> bool:
        """Wait until so many more things have happened."""
        until = self.events + events
        return await self.happens(lambda _: self.events >= until, within)

    async def polled(self, within: float = STARTS_WITHIN) -> None:
        """Wait until the bot of now has asked for updates. Raises TimeoutError."""
        requests = self.emulator.running.requests
        before = requests.recorded[-1]["n"] if requests.recorded else 0
        async with asyncio.timeout(within):
            # Where much is said, hardly any poll waits for something.
            while not (requests.polling.busy or _polled(requests.recorded, before)):
                if self.bot.running.returncode is not None:
                    raise RuntimeError(f"the bot ended with code {self.bot.running.returncode}")
                await asyncio.sleep(0.02)

    def reported(self) -> list[str]:
        """The events in the bot's log so far."""
        events = []
        for line in self.log.read_text("utf-8").splitlines():
            with suppress(ValueError):
                events.append(str(json.loads(line).get("event")))
        return events

    def recover(self) -> None:
        """Copy the data folder of a bot that is dead, to be looked through at the end."""
        self._copies += 1
        shutil.copytree(self.data_dir, self.kept / "copies" / str(self._copies))

    # What is true afterwards

    async def export(self, name: str, since: str = "0") -> str | None:
        """One export by the command; its cursor, or None when it did not come to its end."""
        path = self.kept / name
        try:
            said = await micic(self.surroundings, "export", "--output", path, "--since", since)
        except AssertionError:
            return None
        self.exports.append((path, since))
        return said.strip().rsplit(" ", 1)[1]

    async def export_dying(self, name: str, crash: str) -> int:
        """One export by the command, told where to die; its return code, 0 when it never came there."""
        path = self.kept / name
        command = (sys.executable, "-m", "bot", "export", "--output", str(path))
        process = await asyncio.create_subprocess_exec(
            *command, env={**self.surroundings, "MICIC_CRASH": crash}, cwd=ROOT, stdout=PIPE, stderr=PIPE
        )
        await process.communicate()
        if process.returncode == 0:
            self.exports.append((path, "0"))
        assert process.returncode is not None
        return process.returncode

    async def opened(self, sealed: Path, key: int = 0) -> list[dict[str, Any]]:
        """An export as the secretariat sees it."""
        output = self.folder / f"{sealed.stem}.{key}.jsonl"
        if not output.exists():
            arguments = ("--identity", self.keys[key], "--format", "jsonl", "--output", output)
            await micic(self.surroundings, "open", sealed, *arguments)
        return [json.loads(line) for line in output.read_text("utf-8").splitlines()]

    async def verdict(self) -> list[str]:
        """Every promise that is broken. The bot has ended; takes the final export."""
        found = []
        if await self.export("final.zip") is None:
            return ["there is no export"]
        lines = await self.opened(self.kept / "final.zip")
        if lines != await self.opened(self.kept / "final.zip", key=1):
            found.append("the two keys open different exports")
        found += violations(self.history, lines)
        found += await self._receipts()
        found += await asyncio.to_thread(self._leaks)
        return found

    async def _receipts(self) -> list[str]:
        async with open_stores(self.data_dir, SystemClock(), SystemChance()) as stores:
            states = [stores.store.state(Receipt(receipt)) for receipt in self.history.receipts]
        return [f"a receipt stands for {state}" for state in states if state is not State.SUBMITTED]

    def _leaks(self) -> list[str]:
        needles = Needles()
        needles.add_whole("text", CANARY)
        needles.add_whole("token", TOKEN)
        for teller in self.tellers:
            needles.add_whole("name", teller.name)
            needles.add_number("chat", teller.phone.number)
        needles.add_whole("first name", "Ümmüquill")
        needles.add_whole("username", "ummuquill")
        for receipt in self.history.receipts:
            needles.add_whole("receipt", receipt)
        files = sorted(path for path in self.kept.rglob("*") if path.is_file())
        return [f"{leak.what} in {leak.file} as {leak.form}" for leak in needles.search(files, self.kept)]


def _polled(recorded: Reversible[dict[str, Any]], since: int) -> bool:
    """Whether there was a poll among the requests above this number."""
    new = takewhile(lambda request: request["n"] > since, reversed(recorded))
    return any(request["method"] == "getUpdates" and request["status"] == 200 for request in new)


@asynccontextmanager
async def stand(folder: Path, *, people: int, seed: int, **settings: str) -> AsyncIterator[Stand]:
    """A server with two keys and all consultations open. The bot is not started; it is killed if it still runs."""
    async with Emulator(TOKEN) as emulator, Town(emulator.url) as town:
        here = Stand(folder, emulator, town, seed, settings)
        await found(here.data_dir, here.keys)
        await here.invite(people)
        try:
            yield here
        finally:
            for task in here._telling:
                task.cancel()
            await asyncio.gather(*here._telling, return_exceptions=True)
            with suppress(AssertionError):
                if here.bot.running.returncode is None:
                    here.bot.kill()
                    await here.bot.ended()


async def found(data_dir: Path, keys: tuple[Path, Path]) -> None:
    """A data folder with two keys and all consultations open."""
    identities = [new_identity() for _ in keys]
    for path, identity in zip(keys, identities, strict=True):
        write_identity(path, identity)
    clock, chance = SystemClock(), SystemChance()
    await initialise(data_dir, [identity.recipient for identity in identities], clock, chance)
    async with open_stores(data_dir, clock, chance) as stores:
        for consultation in CONSULTATIONS:
            await stores.registry.set_intake(consultation.id, Intake(open=True, until=FAR))
