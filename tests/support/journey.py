"""One journey for several tests: the whole corpus sent by as many people at once, through a bot that is killed often.

Everything that the server kept is left in place for whoever looks: its data folder, and a copy of it as it stood after
every kill, when drafts are open and nothing was tidied. Not here: what has to be true afterwards (`tests/journeys`).
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import SystemChance, SystemClock
from bot.core.consultations import CONSULTATIONS, Intake
from bot.player import Manner, Player, Record, Town, corpus
from bot.questionnaires.library import form
from bot.sealing import new_identity, write_identity
from locales.catalogue import Catalogue
from storage.factory import initialise, open_stores
from tests.support.bot import FAR
from tests.support.emulator import Emulator
from tests.support.process import BotProcess, environment

TOKEN = "1000:Distinctive-Token-Of-The-Journey-Test"
SECONDS = 100.0
"""For everything; far more than it takes."""
PATIENCE = 30.0
"""Longer than two starts of the bot on a busy machine: nobody should have to look again."""


@dataclass(frozen=True)
class Somebody:
    """A person of the journey, by all that could give them away."""

    name: str
    username: str
    number: int
    record: Record
    receipt: str
    shown: frozenset[str]
    """Every receipt that was ever shown in this chat."""
    player: Player


@dataclass(frozen=True)
class Journey:
    """What was done and what is left of it."""

    people: tuple[Somebody, ...]
    kills: tuple[str, ...]
    starts: int
    exit_code: int
    seconds: float
    data_dir: Path
    keys: tuple[Path, Path]
    """Outside of everything that the server keeps."""
    kept: Path
    """The server's side: the data folder, copies of it, logs, temporary files."""
    violations: Any


class Moments:
    """Kills the bot at the given moments, as the emulator hears of them, and starts it again.

    The emulator tells in the midst of a request: what the bot asked for has happened, and it does not know yet.
    """

    def __init__(self, bot: BotProcess, copies: Path, data_dir: Path) -> None:
        self._bot = bot
        self._copies = copies
        self._data_dir = data_dir
        self.sent = self.saved = 0
        """Messages of the bot; those among them that show a recommendation just written."""
        self.receipts: set[str] = set()
        self.kills: list[str] = []
        self._ahead: list[tuple[str, Callable[[], bool]]] = [
            ("30 messages of the bot", lambda: self.sent >= 30),
            # Now some of those texts are kept, and Telegram was not told yet: they come again.
            ("fifteen texts saved", lambda: self.saved >= 15),
            ("the first receipt", lambda: len(self.receipts) >= 1),
            ("ten receipts", lambda: len(self.receipts) >= 10),
            ("forty receipts", lambda: len(self.receipts) >= 40),
        ]
        self._starts = [record.text[:40] for record in corpus()]
        self._killed = asyncio.Event()

    def hear(self, event: dict[str, Any]) -> None:
        """A listener of the emulator's world."""
        if event["type"] == "message" and not event["message"]["outgoing"]:
            self.sent += 1
            self.saved += any(start in event["message"].get("text", "") for start in self._starts)
            self.receipts |= receipts_in(event["message"])
        if self._ahead and not self._killed.is_set() and self._ahead[0][1]():
            self._bot.kill()
            self.kills.append(self._ahead.pop(0)[0])
            self._killed.set()

    async def revive(self) -> None:
        """Start the bot again after each kill; ends after the last."""
        while True:
            await self._killed.wait()
            await self._bot.ended()
            await asyncio.to_thread(shutil.copytree, self._data_dir, self._copies / str(len(self.kills)))
            await self._bot.start()
            self._killed.clear()
            if not self._ahead:
                return


def receipts_in(message: dict[str, Any]) -> set[str]:
    """The digits that buttons of a message offer to copy."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return {button["copy_text"]["text"] for row in rows for button in row if "copy_text" in button}


async def travel(folder: Path) -> Journey:
    """Play the whole corpus."""
    began = time.monotonic()
    kept = folder / "server"
    data_dir, copies, spare = kept / "data", kept / "copies", kept / "tmp"
    for made in (copies, spare, folder / "keys"):
        made.mkdir(parents=True)
    keys = (folder / "keys" / "secretariat.txt", folder / "keys" / "backup.txt")
    await _found(data_dir, keys)
    async with Emulator(TOKEN) as emulator, asyncio.timeout(SECONDS):
        surroundings = environment(
            data_dir,
            spare,
            bot_token=TOKEN,
            telegram_url=emulator.url,
            log_level="debug",
            log_format="json",
            send_rate="0",
            burst="0",
            move_every="0.3",
        )
        bot = BotProcess(surroundings, kept / "bot.log")
        moments = Moments(bot, copies, data_dir)
        async with Town(emulator.url) as town:
            people = await _people(town)
            emulator.running.world.listeners.append(moments.hear)
            await bot.start()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(moments.revive())
                    played = [group.create_task(player.play(SECONDS - 10)) for player in people]
            finally:
                if bot.running.returncode is None:
                    code = await bot.stop()
        return Journey(
            people=tuple(
                _somebody(at, player, task.result())
                for at, (player, task) in enumerate(zip(people, played, strict=True))
            ),
            kills=tuple(moments.kills),
            starts=bot.starts,
            exit_code=code,
            seconds=time.monotonic() - began,
            data_dir=data_dir,
            keys=keys,
            kept=kept,
            violations=await emulator.violations(),
        )


async def _found(data_dir: Path, keys: tuple[Path, Path]) -> None:
    """A server with two keys and all consultations open."""
    identities = [new_identity() for _ in keys]
    for path, identity in zip(keys, identities, strict=True):
        write_identity(path, identity)
    clock, chance = SystemClock(), SystemChance()
    await initialise(data_dir, [identity.recipient for identity in identities], clock, chance)
    async with open_stores(data_dir, clock, chance) as stores:
        for consultation in CONSULTATIONS:
            await stores.registry.set_intake(consultation.id, Intake(open=True, until=FAR))


def _card(at: int) -> dict[str, str]:
    """Names that nothing else in the world contains."""
    return {"first_name": f"Ümmüquill Vær {at:03d}", "username": f"ummuquill_vaer_{at:03d}"}


async def _people(town: Town) -> list[Player]:
    catalogue, recommendation, manners = Catalogue.load(), form("recommendation"), list(Manner)
    return [
        Player(
            await town.person(language_code=record.lang, **_card(at)),
            record,
            manners[at % len(manners)],
            catalogue,
            recommendation,
            PATIENCE,
        )
        for at, record in enumerate(corpus())
    ]


def _somebody(at: int, player: Player, receipt: str) -> Somebody:
    shown = {digits for message in player.phone.messages.values() for digits in receipts_in(message)}
    card = _card(at)
    return Somebody(
        card["first_name"], card["username"], player.phone.number, player.record, receipt, frozenset(shown), player
    )
