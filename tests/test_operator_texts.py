"""Every error that can be raised reads as a sentence that says what to do, and no sentence is for nothing."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

import bot
from bot.core import errors
from bot.core.errors import ConsultationError, Refused
from locales.operator import PLACEHOLDER, sentence, sentences

ROOT = Path(bot.__file__).parents[1]
ROOMS = ("bot", "handlers", "storage", "locales")

ELSEWHERE = {"bot/exports/opening.py"}
"""Where an error is raised again under the code it came with, so that no code stands there."""
NOBODY_RAISES: set[str] = set()
"""Sentences kept although no code raises them now; none so far."""


@dataclass(frozen=True)
class Raised:
    """One call that makes an error of the tree. `code` is None where it is not written out there."""

    place: str
    code: str | None
    params: frozenset[str]


def error_names(tree: ast.Module, known: frozenset[str]) -> frozenset[str]:
    """What a module calls the classes of the error tree: imported ones, and those it derives from them."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ROOMS:
            names |= {alias.asname or alias.name for alias in node.names if alias.name in known}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and derives(node, names | {"ConsultationError"}):
            names.add(node.name)
    return frozenset(names)


def derives(node: ast.ClassDef, names: Iterable[str]) -> bool:
    return any(isinstance(parent, ast.Name) and parent.id in names for parent in node.bases)


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"))


def raised_in(root: Path) -> list[Raised]:
    trees = dict(modules(root))
    known = frozenset(name for name, value in vars(errors).items() if isinstance(value, type))
    for _ in range(3):  # classes derived from derived ones
        known |= {name for tree in trees.values() for name in error_names(tree, known)}
    coded = {node.name for tree in trees.values() for node in ast.walk(tree) if sets_own_code(node)}
    found: list[Raised] = []
    for place, tree in trees.items():
        names = error_names(tree, known)
        names -= coded
        found += [made(place, node) for node in ast.walk(tree) if gives_own_code(node) or called(node) in names]
    return found


def called(node: ast.AST) -> str | None:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def sets_own_code(node: ast.AST) -> TypeGuard[ast.ClassDef]:
    """A class whose callers give no code, as `Faulty`."""
    return isinstance(node, ast.ClassDef) and any(map(gives_own_code, ast.walk(node)))


def gives_own_code(node: ast.AST) -> bool:
    is_parents = isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
    return is_parents and made("", node).code is not None


def made(place: str, node: ast.AST) -> Raised:
    assert isinstance(node, ast.Call)
    first = node.args[0] if node.args else None
    code = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    return Raised(place, code, frozenset(keyword.arg for keyword in node.keywords if keyword.arg))


def lacking(found: Iterable[Raised], known: Iterable[str]) -> set[tuple[str, str]]:
    """Code and place of what has no sentence."""
    return {(one.code, one.place) for one in found if one.code is not None and one.code not in known}


def unfilled(found: Iterable[Raised]) -> set[tuple[str, str]]:
    """Placeholders that some call does not fill, with the place of the call."""
    return {
        (f"{one.code}: {{{name}}}", one.place)
        for one in found
        if one.code is not None and one.code in sentences()
        for name in PLACEHOLDER.findall(sentences()[one.code])
        if name not in one.params
    }


@pytest.fixture(scope="module")
def found() -> list[Raised]:
    return raised_in(ROOT)


def test_finds_errors_in_every_room(found: list[Raised]) -> None:
    codes = {one.code for one in found}
    assert codes >= {
        "token_missing",  # a setting
        "part_digest",  # an export
        "invite_unknown",  # the stores
        "poll_conflict",  # a class derived in handlers
        "questionnaire_faulty",  # a class that sets its own code
        "briefing_unreadable",  # the texts
        "time_is_past",  # the command line
    }
    assert {one.place.split("/")[0] for one in found} == set(ROOMS)


def test_every_code_has_a_sentence(found: list[Raised]) -> None:
    assert lacking(found, sentences()) == set()


def test_every_placeholder_is_filled_wherever_the_code_is_raised(found: list[Raised]) -> None:
    assert unfilled(found) == set()


def test_every_code_is_written_out_where_it_is_raised(found: list[Raised]) -> None:
    assert {one.place for one in found if one.code is None} <= ELSEWHERE


def test_no_sentence_is_for_nothing(found: list[Raised]) -> None:
    assert set(sentences()) - {one.code for one in found} == NOBODY_RAISES


def test_a_code_without_a_sentence_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "planted.py").write_text(
        "from bot.core.errors import Corrupt, Refused as No\n"
        "class Own(Corrupt):\n    pass\n"
        "def one():\n    raise No('planted_code', path='x')\n"
        "def two():\n    raise Own('planted_in_own')\n"
        "def three(code):\n    raise No(code)\n"
        "def four():\n    raise Corrupt('part_digest')\n"
    )
    found = raised_in(tmp_path)
    place = "storage/planted.py"
    assert lacking(found, sentences()) == {("planted_code", place), ("planted_in_own", place)}
    assert unfilled(found) == {("part_digest: {part}", place)}
    assert [one.place for one in found if one.code is None] == [place]


@pytest.mark.parametrize("code", sorted(sentences()))
def test_a_sentence_is_one_line_and_whole(code: str) -> None:
    text = sentences()[code]
    assert text == text.strip()
    assert "\n" not in text
    assert text.endswith(".") or text.split()[-2] in ("700", "600")  # a command to copy stands at the end
    assert "{" not in PLACEHOLDER.sub("", text)


def test_fills_in_parameters() -> None:
    assert sentence(Refused("recipients_too_few", found=1, needed=2)).startswith(
        "Different public keys needed: 2; given: 1."
    )
    assert "{" not in sentence(Refused("recipients_too_few"))


def test_a_value_cannot_break_or_turn_the_line() -> None:
    line = sentence(Refused("file_exists", path="a\nmicic: all is well\x1b[2J\u202egnp\udce9" + "x" * 1000))
    assert "\n" not in line
    assert line.isprintable()
    assert len(line) < 500


def test_a_value_is_not_read_as_a_placeholder() -> None:
    assert "{known}" in sentence(Refused("consultation_unknown", consultation="{known}", known="eeca"))


def test_reads_what_people_are_told_where_there_is_nothing_else() -> None:
    assert sentence(Refused("send_again")).startswith("Something went wrong on our side")


def test_names_an_unknown_code() -> None:
    assert "no_such_code" in sentence(ConsultationError("no_such_code"))
