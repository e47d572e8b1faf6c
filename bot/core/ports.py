"""What the core and the handlers need from the world, as narrow Protocols. `bot.app` supplies the real ones.

Reads are plain functions: they are served in place, from a read connection, in microseconds. Writes are awaited and
return once the change is on disk (synchronous=FULL); many share one fsync. A write that cannot be made safe raises
`Unavailable`, and then nothing of it happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.core.admission import Admission, Code, Found, Membership, NewCode
from bot.core.briefings import Briefing, BriefingId, Edition, KeptBriefing
from bot.core.consultations import Changed, Consultation, Intake
from bot.core.contributions import ContributionId, Note, PartId, Receipt, Standing, State
from bot.core.dialogue.draft import Draft
from bot.core.editions import Edition as FormEdition
from bot.core.figures import Tick
from bot.core.inquiries import Act, Inquiry, InquiryId
from bot.core.invites import Act as InviteAct
from bot.core.invites import InviteId, Kept
from bot.core.outbox import Actor, Broadcast, BroadcastId
from bot.core.outbox import State as Delivered
from bot.core.people import ChatId, Grant, Invite, Profile, UpdateId
from bot.core.points import Point, PointSet, Publication
from bot.core.rights import Right
from bot.core.session import Session, View
from bot.core.staff import Act as StaffAct
from bot.core.staff import Held, Proposal
from bot.core.traces import Fate, Removal, Row, Trace


class Clock(Protocol):
    """Time comes in here, so that tests can set it."""

    def now(self) -> float:
        """Epoch seconds, UTC."""
        ...


class Chance(Protocol):
    """Unpredictable values come in here."""

    def hex(self, length: int) -> str:
        """That many random bytes as lower-case hex."""
        ...

    def digits(self, count: int) -> str:
        """That many random decimal digits."""
        ...


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


class Staff(Protocol):
    """Roles, what staff propose to one another, and what stands still. They change with updates (`Change.staff`)."""

    def held(self) -> tuple[Held, ...]:
        """Every role of staff there is, the longest held first; none where somebody else has changed them."""
        ...

    def has(self, actor: Actor, right: Right, consultation: str | None) -> bool:
        """Whether somebody, known by their tag, has a right now."""
        ...

    def proposals(self) -> tuple[Proposal, ...]:
        """All that wait."""
        ...

    def frozen(self, consultation: str | None) -> float | None:
        """Since when a consultation stands still (None: everything); None while it does not."""
        ...

    def freezes(self) -> Mapping[str | None, float]:
        """Everything that stands still, each since when."""
        ...

    def errands(self) -> Sequence[tuple[ChatId, str]]:
        """Chats that are to be told something: `ended`, `menu` (only its commands are to go), `agreed`."""
        ...

    async def told(self, chat: ChatId, kind: str) -> None:
        """This chat was told."""
        ...


class Inquiries(Protocol):
    """What participants ask the organizers. They change with updates (`Change.inquiries`)."""

    def inquiries(self) -> tuple[Inquiry, ...]:
        """All that are open, the latest day first."""
        ...

    def inquiry(self, wanted: InquiryId) -> Inquiry | None:
        """One that is open."""
        ...

    def of(self, chat: ChatId) -> tuple[Inquiry, ...]:
        """What this chat has asked, the latest day first; closed ones until they know."""
        ...

    def unread(self, chat: ChatId) -> tuple[Inquiry, ...]:
        """Those of which this chat has still to be told."""
        ...

    def staffed(self, consultation: str) -> bool:
        """Whether anybody could answer."""
        ...

    def duty(self, chat: ChatId) -> bool | None:
        """Whether this organizer wants to be told; None: nothing was ever said."""
        ...

    def offers(self) -> Sequence[tuple[ChatId, InquiryId]]:
        """What is to be offered, and to whom."""
        ...

    def unannounced(self) -> tuple[Inquiry, ...]:
        """Open ones of which no organizer was told."""
        ...

    def untold(self) -> Sequence[ChatId]:
        """Organizers who want to be told and were not since they last looked."""
        ...

    def on_duty(self) -> Sequence[ChatId]:
        """All organizers who want to be told."""
        ...

    async def offered(self, ids: Sequence[InquiryId]) -> None:
        """The askers were asked whether this is a safe moment."""
        ...

    async def read(self, ids: Sequence[InquiryId]) -> None:
        """It stands in the askers' chats."""
        ...

    async def announced(self, ids: Sequence[InquiryId], told: Sequence[ChatId]) -> None:
        """These organizers are told; these inquiries need not be announced any more."""
        ...


class Invites(Protocol):
    """Invites as organizers see them. They change with updates (`Change.invites`)."""

    def invites(self, consultations: Sequence[str] | None = None) -> tuple[Kept, ...]:
        """Those of these consultations, or all, that still stand; those that end first come first."""
        ...

    def named(self, wanted: InviteId) -> Kept | None:
        """One of them."""
        ...


