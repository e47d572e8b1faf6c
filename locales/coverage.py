"""How far each language is: every text of the interface, the forms and the briefings, with its state.

A domain is a template (`messages.pot`, `<form>.pot`); the briefings are one more. Interface, notices, command menus and
what Telegram shows of the bot are all in `messages`.
Not here: what is shown to whom (`catalogue`, `briefings`), the spreadsheet for translators (`workbook`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from gettext import c2py
from importlib.resources.abc import Traversable

from babel import Locale, UnknownLocaleError
from babel.plural import to_gettext

from bot.core.errors import Refused
from locales.briefings import Topic, folder, made_from, made_from_title
from locales.catalogue import PLURAL_HEADER, counts_like
from locales.faults import faults
from locales.languages import DEFAULT, Language, read_languages
from locales.translations import (
    Translation,
    Translations,
    limit,
    read_notes,
    read_template,
    read_translations,
)

BRIEFINGS = "briefings"

_BODY = "Text of a card. Keep the empty lines between paragraphs, and the “- ” before each point of a list."
_SECTION = re.compile(r"# -{5,} *(.+)")
_RULE = re.compile(r"nplurals=(\d+); plural=(.+);")
_KEY = re.compile(r'msgctxt "(.*)"')


class State(StrEnum):
    """What is to be done about a text."""

    OK = "ok"
    MISSING = "missing"
    STALE = "stale"
    """Made from an older English text, or marked fuzzy by a translator's program."""
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    """Translated, though there is no such text (any more)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language. `source` and `forms` have a string each, or one for each plural form."""

    domain: str
    key: str
    where: str
    source: tuple[str, ...]
    forms: tuple[str, ...]
    state: State
    note: str = ""
    limit: int | None = None
    faults: tuple[Refused, ...] = ()


def domains(home: Traversable) -> tuple[str, ...]:
    """Names of all templates, the interface first."""
    found = sorted(file.name.removesuffix(".pot") for file in home.iterdir() if file.name.endswith(".pot"))
    return tuple(sorted(found, key=lambda name: (name != "messages", name)))


def language(home: Traversable, code: str) -> Language:
    """A declared language other than the source. Raises Refused `language_unknown` (language, known)."""
    others = [one for one in read_languages(home) if one.code != DEFAULT]
    for one in others:
        if one.code == code:
            return one
    raise Refused("language_unknown", language=code, known=", ".join(one.code for one in others))


def texts(home: Traversable, code: str) -> tuple[Text, ...]:
    """Every text of a language, in reading order. Raises Refused `language_unknown`, and Misconfigured for a file
    that cannot be read.
    """
    declared = language(home, code)
    found = [text for domain in domains(home) for text in _domain(home, declared, domain)]
    return (*found, *_briefings(home, declared))


def share(found: tuple[Text, ...]) -> tuple[int, int]:
    """How many texts are right, and how many there should be."""
    wanted = [text for text in found if text.state is not State.UNKNOWN]
    return sum(text.state is State.OK for text in wanted), len(wanted)


def plural_rule(cldr: str) -> str:
    """The `Plural-Forms` header for a language, as CLDR counts; English counting for one that CLDR has not."""
    try:
        return to_gettext(Locale.parse(cldr).plural_form)
    except (UnknownLocaleError, ValueError):
        return "nplurals=2; plural=(n != 1);"


def own(home: Traversable, declared: Language, domain: str) -> Translations:
    """A language's file of one domain; where there is none yet, nothing but the right way of counting."""
    file = home.joinpath(declared.code, f"{domain}.po")
    if file.is_file():
        return read_translations(file)
    rule = plural_rule(declared.cldr)
    count, expression = _RULE.fullmatch(rule).groups()  # type: ignore[union-attr]
    return Translations({}, c2py(expression), int(count))


def sections(template: str) -> dict[str, str]:
    """Key to the heading of the template that it stands under."""
    found: dict[str, str] = {}
    heading = ""
    for line in template.splitlines():
        if match := _SECTION.fullmatch(line):
            heading = match[1].split(". ")[0].strip()
        elif match := _KEY.fullmatch(line):
            found[match[1]] = heading
    return found


