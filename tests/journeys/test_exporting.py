"""/export: the secretariat has the sealed export sent, after saying so twice; it opens, and nobody else gets it."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from bot.core.people import Invite, Role
from bot.exports import bundle
from bot.exports.opening import opened
from bot.sealing import open_document
from handlers.exporting import Exports
from tests.exports.world import hand_in
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.network import member, texts


async def secretary(bot: Bot, consultation: str | None = "eeca", role: Role = Role.SECRETARIAT) -> Person:
    person = await member(bot, "en", news=False)
    token = await bot.service.stores.registry.new_invite(Invite(role, consultation), 1, None)
    await person.start(token)
    await person.wait_for(lambda message: bool(buttons(message)))
    return person


async def document(bot: Bot, person: Person) -> tuple[Message, bytes]:
    message = await person.wait_for(lambda one: "document" in one, deadline=60)
    stored = bot.emulator.running.world.files.by_id[message["document"]["file_id"]]
    return message, stored.content


def acts(bot: Bot) -> list[tuple[str, str]]:
    """What was noted of exports: each once, by whoever had it sent."""
    entries = (entry for entry, _ in bot.service.stores.audit.entries())
    return [(entry.act, entry.about) for entry in entries if "export" in entry.act]


async def test_the_export_arrives_sealed_after_two_yeses(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        said = [(await hand_in(bot.service.stores, [f"Words {number}"], chat=900 + number)) for number in (1, 2)]
        await hand_in(bot.service.stores, ["Of another region"], consultation="mena", chat=950)
        somebody = await secretary(bot)
        await somebody.send("/export")
        await somebody.press("Make the file")
        await somebody.wait_for_text("Are you sure?")
        assert not any("document" in message for message in await somebody.received())
        assert acts(bot) == []
        await somebody.press("Yes, send it here")
        message, content = await document(bot, somebody)
        assert message["document"]["file_name"] == "export-eeca.zip"
        assert acts(bot) == [("export_sent", "eeca")]
        assert not list(bot.data_dir.glob("export-*"))
        path = tmp_path / "sent.zip"
        path.write_bytes(content)
        assert b"Words" not in content
        for identity in bot.identities:
            with bundle.read(path) as found:
                lines = list(opened(found, lambda part, key=identity: open_document(part, [key]), workers=1))  # type: ignore[misc]
            assert {line["contribution"] for line in lines} == {line["contribution"] for line in said}
        manifest = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))
        assert manifest["consultations"] == ["eeca"]


async def test_nobody_else_gets_it_and_an_old_button_sends_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        somebody = await secretary(bot)
        await somebody.send("/export")
        asked = await somebody.wait_for_text("Shall the file be made")
        # The last button, pressed before the first yes, and for a consultation of somebody else.
        for data in ("ex:se:eeca", "ex:se:mena", "ex:se:all", "ex:ch:mena", "ex:zz:eeca"):
            await somebody.tap(asked["message_id"], data)
        await somebody.press("Make the file")
        sure = await somebody.wait_for_text("Are you sure?")
        await somebody.press("Yes, send it here")
        await document(bot, somebody)
        await somebody.tap(sure["message_id"], "ex:se:eeca")
        for other in (await secretary(bot, role=Role.ORGANIZER), await member(bot, "en")):
            await other.send("/export")
            shown = await other.wait_for(lambda message: bool(buttons(message)))
            for data in ("ex:ls:eeca", "ex:ch:eeca", "ex:su:eeca", "ex:se:eeca"):
                await other.tap(shown["message_id"], data)
            await other.send("/help")
            await other.wait_for_text("/privacy")
            assert "/export" not in "\n".join(text for text in await texts(other) if "/privacy" in text)
            assert not any("document" in message for message in await other.received())
        await somebody.send("/help")
        await somebody.wait_for_text("/export")
        documents = [message for message in await somebody.received() if "document" in message]
        assert len(documents) == 1
        assert acts(bot) == [("export_sent", "eeca")]


async def test_what_is_too_large_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_bot(tmp_path) as bot:
        await hand_in(bot.service.stores, ["Words"], chat=901)
        services = bot.service.conversing._services
        monkeypatch.setattr(services, "export", Exports(bot.data_dir, services.log, most=100).make)
        somebody = await secretary(bot, None)
        await somebody.send("/export")
        await somebody.press("All consultations")
        await somebody.press("Make the file")
        await somebody.press("Yes, send it here")
        told = text_of(await somebody.wait_for_text("micic export --output export.zip", deadline=60))
        assert "The file has 1 MB, and Telegram takes 50 MB" in told
        monkeypatch.setattr(services, "export", Exports(tmp_path / "nowhere", services.log).make)
        (tmp_path / "nowhere").mkdir()
        another = await secretary(bot, "mena")
        await another.send("/export")
        await another.press("Make the file")
        await another.press("Yes, send it here")
        await another.wait_for_text("could not be made", deadline=60)
        received = [*await somebody.received(), *await another.received()]
        assert not any("document" in message for message in received)
