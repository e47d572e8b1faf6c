"""Pictures of the organizers' office, in each language: intakes, time zones, invites, codes, briefings, forms, roles,
the emergency stop, the export; and of what participants see of them.

Walked only when MICIC_SCREENSHOTS names a folder, like `test_gallery`, whose visitors walk here too.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.admission import DIGITS, code_of
from bot.core.consultations import Access, Intake
from bot.core.people import ChatId, Invite, Role
from tests.journeys.pictures import watched
from tests.journeys.test_forms import BEDS, OPEN, WHY, form
from tests.journeys.test_gallery import Visitor
from tests.journeys.test_participant import CATALOGUE
from tests.journeys.test_reminders import HOUR, noon
from tests.journeys.test_walk import LANGUAGES, TEXTS
from tests.storage.world import SetClock
from tests.support.bot import Bot, running_bot
from tests.support.browser import needs_browser, window
from tests.support.emulator import Person, buttons, text_of
from tests.support.network import member, organizer

pytestmark = [
    *needs_browser,
    pytest.mark.skipif(
        not os.environ.get("MICIC_SCREENSHOTS"), reason="a gallery to look at: MICIC_SCREENSHOTS=folder"
    ),
]

DAY = 24 * HOUR
OWN = {one.code: one.own_name for one in CATALOGUE.languages}


def name(one: Visitor) -> str:
    """What an invite and a briefing are called."""
    return TEXTS[one.language][0][:20].strip()


@asynccontextmanager
async def visit(bot: Bot, person: Person, language: str, part: str) -> AsyncIterator[Visitor]:
    """The phone of one person, in a window of its own."""
    async with window(bot.emulator.url, width=360, height=1500, people=[person.id]) as seen:
        yield Visitor(language, bot, person, seen, part)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_of_the_office(language: str, tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        until = clock.time + 30 * DAY
        await bot.service.stores.registry.set_intake("eeca", Intake(open=True, until=until, access=Access.INVITE))
        person = await member(bot, language, news=False)
        outsider = await member(bot, language, news=False, consultation="wca")
        runner = await organizer(bot, language)
        second, third = await organizer(bot, language, None), await organizer(bot, language)
        with watched() as written:
            async with visit(bot, runner, language, "intake-") as one:
                await _sees_to_the_intake(one, clock)
            async with visit(bot, runner, language, "invites-") as one:
                await _invites(one)
            await _knows_by_code(bot, runner, outsider, language)
            async with visit(bot, runner, language, "briefing-") as one:
                await _writes_a_briefing(one)
            async with visit(bot, person, language, "reads-") as one:
                await _reads_it_and_begins(one)
            async with visit(bot, runner, language, "briefing-2-") as one:
                await _withdraws_it(one)
            async with visit(bot, runner, language, "forms-") as one:
                await _brings_a_form(one)
            await _gives_roles(bot, runner, second, third, language)
            await _stops_everything(bot, runner, second, person, language)
            await _closes(bot, runner, person, language)
            await _has_the_export_sent(bot, language)
        assert written.missing("office") == []


async def _sees_to_the_intake(one: Visitor, clock: SetClock) -> None:
    await one.send("/manage", "page")
    await one.press("manage.b.settings")
    await one.press("manage.b.access")
    await one.press("manage.b.access.open", "confirm-access")
    await one.press("manage.b.back", "page-again")
    await one.press("manage.b.settings", "settings-2")
    await one.press("manage.b.drafts")
    await one.send("100", "bad-number")
    await one.press_label(one.say("time.hours", count=6), "confirm-drafts")
    await one.press("manage.b.sure", "changed")
    await one.press("manage.b.settings", "settings-3")
    await one.press("manage.b.grace")
    await one.press_label(one.say("time.hours", count=72), "confirm-grace")
    await one.press("manage.b.back", "page-3")
    await one.press("manage.b.settings", "settings-4")
    await one.press("zone.button", "zone")
    await one.send("Atlantis", "bad-zone")
    await one.send("bishkek", "zone-kept")
    await one.press("manage.b.back", "page-after-zone")
    await one.press("manage.b.until")
    await one.send("tomorrow", "bad-time")
    await one.send(datetime.fromtimestamp(clock.time + 40 * DAY, UTC).strftime("%Y-%m-%d 18:00"), "confirm-until")
    await one.press("manage.b.back", "page-4")
    await one.press("manage.b.close")
    await one.press_label(one.say("time.hours", count=24), "confirm-close")
    await one.press("manage.b.back", "page-5")


async def _invites(one: Visitor) -> None:
    await one.send("/invites", "none")
    await one.press("invites.b.new")
    await one.send("1000000", "bad-uses")
    await one.send("25", "uses")
    await one.press("invites.b.date")
    await one.send("tomorrow", "bad-time")
    await one.press("manage.b.back", "new-again")
    await one.press("invites.b.week")
    await one.press_label(OWN[one.language], "language")
    await one.press("invites.b.label")
    await one.send(name(one), "labelled")
    await one.press("invites.b.make")
    await one.person.wait_for_text(one.say("invites.made"), deadline=60)
    await one.picture("made")
    await one.press("invites.b.list", "list")
    await one.press_label(name(one), "one")
    await one.press("invites.b.date", "another-end")
    await one.press("help.back", "one-again")
    await one.press_label(one.say("invites.b.more", more=10), "more")
    await one.press("invites.b.revoke")


async def _knows_by_code(bot: Bot, runner: Person, outsider: Person, language: str) -> None:
    async with visit(bot, outsider, language, "code-") as one:
        await one.send("/code", "code")
        await one.press("code.b.new")
        await one.press("code.b.another")
        shown = await one.person.wait_for_text(one.say("code.yours"))
        (digits,) = re.findall(r"\d{3} \d{3} \d{3}", text_of(shown))
    async with visit(bot, runner, language, "door-") as one:
        await one.send("/invites", "invites")
        await one.press("admission.b.by_code")
        await one.send("123456789", "mistyped")
        await one.send(code_of("0" * DIGITS), "unknown")
        await one.send(digits, "found")
        await one.press("admission.b.admit")
        await one.press("admission.b.suspend")
        await one.press("admission.b.again")
    async with visit(bot, outsider, language, "told-") as one:
        await one.picture("asked")
        await one.press("remind.yes", "admitted")
        await one.press("admission.b.open")
    for key in ("suspend", "remove"):
        async with visit(bot, runner, language, f"door-{key}-") as one:
            await one.press(f"admission.b.{key}")
        async with visit(bot, outsider, language, f"told-{key}-") as one:
            await one.person.wait_for_text(one.say("ask.offer"))
            await one.press("remind.yes", key)
            await one.send("/start", f"home-{key}")
            await one.send("/mydata", f"mydata-{key}")


async def _writes_a_briefing(one: Visitor) -> None:
    first, second = TEXTS[one.language]
    other = "fr" if one.language == "en" else "en"
    await one.send("/briefings", "none")
    await one.press_label("+ " + one.say("consultation.eeca.short"), "texts")
    await one.press_label(OWN[one.language], "title")
    await one.send(first[:40], "body")
    await one.send(f"{second}\n- {first}", "more")
    await one.send(second, "more-2")
    await one.press("briefing.b.done")
    await one.press("outbox.b.back", "draft")
    await one.press("briefing.b.readers")
    await one.press_label(OWN[other], "readers-turned")
    await one.press("outbox.b.back", "draft-2")
    await one.press("outbox.b.preview")
    await one.press("briefing.b.publish")
    await one.press("outbox.b.texts")
    await one.press_label("✓ " + OWN[one.language], "language")
    await one.press("briefing.b.title", "title-again")
    await one.press("outbox.b.back", "texts-again")
    await one.press_label("✓ " + OWN[one.language], "language-again")
    await one.press("briefing.b.body", "body-again")
    await one.send(f"{first} {second}", "body-written")
    await one.press("briefing.b.done", "done-again")
    await one.press("outbox.b.back", "draft-3")
    await one.press("briefing.b.notes")
    await one.press_label(OWN[one.language], "note")
    await one.send(second[:60], "noted")
    await one.press("outbox.b.back", "draft-4")
    await one.press("briefing.b.compare")
    await one.press("outbox.b.back", "draft-5")
    await one.press("outbox.b.preview", "preview-2")
    await one.press("briefing.b.publish", "published-2")
    await one.press("briefing.b.editions")
    await one.press_label(one.say("briefing.version", number=1), "edition")
    await one.press("briefing.b.restore")
    await one.press("briefing.all", "list")
    await one.press_label("+ " + one.say("consultation.eeca.short"), "new")
    await one.press("outbox.b.back", "empty")
    await one.press("briefing.b.erase")
    await one.press("briefing.b.erase", "erased")


async def _reads_it_and_begins(one: Visitor) -> None:
    await one.send("/start", "home")
    await one.press("home.learn")
    await one.press("briefing.title")
    await one.press_label(name(one), "briefing")
    await one.press("help.back", "back")
    await one.press("home.begin")
    await one.press_label("1 ·", "begun")


async def _withdraws_it(one: Visitor) -> None:
    await one.send("/briefings", "briefings")
    await one.press_label(name(one), "published")
    await one.press("briefing.b.withdraw")
    await one.press("briefing.b.withdraw", "withdrawn")
    await one.press("briefing.b.put_back")
    await one.press("briefing.b.tell")


async def _brings_a_form(one: Visitor) -> None:
    await one.send("/forms", "none")
    await one.press("forms.b.bring")
    before = await one.bot_is_done()
    await one.person.attach("shelter.xlsx", form(*(("geopoint", f"g{at}", "Where?", "Où ?") for at in range(9))))
    await one.person.wait_for(lambda message: one.say("fault.type_place") in text_of(message), deadline=60)
    await one.picture("faults", before)
    await one.person.attach("shelter.xlsx", form(OPEN, WHY, BEDS))
    await one.person.wait_for_text(one.say("forms.rehearse"), deadline=60)
    await one.picture("form")
    await one.press_label("▷ English", "rehearsal")
    await one.send("/cancel", "rehearsal-left")
    await one.send("/forms", "forms")
    await one.press("forms.b.template")
    await one.person.wait_for(lambda message: one.say("forms.template") in _said(message), deadline=60)
    await one.picture("template")
    await one.press("forms.b.list", "forms-again")
    await one.press("forms.b.bring", "bring-again")
    before = await one.bot_is_done()
    await one.person.attach("shelter.xlsx", form(OPEN, WHY, BEDS))
    await one.person.wait_until(lambda chat: chat["revision"] > before + 1, deadline=60)
    await one.person.wait_for_text(one.say("forms.rehearse"), deadline=60)
    await one.picture("form-again")
    await one.press("forms.b.read")
    await one.press("forms.b.publish")
    await one.press("forms.b.publish_yes")
    bring = one.say("forms.b.bring")
    listed = await one.person.wait_for(lambda message: bring in [button["text"] for button in buttons(message)])
    await one.press_label(buttons(listed)[0]["text"], "offered")
    await one.press("forms.b.file")
    await one.press("forms.b.retire")
    await one.press("forms.b.retire_yes")


def _said(message: dict[str, object]) -> str:
    return str(message.get("caption") or message.get("text") or "")


async def _gives_roles(bot: Bot, runner: Person, second: Person, third: Person, language: str) -> None:
    async with visit(bot, runner, language, "people-") as one:
        await one.send("/people", "people")
        await one.press("people.b.grant.secretariat")
        await one.send("/people", "proposed")
    async with visit(bot, second, language, "people-2-") as one:
        await one.send("/people", "all")
        await one.press_label(one.say("consultation.eeca.short"), "waiting")
        await one.press("people.b.agree")
    async with visit(bot, runner, language, "people-3-") as one:
        await one.picture("agreed")
        await one.send("/people", "to-make")
        await one.press("people.b.link")
        actor = bot.service.stores.outbox.actor(ChatId(third.id))
        await one.send("/people", "again")
        await one.press_label(one.say("people.b.end", tag=f"{actor[:4]}-{actor[4:8]}"), "end-proposed")
        await one.send("/people", "again-2")
        await one.press_label(one.say("people.b.lay", role=one.say("people.role.organizer")), "lay-down")
        await one.press("ask.b.back", "not-laid-down")


async def _stops_everything(bot: Bot, runner: Person, second: Person, person: Person, language: str) -> None:
    async with visit(bot, runner, language, "freeze-") as one:
        await one.send("/freeze", "freeze")
        await one.press_label("⏹ " + one.say("consultation.eeca.short"), "ask")
        await one.press("freeze.b.sure")
        await one.send("/freeze", "frozen")
    async with visit(bot, person, language, "frozen-") as one:
        await one.send(TEXTS[language][0], "told")
        await one.send("/start", "home")
    async with visit(bot, runner, language, "freeze-2-") as one:
        await one.send("/freeze", "freeze")
        await one.press_label("▶ " + one.say("consultation.eeca.short"), "thaw-proposed")
        await one.send("/freeze", "waits")
    async with visit(bot, second, language, "freeze-3-") as one:
        await one.send("/freeze", "freeze")
        await one.press("freeze.b.agree")


async def _closes(bot: Bot, runner: Person, person: Person, language: str) -> None:
    async with visit(bot, runner, language, "close-") as one:
        await one.send("/manage", "page")
        await one.press("manage.b.close")
        await one.press_label(one.say("time.hours", count=24), "confirm")
        await one.press("manage.b.sure", "closed")
    assert await bot.service.reminding.round() > 0
    async with visit(bot, person, language, "closed-") as one:
        await one.person.wait_for_text(one.say("remind.ask"))
        await one.picture("reminded")
        await one.press("remind.yes")
        await one.press("home.continue", "continued")
        await one.send("/start", "home")


async def _has_the_export_sent(bot: Bot, language: str) -> None:
    somebody = await member(bot, language, news=False)
    token = await bot.service.stores.registry.new_invite(Invite(Role.SECRETARIAT, None), 1, None)
    await somebody.start(token)
    async with visit(bot, somebody, language, "export-") as one:
        await one.send("/export", "which")
        await one.press("export.all", "ask")
        await one.press("export.b.make")
        await one.press("export.b.send")
        await one.person.wait_for(lambda message: "document" in message, deadline=60)
        await one.picture("sent")
