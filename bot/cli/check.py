"""The command `check`: looks at all that can be wrong before people come, and says what to do about each.

A row is `ok`, a `note` (it works, and could be better) or a `problem`. Nothing is changed, nobody is asked over the
network. Not here: the checks that every start makes (`storage.keys`, `bot.settings`); they are only called.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.cli.folder import SYSTEM, stores
from bot.cli.output import table
from bot.cli.refusals import without_secrets
from bot.core.consultations import CONSULTATIONS
from bot.core.dialogue.questionnaire import Form
from bot.core.errors import ConsultationError, Misconfigured, Refused
from bot.questionnaires.library import FORMS, form, parsed, translations
from bot.questionnaires.translation import messages
from bot.sealing import read_identities
from bot.settings import Settings, load
from locales.briefings import Library
from locales.catalogue import Catalogue
from locales.operator import sentence
from storage import keys

Row = tuple[str, str, str]
"""What was looked at; `ok`, `note` or `problem`; what was found, and what to do."""

_LARGEST_KEY_FILE = 10_000
_SHOWN = 3


def check(chosen: argparse.Namespace) -> None:
    """Print what was found. Raises Refused `check_failed` (count) if something is a problem."""
    del chosen
    rows = [*_configuration(), *_texts()]
    table(("check", "state", "what was found"), rows)
    problems = sum(state == "problem" for _, state, _ in rows)
    if problems:
        raise Refused("check_failed", count=problems)


def _looked(what: str, look: Callable[[], str]) -> Row:
    try:
        return what, "ok", look()
    except ConsultationError as error:
        return what, "problem", without_secrets(sentence(error))


def _configuration() -> Iterator[Row]:
    try:
        settings = load()
    except ConsultationError as error:
        yield "configuration", "problem", without_secrets(sentence(error))
        return
    yield "configuration", "ok", "every setting can be used"
    yield _looked("bot token", lambda: "it looks like one" if settings.token() else "")
    if "organisers" not in settings.model_fields_set:
        yield "notice", "note", "MICIC_ORGANISERS is not set, so the notice does not name who asks"
    if settings.telegram_url.startswith("http:"):
        yield "Telegram", "note", "MICIC_TELEGRAM_URL is not https: right on this computer, wrong over a network"
    if settings.crash:
        yield "crash point", "problem", "MICIC_CRASH ends the bot on purpose, for tests. Unset it"
    if settings.clock_file is not None:
        yield "clock", "problem", "MICIC_CLOCK_FILE makes the clock wrong on purpose, for tests. Unset it"
    yield from _data(settings)


def _data(settings: Settings) -> Iterator[Row]:
    folder = settings.data_dir
    for what, look in (("file rights", _rights), ("keys", _keys), ("stores", _stores)):
        row = _looked(what, lambda look=look: look(folder))  # type: ignore[misc]
        yield row
        if row[1] == "problem":
            return  # what follows would only say the same in other words


def _rights(folder: Path) -> str:
    keys.check_rights(folder)
    return f"only you can read {folder}"


def _keys(folder: Path) -> str:
    recipients = keys.load(folder).recipients.texts
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        # The one thing that must never lie here: a key that opens the answers.
        if path.stat().st_size <= _LARGEST_KEY_FILE and _held(path) & set(recipients):
            raise Misconfigured("answers_key_on_server", path=str(path))
    return f"the server's own are whole; answers are sealed to {len(recipients)} keys, and none of them is here"


def _held(path: Path) -> set[str]:
    """Public halves of the private keys in a file."""
    try:
        return {identity.recipient for identity in read_identities(path)}
    except Misconfigured:
        return set()


def _stores(folder: Path) -> str:
    del folder

    async def count() -> int:
        async with stores() as opened:
            return sum(opened.store.intake(one.id).takes(SYSTEM.now()) for one in CONSULTATIONS)

    return f"they open; consultations that take contributions now: {asyncio.run(count())}"


def _texts() -> Iterator[Row]:
    forms: list[Form] = []
    catalogues: list[Catalogue] = []
    libraries: list[Library] = []

    def read_form(name: str) -> str:
        forms.append(form(name))
        return f"version {forms[-1].questionnaire.version} can be asked"

    def read_catalogue() -> str:
        catalogues.append(Catalogue.load())
        return "they can be read"

    def read_briefings() -> str:
        libraries.append(Library.load())
        return "they can be read"

    for name in FORMS:
        yield _looked(f"questionnaire {name}", lambda name=name: read_form(name))  # type: ignore[misc]
    yield _looked("texts", read_catalogue)
    yield _looked("briefings", read_briefings)
    for catalogue in catalogues:
        coverage = catalogue.coverage()
        for language in catalogue.declared:
            found = coverage[language.code]
            lacking = [*found.malformed, *found.missing, *found.stale, *found.unknown]
            lacking += [text for one in forms for text in _untranslated(one, language.code)]
            lacking += [card for one in libraries for card in one.coverage().get(language.code, ())]
            yield _language(language.english_name, lacking, ready=language.ready)


def _language(name: str, lacking: Sequence[str], *, ready: bool) -> Row:
    what = f"language {name}"
    if not lacking:
        return what, "ok", "complete" if ready else "complete; offered to people once languages.toml says ready = true"
    some = ", ".join(lacking[:_SHOWN]) + (", …" if len(lacking) > _SHOWN else "")
    if not ready:
        return what, "note", f"not offered to people yet; texts to do: {len(lacking)} ({some})"
    remedy = "English stands in for them. Complete them, or set ready = false in languages.toml"
    return what, "problem", f"texts missing or out of date: {len(lacking)} ({some}). {remedy}"


def _untranslated(asked: Form, language: str) -> list[str]:
    """Texts of a form that a language lacks, or has for an older English text."""
    questionnaire = asked.questionnaire
    if language == questionnaire.default_language:
        return []
    found = translations(questionnaire.id).get(language)
    return [
        f"{questionnaire.id}:{message.context}"
        for message in messages(parsed(questionnaire.id))
        if isinstance(message.text, str) and (found is None or found.of(message.context, message.text) is None)
    ]
