"""From a form as people write it to a `Form`: checked, compiled by pyxform, built.

Not here: what is checked (`checks`), the building (`building`), which forms exist (`library`).
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from bot.core.dialogue.questionnaire import Form
from bot.questionnaires.building import TERRITORIES, build
from bot.questionnaires.checks import default_language, faults_of, is_metadata, type_of
from bot.questionnaires.faults import Fault, Faulty
from bot.questionnaires.sheets import Sheets, canonical, from_markdown, from_workbook
from bot.questionnaires.translation import Translations, template_of

_ROW_OF_PYXFORM = re.compile(r"\[row ?:? ?(\d+)\]|row (\d+)", re.IGNORECASE)


def compile_markdown(text: str, translations: Mapping[str, Translations] | None = None) -> Form:
    """One of our own forms, with its translations by language. Raises Faulty."""
    return build(parse(from_markdown(text)), translations)


def compile_workbook(content: bytes) -> Form:
    """A form from an .xlsx file; its translations are columns of it. Raises Faulty with every fault found."""
    return build(parse(from_workbook(content)))


def template(text: str) -> str:
    """The translators' .pot of a form in Markdown tables."""
    return template_of(parse(from_markdown(text)))


def parse(sheets: Sheets) -> dict[str, Any]:
    """The form as pyxform's JSON, once our own checks pass. `territories` is left for `build` to fill.

    Raises Faulty; a fault that only pyxform sees comes alone, as `form_refused` with its English `reason`.
    """
    faults = faults_of(sheets)
    if faults:
        raise Faulty(faults)
    raw = {name: deepcopy(getattr(sheets.raw, name)) for name in ("survey", "choices", "settings", "sheet_names")}
    for name in ("survey", "choices", "settings"):
        raw[f"{name}_header"] = deepcopy(getattr(sheets.raw, f"{name}_header"))
    for each in sheets.survey:
        if is_metadata(each):
            raw["survey"][each.number - 2] = {}
    if any(type_of(row)[1] == TERRITORIES for row in sheets.survey):
        _stand_in(raw)
    try:
        convert(_without_bot_columns(raw))  # the XForm itself: pyxform looks closer when it writes one
        _untabled(raw, sheets)
        compiled = workbook_to_json(
            workbook_dict=get_xlsform(raw), fallback_form_name=None, form_name=None, default_language=None, warnings=[]
        )
    except (PyXFormError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = str(error) if isinstance(error, PyXFormError) else ""
        found = _ROW_OF_PYXFORM.search(reason)
        row = int(next(filter(None, found.groups()))) if found else 0
        raise Faulty([Fault("survey", row, "", "form_refused", {"reason": reason})]) from error
    form = dict(compiled)
    form.get("choices", {}).pop(TERRITORIES, None)
    for choices in form.get("choices", {}).values():
        for choice in choices:
            _gather_short(choice)
    titles = {cell.language: cell.value for cell in sheets.settings[0].cells.get("bot::title", ())}
    if titles:
        form["title"] = {f"({default_language(sheets)})": form["title"], **titles}
    form["version"] = sheets.settings[0].text("version")
    form["default_language"] = default_language(sheets)
    return form


def _without_bot_columns(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The definition without the chat's own columns of choices, which pyxform cannot put into an XForm."""
    stripped: dict[str, Any] = deepcopy(dict(raw))
    for name in ("choices", "choices_header"):
        for row in stripped[name] or ():
            for heading in [heading for heading in row if heading.startswith("bot::")]:
                del row[heading]
    return stripped


def _untabled(raw: dict[str, Any], sheets: Sheets) -> None:
    """Without tables: for the heads of their columns pyxform makes questions of its own, which a chat would ask."""
    for row in sheets.survey:
        words = row.text("appearance").split()
        if "table-list" in words:
            kept = " ".join(word for word in words if word != "table-list")
            raw["survey"][row.number - 2][row.heading("appearance")] = kept


def _gather_short(choice: dict[str, Any]) -> None:
    """`bot_short_fr` of a choice to where the short names of questions are."""
    found = {key: canonical(key)[1] for key in choice if canonical(key)[0] == "bot::short" and "::" not in key}
    if found:
        choice["bot"] = {"short": {language: choice.pop(key) for key, language in found.items()}}


def _stand_in(raw: dict[str, Any]) -> None:
    """One row for the reserved list, in the columns of the sheet: pyxform wants every list to be there."""
    headings = list((raw["choices_header"] or [{"list_name": None, "name": None, "label": None}])[0])
    row = {
        heading: {"list_name": TERRITORIES, "list name": TERRITORIES, "name": "XX"}.get(heading, "XX")
        for heading in headings
    }
    raw["choices"] = [*(raw["choices"] or []), row]
    raw["choices_header"] = [dict.fromkeys(headings)]
