"""The Bot API: a method's name and parameters in, the `result` out, or Telegram's refusal in Telegram's words.

Synchronous and without input or output. `getUpdates` is not here, because it waits (`polling`).
Methods that only tell or set something about the bot or a chat are in `settings_methods`.
"""

from collections.abc import Callable
from typing import Any

from bot.emulator import settings_methods
from bot.emulator.chats import Chat, Message
from bot.emulator.formatting import Entity, Malformed, found_entities, is_encodable, parse, trimmed, utf16_length
from bot.emulator.keyboards import checked_markup
from bot.emulator.media import attachment, is_picture
from bot.emulator.parameters import Parameters
from bot.emulator.refusals import NOT_FOUND, bad_request
from bot.emulator.world import World

Method = Callable[[World, Parameters], Any]

_TEXT_LIMIT = 4096
_CAPTION_LIMIT = 1024
_ENTITY_LIMIT = 100
_TOAST_LIMIT = 200
_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)
_UPLOAD_LIMITS = {"photo": 10 * 1024 * 1024}
_UPLOAD_LIMIT = 50 * 1024 * 1024


class Api:
    """One world's methods by name, in any case."""

    def __init__(self, world: World) -> None:
        self.world = world

    def canonical(self, method: str) -> str | None:
        """The method's name as documented, or None when there is none."""
        return _NAMES.get(method.lower())

    def call(self, method: str, parameters: Parameters) -> Any:
        """The result. Raises `Refusal`."""
        deed = METHODS.get(_NAMES.get(method.lower(), ""))
        if deed is None:
            raise NOT_FOUND
        return deed(self.world, parameters)


# -- parts of requests


def _chat(world: World, parameters: Parameters, name: str = "chat_id") -> Chat:
    value = parameters.values.get(name)
    if value is None or value == "":
        raise bad_request(f"{name} is empty")
    return world.reachable(value)


def _formatted(parameters: Parameters, field: str, entities_field: str, default: str = "") -> tuple[str, list[Entity]]:
    raw = parameters.text(field, default)
    if not is_encodable(raw):
        raise bad_request("strings must be encoded in UTF-8")
    mode = parameters.text("parse_mode")
    given = parameters.structure(entities_field) if not mode else None
    try:
        text, entities = parse(raw, mode)
    except Malformed as fault:
        raise bad_request(f"can't parse entities: {fault}") from None
    if given is not None:
        entities = _checked_entities(given, utf16_length(text))
    text, entities = trimmed(text, entities)
    return text, found_entities(text, entities)[:_ENTITY_LIMIT]


def _checked_entities(given: Any, length: int) -> list[Entity]:
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in given:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse entities: expected an Object of type MessageEntity")
        offset, size = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(size, int) or offset < 0 or size < 0:
            raise bad_request("can't parse entities: wrong offset or length")
        if offset + size > length:
            raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
    return [entity for entity in given if entity["length"]]


def _text(parameters: Parameters) -> dict[str, Any]:
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > _TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption(parameters: Parameters) -> dict[str, Any]:
    if "caption" not in parameters:
        return {}
    text, entities = _formatted(parameters, "caption", "caption_entities")
    if utf16_length(text) > _CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    fields: dict[str, Any] = {"caption": text} if text else {}
    return {**fields, "caption_entities": entities} if entities else fields


def _reply(chat: Chat, parameters: Parameters) -> int | None:
    wish = parameters.structure("reply_parameters")
    if isinstance(wish, dict):
        number, lenient = wish.get("message_id"), wish.get("allow_sending_without_reply") is True
    else:
        number, lenient = parameters.integer("reply_to_message_id"), parameters.flag("allow_sending_without_reply")
    if number is None:
        return None
    if not isinstance(number, int):
        raise bad_request('can\'t parse reply parameters: Field "message_id" must be of type Number')
    if number not in chat.messages:
        if lenient:
            return None
        raise bad_request("message to be replied not found")
    return number


def _options(parameters: Parameters) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if parameters.flag("protect_content"):
        options["has_protected_content"] = True
    if "link_preview_options" in parameters:
        options["link_preview_options"] = parameters.structure("link_preview_options")
    return options


def _send(world: World, parameters: Parameters, content: Callable[[], dict[str, Any]]) -> Message:
    markup = checked_markup(parameters.structure("reply_markup")) if "reply_markup" in parameters else None
    fields = content()
    chat = _chat(world, parameters)
    reply = _reply(chat, parameters)
    return world.post(chat, {**fields, **_options(parameters)}, markup, reply)


def _number(parameters: Parameters) -> int:
    number = parameters.integer("message_id")
    if number is None:
        raise bad_request("message identifier is not specified")
    return number


# -- sending


def send_message(world: World, parameters: Parameters) -> Message:
    """SendMessage."""
    return _send(world, parameters, lambda: _text(parameters))


def _send_file(kind: str) -> Method:
    def send(world: World, parameters: Parameters) -> Message:
        return _send(world, parameters, lambda: _file(world, parameters, kind) | _caption(parameters))

    return send


