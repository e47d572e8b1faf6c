"""A private copy of the sources in which a fault may be planted; the working tree is never touched.

Not here: which faults (`planted`), and what must notice them.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.process import ROOT

_TAKEN = ("bot", "handlers", "storage", "locales", "tests", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@dataclass(frozen=True)
class Edit:
    """A piece of a source file that stands there exactly once, and what is put in its place."""

    file: str
    old: str
    new: str


class Stale(Exception):
    """An edit does not fit the sources any more: the fault has to be written anew. Names file and piece."""


def copy(folder: Path) -> Path:
    """Copy the sources into a new folder; returns it."""
    tree = folder / "tree"
    tree.mkdir()
    for name in _TAKEN:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, tree / name)
    return tree


@contextmanager
def planted(tree: Path, edits: Sequence[Edit]) -> Iterator[None]:
    """Apply all edits to a private tree; take them back afterwards. Raises Stale."""
    if tree.resolve() == ROOT.resolve():
        raise Stale("faults are planted in copies only")
    before = {edit.file: (tree / edit.file).read_text("utf-8") for edit in edits}
    try:
        for edit in edits:
            content = (tree / edit.file).read_text("utf-8")
            if content.count(edit.old) != 1:
                raise Stale(f"{edit.file} has {content.count(edit.old)} times: {edit.old}")
            (tree / edit.file).write_text(content.replace(edit.old, edit.new), "utf-8")
        yield
    finally:
        for file, content in before.items():
            (tree / file).write_text(content, "utf-8")


def surroundings(tree: Path) -> dict[str, str]:
    """For a Python that takes our modules from the tree, whatever was installed, and leaves no compiled files there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MICIC_", "PYTEST_"))}
    return kept | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


async def run_tests(tree: Path, tests: Sequence[str], seconds: float = 300.0) -> tuple[int, str]:
    """Run tests of the tree; pytest's exit code (0 passed, 1 failed, more: it could not run) and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "120", *tests),
        cwd=tree,
        env=surroundings(tree),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    except TimeoutError:
        return 1, "not done in time"
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode("utf-8", "replace")
