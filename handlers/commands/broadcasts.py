"""/broadcasts: write to those who want news, for organizers."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Composes(on.Compose.LIST)


COMMAND = Command("broadcasts", _event, roles=holders(Right.BROADCAST))
