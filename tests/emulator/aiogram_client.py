# mypy: disable-error-code="import-not-found"
"""A second, independent client: aiogram calls every method and validates every kind of update.

Run by `test_aiogram` with an interpreter that has aiogram, which ours has not:
`python aiogram_client.py URL TOKEN`. Prints a JSON object with the kinds of update seen; any mismatch is a traceback.
It stands alone on purpose and imports nothing of ours.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramForbiddenError, TelegramNotFound
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputPollOption,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

KINDS = (
    "photo",
    "voice",
    "sticker",
    "document",
    "video",
    "audio",
    "animation",
    "video_note",
    "location",
    "contact",
    "poll",
    "dice",
    "venue",
    "story",
)
PIXEL = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])


class People:
    """The emulator's own interface."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    async def do(self, path: str, body: Any = None) -> Any:
        """One POST."""
        async with self.http.post(f"{self.url}/world{path}", json=body or {}) as answer:
            answer.raise_for_status()
            return await answer.json()


async def act(people: People, bot: Bot) -> dict[str, Any]:
    """Everything that makes an update."""
    person = await people.do("/people", {"first_name": "Noor", "language_code": "pt-br", "username": "noor_example"})
    one = f"/people/{person['id']}"
    await people.do(f"{one}/start", {"payload": "abc"})
    text = await people.do(f"{one}/messages", {"text": "see https://example.org @somebody #tag"})
    await people.do(f"{one}/messages", {"text": "again", "reply_to_message_id": text["message_id"]})
    await people.do(f"{one}/messages", {"text": "from elsewhere", "forward": True})
    await people.do(f"{one}/messages/{text['message_id']}/edit", {"text": "see nothing"})
    for kind in KINDS:
        await people.do(f"{one}/messages", {"kind": kind, "caption": "a caption"})
    sent = await bot.send_message(person["id"], "?", reply_markup=KEYBOARD)
    await people.do(f"{one}/taps", {"message_id": sent.message_id, "data": "y"})
    await people.do(f"{one}/taps", {"message_id": 4711, "data": "gone"})
    await people.do(f"{one}/block")
    await people.do(f"{one}/unblock")
    return dict(person)


async def updates(bot: Bot) -> list[Any]:
    """All that waits, validated; then confirmed."""
    found = await bot.get_updates(limit=100, timeout=1)
    if found:
        await bot.get_updates(offset=found[-1].update_id + 1, timeout=0)
    return list(found)


async def send_everything(bot: Bot, person: int) -> None:
    """Methods that send or change messages."""
    sent = await bot.send_message(person, "<b>x</b>", parse_mode="HTML", reply_markup=KEYBOARD, protect_content=False)
    await bot.send_message(person, "re", reply_parameters=ReplyParameters(message_id=sent.message_id))
    await bot.send_message(person, "keys", reply_markup=ReplyKeyboardMarkup(keyboard=[[{"text": "One"}]]))
    await bot.edit_message_text("y", chat_id=person, message_id=sent.message_id)
    await bot.edit_message_reply_markup(chat_id=person, message_id=sent.message_id, reply_markup=KEYBOARD)
    photo = await bot.send_photo(person, BufferedInputFile(PIXEL, "x.png"), caption="a")
    await bot.edit_message_caption(chat_id=person, message_id=photo.message_id, caption="b")
    document = await bot.send_document(person, BufferedInputFile(b"content", "x.csv"))
    voice = await bot.send_voice(person, BufferedInputFile(b"OggS", "x.ogg"))
    file = await bot.get_file(document.document.file_id)
    content = await bot.download_file(file.file_path)
    assert content is not None
    assert content.read() == b"content"
    await bot.send_chat_action(person, "typing")
    await bot.copy_message(person, person, sent.message_id)
    await bot.forward_message(person, person, sent.message_id)
    await bot.set_message_reaction(person, sent.message_id, [ReactionTypeEmoji(emoji="\U0001f44d")])
    await bot.delete_message(person, voice.message_id)
    await bot.delete_messages(person, [photo.message_id, 999_999])


async def set_everything(bot: Bot, person: int) -> None:
    """Methods about the bot and its chats."""
    await bot.get_me()
    scope = BotCommandScopeChat(chat_id=person)
    await bot.set_my_commands([BotCommand(command="help", description="Help")], scope=scope, language_code="pt")
    assert (await bot.get_my_commands(scope=scope, language_code="pt"))[0].command == "help"
    await bot.delete_my_commands(scope=scope, language_code="pt")
    await bot.set_my_name("Consultations")
    await bot.get_my_name()
    await bot.set_my_description("Description")
    await bot.get_my_description()
    await bot.set_my_short_description("Short")
    await bot.get_my_short_description()
    await bot.get_chat(person)
    await bot.get_chat_member(person, person)
    await bot.set_webhook("https://example.org/hook")
    await bot.get_webhook_info()
    await bot.delete_webhook()
    await bot.log_out()


async def refusals(bot: Bot, people: People, person: int) -> None:
    """The classes that aiogram makes of refusals."""
    stranger = await people.do("/people")
    for deed, kind in (
        (bot.send_message(person, "x" * 4097), TelegramBadRequest),
        (bot.send_message(1, "x"), TelegramBadRequest),
        (bot.send_message(stranger["id"], "x"), TelegramForbiddenError),
        (bot.send_poll(person, "Which?", [InputPollOption(text=one) for one in "ab"]), TelegramNotFound),
    ):
        try:
            await deed
        except kind:
            continue
        raise AssertionError(f"expected {kind.__name__}")


async def groups(bot: Bot, people: People, person: int) -> list[Any]:
    """A group that the bot leaves."""
    group = await people.do("/groups", {"title": "Neighbours", "person": person})
    await bot.get_chat(group["id"])
    await bot.leave_chat(group["id"])
    return await updates(bot)


async def malformed(bot: Bot, people: People) -> None:
    """That a wrong update would be noticed at all."""
    await people.do("/updates", [{"update_id": 1, "callback_query": {"id": "1"}}])
    try:
        await bot.get_updates(timeout=1)
    except ClientDecodeError:
        return
    raise AssertionError("a malformed update was not noticed")


async def main(url: str, token: str) -> None:
    """All of it."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    async with aiohttp.ClientSession() as http, Bot(token, session=session) as bot:
        people = People(http, url)
        person = (await act(people, bot))["id"]
        seen = await updates(bot)
        query = next(update.callback_query for update in seen if update.callback_query)
        await query.answer("Saved", show_alert=True)
        await send_everything(bot, person)
        await set_everything(bot, person)
        await refusals(bot, people, person)
        seen += await groups(bot, people, person)
        await malformed(bot, people)
        kinds = sorted({update.event_type for update in seen})
        contents = sorted({update.message.content_type.value for update in seen if update.message})
        print(json.dumps({"kinds": kinds, "contents": contents, "updates": len(seen)}))  # noqa: T201
        await bot.close()


asyncio.run(main(*sys.argv[1:]))
