"""After the journey, nothing that the server keeps tells what was said or who said it.

Looked through byte by byte: the data folder as it is at the end and as it stood after every kill (drafts open, SQLite's
log not yet folded in), the bot's own logs at DEBUG, its temporary files. And every form of a leak, planted, is found.
"""

import base64
import binascii
import json
import logging
import os
import pickle
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.journey import TOKEN, Journey
from tests.support.leaks import Needles, number_forms, spellings

pytestmark = pytest.mark.slow

FORMS = [form for form, _ in spellings("any")]
NUMBER_FORMS = [form for form, _ in number_forms(1)]

WRITERS: dict[str, Callable[[str], bytes]] = {
    "a line": lambda text: text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 of more": lambda text: base64.b64encode(f"the text: {text}".encode()),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()),
    "hex": lambda text: binascii.hexlify(text.encode()),
    "json": lambda text: json.dumps({"text": text}).encode(),
    "json in json": lambda text: json.dumps(json.dumps({"text": text})).encode(),
    "an exception": lambda text: logging.Formatter().formatException((ValueError, ValueError(text), None)).encode(),
    "ascii()": lambda text: ascii(text).encode(),
    "bytes": lambda text: repr(text.encode()).encode(),
    "a form": lambda text: urlencode({"text": text}).encode(),
    "pickle": pickle.dumps,
}
"""How programs write things down, not by our own spelling."""


@pytest.fixture(scope="session")
def needles(journey: Journey) -> Needles:
    """Texts and their pieces, names, chats, receipts, the token."""
    looked_for = Needles()
    for somebody in journey.people:
        looked_for.add_text("text", somebody.record.text)
        looked_for.add_whole("name", somebody.name)
        looked_for.add_whole("username", somebody.username)
        looked_for.add_number("chat", somebody.number)
        looked_for.add_whole("receipt", somebody.receipt)
        looked_for.add_whole("receipt", " ".join(somebody.receipt[at : at + 4] for at in range(0, 16, 4)))
    looked_for.add_whole("token", TOKEN)
    return looked_for


def _kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _drafts(copy: Path, spare: Path) -> int:
    """Parts of drafts that rest in a copy, which stays as it is: SQLite would fold its log in."""
    shutil.copytree(copy, spare)
    with closing(sqlite3.connect(spare / "work.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM parts").fetchone()[0])


def test_there_is_something_to_look_through(journey: Journey, tmp_path: Path) -> None:
    kept = _kept(journey.kept)
    sizes = {str(path.relative_to(journey.kept)): path.stat().st_size for path in kept}
    assert all(sizes[f"data/{name}.db"] > 20_000 for name in ("work", "vault", "contacts", "replica/replica"))
    assert {path.parent.name for path in kept if path.parent.parent.name == "copies"} == {"1", "2", "3", "4", "5"}
    # Killed in the midst of it: drafts rest there, and there is a log that was not folded in. Which store has one is
    # chance, since whatever is erased takes the log of its store along at once.
    copies = sorted((journey.kept / "copies").iterdir())
    assert max(_drafts(copy, tmp_path / copy.name) for copy in copies) >= 10
    assert max(size for name, size in sizes.items() if name.endswith(("work.db-wal", "vault.db-wal"))) > 50_000
    assert sizes["bot.log"] > 500
    assert b'"started"' in (journey.kept / "bot.log").read_bytes()


