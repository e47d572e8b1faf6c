"""What organizers, the secretariat and the operator did: a chain of entries, each of which vouches for all before it.

An entry names who by role tag, what, and when; never a participant, a text or an answer. Pure.
Not here: where the entries are kept (`storage.audit`).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

START = "0" * 64
"""What the first entry stands on."""

ACTS = frozenset(
    {
        "broadcast_written",
        "broadcast_proposed",
        "broadcast_approved",
        "broadcast_refused",
        "broadcast_paused",
        "broadcast_resumed",
        "broadcast_cancelled",
        "broadcast_retried",
        "broadcast_recalled",
        "broadcast_tested",
        "broadcast_planned",
        "broadcast_ended",
        "inquiry_taken",
        "inquiry_answered",
        "inquiry_closed",
        "invite_made",
        "invite_changed",
        "invite_revoked",
        "person_admitted",
        "person_suspended",
        "person_removed",
        "briefing_written",
        "briefing_published",
        "briefing_withdrawn",
        "briefing_put_back",
        "briefing_erased",
        "form_published",
        "form_retired",
        "role_proposed",
        "role_end_proposed",
        "role_agreed",
        "role_refused",
        "role_granted",
        "role_ended",
        "role_laid_down",
        "roles_ended",
        "frozen",
        "thaw_proposed",
        "thaw_refused",
        "thawed",
        "broadcast_voided",
        "consultation_opened",
        "consultation_closed",
        "consultation_final",
        "consultation_sensitive",
        "exported",
        "published",
        "publication_withdrawn",
        "audit_exported",
        "chain_checked",
        "consultation_made",
        "consultation_changed",
        "export_sent",
    }
)
"""Everything that may be in the log."""


@dataclass(frozen=True)
class Entry:
    """One act."""

    number: int
    """From 1, without a gap."""
    at: int
    """Epoch seconds."""
    who: str
    """A role tag in hex; `bot` for what happens by itself, `operator` for the command line."""
    act: str
    """One of `ACTS`."""
    about: str
    """An id of ours: a broadcast, a consultation."""
    detail: str
    """A digest, a code or a number that organizers may see; empty for most."""


def link(before: str, entry: Entry) -> str:
    """Head of the chain after an entry, in hex."""
    content = json.dumps(asdict(entry), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def first_broken(entries: Iterable[tuple[Entry, str]]) -> int | None:
    """Number of the first entry that does not follow from those before it; None when all do."""
    head = START
    for expected, (entry, stated) in enumerate(entries, start=1):
        head = link(head, entry)
        if entry.number != expected or head != stated:
            return expected
    return None
