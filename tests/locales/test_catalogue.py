"""Texts by key and language: plurals, fallback, isolation, and each fault of a translation caught."""

import re
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from locales.bidi import FSI, PDI
from locales.catalogue import PLURAL_HEADER, Catalogue
from tests.locales.conftest import LANGUAGES, edit


def test_an_inserted_latin_value_is_isolated_in_arabic(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.text("ar", "hello", name="Ada") == f"طاب يومك يا {FSI}Ada{PDI}."
    assert catalogue.text("ar", "hello", name="Ada\nBo") == f"طاب يومك يا {FSI}Ada{PDI}\n{FSI}Bo{PDI}."


def test_in_english_only_a_value_that_could_turn_the_line_is_isolated(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.text("en", "hello", name="Ada") == "Good day, Ada."
    assert catalogue.text("en", "hello", name="آدا") == f"Good day, {FSI}آدا{PDI}."
    assert catalogue.text("en", "hello", name="x\u202ey") == f"Good day, {FSI}xy{PDI}."


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "لا رسائل"), (1, "رسالة واحدة"), (2, "رسالتان"), (3, "3 رسائل"), (11, "11 رسالة"), (100, "100 رسالة")],
)
def test_arabic_counts_in_six_ways(folder: Path, count: int, text: str) -> None:
    assert Catalogue.load(folder).text("ar", "count", count=count, name="أحمد").startswith(text)


