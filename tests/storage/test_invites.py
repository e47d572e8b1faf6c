"""Invites and roles: used once a chat, kept as MACs, and vouched for row by row."""

import asyncio
import re

import pytest

from bot.core.consultations import Access, Intake
from bot.core.errors import Refused
from bot.core.invites import Changed, Revoked
from bot.core.people import ChatId, Grant, Invite, Role
from bot.core.ports import Change, Registry
from bot.core.session import Place, Session
from storage import keys
from storage.factory import Stores
from tests.storage.world import Folder, update_id

ANA, BO, CY = ChatId(7_000_000_001), ChatId(7_000_000_002), ChatId(7_000_000_003)
ORGANIZER = Invite(Role.ORGANIZER, None)


async def refused(stores: Stores, chat: ChatId, token: str) -> None:
    with pytest.raises(Refused) as raised:
        await stores.store.redeem(update_id(), chat, token)
    assert raised.value.code == "invite_unknown"
    assert stores.store.grants(chat) == ()


async def test_an_invite_gives_its_role(folder: Folder, stores: Stores) -> None:
    registry: Registry = stores.registry
    token = await registry.new_invite(ORGANIZER, 1, None)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert token.encode() not in folder.contents("work")
    assert await stores.store.redeem(update_id(), ANA, token) == ORGANIZER
    assert stores.store.grants(ANA) == (Grant(Role.ORGANIZER, None),)


async def test_the_same_chat_uses_nothing_up_and_others_find_it_used(stores: Stores) -> None:
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 2, None)
    for _ in range(3):
        await stores.store.redeem(update_id(), ANA, token)
    await stores.store.redeem(update_id(), BO, token)
    await refused(stores, CY, token)
    await stores.store.redeem(update_id(), ANA, token)
    assert stores.store.grants(BO) == (Grant(Role.PARTICIPANT, "eeca"),)


async def test_many_at_once_use_no_more_than_there_are(stores: Stores) -> None:
    token = await stores.registry.new_invite(ORGANIZER, 5, None)
    outcomes = await asyncio.gather(
        *(stores.store.redeem(update_id(), ChatId(9_000 + n), token) for n in range(40)), return_exceptions=True
    )
    assert sum(outcome == ORGANIZER for outcome in outcomes) == 5
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 35


@pytest.mark.parametrize("token", ["", "A" * 22, "\ud800", "x" * 5_000, "../../etc"])
async def test_guesses_are_refused(stores: Stores, token: str) -> None:
    await stores.registry.new_invite(ORGANIZER, 1, None)
    await refused(stores, ANA, token)


async def test_an_expired_invite_is_refused_and_then_erased(folder: Folder, stores: Stores) -> None:
    token = await stores.registry.new_invite(ORGANIZER, 3, folder.clock.time + 60)
    await stores.store.redeem(update_id(), ANA, token)
    folder.clock.time += 60
    await refused(stores, BO, token)
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM invites") == [(0,)]
    assert folder.rows("work", "SELECT count(*) FROM redemptions") == [(0,)]
    assert stores.store.grants(ANA) == (Grant(Role.ORGANIZER, None),)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invites SET role = 'secretariat'",
        "UPDATE invites SET consultation = 'eeca'",
        "UPDATE invites SET uses_left = 99",
        "UPDATE invites SET expires = NULL",
        "UPDATE invites SET role = 'tsar'",
        "UPDATE invites SET cap = 99",
        "UPDATE invites SET cap = NULL",
        "UPDATE invites SET language = 'fr'",
        "UPDATE invites SET label = x'00'",
    ],
)
async def test_a_changed_invite_is_worth_nothing(folder: Folder, stores: Stores, sql: str) -> None:
    token = await stores.registry.new_invite(ORGANIZER, 1, folder.clock.time + 3_600)
    folder.execute("work", sql)
    await refused(stores, ANA, token)
    assert folder.log.events == ["row_not_vouched"]


async def test_a_role_written_into_the_file_is_worth_nothing(folder: Folder, stores: Stores) -> None:
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 9, None)
    await stores.store.redeem(update_id(), ANA, token)
    await stores.store.redeem(update_id(), BO, token)
    assert len(stores.store.grants(ANA)) == 1
    for sql in (
        "UPDATE roles SET role = 'secretariat'",
        "UPDATE roles SET role = 'participant', consultation = ''",
        "UPDATE roles SET role = 'tsar'",
    ):
        folder.execute("work", sql)
        assert stores.store.grants(ANA) == ()
    assert folder.log.events == ["row_not_vouched"] * 3
    # Another's role, copied under one's own tag, does not verify either.
    folder.execute("work", "UPDATE roles SET role = 'participant', consultation = 'eeca'")
    (tag, mine), (_, theirs) = folder.rows("work", "SELECT tag, vouched FROM roles")
    assert mine != theirs
    folder.execute("work", "UPDATE roles SET vouched = ? WHERE tag = ?", (theirs, tag))
    assert len(stores.store.grants(ANA)) + len(stores.store.grants(BO)) == 1


