"""Tables and formats: stable columns, nothing lost, nothing that a spreadsheet would run."""

import csv
import io
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.exports import escapes, to_csv, to_xlsx
from bot.exports.codebook import DEFINITIONS
from bot.exports.formats import FORMATS
from bot.exports.options import Multiple, Options, Values
from bot.exports.table import Table
from bot.exports.workbook import pieces
from bot.questionnaires.library import form

QUESTIONNAIRE = form("recommendation").questionnaire


def line(**answers: Any) -> dict[str, Any]:
    return {
        "contribution": "0" * 32,
        "consultation": "eeca",
        "questionnaire": "recommendation",
        "version": "1",
        "language": "ru",
        "day": "2026-11-22",
        "state": "submitted",
        "supersedes": None,
        "group": None,
        "feedback": [],
        "answers": answers,
    }


def as_dict(**answers: Any) -> dict[str, str]:
    table = Table(QUESTIONNAIRE)
    return dict(zip([column.name for column in table.columns], table.row(line(**answers)), strict=True))


def test_columns_are_those_of_the_form() -> None:
    names = [column.name for column in Table(QUESTIONNAIRE).columns]
    assert names[:12] == [
        "contribution", "consultation", "questionnaire", "version", "language", "day", "state", "supersedes", "group",
        "phase", "theme", "recommendation",
    ]  # fmt: skip
    assert names[12:14] == ["groups", "groups/all_migrants"]
    assert names[-4:] == ["country", "example", "attribution", "answers_other"]
    assert len(names) == len(set(names))


def test_several_choices_have_a_column_each() -> None:
    cells = as_dict(groups=["children", "women_gbv"])
    assert cells["groups"] == "children women_gbv"
    assert (cells["groups/women_gbv"], cells["groups/detained"]) == ("1", "0")


def test_skipped_and_undisclosed_differ() -> None:
    assert (as_dict(groups=None)["groups"], as_dict(groups=None)["groups/detained"]) == ("", "")
    cells = as_dict(groups="undisclosed")
    assert (cells["groups"], cells["groups/detained"]) == ("undisclosed", "")


def test_an_answer_without_a_column_is_kept() -> None:
    assert json.loads(as_dict(phase="emergency", retired=["a", "b"])["answers_other"]) == {"retired": ["a", "b"]}


DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")


@given(st.text(st.characters()))
@example('=HYPERLINK("x")')
@example("'=1")
@example("''")
@example("\\u0041")
@example("\\\\u0041")
@example("\\u005cu0041")
@example("\ud800\0\x9f\\")
@example("\r\n")
def test_cells_are_safe_and_reversible(text: str) -> None:
    cell = to_csv.safe(text)
    assert not cell.startswith(DANGEROUS)
    assert cell.startswith("'") == text.startswith((*DANGEROUS, "'"))
    assert to_csv.plain(cell) == text
    cell.encode()
    assert not any(ord(character) < 32 and character not in "\t\n" for character in cell)


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("Откройте границы\nсейчас", "مرحبا", "C:\\users", "a=b", "1,5", 'so "quoted"'):
        assert to_csv.safe(text) == text


def test_csv_reads_back(tmp_path: Path) -> None:
    texts = ["=1+1", 'a "b", c\r\nd', "\ud83d", "  kept  ", "é e\u0301"]
    path = tmp_path / "out.csv"
    assert to_csv.write((line(recommendation=text) for text in texts), QUESTIONNAIRE, path) == len(texts)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [to_csv.plain(found["recommendation"]) for found in rows] == texts


