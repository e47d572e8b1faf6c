"""Everything that can be said about a form before it is compiled: all faults at once, each with its cell.

A chat cannot ask everything a form can hold. What it cannot ask is refused by name, never left out in silence.
Not here: reading the file (`sheets`), the grammar of expressions (`grammar`, `expressions`).
"""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.core.contributions import UNDISCLOSED
from bot.core.dialogue.questionnaire import Kind
from bot.questionnaires.building import TERRITORIES, YES, language_code
from bot.questionnaires.expressions import compile_expression
from bot.questionnaires.faults import ExpressionFault, Fault
from bot.questionnaires.grammar import OWN
from bot.questionnaires.sheets import Row, Sheets

SHORT_LIMIT = 40
"""Characters that fit a button."""

BEGIN, END = "begin_group", "end_group"

TYPES: Mapping[str, str] = {
    **{kind.value: kind.value for kind in Kind},
    "string": Kind.TEXT.value,
    "int": Kind.INTEGER.value,
    BEGIN: BEGIN,
    END: END,
    "begin group": BEGIN,
    "end group": END,
}
"""What the column `type` may say, select types without their list."""

TRANSLATED = frozenset(("label", "hint", "constraint_message", "required_message", "bot::short"))
NO = frozenset(("", "no", "false", "false()"))
_SELECTS = frozenset((Kind.SELECT_ONE.value, Kind.SELECT_MULTIPLE.value))
_ASKED = _SELECTS | {Kind.TEXT.value, Kind.INTEGER.value, Kind.AUDIO.value}
_AUDIO = frozenset((Kind.AUDIO.value,))
_ALL = frozenset(TYPES.values())

SURVEY_COLUMNS: Mapping[str, frozenset[str]] = {
    "type": _ALL,
    "name": _ALL,
    "label": _ALL,
    "hint": _ALL,
    "relevant": _ALL - {END},
    "required": _ALL,
    "required_message": _ASKED,
    "constraint": _ASKED - _AUDIO,
    "constraint_message": _ASKED - _AUDIO,
    "calculation": frozenset((Kind.CALCULATE.value,)),
    "bot::short": _ALL,
    "bot::undisclosed": _ASKED,
    "bot::completes": _ASKED,
    "bot::first": _SELECTS,
    "bot::max_length": frozenset((Kind.TEXT.value,)),
    "bot::max_seconds": _AUDIO,
    "bot::max_megabytes": _AUDIO,
    "appearance": _ALL,
    "hxl": _ALL,
    "comment": _ALL,
}
"""Columns of the survey sheet, and the types at which each may be filled. The last three have no effect in a chat."""

CHOICE_COLUMNS = frozenset(("list_name", "name", "label", "bot::short", "hxl", "comment"))
SETTINGS = frozenset(("form_id", "title", "version", "default_language", "style", "comment"))
SHEETS = frozenset(("survey", "choices", "settings"))
REFUSED_SHEETS = frozenset(("external_choices", "entities", "osm"))

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_CODE = re.compile(r"[A-Za-z0-9_.-]+")
_CHOICE_TYPES = {"bot::completes": ("addressee", "moment"), "bot::first": ("countries",)}


_LIMITS = {
    "bot::max_length": (10**9, "1, 2, 3, …"),
    "bot::max_seconds": (3600, "1, 2, 3, … 3600"),
    "bot::max_megabytes": (20, "1, 2, 3, … 20"),
}
"""The largest number for each, and how that is told. Telegram gives bots no file above 20 MB."""


def type_of(row: Row) -> tuple[str, str]:
    """Canonical type and list name of a survey row; the type is "" for one that a chat cannot ask."""
    words = " ".join(row.text("type").split())
    kind, _, rest = words.partition(" ")
    if kind.lower() in _SELECTS:
        return (kind.lower(), rest) if rest and " " not in rest else ("", rest)
    return TYPES.get(words.lower(), "") if words.lower() not in _SELECTS else "", ""


def faults_of(sheets: Sheets) -> list[Fault]:
    """Every fault of the form, in the order of its sheets."""
    return [*_sheet_faults(sheets), *_survey_faults(sheets), *_choice_faults(sheets), *_settings_faults(sheets)]


def _sheet_faults(sheets: Sheets) -> Iterator[Fault]:
    for name in sheets.names:
        if name.lower() in REFUSED_SHEETS:
            yield Fault(name, 0, "", "sheet_unsupported", {"sheet": name})
    if not sheets.survey:
        yield Fault("survey", 0, "", "sheet_missing", {"sheet": "survey"})
    if not sheets.settings:
        yield Fault("settings", 0, "", "sheet_missing", {"sheet": "settings"})


def _survey_faults(sheets: Sheets) -> Iterator[Fault]:
    lists = {row.text("list_name") for row in sheets.choices} | {TERRITORIES}
    default = _default_language(sheets)
    seen: set[str] = set()
    depth = 0
    for row in sheets.survey:
        at = _place("survey", row)
        kind, list_name = type_of(row)
        if not kind:
            yield at("type", "type_unsupported" if row.text("type") else "type_missing", type=row.text("type"))
            continue
        depth += {BEGIN: 1, END: -1}.get(kind, 0)
        if depth < 0:
            yield at("type", "group_unpaired")
            depth = 0
        if kind == END:
            continue
        name = row.text("name")
        if not _NAME.fullmatch(name) or name == "meta":
            yield at("name", "name_invalid" if name else "name_missing", name=name)
        elif name in seen:
            yield at("name", "name_doubled", name=name)
        seen.add(name)
        if kind in _SELECTS and list_name not in lists:
            yield at("type", "list_missing", list=list_name)
        if kind in _ASKED | {Kind.NOTE.value}:
            yield from _label_faults(row, at, default)
        if kind == Kind.CALCULATE.value and not row.text("calculation"):
            yield at("calculation", "calculation_missing")
        yield from _column_faults(row, at, kind)
        yield from _text_faults(row, at)
    if depth:
        yield Fault("survey", 0, "type", "group_unpaired", {})
    yield from _expression_faults(sheets)


