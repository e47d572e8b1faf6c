"""/receipt: what became of a contribution, and taking it back, by the 16 digits that only its author holds."""

from bot.core import events as on
from bot.core.contributions import as_receipt
from handlers.commands.command import Command


def _event(digits: str) -> on.Event:
    return on.Checks(as_receipt(digits))


COMMAND = Command("receipt", _event)
