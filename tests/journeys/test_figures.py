"""How it goes: what a whole dialogue counts, what organizers see of it, a picture, and the draft of an ask."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.core.figures import Stage, Tick
from bot.core.outbox import Phase
from bot.core.people import ChatId, Invite, Role
from storage.retention import DAY, day
from storage.sqlite.connection import Database
from storage.sqlite.figures import FiguresTable, follow
from tests.journeys.test_asking import acts, noon, organizer
from tests.journeys.test_control import amends
from tests.journeys.test_participant import say
from tests.journeys.test_withdrawal import handed_in
from tests.storage.world import RememberingLog, SetClock
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Person, buttons, text_of


async def counted(bot: Bot, today: int) -> dict[Tick, int]:
    """Exactly, as nobody is shown it."""
    database = await Database.open(bot.data_dir / "work.db", "work", RememberingLog())
    try:
        return dict(FiguresTable(database).counts("eeca", today + 1))
    finally:
        await database.close()


async def raise_by(bot: Bot, number: int, tick: Tick, today: int) -> None:
    """As many people would."""
    database = await Database.open(bot.data_dir / "work.db", "work", RememberingLog())
    try:
        await database.write(lambda connection: follow(connection, [tick] * number, today))
    finally:
        await database.close()


async def test_a_whole_dialogue_counts_each_stage_once(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.wait_for_text(say("home.what"))
        await person.start("eeca")
        await person.wait_for_text(say("home.what"))
        receipt = await handed_in(person, "Keep the border open.")
        today = day(clock.now())
        form = {"language": "en", "questionnaire": "recommendation"}
        once = {
            Tick("eeca", Stage.OPENED, "en"): 1,
            Tick("eeca", Stage.ACCEPTED, "en"): 1,
            **{Tick("eeca", stage, **form): 1 for stage in (Stage.BEGUN, Stage.REVIEWED, Stage.SUBMITTED)},
        }
        assert await counted(bot, today) == once
        # A new version is no new contribution, and taking back counts once.
        await amends(person, receipt, "Keep every border open.")
        await person.press(say("review.send"))
        await person.wait_for_text(say("amend.receipt_stays"))
        assert await counted(bot, today) == once
        await person.send(receipt)
        await person.press(say("receipt.withdraw"))
        await person.press(say("receipt.withdraw_yes"))
        await person.wait_for_text(say("receipt.state_withdrawn"))
        sent = await person.send(receipt)
        await person.wait_for_text(say("receipt.state_withdrawn"), after=sent["message_id"])
        assert await counted(bot, today) == once | {Tick("eeca", Stage.WITHDRAWN): 1}


async def test_who_comes_without_a_link_is_counted_where_they_join(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="ru")
        await person.start()
        await person.press("Русский")
        await accept(person, "ru")
        assert await counted(bot, day(clock.now())) == {}
        await person.press(say("consultation.eeca.short", "ru"))
        await person.wait_for_text(say("home.what", "ru"))
        arrived = {Tick("eeca", Stage.OPENED, "ru"): 1, Tick("eeca", Stage.ACCEPTED, "ru"): 1}
        assert await counted(bot, day(clock.now())) == arrived
        await person.press(say("home.begin", "ru"))
        await person.press("2 ·")
        await person.send("/forget")
        await person.press(say("forget.yes", "ru"))
        await person.wait_for_text(say("forget.done", "ru"))
        begun = {Tick("eeca", Stage.BEGUN, "ru", "recommendation"): 1}
        assert await counted(bot, day(clock.now())) == arrived | begun


async def looks(runner: Person, language: str = "en") -> str:
    sent = await runner.send("/figures")
    return text_of(await runner.wait_for_text(say("figures.way", language), after=sent["message_id"]))


async def test_an_organizer_sees_whole_fives_of_whole_days(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        runner = await organizer(bot, "Runner")
        today = day(clock.now())
        handed = Tick("eeca", Stage.SUBMITTED, "ar", "recommendation")
        await raise_by(bot, 13, handed, today)
        await raise_by(bot, 4, Tick("eeca", Stage.SUBMITTED, "ru", "practice"), today)
        assert f"{say('figures.submitted')}: –" in await looks(runner)
        clock.time += DAY
        await bot.service.stores.expire()
        shown = await looks(runner)
        assert f"{say('figures.submitted')}: 10" in shown
        assert f"{say('manage.form.recommendation')}: 10" in shown
        assert "\n\u200e\u2068العربية\u2069: 10" in shown
        assert "13" not in shown.split(say("figures.way"))[1].split(say("figures.days"))[0]
        assert "Русский: –" in shown
        assert f"{say('manage.form.practice')}: " not in shown
        await runner.press(say("figures.b.picture"))
        found = await runner.wait_for(lambda message: "photo" in message)
        assert say("consultation.eeca.name") in found["caption"]
        file = bot.emulator.running.world.files.by_id[found["photo"][-1]["file_id"]]
        with Image.open(BytesIO(file.content)) as picture:
            assert (picture.format, picture.width) == ("PNG", 1080)
            assert picture.height > 800
        await runner.press(say("figures.b.back"))
        await runner.wait_for_text(say("figures.way"), after=found["message_id"])


async def test_what_is_missing_becomes_a_draft_for_its_readers(tmp_path: Path) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        runner = await organizer(bot, "Runner")
        await raise_by(bot, 5, Tick("eeca", Stage.SUBMITTED, "ar", "recommendation"), day(clock.now()))
        clock.time += DAY
        await looks(runner)
        await runner.press(say("figures.b.missing"))
        page = await runner.wait_for_text(say("figures.missing.desk"))
        labels = [button["text"] for button in buttons(page)]
        assert "Русский" in labels
        assert "العربية" not in labels
        await runner.press("Русский")
        await runner.wait_for_text(say("figures.drafted"))
        (draft,) = bot.service.stores.outbox.broadcasts()
        assert (draft.phase, draft.consultation, draft.languages) == (Phase.DRAFT, "eeca", ("ru",))
        assert {language: text.text for language, text in draft.texts.items()} == {"ru": say("figures.ask.text", "ru")}
        assert acts(bot)[-1] == "broadcast_written"


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.SECRETARIAT])
async def test_nobody_else_sees_anything_of_it(tmp_path: Path, role: Role) -> None:
    clock = SetClock(noon())
    async with running_bot(tmp_path, clock=clock) as bot:
        token = await bot.service.stores.registry.new_invite(Invite(role, "eeca"), 1, None)
        person = await bot.emulator.person(language_code="en")
        await person.start(token)
        await person.press("English")
        await accept(person)
        shown = await person.wait_for_text(say("home.what"))
        await person.send("/figures")
        for data in ("fg:ls:", "fg:op:eeca", "fg:pi:eeca", "fg:mi:eeca", "fg:as:eeca", "fg:as:eeca:ru"):
            await person.tap(shown["message_id"], data)
        other = await organizer(bot, "Other", "mena")
        await other.send("/figures")
        page = await other.wait_for_text(say("figures.way"))
        for data in ("fg:op:eeca", "fg:pi:eeca", "fg:mi:eeca", "fg:as:eeca:ru"):
            await other.tap(page["message_id"], data)
        sent = await other.send("/help")
        await other.wait_for(lambda message: message["message_id"] > sent["message_id"])
        assert not any(say("figures.way") in text_of(message) for message in await person.received())
        name = say("consultation.eeca.name")
        heads = [text_of(message).split("\n")[0] for message in await other.received()]
        assert name not in [head.strip() for head in heads if head]
        assert bot.service.stores.outbox.broadcasts() == ()
        assert bot.service.stores.store.grants(ChatId(other.id))[0].consultation == "mena"
