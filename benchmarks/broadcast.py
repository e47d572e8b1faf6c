"""Broadcasts: how much of the allowed rate is used on three models of the limit without a refusal, and after a pause
that Telegram asked for; and planning.

The bot is `micic run` on a real data folder with an approved broadcast; the server is `limited_telegram`.
Not here: a dialogue beside a broadcast, and a broadcast as fast as it goes (`beside`).
"""

import asyncio
import math
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from benchmarks.processes import started
from benchmarks.results import Goal, Results
from bot.app import SystemChance, SystemClock
from bot.core import outbox
from bot.core.outbox import Broadcast, BroadcastId, Form, Text
from bot.core.people import ChatId, Invite, Profile, Role, UpdateId
from bot.sealing import new_identity
from storage.factory import Stores, initialise, open_stores

TOKEN = "1:bench"
PAUSED = "30/s, a pause of 3 s"
AHEAD = 1.0
"""Seconds that a broadcast may take longer than the rate allows, before it counts as hung: this times four."""
PEOPLE = ((10_000, 100_000), (10_000, 100_000, 1_000_000))
"""Recipients that are planned, in a quick run and in a whole one."""


def measure(quick: bool, rounds: int) -> Results:
    """Each model in turn, then planning."""
    results = Results("broadcast", quick)
    count = 300 if quick else 1_800
    for _ in range(1 if quick else rounds):
        for model in ("bucket-5", "bucket-30", "strict"):
            _sent(results, f"30/s, {model}", count, 30, (model, 0, 50))
        _sent(results, PAUSED, 500, 30, ("pause-3", 0, 50))
        _sent(results, "1,000/s, bucket-50", 2_000 if quick else 10_000, 1_000, ("bucket-50", 20, 50))
    for name, number, floor, aim in (
        ("30/s, bucket-5", 10, 0.985, 0.995),
        ("30/s, strict", 11, 0.96, 0.975),
        ("1,000/s, bucket-50", 13, 0.95, 0.99),
    ):
        goal = Goal(number, f"share of the allowed rate, {name}", floor, aim)
        results.ratio(f"share of the allowed rate, {name}", f"{name}: messages/s", f"{name}: allowed/s", goal)
    goal = Goal(12, "share of the rate in the third and fourth second after a pause", 0.9, 0.95)
    results.ratio(
        "share of the rate regained after a pause", f"{PAUSED}: messages/s afterwards", f"{PAUSED}: allowed/s", goal
    )
    sizes = PEOPLE[not quick]
    for size in sizes:
        results.note(f"planning {size:,}: s", asyncio.run(_planned(size)))
    spans = [results.figures[f"planning {size:,}: s"][0] for size in sizes]
    exponent = math.log(spans[-1] / spans[0]) / math.log(sizes[-1] / sizes[0])
    results.note("planning: growth exponent", exponent)
    return results


def _sent(results: Results, name: str, count: int, rate: int, server: tuple[str, int, int]) -> None:
    """One broadcast from its first message to its last."""
    model, least, most = server
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        asyncio.run(approved(data, count))
        with started("benchmarks.limited_telegram", [model, rate, least, most]) as telegram:
            url = f"http://127.0.0.1:{telegram.hear()}"
            paid = {"MICIC_PAID_RATE": str(rate)} if rate > 30 else {}
            settings = {"MICIC_BOT_TOKEN": TOKEN, "MICIC_TELEGRAM_URL": url, "MICIC_DATA_DIR": str(data), **paid}
            with started("bot", ["run"], settings):
                until = time.monotonic() + 4 * (count / rate + AHEAD) + 30
                seen = {"messages": 0.0}
                while seen["messages"] < count and time.monotonic() < until:
                    time.sleep(0.5)
                    telegram.say("seen")
                    seen = telegram.hear()
        results.note(f"{name}: messages/s", (seen["messages"] - 1) / max(seen["seconds"], 0.001))
        results.note(f"{name}: allowed/s", rate)
        results.note(f"{name}: refusals", seen["refused"])
        results.note(f"{name}: missing or twice", count - seen["messages"] + seen["twice"])
        if name == PAUSED:
            results.note(f"{name}: calls within the pause", seen["within"])
            results.note(f"{name}: messages/s afterwards", seen["afterwards"] / 2)


async def approved(data: Path, count: int) -> None:
    """A data folder with so many people who want news, and a broadcast that two agreed on."""
    clock, chance = SystemClock(), SystemChance()
    await initialise(data, [new_identity().recipient for _ in range(2)], clock, chance)
    async with open_stores(data, clock, chance) as stores:
        await approve(stores, count, clock.now())


async def approve(stores: Stores, count: int, now: float) -> None:
    """Put so many people who want news into the stores, chats from 1 on, and a broadcast that two agreed on."""
    profile = Profile("en", True, "1", ("eeca",), ("eeca",))
    for chats in _groups(range(1, count + 1)):
        await asyncio.gather(*(stores.store.keep_profile(ChatId(chat), profile) for chat in chats))
    for at in (1, 2):
        token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
        await stores.store.redeem(UpdateId(at), ChatId(-at), token)
    ana, bo = stores.outbox.actor(ChatId(-1)), stores.outbox.actor(ChatId(-2))
    one = Broadcast(
        BroadcastId("0" * 12), "eeca", texts={"en": Text("Good morning")}, form=Form.FULL,
        quiet=outbox.Quiet(0, 0), writers=(ana,),
    )  # fmt: skip
    one = await stores.outbox.keep(one)
    one = await stores.outbox.keep(outbox.proposed(outbox.previewed(one), ana, now))
    await stores.outbox.keep(outbox.approved(one, bo, one.digest, now, 0.0))


def _groups(chats: range, size: int = 200) -> Iterable[range]:
    return (chats[at : at + size] for at in range(0, len(chats), size))


async def _planned(size: int) -> float:
    """Seconds to freeze so many recipients."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        await approved(data, 1)
        with closing(sqlite3.connect(data / "contacts.db")) as connection, connection:
            # Made by SQL: sealing a million chats would take minutes and is not what is measured.
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                " INSERT INTO contacts SELECT randomblob(32), 'eeca', 'en', randomblob(300), 4000000000 FROM n",
                (size - 1,),
            )
        clock, chance = SystemClock(), SystemChance()
        async with open_stores(data, clock, chance) as stores:
            (one,) = stores.outbox.broadcasts()
            began = time.perf_counter()
            planned = await stores.outbox.plan(one)
            assert planned.planned == size
            return time.perf_counter() - began
