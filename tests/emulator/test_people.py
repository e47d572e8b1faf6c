"""What people do, and what of it reaches the bot."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot, Update

from bot.emulator.refusals import Refusal
from bot.emulator.server import running
from tests.support.emulator import Emulator, Person, Stage

KINDS = (
    "photo voice sticker document video audio animation video_note location contact poll dice venue story".split()  # noqa: SIM905
)


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates(-1, timeout=5))[-1]


async def test_start_with_and_without_payload(bot: Bot, emulator: Emulator) -> None:
    person = await emulator.person()
    assert (await person.chat())["started"] is False
    await person.start("abc_-123")
    update = await newest(bot)
    assert update.message is not None
    assert update.message.text == "/start abc_-123"
    assert update.message.entities[0].type == "bot_command"
    assert (await person.chat())["started"] is True
    await person.start()
    update = await newest(bot)
    assert update.message is not None
    assert update.message.text == "/start"


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_message(bot: Bot, person: Person, kind: str) -> None:
    shown = await person.send_kind(kind, caption="see https://example.org")
    update = await newest(bot)
    assert update.message is not None
    assert update.message[kind]
    assert update.message.message_id == shown["message_id"]
    if update.message.caption:
        assert update.message.caption_entities[0].type == "url"


async def test_text_arrives_to_the_last_character(bot: Bot, person: Person) -> None:
    text = "  \u2067كلام\u2069\t\r\n a\u0301 \U0001f9d1\u200d\U0001f33e  "
    await person.send(text)
    update = await newest(bot)
    assert update.message is not None
    assert update.message.text == text


async def test_long_text_is_cut_as_phones_do(bot: Bot, person: Person) -> None:
    text = "ж" * 4095 + "\U0001f540" + "z" * 10
    await person.send(text)
    parts = [update.message.text or "" for update in await bot.get_updates(timeout=5) if update.message][1:]
    assert "".join(parts) == text
    assert len(parts[0]) == 4095


async def test_edit_and_reply_and_forward(bot: Bot, person: Person) -> None:
    mine = await person.send("first")
    await person.edit(mine["message_id"], "second")
    update = await newest(bot)
    assert update.edited_message is not None
    assert update.edited_message.text == "second"
    assert update.edited_message.edit_date is not None
    await person.send("re", reply_to=mine["message_id"])
    update = await newest(bot)
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "second"
    await person.send("heard elsewhere", forward=True)
    update = await newest(bot)
    assert update.message is not None
    assert update.message.forward_origin is not None


async def test_what_waits_is_not_changed_by_an_edit(bot: Bot, person: Person) -> None:
    mine = await person.send("first")
    await person.edit(mine["message_id"], "second")
    before, after = (await bot.get_updates(timeout=5))[-2:]
    assert before.message is not None
    assert before.message.text == "first"
    assert after.edited_message is not None


async def test_block_and_unblock_are_told(bot: Bot, person: Person) -> None:
    await person.block()
    update = await newest(bot)
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(httpx.HTTPStatusError, match="blocked"):
        await person.send("x")
    await person.start()
    restarted, start = (await bot.get_updates(update.update_id + 1, timeout=5))[-2:]
    assert restarted.my_chat_member is not None
    assert restarted.my_chat_member.new_chat_member.status == "member"
    assert start.message is not None


async def test_person_deletes_for_both_sides(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "x")
    await person.delete(sent.message_id)
    assert all(message["message_id"] != sent.message_id for message in await person.messages())


async def test_world_and_changes(emulator: Emulator, person: Person) -> None:
    await person.change(language_code="fr", role="organizer")
    world = await emulator.call("GET", "/world")
    assert world["bot"]["username"] == "consultation_demo_bot"
    assert (world["people"][0]["language_code"], world["people"][0]["role"]) == ("fr", "organizer")


async def test_event_stream(emulator: Emulator, bot: Bot, person: Person) -> None:
    async with (
        httpx.AsyncClient(base_url=emulator.url) as http,
        asyncio.timeout(10),
        http.stream("GET", "/world/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == ": open"
        sent = await bot.send_message(person.id, "x")
        await bot.edit_message_text("y", person.id, sent.message_id)
        query = await person.tap(sent.message_id, "d")
        await bot.answer_callback_query(query, "toast")
        await bot.delete_message(person.id, sent.message_id)
        events: list[dict[str, Any]] = []
        while not events or events[-1]["type"] != "delete":
            line = await anext(lines)
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
    assert [event["type"] for event in events] == ["message", "edit", "toast", "delete"]
    assert events[2]["text"] == "toast"
    assert events[2]["callback_query_id"] == query
    assert {event["person"] for event in events} == {person.id}


async def test_other_origins_are_refused(emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as http:
        assert (await http.get("/world", headers={"origin": "https://example.org"})).status_code == 403
        assert (await http.get("/world", headers={"host": "example.org"})).status_code == 403
        assert (await http.get(f"/bot{emulator.token}/getMe", headers={"origin": "null"})).status_code == 403
        assert (await http.get("/world", headers={"origin": emulator.url})).status_code == 200


async def test_files_for_the_page_cannot_become_pages(emulator: Emulator, bot: Bot, person: Person) -> None:
    sent = await bot.send_document(person.id, b"<script>alert(1)</script>", filename="x.html")
    assert sent.document is not None
    async with httpx.AsyncClient(base_url=emulator.url) as http:
        answer = await http.get(f"/world/files/{sent.document.file_id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_page_is_served(emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as http:
        assert "<" in (await http.get("/")).text
        assert (await http.get("/page/../server.py")).status_code == 404


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with Emulator(state_file=state) as emulator:
        person = await emulator.person(first_name="Noor")
        await person.start()
        await emulator.advance(100)
        async with Bot(emulator.token, base_url=emulator.base_url) as bot:
            await bot.send_message(person.id, "before")
            await bot.send_document(person.id, b"kept")
            await bot.set_my_commands([("help", "Help")])
        before = await emulator.call("GET", "/world/state")
    assert state.stat().st_mode & 0o077 == 0
    async with Emulator(state_file=state) as emulator:
        assert await emulator.call("GET", "/world/state") == before
        person = (await emulator.people())[0]
        async with Bot(emulator.token, base_url=emulator.base_url, base_file_url=emulator.base_file_url) as bot:
            updates = await bot.get_updates(timeout=5)
            assert [update.message.text for update in updates if update.message] == ["/start"]
            sent = await bot.send_message(person.id, "after")
            document = (await person.messages())[-2]["document"]
            assert bytes(await (await bot.get_file(document["file_id"])).download_as_bytearray()) == b"kept"
        texts = [message.get("text") for message in await person.messages()]
        assert texts == ["/start", "before", None, "after"]
        assert sent.message_id > (await person.messages())[-2]["message_id"]


async def start_alone(state: Path) -> tuple[asyncio.subprocess.Process, str]:
    """The emulator as a program of its own, and its address."""
    command = ("-m", "bot.emulator", "--port", "0", "--state", str(state))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    return process, line.split()[5]


async def test_alone_until_terminated(tmp_path: Path) -> None:
    for expected in (0, 1):
        process, url = await start_alone(tmp_path / "state.json")
        stage = Stage(url)
        assert len(await stage.people()) == expected
        await stage.person()
        await stage.close()
        process.terminate()
        await process.communicate()
        assert process.returncode == 0


async def test_lone_surrogates_are_refused(emulator: Emulator, person: Person) -> None:
    body = json.dumps({"chat_id": person.id, "text": "\ud83d"})
    async with httpx.AsyncClient(base_url=emulator.url, headers={"content-type": "application/json"}) as http:
        answer = (await http.post(f"/bot{emulator.token}/sendMessage", content=body)).json()
        assert answer["description"] == "Bad Request: strings must be encoded in UTF-8"
        assert (await http.post(f"/world/people/{person.id}/messages", content=body)).status_code == 400


async def test_foreign_state_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"people": 3}')
    with pytest.raises(Refusal, match="not a state"):
        async with running(state_file=state):
            pass
