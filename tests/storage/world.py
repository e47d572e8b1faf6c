"""A clock that is set, real chance, a log that remembers, and an initialised data folder."""

import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.core.contributions import ContributionId, PartId, Receipt
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Change, NewPart, Submission
from bot.core.session import Place, Session, View
from bot.sealing import Identity, new_identity
from storage.factory import Stores, initialise, open_stores

NOON = 1_795_000_000.0
"""A moment in November 2026."""


class SetClock:
    def __init__(self, now: float = NOON) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


class RealChance:
    def hex(self, length: int) -> str:
        return os.urandom(length).hex()

    def digits(self, count: int) -> str:
        return "".join(secrets.choice("0123456789") for _ in range(count))


@dataclass
class RememberingLog:
    events: list[str] = field(default_factory=list)

    def event(self, name: str, **values: bool | int | float | str) -> None:
        self.events.append(name)

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        self.events.append(name)


@dataclass
class Folder:
    """An initialised data folder and the two identities that open what is sealed in it."""

    path: Path
    identities: tuple[Identity, Identity]
    clock: SetClock = field(default_factory=SetClock)
    chance: RealChance = field(default_factory=RealChance)
    log: RememberingLog = field(default_factory=RememberingLog)

    @asynccontextmanager
    async def open(self, *, exclusive: bool = False, draft_hours: float = 24) -> AsyncIterator[Stores]:
        async with open_stores(
            self.path, self.clock, self.chance, draft_hours, exclusive=exclusive, log=self.log
        ) as stores:
            yield stores

    def rows(self, store: str, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read through a connection of our own, as another program would."""
        return rows(self.path / f"{store}.db", sql, parameters)

    def execute(self, store: str, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Write as somebody who got hold of the file would."""
        with closing(sqlite3.connect(self.path / f"{store}.db")) as connection, connection:
            connection.execute(sql, parameters)

    def contents(self, *names: str) -> bytes:
        """Everything in the files of these stores, logs included."""
        files = [file for name in names for file in sorted(self.path.glob(f"{name}.db*"))]
        assert files
        return b"\n".join(file.read_bytes() for file in files)


async def new_folder(path: Path) -> Folder:
    folder = Folder(path, (new_identity(), new_identity()))
    recipients = [identity.recipient for identity in folder.identities]
    await initialise(path, recipients, folder.clock, folder.chance)
    return folder


def rows(path: Path, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, parameters).fetchall()


_updates = count(1_000)
_chance = RealChance()


def update_id() -> UpdateId:
    return UpdateId(next(_updates))


def part_id() -> PartId:
    return PartId(_chance.hex(16))


def contribution_id() -> ContributionId:
    return ContributionId(_chance.hex(16))


def receipt() -> Receipt:
    return Receipt(_chance.digits(16))


def at(chat: ChatId, place: Place = Place.DIALOGUE) -> Session:
    return Session(int(chat), place)


def answered(chat: ChatId, text: str, part: PartId | None = None) -> Change:
    """One written answer arrives."""
    new = NewPart(part or part_id(), {"kind": "piece", "answers": {"recommendation": text}})
    return Change(update_id(), chat, at(chat), parts=(new,))


def submitted(
    chat: ChatId,
    parts: Iterable[PartId] = (),
    *,
    contribution: ContributionId | None = None,
    consultation: str = "eeca",
    code: Receipt | None = None,
) -> Change:
    """A draft is handed in."""
    code = code or receipt()
    submission = Submission(
        contribution or contribution_id(), consultation, code, {"kind": "head", "answers": {}}, tuple(parts)
    )
    session = at(chat, Place.RECEIPT)
    return Change(update_id(), chat, session, submission=submission, view=View(receipt=code))


async def contribute(stores: Stores, chat: ChatId, text: str = "A right to a lawyer", **named: Any) -> Change:
    """Answer, and hand in."""
    part = part_id()
    await stores.store.commit(answered(chat, text, part))
    change = submitted(chat, [part], **named)
    await stores.store.commit(change)
    return change
