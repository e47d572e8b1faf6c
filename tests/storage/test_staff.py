"""Roles are those that were given, all of them and no other; what stands still keeps drafts, and proposals end."""

from collections.abc import Sequence

import pytest

from bot.core.errors import Outdated, Refused
from bot.core.people import ChatId, Grant, Invite, Role
from bot.core.ports import Change
from bot.core.session import Place, Session
from bot.core.staff import Act, Agreed, Ended, Frozen, Linked, Proposal, ProposalId, Proposed, Thawed, Wish, token_of
from storage.factory import Stores
from tests.storage.test_holdings import draft
from tests.storage.world import Folder, update_id

ANA, BO, CY = ChatId(7_000_000_001), ChatId(7_000_000_002), ChatId(7_000_000_003)
EECA = Grant(Role.ORGANIZER, "eeca")
HOUR, DAY = 3_600, 86_400


async def appoint(stores: Stores, *chats: ChatId) -> None:
    for chat in chats:
        token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
        await stores.store.redeem(update_id(), chat, token)


async def does(stores: Stores, chat: ChatId, *acts: Act) -> None:
    await stores.store.commit(Change(update_id(), chat, Session(chat, Place.HOME), staff=acts))


@pytest.mark.parametrize(
    "faults",
    [
        ("DELETE FROM roles WHERE tag = (SELECT min(tag) FROM roles)",),
        (
            "CREATE TABLE kept AS SELECT * FROM roles WHERE tag = (SELECT min(tag) FROM roles)",
            "END",
            "INSERT INTO roles SELECT * FROM kept",
        ),
        ("UPDATE roles SET since = since - 1 WHERE tag = (SELECT min(tag) FROM roles)",),
        ("UPDATE roles SET consultation = '' WHERE tag = (SELECT min(tag) FROM roles)",),
        ("UPDATE roles SET role = 'secretariat' WHERE tag = (SELECT min(tag) FROM roles)",),
        ("UPDATE roles SET route = x'00' WHERE tag = (SELECT min(tag) FROM roles)",),
        ("UPDATE roster SET version = version + 1",),
        ("DELETE FROM roster",),
        ("INSERT INTO roles SELECT tag, role, 'mena', vouched, since, route FROM roles LIMIT 1",),
    ],
)  # fmt: skip
async def test_whatever_somebody_else_did_to_the_roles_nobody_has_one(
    folder: Folder, stores: Stores, faults: Sequence[str]
) -> None:
    await appoint(stores, ANA, BO)
    assert stores.store.grants(ANA) == (EECA,)
    for fault in faults:
        if fault != "END":
            folder.execute("work", fault)
            continue
        # A role that was ended, put back as it was.
        (tag,) = folder.rows("work", "SELECT tag FROM kept")[0]
        ended = next(chat for chat in (ANA, BO) if stores.outbox.actor(chat) == tag[:8].hex())
        await stores.store.operate(Ended(stores.outbox.actor(ended), EECA))
    assert [stores.store.grants(chat) for chat in (ANA, BO)] == [(), ()]
    assert stores.store.staff.held() == ()
    assert not stores.store.staff.whole
    assert {"roster_broken", "row_not_vouched"} & set(folder.log.events)
    # No new role either, until the operator has ended them all.
    token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 1, None)
    assert stores.store.invite(CY, token) is None
    with pytest.raises(Refused, match="roster_broken"):
        await stores.store.redeem(update_id(), CY, token)
    await stores.store.staff.end_all()
    assert stores.store.staff.whole
    await stores.store.redeem(update_id(), CY, token)
    assert stores.store.grants(CY) == (EECA,)


async def test_leaving_and_taking_part_keep_the_roster_whole(stores: Stores) -> None:
    await appoint(stores, ANA, BO)
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 5, None)
    await stores.store.redeem(update_id(), CY, token)
    await stores.store.forget(update_id(), ANA)
    assert stores.store.grants(BO) == (EECA,)
    assert stores.store.grants(CY) == (Grant(Role.PARTICIPANT, "eeca"),)
    assert [one.actor for one in stores.store.staff.held()] == [stores.outbox.actor(BO)]


async def test_a_role_ends_for_another_process_at_once_and_is_told_once(folder: Folder, stores: Stores) -> None:
    await appoint(stores, ANA, BO)
    async with folder.open() as operator:
        await operator.store.operate(Ended(operator.outbox.actor(ANA), EECA))
        with pytest.raises(Refused, match="role_unknown"):
            await operator.store.operate(Ended(operator.outbox.actor(ANA), EECA))
    assert stores.store.grants(ANA) == ()
    assert stores.store.staff.errands() == [(ANA, "ended")]
    await stores.store.staff.told(ANA, "ended")
    assert stores.store.staff.errands() == []