def _domain(home: Traversable, declared: Language, domain: str) -> Iterator[Text]:
    file = home.joinpath(f"{domain}.pot")
    template, notes = read_template(file), read_notes(file)
    headings = sections(file.read_text("utf-8"))
    translated = own(home, declared, domain)
    for key, source in template.items():
        note = notes.get(key, "")
        found = translated.entries.get(key)
        forms = found.forms if found else ()
        rtl = declared.direction == "rtl"
        found_faults = faults(source, forms, plural_count=translated.plural_count, limit=limit(note), rtl=rtl)
        wrong = tuple(fault for _, fault in found_faults)
        where = headings.get(key) or domain
        yield Text(domain, key, where, source, forms, _state(source, found, wrong), note, limit(note), wrong)
    for key in sorted(set(translated.entries) - set(template)):
        entry = translated.entries[key]
        yield Text(domain, key, domain, entry.source, entry.forms, State.UNKNOWN)
    if not counts_like(declared.cldr, translated.plural, translated.plural_count):
        wrong = (Refused("text_plural_rule", rule=plural_rule(declared.cldr)),)
        yield Text(domain, PLURAL_HEADER, domain, (), (), State.MALFORMED, faults=wrong)


def _state(source: tuple[str, ...], found: Translation | None, wrong: tuple[Refused, ...]) -> State:
    if found is None or not any(found.forms):
        return State.MISSING
    if found.fuzzy or found.source != source:
        return State.STALE
    return State.MALFORMED if wrong else State.OK


# Briefings


def _briefings(home: Traversable, declared: Language) -> Iterator[Text]:
    english, translated = folder(home, DEFAULT), folder(home, declared.code)
    for topic in sorted(english.values(), key=lambda one: (one.order, one.id)):
        yield from _topic(topic, translated.get(topic.id), rtl=declared.direction == "rtl")
    for topic_id in sorted(set(translated) - set(english)):
        yield Text(BRIEFINGS, topic_id, topic_id, (), (translated[topic_id].title,), State.UNKNOWN)


def _topic(topic: Topic, found: Topic | None, *, rtl: bool) -> Iterator[Text]:
    def part(key: str, where: str, source: str, note: str, form: str, *, fresh: bool) -> Text:
        forms = (form,) if form else ()
        wrong = tuple(fault for _, fault in faults((source,), forms, plural_count=1, limit=None, rtl=rtl))
        state = State.MISSING if not form else State.STALE if not fresh else State.MALFORMED if wrong else State.OK
        return Text(BRIEFINGS, key, where, (source,), forms, state, note, None, wrong)

    fresh = found is not None and found.english == made_from_title(topic)
    title = found.title if found else ""
    yield part(f"{topic.id}/title", topic.title, topic.title, "Name of the topic, on a button.", title, fresh=fresh)
    cards = {card.id: card for card in found.cards} if found else {}
    for card in topic.cards:
        own = cards.pop(card.id, None)
        at, where = f"{topic.id}/{card.id}", f"{topic.title}: {card.title}"
        fresh = own is not None and own.english == made_from(card)
        fresh = fresh and own is not None and (own.as_of, own.sources) == (card.as_of, card.sources)
        yield part(f"{at}/title", where, card.title, "Heading of a card.", own.title if own else "", fresh=fresh)
        body = "\n\n".join(own.body) if own else ""
        yield part(f"{at}/body", where, "\n\n".join(card.body), _BODY, body, fresh=fresh)
        if card.certainty:
            doubt = (own.certainty or "") if own else ""
            yield part(f"{at}/certainty", where, card.certainty, "What to doubt about the card.", doubt, fresh=fresh)
    for left in cards.values():
        yield Text(BRIEFINGS, f"{topic.id}/{left.id}", topic.title, (), (left.title,), State.UNKNOWN)
