"""Everything kept has a time after which it is gone, and not before."""

import pytest

from bot.core.consultations import Access, Intake
from bot.core.people import ChatId, Invite, Profile, Role
from bot.core.ports import Change
from bot.core.rights import STAFF
from bot.core.session import View
from bot.core.staff import Ended
from storage import recent, retention
from storage.factory import Stores
from storage.recent import Recent
from tests.storage.world import Folder, SetClock, answered, at, contribute, update_id

ANA = ChatId(7_000_000_001)
HOUR, DAY = retention.HOUR, retention.DAY


async def count_after(folder: Folder, stores: Stores, hours: float, store: str, table: str) -> int:
    folder.clock.time += hours * HOUR
    await stores.expire()
    ((count,),) = folder.rows(store, f"SELECT count(*) FROM {table}")
    return int(count)


async def test_a_draft_is_gone_a_day_after_its_last_change(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(answered(ANA, "one"))
    folder.clock.time += 20 * HOUR
    await stores.store.commit(answered(ANA, "two"))
    assert await count_after(folder, stores, 23.9, "work", "parts") == 2
    assert stores.store.session(ANA) is not None
    folder.clock.time += 1.1 * HOUR
    # Gone for the reader at once, from the file with the next round.
    assert stores.store.session(ANA) is None
    assert stores.store.view(ANA) is None
    assert stores.store.owed() == []
    assert await count_after(folder, stores, 0, "work", "parts") == 0
    assert folder.rows("work", "SELECT count(*) FROM sessions") == [(0,)]


async def test_the_life_of_a_draft_is_a_setting(folder: Folder) -> None:
    async with folder.open(draft_hours=2) as stores:
        await stores.store.commit(Change(update_id(), ANA, at(ANA)))
        assert await count_after(folder, stores, 1.9, "work", "sessions") == 1
        assert await count_after(folder, stores, 1.1, "work", "sessions") == 0


async def test_memory_keeps_no_draft_beyond_its_time(folder: Folder) -> None:
    folder.clock.time = retention.draft_expires(folder.clock.time, 0) - 600
    async with folder.open(draft_hours=0.1) as stores:
        await stores.store.commit(Change(update_id(), ANA, at(ANA), view=View(anchor=1)))
        folder.clock.time += 599
        assert stores.store.session(ANA) == at(ANA)
        folder.clock.time += 1
        assert stores.store.session(ANA) is None
        assert stores.store.view(ANA) is None


async def test_what_was_handed_in_does_not_expire(folder: Folder, stores: Stores) -> None:
    await contribute(stores, ANA)
    assert await count_after(folder, stores, 1_000, "work", "submissions") == 1
    assert await stores.vault.move() == 1


@pytest.mark.parametrize("start", range(0, 24, 5))
async def test_update_ids_are_kept_for_a_day_at_least_and_two_at_most(
    folder: Folder, stores: Stores, start: int
) -> None:
    folder.clock.time += start * HOUR
    change = Change(update_id(), ANA, None)
    await stores.store.commit(change)
    assert await count_after(folder, stores, 24, "work", "updates") == 1
    assert stores.store.handled(change.update)
    assert await count_after(folder, stores, 24, "work", "updates") == 0


async def test_set_aside_updates_go_after_two_weeks(folder: Folder, stores: Stores) -> None:
    await stores.store.set_aside(update_id(), b"{}")
    assert await count_after(folder, stores, 12 * 24, "work", "aside") == 1
    assert await count_after(folder, stores, 2 * 24, "work", "aside") == 0


async def test_a_profile_that_joined_nothing_is_gone_after_forty_hours(folder: Folder, stores: Stores) -> None:
    await stores.store.keep_profile(ANA, Profile("en"))
    assert await count_after(folder, stores, 39.9, "contacts", "people") == 1
    assert stores.store.profile(ANA) is not None
    assert await count_after(folder, stores, 1.1, "contacts", "people") == 0
    assert stores.store.profile(ANA) is None


@pytest.mark.parametrize("role", sorted(STAFF))
async def test_a_profile_of_somebody_with_a_role_stays_as_long_as_the_role(
    folder: Folder, stores: Stores, role: Role
) -> None:
    token = await stores.registry.new_invite(Invite(role, None), 1, None)
    await stores.store.redeem(update_id(), ANA, token)
    await stores.store.keep_profile(ANA, Profile("ru", language_chosen=True))
    for _ in range(50):
        assert await count_after(folder, stores, 39.9, "contacts", "people") == 1
        assert stores.store.profile(ANA) == Profile("ru", language_chosen=True)
    (held,) = stores.store.staff.held()
    await stores.store.operate(Ended(held.actor, held.grant))
    assert await count_after(folder, stores, 41, "contacts", "people") == 0


async def test_profiles_and_contacts_stay_until_a_month_after_the_end(folder: Folder, stores: Stores) -> None:
    until = folder.clock.time + 10 * DAY
    await stores.registry.set_intake("eeca", Intake(True, until, Access.OPEN))
    await stores.store.keep_profile(ANA, Profile("en", joined=("eeca",), news=("eeca",)))
    for table in ("people", "contacts"):
        assert await count_after(folder, stores, 0, "contacts", table) == 1
    assert await count_after(folder, stores, 39 * 24, "contacts", "people") == 1
    assert await count_after(folder, stores, 0, "contacts", "contacts") == 1
    assert await count_after(folder, stores, 2 * 24, "contacts", "people") == 0
    assert folder.rows("contacts", "SELECT count(*) FROM contacts") == [(0,)]


async def test_a_prolonged_intake_keeps_them_for_longer(folder: Folder, stores: Stores) -> None:
    await stores.registry.set_intake("eeca", Intake(True, folder.clock.time + DAY))
    await stores.store.keep_profile(ANA, Profile("en", joined=("eeca",), news=("eeca",)))
    await stores.registry.set_intake("eeca", Intake(True, folder.clock.time + 100 * DAY))
    assert await count_after(folder, stores, 60 * 24, "contacts", "people") == 1
    assert await count_after(folder, stores, 0, "contacts", "contacts") == 1
    assert stores.store.profile(ANA) is not None
    assert await count_after(folder, stores, 72 * 24, "contacts", "people") == 0
    assert await count_after(folder, stores, 0, "contacts", "contacts") == 0


async def test_memory_forgets_too(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(Change(update_id(), ANA, at(ANA)))
    await stores.store.keep_profile(ANA, Profile("en"))
    kept = (stores.store._sessions, stores.store._profiles)
    assert [len(one) for one in kept] == [1, 1]
    folder.clock.time += recent.IDLE_S
    await stores.expire()
    assert [len(one) for one in kept] == [0, 0]
    assert stores.store.session(ANA) == at(ANA)


def test_recent_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "LIMIT", 3)
    clock = SetClock()
    kept: Recent[int, str] = Recent(clock)
    for number in range(3):
        kept.put(number, str(number))
        clock.time += 60
    assert kept.get(0) == "0"
    kept.put(3, "3")
    assert [kept.get(number) for number in range(4)] == ["0", None, "2", "3"]
    clock.time += recent.IDLE_S - 1
    assert kept.get(0) == "0"
    clock.time += 1
    assert kept.get(2) is None
    assert len(kept) == 1
