"""What may say the same: duplicates of the corpus are suggested, look-alikes flagged, nothing is joined by itself."""

import random
from pathlib import Path

import pytest

from bot.desk import likeness
from bot.desk.likeness import Text, copies_among, crowds, folded, shared_words, suggestions, words_of
from tests.desk.world import corpus, desk

LETTERS = "абвгдежзиклмнопрст"


def test_duplicates_of_the_corpus_that_share_a_language_come_first(tmp_path: Path) -> None:
    lines, records = corpus()
    made = desk(tmp_path, lines)
    by_id = {record["id"]: name for name, record in records.items()}
    wanted = {
        tuple(sorted((name, by_id[record["duplicate_of"]])))
        for name, record in records.items()
        if record["duplicate_of"] and records[by_id[record["duplicate_of"]]]["lang"][:2] == record["lang"][:2]
    }
    assert len(wanted) == 2
    found = [(pair.one, pair.other) for pair in made.alike]
    assert set(found[:2]) == wanted
    assert len(found) < 10
    assert made.state.pairs == {}
    assert made.state.points == {}


def test_look_alikes_that_ask_for_something_else_are_flagged() -> None:
    said = "Open the border for everybody who flees, and let them work while they wait for papers"
    pairs = suggestions(
        [
            Text("a", said, "en", "emergency", "transit", ("gov_host",)),
            Text("b", said + " today", "en", "post_crisis", "transit", ("gov_origin",)),
            Text("c", "Something quite different about hotlines that somebody answers", "en", "emergency", "transit"),
        ]
    )
    assert [(pair.one, pair.other, pair.copy, pair.differs) for pair in pairs] == [
        ("a", "b", True, ("phase", "addressees"))
    ]


def test_planted_copies_are_found_among_many() -> None:
    chance = random.Random(1)
    vocabulary = ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(20_000)]
    texts = [chance.choices(vocabulary, k=chance.randint(10, 40)) for _ in range(4000)]
    planted = []
    for number in range(1000):
        copy = [chance.choice(vocabulary) if chance.random() < 1 / 12 else word for word in texts[number]]
        planted.append((number, len(texts)))
        texts.append(copy)
    found = set(copies_among(texts))
    assert sum(pair in found for pair in planted) >= 0.95 * len(planted)
    assert len(found - set(planted)) < 20


def test_a_suggestion_is_explained_by_the_words_in_both() -> None:
    one, other = "ألغوا نظام الكفالة الآن", "نريد إلغاء نظام الكفاله"
    first, second = shared_words(one, other)
    assert [one[start:end] for start, end in first] == ["ألغوا", "نظام", "الكفالة"]
    assert [other[start:end] for start, end in second] == ["إلغاء", "نظام", "الكفاله"]
    assert shared_words("", "words") == ([], [])
    first, _ = shared_words("the police and the papers", "and the papers")
    assert [one[0] for one in first] == [19]
    assert shared_words("the sea", "in the hills") == ([(0, 3)], [(3, 6)])


def test_empty_and_endless_texts_do_no_harm() -> None:
    assert suggestions([]) == []
    assert suggestions([Text("a", "", "en"), Text("b", "", "en"), Text("c", "!!!", "en", "emergency", "transit")]) == []
    same = [
        Text(f"{number:04}", "the same words again and again", "en", "emergency", "transit") for number in range(300)
    ]
    assert all(pair.score == 100 for pair in suggestions(same))
    assert len(words_of("word " * 40_000)) <= 1000
    assert folded("Ёлка Ñandú كِتَاب ـ") == "елка nandu كتاب "


ONE = "The police must not ask for papers at the door of a hospital"
OTHER = "No papers asked by police at hospitals, at any door"


def _crowd(count: int, addressees: tuple[str, ...]) -> list[Text]:
    chance = random.Random(3)
    vocabulary = ["".join(chance.choices("bcdfgjklmrtvz", k=7)) for _ in range(6000)]
    texts = [" ".join(chance.choices(vocabulary, k=12)) for _ in range(count)]
    return [Text(f"t{at:04}", text, "en", "emergency", "firewall", addressees) for at, text in enumerate(texts)]


def test_paraphrases_in_a_crowd_are_found_by_addressee_and_what_is_too_much_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(likeness, "BLOCK", 40)
    pair = [Text(f"p{at}", text, "en", "emergency", "firewall", ("ngo",)) for at, text in enumerate((ONE, OTHER))]
    texts = [*_crowd(50, ("gov_host",)), *pair]
    assert [(found.one, found.other) for found in suggestions(texts)] == [("p0", "p1")]
    assert crowds(texts) == [(("en", "emergency", "firewall", ("gov_host",)), 50)]
    assert crowds(pair) == []


def test_a_text_counts_to_the_language_whose_letters_it_has() -> None:
    said, again = "ألغوا نظام الكفالة الآن من فضلكم", "نريد إلغاء نظام الكفالة"
    texts = [Text(name, text, chat, "pre_crisis", "rights_standards") for name, text, chat in
             (("a", said, "fr"), ("b", again, "ar"), ("c", "Rien à voir avec cela", "fr"))]  # fmt: skip
    assert [(found.one, found.other) for found in suggestions(texts)] == [("a", "b")]
