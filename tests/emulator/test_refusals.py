"""The emulator refuses what Telegram refuses, in Telegram's words."""

from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from tests.support.emulator import Emulator, Person

OUTSIDE_THE_PLANE = "\U0001f540"  # two UTF-16 units


def keyboard(*rows: int, data: str = "x") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("b", callback_data=data)] * width for width in rows])


async def words(emulator: Emulator, deed: Awaitable[object], kind: type[TelegramError] = BadRequest) -> str:
    """What the emulator answered, as Telegram writes it (the library changes the first letter)."""
    with pytest.raises(kind):
        await deed
    return str((await emulator.recorded())[-1]["description"])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x" * 4097, "Bad Request: message is too long"),
        (OUTSIDE_THE_PLANE * 2049, "Bad Request: message is too long"),
        (" \n ", "Bad Request: message text is empty"),
        ("", "Bad Request: message text is empty"),
    ],
)
async def test_text_of_the_wrong_length(emulator: Emulator, bot: Bot, person: Person, text: str, answer: str) -> None:
    assert await words(emulator, bot.send_message(person.id, text)) == answer


@pytest.mark.parametrize("text", ["x" * 4096, OUTSIDE_THE_PLANE * 2048, f"<b>{'x' * 4090}</b>&lt;<i>12345</i>"])
async def test_longest_text_passes(bot: Bot, person: Person, text: str) -> None:
    assert (await bot.send_message(person.id, text, parse_mode="HTML")).message_id


async def test_caption(emulator: Emulator, bot: Bot, person: Person) -> None:
    deed = bot.send_document(person.id, b"content", caption="c" * 1025)
    assert await words(emulator, deed) == "Bad Request: message caption is too long"
    assert (await bot.send_document(person.id, b"content", caption="c" * 1024)).caption == "c" * 1024


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 2'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_html(emulator: Emulator, bot: Bot, person: Person, text: str, reason: str) -> None:
    answer = await words(emulator, bot.send_message(person.id, text, parse_mode="HTML"))
    assert answer == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("markup", "answer"),
    [
        (keyboard(1, data="ж" * 33), "Bad Request: BUTTON_DATA_INVALID"),
        (keyboard(*[8] * 13), "Bad Request: reply markup is too long"),
        (keyboard(9), "Bad Request: reply markup is too long"),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("b")]]),
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("b", copy_text=CopyTextButton("x" * 257))]]),
            "Bad Request: BUTTON_COPY_TEXT_INVALID",
        ),
    ],
)
async def test_keyboards(
    emulator: Emulator, bot: Bot, person: Person, markup: InlineKeyboardMarkup, answer: str
) -> None:
    assert await words(emulator, bot.send_message(person.id, "text", reply_markup=markup)) == answer


async def test_largest_keyboard_and_data_pass(bot: Bot, person: Person) -> None:
    markup = keyboard(*[8] * 12, 4, data="ж" * 32)
    assert (await bot.send_message(person.id, "text", reply_markup=markup)).reply_markup == markup


async def test_unmodified_edit(emulator: Emulator, bot: Bot, person: Person) -> None:
    message = await bot.send_message(person.id, "<b>same</b>", parse_mode="HTML", reply_markup=keyboard(1))
    same = {"parse_mode": "HTML", "reply_markup": keyboard(1)}
    deed = bot.edit_message_text("<b>same</b>", person.id, message.message_id, **same)  # type: ignore[arg-type]
    answer = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    assert await words(emulator, deed) == answer
    edited = await bot.edit_message_text("same", person.id, message.message_id, reply_markup=keyboard(1))
    assert isinstance(edited, Message)
    assert edited.entities == ()
    deed = bot.edit_message_reply_markup(person.id, message.message_id, reply_markup=keyboard(1))
    assert await words(emulator, deed) == answer


@pytest.mark.parametrize(
    ("deed", "answer"),
    [
        (lambda bot, chat: bot.edit_message_text("x", chat, 9999), "message to edit not found"),
        (lambda bot, chat: bot.edit_message_reply_markup(chat, 9999), "message to edit not found"),
        (lambda bot, chat: bot.delete_message(chat, 9999), "message to delete not found"),
        (lambda bot, chat: bot.copy_message(chat, chat, 9999), "message to copy not found"),
        (lambda bot, chat: bot.forward_message(chat, chat, 9999), "message to forward not found"),
        (lambda bot, chat: bot.send_message(chat, "x", reply_to_message_id=9999), "message to be replied not found"),
        (lambda bot, chat: bot.send_message(12345, "x"), "chat not found"),
        (lambda bot, chat: bot.send_message("@nobody_here", "x"), "chat not found"),
        (lambda bot, chat: bot.send_photo(chat, b"not a picture"), "IMAGE_PROCESS_FAILED"),
        (lambda bot, chat: bot.send_photo(chat, "AgACmissing"), "wrong file identifier/HTTP URL specified"),
        (lambda bot, chat: bot.send_chat_action(chat, "dancing"), "wrong parameter action in request"),
        (lambda bot, chat: bot.delete_messages(chat, range(1, 102)), "too many message identifiers specified"),
        (lambda bot, chat: bot.get_file("AgACmissing"), "invalid file_id"),
        (lambda bot, chat: bot.set_my_commands([("UPPER", "x")]), "BOT_COMMAND_INVALID"),
        (lambda bot, chat: bot.set_my_description("x" * 513), "description is too long"),
        (lambda bot, chat: bot.set_my_name("x", language_code="pt-br"), "invalid language code specified"),
    ],
)
async def test_bad_requests(
    emulator: Emulator, bot: Bot, person: Person, deed: Callable[[Bot, int], Awaitable[object]], answer: str
) -> None:
    assert await words(emulator, deed(bot, person.id)) == f"Bad Request: {answer}"


