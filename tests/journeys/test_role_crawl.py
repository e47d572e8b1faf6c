"""A participant, and somebody who never began, try every command, every button that we can spell and every sort of
invite: they learn nothing about anybody, and change nothing but what is their own.

The forms of buttons are made from `handlers.buttons` itself: a new one whose values are not known here fails.
"""

import asyncio
import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import events as on
from bot.core.contributions import ContributionId, Receipt
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.questionnaire import StepId
from bot.core.people import ChatId, Invite, Role
from handlers import buttons
from handlers.commands import COMMANDS
from storage import keys
from tests.journeys.test_asking import QUESTION, arrived, ask, noon, opened, organizer
from tests.journeys.test_participant import asked, say
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Person

SECRET = "The harbour clinic at the old market"
NO_FORMS = {"parse"}
NAMED: dict[str, tuple[str, ...]] = {
    "code": ("fr", "xx"),
    "version": ("1", "99", "f" * 16),
    "choice": ("telegram", "never"),
    "consultation": ("wca", "nowhere"),
    "topic": ("micic", "nothing"),
    "name": ("Africa/Dakar", "Nowhere"),
    "dialogue": ("recommendation", "nothing"),
    "language": ("", "fr"),
    "argument": ("", "done"),
    "point": ("0123456789abcdef", "f" * 16),
}
"""Values for texts, by the name of the parameter; those that name something of others come from `Target`."""


@dataclass(frozen=True)
class Target:
    """Ids in buttons: of things that are there, or of things that are nowhere."""

    draft: Draft
    broadcast: str
    inquiry: str
    target: str
    """Name of an invite."""
    receipt: Receipt
    briefing: str = "0" * 12

    def values(self, name: str, hint: Any) -> tuple[Any, ...]:
        """What to give for a parameter. Raises for one that nobody has thought of."""
        if hint is Draft:
            return (self.draft,)
        if hint is Receipt:
            return (self.receipt,)
        if name in ("broadcast", "inquiry", "target", "briefing"):
            return (getattr(self, name),)
        if get_args(hint):
            inner = next(one for one in get_args(hint) if one is not type(None))
            return (None, *self.values(name, inner))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return tuple(hint)
        if hint is bool:
            return (True, False)
        if hint is int:
            return (0,)
        return NAMED[name]


def spelling() -> list[Callable[..., str]]:
    """Every function of the module that spells a button."""
    return [
        function
        for name, function in inspect.getmembers(buttons, inspect.isfunction)
        if function.__module__ == buttons.__name__ and not name.startswith("_") and name not in NO_FORMS
    ]


def constants() -> list[str]:
    """Buttons without values; the one that erases everything last."""
    found = [value for name, value in vars(buttons).items() if name.isupper() and isinstance(value, str)]
    return sorted(found, key=lambda data: data == buttons.FORGET)


def forms(target: Target) -> Iterator[tuple[Callable[..., str], str]]:
    for function in spelling():
        hints = get_type_hints(function)
        names = list(inspect.signature(function).parameters)
        for values in product(*(target.values(name, hints[name]) for name in names)):
            yield function, function(**dict(zip(names, values, strict=True)))


def test_every_form_is_one_that_parses() -> None:
    draft = Draft(ContributionId("0" * 32), "eeca", "recommendation", "1", "en", "2026-01-01", "1", StepId("phase"))
    target = Target(draft, "0" * 12, "0" * 12, "0" * 12, Receipt("0" * 16))
    spelled = list(forms(target))
    assert {function for function, _ in spelled} == set(spelling())
    meant = {type(buttons.parse(data)) for _, data in spelled} | {type(buttons.parse(data)) for data in constants()}
    assert {on.Composes, on.Handles, on.Asks, on.Presses, on.Forgets, on.Signs} <= meant
    understood = [function for function, data in spelled if not isinstance(buttons.parse(data), on.Unknown)]
    assert set(understood) == set(spelling())
    assert all(len(data.encode()) <= 64 for _, data in spelled)