def _file(world: World, parameters: Parameters, kind: str) -> dict[str, Any]:
    wish = parameters.text(kind)
    upload = parameters.uploads.get(wish.removeprefix("attach://") if wish.startswith("attach://") else kind)
    if upload is None:
        if not wish:
            raise bad_request(f"there is no {kind} in the request")
        known = world.files.by_id.get(wish)
        if known is None:
            reason = "failed to get HTTP URL content" if "://" in wish else "wrong file identifier/HTTP URL specified"
            raise bad_request(reason)
        if known.kind != kind:
            raise bad_request(f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}")
        return attachment(known)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > _UPLOAD_LIMITS.get(kind, _UPLOAD_LIMIT):
        raise bad_request(f"file of size {len(upload.content)} bytes is too big for a {kind}")
    if kind == "photo" and not is_picture(upload.content):
        raise bad_request("IMAGE_PROCESS_FAILED")
    return attachment(world.files.add(kind, upload.content, upload.name, upload.mime))


_COPIED = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "voice",
    "video",
    "audio",
    "animation",
    "video_note",
    "sticker",
    "location",
    "contact",
    "dice",
    "venue",
)


def _source(world: World, parameters: Parameters, deed: str) -> tuple[Message, dict[str, Any]]:
    value = parameters.values.get("from_chat_id")
    message = world.known(value).messages.get(_number(parameters))
    if message is None:
        raise bad_request(f"message to {deed} not found")
    if message.get("has_protected_content"):
        word = "copied" if deed == "copy" else "forwarded"
        raise bad_request(f"message has protected content and can't be {word}")
    return message, {key: message[key] for key in _COPIED if key in message}


def copy_message(world: World, parameters: Parameters) -> dict[str, int]:
    """CopyMessage."""

    def content() -> dict[str, Any]:
        fields = _source(world, parameters, "copy")[1]
        if "caption" in parameters and "text" not in fields:
            fields = {key: value for key, value in fields.items() if not key.startswith("caption")}
            fields |= _caption(parameters)
        return fields

    return {"message_id": _send(world, parameters, content)["message_id"]}


def forward_message(world: World, parameters: Parameters) -> Message:
    """ForwardMessage."""
    message, fields = _source(world, parameters, "forward")
    origin = message.get("forward_origin") or {
        "type": "user",
        "date": message["date"],
        "sender_user": message["from"],
    }
    return world.post(_chat(world, parameters), {**fields, **_options(parameters), "forward_origin": origin}, None)


def send_chat_action(world: World, parameters: Parameters) -> bool:
    """SendChatAction."""
    chat = _chat(world, parameters)
    if parameters.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.type(chat)
    return True


# -- changing


def _edited(world: World, parameters: Parameters) -> tuple[Chat, Message, dict[str, Any] | None]:
    markup = checked_markup(parameters.structure("reply_markup")) if "reply_markup" in parameters else None
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    chat = _chat(world, parameters)
    return chat, world.own(chat, _number(parameters), "edit"), markup


def edit_message_text(world: World, parameters: Parameters) -> Message:
    """EditMessageText."""
    fields = _text(parameters)
    chat, message, markup = _edited(world, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return world.change(chat, message, fields, markup)


def edit_message_caption(world: World, parameters: Parameters) -> Message:
    """EditMessageCaption."""
    fields = _caption(parameters)
    chat, message, markup = _edited(world, parameters)
    if not any(kind in message for kind in ("photo", "document", "voice", "video", "audio", "animation")):
        raise bad_request("there is no caption in the message to edit")
    if "caption" not in fields and "caption" not in message and message.get("reply_markup") == markup:
        return world.change(chat, message, {}, markup)
    return world.change(chat, message, fields or {"caption": ""}, markup)


def edit_message_reply_markup(world: World, parameters: Parameters) -> Message:
    """EditMessageReplyMarkup."""
    chat, message, markup = _edited(world, parameters)
    return world.change(chat, message, {}, markup)


def delete_message(world: World, parameters: Parameters) -> bool:
    """DeleteMessage."""
    chat = world.known(parameters.values.get("chat_id"))
    message = chat.messages.get(_number(parameters))
    if message is None:
        raise bad_request("message to delete not found")
    world.check_deletable(chat, message)
    world.remove(chat, [message["message_id"]])
    return True


def delete_messages(world: World, parameters: Parameters) -> bool:
    """DeleteMessages; those that are gone already are skipped."""
    chat = world.known(parameters.values.get("chat_id"))
    numbers = parameters.structure("message_ids")
    if not isinstance(numbers, list) or not all(isinstance(one, int) for one in numbers):
        raise bad_request("can't parse message identifiers JSON object")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    present = [number for number in numbers if number in chat.messages]
    for number in present:
        world.check_deletable(chat, chat.messages[number])
    world.remove(chat, present)
    return True


def set_message_reaction(world: World, parameters: Parameters) -> bool:
    """SetMessageReaction. Kept apart from the message, which has no field for it."""
    chat = _chat(world, parameters)
    message = chat.messages.get(_number(parameters))
    if message is None:
        raise bad_request("message to react not found")
    reaction = parameters.structure("reaction") or []
    if not isinstance(reaction, list) or any(not isinstance(one, dict) or "type" not in one for one in reaction):
        raise bad_request("can't parse reaction types JSON object")
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    world.react(chat, message, str(reaction[0].get("emoji", "")) if reaction else "")
    return True


def answer_callback_query(world: World, parameters: Parameters) -> bool:
    """AnswerCallbackQuery."""
    text = parameters.text("text")
    if utf16_length(text) > _TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = parameters.text("callback_query_id")
    world.answer(query, text or None, parameters.flag("show_alert"), parameters.text("url") or None)
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": _send_file("photo"),
    "sendDocument": _send_file("document"),
    "sendVoice": _send_file("voice"),
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
    **settings_methods.METHODS,
}
_NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}