@given(st.lists(st.text(st.characters()), min_size=1, max_size=4))
@example(["a", "=1"])
@example(["=1", "a"])
@example(["\ue000", "=1"])
@example(["a", '"'])
def test_whole_rows_are_safe_and_reversible(cells: list[str]) -> None:
    record = to_csv.record(cells)
    assert record.endswith('"\r\n')
    (found,) = csv.reader(io.StringIO(record.encode().decode(), newline=""))
    assert not any(cell.startswith(DANGEROUS) for cell in found)
    assert [to_csv.plain(cell) for cell in found] == cells


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_format_writes_every_line(format_: Any, tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert format_.write((line(theme=str(number)) for number in range(3)), QUESTIONNAIRE, path) == 3
    assert path.stat().st_size > 0
    assert [found.name for found in tmp_path.iterdir()] == ["out"]


def test_formats_are_written_out() -> None:
    names = [format_.name for format_ in FORMATS]
    assert {"jsonl", "csv"} <= set(names)
    assert len(names) == len(set(names))
    modules = {path.stem.removeprefix("to_") for path in (Path(to_csv.__file__).parent).glob("to_*.py")}
    assert modules == set(names), "a format is a file and a line in FORMATS"


def test_an_interrupted_format_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")

    def lines() -> Any:
        yield line()
        raise RuntimeError

    for format_ in FORMATS:
        with pytest.raises(RuntimeError):
            format_.write(lines(), QUESTIONNAIRE, path)
    assert path.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_jsonl_is_the_record(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    texts = ["  trimmed? \u00a0", "e\u0301", "\ud800", "a\u2028b\r\n", "\0"]
    for format_ in FORMATS:
        if format_.name == "jsonl":
            format_.write((line(recommendation=text) for text in texts), QUESTIONNAIRE, path)
    found = [json.loads(each) for each in path.read_bytes().splitlines()]
    assert found == [line(recommendation=text) for text in texts]
    assert b"\\ud800" in path.read_bytes()


HOSTILE = (
    '=HYPERLINK("http://x","y")', "+1", "@SUM(A1)", "'=1", "<script>alert(1)</script>&amp;]]>",
    "abc\u202egnp.exe\u2066x",
    "\ud800 half", "\0\x07bell\x9f\x1f", "_x0041_ stays", "\\u202e literal", "مرحبا\u200f = 1",
    "line\r\none\n\nthree\t",
    "\ufffe\uffff\U000e0041", "می\u200cخواهم 👩\u200d👧",
)  # fmt: skip
LONG = ("x" * 40_000, "م" * 70_000, "😀" * 33_000, "\0" * 9_000 + "=1")


def workbook(path: Path) -> Any:
    return import_module("openpyxl").load_workbook(path)  # has no types


def cell_text(shown: Any) -> str:
    """What Excel would show, taken back to what was written."""
    return escapes.plain(str(shown or "").replace("_x005F_", "_"))


def test_a_workbook_shows_hostile_texts_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert to_xlsx.write((line(recommendation=text) for text in HOSTILE), QUESTIONNAIRE, path) == len(HOSTILE)
    book = workbook(path)
    names = [cell.value for cell in book["Data"][1]]
    at = names.index("recommendation")
    cells = [row[at] for row in book["Data"].iter_rows(min_row=2)]
    assert [cell_text(cell.value) for cell in cells] == list(HOSTILE)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"inlineStr", "n", "s"}
    assert [cell.quotePrefix for cell in cells[:4]] == [True] * 4
    shown = "".join(str(cell.value) for cell in cells)
    assert not set("\u202e\u2066\u200f\0\x07\x9f\ufffe") & set(shown)
    assert "\\u202e" in shown
    arabic = cells[HOSTILE.index("مرحبا\u200f = 1")].alignment
    assert (arabic.horizontal, arabic.readingOrder) == ("right", 2.0)


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
def test_rows_are_as_high_as_what_stands_in_them(language: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    texts = ["short", "слово " * 60, "line\n" * 5, "x" * 40_000]
    groups = ["undocumented", "domestic_workers", "agricultural_workers"]
    options = Options(Values.LABELS, language)
    to_xlsx.write((line(recommendation=text, groups=groups) for text in texts), QUESTIONNAIRE, path, options)
    book = workbook(path)
    heights = [book["Data"].row_dimensions[row].height or 13 for row in range(1, 6)]
    assert heights[0] > 26, "a heading of several words"
    assert heights[1] > 26, "several groups under one another"
    assert (heights[2], heights[3], heights[4]) == (13 * 7, 13 * 6, 13 * 20)
    assert book["Data"].cell(2, 20).alignment.vertical == "top"
    for name, fits in (("Data", False), ("Codebook", False), ("About", True)):
        assert bool(book[name].sheet_properties.pageSetUpPr.fitToPage) is fits
        assert (book[name].page_setup.orientation, book[name].page_setup.paperSize) == ("landscape", 9)


def test_a_long_text_is_split_visibly_and_can_be_joined(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    ids = [f"{number:032x}" for number in range(len(LONG))]
    lines = [line(recommendation=text) | {"contribution": name} for name, text in zip(ids, LONG, strict=True)]
    to_xlsx.write(lines, QUESTIONNAIRE, path)
    book = workbook(path)
    parts: dict[str, str] = {}
    for row in book["Continued"].iter_rows(min_row=2, values_only=True):
        name, column, part, of, text = map(str, row)
        assert column == "recommendation"
        assert 1 <= int(part) <= int(of)
        parts[name] = parts.get(name, "") + cell_text(text)
    assert [parts[name] for name in ids] == list(LONG)
    at = [cell.value for cell in book["Data"][1]].index("recommendation")
    for row in book["Data"].iter_rows(min_row=2, values_only=True):
        assert str(row[at]).endswith("sheet Continued)")
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert all(len(str(cell).encode("utf-16-le")) // 2 <= 32_767 for cell in row)


@given(st.text(st.characters(), max_size=60), st.integers(12, 40))
def test_pieces_fit_and_join(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert "".join(found) == text
    for each in found:
        assert len(escapes.visible(each).encode("utf-16-le")) // 2 <= longest
        assert escapes.plain(escapes.visible(each)) == each


@given(st.text(st.characters()))
@example("\\U000e0041 \U000e0041")
@example("a\u200cb می\u200cخ")
def test_what_is_made_visible_reads_back(text: str) -> None:
    shown = escapes.visible(text)
    assert escapes.plain(shown) == text
    assert not re.search(
        "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", shown
    )


def test_a_full_sheet_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.exports.workbook.ROWS", 4)
    path = tmp_path / "out.xlsx"
    to_xlsx.write((line(theme=str(number)) for number in range(7)), QUESTIONNAIRE, path)
    book = workbook(path)
    assert book.sheetnames[:3] == ["Data", "Data 2", "Data 3"]
    at = [cell.value for cell in book["Data"][1]].index("theme")
    found = [row[at] for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert found == [str(number) for number in range(7)]


@pytest.mark.parametrize("language", QUESTIONNAIRE.languages)
def test_labels_of_every_language(language: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    answers = {"phase": "emergency", "groups": ["children"], "theme": "undisclosed"}
    to_xlsx.write([line(**answers)], QUESTIONNAIRE, path, Options(Values.LABELS, language, hxl=True))
    book = workbook(path)
    data = book["Data"]
    phase = QUESTIONNAIRE.question("phase")
    assert phase is not None
    at = next(at for at, column in enumerate(Table(QUESTIONNAIRE).columns, 1) if column.name == "phase")
    heading, tag, value = (data.cell(row, at).value for row in (1, 2, 3))
    emergency = next(choice for choice in phase.choices if choice.code == "emergency")
    assert (heading, tag, value) == (phase.short[language], "#event+phase", emergency.short[language])
    assert (data.freeze_panes, data.auto_filter.ref) == ("B3", f"A2:{data.cell(1, data.max_column).column_letter}3")
    assert bool(data.sheet_view.rightToLeft) == (language == "ar")
    headings = [cell.value for cell in data[1]]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(("multiple", "expected"), [
    ("one", ["groups"]), ("many", ["groups/all_migrants"]), ("both", ["groups", "groups/all_migrants"]),
])  # fmt: skip
def test_several_choices_in_the_columns_that_were_asked_for(multiple: str, expected: list[str]) -> None:
    table = Table(QUESTIONNAIRE, Options(multiple=Multiple(multiple)))
    names = [column.name for column in table.columns]
    assert [name for name in names if name in ("groups", "groups/all_migrants")] == expected
    row = dict(zip(names, table.row(line(groups=["all_migrants", "children"])), strict=True))
    assert row.get("groups", "all_migrants children") == "all_migrants children"
    assert row.get("groups/children", "1") == "1"
    undisclosed = table.row(line(groups="undisclosed"))
    assert "undisclosed" in undisclosed
    assert len(undisclosed) == len(names)


def test_a_workbook_names_what_was_withdrawn_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    gone = line() | {
        "contribution": "1" * 32,
        "state": "withdrawn",
        "questionnaire": None,
        "version": None,
        "day": None,
    }
    old = line(recommendation="old") | {"contribution": "2" * 32, "state": "superseded"}
    new = line(recommendation="new") | {"contribution": "3" * 32, "supersedes": "2" * 32}
    to_xlsx.write([gone, old, new], QUESTIONNAIRE, path)
    book = workbook(path)
    assert [cell.value for cell in book["Withdrawn"][2]] == ["1" * 32, "eeca", "withdrawn", None]
    states = [(row[6], row[7]) for row in book["Data"].iter_rows(min_row=2, values_only=True)]
    assert states == [("withdrawn", None), ("superseded", None), ("submitted", "2" * 32)]


def test_small_numbers_are_hidden_on_the_cover(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    lines = [line(phase="emergency")] * 3 + [line(phase="pre_crisis")] * 9 + [line(phase="post_crisis")] * 12
    to_xlsx.write(lines, QUESTIONNAIRE, path)
    rows = {str(row[0]): row[1:5] for row in workbook(path)["About"].iter_rows(values_only=True)}
    assert rows["Consultations"] == ("Before the crisis", "During the emergency", "After the crisis", "Together")
    assert rows["Eastern Europe and Central Asia"] == ("*", "*", "12", "24")
    assert rows["Together"] == ("*", "*", "12", "24")


def test_the_codebook_has_every_question_choice_and_language(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    to_xlsx.write([], QUESTIONNAIRE, path)
    rows = list(workbook(path)["Codebook"].iter_rows(values_only=True))
    assert [name for name in rows[0] if str(name).startswith("label ")] == [
        f"label {language}" for language in QUESTIONNAIRE.languages
    ]
    named = {row[0] for row in rows}
    for question in QUESTIONNAIRE.questions:
        assert question.id in named
        assert {f"{question.id}/{choice.code}" for choice in question.choices} <= named
    for defined, codes in DEFINITIONS.items():
        found = QUESTIONNAIRE.question(defined)
        assert found is not None
        assert set(codes) <= {choice.code for choice in found.choices}
