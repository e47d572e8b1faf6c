"""The ledger: recipients frozen once, one row each, nobody forgotten or taken twice, the key only after approval."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.core import outbox
from bot.core.errors import Refused
from bot.core.outbox import Act, Actor, Broadcast, BroadcastId, Phase, State, Text
from bot.core.people import ChatId, Invite, Profile, Role
from bot.core.ports import Mark
from storage.factory import Stores
from tests.storage.world import Folder, update_id

ANA, BO = Actor("a" * 16), Actor("b" * 16)
LANGUAGES = ("en", "fr", "ar")
FIRST = 7_000_000_000


async def people(stores: Stores, count: int, consultation: str = "eeca") -> list[ChatId]:
    chats = [ChatId(FIRST + at) for at in range(count)]
    for at, chat in enumerate(chats):
        await stores.store.keep_profile(chat, Profile(LANGUAGES[at % 3], True, "1", (consultation,), (consultation,)))
    return chats


async def agreed(stores: Stores, **changes: object) -> Broadcast:
    """An approved broadcast, planned."""
    one = Broadcast(BroadcastId("0" * 12), "eeca", texts={"en": Text("Hello")}, writers=(ANA,))
    return await approved(stores, replace(one, **changes))  # type: ignore[arg-type]


async def approved(stores: Stores, one: Broadcast) -> Broadcast:
    now = stores.clock.now()
    one = await stores.outbox.keep(one)
    one = await stores.outbox.keep(outbox.proposed(outbox.previewed(one), ANA, now))
    one = await stores.outbox.keep(outbox.approved(one, BO, one.digest, now, 0))
    return await stores.outbox.plan(one)


async def test_everybody_is_taken_once_and_the_ledger_adds_up(stores: Stores) -> None:
    chats = await people(stores, 40)
    one = await agreed(stores)
    assert one.planned == 40
    ledger = stores.outbox.batches(outbox.begun(one))
    seen: Counter[int] = Counter()
    while found := await ledger.take(LANGUAGES, 7):
        seen.update(chat for due in found if (chat := ledger.chat(due)) is not None)
        await ledger.mark([Mark(due.handle, State.ACCEPTED, where=(ChatId(1), 5)) for due in found])
    assert seen == Counter(chats)
    assert stores.outbox.counts(one.id) == {(State.ACCEPTED, ""): 40}


async def test_what_is_paused_before_it_began_is_planned_anew(stores: Stores) -> None:
    await people(stores, 9)
    waits = await stores.outbox.keep(outbox.paused(await agreed(stores)))
    assert stores.outbox.counts(waits.id) == {}
    await people(stores, 12)  # three come later
    await stores.store.forget(update_id(), ChatId(FIRST))
    again = await stores.outbox.keep(outbox.resumed(waits, stores.clock.now()))
    assert again.phase is Phase.APPROVED
    assert (await stores.outbox.plan(again)).planned == 11
    assert sum(stores.outbox.counts(again.id).values()) == 11


async def test_recipients_are_frozen_and_who_leaves_gets_nothing(stores: Stores) -> None:
    chats = await people(stores, 9)
    one = await agreed(stores)
    await people(stores, 12)  # three come later
    await stores.store.keep_profile(chats[0], Profile("en", True, "1", ("eeca",), ()))
    await stores.store.forget(update_id(), chats[1])
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 100)
    assert {ledger.chat(due) for due in found} == set(chats[2:])
    assert stores.outbox.counts(one.id)[State.LEFT, ""] == 1
    assert one.planned == 9


async def test_what_was_being_tried_when_the_process_ended_is_unknown_and_never_taken_again(folder: Folder) -> None:
    async with folder.open() as stores:
        await people(stores, 10)
        one = await agreed(stores)
        assert len(await stores.outbox.batches(one).take(LANGUAGES, 4)) == 4
    async with folder.open() as stores:
        assert await stores.outbox.doubt() == 4
        ledger = stores.outbox.batches(one)
        assert len(await ledger.take(LANGUAGES, 100)) == 6
        assert stores.outbox.counts(one.id) == {(State.UNKNOWN, "crash"): 4, (State.TRYING, ""): 6}
        assert await ledger.take(LANGUAGES, 100) == []


async def test_unknown_ones_get_a_marked_copy_by_an_approval_of_its_own(stores: Stores) -> None:
    await people(stores, 10)
    one = await agreed(stores)
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 10)
    marks = [Mark(due.handle, State.UNKNOWN if at < 3 else State.ACCEPTED) for at, due in enumerate(found)]
    await ledger.mark(marks)
    over = await stores.outbox.keep(outbox.done(outbox.begun(one), 1.0))
    new = outbox.followed(over, Act.RESEND, BroadcastId("1" * 12), ANA, 1.0)
    assert stores.outbox.reach(new) == 3
    resent = await approved(stores, new)
    assert resent.planned == 3
    again = await stores.outbox.batches(resent).take(LANGUAGES, 10)
    assert {due.handle for due in again} == {due.handle for due in found[:3]}


async def test_only_the_failed_wait_again(stores: Stores) -> None:
    await people(stores, 6)
    one = await agreed(stores)
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 6)
    states = [State.FAILED, State.FAILED, State.UNKNOWN, State.BLOCKED, State.REFUSED, State.ACCEPTED]
    await ledger.mark([Mark(due.handle, state) for due, state in zip(found, states, strict=True)])
    assert await stores.outbox.again(one.id) == 2
    assert {due.handle for due in await ledger.take(LANGUAGES, 6)} == {due.handle for due in found[:2]}


async def test_who_blocked_the_bot_is_retired(stores: Stores, folder: Folder) -> None:
    await people(stores, 6)
    one = await agreed(stores)
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 6)
    await ledger.mark([Mark(found[0].handle, State.BLOCKED), *(Mark(due.handle, State.ACCEPTED) for due in found[1:])])
    assert folder.rows("contacts", "SELECT count(*) FROM contacts") == [(5,)]
    assert sum(stores.outbox.counts(one.id).values()) == 6


async def test_audience_by_language_role_and_who_got_another(stores: Stores) -> None:
    chats = await people(stores, 12)
    one = await agreed(stores, languages=("ar",))
    assert one.planned == 4
    ledger = stores.outbox.batches(one)
    await ledger.mark([Mark(due.handle, State.ACCEPTED) for due in await ledger.take(LANGUAGES, 20)])
    other = Broadcast(BroadcastId("1" * 12), "eeca", texts={"en": Text("x")}, excludes=(one.id,), writers=(ANA,))
    assert stores.outbox.reach(other) == 8
    assert (await approved(stores, other)).planned == 8
    token = await stores.registry.new_invite(Invite(Role.ORGANIZER, "eeca"), 5, None)
    await stores.store.redeem(update_id(), chats[3], token)
    for_organizers = Broadcast(BroadcastId("2" * 12), "eeca", texts={"en": Text("x")}, role=Role.ORGANIZER)
    planned = await approved(stores, replace(for_organizers, writers=(ANA,)))
    assert planned.planned == 1
    ledger = stores.outbox.batches(planned)
    assert [ledger.chat(due) for due in await ledger.take(LANGUAGES, 5)] == [chats[3]]


async def test_the_contacts_key_is_not_read_without_approval(stores: Stores, folder: Folder) -> None:
    await people(stores, 6)
    one = Broadcast(BroadcastId("0" * 12), "eeca", texts={"en": Text("Hello")}, writers=(ANA,), role=Role.ORGANIZER)
    one = await stores.outbox.keep(one)
    (folder.path / "keys" / "contacts.age").unlink()  # whoever reads it now is told
    waiting = await stores.outbox.keep(outbox.proposed(outbox.previewed(one), ANA, 1.0))
    alone = replace(waiting, phase=Phase.APPROVED, approver=ANA, approval=waiting.digest)
    stale = replace(alone, approver=BO, approval="0" * 16)
    for broadcast in (one, waiting, alone, stale):
        with pytest.raises(Refused) as error:
            stores.outbox.batches(broadcast)
        assert error.value.code == "outbox_not_approved"
        with pytest.raises(Refused):
            await stores.outbox.plan(broadcast)


async def test_of_two_who_change_it_at_once_one_is_told(stores: Stores) -> None:
    one = await stores.outbox.keep(Broadcast(BroadcastId("0" * 12), "eeca"))
    await stores.outbox.keep(outbox.written(one, ANA, "en", Text("A")))
    with pytest.raises(Refused) as error:
        await stores.outbox.keep(outbox.written(one, BO, "en", Text("B")))
    assert error.value.code == "outbox_changed"
    kept = stores.outbox.broadcast(one.id)
    assert kept is not None
    assert kept.texts["en"].text == "A"


async def test_a_row_put_elsewhere_or_set_back_is_not_believed(stores: Stores, folder: Folder) -> None:
    first = await stores.outbox.keep(Broadcast(BroadcastId("0" * 12), "eeca"))
    await stores.outbox.keep(Broadcast(BroadcastId("1" * 12), "eeca"))
    folder.execute(
        "contacts", "UPDATE broadcasts SET sealed = (SELECT sealed FROM broadcasts WHERE id = ?)", (first.id,)
    )
    assert [one.id for one in stores.outbox.broadcasts()] == [first.id]
    folder.execute("contacts", "UPDATE broadcasts SET phase = 'approved'")
    assert stores.outbox.broadcasts() == ()
    assert folder.log.events.count("row_unreadable") == 3


async def test_messages_are_kept_sealed_and_given_back_for_recall(stores: Stores, folder: Folder) -> None:
    chats = await people(stores, 6)
    one = await agreed(stores)
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 6)
    placed = {due.handle: (ledger.chat(due) or ChatId(0), 100 + at) for at, due in enumerate(found)}
    await ledger.mark([Mark(handle, State.ACCEPTED, where=where) for handle, where in placed.items()])
    standing = stores.outbox.standing(one.id, 100)
    assert {handle: (chat, number) for handle, chat, number in standing} == placed
    assert not any(str(chat).encode() in folder.contents("contacts") for chat in chats)
    assert stores.outbox.standing(one.id, 100, due=True) == []
    folder.clock.time += 41 * 3600
    assert len(stores.outbox.standing(one.id, 100, due=True)) == 6
    await stores.outbox.gone(one.id, [handle for handle, *_ in standing])
    assert stores.outbox.standing(one.id, 100) == []


async def test_after_seven_days_numbers_of_five_and_more_are_left(stores: Stores, folder: Folder) -> None:
    await people(stores, 20)
    one = await agreed(stores)
    ledger = stores.outbox.batches(one)
    found = await ledger.take(LANGUAGES, 20)
    await ledger.mark([Mark(due.handle, State.GONE if at < 3 else State.ACCEPTED) for at, due in enumerate(found)])
    await stores.outbox.keep(outbox.done(outbox.begun(one), folder.clock.now()))
    await stores.expire()
    assert sum(stores.outbox.counts(one.id).values()) == 20
    folder.clock.time += 8 * 24 * 3600
    await stores.expire()
    assert folder.rows("contacts", "SELECT * FROM ledger") == []
    assert stores.outbox.counts(one.id) == {(State.ACCEPTED, ""): 15}
    assert stores.outbox.broadcast(one.id) is not None
    folder.clock.time += 23 * 24 * 3600
    await stores.expire()
    assert stores.outbox.broadcast(one.id) is None
