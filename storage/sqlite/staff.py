"""The tables of staff in `work.db`: their roles and the roster over them, proposals, errands, and what is frozen.

What an update does to them is done in its transaction (`follow`). Not here: who a tag is, what is in a sealed row and
whether a row may be believed (`storage.staff`).
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.core.errors import Outdated, Refused
from bot.core.holdings import Kind
from storage.records import ProposalRow, RoleRow, Roster, SealedStaffAct
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag


class Vouch(Protocol):
    """What stands for the roles of staff together."""

    def holds(self, rows: Sequence[RoleRow], roster: Roster | None) -> bool:
        """Whether these are the roles that were kept last, all of them and no other."""
        ...

    def after(self, rows: Sequence[RoleRow], roster: Roster | None) -> Roster:
        """The roster of these roles, following another one."""
        ...


INVENTORY = (
    Table("roles", ("tag", "role", "consultation", "vouched", "since", "route"), Kind.ROLE, "tag", "role"),
    Table("roster", ("id", "version", "vouched")),
    Table(
        "proposals", ("id", "proposer", "route", "expires", "sealed"), Kind.PROPOSAL, "proposer", "proposer", "expires"
    ),
    Table("errands", ("tag", "kind", "route"), Kind.ERRAND, "tag", "role"),
    Table("freezes", ("consultation", "since")),
)

_ROLE = "SELECT tag, role, consultation, vouched, since, route FROM roles"
_STAFF = f"{_ROLE} WHERE role != 'participant' ORDER BY tag, role, consultation"
_ROSTER = "SELECT version, vouched FROM roster"
_TOGETHER = (
    "SELECT r.tag, r.role, r.consultation, r.vouched, r.since, r.route, o.version, o.vouched"  # noqa: S608 - constants
    f" FROM (SELECT 1) LEFT JOIN ({_STAFF}) r LEFT JOIN roster o"
)
"""Both in one statement, so that they are of one moment. At least one row."""


class StaffTable:
    """Reads, and the few changes that no update makes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def staff(self) -> tuple[list[RoleRow], Roster | None]:
        """All roles but those of participants, and what vouches for them together; of one moment."""
        rows = self._database.read(_TOGETHER)
        version, vouched = rows[0][6:]
        found = [_role(row[:6]) for row in rows if row[0] is not None]
        return found, None if version is None else Roster(version, vouched)

    def roles(self, tag: Tag) -> list[RoleRow]:
        """The roles under a tag."""
        return [_role(row) for row in self._database.read(f"{_ROLE} WHERE tag = ?", (tag,))]

    def proposals(self, now: float) -> list[ProposalRow]:
        """All that hold."""
        sql = "SELECT id, proposer, route, expires, sealed FROM proposals WHERE expires > ?"
        return [ProposalRow(*row) for row in self._database.read(sql, (now,))]

    def errands(self) -> list[tuple[Tag, str, bytes]]:
        """What chats are to be told: tag, kind, sealed chat."""
        return [(Tag(tag), kind, route) for tag, kind, route in self._database.read(_ERRANDS)]

    def freezes(self) -> dict[str, int]:
        """Since when what stands still ('' for everything)."""
        return dict(self._database.read("SELECT consultation, since FROM freezes"))

    async def act(self, act: SealedStaffAct, vouch: Vouch) -> None:
        """One act by itself. Raises as `follow` does."""
        await self._database.write(lambda connection: follow(connection, (act,), vouch), erases=True)

    async def clear(self, tag: Tag, kind: str, duty: Tag | None) -> None:
        """A chat was told. With a duty's tag, that goes as well: whoever has no role is told of nothing."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM errands WHERE tag = ? AND kind = ?", (tag, kind))
            if duty is not None:
                connection.execute("DELETE FROM duties WHERE tag = ?", (duty,))

        await self._database.write(work, erases=True)

    async def end_all(self, vouch: Vouch) -> int:
        """Take every role of staff away, whatever vouches for it; how many. The roster begins anew."""

        def work(connection: sqlite3.Connection) -> int:
            for row in _rows(connection):
                _errand(connection, row, "ended")
            ended = connection.execute("DELETE FROM roles WHERE role != 'participant'").rowcount
            _write(connection, vouch.after((), _roster(connection)))
            connection.execute("DELETE FROM proposals")
            return ended

        return await self._database.write(work, erases=True)


_ERRANDS = "SELECT tag, kind, route FROM errands"


def keep(connection: sqlite3.Connection, role: RoleRow, vouch: Vouch) -> None:
    """Somebody has a role from now on. Raises Refused `roster_broken` where the roster does not hold."""

    def insert() -> None:
        connection.execute(
            "INSERT OR REPLACE INTO roles (tag, role, consultation, vouched, since, route) VALUES (?, ?, ?, ?, ?, ?)",
            (role.tag, role.role, role.consultation or "", role.vouched, role.since, role.route),
        )

    if role.route is None:
        insert()
    else:
        _changed(connection, vouch, insert)


def forget(connection: sqlite3.Connection, tag: Tag, proposer: Tag, vouch: Vouch) -> None:
    """Whoever leaves has no role, proposes nothing and is told nothing. A roster that does not hold stays so."""
    before, roster = _rows(connection), _roster(connection)
    connection.execute("DELETE FROM roles WHERE tag = ?", (tag,))
    connection.execute("DELETE FROM proposals WHERE proposer = ?", (proposer,))
    connection.execute("DELETE FROM errands WHERE tag = ?", (tag,))
    if any(row.tag == tag for row in before) and vouch.holds(before, roster):
        _write(connection, vouch.after(_rows(connection), roster))


def follow(connection: sqlite3.Connection, acts: Sequence[SealedStaffAct], vouch: Vouch) -> None:
    """What an update does. Raises Outdated `staff_meanwhile` (somebody was quicker), Refused `roster_broken`."""
    for act in acts:
        if act.proposal is not None:
            new = act.proposal
            if act.changes:
                sql = "UPDATE proposals SET expires = ?, sealed = ? WHERE id = ?"
                _once(connection.execute(sql, (new.expires, new.sealed, new.id)))
                connection.execute(
                    "INSERT OR REPLACE INTO errands SELECT ?, 'agreed', route FROM proposals WHERE id = ?",
                    (act.tells, new.id),
                )
            else:
                values = (new.id, new.proposer, new.route, new.expires, new.sealed)
                _once(connection.execute("INSERT OR IGNORE INTO proposals VALUES (?, ?, ?, ?, ?)", values))
        if act.drops is not None:
            _once(connection.execute("DELETE FROM proposals WHERE id = ?", (act.drops,)))
        if act.invite is not None:
            row = act.invite
            connection.execute(
                "INSERT INTO invites (mac, role, consultation, uses_left, expires, vouched) VALUES (?, ?, ?, ?, ?, ?)",
                (row.mac, row.role, row.consultation, row.uses_left, row.expires, row.vouched),
            )
        if act.ends is not None:
            _end(connection, act.ends, "menu" if act.own else "ended", vouch)
        if act.freezes is not None:
            connection.execute("INSERT OR IGNORE INTO freezes VALUES (?, ?)", (act.freezes, act.since))
        if act.thaws is not None:
            _once(connection.execute("DELETE FROM freezes WHERE consultation = ?", (act.thaws,)))
            connection.executemany(
                "UPDATE sessions SET expires = ? WHERE tag = ? AND expires = ?",
                [(after, tag, before) for tag, before, after in act.longer],
            )


def expire(connection: sqlite3.Connection, now: float) -> int:
    """Proposals that nobody agreed to in time; how many."""
    return connection.execute("DELETE FROM proposals WHERE expires <= ?", (now,)).rowcount


KEPT_SESSIONS = "hex(tag) NOT IN (SELECT value FROM json_each(?))"


def kept(tags: Sequence[Tag]) -> str:
    """For `KEPT_SESSIONS`: sessions that do not run out now."""
    return json.dumps([tag.hex().upper() for tag in tags])


def _end(connection: sqlite3.Connection, ended: RoleRow, kind: str, vouch: Vouch) -> None:
    where = "WHERE tag = ? AND role = ? AND consultation = ?"
    values = (ended.tag, ended.role, ended.consultation or "")

    def delete() -> None:
        for row in connection.execute(f"{_ROLE} {where}", values).fetchall():
            _errand(connection, _role(row), kind)
        _once(connection.execute(f"DELETE FROM roles {where}", values))  # noqa: S608 - constants

    _changed(connection, vouch, delete)


def _errand(connection: sqlite3.Connection, row: RoleRow, kind: str) -> None:
    if row.route is not None:
        connection.execute("INSERT OR REPLACE INTO errands VALUES (?, ?, ?)", (row.tag, kind, row.route))


def _changed(connection: sqlite3.Connection, vouch: Vouch, change: Callable[[], None]) -> None:
    """Change the roles of staff, if what is there holds, and vouch for what is there then."""
    roster = _roster(connection)
    if not vouch.holds(_rows(connection), roster):
        raise Refused("roster_broken")
    change()
    _write(connection, vouch.after(_rows(connection), roster))


def _write(connection: sqlite3.Connection, roster: Roster) -> None:
    connection.execute("INSERT OR REPLACE INTO roster VALUES (1, ?, ?)", (roster.version, roster.vouched))


def _rows(connection: sqlite3.Connection) -> list[RoleRow]:
    return [_role(row) for row in connection.execute(_STAFF).fetchall()]


def _roster(connection: sqlite3.Connection) -> Roster | None:
    found = connection.execute(_ROSTER).fetchone()
    return None if found is None else Roster(*found)


def _role(row: Sequence[object]) -> RoleRow:
    tag, role, consultation, vouched, since, route = row
    return RoleRow(Tag(tag), role, consultation or None, vouched, since, route)  # type: ignore[arg-type]


def _once(done: sqlite3.Cursor) -> None:
    if done.rowcount != 1:
        raise Outdated("staff_meanwhile")
