"""Interface texts by language and key, with plurals, fallback and writing direction; names of countries; dates.

Texts are plain: no markup, nothing escaped. Pure reading: files are read once, in `Catalogue.load`.
Not here: what is asked (questionnaires), briefings (`briefings`), which language a person chose (`storage`).
"""

import datetime
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format

from locales import languages as listing
from locales import zones
from locales.bidi import has_right_to_left, isolate, upright
from locales.languages import DEFAULT, Language
from locales.translations import PLACEHOLDER, Coverage, Translations, compare, read_template, read_translations

NO_PLACE = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])
"""Codes that CLDR has and ISO 3166-1 has not: unions, single islands, test locales, "unknown"."""

PLURAL_HEADER = "Plural-Forms"
"""Stands among the malformed keys when a file's header tells counts apart otherwise than its language does."""

_INTEGERS = range(1001)
"""Enough counts to meet every plural form that whole numbers have in any language of CLDR."""


@dataclass(frozen=True, slots=True)
class _Text:
    forms: tuple[str, ...]
    plural: Callable[[int], int]
    rtl: bool


class Catalogue:
    """All interface texts. Made once by `load`; immutable; safe to share between tasks."""

    def __init__(
        self,
        declared: tuple[Language, ...],
        texts: Mapping[str, Mapping[str, _Text]],
        coverage: Mapping[str, Coverage],
        plurals: Mapping[str, tuple[Callable[[int], int], int]],
        more: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.declared = declared
        """Every language of the list, ready or not."""
        self.languages = tuple(language for language in declared if language.ready)
        """Those that people are offered, in the order of the list."""
        self._by_code = {language.code: language for language in declared}
        self._texts = texts
        self._coverage = coverage
        self._plurals = plurals
        self._more = more

    @classmethod
    def load(cls, folder: Path | None = None, more: Mapping[str, Mapping[str, str]] | None = None) -> "Catalogue":
        """Reads `languages.toml`, `messages.pot` and each `<code>/messages.po` in `folder`, by default our own.

        Raises Misconfigured (`languages_unreadable`, `messages_unreadable`) when a file cannot be read at all. A text
        that is missing, stale or malformed in one language is no error: it falls back, and `coverage` names it.

        `more` holds texts by key and language that do not come with the program, nothing to be filled in; it may grow.
        """
        home = listing.home(folder)
        declared = listing.read_languages(home)
        template = read_template(home.joinpath("messages.pot"))
        own = {DEFAULT: {key: _Text(forms, _english, rtl=False) for key, forms in template.items()}}
        coverage = {DEFAULT: Coverage()}
        plurals: dict[str, tuple[Callable[[int], int], int]] = {}
        for language in declared:
            if language.code != DEFAULT:
                file = home.joinpath(language.code, "messages.po")
                found = read_translations(file) if file.is_file() else Translations({}, _english, 2)
                usable, coverage[language.code] = compare(template, found)
                if found.entries:
                    plurals[language.code] = (found.plural, found.plural_count)
                rtl = language.direction == "rtl"
                own[language.code] = {
                    key: _Text(tuple(map(upright, forms)) if rtl else forms, found.plural, rtl)
                    for key, forms in usable.items()
                }
        texts = {language.code: _merged(own, listing.chain(declared, language.code)) for language in declared}
        return cls(declared, texts, coverage, plurals, {} if more is None else more)

    def text(self, language: str, key: str, /, **values: str | int) -> str:
        """The text of `key`, placeholders filled; KeyError for an unknown key or a placeholder without a value.

        A language that is not (or no longer) listed reads as English. `count` chooses the plural form. Whole numbers
        are printed in Latin digits. A string that could turn the line, or any string in a right-to-left text, is
        isolated line by line, so whoever parses a copied value must ignore U+2068 and U+2069.
        """
        own = self._texts.get(language, self._texts[DEFAULT])
        if key not in own and key in self._more:
            return self._added(language, key)
        text = own[key]
        form = text.forms[0]
        if len(text.forms) > 1:
            form = text.forms[min(text.plural(abs(int(values["count"]))), len(text.forms) - 1)]
        if "{" not in form:
            return form
        return PLACEHOLDER.sub(lambda match: _inserted(values[match[1]], rtl=text.rtl), form)

    def _added(self, language: str, key: str) -> str:
        """A text that does not come with the program, in the nearest language it has."""
        texts = self._more[key]
        return next((texts[code] for code in self.chain(language) if code in texts), next(iter(texts.values()), key))

    def pattern(self, language: str, key: str) -> str:
        """The text of `key` with its placeholders as they stand, for callers that fill in more than plain text."""
        return self._texts.get(language, self._texts[DEFAULT])[key].forms[0]

    def has(self, key: str) -> bool:
        """Whether the template knows `key`."""
        return key in self._texts[DEFAULT]

    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of the template."""
        return tuple(self._texts[DEFAULT])

    def guess(self, tag: str | None) -> str:
        """The ready language nearest to a phone's IETF tag; English if none is."""
        return listing.guess(self.declared, tag)

    def chain(self, language: str) -> tuple[str, ...]:
        """Languages in which a text for readers of `language` is looked for, in order, English last."""
        return listing.chain(self.declared, language)

    def cldr(self, language: str) -> str:
        """The CLDR locale of a language."""
        return str(self._locale(language))

    def direction(self, language: str) -> Literal["ltr", "rtl"]:
        """Writing direction of a listed language; `ltr` for any other, since it reads as English."""
        found = self._by_code.get(language)
        return found.direction if found else "ltr"

    def coverage(self) -> Mapping[str, Coverage]:
        """What each declared language lacks, by code; `PLURAL_HEADER` among the malformed if counting goes wrong."""
        found = dict(self._coverage)
        for language in self.declared:
            plural, plural_count = self._plurals.get(language.code, (_english, 0))
            if plural_count and not counts_like(language.cldr, plural, plural_count):
                malformed = (PLURAL_HEADER, *found[language.code].malformed)
                found[language.code] = replace(found[language.code], malformed=malformed)
        return found

    def territory(self, language: str, code: str) -> str:
        """Name of a country or territory, ISO 3166-1 alpha-2; KeyError if the code is none."""
        return self.territories(language)[code]

    def territories(self, language: str) -> dict[str, str]:
        """Names of all countries and territories by code, as CLDR or our list of languages has them.

        Gaps are filled along the chain.
        """
        merged: dict[str, str] = {}
        for code in reversed(listing.chain(self.declared, language)):
            if code in self._by_code:
                merged |= {**_territories(self._by_code[code].cldr), **dict(self._by_code[code].places)}
        return merged

    def day(self, language: str, iso_day: str) -> str:
        """`2015-06-24` written out: 24 June 2015. ValueError if it is no day."""
        return self._day(language, datetime.date.fromisoformat(iso_day))

    def short_day(self, language: str, iso_day: str) -> str:
        """Day and month in numbers, as a reader orders them: 24/06. ValueError if it is no day."""
        return format_skeleton("MMdd", datetime.date.fromisoformat(iso_day), locale=self._locale(language))

    def days(self, language: str, first: str, last: str) -> str:
        """From one day to another, both included: 12–13 May 2030, in one where they are the same."""
        begins, ends = (datetime.date.fromisoformat(one) for one in (first, last))
        if begins == ends:
            return self._day(language, ends)
        if (begins.year, begins.month) != (ends.year, ends.month) or begins.day == 1:
            return f"{self._day(language, begins)} – {self._day(language, ends)}"
        return self._day(language, ends).replace(str(ends.day), f"{begins.day}–{ends.day}", 1)

    def _day(self, language: str, day: datetime.date) -> str:
        locale = self._locale(language)
        written = format_date(day, "long", locale=locale)
        if locale.language == "fr" and day.day == 1:
            written = written.replace("1", "1er", 1)  # CLDR's patterns have no ordinal
        # The day does not stand on a line without its month.
        return written.replace(" ", "\xa0", 1)

    def moment(self, language: str, epoch_seconds: float, zone: str = zones.UTC) -> str:
        """Day and time of day to the minute; UTC says so, another zone is for the caller to name."""
        locale = self._locale(language)
        moment = datetime.datetime.fromtimestamp(epoch_seconds, zones.zone(zone))
        mark = " UTC" if zone == zones.UTC else ""
        day = self._day(language, moment.date())
        time = format_time(moment.time(), "HH:mm", locale=locale)
        pattern = str(get_datetime_format("long", locale=locale)).replace("'", "").replace("} {", "}, {")
        return pattern.replace("{1}", day).replace("{0}", f"{time}{mark}")

    def ordered(self, language: str, items: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """`(code, name)` pairs by name, as a reader of the list expects.

        Accents and case make no difference; й is a letter of its own.
        """
        del language  # one order serves all our languages so far; the parameter keeps callers ready for another
        return tuple(sorted(items, key=lambda item: (_collation(item[1]), item[0])))

    def _locale(self, language: str) -> Locale:
        for code in listing.chain(self.declared, language):
            found = self._by_code.get(code)
            locale = _cldr(found.cldr) if found else None
            if locale is not None:
                return locale
        return Locale(DEFAULT)


def counts_like(cldr: str, plural: Callable[[int], int], plural_count: int) -> bool:
    """Whether `plural` tells apart the same whole numbers as CLDR; True if CLDR has no such language."""
    locale = _cldr(cldr)
    if locale is None:
        return True
    pairs = {(locale.plural_form(number), plural(number)) for number in _INTEGERS}
    tags, indexes = {tag for tag, _ in pairs}, {index for _, index in pairs}
    return len(pairs) == len(tags) == len(indexes) == plural_count


def _english(number: int) -> int:
    return int(number != 1)


def _merged(own: Mapping[str, Mapping[str, _Text]], chain: Iterable[str]) -> dict[str, _Text]:
    merged: dict[str, _Text] = dict(own[DEFAULT])
    for code in reversed(tuple(chain)):
        merged.update(own[code])
    return merged


def _inserted(value: str | int, *, rtl: bool) -> str:
    if isinstance(value, str):
        return isolate(value) if rtl or has_right_to_left(value) else value
    return str(value)


@lru_cache(maxsize=64)
def _cldr(identifier: str) -> Locale | None:
    try:
        return Locale.parse(identifier)
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=64)
def _territories(identifier: str) -> Mapping[str, str]:
    locale = _cldr(identifier)
    if locale is None:
        return {}
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_PLACE
    }


def _collation(name: str) -> str:
    folded = unicodedata.normalize("NFC", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    parts = (letter if letter == "й" else unicodedata.normalize("NFKD", letter) for letter in folded)
    return "".join(letter for letter in "".join(parts) if letter.isalnum() or letter.isspace())
