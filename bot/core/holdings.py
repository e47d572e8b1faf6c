"""What is stored about one chat, as the stores themselves list it. No text that anybody wrote is part of it.

Which tables there are and what their rows are to a person is said beside each table (`storage.sqlite.inventory`).
Not here: reading the rows (`storage.holdings`), telling of them (`handlers.writing.holdings`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.dialogue.draft import Draft
from bot.core.people import Grant, Profile
from bot.core.traces import Fate


class Kind(StrEnum):
    """What a row is to the person it is about. Each has a text `mydata.<kind>`."""

    PROFILE = "profile"
    CONTACT = "contact"
    """In the list of those who get the news of a consultation."""
    RECIPIENT = "recipient"
    """What became of one piece of news for this person, or that it is planned."""
    SESSION = "session"
    PART = "part"
    """A locked message of an unfinished draft."""
    TRACE = "trace"
    """Numbers of messages of the chat."""
    ROLE = "role"
    CODE = "code"
    """The person's own code, by which organizers admit them."""
    MEMBERSHIP = "membership"
    """What an organizer decided about the person in a consultation."""
    INVITE = "invite"
    """That an invite was used."""
    INQUIRY = "inquiry"
    """A question to the organizers, with what they answered."""
    DUTY = "duty"
    """An organizer's wish to be told, or not, of what is asked."""
    PROPOSAL = "proposal"
    """What an organizer proposed to the others."""
    ERRAND = "errand"
    """That the chat is to be told of the end of a role, or that a proposal was agreed to."""
    ENTRY = "entry"
    """An act in the audit log; stays when everything else is erased."""


LASTING = frozenset({Kind.ENTRY})
"""What /forget leaves and says so. (A used invite whose end is open stays too, without being of use to anybody.)"""


@dataclass(frozen=True)
class Holding:
    """The rows of one kind."""

    kind: Kind
    rows: int
    until: float | None = None
    """Epoch seconds when the last of them goes by itself; None: the text of the kind says when."""


@dataclass(frozen=True)
class Holdings:
    """Everything that is stored under the tags of one chat, and of it what the server can read itself."""

    rows: Sequence[Holding] = ()
    """Kinds of which there are any, in the order of `Kind`."""
    profile: Profile | None = None
    grants: tuple[Grant, ...] = ()
    draft: Draft | None = None
    reminded: bool = False
    """Of this draft."""
    group: bool = False
    """The session says for which group is spoken."""
    receipt: bool = False
    """A receipt that is not shown yet, or that something is being done with."""
    opened: bool = False
    """An invite that was opened and is used once the notice is accepted."""
    link: bool = False
    """An invite that this organizer is making, or its link."""
    letter: bool = False
    """A question or answer that is written and not sent."""
    messages: Mapping[Fate, int] = field(default_factory=dict)
    """How many messages of the chat are to have each fate."""

    def of(self, kind: Kind) -> Holding | None:
        """The rows of a kind, if there are any."""
        return next((one for one in self.rows if one.kind is kind), None)
