"""What became of what somebody sent, by receipt: points, answers, words; and back to the secretariat, sealed."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.consultations import Intake
from bot.core.contributions import Receipt
from bot.core.people import ChatId
from bot.core.points import Point, Publication
from bot.core.session import Place
from locales.catalogue import Catalogue
from tests.journeys.test_control import amends, another, exported
from tests.journeys.test_participant import CATALOGUE, say, session, somebody
from tests.journeys.test_withdrawal import handed_in
from tests.support.bot import FAR, Bot
from tests.support.emulator import Person, buttons, text_of

CLINICS = Point(
    "clinics",
    ("eeca",),
    "2026-11-20",
    {"en": "Clinics", "fr": "Soins"},
    {"en": "Clinics are open to all.", "fr": "Les soins sont ouverts."},
    said={"en": "Nobody may be asked for papers."},
    answered={"en": "Two ministries agree."},
)
WAGES = Point("wages", ("eeca",), "2026-11-20", {"en": "Wages"}, {"en": "Pay what is owed."})


async def publish(bot: Bot, receipt: Receipt, *points: Point) -> None:
    standing = bot.service.stores.store.standing(receipt)
    assert standing is not None
    ids = tuple(point.id for point in points)
    await bot.service.stores.published.publish(Publication((), points, {standing.contribution: ids}))


async def opens(person: Person, receipt: Receipt, language: str = "en") -> None:
    await person.send(receipt)
    await person.wait_for(lambda message: any(b["text"] == say("feedback.open", language) for b in buttons(message)))
    await person.press(say("feedback.open", language))
    await person.wait_for_text(say("feedback.ask", language))


async def test_an_answer_with_words_comes_back_to_the_point(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "Open the clinics to everybody.")
        (contribution,) = await exported(bot, tmp_path / "one.zip")
        await publish(bot, receipt, CLINICS, WAGES)
        await opens(person, receipt)
        shown = await person.wait_for_text("Clinics are open to all.")
        assert say("respond.answered", text="Two ministries agree.") in text_of(shown)
        await person.press(say("feedback.reply.partly"))
        await person.wait_for_text(say("feedback.noted", answer=say("feedback.reply.partly")))
        assert session(bot, person).place is Place.REPLYING
        await person.send("Hospitals are missing.")
        await person.wait_for_text(say("feedback.words_done"))
        assert session(bot, person).replying is None
        line = (await exported(bot, tmp_path / "two.zip", "1"))[contribution]
        expected = {
            "point": "clinics",
            "version": CLINICS.version,
            "answer": "partly",
            "words": "Hospitals are missing.",
        }
        assert line["feedback"] == [expected]
        assert line["answers"]["recommendation"] == "Open the clinics to everybody."
        # Another account, the other point; then the first one again: one answer counts for each.
        other = await another(bot)
        await opens(other, receipt)
        await other.wait_for_text(say("feedback.so_far", answer=say("feedback.reply.partly")))
        await other.press(say("brief.next"))
        await other.wait_for_text("Pay what is owed.")
        await other.press(say("feedback.reply.not_counted"))
        await other.wait_for_text(say("feedback.noted", answer=say("feedback.reply.not_counted")))
        await other.press(say("feedback.more"))
        await other.press(say("feedback.reply.yes"))
        noted = await other.wait_for_text(say("feedback.noted", answer=say("feedback.reply.yes")))
        line = (await exported(bot, tmp_path / "three.zip", "2"))[contribution]
        answers = {one["point"]: (one["answer"], one["words"]) for one in line["feedback"]}
        assert answers == {"wages": ("not_counted", None), "clinics": ("yes", None)}
        # Nothing in the chats' own rows says which contribution or receipt it was, once they went on.
        await other.press(say("receipt.home"))
        await other.wait_for_text(say("join.title"), after=noted["message_id"] - 1)
        assert session(bot, other).replying is None


async def test_words_are_taken_only_while_they_are_asked_for(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await publish(bot, receipt, CLINICS)
        await opens(person, receipt)
        await person.press(say("feedback.reply.yes"))
        noted = await person.wait_for_text(say("feedback.words"))
        await person.press(say("feedback.back"))
        await person.wait_for_text(say("receipt.state_submitted"), after=noted["message_id"] - 1)
        assert session(bot, person).replying is None
        await person.send("This is no answer to anything.")
        await person.wait_for_text(say("home.not_an_answer"))


async def test_words_changed_meanwhile_are_not_answered_unseen(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await publish(bot, receipt, CLINICS)
        await opens(person, receipt)
        await publish(bot, receipt, replace(CLINICS, text={"en": "Clinics are open to some."}))
        await person.press(say("feedback.reply.yes"))
        told = await person.wait_for_text(say("feedback.changed"))
        assert "open to some" in text_of(told)
        (line,) = (await exported(bot, tmp_path / "all.zip")).values()
        assert line["feedback"] == []
        await publish(bot, receipt)
        await person.press(say("feedback.reply.yes"))
        await person.wait_for(
            lambda message: (
                say("feedback.changed") in text_of(message) and say("receipt.state_submitted") in text_of(message)
            )
        )


async def test_it_works_when_the_text_is_final_and_for_an_earlier_version(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await publish(bot, receipt, CLINICS)
        await amends(person, receipt, "two")
        await person.press(say("review.send"))
        await person.wait_for_text(say("amend.receipt_stays"))
        await bot.service.stores.registry.set_intake("eeca", Intake(open=False, until=FAR, final=True))
        await opens(person, receipt)
        await person.press(say("feedback.reply.no"))
        await person.wait_for_text(say("feedback.noted", answer=say("feedback.reply.no")))
        found = await exported(bot, tmp_path / "all.zip")
        assert [one["answer"] for line in found.values() for one in line["feedback"]] == ["no"]
        assert all("feedback" in line for line in found.values())


async def test_who_has_not_accepted_the_notice_may_look_and_leave_the_count(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await publish(bot, receipt, CLINICS)
        other = await bot.emulator.person(language_code="en")
        await other.start()
        await other.press("English")
        await opens(other, receipt)
        await other.press(say("feedback.reply.yes"))
        await other.wait_for_text(say("receipt.notice_first"))
        await opens(other, receipt)
        await other.press(say("feedback.reply.not_counted"))
        await other.wait_for_text(say("feedback.noted", answer=say("feedback.reply.not_counted")))


async def test_taking_back_says_what_loses_support_and_whether_it_left(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await person.send(receipt)
        await person.press(say("receipt.withdraw"))
        await person.wait_for_text(say("receipt.not_left"))
        await exported(bot, tmp_path / "one.zip")
        await publish(bot, receipt, CLINICS)
        await person.send(receipt)
        await person.wait_for(lambda message: any(b["text"] == say("feedback.open") for b in buttons(message)))
        await person.press(say("receipt.withdraw"))
        asked = await person.wait_for_text(say("receipt.left"))
        assert say("feedback.loses") in text_of(asked)
        assert "• Clinics" in text_of(asked)
        await person.press(say("receipt.withdraw_yes"))
        gone = await person.wait_for_text(say("receipt.state_withdrawn"))
        assert say("feedback.open") not in [button["text"] for button in buttons(gone)]
        (line,) = (await exported(bot, tmp_path / "two.zip", "1")).values()
        assert (line["state"], line["feedback"]) == ("withdrawn", [])


@pytest.mark.parametrize("language", [language.code for language in Catalogue.load().languages])
async def test_in_every_language_with_the_fallback_shown(tmp_path: Path, language: str) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await publish(bot, receipt, CLINICS)
        profile = bot.service.stores.store.profile(ChatId(person.id))
        assert profile is not None
        await person.send("/language")
        own = next(one.own_name for one in Catalogue.load().languages if one.code == language)
        await person.wait_for(lambda message: any(own in button["text"] for button in buttons(message)))
        await person.press(own)
        await opens(person, receipt, language)
        shown = await person.wait_for_text(say("feedback.title", language))
        untranslated = CATALOGUE.pattern(language, "respond.language").split("{")[0]
        assert (untranslated in text_of(shown)) == (language not in ("en", "fr"))
        assert all(len(button["text"]) <= 28 for button in buttons(shown))
        await person.press(say("feedback.reply.partly", language))
        await person.wait_for_text(say("feedback.words", language))
