"""The briefing library: short dated cards on MICIC in every language, read from `<code>/briefings/<topic>.md`.

A file starts with front matter between `---` lines (`title`, `order`, and `check: native` where a native speaker has
yet to read the translation). Each card starts with `## Title`, then `key: value` lines (`id`, `as_of`, one `source` or
more, `certainty`), an empty line, and paragraphs. Lines that begin with `- ` are bullet points. In a translation
`english`, of the file and of each card, is the mark of the English text that it was made from (`made_from`).
Not here: how a card looks on a phone (`handlers`), interface texts (`catalogue`).
"""

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.core.errors import Misconfigured
from locales import languages as listing
from locales.languages import DEFAULT, Language

LONGEST_CARD = 700
"""Characters of body and certainty note together: what a phone shows without much scrolling."""

_FIELD = re.compile(r"([a-z_]+): +(\S.*)")


@dataclass(frozen=True, slots=True)
class Card:
    """One screen. `as_of`: ISO day on which what it says was true. `certainty`: what to doubt; None if nothing."""

    id: str
    title: str
    body: tuple[str, ...]
    as_of: str
    sources: tuple[str, ...]
    certainty: str | None = None
    english: str | None = None
    """In a translation, the mark of the English card that it says the same as; see `made_from`."""

    @property
    def length(self) -> int:
        """Characters that a reader meets below the title."""
        return sum(len(paragraph) for paragraph in self.body) + len(self.certainty or "")


@dataclass(frozen=True, slots=True)
class Topic:
    """Cards in reading order. `language` is the one they are written in, which a fallback makes differ."""

    id: str
    title: str
    order: int
    cards: tuple[Card, ...]
    language: str = DEFAULT
    unchecked: bool = False
    """No native speaker has read this translation yet."""
    english: str | None = None
    """In a translation, the mark of the English title; see `made_from_title`."""


def made_from(card: Card) -> str:
    """The mark of an English card: it changes with its words, so that translations of older words are noticed."""
    return _mark(card.title, *card.body, card.certainty or "")


def made_from_title(topic: Topic) -> str:
    """The mark of an English topic's title."""
    return _mark(topic.title)


def _mark(*words: str) -> str:
    return hashlib.sha256("\n\n".join(words).encode()).hexdigest()[:8]


class Library:
    """All topics of all declared languages. Made once by `load`; immutable."""

    def __init__(self, declared: tuple[Language, ...], own: Mapping[str, Mapping[str, Topic]]) -> None:
        self._own = own
        self._topics = {language.code: _merged(own, listing.chain(declared, language.code)) for language in declared}

    @classmethod
    def load(cls, place: Path | None = None) -> "Library":
        """Reads every card. Raises Misconfigured `briefing_unreadable` (file, line) for one that cannot be read."""
        home = listing.home(place)
        declared = listing.read_languages(home)
        return cls(declared, {language.code: folder(home, language.code) for language in declared})

    def topics(self, language: str) -> tuple[Topic, ...]:
        """Every topic in reading order; one that is not translated comes in the nearest language that has it."""
        return self._topics.get(language, self._topics[DEFAULT])

    def topic(self, language: str, topic: str) -> Topic:
        """One topic by id; KeyError if there is none."""
        for candidate in self.topics(language):
            if candidate.id == topic:
                return candidate
        raise KeyError(topic)

    def coverage(self) -> dict[str, tuple[str, ...]]:
        """By language, what differs from English, as `topic` (no such file) or `topic/card`.

        A card is named when it is missing, when it is not in English, or when its English words, its day or its
        sources are others than those it was made from.
        """
        source = self._own[DEFAULT]
        return {code: tuple(sorted(_lacking(source, own))) for code, own in self._own.items() if code != DEFAULT}


