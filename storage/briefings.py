"""Briefings under the working key. A row opens under its own id and version only, an edition under its number.

Not here: the rules (`bot.core.briefings`), SQL (`storage.sqlite.briefings`).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.core.briefings import Briefing, BriefingId, Edition, KeptBriefing
from bot.core.errors import Corrupt
from bot.core.ports import Log
from storage.keys import Keys
from storage.records import BriefingRow, SealedBriefing
from storage.sqlite.briefings import BriefingsTable

T = TypeVar("T")

_BRIEFING = TypeAdapter(Briefing)
_EDITION = TypeAdapter(Edition)


class SealedBriefings:
    """The port `Briefings`, and what `SealedStore` needs to keep them."""

    def __init__(self, table: BriefingsTable, keys: Keys, log: Log) -> None:
        self._table = table
        self._keys = keys
        self._log = log

    def briefings(self, consultations: Sequence[str]) -> tuple[Briefing, ...]:
        """Those of these consultations, what was published last first; what was not, before all others."""
        found = [self._opened_row(row) for row in self._table.rows(consultations)]
        return tuple(sorted((one for one in found if one is not None), key=_order, reverse=True))

    def briefing(self, wanted: BriefingId) -> Briefing | None:
        """One of them."""
        row = self._table.row(wanted)
        return None if row is None else self._opened_row(row)

    def edition(self, wanted: BriefingId, number: int) -> Edition | None:
        """One that was published, as it was."""
        sealed = self._table.edition(wanted, number)
        return None if sealed is None else self._opened(_EDITION, sealed, _edition_place(wanted, number))

    def seal(self, kept: KeptBriefing | None) -> SealedBriefing | None:
        """What an update does, sealed."""
        if kept is None:
            return None
        after = replace(kept.briefing, version=kept.briefing.version + 1)
        edition = after.current if kept.freezes else None
        number = 0 if edition is None else edition.number
        place = _edition_place(after.id, number)
        return SealedBriefing(
            after.id,
            after.consultation,
            after.version,
            self._keys.working.seal(_BRIEFING.dump_json(after), _place(after.id, after.version)),
            number,
            None if edition is None else self._keys.working.seal(_EDITION.dump_json(edition), place),
            erased=kept.erased,
        )

    def _opened_row(self, row: BriefingRow) -> Briefing | None:
        found = self._opened(_BRIEFING, row.sealed, _place(row.id, row.version))
        return found if found is not None and found.consultation == row.consultation else None

    def _opened(self, adapter: TypeAdapter[T], sealed: bytes, place: bytes) -> T | None:
        try:
            return adapter.validate_json(self._keys.working.open(sealed, place))
        except (Corrupt, ValidationError):
            # Not passed on: pydantic's message would repeat what is in it.
            self._log.event("row_unreadable")
            return None


def _order(briefing: Briefing) -> tuple[float, str]:
    return (math.inf if briefing.current is None else briefing.current.at, briefing.id)


def _place(briefing: str, version: int) -> bytes:
    return f"work/briefing:{briefing}:{version}".encode()


def _edition_place(briefing: str, number: int) -> bytes:
    return f"work/edition:{briefing}:{number}".encode()
