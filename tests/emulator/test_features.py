"""What the bot can do in the emulator, seen through python-telegram-bot and through the person's phone."""

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from tests.support.emulator import Emulator, Person

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_message_reaches_the_phone(bot: Bot, person: Person) -> None:
    text = "<b>مرحبا</b> \U0001f540 <a href='https://example.org/x'>here</a>"
    preview = LinkPreviewOptions(is_disabled=True)
    sent = await bot.send_message(person.id, text, parse_mode="HTML", link_preview_options=preview)
    assert sent.text == "مرحبا \U0001f540 here"
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [("bold", 0, 5), ("text_link", 9, 4)]
    shown = (await person.messages())[-1]
    assert shown["outgoing"] is False
    assert shown["text"] == sent.text
    assert shown["entities"][1]["url"] == "https://example.org/x"


async def test_entities_instead_of_a_parse_mode(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.id, "bold text", entities=[MessageEntity("bold", 0, 4)])
    assert sent.entities == (MessageEntity("bold", 0, 4),)


async def test_message_ids_grow_over_all_chats(emulator: Emulator, bot: Bot, person: Person) -> None:
    other = await emulator.person()
    await other.start()
    ids = [(await bot.send_message(one.id, "x")).message_id for one in (person, other, person)]
    assert ids == sorted(set(ids))


