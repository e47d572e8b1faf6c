"""How much there is of what, where there is little or nothing, and a text by which to ask for more.

What counts as little is read off the table as it may be shown, where a hidden number looks the same whether it is small
or hides another: so a text that goes out says no more than the table. Not here: the page (`pages`).
"""

from collections.abc import Mapping
from functools import cache

from bot.core.consultations import BY_ID
from bot.core.disclosure import Guarded, guarded
from bot.desk.desk import Desk
from bot.exports.frame import Frame
from bot.questionnaires.library import form

ASKED = ("phase", "groups")
"""Questions of which a text asks for what is missing; themes are thirty, and few people are asked by a theme."""


Grid = tuple[list[str], Guarded]
"""Codes of a question, and by consultation (in the order of `BY_ID`) what may be shown of each."""


def grids(desk: Desk, *questions: str) -> dict[str, Grid]:
    """A grid for each question, made together: looking at each contribution is what takes the time."""
    found = {}
    for question, cells in desk.tally(*questions).items():
        codes = [code.code for code in desk.codebook(question)]
        found[question] = codes, guarded([[cells[code, consultation] for consultation in BY_ID] for code in codes])
    return found


def missing(desk: Desk, made: Mapping[str, Grid]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """For each consultation from which anything came: by question, the codes of which there is little or nothing.

    `made`: grids, those of `ASKED` among them.
    """
    came = {line["consultation"] for line in desk.lines.values() if line["state"] == "submitted"}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for question in ASKED:
        codes, shown = made[question]
        for column, consultation in enumerate(BY_ID):
            little = tuple(code for code, row in zip(codes, shown.cells, strict=True) if not row[column])
            if consultation in came and little:
                found.setdefault(consultation, {})[question] = little
    return found


def ask(desk: Desk, consultation: str) -> str:
    """A text to pass on, in every language of the form, one below the other; empty where nothing is missing."""
    wanted = missing(desk, grids(desk, *ASKED)).get(consultation)
    if wanted is None:
        return ""
    return "\n\n----------\n\n".join(_asked(desk, consultation, wanted, frame) for frame in _frames()) + "\n"


def _asked(desk: Desk, consultation: str, wanted: Mapping[str, tuple[str, ...]], frame: Frame) -> str:
    lines = [frame.consultation(consultation), "", frame.text("coverage.little")]
    for question, codes in wanted.items():
        named = [frame.choice(question, code) for code in codes]
        named = [
            desk.name_of(question, code) if name == code else name for name, code in zip(named, codes, strict=True)
        ]
        lines += ["", frame.question(question), *(f"- {name}" for name in named)]
    return "\n".join([*lines, "", frame.text("coverage.ask")])


@cache
def _frames() -> tuple[Frame, ...]:
    questionnaire = form("recommendation").questionnaire
    return tuple(Frame(questionnaire, language) for language in questionnaire.languages)
