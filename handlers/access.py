"""The one check of roles: which commands a person may use and sees.

Not here: how roles are granted and kept (`storage`).
"""

from collections.abc import Iterable

from bot.core.people import Grant
from handlers.commands.command import Command


def may(command: Command, grants: Iterable[Grant]) -> bool:
    """Whether a person with these grants may use the command."""
    return not command.roles or any(grant.role in command.roles for grant in grants)
