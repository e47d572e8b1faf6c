"""What was written on a bad line arrives when another question is open: it is not lost."""

from pathlib import Path

from tests.journeys.test_participant import asked, say, somebody
from tests.journeys.test_withdrawal import exported
from tests.support.emulator import buttons

LATE = "Open the clinics to everybody, with or without papers."


async def test_a_late_sentence_is_put_where_its_author_says(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.send(LATE)
        shown = await person.wait_for_text(say("dialogue.loose"))
        (into, *_) = [button["text"] for button in buttons(shown)]
        assert into == "Recommendation"
        await person.press(into)
        await person.wait_for_text(say("dialogue.added", question="Recommendation"))
        await person.press("1")
        for number in (2, 3, 4, 5, 6, 7):
            await asked(person, number)
            await person.press(say("dialogue.next") if number == 3 else say("dialogue.skip"))
        await person.press(say("dialogue.leave_as_it_is"))
        await person.wait_for_text(say("review.title"))
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        (line,) = await exported(bot, tmp_path / "export.zip")
        answers = line["answers"]
        assert isinstance(answers, dict)
        assert answers["recommendation"] == LATE
