"""Keyed tags: how a chat, an invite or a receipt is known to the stores without being in them.

A tag is HMAC-SHA256 under a key that is not in the data files. A plain hash would not do: all possible chat numbers
can be hashed in hours. Each kind of row has a purpose of its own, so that no tag of one file occurs in another.
"""

import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

from bot.core.contributions import Receipt
from bot.core.people import ChatId, Grant, Invite

Tag = NewType("Tag", bytes)
"""32 bytes."""

RECENT = 4_096
"""Tags of chats that are remembered: about two for each of those that are active."""


class Tags:
    """Makes the tags of one server."""

    def __init__(self, tag_key: bytes, receipt_key: bytes) -> None:
        self._tag_key = tag_key
        self._receipt_key = receipt_key
        # Each update of a chat asks for these again, several times over.
        self._of_chat = lru_cache(RECENT)(self._tag)

    def draft(self, chat: ChatId) -> Tag:
        """The chat's session and the parts of its draft, in `work`."""
        return self._of_chat("work/draft", chat)

    def reminded(self, chat: ChatId, contribution: str) -> Tag:
        """That this chat was reminded of this draft, in `work`."""
        return self._tag("work/reminded", chat, contribution)

    def role(self, chat: ChatId) -> Tag:
        """The chat's roles, in `work`; another tag than its draft's, so that organizers' drafts do not stand out."""
        return self._of_chat("work/role", chat)

    def asker(self, chat: ChatId) -> Tag:
        """What the chat has asked the organizers, in `work`; another tag than its draft's."""
        return self._tag("work/asker", chat)

    def duty(self, chat: ChatId) -> Tag:
        """The chat of an organizer who is told of inquiries, in `work`."""
        return self._tag("work/duty", chat)

    def invite(self, token: str) -> Tag:
        """An invite, in `work`, by its token."""
        return self._tag("work/invite", token)

    def redemption(self, chat: ChatId, invite: Tag) -> Tag:
        """That this chat has used this invite, in `work`."""
        return self._tag("work/redemption", chat, invite)

    def code(self, code: str) -> Tag:
        """A code by which somebody is admitted, in `work`."""
        return self._tag("work/code", code)

    def code_owner(self, chat: ChatId) -> Tag:
        """The chat that has a code, in `work`."""
        return self._tag("work/code-owner", chat)

    def membership(self, chat: ChatId) -> Tag:
        """The chat about which organizers decided something, in `work`."""
        return self._tag("work/membership", chat)

    def membership_check(self, tag: Tag, consultation: str, state: str, expires: int) -> Tag:
        """Vouches for a row of memberships."""
        return self._tag("work/membership-row", tag, consultation, state, expires)

    def person(self, chat: ChatId) -> Tag:
        """The chat's profile, in `contacts`."""
        return self._tag("contacts/person", chat)

    def contact(self, chat: ChatId, consultation: str) -> Tag:
        """The chat among those who get news of one consultation, in `contacts`."""
        return self._tag("contacts/contact", consultation, chat)

    def receipt(self, receipt: Receipt) -> Tag:
        """A contribution, by its receipt; with a key of its own, which outlives no consultation."""
        return _mac(self._receipt_key, "vault/receipt", (receipt,))

    def note_key(self, receipt: Receipt) -> bytes:
        """32 bytes that only the receipt and the server together give: under it rests what its holder is told."""
        return _mac(self._receipt_key, "vault/note", (receipt,))

    def act(self, name: str) -> Tag:
        """An act of somebody with a role, in `audit`, by a name that it alone has."""
        return self._tag("audit/act", name)

    def audit_end(self, number: int, head: str) -> Tag:
        """Vouches for the end of the audit log: how many entries there are, and the head after the last."""
        return self._tag("audit/end", number, head)

    def proposer(self, chat: ChatId) -> Tag:
        """The chat of an organizer who proposes something, in `work`."""
        return self._tag("work/proposer", chat)

    def role_check(self, tag: Tag, grant: Grant, since: int = 0, route: bytes | None = None) -> Tag:
        """Vouches for a row of roles: a row written into the file by someone else does not verify."""
        row = (tag, grant.role.value, grant.consultation)
        return self._tag("work/role-row", *row) if route is None else self._tag("work/role-row", *row, since, route)

    def roster_check(self, version: int, vouched: Iterable[bytes]) -> Tag:
        """Vouches for all roles of staff together, by what vouches for each."""
        return self._tag("work/roster", version, *vouched)

    def invite_check(
        self,
        tag: Tag,
        invite: Invite,
        uses_left: int,
        expires: float | None,
        *,
        cap: int | None = None,
        label: bytes | None = None,
    ) -> Tag:
        """Vouches for a row of invites, with the uses it has left. Rows without a cap are of an older version."""
        row = (tag, invite.role.value, invite.consultation, uses_left, repr(expires))
        if cap is None:
            return self._tag("work/invite-row", *row)
        return self._tag("work/invite-row", *row, cap, invite.language, label)

    def _tag(self, purpose: str, *parts: str | bytes | int | None) -> Tag:
        return _mac(self._tag_key, purpose, parts)


def _mac(key: bytes, purpose: str, parts: tuple[str | bytes | int | None, ...]) -> Tag:
    contents = [_bytes(part) for part in (purpose, *parts)]
    # With its length before it, no part can run over into the next.
    message = b"".join([len(content).to_bytes(4, "big") + content for content in contents])
    return Tag(hmac.digest(key, message, "sha256"))


def _bytes(part: str | bytes | int | None) -> bytes:
    if part is None:
        return b"\0none"
    if isinstance(part, bytes):
        return part
    # Tokens come from links that anybody can write: any text has a tag, lone surrogates too.
    return str(part).encode("utf-8", "surrogatepass")