async def test_edits(bot: Bot, person: Person) -> None:
    markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Yes", callback_data="y"))
    sent = await bot.send_message(person.id, "first", reply_markup=markup)
    edited = await bot.edit_message_text("second", person.id, sent.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    assert edited.reply_markup is None
    await bot.edit_message_reply_markup(person.id, sent.message_id, reply_markup=markup)
    shown = (await person.messages())[-1]
    assert shown["text"] == "second"
    assert shown["reply_markup"]["inline_keyboard"][0][0]["text"] == "Yes"


async def test_deletion_of_both_sides(bot: Bot, person: Person) -> None:
    theirs = await person.send("secret")
    mine = await bot.send_message(person.id, "x")
    assert await bot.delete_message(person.id, theirs["message_id"])
    assert await bot.delete_messages(person.id, [mine.message_id])
    left = {message["message_id"] for message in await person.messages()}
    assert not left & {theirs["message_id"], mine.message_id}


async def test_reply_copy_forward(bot: Bot, person: Person) -> None:
    theirs = await person.send("the original")
    reply = await bot.send_message(person.id, "re", reply_parameters=ReplyParameters(theirs["message_id"]))
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "the original"
    copy = await bot.copy_message(person.id, person.id, theirs["message_id"])
    assert (await person.messages())[-1]["message_id"] == copy.message_id
    forwarded = await bot.forward_message(person.id, person.id, theirs["message_id"])
    assert forwarded.forward_origin is not None
    assert forwarded.text == "the original"


async def test_files(bot: Bot, person: Person) -> None:
    sent = await bot.send_document(
        person.id, b"a,b\n1,2\n", filename="table.csv", caption="<i>a table</i>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("table.csv", "a table")
    again = await bot.send_document(person.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
    edited = await bot.edit_message_caption(person.id, sent.message_id, caption="another")
    assert isinstance(edited, Message)
    assert edited.caption == "another"


async def test_photo(bot: Bot, person: Person) -> None:
    sent = await bot.send_photo(person.id, PIXEL, caption="x")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (2, 3)
    assert (await bot.send_photo(person.id, sent.photo[-1].file_id)).photo[-1].file_id == sent.photo[-1].file_id


async def test_callback_and_toast(bot: Bot, person: Person) -> None:
    markup = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Yes", callback_data="q1:y"))
    await bot.send_message(person.id, "?", reply_markup=markup)
    await person.press("Yes")
    query = (await bot.get_updates(timeout=5))[-1].callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("q1:y", person.id)
    assert await query.answer("Saved", show_alert=True)


async def test_tap_on_a_button_that_is_gone(bot: Bot, person: Person) -> None:
    await person.tap(4711, "old:data")
    query = (await bot.get_updates(timeout=5))[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_typing_ends_with_a_message_or_after_five_seconds(emulator: Emulator, bot: Bot, person: Person) -> None:
    await bot.send_chat_action(person.id, "typing")
    assert (await person.chat())["typing"]
    await bot.send_message(person.id, "x")
    assert not (await person.chat())["typing"]
    await bot.send_chat_action(person.id, "typing")
    await emulator.advance(5)
    assert not (await person.chat())["typing"]


async def test_reply_keyboards(bot: Bot, person: Person) -> None:
    await bot.send_message(person.id, "x", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("One")]]))
    assert (await person.chat())["reply_keyboard"]["keyboard"][0][0]["text"] == "One"
    await bot.send_message(person.id, "x", reply_markup=ForceReply())
    await bot.send_message(person.id, "x", reply_markup=ReplyKeyboardRemove())
    assert (await person.chat())["reply_keyboard"] is None


async def test_commands_by_scope_and_language(emulator: Emulator, bot: Bot, person: Person) -> None:
    other = await emulator.person(language_code="pt-br")

    async def seen(one: Person) -> list[str]:
        return [command["description"] for command in (await one.chat())["commands"]]

    def help_as(words: str) -> list[BotCommand]:
        return [BotCommand("help", words)]

    await bot.set_my_commands(help_as("default"))
    await bot.set_my_commands(help_as("padrão"), language_code="pt")
    assert (await seen(person), await seen(other)) == (["default"], ["padrão"])
    await bot.set_my_commands(help_as("private"), scope=BotCommandScopeAllPrivateChats())
    assert await seen(other) == ["private"]
    await bot.set_my_commands(help_as("yours"), scope=BotCommandScopeChat(person.id), language_code="ar")
    assert (await seen(person), await seen(other)) == (["yours"], ["private"])
    assert (await bot.get_my_commands(BotCommandScopeChat(person.id), "ar"))[0].description == "yours"
    assert await bot.get_my_commands(BotCommandScopeChat(person.id)) == ()
    await bot.delete_my_commands(BotCommandScopeChat(person.id), "ar")
    assert await seen(person) == ["private"]


async def test_texts_about_the_bot(emulator: Emulator, bot: Bot, person: Person) -> None:
    await bot.set_my_name("Consultations")
    await bot.set_my_description("What it is")
    await bot.set_my_description("ما هو", language_code="ar")
    await bot.set_my_short_description("Short", language_code="ar")
    assert (await bot.get_my_name()).name == "Consultations"
    assert (await bot.get_my_description("ar")).description == "ما هو"
    assert (await bot.get_my_description("fr")).description == "What it is"
    assert (await bot.get_my_short_description()).short_description == ""
    assert (await person.chat())["description"] == "ما هو"
    assert (await emulator.call("GET", "/world"))["bot"]["first_name"] == "Consultations"


async def test_chat_and_membership(bot: Bot, person: Person) -> None:
    chat = await bot.get_chat(person.id)
    assert (chat.type, chat.first_name) == ("private", "Noor")
    assert (await bot.get_chat_member(person.id, person.id)).status == "member"


async def test_group_that_the_bot_leaves(emulator: Emulator, bot: Bot, person: Person) -> None:
    group = await emulator.group("Neighbours", person)
    added, service = (await bot.get_updates(timeout=5))[-2:]
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "member"
    assert service.message is not None
    assert service.message.new_chat_members[0].id == bot.id
    await bot.send_message(group["id"], "I am for private chats")
    assert await bot.leave_chat(group["id"])
    left = (await bot.get_updates(service.update_id + 1, timeout=5))[-1].my_chat_member
    assert left is not None
    assert left.new_chat_member.status == "left"
    assert (await emulator.call("GET", f"/world/groups/{group['id']}"))["bot_inside"] is False
    assert (await emulator.call_bot("sendMessage", chat_id=group["id"], text="x"))[0] == 403


async def test_group_hands_over_only_what_concerns_the_bot(emulator: Emulator, bot: Bot, person: Person) -> None:
    group = await emulator.group("Neighbours", person)
    first = (await bot.get_updates(timeout=5))[-1].update_id
    for text in ("hello all", "/help"):
        await emulator.call("POST", f"/world/groups/{group['id']}/messages", {"person": person.id, "text": text})
    updates = await bot.get_updates(first + 1, timeout=5)
    assert [update.message.text for update in updates if update.message] == ["/help"]


async def test_reaction(bot: Bot, person: Person) -> None:
    theirs = await person.send("thanks")
    assert await bot.set_message_reaction(person.id, theirs["message_id"], "\U0001f44d")
    assert (await person.messages())[-1]["reaction"] == "\U0001f44d"


async def test_trivial_methods(bot: Bot) -> None:
    assert await bot.log_out()
    assert await bot.close()


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_every_way_to_pass_parameters(emulator: Emulator, person: Person, verb: str) -> None:
    answer = await emulator.call_bot("sendMessage", verb, chat_id=str(person.id), text="x & y", protect_content="true")
    assert answer[1]["result"]["has_protected_content"] is True
    assert answer[1]["result"]["text"] == "x & y"
