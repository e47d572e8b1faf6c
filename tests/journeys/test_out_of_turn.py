"""What people do out of turn: labels typed on every page, replies to a former draft, a short text at the review, old
buttons after a new version and after a reminder, another language in the middle of anything.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.core.contributions import State
from bot.core.traces import Fate
from tests.journeys.test_control import amends
from tests.journeys.test_participant import asked, say, session, somebody, to_the_review
from tests.journeys.test_reminders import HOUR, noon
from tests.journeys.test_withdrawal import handed_in
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.network import approve, begin, organizer, propose, write

TEXT = "Open the clinics to everybody."


def data_of(message: Message, label: str) -> str:
    return next(str(one["callback_data"]) for one in buttons(message) if label in one["text"])


async def types(person: Person, label: str, then: str) -> Message:
    """Type what stands on a button; what is shown after it."""
    sent = await person.send(label)
    return await person.wait_for_text(then, after=sent["message_id"])


async def test_labels_are_typed_on_pages_that_are_no_step(tmp_path: Path) -> None:
    """For a line on which buttons do not work: taking back, silence, briefings, leaving."""
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, TEXT)
        await types(person, receipt, say("receipt.state_submitted"))
        await types(person, say("receipt.withdraw"), say("receipt.withdraw_sure"))
        await types(person, say("receipt.withdraw_yes"), say("receipt.state_withdrawn"))
        assert bot.service.stores.store.state(receipt) is State.WITHDRAWN
        await types(person, "/stop", say("silence.on"))
        await types(person, say("silence.undo").lower(), say("silence.off"))
        await types(person, "/start", say("home.what"))
        topics = await types(person, say("home.learn"), say("brief.explain"))
        await types(person, buttons(topics)[0]["text"], "1/")
        await types(person, say("brief.next"), "2/")
        await types(person, "/forget", say("forget.what_goes"))
        await types(person, say("forget.yes"), say("forget.done"))


async def test_typed_all_at_once_the_steps_count_not_what_stood_last(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        for text in ("2", say("dialogue.skip"), TEXT, say("dialogue.next"), say("dialogue.skip")):
            await person.send(text)
        await asked(person, 5)
        draft = session(bot, person).draft
        assert draft is not None
        assert [step for step, answer in draft.answers.items() if not answer.skipped] == ["phase", "recommendation"]


async def test_a_reply_to_a_former_draft_changes_nothing_in_the_next(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await handed_in(person, TEXT)
        await person.press(say("receipt.keep_chat"))
        kept = await person.wait_for_text(say("keep.once"))
        theme = next(one for one in await person.received() if text_of(one).startswith("– Topic"))
        await person.press(say("receipt.another"))
        first = await person.wait_for(lambda one: "1 of 7" in text_of(one), after=kept["message_id"])
        await person.send("3", reply_to=theme["message_id"])
        await person.wait_for(lambda one: " of 7" in text_of(one), after=first["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        assert set(draft.answers) == {"phase"}
        await person.wait_for(lambda one: "2 of 7" in text_of(one), after=first["message_id"])


async def test_two_words_at_the_review_are_kept_and_asked_about(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, TEXT)
        await types(person, "Ok", say("review.press_a_button"))
        await types(person, "Free ambulances", say("dialogue.loose"))
        await types(person, "Example", say("dialogue.added", question="Example"))
        draft = session(bot, person).draft
        assert draft is not None
        assert any(answer.written for step, answer in draft.answers.items() if step == "example")


async def test_old_buttons_after_a_new_version_and_after_a_reminder_do_nothing(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        receipt = await handed_in(person, TEXT)
        sends = [data for _, data in await _labels(person, say("review.send"))]
        await amends(person, receipt, "Open them by night, too.")
        review = await person.wait_for_text(say("review.title"))
        sends.append(data_of(review, say("review.send")))
        await person.press(say("review.send"))
        done = await person.wait_for_text(say("amend.done", version=2))
        for data in sends:
            await person.tap(review["message_id"], data)
        await types(person, "/start", say("home.what"))
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        assert standing.version == 2
        await person.press(say("home.begin"))
        first = await person.wait_for(lambda one: "1 of 7" in text_of(one), after=done["message_id"])
        skip = data_of(first, say("dialogue.skip"))
        for _ in range(24 * 6):
            clock.time += 600
            if await bot.service.reminding.round():
                break
        await person.wait_for_text(say("remind.ask"))
        await person.tap(first["message_id"], skip)
        second = await person.wait_for(lambda one: "2 of 7" in text_of(one), after=first["message_id"])
        await person.press(say("remind.yes"))
        await person.wait_for(lambda one: "2 of 7" in text_of(one), after=second["message_id"])
        await person.tap(first["message_id"], skip)
        await types(person, "/help", say("help.title"))
        draft = session(bot, person).draft
        assert draft is not None
        assert set(draft.answers) == {"phase"}


async def _labels(person: Person, label: str) -> list[tuple[int, str]]:
    """Buttons with this label that still stand."""
    found = [(m["message_id"], one) for m in await person.received() for one in buttons(m)]
    return [(number, str(one["callback_data"])) for number, one in found if one["text"] == label]


async def _home(bot: Bot, person: Person) -> None:
    del bot
    await person.wait_for_text(say("home.what"))


async def _question(bot: Bot, person: Person) -> None:
    del bot
    await person.press(say("home.begin"))
    await asked(person, 1)


async def _review(bot: Bot, person: Person) -> None:
    del bot
    await to_the_review(person, TEXT)


async def _whole(bot: Bot, person: Person) -> None:
    del bot
    await person.press(say("home.begin"))
    await asked(person, 1)
    await person.press(say("dialogue.whole"))
    await person.wait_for_text(say("whole.how"))


async def _receipt(bot: Bot, person: Person) -> None:
    del bot
    await handed_in(person, TEXT)


async def _signing(bot: Bot, person: Person) -> None:
    del bot
    await handed_in(person, TEXT)
    await person.press(say("sign.open"))
    await person.press(say("sign.choice.organisation"))
    await person.wait_for_text(say("sign.ask_organisation"))


async def _asking(bot: Bot, person: Person) -> None:
    await organizer(bot)
    sent = await person.send("/ask")
    await person.wait_for_text(say("ask.title"), after=sent["message_id"])


@pytest.mark.parametrize(
    ("there", "key"),
    [
        (_home, "home.what"),
        (_question, "dialogue.skip"),
        (_review, "review.title"),
        (_whole, "whole.how"),
        (_receipt, "receipt.after"),
        (_signing, "sign.ask_organisation"),
        (_asking, "ask.title"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_another_language_in_the_middle_of_anything(
    there: Callable[[Bot, Person], Awaitable[None]], key: str, tmp_path: Path
) -> None:
    """The chat goes on at the same place, in the new language."""
    async with somebody(tmp_path) as (bot, person):
        await there(bot, person)
        place = session(bot, person).place
        sent = await person.send("/language")
        await person.wait_for_text(say("language.choose"), after=sent["message_id"])
        await person.press("Français")
        wanted = say(key, "fr")
        await person.wait_for(
            lambda one: wanted in text_of(one) or any(wanted == button["text"] for button in buttons(one)),
            after=sent["message_id"],
        )
        assert session(bot, person).place is place


async def test_news_goes_with_whoever_leaves(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon() + 4 * HOUR)) as bot:  # by day, or nothing is sent
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.news_want"))
        await person.wait_for(lambda one: any(say("home.news_stop") == b["text"] for b in buttons(one)))
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", "The meeting is in June.")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await propose(ana)
        await approve(bo)
        await person.wait_for_text("The meeting is in June.")
        await types(person, "/forget", say("forget.what_goes"))
        await person.press(say("forget.yes"))
        await person.wait_for_text(say("forget.done"))
        await person.wait_until(lambda chat: all("June" not in text_of(one) for one in chat["messages"]))


async def test_what_was_set_aside_leaves_the_chat_in_time(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock, malformed=True) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        sent = await _set_aside(bot, person)
        traces = bot.service.stores.store.traces
        noted = traces.removals([row for fate in Fate for row in traces.rows(fate)])
        assert sent["message_id"] in {number for removal in noted for number in removal.numbers}
        clock.time += 41 * HOUR
        await bot.service.tidying.round()
        await person.wait_until(lambda chat: sent["message_id"] not in {m["message_id"] for m in chat["messages"]})


async def _set_aside(bot: Bot, person: Person) -> Message:
    """A message whose update nobody can read: it stands in the chat all the same."""
    number = (await bot.emulator.update_count())["next_update_id"]
    sent = await person.send("/help")
    await person.wait_for_text(say("help.title"))
    chat = {"id": person.id, "type": "private", "first_name": "X"}
    message = {"message_id": sent["message_id"] + 50, "chat": chat, "text": TEXT, "date": "yesterday"}
    await bot.emulator.queue_updates([{"update_id": number + 1, "message": message}])
    await person.wait_for_text(say("error.send_again"), deadline=20)
    return message
