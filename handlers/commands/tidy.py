"""/tidy: delete from the chat at once what is not needed in it."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Tidies()


COMMAND = Command("tidy", _event)
