"""Briefings at rest: one change at a time, an edition is what it was, a row moved or set back does not open."""

from dataclasses import replace

import pytest

from bot.core import briefings as rules
from bot.core.briefings import Briefing, BriefingId, KeptBriefing
from bot.core.errors import Outdated
from bot.core.people import ChatId
from bot.core.ports import Change
from bot.core.session import Session
from storage.factory import Stores
from tests.storage.world import Folder, update_id

ANA = ChatId(71_000_001)
ONE = BriefingId("0123456789ab")
SECRET = "Where the harbour clinic is"


async def act(stores: Stores, kept: KeptBriefing) -> Briefing:
    await stores.store.commit(Change(update_id(), ANA, Session(ANA), briefing=kept))
    found = stores.store.briefings.briefing(kept.briefing.id)
    assert found is not None or kept.erased
    return found or kept.briefing


def published(briefing: Briefing, at: float = 1_000.0) -> KeptBriefing:
    seen = rules.looked_at(briefing)
    return KeptBriefing(rules.published(seen, ("en", "fr"), lambda code: (code, "en"), at), freezes=True)


async def first(stores: Stores, name: BriefingId = ONE) -> Briefing:
    new = rules.begun(rules.titled(Briefing(name, "eeca"), "en", SECRET), "en", "Text", ())
    return await act(stores, published(await act(stores, KeptBriefing(new))))


async def test_of_two_changes_of_one_version_one_is_refused_and_nothing_of_it_is_kept(stores: Stores) -> None:
    before = await first(stores)
    after = await act(stores, KeptBriefing(rules.titled(before, "en", "Ours")))
    for late in (KeptBriefing(rules.titled(before, "en", "Theirs")), KeptBriefing(before, erased=True)):
        with pytest.raises(Outdated, match="briefing_meanwhile"):
            await act(stores, late)
    assert stores.store.briefings.briefing(ONE) == after
    assert stores.store.session(ANA) is not None


async def test_an_update_that_comes_again_adds_nothing(stores: Stores) -> None:
    before = await first(stores)
    change = Change(update_id(), ANA, Session(ANA), briefing=KeptBriefing(rules.continued(before, "en", "More", ())))
    await stores.store.commit(change)
    await stores.store.commit(change)
    found = stores.store.briefings.briefing(ONE)
    assert found is not None
    assert found.sheets["en"].body.text == "Text\n\nMore"


async def test_an_edition_stays_what_it_was_and_no_other_takes_its_number(stores: Stores) -> None:
    one = await first(stores)
    edition = stores.store.briefings.edition(ONE, 1)
    assert edition is not None
    assert edition == one.current
    changed = rules.noted(rules.titled(one, "en", "Another title"), "en", "The title")
    two = await act(stores, published(changed))
    assert two.current is not None
    assert (two.current.number, stores.store.briefings.edition(ONE, 1)) == (2, edition)
    forged = replace(two, current=edition)
    with pytest.raises(Outdated):
        await act(stores, KeptBriefing(forged, freezes=True))
    assert stores.store.briefings.briefing(ONE) == two


async def test_a_row_set_back_or_exchanged_does_not_open(folder: Folder, stores: Stores) -> None:
    one = await first(stores)
    ((old,),) = folder.rows("work", "SELECT sealed FROM briefings")
    await act(stores, published(rules.noted(rules.titled(one, "en", "Another"), "en", "The title")))
    ((early,), (late,)) = folder.rows("work", "SELECT sealed FROM editions ORDER BY number")
    folder.execute("work", "UPDATE editions SET sealed = ? WHERE number = 2", (early,))
    assert stores.store.briefings.edition(ONE, 2) is None
    folder.execute("work", "UPDATE editions SET sealed = ? WHERE number = 2", (late,))
    assert stores.store.briefings.edition(ONE, 2) is not None
    folder.execute("work", "UPDATE briefings SET sealed = ?", (old,))
    assert stores.store.briefings.briefing(ONE) is None
    assert stores.store.briefings.briefings(("eeca",)) == ()


async def test_nothing_can_be_read_on_the_disk_and_what_is_thrown_away_is_gone(folder: Folder, stores: Stores) -> None:
    new = rules.begun(rules.titled(Briefing(ONE, "eeca"), "en", SECRET), "en", SECRET, ())
    kept = await act(stores, KeptBriefing(new))
    for path in folder.path.rglob("work.db*"):
        assert SECRET.encode() not in path.read_bytes()
    await act(stores, KeptBriefing(kept, erased=True))
    assert stores.store.briefings.briefing(ONE) is None
    assert folder.rows("work", "SELECT * FROM briefings") == []


async def test_the_newest_comes_first_and_drafts_before_all(stores: Stores) -> None:
    names = [BriefingId(f"{at:012x}") for at in range(4)]
    for at, when in ((0, 2_000.0), (1, 3_000.0), (2, 1_000.0)):
        new = rules.begun(rules.titled(Briefing(names[at], "eeca"), "en", "T"), "en", "Text", ())
        await act(stores, published(await act(stores, KeptBriefing(new)), when))
    await act(stores, KeptBriefing(Briefing(names[3], "eeca")))
    await act(stores, KeptBriefing(Briefing(BriefingId("f" * 12), "mena")))
    found = stores.store.briefings.briefings(("eeca",))
    assert [names.index(one.id) for one in found] == [3, 1, 0, 2]
