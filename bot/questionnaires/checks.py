"""Everything that can be said about a form before it is compiled: all faults at once, each with its cell.

A chat cannot ask everything a form can hold. What it cannot ask is refused by name, never left out in silence.
Not here: reading the file (`sheets`), the grammar of expressions (`grammar`, `expressions`).
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.core.contributions import UNDISCLOSED
from bot.core.dialogue.questionnaire import Kind
from bot.questionnaires.building import TERRITORIES, YES, language_code
from bot.questionnaires.expressions import compile_expression
from bot.questionnaires.faults import ExpressionFault, Fault
from bot.questionnaires.grammar import OWN
from bot.questionnaires.sheets import Cell, Row, Sheets

SHORT_LIMIT = 40
"""Characters that fit a button."""
LONGEST_TEXT = 2_500
"""Characters of a question with its hint, which share one message with what is around them."""
LONGEST_ID = 40
LONGEST_EXPRESSION = 1_000
MOST_ASKED = 40
"""Questions of a form: the review shows all of them in one message."""

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

TRANSLATED = frozenset(("label", "hint", "constraint_message", "required_message", "bot::short", "bot::title"))
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

REFUSED_COLUMNS = frozenset(
    ("choice_filter", "repeat_count", "default", "parameters", "trigger", "image", "audio", "video", "big-image",
     "big_image", "save_to", "query", "save_incomplete", "disabled", "body::accuracythreshold")
)  # fmt: skip
"""Columns of XLSForm that change what is asked or what an answer is, which a chat cannot follow."""
REFUSED_PARTS = ("media", "bind", "body", "control", "instance")
"""What such columns begin with, before one or two colons."""
_INSTEAD_OF_COLUMN: Mapping[str, str] = {
    "choice_filter": "column_filter",
    "default": "column_default",
    **dict.fromkeys(("image", "audio", "video", "big-image", "big_image", "media"), "column_media"),
}
"""Columns that are often filled, each with a sentence of its own."""
METADATA = frozenset(
    ("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
     "start-geopoint", "background-audio", "background-geopoint", "start time", "end time", "device id", "imei",
     "get today", "get start time", "get end time", "get device id", "get phone number", "get subscriber id",
     "get sim id", "phone number", "subscriber id", "sim id", "hidden")
)  # fmt: skip
"""Rows that ask nothing but note when, where or on which phone a form was filled in. This bot keeps none of that."""
HARMLESS = frozenset(
    ("minimal", "quick", "quickcompact", "compact", "horizontal", "horizontal-compact", "columns", "columns-pack",
     "columns-1", "columns-2", "columns-3", "columns-4", "columns-5", "no-buttons", "likert", "autocomplete",
     "multiline", "field-list", "list-nolabel", "table-list", "w1", "w2", "w3", "w4", "w5", "w6", "pages",
     "theme-grid", "thousands-sep", "counter", "spinner", "search", "summary", "compact-1", "compact-2")
)  # fmt: skip
"""Appearances that only say how something looks."""

_INSTEAD: Mapping[str, frozenset[str]] = {
    "type_repeat": frozenset(("begin repeat", "end repeat", "begin_repeat", "end_repeat", "begin loop", "end loop")),
    "type_place": frozenset(("geopoint", "geotrace", "geoshape", "gps", "location", "osm")),
    "type_file": frozenset(("image", "photo", "video", "file", "barcode", "signature", "draw", "annotate")),
    "type_date": frozenset(("date", "time", "datetime", "date time")),
    "type_number": frozenset(("decimal", "range", "percentage")),
    "type_agree": frozenset(("acknowledge", "trigger")),
}
"""Types that a chat cannot ask, each with a sentence of its own on what to write instead."""
SINGLE_COLON = re.compile(r"(label|caption|hint|constraint_message|required_message):[^:].*", re.IGNORECASE)

CHOICE_COLUMNS = frozenset(("list_name", "name", "label", "bot::short", "hxl", "comment"))
SETTINGS = frozenset(("form_id", "title", "version", "default_language", "style", "comment", "bot::title"))
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


_SPELT = {
    "select one from file ": "select_one_from_file ",
    "select multiple from file ": "select_multiple_from_file ",
    "select one external ": "select_one_external ",
    "add select one prompt using ": "select_one ",
    "add select multiple prompt using ": "select_multiple ",
    "select all that apply from ": "select_multiple ",
    "select one from ": "select_one ",
    "select1 ": "select_one ",
    "select one ": "select_one ",
    "select multiple ": "select_multiple ",
    "select all that apply ": "select_multiple ",
}
"""Other spellings of types with a list, also those of forms made in the first years of XLSForm; the longest first."""


def type_of(row: Row) -> tuple[str, str]:
    """Canonical type and list name of a survey row; the type is "" for one that a chat cannot ask."""
    words = " ".join(row.text("type").split())
    for old, new in _SPELT.items():
        if words.lower().startswith(old):
            words = new + words[len(old) :]
    kind, _, rest = words.partition(" ")
    if kind.lower() in _SELECTS:
        return (kind.lower(), rest) if rest and " " not in rest else ("", rest)
    return TYPES.get(words.lower(), "") if words.lower() not in _SELECTS else "", ""


def _small(row: Row) -> str:
    """The type as ODK takes it, "" where it is written so."""
    written, list_name = " ".join(row.text("type").split()), type_of(row)[1]
    kind = written.removesuffix(list_name)
    return kind.lower() + list_name if kind != kind.lower() else ""


def faults_of(sheets: Sheets) -> list[Fault]:
    """Every fault of the form, in the order of its sheets and their rows; what is of a whole sheet comes last there."""
    return [
        *_sheet_faults(sheets),
        *_by_row(
            _with_headings(sheets, "survey", [*_heading_faults("survey", sheets.survey), *_survey_faults(sheets)])
        ),
        *_by_row(
            _with_headings(sheets, "choices", [*_heading_faults("choices", sheets.choices), *_choice_faults(sheets)])
        ),
        *_settings_faults(sheets),
    ]


_NEEDED: Mapping[str, Mapping[str, str]] = {
    "survey": {"type": "type_missing", "name": "name_missing", "label": "label_missing"},
    "choices": {"list_name": "list_unnamed", "name": "name_missing", "label": "label_missing"},
}
"""Columns without which a sheet says nothing, and what would be said of each row in vain."""


def _with_headings(sheets: Sheets, sheet: str, faults: list[Fault]) -> list[Fault]:
    """The faults, with one for a heading that is missing in place of one for every row."""
    headings = sheets.headings.get(sheet, frozenset())
    if not _begun(sheets, sheet) or any(fault.code == "column_single_colon" for fault in faults):
        return faults
    missing = [column for column in _NEEDED[sheet] if column not in headings]
    if not missing or (sheet == "choices" and not sheets.choices):
        return faults
    vain = {_NEEDED[sheet][column] for column in missing} | {"questions_none"}
    told = [Fault(sheet, 1, column, "heading_missing", {"column": column}) for column in missing]
    return [*told, *(fault for fault in faults if fault.code not in vain)]


def _begun(sheets: Sheets, sheet: str) -> bool:
    """Whether anything stands on a sheet, with headings or without."""
    return bool(sheets.headings.get(sheet)) or any(name.lower() == sheet for name, _, _ in sheets.unheaded)


def _by_row(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.row or math.inf)


def _heading_faults(sheet: str, rows: Iterable[Row]) -> Iterator[Fault]:
    """A language behind one colon, where other headings have two: once for each column, as XLSForm passes over it."""
    for heading in dict.fromkeys(cell.column for row in rows for cell in _uncoupled(row)):
        yield Fault(sheet, 1, heading, "column_single_colon", {"column": heading[:80]})


def _uncoupled(row: Row) -> Iterator[Cell]:
    for column, cells in row.cells.items():
        if column not in TRANSLATED:
            yield from (cell for cell in cells if SINGLE_COLON.fullmatch(cell.column))


def _sheet_faults(sheets: Sheets) -> Iterator[Fault]:
    for name in sheets.names:
        if name.lower() in REFUSED_SHEETS:
            yield Fault(name, 0, "", "sheet_unsupported", {"sheet": name})
    if not sheets.survey and not _begun(sheets, "survey"):
        yield Fault("survey", 0, "", "sheet_missing", {"sheet": "survey"})
    if not sheets.choices and any(type_of(row)[1] not in ("", TERRITORIES) for row in sheets.survey):
        yield Fault("choices", 0, "", "sheet_missing", {"sheet": "choices"})
    if not sheets.settings:
        yield Fault("settings", 0, "", "sheet_missing", {"sheet": "settings"})


def _survey_faults(sheets: Sheets) -> Iterator[Fault]:
    lists = {row.text("list_name") for row in sheets.choices} | {TERRITORIES}
    default = default_language(sheets)
    label = _label_heading(sheets.survey, default)
    seen: set[str] = set()
    depth = 0
    for row in sheets.survey:
        at = _place("survey", row)
        kind, list_name = type_of(row)
        if not kind:
            if not is_metadata(row) and not is_comment(row):
                rule = f"selected(${{{row.text('name') or 'question'}}}, 'other')"
                yield at("type", _refusal(row.text("type")), type=row.text("type")[:80], rule=rule)
            continue
        if small := _small(row):
            yield at("type", "type_small", instead=small)
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
        if kind in _SELECTS and list_name not in lists and sheets.choices:
            yield at("type", "list_missing", list=list_name)
        if kind in _ASKED | {Kind.NOTE.value}:
            yield from _label_faults("survey", row, label, default)
        if kind == Kind.CALCULATE.value and not row.text("calculation"):
            yield at("calculation", "calculation_missing")
        yield from _column_faults(row, at, kind)
        yield from _text_faults(row, at)
    if depth:
        yield Fault("survey", 0, "type", "group_unpaired", {})
    asked = sum(type_of(row)[0] in _ASKED for row in sheets.survey)
    if asked > MOST_ASKED:
        yield Fault("survey", 0, "type", "questions_too_many", {"number": asked, "limit": MOST_ASKED})
    if (
        not asked
        and _begun(sheets, "survey")
        and all(type_of(row)[0] or is_metadata(row) or is_comment(row) for row in sheets.survey)
    ):
        yield Fault("survey", 0, "type", "questions_none", {})
    yield from _expression_faults(sheets)


def is_metadata(row: Row) -> bool:
    """Whether the row asks nothing and only notes something about the phone or the hour."""
    return " ".join(row.text("type").lower().split()) in METADATA


def is_comment(row: Row) -> bool:
    """Whether the row only says something to its author: XLSForm passes over rows without type, name and label."""
    return not any(column in row.cells for column in ("type", "name", "label"))


def is_stray(row: Row) -> bool:
    """Whether a row of choices is of no list, and is passed over."""
    return not any(column in row.cells for column in ("list_name", "name", "label"))


def _refusal(kind: str) -> str:
    """Why this type is not taken, as exactly as can be said."""
    words = " ".join(kind.lower().split())
    if not words:
        return "type_missing"
    if words.endswith(("or_other", "or specify other", "or other")):
        return "type_or_other"
    if words.partition(" ")[0] in ("select_one_from_file", "select_multiple_from_file", "select_one_external",
                                   "csv-external", "xml-external"):  # fmt: skip
        return "type_external"
    if words.startswith(("select one from file", "select multiple from file", "select one external")):
        return "type_external"
    if words in _SELECTS:
        return "type_without_list"
    if words.startswith("begin loop"):
        return "type_repeat"
    return next((code for code, kinds in _INSTEAD.items() if words in kinds), "type_unsupported")


def _column_faults(row: Row, at: "Place", kind: str) -> Iterator[Fault]:
    for column in row.cells:
        if column not in SURVEY_COLUMNS:
            if is_refused(column) and row.text(column).lower() not in NO:
                code = _INSTEAD_OF_COLUMN.get(_PART.split(column)[0], "column_unsupported")
                yield at(column, code, column=row.heading(column))
        elif kind not in SURVEY_COLUMNS[column]:
            yield at(column, "column_misplaced", column=row.heading(column), type=kind)
    for appearance in row.text("appearance").split():
        if appearance.lower() == "label" and kind in _SELECTS:
            yield at("appearance", "appearance_label")
        elif is_meant(appearance):
            yield at("appearance", "appearance_unsupported", appearance=appearance[:40])
    if row.text("read_only").lower() not in NO:
        yield at("read_only", "column_unsupported", column=row.heading("read_only"))
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


_MEANING = frozenset(
    ("numbers", "masked", "url", "signature", "draw", "annotate", "image-map", "map", "printer:", "randomized")
)
"""Appearances that change what may be answered, or how."""


def is_meant(appearance: str) -> bool:
    """Whether an appearance says more than how something looks."""
    return appearance.lower().startswith(("ex:", "search(", "intent:")) or appearance.lower() in _MEANING


def is_refused(column: str) -> bool:
    """Whether a column of the survey sheet means something in XLSForm that a chat cannot do."""
    return column in REFUSED_COLUMNS or (":" in column and _PART.split(column)[0] in REFUSED_PARTS)


_PART = re.compile(r"::?")


def is_picture(column: str) -> bool:
    """Whether a column of the choices shows or plays something."""
    return column.startswith(("media", "image", "audio", "video", "big-image", "big_image"))


def _label_heading(rows: Iterable[Row], default: str) -> str:
    """The heading of the column in which the texts in the form's own language stand."""
    labels = (cell for row in rows for cell in row.cells.get("label", ()))
    return next((cell.column for cell in labels if _code_of(cell.language, default) == default), "label")


