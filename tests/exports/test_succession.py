"""Several exports opened as one: what is newer updates what is older, and a missing one between is named."""

from pathlib import Path

import pytest

from bot.core.contributions import Envelope, Receipt, State, head, piece
from bot.core.errors import ConsultationError, Corrupt, Refused
from bot.core.people import ChatId
from bot.core.ports import Change, NewPart, Submission
from bot.exports import bundle, succession
from bot.exports.opening import opened
from storage.factory import Stores
from tests.exports.test_bundle import ALL, by_id
from tests.exports.world import hand_in, opener, read_manifest
from tests.storage.world import Folder, at, contribution_id, new_folder, part_id, receipt, update_id


def lines(folder: Folder, *paths: Path) -> list[dict[str, object]]:
    bundles = succession.in_order([bundle.read(path) for path in paths])
    try:
        return list(opened(bundles, opener(folder.identities[0])))
    finally:
        for each in bundles:
            each.close()


async def test_later_exports_update_earlier_ones(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    kept = await hand_in(stores, ["kept"])
    gone, code = await _known(stores, "gone")
    first = await bundle.write(tmp_path / "1.zip", stores.vault, ALL)
    new = await hand_in(stores, ["new"], "mena")
    assert await stores.store.withdraw(code) is State.WITHDRAWN
    await bundle.write(tmp_path / "2.zip", stores.vault, ALL, first.cursor)
    whole = tmp_path / "3.zip"
    await bundle.write(whole, stores.vault, ALL)
    found = lines(folder, tmp_path / "2.zip", tmp_path / "1.zip")
    assert found == lines(folder, whole)
    states = {line["contribution"]: line["state"] for line in found}
    assert states == {kept["contribution"]: "submitted", new["contribution"]: "submitted", gone: "withdrawn"}
    assert [line["answers"] for line in found if line["contribution"] == gone] == [{}]


async def test_the_same_export_twice_changes_nothing(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    expected = by_id([await hand_in(stores, [str(number)]) for number in range(3)])
    path = tmp_path / "1.zip"
    await bundle.write(path, stores.vault, ALL)
    assert lines(folder, path, path) == expected


async def test_many_parts_of_several_exports_are_opened_on_all_cores(
    stores: Stores, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.exports.opening.MANY", 4)
    expected = [await hand_in(stores, [str(number)]) for number in range(3)]
    first = await bundle.write(tmp_path / "1.zip", stores.vault, ALL)
    expected += [await hand_in(stores, [str(number)]) for number in range(3)]
    await bundle.write(tmp_path / "2.zip", stores.vault, ALL, first.cursor)
    assert lines(folder, tmp_path / "1.zip", tmp_path / "2.zip") == by_id(expected)


async def test_a_missing_export_is_named(stores: Stores, tmp_path: Path) -> None:
    cursor = None
    for number in range(3):
        await hand_in(stores, [str(number)])
        cursor = (await bundle.write(tmp_path / f"{number}.zip", stores.vault, ALL, cursor)).cursor
    error = _refused(Refused, tmp_path / "0.zip", tmp_path / "2.zip")
    assert error.code == "exports_gap"
    assert dict(error.params) == {"consultation": "eeca", "ends": 1, "begins": 2}


async def test_an_export_without_news_of_a_consultation_is_no_gap(
    stores: Stores, folder: Folder, tmp_path: Path
) -> None:
    one = await hand_in(stores, ["one"])
    await bundle.write(tmp_path / "1.zip", stores.vault, ALL)
    two = await hand_in(stores, ["two"], "mena")
    cursor = (await bundle.write(tmp_path / "2.zip", stores.vault, ["mena"])).cursor
    three = await hand_in(stores, ["three"])
    await bundle.write(tmp_path / "3.zip", stores.vault, ["eeca"], cursor)
    found = lines(folder, tmp_path / "1.zip", tmp_path / "2.zip", tmp_path / "3.zip")
    assert found == by_id([one, two, three])


async def test_exports_of_two_servers_are_not_joined(stores: Stores, tmp_path: Path) -> None:
    await hand_in(stores, ["one"])
    await bundle.write(tmp_path / "1.zip", stores.vault, ALL)
    other = await new_folder(tmp_path / "other")
    async with other.open() as opened_stores:
        await hand_in(opened_stores, ["one"])
        await bundle.write(tmp_path / "2.zip", opened_stores.vault, ALL)
    assert _refused(Corrupt, tmp_path / "1.zip", tmp_path / "2.zip").code == "exports_differ"


async def test_where_they_come_from(stores: Stores, tmp_path: Path) -> None:
    await hand_in(stores, ["one"])
    cursor = (await bundle.write(tmp_path / "1.zip", stores.vault, ALL)).cursor
    await hand_in(stores, ["two"])
    await bundle.write(tmp_path / "2.zip", stores.vault, ALL, cursor)
    bundles = succession.in_order([bundle.read(tmp_path / "2.zip"), bundle.read(tmp_path / "1.zip")])
    origin = succession.origin(bundles)
    for each in bundles:
        each.close()
    assert (origin.exports, origin.since, origin.cursor, origin.parts) == (2, 0, "2", 4)
    assert list(origin.consultations) == list(ALL)
    assert origin.chains == [("eeca", read_manifest(tmp_path / "2.zip")["chains"]["eeca"]["after"])]


def _refused(kind: type[ConsultationError], *paths: Path) -> ConsultationError:
    bundles = [bundle.read(path) for path in paths]
    try:
        with pytest.raises(kind) as caught:
            succession.in_order(bundles)
    finally:
        for each in bundles:
            each.close()
    return caught.value


async def _known(stores: Stores, text: str) -> tuple[str, Receipt]:
    """A contribution whose receipt is known."""
    part, code, chat = part_id(), receipt(), ChatId(9)
    envelope = Envelope(contribution_id(), "eeca", "recommendation", "1", "ru", "2026-11-22")
    new = NewPart(part, piece(envelope, part, "recommendation", text))
    await stores.store.commit(Change(update_id(), chat, at(chat), parts=(new,)))
    document = head(envelope, {"recommendation": ""}, {"recommendation": [part]}, notice="1")
    submission = Submission(envelope.contribution, "eeca", code, document, [part])
    await stores.store.commit(Change(update_id(), chat, None, submission=submission))
    return envelope.contribution, code
