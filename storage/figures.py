"""The figures as they leave the store: of whole days, and in whole fives. Nobody above is given an exact number.

Not here: SQL (`storage.sqlite.figures`), what is counted (`bot.core.figures`).
"""

from datetime import UTC, datetime

from bot.core.disclosure import whole
from bot.core.figures import Figures, Step
from bot.core.ports import Clock
from storage import retention
from storage.sqlite.figures import FiguresTable


class WholeFigures:
    """What may be shown of each consultation."""

    def __init__(self, table: FiguresTable, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def of(self, consultation: str) -> Figures:
        """What is known of one consultation until yesterday."""
        today = retention.day(self._clock.now())
        counts = {tick: shown for tick, count in self._table.counts(consultation, today) if (shown := whole(count))}
        days = tuple(Step(stage, _iso(day), shown) for stage, day, shown in self._table.days(consultation))
        return Figures(consultation, _iso(today - 1), counts, days)

    async def close(self) -> None:
        """To be done once a day is over."""
        await self._table.close(retention.day(self._clock.now()), whole)


def _iso(day: int) -> str:
    return datetime.fromtimestamp(day * retention.DAY, UTC).date().isoformat()
