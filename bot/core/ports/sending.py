"""Broadcasts and the ledger of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.outbox import Actor, Broadcast, BroadcastId
from bot.core.outbox import State as Delivered
from bot.core.people import ChatId


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

    async def mark(self, marks: Sequence[Mark]) -> list[tuple[ChatId, int]]:
        """Note what became of recipients, durably. Gives what stands in the chats of those who erased themselves while
        it was on its way: chat and number, for nothing else knows of it.
        """
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

    async def set_sensitive(self, consultation: str, *, sensitive: bool) -> None:
        """Say whether it may show on a locked screen that somebody takes part."""
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

    def under_way(self, chat: ChatId) -> bool:
        """Whether anything is being sent to this chat just now."""
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
