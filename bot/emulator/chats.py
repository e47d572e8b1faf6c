"""People, and the chats in which they meet the bot. Plain data and its JSON forms; what happens in them is `world`."""

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]

KEPT_MESSAGES = 5_000  # per chat; older ones are forgotten, so that a long load test does not fill the memory
DUMPED_MESSAGES = 300  # per chat, in a state file


@dataclass(slots=True)
class Person:
    """Somebody with a phone. `role` and `phone_hint` are labels for the page and mean nothing to the bot."""

    id: int
    first_name: str
    language_code: str = "en"
    username: str | None = None
    role: str = "participant"
    phone_hint: str | None = None
    blocked: bool = False
    deactivated: bool = False

    def user(self) -> dict[str, Any]:
        """The Bot API's User."""
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def card(self) -> dict[str, Any]:
        """For the page."""
        return {
            "id": self.id,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
            "role": self.role,
            "blocked": self.blocked,
            "phone_hint": self.phone_hint,
        }


@dataclass(slots=True)
class Chat:
    """A private chat (id of its person) or a group (negative id)."""

    id: int
    type: str = "private"
    first_name: str | None = None
    username: str | None = None
    title: str | None = None
    started: bool = False  # private: whether the person ever wrote; group: whether the bot is inside
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: dict[str, Any] | None = None
    typing_until: float = 0.0
    reactions: dict[int, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The Bot API's Chat."""
        chat: dict[str, Any] = {"id": self.id, "type": self.type}
        for key in ("title", "first_name", "username"):
            value = getattr(self, key)
            if value is not None:
                chat[key] = value
        return chat

    def keep(self, message: Message) -> None:
        """Store a message; forget the oldest beyond the bound."""
        self.messages[message["message_id"]] = message
        if len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]

    def dump(self) -> dict[str, Any]:
        """As JSON, with the newest messages only."""
        return {
            "id": self.id,
            "type": self.type,
            "first_name": self.first_name,
            "username": self.username,
            "title": self.title,
            "started": self.started,
            "messages": list(self.messages.values())[-DUMPED_MESSAGES:],
            "reply_keyboard": self.reply_keyboard,
        }

    @classmethod
    def load(cls, state: dict[str, Any]) -> "Chat":
        """The reverse of `dump`."""
        messages = {int(message["message_id"]): message for message in state["messages"]}
        return cls(**{**state, "messages": messages})
