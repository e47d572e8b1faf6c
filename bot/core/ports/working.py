"""What a turn of a chat reads and writes: the working file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.admission import Admission, NewCode
from bot.core.briefings import KeptBriefing
from bot.core.consultations import Changed, Founded, Intake
from bot.core.contributions import ContributionId, Note, PartId, Receipt, Standing, State
from bot.core.dialogue.draft import Draft
from bot.core.figures import Tick
from bot.core.inquiries import Act
from bot.core.invites import Act as InviteAct
from bot.core.people import ChatId, Grant, Invite, Profile, UpdateId
from bot.core.session import Session, View
from bot.core.staff import Act as StaffAct
from bot.core.traces import Fate, Removal, Row, Trace


@dataclass(frozen=True)
class NewPart:
    """A document to be sealed to the secretariat and kept with the chat's draft until it is submitted."""

    part: PartId
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Submission:
    """A finished contribution. Its head is sealed in the same transaction; `parts` names the pieces that go along.

    Every other part of the chat's draft is erased.
    """

    contribution: ContributionId
    consultation: str
    receipt: Receipt
    head: Mapping[str, Any]
    parts: Sequence[PartId]
    note: Note | None = None
    supersedes: ContributionId | None = None
    """The version that this one replaces, with the same receipt: from the same transaction on, the old one is
    superseded, and its sealed text goes as soon as the new one is in the vault."""


@dataclass(frozen=True)
class Addition:
    """Something added to a contribution by receipt: `contributions.addition`, sealed as a further part of it.

    The store gives it its running number. It comes to nothing where the contribution was withdrawn meanwhile.
    """

    contribution: ContributionId
    receipt: Receipt
    part: PartId
    document: Mapping[str, Any]
    note: Note | None = None
    """Replaces the contribution's note; None leaves it as it is."""


@dataclass(frozen=True)
class Change:
    """The whole effect of one update, committed in one transaction together with "this update is done"."""

    update: UpdateId
    chat: ChatId
    session: Session | None
    """The new session; None erases it together with the parts of its draft."""
    parts: Sequence[NewPart] = ()
    dropped: Sequence[PartId] = ()
    """Parts of the draft that no longer count (edited, skipped after all)."""
    submission: Submission | None = None
    addition: Addition | None = None
    view: View | None = None
    """Replaces the stored view in the same transaction; None leaves it as it is (used for the receipt)."""
    owed: bool = True
    """An answer is owed: after a restart the present step is shown again."""
    erase_draft: bool = False
    """Erase all parts of the chat's draft that are not in `submission` (cancel, submit)."""
    traces: Sequence[Trace] = ()
    """The person's messages that came with this update, to be deleted from the chat in time."""
    turns: Sequence[tuple[Fate, Fate]] = ()
    """What the person wants for earlier messages: those of the first fate get the second. Submitting and erasing a
    draft turn its messages by themselves."""
    inquiries: Sequence[Act] = ()
    """What becomes of inquiries."""
    ticks: Sequence[Tick] = ()
    """Numbers that it raises by one each."""
    duty: bool | None = None
    """An organizer has looked at what waits; whether they want to be told of more. None leaves it as it is."""
    invites: Sequence[InviteAct] = ()
    """What becomes of invites."""
    code: NewCode | None = None
    """The person's own code from now on."""
    admission: Admission | None = None
    """What an organizer decides about whoever told a code."""
    told: Sequence[str] = ()
    """Consultations of which the person is told now what was decided."""
    briefing: KeptBriefing | None = None
    """What becomes of a briefing."""
    staff: Sequence[StaffAct] = ()
    """What becomes of roles, proposals and freezes."""
    intake: Changed | None = None
    """What an organizer makes of the intake of a consultation."""
    founds: Founded | None = None
    """A consultation that is made."""


@dataclass(frozen=True)
class Seen:
    """What stands in a chat now, and whether an answer is still owed there."""

    chat: ChatId
    view: View
    owed: bool
    traces: Sequence[Trace] = ()
    """The bot's own messages that appeared; in a chat without a session they are due to be deleted."""


@dataclass(frozen=True)
class Unfinished:
    """A draft that waits: whose it is, when it was last changed (rounded up to the hour) and when it is erased."""

    chat: ChatId
    draft: Draft
    answered: float
    expires: float
    closes: float | None = None
    """Set while nothing new is taken: until when it can be handed in."""


