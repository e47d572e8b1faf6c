"""/stop: no message any more that is not an answer: no reminders, no news."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Silences()


COMMAND = Command("stop", _event)
