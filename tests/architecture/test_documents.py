"""Documents are tested: what they must name is named, and what must not stand in the tree does not."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
UNDOCUMENTED = {"clock_file", "crash"}
"""Settings for fault tests only."""


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_every_setting_is_in_the_readme() -> None:
    names = {PREFIX + name.upper() for name in Settings.model_fields if name not in UNDOCUMENTED}
    assert PREFIX + "DATA_DIR" in names
    assert {name for name in names if name not in README} == set()


def test_the_readme_names_the_commands_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("demo", "test", "check"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_readme_shows_what_exists() -> None:
    shown = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert "LICENSE" in shown
    assert [path for path in shown if not (ROOT / path).exists()] == []


def test_no_contract_has_an_exception() -> None:
    """The rule is dead once it collects exceptions."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert len(linter["contracts"]) >= 7
    assert not any("ignore_imports" in contract for contract in linter["contracts"])


def test_requirements_are_pinned_with_hashes_and_name_no_index() -> None:
    for name in ("run.txt", "dev.txt", "aiogram.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==", text, re.MULTILINE)
        assert len(pinned) >= 10
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text


def test_nothing_that_belongs_to_one_machine_is_tracked() -> None:
    files = tracked()
    assert ROOT / "README.md" in files
    names = {file.name for file in files}
    assert not names & {"uv.lock", "pylock.toml", ".env"}
    private = re.compile(r"(?:^|[\s\"'=(])/(?:home|root|Users)/[a-z]")
    for file in files:
        if file.suffix in {".py", ".md", ".toml", ".txt", ".pot", ".po", ".js", ".sh", ""} and file.is_file():
            text = file.read_text(errors="replace")
            assert not private.search(text), file
