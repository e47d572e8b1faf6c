"""How texts stand beside one another: one choice has one name in every form, one thing one name in all texts, French
signs do not begin a line, a date that ends with a full stop is not given a second one, times are counted as the
language counts.

Not here: whether texts are there and fit (`test_texts`).
"""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from bot.questionnaires.library import FORMS, emerging
from handlers.writing.words import Words
from locales.catalogue import Catalogue
from locales.translations import placeholders, read_template, read_translations

HOME = Path(__file__).parents[2] / "locales"
CATALOGUE = Catalogue.load()
READY = [language.code for language in CATALOGUE.languages]
LEFT = {
    "fr": r"\bchat\b|\bfiches?\b|textes d.information|[Aa]ppuyez|’",
    "es": r"\bfichas?\b|textos informativos|\brecibos?\b(?! mensajes)|[Pp]ulse\b",
    "pt": r"\b[Cc]hat\b|\bidiomas?\b|\bfichas\b|textos informativos|[Pp]rima\b|trancad|ficheiro|telemóve|ecrã|«",
    "ru": r"[Сс]водк|(при(мите|няли)|[Пп]ринято) уведомление",
    "ar": r"استشار|الإشعار(?!ات)|النصوص التعريفية|اً|منظم(?!ة|ت|ات)",
}
"""Other words for what has a name already: this chat, the briefings, the notice, the receipt, a language, a file; how a
button is pressed; how Arabic is spelled. `messages` only."""
BREAKS = re.compile(r"(?<=\S) [:;!?»]|« ")
"""A plain space where French has one that does not break."""


def _texts(domain: str, code: str) -> dict[str, tuple[str, ...]]:
    if code == "en":
        return read_template(HOME / f"{domain}.pot")
    entries = read_translations(HOME / code / f"{domain}.po").entries
    return {key: entry.forms for key, entry in entries.items()}


def names(code: str) -> dict[str, set[str]]:
    """What each choice is called, over all forms."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for form in FORMS:
        for key, (text, *_) in _texts(form, code).items():
            if key.startswith("choices."):
                found[key].add(text)
    return found


@pytest.mark.parametrize("code", READY)
def test_a_choice_has_one_name_in_all_forms(code: str) -> None:
    """Whoever speaks for a group and then makes a point meets the same people under the same name."""
    found = names(code)
    assert len(found) > 100
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("code", LEFT)
def test_a_thing_has_one_name(code: str) -> None:
    found = _texts("messages", code)
    assert len(found) > 900
    other = re.compile(LEFT[code])
    assert {key: text for key, forms in found.items() for text in forms if other.search(text)} == {}


def _french() -> dict[str, str]:
    domains = sorted(file.stem for file in HOME.glob("*.pot"))
    found = {f"{domain} {key}": " ".join(forms) for domain in domains for key, forms in _texts(domain, "fr").items()}
    for card in sorted((HOME / "fr" / "briefings").glob("*.md")):
        for number, line in enumerate(card.read_text("utf-8").split("\n"), 1):
            if not re.match(r"(id|source|english|as_of|order|check): ", line):
                found[f"{card.name} {number}"] = line
    for point in json.loads(emerging().read_text("utf-8"))["points"]:
        for part in ("title", "text", "support", "dissent"):
            if isinstance(point.get(part), dict):
                found[f"{point['id']} {part}"] = point[part].get("fr", "")
    return found


def test_french_signs_do_not_begin_a_line() -> None:
    found = _french()
    assert len(found) > 700
    assert {key: text for key, text in found.items() if BREAKS.search(text)} == {}
    assert BREAKS.search("Envoyer ceci ?")
    assert not BREAKS.search("Envoyer ceci\u00a0? «\u00a0Oui\u00a0»")


@pytest.mark.parametrize("code", READY)
def test_a_date_brings_no_second_full_stop(code: str) -> None:
    day = CATALOGUE.day(code, "2026-03-22")
    dated = [key for key, (text, *_) in read_template(HOME / "messages.pot").items() if "day" in placeholders(text)]
    assert len(dated) > 3
    for key in dated:
        wanted = placeholders(CATALOGUE.pattern(code, key)) - {"day"}
        text = CATALOGUE.text(code, key, day=day, **dict.fromkeys(wanted, "x"))
        assert ".." not in re.sub("[\u2066-\u2069]", "", text), key


@pytest.mark.parametrize(
    ("code", "minutes", "wanted"),
    [
        ("en", 1, "1\u00a0minute"),
        ("en", 5, "5\u00a0minutes"),
        ("en", 60, "1\u00a0hour"),
        ("en", 90, "90\u00a0minutes"),
        ("en", 150, "2\u00a0hours"),
        ("en", 1440, "24\u00a0hours"),
        ("fr", 60, "1\u00a0heure"),
        ("ru", 1, "1\u00a0минуту"),
        ("ru", 22, "22\u00a0минуты"),
        ("ru", 720, "12\u00a0часов"),
        ("ru", 1440, "24\u00a0часа"),
        ("ar", 2, "دقيقتين"),
        ("ar", 5, "5\u00a0دقائق"),
        ("ar", 30, "30\u00a0دقيقة"),
        ("ar", 60, "ساعة واحدة"),
        ("ar", 1440, "24\u00a0ساعة"),
    ],
)
def test_times_are_counted_as_the_language_counts(code: str, minutes: int, wanted: str) -> None:
    """And no line ends between the number and what is counted."""
    assert Words(CATALOGUE, code).span(minutes) == wanted
