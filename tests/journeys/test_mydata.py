"""What a person is told of what is stored about them, and invitations, which count only once the notice is accepted."""

from pathlib import Path

import pytest

from bot.core.consultations import Access, Intake
from bot.core.holdings import Kind
from bot.core.people import ChatId, Invite, Role
from locales.catalogue import Catalogue
from tests.journeys.test_participant import asked, say, session, somebody, to_the_recommendation
from tests.support.arrival import KEYS, accept
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Person, buttons, text_of


async def invitation(bot: Bot, uses: int = 1) -> str:
    registry = bot.service.stores.registry
    await registry.set_intake("esa", Intake(open=True, until=FAR, access=Access.INVITE))
    return await registry.new_invite(Invite(Role.PARTICIPANT, "esa"), uses=uses, expires=None)


def left(bot: Bot) -> list[tuple[int]]:
    return bot.service.stores.inventory._databases["work"].read("SELECT uses_left FROM invites")


async def begins(bot: Bot, payload: str) -> Person:
    person = await bot.emulator.person(language_code="en")
    await person.start(payload)
    await person.press("English")
    return person


@pytest.mark.parametrize("language", [language.code for language in Catalogue.load().languages])
async def test_what_is_stored_is_told_and_erased(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code=language)
        await person.start("eeca")
        own = next(one.own_name for one in Catalogue.load().languages if one.code == language)
        await person.press(own)
        await accept(person, language)
        await person.press(say("home.news_want", language))
        await person.press(say("home.begin", language))
        await asked_in(person, language)
        await person.press("2 ·")
        await person.send("/mydata")
        told = await person.wait_for_text(say("mydata.title", language))
        assert own in text_of(told)
        assert say("consultation.eeca.name", language) in text_of(told)
        contact = say("mydata.contact", language, rows=1)
        assert contact in text_of(told)
        chat = await person.wait_for_text(say("mydata.chat_title", language))
        assert say("mydata.draft", language, consultation=say("consultation.eeca.name", language)) in text_of(chat)
        assert say("mydata.trace", language) in text_of(chat)
        assert "{" not in text_of(told) + text_of(chat)
        last = await person.wait_for_text(say("mydata.vault", language))
        assert max(len(text_of(message)) for message in (told, chat, last)) < 1500
        await person.press(say("mydata.forget", language))
        await person.wait_for_text(say("forget.what_stays", language))
        await person.press(say("forget.yes", language))
        await person.wait_for_text(say("forget.done", language))
        stores = bot.service.stores
        assert {one.kind for one in stores.inventory.of(ChatId(person.id)).rows} <= {Kind.TRACE}
        await person.send("/mydata")
        again = await person.wait_for_text(say("mydata.title", language), after=last["message_id"])
        assert say("mydata.nothing", language) in text_of(again)


async def asked_in(person: Person, language: str) -> None:
    await person.wait_for(lambda message: any("2 ·" in button["text"] for button in buttons(message)))


async def test_nothing_of_what_was_written_is_told(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("dialogue.text_saved"))
        await person.send("/mydata")
        told = await person.wait_for_text(say("mydata.chat_title"))
        assert say("mydata.part", rows=1) in text_of(told)
        assert "clinics" not in text_of(told)
        # The dialogue goes on from where it was.
        await person.press(say("help.back"))
        await asked(person, 3)
        assert session(bot, person).draft is not None


async def test_an_invitation_is_used_once_the_notice_is_accepted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        token = await invitation(bot)
        person = await begins(bot, token)
        await person.wait_for_text(say("notice.title"))
        assert left(bot) == [(1,)]
        assert session(bot, person).invite == token
        await person.send("/mydata")
        told = await person.wait_for_text(say("mydata.opened"))
        assert token not in text_of(told)
        await accept(person)
        await person.wait_for_text(say("home.what"))
        assert left(bot) == [(0,)]
        assert session(bot, person).invite is None
        # Who leaves at the notice uses nothing up.
        registry = bot.service.stores.registry
        other = await begins(bot, await registry.new_invite(Invite(Role.PARTICIPANT, "esa"), 1, None))
        await other.press(say("notice.leave"))
        await other.wait_for_text(say("goodbye.left"))
        assert sorted(left(bot)) == [(0,), (1,)]


async def test_an_invitation_that_ended_meanwhile_is_told(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        token = await invitation(bot)
        slow = await begins(bot, token)
        quick = await begins(bot, token)
        await accept(quick)
        await quick.wait_for_text(say("home.what"))
        await slow.press(say(KEYS[0]))
        await slow.press(say(KEYS[1]))
        await slow.press(say(KEYS[2]))
        await slow.wait_for_text(say("arrive.invite_over"))
        name = say("consultation.esa.name")
        await slow.wait_for_text(say("join.closed", consultation=name))
        assert bot.service.stores.store.grants(ChatId(slow.id)) == ()
        assert left(bot) == [(0,)]


async def test_who_accepted_before_is_let_in_at_once(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        token = await invitation(bot, uses=2)
        for _ in range(2):
            await person.start(token)
            await person.wait_for(lambda message: say("consultation.esa.name") in text_of(message))
        assert left(bot) == [(1,)]