async def test_a_proposal_is_agreed_to_once_and_its_link_holds_once(folder: Folder, stores: Stores) -> None:
    await appoint(stores, ANA, BO)
    by, agreed = stores.outbox.actor(ANA), stores.outbox.actor(BO)
    new = Proposal(ProposalId("0" * 12), Wish.GRANT, "eeca", by, Role.ORGANIZER)
    await does(stores, ANA, Proposed(new))
    done = Proposal(new.id, new.wish, new.consultation, by, new.role, agreed=agreed)
    await does(stores, BO, Agreed(done))
    assert stores.store.staff.proposals() == (done,)
    assert stores.store.staff.errands() == [(ANA, "agreed")]
    token = token_of(folder.chance.hex(16))
    await does(stores, ANA, Linked(done, token, folder.clock.time + DAY))
    with pytest.raises(Outdated, match="staff_meanwhile"):
        await does(stores, ANA, Linked(done, token_of(folder.chance.hex(16)), folder.clock.time + DAY))
    assert folder.rows("work", "SELECT count(*) FROM invites WHERE uses_left > 0") == [(1,)]
    await stores.store.redeem(update_id(), CY, token)
    assert stores.store.grants(CY) == (EECA,)


async def test_a_proposal_that_was_changed_or_is_old_is_none(folder: Folder, stores: Stores) -> None:
    await appoint(stores, ANA)
    actor = stores.outbox.actor(ANA)
    for name in ("0" * 12, "1" * 12):
        await does(stores, ANA, Proposed(Proposal(ProposalId(name), Wish.GRANT, "eeca", actor, Role.SECRETARIAT)))
    folder.execute("work", f"UPDATE proposals SET sealed = (SELECT sealed FROM proposals WHERE id = '{'1' * 12}')")
    assert [one.id for one in stores.store.staff.proposals()] == ["1" * 12]
    folder.clock.time += 26 * HOUR
    assert stores.store.staff.proposals() == ()
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM proposals") == [(0,)]


async def begun(stores: Stores, chat: ChatId) -> None:
    await stores.store.commit(Change(update_id(), chat, Session(chat, Place.DIALOGUE, draft=draft("phase"))))


async def test_drafts_live_on_while_their_consultation_stands_still(folder: Folder, stores: Stores) -> None:
    await begun(stores, ANA)
    folder.clock.time += 20 * HOUR
    async with folder.open() as operator:
        await operator.store.operate(Frozen("eeca"))
    folder.clock.time += 5 * DAY
    await stores.expire()
    kept = stores.store.session(ANA)
    assert kept is not None
    assert kept.draft is not None
    assert stores.store.unfinished() == []
    async with folder.open() as operator:
        await operator.store.operate(Thawed("eeca"))
    # What was left of its life is left now.
    folder.clock.time += 3 * HOUR
    await stores.expire()
    assert stores.store.session(ANA) is not None
    folder.clock.time += 3 * HOUR
    assert stores.store.session(ANA) is None
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM sessions") == [(0,)]


async def test_other_drafts_run_out_and_none_is_kept_for_ever(folder: Folder, stores: Stores) -> None:
    await begun(stores, ANA)
    await stores.store.operate(Frozen("mena"))
    folder.clock.time += 26 * HOUR
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM sessions") == [(0,)]
    await begun(stores, BO)
    await stores.store.operate(Frozen(None))
    folder.clock.time += 29 * DAY
    await stores.expire()
    assert stores.store.session(BO) is not None
    folder.clock.time += 2 * DAY
    await stores.expire()
    assert stores.store.session(BO) is None
    assert folder.rows("work", "SELECT count(*) FROM sessions") == [(0,)]


async def test_a_stop_is_on_disk_and_goes_by_what_stopped(folder: Folder, stores: Stores) -> None:
    await stores.store.operate(Frozen("eeca"))
    await stores.store.operate(Frozen(None))
    async with folder.open() as other:
        assert other.store.staff.frozen("mena") is not None
        await other.store.operate(Thawed(None))
    assert stores.store.staff.frozen("mena") is None
    assert stores.store.staff.frozen("eeca") is not None
    with pytest.raises(Outdated, match="staff_meanwhile"):
        await stores.store.operate(Thawed(None))
