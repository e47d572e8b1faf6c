"""Reading gettext files: the template (`.pot`, English) and a language's translations of it (`.po`).

Entries are found by `msgctxt`, a key that stays when the English text changes; the translation repeats the English
text it was made from, so that a changed source is noticed. Any template of this shape can be read.
Not here: which language is shown to whom (`catalogue`).
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import c2py
from importlib.resources.abc import Traversable

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.core.errors import Misconfigured

Template = Mapping[str, tuple[str, ...]]
"""Key to English text: one string, or two (one, many) where something is counted."""

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""The only form a placeholder takes: no format, no attribute, so that no translation can reach into a value."""

BUTTON = 28
"""Characters that a button shows on a narrow phone."""

_AT_MOST = re.compile(r"\bat most (\d+) characters", re.IGNORECASE)
_LINE = re.compile(r'(?:msg[a-z_]+(?:\[\d+\])? +)?"(?:[^"\\]|\\.)*"|#.*|')
_KEY_LINE = re.compile(r'^msgctxt "', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Translation:
    """One entry of a `.po` file. `forms` has one string, or one per plural form of the language."""

    source: tuple[str, ...]
    forms: tuple[str, ...]
    fuzzy: bool


@dataclass(frozen=True, slots=True)
class Translations:
    """One language's file. `plural` gives the index of the form for a count; `plural_count` how many there are."""

    entries: Mapping[str, Translation]
    plural: Callable[[int], int]
    plural_count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a language lacks, by key, sorted: each of these falls back until it is mended.

    missing: not there or empty; stale: the English text has changed, or the entry is marked fuzzy; malformed:
    placeholders or number of plural forms differ; unknown: in the file though the template has no such key.
    """

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True when nothing is left to do."""
        return not (self.missing or self.stale or self.malformed or self.unknown)


def placeholders(text: str) -> frozenset[str]:
    """Names in braces. Raises ValueError if a brace is left that belongs to no placeholder."""
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise ValueError(text)
    return frozenset(PLACEHOLDER.findall(text))


def read_template(file: Traversable) -> dict[str, tuple[str, ...]]:
    """The English text of every key. Raises Misconfigured `messages_unreadable` (file, line)."""
    template: dict[str, tuple[str, ...]] = {}
    for message in _read(file):
        if message.id:
            source = _texts(message.id)
            if message.context is None or not _sound(source):
                raise Misconfigured("messages_unreadable", file=_place(file), line=message.lineno or 0)
            template[message.context] = source
    return template


def read_notes(file: Traversable) -> dict[str, str]:
    """What the template tells translators, by key; keys without a note are left out."""
    return {
        message.context: " ".join(message.auto_comments)
        for message in _read(file)
        if message.id and message.context is not None and message.auto_comments
    }


def limit(note: str) -> int | None:
    """Characters that a text may have, as its note says it: "at most 60 characters", or a button; None if many."""
    found = _AT_MOST.search(note)
    if found:
        return int(found[1])
    return BUTTON if note.startswith("Button") else None


def read_translations(file: Traversable) -> Translations:
    """A language's file, faults of single entries included. Raises Misconfigured `messages_unreadable`."""
    catalog = _read(file)
    try:
        plural = c2py(catalog.plural_expr)
    except ValueError as error:
        raise Misconfigured("messages_unreadable", file=_place(file), line=1) from error
    entries = {
        message.context: Translation(_texts(message.id), _texts(message.string), message.fuzzy)
        for message in catalog
        if message.id and message.context is not None
    }
    return Translations(entries, plural, catalog.num_plurals)


def compare(template: Template, translations: Translations) -> tuple[dict[str, tuple[str, ...]], Coverage]:
    """The usable forms by key, and what keeps the others from being used."""
    usable: dict[str, tuple[str, ...]] = {}
    faults: dict[str, list[str]] = {"missing": [], "stale": [], "malformed": []}
    for key, source in template.items():
        found = translations.entries.get(key)
        if found is None or not all(found.forms):
            faults["missing"].append(key)
        elif found.fuzzy or found.source != source:
            faults["stale"].append(key)
        elif not _faithful(source, found.forms, translations.plural_count):
            faults["malformed"].append(key)
        else:
            usable[key] = found.forms
    unknown = sorted(set(translations.entries) - set(template))
    return usable, Coverage(**{fault: tuple(sorted(keys)) for fault, keys in faults.items()}, unknown=tuple(unknown))


def _read(file: Traversable) -> Catalog:
    try:
        content = file.read_bytes()
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            # Babel reads an unclosed quote as if its last letter were the quote.
            if not _LINE.fullmatch(line.strip()):
                raise Misconfigured("messages_unreadable", file=_place(file), line=number)
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except PoFileError as error:
        raise Misconfigured("messages_unreadable", file=_place(file), line=error.lineno + 1) from error
    except (OSError, ValueError) as error:
        raise Misconfigured("messages_unreadable", file=_place(file), line=0) from error
    keys = [message.context for message in catalog if message.context is not None]
    # Babel joins entries that repeat both key and text without a word: the lines are counted too.
    if len(set(keys)) != len(_KEY_LINE.findall(content.decode("utf-8"))):
        raise Misconfigured("messages_unreadable", file=_place(file), line=0)
    return catalog


def _place(file: Traversable) -> str:
    """The file with its folder, which is what tells one language's from another's."""
    return "/".join(str(file).replace("\\", "/").split("/")[-2:])


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else (str(value),)


def _sound(source: tuple[str, ...]) -> bool:
    try:
        return all(placeholders(text) is not None for text in source)
    except ValueError:
        return False


def _faithful(source: tuple[str, ...], forms: tuple[str, ...], plural_count: int) -> bool:
    """Same placeholders. A plural form may leave out the number itself ("one message"), the last one may not."""
    wanted = frozenset[str]().union(*(placeholders(text) for text in source))
    counted = len(source) > 1
    if len(forms) != (plural_count if counted else 1):
        return False
    try:
        found = [placeholders(form) for form in forms]
    except ValueError:
        return False
    least = wanted - {"count"} if counted else wanted
    return all(least <= names <= wanted for names in found) and found[-1] == wanted
