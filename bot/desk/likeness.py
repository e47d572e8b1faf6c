"""Contributions that may say the same, as suggestions for people to decide: nothing here joins anything.

Two ways. *Copies* share runs of words, wherever they stand: MinHash over pairs of words finds candidates among any
number of texts in time that grows with their number, and their exact overlap decides. *Alike* are paraphrases: within
one language, moment and theme, texts that share more rare letter triples than others there do. Where so many are in one
place that comparing each with each would take long, they are told apart by their addressees; `crowds` names what is too
much even then, so that people are told. Across languages words tell nothing; there people join by codes.

Not here: what was decided about a pair (`bot.core.consolidation`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

HASHES, BANDS = 63, 21
ROWS = HASHES // BANDS
COPY = 0.25
"""Least share of word pairs that copies have in common. One word in twelve replaced leaves some 0.7."""
ALIKE = 0.1
"""Least cosine of paraphrases."""
BLOCK = 2_000
"""Texts of one language, moment and theme that are compared each with each: some two seconds."""
_COLUMNS = 16_384
"""Letter triples that are compared: of more, those that most texts have in common are left out."""
_NOWHERE = 1 << 62
_BUCKET = 40
_LONGEST = 4000
"""Characters of a text that are compared."""
_WORD = re.compile(r"\w+")
_SEED = 2_015

LATIN = "LATIN"
_LOOKED_AT = 200
"""Characters that tell the script of a text."""

Ints = npt.NDArray[np.uint64]
Place = tuple[str, str, str, tuple[str, ...]]
"""Script or language, moment, theme, and addressees where there are so many that they were told apart by them."""


@dataclass(frozen=True)
class Text:
    """What is compared, and what tells look-alikes apart."""

    id: str
    text: str
    language: str | None
    phase: str | None = None
    theme: str | None = None
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True)
class Likeness:
    """Two that may say the same. `differs`: `phase`, `addressees`, where they ask for different things."""

    one: str
    other: str
    score: float
    """From 0 to 100: how much of the words of the shorter one stands in the other."""
    copy: bool
    """They share runs of words; else they are alike in subject and words."""
    differs: tuple[str, ...]


def suggestions(texts: Sequence[Text]) -> list[Likeness]:
    """The pairs to look at, the most alike first."""
    words = [words_of(text.text) for text in texts]
    copies = set(copies_among(words))
    found = [_likeness(texts[one], texts[other], words[one], words[other], True) for one, other in copies]
    found += [
        _likeness(texts[one], texts[other], words[one], words[other], False)
        for one, other in _alike(texts, words)
        if (one, other) not in copies
    ]
    return sorted(found, key=lambda pair: (not pair.copy, -pair.score, pair.one, pair.other))


def words_of(text: str) -> list[str]:
    """Words as they are compared: without case, marks and vowel signs."""
    return _WORD.findall(folded(text[:_LONGEST]))


def folded(text: str) -> str:
    """The text as it is searched and compared: one form of each letter, no case, no accents, no Arabic vowel signs."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in apart if not unicodedata.combining(one) and one != "\u0640")