def test_english_counts_in_two_ways_with_latin_digits(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.text("en", "count", count=1, name="Ada") == "1 message for Ada"
    assert catalogue.text("en", "count", count=1234, name="Ada") == "1234 messages for Ada"


def test_an_unknown_key_or_a_value_left_out_raises(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.has("hello")
    assert not catalogue.has("hullo")
    with pytest.raises(KeyError):
        catalogue.text("en", "hullo")
    with pytest.raises(KeyError):
        catalogue.text("en", "hello")
    with pytest.raises(KeyError):
        catalogue.text("ar", "count", name="Ada")


def test_a_language_that_is_gone_reads_as_english(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.text("xx", "plain") == "Go on"
    assert catalogue.direction("xx") == "ltr"
    assert catalogue.direction("ar") == "rtl"


@pytest.mark.parametrize(
    ("old", "new", "fault", "key"),
    [
        ('msgstr "طاب يومك يا {name}."', 'msgstr "طاب يومك."', "malformed", "hello"),
        ('msgstr "طاب يومك يا {name}."', 'msgstr "طاب يومك يا {nom}."', "malformed", "hello"),
        ('msgstr "طاب يومك يا {name}."', 'msgstr "طاب يومك يا {name.__class__}."', "malformed", "hello"),
        ('msgstr "طاب يومك يا {name}."', 'msgstr "طاب يومك يا {name}}."', "malformed", "hello"),
        ('msgstr[5] "{count} رسالة إلى {name}"', 'msgstr[5] "رسالة إلى {name}"', "malformed", "count"),
        ('msgstr[2] "رسالتان إلى {name}"', 'msgstr[2] "رسالتان"', "malformed", "count"),
        ('msgid "Go on"', 'msgid "Go"', "stale", "plain"),
        ('msgctxt "plain"', '#, fuzzy\nmsgctxt "plain"', "stale", "plain"),
        ('msgstr "تابع"', 'msgstr ""', "missing", "plain"),
        ('msgstr[3] "{count} رسائل إلى {name}"', 'msgstr[3] ""', "missing", "count"),
        ('msgctxt "plain"', 'msgctxt "plane"', "missing", "plain"),
    ],
)
def test_a_faulty_translation_is_named_and_english_is_shown(
    folder: Path, old: str, new: str, fault: str, key: str
) -> None:
    assert Catalogue.load(folder).coverage()["ar"].complete
    edit(folder / "ar" / "messages.po", old, new)
    catalogue = Catalogue.load(folder)
    assert getattr(catalogue.coverage()["ar"], fault) == (key,)
    values: dict[str, str | int] = {"name": "Ada", "count": 5}
    assert catalogue.text("ar", key, **values) == catalogue.text("en", key, **values)


def test_a_key_the_template_does_not_have_is_named(folder: Path) -> None:
    edit(folder / "ar" / "messages.po", 'msgctxt "plain"', 'msgctxt "plane"')
    assert Catalogue.load(folder).coverage()["ar"].unknown == ("plane",)


@pytest.mark.parametrize("header", ["nplurals=6; plural=(n%6);", "nplurals=7; plural=(n==0 ? 6 : n%6);"])
def test_a_header_that_counts_otherwise_than_the_language_is_named(folder: Path, header: str) -> None:
    text = (folder / "ar" / "messages.po").read_text("utf-8")
    start = text.index("Plural-Forms: ") + len("Plural-Forms: ")
    (folder / "ar" / "messages.po").write_text(text[:start] + header + text[text.index("\\n", start) :], "utf-8")
    assert PLURAL_HEADER in Catalogue.load(folder).coverage()["ar"].malformed


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("messages.pot", '"Go on"', '"Go on', "messages_unreadable"),
        ("messages.pot", '"Go on"', '"Go {on"', "messages_unreadable"),
        ("messages.pot", 'msgctxt "plain"\n', "", "messages_unreadable"),
        ("messages.pot", 'msgctxt "plain"', 'msgctxt "hello"', "messages_unreadable"),
        ("ar/messages.po", "nplurals=6; plural=(n==0", "nplurals=6; plural=(x==0", "messages_unreadable"),
        ("ar/messages.po", "nplurals=6;", "nplurals=2;", "messages_unreadable"),
        ("languages.toml", 'direction = "rtl"', 'direction = "down"', "languages_unreadable"),
        ("languages.toml", 'fallback = ["en"]', 'fallback = ["xx"]', "languages_unreadable"),
        ("languages.toml", 'code = "en"', 'code = "ar"', "languages_unreadable"),
        ("languages.toml", "ready = true", "", "languages_unreadable"),
        ("languages.toml", 'near = ["arz"]', 'places = { LBN = "لبنان" }', "languages_unreadable"),
        ("languages.toml", 'near = ["arz"]', 'places = ["LB"]', "languages_unreadable"),
    ],
)
def test_a_file_that_cannot_be_read_says_which(folder: Path, file: str, old: str, new: str, code: str) -> None:
    Catalogue.load(folder)
    edit(folder / file, old, new)
    with pytest.raises(Misconfigured) as caught:
        Catalogue.load(folder)
    assert caught.value.code == code
    assert str(caught.value.params["file"]).endswith(file)


def test_the_same_entry_twice_is_refused(folder: Path) -> None:
    with (folder / "messages.pot").open("a", encoding="utf-8") as file:
        file.write('\nmsgctxt "plain"\nmsgid "Go on"\nmsgstr ""\n')
    with pytest.raises(Misconfigured):
        Catalogue.load(folder)


def test_a_language_is_added_by_files_alone(folder: Path) -> None:
    block = '\n[[language]]\ncode = "pt"\nown_name = "Português"\nenglish_name = "Portuguese"\ndirection = "ltr"\n'
    (folder / "languages.toml").write_text(LANGUAGES + block + 'fallback = ["ar"]\nready = false\n', "utf-8")
    catalogue = Catalogue.load(folder)
    assert [language.code for language in catalogue.languages] == ["en", "ar"]
    assert catalogue.coverage()["pt"].missing == ("count", "hello", "plain")
    assert catalogue.text("pt", "plain") == "تابع"
    (folder / "pt").mkdir()
    (folder / "pt" / "messages.po").write_text(
        'msgid ""\nmsgstr "Language: pt\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgctxt "plain"\nmsgid "Go on"\nmsgstr "Continuar"\n',
        "utf-8",
    )
    edit(folder / "languages.toml", "ready = false", "ready = true")
    catalogue = Catalogue.load(folder)
    assert [language.own_name for language in catalogue.languages] == ["English", "العربية", "Português"]
    assert catalogue.text("pt", "plain") == "Continuar"
    assert catalogue.coverage()["pt"].missing == ("count", "hello")
    assert catalogue.guess("pt-br") == "pt"
    assert catalogue.territory("pt", "DE") == "Alemanha"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("ar", "ar"), ("AR-EG", "ar"), ("ar_SY", "ar"), ("arz", "ar"), ("en-GB", "en"), ("xx", "en"), ("", "en")],
)
def test_the_phone_language_leads_to_the_nearest(folder: Path, tag: str, code: str) -> None:
    assert Catalogue.load(folder).guess(tag) == code


