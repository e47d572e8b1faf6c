"""What somebody answers to a published point that carries their contribution: whether it stands for what they said.

It is an addition to the contribution (`contributions.FEEDBACK`), by receipt; nothing leads from it to a person. One
answer counts for each point, the newest. Not here: the points (`points`), the questions (`conversation.carrying`).
"""

from enum import StrEnum


class Reply(StrEnum):
    """The codes of the answers."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    OUT = "not_counted"
    """Do not count me among those who stand behind it."""
