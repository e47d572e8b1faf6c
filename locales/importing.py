"""Taking a translators' spreadsheet back: every row is checked, newer work is kept; all of it is written, or nothing.

What would be written is first read again as the program reads it, then put beside the files, and only then takes their
place.
Not here: how the spreadsheet is read (`workbook`), what is wrong with a text (`faults`).
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.errors import ConsultationError, Refused
from locales.briefings import folder, made_from, made_from_title
from locales.coverage import BRIEFINGS, State, Text, language, own, plural_rule, texts
from locales.entries import new_file, with_card, with_entry, with_head
from locales.faults import faults
from locales.languages import DEFAULT, Language
from locales.workbook import COLUMN, ENGLISH, KEY, NEW, PRESENT, Misplaced, Row, Unusable, by_text, joined, read

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    language: str
    changed: tuple[str, ...]
    """`domain:key` of each text that is another one now."""
    files: tuple[str, ...]


def take(home: Path, path: Path) -> Imported:
    """Put the new translations of a spreadsheet into the files of `home`.

    Raises Unusable with every row to mend; Refused `language_unknown`, `workbook_unreadable`, `file_unreadable`,
    `workbook_changes_nothing` (path). Then nothing was changed.
    """
    code, rows, wrong = read(path)
    declared = language(home, code)
    present = {(text.domain, text.key): text for text in texts(home, code) if text.source}
    changes: dict[tuple[str, str], Forms] = {}
    for place, found in by_text(rows).items():
        if any(row.new.strip() or row.odd for row in found):
            text = present.get(place)
            told = list(_refused(home, declared, text, found))
            wrong += told
            if text is not None and not told:
                changes[place] = _forms(text, found)
    wrong += _partly(present, changes, rows)
    if wrong:
        raise Unusable(str(path), wrong)
    changes = {place: forms for place, forms in changes.items() if _differs(present[place], forms)}
    if not changes:
        raise Refused("workbook_changes_nothing", path=str(path))
    files = _written(home, declared, changes)
    lost = _lost(home, declared, files, changes)
    if lost:
        where = [next(row for row in rows if (row.sheet, row.key) == place) for place in lost]
        raise Unusable(str(path), [_at(row, NEW, Refused("text_not_kept")) for row in where])
    _replaced(home, files)
    return Imported(code, tuple(":".join(place) for place in changes), tuple(files))


def _differs(text: Text, forms: Forms) -> bool:
    return text.state is not State.OK or text.forms != forms


# Rows


def _refused(home: Path, declared: Language, text: Text | None, rows: Sequence[Row]) -> Iterator[Misplaced]:
    first = rows[0]
    if text is None:
        yield _at(first, KEY, Refused("text_unknown", key=first.key or "-"))
        return
    count = own(home, declared, text.domain).plural_count if len(text.source) > 1 else 1
    if len(rows) > count:
        yield _at(rows[count], KEY, Refused("text_twice", key=first.key))
        return
    for at, row in enumerate(rows):
        now = text.forms[at] if at < len(text.forms) else ""
        if row.odd:
            yield _at(row, NEW, Refused("text_is_formula"))
        if _lines(row.english) != _lines(joined(text.source)):
            yield _at(row, ENGLISH, Refused("text_source_changed", now=joined(text.source)))
        if _lines(row.present) != _lines(now) and _lines(row.new) != _lines(now):
            yield _at(row, PRESENT, Refused("text_changed_since", now=now))
    rtl = declared.direction == "rtl"
    found = faults(text.source, _forms(text, rows), plural_count=count, limit=text.limit, rtl=rtl)
    for at, fault in found:
        yield _at(rows[min(at, len(rows) - 1)], NEW, fault)


def _partly(
    present: Mapping[tuple[str, str], Text], changes: Mapping[tuple[str, str], Forms], rows: Sequence[Row]
) -> Iterator[Misplaced]:
    """A card whose English has changed is taken as a whole, for its mark says of all its parts that they follow.

    So is a topic that was not there: half of one would hide the English of the rest.
    """
    new = {key.split("/")[0] for (domain, key), text in present.items() if domain == BRIEFINGS and _new(text)}

    def group(key: str) -> str:
        topic = key.split("/", maxsplit=1)[0]
        return topic if topic in new else key.rsplit("/", 1)[0]

    touched = {group(key) for domain, key in changes if domain == BRIEFINGS}
    for row in rows:
        text = present.get((row.sheet, row.key))
        if row.sheet != BRIEFINGS or text is None or group(row.key) not in touched or row.new.strip():
            continue
        if text.state in (State.STALE, State.MISSING):
            yield _at(row, NEW, Refused("text_card_partly"))


def _new(text: Text) -> bool:
    return text.key.count("/") == 1 and text.state is State.MISSING


def _at(row: Row, column: int, error: Refused) -> Misplaced:
    return Misplaced(row.sheet, row.number, COLUMN[column], row.key, error)


def _forms(text: Text, rows: Sequence[Row]) -> Forms:
    """The new forms; where a row has none, the present one stays."""
    kept = (*text.forms, *[""] * len(rows))
    return tuple(row.new.strip() or kept[at] for at, row in enumerate(rows))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


# Files


def _written(home: Path, declared: Language, changes: Mapping[tuple[str, str], Forms]) -> dict[str, str]:
    """The new content of each file that changes, by its path in `home`."""
    files: dict[str, str] = {}
    present = {(text.domain, text.key): text for text in texts(home, declared.code)}
    for (domain, key), forms in changes.items():
        if domain != BRIEFINGS:
            name = f"{declared.code}/{domain}.po"
            content = files.get(name) or _content(home / name) or new_file(declared.code, plural_rule(declared.cldr))
            template = (home / f"{domain}.pot").read_text("utf-8")
            files[name] = with_entry(content, template, key, present[domain, key].source, forms)
    return files | _cards(
        home, declared, {key: forms[0] for (domain, key), forms in changes.items() if domain == BRIEFINGS}
    )


def _cards(home: Path, declared: Language, changes: Mapping[str, str]) -> dict[str, str]:
    files: dict[str, str] = {}
    english, translated = folder(home, DEFAULT), folder(home, declared.code)
    for topic in english.values():
        mine = {key: form for key, form in changes.items() if key.split("/")[0] == topic.id}
        if not mine:
            continue
        name = f"{declared.code}/briefings/{topic.id}.md"
        content = _content(home / name) or with_head("", {"title": "-", "order": str(topic.order), "check": "native"})
        if f"{topic.id}/title" in mine:
            content = with_head(content, {"title": mine[f"{topic.id}/title"], "english": made_from_title(topic)})
        old = {card.id: card for card in translated[topic.id].cards} if topic.id in translated else {}
        for card in topic.cards:
            at = f"{topic.id}/{card.id}"
            if any(key.startswith(f"{at}/") for key in mine):
                kept = old.get(card.id, replace(card, title="", body=(), certainty=None))
                body = mine.get(f"{at}/body")
                made = replace(
                    card,
                    title=mine.get(f"{at}/title", kept.title),
                    body=tuple(body.split("\n\n")) if body is not None else kept.body,
                    certainty=(mine.get(f"{at}/certainty") or kept.certainty) if card.certainty else None,
                    english=made_from(card),
                )
                content = with_card(content, made, [one.id for one in topic.cards])
        files[name] = content
    return files


def _content(file: Path) -> str:
    return file.read_bytes().decode("utf-8") if file.is_file() else ""


def _lost(
    home: Path, declared: Language, files: Mapping[str, str], changes: Mapping[tuple[str, str], Forms]
) -> list[tuple[str, str]]:
    """What would not come back as it was written, when the program reads it."""
    with tempfile.TemporaryDirectory() as spare:
        copy = Path(spare) / "locales"
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for name, content in files.items():
            _put(copy / name, content)
        try:
            found = {(text.domain, text.key): text for text in texts(copy, declared.code)}
        except ConsultationError:
            return list(changes)
    kept = {place: (text.forms, text.state) for place, text in found.items()}
    return [place for place, forms in changes.items() if kept.get(place) != (forms, State.OK)]


def _put(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode("utf-8"))


def _replaced(home: Path, files: Mapping[str, str]) -> None:
    """All files stand beside their places before the first takes it."""
    spare = {name: home / f"{name}.new" for name in files}
    try:
        for name, content in files.items():
            _put(spare[name], content)
        for name, file in spare.items():
            file.replace(home / name)
    finally:
        for file in spare.values():
            file.unlink(missing_ok=True)
