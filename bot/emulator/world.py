"""The world: people act, the bot acts, updates arise, everyone who listens is told. Pure: no input or output.

Time comes from the function given at the start, plus what `advance` added. All times are epoch seconds.
Not here: parsing and limits of Bot API requests (`api`), waiting (`polling`), HTTP (`server`, `stage`), `state`.
"""

from collections.abc import Callable
from typing import Any

from bot.emulator import media
from bot.emulator.chats import Chat, Message, Person
from bot.emulator.formatting import Entity, found_entities, is_encodable, utf16_length
from bot.emulator.profile import Profile
from bot.emulator.refusals import CHAT_NOT_FOUND, NOT_MODIFIED, QUERY_TOO_OLD, bad_request, forbidden
from bot.emulator.updates import TAP_LIFE, UpdateQueue

Event = dict[str, Any]

_NAMES = ("Alex", "Noor", "Robin", "Sasha", "Kim", "Ari", "Sam", "Jo", "Luca", "Dani")
_FIRST_PERSON = 5_010_000_001  # ten digits, as newer accounts have: more than 32 bits, and easy to find in a file
_FIRST_GROUP = -4_100_000_001
_TEXT_LIMIT = 4096
_DELETE_WITHIN = 48 * 3600
_TYPING = 5
_KEPT_QUERIES = 10_000


