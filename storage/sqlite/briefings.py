"""The tables of briefings in `work.db`. What an update does to them is done in its transaction (`follow`).

Not here: what is in a sealed row (`storage.briefings`).
"""

import json
import sqlite3
from collections.abc import Sequence

from bot.core.errors import Outdated
from storage.records import BriefingRow, SealedBriefing
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table

INVENTORY = (
    Table("briefings", ("id", "consultation", "version", "sealed")),
    Table("editions", ("briefing", "number", "sealed")),
)


class BriefingsTable:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, consultations: Sequence[str]) -> list[BriefingRow]:
        """Those of these consultations, by their random ids."""
        sql = (
            "SELECT id, consultation, version, sealed FROM briefings"
            " WHERE consultation IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        return [BriefingRow(*row) for row in self._database.read(sql, (json.dumps(list(consultations)),))]

    def row(self, wanted: str) -> BriefingRow | None:
        """One of them."""
        sql = "SELECT id, consultation, version, sealed FROM briefings WHERE id = ?"
        rows = self._database.read(sql, (wanted,))
        return BriefingRow(*rows[0]) if rows else None

    def edition(self, briefing: str, number: int) -> bytes | None:
        """A sealed edition."""
        rows = self._database.read("SELECT sealed FROM editions WHERE briefing = ? AND number = ?", (briefing, number))
        return rows[0][0] if rows else None


def follow(connection: sqlite3.Connection, kept: SealedBriefing | None) -> None:
    """What an update does to a briefing. Raises Outdated `briefing_meanwhile` when another change came first."""
    if kept is None:
        return
    if kept.erased:
        sql = "DELETE FROM briefings WHERE id = ? AND version = ?"
        if connection.execute(sql, (kept.id, kept.version - 1)).rowcount != 1:
            raise Outdated("briefing_meanwhile")
        connection.execute("DELETE FROM editions WHERE briefing = ?", (kept.id,))
        return
    if kept.version == 1:
        changed = connection.execute(
            "INSERT OR IGNORE INTO briefings VALUES (?, ?, 1, ?)", (kept.id, kept.consultation, kept.sealed)
        )
    else:
        changed = connection.execute(
            "UPDATE briefings SET version = ?, sealed = ? WHERE id = ? AND version = ?",
            (kept.version, kept.sealed, kept.id, kept.version - 1),
        )
    if changed.rowcount != 1:
        raise Outdated("briefing_meanwhile")
    if kept.edition is not None:
        # What was published under a number stays what it was.
        added = connection.execute(
            "INSERT OR IGNORE INTO editions VALUES (?, ?, ?)", (kept.id, kept.number, kept.edition)
        )
        if added.rowcount != 1:
            raise Outdated("briefing_meanwhile")
