"""Files as people bring them: typical ones run or are refused so that they can be mended, hostile ones cost little."""

import io
import re
import time
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from pyxform.xls2xform import convert

from bot.core.dialogue.questionnaire import Kind
from bot.core.editions import BUILT_IN, Edition, Examined
from bot.questionnaires.examining import apart, examine, form_of
from bot.questionnaires.grammar import bounded
from bot.questionnaires.inspection import MAX_ALL, MAX_CELLS, MAX_FILE, MAX_ROWS
from bot.questionnaires.template import ID, template
from bot.questionnaires.wording import places, report, walk
from locales.catalogue import Catalogue
from tests.questionnaires.test_compilation import Rows, workbook

CATALOGUE = Catalogue.load()
SPOKEN = [language.code for language in CATALOGUE.languages]
HEAD = ("type", "name", "label")
SETTINGS: Rows = (("form_id", "form_title", "version"), ("mine", "Mine", 1))


def brought(survey: Rows, choices: Rows = (), settings: Rows = SETTINGS, name: str = "mine.xlsx") -> Examined:
    return examine(workbook(survey, choices, settings), name, SPOKEN)


def sound(examined: Examined) -> Edition:
    assert examined.faults == ()
    assert examined.edition is not None
    return examined.edition


def codes(examined: Examined) -> list[str]:
    return [fault.code for fault in examined.faults]


def remarks(examined: Examined) -> set[str]:
    return {remark.code for remark in examined.remarks}


# Files of people who know Excel


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("select one from yes_no", Kind.SELECT_ONE),
        ("add select one prompt using yes_no", Kind.SELECT_ONE),
        ("select1 yes_no", Kind.SELECT_ONE),
        ("select all that apply from yes_no", Kind.SELECT_MULTIPLE),
        ("add select multiple prompt using yes_no", Kind.SELECT_MULTIPLE),
    ],
)
def test_types_as_the_first_forms_spelt_them(spelling: str, kind: Kind) -> None:
    """Workbooks of ten years ago still go from hand to hand; pyxform takes these spellings, too."""
    choices = (("list_name", "name", "label"), ("yes_no", "yes", "Yes"), ("yes_no", "no", "No"))
    edition = sound(brought((HEAD, (spelling, "agree", "Do you agree?")), choices))
    (question,) = form_of(edition).questionnaire.questions
    assert (question.kind, [choice.code for choice in question.choices]) == (kind, ["yes", "no"])


def test_a_form_as_it_comes_out_of_excel() -> None:
    """Spaces behind words, empty rows, TRUE, numbers as names, languages without codes, rows about the phone."""
    survey: Rows = (
        ("type", "name", "label::English", "label::Français ", "hint::English", "required", "relevance", "appearance"),
        ("start", "start"),
        ("deviceid", "deviceid"),
        ("begin_group", "g1", "About you", "Sur vous"),
        ("select_one yn ", "consent ", "Do you agree?\u00a0", "D'accord ?", None, True, None, "minimal"),
        (None, None, None),
        ("integer", "age", "How old?", "Quel âge ?", "In years", "TRUE", "${consent}='1'"),
        ("end_group",),
        ("note", "thanks", "Thank you", "Merci"),
        ("select one yn", "again", "Again?", "Encore ?"),
        ("text", "more", "More?", "Plus ?", None, "no", "selected(${consent}, '1') and ${age} >= 18"),
    )
    choices: Rows = (
        ("list name", "name", "label::English", "label::Français "),
        ("yn", 1, "Yes", "Oui"),
        ("yn", 0, "No", "Non"),
    )
    found = brought(survey, choices, (), "My Survey 2024.xlsx")
    edition = sound(found)
    assert (edition.form, edition.titles["fr"], edition.questions) == ("my_survey_2024", "My Survey 2024", 4)
    assert edition.languages == ("en", "fr")
    form = form_of(edition)
    asked = {str(question.id): question for question in form.questionnaire.questions}
    assert list(asked) == ["g1", "consent", "age", "thanks", "again", "more"]
    assert asked["consent"].required
    assert asked["consent"].labels == {"en": "Do you agree?", "fr": "D'accord ?"}
    assert [choice.code for choice in asked["consent"].choices] == ["1", "0"]
    assert form.rules.relevant(asked["more"], {"consent": "1", "age": "18"})
    assert not form.rules.relevant(asked["more"], {"consent": "1", "age": "17"})
    assert {
        "language_guessed",
        "metadata_ignored",
        "required_strict",
        "language_missing",
        "setting_assumed",
    } <= remarks(found)


