"""The chats that are active now: profile, session and view of each, as last committed. In memory, bounded.

Not here: what is stored (`storage`), what was written (`recollection`).
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.core.people import ChatId, Profile
from bot.core.ports import Clock, Store
from bot.core.session import Place, Session, View
from bot.core.traces import Fate, Trace
from handlers.messages import Message, Outgoing, Row, Where

IDLE = 30 * 60.0
"""Seconds until a chat that does nothing is dropped from memory."""


@dataclass(frozen=True)
class Batch:
    """What one update is answered with."""

    messages: list[Outgoing]
    tapped: int | None = None
    """The message whose button was pressed."""
    callback: str | None = None
    """The callback query that waits for an answer."""
    last: bool = False
    """The person leaves: these words stay, and all else goes."""
    ends: bool = False
    """The draft is handed in or erased: its prompts are no prompts any more."""
    clears: bool = False
    """What was written and shown of it goes from the chat at once: what is deleted loses no buttons."""
    first: Callable[[], Awaitable[list[Outgoing]]] | None = None
    """Has to be done first, and gives more messages."""

    @property
    def shows_step(self) -> bool:
        """Whether the person sees where they are once this has arrived."""
        steps = (Where.PROMPT, Where.RENEW, Where.SCREEN)
        return any(item.where in steps or item.shows is not None for item in self.messages)


@dataclass
class Chat:
    """One active chat. `profile` and `session` change only after a commit."""

    id: ChatId
    profile: Profile
    session: Session
    view: View
    touched: float
    pending: int = 0
    """Batches that are committed, or about to be, and not delivered."""
    batches: deque[Batch] = field(default_factory=deque)
    committing: bool = False
    """A receipt is being committed: what stands in the chat is noted after that, whatever becomes of it."""
    running: bool = False
    failed: bool = False
    """Something did not arrive, and nothing since has shown the present step."""
    unsettled: bool = False
    """What stands in the chat is newer than the note of it on disk."""
    retrying: bool = False
    """The present step will be shown again after a while."""
    told_unavailable: bool = False
    unkept: list[Trace] = field(default_factory=list)
    """Messages that stand in the chat, and that no row says yet."""
    newest: int = 0
    """The highest number known of a message in this chat."""
    doubtful: bool = False
    """A message of ours may stand here whose number was lost: with the process, or with Telegram's answer."""
    offered: tuple[Row, ...] = ()
    """The buttons that were shown last."""
    working: dict[str, int] = field(default_factory=dict)
    """By what they are good for, the messages whose buttons are good for one press and were not pressed yet."""
    office: int | None = None
    """The screen of staff that stands lowest, with its buttons."""
    shown: tuple[int, Message] | None = None
    """The screen or prompt that was sent or edited last: Telegram refuses an edit that changes nothing."""

    def take_unkept(self) -> list[Trace]:
        """The messages that no row says yet, few rows for many of them; the caller keeps them, or gives them back."""
        numbers: dict[tuple[Fate, float | None], list[int]] = {}
        for trace in self.unkept:
            numbers.setdefault((trace.fate, trace.sent), []).extend(trace.numbers)
        self.unkept = []
        return [Trace(tuple(found), fate, sent) for (fate, sent), found in numbers.items()]

    @property
    def owed(self) -> bool:
        """Whether an answer is still to arrive. A receipt is, until it was shown, whatever else arrived meanwhile."""
        return self.pending > 0 or self.failed or self.view.receipt is not None


class Chats:
    """Active chats by id; loads a chat from the store when it comes back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._chats: dict[ChatId, Chat] = {}

    def get(self, chat: ChatId, language: Callable[[], str]) -> Chat:
        """The chat as it stands; `language` guesses one for a person not met before."""
        found = self._chats.get(chat)
        unkept = [] if found is None else found.unkept
        newer = None if found is None else found.view
        if found is not None and self._idle(found):
            # Its draft may have expired: the machine slept, or the clock was set.
            self.drop(chat)
            found = self._chats.get(chat)
        if found is None:
            profile = self._store.profile(chat) or Profile(language=language())
            place = Place.LANGUAGE if not profile.language_chosen else Place.HOME
            session = self._store.session(chat) or Session(chat, place)
            view = self._store.view(chat) or View()
            if newer is not None and view != View():
                view = newer  # the note on disk may be behind what stands in the chat, or still be on its way there
            found = Chat(chat, profile, session, view, self._clock.now(), newest=_newest(view))
            found.unkept = unkept
            self._chats[chat] = found
        found.touched = self._clock.now()
        return found

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way to anybody."""
        return any(chat.pending or chat.running or chat.unsettled for chat in self._chats.values())

    def standing_at(self, place: Place) -> list[Chat]:
        """Active chats at this place."""
        return [chat for chat in self._chats.values() if chat.session.place is place]

    def drop(self, chat: ChatId) -> None:
        """Forget a chat that is up to nothing."""
        found = self._chats.get(chat)
        if found is not None and not found.pending and not found.running:
            found.unsettled = False  # or its note would come after what its successor commits
            del self._chats[chat]

    def clear(self) -> None:
        """Forget every chat that is up to nothing."""
        for chat in list(self._chats):
            self.drop(chat)

    def sweep(self) -> None:
        """Drop chats that did nothing for half an hour."""
        for chat in [chat for chat in self._chats.values() if self._idle(chat)]:
            self.drop(chat.id)

    def _idle(self, chat: Chat) -> bool:
        return not 0 <= self._clock.now() - chat.touched < IDLE


def _newest(view: View) -> int:
    """The highest number among the messages of a view; 0 where there are none."""
    prompts = (*view.prompts, *([view.prompt] if view.prompt is not None else []))
    return max((view.anchor or 0, *(prompt.message for prompt in prompts)))
