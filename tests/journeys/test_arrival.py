"""Arriving by a link, for somebody the bot has not met."""

from pathlib import Path

from bot.core.consultations import Access, Intake
from bot.core.people import Invite, Role
from tests.journeys.test_participant import say
from tests.support.bot import FAR, running_bot
from tests.support.emulator import text_of


async def test_a_newcomer_is_told_that_an_invitation_does_not_hold(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="fr")
        await person.start("A" * 22)
        await person.wait_for_text(say("error.invite_unknown", "fr"))
        await person.press("English")
        await person.wait_for_text(say("notice.title"))
        await person.start("B" * 22)
        await person.wait_for_text(say("error.invite_unknown"))


async def test_the_notice_tells_how_long_what_is_begun_is_kept_where_the_link_leads(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        registry = bot.service.stores.registry
        for name, hours, access in (("esa", 6, Access.INVITE), ("wca", 12, Access.OPEN)):
            await registry.set_intake(name, Intake(open=True, until=FAR, access=access, draft_hours=hours))
        token = await registry.new_invite(Invite(Role.PARTICIPANT, "esa"), 5, None)
        differ = say("notice.drafts_differ", shortest=say("time.hours", count=12), longest=say("time.hours", count=24))
        for payload, time in (
            (token, say("time.hours", count=6)),
            ("wca", say("time.hours", count=12)),
            (None, differ),
            ("esa", differ),  # nothing is said of it to whoever was not invited
        ):
            person = await bot.emulator.person(language_code="en")
            await person.start(payload)
            await person.press("English")
            assert say("notice.body.drafts", time=time) in text_of(await person.wait_for_text(say("notice.title")))
