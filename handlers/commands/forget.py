"""/forget: erase what is kept about the person, after a question."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Forgets()


COMMAND = Command("forget", _event)
