"""The forms that come with the program: what they ask, in which words, and that what is kept beside them is fresh."""

import io
import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.core.consultations import CONSULTATIONS
from bot.core.dialogue.questionnaire import WRITTEN, Kind
from bot.core.dialogue.steps import matching
from bot.core.errors import Misconfigured
from bot.questionnaires import library
from bot.questionnaires.compilation import compile_markdown, template
from bot.questionnaires.translation import Translations
from locales.catalogue import Catalogue

SOURCES = {
    form_id: files("bot.questionnaires").joinpath(f"{form_id}.md").read_text("utf-8") for form_id in library.FORMS
}
CATALOGUE = Catalogue.load()
RECOMMENDATION = library.form("recommendation").questionnaire


def codes(question: str) -> list[str]:
    found = RECOMMENDATION.question(question)
    assert found
    return [choice.code for choice in found.choices]


@pytest.mark.parametrize("form_id", library.FORMS)
def test_the_template_and_the_kept_json_are_fresh(form_id: str) -> None:
    """When this fails: python -m bot.questionnaires.library."""
    assert files("locales").joinpath(f"{form_id}.pot").read_text("utf-8") == template(SOURCES[form_id])
    kept = json.loads(files("bot.questionnaires").joinpath(f"{form_id}.json").read_text("utf-8"))
    assert kept["source"] == library._digest(SOURCES[form_id])
    assert kept["form"] == library._parse(SOURCES[form_id])


def test_an_edited_form_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = SOURCES["recommendation"].replace("What do you recommend?", "What is your advice?")
    monkeypatch.setattr(library, "_source", lambda form_id: edited)
    found = [row["label"] for row in library.parsed("recommendation")["children"] if row["name"] == "recommendation"]
    assert found == ["What is your advice?"]


def test_starting_does_not_load_pyxform() -> None:
    script = "import sys; from bot.questionnaires.library import library; library(); print('pyxform' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(library.__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "False"


def test_every_markdown_form_is_in_the_list() -> None:
    there = {Path(str(file)).stem for file in files("bot.questionnaires").iterdir() if file.name.endswith(".md")}
    assert there == set(library.FORMS) == set(library.library())
    with pytest.raises(Misconfigured) as raised:
        library.form("nothing")
    assert raised.value.code == "questionnaire_unknown"


def test_the_questions_of_a_recommendation() -> None:
    assert [(question.id, question.kind) for question in RECOMMENDATION.questions] == [
        ("phase", Kind.SELECT_ONE),
        ("theme", Kind.SELECT_ONE),
        ("recommendation", Kind.TEXT),
        ("groups", Kind.SELECT_MULTIPLE),
        ("addressees", Kind.SELECT_MULTIPLE),
        ("country", Kind.SELECT_ONE),
        ("example", Kind.TEXT),
        ("attribution", Kind.CALCULATE),
    ]
    assert [question.id for question in RECOMMENDATION.questions if question.required] == ["recommendation"]
    assert [question.id for question in RECOMMENDATION.questions if question.undisclosed] == ["groups"]
    assert {question.id: question.completes for question in RECOMMENDATION.questions if question.completes} == {
        "phase": "moment",
        "addressees": "addressee",
    }
    assert [question.id for question in RECOMMENDATION.questions if question.first] == ["country"]


def test_the_forms_share_their_codes() -> None:
    """What is counted together must be called the same."""
    shared = {"groups": ("practice", "group"), "phase": ("practice",), "country": ("practice",)}
    for question, forms in shared.items():
        for form_id in forms:
            found = library.form(form_id).questionnaire.question(question)
            assert found
            assert [choice.code for choice in found.choices] == codes(question)
    actors = library.form("practice").questionnaire.question("actors")
    assert actors
    assert [choice.code for choice in actors.choices] == codes("addressees")
    rating = library.form("practice").questionnaire.question("rating")
    assert rating
    assert [choice.code for choice in rating.choices] == ["best", "promising", "worst"]


def test_a_group_is_at_least_two_people() -> None:
    group = library.form("group")
    people = group.questionnaire.question("people")
    assert people
    assert [
        value for value in ("-1", "0", "1", "2", "100000", "100001") if group.rules.satisfied(people, value, {})
    ] == [
        "2",
        "100000",
    ]


def test_its_codes_are_the_published_ones() -> None:
    assert codes("phase") == ["pre_crisis", "emergency", "post_crisis", "cross_cutting"]
    assert len(codes("theme")) == 31
    assert codes("theme")[-1] == "other"
    assert {"scope_definition", "firewall", "non_refoulement", "review_learning"} < set(codes("theme"))
    assert len(codes("groups")) == 17
    assert len(codes("addressees")) == 13


