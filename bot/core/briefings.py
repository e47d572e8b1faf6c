"""Briefings that organizers write in the chat: texts by language, frozen editions, and who reads which language. Pure.

What is being written stands beside the edition that people read; publishing freezes it as the next one. An edition
says for every language of the bot which text its readers see, so that nothing about it can change later.
Not here: the cards that come with the program (`locales.briefings`), which words differ (`wording`), how it is kept.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import NewType

from bot.core.errors import Refused
from bot.core.outbox import MOST_MARKS, Mark, Text, cleaned, units

BriefingId = NewType("BriefingId", str)
"""12 random hex digits."""
Chain = Callable[[str], Iterable[str]]
"""Languages in which readers of one are looked for a text, their own first."""
RawMark = tuple[str, int, int, str | None]
"""Formatting as Telegram tells it: kind, offset and length in UTF-16 units, address of a link."""

LONGEST_TITLE = 80
LONGEST_NOTE = 300
LONGEST_BODY = 12_000
PAGE = 1_000
"""Of a text on one page; all in UTF-16 units."""
MOST_UNITS = 100_000
"""More than any message becomes, even with the addresses of all its links."""


NOTHING = Text("")


@dataclass(frozen=True)
class Sheet:
    """A briefing in one language."""

    title: str = ""
    body: Text = NOTHING

    @property
    def whole(self) -> bool:
        """There is something to read under a title."""
        return bool(self.title and self.body.text)


@dataclass(frozen=True)
class Edition:
    """What people read, frozen when it was published."""

    number: int
    """From 1."""
    at: int
    """When it was published, epoch seconds."""
    sheets: Mapping[str, Sheet]
    shown: Mapping[str, str]
    """By the reader's language, the language of the text they see."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What changed since the edition before, by language."""

    @property
    def digest(self) -> str:
        """16 hex digits of the SHA-256 over all of it; it stands in the audit log."""
        return _digest(asdict(self))

    def language(self, reader: str) -> str:
        """The language of the text that readers of a language see."""
        return self.shown.get(reader) or next(iter(self.sheets))

    def note(self, reader: str) -> str:
        """What changed, in the reader's language, else in that of their text, else in any."""
        kept = self.notes
        return kept.get(reader) or kept.get(self.language(reader)) or next(iter(kept.values()), "")


@dataclass(frozen=True)
class Briefing:
    """One briefing of a consultation: what is being written, and the edition that is read."""

    id: BriefingId
    consultation: str
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    """Where an organizer wants it so: readers of a language that has no text get this one."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What has changed since the edition that is read, by language."""
    current: Edition | None = None
    """None: nothing was published yet."""
    withdrawn: bool = False
    seen: str | None = None
    """Digest of what was looked at last."""
    version: int = 0
    """Raised by each change that is kept."""

    @property
    def digest(self) -> str:
        """Over everything that would be published."""
        return _digest({name: value for name, value in asdict(self).items() if name in ("sheets", "instead", "notes")})

    @property
    def readable(self) -> bool:
        """People find it in the library."""
        return self.current is not None and not self.withdrawn

    @property
    def changed(self) -> bool:
        """Something is written that people do not read yet."""
        return self.current is None or dict(self.current.sheets) != self.written

    @property
    def written(self) -> dict[str, Sheet]:
        """The languages that have a title and a text."""
        return {code: sheet for code, sheet in self.sheets.items() if sheet.whole}

    def name(self, language: str) -> str:
        """A title to know it by: in this language, else in any."""
        sheets = (self.sheets.get(language), *self.sheets.values())
        return next((sheet.title for sheet in sheets if sheet is not None and sheet.title), "")


@dataclass(frozen=True)
class KeptBriefing:
    """What an update does to a briefing."""

    briefing: Briefing
    """As it is afterwards, with the version it was made from."""
    freezes: bool = False
    """Its current edition is a new one."""
    erased: bool = False


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# Which language is shown to whom


