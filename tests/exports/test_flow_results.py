"""A Flow Results package: what the specification asks for, nothing lost, hostile texts exact."""

import json
import uuid
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Kind, Question, StepId
from bot.exports import to_flow_results
from bot.exports.options import Options
from bot.questionnaires.library import form
from tests.exports.test_formats import HOSTILE, LONG, QUESTIONNAIRE, line


def package(path: Path) -> tuple[dict[str, Any], list[list[Any]]]:
    with zipfile.ZipFile(path) as packed:
        assert packed.namelist() == ["data/responses.json", "datapackage.json"]
        found: dict[str, Any] = json.loads(packed.read("datapackage.json"))
        (resource,) = found["resources"]
        rows: list[list[Any]] = json.loads(packed.read(resource["path"]))
    return found, rows


def test_the_descriptor_is_what_the_specification_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    options = Options(day="2026-11-22", language="fr")
    assert to_flow_results.write([line(phase="emergency")], QUESTIONNAIRE, path, options) == 1
    found, rows = package(path)
    assert (found["profile"], found["flow_results_specification_version"]) == ("flow-results-package", "1.0.0-rc1")
    assert uuid.UUID(found["id"]).version == 4
    for name in ("created", "modified"):
        assert datetime.fromisoformat(found[name]).utcoffset() is not None
    schema = found["resources"][0]["schema"]
    assert schema["language"] == "fra"
    assert [field["name"] for field in schema["fields"]] == [
        "timestamp", "row_id", "contact_id", "session_id", "question_id", "response", "response_metadata",
    ]  # fmt: skip
    for asked in schema["questions"].values():
        assert {"type", "label", "type_options"} <= asked.keys()
        assert asked["type"] in {"select_one", "select_many", "numeric", "text", "audio"}
        assert asked["label"]
    assert schema["questions"]["phase"]["type_options"]["choices"][0] == "pre_crisis"
    assert [len(row) for row in rows] == [7]
    assert rows[0][0] == "2026-11-22T00:00:00+00:00"
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_answer_is_a_row_and_every_text_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    texts = [*HOSTILE, *LONG]
    lines = [
        {**line(recommendation=text, groups=["children", "detained"], country=None, phase="undisclosed", old=["a"]),
         "contribution": f"{number:032x}"}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    assert to_flow_results.write(lines, QUESTIONNAIRE, path) == len(texts)
    found, rows = package(path)
    assert len({row[1] for row in rows}) == len(rows) == 4 * len(texts)
    assert [row[5] for row in rows if row[4] == "recommendation"] == texts
    assert {tuple(row[5]) for row in rows if row[4] == "groups"} == {("children", "detained")}
    questions = found["resources"][0]["schema"]["questions"]
    assert {row[4] for row in rows} <= questions.keys()
    for row in rows:
        choices = questions[row[4]]["type_options"].get("choices")
        if choices is not None:
            assert set([row[5]] if isinstance(row[5], str) else row[5]) <= set(choices), row[4]
        assert row[2] == row[3] == row[1].partition(".")[0]


def test_what_was_withdrawn_is_named_and_has_no_rows(tmp_path: Path) -> None:
    gone = {**line(), "questionnaire": None, "version": None, "language": None, "day": None, "state": "withdrawn"}
    path = tmp_path / "out.zip"
    assert to_flow_results.write([gone], QUESTIONNAIRE, path) == 1
    found, rows = package(path)
    assert rows == []
    assert found["micic:gone"] == [{"contribution": "0" * 32, "consultation": "eeca", "state": "withdrawn"}]


def test_numbers_voices_and_feedback_have_their_types(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    group = form("group").questionnaire
    voice = Question(StepId("story"), Kind.AUDIO, {"en": "Tell it"}, {}, {"en": "Story"})
    asked = type(group)(**{**vars(group), "questions": (*group.questions, voice)})
    said = {**line(people="40", story="out.zip.audio/ab.ogg"), "feedback": [{"point": "p1", "answer": "yes"}]}
    to_flow_results.write([said], asked, path)
    found, rows = package(path)
    by_question = {row[4]: row[5] for row in rows}
    assert by_question["people"] == 40
    assert by_question["story"] == "out.zip.audio/ab.ogg"
    assert json.loads(by_question["feedback"]) == {"point": "p1", "answer": "yes"}
    assert found["resources"][0]["schema"]["questions"]["story"]["type"] == "audio"


def test_a_newer_package_of_one_server_has_the_same_id(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b"):
        to_flow_results.write([line()], QUESTIONNAIRE, tmp_path / name, Options(day="2026-11-22"))
        ids.append(package(tmp_path / name)[0]["id"])
    assert ids[0] == ids[1]
