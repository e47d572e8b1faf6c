"""Roles that are granted and ended, and going on after a freeze: what one organizer proposes and another one agrees to.

A proposal holds for a day, and only while whoever made it still has the right to. Nobody agrees to their own. Pure.
Not here: which role has which right (`rights`), the screens (`conversation.people`, `conversation.freezing`), keeping
it (`storage.staff`).
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from bot.core.errors import Refused
from bot.core.outbox import Actor, Broadcast
from bot.core.people import Grant, Invite, Role
from bot.core.rights import STAFF, Right, may

ProposalId = NewType("ProposalId", str)
"""12 hex digits, random."""

KEPT_HOURS = 24
"""How long a proposal waits for somebody to agree, and an agreed one for its link to be asked for."""
LINK_HOURS = 24
"""How long the link holds that comes of it. It is used once."""
MOST_OPEN = 20
"""Proposals of one organizer that may wait at once."""
FROZEN_DAYS = 30
"""How long drafts are kept by a freeze at most."""


class Wish(StrEnum):
    """What is proposed."""

    GRANT = "grant"
    END = "end"
    THAW = "thaw"


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, by the tag under which their acts stand in the audit log."""

    actor: Actor
    grant: Grant
    since: str
    """ISO day."""


@dataclass(frozen=True)
class Proposal:
    """What one organizer proposes."""

    id: ProposalId
    wish: Wish
    consultation: str | None
    """None: all of them."""
    by: Actor
    role: Role | None = None
    """GRANT and END."""
    whom: Actor | None = None
    """END: whose role."""
    agreed: Actor | None = None
    """GRANT: who agreed; the link is made when whoever proposed it asks for it."""

    @property
    def grant(self) -> Grant | None:
        """The role it is about."""
        return None if self.role is None else Grant(self.role, self.consultation)

    @property
    def right(self) -> Right:
        """What whoever proposes it, and whoever agrees to it, must have."""
        return Right.FREEZE if self.wish is Wish.THAW else Right.APPOINT


@dataclass(frozen=True)
class Proposed:
    """A new proposal."""

    proposal: Proposal


@dataclass(frozen=True)
class Agreed:
    """A second organizer agreed to a grant."""

    proposal: Proposal


@dataclass(frozen=True)
class Dropped:
    """A proposal is there no longer: agreed to and done, refused, or taken back."""

    proposal: ProposalId


@dataclass(frozen=True)
class Linked:
    """The link of an agreed grant is shown, once."""

    proposal: Proposal
    token: str
    expires: float


@dataclass(frozen=True)
class Ended:
    """A role ends at once."""

    actor: Actor
    grant: Grant


@dataclass(frozen=True)
class Frozen:
    """Everything stops."""

    consultation: str | None


@dataclass(frozen=True)
class Thawed:
    """Everything goes on."""

    consultation: str | None


Act = Proposed | Agreed | Dropped | Linked | Ended | Frozen | Thawed
"""What an update does about all this, in its own transaction."""


def about(consultation: str | None) -> str:
    """A consultation, or all of them, as the audit log and buttons name it."""
    return consultation or "all"


def checked(proposal: Proposal, grants: Iterable[Grant]) -> Proposal:
    """A proposal that somebody with these grants makes. Raises Refused `staff_not_yours`."""
    if not may(grants, proposal.right, proposal.consultation) or (
        proposal.wish is not Wish.THAW and proposal.role not in STAFF
    ):
        raise Refused("staff_not_yours")
    return proposal


def agreed(proposal: Proposal, actor: Actor, grants: Iterable[Grant], held: Iterable[Held]) -> Proposal:
    """The same, agreed to by somebody with these grants. `held` is every role there is.

    Raises Refused `staff_same_person`, `staff_not_yours`, `staff_proposer_gone`, `staff_over`.
    """
    if proposal.agreed is not None:
        raise Refused("staff_over")
    if not may(grants, proposal.right, proposal.consultation):
        raise Refused("staff_not_yours")
    if actor == proposal.by:
        raise Refused("staff_same_person")
    if not stands(proposal, held):
        raise Refused("staff_proposer_gone")
    return replace(proposal, agreed=actor)


def stands(proposal: Proposal, held: Iterable[Held]) -> bool:
    """Whether whoever made it still has the right to."""
    return has(held, proposal.by, proposal.right, proposal.consultation)


def has(held: Iterable[Held], actor: Actor, right: Right, consultation: str | None) -> bool:
    """Whether somebody, known by their tag, has a right."""
    return may((one.grant for one in held if one.actor == actor), right, consultation)


def agreed_on(broadcast: Broadcast, held: Iterable[Held]) -> bool:
    """Whether whoever approved a broadcast, and one at least of those who wrote it, still may."""
    held = tuple(held)
    return broadcast.approver is not None and all(
        any(has(held, one, Right.BROADCAST, broadcast.consultation) for one in some)
        for some in ((broadcast.approver,), broadcast.writers)
    )


def token_of(random: str) -> str:
    """22 characters of A-Z a-z 0-9 _ -, of 128 random bits in hex."""
    return base64.urlsafe_b64encode(bytes.fromhex(random)).decode("ascii").rstrip("=")


def invite(proposal: Proposal) -> Invite:
    """What the link of an agreed grant gives. Raises Refused `staff_over` for any other proposal."""
    if proposal.wish is not Wish.GRANT or proposal.role is None or proposal.agreed is None:
        raise Refused("staff_over")
    return Invite(proposal.role, proposal.consultation)