def _label_faults(sheet: str, row: Row, heading: str, default: str) -> Iterator[Fault]:
    labels = row.cells.get("label", ())
    if any(_uncoupled(row)):
        return  # that is the fault, and told once
    if not any(_code_of(cell.language, default) == default for cell in labels):
        yield Fault(sheet, row.number, heading, "label_missing", {"language": default})


def _text_faults(row: Row, at: "Place") -> Iterator[Fault]:
    for column, cells in row.cells.items():
        for cell in cells:
            if cell.language and column not in TRANSLATED:
                if column in SURVEY_COLUMNS and column not in ("appearance", "hxl", "comment"):
                    yield at(cell.column, "column_unsupported", column=cell.column)
            elif cell.language and not language_code(cell.language):
                yield at(cell.column, "language_unnamed", language=cell.language[:40])
            if column in TRANSLATED and "${" in cell.value:
                yield at(cell.column, "insertion_unsupported", sign="${…}")
            if column in TRANSLATED and len(cell.value) > LONGEST_TEXT:
                yield at(cell.column, "text_too_long", length=len(cell.value), limit=LONGEST_TEXT)
            if column == "bot::short" and len(cell.value) > SHORT_LIMIT:
                yield at(cell.column, "short_too_long", length=len(cell.value), limit=SHORT_LIMIT)


