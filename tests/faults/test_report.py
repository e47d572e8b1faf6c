"""What was found is kept and told as it was; a run that is interrupted leaves no process behind."""

import asyncio
import datetime
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.faults.__main__ import HARNESSES
from tests.faults.report import NO_END, Part, broken, keep, kept, markdown, part
from tests.faults.result import Extent, Result
from tests.support.process import ROOT

ROWS = (
    Result("one: good", "5 things", 5),
    Result("one: bad", "6 things", 6, ["something is gone"], "a note | of two\nlines"),
    Result("one: nothing", "", 0),
    Result("one: impossible", "left out", 0, note="no tool", skipped=True),
)


def made(harness: str = "one", rows: tuple[Result, ...] = ROWS) -> Part:
    return part(harness, Extent.WHOLE, datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.UTC), 90.0, rows)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    assert kept(tmp_path / "none.json") is None
    keep(made(), tmp_path / "deep" / "one.json")
    found = kept(tmp_path / "deep" / "one.json")
    assert found is not None
    assert markdown([found]) == markdown([made()])
    assert found.broken == made().broken == 2


def test_the_report_tells_what_is_broken_and_when_each_was_run() -> None:
    said = markdown([made(), made("planted", ROWS[:1] + ROWS[3:])])
    assert "| one: bad | 6 things | 6 | 1 not in order | a note / of two lines |" in said
    assert "| one: nothing |  | 0 | not done |  |" in said
    assert "| one: impossible | left out | 0 | left out | no tool |" in said
    assert "- one: bad: something is gone" in said
    assert "| one | whole | 2026-03-01 12:30 | 1.5 |" in said
    assert "Not in order: 1. Planted faults: 0 of 18 caught, 1 cannot be planted yet; 1 more caught." in said
    assert broken([made()]) == ["one: bad: something is gone"]


def test_a_harness_without_an_end_is_told_from_a_broken_promise() -> None:
    failed = Result("one", NO_END, 1, ["the harness failed: OSError"])
    now = datetime.datetime.now(datetime.UTC)
    assert made(rows=(*ROWS[:1], failed)).cut_short
    assert part("one", Extent.QUICK, now, 1.0, ROWS[:1], whole=False).cut_short
    assert not made().cut_short
    assert not made(rows=(*ROWS[:2], failed)).cut_short
    assert not part("one", Extent.QUICK, now, 1.0, ROWS[:2], whole=False).cut_short


def test_every_harness_of_the_list_is_there() -> None:
    assert len(set(HARNESSES)) == len(HARNESSES) >= 9
    for name in HARNESSES:
        assert "def measure(extent: Extent, folder: Path" in (ROOT / f"tests/faults/{name}.py").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_an_interrupted_run_ends_what_it_started(number: signal.Signals, tmp_path: Path) -> None:
    """Killed, it can do nothing any more; the harness notices, and ends its bot."""
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults", "--quick", "--only", "clock", "--kept", tmp_path),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        while len(started := _under(str(tmp_path))) < 3:  # noqa: ASYNC110 - run, harness, bot: other processes
            await asyncio.sleep(0.05)
    run.send_signal(number)
    await run.wait()
    async with asyncio.timeout(30):
        while _under(str(tmp_path)):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)
    assert started


def _under(folder: str) -> list[int]:
    """Processes whose surroundings name this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "environ").read_bytes()
            except OSError:
                continue
            if folder.encode() in said:
                found.append(int(entry.name))
    return found
