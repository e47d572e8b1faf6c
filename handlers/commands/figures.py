"""/figures: how it goes, in numbers, for organizers."""

from bot.core import events as on
from bot.core.rights import Right, holders
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Looks()


COMMAND = Command("figures", _event, roles=holders(Right.FIGURES))
