"""What the holder of a receipt may be told of a contribution, under a key that only the receipt completes.

It rests beside the contribution, where nothing else tells a day: without the receipt the server cannot open it. Not
here: what is told (`contributions.Note`), receipts' tags (`storage.tags`).
"""

from pydantic import TypeAdapter, ValidationError

from bot.core.contributions import Note, Receipt
from bot.core.errors import Corrupt
from bot.sealing import WorkingKey
from storage.tags import Tags

_PLACE = b"vault/note"
_NOTE = TypeAdapter(Note)


class Notes:
    """Seals and opens notes. All have one length."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._blank = WorkingKey(bytes(WorkingKey.SIZE)).seal(b"", _PLACE)

    def seal(self, receipt: Receipt, note: Note | None) -> bytes | None:
        """A note under its receipt; None for none."""
        return None if note is None else self._key(receipt).seal(_NOTE.dump_json(note), _PLACE)

    def open(self, receipt: Receipt, sealed: bytes | None) -> Note | None:
        """The note, or None where there is none or it does not open. Where there is none, as much is done."""
        try:
            return _NOTE.validate_json(self._key(receipt).open(sealed or self._blank, _PLACE))
        except (Corrupt, ValidationError):
            return None

    def _key(self, receipt: Receipt) -> WorkingKey:
        return WorkingKey(self._tags.note_key(receipt))
