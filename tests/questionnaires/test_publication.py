"""The file that is published: what it gives, and that every fault is named with its place and a remedy."""

import json
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest

from bot.core.consultations import BY_ID
from bot.core.errors import Refused
from bot.questionnaires import publication
from bot.questionnaires.library import emerging
from bot.questionnaires.publication import Unpublishable, read
from locales.catalogue import Catalogue


def point(**changes: Any) -> dict[str, Any]:
    made = {
        "id": "scope",
        "from": ["eeca"],
        "day": "2015-06-24",
        "shown_in": ["wca"],
        "title": {"en": "Scope"},
        "text": {"en": "Count more people."},
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not ...}


def written(folder: Path, *points: dict[str, Any], **more: Any) -> Path:
    path = folder / "points.json"
    path.write_text(json.dumps({"format": 1, "points": list(points or (point(),)), **more}), "utf-8")
    return path


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(Unpublishable) as raised:
        read(path)
    assert raised.value.params["count"] == len(raised.value.faults)
    return list(raised.value.faults)


def test_what_a_file_publishes(tmp_path: Path) -> None:
    second = point(id="wages", shown_in=["wca", "sca"], answers={"said": {"en": "Pay us."}}, themes=["firewall"])
    hidden = point(id="hidden", shown_in=[])
    found = read(written(tmp_path, point(), second, hidden, feedback={"a" * 32: ["wages", "hidden", "wages"]}))
    assert {one.consultation: [p.id for p in one.points] for one in found.sets} == {
        "wca": ["scope", "wages"],
        "sca": ["wages"],
    }
    assert [one.id for one in found.points] == ["scope", "wages", "hidden"]
    assert found.feedback == {"a" * 32: ("wages", "hidden")}
    assert found.points[1].said == {"en": "Pay us."}


def test_a_version_changes_with_any_word_and_with_nothing_else(tmp_path: Path) -> None:
    (first,) = read(written(tmp_path)).sets
    (same,) = read(written(tmp_path, point(), point(id="other", shown_in=[]))).sets
    (changed,) = read(written(tmp_path, point(text={"en": "Count more people!"}))).sets
    assert first.version == same.version != changed.version
    assert len(first.version) == 16


@pytest.mark.parametrize(
    ("changes", "where", "remedy"),
    [
        ({"id": "Scope"}, "points, number 1 (Scope), id", "a letter first"),
        ({"id": "missing"}, "points, number 1 (missing), id", "not 'missing'"),
        ({"id": "scope_words"}, "points, number 1 (scope_words), id", "not ending in '_words'"),
        ({"from": ["europe"]}, "points, number 1 (scope), from, number 1", "write one of sesea, eeca"),
        ({"day": "24.6.2015"}, "points, number 1 (scope), day", "2015-06-24"),
        ({"text": ...}, "points, number 1 (scope), text", "it is missing"),
        ({"text": {}}, "points, number 1 (scope), text", "at least one"),
        ({"text": "Count more people."}, "points, number 1 (scope), text", "texts by language in braces"),
        ({"text": {"English": "Count"}}, "points, number 1 (scope), text, English", "code of a language"),
        ({"text": {"en": " "}}, "points, number 1 (scope), text", "write the text for en"),
        ({"text": {"fr": "x" * 701}}, "points, number 1 (scope), text", "shorten fr to 700 characters; it has 701"),
        ({"text": {"fr": "a\u202eb"}}, "points, number 1 (scope), text", "control characters"),
        ({"title": {"en": "x" * 37}}, "points, number 1 (scope), title", "shorten en to 36"),
        ({"phase": "before"}, "points, number 1 (scope), phase", "pre_crisis"),
        ({"themes": ["scoop"]}, "points, number 1 (scope), themes, number 1", "scope_definition"),
        ({"support": 12}, "points, number 1 (scope), support", "texts by language in braces"),
        ({"txt": {}}, "points, number 1 (scope), txt", "take this away"),
        ({"answers": {"sad": {}}}, "points, number 1 (scope), answers, sad", "take this away"),
    ],
)
def test_every_fault_has_a_place_and_a_remedy(tmp_path: Path, changes: Any, where: str, remedy: str) -> None:
    ((place, what),) = faults(written(tmp_path, point(**changes)))
    assert place == where
    assert remedy in what


@pytest.mark.parametrize(
    ("more", "where", "remedy"),
    [
        ({"format": 2}, "format", "write 1"),
        ({"fallback": []}, "fallback", "at least one"),
        ({"feedback": {"a" * 32: ["nothing"]}}, "the file", "there is no nothing"),
        ({"feedback": {"a" * 31: ["scope"]}}, f"feedback, {'a' * 31}", "32 digits"),
        ({"colour": 1}, "colour", "take this away"),
    ],
)
def test_faults_of_the_file(tmp_path: Path, more: Any, where: str, remedy: str) -> None:
    ((place, what),) = faults(written(tmp_path, **more))
    assert place == where
    assert remedy in what


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    assert len(faults(written(tmp_path, point(day="x"), point(id="2", phase="x")))) == 3


def test_ids_are_given_once_and_the_list_is_not_endless(tmp_path: Path) -> None:
    assert "several with scope" in faults(written(tmp_path, point(), point()))[0][1]
    many = [point(id=f"point{at}") for at in range(publication.MOST_POINTS + 1)]
    assert "show wca at most 24 points; it has 25" in faults(written(tmp_path, *many))[0][1]


@pytest.mark.parametrize(
    ("content", "line"),
    [(b'{\n"format": 1,\n}', 3), (b"\xff\xfe", 1), (b"", 1), (b"[" * 100_000, 1)],
)
def test_what_is_no_json(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "points.json"
    path.write_bytes(content)
    with pytest.raises(Refused) as raised:
        read(path)
    assert (raised.value.code, raised.value.params["line"]) == ("publication_no_json", line)


def test_a_name_that_stands_twice_and_a_list_instead_of_braces(tmp_path: Path) -> None:
    path = tmp_path / "points.json"
    path.write_text('{"format": 1, "points": [], "points": []}', "utf-8")
    assert "points" in faults(path)[0][1]
    path.write_text("[]", "utf-8")
    assert faults(path) == [("the file", "write names and values in braces")]
    with pytest.raises(Refused) as raised:
        read(tmp_path / "none.json")
    assert raised.value.code == "file_unreadable"


def test_the_starter_is_whole_in_every_language_and_shown_only_later() -> None:
    with as_file(emerging()) as path:
        found = read(path)
    languages = {language.code for language in Catalogue.load().languages}
    assert len(found.points) == 11
    for one in found.points:
        assert set(one.text) == set(one.title) == languages
        assert one.source
        assert max(BY_ID[origin].last_day for origin in one.origins) >= one.day
    for shown in found.sets:
        assert all(one.day < BY_ID[shown.consultation].first_day for one in shown.points)
