"""/cancel: erase an unfinished recommendation, after a question."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Cancels()


COMMAND = Command("cancel", _event)
