"""/export: the sealed export, for the secretariat."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Exports()


COMMAND = Command("export", _event, roles=holders(Right.EXPORT))
