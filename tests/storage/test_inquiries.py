"""Inquiries at rest: one change at a time, nobody reaches what is another's, a row moved or set back does not open."""

import pytest

from bot.core import inquiries
from bot.core.errors import Outdated
from bot.core.inquiries import Asked, Handled, Inquiry, InquiryId, Line, Postponed, Reason, Shows
from bot.core.people import ChatId
from bot.core.ports import Change
from bot.core.session import Session
from storage.factory import Stores
from tests.storage.world import Folder, update_id

ANA, BEN = ChatId(71_000_001), ChatId(71_000_002)
ONE = Inquiry(InquiryId("0123456789ab"), "eeca", "ru", "2026-01-01", lines=(Line("May I?"),))


async def act(stores: Stores, chat: ChatId, *acts: inquiries.Act) -> None:
    await stores.store.commit(Change(update_id(), chat, Session(chat), inquiries=acts))


async def test_of_two_changes_of_one_version_one_is_refused(stores: Stores) -> None:
    await act(stores, ANA, Asked(ONE))
    await act(stores, BEN, Handled(inquiries.taken(ONE, "b" * 16)))
    with pytest.raises(Outdated):
        await act(stores, BEN, Handled(inquiries.taken(ONE, "c" * 16)))
    found = stores.store.inquiries.inquiry(ONE.id)
    assert found is not None
    assert found.assigned == "b" * 16


async def test_nobody_reaches_what_is_anothers(stores: Stores) -> None:
    await act(stores, ANA, Asked(ONE))
    more = Asked(inquiries.asked_more(ONE, "x", "2026-01-01"))
    for deed in (more, Asked(ONE, erased=True), Shows((ONE.id,)), Postponed((ONE.id,))):
        with pytest.raises(Outdated):
            await act(stores, BEN, deed)
    assert stores.store.inquiries.of(BEN) == ()
    assert stores.store.inquiries.of(ANA) == (ONE,)


async def test_what_is_owed_until_it_was_read(stores: Stores) -> None:
    store = stores.store.inquiries
    await act(stores, ANA, Asked(ONE))
    await act(stores, BEN, Handled(inquiries.closed(ONE, "b" * 16, Reason.DONE), tells=True))
    assert store.offers() == [(ANA, ONE.id)]
    await store.offered([ONE.id])
    assert store.offers() == []
    await act(stores, ANA, Shows((ONE.id,)))
    assert store.offers() == [(ANA, ONE.id)], "until it stands in the chat"
    await store.offered([ONE.id])
    await act(stores, ANA, Postponed((ONE.id,)))
    assert store.offers() == [(ANA, ONE.id)], "it could not be read where all stood still"
    await store.read([ONE.id])
    assert store.of(ANA) == ()


async def test_a_row_set_back_or_exchanged_does_not_open(folder: Folder, stores: Stores) -> None:
    await act(stores, ANA, Asked(ONE))
    ((sealed, route),) = folder.rows("work", "SELECT sealed, route FROM inquiries")
    await act(stores, BEN, Handled(inquiries.taken(ONE, "b" * 16)))
    folder.execute("work", "UPDATE inquiries SET sealed = ?", (sealed,))
    assert stores.store.inquiries.inquiries() == ()
    folder.execute("work", "UPDATE inquiries SET id = 'ba9876543210', owed = 'offer', route = ?", (route,))
    assert stores.store.inquiries.offers() == []
