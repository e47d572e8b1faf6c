"""Commands for the secretariat's own computer: `keys new`, `open`. They read no environment and no data folder.

Not here: what becomes of an opened export (`bot.exports`).
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.output import say
from bot.cli.progress import Bar
from bot.cli.refusals import remark
from bot.core.dialogue.draft import RESPONSE
from bot.core.dialogue.questionnaire import Questionnaire
from bot.core.errors import Corrupt, Refused
from bot.exports import bundle, kinds, succession
from bot.exports.opening import opened
from bot.exports.options import Multiple, Options, Values
from bot.exports.voices import Voices
from bot.questionnaires.faults import Faulty
from bot.questionnaires.gathering import gathered
from bot.questionnaires.library import FORMS, form
from bot.sealing import Identity, new_identity, open_document, read_identities, write_identity


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
    """Open sealed exports with one key and write what is in them in a format."""
    output = chosen.output
    _check_output(output, [*chosen.files, chosen.identity], force=chosen.force)
    kind = chosen.questionnaire or FORMS[0]
    if kind in FORMS:
        _check_language(chosen, form(kind).questionnaire)
    identities = read_identities(chosen.identity)
    others: Counter[str] = Counter()
    with ExitStack() as stack:
        bar = stack.enter_context(Bar())
        read = [stack.enter_context(bundle.read(file, bar.stage(f"Checking {file.name}"))) for file in chosen.files]
        bundles = succession.in_order(read)
        exact = chosen.format.name == "jsonl"  # holds every kind unless one is named
        voices = Voices(output, force=chosen.force, only=None if exact and not chosen.questionnaire else kind)
        lines = opened(bundles, lambda part: voices.laid(open_document(part, identities)))
        watched = bar.over(lines, sum(each.lines for each in bundles), "Opening")
        brought = _brought(bundles, identities)
        wanted, questionnaire = _kind(watched, chosen, others, brought)
        options = Options(
            values=Values(chosen.values),
            language=chosen.language,
            multiple=Multiple(chosen.multiple),
            hxl=chosen.hxl,
            day=datetime.now(UTC).date().isoformat(),
            origin=succession.origin(bundles),
        )
        count = chosen.format.write(wanted, questionnaire, output, options)
    say(f"{output}: {'rows' if chosen.questionnaire == RESPONSE else 'contributions'}: {count}")
    for other, number in sorted(others.items()):
        remark(f"Not in this file: {number} of the questionnaire {other}; --questionnaire {other} gives them.")
    if voices.any:
        remark(
            f"{voices.folder} holds the voice messages. A voice can be recognised: keep and erase them with the file."
        )
    remark("This file holds the answers in clear: keep it on this computer, and erase it when it has been used.")


def _check_output(output: Path, inputs: Sequence[Path], *, force: bool) -> None:
    if output.is_dir():
        raise Refused("output_is_folder", path=str(output))
    if output.exists():
        if any(source.exists() and output.samefile(source) for source in inputs):
            raise Refused("output_is_input", path=str(output))
        if not force:
            raise Refused("output_exists", path=str(output))


def _brought(bundles: Sequence[bundle.Bundle], identities: Sequence[Identity]) -> dict[str, Questionnaire]:
    """The questionnaires that organizers brought, as the exports carry them."""
    found = bundle.taken_along(bundles, lambda sealed: open_document(sealed, identities))
    try:
        return gathered(found)
    except (ValueError, KeyError, TypeError, Faulty) as error:
        raise Corrupt("part_misplaced", part=bundle.FORMS) from error


def _check_language(chosen: argparse.Namespace, questionnaire: Questionnaire) -> None:
    if chosen.language not in questionnaire.languages:
        known = ", ".join(questionnaire.languages)
        raise Refused("labels_missing", language=chosen.language[:20], known=known)


def _kind(
    lines: Iterable[kinds.Line],
    chosen: argparse.Namespace,
    others: Counter[str],
    brought: Mapping[str, Questionnaire],
) -> tuple[Iterable[kinds.Line], Questionnaire]:
    """The lines that were asked for, and whose columns they have. JSON Lines hold every kind unless one is named."""
    exact = chosen.format.name == "jsonl"
    kind = chosen.questionnaire or FORMS[0]
    if chosen.questionnaire or not exact:
        lines = kinds.only(lines, kind, others)
    questionnaire = brought[kind] if kind in brought and kind not in FORMS else form(kind).questionnaire
    _check_language(chosen, questionnaire)
    if kind != RESPONSE or exact:
        return lines, questionnaire
    return kinds.point_by_point(lines), kinds.columns_of_points(questionnaire)
