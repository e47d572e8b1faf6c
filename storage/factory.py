"""Opens the stores of a data folder, and makes a new one.

<data>/work.db      drafts and what is due, for hours         (`storage.sqlite.work`)
<data>/contacts.db  who is remembered and gets news           (`storage.sqlite.contacts`)
<data>/audit.db     who with a role did what, chained         (`storage.audit`)
<data>/published.db points of earlier regions, feedback, forms (`storage.published`, `storage.editions`)
<data>/vault.db     submitted contributions, by random ids    (`storage.sqlite.vault`)
<data>/keys/        the server's own keys                     (`storage.keys`)
<data>/replica/     the vault once more, unless it is elsewhere (`storage.replica`)
<data>/bot.lock     held by the one bot that runs on the folder
"""

import fcntl
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.core.consultations import unlearn
from bot.core.errors import Misconfigured
from bot.core.ports import Chance, Clock, Log
from storage import expiry, keys, retention
from storage.audit import ChainedAudit
from storage.editions import Editions
from storage.figures import WholeFigures
from storage.holdings import Inventory
from storage.mover import Mover, SealedVault
from storage.outbox import SealedOutbox
from storage.published import Published
from storage.registry import SealedRegistry
from storage.replica import Replica
from storage.sealed import SealedStore
from storage.sqlite.figures import FiguresTable
from storage.sqlite.files import Files, open_files

LOCK = "bot.lock"


class _Silent:
    """For the command line, where an alarm has no reader; the bot passes its log."""

    def event(self, name: str, **values: bool | int | float | str) -> None:
        """Say nothing."""

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        """Say nothing."""


SILENT = _Silent()


class Stores:
    """The stores of one data folder. Made by `open_stores`."""

    def __init__(
        self,
        files: Files,
        own_keys: keys.Keys,
        contacts_key: Path,
        *,
        clock: Clock,
        chance: Chance,
        log: Log,
        draft_hours: float,
        data_dir: Path,
        replica_dir: Path | None,
    ) -> None:
        self._files = files
        self.clock = clock
        self.recipients = own_keys.recipients
        self.vault = SealedVault(Mover(files.work, files.vault, chance), files.vault, own_keys.recipients.set_id)
        self.replica = Replica(files.vault, data_dir, replica_dir, chance, log)
        self.store = SealedStore(
            files, own_keys, clock=clock, chance=chance, log=log, draft_hours=draft_hours, move=self.vault.move
        )
        self.registry = SealedRegistry(files.work, self.store.invites, chance)

        self.figures = WholeFigures(FiguresTable(files.work.database), clock)
        self.published = Published(files.published, clock, log)
        self.editions = Editions(files.editions, clock, log)
        self.audit = ChainedAudit(files.audit, own_keys.tags, clock)
        self.outbox = SealedOutbox(
            files.ledger,
            own_keys,
            contacts_key,
            clock=clock,
            chance=chance,
            log=log,
            roles=lambda chat: [grant.role for grant in self.store.grants(chat)],
        )
        self.inventory = Inventory(files, own_keys.tags, self.store, self.store.traces, self.outbox)

    async def expire(self) -> int:
        """Erase what has outlived its time; how many rows. To be run every hour or so."""
        await self.figures.close()
        erased = await self.outbox.expire() + await self.published.expire() + await self.editions.expire()
        return erased + await expiry.expire(self._files, self.store, self.clock)

    async def close(self) -> None:
        """Finish what waits and close the files; nothing stays in memory. May be called twice."""
        self.store.forget_recent(everything=True)
        files = self._files
        for file in (files.work, files.vault, files.contacts, files.audit, files.published):
            await file.database.close()


@asynccontextmanager
async def open_stores(
    data_dir: Path,
    clock: Clock,
    chance: Chance,
    draft_hours: float = retention.DRAFT_HOURS,
    *,
    exclusive: bool = False,
    log: Log = SILENT,
    replica_dir: Path | None = None,
) -> AsyncIterator[Stores]:
    """Open an initialised data folder. Several processes may; only one with `exclusive`, the bot.

    `replica_dir` is where the second copy of the vault rests; None: inside the data folder.

    From here on, whatever the process writes is readable by its owner only (umask 077).
    Raises Misconfigured: `data_dir_missing`, `not_initialised`, `folder_readable_by_others`,
    `file_readable_by_others`, `key_missing`, `key_damaged`, `already_running`, `store_is_newer` (each {path}), what
    `Recipients` raises, and Unavailable.
    """
    os.umask(0o077)
    keys.check_rights(data_dir)
    own_keys = keys.load(data_dir)
    async with AsyncExitStack() as stack:
        if exclusive:
            stack.callback(os.close, _locked(data_dir))
        files = await stack.enter_async_context(open_files(data_dir, log))
        stores = Stores(
            files,
            own_keys,
            keys.contacts_key(data_dir),
            clock=clock,
            chance=chance,
            log=log,
            draft_hours=draft_hours,
            data_dir=data_dir,
            replica_dir=replica_dir,
        )
        stack.push_async_callback(stores.close)
        unlearn()
        stores.store.learn()
        yield stores


async def initialise(data_dir: Path, recipients: Iterable[str], clock: Clock, chance: Chance) -> None:
    """Make the data folder, the server's own keys and the empty stores. Repeating it changes nothing.

    Raises Refused `recipients_differ`, and what `open_stores` raises.
    """
    os.umask(0o077)
    keys.create(data_dir, recipients, chance)
    async with open_stores(data_dir, clock, chance):
        pass


def _locked(data_dir: Path) -> int:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends."""
    handle = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Misconfigured("already_running", path=str(data_dir)) from error
    return handle
