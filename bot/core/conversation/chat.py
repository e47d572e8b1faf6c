"""One chat at one event: who it is, where it stands, what it may look at, and what can come of it.

Not here: what any event means (the rooms beside this file).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from bot.core import screens as show
from bot.core.admission import BARRED, Admission, Code, Found, Membership, NewCode
from bot.core.briefings import KeptBriefing
from bot.core.consultations import BY_ID, CONSULTATIONS, Access, Changed, Founded, Intake
from bot.core.contributions import ContributionId, PartId, Receipt, Standing
from bot.core.dialogue import effects as out
from bot.core.dialogue.questionnaire import Form
from bot.core.editions import Edition
from bot.core.figures import Figures, Tick
from bot.core.inquiries import Act
from bot.core.invites import Act as InviteAct
from bot.core.outbox import NOBODY, Actor, Broadcast, BroadcastId, rounded
from bot.core.people import ChatId, Grant, Invite, Profile
from bot.core.points import Point
from bot.core.ports import Addition, Briefings, Chance, Editions, Inquiries, Invites, NewPart, Outbox, Staff, Submission
from bot.core.rights import Right, anywhere, may
from bot.core.session import Group, Place, Session
from bot.core.staff import Act as StaffAct
from bot.core.traces import Fate

Effect = out.Effect | show.Screen | show.Work


@dataclass(frozen=True)
class World:
    """What a turn may look at besides the chat itself."""

    day: str
    """Today, ISO, UTC."""
    now: float
    notice: str
    """Version of the notice in force."""
    languages: tuple[str, ...]
    intake: Callable[[str], Intake]
    grants: tuple[Grant, ...]
    forms: Mapping[str, Form]
    chance: Chance
    standing: Callable[[Receipt], Standing | None]
    """What a receipt stands for."""
    recall: Callable[[PartId], str | None] = lambda _: None
    """A text that is remembered, if it still is."""
    outbox: Outbox | None = None
    """None where there are no broadcasts."""
    actor: Actor = NOBODY
    """By what this person is known to the audit log."""
    cancel_seconds: float = 600.0
    """Between an approval and the first message."""
    zone: Callable[[str], tzinfo] = lambda _: UTC
    """A time zone by its name."""
    find_zone: Callable[[str], str | None] = lambda _: None
    """The name of a zone by its name or a city."""
    inquiries: Inquiries | None = None
    """None where nobody can be asked."""
    invites: Invites | None = None
    """Those that stand; None where there are none to be made."""
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    """What organizers decided about this person, by consultation."""
    untold: tuple[str, ...] = ()
    """Those of which the person was not told yet."""
    admission: Callable[[Code, str], Found | None] = lambda _, __: None
    """What a code stands for in a consultation."""
    code_until: Callable[[], float | None] = lambda: None
    """Until when this person's own code stands."""
    may_enter: bool = True
    """False once too many unknown codes came from this chat lately."""
    briefings: Briefings | None = None
    """None where nobody writes any."""
    chain: Callable[[str], Iterable[str]] = lambda language: (language,)
    """Languages in which readers of one are looked for a text, their own first."""
    invite: Callable[[str], Invite | None] = lambda _: None
    """What an invite gives to this chat, as long as it holds; looking uses nothing up."""
    may_check: bool = True
    """False once too many unknown receipts came from this chat lately."""
    carried: Callable[[ContributionId], tuple[Point, ...]] = lambda _: ()
    """The published points that carry a contribution."""
    figures: Callable[[str], Figures] | None = None
    """What may be shown of a consultation in numbers."""
    wording: Callable[..., str] = lambda _, key: key
    """A sentence of ours, by language and key: the beginning of a text that an organizer goes on with."""
    editions: Editions | None = None
    """Forms that organizers bring; None where there are none."""
    staff: Staff | None = None
    """None where nobody has a role."""
    judged: Callable[[Mapping[str, object]], Founded | frozenset[str]] = lambda _: frozenset({"name"})
    """The consultation that a file would make, or its fields that are at fault."""
    zones_of: Callable[[str], tuple[str, ...]] = lambda _: ()
    """The time zones of a country."""
    points: Callable[[str], str | None] = lambda _: None
    """Version of the points of earlier regions that are published for a consultation; None where there are none."""

    def frozen(self, consultation: str | None) -> bool:
        """Whether a consultation (None: everything) stands still."""
        return self.staff is not None and self.staff.frozen(consultation) is not None

    def discreet(self, consultation: str) -> bool:
        """Whether strangers must not learn of a consultation: it is for invited people, and taking part is a risk."""
        sensitive = self.outbox is None or self.outbox.sensitive(consultation)
        return sensitive and self.intake(consultation).access is Access.INVITE