_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
"""Quotes that Word and Excel make curly, which pyxform makes straight again."""


def _expression_faults(sheets: Sheets) -> Iterator[Fault]:
    known: list[str] = []
    sealed: set[str] = set()
    calculates: set[str] = set()
    passed = {row.text("name") for row in sheets.survey if is_metadata(row)}
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
            source = row.text(column).translate(_STRAIGHT)
            if not source or (kind and kind not in SURVEY_COLUMNS[column]):
                continue
            unreadable = sealed - {name} if column == "constraint" else sealed | ({OWN} if name in sealed else set())
            if len(source) > LONGEST_EXPRESSION:
                yield at(column, "expression_too_long", length=len(source), limit=LONGEST_EXPRESSION)
                continue
            try:
                expression = compile_expression(source, known, unreadable)
            except ExpressionFault as fault:
                # What is to be written instead, since braces have no place in a sentence of ours.
                sample = f"${{{fault.params.get('name', 'question')}}}"
                unknown = fault.code == "expression_unknown" and fault.params["name"] in passed
                code = "expression_passed" if unknown else fault.code
                yield at(column, code, **{**fault.params, "sample": sample, "today": "today()"})
                continue
            later = [other for other in expression.mentions if other not in asked_before | calculates]
            if column == "relevant" and later:
                yield at(column, "expression_later", name=later[0])
        asked_before.add(name)


