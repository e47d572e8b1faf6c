"""Holds requests, answers and updates against a machine-readable description of the Bot API.

The description is a JSON file that its user points to: `methods` and `types`, each with `fields` of `name`, `types`,
`required`; `returns`; `subtypes`. Nothing is read at import. Findings name the place, never the contents.
"""

import json
from pathlib import Path
from typing import Any

from bot.emulator.parameters import Parameters

_ARRAY = "Array of "
_KEPT = 1_000


class Specification:
    """One loaded description and what did not fit it."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.methods: dict[str, Any] = description["methods"]
        self.types: dict[str, Any] = description["types"]
        self.violations: list[str] = []

    @classmethod
    def read(cls, path: Path) -> "Specification":
        """From a file. Raises `OSError`, `ValueError`, `KeyError` when it is not one."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def check_request(self, method: str, parameters: Parameters) -> None:
        """Unknown, missing and mistyped parameters."""
        entry = self.methods.get(method)
        if entry is None:
            self._note(f"{method}: no such method")
            return
        fields = {field["name"]: field for field in entry.get("fields", ())}
        given = {**parameters.values, **parameters.uploads}
        attached = {
            value.removeprefix("attach://") for value in _strings(parameters.values) if value.startswith("attach://")
        }
        for name in given:
            if name not in fields and name not in attached:
                self._note(f"{method}: unknown parameter {name}")
        for name, field in fields.items():
            if given.get(name) is None:
                if field["required"]:
                    self._note(f"{method}: parameter {name} is missing")
            elif name not in parameters.uploads:
                self._check_parameter(method, name, parameters.values[name], field["types"])

    def _check_parameter(self, method: str, name: str, value: Any, kinds: list[str]) -> None:
        problems: list[str] = []
        for kind in kinds:
            found = self._problem(_unwrapped(value, kind), kind, f"{method}.{name}", wire=True)
            if found is None:
                return
            problems.append(found)
        self._note(problems[0] if len(kinds) == 1 else f"{method}.{name}: fits none of {', '.join(kinds)}")

    def check_answer(self, method: str, result: Any) -> None:
        """The `result` of a method."""
        entry = self.methods.get(method)
        if entry is not None:
            self._check_one_of(result, entry["returns"], f"answer of {method}")

    def check_update(self, update: Any) -> None:
        """An update before it is delivered."""
        self._check_one_of(update, ["Update"], "update")

    def _check_one_of(self, value: Any, kinds: list[str], place: str) -> None:
        problems = [self._problem(value, kind, place) for kind in kinds]
        if None not in problems:
            self._note(str(problems[0]))

    def _note(self, sentence: str) -> None:
        if len(self.violations) < _KEPT:
            self.violations.append(sentence)

    def _problem(self, value: Any, kind: str, place: str, wire: bool = False) -> str | None:
        """What is wrong with `value` as a `kind`, or None. `wire`: parts may be text that stands for the value."""
        if kind.startswith(_ARRAY):
            if not isinstance(value, list):
                return f"{place}: not an array"
            inner = kind.removeprefix(_ARRAY)
            found = (self._problem(item, inner, f"{place}[{index}]", wire) for index, item in enumerate(value))
            return next((one for one in found if one is not None), None)
        match kind:
            case "Integer":
                fits = isinstance(value, int) and not isinstance(value, bool)
            case "Float":
                fits = isinstance(value, int | float) and not isinstance(value, bool)
            case "Boolean":
                fits = isinstance(value, bool)
            case "String":
                fits = isinstance(value, str)
            case "InputFile":
                fits = wire and isinstance(value, str)
            case _:
                return self._object_problem(value, kind, place, wire)
        return None if fits else f"{place}: not of type {kind}"

    def _object_problem(self, value: Any, kind: str, place: str, wire: bool) -> str | None:
        entry = self.types.get(kind)
        if entry is None:
            return f"{place}: unknown type {kind}"
        if "subtypes" in entry:
            problems = [self._problem(value, one, place, wire) for one in entry["subtypes"]]
            if None in problems:
                return None
            return f"{place}: fits no kind of {kind} ({problems[0]})"
        if not isinstance(value, dict):
            return f"{place}: not a {kind}"
        fields = {field["name"]: field for field in entry.get("fields", ())}
        for name in value:
            if name not in fields:
                return f"{place}: {kind} has no field {name}"
        for name, field in fields.items():
            if name not in value:
                if field["required"]:
                    return f"{place}: {kind} lacks {name}"
                continue
            problems = [self._problem(value[name], one, f"{place}.{name}", wire) for one in field["types"]]
            if None not in problems:
                return problems[0]
        return None


def _unwrapped(value: Any, kind: str) -> Any:
    """What a parameter's text stands for, when the kind is not text itself."""
    if not isinstance(value, str) or kind in ("String", "InputFile"):
        return value
    if kind == "Boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    try:
        return json.loads(value)
    except ValueError:
        return value


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        if value[:1] in "[{":
            try:
                return _strings(json.loads(value))
            except ValueError:
                return [value]
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return []
