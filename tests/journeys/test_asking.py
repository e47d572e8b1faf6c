"""A participant asks, organizers answer or close, and nobody learns who asked. Two people through the emulator."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.inquiries import KEPT_DAYS, LONGEST, MOST_OPEN
from bot.core.people import ChatId, Invite, Role
from tests.journeys.test_participant import asked, say
from tests.journeys.test_tidying import pass_hours
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of

QUESTION = "May somebody without papers take part?"
ANSWER = "Yes. Nobody asks for papers here."
CLUE = "My number is +7 701 123 45 67, may I?"
HOUR = 3600
DAY = 24 * HOUR


def noon() -> float:
    """A moment that is no night in any zone of eeca."""
    return (time.time() // DAY + 1) * DAY + 9 * HOUR


async def arrived(bot: Bot, name: str, language: str = "en", own: str = "English") -> Person:
    person = await bot.emulator.person(language_code=language, first_name=name)
    await person.start("eeca")
    await person.press(own)
    await accept(person, language)
    await person.wait_for_text(say("home.what", language))
    return person


async def organizer(bot: Bot, name: str, consultation: str | None = "eeca") -> Person:
    token = await bot.service.stores.registry.new_invite(Invite(Role.ORGANIZER, consultation), 1, None)
    person = await bot.emulator.person(language_code="en", first_name=name)
    await person.start(token)
    await person.press("English")
    await accept(person)
    if consultation is None:
        await person.press(say("consultation.eeca.short"))
    await person.wait_for_text(say("home.what"))
    return person


@asynccontextmanager
async def people(folder: Path, language: str = "en", own: str = "English") -> AsyncIterator[tuple[Bot, Person, Person]]:
    """The bot, somebody who asks, and an organizer."""
    async with running_bot(folder, clock=SetClock(noon())) as bot:
        yield bot, await arrived(bot, "Sender", language, own), await organizer(bot, "Runner")


async def ask(person: Person, text: str, language: str = "en") -> None:
    first = await person.send("/ask")
    await person.wait_for_text(say("ask.who_reads", language), after=first["message_id"])
    sent = await person.send(text)
    shown = await person.wait_for_text(say("ask.preview", language), after=sent["message_id"])
    assert text in text_of(shown)
    await person.press(say("ask.b.send", language))
    await person.wait_for_text(say("ask.sent", language), after=shown["message_id"])


async def opened(runner: Person) -> Message:
    """The first question of the list, opened."""
    sent = await runner.send("/questions")
    listed = await runner.wait_for_text(say("inquiries.title"), after=sent["message_id"])
    await runner.tap(listed["message_id"], buttons(listed)[0]["callback_data"])
    return await runner.wait_for_text(say("inquiries.participant"), after=listed["message_id"])


async def answer(runner: Person, text: str) -> None:
    await opened(runner)
    await runner.press(say("inquiries.b.answer"))
    await runner.wait_for_text(say("inquiries.write"))
    await runner.send(text)
    shown = await runner.wait_for_text(say("inquiries.preview"))
    assert text in text_of(shown)
    await runner.press(say("inquiries.b.send"))
    await runner.wait_for_text(say("inquiries.sent"))


def says_without_buttons(chat: dict[str, Any], text: str) -> bool:
    """Whether the newest message of ours that says this stands without buttons."""
    found = [one for one in chat["messages"] if not one["outgoing"] and text in text_of(one)]
    return bool(found) and not buttons(found[-1])


def acts(bot: Bot) -> list[str]:
    return [entry.act for entry, _ in bot.service.stores.audit.entries() if entry.act not in ARRIVING]


@pytest.mark.parametrize(("language", "own"), [("en", "English"), ("ar", "العربية")])
async def test_a_question_and_its_answer(tmp_path: Path, language: str, own: str) -> None:
    async with people(tmp_path, language, own) as (bot, person, runner):
        await ask(person, QUESTION, language)
        await runner.wait_for_text(say("inquiries.wait"))
        shown = await opened(runner)
        assert QUESTION in text_of(shown)
        assert own in text_of(shown)
        for message in await runner.received():
            assert "Sender" not in text_of(message)
            assert str(person.id) not in str(message)
        await answer(runner, ANSWER)
        offered = await person.wait_for_text(say("ask.offer", language))
        assert ANSWER not in " ".join(text_of(one) for one in await person.received())
        await person.press(say("remind.yes", language))
        answered = await person.wait_for_text(ANSWER, after=offered["message_id"])
        assert say("ask.organizers", language) in text_of(answered)
        await person.wait_until(lambda _: not bot.service.stores.store.inquiries.unread(ChatId(person.id)))
        assert acts(bot) == ["inquiry_taken", "inquiry_answered"]
        assert bot.service.stores.audit.verify() is None
        # The same thread goes on.
        await person.press(say("ask.b.more", language))
        await person.send("And for children?")
        await person.press(say("ask.b.send", language))
        await person.wait_for(lambda one: say("ask.sent", language) in text_of(one), after=answered["message_id"])
        (one,) = bot.service.stores.store.inquiries.inquiries()
        assert [line.text for line in one.lines] == [QUESTION, ANSWER, "And for children?"]


async def test_not_now_and_later(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, runner):
        await ask(person, QUESTION)
        await person.send("/stop")
        await person.wait_for_text(say("silence.on"))
        await answer(runner, ANSWER)
        await person.wait_for_text(say("ask.offer"))
        await person.press(say("remind.not_now"))
        await person.send("/ask")
        await person.wait_for_text(say("ask.unread"))
        await person.press(say("ask.b.read"))
        await person.wait_for_text(ANSWER)


async def test_a_question_in_the_middle_of_a_recommendation(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, runner):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.send("/ask")
        await person.wait_for_text(say("ask.who_reads"))
        await person.send("Ask me anything")
        await person.press(say("ask.b.leave"))
        await asked(person, 1)
        assert bot.service.stores.store.inquiries.inquiries() == ()
        await ask(person, QUESTION)
        await asked(person, 1)
        await answer(runner, ANSWER)
        await person.press(say("remind.yes"))
        await person.wait_for_text(ANSWER)
        await person.press("2 ·")
        await asked(person, 2)


async def test_closing_erases_and_tells_why(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, runner):
        await ask(person, QUESTION)
        await opened(runner)
        await runner.press(say("inquiries.b.close"))
        await runner.wait_for_text(say("inquiries.why"))
        await runner.press(say("inquiries.reason.beyond"))
        await runner.wait_for_text(say("inquiries.closed"))
        assert bot.service.stores.store.inquiries.inquiries() == ()
        await person.press(say("remind.yes"))
        await person.wait_for_text(say("ask.closed.beyond"))
        table = bot.service.stores.store.inquiries
        await person.wait_until(lambda _: table.of(ChatId(person.id)) == ())
        assert acts(bot) == ["inquiry_closed"]


async def test_the_person_erases_it(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, runner):
        await ask(person, QUESTION)
        await person.send("/ask")
        await person.press("Question of")
        await person.wait_for_text(say("ask.waits"))
        shown = await opened(runner)
        await person.press(say("ask.b.end"))
        await person.wait_for_text(say("ask.ended"))
        assert bot.service.stores.store.inquiries.inquiries() == ()
        await runner.tap(shown["message_id"], buttons(shown)[0]["callback_data"])
        await runner.wait_for_text(say("inquiries.none"), after=shown["message_id"])


async def test_two_organizers_at_once(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, runner):
        other = await organizer(bot, "Second", None)
        await ask(person, QUESTION)
        mine, theirs = await opened(runner), await opened(other)
        await runner.press(say("inquiries.b.take"))
        await runner.wait_for_text(say("inquiries.is.mine"), after=mine["message_id"])
        await other.press(say("inquiries.b.answer"))
        await other.wait_for_text(say("error.inquiry_taken"))
        await other.press(say("inquiries.b.take_over"))
        await other.wait_for_text(say("inquiries.is.mine"), after=theirs["message_id"])
        # An answer that was begun before is not sent before another look.
        await other.press(say("inquiries.b.answer"))
        await other.wait_for_text(say("inquiries.write"))
        await other.send(ANSWER)
        await other.wait_for_text(say("inquiries.preview"))
        await person.send("/ask")
        await person.press("Question of")
        await person.press(say("ask.b.more"))
        await person.send("One thing more.")
        await person.press(say("ask.b.send"))
        inquiries = bot.service.stores.store.inquiries
        await person.wait_until(lambda _: len(inquiries.inquiries()[0].lines) == 2)
        await other.press(say("inquiries.b.send"))
        await other.wait_for_text(say("error.inquiry_meanwhile"))
        await other.wait_for_text("One thing more.")
        await other.press(say("inquiries.b.send"))
        await other.wait_for_text(say("inquiries.sent"))


async def test_organizers_of_other_consultations_and_participants_see_nothing(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, runner):
        await ask(person, QUESTION)
        (one,) = bot.service.stores.store.inquiries.inquiries()
        stranger = await organizer(bot, "Elsewhere", "wca")
        sent = await stranger.send("/questions")
        shown = await stranger.wait_for_text(say("inquiries.none"), after=sent["message_id"])
        await stranger.tap(shown["message_id"], f"i:op:{one.id}")
        await stranger.tap(shown["message_id"], f"i:tk:{one.id}")
        other = await arrived(bot, "Other")
        home = await other.wait_for_text(say("home.what"))
        for data in (f"i:op:{one.id}", f"a:sh:{one.id}", f"a:en:{one.id}", f"a:mo:{one.id}", f"i:cl:{one.id}:done"):
            await other.tap(home["message_id"], data)
        await other.send("/questions")
        await other.wait_for_text(say("command.unknown"))
        for reader in (stranger, other):
            assert QUESTION not in " ".join(text_of(message) for message in await reader.messages())
        assert bot.service.stores.store.inquiries.inquiries() == (one,)
        assert QUESTION in text_of(await opened(runner))


async def test_limits_and_clues(tmp_path: Path) -> None:
    async with people(tmp_path) as (bot, person, _):
        await person.send("/ask")
        await person.wait_for_text(say("ask.who_reads"))
        await person.send("x" * (LONGEST + 1))
        await person.wait_for_text(say("error.inquiry_long"))
        await person.send(CLUE)
        shown = await person.wait_for_text(say("ask.preview"))
        assert say("clue.phone") in text_of(shown)
        main = [button["text"] for button in buttons(shown) if button.get("style") == "primary"]
        assert main == [say("ask.b.again")], "what we advise is the main button"
        await person.press(say("ask.b.leave"))
        for number in range(MOST_OPEN):
            await ask(person, f"Question {number}")
        await person.send("/ask")
        await person.wait_for_text(say("ask.full", most=MOST_OPEN))
        assert len(bot.service.stores.store.inquiries.inquiries()) == MOST_OPEN


async def test_what_was_sent_leaves_the_chat(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, runner):
        await ask(person, CLUE)
        await person.wait_until(lambda chat: all(CLUE not in text_of(one) for one in chat["messages"]))
        await person.wait_for_text(say("ask.sent"))
        await answer(runner, ANSWER)
        await runner.wait_until(lambda chat: all(ANSWER not in text_of(one) for one in chat["messages"]))


async def test_a_preview_that_was_sent_has_no_buttons_any_more(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, runner):
        for one in (person, runner):
            await one.press(say("home.begin"))
            await asked(one, 1)
        await ask(person, CLUE)
        await person.wait_until(lambda chat: says_without_buttons(chat, say("ask.preview")))
        # A label that is typed is that button, too.
        await opened(runner)
        await runner.press(say("inquiries.b.answer"))
        await runner.wait_for_text(say("inquiries.write"))
        await runner.send(ANSWER)
        await runner.wait_for_text(say("inquiries.preview"))
        await runner.send(say("inquiries.b.send"))
        await runner.wait_for_text(say("inquiries.sent"))
        await runner.wait_until(lambda chat: says_without_buttons(chat, say("inquiries.preview")))


async def test_a_preview_gives_way_to_the_next(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, _):
        await person.send("/ask")
        await person.wait_for_text(say("ask.who_reads"))
        await person.send(CLUE)
        first = await person.wait_for_text(say("ask.preview"))
        await person.send(QUESTION)
        await person.wait_for_text(QUESTION, after=first["message_id"])
        await person.wait_until(lambda chat: says_without_buttons(chat, CLUE))


async def test_a_question_that_was_taken_loses_its_buttons(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, runner):
        await ask(person, QUESTION)
        await opened(runner)
        await runner.press(say("inquiries.b.take"))
        await runner.wait_for_text(say("inquiries.is.mine"))
        await runner.wait_until(lambda chat: says_without_buttons(chat, say("inquiries.is.new")))
        assert any(say("inquiries.is.mine") in text_of(one) and buttons(one) for one in await runner.received()), (
            "what can be done now stays"
        )
        # What is written without a press of "Answer" is not kept, and the question is there again to press it.
        sent = await runner.send("Hm")
        await runner.wait_for_text(say("inquiries.not_an_answer"), after=sent["message_id"])
        again = await runner.wait_for_text(QUESTION, after=sent["message_id"])
        assert say("inquiries.b.answer") in [button["text"] for button in buttons(again)]


async def test_the_list_knows_of_the_answer_at_once(tmp_path: Path) -> None:
    async with people(tmp_path) as (_, person, runner):
        await ask(person, QUESTION)
        await answer(runner, ANSWER)
        state = say("inquiries.state.answered")
        await runner.wait_for(lambda one: any(button["text"].startswith(state) for button in buttons(one)))


async def test_nobody_there(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await arrived(bot, "Sender")
        home = await person.wait_for_text(say("home.what"))
        assert say("home.ask") not in [button["text"] for button in buttons(home)]
        await person.send("/ask")
        await person.wait_for_text(say("ask.nobody"))


async def test_told_once_and_not_at_night(tmp_path: Path) -> None:
    clock = SetClock(noon() + 12 * HOUR)
    async with running_bot(tmp_path, clock=clock) as bot:
        person, runner = await arrived(bot, "Sender"), await organizer(bot, "Runner")
        await ask(person, QUESTION)
        await bot.service.inquiring.round()
        assert not [one for one in await runner.received() if say("inquiries.wait") in text_of(one)]
        clock.time += 12 * HOUR
        await bot.service.inquiring.round()
        first = await runner.wait_for_text(say("inquiries.wait"))
        await ask(person, "Another one?")
        await bot.service.inquiring.round()
        await opened(runner)
        told = [one for one in await runner.received() if say("inquiries.wait") in text_of(one)]
        assert [one["message_id"] for one in told] == [first["message_id"]], "not again before they have looked"
        await ask(person, "A third?")
        await runner.wait_for_text(say("inquiries.wait"), after=first["message_id"])


async def test_it_goes_after_a_week_and_with_the_person(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person, runner = await arrived(bot, "Sender"), await organizer(bot, "Runner")
        inquiries = bot.service.stores.store.inquiries
        await ask(person, QUESTION)
        await person.send("/forget")
        await person.press(say("forget.yes"))
        await person.wait_for_text(say("forget.done"))
        assert inquiries.inquiries() == ()
        other = await arrived(bot, "Other")
        await ask(other, QUESTION)
        assert len(inquiries.inquiries()) == 1
        clock.time += (KEPT_DAYS + 1) * DAY
        assert inquiries.inquiries() == ()
        await bot.service.stores.expire()
        content = (bot.data_dir / "work.db").read_bytes()
        assert QUESTION.encode() not in content
        del runner


async def test_texts_leave_both_chats(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person, runner = await arrived(bot, "Sender"), await organizer(bot, "Runner")
        await ask(person, QUESTION)
        await answer(runner, ANSWER)
        await runner.wait_until(
            lambda chat: not any(part in text_of(one) for one in chat["messages"] for part in (QUESTION, ANSWER))
        )
        await person.press(say("remind.yes"))
        await person.wait_for_text(ANSWER)
        await person.send("/privacy")
        await person.wait_for_text(say("privacy.title"))
        await pass_hours(bot, clock, 40)
        await person.wait_until(
            lambda chat: not any(part in text_of(one) for one in chat["messages"] for part in (QUESTION, ANSWER))
        )
