"""Power cuts: the bot's real writes are recorded, and what a drive may have lost of them is opened again.

People answer through the emulator while every write, sync and request of the bot is recorded in order. Then the power
is cut at random points of that record; what may be left of the files is opened by the real stores, and everything that
the bot had said or confirmed by then has to be there, once. Not here: the record (`syscalls`), the loss (`drive`).
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from bot.app import SystemChance, SystemClock
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.contributions import ContributionId, PartId, Receipt, State, join
from bot.core.errors import ConsultationError
from bot.core.people import UpdateId
from bot.exports import bundle
from bot.exports.opening import opened
from bot.player import Manner, Player, Town, corpus
from bot.questionnaires.library import form
from bot.sealing import Identity, new_identity, open_document
from locales.catalogue import Catalogue
from storage.factory import Stores, initialise, open_stores
from tests.exports.world import opener
from tests.faults import syscalls
from tests.faults.drive import Drive, Loss
from tests.faults.result import Extent, Result, progress
from tests.storage.world import rows
from tests.support.bot import FAR
from tests.support.emulator import Emulator
from tests.support.journey import receipts_in
from tests.support.process import ROOT, environment

TOKEN = "1000:Token-Of-The-Power-Cut-Test"
CUTS = {Extent.SMOKE: 60, Extent.QUICK: 300, Extent.WHOLE: 3_000}
PEOPLE = {Extent.SMOKE: 6, Extent.QUICK: 16, Extent.WHOLE: 45}
SECONDS = {Extent.SMOKE: 60.0, Extent.QUICK: 180.0, Extent.WHOLE: 900.0}
"""For everything; what is not done by then is left out, and the note says so."""
EXPORTED_EVERY = 5
"""Of so many folders that a cut left, one is exported as well, and the export opened."""
SAMPLE = 5
"""Examples of a broken promise that are reported."""

_MARK = re.compile(r"\[k\d{3}\]")
Now = Callable[[], float]


@dataclass
class Promises:
    """What the bot had said or confirmed at one moment of the record."""

    confirmed: int = 0
    """Every update below this number was confirmed: Telegram has forgotten it."""
    shown: set[str] = field(default_factory=set)
    """Marks of texts that stood in one of the bot's messages."""
    receipts: dict[Receipt, str] = field(default_factory=dict)
    """Receipts shown, each with the mark of its recommendation."""


@dataclass(frozen=True)
class Recording:
    """What a bot did while people answered."""

    calls: Sequence[syscalls.Call]
    before: Path
    """The data folder as it was before the bot was started."""
    identity: Identity
    updates: Mapping[int, str | None]
    """Updates by number: the mark of the text that each brought, None where it brought none."""
    marks: Mapping[int, str]
    """Chats with the mark of what is answered there."""


async def record(folder: Path, people: int, tree: Path = ROOT) -> Recording:
    """People answer a bot that runs from the sources in `tree`."""
    data, spare, log = folder / "data", folder / "spare", folder / "calls.log"
    spare.mkdir(parents=True)
    identity = await _found(data)
    before = shutil.copytree(data, folder / "before")
    async with Emulator(TOKEN) as emulator:
        updates: dict[int, str | None] = {}
        emulator.running.world.listeners.append(lambda event: _hear(updates, event))
        settings = environment(
            data,
            spare,
            bot_token=TOKEN,
            telegram_url=emulator.url,
            send_rate="0",
            burst="0",
            move_every="0.1",
            log_level="error",
        )
        # Sources from `tree`, whatever the environment was installed from.
        settings |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
        process = await syscalls.recorded(
            (sys.executable, "-m", "bot", "run"), log, settings, tree, folder / "output.log"
        )
        try:
            marks = await _answers(emulator, people)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await syscalls.complete(log, process)
    calls = tuple(syscalls.calls(log, data))
    log.unlink()
    return Recording(calls, before, identity, updates, marks)


async def _found(data: Path) -> Identity:
    identity, clock, chance = new_identity(), SystemClock(), SystemChance()
    await initialise(data, [identity.recipient, new_identity().recipient], clock, chance)
    async with open_stores(data, clock, chance) as stores:
        for consultation in CONSULTATIONS:
            await stores.registry.set_intake(consultation.id, Intake(open=True, until=FAR))
    return identity


def _hear(updates: dict[int, str | None], event: Mapping[str, Any]) -> None:
    """A listener of the emulator's world: note the updates that it makes."""
    if event["type"] == "update" and event["update"] is not None:
        found = _MARK.search(str(event["update"].get("message", {}).get("text", "")))
        updates[event["update"]["update_id"]] = found[0] if found else None


