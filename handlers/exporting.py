"""Has the sealed export made for the secretariat's chat, by the command line's own `export` in a process of its own.

That process works beside the bot, so a large export holds up nobody. The file rests in a folder of its own in the data
folder (it is ciphertext), and is erased as soon as it was read, or when the next one is made.
Not here: who may have it (`bot.core.conversation.exporting`).
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bot.core.conversation.exporting import ALL
from bot.core.ports import Log
from handlers.writing.exporting import MOST, Made

_LONGEST = 600.0
"""Seconds after which it is given up."""
_PREFIX = "export-"


class Exports:
    """Makes one at a time."""

    def __init__(self, folder: Path, log: Log, most: int = MOST) -> None:
        """`folder`: the data folder; `most`: bytes that a chat takes."""
        self._folder = folder
        self._log = log
        self._most = most
        self._one = asyncio.Lock()

    async def make(self, consultation: str) -> Made:
        """The export of a consultation, or of `all`. Whatever goes wrong is in the log, and nothing is there then."""
        name = f"export-{consultation}.zip"
        async with self._one:
            for old in self._folder.glob(f"{_PREFIX}*"):
                shutil.rmtree(old, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=self._folder) as spare:
                path = Path(spare) / name
                if not await self._run(consultation, path):
                    return Made(None, 0, name)
                size = path.stat().st_size
                return Made(path.read_bytes() if size <= self._most else None, size, name)

    async def _run(self, consultation: str, path: Path) -> bool:
        arguments = ["export", "--noted", "--output", str(path)]
        if consultation != ALL:
            arguments += ["--consultation", consultation]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments,
            env={**_surroundings(), "MICIC_DATA_DIR": str(self._folder)},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_LONGEST):
                code = await process.wait()
        except TimeoutError:
            code = -1
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code:
            self._log.event("export_failed")
        return code == 0


def _surroundings() -> dict[str, str]:
    """Our environment without the bot's settings: an export needs neither the token nor anything else of them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MICIC_")}