async def test_forgetting_gives_no_second_use_of_an_invite(folder: Folder, stores: Stores) -> None:
    token = await stores.registry.new_invite(ORGANIZER, 2, None)
    await stores.store.redeem(update_id(), ANA, token)
    await stores.store.forget(update_id(), ANA)
    assert stores.store.grants(ANA) == ()
    await stores.store.redeem(update_id(), ANA, token)
    await stores.store.redeem(update_id(), BO, token)
    # Once nobody can use it any more, nothing says who did and was forgotten.
    await stores.store.forget(update_id(), BO)
    assert len(folder.rows("work", "SELECT 1 FROM redemptions")) == 1
    await refused(stores, BO, token)


async def test_what_organizers_see_of_an_invite_is_kept_locked(folder: Folder, stores: Stores) -> None:
    invite = Invite(Role.PARTICIPANT, "eeca", "ar")
    token = await stores.registry.new_invite(invite, 7, folder.clock.time + 60, "network north")
    await stores.store.redeem(update_id(), ANA, token)
    assert b"network north" not in folder.contents("work")
    (kept,) = stores.registry.invites()
    assert (kept.invite, kept.cap, kept.used, kept.label) == (invite, 7, 1, "network north")
    assert stores.store.invites.named(kept.id) == kept
    assert stores.store.invites.invites(("wca",)) == ()
    assert stores.store.invite(BO, token) == invite
    # Moved to another row it does not open.
    other = await stores.registry.new_invite(invite, 7, None, "network south")
    folder.execute("work", "UPDATE invites SET label = (SELECT label FROM invites WHERE expires IS NOT NULL)")
    assert [one.label for one in stores.registry.invites()] == ["network north"]
    await refused(stores, CY, other)
    folder.clock.time += 60
    assert stores.registry.invites() == ()


async def test_more_people_another_end_and_an_end_at_once(folder: Folder, stores: Stores) -> None:
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 1, folder.clock.time + 60)
    await stores.store.redeem(update_id(), ANA, token)
    await refused(stores, BO, token)
    (kept,) = stores.registry.invites()
    later = Changed(kept.id, 1, folder.clock.time + 120)
    change = Change(update_id(), CY, Session(CY, Place.HOME), invites=(later,))
    await stores.store.commit(change)
    await stores.store.commit(change)  # the same update again
    (after,) = stores.registry.invites()
    assert (after.cap, after.left, after.expires) == (2, 1, folder.clock.time + 120)
    folder.clock.time += 61
    await stores.store.redeem(update_id(), BO, token)
    (late,) = stores.store.invites.seal([Changed(kept.id, 1)])
    await stores.registry.revoke(kept.id)
    with pytest.raises(Refused):  # revoked by somebody else between the look and the change
        await stores.store.invites._table.act(late)
    assert stores.registry.invites() == ()
    assert len(stores.store.grants(ANA)) == len(stores.store.grants(BO)) == 1
    await refused(stores, CY, token)
    update = update_id()
    with pytest.raises(Refused) as raised:
        await stores.store.commit(Change(update, CY, Session(CY, Place.HOME), invites=(Revoked(kept.id),)))
    assert raised.value.code == "invite_gone"
    assert not stores.store.handled(update)


async def test_an_invite_of_before_still_lets_people_in(folder: Folder, stores: Stores) -> None:
    """Rows of an older version have no cap, and a MAC of their own form."""
    token, tags = "A" * 22, keys.load(folder.path).tags
    mac, invite = tags.invite(token), Invite(Role.PARTICIPANT, "eeca")
    folder.execute(
        "work",
        "INSERT INTO invites (mac, role, consultation, uses_left, expires, vouched) VALUES (?, ?, ?, 2, NULL, ?)",
        (mac, "participant", "eeca", tags.invite_check(mac, invite, 2, None)),
    )  # fmt: skip
    await stores.store.redeem(update_id(), ANA, token)
    (kept,) = stores.registry.invites()
    assert (kept.cap, kept.left, kept.used) == (None, 1, None)


async def test_an_intake_opens_and_closes_for_another_process_too(folder: Folder, stores: Stores) -> None:
    intake = Intake(open=True, until=folder.clock.time + 5.5, access=Access.INVITE)
    async with folder.open() as operator:
        await operator.registry.set_intake("eeca", intake)
    assert stores.store.intake("eeca") == intake
    assert stores.store.intake("wca") == Intake()
    async with folder.open() as operator:
        await operator.registry.set_intake("eeca", Intake())
    assert stores.store.intake("eeca") == Intake()
