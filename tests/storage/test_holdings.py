"""What a person is shown is all there is, and after /forget there is nothing: by the same lists of tables.

The lists are compared with the files themselves, so that a new table or column cannot be forgotten; and every value
in every file is compared with every tag that can be made of a chat, so that no row is keyed by one unlisted.
"""

import inspect
from dataclasses import replace

import pytest

from bot.core.admission import DIGITS, Admission, Membership, NewCode, code_of
from bot.core.attribution import Attribution
from bot.core.dialogue.draft import Answer, Draft, Replaced
from bot.core.dialogue.questionnaire import StepId
from bot.core.holdings import LASTING, Holdings, Kind
from bot.core.inquiries import Asked, Inquiry, InquiryId, Line
from bot.core.outbox import Broadcast, BroadcastId, Phase
from bot.core.people import ChatId, Grant, Invite, Profile, Role
from bot.core.ports import Change, Seen
from bot.core.session import Group, Letter, Place, Session, Signing, View
from bot.core.staff import Ended, Proposal, ProposalId, Proposed, Wish
from bot.core.traces import Fate, Trace
from storage import holdings
from storage.factory import Stores
from storage.sqlite.ledger import Audience
from storage.tags import Tags
from tests.storage.world import Folder, RealChance, answered, contribute, contribution_id, part_id, receipt, update_id

ANA, BO, RUNNER = ChatId(7_123_456_789), ChatId(7_123_456_790), ChatId(7_123_456_791)
STORES = tuple(holdings.INVENTORIES)


