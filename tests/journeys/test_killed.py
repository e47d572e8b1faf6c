"""kill -9 around what a receipt can do: after a restart one version stands, and receipt and export agree about it.

The bot is killed when the person is one tap away, started armed, and dies at the point on the way of that tap.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.consultations import Access, Intake
from bot.core.contributions import ContributionId, Receipt, Standing, State
from bot.core.people import ChatId, Invite, Role
from bot.core.points import Point, Publication
from bot.exports import bundle, opening
from bot.sealing import Identity, new_identity, open_document
from storage.factory import Stores, initialise, open_stores
from tests.journeys.test_control import answer_again
from tests.journeys.test_participant import say
from tests.journeys.test_withdrawal import handed_in
from tests.support.arrival import KEYS, accept
from tests.support.bot import FAR
from tests.support.emulator import Emulator, Person
from tests.support.process import BotProcess, environment

PATIENCE = 60.0
POINT = Point("clinics", ("eeca",), "2026-11-20", {"en": "Clinics"}, {"en": "Clinics are open to all."})


@dataclass(frozen=True)
class Stand:
    """A bot that can be killed, a person, and what rests on disk."""

    folder: Path
    emulator: Emulator
    bot: BotProcess
    person: Person
    identities: tuple[Identity, Identity]

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[Stores]:
        async with open_stores(self.folder / "data", SystemClock(), SystemChance()) as stores:
            yield stores

    async def dies_at(self, point: str, label: str) -> None:
        """The tap that is killed on its way, and the bot afterwards."""
        self.bot.kill()
        await self.bot.ended()
        await self.bot.start(crash=point)
        await self.person.press(label)
        async with asyncio.timeout(PATIENCE):
            await self.bot.ended()
        await self.bot.start()

    async def exported(self, name: str, since: str | None = None) -> dict[str, dict[str, Any]]:
        """The lines of an export, the same with either key."""
        found = []
        path = self.folder / f"{name}.zip"
        async with self.stores() as stores:
            await stores.vault.move()
            await bundle.write(path, stores.vault, ["eeca"], since)
        for key in self.identities:
            with bundle.read(path) as read:
                lines = list(opening.opened(read, partial(open_document, identities=[key]), workers=1))
            found.append({line["contribution"]: line for line in lines})
        assert found[0] == found[1]
        return found[0]

    async def submitted(self, name: str) -> dict[str, Any]:
        """The one version that stands; all others are tombstones without text."""
        lines = await self.exported(name)
        assert all(line["answers"] == {} for line in lines.values() if line["state"] != "submitted")
        (standing,) = [line for line in lines.values() if line["state"] == "submitted"]
        return standing


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Stand]:
    identities = (new_identity(), new_identity())
    data, spare = folder / "data", folder / "tmp"
    spare.mkdir()
    await initialise(data, [identity.recipient for identity in identities], SystemClock(), SystemChance())
    async with open_stores(data, SystemClock(), SystemChance()) as stores:
        await stores.registry.set_intake("eeca", Intake(open=True, until=FAR))
    async with Emulator() as emulator:
        surroundings = environment(
            data, spare, bot_token=emulator.token, telegram_url=emulator.url, send_rate="0", burst="0", move_every="0.2"
        )
        bot = BotProcess(surroundings, folder / "bot.log")
        await bot.start()
        person = await emulator.person(language_code="en")
        try:
            yield Stand(folder, emulator, bot, person, identities)
        finally:
            bot.kill()
            await bot.ended()


async def arrived(stand: Stand) -> Receipt:
    await stand.person.start("eeca")
    await stand.person.wait_for_text("Welcome", deadline=PATIENCE)
    await stand.person.press("English")
    await accept(stand.person)
    return await handed_in(stand.person, "the first words")


async def becomes(stand: Stand, receipt: Receipt, holds: Callable[[Standing], bool]) -> Standing:
    """What the receipt stands for, once it is so; whatever was shown meanwhile, the tap must come to its effect."""
    async with stand.stores() as stores, asyncio.timeout(PATIENCE):
        while True:
            found = stores.store.standing(receipt)
            if found is not None and holds(found):
                return found
            await asyncio.sleep(0.05)


def attribution(found: Standing) -> str:
    return "" if found.note is None else found.note.attribution


@pytest.mark.parametrize("point", ["after_seal", "after_commit", "mover_stored"])
async def test_of_two_versions_one_stands(tmp_path: Path, point: str) -> None:
    async with standing(tmp_path) as stand:
        receipt = await arrived(stand)
        (old,) = await stand.exported("before")
        await stand.person.send(receipt)
        await stand.person.press(say("amend.open"))
        await stand.person.press(say("amend.begin"))
        await answer_again(stand.person, "the second words")
        await stand.dies_at(point, say("review.send"))
        found = await becomes(stand, receipt, lambda found: found.version == 2)
        line = await stand.submitted("after")
        assert (line["supersedes"], line["answers"]["recommendation"]) == (old, "the second words")
        assert (found.contribution, found.state) == (line["contribution"], State.SUBMITTED)


@pytest.mark.parametrize("point", ["after_seal", "after_commit", "mover_stored"])
async def test_what_is_added_is_added_once(tmp_path: Path, point: str) -> None:
    async with standing(tmp_path) as stand:
        receipt = await arrived(stand)
        (contribution,) = await stand.exported("before")
        async with stand.stores() as stores:
            await stores.published.publish(Publication((), (POINT,), {ContributionId(contribution): ("clinics",)}))
        await stand.person.send(receipt)
        await stand.person.press(say("feedback.open"))
        await stand.person.wait_for_text(say("feedback.ask"))
        await stand.dies_at(point, say("feedback.reply.partly"))
        await becomes(stand, receipt, lambda found: found.note is not None and len(found.note.replies) == 1)
        await stand.person.wait_for_text(say("feedback.words"), deadline=PATIENCE)
        await stand.person.press(say("feedback.back"))
        await stand.person.press(say("sign.open"))
        await stand.person.press(say("sign.choice.region"))
        await stand.person.wait_for_text(say("sign.risk_region"))
        await stand.dies_at(point, say("sign.yes_region"))
        await becomes(stand, receipt, lambda found: attribution(found) == "region")
        line = await stand.submitted("after")
        assert [(one["point"], one["answer"]) for one in line["feedback"]] == [("clinics", "partly")]
        assert line["answers"]["attribution"] == "region"
        async with stand.stores() as stores:
            found = stores.store.standing(receipt)
        assert found is not None
        assert found.note is not None
        assert (found.note.attribution, found.note.replies) == ("region", (("clinics", "partly"),))


@pytest.mark.parametrize("point", ["before_commit", "after_seal", "after_commit"])
async def test_what_was_taken_back_stays_so(tmp_path: Path, point: str) -> None:
    async with standing(tmp_path) as stand:
        receipt = await arrived(stand)
        (old,) = await stand.exported("before")
        await stand.person.send(receipt)
        await stand.person.press(say("receipt.withdraw"))
        await stand.person.wait_for_text(say("receipt.withdraw_sure"))
        await stand.dies_at(point, say("receipt.withdraw_yes"))
        await becomes(stand, receipt, lambda found: found.state is State.WITHDRAWN)
        lines = await stand.exported("after", "1")
        assert {one: (line["state"], line["answers"]) for one, line in lines.items()} == {old: ("withdrawn", {})}
        async with stand.stores() as stores:
            assert stores.store.state(receipt) is State.WITHDRAWN


async def test_an_invite_is_used_once(tmp_path: Path) -> None:
    async with standing(tmp_path) as stand:
        async with stand.stores() as stores:
            await stores.registry.set_intake("eeca", Intake(open=True, until=FAR, access=Access.INVITE))
            token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 2, None)
        await stand.person.start(token)
        await stand.person.wait_for_text("Welcome", deadline=PATIENCE)
        await stand.person.press("English")
        for key in KEYS[:2]:
            await stand.person.press(say(key))
        await stand.person.wait_for_text(say("understood.back.ask"))
        await stand.dies_at("after_redeem", say(KEYS[2]))
        await stand.person.wait_for_text(say("home.what"), deadline=PATIENCE)
        async with stand.stores() as stores:
            assert stores.inventory._databases["work"].read("SELECT uses_left FROM invites") == [(1,)]
            assert len(stores.store.grants(ChatId(stand.person.id))) == 1
