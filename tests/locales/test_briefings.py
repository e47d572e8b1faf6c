"""The reader of briefing files: what it makes of them, what it refuses, what it falls back to."""

from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from locales.briefings import Library, made_from, made_from_title
from tests.locales.conftest import CARD, edit


def _translated(folder: Path) -> Path:
    file = folder / "ar" / "briefings" / "what.md"
    file.parent.mkdir()
    (topic,) = Library.load(folder).topics("en")
    text = CARD.replace("What it is", "ما هي")
    text = text.replace("order: 1", f"order: 1\nenglish: {made_from_title(topic)}\ncheck: native")
    text = text.replace("id: first", f"id: first\nenglish: {made_from(topic.cards[0])}")
    file.write_text(text, "utf-8")
    return file


def test_a_card_is_read(folder: Path) -> None:
    (topic,) = Library.load(folder).topics("en")
    (card,) = topic.cards
    assert (topic.id, topic.title, topic.unchecked) == ("what", "What it is", False)
    assert card.body == ("A paragraph that goes on.", "- one\n- two")
    assert (card.id, card.title, card.as_of, card.sources) == ("first", "First", "2016-06-30", ("A report, 2016",))
    assert card.certainty is None


def test_a_topic_that_is_not_translated_comes_in_english(folder: Path) -> None:
    library = Library.load(folder)
    assert library.topic("ar", "what").language == "en"
    assert library.coverage() == {"ar": ("what",)}
    _translated(folder)
    library = Library.load(folder)
    assert library.topic("ar", "what").language == "ar"
    assert library.topic("ar", "what").unchecked
    assert library.topic("xx", "what").language == "en"
    assert library.coverage() == {"ar": ()}
    with pytest.raises(KeyError):
        library.topic("ar", "who")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("What it is", "What it was", ("what",)),
        ("goes on", "stops", ("what/first",)),
        ("## First", "## One", ("what/first",)),
    ],
)
def test_a_card_whose_english_words_have_changed_is_named(
    folder: Path, old: str, new: str, named: tuple[str, ...]
) -> None:
    _translated(folder)
    edit(folder / "en" / "briefings" / "what.md", old, new)
    assert Library.load(folder).coverage()["ar"] == named


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("as_of: 2016-06-30", "as_of: 2016-07-01", ("what/first",)),
        ("source: A report, 2016", "source: Another report", ("what/first",)),
        ("id: first", "id: second", ("what/first", "what/second")),
    ],
)
def test_a_card_whose_facts_differ_from_english_is_named(
    folder: Path, old: str, new: str, named: tuple[str, ...]
) -> None:
    edit(_translated(folder), old, new)
    assert Library.load(folder).coverage()["ar"] == named


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("as_of: 2016-06-30", "as_of: June 2016"),
        ("as_of: 2016-06-30\n", ""),
        ("source: A report, 2016\n", ""),
        ("id: first", "id first"),
        ("id: first", "ident: first"),
        ("id: first", "id: first\nid: second"),
        ("A paragraph that\ngoes on.\n\n- one\n- two\n", ""),
        ("order: 1", "order: one"),
        ("title: What it is\n", ""),
        ("---\n\n## First", "---\n\nLost text.\n\n## First"),
        ("\n- two\n", "\n- two\n" + CARD[CARD.index("## First") :]),
    ],
)
def test_a_card_that_cannot_be_read_says_where(folder: Path, old: str, new: str) -> None:
    edit(folder / "en" / "briefings" / "what.md", old, new)
    with pytest.raises(Misconfigured) as caught:
        Library.load(folder)
    assert caught.value.code == "briefing_unreadable"
    assert caught.value.params["file"] == "en/briefings/what.md"
