"""The bundle: what goes in comes out, and whatever is done to it on the way is noticed and named."""

import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.contributions import CHAIN_START, chain
from bot.core.errors import ConsultationError, Corrupt, Refused
from bot.core.ports import Snapshot, StoredPart
from bot.exports import bundle, to_jsonl
from bot.exports.bundle import START
from bot.questionnaires.library import form
from bot.sealing import write_identity
from storage.factory import Stores
from tests.exports.world import entries, hand_in, lines, part_names, read_manifest, rewrite, signed
from tests.storage.world import Folder, new_folder

ALL = ("sesea", "eeca", "wca", "sca", "mena", "esa")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def run(folder: Path, *command: str) -> bytes:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def by_id(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda line: str(line["contribution"]))


async def test_what_was_handed_in_comes_out(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    expected = [await hand_in(stores, texts) for texts in (["one"], ["two", "  three\n"], ["\0\ud800é e\u0301 \u200f"])]
    expected.append(await hand_in(stores, ["elsewhere"], "mena"))
    path = tmp_path / "out.zip"
    summary = await bundle.write(path, stores.vault, ALL)
    assert (summary.contributions, summary.parts, summary.withdrawn, summary.cursor) == (4, 9, 0, "1")
    for identity in folder.identities:
        assert lines(path, identity) == by_id(expected)
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["data", "out.zip"]


async def test_only_the_consultations_asked_for(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    await hand_in(stores, ["one"])
    expected = await hand_in(stores, ["two"], "mena")
    await bundle.write(tmp_path / "out.zip", stores.vault, ["mena"])
    assert lines(tmp_path / "out.zip", folder.identities[0]) == [expected]


async def test_since_gives_what_is_new_and_continues_the_chain(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    await hand_in(stores, ["one"])
    first = await bundle.write(tmp_path / "1.zip", stores.vault, ALL, START)
    expected = await hand_in(stores, ["two"])
    second = await bundle.write(tmp_path / "2.zip", stores.vault, ALL, first.cursor)
    nothing = await bundle.write(tmp_path / "3.zip", stores.vault, ALL, second.cursor)
    assert lines(tmp_path / "2.zip", folder.identities[0]) == [expected]
    assert lines(tmp_path / "3.zip", folder.identities[0]) == []
    assert (nothing.parts, nothing.cursor) == (0, second.cursor)
    one, two = read_manifest(tmp_path / "1.zip")["chains"], read_manifest(tmp_path / "2.zip")["chains"]
    assert one["eeca"]["before"] == CHAIN_START
    assert two["eeca"]["before"] == one["eeca"]["after"] != two["eeca"]["after"]
    assert two["mena"] == {"before": CHAIN_START, "after": CHAIN_START}


@pytest.mark.parametrize("cursor", ["2", "-1", "x", "", "1e3", "9999999999999"])
async def test_an_unknown_cursor_is_refused(stores: Stores, tmp_path: Path, cursor: str) -> None:
    with pytest.raises(Refused) as raised:
        await bundle.write(tmp_path / "out.zip", stores.vault, ALL, cursor)
    assert raised.value.code == "cursor_unknown"
    assert not (tmp_path / "out.zip").exists()


async def test_repeating_an_export_gives_the_same_bytes(stores: Stores, tmp_path: Path) -> None:
    for number in range(20):
        await hand_in(stores, [str(number)])
    for name in ("1.zip", "2.zip"):
        await bundle.write(tmp_path / name, stores.vault, ALL)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


async def test_order_is_that_of_the_random_ids_and_no_time_is_told(stores: Stores, tmp_path: Path) -> None:
    for number in range(10):
        await hand_in(stores, [str(number)])
    await bundle.write(tmp_path / "out.zip", stores.vault, ALL)
    assert part_names(tmp_path / "out.zip") == sorted(part_names(tmp_path / "out.zip"))
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


async def test_stock_tools_open_it(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    if not (shutil.which("age") and shutil.which("unzip")):
        pytest.skip("age and unzip are not installed")
    expected = await hand_in(stores, ["Здравствуйте"])
    await bundle.write(tmp_path / "out.zip", stores.vault, ALL)
    run(tmp_path, "unzip", "-tq", "out.zip")
    run(tmp_path, "unzip", "-q", "out.zip", "-d", "unpacked")
    for number, identity in enumerate(folder.identities):
        write_identity(tmp_path / f"{number}.txt", identity)
        found = [
            json.loads(run(tmp_path, "age", "-d", "-i", f"{number}.txt", f"unpacked/{name}"))
            for name in part_names(tmp_path / "out.zip")
        ]
        assert {document["contribution"] for document in found} == {expected["contribution"]}
        assert "Здравствуйте" in [document["answers"].get("recommendation") for document in found]


async def test_a_pool_opens_the_same(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    expected = [await hand_in(stores, [str(number), "x"]) for number in range(150)]
    await bundle.write(tmp_path / "out.zip", stores.vault, ALL)
    assert lines(tmp_path / "out.zip", folder.identities[0], workers=1) == by_id(expected)
    assert lines(tmp_path / "out.zip", folder.identities[0], workers=2) == by_id(expected)
    # as `micic open` runs it: a process with one thread, where the pool is of processes
    script = (
        "import sys, json\nfrom pathlib import Path\nfrom bot.exports import bundle, opening\n"
        "from bot.sealing import open_document, read_identities\n"
        "ids = read_identities(Path(sys.argv[2]))\n"
        "with bundle.read(Path(sys.argv[1])) as found:\n"
        "    lines = list(opening.opened(found, lambda sealed: open_document(sealed, ids), workers=2))\n"
        "print(json.dumps(lines))\n"
    )
    write_identity(tmp_path / "key.txt", folder.identities[0])
    arguments = [str(tmp_path / "out.zip"), str(tmp_path / "key.txt")]
    done = await asyncio.to_thread(
        run, Path(bundle.__file__).parents[2], sys.executable, "-W", "error", "-c", script, *arguments
    )
    assert json.loads(done) == by_id(expected)


# A high surrogate followed by a low one is one character in every JSON: no phone can send the pair as two.
texts = st.lists(
    st.text(st.characters(), min_size=1).map(
        lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=1, max_size=3))
def test_any_text_survives_exactly(contributions: list[list[str]]) -> None:
    async def go(place: Path) -> None:
        folder = await new_folder(place / "data")
        async with folder.open() as stores:
            expected = [await hand_in(stores, messages) for messages in contributions]
            await bundle.write(place / "out.zip", stores.vault, ALL)
        to_jsonl.write(
            lines(place / "out.zip", folder.identities[1]), form("recommendation").questionnaire, place / "out.jsonl"
        )
        found = [json.loads(line) for line in (place / "out.jsonl").read_bytes().split(b"\n")[:-1]]
        assert found == by_id(expected)

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(go(Path(name)))


def withdraw(folder: Folder, contribution: str) -> None:
    folder.execute(
        "vault",
        "INSERT INTO tombstones (contribution, part, batch, sha256)"
        " SELECT contribution, id, batch, sha256 FROM parts WHERE contribution = ?",
        (contribution,),
    )
    folder.execute("vault", "DELETE FROM parts WHERE contribution = ?", (contribution,))
    folder.execute("vault", "UPDATE contributions SET state = 'withdrawn' WHERE id = ?", (contribution,))


async def test_a_withdrawn_contribution_leaves_a_tombstone(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    kept = await hand_in(stores, ["kept"])
    gone = await hand_in(stores, ["gone"])
    before = await bundle.write(tmp_path / "1.zip", stores.vault, ALL)
    withdraw(folder, gone["contribution"])
    for since in (None, before.cursor):
        await bundle.write(tmp_path / "2.zip", stores.vault, ALL, since)
        found = {line["contribution"]: line for line in lines(tmp_path / "2.zip", folder.identities[0])}
        assert found[gone["contribution"]]["state"] == "withdrawn"
        assert found[gone["contribution"]]["answers"] == {}
        assert set(found[gone["contribution"]]) == set(kept)
        assert (kept["contribution"] in found) == (since is None)
    full = read_manifest(tmp_path / "1.zip")["chains"]
    assert read_manifest(tmp_path / "2.zip")["chains"]["eeca"]["after"] == full["eeca"]["after"]


class Withdrawing:
    """A real vault in which somebody withdraws while the first export streams."""

    def __init__(self, stores: Stores, folder: Folder, contribution: str, times: int) -> None:
        self.vault, self.folder, self.contribution, self.times = stores.vault, folder, contribution, times

    async def move(self) -> int:
        return await self.vault.move()

    async def begin_batch(self) -> int:
        return await self.vault.begin_batch()

    def snapshot(self, consultations: Sequence[str], since: int) -> Snapshot:
        return self.vault.snapshot(consultations, since)

    def parts(self, consultations: Sequence[str], since: int) -> Any:
        found: list[StoredPart] = list(self.vault.parts(consultations, since))
        if self.times:
            self.times -= 1
            withdraw(self.folder, self.contribution)
        yield from found

    def chain(self, consultation: str, until: int) -> str:
        return self.vault.chain(consultation, until)


async def test_somebody_withdraws_while_it_is_written(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    kept = await hand_in(stores, ["kept"])
    gone = await hand_in(stores, ["gone"])
    path = tmp_path / "out.zip"
    await bundle.write(path, Withdrawing(stores, folder, gone["contribution"], times=1), ALL)
    found = lines(path, folder.identities[0])
    assert [line["state"] for line in found if line["contribution"] == gone["contribution"]] == ["withdrawn"]
    assert kept in found
    assert {part["contribution"] for part in read_manifest(path)["parts"]} == {kept["contribution"]}


async def test_nothing_is_left_of_a_failed_export(stores: Stores, tmp_path: Path) -> None:
    await hand_in(stores, ["one"])
    (tmp_path / "out.zip").write_bytes(b"before")

    class Broken(Withdrawing):
        def parts(self, consultations: Sequence[str], since: int) -> Any:
            yield from self.vault.parts(consultations, since)
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any will do
        await bundle.write(tmp_path / "out.zip", Broken(stores, None, "", 0), ALL)  # type: ignore[arg-type]
    assert (tmp_path / "out.zip").read_bytes() == b"before"
    assert names(tmp_path) == ["data", "out.zip"]
    with pytest.raises(Refused) as raised:
        await bundle.write(tmp_path / "nowhere" / "out.zip", stores.vault, ALL)
    assert raised.value.code == "folder_missing"


async def made(stores: Stores, path: Path) -> None:
    for number in range(3):
        await hand_in(stores, [str(number), "more"])
    await bundle.write(path, stores.vault, ALL)


async def test_any_changed_byte_is_named(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    await made(stores, path)
    good = path.read_bytes()
    chance = random.Random(1)
    with zipfile.ZipFile(path) as packed:
        places = [
            (entry.filename, entry.header_offset + 30 + len(entry.filename), entry.file_size)
            for entry in packed.infolist()
        ]
    for name, start, size in places:
        for offset in (0, size - 1, *(chance.randrange(size) for _ in range(10))):
            changed = bytearray(good)
            changed[start + offset] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            with pytest.raises(Corrupt) as raised:
                bundle.read(path)
            if name == "manifest.json":
                assert raised.value.code == "manifest_damaged"
            else:
                assert raised.value.code == "part_digest"
                assert raised.value.params == {"part": name.removesuffix(".age")}


async def test_no_changed_byte_changes_what_is_read(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    """Outside the entries too: the headers of the zip either make no difference or are refused."""
    path = tmp_path / "out.zip"
    await made(stores, path)
    good = path.read_bytes()
    expected = lines(path, folder.identities[0])
    chance = random.Random(2)
    for _ in range(150):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            assert lines(path, folder.identities[0]) == expected
        except Corrupt:
            continue
    for length in (0, 1, 21, 22, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:length])
        with pytest.raises(Corrupt) as raised:
            bundle.read(path)
        assert raised.value.code == "zip_malformed"


def drop_part(content: dict[str, bytes]) -> str:
    name = sorted(content)[1]
    del content[name]
    return name.removesuffix(".age")


def add_part(content: dict[str, bytes]) -> str:
    content["0" * 32 + ".age"] = b"extra"
    return "0" * 32


def add_last_part(content: dict[str, bytes]) -> str:
    content["f" * 32 + ".age"] = b"extra"
    return "f" * 32


def swap_parts(content: dict[str, bytes]) -> str:
    one, other = sorted(content)[:2]
    content[one], content[other] = content[other], content[one]
    return one.removesuffix(".age")


@pytest.mark.parametrize(
    ("change", "code"),
    [(drop_part, "part_missing"), (add_part, "part_extra"), (add_last_part, "part_extra"), (swap_parts, "part_digest")],
)
async def test_missing_extra_and_swapped_parts_are_named(
    stores: Stores, tmp_path: Path, change: Callable[[dict[str, bytes]], str], code: str
) -> None:
    path = tmp_path / "out.zip"
    await made(stores, path)
    content = entries(path)
    part = change(content)
    rewrite(path, content)
    with pytest.raises(Corrupt) as raised:
        bundle.read(path)
    assert (raised.value.code, raised.value.params) == (code, {"part": part})


async def test_doubled_strange_and_packed_entries_are_named(stores: Stores, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    await made(stores, path)
    content = entries(path)
    name = sorted(content)[0]

    def code_of(write: Callable[[zipfile.ZipFile], None]) -> ConsultationError:
        rewrite(path, content)
        with (
            pytest.warns(UserWarning, match="Duplicate") if write is double else _quiet(),
            zipfile.ZipFile(path, "a") as packed,
        ):
            write(packed)
        with pytest.raises(Corrupt) as raised:
            bundle.read(path)
        return raised.value

    def double(packed: zipfile.ZipFile) -> None:
        packed.writestr(name, content[name])

    def escape(packed: zipfile.ZipFile) -> None:
        packed.writestr("../../evil", b"x")

    def pack(packed: zipfile.ZipFile) -> None:
        packed.writestr("a" * 32 + ".age", b"0" * 10_000_000, zipfile.ZIP_DEFLATED)

    assert (code_of(double).code, code_of(double).params) == ("entry_doubled", {"name": name})
    assert code_of(escape).code == "entry_unexpected"
    assert (code_of(pack).code, code_of(pack).params) == ("zip_packed", {"name": "a" * 32 + ".age"})
    del content["manifest.json"]
    rewrite(path, content)
    with pytest.raises(Corrupt) as raised:
        bundle.read(path)
    assert raised.value.code == "manifest_missing"


def _quiet() -> Any:
    from contextlib import nullcontext

    return nullcontext()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"count": 9', b'"count": 8', "count_wrong"),
        (b'"after": "', b'"after": "0', "chain_broken"),
        (b'"format": 2', b'"format": 3', "manifest_unknown"),
        (b'"cursor": "1"', b'"cursor": "0"', "part_misplaced"),
        (b'"consultation": "eeca"', b'"consultation": "mars"', "part_misplaced"),
        (b'"parts": [', b'"parts":  [', "manifest_damaged"),
        (b'"since": "0"', b'"since": "x"', "manifest_damaged"),
    ],
)
async def test_a_forged_manifest_is_noticed(stores: Stores, tmp_path: Path, old: bytes, new: bytes, code: str) -> None:
    path = tmp_path / "out.zip"
    await made(stores, path)
    content = entries(path)
    assert old in content["manifest.json"]
    content["manifest.json"] = content["manifest.json"].replace(old, new, 1)
    rewrite(path, content)
    with pytest.raises(Corrupt) as raised:
        bundle.read(path)
    assert raised.value.code == "manifest_damaged"
    content["manifest.json"] = signed(content["manifest.json"])
    rewrite(path, content)
    with pytest.raises(Corrupt) as raised:
        bundle.read(path)
    assert raised.value.code == code


async def test_dropping_a_part_from_the_manifest_too_breaks_the_chain(stores: Stores, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    await made(stores, path)
    content = entries(path)
    part = drop_part(content)
    kept = [line for line in content["manifest.json"].splitlines(keepends=True) if part.encode() not in line[:60]]
    content["manifest.json"] = signed(b"".join(kept).replace(b'"count": 9', b'"count": 8'))
    rewrite(path, content)
    with pytest.raises(Corrupt) as raised:
        bundle.read(path)
    assert (raised.value.code, raised.value.params) == ("chain_broken", {"consultation": "eeca"})


async def test_a_key_that_does_not_fit(stores: Stores, tmp_path: Path) -> None:
    await made(stores, tmp_path / "out.zip")
    other = await new_folder(tmp_path / "other")
    with pytest.raises(Corrupt) as raised:
        lines(tmp_path / "out.zip", other.identities[0])
    assert raised.value.code == "part_does_not_open"
    assert f"{raised.value.params['part']}.age" in part_names(tmp_path / "out.zip")


async def test_a_part_that_no_head_names_is_named(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    await hand_in(stores, ["unclaimed"], pieces=[])
    await bundle.write(tmp_path / "out.zip", stores.vault, ALL)
    with pytest.raises(Corrupt) as raised:
        lines(tmp_path / "out.zip", folder.identities[0])
    assert raised.value.code == "part_extra"


async def test_the_chain_is_the_core_s(stores: Stores, tmp_path: Path) -> None:
    await made(stores, tmp_path / "out.zip")
    found = read_manifest(tmp_path / "out.zip")
    parts = [(part["part"], part["sha256"]) for part in found["parts"]]
    assert found["chains"]["eeca"]["after"] == chain(CHAIN_START, reversed(parts))
    assert found["count"] == len(parts) == 9
    assert found["recipient_set"] == stores.recipients.set_id


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused) as raised:
        bundle.read(tmp_path / "none.zip")
    assert raised.value.code == "file_unreadable"


def test_something_else_is_no_bundle(tmp_path: Path) -> None:
    for content in (b"", b"PK", b"x" * 1000):
        (tmp_path / "out.zip").write_bytes(content)
        with pytest.raises(Corrupt) as raised:
            bundle.read(tmp_path / "out.zip")
        assert raised.value.code == "zip_malformed"