class Admissions(Protocol):
    """Codes by which people are admitted, and what was decided. They change with updates (`Change.admission`)."""

    def found(self, code: Code, consultation: str) -> Found | None:
        """What a code stands for in a consultation. The same reads are made for one that nobody has."""
        ...

    def chat(self, code: Code) -> ChatId | None:
        """The chat that a code leads to, for a word to it."""
        ...

    def until(self, chat: ChatId) -> float | None:
        """Until when a code of this chat stands."""
        ...

    def memberships(self, chat: ChatId) -> Mapping[str, Membership]:
        """What was decided about a chat, by consultation."""
        ...

    def untold(self, chat: ChatId) -> tuple[str, ...]:
        """Consultations of which this chat has still to be told."""
        ...


class Briefings(Protocol):
    """What organizers wrote for people to read. It changes with updates (`Change.briefing`)."""

    def briefings(self, consultations: Sequence[str]) -> tuple[Briefing, ...]:
        """Those of these consultations, what was published last first; what was not, before all others."""
        ...

    def briefing(self, wanted: BriefingId) -> Briefing | None:
        """One of them."""
        ...

    def edition(self, wanted: BriefingId, number: int) -> Edition | None:
        """One that was published, as it was."""
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


class Registry(Protocol):
    """What the operator's command line does to the same stores."""

    async def set_intake(self, consultation: str, intake: Intake) -> None:
        """Open or close the intake of one consultation."""
        ...

    async def new_consultation(self, consultation: Consultation, intake: Intake) -> None:
        """Make a consultation beyond the six. Raises Refused `consultation_exists` {consultation}."""
        ...

    async def new_invite(self, invite: Invite, uses: int, expires: float | None, label: str = "") -> str:
        """Make an invite; returns its token (22 characters of A-Z a-z 0-9 _ -), which is kept only as a MAC."""
        ...

    def invites(self) -> tuple[Kept, ...]:
        """All that still stand."""
        ...

    async def revoke(self, wanted: InviteId) -> None:
        """Let nobody in by this invite any more; whoever came by it stays. Raises Refused `invite_gone`."""
        ...


@dataclass(frozen=True)
class StoredPart:
    """One age file as it rests in the vault. `batch` is the export that first carried it."""

    part: PartId
    contribution: ContributionId
    consultation: str
    batch: int
    sha256: str
    sealed: bytes


@dataclass(frozen=True)
class Tombstone:
    """What is left of a withdrawn or superseded contribution: its id, and the digests of its parts for the chain."""

    contribution: ContributionId
    consultation: str
    batch: int
    parts: Sequence[tuple[PartId, int, str]]
    """Part id, batch that first carried it, SHA-256 of the erased age file."""
    state: State = State.WITHDRAWN
    supersedes: ContributionId | None = None
    """The version that this one had replaced."""


@dataclass(frozen=True)
class Snapshot:
    """What an export is made of, in random order, streamed by the vault."""

    recipient_set: str
    batches: Sequence[int]
    tombstones: Sequence[Tombstone]
    states: Mapping[ContributionId, State]
    """Those that are no longer simply submitted."""
    whole: bool = True
    """False while a version is erased whose successor is in no batch yet: begin another one."""


class Vault(Protocol):
    """Where submitted contributions rest, and what an export reads. Works while the bot runs."""

    async def move(self) -> int:
        """Move what was submitted from `work` to the vault, shuffled; returns how many contributions. Idempotent."""
        ...

    async def begin_batch(self) -> int:
        """Give everything not yet exported the next batch number, durably; returns the newest batch number."""
        ...

    def snapshot(self, consultations: Sequence[str], since: int) -> Snapshot:
        """Batches after `since`, tombstones and states. Since 0 means everything."""
        ...

    def parts(self, consultations: Sequence[str], since: int) -> Iterable[StoredPart]:
        """The age files of submitted contributions after `since`, streamed in the order of their random ids.

        A contribution to which something was added after `since` comes with all its parts, so that each export can be
        opened by itself.
        """
        ...

    def chain(self, consultation: str, until: int) -> str:
        """Head of the consultation's chain after batch `until` (`contributions.chain`); `CHAIN_START` at 0."""
        ...


@dataclass(frozen=True)
class Due:
    """A recipient of a broadcast whose turn has come, as the ledger gives it."""

    handle: bytes
    language: str
    chat_sealed: bytes | None
    message: bytes | None


@dataclass(frozen=True)
class Mark:
    """What became of one recipient."""

    handle: bytes
    state: Delivered
    reason: str = ""
    """A code of ours or of Telegram's; no text."""
    where: tuple[ChatId, int] | None = None
    """Chat and number of the message, where one stands now."""


class Batches(Protocol):
    """The ledger of one approved broadcast, opened for sending. Dropped when it pauses: it holds the contacts key."""

    async def take(self, languages: Sequence[str], most: int) -> list[Due]:
        """The next recipients among readers of these languages, durably marked as being tried."""
        ...

    def chat(self, due: Due) -> ChatId | None:
        """Where to send; None when the contact is gone."""
        ...

    def message(self, due: Due) -> tuple[ChatId, int] | None:
        """What to correct: chat and number."""
        ...

    async def mark(self, marks: Sequence[Mark]) -> None:
        """Note what became of recipients, durably."""
        ...


