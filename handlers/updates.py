"""PTB's update object for what nearly always comes, made without a look at everything else that could come.

PTB's constructors set over a hundred attributes for a text; here those that it has are set, and the others are looked
up in an object that has none of them. `Update.de_json` asks for each of a hundred possible fields; a text or a tap has
eight. An update with any other field goes the long way. Not here: what an update means (`reading`).
"""

import datetime
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from telegram import Bot, CallbackQuery, Chat, Message, TelegramObject, Update, User

T = TypeVar("T", bound=TelegramObject)

_TEXT = frozenset({"message_id", "date", "from", "chat", "text"})
_TAP = frozenset({"id", "from", "message", "chat_instance", "data"})


class _Bare:
    """Beside a class of PTB: its objects have what was set, and everything else as `EMPTY` has it."""

    __slots__ = ()
    EMPTY: ClassVar[TelegramObject]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by Python itself; PTB's objects have none of these
            raise AttributeError(name)
        return getattr(self.EMPTY, name)


class _Update(_Bare, Update):
    __slots__ = ()
    EMPTY = Update(0)


class _Message(_Bare, Message):
    __slots__ = ()
    EMPTY = Message(0, datetime.datetime.fromtimestamp(0, datetime.UTC), Chat(0, Chat.PRIVATE))


class _User(_Bare, User):
    __slots__ = ()
    EMPTY = User(0, "", False)


class _Chat(_Bare, Chat):
    __slots__ = ()
    EMPTY = Chat(0, Chat.PRIVATE)


_PRIVATE = _Chat.EMPTY.type


def _made(kind: type[T], known: tuple[object, ...], **values: object) -> T:
    """An object with these attributes, which is equal to others of the same `known`."""
    made = kind.__new__(kind)
    put: Callable[[object, str, object], None] = object.__setattr__
    put(made, "_id_attrs", known)
    for name, value in values.items():
        put(made, name, value)
    return made


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
        return None if message is None else _made(_Update, (number,), update_id=number, message=message)
    if isinstance(part := raw.get("callback_query"), dict):
        query = _tap(part)
        return None if query is None else _made(_Update, (number,), update_id=number, callback_query=query)
    return None


def _text(part: dict[str, Any]) -> Message | None:
    """Words to us; a command has entities, and PTB reads those."""
    text = part.get("text")
    if part.keys() != _TEXT or type(text) is not str or text.startswith("/"):
        return None
    user, empty = _user(part["from"]), _empty(part)
    if user is None or empty is None:
        return None
    id_, date, chat = empty
    return _made(_Message, (id_, chat), message_id=id_, date=date, chat=chat, from_user=user, text=text)


def _tap(part: dict[str, Any]) -> CallbackQuery | None:
    """A button under a message of ours; of that, only where it stands is of use to anybody here."""
    words = (part.get("id"), part.get("chat_instance"), part.get("data"))
    if part.keys() != _TAP or not all(type(word) is str for word in words):
        return None
    user, under = _user(part["from"]), part["message"]
    empty = _empty(under) if isinstance(under, dict) and under.get("date") else None
    if user is None or empty is None:
        return None
    id_, date, chat = empty
    message = _made(_Message, (id_, chat), message_id=id_, date=date, chat=chat)
    return CallbackQuery(part["id"], user, part["chat_instance"], message=message, data=part["data"])


def _empty(part: dict[str, Any]) -> tuple[int, datetime.datetime, Chat] | None:
    """Number, date and chat of a message in a private chat."""
    number, date, chat = part.get("message_id"), part.get("date"), part.get("chat")
    if type(number) is not int or type(date) is not int or not isinstance(chat, dict):
        return None
    if chat.get("type") != Chat.PRIVATE or type(chat.get("id")) is not int or not 0 <= date < 1 << 32:
        return None
    private = _made(_Chat, (chat["id"],), id=chat["id"], type=_PRIVATE)
    return number, datetime.datetime.fromtimestamp(date, datetime.UTC), private


def _user(part: Any) -> User | None:
    """Who it is, as far as we ask: the name stays where it is."""
    if not isinstance(part, dict) or type(part.get("id")) is not int or part.get("is_bot") is not False:
        return None
    language = part.get("language_code")
    language = language if isinstance(language, str) else None
    return _made(_User, (part["id"],), id=part["id"], first_name="", is_bot=False, language_code=language)
