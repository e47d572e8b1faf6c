"""What is stored about one chat: rows counted under every tag of it, in every table that says it has such rows.

A table that is added is in its file's list (`storage.sqlite.inventory`), and so in what people are shown. Not here:
what the rows say to a person (`bot.core.holdings`), erasing them (`storage.sealed`).
"""

from collections.abc import Callable, Iterable, Mapping

from bot.core.consultations import BY_ID
from bot.core.holdings import Holding, Holdings, Kind
from bot.core.people import ChatId
from bot.core.ports import Outbox, Store
from bot.core.traces import Fate
from storage.sqlite import contacts, editions, entries, ledger, publications, vault, work
from storage.sqlite.connection import Database
from storage.sqlite.files import Files
from storage.sqlite.inventory import Table
from storage.tags import Tag, Tags
from storage.traces import SealedTraces

INVENTORIES: Mapping[str, tuple[Table, ...]] = {
    "work": work.INVENTORY,
    "contacts": (*contacts.INVENTORY, *ledger.INVENTORY),
    "audit": entries.INVENTORY,
    "published": (*publications.INVENTORY, *editions.INVENTORY),
    "vault": vault.INVENTORY,
}
"""Every table of every store."""


class Inventory:
    """Reads what is there about a chat; changes nothing."""

    def __init__(self, files: Files, tags: Tags, store: Store, traces: SealedTraces, outbox: Outbox) -> None:
        self._databases: Mapping[str, Database] = {
            "work": files.work.database,
            "contacts": files.contacts.database,
            "audit": files.audit.database,
            "published": files.published.database,
            "vault": files.vault.database,
        }
        self._store = store
        self._traces = traces
        self.keys: Mapping[str, Callable[[ChatId], list[Tag | str]]] = {
            "person": lambda chat: [tags.person(chat)],
            "contact": lambda chat: [tags.contact(chat, consultation) for consultation in BY_ID],
            "draft": lambda chat: [tags.draft(chat)],
            "asker": lambda chat: [tags.asker(chat)],
            "duty": lambda chat: [tags.duty(chat)],
            "role": lambda chat: [tags.role(chat)],
            "code_owner": lambda chat: [tags.code_owner(chat)],
            "membership": lambda chat: [tags.membership(chat)],
            "proposer": lambda chat: [tags.proposer(chat)],
            "redemption": lambda chat: [tags.redemption(chat, invite) for invite in files.work.invites()],
            "actor": lambda chat: [outbox.actor(chat)],
        }
        """Every value under which a row of a chat may stand, by what makes it (`Table.tag`)."""
        self._reminded = tags.reminded

    def of(self, chat: ChatId) -> Holdings:
        """All of it, as it is on disk now."""
        session = self._store.session(chat)
        view = self._store.view(chat)
        draft = None if session is None else session.draft
        return Holdings(
            rows=self._rows(chat),
            profile=self._store.profile(chat),
            grants=self._store.grants(chat),
            draft=draft,
            reminded=draft is not None and self._was_reminded(chat, self._reminded(chat, draft.contribution)),
            group=session is not None and session.group is not None,
            receipt=(session is not None and session.holds_receipt) or (view is not None and view.receipt is not None),
            opened=session is not None and session.invite is not None,
            link=session is not None and session.inviting is not None,
            letter=session is not None and session.letter is not None and session.letter.text is not None,
            messages={fate: count for fate in Fate if (count := self._messages(chat, fate))},
        )

    def _rows(self, chat: ChatId) -> list[Holding]:
        found: dict[Kind, Holding] = {}
        for store, tables in INVENTORIES.items():
            for table in tables:
                if table.kind is None:
                    continue
                rows, until = self._counted(self._databases[store], table, self.keys[table.tag](chat))
                if rows:
                    before = found.get(table.kind, Holding(table.kind, 0))
                    ends = max((end for end in (before.until, until) if end is not None), default=None)
                    found[table.kind] = Holding(table.kind, before.rows + rows, ends)
        return [found[kind] for kind in Kind if kind in found]

    @staticmethod
    def _counted(database: Database, table: Table, keys: Iterable[Tag | str]) -> tuple[int, float | None]:
        """How many rows stand under these keys, and when the last of them goes by itself, if that is known."""
        expires = table.expires or "NULL"
        sql = f"SELECT count(*), max({expires}) FROM {table.name} WHERE {table.key} = ?"  # noqa: S608 - constants
        counts = [database.read(sql, (key,))[0] for key in keys]
        return sum(count for count, _ in counts), max((end for _, end in counts if end is not None), default=None)

    def _was_reminded(self, chat: ChatId, draft: Tag) -> bool:
        sql = "SELECT 1 FROM sessions WHERE tag = ? AND reminded = ?"
        return bool(self._databases["work"].read(sql, (self.keys["draft"](chat)[0], draft)))

    def _messages(self, chat: ChatId, fate: Fate) -> int:
        rows = self._traces.rows(fate, chat)
        return sum(len(removal.numbers) for removal in self._traces.removals(rows))
