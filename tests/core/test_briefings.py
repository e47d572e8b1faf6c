"""Briefings: nothing that is published changes, everybody gets a text, no link is hidden, pages lose nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import briefings as rules
from bot.core.briefings import Briefing, BriefingId
from bot.core.errors import Refused
from bot.core.outbox import Mark, Text, units
from bot.core.wording import Was, differences

LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")
NOW = 1_795_000_000.0
words = st.text(st.sampled_from("ab é.\n😀م "), max_size=400)


def chain(language: str) -> tuple[str, ...]:
    return (language, "en")


def written(*languages: str) -> Briefing:
    briefing = Briefing(BriefingId("0" * 12), "eeca")
    for language in languages:
        briefing = rules.begun(rules.titled(briefing, language, f"Title {language}"), language, f"Text {language}", ())
    return briefing


def published(briefing: Briefing) -> Briefing:
    return rules.published(rules.looked_at(briefing), LANGUAGES, chain, NOW)


def refused(code: str) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, match=code)


def test_everybody_is_shown_one_text_and_an_organizer_decides_which() -> None:
    briefing = written("en", "es")
    edition = published(rules.turned(briefing, "pt", chain)).current
    assert edition is not None
    assert edition.shown == {"en": "en", "fr": "en", "es": "es", "ar": "en", "ru": "en", "pt": "es"}
    # Turned once more it is the first again; who has a text of their own cannot be turned away from it.
    twice = rules.turned(rules.turned(briefing, "pt", chain), "pt", chain)
    assert rules.shown_to(twice.written, twice.instead, "pt", chain) == "en"
    with refused("outbox_no_text"):
        rules.turned(briefing, "es", chain)
    # A choice whose text is gone counts no longer, and what has no title or no text is none.
    left = rules.dropped(rules.turned(briefing, "pt", chain), "es")
    assert rules.shown_to(left.written, left.instead, "pt", chain) == "en"
    assert rules.titled(left, "ru", "Only a title").written.keys() == {"en"}
    only = written("ar")
    assert rules.shown_to(only.written, only.instead, "ru", chain) == "ar"


def test_only_what_was_looked_at_is_published_and_a_change_says_what_changed() -> None:
    with refused("outbox_no_text"):
        rules.published(Briefing(BriefingId("0" * 12), "eeca"), LANGUAGES, chain, NOW)
    seen = rules.looked_at(written("en"))
    for change in (
        rules.titled(seen, "en", "Other"), rules.begun(seen, "en", "Other", ()),
        rules.continued(seen, "en", "More", ()),
        rules.dropped(written("en", "fr"), "fr"), rules.turned(rules.looked_at(written("en", "es")), "pt", chain),
        rules.noted(seen, "en", "Note"),
    ):  # fmt: skip
        with refused("outbox_not_seen"):
            rules.published(change, LANGUAGES, chain, NOW)
    first = published(written("en"))
    with refused("briefing_same"):
        published(first)
    second = rules.titled(first, "en", "Other")
    with refused("briefing_no_note"):
        published(second)
    after = published(rules.noted(second, "en", "The title"))
    assert first.current is not None
    assert after.current is not None
    assert (first.current.number, after.current.number) == (1, 2)
    assert first.current.digest != after.current.digest
    assert after.current.note("ru") == "The title"
    assert after.notes == {}
    back = rules.restored(after, first.current)
    assert back.changed
    assert back.written == first.written
    assert not published(rules.noted(back, "fr", "Comme avant")).changed


def test_the_address_of_a_link_is_written_out_and_formatting_stays_where_it_was() -> None:
    text = "😀 see the agenda now"
    marks = [("text_link", 11, 6, "https://example.org/a"), ("bold", 18, 3, None), ("italic", 0, 17, None)]
    found = rules.formatted(text, marks)
    assert found.text == "😀 see the agenda (https://example.org/a) now"
    inserted = len(" (https://example.org/a)")
    assert set(found.marks) == {Mark("bold", 18 + inserted, 3), Mark("italic", 0, 17)}
    same = rules.formatted("https://example.org/", [("text_link", 0, 20, "https://example.org")])
    assert same == Text("https://example.org/")
    for address, code in (("http" + "://example.org", "outbox_link_scheme"), ("tg://user?id=1", "outbox_link_scheme")):
        with refused(code):
            rules.formatted("agenda", [("text_link", 0, 6, address)])
    with refused("outbox_person"):
        rules.formatted("Anna", [("text_mention", 0, 4, None)])
    with refused("outbox_invisible"):
        rules.formatted("a\u202eb", ())
    with refused("briefing_long"):
        rules.continued(rules.begun(written("en"), "en", "x" * 9_000, ()), "en", "x" * 4_000, ())


@given(words, st.integers(5, 60), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 200)), max_size=5))
def test_pages_lose_nothing_and_fit(text: str, most: int, places: list[tuple[int, int]]) -> None:
    length = units(text)
    marks = tuple(Mark("bold", at, min(size, length - at)) for at, size in places if at < length)
    found = rules.pages(Text(text, marks), most)
    assert "".join("".join(page.text for page in found).split()) == "".join(text.split())
    assert all(0 < units(page.text) <= most for page in found)
    for page in found:
        assert all(0 <= mark.offset < mark.offset + mark.length <= units(page.text) for mark in page.marks)


@given(words, words)
def test_a_comparison_has_every_word_that_differs(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert (pieces == ()) is (before == after)
    for was, text in ((Was.OUT, before), (Was.IN, after)):
        assert all(piece.text in text for piece in pieces if piece.was in (was, Was.KEPT))
    if Was.LEFT_OUT not in {piece.was for piece in pieces} and pieces:
        assert "".join(piece.text for piece in pieces if piece.was is not Was.IN) == before
        assert "".join(piece.text for piece in pieces if piece.was is not Was.OUT) == after


def test_an_edition_is_what_it_was_whatever_is_written_after() -> None:
    first = published(written("en", "fr"))
    edition = first.current
    assert edition is not None
    digest = edition.digest
    rules.begun(rules.dropped(first, "fr"), "en", "Something else", ())
    assert first.current is edition
    assert edition.digest == digest
    assert replace(edition, number=2).digest != digest