def test_a_form_in_one_language_without_a_word_about_it() -> None:
    edition = sound(brought((HEAD, ("text", "t", "What?"))))
    assert edition.languages == ("en",)
    french = sound(brought((("type", "name", "label::French (fr)"), ("text", "t", "Quoi ?")), (), (), "Avis.XLSM"))
    assert (french.form, french.titles["fr"]) == ("avis", "Avis")
    assert french.languages == ("fr",)


def test_dates_formulas_and_merged_cells() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(["type", "name", "label", "hint"])
    sheet.append(["text", "t", "What?", date(2026, 11, 22)])
    sheet.append(["text", "u", '="What "&"else?"'])
    sheet.merge_cells("C2:D2")
    packed = io.BytesIO()
    book.save(packed)
    found = examine(packed.getvalue(), "x.xlsx", SPOKEN)
    assert [(fault.sheet, fault.row, fault.column, fault.code) for fault in found.faults] == [
        ("survey", 3, "label", "formula_empty")
    ]
    sheet["C3"] = "What else?"
    packed = io.BytesIO()
    book.save(packed)
    found = examine(packed.getvalue(), "x.xlsx", SPOKEN)
    assert sound(found).questions == 2
    assert ("survey", 2, "cells_merged") in [(one.sheet, one.row, one.code) for one in found.remarks]


def test_one_colon_parts_as_well_where_no_heading_has_two() -> None:
    """As the first forms were written; a rule under `bind:relevant` is one, and is checked like any other."""
    head = (
        "type",
        "name",
        "caption:English",
        "label:French",
        "bind:relevant",
        "bind:jr:constraintMsg",
        "bind:constraint",
    )
    choices: Rows = (("list name", "value", "label:English"), ("yn", "yes", "Yes"))
    survey: Rows = (
        head,
        ("select one from yn", "open", "Open?", "Ouvert ?"),
        ("integer", "beds", "Beds?", "Lits ?", "${open} = ‘yes’", "Too few", ". > 0"),
    )
    form = form_of(sound(brought(survey, choices)))
    beds = form.questionnaire.questions[1]
    assert (beds.labels["fr"], beds.constraint_messages) == ("Lits ?", {"en": "Too few", "fr": "Too few"})
    assert form.rules.relevant(beds, {"open": "yes"})
    assert not form.rules.relevant(beds, {"open": "no"})
    assert not form.rules.satisfied(beds, "0", {})
    found = brought((head, ("integer", "beds", "Beds?", "Lits ?", "${nobody} = 1")))
    assert [(fault.row, fault.column, fault.code) for fault in found.faults] == [
        (2, "bind:relevant", "expression_unknown")
    ]


def test_one_colon_among_two_is_told_once_for_the_column() -> None:
    head = ("type", "name", "label:English", "hint::French (fr)")
    found = brought((head, ("text", "a", "A", "Aa"), ("text", "b", "B", "Bb")))
    assert [(fault.row, fault.column, fault.code) for fault in found.faults] == [
        (1, "label:English", "column_single_colon")
    ]
    assert "column_ignored" not in remarks(found)


