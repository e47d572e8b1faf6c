"""The data folder of this server, opened for one command; paths that are checked before anything is done.

Not here: what the commands do with it.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.core.consultations import BY_ID, Consultation
from bot.core.errors import Refused
from bot.settings import load
from storage.audit import OPERATOR
from storage.factory import Stores, open_stores


class System:
    """The machine's clock and random source. Those of `bot.app` would bring Telegram's library along."""

    def now(self) -> float:
        """Epoch seconds, UTC."""
        return time.time()

    def hex(self, length: int) -> str:
        """That many random bytes as hex."""
        return os.urandom(length).hex()

    def digits(self, count: int) -> str:
        """That many random decimal digits."""
        return "".join(secrets.choice("0123456789") for _ in range(count))


SYSTEM = System()


@asynccontextmanager
async def stores() -> AsyncIterator[Stores]:
    """The stores that the settings name; a bot may run on them meanwhile. Raises what `open_stores` does."""
    settings = load()
    async with open_stores(settings.data_dir, SYSTEM, SYSTEM, replica_dir=settings.replica_dir) as opened:
        yield opened


def learn_kept() -> None:
    """Let the consultations beyond the six be known, for what is said before the stores are opened."""

    async def kept() -> None:
        async with stores():
            pass

    asyncio.run(kept())


def consultation(name: str) -> Consultation:
    """The consultation of that id. Raises Refused `consultation_unknown` (consultation, known)."""
    if name not in BY_ID:
        learn_kept()
    found = BY_ID.get(name)
    if found is None:
        raise Refused("consultation_unknown", consultation=name[:40], known=", ".join(BY_ID))
    return found


async def noted(opened: Stores, act: str, what: str, detail: str = "") -> None:
    """Note what the operator is about to do, durably."""
    await opened.audit.note(OPERATOR, act, what, detail)


def check_going(opened: Stores, consultations: Iterable[str]) -> None:
    """Refuse what does not go on while a consultation stands still. Raises Refused `frozen` (consultations)."""
    still = [one for one in consultations if opened.store.staff.frozen(one) is not None]
    if still:
        raise Refused("frozen", consultations=", ".join(still))


def check_replaceable(path: Path) -> None:
    """An earlier export may be written over, since the server can make it again; any other file may not.

    Raises Refused `output_is_folder`, `file_exists` (path).
    """
    if path.is_dir():
        raise Refused("output_is_folder", path=str(path))
    if path.exists():
        with path.open("rb") as file:
            start = file.read(2)
        if start not in (b"PK", b""):
            raise Refused("file_exists", path=str(path))
