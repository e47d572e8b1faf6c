"""A mixed export, kind by kind."""

from collections import Counter
from typing import Any

from bot.exports.kinds import columns_of_points, only, point_by_point
from bot.exports.table import Table
from bot.questionnaires.library import form


def line(questionnaire: str | None, state: str = "submitted", **answers: Any) -> dict[str, Any]:
    return {
        "contribution": "c" * 32, "consultation": "wca", "questionnaire": questionnaire, "version": "1",
        "language": "en", "day": "2026-01-01", "state": state, "supersedes": None, "group": None, "answers": answers,
    }  # fmt: skip


def test_one_kind_and_what_nobody_knows_the_kind_of() -> None:
    lines = [line("group"), line("practice"), line(None, "withdrawn"), line("group"), line("recommendation")]
    others: Counter[str] = Counter()
    assert [one["questionnaire"] for one in only(lines, "group", others)] == ["group", None, "group"]
    assert others == {"practice": 1, "recommendation": 1}


def test_every_answer_to_a_point_is_a_row() -> None:
    lines = [
        line("response", scope="amend", scope_words="Wider.", firewall=None, missing="Wages."),
        line(None, "withdrawn"),
    ]
    assert [one["answers"] for one in point_by_point(lines)] == [
        {"point": "scope", "answer": "amend", "words": "Wider."},
        {"point": "firewall", "answer": None, "words": None},
        {"point": "missing", "answer": None, "words": "Wages."},
        {},
    ]
    table = Table(columns_of_points(form("response").questionnaire))
    assert [column.name for column in table.columns][-4:] == ["point", "answer", "words", "answers_other"]
    assert next(table.row(one)[-4:] for one in point_by_point(lines)) == ["scope", "amend", "Wider.", ""]


def test_every_country_has_no_column_of_its_own() -> None:
    names = [column.name for column in Table(form("group").questionnaire).columns]
    assert "countries" in names
    assert not any(name.startswith("countries/") for name in names)
    assert "organisations/faith" in names
