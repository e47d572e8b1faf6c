"""/start: begin, or come back; its link may name a consultation or carry an invite."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    return on.Start(payload or None)


COMMAND = Command("start", _event, payload=True)
