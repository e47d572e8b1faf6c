"""The bot as a process of its own, `python -m bot run`, to be killed and started again.

Not here: the bot inside the test's process (`bot`), what is done with it (`journey`).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]

STOP_WITHIN = 10.0
"""Seconds; the bot promises 5, the rest is for a busy machine."""


def environment(data_dir: Path, spare: Path, **settings: str) -> dict[str, str]:
    """The surroundings of a child: ours without `MICIC_`, and the given settings (`telegram_url`, …)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MICIC_")}
    given = {f"MICIC_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "TMPDIR": str(spare), "MICIC_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1", **given}


async def micic(surroundings: dict[str, str], *arguments: str | Path) -> str:
    """One command of `micic`; returns what it printed, and fails when it was refused."""
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    process = await asyncio.create_subprocess_exec(
        *command, env=surroundings, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, remarks = await process.communicate()
    assert process.returncode == 0, remarks.decode()
    return printed.decode()


class BotProcess:
    """One bot after another on the same data folder. All they print is appended to `log`; `root`: another tree."""

    def __init__(self, surroundings: dict[str, str], log: Path, root: Path = ROOT) -> None:
        self._surroundings = surroundings
        self._root = root
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def start(self, *, under: Sequence[str] = (), **settings: str) -> None:
        """Start a bot, with more settings this time; does not wait until it answers.

        `under`: a command and its arguments that run the bot and leave its process the one we started.
        """
        given = {f"MICIC_{name.upper()}": value for name, value in settings.items()}
        command = [*under, sys.executable, "-m", "bot", "run"]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, env={**self._surroundings, **given}, cwd=self._root, stdout=log, stderr=log
            )
        self.starts += 1

    @property
    def running(self) -> asyncio.subprocess.Process:
        """The present process."""
        assert self._process is not None, "not started"
        return self._process

    def kill(self) -> None:
        """SIGKILL, now."""
        assert self.running.returncode is None, "the bot has ended by itself"
        self.running.kill()

    async def ended(self) -> int:
        """Wait until the present process has ended; its return code."""
        return await self.running.wait()

    async def stop(self) -> int:
        """SIGTERM and the time to end; the return code."""
        self.running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN):
            return await self.ended()
