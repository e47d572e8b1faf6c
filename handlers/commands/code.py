"""/code: a code by which an organizer can let the person into a consultation, told by the person themself."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Tells()


COMMAND = Command("code", _event)
