"""An organizer lets people into a closed consultation, suspends and removes them, by a code that they tell.

Through the emulator, with people who read Arabic and Russian. Nobody sees who is behind a code.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.core.admission import DIGITS, Code, as_code, code_of
from bot.core.consultations import Access, Intake
from bot.core.people import ChatId
from tests.journeys.test_asking import noon
from tests.journeys.test_participant import asked, say
from tests.storage.world import SetClock
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Person, buttons, text_of
from tests.support.network import member, organizer

DAY = 24 * 3600


async def closed_to_others(bot: Bot, until: float) -> None:
    intake = Intake(open=True, until=until, access=Access.INVITE)
    await bot.service.stores.registry.set_intake("eeca", intake)


def joined(bot: Bot, person: Person) -> tuple[str, ...]:
    profile = bot.service.stores.store.profile(ChatId(person.id))
    return () if profile is None else profile.joined


async def own_code(person: Person, language: str) -> Code:
    """A code, as the person reads it on their phone."""
    sent = await person.send("/code")
    await person.wait_for_text(say("code.careful", language), after=sent["message_id"])
    label = say("code.b.new", language)
    page = (await person.received())[-1]
    if label not in [button["text"] for button in buttons(page)]:
        label = say("code.b.another", language)
    await person.press(label)
    shown = await person.wait_for_text(say("code.yours", language), after=sent["message_id"])
    assert shown["has_protected_content"]
    (digits,) = re.findall(r"\d{3} \d{3} \d{3}", text_of(shown))
    code = as_code(digits)
    assert code is not None
    return code


async def enters(runner: Person, typed: str, wanted: str) -> None:
    sent = await runner.send(typed)
    await runner.wait_for_text(wanted, after=sent["message_id"])


async def at_the_door(runner: Person) -> None:
    await runner.send("/invites")
    await runner.press(say("admission.b.by_code"))
    await runner.wait_for_text(say("admission.ask"))


async def decides(runner: Person, key: str, state: str) -> None:
    await runner.press(say(key))
    await runner.wait_for(lambda one: say(state) in text_of(one) and say("admission.decided") in text_of(one))


async def reads(person: Person, key: str, language: str, last: int = 0) -> None:
    """Asked whether the moment is safe, and nothing more, before it is said."""
    offered = await person.wait_for_text(say("ask.offer", language), after=last)
    assert say(key, language) not in text_of(offered)
    await person.tap(offered["message_id"], "g:1")
    await person.wait_for_text(say(key, language), after=offered["message_id"])


@pytest.mark.parametrize("language", ["ar", "ru"])
async def test_let_in_paused_let_back_and_removed(tmp_path: Path, language: str) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner = await organizer(bot)
        person = await member(bot, language, consultation="wca")
        # Without an invite the door is shut.
        at = (await person.send("/start"))["message_id"]
        await person.tap(at, "j:eeca")
        await person.wait_for_text(say("join.closed", language, consultation=say("consultation.eeca.name", language)))
        code = await own_code(person, language)
        await at_the_door(runner)
        # What is typed wrong is noticed; a wrong code is told nothing of.
        await enters(runner, code[:-1] + str((int(code[-1]) + 1) % 10), say("error.code_mistyped"))
        await enters(runner, code_of("0" * DIGITS), say("error.code_unknown"))
        arabic = "".join(chr(0x660 + int(digit)) for digit in code)
        await enters(runner, f"{arabic[:3]} {arabic[3:]}", say("admission.is.outside"))
        await decides(runner, "admission.b.admit", "admission.is.admitted")
        await reads(person, "admission.you.admitted", language)
        await person.press(say("admission.b.open", language))
        await person.wait_until(lambda _: joined(bot, person) == ("wca", "eeca"))

        last = max(one["message_id"] for one in await person.messages())
        await decides(runner, "admission.b.suspend", "admission.is.suspended")
        await reads(person, "admission.you.suspended", language, last)
        before = await person.wait_for_text(say("admission.suspended", language).split("/")[0])
        assert say("home.begin", language) not in [button["text"] for button in buttons(before)]
        await person.tap(before["message_id"], "r")  # begin: still at home, no question
        await person.tap(before["message_id"], "b:micic:0")
        await person.wait_for(
            lambda one: any(
                button["callback_data"] == "b:micic:1" for button in buttons(one) if "callback_data" in button
            )
        )
        session = bot.service.stores.store.session(ChatId(person.id))
        assert session is not None
        assert session.draft is None

        await decides(runner, "admission.b.again", "admission.is.admitted")
        await decides(runner, "admission.b.remove", "admission.is.removed")
        sent = await person.send("/start")
        await person.wait_for_text(say("admission.you.removed", language), after=sent["message_id"])
        assert joined(bot, person) == ("wca",)
        await person.tap(sent["message_id"], "j:eeca")
        await person.wait_for_text(say("admission.removed", language), after=sent["message_id"])

        acts = [
            (entry.act, entry.about) for entry, _ in bot.service.stores.audit.entries() if entry.act not in ARRIVING
        ]
        assert acts == [(f"person_{act}", "eeca") for act in ("admitted", "suspended", "admitted", "removed")]
        everything = b"".join(one.read_bytes() for one in bot.data_dir.glob("*.db*"))
        assert code.encode() not in everything
        for message in await runner.received():
            assert str(person.id) not in str(message)
            assert person.card["first_name"] not in text_of(message)
        sent = await person.send("/mydata")
        await person.wait_for_text(say("mydata.code", language, rows=1), after=sent["message_id"])


def shown(chat: dict[str, Any], key: str) -> list[str]:
    return [text_of(one) for one in chat["messages"] if say(key) in text_of(one)]


async def test_one_question_is_open_and_one_code_can_be_copied(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner, person = await organizer(bot), await member(bot, "en", consultation="wca")
        await own_code(person, "en")
        await person.press(say("code.b.another"))
        chat = await person.wait_until(
            lambda chat: (
                [bool(buttons(one)) for one in chat["messages"] if say("code.yours") in text_of(one)] == [False, True]
            )
        )
        (digits,) = re.findall(r"\d{3} \d{3} \d{3}", shown(chat, "code.yours")[-1])
        await at_the_door(runner)
        await enters(runner, digits, say("admission.is.outside"))
        await decides(runner, "admission.b.admit", "admission.is.admitted")
        await person.wait_for_text(say("ask.offer"))
        await decides(runner, "admission.b.suspend", "admission.is.suspended")
        await decides(runner, "admission.b.again", "admission.is.admitted")
        await person.press(say("remind.yes"))
        await person.wait_for_text(say("admission.you.admitted"))
        offers = [one for one in await person.received() if say("ask.offer") in text_of(one)]
        assert len(offers) <= 1, "the same question is not asked again while it is the last word in the chat"


async def test_what_was_begun_cannot_be_handed_in_while_paused(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner, person = await organizer(bot), await member(bot, "en")
        code = await own_code(person, "en")
        await at_the_door(runner)
        await enters(runner, code, say("admission.is.outside"))
        at = (await person.received())[-1]["message_id"]
        await person.tap(at, "o:home")
        await person.press(say("home.begin"))
        await asked(person, 1)
        await decides(runner, "admission.b.suspend", "admission.is.suspended")
        await person.wait_for_text(say("ask.offer"))
        session = bot.service.stores.store.session(ChatId(person.id))
        assert session is not None
        assert session.draft is not None  # nothing that was begun is taken away


async def test_guessing_ends_soon(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        runner, person = await organizer(bot), await member(bot, "ru")
        code = await own_code(person, "ru")
        await at_the_door(runner)
        for guess in range(5):
            await enters(runner, code_of(f"{guess:08d}"), say("error.code_unknown"))
        await enters(runner, code, say("error.code_too_many"))
        clock.time += 3601
        await enters(runner, code, say("admission.is.outside"))
        # A new code ends the old one.
        await own_code(person, "ru")
        await runner.press(say("admission.b.other"))
        await enters(runner, code, say("error.code_unknown"))


async def test_only_organizers_of_that_consultation_decide(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await closed_to_others(bot, clock.time + 30 * DAY)
        elsewhere, person = await organizer(bot, "en", "mena"), await member(bot, "en")
        code = await own_code(person, "en")
        at = (await elsewhere.send("hello"))["message_id"]
        await elsewhere.tap(at, "c:as:eeca")
        await elsewhere.send(code)
        for do in ("in", "su", "rm"):
            await elsewhere.tap(at, f"c:{do}")
        sent = await elsewhere.send("/help")
        await elsewhere.wait_for_text(say("help.title"), after=sent["message_id"])
        admissions = bot.service.stores.store.admissions
        assert admissions.memberships(ChatId(person.id)) == {}
        assert {entry.act for entry, _ in bot.service.stores.audit.entries()} <= ARRIVING
