"""Which role may do what: one table, and the two questions that are asked of it. What is not in it nobody may.

A right is always asked for one consultation; who holds a role in all of them holds it in each. What concerns all of
them at once may only whoever holds the role in all. The operator has the command line and is not here. Pure.
Not here: how roles are granted and kept (`storage.staff`), which commands are shown (`handlers.access`).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.core.people import Grant, Role


class Right(StrEnum):
    """What somebody does for others than themselves."""

    MANAGE = "manage"
    """See how a consultation stands, change until when and from whom it takes contributions."""
    FOUND = "found"
    """Make a consultation that was not there."""
    FIGURES = "figures"
    """See how it goes in numbers."""
    FORM = "form"
    """Bring, publish and retire questionnaires."""
    BRIEF = "brief"
    """Write, publish and withdraw what people read in the library."""
    BROADCAST = "broadcast"
    """Write, approve, stop and report broadcasts."""
    ANSWER = "answer"
    """Read and answer what participants ask."""
    INVITE = "invite"
    """Let participants in and out."""
    APPOINT = "appoint"
    """Propose and agree to roles, and to their end."""
    FREEZE = "freeze"
    """Stop everything at once, and agree to going on."""
    EXPORT = "export"
    """Have the sealed export sent."""
    LAY_DOWN = "lay_down"
    """Give one's own role back."""


MATRIX: Mapping[Role, frozenset[Right]] = {
    Role.PARTICIPANT: frozenset(),
    Role.ORGANIZER: frozenset(Right) - {Right.EXPORT},
    Role.SECRETARIAT: frozenset({Right.EXPORT, Right.LAY_DOWN}),
}
"""The whole of it. The secretariat works on its own computer; in the chat it only fetches what it opens there."""

ACROSS = frozenset({Right.FOUND})
"""What concerns no one consultation: it takes the role in all of them."""

STAFF = frozenset(role for role, rights in MATRIX.items() if rights)
"""Roles that stand in the roster, and that two organizers may grant."""


def may(grants: Iterable[Grant], right: Right, consultation: str | None) -> bool:
    """Whether these grants give a right in a consultation; None: in all of them at once."""
    return any(
        right in MATRIX[grant.role] and (grant.consultation is None or grant.consultation == consultation)
        for grant in grants
    )


def anywhere(grants: Iterable[Grant], right: Right) -> bool:
    """Whether these grants give a right in any consultation: who is shown the way to where it is used."""
    return any(right in MATRIX[one.role] and (one.consultation is None or right not in ACROSS) for one in grants)


def holders(right: Right) -> frozenset[Role]:
    """The roles that give a right."""
    return frozenset(role for role, rights in MATRIX.items() if right in rights)
