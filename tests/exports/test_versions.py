"""New versions and additions: from a receipt through work, vault and export to the opened line."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.contributions import (
    ATTRIBUTION,
    ContributionId,
    Envelope,
    Note,
    PartId,
    Receipt,
    State,
    addition,
    head,
    join,
    piece,
)
from bot.core.errors import Corrupt, Outdated
from bot.core.people import ChatId
from bot.core.ports import Addition, Change, NewPart, Submission
from bot.exports import bundle
from bot.sealing import Identity
from storage.factory import Stores
from tests.exports.world import entries, lines, rewrite
from tests.storage.world import Folder, at, contribution_id, part_id, receipt, update_id

ALL = ["eeca"]


async def hand_in(
    stores: Stores, text: str, code: Receipt, supersedes: ContributionId | None = None, chat: int = 7
) -> ContributionId:
    envelope = Envelope(contribution_id(), "eeca", "recommendation", "1", "ru", "2026-11-22")
    part = part_id()
    new = NewPart(part, piece(envelope, part, "recommendation", text))
    await stores.store.commit(Change(update_id(), ChatId(chat), at(ChatId(chat)), parts=(new,)))
    answers = {"recommendation": "", "attribution": "anonymous"}
    document = head(envelope, answers, {"recommendation": [part]}, notice="1", supersedes=supersedes)
    note = Note("2026-11-22")
    submission = Submission(envelope.contribution, "eeca", code, document, [part], note, supersedes)
    await stores.store.commit(Change(update_id(), ChatId(chat), None, submission=submission))
    return envelope.contribution


async def sign(
    stores: Stores, contribution: ContributionId, code: Receipt, level: str, name: str | None = None
) -> None:
    part = part_id()
    answers = {"attribution": level, "attribution_name": name}
    document = addition(contribution, "eeca", part, of=ATTRIBUTION, day="2026-11-23", answers=answers)
    added = Addition(contribution, code, part, document, Note("2026-11-22", level))
    await stores.store.commit(Change(update_id(), ChatId(9), None, addition=added))


async def exported(stores: Stores, path: Path, key: Identity, since: str | None = None) -> dict[str, dict[str, Any]]:
    await bundle.write(path, stores.vault, ALL, since)
    return {line["contribution"]: line for line in lines(path, key)}


@pytest.mark.parametrize("moved", ["never", "before", "between", "exported"])
async def test_a_new_version_supersedes_the_old_one(folder: Folder, stores: Stores, tmp_path: Path, moved: str) -> None:
    code = receipt()
    old = await hand_in(stores, "the first words", code)
    if moved in ("before", "exported"):
        await stores.vault.move()
    if moved == "exported":
        before = await exported(stores, tmp_path / "before.zip", folder.identities[0])
        assert before[old]["answers"]["recommendation"] == "the first words"
    new = await hand_in(stores, "the second words", code, old, chat=8)
    standing = stores.store.standing(code)
    assert standing is not None
    assert (standing.contribution, standing.state, standing.version) == (new, State.SUBMITTED, 2)
    assert standing.note == Note("2026-11-22")
    if moved == "between":
        await stores.vault.move()
    found = await exported(stores, tmp_path / "all.zip", folder.identities[0])
    assert stores.store.standing(code) == replace(standing, exported=True)
    assert found[old] | {"answers": {}} == found[old]
    assert (found[old]["state"], found[old]["supersedes"]) == ("superseded", None)
    assert (found[new]["state"], found[new]["supersedes"]) == ("submitted", old)
    assert found[new]["answers"]["recommendation"] == "the second words"
    if moved == "exported":
        after = await exported(stores, tmp_path / "since.zip", folder.identities[0], "1")
        assert set(after) == {old, new}
    assert len(folder.rows("vault", "SELECT 1 FROM parts WHERE contribution = ?", [old])) == 0
    # Taking it back takes back all of it, and the next export says so.
    assert await stores.store.withdraw(code) is State.WITHDRAWN
    found = await exported(stores, tmp_path / "gone.zip", folder.identities[0], "1")
    assert {line["state"] for line in found.values()} == {"withdrawn"}
    assert found[new]["supersedes"] == old
    assert folder.rows("vault", "SELECT 1 FROM parts") == []


async def test_three_versions_wait_together(stores: Stores, tmp_path: Path, folder: Folder) -> None:
    code = receipt()
    first = await hand_in(stores, "one", code)
    second = await hand_in(stores, "two", code, first)
    third = await hand_in(stores, "three", code, second)
    found = await exported(stores, tmp_path / "all.zip", folder.identities[0])
    assert [found[one]["state"] for one in (first, second, third)] == ["superseded", "superseded", "submitted"]
    assert [found[one]["supersedes"] for one in (first, second, third)] == [None, first, second]


async def test_of_two_at_once_the_later_one_is_told(stores: Stores) -> None:
    code = receipt()
    old = await hand_in(stores, "one", code)
    new = await hand_in(stores, "two", code, old)
    with pytest.raises(Outdated, match="version_meanwhile"):
        await hand_in(stores, "three", code, old, chat=8)
    assert stores.store.standing(code) is not None
    # Moved between the question and the answer: one of them stands in the end, and the others are superseded.
    await stores.vault.move()
    last = await hand_in(stores, "three", code, old, chat=8)
    await stores.vault.move()
    standing = stores.store.standing(code)
    assert standing is not None
    assert (standing.contribution, standing.version) == (last, 3)
    states = stores.vault.snapshot(ALL, 0).tombstones
    assert {stone.contribution: stone.state for stone in states} == {old: State.SUPERSEDED, new: State.SUPERSEDED}


async def test_what_was_on_its_way_when_it_was_taken_back_is_taken_back_too(folder: Folder, stores: Stores) -> None:
    code = receipt()
    old = await hand_in(stores, "one", code)
    await stores.store.withdraw(code)
    await hand_in(stores, "two", code, old)
    await sign(stores, old, code, "region")
    assert stores.store.state(code) is State.WITHDRAWN
    await stores.vault.move()
    assert stores.store.state(code) is State.WITHDRAWN
    assert folder.rows("vault", "SELECT 1 FROM parts") == []
    assert folder.rows("work", "SELECT 1 FROM additions") == []


async def test_a_version_that_comes_while_an_export_is_written_is_in_it(
    stores: Stores, tmp_path: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = receipt()
    old = await hand_in(stores, "one", code)
    begin, begun = stores.vault.begin_batch, 0

    async def and_then_a_version() -> int:
        nonlocal begun
        number = await begin()
        begun += 1
        if begun == 1:
            await hand_in(stores, "two", code, old)
            await stores.vault.move()
        return number

    monkeypatch.setattr(stores.vault, "begin_batch", and_then_a_version)
    found = await exported(stores, tmp_path / "all.zip", folder.identities[0])
    assert begun == 2
    assert sorted(line["state"] for line in found.values()) == ["submitted", "superseded"]


async def test_additions_are_applied_in_their_order(stores: Stores, tmp_path: Path, folder: Folder) -> None:
    code = receipt()
    one = await hand_in(stores, "words", code)
    other = await hand_in(stores, "others' words", receipt())
    await sign(stores, one, code, "organisation", "Network X")
    await exported(stores, tmp_path / "first.zip", folder.identities[0])
    await sign(stores, one, code, "person", "Somebody")
    await stores.vault.move()
    await sign(stores, one, code, "region")
    standing = stores.store.standing(code)
    assert standing is not None
    assert standing.note == Note("2026-11-22", "region")
    found = await exported(stores, tmp_path / "all.zip", folder.identities[0])
    assert found[one]["answers"] == {"recommendation": "words", "attribution": "region"}
    # Only what something was added to comes again, and whole.
    since = await exported(stores, tmp_path / "since.zip", folder.identities[0], "1")
    assert since == {one: found[one]}
    assert other not in since
    first = {line["contribution"]: line for line in lines(tmp_path / "first.zip", folder.identities[0])}
    assert first[one]["answers"]["attribution_name"] == "Network X"
    after = stores.store.standing(code)
    assert after == standing


async def test_an_earlier_part_without_a_new_one_does_not_belong(
    stores: Stores, tmp_path: Path, folder: Folder
) -> None:
    code = receipt()
    one = await hand_in(stores, "words", code)
    await exported(stores, tmp_path / "first.zip", folder.identities[0])
    await sign(stores, one, code, "region")
    await exported(stores, tmp_path / "since.zip", folder.identities[0], "1")
    with bundle.read(tmp_path / "since.zip") as found:
        assert len(found) == 3
    # The addition is a link of the chain: leaving it out is noticed.
    content = entries(tmp_path / "since.zip")
    first = set(entries(tmp_path / "first.zip"))
    rewrite(tmp_path / "less.zip", {name: data for name, data in content.items() if name in first})
    with pytest.raises(Corrupt, match="part_missing"):
        bundle.read(tmp_path / "less.zip").close()


def test_an_addition_of_an_unknown_kind_or_place_is_refused() -> None:
    envelope = Envelope(contribution_id(), "eeca", "recommendation", "1", "ru", "2026-11-22")
    first = head(envelope, {"recommendation": None}, {}, notice="1")
    part = part_id()
    good = {
        **addition(
            envelope.contribution, "eeca", part, of=ATTRIBUTION, day="2026-11-23", answers={"attribution": "region"}
        ),
        "number": 1,
    }
    parts = {PartId(envelope.contribution): first, part: good}
    assert join(parts, envelope.contribution)["answers"]["attribution"] == "region"
    for wrong, code in (
        ({"addition": "spell"}, "addition_unknown"),
        ({"contribution": contribution_id()}, "part_misplaced"),
        ({"consultation": "esa"}, "part_misplaced"),
        ({"part": part_id()}, "part_misplaced"),
        ({"kind": "piece"}, "part_extra"),
    ):
        with pytest.raises(Corrupt, match=code):
            join({**parts, part: {**good, **wrong}}, envelope.contribution)


async def test_an_unknown_receipt_costs_the_same_reads_as_a_known_one(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, changed, signed, gone, unknown = (receipt() for _ in range(5))
    await hand_in(stores, "a", known)
    await hand_in(stores, "b", changed, await hand_in(stores, "a", changed))
    await sign(stores, await hand_in(stores, "a", signed), signed, "region")
    await hand_in(stores, "a", gone)
    await stores.store.withdraw(gone)
    asked: list[str] = []
    for file in (stores._files.work, stores._files.vault):
        read = file.database.read

        def noted(sql: str, parameters: Any = (), *, _read: Any = read) -> Any:
            asked.append(sql)
            return _read(sql, parameters)

        monkeypatch.setattr(file.database, "read", noted)
    seen = []
    for code in (known, changed, signed, gone, unknown):
        asked.clear()
        assert (stores.store.standing(code) is None) is (code == unknown)
        seen.append(tuple(asked))
    assert len(seen[0]) == 3
    assert len(set(seen)) == 1
