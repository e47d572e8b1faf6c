"""Every screen of every dialogue and page, pictured on a phone 360 pixels wide, in each language.

A gallery to look at: it is walked only when MICIC_SCREENSHOTS names a folder. Beside each picture lies what it says, as
`<language>.txt`. What must hold of every screen is checked here too: nothing is cut, nothing sticks out.
Not here: the walks that `make test` goes with a finger (`test_walk`, `test_dialogues`).
"""

import asyncio
import os
import re
from dataclasses import replace
from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.core.consultations import Access, Intake
from bot.core.contributions import Receipt
from bot.questionnaires.library import emerging, form
from bot.questionnaires.publication import read
from tests.journeys.pictures import watched
from tests.journeys.test_participant import CATALOGUE, say
from tests.journeys.test_reminders import HOUR, noon
from tests.journeys.test_voice import VOICE, forms
from tests.journeys.test_walk import LANGUAGES, TEXTS
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import FAR, Bot, running_bot
from tests.support.browser import Window, needs_browser, window
from tests.support.emulator import Message, Person, buttons, text_of

pytestmark = [
    *needs_browser,
    pytest.mark.skipif(
        not os.environ.get("MICIC_SCREENSHOTS"), reason="a gallery to look at: MICIC_SCREENSHOTS=folder"
    ),
]

OTHER = ("photo", "voice", "document", "location", "contact", "sticker", "video")


class Visitor:
    """Somebody who reads one language, whose phone is pictured after each step."""

    def __init__(self, language: str, bot: Bot, person: Person, seen: Window, part: str = "") -> None:
        self.language = language
        self.bot = bot
        self.person = person
        self.seen = seen
        self.phone = seen.phone(person.id)
        self.part = part
        self.pictures = 0
        self.known: list[Message] = []
        """What was written down already."""
        self.book = Path(os.environ["MICIC_SCREENSHOTS"]) / f"{part}{language}.txt"
        self.book.unlink(missing_ok=True)

    def say(self, key: str, **values: str | int) -> str:
        return say(key, self.language, **values)

    def short(self, questionnaire: str, question: str, code: str | None = None) -> str:
        """The name of a question, or of one of its choices, as buttons have it."""
        found = form(questionnaire).questionnaire.question(question)
        assert found is not None
        if code is None:
            return found.short[self.language]
        return next(choice.short[self.language] for choice in found.choices if choice.code == code)

    async def press(self, key: str, name: str = "") -> None:
        await self.press_label(self.say(key), name or key)

    async def press_label(self, label: str, name: str) -> None:
        before = await self.bot_is_done()
        await self.person.press(label)
        await self.picture(name, before)

    async def send(self, text: str, name: str, reply_to: int | None = None) -> Message:
        before = await self.bot_is_done()
        sent = await self.person.send(text, reply_to)
        await self.picture(name, before)
        return sent

    async def bot_is_done(self) -> int:
        return int((await self.person.chat())["revision"])

    async def picture(self, name: str, before: int = -1) -> None:
        """Once the chat has changed and come to rest."""
        chat = await self.person.wait_until(lambda chat: chat["revision"] > before)
        async with asyncio.timeout(60):  # however slow the computer
            while (await self.bot.emulator.update_count())["pending"] or self.bot.service.conversing.busy:
                pass
        revision = -2
        while chat["revision"] != revision:
            revision = chat["revision"]
            chat = await self.person.chat(revision, wait=0.2)
        self.pictures += 1
        last = chat["messages"][-1]
        await self.phone.node.locator(f"[data-id='{last['message_id']}']").first.wait_for(timeout=3000)
        await self.seen.shot(f"{self.part}{self.language}-{self.pictures:03d}-{name}")
        with self.book.open("a") as book:
            book.write(f"\n===== {self.pictures:03d} {name}\n")
            for message in chat["messages"]:
                if message in self.known:
                    continue
                mark = ">>" if message["outgoing"] else "<<"
                book.write(f"{mark} {text_of(message)}\n")
                for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                    book.write("     " + " ".join(f"[{button['text']}]" for button in row) + "\n")
            gone = {message["message_id"] for message in self.known} - {m["message_id"] for m in chat["messages"]}
            book.write(f"     ({len(gone)} messages deleted)\n" if gone else "")
        self.known = chat["messages"]
        assert await self.seen.sideways_overflow() == [], name

    async def has(self, key: str) -> bool:
        return any(self.say(key) in one["text"] for message in await self.person.messages() for one in buttons(message))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen(language: str, tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, closed=("wca",), clock=clock, tidy_after=86_400.0) as bot:
        await bot.service.stores.registry.set_intake("esa", Intake(open=True, until=FAR, access=Access.INVITE))
        with as_file(emerging()) as path:
            await bot.service.stores.published.publish(read(path))
        person = await bot.emulator.person(language_code=language)
        with watched() as written:
            async with window(bot.emulator.url, width=360, height=1500) as seen:
                visitor = Visitor(language, bot, person, seen)
                await _arrives(visitor)
                await _looks_around(visitor)
                await _recommends(visitor)
                receipt = await _sends(visitor)
                await _hears_what_became_of_it(visitor, receipt)
                await _holds_a_receipt(visitor, receipt)
                await _tidies(visitor)
                await _writes_it_whole(visitor)
                await _is_reminded(visitor, clock)
                await _shares_a_practice(visitor)
                await _speaks_for_a_group(visitor)
                await _responds(visitor)
                await _leaves(visitor)
        assert written.missing("walk") == []


