"""What the author of a form should know though it can be used: what has no effect here, what readers will miss.

Not here: what must be mended (`checks`), sentences (`remark.<code>` in `locales`).
"""

from collections.abc import Collection, Iterator

from bot.core.dialogue.questionnaire import Kind
from bot.core.editions import Fault
from bot.questionnaires.building import TERRITORIES, YES, has_code, language_code
from bot.questionnaires.checks import (
    CHOICE_COLUMNS,
    HARMLESS,
    REFUSED_SHEETS,
    SETTINGS,
    SHEETS,
    SHORT_LIMIT,
    SINGLE_COLON,
    SURVEY_COLUMNS,
    TRANSLATED,
    default_language,
    is_comment,
    is_meant,
    is_metadata,
    is_picture,
    is_refused,
    is_stray,
    type_of,
)
from bot.questionnaires.rewriting import GUIDE
from bot.questionnaires.sheets import Row, Sheets

_ASKED = frozenset((Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.TEXT, Kind.INTEGER, Kind.AUDIO))


def remarks_of(sheets: Sheets, spoken: Collection[str]) -> list[Fault]:
    """All of them, in the order of the sheets. `spoken` are the languages that people are offered."""
    return [
        *_of_sheets(sheets),
        *_of_languages(sheets, spoken),
        *_of_columns(sheets),
        *_of_survey(sheets),
        *_of_choices(sheets),
        *_of_settings(sheets),
    ]


def _of_sheets(sheets: Sheets) -> Iterator[Fault]:
    for name in sheets.names:
        if name.lower() not in SHEETS | REFUSED_SHEETS | {GUIDE} and len(sheets.names) > 1:
            yield Fault(name, 0, "", "sheet_ignored", {"sheet": name[:40]})
    for sheet, row in sheets.merged[:20]:
        yield Fault(sheet, row, "", "cells_merged", {})
    for sheet, row, letter in sheets.unheaded[:20]:
        yield Fault(sheet, row, letter, "cell_unheaded", {})


def _of_languages(sheets: Sheets, spoken: Collection[str]) -> Iterator[Fault]:
    """Which languages are missing as a whole or here and there, and which nobody will read."""
    default = default_language(sheets)
    columns: dict[tuple[str, str], set[str]] = {}
    """Sheet and column, to the languages in which it is written anywhere."""
    named: dict[str, Fault] = {}
    for sheet, rows in (("survey", sheets.survey), ("choices", sheets.choices)):
        for row in rows:
            for column, cells in row.cells.items():
                if column not in TRANSLATED:
                    continue
                for cell in cells:
                    code = language_code(cell.language) if cell.language else default
                    columns.setdefault((sheet, column), set()).add(code)
                    if cell.language and code and not has_code(cell.language):
                        params = {"language": cell.language[:40], "code": code}
                        named.setdefault(cell.language, Fault(sheet, 1, cell.column, "language_guessed", params))
    yield from named.values()
    written = {code for codes in columns.values() for code in codes} | {default}
    if unread := sorted(set(spoken) - written):
        yield Fault("survey", 0, "label", "language_missing", {"languages": ", ".join(unread), "other": default})
    for code in sorted(written - set(spoken) - {""}):
        yield Fault("survey", 0, "label", "language_unspoken", {"language": code})
    for sheet, rows in (("survey", sheets.survey), ("choices", sheets.choices)):
        for row in rows:
            for column, cells in row.cells.items():
                here = {language_code(cell.language) if cell.language else default for cell in cells}
                missing = sorted((columns.get((sheet, column), set()) & set(spoken)) - here - {default})
                if column in ("label", "hint") and missing and not is_metadata(row):
                    yield Fault(sheet, row.number, column, "translation_missing", {"languages": ", ".join(missing)})


def _of_columns(sheets: Sheets) -> Iterator[Fault]:
    """Columns that have no effect here, each once, at the first row that fills it."""
    for sheet, rows, known in (
        ("survey", sheets.survey, frozenset(SURVEY_COLUMNS)),
        ("choices", sheets.choices, CHOICE_COLUMNS),
        ("settings", sheets.settings[:1], SETTINGS),
    ):
        told: set[str] = set()
        for row in rows:
            for column, cells in row.cells.items():
                if (
                    column in known
                    or column in told
                    or column == "read_only"
                    or SINGLE_COLON.fullmatch(cells[0].column)
                ):
                    continue
                told.add(column)
                if not (sheet == "survey" and is_refused(column)) and not (sheet == "choices" and is_picture(column)):
                    yield Fault(sheet, row.number, cells[0].column, "column_ignored", {"column": cells[0].column[:60]})


def _of_survey(sheets: Sheets) -> Iterator[Fault]:
    names: dict[str, str] = {}
    for row in sheets.survey:
        kind, _ = type_of(row)
        if is_comment(row) and row.cells.keys() & {*SURVEY_COLUMNS} - {"comment"}:
            yield _at(row, "type", "row_ignored")
            continue
        if is_metadata(row):
            yield _at(row, "type", "metadata_ignored", type=row.text("type")[:40])
            continue
        name = row.text("name")
        other = names.setdefault(name.casefold(), name)
        if other != name:
            yield _at(row, "name", "name_alike", name=name[:60], other=other[:60])
        if kind not in _ASKED:
            continue
        if type_of(row)[1] == TERRITORIES:
            yield _at(row, "type", "list_ours", list=TERRITORIES)
        strict = row.text("required").lower() in YES and row.text("bot::undisclosed").lower() not in YES
        if strict:
            yield _at(row, "required", "required_strict", name=name[:60])
        for appearance in row.text("appearance").split():
            if appearance.lower() not in HARMLESS | {"label"} and not is_meant(appearance):
                yield _at(row, "appearance", "appearance_ignored", appearance=appearance[:40])


def _of_choices(sheets: Sheets) -> Iterator[Fault]:
    for row in sheets.choices:
        if is_stray(row) and row.cells.keys() & CHOICE_COLUMNS - {"comment"}:
            yield Fault("choices", row.number, "list_name", "row_ignored", {})
            continue
        if "bot::short" in row.cells:
            continue
        longest = max((len(cell.value) for cell in row.cells.get("label", ())), default=0)
        if longest > SHORT_LIMIT:
            yield Fault("choices", row.number, "label", "label_long", {"length": longest, "limit": SHORT_LIMIT})


def _of_settings(sheets: Sheets) -> Iterator[Fault]:
    for column, value in sheets.assumed.items():
        yield Fault("settings", 2, column, "setting_assumed", {"column": column, "value": value[:60]})


def _at(row: Row, column: str, code: str, **params: str | int) -> Fault:
    return Fault("survey", row.number, row.heading(column), code, params)
