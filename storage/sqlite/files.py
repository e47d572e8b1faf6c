"""The five files of a data folder, opened together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.ports import Log
from storage.sqlite.connection import Database
from storage.sqlite.contacts import ContactsFile
from storage.sqlite.editions import EditionsTable
from storage.sqlite.entries import EntriesFile
from storage.sqlite.ledger import LedgerFile
from storage.sqlite.publications import PublicationsFile
from storage.sqlite.vault import PAGE_SIZE, VaultFile
from storage.sqlite.work import WorkFile


@dataclass(frozen=True)
class Files:
    """`work`, `vault`, `contacts`, `audit` and `published`; what a backend consists of."""

    work: WorkFile
    vault: VaultFile
    contacts: ContactsFile
    ledger: LedgerFile
    """In `contacts`."""
    audit: EntriesFile
    published: PublicationsFile
    editions: EditionsTable
    """In `published`."""


@asynccontextmanager
async def open_files(data_dir: Path, log: Log) -> AsyncIterator[Files]:
    """Open or create the files. Raises Misconfigured `store_is_newer` {path}, Unavailable `storage_unavailable`."""
    async with AsyncExitStack() as stack:
        databases = {}
        for store in ("work", "vault", "contacts", "audit", "published"):
            page_size = PAGE_SIZE if store == "vault" else 4096
            databases[store] = await Database.open(data_dir / f"{store}.db", store, log, page_size=page_size)
            stack.push_async_callback(databases[store].close)
        yield Files(
            WorkFile(databases["work"]),
            VaultFile(databases["vault"]),
            ContactsFile(databases["contacts"]),
            LedgerFile(databases["contacts"]),
            EntriesFile(databases["audit"]),
            PublicationsFile(databases["published"]),
            EditionsTable(databases["published"]),
        )