@given(st.text(max_size=64) | st.from_regex(r"[a-z]{1,2}:[a-z]{2}(:[0-9a-f]{12}(:[a-z]{1,12})?)?", fullmatch=True))
def test_whatever_is_in_a_button_has_a_meaning_or_none(data: str) -> None:
    assert buttons.parse(data) is not None


def rows(bot: Bot, own: set[bytes]) -> set[tuple[Any, ...]]:
    """All rows of all stores but those of these tags, and but the numbers of updates and of how many came."""
    found = set()
    for path in sorted(bot.data_dir.glob("*.db")):
        with closing(sqlite3.connect(path)) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                if table not in ("updates", "figures"):  # whoever comes and begins is counted
                    for row in connection.execute(f"SELECT * FROM {table}"):
                        if not own & {value for value in row if isinstance(value, bytes)}:
                            found.add((path.name, table, *row))
    return found


@dataclass
class Crawler:
    """Somebody who tries things, and what came back each time."""

    bot: Bot
    person: Person
    first: int
    """Number of a message whose buttons are pressed."""
    last: int = 0
    """Of the bot's requests, the last that was looked at."""

    async def _answer(self, seen: Callable[[list[dict[str, Any]]], bool]) -> list[str]:
        """What the bot did until it had nothing more to send to us, without what differs each time."""
        done: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while True:
                idle = not self.bot.service.conversing.busy
                more = await self.bot.emulator.recorded(since=self.last, wait=0.0 if seen(done) else 5.0)
                done += more
                self.last = max((row["n"] for row in more), default=self.last)
                if idle and not more and seen(done):
                    break
        shown = []
        for row in done:
            if row["method"] in ("sendMessage", "editMessageText", "answerCallbackQuery"):
                assert row["params"].get("chat_id") in (None, self.person.id), "somebody else was told something"
                said = f"{row['params'].get('text')} {row['params'].get('reply_markup')}"
                shown.append(re.sub(r"d:[0-9a-f]{8}:\d+|r:[a-z]+|[0-9a-f]{12,}", "…", said))
        return shown

    async def tap(self, data: str) -> list[str]:
        query = await self.person.tap(self.first, data)
        return await self._answer(lambda done: any(row["params"].get("callback_query_id") == query for row in done))

    async def say(self, text: str) -> list[str]:
        await self.person.send(text)
        return await self._answer(lambda done: any(row["method"] == "sendMessage" for row in done))

    async def start(self, payload: str) -> list[str]:
        await self.person.start(payload)
        return await self._answer(lambda done: any(row["method"] == "sendMessage" for row in done))


async def a_busy_place(bot: Bot) -> tuple[Target, Person]:
    """Others with a draft, a question, a broadcast and a receipt; what all of that is called."""
    victim, runner = await arrived(bot, "Victim"), await organizer(bot, "Runner")
    await ask(victim, QUESTION)
    await opened(runner)
    await runner.press(say("inquiries.b.take"))
    await runner.wait_for_text(say("inquiries.is.mine"))
    await victim.press(say("home.begin"))
    await asked(victim, 1)
    await victim.press("2 ·")
    await asked(victim, 2)
    await victim.press(say("dialogue.skip"))
    await asked(victim, 3)
    await victim.send(SECRET)
    shown = await runner.wait_for_text(say("inquiries.is.mine"))
    await runner.tap(shown["message_id"], buttons.compose(on.Compose.NEW, "", "eeca"))
    outbox = bot.service.stores.outbox
    await runner.wait_until(lambda _: bool(outbox.broadcasts()))
    session = bot.service.stores.store.session(ChatId(victim.id))
    assert session is not None
    assert session.draft is not None
    (inquiry,) = bot.service.stores.store.inquiries.inquiries()
    await bot.service.inquiring.round()
    await bot.service.stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 30, None, "harbour")
    invite = next(one.id for one in bot.service.stores.registry.invites() if one.label)
    return Target(session.draft, outbox.broadcasts()[0].id, inquiry.id, invite, Receipt("1" * 16)), victim


