"""Codes kept as MACs, for a day; what is decided by them, vouched for; and nothing that leads to anybody."""

import pytest

from bot.core.admission import DIGITS, Admission, Code, Found, Membership, NewCode, code_of
from bot.core.consultations import Intake
from bot.core.errors import Refused
from bot.core.people import ChatId, Invite, Profile, Role
from bot.core.ports import Change
from bot.core.session import Place, Session
from storage.factory import Stores
from tests.storage.world import Folder, update_id

ANA, BO, RUNNER = ChatId(7_000_000_001), ChatId(7_000_000_002), ChatId(7_000_000_003)
HOUR = 3600
IN, PAUSED, OUT = Membership.ADMITTED, Membership.SUSPENDED, Membership.REMOVED


async def new_code(folder: Folder, stores: Stores, chat: ChatId) -> Code:
    code = code_of(folder.chance.digits(DIGITS))
    await stores.store.commit(Change(update_id(), chat, Session(chat, Place.HOME), code=NewCode(code)))
    return code


async def decide(stores: Stores, code: Code, state: Membership, consultation: str = "eeca") -> None:
    session = Session(RUNNER, Place.HOME)
    await stores.store.commit(Change(update_id(), RUNNER, session, admission=Admission(code, consultation, state)))


async def test_a_code_leads_to_one_chat_until_it_ends(folder: Folder, stores: Stores) -> None:
    admissions = stores.store.admissions
    first = await new_code(folder, stores, ANA)
    assert first.encode() not in folder.contents("work")
    assert str(ANA).encode() not in folder.contents("work")
    assert admissions.chat(first) == ANA
    second = await new_code(folder, stores, ANA)
    assert (admissions.chat(first), admissions.chat(second)) == (None, ANA)
    until = admissions.until(ANA)
    assert until is not None
    assert until % HOUR == 0
    assert 24 * HOUR <= until - folder.clock.time <= 25 * HOUR
    folder.clock.time = until
    assert admissions.chat(second) is None
    assert admissions.until(ANA) is None
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM codes") == [(0,)]


async def test_who_ends_a_code_or_leaves_has_none(folder: Folder, stores: Stores) -> None:
    code = await new_code(folder, stores, ANA)
    await stores.store.commit(Change(update_id(), ANA, Session(ANA, Place.HOME), code=NewCode(None)))
    assert stores.store.admissions.chat(code) is None
    code = await new_code(folder, stores, ANA)
    await decide(stores, code, PAUSED)
    await stores.store.forget(update_id(), ANA)
    assert stores.store.admissions.chat(code) is None
    assert stores.store.admissions.memberships(ANA) == {}


async def test_what_is_decided_holds_in_that_consultation_and_is_told_once(folder: Folder, stores: Stores) -> None:
    admissions = stores.store.admissions
    code = await new_code(folder, stores, ANA)
    assert admissions.found(code, "eeca") == Found(None, invited=False)
    for state in (IN, PAUSED, OUT, IN):
        await decide(stores, code, state)
        assert admissions.found(code, "eeca") == Found(state, invited=False)
        assert admissions.untold(ANA) == ("eeca",)
        told = Change(update_id(), ANA, Session(ANA, Place.HOME), told=("eeca",))
        await stores.store.commit(told)
        assert admissions.untold(ANA) == ()
    assert admissions.found(code, "mena") == Found(None, invited=False)
    assert (admissions.memberships(BO), admissions.memberships(RUNNER)) == ({}, {})


async def test_by_a_code_that_ended_nothing_is_decided(folder: Folder, stores: Stores) -> None:
    code = await new_code(folder, stores, ANA)
    await new_code(folder, stores, ANA)
    with pytest.raises(Refused) as raised:
        await decide(stores, code, OUT)
    assert raised.value.code == "code_unknown"
    assert stores.store.admissions.memberships(ANA) == {}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE memberships SET state = 'admitted'",
        "UPDATE memberships SET state = 'king'",
        "UPDATE memberships SET consultation = 'mena'",
        "UPDATE memberships SET expires = expires + 86400",
    ],
)
async def test_a_changed_decision_is_worth_nothing(folder: Folder, stores: Stores, sql: str) -> None:
    await decide(stores, await new_code(folder, stores, ANA), OUT)
    folder.execute("work", sql)
    assert stores.store.admissions.memberships(ANA) == {}
    assert folder.log.events == ["row_not_vouched"]


async def test_who_is_removed_gets_no_news_whatever_was_under_way(folder: Folder, stores: Stores) -> None:
    profile = Profile("ru", True, "1", ("wca", "eeca"), ("wca", "eeca"))
    await stores.store.keep_profile(ANA, profile)
    code = await new_code(folder, stores, ANA)
    await decide(stores, code, OUT)
    assert folder.rows("contacts", "SELECT consultation FROM contacts") == [("wca",)]
    # A turn of theirs that began before writes their wishes once more.
    await stores.store.keep_profile(ANA, profile)
    assert folder.rows("contacts", "SELECT consultation FROM contacts") == [("wca",)]


async def test_who_is_kept_out_does_not_come_in_by_the_same_invite_even_forgotten(
    stores: Stores, folder: Folder
) -> None:
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 5, folder.clock.time + 9 * HOUR)
    await stores.store.redeem(update_id(), ANA, token)
    code = await new_code(folder, stores, ANA)
    await decide(stores, code, OUT)
    assert stores.store.invite(ANA, token) is None
    assert stores.store.invite(BO, token) is not None
    await decide(stores, code, IN)
    assert stores.store.invite(ANA, token) is not None
    await decide(stores, code, PAUSED)
    await stores.store.forget(update_id(), ANA)
    with pytest.raises(Refused):
        await stores.store.redeem(update_id(), ANA, token)


async def test_decisions_go_some_time_after_their_consultation(folder: Folder, stores: Stores) -> None:
    await stores.registry.set_intake("eeca", Intake(open=True, until=folder.clock.time + HOUR))
    await decide(stores, await new_code(folder, stores, ANA), PAUSED)
    folder.clock.time += 20 * 24 * HOUR
    await stores.expire()
    assert stores.store.admissions.memberships(ANA) == {"eeca": PAUSED}
    folder.clock.time += 13 * 24 * HOUR
    await stores.expire()
    assert folder.rows("work", "SELECT count(*) FROM memberships") == [(0,)]
