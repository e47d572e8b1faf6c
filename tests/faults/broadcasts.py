"""Broadcasts: killed at any moment and between any two writes, while Telegram refuses, breaks, hangs and loses answers.

Nobody gets a message twice but by a marked second broadcast to those in doubt, which two persons approved; nobody is
forgotten; what the ledger says is what happened. Not here: dialogues (`kill_sweep`), the rules of approval.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bot.app import SystemChance, SystemClock
from bot.core import outbox
from bot.core.outbox import Act, Broadcast, BroadcastId, Form, Phase, State, Text
from bot.core.people import ChatId, Invite, Profile, Role, UpdateId
from bot.crashpoints import POINTS
from storage import keys
from storage.factory import Stores, open_stores
from tests.faults.result import Extent, Result
from tests.faults.stand import TOKEN, found
from tests.support.emulator import Emulator
from tests.support.leaks import Needles
from tests.support.process import BotProcess, environment

LANGUAGES = ("en", "fr", "ar", "ru")
ANA, BO = ChatId(9_000_000_001), ChatId(9_000_000_002)
"""Two organizers, who write nothing in this."""
NAMES = (*sorted(point for point in POINTS if point.startswith("ledger")), "before_send", "after_send")
"""Crash points that a broadcast passes."""
ONCE = ("ledger_unplanned", "ledger_planned")
IN_TURN = (*ONCE, *(name for name in NAMES if name not in ONCE))
BODY = "Body of the broadcast"
REACHES_WITHIN = 15.0
"""Seconds, a start on a busy machine included."""
MISSED_AFTER = 25
"""Messages after which a bot that should have died at a point is killed where it is."""
FINISHES_WITHIN = 240.0
STORMS: tuple[dict[str, Any], ...] = (
    {"kind": "429", "retry_after": 1},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "hang", "seconds": 3},
    {"kind": "timeout_after_delivery", "seconds": 3},
    {"kind": "reset_after_delivery"},
)


@dataclass(frozen=True)
class Size:
    """How many people and kills."""

    people: int
    kills: int
    rate: int


SIZES = {
    Extent.SMOKE: Size(people=60, kills=4, rate=40),
    Extent.QUICK: Size(people=300, kills=20, rate=40),
    Extent.WHOLE: Size(people=1_500, kills=200, rate=60),
}


def measure(extent: Extent, folder: Path, seed: int = 1) -> list[Result]:
    """One broadcast through all of it, and the marked second one."""
    return asyncio.run(_measure(SIZES[extent], folder, seed))


async def _measure(size: Size, folder: Path, seed: int) -> list[Result]:
    async with AsyncExitStack() as stack:
        emulator = await stack.enter_async_context(Emulator(TOKEN))
        scene = await prepared(folder, emulator, size, Random(seed))
        stack.push_async_callback(scene.end)
        await scene.kill_often()
        await scene.finish()
        first = await scene.verdict(scene.first, marked=False)
        unknown = await scene.in_state(State.UNKNOWN)
        again = await scene.second()
        await scene.finish(again)
        second = await scene.verdict(again, marked=True)
        if size.kills >= 3 * len(NAMES):
            first += [f"{point} was never reached" for point in NAMES if not scene.points[point]]
        rows = [
            Result(
                "broadcasts: kills and storms",
                f"{size.people:,} recipients, {scene.kills} kills, {scene.faults} faults of Telegram",
                scene.kills + scene.faults,
                first,
                f"{len(unknown)} in doubt, of whom {len(unknown & set(scene.got))} had got it",
            )
        ]
        if unknown:
            what = f"{len(unknown)} marked copies"
            rows.append(Result("broadcasts: once more to those in doubt", what, len(unknown), second))
        return rows


@dataclass
class Scene:
    """One server, its people, and what they got."""

    folder: Path
    emulator: Emulator
    chance: Random
    size: Size
    bot: BotProcess
    chats: list[ChatId]
    first: BroadcastId
    got: Counter[ChatId] = field(default_factory=Counter)
    got_again: Counter[ChatId] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    faults: int = 0
    started: bool = False
    _sent: asyncio.Condition = field(default_factory=asyncio.Condition)
    _seen: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def data(self) -> Path:
        """The bot's folder."""
        return self.folder / "server" / "data"

    def hear(self, event: dict[str, Any]) -> None:
        """A listener of the emulator's world."""
        if event["type"] != "message" or event["message"]["outgoing"]:
            return
        text = event["message"].get("text", "")
        if BODY in text:
            (self.got if text.startswith(BODY) else self.got_again)[ChatId(event["person"])] += 1
            self._seen.set()

    # Killing

    async def kill_often(self) -> None:
        """Every kill, each a few messages after the last."""
        for number in range(self.size.kills):
            await self._storm()
            point = self.chance.choice(NAMES) if number % 2 else None
            # Each point is tried while many still wait: where nothing is sent any more, hardly any is passed.
            early = number < len(IN_TURN)
            await self._one_life(IN_TURN[number] if early else point, number, first=early)

    async def _one_life(self, point: str | None, number: int, *, first: bool) -> None:
        remaining = max(1, len(self.chats) - len(self.got))
        fair = max(1, remaining // max(1, self.size.kills - number))
        most = 3 if (point or "").startswith("ledger") else fair + 2
        passage = 1 if first or point in ONCE else self.chance.randrange(1, most)
        await self.bot.start(**({"crash": f"{point}:{passage}"} if point else {}))
        self.started = True
        # One that does not come to its point must not serve all the others in the meantime.
        wanted = len(self.got) + (MISSED_AFTER + fair if point else self.chance.randrange(0, 2 * fair + 1))
        with suppress(TimeoutError):
            async with asyncio.timeout(REACHES_WITHIN if point else REACHES_WITHIN / 3):
                while self.bot.running.returncode is None and len(self.got) < wanted:
                    await self._next_message()
                if not point:
                    await asyncio.sleep(self.chance.random() * 0.03)
        if self.bot.running.returncode is None:
            self.bot.kill()
        elif point:
            self.points[point] += 1
        await self.bot.ended()
        self.kills += 1

    async def _next_message(self) -> None:
        self._seen.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await self._seen.wait()

    async def _storm(self) -> None:
        """Telegram misbehaves a few times, now and then."""
        faults = self.emulator.running.requests.faults
        faults.clear()
        if self.chance.random() < 0.6:
            times = self.chance.randrange(1, 5)
            faults.order({**self.chance.choice(STORMS), "method": "sendMessage", "times": times})
            self.faults += times

    async def finish(self, broadcast: BroadcastId | None = None) -> None:
        """A bot that is left alone comes to the end. Raises TimeoutError."""
        self.emulator.running.requests.faults.clear()
        await self.bot.start()
        self.started = True
        async with asyncio.timeout(FINISHES_WITHIN):
            while True:
                await asyncio.sleep(0.3)
                async with self._stores() as stores:
                    found = stores.outbox.broadcast(broadcast or self.first)
                    if found is not None and found.phase is Phase.DONE:
                        break
        await self.bot.stop()

    async def end(self) -> None:
        """Whatever still runs is killed."""
        if self.started and self.bot.running.returncode is None:
            self.bot.kill()
            await self.bot.ended()

    # Looking

    def _stores(self) -> Any:
        return open_stores(self.data, SystemClock(), SystemChance())

    async def ledger(self, broadcast: BroadcastId) -> dict[ChatId, State]:
        """What the ledger says of each chat."""
        tags = keys.load(self.data).tags
        by_tag = {bytes(tags.contact(chat, "eeca")): chat for chat in self.chats}
        async with self._stores() as stores:
            rows = stores._files.ledger.database.read("SELECT tag, state FROM ledger WHERE broadcast = ?", (broadcast,))
        return {by_tag[tag]: State(state) for tag, state in rows}

    async def in_state(self, state: State) -> set[ChatId]:
        """Chats of the first broadcast in a state."""
        return {chat for chat, found in (await self.ledger(self.first)).items() if found is state}

    async def second(self) -> BroadcastId:
        """The marked copy for those in doubt, approved by two."""
        async with self._stores() as stores:
            over = stores.outbox.broadcast(self.first)
            assert over is not None
            ana = stores.outbox.actor(ANA)
            new = outbox.followed(over, Act.RESEND, BroadcastId("2" * 12), ana, SystemClock().now())
            await agree(stores, new)
            return new.id

    async def verdict(self, broadcast: BroadcastId, *, marked: bool) -> list[str]:
        """Every promise that is broken."""
        ledger = await self.ledger(broadcast)
        got = self.got_again if marked else self.got
        wanted = await self.in_state(State.UNKNOWN) if marked else set(self.chats)
        found = [f"somebody got it {count} times" for count in got.values() if count > 1]
        if set(ledger) != wanted:
            found.append(f"{len(wanted - set(ledger))} forgotten, {len(set(ledger) - wanted)} too many")
        found += _told(ledger, got)
        async with self._stores() as stores:
            kept = stores.outbox.broadcast(broadcast)
            counts = stores.outbox.counts(broadcast)
        if kept is None or kept.planned != len(wanted) or sum(counts.values()) != len(wanted):
            found.append("the report does not add up")
        found += self._leaks()
        return found

    def _leaks(self) -> list[str]:
        needles = Needles()
        for chat in self.chats[:20]:
            needles.add_number("chat", chat)
        needles.add_whole("text", BODY)
        files = sorted(path for path in (self.folder / "server").rglob("*") if path.is_file())
        return [f"{leak.what} in {leak.file} as {leak.form}" for leak in needles.search(files, self.folder)]


def _told(ledger: dict[ChatId, State], got: Counter[ChatId]) -> Iterable[str]:
    """Where the ledger says otherwise than what happened."""
    for chat, state in ledger.items():
        times = got[chat]
        if state is State.ACCEPTED and times != 1:
            yield f"accepted, and got {times} times"
        elif state in (State.BLOCKED, State.GONE, State.FAILED, State.REFUSED) and times:
            yield f"{state}, and got"
        elif state in (State.WAITING, State.TRYING, State.LEFT):
            yield f"left as {state}"
    if strangers := set(got) - set(ledger):
        yield f"{len(strangers)} got it who are not in the ledger"


async def agree(stores: Stores, broadcast: Broadcast) -> Broadcast:
    """Proposed by one, approved by another, without a window to cancel."""
    now, (ana, bo) = SystemClock().now(), [stores.outbox.actor(chat) for chat in (ANA, BO)]
    kept = await stores.outbox.keep(broadcast)
    kept = await stores.outbox.keep(outbox.proposed(outbox.previewed(kept), ana, now))
    return await stores.outbox.keep(outbox.approved(kept, bo, kept.digest, now, 0.0))


async def prepared(folder: Path, emulator: Emulator, size: Size, chance: Random) -> Scene:
    """People who want news, some of whom blocked the bot or are gone, and an approved broadcast."""
    kept = folder / "server"
    spare = kept / "tmp"
    key_files = (folder / "keys" / "secretariat.txt", folder / "keys" / "backup.txt")
    for made in (spare, key_files[0].parent):
        made.mkdir(parents=True)
    data = kept / "data"
    await found(data, key_files)
    world = emulator.running.world
    chats = []
    async with open_stores(data, SystemClock(), SystemChance()) as stores:
        for at in range(size.people):
            person = world.add_person(language_code=LANGUAGES[at % len(LANGUAGES)])
            world.chats[person.id].started = True
            person.blocked = chance.random() < 0.03
            person.deactivated = chance.random() < 0.02
            chats.append(ChatId(person.id))
        await asyncio.gather(
            *(
                stores.store.keep_profile(
                    chat, Profile(LANGUAGES[at % len(LANGUAGES)], True, "1", ("eeca",), ("eeca",))
                )
                for at, chat in enumerate(chats)
            )
        )
        for at, organizer in enumerate((ANA, BO)):
            token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
            await stores.store.redeem(UpdateId(at + 1), organizer, token)
        one = Broadcast(
            BroadcastId("1" * 12), "eeca", texts={"en": Text(f"{BODY}, in English"), "ar": Text(f"{BODY}: عربي")},
            form=Form.FULL, quiet=outbox.Quiet(0, 0), writers=(stores.outbox.actor(ANA),),
        )  # fmt: skip
        await agree(stores, one)
    surroundings = environment(
        data, spare, bot_token=TOKEN, telegram_url=emulator.url, log_level="info", log_format="json",
        send_rate=str(size.rate), burst="0", move_every="60",
    )  # fmt: skip
    scene = Scene(folder, emulator, chance, size, BotProcess(surroundings, kept / "bot.log"), chats, one.id)
    world.listeners.append(scene.hear)
    return scene