class World:
    """Everything that the emulator remembers."""

    def __init__(
        self,
        now: Callable[[], float],
        token: str = "1000:demo",  # noqa: S107 — opens nothing but this emulator
        username: str = "consultation_demo_bot",
        first_name: str = "Consultation",
    ) -> None:
        self._now = now
        self.offset = 0.0
        self.token = token
        self.bot_id = int(token.split(":", 1)[0])
        self.username = username
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.updates = UpdateQueue()
        self.profile = Profile(first_name)
        self.files = media.Files()
        self.queries: dict[str, tuple[int, float]] = {}
        self.webhook: dict[str, Any] | None = None
        self.listeners: list[Callable[[Event], None]] = []
        self.revision = 0
        self.last_message = 100
        self.last_query = 0
        self._bot_user: dict[str, Any] | None = None

    # -- time and news

    def now(self) -> float:
        """The emulator's clock."""
        return self._now() + self.offset

    def advance(self, seconds: float) -> int:
        """Let time pass; it never runs backwards."""
        self.offset += max(0.0, seconds)
        self.tell("clock", 0, now=int(self.now()))
        return int(self.now())

    def tell(self, kind: str, person: int, **more: Any) -> None:
        """Tell the listeners (page, long polls) what happened."""
        self.revision += 1
        if self.listeners:
            event = {"type": kind, "person": person, **more}
            for listener in list(self.listeners):
                listener(event)

    def bot_user(self) -> dict[str, Any]:
        """The bot as a User inside messages."""
        name = self.profile.text("name", "")
        if self._bot_user is None or self._bot_user["first_name"] != name:
            self._bot_user = {"id": self.bot_id, "is_bot": True, "first_name": name, "username": self.username}
        return self._bot_user

    def queue(self, kind: str, body: dict[str, Any]) -> None:
        """A new update for the bot."""
        update = self.updates.add(kind, body, self.now())
        if update is not None:
            self.tell("update", 0, update=update)

    def queue_raw(self, updates: list[Any]) -> None:
        """Updates as they are, for tests."""
        for update in updates:
            self.updates.add_raw(update, self.now())
        self.tell("update", 0, update=None)

    # -- people

    def add_person(
        self,
        first_name: str | None = None,
        language_code: str = "en",
        role: str = "participant",
        username: str | None = None,
        phone_hint: str | None = None,
    ) -> Person:
        """Somebody new, with an invented name unless one is given."""
        number = _FIRST_PERSON + len(self.people)
        name = first_name or _NAMES[len(self.people) % len(_NAMES)]
        person = Person(number, name, language_code, username, role, phone_hint)
        self.people[number] = person
        self.chats[number] = Chat(number, first_name=name, username=username)
        self.tell("person", number)
        return person

    def change_person(self, person: Person, **fields: Any) -> None:
        """Rename, change language, role; `deactivated` closes the account."""
        for name, value in fields.items():
            setattr(person, name, value)
        self.chats[person.id].first_name = person.first_name
        self.tell("person", person.id)

    def write(
        self, person: Person, fields: dict[str, Any], chat: Chat | None = None, reply_to: int | None = None
    ) -> Message:
        """A person's message with these content fields. A group hands the bot only what concerns it."""
        chat = chat or self.chats[person.id]
        message = self._message(chat, person.user(), fields, reply_to)
        if chat.type == "private":
            chat.started = True
        self.tell("message", chat.id, message=self.shown(chat, message))
        if chat.type == "private" or self._concerns_bot(message):
            self.queue("message", dict(message))  # a later edit must not change what already waits
        return message

    def write_text(
        self,
        person: Person,
        text: str,
        reply_to: int | None = None,
        forward: bool = False,
        chat: Chat | None = None,
        *,
        formatting: list[Entity] | None = None,
    ) -> Message:
        """A person's text, kept to the last character; longer ones are cut into several as phones do. The first is
        returned. `formatting` is what the person gave a text that is not cut.
        """
        if not is_encodable(text):
            raise bad_request("text must be encoded in UTF-8")
        first: Message | None = None
        parts = list(_parts(text))
        for part in parts:
            fields = _text_fields("text", part, found_entities(part, (formatting or []) if len(parts) == 1 else []))
            if forward:
                origin = {"type": "hidden_user", "date": int(self.now()), "sender_user_name": "Somebody"}
                fields["forward_origin"] = origin
            message = self.write(person, fields, chat, reply_to)
            first = first or message
        if first is None:
            raise bad_request("message text is empty")
        return first

    def write_media(
        self, person: Person, kind: str, caption: str | None = None, recording: dict[str, Any] | None = None
    ) -> Message:
        """Something other than text, with invented contents, or with those of a `recording` (`media.recorded`)."""
        if recording is not None:
            fields: dict[str, Any] | None = media.recorded(kind, recording, self.files)
        else:
            fields = media.invented(kind, self.files, person.user(), self.chats[person.id].body())
        if fields is None:
            raise bad_request(f"unknown kind of message: {kind}")
        if caption and media.takes_caption(kind):
            fields |= _text_fields("caption", caption, found_entities(caption, []))
        return self.write(person, fields)

    def rewrite(self, person: Person, message_id: int, text: str) -> Message:
        """A person edits a message of their own."""
        message = self.chats[person.id].messages.get(message_id)
        if message is None or message["from"]["id"] != person.id:
            raise bad_request("message to edit not found")
        field = "text" if "text" in message else "caption"
        self._replace(message, _text_fields(field, text, found_entities(text, [])))
        message["edit_date"] = int(self.now())
        self.tell("edit", person.id, message=self.shown(self.chats[person.id], message))
        self.queue("edited_message", dict(message))
        return message

    def remove(self, chat: Chat, message_ids: list[int]) -> None:
        """Messages vanish for both sides. Telegram does not tell the bot."""
        gone = [number for number in message_ids if chat.messages.pop(number, None) is not None]
        if gone:
            self.tell("delete", chat.id, message_ids=gone)

    def tap(self, person: Person, message_id: int, data: str) -> str:
        """A button press; the data need not be on any button, since a client may send what it likes."""
        chat = self.chats[person.id]
        message = chat.messages.get(message_id)
        self.last_query += 1
        number = str(4_300_000_000_000_000_000 + self.last_query)
        self.queries[number] = (person.id, self.now())
        if len(self.queries) > _KEPT_QUERIES:
            del self.queries[next(iter(self.queries))]
        gone = {"chat": chat.body(), "message_id": message_id, "date": 0}
        query = {
            "id": number,
            "from": person.user(),
            "message": dict(message) if message is not None else gone,
            "chat_instance": str(-7_000_000_000_000_000_000 + person.id),
            "data": data,
        }
        self.queue("callback_query", query)
        return number

    def block(self, person: Person, blocked: bool) -> None:
        """Block or unblock the bot; it hears of it."""
        if person.blocked == blocked:
            return
        person.blocked = blocked
        self.tell("person", person.id)
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self.queue("my_chat_member", self._membership(self.chats[person.id], person.user(), old, new))

    def _membership(self, chat: Chat, by: dict[str, Any], old: str, new: str) -> dict[str, Any]:
        return {
            "chat": chat.body(),
            "from": by,
            "date": int(self.now()),
            "old_chat_member": self._member(old),
            "new_chat_member": self._member(new),
        }

    def _member(self, status: str) -> dict[str, Any]:
        member: dict[str, Any] = {"user": self.bot_user(), "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member

    # -- groups

    def add_group(self, title: str, person: Person) -> Chat:
        """A person makes a group and adds the bot to it."""
        groups = sum(chat.type == "group" for chat in self.chats.values())
        chat = Chat(_FIRST_GROUP - groups, "group", title=title, started=True)
        self.chats[chat.id] = chat
        self.queue("my_chat_member", self._membership(chat, person.user(), "left", "member"))
        self.queue("message", self._message(chat, person.user(), {"new_chat_members": [self.bot_user()]}))
        return chat

    def leave(self, chat: Chat) -> None:
        """The bot goes out of a group."""
        chat.started = False
        self.queue("my_chat_member", self._membership(chat, self.bot_user(), "member", "left"))

    def _concerns_bot(self, message: Message) -> bool:
        """Privacy mode: commands, mentions and replies to the bot."""
        replied = message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot_id
        text = message.get("text", "")
        return replied or text.startswith("/") or f"@{self.username}" in text

    # -- the bot

    def reachable(self, chat_id: Any) -> Chat:
        """The chat, if the bot may write there now; otherwise Telegram's refusal."""
        chat = self.known(chat_id)
        if chat.type != "private":
            if not chat.started:
                raise forbidden("bot is not a member of the group chat")
            return chat
        person = self.people[chat.id]
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def known(self, chat_id: Any) -> Chat:
        """The chat, wherever it stands with the bot."""
        try:
            return self.chats[int(chat_id)]
        except (KeyError, ValueError, TypeError):
            raise bad_request(CHAT_NOT_FOUND) from None

    def post(
        self, chat: Chat, fields: dict[str, Any], markup: dict[str, Any] | None, reply_to: int | None = None
    ) -> Message:
        """The bot's message."""
        message = self._message(chat, self.bot_user(), fields, reply_to)
        news: dict[str, Any] = {}
        if markup is not None:
            if "inline_keyboard" in markup:
                message["reply_markup"] = markup
            else:
                chat.reply_keyboard = markup if "keyboard" in markup else None
                news["reply_keyboard"] = chat.reply_keyboard  # no part of a Message, yet the page must hear of it
        chat.typing_until = 0.0
        self.tell("message", chat.id, message=self.shown(chat, message), **news)
        return message

    def own(self, chat: Chat, message_id: int, deed: str) -> Message:
        """A message the bot may edit; `deed` is Telegram's word in the refusal."""
        message = chat.messages.get(message_id)
        if message is None:
            raise bad_request(f"message to {deed} not found")
        if message["from"]["id"] != self.bot_id or "forward_origin" in message:
            raise bad_request(f"message can't be {deed}ed")
        return message

    def change(self, chat: Chat, message: Message, fields: dict[str, Any], markup: dict[str, Any] | None) -> Message:
        """New content and keyboard for the bot's own message. An empty `fields` keeps the content."""
        same_content = all(message.get(key) == value for key, value in fields.items())
        if same_content and _without_gone_entities(message, fields) and message.get("reply_markup") == markup:
            raise bad_request(NOT_MODIFIED)
        if fields:
            self._replace(message, fields)
            message["edit_date"] = int(self.now())
        if markup is None:
            message.pop("reply_markup", None)
        else:
            message["reply_markup"] = markup
        self.tell("edit", chat.id, message=self.shown(chat, message))
        return message

    def check_deletable(self, chat: Chat, message: Message) -> None:
        """Within 48 hours; in a group only the bot's own."""
        if self.now() - message["date"] > _DELETE_WITHIN:
            raise bad_request("message can't be deleted for everyone")
        if chat.type != "private" and message["from"]["id"] != self.bot_id:
            raise bad_request("message can't be deleted")

    def answer(self, query_id: str, text: str | None, show_alert: bool, url: str | None) -> None:
        """The answer to a button press: a toast, an alert, or nothing but the end of the wait."""
        person, when = self.queries.get(query_id, (0, -1e12))
        if self.now() - when >= TAP_LIFE:
            raise bad_request(QUERY_TOO_OLD)
        more = {"url": url} if url else {}
        self.tell("toast", person, callback_query_id=query_id, text=text, show_alert=show_alert, **more)

    def react(self, chat: Chat, message: Message, emoji: str) -> None:
        """The bot's reaction; the page sees it as `reaction`, the Bot API's Message has no field for it."""
        chat.reactions.pop(message["message_id"], None)
        if emoji:
            chat.reactions[message["message_id"]] = emoji
        self.tell("edit", chat.id, message=self.shown(chat, message))

    def type(self, chat: Chat) -> None:
        """Show for five seconds that the bot is busy."""
        chat.typing_until = self.now() + _TYPING
        self.tell("typing", chat.id)

    def shown(self, chat: Chat, message: Message) -> Message:
        """The message as the page wants it."""
        view = {**message, "outgoing": not message["from"]["is_bot"]}
        reaction = chat.reactions.get(message["message_id"])
        return {**view, "reaction": reaction} if reaction else view

    # -- inside

    def _message(
        self, chat: Chat, sender: dict[str, Any], fields: dict[str, Any], reply_to: int | None = None
    ) -> Message:
        self.last_message += 1
        message: Message = {
            "message_id": self.last_message,
            "from": sender,
            "chat": chat.body(),
            "date": int(self.now()),
        }
        if reply_to is not None and reply_to in chat.messages:
            earlier = chat.messages[reply_to]
            message["reply_to_message"] = {key: earlier[key] for key in earlier if key != "reply_to_message"}
        message |= fields
        chat.keep(message)
        return message

    @staticmethod
    def _replace(message: Message, fields: dict[str, Any]) -> None:
        for key in fields:
            message.pop("entities" if key == "text" else "caption_entities", None)
        message |= fields


def _text_fields(field: str, text: str, entities: list[Entity]) -> dict[str, Any]:
    fields: dict[str, Any] = {field: text}
    if entities:
        fields["entities" if field == "text" else "caption_entities"] = entities
    return fields


def _without_gone_entities(message: Message, fields: dict[str, Any]) -> bool:
    """Whether `message` carries no entities that `fields` would take away."""
    for field, entities in (("text", "entities"), ("caption", "caption_entities")):
        if field in fields and entities not in fields and message.get(entities):
            return False
    return True


def _parts(text: str) -> list[str]:
    """At most 4,096 UTF-16 units each; never through the middle of a character."""
    parts: list[str] = []
    part: list[str] = []
    size = 0
    if utf16_length(text) <= _TEXT_LIMIT:
        return [text] if text.strip() else []
    for character in text:
        units = 2 if ord(character) > 0xFFFF else 1
        if size + units > _TEXT_LIMIT:
            parts.append("".join(part))
            part, size = [], 0
        part.append(character)
        size += units
    return [*parts, "".join(part)]