async def _arrives(one: Visitor) -> None:
    await one.person.start("eeca")
    await one.picture("language")
    own = next(known.own_name for known in CATALOGUE.languages if known.code == one.language)
    await one.press_label(own, "notice")
    await one.press("notice.more")
    await one.press("help.back")
    await one.send(TEXTS[one.language][1], "too-early")
    await one.press("notice.leave")
    await one.person.start("eeca")
    await one.picture("language-again")
    await one.press_label(own, "notice-again")
    await one.press("notice.accept")
    await one.send(TEXTS[one.language][1], "question-first")
    await one.press("understood.readers.choose.everybody")
    await one.send("/language", "language-amid-questions")
    await one.press_label(own, "back-at-the-question")
    await one.press("understood.back.choose.never")


async def _looks_around(one: Visitor) -> None:
    await one.send("/help", "help")
    await one.press("help.back", "help-back")
    await one.send("/privacy", "privacy")
    await one.send("/nonsense", "unknown-command")
    await one.press("home.news_want")
    await one.send("/news", "news")
    await one.person.start("wca")
    await one.picture("closed")
    await one.person.start("esa")
    await one.picture("by-invite")
    await one.person.start("inv-nonsense-nonsense")
    await one.picture("bad-link")
    await one.send("/start", "start")
    for kind in OTHER:
        await one.person.send_kind(kind)
        await one.picture(f"other-{kind}")
    await one.send(TEXTS[one.language][1], "no-question-open")
    await one.press("home.learn")
    await one.press("help.back")


async def _recommends(one: Visitor) -> None:
    first, second = TEXTS[one.language]
    form_ = "recommendation"
    await one.press("home.begin")
    await one.send("99", "no-such-choice")
    await one.send(first, "loose")
    await one.send(second, "loose-two")
    await one.press("dialogue.loose_none")
    await one.press_label(one.short(form_, "phase", "emergency"), "theme")
    await one.press_label("→" if CATALOGUE.direction(one.language) == "ltr" else "←", "theme-page-2")
    await one.press("dialogue.back")
    await one.press("dialogue.skip", "phase-skipped")
    await one.press("dialogue.skip", "theme-skipped")
    await one.send("x" * 3900, "long-1")
    await one.send("y" * 3900, "long-2")
    for part in ("z" * 3900, "w" * 3900, "v" * 3900):
        await one.send(part, "long-more")
    await one.send("/cancel", "cancel-asked")
    await one.press("review.erase_yes")
    await one.send("/cancel", "nothing-to-cancel")
    await one.send("/start", "home-after-cancel")
    await one.press("home.begin")
    await one.press_label(one.short(form_, "phase", "emergency"), "theme")
    await one.press_label("→" if CATALOGUE.direction(one.language) == "ltr" else "←", "theme-page-2")
    await one.press_label(one.short(form_, "theme", "firewall"), "recommendation")
    await one.send(f"{first} +996 555 123 456, somebody@example.org, @example_name", "clues")
    sent = await one.send(second, "second")
    await one.person.edit(sent["message_id"], second + " !")
    await one.picture("edited")
    await one.press("dialogue.stop")
    await one.send("/start", "home-unfinished")
    await one.press("home.continue")
    await one.press("dialogue.next", "groups")
    await one.press_label("1 ·", "ticked")
    await one.press_label("2 ·", "ticked-2")
    await one.press("dialogue.next", "addressees")
    await one.press("dialogue.skip", "country")
    await one.send("Qqqq", "no-such-country")
    await one.send("A", "countries-that-fit")
    await one.send(CATALOGUE.territory(one.language, "KG"), "example")
    await one.press("dialogue.skip", "complete")
    await one.press("dialogue.add_addressee")
    await one.press_label("1 ·", "addressee-ticked")
    await one.press("dialogue.next", "review")
    await one.person.edit(sent["message_id"], second + " ?")
    await one.picture("edited-at-review")
    await one.send(f"{first} {second}", "loose-at-review")
    await one.press_label(one.short(form_, "example"), "placed")
    await one.press_label("✎ " + one.short(form_, "recommendation"), "change-text")
    await one.press("dialogue.next", "review-again")
    await one.press_label("✎ " + one.short(form_, "groups"), "change-groups")
    await one.press("dialogue.next", "review-once-more")
    await one.press("review.erase")
    await one.press("review.erase_no")


