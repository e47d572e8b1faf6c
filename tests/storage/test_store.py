"""What the handlers rely on: the contract of `Store`, whatever the backend."""

import pytest

from bot.core.contributions import State
from bot.core.dialogue.draft import Answer, Draft, Written
from bot.core.dialogue.questionnaire import StepId
from bot.core.errors import Corrupt
from bot.core.people import ChatId, Profile, UpdateId
from bot.core.ports import Change, NewPart, Seen, Store, Vault
from bot.core.session import Place, Prompt, Session, View
from bot.sealing import open_document
from storage.factory import Stores
from tests.storage.world import (
    Folder,
    answered,
    at,
    contribute,
    contribution_id,
    part_id,
    receipt,
    submitted,
    update_id,
)

ANA, BO = ChatId(7_000_000_001), ChatId(7_000_000_002)


def draft(text_part: str) -> Draft:
    return Draft(
        contribution=contribution_id(),
        consultation="eeca",
        questionnaire="recommendation",
        version="1",
        language="ru",
        day="2026-11-22",
        notice="1",
        step=StepId("theme"),
        visit=3,
        answers={
            StepId("phase"): Answer(codes=("emergency",)),
            StepId("recommendation"): Answer(written=(Written(part_id(), 44),)),
            StepId(text_part): Answer(undisclosed=True),
        },
        trail=(StepId("phase"), StepId("recommendation")),
    )


async def test_a_chat_nobody_knows(stores: Stores) -> None:
    store: Store = stores.store
    vault: Vault = stores.vault
    assert store.session(ANA) is None
    assert store.view(ANA) is None
    assert store.profile(ANA) is None
    assert store.grants(ANA) == ()
    assert store.owed() == []
    assert store.state(receipt()) is None
    assert not store.handled(update_id())
    assert not store.intake("eeca").open
    assert await vault.move() == 0


async def test_a_session_is_read_back_as_it_was_also_after_a_restart(folder: Folder) -> None:
    session = Session(int(ANA), Place.DIALOGUE, wanted="eeca", draft=draft("country"))
    view = View(receipt(), Prompt(5, "phase", 1), (Prompt(3, "theme", 0), Prompt(4, "phase", 1)), anchor=9)
    change = Change(update_id(), ANA, session, view=view)
    async with folder.open() as stores:
        await stores.store.commit(change)
        assert stores.store.session(ANA) == session
        assert stores.store.view(ANA) == view
    async with folder.open() as stores:
        assert stores.store.session(ANA) == session
        assert stores.store.view(ANA) == view
        assert stores.store.handled(change.update)
        assert stores.store.session(BO) is None


async def test_an_update_has_one_effect(folder: Folder, stores: Stores) -> None:
    part = part_id()
    first = answered(ANA, "once", part)
    await stores.store.commit(first)
    for session in (None, at(ANA, Place.HOME)):
        again = Change(first.update, ANA, session, parts=(NewPart(part_id(), {"n": 2}),), view=View(anchor=1))
        await stores.store.commit(again)
        assert stores.store.session(ANA) == first.session
        assert stores.store.view(ANA) is None
    assert folder.rows("work", "SELECT id FROM parts") == [(part,)]


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 2**63 + 5, 2**64, 2**200])
async def test_an_update_of_any_number_has_one_effect(folder: Folder, stores: Stores, number: int) -> None:
    update, part = UpdateId(number), part_id()
    for one in (part, part_id()):
        assert stores.store.handled(update) == (one != part)
        await stores.store.commit(Change(update, ANA, at(ANA, Place.HOME), parts=(NewPart(one, {"n": 1}),)))
    await stores.store.set_aside(update, b"{}")
    assert folder.rows("work", "SELECT id FROM parts") == [(part,)]
    assert folder.rows("work", "SELECT count(*) FROM aside") == [(0,)]
    assert not any(stores.store.handled(UpdateId(number + beside)) for beside in (-1, 1, 2**63))


async def test_without_a_session_the_draft_goes_too(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(answered(ANA, "one"))
    await stores.store.commit(answered(BO, "other"))
    await stores.store.commit(Change(update_id(), ANA, None))
    assert stores.store.session(ANA) is None
    assert stores.store.view(ANA) is None
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(1,)]
    assert stores.store.session(BO) is not None


