"""What Telegram shows of the bot before anything is said: name, descriptions, command menus, in every language.

Published at start, and only what differs, because these calls are few and far between. Not here: /help (`writing`).
"""

from collections.abc import Iterable
from typing import Any

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.core.people import ChatId, Grant
from bot.core.ports import Log
from handlers.access import may
from handlers.commands import COMMANDS
from locales.catalogue import Catalogue

TWO_LETTERS = 2
"""Telegram takes ISO 639-1 codes here and nothing else."""


async def publish(bot: Bot, catalogue: Catalogue, log: Log) -> None:
    """Bring Telegram's copy up to date. A failure is reported and tried again at the next start."""
    languages = [language.code for language in catalogue.languages if len(language.code) == TWO_LETTERS]
    for code in ("", *languages):
        try:
            await _publish_one(bot, catalogue, code)
        except TelegramError as error:
            log.failure("menu_failed", error)
            return


def of_chat(chat: ChatId, grants: Iterable[Grant], catalogue: Catalogue, language: str) -> tuple[str, dict[str, Any]]:
    """Method and parameters that make the menu of one chat its own: the commands of a role, or nobody's in particular.

    Telegram keeps it; who looks at the phone sees it. So it is there only while the role is.
    """
    scope = {"type": "chat", "chat_id": chat}
    held = tuple(grants)
    if not any(command.roles and may(command, held) for command in COMMANDS):
        return "deleteMyCommands", {"scope": scope}
    commands = [
        {"command": command.name, "description": catalogue.text(language, f"command.{command.name}")}
        for command in COMMANDS
        if may(command, held)
    ]
    return "setMyCommands", {"commands": commands, "scope": scope}


async def _publish_one(bot: Bot, catalogue: Catalogue, code: str) -> None:
    """One language; "" is what everybody else sees."""
    language = code or catalogue.guess(None)
    commands = tuple(
        BotCommand(command.name, catalogue.text(language, f"command.{command.name}"))
        for command in COMMANDS
        if may(command, ())
    )
    if await bot.get_my_commands(language_code=code) != commands:
        await bot.set_my_commands(commands, language_code=code)
    name = catalogue.text(language, "bot.name")
    if (await bot.get_my_name(language_code=code)).name != name:
        await bot.set_my_name(name, language_code=code)
    description = catalogue.text(language, "bot.description")
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    short = catalogue.text(language, "bot.short_description")
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