def nowhere(target: Target) -> Target:
    draft = replace(target.draft, contribution=ContributionId("f" * 32))
    return Target(draft, "f" * 12, "f" * 12, "f" * 12, Receipt("2" * 16))


async def still(bot: Bot) -> None:
    """Nothing is on its way or being noted any more."""
    async with asyncio.timeout(20):
        while bot.service.conversing.busy:
            await bot.emulator.update_count()
    await bot.service.tidying.round()
    await bot.emulator.update_count()


def own_tags(bot: Bot, person: Person) -> set[bytes]:
    tags, chat = keys.load(bot.data_dir).tags, ChatId(person.id)
    contacts = {tags.contact(chat, one) for one in ("sesea", "eeca", "wca", "sca", "mena", "esa")}
    return {
        tags.draft(chat),
        tags.person(chat),
        tags.role(chat),
        tags.asker(chat),
        tags.duty(chat),
        tags.code_owner(chat),
        *contacts,
    }


async def crawl(crawler: Crawler, target: Target) -> None:
    """Everything; whatever names something of others is answered as if it were nowhere."""
    missing = nowhere(target)
    for (function, data), (_, other) in zip(forms(target), forms(missing), strict=True):
        hidden = {"draft", "broadcast", "inquiry", "target"} & set(inspect.signature(function).parameters)
        answers = []
        for one in (data, other) if hidden else (data,):
            if hidden:
                await crawler.tap(buttons.opens(on.Page.HOME))
            answers.append(await crawler.tap(one))
        assert len(answers) < 2 or answers[0] == answers[1], data
    for command in COMMANDS:
        if command.roles:
            unknown = await crawler.say("/nothing")
            assert await crawler.say(f"/{command.name}") == unknown, command.name
        else:
            await crawler.say(f"/{command.name}")
        await crawler.say(f"/{command.name} {target.inquiry}")
    for data in constants():
        await crawler.tap(data)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("began", [True, False])
async def test_a_participant_and_nobody_try_everything(tmp_path: Path, began: bool) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        target, _ = await a_busy_place(bot)
        if began:
            person = await arrived(bot, "Crawler")
        else:
            person = await bot.emulator.person(language_code="en", first_name="Nobody")
            await person.start()
            await person.wait_for_text(say("language.choose"))
        own = own_tags(bot, person)
        await still(bot)
        before = rows(bot, own)
        assert len(before) > 5
        last = max(row["n"] for row in await bot.emulator.recorded())
        await crawl(Crawler(bot, person, (await person.received())[0]["message_id"], last), target)
        learned = str(await person.received())
        assert not any(secret in learned for secret in (SECRET, QUESTION, "Victim"))
        await still(bot)
        after = rows(bot, own)
        assert after == before, {row[:2] for row in after ^ before}


async def test_every_sort_of_invite_that_does_not_hold_is_refused_alike(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        registry = bot.service.stores.registry
        used = await registry.new_invite(Invite(Role.ORGANIZER, None), 1, None)
        expired = await registry.new_invite(Invite(Role.SECRETARIAT, None), 5, clock.time + 10)
        other = await bot.emulator.person(language_code="en")
        await other.start(used)
        await other.press("English")
        await accept(other)  # only now it is used up
        await other.wait_for_text(say("join.title"))
        clock.time += 60
        person = await arrived(bot, "Crawler")
        last = max(row["n"] for row in await bot.emulator.recorded())
        crawler = Crawler(bot, person, (await person.received())[0]["message_id"], last)
        await still(bot)
        own = own_tags(bot, person)
        before = rows(bot, own)
        answers = [await crawler.start(payload) for payload in (used, expired, "A" * 22, "x", "eeca-organizer")]
        assert all(say("error.invite_unknown") in " ".join(answer) for answer in answers)
        assert all(answer == answers[0] for answer in answers)
        assert bot.service.stores.store.grants(ChatId(person.id)) == ()
        await still(bot)
        assert rows(bot, own) == before
