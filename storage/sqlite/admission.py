"""The tables of codes and of memberships in `work.db`.

Not here: who a code stands for and whether a row may be believed (`storage.admission`).
"""

import json
import sqlite3
from collections.abc import Sequence

from bot.core.errors import Refused
from bot.core.holdings import Kind
from storage.records import MembershipRow, SealedAdmission
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

INVENTORY = (
    Table("codes", ("mac", "tag", "route", "expires"), Kind.CODE, "tag", "code_owner", "expires"),
    Table(
        "memberships", ("tag", "consultation", "state", "told", "expires", "vouched"),
        Kind.MEMBERSHIP, "tag", "membership", "expires",
    ),
)  # fmt: skip


class AdmissionTables:
    """Reads; rows come in with the effects of updates (`follow`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def code(self, mac: Tag, now: float) -> bytes | None:
        """Where a code leads, sealed, unless its time is over."""
        rows = self._database.read("SELECT route FROM codes WHERE mac = ? AND expires > ?", (mac, now))
        return rows[0][0] if rows else None

    def until(self, owner: Tag, now: float) -> int | None:
        """Until when a code of this chat stands."""
        rows = self._database.read("SELECT expires FROM codes WHERE tag = ? AND expires > ?", (owner, now))
        return rows[0][0] if rows else None

    def memberships(self, tag: Tag) -> list[MembershipRow]:
        """All decisions about a chat."""
        sql = "SELECT tag, consultation, state, told, expires, vouched FROM memberships WHERE tag = ?"
        return [MembershipRow(*row) for row in self._database.read(sql, (tag,))]

    async def expire(self, now: float, running: Sequence[str]) -> int:
        """Erase codes whose time is over, and what was decided in consultations that do not run any more."""

        def work(connection: sqlite3.Connection) -> int:
            count = connection.execute("DELETE FROM codes WHERE expires <= ?", (now,)).rowcount
            return count + (
                connection.execute(
                    "DELETE FROM memberships WHERE expires <= ?"
                    " AND consultation NOT IN (SELECT value FROM json_each(?))",
                    (now, json.dumps(list(running))),
                ).rowcount
            )

        return await self._database.write(work, erases=True)


def follow(connection: sqlite3.Connection, admission: SealedAdmission) -> None:
    """What an update does: a code of one's own, a decision about another, or having been told of one.

    Raises Refused `code_unknown`: the code has ended meanwhile. Nothing of the update happened then.
    """
    if admission.owner is not None:
        connection.execute("DELETE FROM codes WHERE tag = ?", (admission.owner,))
    if (new := admission.new) is not None:
        row = (new.mac, new.tag, new.route, new.expires)
        connection.execute("INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?)", row)
    if (decided := admission.decided) is not None:
        if not connection.execute("SELECT 1 FROM codes WHERE mac = ?", (admission.code,)).fetchone():
            raise Refused("code_unknown")
        connection.execute(
            "INSERT OR REPLACE INTO memberships VALUES (?, ?, ?, ?, ?, ?)",
            (decided.tag, decided.consultation, decided.state, 0, decided.expires, decided.vouched),
        )
        connection.executemany(
            "UPDATE redemptions SET barred = ? WHERE tag = ?",
            [(int(admission.bars), tag) for tag in admission.redemptions],
        )
    connection.executemany(
        "UPDATE memberships SET told = 1 WHERE tag = ? AND consultation = ?",
        [(admission.member, consultation) for consultation in admission.told],
    )


def leave(connection: sqlite3.Connection, owner: Tag, member: Tag) -> None:
    """The person leaves: their code, and what was decided about them, go."""
    connection.execute("DELETE FROM codes WHERE tag = ?", (owner,))
    connection.execute("DELETE FROM memberships WHERE tag = ?", (member,))
