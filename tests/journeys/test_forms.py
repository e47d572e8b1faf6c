"""An organizer brings a questionnaire, mends it, rehearses it, publishes it; participants answer it in two editions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.cli.arguments import parser
from bot.cli.secretariat import open_export
from bot.core.people import ChatId
from bot.exports import bundle
from bot.questionnaires.template import ID, template
from bot.sealing import write_identity
from tests.journeys.test_asking import arrived, organizer
from tests.journeys.test_participant import say
from tests.questionnaires.test_compilation import Rows, workbook
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of

SETTINGS: Rows = (("form_id", "form_title", "bot::title::French (fr)"), ("shelter", "Shelters", "Abris"))
HEAD = ("type", "name", "label::English (en)", "label::French (fr)", "required", "relevant")
CHOICES: Rows = (
    ("list_name", "name", "label::English (en)", "label::French (fr)"),
    ("yn", "yes", "Yes, it is open", "Oui, ouvert"),
    ("yn", "no", "No, it is closed", "Non, fermé"),
)
OPEN = ("select_one yn", "open", "Is the shelter open?", "L'abri est-il ouvert ?", "yes")
WHY = ("text", "why", "What is missing?", "Que manque-t-il ?", "no", "${open} = 'no'")
BEDS = ("integer", "beds", "How many beds?", "Combien de lits ?")


def form(*rows: tuple[object, ...]) -> bytes:
    return workbook((HEAD, *rows), CHOICES, SETTINGS)


def captioned(message: Message) -> str:
    return str(message.get("caption") or message.get("text", ""))


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[tuple[Bot, Person]]:
    async with running_bot(folder) as bot:
        yield bot, await organizer(bot, "Runner")


async def asked_for_file(runner: Person) -> None:
    await runner.send("/forms")
    await runner.wait_for_text(say("forms.explain"))
    await runner.press(say("forms.b.bring"))
    await runner.wait_for_text(say("forms.bring"))


async def bring(runner: Person, content: bytes, name: str = "shelter.xlsx") -> Message:
    await asked_for_file(runner)
    sent = await runner.attach(name, content)
    return await runner.wait_for(
        lambda one: one["message_id"] > sent["message_id"] and say("forms.rehearse") in text_of(one), deadline=60
    )


async def publish(bot: Bot, runner: Person) -> None:
    before, last = kept(bot), (await runner.messages())[-1]["message_id"]
    await runner.press(say("forms.b.read"))
    walked = await runner.wait_for_text(say("forms.walked"), after=last)
    await runner.tap(walked["message_id"], callback(walked, say("forms.b.publish")))
    asked = await runner.wait_for_text(say("forms.publish_ask"), after=last)
    await runner.tap(asked["message_id"], callback(asked, say("forms.b.publish_yes")))
    await runner.wait_until(lambda _: kept(bot) != before)


def callback(message: Message, label: str) -> str:
    return next(str(one["callback_data"]) for one in buttons(message) if one["text"] == label)


def kept(bot: Bot) -> Any:
    return bot.service.stores.editions.offered("eeca")


async def test_from_a_file_to_an_answer(tmp_path: Path) -> None:
    async with office(tmp_path) as (bot, runner):
        await bring(runner, form(OPEN, WHY))
        assert kept(bot) == ()
        await runner.press("▷ English")
        await runner.wait_for_text("Is the shelter open?")
        await runner.send("/cancel")
        await runner.wait_for_text(say("forms.left"))
        # A rehearsal to its end, in one language.
        await runner.press("▷ Français")
        first = await runner.wait_for_text("L'abri est-il ouvert ?")
        assert say("forms.rehearsal", "fr") in text_of(first)
        await runner.press("2 · Non, fermé")
        await runner.wait_for_text("Que manque-t-il ?")
        await runner.send("Des couvertures")
        await runner.press(say("dialogue.next", "fr"))
        review = await runner.wait_for_text(say("review.before_sending", "fr"))
        assert say("forms.rehearsal", "fr") in text_of(review)
        await runner.press(say("review.send", "fr"))
        await runner.wait_for_text(say("forms.rehearsed"))
        work = bot.service.stores.store
        assert work.session(ChatId(runner.id)).draft is None  # type: ignore[union-attr]
        assert bot.service.stores._files.work.database.read("SELECT count(*) FROM parts") == [(0,)]
        await runner.wait_for_text("English")
        await publish(bot, runner)
        assert [one.form for one in kept(bot)] == ["shelter"]
        acts = [
            (entry.act, entry.about, entry.detail)
            for entry, _ in bot.service.stores.audit.entries()
            if entry.act not in ARRIVING
        ]
        assert acts == [("form_published", "eeca", kept(bot)[0].version)]

        person = await arrived(bot, "Sender", "fr", "Français")
        await person.press("Abris")
        await person.wait_for_text("L'abri est-il ouvert ?")
        assert say("forms.rehearsal", "fr") not in " ".join(text_of(one) for one in await person.received())
        await person.press("1 · Oui, ouvert")
        await person.press(say("review.send", "fr"))
        await person.wait_for_text(say("receipt.yours", "fr"))
        await opened_alone(bot, tmp_path)


async def opened_alone(bot: Bot, folder: Path) -> None:
    """The export brings the questionnaire along: whoever opens it needs nothing else."""
    stores = bot.service.stores
    brought = [
        {"form": one.form, "version": one.version, "document": one.document} for one in stores.editions.ever(["eeca"])
    ]
    sealed = stores.recipients.seal({"forms": brought})
    await bundle.write(folder / "export.zip", stores.vault, ["eeca"], forms=sealed)
    write_identity(folder / "key.txt", bot.identities[0])
    given = ["open", str(folder / "export.zip"), "--identity", str(folder / "key.txt"), "--format", "xlsx"]
    chosen = parser().parse_args([*given, "--output", str(folder / "answers.xlsx"), "--questionnaire", "shelter"])
    await asyncio.to_thread(open_export, chosen)
    book = load_workbook(folder / "answers.xlsx")
    rows = [[str(cell) for cell in row] for row in book["Data"].iter_rows(values_only=True)]
    assert len(rows) == 2
    assert dict(zip(rows[0], rows[1], strict=True))["open"] == "yes"
    codebook = [" ".join(map(str, row)) for row in book["Codebook"].iter_rows(values_only=True)]
    assert any("Yes, it is open" in row and "Oui, ouvert" in row for row in codebook)


async def test_a_draft_stays_with_its_edition_and_a_retired_form_is_gone(tmp_path: Path) -> None:
    async with office(tmp_path) as (bot, runner):
        await bring(runner, form(OPEN, WHY))
        await publish(bot, runner)
        first = kept(bot)[0].version
        person = await arrived(bot, "Sender")
        await person.press("Shelters")
        await person.wait_for_text("Is the shelter open?")
        await bring(runner, form(BEDS, OPEN))
        await publish(bot, runner)
        assert kept(bot)[0].version != first
        bot.service.conversing.forget_all()
        await person.press("2 · No, it is closed")
        await person.wait_for_text("What is missing?")
        other = await arrived(bot, "Another")
        await other.press("Shelters")
        await other.wait_for_text("How many beds?")
        await runner.send("/forms")
        await runner.press("Shelters")
        await runner.press(say("forms.b.retire"))
        await runner.press(say("forms.b.retire_yes"))
        await runner.wait_for_text(say("forms.retired"))
        assert kept(bot) == ()
        await person.send("Blankets")
        await person.press(say("dialogue.next"))
        shown = await person.wait_for_text(say("review.before_sending"))
        await person.tap(shown["message_id"], callback(shown, say("review.send")))
        await person.wait_for_text(say("receipt.yours"))


async def test_a_file_that_must_be_mended(tmp_path: Path) -> None:
    async with office(tmp_path) as (bot, runner):
        await asked_for_file(runner)
        rows = [("geopoint", f"g{at}", "Where?", "Où ?") for at in range(9)]
        await runner.attach("shelter.xlsx", form(*rows))
        told = await runner.wait_for(lambda one: say("fault.type_place") in text_of(one), deadline=60)
        assert say("forms.at_cell", sheet="survey", row=2, column="type") in text_of(told)
        await runner.wait_for(lambda one: "document" in one and say("forms.all", number=9) in captioned(one))
        await runner.attach("shelter.xls", b"no workbook")
        await runner.wait_for(lambda one: say("fault.file_unreadable") in text_of(one), deadline=60)
        await runner.attach("shelter.xlsx", b"PK", size=9_000_000)
        await runner.wait_for_text(say("fault.file_too_large", limit=5))
        assert bot.service.stores._files.editions.count() == 0


async def test_only_organizers_are_asked_for_a_file(tmp_path: Path) -> None:
    async with office(tmp_path) as (bot, _):
        person = await arrived(bot, "Sender")
        await person.send("/forms")
        await person.wait_for_text(say("command.unknown"))
        await person.attach("shelter.xlsx", form(OPEN))
        await person.wait_for_text(say("other.document"))
        assert bot.service.stores._files.editions.count() == 0


async def test_the_template_comes_and_can_be_sent_back(tmp_path: Path) -> None:
    async with office(tmp_path) as (bot, runner):
        await runner.send("/forms")
        await runner.press(say("forms.b.template"))
        await runner.wait_for(lambda one: "document" in one and say("forms.template") in captioned(one), deadline=60)
        await bring(runner, template(), "template.xlsx")
        await publish(bot, runner)
        assert [one.form for one in kept(bot)] == [ID]
