"""The tables of the figures in `work.db`. What an update raises is raised in its transaction (`follow`).

Not here: what may be shown of it (`storage.figures`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from bot.core.figures import DAILY, Stage, Tick
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table

INVENTORY = (
    Table("figures", ("consultation", "stage", "language", "questionnaire", "day", "since", "before")),
    Table("figure_days", ("consultation", "stage", "day", "shown")),
)
_UNTIL = (
    "SELECT consultation, stage, language, questionnaire,"
    " before + CASE WHEN day < ? THEN since ELSE 0 END AS counted FROM figures"
)
"""What was counted before a day."""


class FiguresTable:
    """Reads, and the end of a day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, consultation: str, today: int) -> list[tuple[Tick, int]]:
        """What was counted until yesterday, exactly."""
        rows = self._database.read(f"{_UNTIL} WHERE consultation = ?", (today, consultation))
        return [(_tick(row), row[-1]) for row in rows]

    def days(self, consultation: str) -> list[tuple[Stage, int, int]]:
        """Stage, day since the epoch and what was shown from then on; the earliest first."""
        sql = "SELECT stage, day, shown FROM figure_days WHERE consultation = ? ORDER BY day, stage"
        return [(Stage(stage), day, shown) for stage, day, shown in self._database.read(sql, (consultation,))]

    async def close(self, today: int, whole: Callable[[int], int]) -> None:
        """The days before today are over: note what is shown of them, and leave no trace of which day it was."""
        if not self._database.read("SELECT 1 FROM figures WHERE day > 0 AND day < ?", (today,)):
            return

        def work(connection: sqlite3.Connection) -> None:
            shown: dict[tuple[str, Stage], int] = {}
            for row in connection.execute(_UNTIL, (today,)).fetchall():
                tick = _tick(row)
                if tick.stage in DAILY:
                    at = (tick.consultation, tick.stage)
                    shown[at] = shown.get(at, 0) + whole(row[-1])
            for (consultation, stage), number in shown.items():
                last = "SELECT coalesce(max(shown), 0) FROM figure_days WHERE consultation = ? AND stage = ?"
                if number > connection.execute(last, (consultation, stage.value)).fetchone()[0]:
                    row = (consultation, stage.value, today - 1, number)
                    connection.execute("INSERT OR REPLACE INTO figure_days VALUES (?, ?, ?, ?)", row)
            connection.execute("UPDATE figures SET before = before + since, since = 0, day = 0 WHERE day < ?", (today,))

        await self._database.write(work, erases=True)


def follow(connection: sqlite3.Connection, ticks: Iterable[Tick], day: int) -> None:
    """Raise each number by one, on this day since the epoch. A clock that went back counts on the later day."""
    for tick in ticks:
        connection.execute(
            "INSERT INTO figures VALUES (?, ?, ?, ?, ?, 1, 0) ON CONFLICT DO UPDATE SET"
            " before = CASE WHEN day < excluded.day THEN before + since ELSE before END,"
            " since = CASE WHEN day < excluded.day THEN 1 ELSE since + 1 END, day = max(day, excluded.day)",
            (tick.consultation, tick.stage.value, tick.language, tick.questionnaire, day),
        )


def _tick(row: Sequence[str]) -> Tick:
    return Tick(row[0], Stage(row[1]), row[2], row[3])
