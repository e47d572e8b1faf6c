"""Pictures of what organizers see, in each language: consultations, broadcasts, questions; and of whoever asks them.

Walked only when MICIC_SCREENSHOTS names a folder, like `test_gallery`, whose visitors walk here too.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.people import ChatId
from tests.journeys.pictures import watched
from tests.journeys.test_gallery import Visitor
from tests.journeys.test_participant import CATALOGUE
from tests.journeys.test_reminders import noon
from tests.journeys.test_walk import LANGUAGES, TEXTS
from tests.storage.world import SetClock
from tests.support.bot import Bot, running_bot
from tests.support.browser import needs_browser, window
from tests.support.emulator import buttons
from tests.support.network import member, members, organizer

pytestmark = [
    *needs_browser,
    pytest.mark.skipif(
        not os.environ.get("MICIC_SCREENSHOTS"), reason="a gallery to look at: MICIC_SCREENSHOTS=folder"
    ),
]

CLUES = "+996 555 123 456, somebody@example.org"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_of_organizers(language: str, tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        await members(bot, 6, (language,))
        asker = await member(bot, language, news=True)
        runner = await organizer(bot, language, None)
        second = await organizer(bot, language)
        with watched() as written:
            async with window(bot.emulator.url, width=360, height=1500, people=[runner.id]) as seen:
                writer = Visitor(language, bot, runner, seen, "desk-")
                await _looks_at_the_tools(writer)
                await _writes_a_broadcast(writer)
            async with window(bot.emulator.url, width=360, height=1500, people=[second.id]) as seen:
                await _approves(Visitor(language, bot, second, seen, "approves-"))
            async with window(bot.emulator.url, width=360, height=1500, people=[asker.id]) as seen:
                asks = Visitor(language, bot, asker, seen, "asks-")
                await _reads_the_news(asks)
                await _asks(asks)
            async with window(bot.emulator.url, width=360, height=1500, people=[second.id]) as seen:
                await _answers(Visitor(language, bot, second, seen, "answers-"))
            async with window(bot.emulator.url, width=360, height=1500, people=[asker.id]) as seen:
                await _is_answered(Visitor(language, bot, asker, seen, "answered-"), bot)
            async with window(bot.emulator.url, width=360, height=1500, people=[second.id]) as seen:
                await _takes_back(Visitor(language, bot, second, seen, "recalls-"))
        assert written.missing("desk") == []


async def _looks_at_the_tools(one: Visitor) -> None:
    await one.picture("home")
    await one.send("/help", "help")
    await one.send("/manage", "consultations")
    await one.press("consultation.eeca.short")
    await one.press("manage.b.list")
    await one.send("/mydata", "mydata")
    await one.send("/figures", "figures-list")
    await one.press("consultation.eeca.short", "figures")
    await one.press("figures.b.missing")


async def _writes_a_broadcast(one: Visitor) -> None:
    first, second = TEXTS[one.language]
    own = next(known.own_name for known in CATALOGUE.languages if known.code == one.language)
    await one.send("/broadcasts", "broadcasts-none")
    await one.press_label("+ " + one.say("consultation.eeca.short"), "texts")
    await one.press("outbox.b.back", "draft-empty")
    await one.press("outbox.b.preview", "preview-empty")
    await one.press("outbox.b.back", "draft-empty-again")
    await one.press("outbox.b.texts")
    await one.press_label(own, "write")
    await one.send("http" + "://example.org", "unfit")
    await one.send(f"{first} https://example.org", "written")
    await one.press_label("English" if one.language != "en" else "Français", "write-other")
    await one.send(second, "written-other")
    await one.press("outbox.b.back", "draft")
    await one.press("outbox.b.audience")
    await one.press_label(own, "audience-ticked")
    await one.press("outbox.role.all")
    await one.press("outbox.role.organizer")
    await one.press("outbox.role.secretariat")
    await one.press_label(own, "audience-again")
    await one.press("outbox.b.back", "draft-2")
    await one.press("outbox.b.when")
    await one.press("outbox.b.at")
    await one.send("tomorrow", "bad-time")
    await one.press("outbox.b.back", "when-back")
    await one.press("outbox.b.zone")
    await one.send("Atlantis", "bad-zone")
    await one.send("beirut", "zone")
    await one.press("outbox.b.at")
    await one.send(datetime.fromtimestamp(noon() + 90_000, UTC).strftime("%Y-%m-%d %H:%M"), "time")
    await one.press("outbox.b.quiet_off")
    await one.press("outbox.b.quiet_on")
    await one.press("outbox.b.now")
    await one.press("outbox.b.back", "draft-3")
    await one.press("outbox.b.full")
    await one.press("outbox.b.neutral")
    await one.press("outbox.b.full")
    await one.press("outbox.b.preview")
    await one.press("outbox.b.test")
    await one.press("outbox.b.propose", "proposed")
    await one.press("outbox.b.list")


async def _approves(one: Visitor) -> None:
    await one.send("/broadcasts", "broadcasts")
    await one.press_label(one.say("outbox.phase.proposed"), "approval")
    await one.press("outbox.b.approve")
    await one.person.wait_for_text(one.say("outbox.phase.done"), deadline=20)
    await one.picture("report")


async def _reads_the_news(one: Visitor) -> None:
    await one.person.wait_for_text(TEXTS[one.language][0])
    await one.picture("arrived")
    await one.send("/news", "news")


async def _asks(one: Visitor) -> None:
    question = TEXTS[one.language][0]
    await one.send("/ask", "ask")
    await one.press("ask.b.back", "left")
    await one.press("home.ask")
    await one.send(f"{question} {CLUES}", "preview-clues")
    await one.press("ask.b.again")
    await one.send(question, "preview")
    await one.press("ask.b.send")
    for name in ("second", "third"):
        await one.send("/ask", f"ask-{name}")
        await one.send(TEXTS[one.language][1], f"preview-{name}")
        await one.press("ask.b.send", f"sent-{name}")
    await one.send("/ask", "full")
    await one.press_label(buttons((await one.person.received())[-1])[0]["text"], "thread-waits")


async def _answers(one: Visitor) -> None:
    await one.picture("told")
    await one.send("/questions", "questions")
    await one.press_label(one.say("inquiries.state.new"), "question")
    await one.press("inquiries.b.take")
    await one.send("Hm", "not-an-answer")
    await one.press("inquiries.b.answer")
    await one.send(f"{TEXTS[one.language][1]} {CLUES}", "answer-preview")
    await one.press("ask.b.again")
    await one.send(TEXTS[one.language][1], "answer-preview-2")
    await one.press("inquiries.b.send")
    await one.send("/questions", "questions-2")
    await one.press_label(one.say("inquiries.state.new"), "question-2")
    await one.press("inquiries.b.close")
    await one.press("inquiries.reason.beyond")
    await one.send("/questions", "questions-3")
    await one.press("inquiries.b.silence")
    await one.press("inquiries.b.tell")


async def _is_answered(one: Visitor, bot: Bot) -> None:
    await one.person.wait_for_text(one.say("ask.offer"))
    await one.picture("offered")
    await one.press("remind.not_now")
    await one.send("/ask", "unread")
    await one.press("ask.b.read")
    await one.person.wait_until(lambda _: not bot.service.stores.store.inquiries.unread(ChatId(one.person.id)))
    await one.picture("thread")
    if await one.has("ask.b.more"):
        await one.press("ask.b.more")
        await one.send(TEXTS[one.language][1], "more-preview")
        await one.press("ask.b.send", "more-sent")
    await one.send("/mydata", "mydata")
    await one.send("/ask", "threads")


async def _takes_back(one: Visitor) -> None:
    await one.send("/broadcasts", "list")
    await one.press_label(one.say("outbox.phase.done"), "done")
    await one.press("outbox.b.recall")
    await one.press("outbox.b.back")
    await one.press("outbox.b.correct")
    await one.press("outbox.b.list")
    await one.press_label(one.say("outbox.phase.done"), "done-2")
    await one.press("outbox.b.recall")
    await one.press("outbox.b.recall_sure")
