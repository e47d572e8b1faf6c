"""Forms that people bring: what is taken, and every fault named by sheet, row and column."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from openpyxl import Workbook

from bot.core.dialogue.questionnaire import Kind
from bot.questionnaires.compilation import compile_markdown, compile_workbook
from bot.questionnaires.faults import Fault, Faulty

Rows = Sequence[Sequence[object]]

SETTINGS: Rows = (
    ("form_id", "form_title", "version", "default_language"),
    ("practice", "A practice", 3, "English (en)"),
)
CHOICES: Rows = (
    ("list_name", "name", "label::English (en)", "label::French (fr)", "bot::short::English (en)"),
    ("ratings", "best", "Best practice: copy it", "Bonne pratique", "Best"),
    ("ratings", "worst", "Never again", "Plus jamais", "Worst"),
)
SURVEY: Rows = (
    ("type", "name", "label::English (en)", "label::French (fr)", "hint::English (en)", "required",
     "required_message::English (en)", "relevant", "constraint", "constraint_message::French (fr)", "calculation",
     "bot::max_length"),
    ("note", "welcome", "Welcome", "Bienvenue"),
    ("begin group", "about", "About it", None, None, None, None, "true()"),
    ("select_one ratings", "rating", "How good was it?", "Était-ce bien ?", None, "yes", "Please say"),
    ("text", "why", "Why?", "Pourquoi ?", "A few words", None, None, "${rating} = 'worst'", "string-length(.) > 2",
     "Trop court", None, 500),
    ("end group",),
    ("integer", "people", "How many people?", None, None, None, None, None, ". >= 1"),
    ("select_multiple territories", "where", "Where?"),
    ("calculate", "score", None, None, None, None, None, None, None, None, "if(${rating} = 'best', 1, 0)"),
)  # fmt: skip


def workbook(survey: Rows = SURVEY, choices: Rows = CHOICES, settings: Rows = SETTINGS, **more: Rows) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in {"survey": survey, "choices": choices, "settings": settings, **more}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def faults(content: bytes) -> tuple[Fault, ...]:
    with pytest.raises(Faulty) as raised:
        compile_workbook(content)
    assert raised.value.code == "questionnaire_faulty"
    assert raised.value.params == {"count": len(raised.value.faults)}
    return raised.value.faults


def test_a_workbook_becomes_a_form() -> None:
    form = compile_workbook(workbook())
    made = form.questionnaire
    assert (made.id, made.version, made.default_language, made.languages) == ("practice", "3", "en", ("en", "fr"))
    assert [(question.id, question.kind) for question in made.questions] == [
        ("welcome", Kind.NOTE), ("about", Kind.NOTE), ("rating", Kind.SELECT_ONE), ("why", Kind.TEXT),
        ("people", Kind.INTEGER), ("where", Kind.SELECT_MULTIPLE), ("score", Kind.CALCULATE),
    ]  # fmt: skip
    rating, why, people, where, score = (
        found for name in ("rating", "why", "people", "where", "score") if (found := made.question(name))
    )
    assert rating.required
    assert rating.required_messages == {"en": "Please say", "fr": "Please say"}
    assert rating.labels == {"en": "How good was it?", "fr": "Était-ce bien ?"}
    assert rating.choices[0].short == {"en": "Best", "fr": "Bonne pratique"}
    assert why.max_length == 500
    assert why.constraint_messages == {"en": "Trop court", "fr": "Trop court"}
    assert people.labels["fr"] == "How many people?"
    assert len(where.choices) == 249
    assert not form.rules.relevant(why, {"rating": "best"})
    assert form.rules.relevant(why, {"rating": "worst"})
    assert form.rules.satisfied(people, "1", {})
    assert not form.rules.satisfied(people, "0", {})
    assert form.rules.calculated(score, {"rating": "best"}) == "1"


def test_all_faults_are_found_at_once() -> None:
    survey: Rows = (
        ("type", "name", "label", "relevant", "constraint", "media::image", "bot::completes"),
        ("begin repeat", "again", "Again"),
        ("geopoint", "place", "Where?"),
        ("select_one nowhere", "rating", "How?"),
        ("text", "why", None, "selected(${rating}"),
        ("text", "why", "Twice", "${nobody} = 1"),
        ("integer", "how many", "Number", None, "pulldata('a', 'b')", "x.png"),
        ("select_one ratings or_other", "more", "More"),
        ("text", "last", "Hello ${why}", "${why} = 'x'", None, None, "somebody"),
        ("note", "n", "Note", None, ". = 1"),
    )
    settings: Rows = (("form_id", "form_title", "default_language"), ("a b", "Title", "Klingonish"))
    found = {
        (fault.sheet, fault.row, fault.column, fault.code) for fault in faults(workbook(survey, settings=settings))
    }
    assert found == {
        ("survey", 2, "type", "type_repeat"),
        ("survey", 3, "type", "type_place"),
        ("survey", 4, "type", "list_missing"),
        ("survey", 5, "label", "label_missing"),
        ("survey", 5, "relevant", "expression_syntax"),
        ("survey", 6, "name", "name_doubled"),
        ("survey", 6, "relevant", "expression_unknown"),
        ("survey", 7, "name", "name_invalid"),
        ("survey", 7, "constraint", "expression_function"),
        ("survey", 7, "media::image", "column_media"),
        ("survey", 8, "type", "type_or_other"),
        ("survey", 9, "label", "insertion_unsupported"),
        ("survey", 9, "relevant", "expression_sealed"),
        ("survey", 9, "bot::completes", "value_unknown"),
        ("survey", 10, "constraint", "column_misplaced"),
        ("settings", 2, "version", "setting_missing"),
        ("settings", 2, "form_id", "code_invalid"),
        ("settings", 2, "default_language", "language_unnamed"),
    }


@pytest.mark.parametrize(
    ("kind", "code"),
    [("begin repeat", "type_repeat"), ("geopoint", "type_place"), ("image", "type_file"), ("video", "type_file"),
     ("file", "type_file"), ("barcode", "type_file"), ("date", "type_date"), ("decimal", "type_number"),
     ("range", "type_number"), ("rank", "type_unsupported"), ("select_one_from_file places.csv", "type_external"),
     ("select_one_external places", "type_external"), ("select one from file a.csv", "type_external"),
     ("acknowledge", "type_agree"), ("select_multiple ratings or specify other", "type_or_other"),
     ("select_one", "type_without_list"), ("nonsense", "type_unsupported")],
)  # fmt: skip
def test_what_a_chat_cannot_ask_is_refused_by_name(kind: str, code: str) -> None:
    (fault,) = faults(workbook((("type", "name", "label"), (kind, "q", "Label"), ("text", "t", "Text"))))
    assert (fault.row, fault.column, fault.code, fault.params["type"]) == (2, "type", code, kind)


@pytest.mark.parametrize("kind", ["start", "end", "today", "deviceid", "username", "audit", "start-geopoint"])
def test_what_only_notes_something_about_a_phone_is_left_out(kind: str) -> None:
    form = compile_workbook(workbook((("type", "name", "label"), (kind, "q"), ("text", "t", "Text"))))
    assert [question.id for question in form.questionnaire.questions] == ["t"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (("ratings", "undisclosed", "No"), "name", "code_invalid"),
        (("ratings", "two words", "No"), "name", "code_invalid"),
        (("ratings", "best", "Again"), "name", "name_doubled"),
        (("ratings", None, "No"), "name", "name_missing"),
        (("ratings", "third", None), "label", "label_missing"),
        (("territories", "XX", "Nowhere"), "list_name", "list_reserved"),
        (("ratings", "third", "Third", "x" * 41), "bot::short", "short_too_long"),
    ],
)
def test_faults_of_choices(row: Sequence[object], column: str, code: str) -> None:
    choices = (("list_name", "name", "label", "bot::short"), ("ratings", "best", "Best"), row)
    survey = (("type", "name", "label"), ("select_one ratings", "q", "Q"))
    found = [(fault.sheet, fault.row, fault.column, fault.code) for fault in faults(workbook(survey, choices))]
    assert found == [("choices", 3, column, code)]


def test_a_rule_cannot_wait_for_a_later_answer() -> None:
    survey: Rows = (
        ("type", "name", "label", "relevant"),
        ("text", "first", "First", "${second} > 1"),
        ("integer", "second", "Second"),
    )
    (fault,) = faults(workbook(survey))
    assert (fault.row, fault.column, fault.code, dict(fault.params)) == (
        2, "relevant", "expression_later", {"name": "second"},
    )  # fmt: skip


def test_circles_are_found() -> None:
    head = ("type", "name", "label", "calculation")
    survey: Rows = (head, ("text", "t", "T"), ("calculate", "a", None, "${b}"), ("calculate", "b", None, "${a}"))
    assert [fault.code for fault in faults(workbook(survey))] == ["expression_circular"]


def test_groups_must_pair() -> None:
    head = ("type", "name", "label")
    assert [fault.code for fault in faults(workbook((head, ("begin group", "g"), ("text", "t", "T"))))] == [
        "group_unpaired"
    ]
    assert [fault.row for fault in faults(workbook((head, ("text", "t", "T"), ("end group",))))] == [3]


def test_conditions_of_groups_join() -> None:
    survey: Rows = (
        ("type", "name", "label", "relevant"),
        ("integer", "age", "Age"),
        ("begin group", "g", None, "${age} > 10"),
        ("begin group", "h", None, "${age} < 20 or ${age} = 50"),
        ("text", "t", "Text", "${age} != 15"),
        ("end group",),
        ("end group",),
    )
    form = compile_workbook(workbook(survey))
    assert [question.id for question in form.questionnaire.questions] == ["age", "t"]
    asked = [age for age in range(60) if form.rules.relevant(form.questionnaire.questions[1], {"age": str(age)})]
    assert asked == [11, 12, 13, 14, 16, 17, 18, 19, 50]


def test_sheets_that_are_missing_or_foreign() -> None:
    assert [fault.code for fault in faults(workbook(survey=()))] == ["sheet_missing"]
    assert [fault.code for fault in faults(workbook(external_choices=(("list_name",), ("x",))))] == [
        "sheet_unsupported"
    ]
    assert "sheet_missing" in [fault.code for fault in faults(workbook(settings=()))]


@pytest.mark.parametrize("inside", [b"", b"<worksheet>", b"\0" * 50], ids=["empty", "cut off", "zeros"])
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"])
def test_workbooks_with_damaged_insides(name: str, inside: bytes) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(content, "w") as new:
        assert name in old.namelist()
        for one in old.namelist():
            new.writestr(one, inside if one == name else old.read(one))
    assert [fault.code for fault in faults(content.getvalue())] == ["file_unreadable"]


def test_a_damaged_stream_in_a_workbook() -> None:
    content = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entry = packed.getinfo("xl/worksheets/sheet1.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    content[start : start + 8] = b"\xff" * 8
    assert [fault.code for fault in faults(bytes(content))] == ["file_unreadable"]


def test_a_heading_that_is_a_number() -> None:
    assert [fault.code for fault in faults(workbook((("type", "name", 7), ("text", "t", "Text"))))] == [
        "file_unreadable"
    ]


@pytest.mark.parametrize(("table", "code"), [("|0||||", "file_unreadable"), ("|0||0|\n||0|", "sheet_missing")])
def test_a_table_without_a_sheet_or_a_heading(table: str, code: str) -> None:
    with pytest.raises(Faulty) as raised:
        compile_markdown(table)
    assert raised.value.faults[0].code == code


def test_files_that_are_no_workbooks() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 60_000_000)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as packed:
        packed.writestr("x", b"0")
    for content, code in (
        (b"", "file_unreadable"),
        (b"not a zip", "file_unreadable"),
        (plain.getvalue(), "file_unreadable"),
        (bomb.getvalue(), "file_too_large"),
        (b"0" * 6_000_000, "file_too_large"),
    ):
        assert [fault.code for fault in faults(content)] == [code]


def test_what_only_pyxform_sees_comes_with_its_reason() -> None:
    duplicate = (("type", "name", "label", "appearance"), ("text", "instanceID", "A"), ("text", "b", "B", "${nope}"))
    found = faults(workbook(duplicate))
    assert [fault.code for fault in found] == ["form_refused"]
    assert found[0].params["reason"]


def test_markdown_and_workbook_give_the_same() -> None:
    def table(name: str, rows: Rows) -> str:
        width = len(rows[0])
        padded = [[*row, *[None] * (width - len(row))] for row in rows]
        lines = ["| | " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in padded]
        return "\n".join([lines[0].replace("| |", f"| {name} |", 1), *lines[1:]])

    text = "\n".join((table("survey", SURVEY), table("choices", CHOICES), table("settings", SETTINGS)))
    assert compile_markdown(text).questionnaire == compile_workbook(workbook()).questionnaire
