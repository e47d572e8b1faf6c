"""One draft at a time: whoever begins something else, by whichever way, is told what waits, and nothing goes to another
consultation or into another form than the person sees. One form answered in both ways, question by question and all at
once, is one contribution.
"""

from pathlib import Path

from bot.questionnaires.library import form
from tests.journeys.test_participant import asked, say, session, somebody
from tests.journeys.test_withdrawal import exported, handed_in
from tests.support.emulator import Person, buttons, text_of

TEXT = "Open the clinics to everybody."


async def home(person: Person, after: int) -> list[str]:
    """Labels of the home screen, which says that something waits."""
    shown = await person.wait_for_text(say("home.unfinished", time=say("time.hours", count=24)), after=after)
    return [button["text"] for button in buttons(shown)]


async def test_what_was_begun_stays_where_it_was_begun(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        old = await person.wait_for_text(say("home.what"))
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.press("2 ·")
        await asked(person, 2)
        await person.start("mena")
        both = await person.wait_for_text(say("consultation.mena.name"))
        assert say("consultation.eeca.name") in text_of(both)
        labels = [button["text"] for button in buttons(both)]
        assert say("home.continue") in labels
        assert not {say("home.begin"), say("home.practice"), say("home.group")} & {*labels}
        # Buttons of older screens: of the same words elsewhere, of a practice, of a group.
        for data in ("r", "r:practice", "r:group"):
            await person.tap(old["message_id"], data)
        draft = session(bot, person).draft
        assert draft is not None
        assert (draft.consultation, draft.questionnaire) == ("eeca", "recommendation")
        sent = await person.send(TEXT)
        await person.wait_for_text(say("home.draft_waits"), after=sent["message_id"])
        await person.press(say("home.continue"))
        await person.wait_for(lambda one: "2 of 7" in text_of(one), after=sent["message_id"])
        await person.press(say("dialogue.skip"))
        await asked(person, 3)
        await person.send(TEXT)
        for number in (4, 5, 6, 7):
            await person.press(say("dialogue.next") if number == 4 else say("dialogue.skip"))
            await asked(person, number)
        await person.press(say("dialogue.skip"))
        await person.press(say("dialogue.leave_as_it_is"))
        await person.wait_for_text(say("review.title"))
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        await person.press(say("receipt.another"))
        await asked(person, 1)
        other = session(bot, person).draft
        assert other is not None
        assert other.consultation == "mena"
        (line,) = await exported(bot, tmp_path / "export.zip")
        assert line["consultation"] == "eeca"


async def test_nothing_else_is_begun_before_the_first_is_sent_or_erased(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, TEXT)
        sent = await person.send("/start")
        await person.wait_for_text(say("home.what"), after=sent["message_id"])
        await person.press(say("home.practice"))
        await person.wait_until(lambda _: session(bot, person).draft is not None)
        await person.send("The consulate answered day and night.")
        practice = session(bot, person).draft
        assert practice is not None
        sent = await person.send("/start")
        labels = await home(person, sent["message_id"])
        assert say("home.begin") not in labels
        assert {say("home.continue"), say("home.erase")} <= {*labels}
        # Neither a new version of what was sent before.
        await person.send(receipt)
        await person.press(say("amend.open"))
        await person.wait_for_text(say("amend.draft_waits"))
        after = session(bot, person).draft
        assert after is not None
        assert after.contribution == practice.contribution
        assert "practice" in after.answers
        sent = await person.send("/cancel")
        await person.press(say("review.erase_yes"))
        await person.wait_for_text(say("review.erased"), after=sent["message_id"])
        await person.send(receipt)
        await person.press(say("amend.open"))
        await person.wait_for_text(say("amend.title"))


async def test_the_form_answered_in_both_ways_is_one(tmp_path: Path) -> None:
    country = form("recommendation").questionnaire.question("country")
    assert country is not None
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        first = await asked(person, 1)
        await person.press(say("dialogue.whole"))
        whole = await person.wait_for_text(say("whole.how"))
        # A button of the way that was left leads nowhere.
        await person.tap(first["message_id"], buttons(first)[0]["callback_data"])
        await person.send(f"1) 2\n3) {TEXT}")
        review = await person.wait_for_text(say("review.title"), after=whole["message_id"])
        await person.press("✎ " + country.short["en"])
        await person.wait_for(lambda one: country.labels["en"] in text_of(one), after=review["message_id"])
        sent = await person.send("Kyrgyzstan")
        await person.wait_for_text("Kyrgyzstan", after=sent["message_id"])
        sent = await person.send("6) Uganda")
        shown = await person.wait_for_text(say("review.title"), after=sent["message_id"])
        assert "Kyrgyzstan" not in text_of(shown)
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        (line,) = await exported(bot, tmp_path / "export.zip")
        answers = line["answers"]
        assert isinstance(answers, dict)
        assert (answers["phase"], answers["recommendation"], answers["country"]) == ("emergency", TEXT, "UG")