async def _answers(emulator: Emulator, count: int) -> dict[int, str]:
    """So many people hand in a recommendation each; chats and the marks in their texts."""
    catalogue, recommendation, manners = Catalogue.load(), form("recommendation"), list(Manner)
    records, marks = corpus(), {}
    async with Town(emulator.url) as town, asyncio.TaskGroup() as group:
        for at in range(count):
            mark = f"[k{at:03d}]"
            given = records[at % len(records)]
            record = replace(given, text=f"{mark} {given.text}"[:4000])
            phone = await town.person(language_code=record.lang)
            marks[phone.number] = mark
            player = Player(phone, record, manners[at % len(manners)], catalogue, recommendation, 20.0)
            group.create_task(player.play(90))
    return marks


class Listener:
    """Reads the requests of the record as they leave, and keeps what they promise."""

    def __init__(self, marks: Mapping[int, str]) -> None:
        self.promises = Promises()
        self._marks = marks
        self._streams: dict[str, bytes] = {}

    def take(self, sent: syscalls.Sent) -> None:
        """Bytes left; a request counts from its last byte on."""
        stream = self._streams.get(sent.connection, b"") + sent.content
        while True:
            head, found, rest = stream.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            size = int(length[1]) if length else 0
            if not found or len(rest) < size:
                break
            self._request(head.split(b" ", 2)[1].rpartition(b"/")[2].decode(), rest[:size])
            stream = rest[size:]
        self._streams[sent.connection] = stream

    def _request(self, method: str, body: bytes) -> None:
        values = json.loads(body) if body else {}
        if method == "getUpdates":
            self.promises.confirmed = max(self.promises.confirmed, values.get("offset") or 0)
        elif method in ("sendMessage", "editMessageText"):
            self.promises.shown |= set(_MARK.findall(values["text"]))
            for digits in receipts_in(values):
                self.promises.receipts[Receipt(digits)] = self._marks[values["chat_id"]]


class Inspection:
    """Opens what a power cut left, and compares it with what was promised."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._opened: dict[bytes, Mapping[str, Any]] = {}
        self._count = 0

    async def broken(self, data: Path, promises: Promises) -> list[str]:
        """Promises that are broken, each in a few words."""
        try:
            async with open_stores(data, SystemClock(), SystemChance(), exclusive=True) as stores:
                found = self._unhandled(stores, promises)
                first = self._copies(data, self._promised(promises))
                for _ in range(2):
                    await stores.vault.move()
                found += first or self._copies(data, self._promised(promises))
                found += self._contributions(data, stores, promises)
                if self._count % EXPORTED_EVERY == 0:
                    found += await self._exported(data, stores, promises)
                self._count += 1
        except ConsultationError as error:
            return [f"the stores do not open: {error.code}"]
        for store in ("work", "vault", "contacts", "audit", "published"):
            if rows(data / f"{store}.db", "PRAGMA integrity_check") != [("ok",)]:
                found.append(f"{store} is damaged")
        return found

    def _promised(self, promises: Promises) -> set[str]:
        below = promises.confirmed
        confirmed = {mark for number, mark in self._recording.updates.items() if mark and number < below}
        return confirmed | promises.shown | set(promises.receipts.values())

    def _unhandled(self, stores: Stores, promises: Promises) -> list[str]:
        numbers = (number for number in self._recording.updates if number < promises.confirmed)
        return [
            "an update was confirmed, and its effect is gone"
            for number in numbers
            if not stores.store.handled(UpdateId(number))
        ]

    def _copies(self, data: Path, promised: set[str]) -> list[str]:
        """Every promised text is there, and none is there twice."""
        sealed = [
            *rows(data / "work.db", "SELECT id, sealed FROM parts UNION ALL SELECT id, sealed FROM submitted_parts"),
            *rows(data / "vault.db", "SELECT id, sealed FROM parts"),
        ]
        # A part may rest in both files between two steps of a move; that is one part.
        found = Counter(self._mark(content) for _, content in dict(sealed).items())
        lost = ["an answer was acknowledged and is gone" for mark in promised if not found[mark]]
        return lost + ["an answer is there twice" for mark, times in found.items() if mark and times > 1]

    def _contributions(self, data: Path, stores: Stores, promises: Promises) -> list[str]:
        """After a move: what has a receipt is in the vault, whole, once, and nowhere else."""
        parts: dict[str, dict[PartId, Mapping[str, Any]]] = {}
        for part, contribution, sealed in rows(data / "vault.db", "SELECT id, contribution, sealed FROM parts"):
            parts.setdefault(contribution, {})[PartId(part)] = self._document(sealed)
        broken, marks = [], []
        for contribution, documents in parts.items():
            try:
                line = join(documents, ContributionId(contribution))
            except ConsultationError as error:
                broken.append(f"a contribution in the vault: {error.code}")
            else:
                marks += _MARK.findall(line["answers"]["recommendation"])
        if rows(data / "work.db", "SELECT 1 FROM submissions UNION ALL SELECT 1 FROM submitted_parts"):
            broken.append("a submission is left behind by the mover")
        for code, mark in promises.receipts.items():
            if marks.count(mark) != 1:
                broken.append(f"a receipt was shown, and its contribution is in the vault {marks.count(mark)} times")
            if stores.store.state(code) is not State.SUBMITTED:
                broken.append("a receipt was shown and is not known")
        return broken

    async def _exported(self, data: Path, stores: Stores, promises: Promises) -> list[str]:
        """What has a receipt is in the export that the key opens, once, and so is nothing that is not in the vault."""
        path = data.with_suffix(".zip")
        await bundle.write(path, stores.vault, [one.id for one in CONSULTATIONS])
        with bundle.read(path) as found:
            lines = list(opened(found, opener(self._recording.identity), 1))
        path.unlink()
        marks = Counter(mark for line in lines for mark in _MARK.findall(str(line["answers"]["recommendation"])))
        broken = [
            f"a receipt was shown, and its contribution is in the export {marks[mark]} times"
            for mark in promises.receipts.values()
            if marks[mark] != 1
        ]
        count = len(rows(data / "vault.db", "SELECT 1 FROM contributions"))
        return broken + ([] if count == len(lines) else ["the export and the vault hold different contributions"])

    def _mark(self, sealed: bytes) -> str | None:
        texts = json.dumps(self._document(sealed)["answers"])
        found = _MARK.search(texts)
        return found[0] if found else None

    def _document(self, sealed: bytes) -> Mapping[str, Any]:
        digest = hashlib.sha256(sealed).digest()
        if digest not in self._opened:
            self._opened[digest] = open_document(sealed, [self._recording.identity])
        return self._opened[digest]


@dataclass
class Tally:
    """What came of the cuts with one kind of loss."""

    cuts: int = 0
    open_writes: int = 0
    """Writes that were not safe, over all cuts."""
    broken: Counter[str] = field(default_factory=Counter)


async def cut(
    recording: Recording, folder: Path, count: int, *, seed: int = 1, losses: Sequence[Loss] = tuple(Loss), until: Now
) -> dict[Loss, Tally]:
    """Cut the power so often, in the order of the record; stops early once `until()` is below zero."""
    chance = Random(seed)
    # Only points after a change of the files differ from one another; each kind of loss gets its share of them.
    points = [at for at, call in enumerate(recording.calls) if not isinstance(call, syscalls.Sent)]
    chosen = Counter(chance.choice(points) for _ in range(count))
    drive, listener, inspection = Drive(recording.before), Listener(recording.marks), Inspection(recording)
    tallies = {loss: Tally() for loss in losses}
    turns = [losses[at % len(losses)] for at in range(count)]
    chance.shuffle(turns)
    for at, call in enumerate(recording.calls):
        if isinstance(call, syscalls.Sent):
            listener.take(call)
            continue
        drive.take(call)
        for _ in range(chosen[at]):
            if until() < 0:
                return tallies
            loss = turns.pop()
            tally = tallies[loss]
            tally.cuts += 1
            tally.open_writes += drive.waiting
            left = folder / "left"
            drive.lay_out(left, loss, chance)
            tally.broken.update(await _bounded(inspection.broken(left, listener.promises)))
            shutil.rmtree(left)
    return tallies


async def _bounded(inspection: Awaitable[list[str]]) -> list[str]:
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            return await inspection
    return ["the stores took longer than half a minute"]


def fast_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one: what is cut and opened again there needs no real drive."""
    shared = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)