@dataclass(frozen=True)
class Deed:
    """Something that an organizer did, for the audit log."""

    act: str
    about: str
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one event leads to. `effects` are shown in order, after everything else is committed."""

    profile: Profile
    session: Session
    effects: tuple[Effect, ...] = ()
    parts: tuple[NewPart, ...] = ()
    dropped: tuple[PartId, ...] = ()
    submission: Submission | None = None
    addition: Addition | None = None
    remembers: tuple[tuple[PartId, str], ...] = ()
    """Texts to be kept in memory, and nowhere else, for the next steps."""
    receipt: Receipt | None = None
    withdraw: Receipt | None = None
    """Take this contribution back, before anything is shown."""
    unknown_receipt: bool = False
    """A receipt was tried that nobody holds."""
    forget: bool = False
    """Erase everything that is kept about this chat."""
    turns: tuple[tuple[Fate, Fate], ...] = ()
    """What the person wants for messages that stand in the chat."""
    tidy: bool = False
    """Delete from the chat what may be, and tell what was."""
    lists: bool = False
    """Tell what is stored about this chat, once everything else is committed."""
    redeems: str | None = None
    """Use this invite; where it holds no longer, nothing of this comes to pass."""
    broadcast: Broadcast | None = None
    """Keep this in place of the version it was made from."""
    retries: BroadcastId | None = None
    """Whoever it was surely not sent to waits again."""
    draws: Figures | None = None
    """Show these as a picture, too."""
    inquiries: tuple[Act, ...] = ()
    """What becomes of inquiries."""
    invites: tuple[InviteAct, ...] = ()
    """What becomes of invites."""
    code: NewCode | None = None
    """The person's own code from now on."""
    admission: Admission | None = None
    """What is decided about whoever told a code."""
    told: tuple[str, ...] = ()
    """Consultations of which the person is told now what was decided."""
    unknown_code: bool = False
    """A code was tried that nobody has."""
    duty: bool | None = None
    """An organizer has looked at what waits, and wants to be told of more or not."""
    ticks: tuple[Tick, ...] = ()
    """Numbers that it raises by one each."""
    briefing: KeptBriefing | None = None
    """What becomes of a briefing."""
    keeps: Edition | None = None
    """Keep this form, for some hours, until it is published."""
    offers: tuple[str, str] | None = None
    """Let a consultation offer an edition."""
    retires: tuple[str, str] | None = None
    """Let a consultation offer a form no longer."""
    template: bool = False
    """Send the workbook to start from."""
    staff: tuple[StaffAct, ...] = ()
    """What becomes of roles, proposals and freezes."""
    intake: Changed | None = None
    """What an organizer makes of an intake."""
    founds: Founded | None = None
    """A consultation that is made."""
    exports: str | None = None
    """Send the sealed export of this consultation, or of `all`, once everything else is committed."""
    deeds: tuple[Deed, ...] = ()
    """To be noted before anything of it is done."""

    @property
    def erases_draft(self) -> bool:
        """The draft was handed in or erased: its remaining parts go."""
        return self.submission is not None or any(isinstance(effect, out.Erased) for effect in self.effects)


