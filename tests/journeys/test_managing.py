"""An organizer at their consultations in the chat: what they run, how it stands, and the way to each tool."""

import re
from pathlib import Path

from bot.core.conversation.managing import TOOLS
from tests.journeys.test_asking import arrived, organizer
from tests.journeys.test_participant import say
from tests.support.bot import running_bot
from tests.support.emulator import buttons, text_of


async def test_who_runs_one_consultation_is_at_its_page_and_goes_to_each_tool(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        runner = await organizer(bot, "Runner")
        await runner.press(say("home.manage"))
        page = await runner.wait_for_text(say("manage.state.open"))
        assert say("consultation.eeca.name") in text_of(page)
        assert "(Europe/Kyiv)" in text_of(page)
        labels = [button["text"] for button in buttons(page)]
        for tool in TOOLS:
            assert say(tool.label) in labels
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
