"""`micic desk`: the secretariat's consolidation desk, on its own computer. Reads no environment and no data folder.

Not here: the desk (`bot.desk`).
"""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.cli.output import say
from bot.cli.progress import Bar
from bot.cli.refusals import remark
from bot.core.errors import Refused
from bot.desk import log, material, server
from bot.desk.desk import Desk
from bot.sealing import read_identities


def desk(chosen: argparse.Namespace) -> None:
    """Open exports and the log beside the first of them, take in other logs, and serve the pages until Ctrl-C."""
    identities = read_identities(chosen.identity)
    with Bar() as bar:
        found = material.read(chosen.files, identities, bar.stage)
    path = chosen.log or chosen.files[0].with_suffix(".decisions")
    kept = log.Log(path, identities)
    try:
        made = Desk(found, kept, chosen.author)
        made.template = _template(chosen.template)
        for other in chosen.merge:
            remark(f"{other}: decisions taken in: {made.merge(log.read(other, identities))}")
        for export in found.exports:
            if export.fault:
                remark(f"{export.name} was left out. {export.fault}")
        if kept.torn is not None:
            remark(f"The last decision was not written to its end; it was set aside as {kept.torn}.")
        remark(f"Decisions are kept, sealed, in {path}. Keep a copy of it. Ctrl-C ends the desk.")
        asyncio.run(server.serve(made, chosen.port, say_address))
    finally:
        kept.close()


def _template(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error


def say_address(address: str) -> None:
    """The one line on stdout."""
    say(address)
    sys.stdout.flush()  # whoever waits for the line through a pipe must not wait for more
