"""A small part of each harness at every change; the figures that count are made by `make faults`."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.faults.result import Extent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("harness", ["kill_sweep", "disk", "telegram", "clock"])
def test_no_promise_is_broken(harness: str, tmp_path: Path) -> None:
    rows = list(import_module(f"tests.faults.{harness}").measure(Extent.SMOKE, tmp_path))
    assert rows
    for row in rows:
        assert row.skipped or row.passed, row
