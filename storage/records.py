"""What passes between the sealing wrapper and a backend: tags, ids and sealed bytes, nothing that can be read.

Not here: the port's own values (`bot.core.ports`), which `storage.sealed` turns into these.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.consultations import Changed, Founded, Intake, document
from bot.core.contributions import ContributionId, PartId
from bot.core.figures import Tick
from bot.core.people import UpdateId
from bot.core.traces import Fate
from storage.tags import Tag


@dataclass(frozen=True)
class SealedPart:
    """One age file."""

    id: PartId
    sealed: bytes


@dataclass(frozen=True)
class SealedSession:
    """A session under the working key."""

    sealed: bytes
    owed: bool
    expires: int
    """Epoch seconds, a whole hour."""


@dataclass(frozen=True)
class SealedTrace:
    """Messages of a chat that are to be deleted from it, under the working key."""

    id: bytes
    fate: Fate
    hour: int
    """Hours since the epoch."""
    sealed: bytes


@dataclass(frozen=True)
class SealedView:
    """What stands in the chat with this tag, under the working key."""

    tag: Tag
    sealed: bytes
    owed: bool
    traces: Sequence[SealedTrace] = ()


@dataclass(frozen=True)
class SealedSubmission:
    """A submission with its head sealed; `parts` rest already."""

    contribution: ContributionId
    consultation: str
    receipt: Tag
    head: bytes
    parts: Sequence[PartId]
    note: bytes | None
    supersedes: ContributionId | None


@dataclass(frozen=True)
class SealedAddition:
    """A part that was added to a contribution later."""

    id: PartId
    contribution: ContributionId
    receipt: Tag
    number: int
    """From 1; counts within the contribution."""
    sealed: bytes
    note: bytes | None
    """Of the contribution, from now on; None leaves it as it is."""


@dataclass(frozen=True)
class SealedAct:
    """What an update does to one inquiry."""

    id: str
    asker: Tag | None
    """None: it is an organizer who does it."""
    version: int = 0
    """The new one; 1: it is new."""
    open: bool = True
    tells: bool = False
    erased: bool = False
    shown: bool = False
    """The asker wants to see it now."""
    expires: int = 0
    """Epoch seconds, a whole day."""
    route: bytes = b""
    sealed: bytes = b""


@dataclass(frozen=True)
class InquiryRow:
    """An inquiry as it rests."""

    id: str
    asker: Tag
    version: int
    open: int
    owed: str
    announced: int
    expires: int
    route: bytes
    sealed: bytes


@dataclass(frozen=True)
class SealedDuty:
    """An organizer who wants to be told of inquiries, or does not."""

    tag: Tag
    wanted: bool
    route: bytes


@dataclass(frozen=True)
class InviteRow:
    """An invite as it rests."""

    mac: Tag
    role: str
    consultation: str | None
    uses_left: int
    expires: float | None
    vouched: bytes
    cap: int | None = None
    """None: made before this was kept."""
    language: str | None = None
    label: bytes | None = None
    """To the working key."""


@dataclass(frozen=True)
class SealedInviteAct:
    """What an update does to one invite. `change` is given the row as it is in the transaction; None: it is gone."""

    new: InviteRow | None = None
    mac: Tag | None = None
    change: Callable[[InviteRow], InviteRow] | None = None


@dataclass(frozen=True)
class CodeRow:
    """A code as it rests."""

    mac: Tag
    tag: Tag
    route: bytes
    expires: int
    """Epoch seconds, a whole hour."""


@dataclass(frozen=True)
class MembershipRow:
    """What was decided about somebody in a consultation, as it rests."""

    tag: Tag
    consultation: str
    state: str
    told: int
    expires: int
    """Epoch seconds, a whole day."""
    vouched: bytes


@dataclass(frozen=True)
class SealedAdmission:
    """What an update does to codes and memberships."""

    owner: Tag | None
    """Whose code is replaced or ended."""
    new: CodeRow | None
    code: Tag | None
    """By which something is decided."""
    decided: MembershipRow | None
    bars: bool
    redemptions: Sequence[Tag]
    """Uses of invites, whether there are any, that let nobody in again (`bars`), or do."""
    member: Tag
    """Who is told."""
    told: Sequence[str]


@dataclass(frozen=True)
class BriefingRow:
    """A briefing as it rests."""

    id: str
    consultation: str
    version: int
    sealed: bytes


@dataclass(frozen=True)
class SealedBriefing:
    """What an update does to a briefing: the row as it is afterwards, and a new edition."""

    id: str
    consultation: str
    version: int
    """Of the row afterwards; it is kept only in place of the one before."""
    sealed: bytes
    number: int = 0
    edition: bytes | None = None
    erased: bool = False


@dataclass(frozen=True)
class NewConsultation:
    """A consultation beyond the six, as it rests."""

    id: str
    document: str
    """JSON."""
    intake: Intake

    @classmethod
    def of(cls, founded: Founded) -> "NewConsultation":
        """What is kept of one that is made."""
        made = founded.consultation
        return cls(made.id, json.dumps(document(made)), founded.intake)


@dataclass(frozen=True)
class Effect:
    """A `Change`, sealed."""

    update: UpdateId
    day: int
    """Days since the epoch."""
    tag: Tag
    session: SealedSession | None
    view: bytes | None
    """None leaves the stored one as it is."""
    parts: Sequence[SealedPart]
    dropped: Sequence[PartId]
    submission: SealedSubmission | None
    addition: SealedAddition | None
    erases_draft: bool
    erases_receipt: bool
    """The view had a receipt, and has it no longer."""
    traces: Sequence[SealedTrace] = ()
    turns: Sequence[tuple[Fate, Fate]] = ()
    inquiries: Sequence[SealedAct] = ()
    duty: SealedDuty | None = None
    ticks: Sequence[Tick] = ()
    invites: Sequence[SealedInviteAct] = ()
    admission: SealedAdmission | None = None
    briefing: SealedBriefing | None = None
    staff: Sequence["SealedStaffAct"] = ()
    intake: Changed | None = None
    founds: NewConsultation | None = None

    @property
    def erases(self) -> bool:
        """Whether something must also leave the log."""
        return bool(
            self.session is None
            or self.dropped
            or self.submission
            or self.erases_draft
            or self.erases_receipt
            or any(act.erased or not act.open for act in self.inquiries)
            or any(act.new is None and act.change is None for act in self.invites)
            or (self.admission is not None and self.admission.owner is not None)
            or any(act.drops or act.ends for act in self.staff)
        )


@dataclass(frozen=True)
class Bundle:
    """What waits of a contribution on its way to the vault: all its parts, or none, and what was added to it."""

    contribution: ContributionId
    consultation: str
    receipt: Tag
    parts: Sequence[SealedPart]
    note: bytes | None = None
    supersedes: ContributionId | None = None
    additions: Sequence[SealedAddition] = ()


@dataclass(frozen=True)
class VersionRow:
    """One version of a contribution as it rests. In `work` there is no state: it was submitted."""

    contribution: ContributionId
    consultation: str
    state: str
    supersedes: ContributionId | None
    note: bytes | None
    exported: bool = False


@dataclass(frozen=True)
class RoleRow:
    """A role as it rests."""

    tag: Tag
    role: str
    consultation: str | None
    vouched: bytes
    since: int = 0
    """Days since the epoch; 0: a participant's."""
    route: bytes | None = None
    """The chat, to the working key; None: a participant's."""


@dataclass(frozen=True)
class Roster:
    """What vouches for the roles of staff together."""

    version: int
    vouched: bytes


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as it rests."""

    id: str
    proposer: Tag
    route: bytes
    expires: int
    """Epoch seconds, a whole hour."""
    sealed: bytes


@dataclass(frozen=True)
class SealedStaffAct:
    """What an update does about roles, proposals and freezes: whatever of this is set, in this order."""

    proposal: ProposalRow | None = None
    changes: bool = False
    """The proposal is there, and was agreed to."""
    tells: Tag | None = None
    """Under which its proposer is to be told of that."""
    drops: str | None = None
    invite: InviteRow | None = None
    ends: RoleRow | None = None
    own: bool = False
    """Whoever has the role ends it, and needs not be told."""
    freezes: str | None = None
    since: int = 0
    thaws: str | None = None
    longer: Sequence[tuple[Tag, int, int]] = ()
    """Sessions that lived on meanwhile: tag, when each expires now, and when from now on."""


@dataclass(frozen=True)
class ContactRow:
    """Somebody who gets the news of one consultation."""

    tag: Tag
    consultation: str
    language: str
    chat_sealed: bytes
    expires: int
    """Epoch seconds, a whole day."""