def measure(extent: Extent, folder: Path) -> list[Result]:
    """A row for each kind of loss."""
    if syscalls.STRACE is None:
        note = "needs strace"
        return [Result(f"power cut: {loss.value}", "", 0, note=note, skipped=True) for loss in Loss]
    return asyncio.run(_measure(extent, folder))


async def _measure(extent: Extent, folder: Path) -> list[Result]:
    now = asyncio.get_running_loop().time
    end = now() + SECONDS[extent]
    progress("power_cut: recording")
    recording = await record(folder, PEOPLE[extent])
    progress(f"power_cut: {CUTS[extent]} cuts in a record of {len(recording.calls)} calls")
    with fast_folder() as fast:
        tallies = await cut(recording, Path(fast), CUTS[extent], until=lambda: end - now())
    return results(recording, tallies, CUTS[extent])


def results(recording: Recording, tallies: Mapping[Loss, Tally], wanted: int) -> list[Result]:
    """Tallies as rows of the table."""
    done = sum(tally.cuts for tally in tallies.values())
    note = f"one in {EXPORTED_EVERY} was exported too, and the export opened"
    note += "" if done == wanted else f"; {done} of {wanted} cuts in the time given"
    return [
        Result(
            f"power cut: {loss.value}",
            f"{tally.cuts} cuts in a record of {len(recording.calls)} calls and {len(recording.marks)} submissions, "
            f"{tally.open_writes / max(1, tally.cuts):.0f} writes not safe at a cut",
            tally.cuts,
            [f"{words} ({times} times)" for words, times in tally.broken.most_common(SAMPLE)],
            note,
        )
        for loss, tally in tallies.items()
    ]
