"""What every table is: whether its rows are about a chat, under which tag, and every column it has.

Each file of tables lists its own (`INVENTORY`); `storage.holdings` reads the lists, so that what a person is shown and
what must be gone after /forget follow from the tables themselves. Not here: SQL.
"""

from dataclasses import dataclass

from bot.core.holdings import Kind


@dataclass(frozen=True)
class Table:
    """One table. `kind` is what a row is to the person it is about; None: it is found by no tag of a chat."""

    name: str
    columns: tuple[str, ...]
    kind: Kind | None = None
    key: str = ""
    """Column that holds a tag of the chat."""
    tag: str = ""
    """How that tag is made: a method of `Tags`, or "actor" for the short form of a role's."""
    expires: str | None = None
    """Column with the second at which the row goes by itself, as SQL."""
