"""Whatever comes in from outside ends in an answer or in one of our own errors; and the harness sees it when not."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.core.errors import Corrupt
from tests.faults.fuzz import TARGETS, Check, Target, attempt, row
from tests.faults.result import Extent


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_whatever_comes_in(target: Target) -> None:
    assert attempt(target, Extent.SMOKE, derandomize=True) >= 20


def _target(check: Check) -> Target:
    def opened() -> AbstractContextManager[tuple[Check, None]]:
        return nullcontext((check, None))

    return Target("planted", lambda _: st.integers(), opened)


def _misses(value: Any) -> None:
    assert value < 100, "too much"


def _breaks(value: Any) -> None:
    if value > 100:
        raise KeyError(value)


def _refuses(value: Any) -> None:
    if value > 100:
        raise Corrupt("zip_malformed")


@pytest.mark.parametrize(
    ("check", "violation"),
    [
        (_misses, "too much"),
        (_breaks, "a fault of ours: KeyError"),
        (_refuses, "one of our errors where none belongs: zip_malformed"),
    ],
)
def test_what_goes_wrong_is_in_the_table(check: Check, violation: str) -> None:
    assert row(_target(check), Extent.SMOKE).violations == [violation]


def test_what_goes_well_is_counted() -> None:
    found = row(_target(lambda value: None), Extent.SMOKE)
    assert found.passed
    assert found.count >= 20