def test_every_country_of_every_consultation_can_be_chosen() -> None:
    assert len(codes("country")) == 249
    for consultation in CONSULTATIONS:
        assert set(consultation.countries) <= set(codes("country"))


@pytest.mark.parametrize("language", [language.code for language in CATALOGUE.languages if language.code != "en"])
def test_countries_have_the_names_that_the_rest_of_the_program_gives_them(language: str) -> None:
    country = RECOMMENDATION.question("country")
    assert country
    assert {choice.code: choice.labels[language] for choice in country.choices} == CATALOGUE.territories(language)


@pytest.mark.parametrize("typed", ["Кыргызстан", "киргизия", "Беларусь", "Белоруссия", "молдавия", "Россия"])
def test_of_two_names_in_use_both_find_the_country(typed: str) -> None:
    country = RECOMMENDATION.question("country")
    assert country
    assert len(matching.labels(country, typed)) == 1


def test_its_rules() -> None:
    rules = library.form("recommendation").rules
    country, addressees, attribution = map(RECOMMENDATION.question, ("country", "addressees", "attribution"))
    assert country
    assert addressees
    assert attribution
    assert rules.relevant(country, {"theme": "firewall", "recommendation": WRITTEN})
    assert rules.relevant(country, {"theme": ""})
    assert not rules.relevant(country, {"theme": "scope_definition"})
    assert rules.satisfied(addressees, " ".join(codes("addressees")[:5]), {})
    assert not rules.satisfied(addressees, " ".join(codes("addressees")[:6]), {})
    assert rules.calculated(attribution, {}) == "anonymous"


def test_every_text_is_there_in_every_language_and_fits() -> None:
    for form in library.library().values():
        questionnaire = form.questionnaire
        languages = set(questionnaire.languages)
        assert "en" in languages
        for question in questionnaire.questions:
            for labels in (question.labels, question.short):
                assert set(labels) == languages
            for labels in (question.hints, question.constraint_messages or {}, question.required_messages or {}):
                assert set(labels) in (set(), languages)
            for choice in question.choices:
                assert set(choice.labels) == set(choice.short) == languages
                if len(question.choices) < 200:  # names of CLDR may be longer; the keyboard cuts what it shows
                    assert all(len(short) <= 40 for short in choice.short.values()), choice.code
            if question.kind is not Kind.NOTE:
                assert all(len(short) <= 40 for short in question.short.values()), question.id


def test_every_translation_fits_the_template() -> None:
    for form_id in library.FORMS:
        expected = {
            message.context: message.id
            for message in read_po(io.BytesIO(template(SOURCES[form_id]).encode()))
            if message.context
        }
        for language in library.translations(form_id):
            po = read_po(io.BytesIO(files("locales").joinpath(language, f"{form_id}.po").read_bytes()))
            found = {message.context: message.id for message in po if message.context and message.string}
            assert found == expected, language


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")
def test_msgfmt_accepts_the_template() -> None:
    for form_id in library.FORMS:
        subprocess.run(
            ["msgfmt", "--check-format", "-o", "-", str(files("locales").joinpath(f"{form_id}.pot"))],
            check=True, capture_output=True,
        )  # fmt: skip


PO = """
msgctxt "survey.phase.label"
msgid "When should this happen?"
msgstr "Quand ?"

msgctxt "survey.theme.label"
msgid "An older question"
msgstr "Ancienne"

#, fuzzy
msgctxt "settings.title"
msgid "A recommendation"
msgstr "Floue"

msgctxt "choices.groups.children.short"
msgid "Children and young people"
msgstr "Enfants"
"""


def test_translations_are_used_unless_they_are_stale(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text(PO, "utf-8")
    made = compile_markdown(SOURCES["recommendation"], {"fr": Translations.read(tmp_path / "fr.po")}).questionnaire
    phase, theme, groups, country = (made.question(name) for name in ("phase", "theme", "groups", "country"))
    assert phase
    assert theme
    assert groups
    assert country
    assert made.languages == ("en", "fr")
    assert phase.labels == {"en": "When should this happen?", "fr": "Quand ?"}
    assert theme.labels["fr"] == theme.labels["en"]
    assert made.titles["fr"] == "A recommendation"
    assert groups.choices[1].short["fr"] == "Enfants"
    assert {choice.code: choice.labels["fr"] for choice in country.choices}["DE"] == "Allemagne"


def test_a_broken_translation_is_named(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text("<<<<<<< ours\n" + PO, "utf-8")
    with pytest.raises(Misconfigured) as raised:
        Translations.read(tmp_path / "fr.po")
    assert raised.value.code == "messages_unreadable"
