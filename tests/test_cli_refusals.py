"""Every refusal of the command line: its exit code, its one line, and that it changed nothing and shows no secret."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.sealing import new_identity
from locales.operator import PLACEHOLDER, sentences
from tests.storage.world import rows
from tests.support.console import LATER, TOKEN, Operator, command, contribute, done, environment, initialised, micic

PRIVATE = "AGE-SECRET-KEY-1" + "Q" * 58
PAST = "2001-01-01T00:00Z"
INVITE = ("invite", "new", "--role", "participant", "--consultation", "eeca")


@dataclass(frozen=True)
class Place:
    """Where refusals are tried: an operator's folder with an export, and files that are wrong."""

    operator: Operator
    wrong: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    operator = initialised(tmp_path_factory.mktemp("refusals"))
    contribute(operator.data, "eeca", ["one"], {"phase": None})
    done(operator.folder, "export", "--output", "answers.zip")
    wrong = tmp_path_factory.mktemp("wrong")
    done(wrong, "keys", "new", "--output", "other.txt")
    (wrong / "text.txt").write_text("not what it should be")
    (wrong / "empty").write_bytes(b"")
    (wrong / "locked.txt").write_text("-----BEGIN AGE ENCRYPTED FILE-----\n")
    (wrong / "open-token").write_text(TOKEN)
    (wrong / "open-token").chmod(0o644)
    with zipfile.ZipFile(wrong / "photos.zip", "w") as photos:
        photos.writestr("beach.jpg", b"...")
    whole = (operator.folder / "answers.zip").read_bytes()
    (wrong / "cut.zip").write_bytes(whole[: len(whole) // 2])
    middle = whole.index(b"age-encryption.org") + 300
    (wrong / "changed.zip").write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    (wrong / "uninitialised").mkdir(mode=0o700)
    (wrong / "readable").mkdir()
    (wrong / "readable").chmod(0o755)
    return Place(operator, wrong)


@dataclass(frozen=True)
class Case:
    """A command that is refused with `code`. `@` stands for the folder of wrong files, `!n` for a recipient."""

    code: str
    words: str | tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)


def opening(
    *words: str, file: str = "answers.zip", key: str = "first.txt", output: str = "new.jsonl"
) -> tuple[str, ...]:
    return ("open", file, "--identity", key, "--format", "jsonl", "--output", output, *words)


CASES = [
    # init, keys
    Case("recipients_too_few", "init --recipient !0"),
    Case("recipients_too_few", "init --recipient !0 --recipient !0"),
    Case("recipient_is_private", f"init --recipient !0 --recipient {PRIVATE}"),
    Case("recipient_is_private", f"init --recipient !0 --recipient key={PRIVATE.lower()}"),
    Case("recipient_malformed", "init --recipient !0 --recipient age1nothing"),
    Case("recipients_differ", f"init --recipient !0 --recipient {new_identity().recipient}"),
    Case("folder_readable_by_others", "init --recipient !0 --recipient !1", {"DATA_DIR": "@/readable"}),
    Case("system_error", "init --recipient !0 --recipient !1", {"DATA_DIR": "@/text.txt"}),
    Case("file_exists", "keys new --output first.txt"),
    Case("folder_missing", "keys new --output none/key.txt"),
    Case("system_error", "keys new --output /proc/key.txt"),
    # consultations
    Case("consultation_unknown", f"consultation open atlantis --until {LATER}"),
    Case("consultation_unknown", "consultation close atlantis"),
    Case("time_is_past", f"consultation open eeca --until {PAST}"),
    Case("time_is_past", "consultation open eeca --until 2001-01-01"),
    Case("data_dir_missing", "consultation list", {"DATA_DIR": "@/none"}),
    Case("not_initialised", "consultation list", {"DATA_DIR": "@/uninitialised"}),
    Case("setting_invalid", "consultation list", {"DRAFT_HOURS": "many"}),
    # invites
    Case("consultation_unknown", "invite new --role participant --consultation atlantis"),
    Case("time_is_past", (*INVITE, "--expires", PAST)),
    Case("bot_username_unknown", (*INVITE, "--qr", "link.png")),
    Case("file_exists", (*INVITE, "--qr", "taken.png"), {"BOT_USERNAME": "people_bot"}),
    Case("folder_missing", (*INVITE, "--qr", "none/link.png"), {"BOT_USERNAME": "people_bot"}),
    Case("setting_invalid", INVITE, {"BOT_USERNAME": "people bot"}),
    Case("invite_gone", "invite revoke 0123456789ab"),
    Case("token_malformed", INVITE, {"BOT_TOKEN": "canary"}),
    # run
    Case("token_missing", "run"),
    Case("token_malformed", "run", {"BOT_TOKEN": "canary"}),
    Case("token_file_unreadable", "run", {"BOT_TOKEN_FILE": "@/none"}),
    Case("token_file_open", "run", {"BOT_TOKEN_FILE": "@/open-token"}),
    Case("token_twice", "run", {"BOT_TOKEN": TOKEN, "BOT_TOKEN_FILE": "@/open-token"}),
    Case("data_dir_missing", "run", {"BOT_TOKEN": TOKEN, "DATA_DIR": "@/none"}),
    # export
    Case("consultation_unknown", "export --output new.zip --consultation atlantis"),
    Case("consultation_unknown", ("export", "--output", "new.zip", "--consultation", "")),
    Case("cursor_unknown", "export --output new.zip --since 99"),
    Case("cursor_unknown", "export --output new.zip --since yesterday"),
    Case("file_exists", "export --output first.txt"),
    Case("output_is_folder", "export --output @"),
    Case("folder_missing", "export --output none/new.zip"),
    # open
    Case("file_unreadable", opening(file="none.zip")),
    Case("file_unreadable", opening(file="@")),
    Case("zip_malformed", opening(file="@/text.txt")),
    Case("zip_malformed", opening(file="@/empty")),
    Case("zip_malformed", opening(file="@/cut.zip")),
    Case("entry_unexpected", opening(file="@/photos.zip")),
    Case("part_digest", opening(file="@/changed.zip")),
    Case("identity_missing", opening(key="none.txt")),
    Case("identity_missing", opening(key=PRIVATE)),
    Case("identity_malformed", opening(key="@/text.txt")),
    Case("identity_locked", opening(key="@/locked.txt")),
    Case("part_does_not_open", opening(key="@/other.txt")),
    Case("output_exists", opening(output="second.txt")),
    Case("output_is_input", opening("--force", output="first.txt")),
    Case("output_is_input", opening("--force", output="answers.zip")),
    Case("output_is_folder", opening("--force", output="@")),
    Case("folder_missing", opening(output="none/new.jsonl")),
    # the rest
    Case("check_failed", "check"),
    Case("check_failed", "check", {"DRAFT_HOURS": "many"}),
    Case("not_a_demo", "demo --port 0 --data-dir micic-data"),
]


def words_of(case: Case, place: Place) -> list[str]:
    words = case.words.split() if isinstance(case.words, str) else list(case.words)
    return [filled(word, place) for word in words]


def filled(word: str, place: Place) -> str:
    for number, recipient in enumerate(place.operator.recipients):
        word = word.replace(f"!{number}", recipient)
    return str(place.wrong) + word[1:] if word.startswith("@") else word


def reads_as(code: str) -> re.Pattern[str]:
    """The sentence of a code, whatever stands in its placeholders."""
    pieces = PLACEHOLDER.split(sentences()[code])[::2]
    return re.compile("micic: " + ".*".join(map(re.escape, pieces)))


def content(folder: Path) -> dict[str, bytes]:
    """What stands in a folder. Stores are left out: opening one may tidy it; `invites` looks into them instead."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if not path.name.endswith(("-wal", "-shm", ".db", ".lock"))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{str(case.words)[:30]}")
def test_a_refusal_is_one_line_and_changes_nothing(case: Case, place: Place) -> None:
    folder = place.operator.folder
    (folder / "taken.png").touch()
    before = content(folder), content(place.wrong), invites(place.operator)
    settings = {name: filled(value, place) for name, value in case.settings.items()}
    answer = micic(folder, *words_of(case, place), **settings)
    assert answer.returncode == 1, answer
    assert reads_as(case.code).fullmatch(answer.stderr.removesuffix("\n")), answer.stderr
    assert answer.stdout == "" or case.code == "check_failed"
    shown = answer.stdout + answer.stderr
    assert not [secret for secret in (PRIVATE, PRIVATE.lower(), TOKEN, "canary") if secret in shown]
    assert (content(folder), content(place.wrong), invites(place.operator)) == before


def invites(operator: Operator) -> list[tuple[object, ...]]:
    return rows(operator.data / "work.db", "SELECT count(*) FROM invites")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nothing"],
        ["consultation"],
        ["init"],
        ["init", PRIVATE],
        ["run", "--token", TOKEN],
        ["run", TOKEN],
        [TOKEN],
        ["keys", "new"],
        ["consultation", "open", "eeca"],
        ["consultation", "open", "eeca", "--until", "tomorrow"],
        ["consultation", "open", "eeca", "--until", "9999-12-31T23:59-14:00"],
        ["consultation", "open", "eeca", "--until", LATER, "--access", "nobody"],
        ["consultation", "open", "eeca", "--unti", LATER],
        ["invite", "new", "--role", "operator"],
        ["invite", "new", "--role", "participant"],
        [*INVITE, "--uses", "0"],
        [*INVITE, "--uses", "-1"],
        [*INVITE, "--uses", "٣"],
        [*INVITE, "--qr", "link.jpg"],
        ["open", "answers.zip", "--identity", "first.txt", "--format", "pdf", "--output", "x"],
        ["open", "answers.zip", "--identity", "first.txt", "--output", "x"],
        ["demo", "--port", "70000"],
        ["demo", "--play", "-1"],
    ],
    ids=lambda words: " ".join(words[:4]) or "nothing at all",
)
def test_wrong_usage_exits_2_and_shows_no_secret(words: list[str], tmp_path: Path) -> None:
    answer = micic(tmp_path, *words)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("usage: micic")
    assert "error:" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr
    assert not [secret for secret in (PRIVATE, TOKEN) if secret in answer.stderr]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            command("questionnaire", "list"), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE,
            encoding="utf-8", check=False,
        )  # fmt: skip
    assert answer.returncode == 1
    assert reads_as("no_space").fullmatch(answer.stderr.removesuffix("\n"))


# What `check` finds. Each takes an initialised data folder and breaks one thing in it.


def let_others_read(operator: Operator) -> None:
    (operator.data / "keys" / "tag.key").chmod(0o640)


def lose_a_key(operator: Operator) -> None:
    (operator.data / "keys" / "receipt.key").unlink()


def damage_a_key(operator: Operator) -> None:
    (operator.data / "keys" / "receipt.key").write_bytes(b"short")


def leave_the_answers_key(operator: Operator) -> None:
    shutil.copy(operator.keys[1], operator.data / "key.txt")


def damage_a_store(operator: Operator) -> None:
    (operator.data / "vault.db").write_bytes(b"not a database at all, " * 400)


@pytest.mark.parametrize(
    ("break_it", "row", "code"),
    [
        (let_others_read, "file rights", "file_readable_by_others"),
        (lose_a_key, "keys", "key_missing"),
        (damage_a_key, "keys", "key_damaged"),
        (leave_the_answers_key, "keys", "answers_key_on_server"),
        (damage_a_store, "stores", "storage_unavailable"),
    ],
)
def test_check_finds_it(
    break_it: Callable[[Operator], None], row: str, code: str, place: Place, tmp_path: Path
) -> None:
    operator = place.operator
    shutil.copytree(operator.data, tmp_path / "micic-data")
    broken = Operator(tmp_path, operator.keys, operator.recipients)
    assert micic(tmp_path, "check", BOT_TOKEN=TOKEN).returncode == 0
    break_it(broken)
    answer = micic(tmp_path, "check", BOT_TOKEN=TOKEN)
    assert answer.returncode == 1
    (line,) = (line for line in answer.stdout.splitlines() if line.strip().startswith(row))
    assert "problem" in line
    start = PLACEHOLDER.split(sentences()[code])[0].split(".")[0]
    assert start in line
