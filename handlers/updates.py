"""PTB's update object for what nearly always comes, made without a look at everything else that could come.

`Update.de_json` asks for each of a hundred possible fields; a text or a tap has eight. An update with any other field
goes the long way. Not here: what an update means (`reading`).
"""

import datetime
from typing import Any

from telegram import Bot, CallbackQuery, Chat, Message, Update, User

_TEXT = frozenset({"message_id", "date", "from", "chat", "text"})
_TAP = frozenset({"id", "from", "message", "chat_instance", "data"})


def as_update(raw: dict[str, Any], bot: Bot) -> Update:
    """The update as PTB's object. Raises what PTB raises for what it cannot parse."""
    return _common(raw) or Update.de_json(raw, bot)


def _common(raw: dict[str, Any]) -> Update | None:
    """A plain text or a tap; None for anything that is not exactly one of the two."""
    number = raw.get("update_id")
    if len(raw) != 2 or type(number) is not int:
        return None
    if isinstance(part := raw.get("message"), dict):
        message = _text(part)
        return None if message is None else Update(number, message=message)
    if isinstance(part := raw.get("callback_query"), dict):
        query = _tap(part)
        return None if query is None else Update(number, callback_query=query)
    return None


def _text(part: dict[str, Any]) -> Message | None:
    """Words to us; a command has entities, and PTB reads those."""
    text = part.get("text")
    if part.keys() != _TEXT or type(text) is not str or text.startswith("/"):
        return None
    user, empty = _user(part["from"]), _empty(part)
    return None if user is None or empty is None else Message(*empty, from_user=user, text=text)


def _tap(part: dict[str, Any]) -> CallbackQuery | None:
    """A button under a message of ours; of that, only where it stands is of use to anybody here."""
    words = (part.get("id"), part.get("chat_instance"), part.get("data"))
    if part.keys() != _TAP or not all(type(word) is str for word in words):
        return None
    user, under = _user(part["from"]), part["message"]
    empty = _empty(under) if isinstance(under, dict) and under.get("date") else None
    if user is None or empty is None:
        return None
    return CallbackQuery(part["id"], user, part["chat_instance"], message=Message(*empty), data=part["data"])


def _empty(part: dict[str, Any]) -> tuple[int, datetime.datetime, Chat] | None:
    """Number, date and chat of a message in a private chat."""
    number, date, chat = part.get("message_id"), part.get("date"), part.get("chat")
    if type(number) is not int or type(date) is not int or not isinstance(chat, dict):
        return None
    if chat.get("type") != Chat.PRIVATE or type(chat.get("id")) is not int or not 0 <= date < 1 << 32:
        return None
    return number, datetime.datetime.fromtimestamp(date, datetime.UTC), Chat(chat["id"], Chat.PRIVATE)


def _user(part: Any) -> User | None:
    """Who it is, as far as we ask: the name stays where it is."""
    if not isinstance(part, dict) or type(part.get("id")) is not int or part.get("is_bot") is not False:
        return None
    language = part.get("language_code")
    return User(part["id"], "", False, language_code=language if isinstance(language, str) else None)
