"""/language: choose another language."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Opened(on.Page.LANGUAGE)


COMMAND = Command("language", _event)
