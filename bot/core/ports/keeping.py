"""What was handed in, what was published of it, and the forms it answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.contributions import ContributionId, PartId, State
from bot.core.editions import Edition as FormEdition
from bot.core.points import Point, PointSet, Publication


@dataclass(frozen=True)
class StoredPart:
    """One age file as it rests in the vault. `batch` is the export that first carried it."""

    part: PartId
    contribution: ContributionId
    consultation: str
    batch: int
    sha256: str
    sealed: bytes


@dataclass(frozen=True)
class Tombstone:
    """What is left of a withdrawn or superseded contribution: its id, and the digests of its parts for the chain."""

    contribution: ContributionId
    consultation: str
    batch: int
    parts: Sequence[tuple[PartId, int, str]]
    """Part id, batch that first carried it, SHA-256 of the erased age file."""
    state: State = State.WITHDRAWN
    supersedes: ContributionId | None = None
    """The version that this one had replaced."""


@dataclass(frozen=True)
class Snapshot:
    """What an export is made of, in random order, streamed by the vault."""

    recipient_set: str
    batches: Sequence[int]
    tombstones: Sequence[Tombstone]
    states: Mapping[ContributionId, State]
    """Those that are no longer simply submitted."""
    whole: bool = True
    """False while a version is erased whose successor is in no batch yet: begin another one."""


class Vault(Protocol):
    """Where submitted contributions rest, and what an export reads. Works while the bot runs."""

    async def move(self) -> int:
        """Move what was submitted from `work` to the vault, shuffled; returns how many contributions. Idempotent."""
        ...

    async def begin_batch(self) -> int:
        """Give everything not yet exported the next batch number, durably; returns the newest batch number."""
        ...

    def snapshot(self, consultations: Sequence[str], since: int) -> Snapshot:
        """Batches after `since`, tombstones and states. Since 0 means everything."""
        ...

    def parts(self, consultations: Sequence[str], since: int) -> Iterable[StoredPart]:
        """The age files of submitted contributions after `since`, streamed in the order of their random ids.

        A contribution to which something was added after `since` comes with all its parts, so that each export can be
        opened by itself.
        """
        ...

    def chain(self, consultation: str, until: int) -> str:
        """Head of the consultation's chain after batch `until` (`contributions.chain`); `CHAIN_START` at 0."""
        ...


class Published(Protocol):
    """What the secretariat published. A new publication is seen at once."""

    def version(self, consultation: str) -> str | None:
        """The version of the points that a consultation is shown now; None where it is shown none."""
        ...

    def points(self, version: str) -> PointSet | None:
        """A version, in force or not, as long as drafts may refer to it."""
        ...

    def feedback(self, contribution: ContributionId) -> tuple[Point, ...]:
        """The points that carry a contribution; none where nothing was said of it."""
        ...

    async def publish(self, publication: Publication) -> None:
        """Let this take the place of all that was published. Drafts under way keep the version they began with."""
        ...


class Editions(Protocol):
    """Forms that organizers brought. What one process publishes is seen by the others at once."""

    def offered(self, consultation: str) -> tuple[FormEdition, ...]:
        """What people can begin in a consultation, the oldest first, without documents."""
        ...

    def about(self, version: str) -> FormEdition | None:
        """One edition without its document, published or not."""
        ...

    def edition(self, version: str) -> FormEdition | None:
        """The whole of it; None when it is not there, or is not what it was."""
        ...

    async def keep(self, edition: FormEdition) -> None:
        """Keep one that may be published within some hours; again is no harm. Raises Refused `forms_full`."""
        ...

    async def offer(self, consultation: str, version: str) -> None:
        """Publish it there in place of the same form's edition before. Raises Refused `forms_many`, `form_gone`."""
        ...

    async def retire(self, consultation: str, form: str) -> bool:
        """Offer it there no longer; drafts under way go on. False: it was not offered."""
        ...
