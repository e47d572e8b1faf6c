"""/news: what the organizers wrote, to read when it is safe."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.ReadsNews()


COMMAND = Command("news", _event)
