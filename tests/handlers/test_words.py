"""One reader's words: the side a line begins on, rows of buttons, a name and what it stands for."""

import pytest

from bot.core import events as on
from bot.questionnaires.library import form
from handlers import buttons
from handlers.messages import Button
from handlers.writing.words import LRI, LRM, RLM, Words
from locales.bidi import FSI, PDI, direction
from locales.catalogue import Catalogue

CATALOGUE = Catalogue.load()
ARABIC, FRENCH, ENGLISH = Words(CATALOGUE, "ar"), Words(CATALOGUE, "fr"), Words(CATALOGUE, "en")


@pytest.mark.parametrize(
    "line", ["MICIC 2015", "<b>MICIC</b> مبادرة", "12 رسالة", "● سؤال", "/help", f"{FSI}Ada{PDI}: نعم"]
)
def test_a_line_in_arabic_begins_from_the_right(line: str) -> None:
    directed = ARABIC.directed(line)
    assert direction(directed.replace("<b>", "")) == "rtl"
    assert directed.replace(RLM, "") == line
    assert ENGLISH.directed(line) == line


def test_in_english_a_line_that_an_inserted_word_would_turn_gets_a_mark() -> None:
    assert ENGLISH.directed(f"• {FSI}العربية{PDI}: 10") == f"{LRM}• {FSI}العربية{PDI}: 10"
    assert ENGLISH.directed(f"<b>{FSI}العربية{PDI}</b> readers") == f"<b>{LRM}{FSI}العربية{PDI}</b> readers"
    for line in ("<blockquote>مرحبا", f"{FSI}Ada{PDI}: نعم", f"Name: {FSI}آدا{PDI}", ""):
        assert ENGLISH.directed(line) == line


def test_a_line_that_begins_with_arabic_needs_no_mark() -> None:
    assert ARABIC.directed("<i>مرحباً</i> MICIC") == "<i>مرحباً</i> MICIC"


def test_rows_of_buttons_are_mirrored() -> None:
    row = [Button("1", "b"), None, Button("2", "b")]
    assert [[button.label for button in row] for row in ENGLISH.rows(row, [None])] == [["1", "2"]]
    assert [[button.label for button in row] for row in ARABIC.rows(row, [None])] == [["2", "1"]]


def test_a_label_that_would_break_in_half_a_row_has_one_of_its_own() -> None:
    short, long = Button("Crear el enlace", "b"), Button("Retirar la propuesta", "b")
    assert ENGLISH.rows([short, long]) == ((short,), (long,))
    assert ENGLISH.rows([short, short]) == ((short, short),)
    assert ARABIC.rows([short, long]) == ((short,), (long,))


def test_a_name_and_what_it_stands_for() -> None:
    assert ENGLISH.named("<b>Topic</b>", "a &lt; b") == "<b>Topic</b>: a &lt; b"
    assert ENGLISH.named("Topic") == "Topic:"
    assert FRENCH.named("Sujet", "x") == "Sujet\u00a0: x"
    assert FRENCH.named("Sujet") == "Sujet\u00a0:"
    assert ARABIC.named("الموضوع", "Ada") == f"{FSI}الموضوع{PDI}: {FSI}Ada{PDI}"
    assert ENGLISH.named("Name", "آدا") == f"Name: {FSI}آدا{PDI}"


@pytest.mark.parametrize("code", ["fr", "ckb", "uz-Cyrl", "pt_BR", "zh-Hant-TW"])
def test_a_button_carries_every_code_that_the_list_of_languages_takes(code: str) -> None:
    assert buttons.parse(buttons.language(code)) == on.ChoseLanguage(code)


def test_the_slash_of_a_command_stays_before_its_word_in_arabic() -> None:
    assert ARABIC.say("tidy.command").endswith(f" {LRI}/tidy{PDI}.")
    assert FRENCH.say("tidy.command").endswith(" /tidy.")
    asked = form("recommendation").questionnaire
    assert ARABIC.label({"ar": "استعمل /receipt أو 2030-11-25"}, asked) == (
        f"استعمل {LRI}/receipt{PDI} أو {LRI}2030-\u206011-\u206025{PDI}"
    )


def test_a_label_of_the_other_direction_stands_apart() -> None:
    """A form that has no text in the reader's language turns nothing of what stands around its own."""
    asked = form("recommendation").questionnaire
    assert ARABIC.label({"en": "Is it open?"}, asked) == f"{FSI}Is it open?{PDI}"
    assert ENGLISH.label({"ar": "مفتوح؟"}, asked) == f"{FSI}مفتوح؟{PDI}"
    assert ENGLISH.label({"en": "Is it open?"}, asked) == "Is it open?"
    assert ARABIC.label({"ar": "مفتوح؟"}, asked) == "مفتوح؟"
    assert ARABIC.label({"en": "2015"}, asked) == "2015"


def test_the_parts_of_a_button_stand_from_the_right_in_arabic() -> None:
    parts = ("جديد", "AR", "01/12")
    assert ARABIC.dotted(*parts) == RLM + " · ".join(f"{FSI}{part}{PDI}" for part in parts)
    assert ENGLISH.dotted("New", "AR", "12/01") == "New · AR · 12/01"


def test_a_time_stays_on_one_line_with_its_zone() -> None:
    assert ENGLISH.moment(1_900_000_000, "Asia/Bishkek").endswith("23:46\u00a0(Bishkek)")
    assert ENGLISH.moment(1_900_000_000, "UTC").endswith("17:46 UTC")
