"""Every planted fault fits the sources and names a test; some are planted here, the others by `make faults`."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.faults import private_tree
from tests.faults.planted import EIGHTEEN, FAULTS, Fault, caught, measure
from tests.faults.private_tree import Edit, Stale, planted
from tests.faults.result import Extent
from tests.support.process import ROOT

HARMLESS = Edit("bot/sealing.py", "BLOCK = 512", "BLOCK = 256 + 256")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.edits], ids=lambda fault: fault.name)
def test_every_fault_fits_the_sources_and_names_a_test(fault: Fault) -> None:
    for edit in fault.edits:
        assert (ROOT / edit.file).read_text("utf-8").count(edit.old) == 1, f"{edit.file}: {edit.old}"
    file, _, test = fault.test.partition("::")
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), fault.test
    assert fault.because


def test_there_are_eighteen_and_what_is_missing_says_why() -> None:
    assert len(EIGHTEEN) == 18
    assert all(bool(fault.edits) != bool(fault.missing) for fault in FAULTS)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.slow
def test_some_are_planted_and_caught(tmp_path: Path) -> None:
    rows = measure(Extent.SMOKE, tmp_path)
    assert len(rows) == sum(fault.smoke for fault in FAULTS) >= 2
    assert [row.violations for row in rows] == [[]] * len(rows)


@pytest.mark.slow
def test_a_fault_that_nobody_notices_is_told(tmp_path: Path) -> None:
    tree = private_tree.copy(tmp_path)
    test = "tests/test_sealing.py::test_json_is_compact_and_in_its_own_script"
    assert asyncio.run(caught(tree, Fault("none", [HARMLESS], test, "AssertionError"))) == [f"{test} did not notice"]
    (problem,) = asyncio.run(caught(tree, Fault("none", [HARMLESS], "tests/test_sealing.py::no_such_test", "x")))
    assert "failed for another reason" in problem


def test_a_fault_that_does_not_fit_is_not_planted_and_the_copy_is_as_before(tmp_path: Path) -> None:
    tree = private_tree.copy(tmp_path)
    with pytest.raises(Stale), planted(tree, [HARMLESS, Edit("bot/sealing.py", "nothing like this", "")]):
        pass
    assert (tree / "bot/sealing.py").read_bytes() == (ROOT / "bot/sealing.py").read_bytes()
    with pytest.raises(Stale), planted(ROOT, [HARMLESS]):
        pass


def test_a_copy_holds_all_that_is_imported(tmp_path: Path) -> None:
    tree = private_tree.copy(tmp_path)
    for folder in ("bot", "handlers", "storage", "locales"):
        files = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py")}
        assert files
        assert files == {path.relative_to(tree) for path in (tree / folder).rglob("*.py")}
