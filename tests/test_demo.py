"""The demo as somebody uses it: started, played, ended with Ctrl-C, started again; and what it refuses."""

import asyncio
import csv
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.player import corpus
from tests.support.emulator import Stage
from tests.support.process import ROOT, environment

pytestmark = pytest.mark.slow

DEADLINE = 60.0
END_WITHIN = 5.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


class Shown:
    """A demo in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""

    async def until(self, words: str) -> str:
        """Read what it prints until these words came; all that was printed."""
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            while words not in self.printed:
                line = await self.process.stdout.readline()
                assert line, f"it ended without {words!r}: {self.printed}"
                self.printed += line.decode()
        return self.printed

    async def end(self) -> int | None:
        """Ctrl-C; the exit code."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(END_WITHIN):
            self.printed += (await self.process.stdout.read()).decode()
            return await self.process.wait()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@asynccontextmanager
async def demo(spare: Path, *arguments: str | Path) -> AsyncIterator[Shown]:
    """`micic demo` with these arguments; `spare` is where its temporary files go."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *map(str, arguments)),
        env=environment(spare, spare),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Shown(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_it_plays_exports_and_comes_back(tmp_path: Path) -> None:
    data, spare = tmp_path / "demo", tmp_path / "spare"
    spare.mkdir()
    async with demo(spare, "--port", "0", "--data-dir", data, "--play", "3") as shown:
        printed = await shown.until("recommendations.csv")
        assert str(data / "demo-keys") in printed
        assert f"micic export --output {data}" in printed or f"-m bot export --output {data}" in printed
        assert await shown.end() == 0
    for key in ("secretariat", "backup"):
        assert (data / "demo-keys" / f"{key}.txt").stat().st_mode & 0o777 == 0o600
    with (data / "export" / "recommendations.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row["recommendation"] for row in csv.DictReader(file)}
    assert texts == {record.text for record in corpus()[:3]}
    async with demo(spare, "--port", "0", "--data-dir", data) as shown:
        address = _ADDRESS.search(await shown.until("Ctrl-C"))
        assert address is not None
        stage = Stage(address[0])
        people = await stage.people()
        chats = [await person.messages() for person in people]
        await stage.close()
        assert await shown.end() == 0
    assert [person.card["role"] for person in people[:5]] == [
        *("participant", "participant", "organizer", "organizer", "secretariat")
    ]
    assert [person.card["role"] for person in people[5:]] == ["played"] * 3
    assert all(len(chat) > 5 for chat in chats[5:])
    assert _names(spare) == []


async def test_without_a_folder_nothing_stays(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as shown:
        await shown.until("Ctrl-C")
        assert [name.startswith("micic-demo-") for name in _names(tmp_path)] == [True]
        assert await shown.end() == 0
    assert _names(tmp_path) == []


async def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with demo(tmp_path, "--port", str(taken.getsockname()[1])) as shown:
            said, _ = await shown.process.communicate()
            assert shown.process.returncode == 1
    assert len(said.decode().strip().splitlines()) == 1
    assert "--port" in said.decode()


async def test_the_folder_of_a_real_bot_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "real"
    data.mkdir(mode=0o700)
    (data / "recipients.txt").write_text("", "utf-8")
    async with demo(tmp_path, "--port", "0", "--data-dir", data) as shown:
        said, _ = await shown.process.communicate()
        assert shown.process.returncode == 1
    assert "--data-dir" in said.decode()
    assert _names(data) == ["recipients.txt"]