def shown_to(sheets: Iterable[str], instead: Mapping[str, str], reader: str, chain: Chain) -> str | None:
    """The language that readers see: their own, what was chosen for them, the nearest, else the first there is."""
    there = list(sheets)
    wanted = (reader, instead.get(reader), *chain(reader), *there)
    return next((code for code in wanted if code in there), None)


def draft_edition(briefing: Briefing, languages: Sequence[str], chain: Chain, now: float) -> Edition:
    """What would be published now. Raises Refused `outbox_no_text`."""
    sheets = briefing.written
    if not sheets:
        raise Refused("outbox_no_text")
    number = 1 if briefing.current is None else briefing.current.number + 1
    found = {code: shown_to(sheets, briefing.instead, code, chain) for code in languages}
    shown = {reader: code for reader, code in found.items() if code is not None}
    return Edition(number, int(now), sheets, shown, briefing.notes if briefing.current is not None else {})


# What may be done. Each gives the briefing as it is afterwards, or raises Refused with a code `briefing_...`.


def titled(briefing: Briefing, language: str, text: str) -> Briefing:
    """With a title in this language. Raises Refused `briefing_title_long`, `outbox_empty`, `outbox_invisible` ..."""
    title = _line(text)
    if units(title) > LONGEST_TITLE:
        raise Refused("briefing_title_long")
    return _with(briefing, language, replace(briefing.sheets.get(language, Sheet()), title=title))


def begun(briefing: Briefing, language: str, text: str, marks: Iterable[RawMark]) -> Briefing:
    """With this text in place of the one before."""
    return _with(briefing, language, replace(briefing.sheets.get(language, Sheet()), body=formatted(text, marks)))


def continued(briefing: Briefing, language: str, text: str, marks: Iterable[RawMark]) -> Briefing:
    """With one more message of the text. Raises Refused `briefing_long`, and as `formatted`."""
    sheet = briefing.sheets.get(language, Sheet())
    more = formatted(text, marks)
    shift = units(sheet.body.text) + 2
    moved = tuple(replace(mark, offset=mark.offset + shift) for mark in more.marks)
    body = Text(f"{sheet.body.text}\n\n{more.text}", (*sheet.body.marks, *moved)) if sheet.body.text else more
    return _with(briefing, language, replace(sheet, body=_fits(body)))


def dropped(briefing: Briefing, language: str) -> Briefing:
    """Without this language."""
    sheets = {code: sheet for code, sheet in briefing.sheets.items() if code != language}
    return replace(briefing, sheets=sheets, seen=None)


def noted(briefing: Briefing, language: str, text: str) -> Briefing:
    """With a word on what has changed. Raises Refused `briefing_note_long` ..."""
    note = _line(text)
    if units(note) > LONGEST_NOTE:
        raise Refused("briefing_note_long")
    return replace(briefing, notes={**briefing.notes, language: note}, seen=None)


def turned(briefing: Briefing, reader: str, chain: Chain) -> Briefing:
    """Readers of a language that has no text get the next of those that there are."""
    there = list(briefing.written)
    if reader in there or not there:
        raise Refused("outbox_no_text")
    now = shown_to(there, briefing.instead, reader, chain)
    after = there[(there.index(now) + 1) % len(there)] if now is not None else there[0]
    return replace(briefing, instead={**briefing.instead, reader: after}, seen=None)


def looked_at(briefing: Briefing) -> Briefing:
    """Note that it was looked at as it is now."""
    return replace(briefing, seen=briefing.digest)


def published(briefing: Briefing, languages: Sequence[str], chain: Chain, now: float) -> Briefing:
    """Freeze what is written; people read it from now on.

    Raises Refused `outbox_no_text`, `outbox_not_seen`, `briefing_same`, `briefing_no_note`.
    """
    edition = draft_edition(briefing, languages, chain, now)
    before = briefing.current
    if briefing.seen != briefing.digest:
        raise Refused("outbox_not_seen")
    if before is not None and before.sheets == edition.sheets and before.shown == edition.shown:
        raise Refused("briefing_same")
    if before is not None and not briefing.notes:
        raise Refused("briefing_no_note")
    return replace(briefing, current=edition, notes={}, withdrawn=False, seen=None)