def _choice_faults(sheets: Sheets) -> Iterator[Fault]:
    default = default_language(sheets)
    label = _label_heading(sheets.choices, default)
    seen: set[tuple[str, str]] = set()
    for row in sheets.choices:
        at = _place("choices", row)
        list_name, code = row.text("list_name"), row.text("name")
        if is_stray(row):
            continue
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
            if is_picture(column):
                yield at(column, "column_media", column=row.heading(column))
        yield from _label_faults("choices", row, label, default)
        yield from _text_faults(row, at)


def _settings_faults(sheets: Sheets) -> Iterator[Fault]:
    for row in sheets.settings[:1]:
        at = _place("settings", row)
        for column in ("form_id", "title", "version"):
            if not row.text(column):
                yield at(column, "setting_missing", column=column)
        if row.text("form_id") and not _CODE.fullmatch(row.text("form_id")):
            yield at("form_id", "code_invalid", name=row.text("form_id")[:80])
        elif len(row.text("form_id")) > LONGEST_ID:
            yield at("form_id", "id_too_long", length=len(row.text("form_id")), limit=LONGEST_ID)
        yield from _text_faults(row, at)
        language = row.text("default_language")
        if language and not language_code(language):
            yield at("default_language", "language_unnamed", language=language)


def default_language(sheets: Sheets) -> str:
    """As the settings say it; else English where texts stand without a language; else that of the first label."""
    declared = sheets.settings[0].text("default_language") if sheets.settings else ""
    if declared:
        return language_code(declared) or "en"
    labels = [cell.language for row in sheets.survey for cell in row.cells.get("label", ())]
    codes = [language_code(language) for language in labels if language]
    return "en" if "" in labels or "en" in codes or not codes else codes[0] or "en"


def _code_of(language: str, default: str) -> str:
    return language_code(language) if language else default


Place = Callable[..., Fault]


def _place(sheet: str, row: Row) -> Place:
    def fault(column: str, code: str, /, **params: str | int) -> Fault:
        return Fault(sheet, row.number, row.heading(column), code, params)

    return fault