class Outbox(Protocol):
    """Broadcasts, and the ledger of each."""

    def actor(self, chat: ChatId) -> Actor:
        """By what an organizer is known here and in the audit log."""
        ...

    def broadcasts(self, consultations: Sequence[str] | None = None) -> tuple[Broadcast, ...]:
        """All that can be read, the newest first."""
        ...

    def broadcast(self, wanted: BroadcastId) -> Broadcast | None:
        """One of them."""
        ...

    def sensitive(self, consultation: str) -> bool:
        """Whether broadcasts begin in the neutral form."""
        ...

    def reach(self, broadcast: Broadcast) -> int:
        """How many contacts its audience has now; with a role, at most so many."""
        ...

    def counts(self, broadcast: BroadcastId) -> Mapping[tuple[Delivered, str], int]:
        """How many recipients by state and reason."""
        ...

    def waiting(self, broadcast: BroadcastId) -> Mapping[str, int]:
        """How many wait, by language."""
        ...

    def pending(self, broadcast: BroadcastId) -> bool:
        """Whether anybody waits or is being tried."""
        ...

    def batches(self, broadcast: Broadcast) -> Batches:
        """The ledger opened for sending. Raises Refused `outbox_not_approved`."""
        ...

    def standing(self, broadcast: BroadcastId, most: int, *, due: bool = False) -> list[tuple[bytes, ChatId, int]]:
        """Messages in chats: a handle, the chat and the number. `due`: only those whose time is over."""
        ...

    def received(self, chat: ChatId) -> tuple[int, ...]:
        """The numbers of all messages of broadcasts that stand in a chat."""
        ...

    async def keep(self, broadcast: Broadcast) -> Broadcast:
        """Keep a changed broadcast; gives it with its new version. Raises Refused `outbox_changed`."""
        ...

    async def plan(self, broadcast: Broadcast) -> Broadcast:
        """Freeze the recipients of an approved broadcast; may be repeated."""
        ...

    async def doubt(self) -> int:
        """After a start: rows that were being tried are unknown. How many."""
        ...

    async def again(self, broadcast: BroadcastId) -> int:
        """Those to whom it was surely not sent wait again; how many."""
        ...

    async def gone(self, broadcast: BroadcastId, handles: Sequence[bytes]) -> None:
        """Forget messages that stand in no chat any more."""
        ...

    async def expire(self) -> int:
        """Erase what has outlived its time; how many."""
        ...


class Audit(Protocol):
    """Where acts of organizers, secretariat and operator are noted (`bot.core.audit`)."""

    async def note(self, who: str, act: str, about: str, detail: str = "", *, once: str = "") -> None:
        """Append an act, durably, before it is done. A second one with the same `once` changes nothing."""
        ...


class Published(Protocol):
    """What the secretariat published. A new publication is seen at once."""

    def version(self, consultation: str) -> str | None:
        """The version of the points that a consultation is shown now; None where it is shown none."""
        ...

    def points(self, version: str) -> PointSet | None:
        """A version, in force or not, as long as drafts may refer to it."""
        ...

    def feedback(self, contribution: ContributionId) -> tuple[Point, ...]:
        """The points that carry a contribution; none where nothing was said of it."""
        ...

    async def publish(self, publication: Publication) -> None:
        """Let this take the place of all that was published. Drafts under way keep the version they began with."""
        ...


class Editions(Protocol):
    """Forms that organizers brought. What one process publishes is seen by the others at once."""

    def offered(self, consultation: str) -> tuple[FormEdition, ...]:
        """What people can begin in a consultation, the oldest first, without documents."""
        ...

    def about(self, version: str) -> FormEdition | None:
        """One edition without its document, published or not."""
        ...

    def edition(self, version: str) -> FormEdition | None:
        """The whole of it; None when it is not there, or is not what it was."""
        ...

    async def keep(self, edition: FormEdition) -> None:
        """Keep one that may be published within some hours; again is no harm. Raises Refused `forms_full`."""
        ...

    async def offer(self, consultation: str, version: str) -> None:
        """Publish it there in place of the same form's edition before. Raises Refused `forms_many`, `form_gone`."""
        ...

    async def retire(self, consultation: str, form: str) -> bool:
        """Offer it there no longer; drafts under way go on. False: it was not offered."""
        ...


class Log(Protocol):
    """Where the rooms report what happened. `bot.logs` holds the list of events, keys and words that may appear.

    Whatever is not on that list is dropped (in tests: an error). Text, names, ids and tokens have no place here.
    """

    def event(self, name: str, **values: bool | int | float | str) -> None:
        """Report one event of the list, with values of the list."""
        ...

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        """The same with an exception, of which only the type and the place (module:function:line) are kept."""
        ...