def test_two_columns_of_one_meaning() -> None:
    found = brought((("type", "name", "label", "label"), ("text", "a", "A", "B")))
    assert [(fault.sheet, fault.row, fault.column) for fault in found.faults] == [("survey", 1, "label")]
    assert codes(found) == ["heading_doubled"]
    found = brought((("type", "name", "label", "relevant", "bind::relevant"), ("text", "a", "A")))
    assert [fault.params for fault in found.faults] == [{"column": "bind::relevant", "other": "relevant"}]


def test_what_is_only_looks_takes_no_room() -> None:
    """LibreOffice notes heights down to the last row there can be, Google's tables have a thousand empty rows."""
    book = load_workbook(io.BytesIO(workbook((HEAD, ("text", "a", "A")), (), SETTINGS)))
    for place in ("C1048576", "AMJ2", "B7000"):
        book["survey"][place].font = Font(bold=True)
    book["survey"].row_dimensions[1048570].height = 12.8
    book["survey"]["C2"] = "=1+1"
    saved = io.BytesIO()
    book.save(saved)
    before = time.process_time()
    found = examine(saved.getvalue(), "x.xlsx", SPOKEN)
    assert codes(found) == ["formula_empty"]
    book["survey"]["C2"] = "A"
    saved = io.BytesIO()
    book.save(saved)
    assert sound(examine(saved.getvalue(), "x.xlsx", SPOKEN)).questions == 1
    assert time.process_time() - before < 5


def test_nothing_below_a_gap_is_lost_in_silence() -> None:
    empty = [()] * 61
    found = brought((HEAD, ("text", "a", "A"), *empty, ("text", "b", "B")))
    assert [(fault.sheet, fault.row, fault.code) for fault in found.faults] == [("survey", 64, "rows_apart")]
    assert sound(brought((HEAD, ("text", "a", "A"), *empty[1:], ("text", "b", "B")))).questions == 2


def test_a_column_without_a_heading_is_told() -> None:
    found = brought((HEAD, ("text", "a", "A", "a note of mine"), ("text", "b", "B", "another")))
    assert sound(found).questions == 2
    assert [(one.row, one.column) for one in found.remarks if one.code == "cell_unheaded"] == [(2, "D")]


def test_rows_that_only_say_something_to_their_author() -> None:
    choices: Rows = (("list_name", "name", "label", "notes"), (None, None, None, "of the ministry"), ("yn", "y", "Yes"))
    head = ("Part", "type", "name", "label")
    found = brought((head, ("First part",), (None, "select_one yn", "a", "A")), choices)
    assert sound(found).questions == 1


def test_a_row_that_is_passed_over_though_it_says_more_is_told() -> None:
    choices: Rows = (("list_name", "name", "label", "hxl"), ("yn", "y", "Yes"), (None, None, None, "#meta"))
    survey: Rows = (
        (*HEAD, "hint", "comment"),
        ("select_one yn", "a", "A"),
        (None, None, None, "Which?"),
        (*[None] * 4, "mine"),
    )
    found = brought(survey, choices)
    assert sound(found).questions == 1
    ignored = [(one.sheet, one.row) for one in found.remarks if one.code == "row_ignored"]
    assert ignored == [("survey", 3), ("choices", 3)]


def test_a_form_that_asks_nothing_is_refused_though_it_has_rows_for_its_author() -> None:
    assert codes(brought((HEAD, ("note", "a", "A")))) == ["questions_none"]
    assert codes(brought(((*HEAD, "hint"), ("note", "a", "A"), (None, None, None, "Which?")))) == ["questions_none"]


def test_a_table_of_questions_brings_no_question_of_its_own() -> None:
    """pyxform makes one for the head of the table, under a name that nobody should be asked about."""
    survey: Rows = (
        (*HEAD, "appearance"),
        ("begin_group", "table", "How are they?", "table-list"),
        ("select_one yn", "a", "A"),
        ("select_one yn", "b", "B"),
        ("end_group",),
    )
    edition = sound(brought(survey, (("list_name", "name", "label"), ("yn", "yes", "Yes"))))
    assert [question.id for question in form_of(edition).questionnaire.questions] == ["table", "a", "b"]
    assert "table-list" in [cell.value for (cell,) in load_workbook(io.BytesIO(edition.workbook))["survey"]["D2:D2"]]
    head = ((*HEAD, "appearance"), ("select_one yn", "a", "A", "label"))
    assert codes(brought(head, (("list_name", "name", "label"), ("yn", "yes", "Yes")))) == ["appearance_label"]