def _column_faults(row: Row, at: "Place", kind: str) -> Iterator[Fault]:
    for column in row.cells:
        if column not in SURVEY_COLUMNS:
            yield at(column, "column_unsupported", column=row.heading(column))
        elif kind not in SURVEY_COLUMNS[column]:
            yield at(column, "column_misplaced", column=row.heading(column), type=kind)
    for column in ("required", "bot::undisclosed"):
        if row.text(column).lower() not in YES | NO:
            yield at(column, "value_unknown", value=row.text(column), known="yes, no")
    for column, known in _CHOICE_TYPES.items():
        if row.text(column) not in ("", *known):
            yield at(column, "value_unknown", value=row.text(column), known=", ".join(known))
    for column, (most, numbers) in _LIMITS.items():
        limit = row.text(column)
        if limit and not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= most):
            yield at(column, "value_unknown", value=limit, known=numbers)


def _label_faults(row: Row, at: "Place", default: str) -> Iterator[Fault]:
    labels = row.cells.get("label", ())
    if not any(_code_of(cell.language, default) == default for cell in labels):
        yield at("label", "label_missing", language=default)


def _text_faults(row: Row, at: "Place") -> Iterator[Fault]:
    for column, cells in row.cells.items():
        for cell in cells:
            if cell.language and column not in TRANSLATED:
                yield at(column, "column_unsupported", column=cell.column)
            elif cell.language and not language_code(cell.language):
                yield at(column, "language_unnamed", language=cell.language)
            if column in TRANSLATED and "${" in cell.value:
                yield at(column, "insertion_unsupported")
            if column == "bot::short" and len(cell.value) > SHORT_LIMIT:
                yield at(column, "short_too_long", length=len(cell.value), limit=SHORT_LIMIT)


def _expression_faults(sheets: Sheets) -> Iterator[Fault]:
    known: list[str] = []
    sealed: set[str] = set()
    calculates: set[str] = set()
    for row in sheets.survey:
        kind, _ = type_of(row)
        if kind in _ASKED or kind == Kind.CALCULATE.value:
            known.append(row.text("name"))
            if kind in (Kind.TEXT.value, Kind.AUDIO.value):
                sealed.add(row.text("name"))
            elif kind == Kind.CALCULATE.value:
                calculates.add(row.text("name"))
    asked_before: set[str] = set()
    for row in sheets.survey:
        at = _place("survey", row)
        kind, _ = type_of(row)
        name = row.text("name")
        for column in ("relevant", "constraint", "calculation"):
            source = row.text(column)
            if not source:
                continue
            unreadable = sealed - {name} if column == "constraint" else sealed | ({OWN} if name in sealed else set())
            try:
                expression = compile_expression(source, known, unreadable)
            except ExpressionFault as fault:
                yield at(column, fault.code, **fault.params)
                continue
            later = [other for other in expression.mentions if other not in asked_before | calculates]
            if column == "relevant" and later:
                yield at(column, "expression_later", name=later[0])
        asked_before.add(name)


def _choice_faults(sheets: Sheets) -> Iterator[Fault]:
    default = _default_language(sheets)
    seen: set[tuple[str, str]] = set()
    for row in sheets.choices:
        at = _place("choices", row)
        list_name, code = row.text("list_name"), row.text("name")
        if not list_name:
            yield at("list_name", "list_unnamed")
        if list_name == TERRITORIES:
            yield at("list_name", "list_reserved", list=list_name)
        if not _CODE.fullmatch(code) or code == UNDISCLOSED:
            yield at("name", "code_invalid" if code else "name_missing", name=code)
        elif (list_name, code) in seen:
            yield at("name", "name_doubled", name=code)
        seen.add((list_name, code))
        for column in row.cells:
            if column not in CHOICE_COLUMNS:
                yield at(column, "column_unsupported", column=row.heading(column))
        yield from _label_faults(row, at, default)
        yield from _text_faults(row, at)


def _settings_faults(sheets: Sheets) -> Iterator[Fault]:
    for row in sheets.settings[:1]:
        at = _place("settings", row)
        for column in row.cells:
            if column not in SETTINGS:
                yield at(column, "column_unsupported", column=row.heading(column))
        for column in ("form_id", "title", "version"):
            if not row.text(column):
                yield at(column, "setting_missing", column=column)
        if row.text("form_id") and not _CODE.fullmatch(row.text("form_id")):
            yield at("form_id", "code_invalid", name=row.text("form_id"))
        language = row.text("default_language")
        if language and not language_code(language):
            yield at("default_language", "language_unnamed", language=language)


def _default_language(sheets: Sheets) -> str:
    declared = sheets.settings[0].text("default_language") if sheets.settings else ""
    return language_code(declared) or "en"


def _code_of(language: str, default: str) -> str:
    return language_code(language) if language else default


Place = Callable[..., Fault]


def _place(sheet: str, row: Row) -> Place:
    def fault(column: str, code: str, /, **params: str | int) -> Fault:
        return Fault(sheet, row.number, row.heading(column), code, params)

    return fault