def test_the_server_keeps_no_words_names_or_numbers(journey: Journey, needles: Needles) -> None:
    assert needles.count > 50_000
    assert needles.search(_kept(journey.kept), journey.kept) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_planted_piece_of_a_text_is_found_in_every_form(
    journey: Journey, needles: Needles, tmp_path: Path, form: str
) -> None:
    """The piece stands in the middle of noise, at any alignment."""
    noise = random.Random(7)
    for somebody in journey.people[:: len(journey.people) // 6]:
        text = somebody.record.text
        start = noise.randrange(len(text) - 20)
        for before in range(3):
            context = "é" if before == 2 else "x" * before
            planted = dict(spellings(context + text[start : start + 20]))[form]
            file = tmp_path / "planted"
            file.write_bytes(noise.randbytes(5_001) + planted + noise.randbytes(5_000))
            assert "text" in {leak.what for leak in needles.search([file], tmp_path)}, (form, somebody.record.id)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_text_is_found_however_a_program_writes_it(
    journey: Journey, needles: Needles, tmp_path: Path, writer: str
) -> None:
    scripts = {"en": "en-PH", "fr": "fr-SN", "ar": "ar-LB", "ru": "ru-UZ"}
    file = tmp_path / "planted"
    for tag in scripts.values():
        text = next(somebody.record.text for somebody in journey.people if somebody.record.lang == tag)
        file.write_bytes(os.urandom(2_000) + WRITERS[writer](text) + os.urandom(2_000))
        assert {leak.what for leak in needles.search([file], tmp_path)} == {"text"}, (writer, tag)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", ["name", "username", "chat", "receipt", "token"])
def test_planted_names_and_numbers_are_found_in_every_form(
    journey: Journey, needles: Needles, tmp_path: Path, form: str, what: str
) -> None:
    somebody = journey.people[-1]
    texts = {
        "name": somebody.name,
        "username": somebody.username,
        "chat": str(somebody.number),
        "receipt": somebody.receipt,
        "token": TOKEN,
    }
    planted = dict(spellings(f"<{texts[what]}>" if "base64" in form else texts[what]))[form]
    file = tmp_path / "planted"
    file.write_bytes(os.urandom(3_000) + planted + os.urandom(3_000))
    assert {leak.what for leak in needles.search([file], tmp_path)} >= {what}


@pytest.mark.parametrize("form", NUMBER_FORMS)
def test_a_planted_chat_is_found_as_bytes(journey: Journey, needles: Needles, tmp_path: Path, form: str) -> None:
    file = tmp_path / "planted"
    file.write_bytes(os.urandom(3_000) + dict(number_forms(journey.people[3].number))[form] + os.urandom(3_000))
    assert [(leak.what, leak.at) for leak in needles.search([file], tmp_path) if leak.form == form] == [("chat", 3_000)]


@pytest.mark.parametrize("column", ["value", "key", "text", "blob"])
def test_what_a_database_would_keep_is_found(journey: Journey, needles: Needles, tmp_path: Path, column: str) -> None:
    """As SQLite itself writes it, in a file of some size."""
    somebody = journey.people[5]
    statements = {
        "value": ("INSERT INTO t (value) VALUES (?)", somebody.number),
        "key": ("INSERT INTO t (id) VALUES (?)", somebody.number),
        "text": ("INSERT INTO t (value) VALUES (?)", somebody.record.text),
        "blob": ("INSERT INTO t (value) VALUES (?)", somebody.record.text.encode("utf-16-le")),
    }
    file = tmp_path / "planted.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, value)")
    connection.executemany("INSERT INTO t (value) VALUES (?)", [(os.urandom(700),) for _ in range(300)])
    statement, value = statements[column]
    connection.execute(statement, (value,))
    connection.commit()
    connection.close()
    assert needles.search([file], tmp_path) != []


def test_the_log_of_a_careless_bot_would_be_found(journey: Journey, needles: Needles) -> None:
    """In the very folder that was found clean, beside what is there."""
    somebody = journey.people[0]
    log = journey.kept / "bot.log"
    before = log.read_bytes()
    try:
        log.write_bytes(before + f"got {somebody.record.text[20:40]!r} from {somebody.number}\n".encode())
        found = needles.search(_kept(journey.kept), journey.kept)
    finally:
        log.write_bytes(before)
    assert {(leak.file, leak.what) for leak in found} == {("bot.log", "text"), ("bot.log", "chat")}
