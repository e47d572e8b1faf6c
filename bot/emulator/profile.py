"""What the bot says of itself: names, descriptions, commands, each by language and commands by scope too. Pure."""

from typing import Any

from bot.emulator.refusals import bad_request

_LIMITS = {"name": 64, "description": 512, "short_description": 120}
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", *_CHAT_SCOPES)


def checked_language(code: str | None) -> str:
    """A two-letter code or nothing; Telegram takes no region here."""
    code = code or ""
    if code and not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
        raise bad_request("invalid language code specified")
    return code


class Profile:
    """Keys of `commands` are `scope|language`, where scope carries its chat (and user) id when it has one."""

    def __init__(self, first_name: str) -> None:
        self.texts: dict[str, dict[str, str]] = {
            "name": {"": first_name},
            "description": {},
            "short_description": {},
        }
        self.commands: dict[str, list[dict[str, str]]] = {}
        self._first_name = first_name

    def set_text(self, kind: str, text: str, language: str | None) -> None:
        """Store, or drop when empty."""
        code = checked_language(language)
        if len(text.encode("utf-16-le")) // 2 > _LIMITS[kind]:
            # The words were not seen in the official server; that it refuses is documented.
            raise bad_request(f"{kind.replace('_', ' ')} is too long")
        if text:
            self.texts[kind][code] = text
        elif kind == "name" and not code:
            self.texts[kind][code] = self._first_name
        else:
            self.texts[kind].pop(code, None)

    def text(self, kind: str, language: str | None) -> str:
        """What a reader of `language` (an IETF tag) sees: their own language, else the default."""
        texts = self.texts[kind]
        return texts.get((language or "")[:2].lower()) or texts.get("", "")

    def exact_text(self, kind: str, language: str | None) -> str:
        """What the getter methods answer: the language asked for, else the default."""
        return self.text(kind, checked_language(language))

    def set_commands(self, commands: Any, scope: Any, language: str | None) -> None:
        """Replace the list of one scope and language."""
        if not isinstance(commands, list) or not all(isinstance(one, dict) for one in commands):
            raise bad_request("can't parse list of bot commands: Expected an Array of BotCommand")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        key = scope_key(scope, checked_language(language))
        kept = []
        for one in commands:
            name = str(one.get("command", "")).removeprefix("/")
            about = str(one.get("description", ""))
            if not (
                0 < len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
            ):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 0 < len(about.encode("utf-16-le")) // 2 <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
            kept.append({"command": name, "description": about})
        if kept:
            self.commands[key] = kept
        else:
            self.commands.pop(key, None)

    def exact_commands(self, scope: Any, language: str | None) -> list[dict[str, str]]:
        """Exactly what was set for this scope and language."""
        return self.commands.get(scope_key(scope, checked_language(language)), [])

    def delete_commands(self, scope: Any, language: str | None) -> None:
        """So that less specific lists show again."""
        self.commands.pop(scope_key(scope, checked_language(language)), None)

    def shown_commands(self, chat_id: int, language: str | None) -> list[dict[str, str]]:
        """What one person sees in their private chat: the nearest scope first, their language before the default."""
        code = (language or "")[:2].lower()
        for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
            for one in dict.fromkeys((code, "")):
                if f"{scope}|{one}" in self.commands:
                    return self.commands[f"{scope}|{one}"]
        return []

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"texts": self.texts, "commands": self.commands}

    def load(self, state: dict[str, Any]) -> None:
        """The reverse of `dump`."""
        self.texts = state["texts"]
        self.commands = state["commands"]


def scope_key(scope: Any, language: str) -> str:
    """One string for a BotCommandScope and a language."""
    if scope is None:
        return f"default|{language}"
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if kind not in _CHAT_SCOPES:
        return f"{kind}|{language}"
    if not scope.get("chat_id"):
        raise bad_request("can't parse BotCommandScope: Can't find field \"chat_id\"")
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{scope['chat_id']}{member}|{language}"
