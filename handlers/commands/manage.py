"""/manage: the consultations that an organizer runs."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Manages()


COMMAND = Command("manage", _event, roles=holders(Right.MANAGE))