def test_a_fault_is_not_also_told_as_of_no_effect() -> None:
    choices: Rows = (("list_name", "name", "label", "image"), ("yn", "yes", "Yes", "a.png"))
    content = workbook(
        ((*HEAD, "appearance"), ("select_one yn", "a", "A", "search('x')")),
        choices,
        SETTINGS,
        external_choices=(("a",),),
    )
    found = examine(content, "x.xlsx", SPOKEN)
    assert sorted(codes(found)) == ["appearance_unsupported", "column_media", "sheet_unsupported"]
    assert remarks(found) & {"appearance_ignored", "column_ignored", "sheet_ignored"} == set()


def test_faults_come_in_the_order_of_the_rows() -> None:
    survey: Rows = (
        (*HEAD, "relevant", "calculation"),
        ("today", "today"),
        ("text", "a", "A", "${today} = 1"),
        ("geopoint", "b", "B"),
        ("text", "c", None, "(("),
        ("text", "d", "D", None, "‘never closed"),
    )
    found = brought(survey)
    assert [(fault.row, fault.code) for fault in found.faults] == [
        (3, "expression_passed"),
        (4, "type_place"),
        (5, "label_missing"),
        (5, "expression_syntax"),
        (6, "column_misplaced"),
    ]
    assert codes(brought((HEAD, ("geopoint", "b", "B")))) == ["type_place"]


def test_a_fault_of_a_text_stands_where_its_language_does() -> None:
    head = ("type", "name", "hint::French (fr)", "label::French (fr)", "hint::English (en)", "label::English (en)")
    found = brought((head, ("text", "a", "A", "A", "${a}", "A"), ("text", "b", "B", "B")))
    assert [(fault.row, fault.column, fault.code) for fault in found.faults] == [
        (2, "hint::English (en)", "insertion_unsupported"),
        (3, "label::English (en)", "label_missing"),
    ]


@pytest.mark.parametrize(
    ("survey", "missing"),
    [
        ((("My survey",), HEAD, ("text", "a", "A")), ["type", "name", "label"]),
        (((), HEAD, ("text", "a", "A")), ["type", "name", "label"]),
        ((("Type of question", "name", "label"), ("text", "a", "A"), ("text", "b", "B")), ["type"]),
        ((("type", "names", "label"), ("text", "a", "A"), ("text", "b", "B")), ["name"]),
        ((("type", "name", "question"), ("text", "a", "A"), ("text", "b", "B")), ["label"]),
    ],
)
def test_a_heading_that_is_missing_is_told_once(survey: Rows, missing: list[str]) -> None:
    found = brought(survey)
    assert [(fault.sheet, fault.row, fault.column) for fault in found.faults] == [
        ("survey", 1, column) for column in missing
    ]
    assert set(codes(found)) == {"heading_missing"}


def test_a_sheet_of_choices_under_another_name() -> None:
    content = workbook((HEAD, ("select_one yn", "a", "A")), (), SETTINGS, choice=(("list_name", "name", "label"),))
    found = examine(content, "x.xlsx", SPOKEN)
    assert [(fault.sheet, fault.code) for fault in found.faults] == [("choices", "sheet_missing")]
    assert codes(brought((HEAD, ("text", "a", "A")))) == []


def test_types_with_capital_letters_are_named_as_odk_refuses_them() -> None:
    survey: Rows = (HEAD, ("Select_One YN", "a", "A"), ("Text", "b", "B"), ("Start", "start"))
    found = brought(survey, (("list_name", "name", "label"), ("YN", "yes", "Yes")))
    assert [(fault.row, fault.code, fault.params["instead"]) for fault in found.faults] == [
        (2, "type_small", "select_one YN"),
        (3, "type_small", "text"),
    ]


