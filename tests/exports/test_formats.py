"""Tables and formats: stable columns, nothing lost, nothing that a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.exports import FORMATS, to_csv
from bot.exports.table import Table
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
    record = to_csv._record(cells)
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
