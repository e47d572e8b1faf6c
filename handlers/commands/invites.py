"""/invites: links that let people take part, for organizers."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Brings()


COMMAND = Command("invites", _event, roles=holders(Right.INVITE))
