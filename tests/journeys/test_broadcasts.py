"""Two organizers write to people in four languages: previews, approval, progress, recall, correction, news."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers import broadcasting
from tests.journeys.test_asking import DAY, HOUR, noon
from tests.storage.world import SetClock
from tests.support.bot import running_bot
from tests.support.emulator import Person, buttons, text_of
from tests.support.network import approve, begin, member, members, organizer, propose, texts, write

ENGLISH, ARABIC = "The meeting is moved to June. https://example.org/agenda", "تأجل الاجتماع إلى حزيران"


async def settled(organizer: Person, part: str = "Finished") -> str:
    """The report, once it says so."""
    return text_of(await organizer.wait_for_text(part, deadline=20))


async def test_two_organizers_brief_people_in_four_languages(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        people = await members(bot, 12)
        stranger = await member(bot, "en", news=False)
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await write(ana, "العربية", ARABIC)
        await ana.press("Back")
        overview = text_of(await ana.wait_for_text("Code of this version"))
        assert "Recipients now: 10 (rounded" in overview
        assert "Readers of Français get: English" in overview
        await ana.press("Send the text itself")
        await propose(ana)

        await bo.send("/broadcasts")
        await bo.press("Waits for approval")
        shown = text_of(await bo.wait_for_text("Somebody else wrote this"))
        own = next(text for text in reversed(await texts(ana)) if "Code of this version" in text)
        assert shown.split("Somebody else")[0] == own.split("It waits for")[0]
        said = await texts(bo)
        assert {ENGLISH, ARABIC} <= set(said)
        assert said.index(shown) == len(said) - 1  # below everything it speaks of
        await bo.press("Approve")
        report = await settled(bo)
        assert "Taken by Telegram: 10" in report
        assert "read" in report

        for at, person in enumerate(people):
            assert await texts(person) == [ARABIC if at % 4 == 2 else ENGLISH]
        assert await texts(stranger) == []
        acts = [entry.act for entry, _ in bot.service.stores.audit.entries()]
        assert acts[-4:] == ["broadcast_proposed", "broadcast_approved", "broadcast_planned", "broadcast_ended"]
        assert bot.service.stores.audit.verify() is None


async def test_by_default_only_a_notice_arrives_and_news_shows_the_text(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        people = await members(bot, 6, ("fr", "en"))
        stranger = await member(bot, "en", consultation="mena")
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        await propose(ana)
        await approve(bo)
        await settled(bo)
        assert await texts(people[0]) == ["Il y a des nouvelles\u00a0: /news"]
        assert await texts(people[1]) == ["There is news: /news"]
        await people[0].send("/news")
        await people[0].wait_for_text(ENGLISH)
        await stranger.send("/news")
        await stranger.wait_for_text("There is no news for you.")


async def test_one_alone_sends_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        people = await members(bot, 5)
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        waiting = await propose(ana)
        (one,) = bot.service.stores.outbox.broadcasts()
        # The writer presses a button that was never shown to them.
        await ana.tap(waiting["message_id"], f"x:ap:{one.id}:{one.digest}")
        await ana.wait_for_text("cannot approve it")
        # The second sees it; the first changes a word; the old approval button is void.
        await bo.send("/broadcasts")
        await bo.press("Waits for approval")
        shown = await bo.wait_for_text("Somebody else wrote this")
        old = next(button["callback_data"] for button in buttons(shown) if button["text"] == "Approve")
        await ana.tap(waiting["message_id"], f"x:wr:{one.id}:en")
        await ana.wait_for_text("as one message now")
        sent = await ana.send("Something else entirely")
        await ana.wait_for_text("Choose a language to write", after=sent["message_id"])
        await ana.press("Back")
        await propose(ana)
        await bo.tap(shown["message_id"], old)
        await bo.wait_for_text("Somebody changed it meanwhile")
        for person in people:
            assert await texts(person) == []


async def test_who_organizes_nothing_gets_nowhere(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana = await organizer(bot)
        await begin(ana)
        (one,) = bot.service.stores.outbox.broadcasts()
        robin = await member(bot, "en")
        elsewhere = await organizer(bot, consultation="mena")
        await robin.send("/broadcasts")
        await robin.wait_for_text("I do not know this command")
        for person in (robin, elsewhere):
            screen = (await person.received())[-1]
            for data in (f"x:op:{one.id}", f"x:ca:{one.id}", f"x:ap:{one.id}:{one.digest}", "x:nw::eeca"):
                await person.tap(screen["message_id"], data)
            await person.send("/help")
            await person.wait_for_text("/receipt")
        assert bot.service.stores.outbox.broadcasts() == (one,)
        assert "/broadcasts" not in text_of(await robin.wait_for_text("/receipt"))
        assert not any(one.id[:4] in text for text in await texts(elsewhere))


async def test_what_was_sent_is_corrected_and_taken_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        people = await members(bot, 6, ("en",))
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", "The meeting is in Jne.")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await propose(ana)
        await approve(bo)
        await settled(bo)
        await bo.press("Correct what was sent")
        await bo.press("Texts")
        await write(bo, "English", "The meeting is in June.")
        await bo.press("Back")
        await propose(bo)
        await approve(ana)
        await settled(ana)
        for person in people:
            assert await texts(person) == ["The meeting is in June."]
        await bo.press("All broadcasts")
        await bo.press(f"Finished · {bot.service.stores.outbox.broadcasts()[-1].id[:4]}")
        await bo.press("Take it back")
        await bo.press("Yes, take it back")
        for person in people:
            await person.wait_until(lambda chat: not [one for one in chat["messages"] if not one["outgoing"]])


async def test_a_time_in_another_zone_and_the_night(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana = await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        await ana.press("Time")
        await ana.wait_for_text("07:00 in Kyiv")
        await ana.press("Time zone")
        await ana.send("Atlantis")
        await ana.wait_for_text("No such city")
        await ana.send("beirut")
        await ana.wait_for_text("07:00 in Beirut")
        await ana.press("Choose a time")
        await ana.send("tomorrow")
        await ana.wait_for_text("This is no time")
        await ana.send("2090-06-01 18:00")
        await ana.wait_for_text("1\u00a0June 2090, 18:00\u00a0(Beirut)")
        (one,) = bot.service.stores.outbox.broadcasts()
        assert one.zone == "Asia/Beirut"
        assert one.at == datetime(2090, 6, 1, 18, tzinfo=ZoneInfo("Asia/Beirut")).timestamp()


async def test_a_second_organizer_is_told_that_something_waits_and_the_writer_is_not(tmp_path: Path) -> None:
    told = "Something waits for a second organizer"
    clock = SetClock(noon() - 11 * HOUR)  # the middle of the night in half of the region
    async with running_bot(tmp_path, clock=clock) as bot:
        ana, bo, elsewhere = await organizer(bot), await organizer(bot), await organizer(bot, consultation="mena")
        robin = await member(bot, "en")
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        await propose(ana)
        await bot.service.approving.round()
        assert not any(told in text for text in await texts(bo))
        clock.time = noon()
        await bot.service.approving.round()
        await bo.wait_for_text(told)
        await bot.service.approving.round()
        await bo.send("/broadcasts")
        await bo.press("Waits for approval")
        await bo.wait_for_text("Somebody else wrote this")
        assert sum(told in text for text in await texts(bo)) == 1
        for person in (ana, elsewhere, robin):
            assert not any(told in text for text in await texts(person))


async def test_readers_at_night_wait_until_their_morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasting, "QUIET_LOOK", 0.1)
    clock = SetClock(noon() // DAY * DAY + 15 * HOUR)  # 15:00 in London, midnight in Tokyo
    async with running_bot(tmp_path, clock=clock) as bot:
        people = await members(bot, 6, ("en", "ar"))
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await write(ana, "العربية", ARABIC)
        await ana.press("Back")
        await ana.press("Send the text itself")
        await ana.press("Time")
        await ana.press("Time zone")
        await ana.send("ar Asia/Tokyo")
        await ana.wait_for_text("العربية: Tokyo")
        await ana.press("Back")
        await propose(ana)
        await approve(bo)
        for person in people[::2]:
            await person.wait_for_text(ENGLISH)
        (one,) = bot.service.stores.outbox.broadcasts()
        await bot.service.broadcaster.step()
        assert [await texts(person) for person in people[1::2]] == [[]] * 3
        assert bot.service.stores.outbox.waiting(one.id) == {"ar": 3}
        clock.time += 8 * HOUR  # 23:00 and 8:00
        bot.service.broadcaster.wake()
        for person in people[1::2]:
            await person.wait_for_text(ARABIC)
        await settled(bo)


async def test_the_report_moves_by_itself_while_a_broadcast_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "TELL_EVERY", 0.0)
    async with running_bot(tmp_path, clock=SetClock(noon()), send_rate=20) as bot:
        await members(bot, 20)
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        await ana.press("Send the text itself")
        await propose(ana)
        report = await approve(bo)
        finished = await bo.wait_for_text("Finished", deadline=30)
        assert finished["message_id"] == report["message_id"]
        edits = [
            str(call["params"]["text"])
            for call in await bot.emulator.recorded("editMessageText")
            if str(call["params"]["message_id"]) == str(report["message_id"]) and str(bo.id) in str(call["params"])
        ]
        percents = [int(found[1]) for text in edits if (found := re.search(r"(\d+) %", text))]
        assert percents == sorted(percents)
        assert len(set(percents)) > 2
        assert any("▓" in text and "░" in text and "Time left" in text for text in edits)


async def test_who_got_one_is_left_out_of_the_next(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        people = await members(bot, 6, ("en", "fr"))
        ana, bo = await organizer(bot), await organizer(bot)
        await begin(ana)
        await write(ana, "English", ENGLISH)
        await ana.press("Back")
        await ana.press("Recipients")
        await ana.press("English")
        await ana.wait_for_text("fewer than 5")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await propose(ana)
        await approve(bo)
        await settled(bo)
        (first,) = bot.service.stores.outbox.broadcasts()
        await begin(ana)
        await write(ana, "English", "For those who have not heard yet.")
        await ana.press("Back")
        await ana.press("Send the text itself")
        await ana.press("Recipients")
        await ana.press(f"Finished · {first.id[:4]}")
        await ana.wait_for_text(first.id[:4])
        await ana.press("Back")
        await ana.wait_for(
            lambda message: all(part in text_of(message) for part in ("Not to those who got", "Code of this version"))
        )
        shown = (await ana.received())[-1]
        await ana.press("Look at everything")
        await ana.wait_for_text("Above is everything", after=shown["message_id"])
        before = len(await texts(ana))
        await ana.press("Send me a test")
        await ana.wait_until(lambda chat: len([one for one in chat["messages"] if not one["outgoing"]]) == before + 2)
        assert (await texts(ana))[-2] == "For those who have not heard yet."
        await ana.press("Ask for approval")
        await ana.wait_for_text("It waits for another organizer")
        await approve(bo)
        await bo.wait_for_text("Taken by Telegram", deadline=20)
        await people[1].wait_for_text("For those who")
        assert [len(await texts(person)) for person in people] == [1] * 6
        assert await texts(people[0]) == [ENGLISH]


@pytest.mark.parametrize("text", ["see tg://resolve?domain=x", "go to http" + "://example.org now", "a\u202eb"])
async def test_a_text_that_deceives_is_refused_and_nothing_is_lost(tmp_path: Path, text: str) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana = await organizer(bot)
        await begin(ana)
        await write(ana, "English", "kept")
        await ana.press("English")
        await ana.wait_for_text("as one message now")
        await ana.send(text)
        await ana.wait_for(lambda message: "https://" in text_of(message) or "invisible" in text_of(message))
        (one,) = bot.service.stores.outbox.broadcasts()
        assert one.texts["en"].text == "kept"


async def test_the_menu_of_an_organizer_is_theirs_alone(tmp_path: Path) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        ana = await organizer(bot)
        await member(bot, "en")
        calls = await bot.emulator.recorded("setMyCommands")
        own = [call for call in calls if "chat" in str(call["params"].get("scope"))]
        assert [str(ana.id) in str(call["params"]["scope"]) for call in own] == [True]
        assert all("broadcasts" not in str(call["params"]) for call in calls if call not in own)