def _lacking(source: Mapping[str, Topic], own: Mapping[str, Topic]) -> set[str]:
    lacking = set(source) ^ set(own)
    for topic in set(source) & set(own):
        if own[topic].english != made_from_title(source[topic]):
            lacking.add(topic)
        wanted = {
            card.id: (place, card.as_of, card.sources, made_from(card))
            for place, card in enumerate(source[topic].cards)
        }
        found = {
            card.id: (place, card.as_of, card.sources, card.english) for place, card in enumerate(own[topic].cards)
        }
        lacking |= {f"{topic}/{card}" for card in set(wanted) | set(found) if wanted.get(card) != found.get(card)}
    return lacking


def _merged(own: Mapping[str, Mapping[str, Topic]], chain: tuple[str, ...]) -> tuple[Topic, ...]:
    merged: dict[str, Topic] = {}
    for code in reversed(chain):
        merged.update(own[code])
    return tuple(sorted(merged.values(), key=lambda topic: (topic.order, topic.id)))


def folder(home: Traversable, language: str) -> dict[str, Topic]:
    """The topics of one language by id. Raises Misconfigured `briefing_unreadable` (file, line)."""
    found = home.joinpath(language, "briefings")
    if not found.is_dir():
        return {}
    topics = (_topic(file, language) for file in found.iterdir() if file.name.endswith(".md"))
    return {topic.id: topic for topic in topics}


def _topic(file: Traversable, language: str) -> Topic:
    lines = file.read_text("utf-8").splitlines()
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise Misconfigured("briefing_unreadable", file=f"{language}/briefings/{file.name}", line=1)
    end = lines.index("---", 1)
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    number = 1
    try:
        head = dict(_field(line) for line in lines[1:end])
        title, order = head["title"], int(head["order"])
        cards = []
        for number, following in zip(starts, [*starts[1:], len(lines)], strict=True):
            cards.append(_card(lines[number:following]))
    except (KeyError, ValueError) as error:
        raise Misconfigured("briefing_unreadable", file=f"{language}/briefings/{file.name}", line=number + 1) from error
    if not cards or len({card.id for card in cards}) != len(cards) or any(map(str.strip, lines[end + 1 : starts[0]])):
        raise Misconfigured("briefing_unreadable", file=f"{language}/briefings/{file.name}", line=end + 1)
    unchecked = head.get("check") == "native"
    return Topic(file.name.removesuffix(".md"), title, order, tuple(cards), language, unchecked, head.get("english"))


def _card(lines: list[str]) -> Card:
    fields: dict[str, list[str]] = {}
    rest = 1
    while rest < len(lines) and lines[rest].strip():
        name, value = _field(lines[rest])
        fields.setdefault(name, []).append(value)
        rest += 1
    if not set(fields) <= {"id", "as_of", "source", "certainty", "english"} or not fields.get("source"):
        raise ValueError(lines[0])
    body = _paragraphs(lines[rest:])
    if not body:
        raise ValueError(lines[0])
    return Card(
        id=_single(fields["id"]),
        title=lines[0].removeprefix("## ").strip(),
        body=body,
        as_of=datetime.date.fromisoformat(_single(fields["as_of"])).isoformat(),
        sources=tuple(fields["source"]),
        certainty=_single(fields["certainty"]) if "certainty" in fields else None,
        english=_single(fields["english"]) if "english" in fields else None,
    )


def _field(line: str) -> tuple[str, str]:
    match = _FIELD.fullmatch(line.strip())
    if match is None:
        raise ValueError(line)
    return match[1], match[2]


def _single(values: list[str]) -> str:
    (value,) = values
    return value


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Blocks between empty lines. A wrapped line joins the one before it; a bullet starts a line of its own."""
    blocks: list[str] = []
    open_block = False
    for line in (raw.strip() for raw in lines):
        if not line:
            open_block = False
        elif not open_block:
            blocks.append(line)
            open_block = True
        else:
            blocks[-1] += ("\n" if line.startswith("- ") else " ") + line
    return tuple(blocks)
