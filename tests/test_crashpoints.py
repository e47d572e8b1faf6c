"""The places at which the process can be told to die: armed only on purpose, and all of them listed."""

import ast
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import bot
from bot.core.errors import Misconfigured
from bot.crashpoints import POINTS, arm, crash_point


@pytest.fixture(autouse=True)
def _disarm() -> None:
    arm("")


def test_nothing_happens_unless_armed() -> None:
    for name in POINTS:
        crash_point(name)
    arm("after_commit:2")
    crash_point("before_commit")
    crash_point("after_commit")
    arm("")
    crash_point("after_commit")


def test_the_nth_passage_kills() -> None:
    program = (
        "from bot.crashpoints import arm, crash_point\n"
        "arm('after_commit:3')\n"
        "for number in range(9):\n"
        "    print(number, flush=True)\n"
        "    crash_point('after_commit')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == ["0", "1", "2"]


@pytest.mark.parametrize("spec", ["nowhere", "after_commit:0", "after_commit:x", "after_commit:-1", ":1"])
def test_an_unknown_place_is_refused(spec: str) -> None:
    with pytest.raises(Misconfigured, match="crash_point_unknown"):
        arm(spec)


def test_every_place_in_the_tree_is_listed_and_every_listed_place_is_there() -> None:
    passed = set()
    root = Path(bot.__path__[0]).parent
    for file in (file for room in ("bot", "handlers", "storage") for file in (root / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crash_point":
                (name,) = node.args
                assert isinstance(name, ast.Constant)
                passed.add(name.value)
    assert passed == POINTS
