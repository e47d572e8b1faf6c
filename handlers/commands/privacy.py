"""/privacy: the long notice."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Opened(on.Page.PRIVACY)


COMMAND = Command("privacy", _event)
