"""From `work` to the vault: what was submitted leaves the file that knows tags for the file that knows none.

Each batch is committed in the vault before it is erased from `work`, so a crash at any point, or two processes at
once, only repeat what changes nothing. Also the port `Vault`, whose other half is `storage.sqlite.vault`.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.contributions import ContributionId
from bot.core.ports import Chance, Snapshot, StoredPart
from bot.crashpoints import crash_point
from storage.records import Bundle
from storage.sqlite.vault import VaultFile
from storage.sqlite.work import WorkFile

BATCH = 50
"""Contributions moved in one transaction."""


class Mover:
    """The steps of a move, one by one. `SealedVault.move` takes them in order."""

    def __init__(self, work: WorkFile, vault: VaultFile, chance: Chance) -> None:
        self._work = work
        self._vault = vault
        self._chance = chance

    def waiting(self) -> list[list[ContributionId]]:
        """What waits, shuffled, in batches; but a version after the one that it supersedes."""
        waiting = dict(self._work.waiting())
        shuffled = sorted(waiting, key=lambda one: (_depth(one, waiting), self._chance.hex(8)))
        return [shuffled[start : start + BATCH] for start in range(0, len(shuffled), BATCH)]

    def gather(self, batch: Iterable[ContributionId]) -> list[Bundle]:
        """The contributions with their parts; without those that another process has moved meanwhile."""
        return self._work.bundles(batch)

    async def store(self, bundles: Sequence[Bundle]) -> int:
        """Keep them in the vault, durably; how many were new there. Nothing is left in the log, which has an order."""
        new = await self._vault.take(bundles)
        await self._vault.database.truncate()
        return new

    async def erase(self, bundles: Sequence[Bundle]) -> None:
        """Erase them from `work` and its log."""
        await self._work.erase_moved(bundles)
        await self._work.database.truncate()


def _depth(contribution: ContributionId, supersedes: Mapping[ContributionId, ContributionId | None]) -> int:
    """How many earlier versions of a contribution wait with it."""
    before = supersedes.get(contribution)
    return 0 if before is None or before not in supersedes else 1 + _depth(before, supersedes)


class SealedVault:
    """The port `Vault`. What it gives is of one moment: the batches up to this object's last `begin_batch`."""

    def __init__(self, mover: Mover, vault: VaultFile, recipient_set: str) -> None:
        self._mover = mover
        self._vault = vault
        self._recipient_set = recipient_set
        self._until: int | None = None

    async def move(self) -> int:
        """Move what was submitted to the vault; returns how many contributions. Idempotent."""
        moved = 0
        for batch in self._mover.waiting():
            bundles = self._mover.gather(batch)
            crash_point("mover_gathered")
            moved += await self._mover.store(bundles)
            crash_point("mover_stored")
            await self._mover.erase(bundles)
            crash_point("mover_erased")
        if moved:
            await self._vault.rearrange()
        return moved

    async def begin_batch(self) -> int:
        """Give everything not yet exported the next batch number, durably; returns the newest batch number."""
        self._until = await self._vault.begin_batch()
        return self._until

    def snapshot(self, consultations: Sequence[str], since: int) -> Snapshot:
        """Batches after `since`, tombstones, and the states of contributions that are no longer simply submitted."""
        until = self._newest()
        return Snapshot(
            recipient_set=self._recipient_set,
            batches=tuple(range(since + 1, until + 1)),
            tombstones=tuple(self._vault.tombstones(consultations)),
            states=self._vault.states(consultations, until),
            whole=self._vault.whole(consultations, until),
        )

    def parts(self, consultations: Sequence[str], since: int) -> Iterable[StoredPart]:
        """The age files of contributions after `since`, streamed in the order of their random ids.

        Whole contributions, where something was added to one after `since`.
        """
        return self._vault.parts(consultations, since, self._newest())

    def chain(self, consultation: str, until: int) -> str:
        """Head of the consultation's chain after batch `until`; a batch without parts of it changes nothing."""
        return self._vault.chain(consultation, until)

    def _newest(self) -> int:
        # Another export may begin a batch while this one is written: its parts are not in this one's manifest.
        return self._vault.newest_batch() if self._until is None else self._until