def test_spaces_that_do_not_break_are_spaces() -> None:
    survey: Rows = (("type", "name", "label::English\u00a0(en)"), ("select_one\u00a0yn", "a", "A"))
    choices: Rows = (("list\u00a0name", "name", "label::English\u00a0(en)"), ("yn", "yes", "Yes"))
    edition = sound(brought(survey, choices))
    assert edition.languages == ("en",)
    assert convert(io.BytesIO(edition.workbook), file_type=".xlsx").xform


def test_a_missing_translation_counts_where_somebody_reads_it() -> None:
    head = ("type", "name", "label::English (en)", "label::Nepali (ne)", "label::French (fr)")
    found = brought((head, ("text", "a", "A", "A", "A"), ("text", "b", "B")))
    (missing,) = [one for one in found.remarks if one.code == "translation_missing"]
    assert (missing.row, missing.params) == (3, {"languages": "fr"})


@pytest.mark.parametrize(
    ("head", "row", "code"),
    [
        (("type", "name", "label"), ("select_one yn or_other", "q", "Q"), "type_or_other"),
        (("type", "name", "label"), ("begin repeat", "q", "Q"), "type_repeat"),
        (("type", "name", "label", "choice_filter"), ("select_one yn", "q", "Q", "x=1"), "column_filter"),
        (("type", "name", "label", "default"), ("text", "q", "Q", "today()"), "column_default"),
        (("type", "name", "label", "calculation"), ("text", "q", "Q", "1+1"), "column_misplaced"),
        (("type", "name", "label", "appearance"), ("select_one yn", "q", "Q", "search('x')"), "appearance_unsupported"),
        (("type", "name", "label", "appearance"), ("text", "q", "Q", "numbers"), "appearance_unsupported"),
        (("type", "name", "label", "media::image"), ("text", "q", "Q", "a.png"), "column_media"),
        (("type", "name", "label", "read_only"), ("text", "q", "Q", "yes"), "column_unsupported"),
        (("type", "name", "label"), ("text", "q", "Hello ${q}"), "insertion_unsupported"),
        (("type", "name", "label", "constraint"), ("text", "q", "Q", "regex(., '(a+)+$')"), "expression_pattern"),
        (("type", "name", "label", "constraint"), ("text", "q", "Q", ". != „x”"), "expression_character"),
        (("type", "name", "label", "constraint"), ("text", "q", "Q", ". != 'x"), "expression_quote"),
        (("type", "name", "label", "relevant"), ("text", "q", "Q", False), "expression_instead"),
        (
            ("type", "name", "label", "relevant"),
            ("text", "q", "Q", "jr:choice-name('a', 'b') = 'c'"),
            "expression_function",
        ),
        (("type", "name", "label", "trigger"), ("text", "q", "Q", "${q}"), "column_unsupported"),
        (("type", "name", "label", "relevant"), ("text", "q", "Q", "1 = 1 or " * 200 + "1"), "expression_too_long"),
        (("type", "name", "label"), ("text", "q", "Q" * 3000), "text_too_long"),
    ],
)
def test_what_is_refused_says_where_and_what_to_write(head: Rows, row: Sequence[object], code: str) -> None:
    found = brought((head, row), (("list_name", "name", "label"), ("yn", "yes", "Yes")))
    fault = next(fault for fault in found.faults if fault.code == code)
    assert (fault.sheet, fault.row) == ("survey", 2)
    for language in SPOKEN:
        for where, what in places(CATALOGUE, language, found.faults):
            assert "survey" in where
            assert len(what) > 15
            assert not re.search(r"(?<!\$)\{[a-z]+\}", what)


