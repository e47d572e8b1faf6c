"""Arriving by a link, for somebody the bot has not met."""

from pathlib import Path

from tests.journeys.test_participant import say
from tests.support.bot import running_bot


async def test_a_newcomer_is_told_that_an_invitation_does_not_hold(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="fr")
        await person.start("A" * 22)
        await person.wait_for_text(say("error.invite_unknown", "fr"))
        await person.press("English")
        await person.wait_for_text(say("notice.title"))
        await person.start("B" * 22)
        await person.wait_for_text(say("error.invite_unknown"))
