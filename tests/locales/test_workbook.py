"""The translators' spreadsheet: what goes out, what may come back, and that nothing is half taken or written over."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.core.errors import Refused
from locales import importing, workbook
from locales.coverage import State, Text, share, texts
from tests.locales.conftest import edit
from tests.locales.test_texts import HOME

BLOCK = """
[[language]]
code = "sw"
own_name = "Kiswahili"
english_name = "Swahili"
direction = "ltr"
fallback = ["en"]
ready = true
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of our own texts."""
    return Path(shutil.copytree(HOME, tmp_path / "locales", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def exported(home: Path, code: str) -> Path:
    file = home.parent / f"{code}.xlsx"
    file.write_bytes(workbook.export(home, code))
    return file


def fill(file: Path, new: dict[tuple[str, str], str], column: int = workbook.NEW) -> None:
    """Write into the rows of these texts; `key#1` is the second row of a text that is counted."""
    book = load_workbook(file)
    for (sheet, key), text in new.items():
        name, _, at = key.partition("#")
        rows = [row for row in book[sheet].iter_rows(min_row=2) if row[workbook.KEY].value == name]
        rows[int(at or 0)][column].value = text
    book.save(file)


def state(home: Path, code: str, domain: str, key: str) -> Text:
    return next(text for text in texts(home, code) if (text.domain, text.key) == (domain, key))


def refused(home: Path, file: Path) -> list[tuple[str, str, str]]:
    """Key, column and code of every fault; and nothing has changed."""
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(workbook.Unusable) as caught:
        importing.take(home, file)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert all(fault.row > 1 and str(fault.row) in fault.line() for fault in caught.value.faults)
    return [(fault.key, fault.column, fault.error.code) for fault in caught.value.faults]


def test_every_text_has_its_row_with_english_state_and_limits(home: Path) -> None:
    edit(home / "fr" / "messages.po", 'msgid "Next"', 'msgid "Onwards"')
    book = load_workbook(exported(home, "fr"))
    forms = ["messages", "group", "practice", "recommendation", "response"]
    assert book.sheetnames == ["about", *forms, "briefings"]
    rows = {
        (sheet.title, row[0]): row
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows(min_row=2, values_only=True)
    }
    assert set(rows) == {(text.domain, text.key) for text in texts(home, "fr")}
    _, _, where, english, present, new, found, note = rows["messages", "dialogue.next"]
    assert (where, english, present, new, found) == ("The dialogue", "Next", "Suivant", None, "stale")
    assert "At most 28 characters" in note
    assert "{time}" in rows["messages", "notice.body.drafts"][7]
    counted = [row for row in book["messages"].iter_rows(values_only=True) if row[0] == "dialogue.messages"]
    assert [row[1] for row in counted] == ["0, 1", "2, 3, 4, 5"]


def test_arabic_is_written_from_the_right(home: Path) -> None:
    sheet = load_workbook(exported(home, "ar"))["messages"]
    assert [sheet.cell(2, column).alignment.readingOrder for column in (4, 5, 6)] == [1, 2, 2]
    counted = [row for row in sheet.iter_rows(values_only=True) if row[0] == "dialogue.messages"]
    assert [row[1] for row in counted] == ["0", "1", "2", "3, 4, 5, 6", "11, 12, 13, 14", "100, 101, 102, 200"]


def test_a_row_that_was_filled_in_changes_its_entry_and_nothing_else(home: Path) -> None:
    file = exported(home, "ru")
    before = (home / "ru" / "messages.po").read_text("utf-8")
    old = state(home, "ru", "messages", "help.answering").forms[0]
    fill(file, {("messages", "help.answering"): "Читайте и «отвечайте».\n=Да"})
    done = importing.take(home, file)
    assert done.changed == ("messages:help.answering",)
    assert done.files == ("ru/messages.po",)
    assert (home / "ru" / "messages.po").read_text("utf-8") == before.replace(old, "Читайте и «отвечайте».\\n=Да")
    assert state(home, "ru", "messages", "help.answering").forms == ("Читайте и «отвечайте».\n=Да",)


def test_a_stale_text_is_fresh_again_when_it_comes_back(home: Path) -> None:
    edit(home / "messages.pot", 'msgid "To the beginning"', 'msgid "To the start"')
    edit(home / "en" / "briefings" / "firewall.md", "This is not about computers.", "This is not about machines.")
    assert state(home, "es", "messages", "receipt.home").state is State.STALE
    assert state(home, "es", "briefings", "firewall/what/body").state is State.STALE
    file = exported(home, "es")
    body = state(home, "es", "briefings", "firewall/what/body").forms[0]
    fill(file, {("messages", "receipt.home"): "Al inicio", ("briefings", "firewall/what/body"): body + "\n\n- punto"})
    assert refused(home, file) == [("firewall/what/title", "F", "text_card_partly")]
    fill(file, {("briefings", "firewall/what/title"): "En palabras sencillas"})
    importing.take(home, file)
    assert share(texts(home, "es"))[0] == share(texts(home, "es"))[1]
    assert state(home, "es", "briefings", "firewall/what/body").forms == (body + "\n\n- punto",)


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("dialogue.next", "ein viel zu langes Wort auf einem Knopf", "text_too_long"),
        ("notice.body.drafts", "sans nombre", "text_placeholder_lost"),
        ("notice.body.drafts", "{time} {heures}", "text_placeholder_unknown"),
        ("notice.body.drafts", "{time} { ", "text_brace_alone"),
        ("notice.title", "<b>Avant</b>", "text_markup"),
        ("dialogue.messages#1", "des messages", "text_placeholder_lost"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_is_taken(home: Path, key: str, text: str, code: str) -> None:
    file = exported(home, "fr")
    fill(file, {("messages", "help.back"): "Retour", ("messages", key): text})
    assert refused(home, file) == [(key.partition("#")[0], "F", code)]


def test_a_line_that_would_turn_is_refused_in_arabic(home: Path) -> None:
    file = exported(home, "ar")
    fill(file, {("messages", "help.title"): "MICIC كيف"})
    assert refused(home, file) == [("help.title", "F", "text_direction")]


def test_a_formula_is_no_text(home: Path) -> None:
    file = exported(home, "fr")
    book = load_workbook(file)
    book["messages"]["F2"].data_type = "f"
    book["messages"]["F2"].value = "=1+1"
    book.save(file)
    assert [code for _, _, code in refused(home, file)] == ["text_is_formula"]


def test_newer_work_is_not_written_over(home: Path) -> None:
    file = exported(home, "pt")
    fill(file, {("messages", "help.title"): "Como isto funciona", ("messages", "dialogue.back"): "Atrás"})
    edit(home / "messages.pot", 'msgid "How this works"', 'msgid "How it works"')
    edit(
        home / "pt" / "messages.po", f'msgstr "{state(home, "pt", "messages", "dialogue.back").forms[0]}"', 'msgstr "V"'
    )
    assert refused(home, file) == [
        ("dialogue.back", "E", "text_changed_since"),
        ("help.title", "D", "text_source_changed"),
    ]


def mangled(file: Path, change: Callable[[Any], None]) -> Path:
    book = load_workbook(file)
    change(book)
    book.save(file)
    return file


def test_a_table_that_was_rearranged_is_refused(home: Path) -> None:
    fresh = exported(home, "fr")

    def cut(book: Any) -> None:
        book["messages"]["D1"].value = "Anglais"

    with pytest.raises(workbook.Unusable) as caught:
        importing.take(home, mangled(fresh, cut))
    assert [fault.error.code for fault in caught.value.faults] == ["column_missing"]

    def invent(book: Any) -> None:
        book["messages"].append(["no.such", "", "", "", "", "x"])
        first = [cell.value for cell in book["messages"][2]]
        first[5] = "Avant"
        book["messages"].append(first)
        book["messages"].append(first)

    assert {code for _, _, code in refused(home, mangled(exported(home, "fr"), invent))} == {
        "text_unknown",
        "text_twice",
    }


def test_what_is_no_workbook_of_ours_says_so(home: Path) -> None:
    file = home.parent / "other.xlsx"
    for content in (b"", b"key;English\n", b"PK\x03\x04"):
        file.write_bytes(content)
        with pytest.raises(Refused) as caught:
            importing.take(home, file)
        assert caught.value.code == "workbook_unreadable"
    with pytest.raises(Refused) as caught:
        importing.take(home, home.parent / "none.xlsx")
    assert caught.value.code == "file_unreadable"
    with pytest.raises(Refused) as caught:
        importing.take(home, exported(home, "fr"))
    assert caught.value.code == "workbook_changes_nothing"
    with pytest.raises(Refused) as caught:
        workbook.export(home, "en")
    assert caught.value.code == "language_unknown"


def test_a_new_language_is_made_from_a_spreadsheet_alone(home: Path) -> None:
    with (home / "languages.toml").open("a", encoding="utf-8") as file:
        file.write(BLOCK)
    found = texts(home, "sw")
    assert {text.state for text in found} == {State.MISSING}
    book = exported(home, "sw")
    new = {
        (text.domain, text.key + (f"#{at}" if at else "")): source
        for text in found
        for at, source in enumerate(text.source)
    }
    fill(book, new)
    importing.take(home, book)
    assert {text.state for text in texts(home, "sw")} == {State.OK}
    if shutil.which("msgfmt"):
        for domain in ("messages", "recommendation"):
            made_po = str(home / "sw" / f"{domain}.po")
            command = ["msgfmt", "--check-format", "--check-domain", "-o", os.devnull, made_po]
            assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""
    order = [line for line in (home / "messages.pot").read_text("utf-8").splitlines() if line.startswith("msgctxt")]
    made = [
        line for line in (home / "sw" / "messages.po").read_text("utf-8").splitlines() if line.startswith("msgctxt")
    ]
    assert made == order


@pytest.mark.skipif(shutil.which("msgmerge") is None, reason="gettext's msgmerge is not installed")
def test_a_file_made_from_an_older_template_is_stale_where_english_has_changed(home: Path) -> None:
    """As it comes back by mail, and as Poedit brings it up to date."""
    edit(home / "messages.pot", 'msgid "How this works"', 'msgid "How this chat works"')
    edit(home / "messages.pot", 'msgctxt "help.back"', 'msgctxt "help.newer"')
    for _ in range(2):
        assert state(home, "fr", "messages", "help.title").state is State.STALE
        assert state(home, "fr", "messages", "help.newer").state in (State.MISSING, State.STALE)
        assert state(home, "fr", "messages", "help.answering").state is State.OK
        po = str(home / "fr" / "messages.po")
        subprocess.run(["msgmerge", "--quiet", "--update", po, str(home / "messages.pot")], check=True)
    file = exported(home, "fr")
    fill(file, {("messages", "help.title"): "Comment ça marche"})
    importing.take(home, file)
    assert state(home, "fr", "messages", "help.title").state is State.OK
