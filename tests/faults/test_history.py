"""The comparison finds whatever is missing, doubled, changed or made up."""

import copy
from typing import Any

import pytest

from tests.faults.history import History, violations


def told() -> History:
    """Two people; the first has handed in two, the second is still at it."""
    history = History()
    for number in (1, 2):
        saying = history.begin(f"first.{number}")
        saying.written = {"recommendation": [f"one {number}", f"two {number}"], "example": []}
        saying.saved["recommendation"] = 2
        saying.chosen = {"phase": ("emergency",), "theme": (), "groups": ("children", "refugees"), "addressees": ()}
        saying.handed_in = True
        saying.receipts = {f"{number:016d}"}
    open_one = history.begin("second.3")
    open_one.written = {"recommendation": ["one 3"]}
    return history


def exported() -> list[dict[str, Any]]:
    """What becomes of it."""
    empty = {"theme": None, "addressees": None, "country": None, "example": None}
    return [
        {
            "contribution": f"{number:032x}",
            "answers": {
                "phase": "emergency",
                "recommendation": f"one {number}\ntwo {number}",
                "groups": ["refugees", "children"],
                **empty,
            },
        }
        for number in (1, 2)
    ]


def test_what_was_said_and_nothing_else_is_in_order() -> None:
    assert violations(told(), exported()) == []


def changed(lines: list[dict[str, Any]], **answers: Any) -> list[dict[str, Any]]:
    lines[1]["answers"].update(answers)
    return lines


def under_another_id(line: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(line), "contribution": "f" * 32}


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (exported()[:1], "has a receipt and is not in the export"),
        ([*exported(), exported()[1]], "in the export 2 times"),
        ([*exported(), under_another_id(exported()[1])], "exported 2 times"),
        (changed(exported(), recommendation="one 2"), "recommendation is not what was said"),
        (changed(exported(), recommendation="two 2\none 2"), "recommendation is not what was said"),
        (changed(exported(), recommendation="one 2\ntwo 2\ntwo 2"), "recommendation is not what was said"),
        (changed(exported(), recommendation="one 1\ntwo 2"), "what several said"),
        (changed(exported(), recommendation="one 2\nthree"), "what nobody said"),
        (changed(exported(), recommendation=None), "what nobody said"),
        (changed(exported(), phase=None), "phase is not what was said"),
        (changed(exported(), theme="other"), "theme is not what was said"),
        (changed(exported(), groups=["children"]), "groups is not what was said"),
        (
            [*exported(), {"contribution": "3", "answers": {"recommendation": "one 3"}}],
            "exported, but was never handed in",
        ),
    ],
)
def test_every_difference_is_found(lines: list[dict[str, Any]], complaint: str) -> None:
    assert any(complaint in found for found in violations(told(), lines)), violations(told(), lines)


def test_an_open_outcome_may_be_either() -> None:
    history = told()
    history.sayings[1].receipts.clear()
    assert violations(history, exported()) == []
    assert violations(history, exported()[:1]) == []
    assert violations(history, [*exported(), under_another_id(exported()[1])]) != []


def test_receipts_are_each_persons_own() -> None:
    history = told()
    history.sayings[1].receipts = set(history.sayings[0].receipts)
    assert any("same receipt" in found for found in violations(history, exported()))
    history.sayings[1].receipts = {"1" * 16, "2" * 16}
    assert any("2 receipts" in found for found in violations(history, exported()))


def test_what_the_chat_showed_counts_too() -> None:
    history = told()
    history.notice("the draft is gone")
    assert violations(history, exported()) == ["the draft is gone"]
