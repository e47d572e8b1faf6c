"""The second copy of the vault: sealed contributions once more, durable and read back before anybody relies on them.

A chat is tidied only when what was handed in rests in both. What is withdrawn or erased in the vault leaves the replica
as well. A folder that was missing, emptied or set back is noticed by the generation and filled again.
Not here: SQL (`storage.sqlite.replica`), when a chat is tidied (`handlers.tidying`).
"""

import asyncio
from pathlib import Path

from bot.core.contributions import ContributionId
from bot.core.errors import Corrupt, Unavailable
from bot.core.ports import Chance, Log
from bot.crashpoints import crash_point
from storage.sqlite import replica as sqlite_replica
from storage.sqlite.replica import Original, ReplicaFile
from storage.sqlite.vault import VaultFile

FOLDER = "replica"
"""Inside the data folder, where no other place was set."""
BATCH = 50
"""Contributions copied in one transaction."""


class Replica:
    """Keeps the replica what the vault is. Only the bot does, which holds the data folder's lock."""

    def __init__(self, vault: VaultFile, data_dir: Path, folder: Path | None, chance: Chance, log: Log) -> None:
        self._original = Original(vault.database)
        self._data_dir = data_dir
        self.folder = folder or data_dir / FOLDER
        self._own = folder is None
        self._chance = chance
        self._log = log

    @property
    def behind(self) -> int:
        """Contributions that the replica does not have yet as they are now."""
        return self._original.waiting()

    async def state(self) -> str:
        """`whole`, `behind` (something is to be copied), or `missing` (no file, or another one than was filled).

        Raises Unavailable `replica_unavailable` {path}.
        """
        generation = await asyncio.to_thread(sqlite_replica.generation, self.folder)
        if generation is None or generation not in self._original.generations():
            return "missing"
        return "behind" if self.behind else "whole"

    async def catch_up(self) -> int:
        """Copy what the replica lacks; how many contributions. When it returns, everything was read back.

        Raises Unavailable, and Corrupt `replica_differs`: then nothing may rely on the second copy.
        """
        try:
            if self._own:
                self.folder.mkdir(mode=0o700, exist_ok=True)
            return await self._catch_up()
        except OSError as error:
            raise Unavailable("replica_unavailable", path=str(self.folder)) from error

    async def _catch_up(self) -> int:
        generation = await asyncio.to_thread(sqlite_replica.generation, self.folder)
        anew = generation is None or generation not in self._original.generations()
        if not anew and not self._original.uncopied(1):
            return 0
        async with sqlite_replica.opened(self.folder, self._log) as file:
            if anew:
                await self._begin(file)
            count = 0
            while marked := self._original.uncopied(BATCH):
                await self._copy(file, list(marked), marked)
                count += len(marked)
            await file.rearrange()
        return count

    async def _begin(self, file: ReplicaFile) -> None:
        """Compare everything: list all for copying, and erase what the vault does not know (any more)."""
        generation = self._chance.hex(16)
        await self._original.plan(generation, anew=True)
        last = ""
        while ids := file.ids(last):
            last = ids[-1]
            if unknown := self._original.unknown(ids):
                await self._copy(file, unknown, {})
        await file.take([], self._original.batches(), generation)

    async def _copy(self, file: ReplicaFile, ids: list[ContributionId], marked: dict[ContributionId, bytes]) -> None:
        generation = self._chance.hex(16)
        await self._original.plan(generation, anew=False)
        copies = self._original.copies(ids)
        crash_point("before_replicate")
        await file.take(copies, self._original.batches(), generation)
        if not await asyncio.to_thread(sqlite_replica.verified, self.folder, copies):
            raise Corrupt("replica_differs", path=str(self.folder))
        crash_point("after_replicate")
        await self._original.copied(marked, generation)
