"""Editions of forms that organizers brought, as the bot and the command line know them. A change is seen at once.

Nothing here is about a person. A document that was changed on the disk is not one any more: its digest tells.
Not here: SQL (`storage.sqlite.editions`), reading an author's file (`bot.questionnaires.examining`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from bot.core.editions import MOST_KEPT, MOST_OFFERED, UNPUBLISHED_HOURS, Edition
from bot.core.errors import Refused
from bot.core.ports import Clock, Log
from storage import retention
from storage.sqlite.editions import EditionRow, EditionsTable

_ABOUT = TypeAdapter(tuple[dict[str, str], tuple[str, ...], int])


class Editions:
    """The port `Editions` over `published.db`."""

    def __init__(self, table: EditionsTable, clock: Clock, log: Log) -> None:
        self._table = table
        self._clock = clock
        self._log = log

    def offered(self, consultation: str) -> tuple[Edition, ...]:
        """What people can begin in a consultation, the oldest first, without documents."""
        return self._known(self._table.in_force(consultation))

    def about(self, version: str) -> Edition | None:
        """One edition without its document, published or not."""
        row = self._table.about(version)
        return next(iter(self._known([row])), None) if row is not None else None

    def edition(self, version: str) -> Edition | None:
        """The whole of it; None when it is not there and, with an alarm, when it is not what it was."""
        known, found = self.about(version), self._table.document(version)
        if known is None or found is None:
            return None
        if not hashlib.sha256(found[0].encode()).hexdigest().startswith(version):
            self._log.event("row_unreadable")
            return None
        return replace(known, document=found[0], workbook=found[1])

    def ever(self, consultations: Sequence[str]) -> tuple[Edition, ...]:
        """All that these consultations have ever offered, the oldest first: whoever opens an export needs them."""
        found = (self.edition(version) for version in self._table.ever(consultations))
        return tuple(edition for edition in found if edition is not None)

    def everywhere(self) -> tuple[tuple[Edition, str], ...]:
        """All that is offered, with the consultation."""
        pairs = ((self.about(version), consultation) for version, consultation in self._table.offered())
        return tuple((edition, consultation) for edition, consultation in pairs if edition is not None)

    async def keep(self, edition: Edition) -> None:
        """Keep one that may be published within some hours; again is no harm. Raises Refused `forms_full`."""
        if self._table.count() >= MOST_KEPT and self._table.about(edition.version) is None:
            raise Refused("forms_full")
        about = _ABOUT.dump_json((dict(edition.titles), edition.languages, edition.questions)).decode()
        until = int(self._clock.now()) + UNPUBLISHED_HOURS * retention.HOUR
        await self._table.keep(
            EditionRow(edition.version, edition.form, about), edition.document, edition.workbook, until
        )

    async def offer(self, consultation: str, version: str) -> None:
        """Publish it there in place of the same form's edition before. Repeating it changes nothing.

        Raises Refused `forms_many`, `form_gone`.
        """
        done = await self._table.offer(consultation, version, MOST_OFFERED)
        if done is None:
            raise Refused("form_gone")
        if not done:
            raise Refused("forms_many", most=MOST_OFFERED)

    async def retire(self, consultation: str, form: str) -> bool:
        """Offer it there no longer; drafts under way go on. False: it was not offered."""
        return await self._table.retire(consultation, form)

    async def expire(self) -> int:
        """Erase what waited too long for being published; how many."""
        return await self._table.expire(self._clock.now())

    def _known(self, rows: Sequence[EditionRow]) -> tuple[Edition, ...]:
        found = []
        for row in rows:
            try:
                titles, languages, questions = _ABOUT.validate_json(row.about)
            except ValidationError:
                self._log.event("row_unreadable")
                continue
            found.append(Edition(row.version, row.form, titles, languages, questions))
        return tuple(found)
