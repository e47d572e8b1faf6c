"""Invites: each row vouched for by a keyed MAC over all of it, the organizers' label under the working key.

A row that nobody vouches for lets nobody in, is in no list, and is alarmed. Not here: SQL (`storage.sqlite.invites`),
what an invite gives (`bot.core.people`), the rules (`bot.core.invites`).
"""

import base64
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.errors import Corrupt, Refused
from bot.core.invites import Act, Changed, InviteId, Kept, Made
from bot.core.people import Invite, Role
from bot.core.ports import Chance, Clock, Log
from storage.keys import Keys
from storage.records import InviteRow, SealedInviteAct
from storage.sqlite.invites import InvitesTable
from storage.tags import Tag

_NAME_BYTES = 6


class SealedInvites:
    """The port `Invites`, and what `SealedStore` needs to use and keep them."""

    def __init__(self, table: InvitesTable, keys: Keys, clock: Clock, log: Log) -> None:
        self._table = table
        self._keys = keys
        self._clock = clock
        self._log = log

    # What is there

    def invites(self, consultations: Sequence[str] | None = None) -> tuple[Kept, ...]:
        """All that still stand, used up or not, of these consultations or of all; those that end first come first."""
        found = []
        for row in self._table.rows():
            if consultations is not None and row.consultation not in consultations:
                continue
            try:
                invite = self.vouched(row)
            except Refused:
                continue
            found.append(Kept(_name(row.mac), invite, row.cap, row.uses_left, row.expires, self._label(row)))
        return tuple(sorted(found, key=lambda one: (one.expires is None, one.expires or 0.0, one.id)))

    def named(self, wanted: InviteId) -> Kept | None:
        """One of them."""
        return next((one for one in self.invites() if one.id == wanted), None)

    def vouched(self, row: InviteRow) -> Invite:
        """The invite of a row. Raises Refused when the row was not written by this server, or has expired."""
        invite = self._believed(row)
        if row.expires is not None and row.expires <= self._clock.now():
            raise Refused("invite_unknown")
        return invite

    def used_once(self, row: InviteRow, before: bool) -> InviteRow:
        """The invite after one more use, or as it was for a chat that has used it before. Raises Refused."""
        invite = self.vouched(row)
        if before:
            return row
        if row.uses_left <= 0:
            raise Refused("invite_unknown")
        return self._signed(replace(row, uses_left=row.uses_left - 1), invite)

    # What changes

    async def act(self, act: Act) -> None:
        """One act outside of updates, durable. Raises Refused `invite_gone`."""
        for sealed in self.seal([act]):
            await self._table.act(sealed)

    def seal(self, acts: Iterable[Act]) -> list[SealedInviteAct]:
        """What an update does, sealed. Raises Refused `invite_gone`."""
        sealed = []
        for act in acts:
            if isinstance(act, Made):
                sealed.append(SealedInviteAct(new=self._new(act)))
                continue
            mac = next((row.mac for row in self._table.rows() if _name(row.mac) == act.id), None)
            if mac is None:
                raise Refused("invite_gone")
            change = None if not isinstance(act, Changed) else lambda row, act=act: self._changed(row, act)
            sealed.append(SealedInviteAct(mac=mac, change=change))
        return sealed

    def _new(self, made: Made) -> InviteRow:
        mac = self._keys.tags.invite(made.token)
        label = self._keys.working.seal(made.label.encode(), _label_place(mac)) if made.label else None
        row = InviteRow(
            mac, made.invite.role.value, made.invite.consultation, made.cap,
            None if made.expires is None else float(made.expires), b"", made.cap, made.invite.language, label,
        )  # fmt: skip
        return self._signed(row, made.invite)

    def _changed(self, row: InviteRow, act: Changed) -> InviteRow:
        invite = self._believed(row)
        expires = row.expires if act.expires is None else float(act.expires)
        cap = None if row.cap is None else row.cap + act.more
        return self._signed(replace(row, uses_left=row.uses_left + act.more, expires=expires, cap=cap), invite)

    # Rows

    def _believed(self, row: InviteRow) -> Invite:
        try:
            invite = Invite(Role(row.role), row.consultation, row.language)
        except ValueError:
            invite = None
        if invite is None or not hmac.compare_digest(row.vouched, self._check(row, invite)):
            self._log.event("row_not_vouched")
            raise Refused("invite_unknown")
        return invite

    def _signed(self, row: InviteRow, invite: Invite) -> InviteRow:
        return replace(row, vouched=self._check(row, invite))

    def _check(self, row: InviteRow, invite: Invite) -> Tag:
        return self._keys.tags.invite_check(row.mac, invite, row.uses_left, row.expires, cap=row.cap, label=row.label)

    def _label(self, row: InviteRow) -> str:
        if row.label is None:
            return ""
        try:
            return self._keys.working.open(row.label, _label_place(row.mac)).decode()
        except (Corrupt, ValueError):
            self._log.event("row_unreadable")
            return ""


def new_token(chance: Chance) -> str:
    """22 characters of A-Z a-z 0-9 _ -: 128 random bits."""
    return base64.urlsafe_b64encode(bytes.fromhex(chance.hex(16))).decode("ascii").rstrip("=")


def _name(mac: Tag) -> InviteId:
    """The beginning of the MAC: opens nothing, and needs no column."""
    return InviteId(mac[:_NAME_BYTES].hex())


def _label_place(mac: Tag) -> bytes:
    return b"work/invite-label:" + mac
