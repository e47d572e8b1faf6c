"""The table of invites in `work.db`: read as a list, made, changed and revoked.

Not here: using one (`storage.sqlite.work`), what a row says and whether it may be believed (`storage.invites`).
"""

import sqlite3
from collections.abc import Sequence

from bot.core.errors import Refused
from storage.records import InviteRow, SealedInviteAct
from storage.sqlite.connection import Database
from storage.tags import Tag

_COLUMNS = "role, consultation, uses_left, expires, vouched, cap, language, label"
ONE = f"SELECT {_COLUMNS} FROM invites WHERE mac = ?"  # noqa: S608 - a constant
_ALL = f"SELECT mac, {_COLUMNS} FROM invites"  # noqa: S608 - a constant


class InvitesTable:
    """Reads the list; writes for whoever has no update (`follow` is for those)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self) -> list[InviteRow]:
        """All of them, in the order of their keys, which says nothing."""
        return [InviteRow(Tag(mac), *rest) for mac, *rest in self._database.read(_ALL)]

    async def act(self, act: SealedInviteAct) -> None:
        """One act by itself. Raises Refused `invite_gone`."""
        revokes = act.new is None and act.change is None
        await self._database.write(lambda connection: follow(connection, (act,)), erases=revokes)


def follow(connection: sqlite3.Connection, acts: Sequence[SealedInviteAct]) -> None:
    """What an update does to invites. Raises Refused `invite_gone`; nothing of the update happened then."""
    for act in acts:
        if act.new is not None:
            _keep(connection, act.new)
            continue
        found = connection.execute(ONE, (act.mac,)).fetchone()
        if found is None or act.mac is None:
            raise Refused("invite_gone")
        if act.change is None:
            connection.execute("DELETE FROM invites WHERE mac = ?", (act.mac,))
            connection.execute("DELETE FROM redemptions WHERE invite = ?", (act.mac,))
        else:
            _keep(connection, act.change(InviteRow(act.mac, *found)))


def _keep(connection: sqlite3.Connection, row: InviteRow) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO invites (mac, role, consultation, uses_left, expires, vouched, cap, language, label)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.mac, row.role, row.consultation, row.uses_left, row.expires, row.vouched, row.cap, row.language,
            row.label,
        ),
    )  # fmt: skip
