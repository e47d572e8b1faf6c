"""/ask: a question to the organizers, who do not see whose it is."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Asks()


COMMAND = Command("ask", _event)
