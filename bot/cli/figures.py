"""The command `figures`: how it goes, in the same whole fives of whole days that organizers see in the chat.

Not here: what may be shown (`bot.core.figures`, `storage.figures`).
"""

import argparse
import asyncio
import csv
import io
import sys
from collections.abc import Iterator

from bot.cli.folder import consultation, stores
from bot.cli.output import say, table
from bot.cli.refusals import remark
from bot.core.consultations import BY_ID
from bot.core.disclosure import LEAST
from bot.core.figures import FUNNEL, Figures, Stage

HEADINGS = ("consultation", "until", "stage", "language", "questionnaire", "day", "at_least")
_STAGES = (*FUNNEL, Stage.WITHDRAWN)


def figures(chosen: argparse.Namespace) -> None:
    """A table to read, or CSV: the cells, and what was shown from which day on."""
    names = list(BY_ID) if chosen.consultation is None else [consultation(chosen.consultation).id]

    async def read() -> list[Figures]:
        async with stores() as opened:
            return [opened.figures.of(name) for name in names]

    found = asyncio.run(read())
    if chosen.csv:
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerows([HEADINGS, *(row for one in found for row in _rows(one))])
        sys.stdout.write(made.getvalue())
        return
    headings = ("consultation", *(stage.value for stage in _STAGES))
    table(headings, [(one.consultation, *(_few(one.total(stage)) for stage in _STAGES)) for one in found])
    parts = [row for one in found for row in _parts(one)]
    if parts:
        table(("consultation", "handed in", "at least"), parts)
    say(f"Until the end of {found[0].until} (UTC). Each number is rounded down to fives; - means fewer than {LEAST}.")
    remark("Totals add up rounded numbers, so that nothing can be worked out from them: there are at least so many.")


def _few(number: int) -> str:
    return str(number) if number else "-"


def _parts(one: Figures) -> Iterator[tuple[str, str, str]]:
    """What was handed in by questionnaire and language, where anything may be shown."""
    languages = sorted({tick.language for tick in one.counts if tick.stage is Stage.SUBMITTED})
    for form in one.questionnaires():
        yield one.consultation, form, _few(one.total(Stage.SUBMITTED, questionnaire=form))
    for language in languages:
        yield one.consultation, language, _few(one.total(Stage.SUBMITTED, language=language))


def _rows(one: Figures) -> Iterator[tuple[str, ...]]:
    for tick, number in sorted(one.counts.items()):
        yield one.consultation, one.until, tick.stage.value, tick.language, tick.questionnaire, "", str(number)
    for step in one.days:
        yield one.consultation, one.until, step.stage.value, "", "", step.day, str(step.shown)