def test_ids_of_the_programs_own_forms_are_taken() -> None:
    for name in BUILT_IN:
        settings: Rows = (("form_id", "form_title"), (name, "Mine"))
        assert codes(brought((HEAD, ("text", "t", "T")), settings=settings)) == ["id_reserved"]


def test_too_many_questions() -> None:
    many: Rows = (HEAD, *(("text", f"q{at}", f"Question {at}") for at in range(60)))
    assert codes(brought(many)) == ["questions_too_many"]
    assert codes(brought((HEAD, ("note", "n", "Only a note")))) == ["questions_none"]


def test_every_fault_and_remark_has_its_sentence() -> None:
    """Whatever the checks may say stands in the template, and nothing else does."""
    said = {key.split(".", 1)[1] for key in list(CATALOGUE.keys()) if key.startswith(("fault.", "remark."))}
    files = [*Path("bot/questionnaires").glob("*.py"), Path("handlers/workbooks.py")]
    named = {name for file in files for name in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', file.read_text("utf-8"))}
    assert said - named == set()


# What is kept


def test_an_edition_is_the_same_whatever_else_the_file_holds() -> None:
    survey: Rows = (("type", "name", "label"), ("select_one yn", "q", "Q?"), ("text", "t", "T"))
    choices: Rows = (("list_name", "name", "label", "bot_short_en"), ("yn", "yes", "Yes, of course", "Yes"))
    content = workbook(survey, choices, SETTINGS, notes=(("Written by Somebody",),))
    first = sound(examine(content, "a.xlsx", SPOKEN))
    again = sound(examine(first.workbook, "b.xlsx", SPOKEN))
    assert (again.version, again.document) == (first.version, first.document)
    assert again.workbook.count(b"Somebody") == 0
    book = load_workbook(io.BytesIO(first.workbook))
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert not book.properties.creator
    assert form_of(first).questionnaire.questions[0].choices[0].short == {"en": "Yes"}
    assert form_of(first).questionnaire.version == first.version


def test_a_title_in_each_language() -> None:
    settings: Rows = (
        ("form_id", "form_title", "default_language", "bot::title::French (fr)"),
        ("mine", "Mine", "English (en)", "Le mien"),
    )
    survey: Rows = (("type", "name", "label::English (en)", "label::French (fr)"), ("text", "t", "T", "T'"))
    edition = sound(brought(survey, settings=settings))
    assert edition.titles == {"en": "Mine", "fr": "Le mien"}
    assert convert(io.BytesIO(edition.workbook), file_type=".xlsx").xform


def test_a_column_that_odk_cannot_open_is_refused() -> None:
    choices: Rows = (("list_name", "name", "label", "bot::short::English (en)"), ("yn", "yes", "Yes", "Y"))
    found = brought((HEAD, ("select_one yn", "q", "Q")), choices)
    assert codes(found) == ["column_not_odk"]


def test_the_template_is_a_form_in_every_language_and_opens_in_odk() -> None:
    found = examine(template(), "template.xlsx", SPOKEN)
    edition = sound(found)
    assert edition.form == ID
    assert set(edition.languages) == set(SPOKEN)
    assert remarks(found) <= {"required_strict", "label_long"}
    assert convert(io.BytesIO(template()), file_type=".xlsx").warnings == []
    asked = [question.kind for question in form_of(edition).questionnaire.questions]
    assert set(asked) == {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.TEXT}
    guide = load_workbook(io.BytesIO(template()))["how_to"]
    assert (guide.max_row, guide.max_column) == (11, len(SPOKEN))
    for language in SPOKEN:
        text = walk(CATALOGUE, form_of(edition), language)
        assert text.count("\n7. ") == 1


# Files that mean harm


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    source = io.BytesIO(workbook((HEAD, ("text", "t", "T")), (), SETTINGS))
    with zipfile.ZipFile(source) as file:
        parts = {one: file.read(one) for one in file.namelist()}
    return packed({**parts, name: content})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><a>&b;</a>'
HOSTILE = {
    "no file": (b"", "file_unreadable"),
    "words": (b"type,name,label\ntext,t,T\n", "file_unreadable"),
    "old Excel": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "file_old"),
    "too long": (b"PK" + b"0" * MAX_FILE, "file_too_large"),
    "a bomb": (packed({"xl/workbook.xml": b"0" * 60_000_000}), "file_too_large"),
    "macros": (with_part("xl/vbaProject.bin", b"x"), "file_macros"),
    "links": (with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "file_links"),
    "entities": (with_part("docProps/custom.xml", ENTITIES), "file_unreadable"),
    "broken XML": (with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "file_unreadable"),
    "deep XML": (with_part("xl/worksheets/sheet1.xml", b"<a>" * 5000 + b"</a>" * 5000), "file_unreadable"),
    "rows": (
        with_part("xl/worksheets/sheet1.xml", b"<s>" + b"<row><c><v>1</v></c></row>" * (MAX_ROWS + 1) + b"</s>"),
        "rows_too_many",
    ),
    "a far row": (
        with_part("xl/worksheets/sheet1.xml", b'<s><row r="1048576"><c><v>1</v></c></row></s>'),
        "rows_too_many",
    ),
    "cells": (with_part("xl/worksheets/sheet1.xml", b"<s>" + b"<v/>" * (MAX_CELLS + 1) + b"</s>"), "cells_too_many"),
    "empty cells": (
        with_part("xl/worksheets/sheet1.xml", b"<s>" + b"<c/>" * (MAX_ALL + 1) + b"</s>"),
        "cells_too_many",
    ),
    "a far cell": (with_part("xl/worksheets/sheet1.xml", b'<s><c r="XFD1"><v>1</v></c></s>'), "columns_too_many"),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_files_are_refused_by_name_at_little_cost(name: str) -> None:
    content, code = HOSTILE[name]
    before = time.process_time()
    assert codes(examine(content, "x.xlsx", SPOKEN)) == [code]
    assert time.process_time() - before < 5


SOUND = workbook((HEAD, ("text", "t", "T")), (), SETTINGS)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_never_gets_further(data: st.DataObject) -> None:
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = examine(bytes(content), "x.xlsx", SPOKEN)
    assert (found.edition is None) == bool(found.faults)


async def test_a_process_of_its_own_gives_the_same_and_can_be_stopped() -> None:
    content = workbook((HEAD, ("text", "t", "Ü")), (), SETTINGS)
    assert await apart(content, "x.xlsx", SPOKEN, 100.0) == examine(content, "x.xlsx", SPOKEN)
    assert codes(await apart(content, "x.xlsx", SPOKEN, 0.0)) == ["file_costly"]


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|b*)*", "(a*b*)+c", "(.)\\1", "a*b*c*d*", "x{0,900}" * 4, "(", "a" * 999]
)
def test_patterns_that_may_take_for_ever_are_refused(pattern: str) -> None:
    assert not bounded(pattern)


@pytest.mark.parametrize(
    "pattern", ["[0-9]{10}", "[A-Za-z]+ [A-Za-z]+", "[^@]+@[^@]+\\.[a-z]{2,6}", "(ab)?c", "\\d{3}-\\d{4}"]
)
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert bounded(pattern)


def test_calculations_that_double_one_another_stay_small() -> None:
    rows = [("calculate", "c0", None, "'x'")]
    rows += [("calculate", f"c{at}", None, f"concat(${{c{at - 1}}}, ${{c{at - 1}}})") for at in range(1, 60)]
    form = form_of(sound(brought((("type", "name", "label", "calculation"), ("text", "t", "T"), *rows))))
    last = form.questionnaire.questions[-1]
    assert len(form.rules.calculated(last, {})) <= 1000


def test_a_report_is_readable() -> None:
    found = brought((HEAD, ("geopoint", "g", "Where?"), ("text", "two words", None)))
    for language in SPOKEN:
        text = report(CATALOGUE, language, found)
        assert text.count("survey") >= 3
