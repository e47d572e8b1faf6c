"""What organizers run: roles, questions, invites, admissions, briefings, consultations, and the audit log."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.core.admission import Code, Found, Membership
from bot.core.briefings import Briefing, BriefingId, Edition
from bot.core.consultations import Founded, Intake
from bot.core.inquiries import Inquiry, InquiryId
from bot.core.invites import InviteId, Kept
from bot.core.outbox import Actor
from bot.core.people import ChatId, Invite
from bot.core.rights import Right
from bot.core.staff import Held, Proposal


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


class Registry(Protocol):
    """What the operator's command line does to the same stores."""

    async def set_intake(self, consultation: str, intake: Intake) -> None:
        """Open or close the intake of one consultation."""
        ...

    async def new_consultation(self, founded: Founded) -> None:
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


class Audit(Protocol):
    """Where acts of organizers, secretariat and operator are noted (`bot.core.audit`)."""

    async def note(self, who: str, act: str, about: str, detail: str = "", *, once: str = "") -> None:
        """Append an act, durably, before it is done. A second one with the same `once` changes nothing."""
        ...