def tables(folder: Folder, store: str) -> dict[str, set[str]]:
    names = [name for (name,) in folder.rows(store, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        name: {row[1] for row in folder.rows(store, f"PRAGMA table_info({name})")}
        for name in names
        if not name.startswith("sqlite_")
    }


@pytest.mark.parametrize("store", STORES)
async def test_every_table_and_column_is_listed(folder: Folder, stores: Stores, store: str) -> None:
    listed = {table.name: set(table.columns) for table in holdings.INVENTORIES[store]}
    found = tables(folder, store)
    found.pop("schema", None)
    assert found == listed, "say in INVENTORY, beside the table, what it is, and whether /mydata tells of it"


async def test_every_store_and_every_kind_is_listed(folder: Folder, stores: Stores) -> None:
    assert {file.stem for file in folder.path.glob("*.db")} == set(STORES)
    assert {table.kind for tables in holdings.INVENTORIES.values() for table in tables} == {*Kind, None}


def test_every_tag_that_is_made_of_a_chat_is_a_key_of_a_table() -> None:
    made = {
        name
        for name, method in inspect.getmembers(Tags, inspect.isfunction)
        if "chat" in inspect.signature(method).parameters
    }
    keys = {table.tag for tables in holdings.INVENTORIES.values() for table in tables if table.kind}
    # Of which draft somebody was reminded stands in a column of the session's row.
    assert made == (keys - {"actor"}) | {"reminded"}


def keyed(folder: Folder, stores: Stores, chat: ChatId) -> dict[str, int]:
    """How many rows of each table hold any value that is made of this chat, in whichever column."""
    values = {value for keys in stores.inventory.keys.values() for value in keys(chat)}
    found: dict[str, int] = {}
    for store in STORES:
        for table in tables(folder, store):
            rows = folder.rows(store, f"SELECT * FROM {table}")
            count = sum(any(value in values for value in row if isinstance(value, bytes | str)) for row in rows)
            if count:
                found[f"{store}.{table}"] = count
    return found


def draft(step: str, *, replaces: Replaced | None = None) -> Draft:
    answers = {StepId("phase"): Answer(("emergency",)), StepId("themes"): Answer()}
    return Draft(
        contribution=contribution_id(), consultation="eeca", questionnaire="recommendation", version="1",
        language="en", day="2026-11-22", notice="1", step=StepId(step), answers=answers, replaces=replaces,
    )  # fmt: skip


STATES = {
    "at the beginning": Session(ANA, Place.LANGUAGE),
    "with an invite not yet used": Session(ANA, Place.NOTICE, invite="A" * 22),
    "at the first question": Session(ANA, Place.DIALOGUE, draft=draft("phase")),
    "in the middle": Session(ANA, Place.DIALOGUE, draft=draft("recommendation")),
    "at the review": Session(ANA, Place.DIALOGUE, draft=draft("-review")),
    "with a stopped draft": Session(ANA, Place.HOME, draft=replace(draft("phase"), stopped=True)),
    "for a group": Session(ANA, Place.HOME, group=Group(contribution_id(), "eeca")),
    "writing a new version": Session(
        ANA, Place.DIALOGUE, draft=draft("phase", replaces=Replaced(receipt(), contribution_id()))
    ),
    "signing": Session(ANA, Place.SIGNING, signing=Signing(receipt(), Attribution.PERSON, part_id())),
    "with a question not yet sent": Session(ANA, Place.HOME, letter=Letter(text="how long?")),
    "with a receipt not yet shown": Session(ANA, Place.RECEIPT),
}


async def lived_in(stores: Stores, chat: ChatId, session: Session) -> None:
    """Everything that can be stored about a chat."""
    await stores.store.keep_profile(chat, Profile("ru", True, "1", ("eeca", "wca"), ("eeca",), keep=True))
    for invite in (Invite(Role.PARTICIPANT, "eeca"), Invite(Role.ORGANIZER, None), Invite(Role.SECRETARIAT, None)):
        await stores.store.redeem(update_id(), chat, await stores.registry.new_invite(invite, 1, None))
    actor = stores.outbox.actor(chat)
    await stores.store.operate(Ended(actor, Grant(Role.SECRETARIAT, None)))
    proposal = Proposal(ProposalId(part_id()), Wish.GRANT, None, actor, Role.ORGANIZER)
    await stores.store.commit(Change(update_id(), chat, Session(chat, Place.PEOPLE), staff=(Proposed(proposal),)))
    await contribute(stores, chat, "what was handed in before")
    await stores.vault.move()
    await stores.store.commit(answered(chat, "what is not finished"))
    traces = [Trace((2, 3), Fate.LIVE), Trace((4,), Fate.STAYS), Trace((5,), Fate.KEPT), Trace((6,), Fate.DUE)]
    inquiry = Inquiry(InquiryId(part_id()), "eeca", "ru", "2026-11-22", lines=(Line("how long?"),))
    change = Change(
        update_id(), chat, replace(session, chat=chat), view=View(receipt=receipt()), traces=traces,
        inquiries=(Asked(inquiry),), duty=True,
    )  # fmt: skip
    await stores.store.commit(change)
    code = code_of(RealChance().digits(DIGITS))
    await stores.store.commit(Change(update_id(), chat, replace(session, chat=chat), code=NewCode(code)))
    decided = Admission(code, "mena", Membership.SUSPENDED)
    await stores.store.commit(Change(update_id(), RUNNER, Session(RUNNER, Place.HOME), admission=decided))
    await stores.store.settle([Seen(chat, View(receipt=receipt(), anchor=9), owed=True)])
    for unfinished in stores.store.unfinished():
        await stores.store.note_reminded(unfinished)
    await stores.audit.note(stores.outbox.actor(chat), "broadcast_written", "0123456789ab")
    planned = Broadcast(BroadcastId(f"{chat:012d}"), "eeca", Phase.DRAFT, writers=(stores.outbox.actor(chat),))
    await stores.outbox.keep(planned)
    ledger = stores.outbox._file
    await ledger.plan(planned.id, Audience("eeca", (), ()), b"", 100)


@pytest.mark.parametrize("state", STATES)
async def test_nothing_is_left_of_any_state(folder: Folder, stores: Stores, state: str) -> None:
    await lived_in(stores, BO, Session(BO, Place.HOME))
    of_bo = keyed(folder, stores, BO)
    await lived_in(stores, ANA, STATES[state])
    found = stores.inventory.of(ANA)
    # Whatever is keyed by the chat is told, row by row.
    assert sum(one.rows for one in found.rows) == sum(keyed(folder, stores, ANA).values())
    assert {one.kind for one in found.rows} == set(Kind)
    assert found.profile is not None
    assert found.draft == STATES[state].draft
    assert found.reminded == (found.draft is not None)
    assert (found.receipt, found.group, found.opened) == (
        True, STATES[state].group is not None, STATES[state].invite is not None
    )  # fmt: skip
    assert found.messages == {Fate.LIVE: 2, Fate.DUE: 1, Fate.STAYS: 1, Fate.KEPT: 1}
    ledger_before = found.of(Kind.RECIPIENT)
    assert ledger_before is not None
    await stores.store.forget(update_id(), ANA)
    left = stores.inventory.of(ANA)
    # Messages that are still to be deleted, which the next round does, and what the person was told of.
    assert {one.kind for one in left.rows} <= {Kind.TRACE, *LASTING}
    assert set(left.messages) <= {Fate.DUE, Fate.WAITING}
    await stores.store.traces.done([row for fate in Fate for row in stores.store.traces.rows(fate, ANA)])
    assert keyed(folder, stores, ANA) == {"audit.entries": 1}
    assert replace(left, rows=(), messages={}) == Holdings()
    # Nothing of anybody else went with it.
    after = keyed(folder, stores, BO)
    after["contacts.ledger"] = of_bo["contacts.ledger"]  # the second broadcast was planned for both
    assert after == of_bo


async def test_a_planned_recipient_who_left_is_sent_nothing(folder: Folder, stores: Stores) -> None:
    await lived_in(stores, ANA, Session(ANA, Place.HOME))
    await stores.store.forget(update_id(), ANA)
    assert folder.rows("contacts", "SELECT count(*) FROM ledger") == [(0,)]
    assert folder.rows("contacts", "SELECT count(*) FROM contacts") == [(0,)]


async def test_nothing_is_told_of_others(stores: Stores) -> None:
    await lived_in(stores, BO, STATES["in the middle"])
    found = stores.inventory.of(ANA)
    assert (list(found.rows), found.profile, found.draft) == ([], None, None)


async def test_looking_at_an_invite_uses_nothing_up(folder: Folder, stores: Stores) -> None:
    token = await stores.registry.new_invite(Invite(Role.PARTICIPANT, "eeca"), 1, folder.clock.time + 60)
    assert stores.store.invite(ANA, token) == Invite(Role.PARTICIPANT, "eeca")
    assert stores.store.invite(BO, token) is not None
    assert stores.store.invite(ANA, "B" * 22) is None
    await stores.store.redeem(update_id(), ANA, token)
    assert stores.store.invite(BO, token) is None
    assert stores.store.invite(ANA, token) is not None
    folder.clock.time += 60
    assert stores.store.invite(ANA, token) is None
