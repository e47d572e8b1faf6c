"""/mydata: what is stored about this chat, and until when."""

from bot.core import events as on
from handlers.commands.command import Command


def _event(payload: str) -> on.Event:
    del payload
    return on.Lists()


COMMAND = Command("mydata", _event)