async def test_a_dropped_part_goes_but_only_ones_own(folder: Folder, stores: Stores) -> None:
    kept, dropped, others = part_id(), part_id(), part_id()
    await stores.store.commit(answered(ANA, "kept", kept))
    await stores.store.commit(answered(ANA, "dropped", dropped))
    await stores.store.commit(answered(BO, "others", others))
    await stores.store.commit(Change(update_id(), ANA, at(ANA), dropped=(dropped, others)))
    assert {row[0] for row in folder.rows("work", "SELECT id FROM parts")} == {kept, others}


async def test_cancelling_erases_the_parts_and_keeps_the_session(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(answered(ANA, "one"))
    await stores.store.commit(Change(update_id(), ANA, at(ANA, Place.HOME), erase_draft=True))
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(0,)]
    assert stores.store.session(ANA) == at(ANA, Place.HOME)


async def test_submitting_takes_the_named_parts_and_erases_the_others(folder: Folder, stores: Stores) -> None:
    kept, left = part_id(), part_id()
    await stores.store.commit(answered(ANA, "kept", kept))
    await stores.store.commit(answered(ANA, "left", left))
    change = submitted(ANA, [kept])
    await stores.store.commit(change)
    assert change.submission is not None
    contribution, code = change.submission.contribution, change.submission.receipt
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(0,)]
    assert stores.store.state(code) is State.SUBMITTED
    assert await stores.vault.move() == 1
    assert stores.store.state(code) is State.SUBMITTED
    await stores.vault.begin_batch()
    parts = {part.part: part for part in stores.vault.parts(["eeca"], 0)}
    assert set(parts) == {kept, contribution}
    for identity in folder.identities:
        assert open_document(parts[kept].sealed, [identity])["answers"] == {"recommendation": "kept"}
        assert open_document(parts[contribution].sealed, [identity])["kind"] == "head"  # type: ignore[index]


async def test_a_part_of_the_same_change_can_be_submitted(stores: Stores) -> None:
    part = part_id()
    change = submitted(ANA, [part])
    await stores.store.commit(
        Change(
            change.update,
            ANA,
            change.session,
            parts=(NewPart(part, {"a": 1}),),
            submission=change.submission,
        )
    )
    assert await stores.vault.move() == 1
    await stores.vault.begin_batch()
    assert len(list(stores.vault.parts(["eeca"], 0))) == 2


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
async def test_a_submission_with_a_missing_part_is_nothing_at_all(stores: Stores, whose: str) -> None:
    part = part_id()
    await stores.store.commit(answered(ANA, "mine"))
    if whose == "another's":
        await stores.store.commit(answered(BO, "theirs", part))
    before = stores.store.session(ANA)
    change = submitted(ANA, [part])
    with pytest.raises(Corrupt) as raised:
        await stores.store.commit(change)
    assert raised.value.code == "part_missing"
    assert not stores.store.handled(change.update)
    assert stores.store.session(ANA) == before
    assert change.submission is not None
    assert stores.store.state(change.submission.receipt) is None


async def test_a_contribution_cannot_be_submitted_twice(stores: Stores) -> None:
    contribution = contribution_id()
    await contribute(stores, ANA, contribution=contribution)
    with pytest.raises(Corrupt) as raised:
        await contribute(stores, BO, contribution=contribution)
    assert raised.value.code == "contribution_exists"


async def test_a_session_of_another_chat_is_not_kept(stores: Stores) -> None:
    with pytest.raises(Corrupt) as raised:
        await stores.store.commit(Change(update_id(), ANA, at(BO)))
    assert raised.value.code == "session_misplaced"


async def test_who_is_owed_an_answer(folder: Folder, stores: Stores) -> None:
    await stores.store.commit(Change(update_id(), ANA, at(ANA)))
    await stores.store.commit(Change(update_id(), BO, at(BO), owed=False))
    assert stores.store.owed() == [ANA]
    await stores.store.settle([Seen(ANA, View(anchor=8), owed=False)])
    assert stores.store.owed() == []
    assert stores.store.view(ANA) == View(anchor=8)
    await stores.store.settle([Seen(BO, View(anchor=9), owed=True)])
    async with folder.open() as other:
        assert other.store.owed() == [BO]
        assert other.store.view(ANA) == View(anchor=8)
        assert other.store.session(ANA) == at(ANA)


async def test_settling_brings_no_session_back(stores: Stores) -> None:
    await stores.store.settle([Seen(ANA, View(anchor=1), owed=False)])
    assert stores.store.view(ANA) is None
    await stores.store.commit(Change(update_id(), ANA, at(ANA)))
    await stores.store.commit(Change(update_id(), ANA, None))
    await stores.store.settle([Seen(ANA, View(anchor=1), owed=True)])
    assert stores.store.session(ANA) is None
    assert stores.store.view(ANA) is None
    assert stores.store.owed() == []


