"""Roles, who vouches for them, what staff propose to one another, and what stands still. Sealed, or vouched for.

Each role has a keyed MAC over its whole row, and all roles of staff together have one over every row and a number that
only grows. Where that does not hold, a role was added, dropped or put back by somebody else: then nobody has a role of
staff any more, until the operator has ended them all and given new ones. Not here: SQL (`storage.sqlite.staff`), which
role may do what (`bot.core.rights`), the rules of proposals (`bot.core.staff`).
"""

import hmac
import json
import math
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter, ValidationError

from bot.core import staff as acts
from bot.core.errors import Corrupt, Refused
from bot.core.outbox import Actor
from bot.core.people import ChatId, Grant, Role
from bot.core.ports import Clock, Log
from bot.core.rights import STAFF, Right, anywhere
from bot.core.staff import FROZEN_DAYS, KEPT_HOURS, Held, Proposal, ProposalId
from storage import retention
from storage.keys import Keys
from storage.records import InviteRow, ProposalRow, RoleRow, Roster, SealedStaffAct
from storage.sqlite.staff import StaffTable
from storage.tags import Tag, Tags

_PROPOSAL = TypeAdapter(Proposal)
_ACTOR_BYTES = 8


class Vouching:
    """The keyed MACs over roles (`storage.sqlite.staff.Vouch`)."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags

    def grant(self, row: RoleRow) -> Grant | None:
        """The role of a row; None when nobody vouches for it."""
        try:
            grant = Grant(Role(row.role), row.consultation)
        except ValueError:
            return None
        if (grant.role in STAFF) != (row.route is not None):
            return None
        return grant if hmac.compare_digest(row.vouched, self._check(row, grant)) else None

    def holds(self, rows: Sequence[RoleRow], roster: Roster | None) -> bool:
        """Whether these are the roles that were kept last, all of them and no other."""
        if roster is None:
            return not rows
        if any(self.grant(row) is None for row in rows):
            return False
        return hmac.compare_digest(roster.vouched, self._roster(roster.version, rows))

    def after(self, rows: Sequence[RoleRow], roster: Roster | None) -> Roster:
        """The roster of these roles, following another one."""
        version = 1 + (0 if roster is None else roster.version)
        return Roster(version, self._roster(version, rows))

    def _check(self, row: RoleRow, grant: Grant) -> Tag:
        return self._tags.role_check(row.tag, grant, row.since, row.route)

    def _roster(self, version: int, rows: Sequence[RoleRow]) -> Tag:
        return self._tags.roster_check(version, sorted(row.vouched for row in rows))


class SealedStaff:
    """The port `Staff`, and what `SealedStore` needs to keep it."""

    def __init__(self, table: StaffTable, keys: Keys, clock: Clock, log: Log) -> None:
        self._table = table
        self._keys = keys
        self._clock = clock
        self._log = log
        self.vouching = Vouching(keys.tags)

    # Roles

    def grants(self, chat: ChatId) -> tuple[Grant, ...]:
        """Roles this person holds. Rows that nobody vouches for are left out and alarmed."""
        found = [self._believed(row) for row in self._table.roles(self._keys.tags.role(chat))]
        grants = [grant for grant in found if grant is not None]
        if any(grant.role in STAFF for grant in grants) and not self.whole:
            self._log.event("roster_broken")
            return tuple(grant for grant in grants if grant.role not in STAFF)
        return tuple(grants)

    @property
    def whole(self) -> bool:
        """Whether the roles of staff are those that were kept last, all of them and no other."""
        return self.vouching.holds(*self._table.staff())

    def held(self) -> tuple[Held, ...]:
        """Every role of staff there is, the longest held first; none while the roster does not hold."""
        rows, roster = self._table.staff()
        if not self.vouching.holds(rows, roster):
            self._log.event("roster_broken")
            return ()
        found = [(row, grant) for row in rows if (grant := self.vouching.grant(row)) is not None]
        held = [Held(_actor(row.tag), grant, retention.iso_day(row.since)) for row, grant in found]
        return tuple(sorted(held, key=lambda one: (one.since, one.actor, one.grant.role, one.grant.consultation or "")))

    def has(self, actor: Actor, right: Right, consultation: str | None) -> bool:
        """Whether somebody, known by their tag, has a right now."""
        return acts.has(self.held(), actor, right, consultation)

    def row(self, chat: ChatId, grant: Grant) -> RoleRow:
        """A role that this chat is to have."""
        tag = self._keys.tags.role(chat)
        since, route = 0, None
        if grant.role in STAFF:
            since, route = retention.day(self._clock.now()), self._route(chat, _role_place(tag))
        vouched = self._keys.tags.role_check(tag, grant, since, route)
        return RoleRow(tag, grant.role.value, grant.consultation, vouched, since, route)

    def _believed(self, row: RoleRow) -> Grant | None:
        grant = self.vouching.grant(row)
        if grant is None:
            self._log.event("row_not_vouched")
        return grant

    # Proposals

    def proposals(self) -> tuple[Proposal, ...]:
        """All that wait."""
        found = (self._proposal(row) for row in self._table.proposals(self._clock.now()))
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.id))

    def _proposal(self, row: ProposalRow) -> Proposal | None:
        try:
            return _PROPOSAL.validate_json(self._keys.working.open(row.sealed, _place(row.id)))
        except (Corrupt, ValidationError):
            # Not passed on: pydantic's message would repeat what is in it.
            self._log.event("row_unreadable")
            return None

    # What stands still

    def frozen(self, consultation: str | None) -> float | None:
        """Since when a consultation stands still (None: everything); None while it does not."""
        freezes = self._table.freezes()
        since = [freezes[scope] for scope in {"", consultation or ""} if scope in freezes]
        return min(since, default=None)

    def freezes(self) -> dict[str | None, float]:
        """Everything that stands still, each since when."""
        return {scope or None: float(since) for scope, since in self._table.freezes().items()}

    def horizon(self, now: float) -> float:
        """The oldest end of a draft's life that a freeze may have put off."""
        return max(min([now, *self._table.freezes().values()]), now - FROZEN_DAYS * retention.DAY)

    # Telling

    def errands(self) -> list[tuple[ChatId, str]]:
        """Chats that are to be told something: `ended`, `menu` (only its commands are to go), `agreed`."""
        found = []
        for tag, kind, route in self._table.errands():
            place = _proposer_place(tag) if kind == "agreed" else _role_place(tag)
            if (chat := self._chat(route, place)) is not None:
                found.append((chat, kind))
        return found

    def chats(self) -> list[ChatId]:
        """Everybody who has a role of staff, as far as it can be read."""
        rows, _ = self._table.staff()
        found = (self._chat(row.route, _role_place(row.tag)) for row in rows if row.route is not None)
        return [chat for chat in found if chat is not None]

    def _chat(self, route: bytes, place: bytes) -> ChatId | None:
        try:
            return ChatId(int(json.loads(self._keys.working.open(route, place))))
        except (Corrupt, ValueError, TypeError):
            self._log.event("row_unreadable")
            return None

    async def told(self, chat: ChatId, kind: str) -> None:
        """This chat was told."""
        tag = self._keys.tags.role(chat)
        over = kind != "agreed" and not anywhere(self.grants(chat), Right.ANSWER)
        await self._table.clear(tag, kind, self._keys.tags.duty(chat) if over else None)

    # Changes

    async def act(self, act: acts.Act, longer: Sequence[tuple[Tag, int, int]] = ()) -> None:
        """One act of the operator. Raises Refused `roster_broken`, Outdated `staff_meanwhile`."""
        await self._table.act(self._sealed(None, act, longer), self.vouching)

    async def end_all(self) -> int:
        """Take every role of staff away, whoever vouches for it; how many."""
        return await self._table.end_all(self.vouching)

    def seal(
        self, chat: ChatId, done: Iterable[acts.Act], longer: Sequence[tuple[Tag, int, int]]
    ) -> list[SealedStaffAct]:
        """What an update of this chat does, sealed."""
        return [self._sealed(chat, act, longer) for act in done]

    def _sealed(self, chat: ChatId | None, act: acts.Act, longer: Sequence[tuple[Tag, int, int]]) -> SealedStaffAct:
        now = self._clock.now()
        match act:
            case acts.Proposed() if chat is not None:
                return SealedStaffAct(proposal=self._proposal_row(chat, act.proposal))
            case acts.Agreed():
                proposal = self._proposal_row(None, act.proposal)
                return SealedStaffAct(proposal=proposal, changes=True, tells=self._tag_of(act.proposal.by))
            case acts.Dropped():
                return SealedStaffAct(drops=act.proposal)
            case acts.Linked():
                return SealedStaffAct(drops=act.proposal.id, invite=self._invite(act))
            case acts.Ended():
                row = self._row_of(act)
                return SealedStaffAct(ends=row, own=chat is not None and self._keys.tags.role(chat) == row.tag)
            case acts.Frozen():
                return SealedStaffAct(freezes=act.consultation or "", since=math.floor(now))
            case acts.Thawed():
                return SealedStaffAct(thaws=act.consultation or "", longer=longer)
        raise Refused("staff_not_yours")

    def _proposal_row(self, chat: ChatId | None, proposal: Proposal) -> ProposalRow:
        expires = math.ceil((self._clock.now() + KEPT_HOURS * retention.HOUR) / retention.HOUR) * retention.HOUR
        sealed = self._keys.working.seal(_PROPOSAL.dump_json(proposal), _place(proposal.id))
        if chat is None:  # it is there: whose it is stays
            return ProposalRow(proposal.id, Tag(b""), b"", expires, sealed)
        route = self._route(chat, _proposer_place(self._keys.tags.role(chat)))
        return ProposalRow(proposal.id, self._keys.tags.proposer(chat), route, expires, sealed)

    def _invite(self, act: acts.Linked) -> InviteRow:
        invite = acts.invite(act.proposal)
        mac = self._keys.tags.invite(act.token)
        vouched = self._keys.tags.invite_check(mac, invite, 1, act.expires)
        return InviteRow(mac, invite.role.value, invite.consultation, 1, act.expires, vouched)

    def _tag_of(self, actor: Actor) -> Tag:
        """The whole tag of somebody with a role. Raises Refused `staff_proposer_gone`."""
        rows, _ = self._table.staff()
        found = next((row.tag for row in rows if _actor(row.tag) == actor), None)
        if found is None:
            raise Refused("staff_proposer_gone")
        return found

    def _row_of(self, act: acts.Ended) -> RoleRow:
        """Raises Refused `role_unknown`."""
        rows, _ = self._table.staff()
        for row in rows:
            if _actor(row.tag) == act.actor and Grant(Role(row.role), row.consultation) == act.grant:
                return row
        raise Refused("role_unknown")

    def _route(self, chat: ChatId, place: bytes) -> bytes:
        return self._keys.working.seal(json.dumps(chat).encode(), place)


def _actor(tag: Tag) -> Actor:
    return Actor(tag[:_ACTOR_BYTES].hex())


def _place(proposal: str) -> bytes:
    return b"work/proposal:" + ProposalId(proposal).encode()


def _role_place(tag: Tag) -> bytes:
    return b"work/role-route:" + tag


def _proposer_place(tag: Tag) -> bytes:
    return b"work/proposal-route:" + tag
