"""`work.db`: drafts, submissions that wait for the vault, invites and roles, what is done. Kept for hours.

Not here: what is in a sealed row and who a tag is (`storage.sealed`).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.core.consultations import GRACE_HOURS, Access, Changed, Intake
from bot.core.contributions import ContributionId, PartId, State
from bot.core.errors import Corrupt, Outdated, Refused
from bot.core.holdings import Kind
from bot.core.people import UpdateId
from bot.core.traces import Fate
from storage.records import (
    Bundle,
    Effect,
    InviteRow,
    NewConsultation,
    RoleRow,
    SealedAddition,
    SealedPart,
    SealedSubmission,
    SealedTrace,
    SealedView,
    VersionRow,
)
from storage.sqlite import admission, briefings, figures, inquiries, invites, staff
from storage.sqlite import traces as traces_table
from storage.sqlite.connection import Database
from storage.sqlite.inventory import Table
from storage.tags import Tag

Redeem = Callable[[InviteRow, bool], InviteRow]
"""Given an invite and whether the chat has used it before, gives the invite as it is afterwards, or raises."""


INVENTORY = (
    Table("updates", ("id", "day")),
    Table(
        "sessions", ("tag", "sealed", "view", "owed", "expires", "reminded"),
        Kind.SESSION, "tag", "draft", "expires",
    ),
    Table(
        "parts", ("id", "tag", "sealed"), Kind.PART, "tag", "draft",
        "(SELECT s.expires FROM sessions s WHERE s.tag = parts.tag)",
    ),
    Table("submissions", ("contribution", "consultation", "receipt", "supersedes", "note")),
    Table("submitted_parts", ("id", "contribution", "sealed")),
    Table("additions", ("id", "contribution", "receipt", "number", "sealed", "note")),
    Table("aside", ("id", "sealed", "day")),
    Table("intakes", ("consultation", "open", "until", "access", "draft_hours", "final", "grace_hours", "opens")),
    Table("consultations", ("id", "document")),
    Table(
        "invites",
        ("mac", "role", "consultation", "uses_left", "expires", "vouched", "cap", "language", "label"),
    ),
    Table(
        "redemptions", ("tag", "invite", "forgotten", "barred"), Kind.INVITE, "tag", "redemption",
        "(SELECT i.expires FROM invites i WHERE i.mac = redemptions.invite)",
    ),
    *staff.INVENTORY,
    *traces_table.INVENTORY,
    *inquiries.INVENTORY,
    *figures.INVENTORY,
    *admission.INVENTORY,
    *briefings.INVENTORY,
)  # fmt: skip


class WorkFile:
    """The tables of `work`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # What is there

    def handled(self, update: UpdateId) -> bool:
        """Whether the update had its effect."""
        return bool(self.database.read("SELECT 1 FROM updates WHERE id = ?", (_key(update),)))

    def session(self, tag: Tag, now: float) -> tuple[bytes, int] | None:
        """The sealed session and when it expires, unless it has."""
        rows = self.database.read("SELECT sealed, expires FROM sessions WHERE tag = ? AND expires > ?", (tag, now))
        return (rows[0][0], rows[0][1]) if rows else None

    def view(self, tag: Tag, now: float) -> bytes | None:
        """The sealed view, unless there is none or its session has expired."""
        rows = self.database.read("SELECT view FROM sessions WHERE tag = ? AND expires > ?", (tag, now))
        return rows[0][0] if rows else None

    def owed(self, now: float) -> list[tuple[Tag, bytes]]:
        """The sealed sessions of those to whom an answer is owed, with their tags."""
        rows = self.database.read("SELECT tag, sealed FROM sessions WHERE owed AND expires > ?", (now,))
        return [(Tag(tag), sealed) for tag, sealed in rows]

    def unfinished(self, now: float) -> list[tuple[Tag, bytes, int, Tag | None]]:
        """All sealed sessions: tag, session, when it expires, and the draft (a tag) that was reminded of."""
        rows = self.database.read("SELECT tag, sealed, expires, reminded FROM sessions WHERE expires > ?", (now,))
        return [(Tag(tag), sealed, expires, None if seen is None else Tag(seen)) for tag, sealed, expires, seen in rows]

    def intake(self, consultation: str) -> Intake:
        """The intake of a consultation; closed where nothing was said."""
        rows = self.database.read(_INTAKE, (consultation,))
        return _intake(rows[0] if rows else None)

    def consultations(self) -> list[str]:
        """The documents of the consultations beyond the six."""
        return [row[0] for row in self.database.read("SELECT document FROM consultations ORDER BY id")]

    def pending(self, receipt: Tag) -> list[VersionRow]:
        """The versions with this receipt that wait for the vault."""
        rows = self.database.read(
            "SELECT contribution, consultation, ?, supersedes, note FROM submissions WHERE receipt = ?",
            (State.SUBMITTED.value, receipt),
        )
        return [VersionRow(*row) for row in rows]

    def added(self, receipt: Tag) -> list[SealedAddition]:
        """What was added with this receipt and waits for the vault, the newest first."""
        return [
            SealedAddition(*row)
            for row in self.database.read(f"{_ADDED} WHERE receipt = ? ORDER BY number DESC", (receipt,))
        ]

    def additions(self, contribution: ContributionId) -> int:
        """The highest running number among what waits for the vault; 0: none."""
        sql = "SELECT coalesce(max(number), 0) FROM additions WHERE contribution = ?"
        return int(self.database.read(sql, (contribution,))[0][0])

    def invite(self, mac: Tag) -> InviteRow | None:
        """The invite, or None."""
        rows = self.database.read(invites.ONE, (mac,))
        return InviteRow(mac, *rows[0]) if rows else None

    def redeemed(self, redemption: Tag) -> tuple[bool, bool]:
        """Whether this use of an invite was made, and whether it lets nobody in again."""
        rows = self.database.read("SELECT barred FROM redemptions WHERE tag = ?", (redemption,))
        return bool(rows), bool(rows and rows[0][0])

    def invites_of(self, consultation: str) -> list[Tag]:
        """The MACs of the invites of a consultation, and of those for all."""
        sql = "SELECT mac FROM invites WHERE consultation = ? OR consultation IS NULL"
        return [Tag(row[0]) for row in self.database.read(sql, (consultation,))]

    def invites(self) -> list[Tag]:
        """The MACs of all invites."""
        return [Tag(row[0]) for row in self.database.read("SELECT mac FROM invites")]

    def waiting(self) -> list[tuple[ContributionId, ContributionId | None]]:
        """Contributions of which something waits for the vault, each with the version that it supersedes."""
        rows = self.database.read(
            "SELECT contribution, supersedes FROM submissions UNION ALL"
            " SELECT DISTINCT contribution, NULL FROM additions"
            " WHERE contribution NOT IN (SELECT contribution FROM submissions)"
        )
        return [(ContributionId(contribution), supersedes) for contribution, supersedes in rows]

    def bundles(self, contributions: Iterable[ContributionId]) -> list[Bundle]:
        """The given contributions with their parts, in the given order; those that are gone are left out."""
        found = []
        for contribution in contributions:
            # One statement, so that both halves are of one moment though another process erases.
            rows = self.database.read(
                "SELECT s.consultation, s.receipt, s.note, s.supersedes, p.id, p.sealed FROM submissions s"
                " JOIN submitted_parts p ON p.contribution = s.contribution WHERE s.contribution = ?",
                (contribution,),
            )
            added = self.database.read(f"{_ADDED} WHERE contribution = ? ORDER BY number", (contribution,))
            if rows or added:
                consultation, receipt, note, supersedes = rows[0][:4] if rows else ("", b"", None, None)
                parts = tuple(SealedPart(PartId(row[4]), row[5]) for row in rows)
                additions = tuple(SealedAddition(*row) for row in added)
                found.append(Bundle(contribution, consultation, Tag(receipt), parts, note, supersedes, additions))
        return found

    # What changes

    async def commit(self, effect: Effect, vouch: staff.Vouch) -> bool:
        """The whole effect of an update. False, and nothing happens, if the update had its effect before."""
        return await self.database.write(lambda connection: _commit(connection, effect, vouch), erases=effect.erases)

    async def settle(self, views: Sequence[SealedView], *, erases: bool) -> set[Tag]:
        """Keep these views; the tags of those kept. A session that was erased meanwhile is not brought back.

        Messages that appeared in a chat whose session was erased are due to be deleted.
        """

        def work(connection: sqlite3.Connection) -> set[Tag]:
            sql = "UPDATE sessions SET view = ?, owed = ? WHERE tag = ?"
            kept = set()
            for view in views:
                traces = view.traces
                if connection.execute(sql, (view.sealed, int(view.owed), view.tag)).rowcount:
                    kept.add(view.tag)
                else:
                    traces = [replace(trace, fate=Fate.DUE) for trace in traces]
                traces_table.keep(connection, view.tag, traces)
            return kept

        return await self.database.write(work, erases=erases)

    async def note_reminded(self, tag: Tag, draft: Tag) -> bool:
        """Note it; False when it is noted already or the session is gone."""

        def work(connection: sqlite3.Connection) -> bool:
            changed = connection.execute(
                "UPDATE sessions SET reminded = ? WHERE tag = ? AND reminded IS NOT ?", (draft, tag, draft)
            )
            return changed.rowcount == 1

        return await self.database.write(work)

    async def redeem(
        self, mac: Tag, redemption: Tag, role: RoleRow, redeem: Redeem, vouch: staff.Vouch
    ) -> InviteRow | None:
        """Let `redeem` decide over the invite as it is in the transaction; keep the role. None: no such invite."""

        def work(connection: sqlite3.Connection) -> InviteRow | None:
            found = connection.execute(invites.ONE, (mac,)).fetchone()
            if found is None:
                return None
            before = connection.execute("SELECT barred FROM redemptions WHERE tag = ?", (redemption,)).fetchone()
            if before is not None and before[0]:
                return None
            after = redeem(InviteRow(mac, *found), before is not None)
            connection.execute(
                "UPDATE invites SET uses_left = ?, vouched = ? WHERE mac = ?", (after.uses_left, after.vouched, mac)
            )
            connection.execute("INSERT OR REPLACE INTO redemptions VALUES (?, ?, 0, 0)", (redemption, mac))
            staff.keep(connection, role, vouch)
            staff.keep(connection, role, vouch)
            return after

        return await self.database.write(work)

    async def set_aside(self, update: UpdateId, day: int, part: SealedPart) -> None:
        """Keep a sealed update and count it as done."""

        def work(connection: sqlite3.Connection) -> None:
            if _first_time(connection, update, day):
                connection.execute("INSERT INTO aside VALUES (?, ?, ?)", (part.id, part.sealed, day))

        await self.database.write(work)

    async def forget(
        self,
        update: UpdateId,
        day: int,
        draft: Tag,
        role: Tag,
        redemptions: Sequence[Tag],
        *,
        asker: Tag,
        duty: Tag,
        code_owner: Tag,
        member: Tag,
        proposer: Tag,
        vouch: staff.Vouch,
        said: Sequence[SealedTrace],
    ) -> None:
        """Erase what is under these tags, and count the update as done. The chat's messages go too, `said` included."""

        def work(connection: sqlite3.Connection) -> None:
            _first_time(connection, update, day)
            connection.execute("DELETE FROM sessions WHERE tag = ?", (draft,))
            connection.execute("DELETE FROM parts WHERE tag = ?", (draft,))
            staff.forget(connection, role, proposer, vouch)
            # One chat has one use of an invite, forgotten or not; where none is left, nothing is to be guarded.
            tags = [(tag,) for tag in redemptions]
            connection.executemany("UPDATE redemptions SET forgotten = 1 WHERE tag = ?", tags)
            connection.execute(_SPENT)
            traces_table.keep(connection, draft, said)
            traces_table.leave(connection, draft)
            inquiries.leave(connection, asker, duty)
            admission.leave(connection, code_owner, member)

        await self.database.write(work, erases=True)

    async def set_intake(self, consultation: str, intake: Intake) -> None:
        """Open or close an intake."""

        await self.database.write(lambda connection: _set_intake(connection, consultation, intake))

    async def add_consultation(self, new: NewConsultation) -> None:
        """Keep a new consultation with its intake. Raises Refused `consultation_exists` {consultation}."""
        await self.database.write(lambda connection: _add_consultation(connection, new))

    async def erase_moved(self, bundles: Sequence[Bundle]) -> None:
        """Erase what the vault has. What was added since the bundles were gathered stays."""

        def work(connection: sqlite3.Connection) -> None:
            ids = [(bundle.contribution,) for bundle in bundles if bundle.parts]
            connection.executemany("DELETE FROM submitted_parts WHERE contribution = ?", ids)
            connection.executemany("DELETE FROM submissions WHERE contribution = ?", ids)
            added = [(addition.id,) for bundle in bundles for addition in bundle.additions]
            connection.executemany("DELETE FROM additions WHERE id = ?", added)

        await self.database.write(work, erases=True)

    async def expire(self, now: float, updates_before: int, aside_before: int, kept: Sequence[Tag]) -> int:
        """Erase what has outlived its time, but for these sessions; how many rows. Days are days since the epoch."""

        def work(connection: sqlite3.Connection) -> int:
            erased = sum(connection.execute(sql, parameters).rowcount for sql, parameters in statements)
            traces_table.expire(connection)
            return erased + staff.expire(connection, now)

        statements: list[tuple[str, tuple[float | str, ...]]] = [
            (_EXPIRED, (now, staff.kept(kept))),
            ("DELETE FROM parts WHERE tag NOT IN (SELECT tag FROM sessions)", ()),
            ("DELETE FROM updates WHERE day < ?", (updates_before,)),
            ("DELETE FROM aside WHERE day < ?", (aside_before,)),
            ("DELETE FROM inquiries WHERE expires <= ?", (now,)),
            ("DELETE FROM invites WHERE expires <= ?", (now,)),
            ("DELETE FROM redemptions WHERE invite NOT IN (SELECT mac FROM invites)", ()),
            (_SPENT, ()),
        ]
        return await self.database.write(work, erases=True)


