"""/people: who has a role, and who is to have one."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Appoints()


COMMAND = Command("people", _event, roles=holders(Right.LAY_DOWN))