async def test_a_change_without_a_view_leaves_the_view(stores: Stores) -> None:
    await stores.store.commit(Change(update_id(), ANA, at(ANA), view=View(anchor=1)))
    await stores.store.commit(Change(update_id(), ANA, at(ANA, Place.HOME)))
    assert stores.store.view(ANA) == View(anchor=1)


async def test_news_come_and_go_with_the_profile(folder: Folder, stores: Stores) -> None:
    profile = Profile("fr", True, "1", ("wca", "eeca"), ("wca", "eeca"))
    await stores.store.keep_profile(ANA, profile)
    assert stores.store.profile(ANA) == profile
    assert folder.rows("contacts", "SELECT consultation, language FROM contacts ORDER BY 1") == [
        ("eeca", "fr"),
        ("wca", "fr"),
    ]
    less = Profile("ar", True, "1", ("wca", "eeca"), ("eeca",))
    await stores.store.keep_profile(ANA, less)
    assert folder.rows("contacts", "SELECT consultation, language FROM contacts") == [("eeca", "ar")]
    async with folder.open() as other:
        assert other.store.profile(ANA) == less
        assert other.store.profile(BO) is None


async def test_an_update_set_aside_is_done_and_opens_for_the_secretariat_only(folder: Folder, stores: Stores) -> None:
    update, raw = update_id(), b'{"text":"\xff\xed\xa0\x80 \xd0\xb0"}'
    await stores.store.set_aside(update, raw)
    await stores.store.set_aside(update, raw)
    assert stores.store.handled(update)
    ((sealed,),) = folder.rows("work", "SELECT sealed FROM aside")
    document = open_document(sealed, folder.identities[1:])
    assert document["update"].encode("utf-8", "surrogateescape") == raw


async def test_forgetting_erases_the_person_and_leaves_what_was_submitted(folder: Folder, stores: Stores) -> None:
    change = await contribute(stores, ANA)
    await stores.store.keep_profile(ANA, Profile("en", joined=("eeca",), news=("eeca",)))
    await stores.store.keep_profile(BO, Profile("en", joined=("eeca",), news=("eeca",)))
    await stores.store.commit(answered(ANA, "another draft"))
    update = update_id()
    await stores.store.forget(update, ANA)
    assert stores.store.handled(update)
    assert stores.store.session(ANA) is None
    assert stores.store.view(ANA) is None
    assert stores.store.profile(ANA) is None
    assert stores.store.profile(BO) is not None
    assert folder.rows("contacts", "SELECT count(*) FROM contacts") == [(1,)]
    assert folder.rows("work", "SELECT count(*) FROM parts") == [(0,)]
    assert change.submission is not None
    assert stores.store.state(change.submission.receipt) is State.SUBMITTED
    async with folder.open() as other:
        assert other.store.profile(ANA) is None


async def test_rows_put_under_another_tag_are_noticed(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.store.commit(Change(update_id(), ANA, at(ANA), view=View(anchor=1)))
        await stores.store.commit(Change(update_id(), BO, at(BO), view=View(anchor=2)))
        await stores.store.keep_profile(ANA, Profile("en"))
        await stores.store.keep_profile(BO, Profile("fr"))
    for store, table, column in (
        ("work", "sessions", "sealed"),
        ("work", "sessions", "view"),
        ("contacts", "people", "sealed"),
    ):
        (first, one), (second, two) = folder.rows(store, f"SELECT tag, {column} FROM {table}")
        folder.execute(store, f"UPDATE {table} SET {column} = ? WHERE tag = ?", (two, first))
        folder.execute(store, f"UPDATE {table} SET {column} = ? WHERE tag = ?", (one, second))
    async with folder.open() as stores:
        assert stores.store.session(ANA) is None
        assert stores.store.view(ANA) is None
        assert stores.store.profile(BO) is None
    assert folder.log.events == ["row_unreadable"] * 3


async def test_a_damaged_session_is_alarmed_and_can_be_replaced(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.store.commit(Change(update_id(), ANA, at(ANA)))
    folder.execute("work", "UPDATE sessions SET sealed = x'00'")
    async with folder.open() as stores:
        assert stores.store.session(ANA) is None
        assert folder.log.events == ["row_unreadable"]
        await stores.store.commit(Change(update_id(), ANA, at(ANA, Place.HOME)))
        assert stores.store.session(ANA) == at(ANA, Place.HOME)