_INTAKE = "SELECT open, until, access, draft_hours, final, grace_hours, opens FROM intakes WHERE consultation = ?"
_BEYOND = 2**63
_EXPIRED = f"DELETE FROM sessions WHERE expires <= ? AND {staff.KEPT_SESSIONS}"  # noqa: S608 - a constant
_ADDED = "SELECT id, contribution, receipt, number, sealed, note FROM additions"
_SPENT = "DELETE FROM redemptions WHERE forgotten AND invite IN (SELECT mac FROM invites WHERE uses_left <= 0)"


def _first_time(connection: sqlite3.Connection, update: UpdateId, day: int) -> bool:
    return connection.execute("INSERT OR IGNORE INTO updates VALUES (?, ?)", (_key(update), day)).rowcount == 1


def _key(update: UpdateId) -> int:
    """The number itself. One beyond what SQLite holds, which only a broken server sends, is as good as any other:
    it gets a key below zero, where no number of Telegram's is."""
    if update < _BEYOND:
        return update
    digest = hashlib.blake2b(f"{update:x}".encode(), digest_size=8).digest()
    return -1 - int.from_bytes(digest) % _BEYOND


def _intake(row: tuple[Any, ...] | None) -> Intake:
    """The intake of a row; closed where nothing was said."""
    if row is None:
        return Intake()
    opened, until, access, hours, final, grace, opens = row
    grace = GRACE_HOURS if grace is None else grace
    return Intake(bool(opened), until, Access(access), hours, bool(final), grace, opens)


