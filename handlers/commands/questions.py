"""/questions: what participants ask, for organizers."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Handles()


COMMAND = Command("questions", _event, roles=holders(Right.ANSWER))
