"""Random people press random buttons about roles and the emergency stop: only what the table allows comes of it, what
takes two takes two, and no screen of an organizer says more of anybody than a tag.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import events as on
from bot.core import screens as show
from bot.core import staff as rules
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.conversation import World, converse, doors
from bot.core.errors import Refused
from bot.core.events import Appoint, Halt
from bot.core.outbox import Actor
from bot.core.people import NOTICE, ChatId, Grant, Invite, Profile, Role
from bot.core.rights import MATRIX, STAFF, Right, holders, may
from bot.core.session import Place, Session
from bot.core.staff import Agreed, Dropped, Ended, Frozen, Held, Linked, Proposal, Proposed, Thawed, Wish
from handlers import buttons
from handlers.access import may as may_use
from handlers.commands import COMMANDS
from tests.storage.world import RealChance

NOW = 1_795_000_000.0
PEOPLE: dict[str, tuple[Grant, ...]] = {
    "a" * 16: (Grant(Role.ORGANIZER, "eeca"),),
    "b" * 16: (Grant(Role.ORGANIZER, None),),
    "c" * 16: (Grant(Role.ORGANIZER, "mena"),),
    "d" * 16: (Grant(Role.SECRETARIAT, None),),
    "e" * 16: (Grant(Role.PARTICIPANT, "eeca"),),
    "f" * 16: (),
    "9" * 16: (Grant(Role.ORGANIZER, "eeca"), Grant(Role.PARTICIPANT, "mena")),
}
SCOPES = ("eeca", "mena", "all")


class Office:
    """Roles, proposals and freezes in memory, as the rooms look at them."""

    def __init__(self) -> None:
        self.grants = {who: [grant for grant in grants if grant.role in STAFF] for who, grants in PEOPLE.items()}
        self.waits: dict[str, Proposal] = {}
        self.still: dict[str | None, float] = {}
        self.last: Proposal | None = None
        """What was dropped last: agreed to, if something else follows."""

    def held(self) -> tuple[Held, ...]:
        return tuple(Held(Actor(who), one, "2026-11-22") for who, grants in self.grants.items() for one in grants)

    def has(self, actor: Actor, right: Right, consultation: str | None) -> bool:
        return rules.has(self.held(), actor, right, consultation)

    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(self.waits.values())

    def frozen(self, consultation: str | None) -> float | None:
        return self.still.get(None, self.still.get(consultation))

    def freezes(self) -> dict[str | None, float]:
        return self.still

    def errands(self) -> Sequence[tuple[ChatId, str]]:
        return ()

    async def told(self, chat: ChatId, kind: str) -> None:
        """Nobody is told anything here."""


def world(office: Office, who: str) -> World:
    others = tuple(grant for grant in PEOPLE[who] if grant.role not in STAFF)
    return World(
        day="2026-11-22", now=NOW, notice=NOTICE, languages=("en",), intake=lambda _: Intake(),
        grants=(*office.grants[who], *others), forms={}, chance=RealChance(), standing=lambda _: None,
        actor=Actor(who), staff=office,
    )  # fmt: skip


NEXT = "what somebody does who wants it to be done"
presses = st.tuples(
    st.sampled_from([*PEOPLE, "a" * 16, "9" * 16, "b" * 16]),
    st.sampled_from([NEXT] * 12 + [Appoint.LAID] * 3 + [*Appoint, *Halt]),
    st.sampled_from(SCOPES),
    st.integers(0, 5),
    st.sampled_from(["organizer"] * 4 + ["secretariat", "participant", "tsar", ""]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(presses, min_size=5, max_size=40))
def test_only_what_the_table_allows_comes_of_any_press(acts: list[tuple[str, Any, str, int, str]]) -> None:
    office = Office()
    sessions = {who: Session(at, Place.HOME) for at, who in enumerate(PEOPLE)}
    for who, wish, where, which, role in acts:
        waits = list(office.waits)
        target = waits[which] if which < len(waits) else "0" * 12
        whom = [*PEOPLE][which]
        do = _next(office, who, target) if wish == NEXT else wish
        # As a tap brings it: what cannot be spelled is nothing.
        data = (
            buttons.halt(do, where, target)
            if isinstance(do, Halt)
            else buttons.appoint(do, where, f"{role}.{whom}" if do is Appoint.END else role if _of_role(do) else target)
        )
        before = office.grants[who][:]
        outcome = converse(
            Profile("en", True, NOTICE, ("eeca",)), sessions[who], buttons.parse(data), world(office, who)
        )
        sessions[who] = outcome.session
        assert bool(outcome.staff) <= bool(outcome.deeds)
        for act in outcome.staff:
            _allowed(office, who, before, act)
            _apply(office, act)
        for effect in outcome.effects:
            _discreet(effect, who)


def _of_role(do: Appoint) -> bool:
    return do in (Appoint.GRANT, Appoint.LAY, Appoint.LAID)


def _next(office: Office, who: str, target: str) -> Appoint | Halt:
    one = office.waits.get(target)
    if one is None:
        return Halt.THAW if office.still else Appoint.GRANT
    if one.wish is Wish.THAW:
        return Halt.AGREE
    return Appoint.LINK if one.agreed is not None and one.by == who else Appoint.AGREE


def _allowed(office: Office, who: str, grants: list[Grant], act: rules.Act) -> None:
    """An act is one that this person may do now, whatever button it came from."""
    match act:
        case Proposed(new):
            assert may(grants, new.right, new.consultation)
            assert new.by == who
            assert new.agreed is None
            assert new.wish is Wish.THAW or new.role in STAFF
        case Agreed(now):
            assert may(grants, Right.APPOINT, now.consultation)
            assert office.waits[now.id].agreed is None
            assert who == now.agreed != now.by
            assert office.has(now.by, Right.APPOINT, now.consultation)
        case Linked(one):
            assert one.by == who
            assert one.agreed not in (None, who)
            assert rules.invite(one) == Invite(one.role, one.consultation)  # type: ignore[arg-type]  # of STAFF
            assert all(office.has(each, Right.APPOINT, one.consultation) for each in (one.by, one.agreed or Actor("")))
            assert office.frozen(one.consultation) is None
        case Ended(actor, grant) if actor == who:
            assert grant in grants or may(grants, Right.APPOINT, grant.consultation)
        case Ended(actor, grant):
            assert may(grants, Right.APPOINT, grant.consultation)
            assert grant in office.grants[actor]
            assert office.last is not None
            assert office.last.whom == actor
            assert office.last.by != who
            assert office.has(office.last.by, Right.APPOINT, grant.consultation)
        case Frozen(where):
            assert may(grants, Right.FREEZE, where)
        case Thawed(where):
            assert may(grants, Right.FREEZE, where)
            assert where in office.still
        case Dropped(wanted):
            assert may(grants, office.waits[wanted].right, office.waits[wanted].consultation)


def _apply(office: Office, act: rules.Act) -> None:
    match act:
        case Proposed(one) | Agreed(one):
            office.waits[one.id] = one
        case Dropped(wanted):
            office.last = office.waits.pop(wanted)
        case Linked(one):
            del office.waits[one.id]
        case Ended(actor, grant):
            office.grants[actor].remove(grant)
        case Frozen(where):
            office.still.setdefault(where, NOW)
        case Thawed(where):
            # Two stand behind it, and none of them alone.
            gone = office.last
            assert gone is not None
            assert (gone.wish, gone.consultation) == (Wish.THAW, where)
            assert office.has(gone.by, Right.FREEZE, where)
            del office.still[where]


def _discreet(effect: object, who: str) -> None:
    """Participants are on no screen of staff; whoever has no right there sees none of them."""
    if isinstance(effect, show.ShowPeople | show.ShowStaff | show.ShowFreezes):
        assert any(grant.role in STAFF for grant in PEOPLE[who])
    text = str(_values(effect))
    assert "e" * 16 not in text or who == "e" * 16
    assert "f" * 16 not in text or who == "f" * 16


def _values(effect: object) -> object:
    if is_dataclass(effect):
        return [_values(getattr(effect, field.name)) for field in fields(effect)]
    return [_values(one) for one in effect] if isinstance(effect, tuple) else effect


def test_the_table_is_whole_and_gives_participants_nothing() -> None:
    assert set(MATRIX) == set(Role)
    assert MATRIX[Role.PARTICIPANT] == frozenset()
    assert Role.PARTICIPANT not in STAFF
    for role, rights in MATRIX.items():
        for right in Right:
            for one in CONSULTATIONS:
                assert may([Grant(role, one.id)], right, one.id) == (right in rights)
                assert may([Grant(role, None)], right, one.id) == (right in rights)
                assert not may([Grant(role, one.id)], right, "elsewhere")
                assert not may([Grant(role, one.id)], right, None)


EVERYBODYS = {
    on.Start, on.Opened, on.ChoseLanguage, on.Decided, on.Understood, on.Joins, on.Begins, on.Continues, on.EndsGroup,
    on.WantsNews, on.Reads, on.Silences, on.Resumes, on.Cancels, on.Tidies, on.Lists, on.Keeps, on.Forgets, on.Checks,
    on.Withdraws, on.Amends, on.Signs, on.Carried, on.Replies, on.Presses, on.Speaks, on.Rewrites, on.ReadsNews,
    on.ReadsBriefing, on.Asks, on.Tells, on.ChoosesZone, on.SendsOther, on.Unknown,
}  # fmt: skip
EVERYBODYS_PLACES = {
    Place.LANGUAGE, Place.NOTICE, Place.READERS, Place.BACK, Place.CONSULTATIONS, Place.HOME, Place.DIALOGUE,
    Place.RECEIPT, Place.SIGNING, Place.ASKING, Place.ZONE, Place.REPLYING, Place.LEFT,
}  # fmt: skip


def test_every_event_and_place_is_everybodys_or_behind_a_door() -> None:
    """A new room has to be put on one of the two lists; nothing is open because somebody forgot."""
    assert set(get_args(on.Event)) == {*EVERYBODYS, *doors.EVENTS}
    assert not EVERYBODYS & set(doors.EVENTS)
    assert set(Place) == {*EVERYBODYS_PLACES, *doors.PLACES}
    assert not EVERYBODYS_PLACES & set(doors.PLACES)
    assert {*doors.EVENTS.values(), Right.APPOINT} == set(Right)


def test_the_commands_of_a_room_and_its_door_ask_for_the_same_right() -> None:
    for command in COMMANDS:
        right = doors.EVENTS.get(type(command.event("")))
        assert command.roles == (frozenset() if right is None else holders(right)), command.name


def test_a_proposal_falls_with_the_role_of_whoever_made_it() -> None:
    office, who = Office(), "b" * 16
    new = rules.Proposal(rules.ProposalId("0" * 12), Wish.GRANT, "eeca", Actor("a" * 16), Role.ORGANIZER)
    assert rules.agreed(new, Actor(who), office.grants[who], office.held()).agreed == who
    office.grants["a" * 16].clear()
    with pytest.raises(Refused, match="staff_proposer_gone"):
        rules.agreed(new, Actor(who), office.grants[who], office.held())


def test_each_sees_only_the_commands_that_are_theirs() -> None:
    seen = {role: {one.name for one in COMMANDS if may_use(one, [Grant(role, "eeca")])} for role in Role}
    public = {one.name for one in COMMANDS if not one.roles}
    assert seen[Role.PARTICIPANT] == public
    assert seen[Role.SECRETARIAT] == public | {"people", "export"}
    assert {"people", "freeze", "manage", "broadcasts"} <= seen[Role.ORGANIZER]
    assert all(one.roles <= STAFF for one in COMMANDS)
