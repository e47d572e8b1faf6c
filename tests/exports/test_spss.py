"""SPSS files, read back: codes with labels, long texts in parts, hostile texts visible, small numbers hidden."""

import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.dialogue.questionnaire import Choice, Kind, Question, Questionnaire, StepId
from bot.core.errors import Refused
from bot.exports import to_spss
from bot.exports.escapes import plain
from bot.exports.frame import Frame
from bot.exports.options import Multiple, Options
from bot.exports.table import Table
from bot.questionnaires.library import FORMS, form
from tests.exports.test_formats import HOSTILE, LONG, QUESTIONNAIRE, line

PART = re.compile(r"\[-> (\w+)\]\Z")


def read(path: Path) -> tuple[Any, Any]:
    """Cases by variable, and what is told of the variables."""
    return import_module("pyreadstat").read_sav(path, user_missing=True, output_format="dict")  # type: ignore[no-any-return]


def whole(cases: Any, name: str, at: int) -> str:
    """A text, joined from its parts as the module says."""
    cell = cases[name][at]
    found = PART.search(cell)
    return plain(cell) if found is None else plain(cell[: found.start()]) + whole(cases, found[1], at)


def test_codes_have_labels_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    answers = {"phase": "emergency", "theme": "undisclosed", "groups": ["children"], "country": "KG"}
    assert to_spss.write([line(**answers), line()], QUESTIONNAIRE, path, Options(language="ru")) == 2
    cases, about = read(path)
    assert (cases["phase"], cases["theme"], cases["country"]) == (["emergency", ""], ["undisclosed", ""], ["KG", ""])
    phase = QUESTIONNAIRE.question("phase")
    assert phase is not None
    assert about.column_names_to_labels["phase"] == phase.short["ru"]
    assert about.variable_value_labels["phase"] == {
        **{choice.code: choice.short["ru"] for choice in phase.choices},
        "undisclosed": "Предпочитает не отвечать",
    }
    assert len(about.variable_value_labels["country"]) > 200
    assert about.variable_value_labels["consultation"]["eeca"] == "Вост. Европа и Центр. Азия"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("multiple", Multiple)
def test_each_choice_is_a_number_and_prefers_not_to_say_is_missing(tmp_path: Path, multiple: Multiple) -> None:
    path = tmp_path / "out.sav"
    lines = [line(groups=["children"]), line(groups="undisclosed"), line(groups=None)]
    to_spss.write(lines, QUESTIONNAIRE, path, Options(multiple=multiple))
    cases, about = read(path)
    assert ("groups" in cases) == (multiple is not Multiple.MANY)
    assert ("groups.children" in cases) == (multiple is not Multiple.ONE)
    if multiple is not Multiple.ONE:
        shown = {name: cases[name] for name in ("groups.children", "groups.detained", "groups.all_migrants")}
        assert {name: numbers[:2] for name, numbers in shown.items()} == {
            "groups.children": [1.0, 9.0], "groups.detained": [0.0, 9.0], "groups.all_migrants": [0.0, 9.0],
        }  # fmt: skip
        assert all(numbers[2] is None or numbers[2] != numbers[2] for numbers in shown.values())
        assert about.missing_ranges["groups.children"] == [{"lo": 9.0, "hi": 9.0}]
        labels = about.variable_value_labels["groups.children"]
        assert (labels[1.0], labels[9.0]) == ("Children and young people", "Prefers not to say")
        assert about.variable_measure["groups.children"] == "nominal"


def test_nothing_is_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    assert to_spss.write([], QUESTIONNAIRE, path) == 0
    cases, about = read(path)
    assert len(cases) == len(Table(QUESTIONNAIRE).columns)
    assert about.number_rows in (0, None)


def test_numbers_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    group = form("group").questionnaire
    to_spss.write([line(people=40), line(people="undisclosed"), line()], group, path)
    cases, about = read(path)
    assert cases["people"][:2] == [40.0, -9.0]
    assert about.missing_ranges["people"] == [{"lo": -9.0, "hi": -9.0}]
    assert about.variable_measure["people"] == "scale"


