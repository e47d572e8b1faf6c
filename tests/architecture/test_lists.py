"""Lists are written out, not discovered; here each is compared with the files it stands for."""

from pathlib import Path

import bot
import bot.core.dialogue.steps as steps_package
import handlers
import handlers.commands as commands_package
import locales
import storage
from bot import exports
from bot.core.consultations import CONSULTATIONS
from bot.core.dialogue.steps import KINDS
from bot.core.events import OTHER_KINDS
from bot.exports.formats import FORMATS
from handlers.commands import COMMANDS
from handlers.reading import KINDS as READ_KINDS
from locales.catalogue import Catalogue

CATALOGUE = Catalogue.load()


def folder(package: object) -> Path:
    file = getattr(package, "__file__", None)
    assert isinstance(file, str)
    return Path(file).parent


def test_the_four_packages_are_ours() -> None:
    """Their names are common: another distribution could shadow one of them."""
    assert len({folder(package).parent for package in (bot, handlers, locales, storage)}) == 1


def test_every_command_has_its_file_its_line_and_its_text() -> None:
    files = {file.stem.rstrip("_") for file in folder(commands_package).glob("*.py")} - {"", "__init", "command"}
    assert "start" in files
    assert {command.name for command in COMMANDS} == files
    assert all(CATALOGUE.has(f"command.{command.name}") for command in COMMANDS)


def test_every_kind_of_step_has_its_file_and_its_line() -> None:
    files = {file.stem for file in folder(steps_package).glob("*.py")} - {"__init__", "reply", "matching"}
    assert "select_one" in files
    assert {kind.value for kind in KINDS} == files


def test_every_export_format_has_its_file_and_its_line() -> None:
    files = {file.stem.removeprefix("to_") for file in folder(exports).glob("to_*.py")}
    assert "jsonl" in files
    assert {known.name for known in FORMATS} == files


def test_every_consultation_has_its_texts() -> None:
    assert [consultation.id for consultation in CONSULTATIONS] == ["sesea", "eeca", "wca", "sca", "mena", "esa"]
    for consultation in CONSULTATIONS:
        assert all(CATALOGUE.has(f"consultation.{consultation.id}.{part}") for part in ("name", "short", "place"))
        assert consultation.first_day <= consultation.last_day


def test_every_kind_of_message_that_is_no_text_has_an_answer() -> None:
    assert {kind for kind, _ in READ_KINDS} | {"forwarded", "other"} == set(OTHER_KINDS)
    assert all(CATALOGUE.has(f"other.{kind}") for kind in OTHER_KINDS)


def test_migrations_are_numbered_one_by_one() -> None:
    """Two of one number, or one below what was applied, would never reach a file that is there already."""
    stores = sorted(path for path in (folder(storage) / "sqlite/migrations").iterdir() if list(path.glob("*.sql")))
    assert len(stores) > 3
    for store in stores:
        numbers = sorted(int(file.name[:4]) for file in store.glob("*.sql"))
        assert numbers == list(range(1, len(numbers) + 1)), store.name
