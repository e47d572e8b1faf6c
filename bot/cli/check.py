"""The command `check`: looks at all that can be wrong before people come, and says what to do about each.

A row is `ok`, a `note` (it works, and could be better) or a `problem`. Nothing is changed, nobody is asked over the
network. Not here: the checks that every start makes (`storage.keys`, `bot.settings`); they are only called.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.cli.folder import SYSTEM, stores
from bot.cli.output import say, table
from bot.cli.refusals import without_secrets
from bot.core.consultations import CONSULTATIONS
from bot.core.errors import ConsultationError, Corrupt, Misconfigured, Refused
from bot.core.staff import about
from bot.questionnaires.library import FORMS, form
from bot.sealing import read_identities
from bot.settings import Settings, load
from locales.briefings import Library
from locales.catalogue import Catalogue
from locales.coverage import State, Text, share, texts
from locales.languages import DEFAULT, Language, home, read_languages
from locales.operator import sentence
from storage import keys

Row = tuple[str, str, str]
"""What was looked at; `ok`, `note` or `problem`; what was found, and what to do."""

_LARGEST_KEY_FILE = 10_000


def check(chosen: argparse.Namespace) -> None:
    """Print what was found. Raises Refused `check_failed` (count) if something is a problem."""
    del chosen
    rows = [*_configuration(), *_texts()]
    todo: list[str] = []
    if not any(what in ("texts", "briefings") and state == "problem" for what, state, _ in rows):
        for row, lines in _languages():
            rows.append(row)
            todo += lines
    table(("check", "state", "what was found"), rows)
    if todo:
        say("Texts to be done (`micic translations export` writes those of a language to a spreadsheet):")
        say(*(f"  {line}" for line in todo))
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
    yield from asyncio.run(_staff())
    try:
        yield asyncio.run(_replica(settings))
    except ConsultationError as error:
        yield "second copy", "problem", without_secrets(sentence(error))


async def _staff() -> list[Row]:
    """Whether the roles are those that were given, the audit log is whole, and what stands still."""
    async with stores() as opened:
        whole, broken = opened.store.staff.whole, opened.audit.verify()
        held, frozen = opened.store.staff.held(), opened.store.staff.freezes()
    roles: Row = ("roles", "ok", f"organizers and secretariat, by tags: {len({one.actor for one in held})}")
    if not whole:
        roles = ("roles", "problem", sentence(Refused("roster_broken")))
    log: Row = ("audit log", "ok", "no act was changed or dropped")
    if broken is not None:
        log = ("audit log", "problem", sentence(Corrupt("audit_broken", number=broken)))
    still: list[Row] = []
    if frozen:
        names = ", ".join(about(one) for one in frozen)
        still = [("emergency stop", "note", f"stands still: {names}. `micic thaw` lets it go on")]
    return [roles, log, *still]


async def _replica(settings: Settings) -> Row:
    """How the second copy of the vault stands; without it nothing leaves the chats before 40 hours are over."""
    what = "second copy"
    async with stores() as opened:
        folder, behind = opened.replica.folder, opened.replica.behind
        if settings.replica_dir is None and not folder.exists():
            return (
                what,
                "note",
                "the bot makes it. Set MICIC_REPLICA_DIR to a folder on another disk: one disk can fail",
            )
        state = await opened.replica.state()
    if state == "missing" and behind:
        return (
            what,
            "problem",
            f"it is not in {folder}, or is not the one that was filled. A running bot fills it again",
        )
    if state == "behind":
        return what, "note", f"contributions it does not have yet: {behind}. A running bot copies them within minutes"
    if folder.stat().st_dev == settings.data_dir.stat().st_dev:
        return what, "note", "it is on the same disk as the vault. Set MICIC_REPLICA_DIR to a folder on another one"
    return what, "ok", f"it is whole, in {folder}"


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
    def read_form(name: str) -> str:
        return f"version {form(name).questionnaire.version} can be asked"

    def read_all(load: Callable[[], object]) -> str:
        load()
        return "they can be read"

    for name in FORMS:
        yield _looked(f"questionnaire {name}", lambda name=name: read_form(name))  # type: ignore[misc]
    yield _looked("texts", lambda: read_all(Catalogue.load))
    yield _looked("briefings", lambda: read_all(Library.load))


def _languages() -> Iterator[tuple[Row, list[str]]]:
    """A row for each language, and a line for each of its texts that is to be done."""
    yield ("language English", "ok", "the language of the sources"), []
    for declared in read_languages(home(None)):
        if declared.code != DEFAULT:
            found = texts(home(None), declared.code)
            todo = [text for text in found if text.state is not State.OK]
            yield _language(declared, share(found), len(todo)), [_todo(declared, text) for text in todo]


def _language(declared: Language, figures: tuple[int, int], todo: int) -> Row:
    what = f"language {declared.english_name}"
    right, wanted = figures
    figure = f"{right} of {wanted} texts ({100 * right // wanted} %)"
    if not todo:
        hidden = "" if declared.ready else "; offered to people once languages.toml says ready = true"
        return what, "ok", f"complete: {figure}{hidden}"
    if not declared.ready:
        return what, "note", f"{figure}; not offered to people yet. Below is what is to be done: {todo}"
    remedy = "English stands in for what is missing or stale. Complete it, or set ready = false in languages.toml"
    return what, "problem", f"{figure}. Below is what is to be done: {todo}. {remedy}"


def _todo(declared: Language, text: Text) -> str:
    why = " ".join(sentence(fault) for fault in text.faults)
    return f"{declared.code} {text.state.value} {text.domain}:{text.key}{f'  {why}' if why else ''}"