def test_nothing_is_cut_and_hostile_texts_are_visible(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    texts = [*HOSTILE, *LONG, "  kept  ", " ", "\\u0020", "ж" * 16_383, "ж" * 16_384]
    to_spss.write((line(recommendation=text, example="x") for text in texts), QUESTIONNAIRE, path)
    cases, about = read(path)
    assert [whole(cases, "recommendation", at) for at in range(len(texts))] == texts
    names = list(cases)
    assert names[names.index("recommendation") : names.index("groups")] == [
        "recommendation", *(f"recommendation_{number}" for number in range(2, 6)),
    ]  # fmt: skip
    assert about.column_names_to_labels["recommendation_2"] == "Recommendation (2)"
    written = "".join(cell for column in cases.values() for cell in column if isinstance(cell, str))
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", written)
    assert all(len(cell.encode()) <= 32_767 for column in cases.values() for cell in column if isinstance(cell, str))
    long = [at for at, text in enumerate(texts) if cases["recommendation_2"][at]]
    assert all(PART.search(cases["recommendation"][at]) for at in long)
    assert long == [texts.index(text) for text in (*LONG, "ж" * 16_384)]


@settings(deadline=None)
@given(st.text(st.sampled_from("aж😀\u202e\0\\ u0020e\ud800"), max_size=300))
@example(" " * 300)
@example("\\u0020" * 60)
def test_parts_fit_and_join(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_spss, "STRING", 100)
        patch.setattr(to_spss, "_ROOM", 60)
        found = to_spss.parts_of(text, "t", lambda name, number: f"{name}_{number}")
    assert all(len(each.encode()) <= 100 for each in found)
    joined = [plain(PART.sub("", each)) for each in found[:-1]] + [plain(found[-1])]
    assert "".join(joined) == text
    assert all(PART.search(each) for each in found[:-1])


def test_names_are_those_that_spss_takes(tmp_path: Path) -> None:
    names = ("with", "with.", "a-b", "a_b", "A_B", "é", "x" * 80, "x" * 79 + "y", "_1")
    asked = [Question(StepId(name), Kind.TEXT, {"en": name}, {}, {"en": f"label of {name}" * 40}) for name in names]
    choice = Choice("ы" * 70, {"en": "ы" * 200}, {"en": "ы" * 200})
    asked.append(Question(StepId("choice"), Kind.SELECT_ONE, {"en": "c"}, {}, {"en": "c"}, choices=(choice,)))
    made = Questionnaire("odd", "1", "en", ("en",), {}, tuple(asked))
    path = tmp_path / "out.sav"
    to_spss.write([line(**{name: name for name in names}, choice="ы" * 70)], made, path)
    cases, about = read(path)
    own = list(cases)[9:-2]
    assert len({name.lower() for name in cases}) == len(cases) == len(Table(made).columns)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,63}(?<!\.)", name) for name in cases)
    assert [cases[name] for name in own] == [[name] for name in names]
    assert all(
        len(label.encode()) <= 255 and label.endswith("…") for label in map(about.column_names_to_labels.get, own)
    )
    assert about.variable_value_labels["choice"]["ы" * 70].endswith("…")


def test_small_numbers_are_hidden_in_the_notes(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    to_spss.write([line(phase="emergency")] * 3, QUESTIONNAIRE, path, Options(day="2026-11-23"))
    _, about = read(path)
    notes = " ".join(about.notes)
    assert "Contributions: *" in notes
    assert "Made on: 2026-11-23" in notes
    assert about.file_label == "MICIC recommendation 2026-11-23"


@pytest.mark.parametrize("language", QUESTIONNAIRE.languages)
def test_in_every_language(language: str, tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    to_spss.write([line(phase="emergency")], QUESTIONNAIRE, path, Options(language=language))
    _, about = read(path)
    assert all(len(text.encode()) <= 80 for text in about.notes)
    labels = [text for values in about.variable_value_labels.values() for text in values.values()]
    assert not [text for text in labels if text.endswith("…")], "no label of ours is cut"


@pytest.mark.parametrize("name", [name for name in FORMS if name != "response"])
@pytest.mark.parametrize("language", QUESTIONNAIRE.languages)
def test_every_label_is_whole(language: str, name: str, tmp_path: Path) -> None:
    asked, path = form(name).questionnaire, tmp_path / "out.sav"
    frame = Frame(asked, language)
    to_spss.write([line()], asked, path, Options(language=language, multiple=Multiple.MANY))
    _, about = read(path)
    labels = about.variable_value_labels
    checked = 0
    for question in asked.questions:
        for choice in question.choices:
            whole_label = frame.choice(question.id, choice.code)
            if question.kind is Kind.SELECT_ONE:
                assert labels[question.id][choice.code] == whole_label
            elif (column := f"{question.id}.{choice.code}") in labels:
                assert labels[column][1.0] == whole_label
                assert about.column_names_to_labels[column] == f"{frame.question(question.id)}: {whole_label}"
            else:
                continue
            checked += 1
    assert checked > 3


def test_without_the_libraries_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(import_module("sys").modules, "pyreadstat", None)
    with pytest.raises(Refused) as caught:
        to_spss.write([line()], QUESTIONNAIRE, tmp_path / "out.sav")
    assert caught.value.code == "extra_missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("pspp-convert") is None, reason="pspp is not on this computer (Debian's package pspp)")
def test_another_program_reads_the_same(tmp_path: Path) -> None:
    path, table = tmp_path / "out.sav", tmp_path / "out.csv"
    texts = ["مرحبا بالعالم", "Откройте границы", "ж" * 20_000, "plain"]
    to_spss.write((line(recommendation=text, groups=["children"]) for text in texts), QUESTIONNAIRE, path)
    subprocess.run(["pspp-convert", path, table, "--recode", "--labels"], check=True, capture_output=True)
    shown = table.read_text("utf-8")
    assert all(text in shown for text in texts if len(text) < 100)
    assert shown.count("Children") >= len(texts)
    assert shown.count("ж") == 20_000
