"""`micic desk` as the secretariat uses it: real exports, a real process, killed and started again."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.desk import log as logs
from bot.desk import material
from bot.exports import bundle
from bot.sealing import write_identity
from storage.factory import Stores
from tests.exports.world import hand_in
from tests.storage.world import Folder, new_folder
from tests.support.process import ROOT, environment


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    return await new_folder(tmp_path / "data")


@pytest.fixture
async def stores(folder: Folder) -> AsyncIterator[Stores]:
    async with folder.open() as opened:
        yield opened


async def exported(stores: Stores, path: Path, *texts: str) -> list[str]:
    names = [(await hand_in(stores, [text], chat=number))["contribution"] for number, text in enumerate(texts, 1)]
    await bundle.write(path, stores.vault, ["eeca"])
    return names


@asynccontextmanager
async def running(tmp_path: Path, *arguments: str | Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The desk as a process, and its one-time address; killed when the block ends."""
    command = [sys.executable, "-m", "bot", "desk", *map(str, arguments), "--port", "0"]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(tmp_path / "none", tmp_path), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def holds_clear(folder: Path, word: str) -> bool:
    """Whether a file beside the key holds a word in clear."""
    return any(word.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())


def jar() -> aiohttp.CookieJar:
    return aiohttp.CookieJar(unsafe=True)


async def test_what_a_page_confirmed_outlives_a_kill(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    path, key = tmp_path / "answers.zip", tmp_path / "key.txt"
    write_identity(key, folder.identities[0])
    names = await exported(stores, path, "A right to a lawyer", "Убежище без страха")
    for round_ in (1, 2):
        async with running(tmp_path, path, "--identity", key, "--author", "Noor") as (process, address):
            base = address.partition("/?")[0]
            async with aiohttp.ClientSession(cookie_jar=jar()) as session:
                async with session.get(address) as answer:
                    shown = await answer.text()
                assert "Убежище без страха" in shown
                assert "answers.zip" in shown
                form = {"kind": "tag", "contribution": names[0], "tag": f"round {round_}", "next": "/inbox"}
                async with session.post(f"{base}/decide", data=form, headers={"Origin": base}) as answer:
                    assert answer.status == 200
                process.kill()
    decisions = logs.read(path.with_suffix(".decisions"), folder.identities[:1])
    assert [one.fields["tag"] for one in decisions if one.kind == "tag"] == ["round 1", "round 2"]
    assert [one.kind for one in decisions] == ["import", "tag", "tag"]
    assert not holds_clear(tmp_path, "Убежище")


async def test_it_is_told_how_far_the_opening_is(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "answers.zip"
    await exported(stores, path, "one", "two")
    told: dict[str, tuple[int, int]] = {}

    def stage(what: str) -> Callable[[int, int], None]:
        return lambda done, total: told.update({what: (done, total)})

    assert len(material.read([path], folder.identities[:1], stage).lines) == 2
    assert told["Opening"] == (2, 2)
    assert told["Checking answers.zip"][1] > 0


async def test_a_damaged_export_is_named_and_the_others_are_used(
    stores: Stores, folder: Folder, tmp_path: Path
) -> None:
    path = tmp_path / "answers.zip"
    await exported(stores, path, "A right to a lawyer")
    damaged = tmp_path / "damaged.zip"
    shutil.copy(path, damaged)
    content = bytearray(damaged.read_bytes())
    content[200] ^= 1
    damaged.write_bytes(content)
    found = material.read([path, damaged], folder.identities[:1])
    assert [bool(each.fault) for each in found.exports] == [False, True]
    assert "Part " in found.exports[1].fault or "export" in found.exports[1].fault
    assert len(found.lines) == 1


async def test_an_export_whose_questionnaires_do_not_open_is_named_and_the_others_are_used(
    stores: Stores, folder: Folder, tmp_path: Path
) -> None:
    path, other = tmp_path / "answers.zip", tmp_path / "other.zip"
    await exported(stores, path, "A right to a lawyer")
    await bundle.write(other, stores.vault, ["eeca"], forms=b"nothing that opens")
    found = material.read([path, other], folder.identities[:1])
    assert [bool(each.fault) for each in found.exports] == [False, True]
    assert len(found.lines) == 1


async def test_new_changed_and_withdrawn_since_last_time(stores: Stores, folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "answers.zip"
    names = await exported(stores, path, "One", "Two")
    first = material.read([path], folder.identities[:1])
    brought = material.news(first, {})
    assert brought is not None
    assert set(brought["added"]) == set(names)
    seen = dict(brought["added"])
    assert material.news(first, seen) is None
    seen[names[0]] = "another"
    first.lines[names[1]]["state"] = "withdrawn"
    first.add(first.lines[names[1]])
    again = material.news(first, seen)
    assert again is not None
    assert (list(again["added"]), list(again["changed"]), again["withdrawn"]) == ([], [names[0]], [names[1]])
