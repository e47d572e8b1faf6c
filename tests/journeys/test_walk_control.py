"""What is stored, and what became of what was sent: walked in the page by a real browser, in each language, at 360
pixels. Pictures go to the folder that MICIC_SCREENSHOTS names."""

from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.core.people import ChatId
from bot.core.points import Publication
from bot.questionnaires.library import emerging
from bot.questionnaires.publication import read
from tests.journeys.test_walk import LANGUAGES, Walker, _arrive, _link
from tests.storage.world import contribute
from tests.support.bot import running_bot
from tests.support.browser import needs_browser, window

pytestmark = needs_browser


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_stored_and_what_became_of_it(language: str, tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        stores = bot.service.stores
        change = await contribute(stores, ChatId(99))
        assert change.submission is not None
        await stores.vault.move()
        with as_file(emerging()) as path:
            points = read(path).points[:2]
        await stores.published.publish(
            Publication((), points, {change.submission.contribution: tuple(point.id for point in points)})
        )
        person = await bot.emulator.person(language_code=language)
        async with window(bot.emulator.url, width=360, height=800) as seen:
            phone = seen.phone(person.id)
            await phone.open_link(await _link(bot, "eeca"))
            walker = Walker(language, phone, seen)
            await _arrive(walker)
            await walker.press(walker.say("home.begin"))
            await walker.press(walker.label("phase", "emergency"))
            await phone.send("/mydata")
            await walker.sees(walker.say("mydata.vault"), "mydata")
            await walker.press(walker.say("mydata.forget"))
            await walker.sees(walker.say("forget.what_stays"), "forget")
            await phone.send(change.submission.receipt)
            await walker.sees(walker.say("receipt.state_submitted"), "state")
            await walker.press(walker.say("feedback.open"))
            await walker.sees(walker.say("feedback.ask"), "point")
            await walker.press(walker.say("feedback.reply.not_counted"))
            await walker.sees(walker.say("feedback.words"), "words")
            await phone.send("…")
            await walker.sees(walker.say("feedback.words_done"), "words-done")
            await walker.press(walker.say("receipt.withdraw"))
            await walker.sees(walker.say("feedback.loses"), "withdraw")