async def test_reply_to_a_missing_message_when_that_is_allowed(bot: Bot, person: Person) -> None:
    wish = ReplyParameters(9999, allow_sending_without_reply=True)
    assert (await bot.send_message(person.id, "x", reply_parameters=wish)).reply_to_message is None


async def test_button_press_too_old(emulator: Emulator, bot: Bot, person: Person) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await words(emulator, bot.answer_callback_query("1")) == too_old
    message = await bot.send_message(person.id, "x", reply_markup=keyboard(1))
    query = await person.tap(message.message_id, "x")
    await emulator.advance(149)
    assert await bot.answer_callback_query(query)
    await emulator.advance(1)
    assert await words(emulator, bot.answer_callback_query(query)) == too_old


async def test_people_who_cannot_be_written_to(emulator: Emulator, bot: Bot, person: Person) -> None:
    stranger = await emulator.person()
    answer = await words(emulator, bot.send_message(stranger.id, "x"), Forbidden)
    assert answer == "Forbidden: bot can't initiate conversation with a user"
    await person.block()
    answer = await words(emulator, bot.send_message(person.id, "x"), Forbidden)
    assert answer == "Forbidden: bot was blocked by the user"
    await person.unblock()
    assert await bot.send_message(person.id, "x")
    await person.change(deactivated=True)
    answer = await words(emulator, bot.send_message(person.id, "x"), Forbidden)
    assert answer == "Forbidden: user is deactivated"


async def test_deleting_after_48_hours(emulator: Emulator, bot: Bot, person: Person) -> None:
    old = await bot.send_message(person.id, "old")
    await emulator.advance(48 * 3600 - 5)
    young = await bot.send_message(person.id, "young")
    await emulator.advance(10)
    answer = "Bad Request: message can't be deleted for everyone"
    assert await words(emulator, bot.delete_message(person.id, old.message_id)) == answer
    assert await words(emulator, bot.delete_messages(person.id, [old.message_id, young.message_id])) == answer
    assert await bot.delete_messages(person.id, [young.message_id, 9999])


async def test_what_a_bot_may_not_edit(emulator: Emulator, bot: Bot, person: Person) -> None:
    theirs = await person.send("mine")
    answer = await words(emulator, bot.edit_message_text("x", person.id, theirs["message_id"]))
    assert answer == "Bad Request: message can't be edited"
    document = await bot.send_document(person.id, b"content")
    answer = await words(emulator, bot.edit_message_text("x", person.id, document.message_id))
    assert answer == "Bad Request: there is no text in the message to edit"
    text = await bot.send_message(person.id, "x")
    answer = await words(emulator, bot.edit_message_caption(person.id, text.message_id, caption="x"))
    assert answer == "Bad Request: there is no caption in the message to edit"


async def test_protected_content(emulator: Emulator, bot: Bot, person: Person) -> None:
    message = await bot.send_message(person.id, "closed", protect_content=True)
    assert message.has_protected_content
    answer = await words(emulator, bot.forward_message(person.id, person.id, message.message_id))
    assert answer == "Bad Request: message has protected content and can't be forwarded"
    answer = await words(emulator, bot.copy_message(person.id, person.id, message.message_id))
    assert answer == "Bad Request: message has protected content and can't be copied"


async def test_wrong_token(emulator: Emulator) -> None:
    stranger = Bot("1000:wrong", base_url=emulator.base_url)
    assert await words(emulator, stranger.initialize(), InvalidToken) == "Unauthorized"
    await stranger.shutdown()


async def test_unknown_method_and_names_in_any_case(bot: Bot, emulator: Emulator) -> None:
    answer = await emulator.call_bot("sendNothing")
    assert answer == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    assert (await emulator.call_bot("GETME"))[0] == 200
    if emulator.running.requests.specification is not None:
        assert emulator.running.requests.specification.violations.pop() == "sendNothing: no such method"