def test_no_phone_language_or_one_that_is_not_ready_is_english(folder: Path) -> None:
    assert Catalogue.load(folder).guess(None) == "en"
    (folder / "languages.toml").write_text(LANGUAGES[:-5] + "false\n", "utf-8")
    assert Catalogue.load(folder).guess("ar") == "en"


def test_names_of_countries_and_dates_in_each_language() -> None:
    catalogue = Catalogue.load()
    assert catalogue.territory("en", "CI") == "Côte d’Ivoire"
    assert catalogue.territory("fr", "LB") == "Liban"
    assert catalogue.territory("ar", "LB") == "لبنان"
    assert len(catalogue.territories("ar")) == 249  # ISO 3166-1, neither more nor less
    with pytest.raises(KeyError):
        catalogue.territory("en", "ZZ")
    assert catalogue.day("en", "2015-06-24") == "24\xa0June 2015"
    assert catalogue.day("fr", "2015-06-24") == "24\xa0juin 2015"
    assert catalogue.day("ar", "2015-06-24") == "24\xa0يونيو 2015"
    assert catalogue.moment("en", 1_000_000_000) == "9\xa0September 2001, 01:46 UTC"
    for language in catalogue.languages:
        assert "01:46 UTC" in catalogue.moment(language.code, 1_000_000_000)


def test_days_are_told_as_a_reader_says_them() -> None:
    catalogue = Catalogue.load()
    assert catalogue.day("fr", "2015-03-01") == "1er\xa0mars 2015"
    assert catalogue.day("fr", "2015-03-11") == "11\xa0mars 2015"
    assert catalogue.days("en", "2015-03-21", "2015-03-21") == "21\xa0March 2015"
    assert catalogue.days("en", "2015-03-21", "2015-03-22") == "21–22\xa0March 2015"
    assert catalogue.days("es", "2015-03-21", "2015-03-22") == "21–22\xa0de marzo de 2015"
    assert catalogue.days("fr", "2015-03-01", "2015-03-02") == "1er\xa0mars 2015 – 2\xa0mars 2015"
    assert catalogue.days("en", "2015-03-31", "2015-04-01") == "31\xa0March 2015 – 1\xa0April 2015"


def test_a_language_may_name_countries_otherwise_than_cldr(folder: Path) -> None:
    assert Catalogue.load(folder).territory("ar", "KG") == "قيرغيزستان"
    edit(folder / "languages.toml", 'near = ["arz"]', 'places = { KG = "قرغيزستان" }')
    catalogue = Catalogue.load(folder)
    assert catalogue.territory("ar", "KG") == "قرغيزستان"
    assert catalogue.territory("ar", "LB") == "لبنان"
    assert len(catalogue.territories("ar")) == 249


def test_names_are_ordered_as_readers_expect() -> None:
    catalogue = Catalogue.load()
    items = [("ZW", "Zimbabwe"), ("EE", "Estonie"), ("ET", "Éthiopie"), ("EG", "Égypte"), ("AX", "Îles Åland")]
    assert [code for code, _ in catalogue.ordered("fr", items)] == ["EG", "EE", "ET", "AX", "ZW"]
    states = [("US", "США"), ("YE", "Йемен"), ("KZ", "Казахстан"), ("IT", "Италия"), ("E", "Ель"), ("Z", "Ёж")]
    assert [code for code, _ in catalogue.ordered("ru", states)] == ["Z", "E", "IT", "YE", "KZ", "US"]
    letters = [("b", "بلد"), ("c", "إثيوبيا"), ("a", "الأردن"), ("d", "تونس")]
    assert [code for code, _ in catalogue.ordered("ar", letters)][-2:] == ["b", "d"]


def test_a_code_that_no_button_can_carry_is_refused(folder: Path) -> None:
    edit(folder / "languages.toml", 'code = "ar"', 'code = "arabic, modern"')
    with pytest.raises(Misconfigured) as caught:
        Catalogue.load(folder)
    assert caught.value.code == "languages_unreadable"


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "pt"])
def test_a_day_and_its_time_stand_apart(language: str) -> None:
    assert re.search(r"2001(?:\sг\.)?[,،] 01:46 UTC$", Catalogue.load().moment(language, 1_000_000_000))