@dataclass(frozen=True)
class Chat:
    """What a room is given, and the few things that all of them do."""

    profile: Profile
    session: Session
    world: World
    standing: Callable[["Chat"], Outcome]
    """The screen at which a chat stands, shown again. Given from above, so that rooms need not know one another."""

    @property
    def id(self) -> ChatId:
        """The chat itself."""
        return ChatId(self.session.chat)

    @property
    def accepted(self) -> bool:
        """Whether the notice in force was accepted."""
        return self.profile.notice == self.world.notice

    @property
    def consultation(self) -> str | None:
        """The consultation joined last; None before."""
        return self.profile.joined[-1] if self.profile.joined else None

    def kept_out(self, consultation: str) -> Membership | None:
        """Why this person may not contribute to a consultation: what organizers decided; None where they may."""
        state = self.world.memberships.get(consultation)
        return state if state in BARRED else None

    @property
    def speaks_for(self) -> Group | None:
        """The group spoken for in the consultation joined last."""
        group = self.session.group
        return group if group is not None and group.consultation == self.consultation else None

    def belongs(self, consultation: str) -> bool:
        """Whether this person takes part, was let in, holds a role there, or an invite that is not used yet."""
        if consultation in self.profile.joined or any(
            grant.consultation in (None, consultation) for grant in self.world.grants
        ):
            return True
        if self.world.memberships.get(consultation) in (Membership.ADMITTED, Membership.SUSPENDED):
            return True
        invite = None if self.session.invite is None else self.world.invite(self.session.invite)
        return invite is not None and invite.consultation in (None, consultation)

    def knows(self, consultation: str) -> bool:
        """Whether this person may learn that a consultation goes on or, if it is none of the six, is there."""
        # Both are always asked of a stranger, so that the time it takes tells nothing.
        return self.belongs(consultation) or not self.world.discreet(consultation)

    @property
    def hidden(self) -> frozenset[str]:
        """The consultations of which this person must not learn."""
        return frozenset(one.id for one in CONSULTATIONS if not self.knows(one.id))

    @property
    def comes_for(self) -> str | None:
        """The consultation that a link has named, else the one joined last; None: not known yet."""
        wanted = self.session.wanted
        return wanted if wanted in BY_ID and wanted is not None and self.knows(wanted) else self.consultation

    def zone(self, consultation: str) -> str:
        """The time zone in which this person reads the times of a consultation."""
        return self.profile.zone or BY_ID[consultation].zone

    def shows(self, *effects: Effect) -> Outcome:
        """Something to read; the chat stays where it is."""
        return Outcome(self.profile, self.session, effects)

    def stands(self, place: Place, *effects: Effect) -> Outcome:
        """Another screen, at which the chat stands from now on."""
        return Outcome(self.profile, replace(self.session, place=place), effects)

    def may(self, right: Right, consultation: str | None) -> bool:
        """Whether this person has a right in a consultation; None: in all of them at once."""
        return may(self.world.grants, right, consultation)

    def runs(self, right: Right) -> tuple[str, ...]:
        """Consultations in which this person has a right, in their order."""
        return tuple(one.id for one in CONSULTATIONS if self.may(right, one.id))

    def spoken(self, consultation: str) -> tuple[str, ...]:
        """The languages of a consultation, for organizers: those in which it is run, and in which five or more of those
        who want its news read.
        """
        known = BY_ID.get(consultation)
        run, reads = known.languages if known is not None else (), self.world.outbox
        if not run:
            return self.world.languages

        def many(language: str) -> bool:
            readers = Broadcast(BroadcastId(""), consultation, languages=(language,))
            return reads is not None and rounded(reads.reach(readers)) is not None

        return tuple(one for one in self.world.languages if one in run or many(one))

    @property
    def organizes(self) -> bool:
        """Whether this person runs any consultation."""
        return anywhere(self.world.grants, Right.MANAGE)

    def lists(self, trouble: str | None = None, about: str | None = None) -> Outcome:
        """The list of consultations, after what is the trouble."""
        screen = show.ShowConsultations(trouble, about, organizes=self.organizes, hidden=self.hidden)
        return self.stands(Place.CONSULTATIONS, screen)

    def again(self, first: Effect | None = None) -> Outcome:
        """The present step, after a line that says what was not understood."""
        outcome = self.standing(self)
        return outcome if first is None else adds(outcome, first)


HANDED_IN = ((Fate.LIVE, Fate.WAITING), (Fate.KEEPING, Fate.KEPT))
"""What was written went to where it rests; once that is in two places, the messages go."""


def later(chat: Chat) -> tuple[tuple[Fate, Fate], ...]:
    """What becomes of the messages in which something was written to be added; a draft under way keeps its own."""
    return HANDED_IN if chat.session.draft is None else ()


def adds(outcome: Outcome, first: Effect) -> Outcome:
    """The same outcome, with something shown before it."""
    return replace(outcome, effects=(first, *outcome.effects))
