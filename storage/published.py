"""What the secretariat published, as the bot and the command line know it. The bot sees a new publication at once.

Not here: SQL (`storage.sqlite.publications`), the file it comes in (`bot.questionnaires.publication`).
"""

from pydantic import TypeAdapter, ValidationError

from bot.core.contributions import ContributionId
from bot.core.points import Point, PointSet, Publication
from bot.core.ports import Clock, Log
from storage import retention
from storage.sqlite.publications import PublicationsFile

_SET = TypeAdapter(PointSet)
_POINT = TypeAdapter(Point)


class Published:
    """The port `Published` over `published.db`."""

    def __init__(self, file: PublicationsFile, clock: Clock, log: Log) -> None:
        self._file = file
        self._clock = clock
        self._log = log

    def version(self, consultation: str) -> str | None:
        """The version of the points that a consultation is shown now; None where it is shown none."""
        return self._file.in_force(consultation)

    def points(self, version: str) -> PointSet | None:
        """A version, in force or not; None when it is not there, and (with an alarm) when it cannot be read."""
        document = self._file.document(version)
        if document is None:
            return None
        try:
            found = _SET.validate_json(document)
        except ValidationError:
            found = None
        if found is None or found.version != version:
            self._log.event("row_unreadable")
            return None
        return found

    def feedback(self, contribution: ContributionId) -> tuple[Point, ...]:
        """The points that carry a contribution; none where nothing was said of it."""
        try:
            return tuple(_POINT.validate_json(document) for document in self._file.points_of(contribution))
        except ValidationError:
            self._log.event("row_unreadable")
            return ()

    def count(self) -> tuple[int, int]:
        """How many points are published, and to how many contributions feedback is."""
        return self._file.count()

    async def publish(self, publication: Publication) -> None:
        """Let this take the place of all that was published. Drafts under way keep the version they began with."""
        until = retention.superseded_until(self._clock.now())
        await self._file.replace(
            [(one.version, one.consultation, _SET.dump_json(one).decode()) for one in publication.sets],
            {point.id: _POINT.dump_json(point).decode() for point in publication.points},
            {contribution: " ".join(points) for contribution, points in publication.feedback.items()},
            until,
        )

    async def expire(self) -> int:
        """Erase versions that no draft can refer to any more; how many."""
        return await self._file.expire(self._clock.now())
