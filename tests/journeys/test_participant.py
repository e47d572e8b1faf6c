"""What a participant may do besides answering: arrive, be turned away kindly, change the language, stop, come back,
correct, erase. Through PTB over HTTP and the emulator; buttons are pressed by their words."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.core.consultations import Access, Intake
from bot.core.contributions import Receipt, State
from bot.core.dialogue.draft import REVIEW
from bot.core.people import NOTICE, ChatId, Invite, Role
from bot.core.ports import Seen
from bot.core.session import Session
from locales.catalogue import Catalogue
from tests.support.arrival import KEYS, accept
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of

CATALOGUE = Catalogue.load()


def say(key: str, language: str = "en", **values: str | int) -> str:
    return CATALOGUE.text(language, key, **values)


@asynccontextmanager
async def somebody(folder: Path, payload: str | None = "eeca") -> AsyncIterator[tuple[Bot, Person]]:
    async with running_bot(folder) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start(payload)
        await person.press("English")
        await accept(person)
        yield bot, person


def session(bot: Bot, person: Person) -> Session:
    found = bot.service.stores.store.session(ChatId(person.id))
    assert found is not None
    return found


async def asked(person: Person, number: int, language: str = "en") -> Message:
    """The question of that number stands open, with its buttons."""
    head = say("dialogue.progress", language, at=number, total=7)
    return await person.wait_for(lambda message: head in text_of(message) and bool(buttons(message)))


async def to_the_recommendation(person: Person, language: str = "en") -> None:
    await person.press(say("home.begin", language))
    await asked(person, 1, language)
    await person.press("2 ·")
    await asked(person, 2, language)
    await person.press(say("dialogue.skip", language))
    await asked(person, 3, language)


async def to_the_review(person: Person, text: str, language: str = "en") -> None:
    skip, onward = say("dialogue.skip", language), say("dialogue.next", language)
    await to_the_recommendation(person, language)
    await person.send(text)
    await person.press(onward)
    await asked(person, 4, language)
    await person.press(skip)
    await asked(person, 5, language)
    await person.press("1 ·")
    await person.press(onward)
    await asked(person, 6, language)
    await person.press(skip)
    await asked(person, 7, language)
    await person.press(skip)
    await person.wait_for_text(say("review.title", language))


async def test_leaving_at_the_notice_keeps_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="ar")
        await person.start("eeca")
        await person.press("English")
        await person.press(say("notice.leave"))
        await person.wait_for_text(say("goodbye.left"))
        assert bot.service.stores.store.profile(ChatId(person.id)) is None
        assert bot.service.stores.store.session(ChatId(person.id)) is None
        await person.start()
        await person.press("Français")
        await person.wait_for_text(say("notice.title", "fr"))


async def test_a_closed_consultation_says_so_kindly_and_offers_the_others(tmp_path: Path) -> None:
    async with running_bot(tmp_path, closed=("wca",)) as bot:
        person = await bot.emulator.person(language_code="fr")
        await person.start("wca")
        await person.press("Français")
        await accept(person, "fr")
        name = say("consultation.wca.name", "fr")
        shown = await person.wait_for_text(say("join.closed", "fr", consultation=name))
        assert not any("j:wca" in button.get("callback_data", "") for button in buttons(shown))
        await person.press(say("consultation.esa.short", "fr"))
        await person.wait_for_text(say("home.what", "fr"))


async def test_by_invite_only_with_the_invitation(tmp_path: Path) -> None:
    async with somebody(tmp_path, payload=None) as (bot, person):
        registry = bot.service.stores.registry
        await registry.set_intake("esa", Intake(open=True, until=FAR, access=Access.INVITE))
        token = await registry.new_invite(Invite(Role.PARTICIPANT, "esa"), uses=1, expires=None)
        await person.start("esa")
        name = say("consultation.esa.name")
        await person.wait_for_text(say("join.closed", consultation=name))
        await bot.service.stores.outbox.set_sensitive("esa", sensitive=False)
        await person.start("esa")
        await person.wait_for_text(say("join.by_invite", consultation=name))
        await person.start("A" * 22)
        await person.wait_for_text(say("error.invite_unknown"))
        await person.start(token)
        await person.wait_for(lambda message: name in text_of(message) and say("home.what") in text_of(message))
        await person.start(token)
        await person.wait_for(lambda message: say("home.what") in text_of(message))
        other = await bot.emulator.person(language_code="en")
        await other.start(token)
        await other.press("English")
        await accept(other)
        await other.wait_for_text(say("join.title"))
        assert bot.service.stores.store.grants(ChatId(other.id)) == ()


async def test_the_language_can_be_changed_in_the_middle(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.send("/language")
        await person.press("العربية")
        await person.wait_for(lambda message: say("dialogue.progress", "ar", at=3, total=7) in text_of(message))
        draft = session(bot, person).draft
        assert draft is not None
        assert draft.answers["phase"].codes == ("emergency",)  # type: ignore[index]


async def test_reading_a_briefing_leaves_the_question_where_it_was(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.send("/help")
        await person.press(say("home.learn"))
        await person.wait_for_text(say("brief.title"))
        await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("dialogue.text_saved"))
        draft = session(bot, person).draft
        assert draft is not None
        assert len(draft.answers["recommendation"].written) == 1  # type: ignore[index]


async def test_stop_and_continue(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.press(say("dialogue.stop"))
        await person.wait_for_text(say("home.what"))
        await person.send("Is anybody there?")
        await person.wait_for_text(say("home.draft_waits"))
        await person.press(say("home.continue"))
        await asked(person, 3)
        draft = session(bot, person).draft
        assert draft is not None
        assert "recommendation" not in draft.answers


async def test_a_draft_says_where_it_belongs_after_a_change_of_consultation(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.start("mena")
        home = await person.wait_for_text(say("home.unfinished", time=say("time.hours", count=24)))
        first, last = say("consultation.mena.name"), say("consultation.eeca.name")
        assert text_of(home).index(first) < text_of(home).index(last)
        await person.press(say("home.continue"))
        await asked(person, 3)
        draft = session(bot, person).draft
        assert draft is not None
        assert draft.consultation == "eeca"


async def test_every_button_can_be_typed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="fr")
        await person.start("eeca")
        await person.wait_for_text(say("language.welcome", "fr"))
        await person.send("english")
        await person.wait_for_text(say("notice.title"))
        for key in KEYS:
            await person.send(say(key).upper())
            await person.wait_for(lambda message: bool(buttons(message)))
        await person.wait_for_text(say("home.what"))
        await person.send("make a recommendation")
        await asked(person, 1)
        await person.send("3")
        await asked(person, 2)
        await person.send("skip")
        await asked(person, 3)
        await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("dialogue.text_saved"))
        await person.send("Next")
        await asked(person, 4)
        await person.send("1, 3")
        await person.wait_for(lambda message: any("☑ 3" in button["text"] for button in buttons(message)))
        await person.send("next")
        await asked(person, 5)
        await person.send("Back")
        await asked(person, 4)
        draft = session(bot, person).draft
        assert draft is not None
        assert draft.answers["groups"].codes == ("all_migrants", "women_gbv")  # type: ignore[index]


async def test_an_edited_message_is_the_new_answer_and_the_old_one_is_gone(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        sent = await person.send("Opne the clinics.")
        await person.wait_for_text(say("dialogue.text_saved"))
        before = session(bot, person).draft
        await person.edit(sent["message_id"], "Open the clinics.")
        await person.wait_for_text(say("dialogue.edit_taken", question="Recommendation"))
        after = session(bot, person).draft
        assert before is not None
        assert after is not None
        assert before.answers["recommendation"] != after.answers["recommendation"]  # type: ignore[index]
        assert len(after.answers["recommendation"].written) == 1  # type: ignore[index]


async def test_review_change_send_and_the_receipt_once(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, "Open the clinics to everybody.")
        await person.press("✎ When")
        await person.wait_for(lambda message: "1 of 7" in text_of(message) and bool(buttons(message)))
        await person.press("3 ·")
        review = await person.wait_for(
            lambda message: say("review.title") in text_of(message) and "After the crisis" in text_of(message)
        )
        assert "Open the clinics to everybody." in text_of(review)
        await person.press(say("review.send"))
        shown = await person.wait_for_text(say("receipt.title"))
        digits = re.search(r"(?:\d{4} ){3}\d{4}", text_of(shown))
        assert digits is not None
        receipt = Receipt(digits[0].replace(" ", ""))
        assert bot.service.stores.store.state(receipt) is State.SUBMITTED
        assert [button["copy_text"]["text"] for button in buttons(shown) if "copy_text" in button] == [receipt]
        await person.send("thank you")
        await person.wait_for_text(say("receipt.after"))
        chat = [text_of(message) for message in await person.messages()]
        assert sum(digits[0] in text for text in chat) == 1
        view = bot.service.stores.store.view(ChatId(person.id))
        assert view is None or view.receipt is None


async def test_cancel_erases_the_draft_after_a_question(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("dialogue.text_saved"))
        await person.send("/cancel")
        await person.press(say("review.erase_no"))
        await asked(person, 3)
        assert session(bot, person).draft is not None
        await person.send("/cancel")
        await person.press(say("review.erase_yes"))
        await person.wait_for_text(say("review.erased"))
        assert session(bot, person).draft is None


async def test_forget_erases_what_is_kept(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.news_want"))
        await person.press(say("home.news_stop"))
        await to_the_recommendation(person)
        await person.send("/forget")
        await person.press(say("forget.yes"))
        await person.wait_for_text(say("forget.done"))
        assert bot.service.stores.store.profile(ChatId(person.id)) is None
        assert bot.service.stores.store.session(ChatId(person.id)) is None


async def test_a_restart_shows_the_open_question_and_the_sealed_text_is_not_shown(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, "Open the clinics to everybody.")
        number = (await person.received())[-1]["message_id"]
        store = bot.service.stores.store
        found = session(bot, person)
        assert found.draft is not None
        assert found.draft.step == REVIEW
        bot.service.conversing.forget_all()  # as a restart does; the process itself is killed in other tests
        view = store.view(ChatId(person.id))
        assert view is not None
        await store.settle([Seen(ChatId(person.id), view, owed=True)])
        assert await bot.service.conversing.unasked.owed() == 1
        again = await person.wait_for_text(say("review.title"), after=number)
        assert say("review.sealed", count=1) in text_of(again)
        assert "Open the clinics" not in text_of(again)


async def test_many_people_at_once_keep_their_own_words(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:

        async def one(number: int) -> None:
            person = await bot.emulator.person(language_code="en")
            await person.start("sca")
            await person.press("English")
            await accept(person)
            await to_the_recommendation(person)
            await person.send(f"Recommendation number {number}.")
            await person.press(say("dialogue.next"))
            await asked(person, 4)

        await asyncio.gather(*(one(number) for number in range(12)))


async def test_who_misses_a_question_is_told_what_is_true_and_goes_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await person.press(say("notice.accept"))
        early = await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("understood.first"), after=early["message_id"])
        asked_first = await person.wait_for_text(say("understood.readers.ask"), after=early["message_id"])
        stale = next(one["callback_data"] for one in buttons(asked_first) if "everybody" in one["callback_data"])
        await person.press(say("understood.readers.choose.everybody"))
        second = await person.wait_for_text(say("understood.readers.missed"))
        assert say("understood.back.ask") in text_of(second)
        await person.tap(asked_first["message_id"], stale)
        await person.wait_for_text(say("understood.back.ask"))
        profile = bot.service.stores.store.profile(ChatId(person.id))
        assert profile is not None
        assert profile.notice is None
        await person.press(say("understood.back.choose.never"))
        await person.wait_for_text(say("understood.back.missed"))
        await person.press(say("home.begin"))
        await asked(person, 1)
        profile = bot.service.stores.store.profile(ChatId(person.id))
        assert profile is not None
        assert profile.notice == NOTICE


async def test_what_may_lead_to_a_person_is_warned_about_and_kept(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        for number in (1, 2):
            await asked(person, number)
            await person.press(say("dialogue.skip"))
        await asked(person, 3)
        sent = await person.send("Ask amina@example.org, or call +961 3 123 456")
        kinds = f"{say('clue.phone')}, {say('clue.email')}"
        await person.wait_for_text(say("dialogue.clues", kinds=kinds), after=sent["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        assert len(draft.answers[draft.step].written) == 1
        await person.edit(sent["message_id"], "Ask the network. I am @some_network")
        await person.wait_for_text(say("dialogue.clues", kinds=say("clue.account")))
