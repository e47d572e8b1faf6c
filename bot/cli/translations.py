"""The commands `translations export`, `translations import`: the spreadsheet for volunteers, out and in again.

Not here: what stands in it (`locales.workbook`), what is checked (`locales.importing`).
"""

import argparse
from pathlib import Path

from bot.cli import refusals
from bot.cli.output import say
from bot.core.errors import Refused
from locales import importing, workbook
from locales.coverage import State, share, texts
from locales.languages import home


def export(chosen: argparse.Namespace) -> None:
    """Write a language's spreadsheet. Raises Refused `language_unknown`, `output_exists`."""
    folder, output = _folder(chosen), Path(chosen.output)
    packed = workbook.export(folder, chosen.language)
    try:
        with output.open("xb") as file:
            file.write(packed)
    except FileExistsError as error:
        raise Refused("file_exists", path=str(output)) from error
    found = texts(folder, chosen.language)
    todo = sum(text.state is not State.OK for text in found)
    say(f"Written: {output}", f"texts: {share(found)[1]}, to do: {todo}")


def take(chosen: argparse.Namespace) -> None:
    """Take a spreadsheet back. Raises Refused: nothing was changed, and stderr says where and why."""
    folder = _folder(chosen)
    try:
        done = importing.take(folder, chosen.file)
    except workbook.Unusable as unusable:
        for fault in unusable.faults:
            refusals.remark(fault.line())
        raise
    right, wanted = share(texts(folder, done.language))
    say(f"Texts changed: {len(done.changed)}", *(f"  {name}" for name in done.files))
    say(f"{done.language}: {right} of {wanted} texts are translated")


def _folder(chosen: argparse.Namespace) -> Path:
    """The texts of the installed program, or of a folder of the same shape."""
    return Path(chosen.folder) if chosen.folder else Path(str(home(None)))
