"""An organizer at their consultations in the chat: what they run, how it stands, and the way to each tool."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.conversation.managing import TOOLS
from bot.core.people import Invite, Role
from handlers.writing.words import Words
from locales import zones
from tests.journeys.test_asking import HOUR, arrived, noon, organizer
from tests.journeys.test_control import answer_again
from tests.journeys.test_participant import CATALOGUE, asked, say, session
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import FAR, Bot, running_bot
from tests.support.emulator import Person, buttons, text_of


async def test_who_runs_one_consultation_is_at_its_page_and_goes_to_each_tool(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        runner = await organizer(bot, "Runner")
        await runner.press(say("home.manage"))
        page = await runner.wait_for_text(say("manage.state.open"))
        assert say("consultation.eeca.name") in text_of(page)
        assert "\u00a0(Kyiv)" in text_of(page)
        labels = [button["text"] for button in buttons(page)]
        for tool in TOOLS:
            # What concerns all consultations is for who has the role in all of them.
            assert (say(tool.label) in labels) is not tool.general
        await runner.press(say("manage.broadcasts"))
        await runner.wait_for_text(say("outbox.list.title"))
        sent = await runner.send("/manage")
        await runner.wait_for_text(say("manage.state.open"), after=sent["message_id"])
        sent = await runner.send(say("home.questions"))
        await runner.wait_for_text(say("inquiries.title"), after=sent["message_id"])


async def test_who_runs_all_chooses_from_a_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path, closed=("wca",)) as bot:
        runner = await organizer(bot, "Runner", None)
        sent = await runner.send("/manage")
        listed = await runner.wait_for_text(say("manage.explain"), after=sent["message_id"])
        assert text_of(listed).count(say("manage.state.open")) == 5
        await runner.press(say("consultation.wca.short"))
        page = await runner.wait_for_text(say("manage.drafts", time=say("time.hours", count=24)))
        assert say("manage.state.closed") in text_of(page)
        await runner.press(say("manage.b.list"))
        await runner.wait_for_text(say("manage.explain"))


async def test_a_screen_below_takes_the_buttons_of_the_one_above(tmp_path: Path) -> None:
    """Of an office screen only: the start screen keeps what it offers."""
    async with running_bot(tmp_path) as bot:
        runner = await organizer(bot, "Runner")

        async def alone(part: str) -> None:
            """Only the newest screen has buttons, and the start screen."""
            await runner.wait_until(
                lambda chat: (
                    [
                        part in text_of(one)
                        for one in chat["messages"]
                        if buttons(one) and say("home.what") not in text_of(one)
                    ]
                    == [True]
                )
            )

        sent = await runner.send("/manage")
        await runner.wait_for_text(say("manage.state.open"), after=sent["message_id"])
        await runner.press(say("manage.b.settings"))
        await runner.press(say("manage.b.drafts"))
        await runner.send("100")
        await alone(say("manage.drafts.ask", most=40))
        await runner.press(say("manage.b.back"))
        await runner.send("/invites")
        await alone(say("invites.b.new").split()[1].lower())
        await runner.send("/start")
        await runner.wait_until(
            lambda chat: {say("home.what") in text_of(one) for one in chat["messages"] if buttons(one)} == {True}
        )


async def test_nobody_else_finds_it(tmp_path: Path) -> None:
    """Not in the menu, not by the command, not by a button that was spelled by hand."""
    async with running_bot(tmp_path) as bot:
        person = await arrived(bot, "Sender")
        sent = await person.send("/manage")
        await person.wait_for_text(say("command.unknown"), after=sent["message_id"])
        home = await person.wait_for_text(say("home.what"), after=sent["message_id"])
        assert say("home.manage") not in [button["text"] for button in buttons(home)]
        for data in ("m:ls:", "m:op:eeca", "m:to:eeca:broadcasts", "m:to::broadcasts"):
            await person.tap(home["message_id"], data)
        sent = await person.send("/help")
        await person.wait_for_text(say("help.title"), after=sent["message_id"])
        seen = "\n".join(text_of(message) for message in await person.messages())
        assert not re.search("|".join(map(re.escape, (say("manage.title"), say("manage.state.open")))), seen)


def acts(bot: Bot) -> list[tuple[str, str, str]]:
    return [
        (entry.act, entry.about, entry.detail)
        for entry, _ in bot.service.stores.audit.entries()
        if entry.act.startswith("consultation_")
    ]


async def test_a_consultation_is_opened_with_a_closing_time_of_a_chosen_zone(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, closed=("eeca",), clock=clock) as bot:
        runner = await organizer_of_closed(bot)
        await runner.send("/zone Bishkek")
        await runner.wait_for_text(say("zone.kept"))
        await runner.send("/manage")
        await runner.press(say("manage.b.open"))
        await runner.wait_for_text("as in Bishkek")
        until = datetime.fromtimestamp(clock.time, UTC).date() + timedelta(days=30)
        await runner.send(f"{until} 18:00")
        asked_for = await runner.wait_for_text(say("manage.logged"))
        assert "18:00\u00a0(Bishkek)" in text_of(asked_for)
        assert not bot.service.stores.store.intake("eeca").open
        assert acts(bot) == []
        await runner.press(say("manage.b.sure"))
        page = await runner.wait_for_text(say("manage.state.open"))
        assert "18:00\u00a0(Bishkek)" in text_of(page)
        intake = bot.service.stores.store.intake("eeca")
        assert intake.takes(clock.time)
        assert intake.until is not None
        assert datetime.fromtimestamp(intake.until, ZoneInfo("Asia/Bishkek")).strftime("%F %T") == f"{until} 18:00:00"
        assert acts(bot) == [("consultation_opened", "eeca", f"until {until}T12:00Z")]
        person = await arrived(bot, "Sender")
        home = await person.wait_for_text(say("home.what"))
        assert "15:00\u00a0(Kyiv)" in text_of(home) or "14:00\u00a0(Kyiv)" in text_of(home)


async def test_closing_with_a_grace_is_told_to_who_has_a_draft_and_ends(tmp_path: Path) -> None:
    """Two people with drafts, one in English who finishes in time, one in Arabic who does not."""
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        runner = await organizer(bot, "Runner")
        quick, slow = await arrived(bot, "Quick"), await arrived(bot, "Slow", "ar", "العربية")
        await quick.press(say("home.begin"))
        await asked(quick, 1)
        await slow.press(say("home.begin", "ar"))
        question = await slow.wait_for(lambda message: "7" in text_of(message))
        await runner.send("/manage")
        await runner.press(say("manage.b.close"))
        await runner.press(say("time.hours", count=6))
        told = await runner.wait_for_text(say("manage.follows.close"))
        assert say("manage.follows.stays") in text_of(told)
        await runner.press(say("manage.b.sure"))
        await runner.wait_for_text(say("manage.state.closed"))
        assert acts(bot) == [("consultation_closed", "eeca", "grace 6 h")]

        assert await bot.service.reminding.round() == 2
        assert await bot.service.reminding.round() == 0, "each is told once"
        reminder = await slow.wait_for_text(say("remind.ask", "ar"), after=question["message_id"])
        assert not re.search("MICIC|consult|مشاور", text_of(reminder)), "a locked phone may show it"
        await slow.press(say("remind.yes", "ar"))
        until = CATALOGUE.text("ar", "drafts.until", time="…").split("…")[0].strip(" \u2068")
        ending = await slow.wait_for_text(until)
        assert zones.city("Europe/Kyiv", "ar") in text_of(ending)
        assert zones.city("Europe/Kyiv", "ar") != zones.city("Europe/Kyiv", "en") == "Kyiv"
        late = await bot.emulator.person(language_code="en", first_name="Late")
        await late.start("eeca")
        await late.press("English")
        await accept(late)
        await late.wait_for_text(say("join.closed", consultation=say("consultation.eeca.name")))

        clock.time += 5 * HOUR
        await answer_again(quick, "Open the clinics to everybody.")
        await quick.press(say("review.send"))
        await quick.wait_for_text(say("receipt.next"))
        seen = "\n".join(text_of(message) for message in await quick.messages())
        assert seen.count(say("drafts.until", time="…").split("…")[0]) == 1, "told once"
        await quick.send("/start")
        home = await quick.wait_for_text(say("home.closed"))
        assert say("home.begin") not in [button["text"] for button in buttons(home)]
        await quick.press(say("home.learn"))
        await quick.wait_for_text(say("brief.explain"))

        clock.time += 2 * HOUR
        sent = await slow.send("1")
        over = await slow.wait_for_text(
            say("drafts.over", "ar", time=Words(CATALOGUE, "ar").span(24 * 60)), after=sent["message_id"]
        )
        labels = [button["text"] for button in buttons(over)]
        assert say("home.continue", "ar") not in labels
        await slow.press(say("home.erase", "ar"))
        await slow.press(say("review.erase_yes", "ar"))
        await slow.wait_for_text(say("review.erased", "ar"))
        assert session(bot, slow).draft is None


async def test_two_organizers_at_once_change_it_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        first, second = await organizer(bot, "First"), await organizer(bot, "Second")
        for runner, days in ((first, 7), (second, 14)):
            await runner.send("/manage")
            await runner.press(say("manage.b.until"))
            await runner.press(say("manage.b.longer", count=days))
            await runner.wait_for_text(say("manage.logged"))
        await first.press(say("manage.b.sure"))
        await first.wait_until(lambda _: bot.service.stores.store.intake("eeca").until != FAR)
        await second.press(say("manage.b.sure"))
        await second.wait_for_text(say("error.intake_meanwhile"))
        assert bot.service.stores.store.intake("eeca").until == FAR + 7 * 24 * HOUR
        assert len(acts(bot)) == 1


async def organizer_of_closed(bot: Bot) -> Person:
    token = await bot.service.stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
    person = await bot.emulator.person(language_code="en", first_name="Runner")
    await person.start(token)
    await person.press("English")
    await accept(person)
    await person.wait_for_text(say("join.title"))
    return person
