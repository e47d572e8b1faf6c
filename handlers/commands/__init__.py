"""The commands, one file each: its name, who may use it, what it asks for. The menus and /help follow from this list.

A command's text is `command.<name>` in the catalogue. Not here: what an event leads to (`bot.core.conversation`).
"""

from handlers.commands import (
    ask,
    briefings,
    broadcasts,
    cancel,
    code,
    export,
    figures,
    forget,
    forms,
    freeze,
    help_,
    invites,
    language,
    manage,
    mydata,
    news,
    people,
    privacy,
    questions,
    receipt,
    start,
    stop,
    tidy,
    zone,
)
from handlers.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    start.COMMAND,
    help_.COMMAND,
    language.COMMAND,
    zone.COMMAND,
    privacy.COMMAND,
    news.COMMAND,
    ask.COMMAND,
    receipt.COMMAND,
    code.COMMAND,
    mydata.COMMAND,
    tidy.COMMAND,
    cancel.COMMAND,
    stop.COMMAND,
    forget.COMMAND,
    manage.COMMAND,
    broadcasts.COMMAND,
    briefings.COMMAND,
    questions.COMMAND,
    figures.COMMAND,
    invites.COMMAND,
    forms.COMMAND,
    people.COMMAND,
    freeze.COMMAND,
    export.COMMAND,
)
"""In the order of the menu."""
