"""/zone: the time zone in which times are shown; a city may follow."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    return on.ChoosesZone(payload.strip() or None)


COMMAND = Command("zone", _event)
