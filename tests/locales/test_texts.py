"""What we ship: complete in every ready language, short enough for a phone, upright in Arabic, true to its dates."""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from bot.core.consultations import CONSULTATIONS
from bot.questionnaires.library import FORMS, emerging
from locales.bidi import direction, upright
from locales.briefings import LONGEST_CARD, Card, Library
from locales.catalogue import Catalogue
from locales.translations import PLACEHOLDER, compare, placeholders, read_template, read_translations

HOME = Path(__file__).parents[2] / "locales"
CATALOGUE = Catalogue.load()
LIBRARY = Library.load()
READY = [language.code for language in CATALOGUE.languages]
TRANSLATED = [code for code in READY if code != "en"]
RTL = [language.code for language in CATALOGUE.languages if language.direction == "rtl"]
TOPICS = ["micic", "phases", "people", "consultations", "emerging", "regions", "firewall", "afterwards", "glossary"]
BUTTONS = re.compile(
    r"consultation\.\w+\.short|notice\.(accept|leave|more|language)"
    r"|home\.(begin|continue|erase|practice|respond|group|learn|news_want|news_stop|consultations|language)"
    r"|dialogue\.(next|back|skip|stop|undisclosed|all_choices|add_addressee|add_moment|leave_as_it_is)"
    r"|review\.(send|erase|erase_yes|erase_no)|receipt\.(copy|another|home)|brief\.(previous|next|topics)"
    r"|help\.back|forget\.yes|group\.(first_point|next_point|finish)"
)


def _forms(domain: str, code: str) -> dict[str, tuple[str, ...]]:
    template = read_template(HOME / f"{domain}.pot")
    if code == "en":
        return template
    usable, _ = compare(template, read_translations(HOME / code / f"{domain}.po"))
    return usable


def _domains() -> list[str]:
    found = sorted(file.stem for file in HOME.glob("*.pot"))
    assert "messages" in found
    return found


def _cards(code: str) -> list[tuple[str, Card]]:
    cards = [(topic.id, card) for topic in LIBRARY.topics(code) for card in topic.cards]
    assert len(cards) > 40
    return cards