def copies_among(words: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Pairs (by place, the earlier first) whose texts share at least `COPY` of their pairs of words."""
    shingles = _shingles(words)
    for one, other in sorted(_candidates(_signatures(shingles))):
        first, second = shingles[one], shingles[other]
        shared = len(np.intersect1d(first, second, assume_unique=True))
        if shared and shared >= COPY * (len(first) + len(second) - shared):
            yield one, other


def shared_words(one: str, other: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The places of words that stand in both texts, also in another ending or with a prefix: why the two are alike."""
    first, second = list(_WORD.finditer(one)), list(_WORD.finditer(other))
    forms = [[folded(found[0]) for found in each[:1500]] for each in (first, second)]
    if not forms[0] or not forms[1]:
        return [], []
    scores = process.cdist(forms[0], forms[1], scorer=fuzz.ratio, score_cutoff=75)
    for least in (3, 2):  # "the", "and" and "les" only where nothing else explains it
        long = [np.array([len(form) > (least if form.isascii() else 2) for form in each]) for each in forms]
        matching = (scores > 0) & long[0][:, None] & long[1][None, :]
        if matching.any():
            break
    return (
        [found.span() for found, hit in zip(first, matching.any(axis=1), strict=False) if hit],
        [found.span() for found, hit in zip(second, matching.any(axis=0), strict=False) if hit],
    )


def _likeness(one: Text, other: Text, words: Sequence[str], others: Sequence[str], copy: bool) -> Likeness:
    if other.id < one.id:
        one, other, words, others = other, one, others, words
    differs = []
    if one.phase != other.phase:
        differs.append("phase")
    if set(one.addressees) != set(other.addressees):
        differs.append("addressees")
    score = fuzz.token_set_ratio(" ".join(words), " ".join(others))
    return Likeness(one.id, other.id, round(score, 1), copy, tuple(differs))


def _shingles(words: Sequence[Sequence[str]]) -> list[Ints]:
    """For each text its pairs of neighbouring words, as numbers, each once and in order."""
    numbers: dict[str, int] = {}
    found = []
    for each in words:
        ids = np.fromiter((numbers.setdefault(word, len(numbers) + 1) for word in each), np.uint64, len(each))
        pairs = (ids[:-1] << np.uint64(32)) | ids[1:] if len(ids) > 1 else ids
        found.append(np.unique(pairs))
    return found


def _signatures(shingles: Sequence[Ints]) -> Ints:
    """A row of `HASHES` for each text: how much two rows agree tells how much two texts overlap."""
    lengths = np.array([max(len(each), 1) for each in shingles])
    empty = np.zeros(1, np.uint64)
    everything = np.concatenate([each if len(each) else empty for each in shingles]) if shingles else empty
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if shingles else np.zeros(0, np.int64)
    spread = _mixed(everything)
    chance = np.random.default_rng(_SEED)
    signatures = np.empty((len(shingles), HASHES), np.uint64)
    for at in range(HASHES if shingles else 0):
        odd = np.uint64(int(chance.integers(1 << 62)) * 2 + 1)
        signatures[:, at] = np.minimum.reduceat(spread * odd, starts)
    return signatures


def _mixed(numbers: Ints) -> Ints:
    """Numbers spread over all 64 bits (the finalizer of MurmurHash3)."""
    mixed = numbers ^ (numbers >> np.uint64(33))
    mixed = mixed * np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    mixed = mixed * np.uint64(0xC4CEB9FE1A85EC53)
    return np.asarray(mixed ^ (mixed >> np.uint64(33)), np.uint64)


def _candidates(signatures: Ints) -> set[tuple[int, int]]:
    """Pairs that agree in a whole band. Of a crowd in one bucket each is paired with the next few only."""
    found: set[tuple[int, int]] = set()
    for band in range(BANDS):
        keys = np.zeros(len(signatures), np.uint64)
        for row in range(ROWS):
            keys = _mixed(keys ^ signatures[:, band * ROWS + row])
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
        for start, end in _runs(same):
            group = order[start : end + 2].tolist()
            for at, one in enumerate(group):
                found.update((one, other) for other in group[at + 1 : at + 1 + _BUCKET])
    return found


def _runs(places: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbouring numbers."""
    if len(places):
        breaks = np.flatnonzero(np.diff(places) != 1)
        yield from zip(
            places[np.concatenate([[0], breaks + 1])].tolist(),
            places[np.concatenate([breaks, [len(places) - 1]])].tolist(),
            strict=True,
        )


def crowds(texts: Sequence[Text]) -> list[tuple[Place, int]]:
    """Places with more texts than can be compared each with each, and how many: nobody looked for paraphrases there."""
    return [(place, len(block)) for place, block in _blocks(texts).items() if len(block) > BLOCK]


def _blocks(texts: Sequence[Text]) -> dict[Place, list[int]]:
    """Texts that are compared with one another, by where they belong; crowds told apart by their addressees."""
    blocks: dict[Place, list[int]] = {}
    for at, text in enumerate(texts):
        if text.phase and text.theme and text.language and text.text.strip():
            blocks.setdefault((_tongue(text), text.phase, text.theme, ()), []).append(at)
    found: dict[Place, list[int]] = {}
    for (tongue, phase, theme, _), block in blocks.items():
        if len(block) <= BLOCK:
            found[tongue, phase, theme, ()] = block
            continue
        for at in block:
            found.setdefault((tongue, phase, theme, tuple(sorted(texts[at].addressees))), []).append(at)
    return found


def script_of(text: str) -> str | None:
    """The script of most of its first letters, as Unicode names it (`LATIN`); None where there are no letters."""
    letters = (unicodedata.name(one, "").partition(" ")[0] for one in text[:_LOOKED_AT] if one.isalpha())
    return next((name for name, _ in Counter(letters).most_common(1)), None)


def _tongue(text: Text) -> str:
    """The script of the text; where that is Latin, which many languages have, the language of the chat."""
    script = script_of(text.text) or LATIN
    return text.language or "" if script == LATIN else script.lower()


def _alike(texts: Sequence[Text], words: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Paraphrases: the closest other of each text that has its language, moment and theme."""
    for block in _blocks(texts).values():
        if 1 < len(block) <= BLOCK:
            for one, other in _close([words[at] for at in block]):
                yield block[one], block[other]


def _close(words: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    numbers: dict[str, int] = {}
    each = [[numbers.setdefault(triple, len(numbers)) for triple in _triples(text)] for text in words]
    many = max(len(numbers), 1)
    rows = np.repeat(np.arange(len(each)), [len(one) for one in each])
    columns = np.fromiter((number for one in each for number in one), np.int64, len(rows))
    places, counts = np.unique(rows * many + columns, return_counts=True)
    rows, columns = places // many, places % many
    spread = np.bincount(columns, minlength=many)
    weights = (1 + np.log(counts)) * np.log(1 + len(words) / spread[columns])
    lengths = np.sqrt(np.bincount(rows, weights * weights, len(words)))
    # What stands in one text only tells nothing of two; it counts in the length of its text.
    order = np.argsort(np.where(spread > 1, spread, _NOWHERE), kind="stable")[:_COLUMNS]
    kept = np.full(many, -1)
    kept[order] = np.arange(len(order))
    here = (kept[columns] >= 0) & (spread[columns] > 1)
    matrix = np.zeros((len(words), min(many, _COLUMNS)), np.float32)
    matrix[rows[here], kept[columns[here]]] = weights[here]
    matrix /= np.maximum(lengths, 1e-9)[:, None]
    cosine = matrix @ matrix.T
    np.fill_diagonal(cosine, 0)
    closest = cosine.argmax(axis=1)
    for one, other in sorted(set(map(_in_order, enumerate(closest.tolist())))):
        if cosine[one, other] >= ALIKE:
            yield one, other


def _in_order(pair: tuple[int, int]) -> tuple[int, int]:
    return (pair[0], pair[1]) if pair[0] < pair[1] else (pair[1], pair[0])


def _triples(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        yield from (padded[at : at + 3] for at in range(len(padded) - 2))
