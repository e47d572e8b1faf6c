"""The whole form in one message: for lines on which every message counts."""

from pathlib import Path

import pytest

from tests.journeys.test_participant import CATALOGUE, asked, say, session, somebody
from tests.journeys.test_withdrawal import exported
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import text_of


async def test_the_whole_form_in_one_message(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await person.press(say("dialogue.whole"))
        form = await person.wait_for_text(say("whole.a_name"))
        assert len(text_of(form)) < 4000
        sent = await person.send("1) 2\n3) Open the clinics.\nTo everybody.\n4) 99\n6) Kyrgyzstan")
        review = await person.wait_for_text(say("review.title"), after=sent["message_id"])
        assert say("whole.not_understood", numbers="4") in text_of(review)
        assert "Kyrgyzstan" in text_of(review)
        await person.edit(sent["message_id"], "1) 2\n3) Open the clinics at night.\n4) 1")
        await person.wait_for_text("at night")
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        (line,) = await exported(bot, tmp_path / "export.zip")
        answers = line["answers"]
        assert isinstance(answers, dict)
        assert answers["recommendation"] == "Open the clinics at night."
        assert answers["groups"] == ["all_migrants"]
        assert answers["country"] is None


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "pt"])
async def test_the_whole_form_fits_one_message_in_every_language(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code=language)
        await person.start("eeca")
        own = next(one.own_name for one in CATALOGUE.languages if one.code == language)
        await person.press(own)
        await accept(person, language)
        await person.press(say("home.begin", language))
        await person.press(say("dialogue.whole", language))
        shown = await person.wait_for_text(say("whole.a_name", language))
        assert len(text_of(shown).encode("utf-16-le")) // 2 < 4000
        sent = await person.send("٣) افتحوا العيادات\n١) ٢")
        await person.wait_for_text(say("review.title", language), after=sent["message_id"])
        draft = session(bot, person).draft
        assert draft is not None
        assert {step for step, answer in draft.answers.items() if not answer.skipped} == {"phase", "recommendation"}
