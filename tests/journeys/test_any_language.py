"""What people write is taken in any language and script, whatever the interface speaks; it comes out as it was."""

from pathlib import Path

import pytest

from bot.exports import bundle, opening
from bot.questionnaires.library import form
from bot.sealing import open_document
from locales import bidi
from tests.journeys.test_participant import say
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import Message, text_of

WRITTEN = {
    "ar": "ሆስፒታሎች ሁሉንም ሰው ማከም አለባቸው።\n(Clinics for all: 24/7)",
    "ru": "হাসপাতালে সবার চিকিৎসা হোক। وليس فيها شرطة\u200f.",
    "es": "Шифохоналар ҳаммани даволасин 🙏🏽 — hech kim xabar bermasin",
    "fr": "7asab el 7okouma lazem t3alej kol el nas, bala wara2",
    "pt": "ရောဂါရှိသူတိုင်းကို ကုသပေးပါ။ 病院はすべての人を診てください",
    "en": "بیمارستان‌ها باید همه را درمان کنند؛ به کسی گزارش ندهند.",
}
"""By the interface's language: Dari, Amharic, Bengali and Arabic, Uzbek twice, Arabizi, Burmese and Japanese."""


@pytest.mark.parametrize("language", sorted(WRITTEN))
async def test_a_text_in_another_language_is_taken_as_it_is(language: str, tmp_path: Path) -> None:
    asked = form("recommendation").questionnaire
    async with running_bot(tmp_path) as bot:
        own = {one.code: one.own_name for one in bot.service.catalogue.languages}[language]
        person = await bot.emulator.person(language_code=language)
        await person.start("eeca")
        await person.press(own)
        await accept(person, language)
        await person.press(say("home.begin", language))
        for question in asked.questions:
            if question.id == "attribution":
                break
            await person.wait_for_text(question.labels[language])
            if question.id == "recommendation":
                await person.send(WRITTEN[language])
                await person.press(say("dialogue.next", language))
            else:
                await person.press(say("dialogue.skip", language))
        await person.press(say("dialogue.leave_as_it_is", language))
        await person.wait_for_text(say("review.title", language))
        await person.press(say("review.send", language))
        await person.wait_for_text(say("receipt.title", language))
        if language == "ar":
            _read_from_the_right(await person.received())
        path = tmp_path / "export.zip"
        await bot.service.stores.vault.move()
        await bundle.write(path, bot.service.stores.vault, ["eeca"])
        with bundle.read(path) as read:
            lines = list(opening.opened(read, lambda sealed: open_document(sealed, bot.identities[:1]), workers=1))
    assert [(line["language"], line["answers"]["recommendation"]) for line in lines] == [(language, WRITTEN[language])]


def _read_from_the_right(messages: list[Message]) -> None:
    """Every line of ours begins in the reader's direction, and every isolate ends on its line."""
    own = [*WRITTEN["ar"].split("\n"), say("language.choose", "en")]
    lines = [line for message in messages for line in text_of(message).split("\n")]
    assert len(lines) > 30
    for line in lines:
        assert line in own or bidi.direction(line) != "ltr", line
        assert sum(line.count(mark) for mark in "\u2066\u2067\u2068") == line.count("\u2069"), line
