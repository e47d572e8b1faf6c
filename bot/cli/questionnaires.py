"""The commands `questionnaire …`: list forms, check a file, add, retire and return it, and a template to start from.

Not here: how a form is checked and compiled (`bot.questionnaires`), keeping it (`storage.editions`).
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.cli.folder import consultation, stores
from bot.cli.output import say, table
from bot.cli.refusals import remark
from bot.core.consultations import CONSULTATIONS
from bot.core.dialogue.questionnaire import Kind
from bot.core.editions import Edition, Examined, Fault
from bot.core.errors import Misconfigured, Refused
from bot.questionnaires.examining import apart, form_of
from bot.questionnaires.faults import Faulty
from bot.questionnaires.inspection import MAX_FILE
from bot.questionnaires.library import library
from bot.questionnaires.template import template
from bot.questionnaires.wording import places, walk
from locales.catalogue import Catalogue
from locales.languages import DEFAULT
from storage.factory import Stores

_PATIENT = 60.0
"""Seconds that a check may take where nobody's chat waits for it."""


def list_questionnaires(chosen: argparse.Namespace) -> None:
    """Each form: id, version, title, how many questions, languages, where it is offered."""
    del chosen
    rows = []
    for form in library().values():
        questionnaire = form.questionnaire
        asked = sum(question.kind not in (Kind.NOTE, Kind.CALCULATE) for question in questionnaire.questions)
        title = questionnaire.titles[questionnaire.default_language]
        languages = " ".join(questionnaire.languages)
        rows.append((questionnaire.id, questionnaire.version, title, str(asked), languages, "everywhere"))
    try:
        rows += asyncio.run(_brought())
    except Misconfigured as error:
        if error.code not in ("data_dir_missing", "not_initialised"):
            raise
    table(("id", "version", "title", "questions", "languages", "offered in"), rows)


async def _brought() -> list[tuple[str, str, str, str, str, str]]:
    async with stores() as opened:
        found: dict[str, tuple[Edition, list[str]]] = {}
        for edition, where in opened.editions.everywhere():
            found.setdefault(edition.version, (edition, []))[1].append(where)
    return [
        (one.form, one.version, _title(one), str(one.questions), " ".join(one.languages), " ".join(where))
        for one, where in sorted(found.values(), key=lambda pair: pair[0].form)
    ]


def add(chosen: argparse.Namespace) -> None:
    """Check a file; without `--check` publish it in the consultations that are named, or in all."""
    wanted = [consultation(name).id for name in chosen.consultation] or [one.id for one in CONSULTATIONS]
    catalogue = Catalogue.load()
    spoken = [language.code for language in catalogue.languages]
    examined = asyncio.run(apart(_content(chosen.file), chosen.file.name, spoken, _PATIENT))
    _report(catalogue, examined)
    edition = examined.edition
    if edition is None:
        raise Faulty(examined.faults)
    if chosen.check:
        form = form_of(edition)
        for code in [code for code in spoken if code in edition.languages]:
            say("", f"[{code}]", *walk(catalogue, form, code).splitlines())
        remark("Nothing was published. The same command without --check publishes it.")
        return
    asyncio.run(_publish(edition, wanted))
    say(f"{edition.form} {edition.version}: {_title(edition)}: offered in {' '.join(wanted)}")


def retire(chosen: argparse.Namespace) -> None:
    """Offer a form no longer. Drafts under way go on. Raises Refused `form_unknown` (form)."""
    wanted = [consultation(name).id for name in chosen.consultation] or [one.id for one in CONSULTATIONS]

    async def work() -> list[str]:
        async with stores() as opened:
            return [where for where in wanted if await _retired(opened, where, chosen.id)]

    done = asyncio.run(work())
    if not done:
        raise Refused("form_unknown", form=chosen.id[:40])
    say(f"{chosen.id}: offered no longer in {' '.join(done)}. Who is in the middle of it can finish.")


def make_template(chosen: argparse.Namespace) -> None:
    """Write the workbook to start from."""
    if chosen.output.exists():
        raise Refused("output_exists", path=str(chosen.output))
    chosen.output.write_bytes(template())
    say(f"{chosen.output}: change it in Excel or LibreOffice; the sheet how_to tells how.")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Faulty([Fault("", 0, "", "file_too_large", {"limit": MAX_FILE // 2**20})])
        return path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error


def _report(catalogue: Catalogue, examined: Examined) -> None:
    rows: list[tuple[str, str, str]] = []
    for state, kind, found in (("problem", "fault", examined.faults), ("note", "remark", examined.remarks)):
        rows += [(where or "the file", state, what) for where, what in places(catalogue, DEFAULT, found, kind)]
    if rows:
        table(("where", "state", "what to do"), rows)


async def _publish(edition: Edition, wanted: Sequence[str]) -> None:
    async with stores() as opened:
        await opened.editions.keep(edition)
        for where in wanted:
            await opened.audit.note("operator", "form_published", where, edition.version)
            await opened.editions.offer(where, edition.version)


async def _retired(opened: Stores, where: str, form: str) -> bool:
    if not any(one.form == form for one in opened.editions.offered(where)):
        return False
    version = next(one.version for one in opened.editions.offered(where) if one.form == form)
    await opened.audit.note("operator", "form_retired", where, version)
    return await opened.editions.retire(where, form)


def _title(edition: Edition) -> str:
    return next(iter(edition.titles.values()), "")
