"""Code and template name the same keys: none is asked for that is not there, none is there that nobody asks for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.core.consultations import CONSULTATIONS
from bot.core.contributions import State
from bot.core.events import OTHER_KINDS
from handlers.commands import COMMANDS
from locales.catalogue import Catalogue
from locales.translations import BUTTON, limit, read_notes

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "storage", "locales")
TEMPLATE = ROOT / "locales" / "messages.pot"

ENDINGS = {
    "command.{}": [command.name for command in COMMANDS],
    "consultation.{}.name": [consultation.id for consultation in CONSULTATIONS],
    "consultation.{}.short": [consultation.id for consultation in CONSULTATIONS],
    "other.{}": list(OTHER_KINDS),
    "receipt.state_{}": [state.value for state in State],
}
"""What stands in a key that is put together, where that is a list of ours; elsewhere any word may."""

NOT_SHOWN = re.compile(
    r"consultation\.\w+\.place"  # for whoever reads the list of consultations
)
"""Keys that no screen asks for by name, and why."""

NO_KEYS = {"export.zip", "receipt.key"}
"""Strings that only read as keys: names of files."""

KEY = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")


def _trees() -> Iterator[ast.Module]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield ast.parse(path.read_text("utf-8"))


def _joined(node: ast.JoinedStr) -> str:
    """`f"other.{kind}"` as `other.{}`."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def named(trees: Iterator[ast.Module] | list[ast.Module]) -> tuple[set[str], set[str]]:
    """Strings that read as keys, and patterns of keys that are put together."""
    whole: set[str] = set()
    patterns: set[str] = set()
    for tree in trees:
        pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if id(node) in pieces:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pattern = _joined(node)
                if "{}" in pattern and KEY.fullmatch(pattern.replace("{}", "x")) and not pattern.startswith("{}"):
                    patterns.add(pattern)
    return whole, patterns


def possible(pattern: str) -> re.Pattern[str]:
    endings = "|".join(map(re.escape, ENDINGS[pattern])) if pattern in ENDINGS else "[a-z0-9_]+"
    return re.compile(re.escape(pattern).replace(r"\{\}", f"(?:{endings})"))


def absent(whole: set[str], keys: set[str]) -> set[str]:
    """What reads as a key of the template's sections and is none. Modules are named `bot.…`, too."""
    sections = {key.split(".")[0] for key in keys} - {"bot"}
    return {key for key in whole - keys - NO_KEYS if key.split(".")[0] in sections}


def unused(whole: set[str], patterns: set[str], keys: set[str]) -> set[str]:
    put_together = [possible(pattern) for pattern in patterns]
    rest = (key for key in keys - whole if not NOT_SHOWN.fullmatch(key))
    return {key for key in rest if not any(pattern.fullmatch(key) for pattern in put_together)}


KEYS = set(Catalogue.load().keys())


def test_every_key_in_the_code_is_in_the_template() -> None:
    whole, patterns = named(_trees())
    assert "dialogue.next" in whole
    assert "consultation.{}.name" in patterns
    assert absent(whole, KEYS) == set()
    for pattern, endings in ENDINGS.items():
        assert pattern in patterns, f"nothing asks for {pattern} any more"
        assert {pattern.replace("{}", ending) for ending in endings} <= KEYS


def test_every_key_of_the_template_is_used() -> None:
    assert unused(*named(_trees()), KEYS) == set()


def test_a_key_that_is_misspelt_or_left_over_is_noticed() -> None:
    code = ["say('dialogue.nxet')", "say(f'other.{kind}')", "say('dialogue.next')"]
    whole, patterns = named([ast.parse(line) for line in code])
    assert absent(whole, KEYS) == {"dialogue.nxet"}
    assert unused(whole, patterns, {"dialogue.next", "dialogue.back", "other.photo", "other.smell"}) == {
        "dialogue.back",
        "other.smell",
    }


def _buttons() -> set[str]:
    """Keys and patterns that stand on a button: `_button("key", …)`, `Button(words.plain("key"), …)`."""
    found: set[str] = set()
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            if called in {"Button", "_button"}:
                inside = [one for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant | ast.JoinedStr)]
                whole, patterns = named([ast.Module([ast.Expr(one)], []) for one in inside])
                found |= whole | {key for key in KEYS for pattern in patterns if possible(pattern).fullmatch(key)}
    return found & KEYS


def unbounded() -> set[str]:
    notes = read_notes(TEMPLATE)
    return {key for key in _buttons() if limit(notes.get(key, "")) != BUTTON}


def test_the_template_says_what_is_a_button() -> None:
    """The note of an entry is what bounds it, for the program and for translators."""
    assert len(_buttons()) > 30
    assert unbounded() == set(), 'put "#. Button." before the entry in messages.pot'


def test_what_telegram_limits_has_its_limit_in_the_template() -> None:
    notes = read_notes(TEMPLATE)
    wanted = {f"command.{command.name}": 60 for command in COMMANDS}
    wanted |= {"bot.name": 64, "bot.description": 512, "bot.short_description": 120}
    assert {key: limit(notes.get(key, "")) for key in wanted} == wanted
