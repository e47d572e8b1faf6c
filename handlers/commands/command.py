"""What a command is."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.events import Event
from bot.core.people import Role


@dataclass(frozen=True)
class Command:
    """One command of the chat."""

    name: str
    event: Callable[[str], Event]
    """From the text after the command to what the person did."""
    roles: frozenset[Role] = frozenset()
    """Who may use it and sees it in the menu; empty: everybody."""
    payload: bool = False
    """The text after it may name a consultation or be an invite (/start)."""
