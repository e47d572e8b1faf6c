"""Roles in the chat: granted by two, ended by two, by the operator or by whoever has it; and the emergency stop."""

import asyncio
from pathlib import Path
from typing import Any

from bot.core.people import ChatId, Grant, Role
from bot.core.staff import Ended
from tests.journeys.test_asking import arrived, organizer
from tests.journeys.test_participant import say
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Person, buttons, text_of


async def commands(bot: Bot, person: Person) -> set[str]:
    """What stands in this person's own menu now; empty: nothing but everybody's."""
    last: dict[str, Any] = {}
    for method in ("setMyCommands", "deleteMyCommands"):
        for row in await bot.emulator.recorded(method):
            if row["params"].get("scope", {}).get("chat_id") == person.id and row["n"] > last.get("n", 0):
                last = row
    return {command["command"] for command in last.get("params", {}).get("commands", [])}


async def opened(person: Person, command: str, part: str) -> dict[str, Any]:
    sent = await person.send(command)
    return await person.wait_for_text(part, after=sent["message_id"])


def holds(bot: Bot, person: Person) -> tuple[Grant, ...]:
    return bot.service.stores.store.grants(ChatId(person.id))


async def menu_without(bot: Bot, person: Person, command: str) -> None:
    async with asyncio.timeout(15):
        while True:
            if command not in await commands(bot, person):
                return


async def test_two_organizers_make_a_third_and_end_the_role_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana, bo = await organizer(bot, "Ana"), await organizer(bot, "Bo")
        await opened(ana, "/people", say("people.title"))
        await ana.press(say("people.b.grant.organizer"))
        await ana.wait_for_text(say("people.proposed"))
        page = await opened(ana, "/people", say("people.title"))
        labels = [button["text"] for button in buttons(page)]
        assert say("people.b.agree") not in labels
        # The proposer presses a button that was never shown to them.
        (one,) = bot.service.stores.store.staff.proposals()
        await ana.tap(page["message_id"], f"pe:ag:eeca:{one.id}")
        await ana.wait_for_text(say("error.staff_same_person"))
        await opened(bo, "/people", say("people.title"))
        await bo.press(say("people.b.agree"))
        await bo.wait_for_text(say("people.agreed_now"))
        await ana.wait_for_text(say("people.agreed"))
        await opened(ana, "/people", say("people.title"))
        await ana.press(say("people.b.link"))
        link = await ana.wait_for_text("?start=")
        token = text_of(link).split("?start=")[1].split()[0]
        assert len(token) == 22
        cy = await bot.emulator.person(language_code="en", first_name="Cy")
        await cy.start(token)
        await cy.press("English")
        await accept(cy)
        await cy.wait_for_text(say("home.what"))
        assert holds(bot, cy) == (Grant(Role.ORGANIZER, "eeca"),)
        assert "freeze" in await commands(bot, cy)
        old = await opened(cy, "/freeze", say("freeze.title"))

        actor = bot.service.stores.outbox.actor(ChatId(cy.id))
        page = await opened(ana, "/people", say("people.title"))
        await ana.press(say("people.b.end", tag=f"{actor[:4]}-{actor[4:8]}"))
        await ana.wait_for_text(say("people.proposed"))
        assert holds(bot, cy)
        await opened(bo, "/people", say("people.title"))
        await bo.press(say("people.b.agree"))
        await bo.wait_for_text(say("people.ended_now"))
        assert holds(bot, cy) == ()
        await cy.wait_for_text(say("people.ended"))
        await menu_without(bot, cy, "freeze")
        for data in ("fz:fr:eeca", "fz:fy:eeca", "pe:gr:eeca:organizer", "m:op:eeca", "x:nw::eeca"):
            await cy.tap(old["message_id"], data)
        await opened(cy, "/freeze", say("command.unknown"))
        store = bot.service.stores
        assert store.store.staff.freezes() == {}
        assert store.store.staff.proposals() == ()
        shown = " ".join(map(text_of, [*await ana.received(), *await bo.received()]))
        assert "Cy" not in shown
        assert str(cy.id) not in shown
        acts = [entry.act for entry, _ in store.audit.entries()]
        wanted = ["role_proposed", "role_agreed", "invite_made", "role_granted", "role_end_proposed", "role_ended"]
        assert [act for act in acts if act.startswith(("role", "invite"))][-6:] == wanted
        assert store.audit.verify() is None


async def test_the_operator_ends_a_role_while_the_bot_runs_and_anybody_lays_down_their_own(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana, bo = await organizer(bot, "Ana"), await organizer(bot, "Bo")
        stores = bot.service.stores
        await stores.store.operate(Ended(stores.outbox.actor(ChatId(ana.id)), Grant(Role.ORGANIZER, "eeca")))
        await ana.wait_for_text(say("people.ended"))
        await menu_without(bot, ana, "broadcasts")
        await opened(ana, "/broadcasts", say("command.unknown"))
        await opened(bo, "/people", say("people.title"))
        await bo.press(say("people.b.lay", role=say("people.role.organizer")))
        await bo.press(say("people.b.lay_sure"))
        await bo.wait_for_text(say("people.laid"))
        assert holds(bot, bo) == ()
        await menu_without(bot, bo, "people")


async def test_one_stops_everything_and_two_let_it_go_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana, bo = await organizer(bot, "Ana"), await organizer(bot, "Bo")
        person = await arrived(bot, "Sender", "fr", "Français")
        await person.press(say("home.begin", "fr"))
        async with asyncio.timeout(15):
            while True:
                draft = bot.service.stores.store.session(ChatId(person.id))
                if draft is not None and draft.draft is not None:
                    break
                await bot.emulator.recorded("getMe")  # lets the bot go on
        await opened(ana, "/freeze", say("freeze.title"))
        await ana.press("⏹ " + say("consultation.eeca.short"))
        await ana.press(say("freeze.b.sure"))
        await ana.wait_for_text(say("freeze.done"))
        told = await opened(person, "Un mot", say("frozen.draft", "fr"))
        assert say("frozen.can", "fr") in text_of(told)
        newcomer = await bot.emulator.person(language_code="en", first_name="New")
        await newcomer.start("eeca")
        await newcomer.press("English")
        await accept(newcomer)
        await newcomer.wait_for_text("nobody can join")
        await opened(person, "/mydata", say("mydata.title", "fr"))
        await opened(person, "/receipt", say("receipt.ask", "fr"))
        # Who stopped it and proposes to go on cannot agree to that, too.
        await opened(ana, "/freeze", say("freeze.title"))
        await ana.press("▶ " + say("consultation.eeca.short"))
        page = await ana.wait_for_text(say("freeze.proposed"))
        (one,) = bot.service.stores.store.staff.proposals()
        await ana.tap(page["message_id"], f"fz:ag:eeca:{one.id}")
        await ana.wait_for_text(say("error.staff_same_person"))
        assert bot.service.stores.store.staff.frozen("eeca") is not None
        await opened(bo, "/freeze", say("freeze.title"))
        await bo.press(say("freeze.b.agree"))
        await bo.wait_for_text(say("freeze.over"))
        after = bot.service.stores.store.session(ChatId(person.id))
        assert after is not None
        assert after.draft is not None
        assert draft.draft is not None
        assert after.draft.contribution == draft.draft.contribution
        sent = await person.send("/start")
        await person.wait_for_text(say("home.what", "fr"), after=sent["message_id"])
