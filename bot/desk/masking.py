"""What is masked in a contribution: blacked there, and wherever else somebody has taken it over.

Words are found as they were written, in any case, with what scripts attach to them: a Russian ending, an Arabic "and",
"for" or "the". Scripts without spaces have no edges of words to look for. A name in other letters, or in a form that is
built otherwise, is found by nobody here: `hinted` tells what still resembles one, and a translation counts as sure only
where as many places are black.
Not here: what else the desk knows and decides (`desk`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.core.consolidation.decisions import Decision
from bot.core.consolidation.state import Consolidation, Layer, Point
from bot.desk import material
from bot.desk.log import Log
from bot.desk.material import Line

MASK = "█████"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ATTACHED = "(?:[وفبكلس]{1,2}(?:ال)?|ال)?"
_ENDED = 4
"""Letters from which on a Cyrillic word may have another ending."""
_SHORT = 3
"""Letters below which a word resembles too much."""


def blacked(text: str, words: Iterable[str]) -> str:
    """The text without these words."""
    for one in sorted({one.strip() for one in words} - {""}, key=len, reverse=True):
        text = _pattern(one).sub(MASK, text)
    return text


def hinted(text: str, words: Iterable[str]) -> bool:
    """Whether one of these words still stands in the text, as a part of others."""
    plain = text.casefold()
    return any(len(one) >= _SHORT and one in plain for one in (word.strip().casefold() for word in words))


@lru_cache(4096)
def _pattern(words: str) -> re.Pattern[str]:
    first, last = words[0], words[-1]
    begins = "" if _UNSPACED.match(first) else rf"(?<!\w){_ATTACHED if _ARABIC.match(first) else ''}"
    more = r"\w{0,3}" if _CYRILLIC.match(last) and len(words) >= _ENDED else ""
    ends = "" if _UNSPACED.match(last) else rf"{more}(?!\w)"
    return re.compile(f"{begins}{re.escape(words)}{ends}", re.IGNORECASE)


@dataclass
class _Hidden:
    """Masked passages of one answer that overlap. Of `words`, an empty one is not known any more."""

    question: str
    start: int
    end: int
    words: list[str]


@dataclass(frozen=True)
class _Past:
    """What `count` decisions say of who was ever behind a point, also where that was undone since."""

    count: int
    behind: Mapping[str, frozenset[str]]
    known: Mapping[str, Decision]


class Masking:
    """A desk, as far as it hides what is masked."""

    state: Consolidation
    log: Log
    _past = _Past(-1, {}, {})

    @property
    def lines(self) -> Mapping[str, Line]:
        """Every contribution, by id."""
        raise NotImplementedError

    def with_words(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A mask with what it hides: once the contribution is taken back nothing else tells what to black elsewhere."""
        written = self._written(fields["contribution"]).get(fields["question"], "")
        return {**fields, "words": written[fields["start"] : fields["end"]]}

    def masked(self, contribution: str, question: str, text: str, start: int = 0, end: int | None = None) -> str:
        """A written answer, or some of it, with its masked passages blacked out."""
        last = len(text) if end is None else end
        made, at = [], start
        for span in self._hidden(contribution):
            if span.question == question and span.end > at and span.start < last:
                made += [text[at : max(span.start, at)], MASK]
                at = span.end
        return "".join([*made, text[at:last]])

    def guarded(self, point: str, text: str) -> str:
        """A text of a point without the words that are masked in a contribution that is or ever was behind it.

        Who words a point takes over what stood there, and a name may be masked only later.
        """
        for contribution in self._behind(point) if text else ():
            text = self._blacked(contribution, text)
        return text

    def versions(self, point: Point, name: str) -> dict[str, str]:
        """Some of a point's words in each language, guarded.

        A name stands in a translation in other letters, where nobody finds it: a language in which fewer places are
        black than in the point's own words is left out, until whoever translates writes █████ there too.
        """
        found = {language: self.guarded(point.id, words) for language, words in point.versions(name).items()}
        black = found.get(point.language, "").count(MASK)
        return {language: text for language, text in found.items() if text.count(MASK) >= black}

    def layer(self, contribution: str, layer: Layer) -> tuple[str, bool]:
        """A translation or transcript without the words that are masked in the original, and whether that is sure.

        A name stands in a translation in other letters, where nobody finds it by its own. It is sure where each masked
        passage is found here, or written as █████ by whoever translated.
        """
        spans = [span for span in self._hidden(contribution) if span.question == layer.question]
        unseen = sum(not all(span.words) or blacked(layer.text, span.words) == layer.text for span in spans)
        return self._blacked(contribution, layer.text), unseen <= layer.text.count(MASK)

    def unmasked(self, decision: Decision, text: str) -> str:
        """Words of a decision without those that are masked in what it is about; an undo is about what it undoes."""
        about, been = decision, {decision.id}
        while text:
            for name in ("contribution", "one", "other"):
                text = self._blacked(str(about.fields.get(name) or ""), text)
            for name in ("point", "into"):
                text = self.guarded(str(about.fields.get(name) or ""), text)
            following = self._looked_back().known.get(str(about.fields.get("of")))
            if following is None or following.id in been:
                break
            been.add(following.id)
            about = following
        return text

    def without_masked(self, text: str) -> str:
        """A text about everything, as a chapter of the report, without the words that are masked anywhere."""
        for contribution in self.state.items:
            text = self._blacked(contribution, text)
        return text

    def leaking(self, point: Point) -> bool:
        """Whether a point says something that is masked in a contribution behind it, or may say it in other letters."""
        notes = [note.text for note in self.state.notes(point.id)]
        translated = [text for one in point.translations.values() for text in one.words.values()]
        said = [*point.words.values(), *translated, *notes]
        if any(self.guarded(point.id, text) != text for text in said):
            return True
        hidden = [words for one in self._behind(point.id) for span in self._hidden(one) for words in span.words]
        return any(hinted(text, hidden) for text in said) or any(
            point.versions(name).keys() != self.versions(point, name).keys() for name in point.words
        )

    def _written(self, contribution: str) -> Mapping[str, str]:
        line = self.lines.get(contribution)
        return material.texts_of(line) if line else {}

    def _hidden(self, contribution: str) -> list[_Hidden]:
        """What is masked in a contribution, in order."""
        item = self.state.items.get(contribution)
        if item is None or not item.masks:
            return []
        written, found = self._written(contribution), list[_Hidden]()
        for mask in sorted(item.masks, key=lambda one: (one.question, one.start, one.end)):
            text = written.get(mask.question, "")
            words = (text[mask.start : mask.end] or mask.words).strip()
            last = found[-1] if found else None
            if last is None or last.question != mask.question or mask.start >= last.end:
                found.append(_Hidden(mask.question, mask.start, mask.end, [words]))
                continue
            last.end = max(last.end, mask.end)
            last.words += [words, text[last.start : last.end].strip() or words]
        return found

    def _blacked(self, contribution: str, text: str) -> str:
        """A text without the words that are masked in a contribution; nothing of it where nobody knows them."""
        words = [one for span in self._hidden(contribution) for one in span.words]
        if not words or not text.strip():
            return text
        return blacked(text, words) if all(words) else MASK

    def _behind(self, point: str) -> Iterable[str]:
        """Every contribution that fed a point, or one that it was merged with; also where that was undone since."""
        return self._looked_back().behind.get(point, ())

    def _looked_back(self) -> _Past:
        decisions = self.log.decisions
        if self._past.count != len(decisions):
            self._past = _Past(len(decisions), _ever_behind(decisions), {one.id: one for one in decisions})
        return self._past


def _ever_behind(decisions: Sequence[Decision]) -> dict[str, frozenset[str]]:
    """By point, the contributions that ever fed it or one that was ever merged with it."""
    fed: dict[str, set[str]] = {}
    merged: dict[str, str] = {}

    def root(point: str) -> str:
        while (into := merged.get(point, point)) != point:
            point = into
        return point

    for decision in decisions:
        fields = decision.fields
        if decision.kind in ("feed", "note") and fields["contribution"]:
            fed.setdefault(fields["point"], set()).add(fields["contribution"])
        elif decision.kind == "merge":
            one, into = root(fields["point"]), root(fields["into"])
            if one != into:
                merged[one] = into
    together: dict[str, set[str]] = {}
    for point, contributions in fed.items():
        together.setdefault(root(point), set()).update(contributions)
    return {point: frozenset(together.get(root(point), ())) for point in {*fed, *merged, *merged.values()}}