async def _sends(one: Visitor) -> str:
    await one.press("review.send", "receipt")
    shown = await one.person.wait_for(lambda message: bool(re.search(r"\d{4} \d{4}", text_of(message))))
    found = re.search(r"(?:\d{4} ){3}\d{4}", text_of(shown))
    assert found is not None
    return found[0].replace(" ", "")


async def _holds_a_receipt(one: Visitor, receipt: str) -> None:
    texts = TEXTS[one.language]
    outgoing = [m for m in await one.person.messages() if m["outgoing"]]
    await one.person.edit(outgoing[-1]["message_id"], "edited after sending")
    await one.picture("edited-after-sending")
    await one.press("sign.open")
    await one.press("sign.choice.region")
    await one.press("sign.yes_region")
    await one.press("sign.open")
    await one.press("sign.choice.organisation")
    await one.send("two\nlines", "unfit-name")
    await one.send("Network <X>", "confirm-name")
    await one.press("sign.other_name")
    await one.send("Network Y", "confirm-name-2")
    await one.press("sign.no")
    await one.press("sign.choice.person")
    await one.press("help.back", "sign-back")
    await one.press("help.back", "state-back")
    await one.press("help.back", "home-back")
    await one.send("/receipt", "ask-receipt")
    await one.send("1234 1234 1234 1234", "unknown-receipt")
    await one.send(receipt, "state")
    await one.press("amend.open")
    await one.press("amend.begin")
    await one.send("/language", "language-in-amend")
    own = next(known.own_name for known in CATALOGUE.languages if known.code == one.language)
    await one.press_label(own, "amend-again")
    await one.press("dialogue.skip", "amend-2")
    await one.press("dialogue.skip", "amend-3")
    await one.send(texts[0], "amend-text")
    await one.press("dialogue.next", "amend-4")
    for name in ("amend-5", "amend-6", "amend-7", "amend-complete"):
        await one.press("dialogue.skip", name)
    await one.press("dialogue.leave_as_it_is")
    await one.press("review.send", "amended")
    await one.press("receipt.check", "state-2")
    await one.press("receipt.withdraw")
    await one.press("help.back", "withdraw-back")
    await one.send(receipt, "state-3")
    await one.press("receipt.withdraw")
    await one.press("receipt.withdraw_yes")
    await one.press("help.back", "withdrawn-back")
    for at in range(7):
        await one.send(f"1234 1234 1234 123{at}", "unknown-again")
    await one.send("/start", "home-after-receipt")


async def _hears_what_became_of_it(one: Visitor, receipt: str) -> None:
    stores = one.bot.service.stores
    await stores.vault.move()
    standing = stores.store.standing(Receipt(receipt))
    assert standing is not None
    with as_file(emerging()) as path:
        points = read(path)
    carried = tuple(point.id for point in points.points[:2])
    await stores.published.publish(replace(points, feedback={standing.contribution: carried}))
    await one.send("Hm", "after-receipt")
    await one.send(receipt, "state-carried")
    await one.press("feedback.open")
    await one.press("feedback.reply.partly")
    await one.send(TEXTS[one.language][1], "feedback-words")
    await one.press("feedback.open", "feedback-so-far")
    await one.press("brief.next", "feedback-next")
    await one.press("feedback.reply.not_counted")
    await one.press("feedback.back")
    await one.press("receipt.withdraw", "withdraw-carried")
    await one.press("help.back", "withdraw-carried-back")


async def _tidies(one: Visitor) -> None:
    await one.send("/tidy", "tidy")
    await one.press("keep.button_always")
    await one.send("/tidy", "tidy-kept")
    await one.press("keep.button_not")
    await one.press("help.back", "tidy-back")


async def _writes_it_whole(one: Visitor) -> None:
    await one.press("home.begin")
    await one.press("dialogue.whole")
    await one.press("whole.one_by_one")
    await one.press("dialogue.whole")
    country = CATALOGUE.territory(one.language, "KG")
    await one.send(f"1) 2\n3) {TEXTS[one.language][0]}\n4) 99\n6) {country}", "whole-review")
    await one.press("review.send", "whole-receipt")
    await one.press("receipt.keep_chat")
    await one.press("receipt.another")


async def _is_reminded(one: Visitor, clock: SetClock) -> None:
    before = await one.bot_is_done()
    for _ in range(24 * 6):
        clock.time += 600
        if await one.bot.service.reminding.round():
            break
    await one.picture("reminder", before)
    await one.press("remind.not_now")
    await one.press("remind.yes")
    await one.send("/stop", "stop")
    await one.press("silence.undo")
    await one.press("help.back", "silence-back")
    clock.time += 30 * HOUR
    await one.bot.service.stores.expire()
    await one.bot.service.tidying.round()
    await one.send("/start", "home-after-expiry")