def _set_intake(connection: sqlite3.Connection, consultation: str, intake: Intake) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO intakes (consultation, open, until, access, draft_hours, final, grace_hours, opens)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            consultation,
            int(intake.open),
            intake.until,
            intake.access.value,
            intake.draft_hours,
            int(intake.final),
            intake.grace_hours,
            intake.opens,
        ),
    )


def _add_consultation(connection: sqlite3.Connection, new: NewConsultation) -> None:
    try:
        connection.execute("INSERT INTO consultations VALUES (?, ?)", (new.id, new.document))
    except sqlite3.IntegrityError as error:
        raise Refused("consultation_exists", consultation=new.id) from error
    _set_intake(connection, new.id, new.intake)


def _change_intake(connection: sqlite3.Connection, changed: Changed) -> None:
    present = _intake(connection.execute(_INTAKE, (changed.consultation,)).fetchone())
    if present != changed.before:
        raise Outdated("intake_meanwhile")
    _set_intake(connection, changed.consultation, changed.after)


def _commit(connection: sqlite3.Connection, effect: Effect, vouch: staff.Vouch) -> bool:
    if not _first_time(connection, effect.update, effect.day):
        return False
    for new in effect.parts:
        connection.execute("INSERT INTO parts VALUES (?, ?, ?)", (new.id, effect.tag, new.sealed))
    for part in effect.dropped:
        # With the tag, so that no chat can drop what is another's.
        connection.execute("DELETE FROM parts WHERE id = ? AND tag = ?", (part, effect.tag))
    if effect.submission is not None:
        _submit(connection, effect.tag, effect.submission)
    if effect.addition is not None:
        _add(connection, effect.addition)
    if effect.erases_draft or effect.session is None:
        connection.execute("DELETE FROM parts WHERE tag = ?", (effect.tag,))
    if effect.session is None:
        connection.execute("DELETE FROM sessions WHERE tag = ?", (effect.tag,))
    else:
        session = effect.session
        connection.execute(
            "INSERT INTO sessions (tag, sealed, view, owed, expires) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (tag) DO UPDATE SET sealed = excluded.sealed,"
            " view = coalesce(excluded.view, view), owed = excluded.owed, expires = excluded.expires",
            (effect.tag, session.sealed, effect.view, int(session.owed), session.expires),
        )
    if effect.intake is not None:
        _change_intake(connection, effect.intake)
    if effect.founds is not None:
        _add_consultation(connection, effect.founds)
    traces_table.follow(connection, effect)
    inquiries.follow(connection, effect.inquiries, effect.duty)
    figures.follow(connection, effect.ticks, effect.day)
    invites.follow(connection, effect.invites)
    if effect.admission is not None:
        admission.follow(connection, effect.admission)
    briefings.follow(connection, effect.briefing)
    staff.follow(connection, effect.staff, vouch)
    return True