class Store(Protocol):
    """What the server keeps for the handlers. Chats go in as numbers and rest as keyed tags."""

    def handled(self, update: UpdateId) -> bool:
        """Whether this update's effect is already committed."""
        ...

    def session(self, chat: ChatId) -> Session | None:
        """The chat's session, or None (never begun, finished, expired)."""
        ...

    def view(self, chat: ChatId) -> View | None:
        """What stands in the chat, kept in a column of its own beside the session and sealed like it."""
        ...

    def profile(self, chat: ChatId) -> Profile | None:
        """What is remembered of this person, or None."""
        ...

    def grants(self, chat: ChatId) -> tuple[Grant, ...]:
        """Roles this person holds. Rows whose MAC does not verify are left out and alarmed."""
        ...

    def invite(self, chat: ChatId, token: str) -> Invite | None:
        """What an invite gives to this chat if it is used now, or None; looking uses nothing up."""
        ...

    def learn(self) -> None:
        """Let the consultations that are kept be known (`consultations.learn`)."""
        ...

    def intake(self, consultation: str) -> Intake:
        """The intake of one consultation; closed where nothing was ever said."""
        ...

    def owed(self) -> Sequence[ChatId]:
        """Chats to whom an answer is owed since before the last stop."""
        ...

    def unfinished(self) -> Sequence[Unfinished]:
        """Drafts of which nobody was reminded yet, in no particular order."""
        ...

    def state(self, receipt: Receipt) -> State | None:
        """What became of the contribution with this receipt, or None for an unknown one."""
        ...

    def standing(self, receipt: Receipt) -> Standing | None:
        """What this receipt stands for now, or None for an unknown one. The same reads are made for both."""
        ...

    async def commit(self, change: Change) -> None:
        """Make the effect of one update durable. A second commit of the same update changes nothing.

        Raises Outdated `version_meanwhile` when another version of the same contribution was handed in meanwhile,
        `intake_meanwhile` when the intake that an organizer changes was changed meanwhile.
        """
        ...

    async def settle(self, standing: Sequence[Seen]) -> None:
        """Note what stands in these chats now and whether an answer is still owed; the sessions are not touched.

        Does nothing where a chat has no session. Losing it only repeats a prompt.
        """
        ...

    async def note_reminded(self, unfinished: Unfinished) -> bool:
        """Remember that the person is reminded of this draft. False: they were before, or it is gone."""
        ...

    async def keep_profile(self, chat: ChatId, profile: Profile) -> None:
        """Remember a person's choices; the contact row of each consultation in `news` comes and goes with it."""
        ...

    async def redeem(self, update: UpdateId, chat: ChatId, token: str) -> Invite:
        """Use an invite once for this chat; the same chat opening it again uses nothing up.

        Raises Refused `invite_unknown` for unknown, expired, used-up and revoked ones alike.
        """
        ...

    async def withdraw(self, receipt: Receipt) -> State | None:
        """Erase the sealed parts of every version with this receipt; tombstones stay for the next export.

        Returns the state afterwards, None for an unknown receipt. Repeating it changes nothing.
        """
        ...

    async def set_aside(self, update: UpdateId, raw: bytes) -> None:
        """Keep an update that could not be handled, sealed to the secretariat, and count it as done."""
        ...

    async def forget(self, update: UpdateId, chat: ChatId, traces: Sequence[Trace] = ()) -> None:
        """Erase the profile, contacts, grants, session and draft parts of this chat. Submitted parts stay.

        All messages of the chat that can be are to be deleted, `traces` included.
        """
        ...


class Traces(Protocol):
    """Messages that are to be deleted from chats."""

    def rows(self, fate: Fate, chat: ChatId | None = None) -> list[Row]:
        """What is to have this fate, in one chat or in all."""
        ...

    def late(self) -> list[Row]:
        """What must not stand in a chat any longer, 39 to 40 hours after it was sent, and nobody chose to keep."""
        ...

    def removals(self, rows: Sequence[Row]) -> list[Removal]:
        """The messages of these rows, by chat."""
        ...

    async def done(self, rows: Sequence[Row]) -> None:
        """The messages of these rows are gone from their chats, or can never be."""
        ...

    async def give_up(self) -> int:
        """Erase what Telegram lets nobody delete any more; how many rows should have been gone before."""
        ...