async def _shares_a_practice(one: Visitor) -> None:
    await one.press("home.practice")
    await one.send("x", "practice-text")
    await one.press("dialogue.next", "practice-rating")
    for name in ("actors", "country", "phase", "change", "evidence", "groups", "end"):
        if name == "actors":
            await one.press_label("1 ·", "practice-actors")
        elif await one.has("dialogue.skip"):
            await one.press("dialogue.skip", f"practice-{name}")
    await _to_the_review(one)
    await one.press("review.send", "practice-receipt")
    await one.press("receipt.check", "practice-state")
    await one.press("amend.open", "practice-amend")
    await one.press("help.back")


async def _to_the_review(one: Visitor) -> None:
    """Whatever still stands open."""
    for _ in range(12):
        shown = (await one.person.received())[-1]
        labels = [button["text"] for button in buttons(shown)]
        if one.say("review.send") in labels:
            return
        for key in ("dialogue.skip", "dialogue.leave_as_it_is", "dialogue.next"):
            if one.say(key) in labels:
                await one.press(key, "on")
                break
        else:
            await one.press_label("1 ·", "on-1")


async def _speaks_for_a_group(one: Visitor) -> None:
    await one.send("/start", "home-before-group")
    await one.press("home.group")
    await one.send("forty", "group-not-a-number")
    await one.press("dialogue.loose_none") if await one.has("dialogue.loose_none") else None
    await one.send("40", "group-agreement")
    await one.press_label("1 ·", "group-countries")
    await one.send(CATALOGUE.territory(one.language, "KG"), "group-country-ticked")
    await one.press("dialogue.next", "group-organisations")
    await one.press_label("1 ·", "group-organisation-ticked")
    await one.press("dialogue.next", "group-groups")
    await _to_the_review(one)
    await one.press("review.send", "group-receipt")
    await one.press("group.first_point")
    await one.send("/start", "home-in-point")
    await one.press("home.continue")
    await one.send("/cancel", "cancel-point")
    await one.press("review.erase_yes")
    await one.send("/start", "home-speaking")
    await one.press("group.finish")


async def _responds(one: Visitor) -> None:
    await one.press("home.respond")
    await one.press_label("1 ·", "response-2")
    await one.press_label("2 ·", "response-words")
    await one.send(TEXTS[one.language][0], "response-words-saved")
    await one.press("dialogue.next", "response-3")
    await _to_the_review(one)
    await one.press("review.send", "response-receipt")
    await one.press("receipt.check", "response-state")
    await one.press("sign.open", "response-sign")


async def _leaves(one: Visitor) -> None:
    await one.send("/mydata", "mydata")
    await one.send("/forget", "forget")
    await one.press("forget.yes")
    await one.send(TEXTS[one.language][1], "after-forget")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_card(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code=language)
        with watched() as written:
            async with window(bot.emulator.url, width=360, height=1500) as seen:
                one = Visitor(language, bot, person, seen, "cards-")
                await person.start("eeca")
                await person.press(next(known.own_name for known in CATALOGUE.languages if known.code == language))
                await accept(person, language)
                await one.press("home.learn")
                topics = buttons(await person.wait_for_text(one.say("brief.explain")))[:-1]
                for button in topics:
                    await one.press_label(button["text"], "card")
                    while one.say("brief.next") in [known["text"] for known in buttons((await person.received())[-1])]:
                        await one.press("brief.next")
                    await one.press("brief.topics")
        assert written.missing("cards") == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_spoken_answer(language: str, tmp_path: Path) -> None:
    """No form that comes with the program asks for one, so its questions are English."""
    async with running_bot(tmp_path, questionnaires=forms()) as bot:
        person = await bot.emulator.person(language_code=language)
        with watched() as written:
            async with window(bot.emulator.url, width=360, height=1000) as seen:
                one = Visitor(language, bot, person, seen, "voice-")
                await person.start("eeca")
                await person.press(next(known.own_name for known in CATALOGUE.languages if known.code == language))
                await accept(person, language)
                await one.press("home.begin")
                await one.send(TEXTS[language][0], "words")
                await _records(one, 21, "too-long")
                await _records(one, 5, "recorded")
                await _records(one, 7, "recorded-2")
                await one.press("dialogue.next", "in-words")
                await one.send(TEXTS[language][0], "written")
                await one.press("dialogue.next", "review")
                await one.press_label("✎ Voice", "again")
                await one.press("dialogue.remove", "removed")
        assert written.missing("voice") == []


async def _records(one: Visitor, seconds: int, name: str) -> None:
    before = await one.bot_is_done()
    await one.person.record(VOICE, seconds)
    await one.picture(name, before)
