"""Commands for the secretariat's own computer: `keys new`, `open`. They read no environment and no data folder.

Not here: what becomes of an opened export (`bot.exports`).
"""

import argparse

from bot.cli.output import say
from bot.cli.refusals import remark
from bot.core.errors import Refused
from bot.exports import bundle
from bot.exports.opening import opened
from bot.questionnaires.library import FORMS, form
from bot.sealing import new_identity, open_document, read_identities, write_identity


def new_key(chosen: argparse.Namespace) -> None:
    """Make a key file; its public half is the only line on stdout."""
    folder = chosen.output.absolute().parent
    if not folder.is_dir():
        raise Refused("folder_missing", path=str(folder))
    identity = new_identity()
    write_identity(chosen.output, identity)
    say(identity.recipient)
    remark("The line above is the public key: give it to whoever runs `micic init`.")
    remark(
        f"{chosen.output} is the private key: never send it to anybody, never put it on the bot's server, "
        "and keep a copy in a safe place."
    )


def open_export(chosen: argparse.Namespace) -> None:
    """Open a sealed export with one key and write it in a format."""
    output = chosen.output
    if output.is_dir():
        raise Refused("output_is_folder", path=str(output))
    if output.exists():
        if any(source.exists() and output.samefile(source) for source in (chosen.file, chosen.identity)):
            raise Refused("output_is_input", path=str(output))
        if not chosen.force:
            raise Refused("output_exists", path=str(output))
    identities = read_identities(chosen.identity)
    with bundle.read(chosen.file) as sealed:
        lines = opened(sealed, lambda part: open_document(part, identities))
        count = chosen.format.write(lines, form(FORMS[0]).questionnaire, output)
    say(f"{output}: contributions: {count}")
    remark("This file holds the answers in clear: keep it on this computer, and erase it when it has been used.")
