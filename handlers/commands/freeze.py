"""/freeze: the emergency stop."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Halts()


COMMAND = Command("freeze", _event, roles=holders(Right.FREEZE))