def _submit(connection: sqlite3.Connection, tag: Tag, submission: SealedSubmission) -> None:
    if (
        submission.supersedes is not None
        and connection.execute("SELECT 1 FROM submissions WHERE supersedes = ?", (submission.supersedes,)).fetchone()
    ):
        raise Outdated("version_meanwhile")
    try:
        connection.execute(
            "INSERT INTO submissions VALUES (?, ?, ?, ?, ?)",
            (
                submission.contribution,
                submission.consultation,
                submission.receipt,
                submission.supersedes,
                submission.note,
            ),
        )
    except sqlite3.IntegrityError as error:
        raise Corrupt("contribution_exists", contribution=submission.contribution) from error
    connection.execute(
        "INSERT INTO submitted_parts VALUES (?, ?, ?)",
        (submission.contribution, submission.contribution, submission.head),
    )
    for part in submission.parts:
        moved = connection.execute(
            "INSERT INTO submitted_parts SELECT id, ?, sealed FROM parts WHERE id = ? AND tag = ?",
            (submission.contribution, part, tag),
        )
        if moved.rowcount != 1:
            raise Corrupt("part_missing", part=part, contribution=submission.contribution)


def _add(connection: sqlite3.Connection, addition: SealedAddition) -> None:
    values = (
        addition.id,
        addition.contribution,
        addition.receipt,
        addition.number,
        addition.sealed,
        addition.note,
    )
    try:
        connection.execute("INSERT INTO additions VALUES (?, ?, ?, ?, ?, ?)", values)
    except sqlite3.IntegrityError as error:
        raise Outdated("number_meanwhile") from error
