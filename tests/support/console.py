"""The command line as the operator runs it: in a process of its own, in a folder of its own."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.core.contributions import ContributionId, Envelope, PartId, Receipt, head, piece
from bot.core.people import ChatId
from bot.core.ports import Change, NewPart, Submission
from bot.core.session import Place, View
from storage.factory import open_stores
from tests.storage.world import RealChance, SetClock, at, contribution_id, part_id, receipt, update_id

ROOT = Path(bot.__file__).parents[1]
LATER = "2099-12-31T18:00Z"
TOKEN = "4711:not-a-real-token"

Answer = subprocess.CompletedProcess[str]


def environment(**settings: str) -> dict[str, str]:
    """Nothing but what finds the program, and settings without their prefix."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return kept | {f"MICIC_{name}": value for name, value in settings.items()}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def micic(folder: Path, *arguments: str | Path, **settings: str) -> Answer:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def done(folder: Path, *arguments: str | Path, **settings: str) -> str:
    """Run a command that must succeed; what it printed."""
    answer = micic(folder, *arguments, **settings)
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr
    return answer.stdout


@dataclass(frozen=True)
class Operator:
    """Somebody with a secretariat's keys and a server's data folder; commands run in `folder`."""

    folder: Path
    keys: tuple[Path, Path]
    recipients: tuple[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "micic-data"


def new_operator(folder: Path) -> Operator:
    """Two keys made, nothing initialised."""
    names = ("first.txt", "second.txt")
    first, second = (done(folder, "keys", "new", "--output", name).strip() for name in names)
    return Operator(folder, (folder / names[0], folder / names[1]), (first, second))


def initialised(folder: Path) -> Operator:
    operator = new_operator(folder)
    done(folder, "init", *(word for key in operator.recipients for word in ("--recipient", key)))
    return operator


def contribute(data: Path, consultation: str, texts: Sequence[str], answers: Mapping[str, object]) -> ContributionId:
    """One recommendation through the stores, as the bot puts it there; its texts are sealed message by message."""

    async def put() -> ContributionId:
        async with open_stores(data, SetClock(time.time()), RealChance()) as stores:
            contribution, chat = contribution_id(), ChatId(int.from_bytes(os.urandom(4)))
            envelope = Envelope(contribution, consultation, "recommendation", "1", "en", "2026-11-22")
            parts: list[PartId] = []
            for text in texts:
                parts.append(part_id())
                new = NewPart(parts[-1], piece(envelope, parts[-1], "recommendation", text))
                await stores.store.commit(Change(update_id(), chat, at(chat), parts=(new,)))
            document = head(envelope, {**answers, "recommendation": ""}, {"recommendation": parts}, "2026-11")
            code: Receipt = receipt()
            submission = Submission(contribution, consultation, code, document, tuple(parts))
            change = Change(update_id(), chat, at(chat, Place.RECEIPT), submission=submission, view=View(receipt=code))
            await stores.store.commit(change)
            return contribution

    return asyncio.run(put())
