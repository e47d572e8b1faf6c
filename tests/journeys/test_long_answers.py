"""Whatever was written, and however much of it, the review and the question it belongs to are messages that Telegram
takes."""

from pathlib import Path

import pytest

from tests.journeys.test_participant import asked, say, somebody, to_the_recommendation
from tests.support.emulator import text_of

MESSAGES = 20

TEXTS = {
    "overrides": "A" + "\u202e" * 1500,  # each is shown as eight characters
    "emoji": "A" + "👩\u200d🌾" * 800,  # each has five units
    "lines": "я\n" * 2000,  # each line gets a mark in a text that reads from the right
    "markup": "A" + "<b>&" * 1000,
    "letters": "A" * 4096,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_the_review_of_the_longest_answers_arrives(tmp_path: Path, text: str) -> None:
    async with somebody(tmp_path) as (_, person):
        await to_the_recommendation(person)
        for count in range(1, MESSAGES + 1):
            await person.send(text)
            await person.wait_for_text(say("dialogue.messages", count=count))
        await person.press(say("dialogue.next"))
        for number in (4, 5, 6):
            await asked(person, number)
            await person.press(say("dialogue.skip"))
        await asked(person, 7)
        last = await person.send(text)
        await person.wait_for_text(say("dialogue.messages", count=1), after=last["message_id"])
        await person.press(say("dialogue.next"))
        await person.press(say("dialogue.leave_as_it_is"))
        await person.wait_for_text(say("review.title"))
        await person.send("/language")
        await person.press("العربية")
        review = await person.wait_for_text(say("review.title", "ar"))
        assert text_of(review).count(" …") == 2
        await person.press("✎ التوصية")
        await person.wait_for_text(say("dialogue.text_stands", "ar"))