def withdrawn(briefing: Briefing, *, back: bool = False) -> Briefing:
    """Taken out of the library, or put back into it as it was."""
    if briefing.current is None:
        raise Refused("outbox_no_text")
    return replace(briefing, withdrawn=not back)


def restored(briefing: Briefing, edition: Edition) -> Briefing:
    """What an earlier edition said is written again; it is read once it is published."""
    instead = {reader: code for reader, code in edition.shown.items() if reader != code}
    return replace(briefing, sheets=edition.sheets, instead=instead, seen=None)


def _with(briefing: Briefing, language: str, sheet: Sheet) -> Briefing:
    return replace(briefing, sheets={**briefing.sheets, language: sheet}, seen=None)


# Texts


def _line(text: str) -> str:
    return " ".join(cleaned(text, (), most=MOST_UNITS).text.split())


def formatted(text: str, marks: Iterable[RawMark]) -> Text:
    """A message with its formatting. The address of a link that stands behind words is written out after them.

    Raises Refused `briefing_long`, and as `outbox.cleaned`.
    """
    raw = text.encode("utf-16-le", "surrogatepass")
    kept: list[RawMark] = []
    insertions: list[tuple[int, bytes]] = []
    for kind, offset, length, address in marks:
        if kind != "text_link" or address is None:
            kept.append((kind, offset, length, address))
            continue
        words = raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
        if words.strip().rstrip("/") != address.rstrip("/"):
            end = offset + len(words.rstrip().encode("utf-16-le", "surrogatepass")) // 2
            insertions.append((end, f" ({address})".encode("utf-16-le")))
    for at, said in sorted(insertions, reverse=True):
        raw = raw[: 2 * at] + said + raw[2 * at :]
        kept = [_grown(mark, at, len(said) // 2) for mark in kept]
    return _fits(cleaned(raw.decode("utf-16-le", "surrogatepass"), kept, most=MOST_UNITS))


def _fits(body: Text) -> Text:
    if units(body.text) > LONGEST_BODY:
        raise Refused("briefing_long")
    return body


def _grown(mark: RawMark, at: int, by: int) -> RawMark:
    """A mark after something was put into the text."""
    kind, offset, length, address = mark
    if offset >= at:
        return kind, offset + by, length, address
    return (kind, offset, length + by, address) if offset + length > at else mark


def pages(body: Text, most: int = PAGE) -> tuple[Text, ...]:
    """A text in pieces for a phone, cut between paragraphs where that can be, else between lines, sentences, words."""
    text, found, start = body.text, [], 0
    at = _positions(text)
    while start < len(text):
        end = start
        while end < len(text) and at[end + 1] - at[start] <= most:
            end += 1
        if end < len(text):
            end = _cut(text, start, end)
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip("\n "))
        last = start + len(piece.rstrip())
        if last > first:
            found.append(Text(text[first:last], _within(body.marks, at[first], at[last])))
        start = end
    return tuple(found)


def _positions(text: str) -> list[int]:
    """The position of each character in UTF-16 units, and of the end."""
    at = [0]
    for character in text:
        at.append(at[-1] + (2 if character > "\uffff" else 1))
    return at


def _cut(text: str, start: int, end: int) -> int:
    """Where to cut before `end`, not before a third of the way."""
    least = start + (end - start) // 3
    for sign in ("\n\n", "\n", ". ", "。", "؟ ", "! ", "? ", " "):
        found = text.rfind(sign, least, end)
        if found >= 0:
            return found + len(sign)
    return max(end, start + 1)


def _within(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    kept = []
    for mark in marks:
        first, last = max(mark.offset, start), min(mark.offset + mark.length, end)
        if last > first:
            kept.append(Mark(mark.kind, first - start, last - first))
    return tuple(kept[:MOST_MARKS])