def test_the_first_languages_are_ready() -> None:
    assert {"en", "fr", "ar"} <= set(READY)
    assert RTL == ["ar"]


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_interface_is_complete(code: str) -> None:
    coverage = CATALOGUE.coverage()[code]
    assert coverage.complete, coverage


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("domain", _domains())
def test_every_domain_is_complete(domain: str, code: str) -> None:
    _, coverage = compare(read_template(HOME / f"{domain}.pot"), read_translations(HOME / code / f"{domain}.po"))
    assert coverage.complete, coverage


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext's msgfmt is not installed")
@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("domain", _domains())
def test_gettext_accepts_the_file(domain: str, code: str) -> None:
    """The tool that translators' programs use must agree with our own reader."""
    command = ["msgfmt", "--check-format", "--check-domain", "-o", os.devnull, str(HOME / code / f"{domain}.po")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("domain", _domains())
def test_a_translators_program_finds_the_headers_it_needs(domain: str, code: str) -> None:
    head = (HOME / code / f"{domain}.po").read_text("utf-8").split("msgctxt")[0]
    assert f'"Language: {code}\\n"' in head
    assert "charset=utf-8" in head.lower()
    assert '"Plural-Forms: nplurals=' in head


@pytest.mark.parametrize("code", READY)
@pytest.mark.parametrize("domain", _domains())
def test_no_text_holds_markup_or_stray_space(domain: str, code: str) -> None:
    for key, forms in _forms(domain, code).items():
        for form in forms:
            assert form == form.strip(), key
            assert not re.search(r"</?[a-z]|&[a-z]+;|\*\*|\[[^\]]+\]\(", form), key
            assert len(form) < 1500, key


@pytest.mark.parametrize("code", READY)
def test_buttons_fit(code: str) -> None:
    buttons = {key: forms for key, forms in _forms("messages", code).items() if BUTTONS.fullmatch(key)}
    assert len(buttons) > 30
    assert {key: form for key, forms in buttons.items() for form in forms if len(form) > 28} == {}


@pytest.mark.parametrize("code", READY)
@pytest.mark.parametrize("form", FORMS)
def test_short_names_of_the_form_fit(form: str, code: str) -> None:
    short = {key: forms[0] for key, forms in _forms(form, code).items() if key.endswith(".short")}
    assert len(short) > (50 if form == "recommendation" else 2)
    assert {key: form for key, form in short.items() if len(form) > 40} == {}


@pytest.mark.parametrize("code", READY)
def test_what_telegram_limits(code: str) -> None:
    for key, forms in _forms("messages", code).items():
        limit = {"bot.description": 512, "bot.short_description": 120, "bot.name": 64}.get(key, 60)
        if key in {"bot.description", "bot.short_description", "bot.name"} or key.startswith("command."):
            assert key == "command.unknown" or len(forms[0]) <= limit, key


@pytest.mark.parametrize("code", RTL)
@pytest.mark.parametrize("domain", _domains())
def test_each_line_starts_in_its_own_direction(domain: str, code: str) -> None:
    """What is inserted is isolated, so it does not count; a line of nothing else has no direction of its own."""
    for key, forms in _forms(domain, code).items():
        for line in (line for form in forms for line in form.split("\n")):
            assert direction(PLACEHOLDER.sub("", line)) in {"rtl", None}, (key, line)


@pytest.mark.parametrize("code", RTL)
def test_each_line_of_a_briefing_starts_in_its_own_direction(code: str) -> None:
    for topic, card in _cards(code):
        for paragraph in (card.title, *card.body, *([card.certainty] if card.certainty else [])):
            for line in paragraph.split("\n"):
                assert direction(line) == "rtl", (topic, card.id, line)
        for paragraph in card.body:
            assert direction(paragraph.removeprefix("- ")[0]) == "rtl", (topic, card.id, paragraph)


def _bare(text: str) -> list[str]:
    """What stands outside all isolates and would turn round, or fall apart, in a line from right to left."""
    while (outside := re.sub("[\u2066-\u2068][^\u2066-\u2069]*\u2069", "", text)) != text:
        text = outside
    return re.findall(r"/[a-z]\w*|\S*://\S*|\d+-\d\d?-\d+|\S+ !?= \S+|--\w+|\S+@\S+", text, re.ASCII)


@pytest.mark.parametrize(
    "text",
    [
        "أرسل /news.",
        "(/ask)",
        "وتبدأ بـ https://.",
        "هكذا: 2030-11-25 18:00",
        "required = yes",
        "x != ''",
        "micic x --to y",
    ],
)
def test_a_bare_run_is_seen(text: str) -> None:
    assert _bare(text)
    assert _bare(upright(text)) == []


@pytest.mark.parametrize("code", RTL)
def test_what_is_written_from_left_to_right_stands_apart(code: str) -> None:
    """Commands, addresses, days, rules: in every text as it is shown, whoever translated it."""
    shown = {}
    for key, forms in _forms("messages", code).items():
        values = dict.fromkeys({name for form in forms for name in placeholders(form)} - {"count"}, "x")
        shown[key] = [CATALOGUE.text(code, key, **values, count=count) for count in (*range(12), 100)]
    assert sum("\u2066/" in text for texts in shown.values() for text in texts) > 200
    assert {key: _bare(text) for key, texts in shown.items() for text in texts if _bare(text)} == {}


@pytest.mark.parametrize("code", RTL)
def test_forms_cards_and_points_hold_nothing_bare(code: str) -> None:
    """Labels of forms are put upright where they are shown; nothing else here is."""
    texts = [upright(text) for form in FORMS for forms in _forms(form, code).values() for text in forms]
    texts += [
        text
        for _, card in _cards(code)
        for text in (card.title, *card.body, *([card.certainty] if card.certainty else []))
    ]
    points = json.loads(emerging().read_text("utf-8"))["points"]
    texts += [part[code] for point in points for part in point.values() if isinstance(part, dict) and code in part]
    assert len(texts) > 400
    assert {text: _bare(text) for text in texts if _bare(text)} == {}


@pytest.mark.parametrize("code", READY)
def test_every_topic_is_there(code: str) -> None:
    assert [topic.id for topic in LIBRARY.topics(code)] == TOPICS
    assert {topic.language for topic in LIBRARY.topics(code)} == {code}


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_same_cards_with_the_same_facts(code: str) -> None:
    assert LIBRARY.coverage()[code] == ()
    for (topic, english), (_, card) in zip(_cards("en"), _cards(code), strict=True):
        assert (card.id, card.as_of, card.sources) == (english.id, english.as_of, english.sources), topic
        years = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
        text, source = " ".join(card.body), " ".join(english.body)
        told, wanted = Counter(years.findall(text)), Counter(years.findall(source))
        assert set(told) == set(wanted), (topic, card.id)
        assert not wanted - told, (topic, card.id)  # an official name may bring its year once more


@pytest.mark.parametrize("code", READY)
def test_cards_fit_a_phone(code: str) -> None:
    for topic, card in _cards(code):
        assert 0 < card.length <= LONGEST_CARD, (topic, card.id, card.length)
        assert len(card.title) <= 60, (topic, card.id)
        assert all(len(source) <= 200 for source in card.sources)


@pytest.mark.parametrize("code", READY)
def test_each_consultation_has_its_names_and_its_card(code: str) -> None:
    cards = {card.id: card for card in LIBRARY.topic(code, "consultations").cards}
    special = {card.id for card in LIBRARY.topic(code, "regions").cards}
    for consultation in CONSULTATIONS:
        for part in ("name", "short", "place"):
            assert CATALOGUE.text(code, f"consultation.{consultation.id}.{part}")
        text = cards[consultation.id].body[0]
        year, _, first = consultation.first_day.split("-")
        assert year in text
        assert str(int(first)) in text
        assert str(int(consultation.last_day.split("-")[2])) in text
        assert consultation.id in special


@pytest.mark.parametrize("code", READY)
def test_nothing_past_is_told_without_its_year(code: str) -> None:
    """Whoever meets a card alone must see when it was true."""
    for topic, card in _cards(code):
        assert "2010" < card.as_of[:4] < "2020"
        dated = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", " ".join(card.body))
        assert dated or (topic, card.id) in {("firewall", "example"), ("glossary", "actions"), ("glossary", "letters")}


@pytest.mark.parametrize("code", READY)
def test_no_card_knows_more_than_its_day(code: str) -> None:
    for topic, card in _cards(code):
        text = re.sub(r"2015-2030", "2015", " ".join(card.body))
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
        assert all(year <= card.as_of[:4] for year in years), (topic, card.id)


@pytest.mark.parametrize("code", READY)
@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("dialogue.text_saved", "dialogue.next"),
        ("dialogue.text_stands", "dialogue.next"),
        ("dialogue.tick_several", "dialogue.next"),
        ("review.press_a_button", "review.send"),
        ("group.speaking", "group.finish"),
    ],
)
def test_a_button_is_called_what_it_says(code: str, text: str, button: str) -> None:
    assert CATALOGUE.text(code, button) in CATALOGUE.text(code, text)


def test_what_was_wrong_in_the_sources_is_not_repeated() -> None:
    text = "\n".join(part for _, card in _cards("en") for part in (card.title, *card.body))
    assert "LBGTi" not in text
    assert "TBD" not in text
    assert "upcoming" not in text.lower()
    assert "Addis" not in text
    assert re.search(r"13 countries.*8", text)
    assert "means two things" in text
