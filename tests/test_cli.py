"""The operator's story on the real console script, from keys to opened answers; and what each command promises."""

import asyncio
import csv
import importlib
import io
import json
import shlex
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bot.cli import main, refusals
from bot.cli.arguments import Parser, parser
from bot.core.errors import Refused
from bot.core.people import ChatId, Invite, Role
from storage.factory import open_stores
from tests.questionnaires.test_founding import EXAMPLE
from tests.storage.world import RealChance, SetClock, update_id
from tests.support.console import (
    LATER,
    ROOT,
    TOKEN,
    Operator,
    command,
    contribute,
    done,
    environment,
    initialised,
    micic,
)
from tests.support.emulator import Emulator

COMMANDS = {
    "demo", "init", "keys new", "consultation list", "consultation open", "consultation close", "consultation new",
    "consultation final", "invite new", "invite list", "invite revoke", "run",
    "publish", "audit verify", "audit export", "export", "open", "desk", "questionnaire list", "questionnaire add",
    "questionnaire retire", "questionnaire template", "role list", "role revoke", "freeze", "thaw",
    "translations export", "translations import", "check", "figures",
}  # fmt: skip

TEXTS = ["=A right to a lawyer, and quickly ", "«Пожалуйста»\n\tسلام 🙂 \\u0041"]
ANSWERS = {
    "phase": "emergency",
    "theme": "firewall",
    "groups": ["undocumented", "children"],
    "addressees": "undisclosed",
    "country": "KG",
    "example": None,
    "attribution": "anonymous",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Commands


def leaves(made: Parser, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Parser]]:
    groups = [action for action in made._actions if isinstance(action.choices, dict)]
    for group in groups:
        assert isinstance(group.choices, dict)
        for name, below in group.choices.items():
            yield from leaves(below, (*before, name))
    if not groups:
        yield before, made


def test_there_are_the_promised_commands() -> None:
    assert {" ".join(name) for name, _ in leaves(parser())} == COMMANDS


@pytest.mark.parametrize(("name", "leaf"), [pytest.param(*one, id=" ".join(one[0])) for one in leaves(parser())])
def test_each_command_exists_and_its_example_works(name: tuple[str, ...], leaf: Parser) -> None:
    module, _, function = leaf.get_default("command").partition(":")
    assert callable(getattr(importlib.import_module(f"bot.cli.{module}"), function))
    example = shlex.split(str(leaf.epilog).splitlines()[-1])
    assert example[: len(name) + 1] == ["micic", *name]
    assert parser().parse_args(example[1:]).command == leaf.get_default("command")


def test_no_option_takes_a_secret() -> None:
    options = {option for _, leaf in leaves(parser()) for action in leaf._actions for option in action.option_strings}
    assert "--recipient" in options
    assert not [option for option in options if "token" in option or "secret" in option or "password" in option]


def test_the_console_script_is_this_program() -> None:
    script = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]["micic"]
    assert EntryPoint("micic", script, "console_scripts").load() is main


@pytest.mark.parametrize("arguments", [["--help"], ["open", "--help"], ["invite", "new", "--help"]])
def test_help_says_how(arguments: list[str], tmp_path: Path) -> None:
    text = done(tmp_path, *arguments)
    assert text.startswith("usage: micic")
    assert "example" in text
    assert list(tmp_path.iterdir()) == []


# The story


@dataclass(frozen=True)
class Story:
    """After `init`, `open`, two contributions and `export`. `expected`: lines that opening must give, by id."""

    operator: Operator
    export: Path
    expected: dict[str, dict[str, object]]
    printed: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    operator = initialised(tmp_path_factory.mktemp("story"))
    folder = operator.folder
    done(folder, "consultation", "open", "eeca", "--until", LATER)
    expected: dict[str, dict[str, object]] = {}
    for consultation, texts in (("eeca", TEXTS), ("mena", ["x" * 4096])):
        contribution = contribute(operator.data, consultation, texts, ANSWERS)
        expected[str(contribution)] = {
            "contribution": contribution,
            "consultation": consultation,
            "questionnaire": "recommendation",
            "version": "1",
            "language": "en",
            "day": "2026-11-22",
            "state": "submitted",
            "supersedes": None,
            "group": None,
            "feedback": [],
            "answers": {**ANSWERS, "recommendation": "\n".join(texts)},
        }
    printed = done(folder, "export", "--output", "answers.zip")
    return Story(operator, folder / "answers.zip", expected, printed)


def test_init_keeps_everything_to_its_owner(story: Story) -> None:
    operator = story.operator
    paths = [operator.data, *operator.data.rglob("*"), *operator.keys, story.export]
    assert len(paths) > 8
    assert {mode(path) for path in paths if path.is_dir()} == {0o700}
    assert {mode(path) for path in paths if path.is_file()} == {0o600}


def test_init_again_changes_nothing(story: Story) -> None:
    keys = {path: path.read_bytes() for path in (story.operator.data / "keys").iterdir()}
    words = [word for key in story.operator.recipients for word in ("--recipient", key)]
    assert "nothing was changed" in done(story.operator.folder, "init", *words)
    assert {path: path.read_bytes() for path in (story.operator.data / "keys").iterdir()} == keys


def test_export_says_what_is_in_it(story: Story) -> None:
    assert "contributions: 2, parts: 5, withdrawn: 0" in story.printed
    assert story.printed.rstrip().endswith("--since 1")


@pytest.mark.parametrize("number", [0, 1])
def test_each_key_opens_to_jsonl(story: Story, number: int, tmp_path: Path) -> None:
    output = tmp_path / "answers.jsonl"
    done(
        tmp_path, "open", story.export, "--identity", story.operator.keys[number], "--format", "jsonl",
        "--output", output,
    )  # fmt: skip
    lines = [json.loads(line) for line in output.read_bytes().splitlines()]
    assert {line["contribution"]: line for line in lines} == story.expected
    assert mode(output) == 0o600


@pytest.mark.parametrize("number", [0, 1])
def test_each_key_opens_to_csv(story: Story, number: int, tmp_path: Path) -> None:
    output = tmp_path / "answers.csv"
    key = story.operator.keys[number]
    done(tmp_path, "open", story.export, "--identity", key, "--format", "csv", "--output", output)
    rows = list(csv.DictReader(io.StringIO(output.read_bytes().decode("utf-8-sig"), newline="")))
    assert {row["contribution"] for row in rows} == set(story.expected)
    (row,) = (row for row in rows if row["consultation"] == "eeca")
    assert (row["groups"], row["groups/children"], row["addressees"]) == ("undocumented children", "1", "undisclosed")
    assert row["recommendation"].startswith("'=A right")
    assert mode(output) == 0o600


def test_opening_needs_no_environment_and_leaves_nothing_else(story: Story, tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from bot.cli import main; sys.exit(main())"
    answer = subprocess.run(
        [
            sys.executable, "-c", program, "open", str(story.export), "--identity", str(story.operator.keys[0]),
            "--format", "jsonl", "--output", "answers.jsonl",
        ],
        cwd=tmp_path, env={}, capture_output=True, check=False, timeout=100,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout) == (0, b"answers.jsonl: contributions: 2\n")
    assert [path.name for path in tmp_path.iterdir()] == ["answers.jsonl"]


def test_opening_replaces_only_by_force(story: Story, tmp_path: Path) -> None:
    output = tmp_path / "answers.jsonl"
    output.write_text("mine")
    output.chmod(0o644)
    words = ("open", story.export, "--identity", story.operator.keys[0], "--format", "jsonl", "--output", output)
    assert micic(tmp_path, *words).returncode == 1
    assert output.read_text() == "mine"
    done(tmp_path, *words, "--force")
    assert len(output.read_bytes().splitlines()) == 2
    assert mode(output) == 0o600


@pytest.mark.skipif(shutil.which("age") is None, reason="the stock age tool is not installed")
def test_the_stock_tool_opens_each_part(story: Story, tmp_path: Path) -> None:
    with zipfile.ZipFile(story.export) as export:
        names = [name for name in export.namelist() if name.endswith(".age")]
        assert len(names) == 5
        export.extractall(tmp_path)
    for name in names:
        for key in story.operator.keys:
            opened = subprocess.run(["age", "-d", "-i", key, tmp_path / name], capture_output=True, check=True)
            assert json.loads(opened.stdout)["contribution"] in story.expected


def test_an_export_of_what_is_new(story: Story, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(story.operator.data, data)
    named = {"DATA_DIR": str(data)}
    assert "contributions: 0" in done(tmp_path, "export", "--output", "a.zip", "--since", "1", **named)
    contribute(data, "eeca", ["one more"], ANSWERS)
    assert "contributions: 1" in done(tmp_path, "export", "--output", "a.zip", "--since", "1", **named)
    assert "contributions: 2" in done(tmp_path, "export", "--output", "a.zip", "--consultation", "eeca", **named)


async def test_exports_while_the_bot_holds_the_folder(story: Story, tmp_path: Path) -> None:
    async with open_stores(story.operator.data, SetClock(time.time()), RealChance(), exclusive=True):
        printed = await asyncio.to_thread(done, story.operator.folder, "export", "--output", tmp_path / "a.zip")
    assert "contributions: 2" in printed


def test_check_is_content(story: Story) -> None:
    answer = micic(story.operator.folder, "check", BOT_TOKEN=TOKEN, ORGANISERS="two unions")
    rows = {line.split("  ")[1]: line for line in answer.stdout.splitlines() if line.startswith("  ") and line.strip()}
    assert {"configuration", "bot token", "file rights", "keys", "stores", "language French"} <= set(rows), rows
    assert "problem" not in answer.stdout, answer.stdout
    assert answer.returncode == 0
    assert TOKEN not in answer.stdout


# Consultations and invites


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return initialised(tmp_path_factory.mktemp("operator"))


def row_of(folder: Path, consultation: str) -> str:
    lines = done(folder, "consultation", "list").splitlines()
    (found,) = (line for line in lines if line.split()[:1] == [consultation])
    return found


def test_opening_and_closing_a_consultation(operator: Operator) -> None:
    folder = operator.folder
    assert "closed" in row_of(folder, "wca")
    done(folder, "consultation", "open", "wca", "--until", LATER, "--access", "invite")
    found = row_of(folder, "wca")
    assert "West and Central Africa" in found
    assert found.split()[-5:] == ["open", "2099-12-31", "18:00", "UTC", "invite"]
    answer = micic(folder, "consultation", "open", "wca", "--until", "2100-01-01T00:30")
    assert "with an invite only" in answer.stdout  # a new date does not let everybody in
    assert "No time zone was given: 2100-01-01 00:30 UTC is meant." in answer.stderr
    assert "open until 2099-12-31 16:00 UTC" in done(
        folder, "consultation", "open", "wca", "--until", "2099-12-31T18:00+02:00"
    )
    done(folder, "consultation", "close", "wca")
    assert row_of(folder, "wca").split()[-2:] == ["closed", "invite"]


def test_a_closed_consultation_leaves_time_to_finish_and_is_in_the_log(operator: Operator) -> None:
    folder = operator.folder
    done(folder, "consultation", "open", "mena", "--until", LATER, "--grace", "6")
    answer = micic(folder, "consultation", "close", "mena")
    assert "Whoever has begun can finish until" in answer.stderr
    assert "can no longer be sent" in micic(folder, "consultation", "close", "mena", "--grace", "0").stderr
    assert micic(folder, "consultation", "close", "mena", "--grace", "99").returncode == 2
    done(folder, "audit", "export", "--output", str(folder / "audit.jsonl"))
    entries = [json.loads(line) for line in (folder / "audit.jsonl").read_text("utf-8").splitlines()]
    noted = [(entry["who"], entry["act"], entry["detail"]) for entry in entries if entry["about"] == "mena"]
    assert noted == [
        ("operator", "consultation_opened", "until 2099-12-31T18:00Z, grace 6 h"),
        ("operator", "consultation_closed", "grace 6 h"),
        ("operator", "consultation_changed", "grace 0 h"),
    ]


def test_a_consultation_from_a_file(operator: Operator) -> None:
    folder, file = operator.folder, operator.folder / "horn.toml"
    file.write_text(EXAMPLE.replace('country = "KE"', 'country = "Kenya"'), "utf-8")
    answer = micic(folder, "consultation", "new", str(file))
    assert answer.returncode == 1
    assert "country" in answer.stdout
    assert "two letters" in answer.stdout
    file.write_text(EXAMPLE, "utf-8")
    assert "Nothing was made" in micic(folder, "consultation", "new", str(file), "--check").stderr
    assert "hoa" not in done(folder, "consultation", "list")
    made = done(folder, "consultation", "new", str(file))
    assert "Horn of Africa (en)" in made, "what readers of other languages see is shown"
    assert "closed" in row_of(folder, "hoa")
    done(folder, "consultation", "open", "hoa", "--until", LATER)
    assert row_of(folder, "hoa").split()[-1] == "invite"
    done(folder, "invite", "new", "--role", "participant", "--consultation", "hoa")
    again = micic(folder, "consultation", "new", str(file))
    assert again.returncode == 0, "another one of the same name gets an id of its own"
    assert "hoaa" in again.stdout
    done(folder, "export", "--output", str(folder / "hoa.zip"), "--consultation", "hoa")


def redeemed(data: Path, token: str) -> Invite:
    async def redeem() -> Invite:
        async with open_stores(data, SetClock(time.time()), RealChance()) as stores:
            return await stores.store.redeem(update_id(), ChatId(7), token)

    return asyncio.run(redeem())


def test_an_invite_without_a_name_gives_the_payload_and_a_hint(operator: Operator) -> None:
    answer = micic(operator.folder, "invite", "new", "--role", "participant", "--consultation", "esa")
    assert answer.returncode == 0
    link = answer.stdout.removesuffix("\n")
    assert link.startswith("?start=")
    assert redeemed(operator.data, link[-22:]) == Invite(Role.PARTICIPANT, "esa")
    assert "MICIC_BOT_USERNAME" in answer.stderr


def test_an_invite_with_a_name_from_the_settings_is_drawn(operator: Operator, tmp_path: Path) -> None:
    words = ("invite", "new", "--role", "organizer", "--qr", tmp_path / "link.png")
    answer = micic(operator.folder, *words, BOT_USERNAME="@people_bot")
    link = answer.stdout.removesuffix("\n")
    assert link.startswith("https://t.me/people_bot?start=")
    assert redeemed(operator.data, link[-22:]) == Invite(Role.ORGANIZER, None)
    assert (tmp_path / "link.png").read_bytes().startswith(b"\x89PNG")
    assert mode(tmp_path / "link.png") == 0o600


def test_an_invite_is_listed_without_its_link_and_revoked_at_once(operator: Operator) -> None:
    words = ("invite", "new", "--role", "participant", "--consultation", "sca", "--uses", "9", "--language", "es")
    link = done(operator.folder, *words, "--label", "network south").removesuffix("\n")
    listed = done(operator.folder, "invite", "list", "--consultation", "sca")
    (row,) = (line for line in listed.splitlines() if "network south" in line)
    name, role, consultation, used, cap, *_ = row.split()
    assert (role, consultation, used, cap) == ("participant", "sca", "0", "9")
    assert link[-22:] not in listed
    assert redeemed(operator.data, link[-22:]) == Invite(Role.PARTICIPANT, "sca", "es")
    listed = done(operator.folder, "invite", "list", "--consultation", "sca")
    assert "under 5" in listed  # how many, as long as they are few, is nobody's business
    done(operator.folder, "invite", "revoke", name)
    assert done(operator.folder, "invite", "list", "--consultation", "sca") == "There is no invite.\n"
    with pytest.raises(Refused):
        redeemed(operator.data, link[-22:])
    done(operator.folder, "audit", "export", "--output", "acts.jsonl")
    acts = [json.loads(line) for line in (operator.folder / "acts.jsonl").read_text().splitlines()]
    *_, made, revoked, exported = ((act["who"], act["act"]) for act in acts)
    assert (made, revoked) == (("operator", "invite_made"), ("operator", "invite_revoked"))
    assert exported == ("operator", "audit_exported")
    answer = micic(operator.folder, *words[:-1], "xx")
    assert answer.returncode == 2


async def test_an_invite_with_the_name_that_telegram_tells(operator: Operator) -> None:
    async with Emulator() as emulator:
        told = {"BOT_TOKEN": emulator.token, "TELEGRAM_URL": emulator.url, "BOT_USERNAME": "not_this_one"}
        words = ("invite", "new", "--role", "secretariat", "--expires", LATER)
        link = await asyncio.to_thread(done, operator.folder, *words, **told)
        assert link.startswith("https://t.me/consultation_demo_bot?start=")
        told["BOT_TOKEN"] = TOKEN  # refused: the settings' name stands in
        link = await asyncio.to_thread(done, operator.folder, *words, **told)
        assert link.startswith("https://t.me/not_this_one?start=")


# The bot


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_bot_runs_until_a_signal(operator: Operator, number: signal.Signals) -> None:
    async with Emulator() as emulator:
        settings = environment(BOT_TOKEN=emulator.token, TELEGRAM_URL=emulator.url)
        process = await asyncio.create_subprocess_exec(
            *command("run"), cwd=operator.folder, env=settings, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        async with asyncio.timeout(60):
            assert json.loads(await process.stderr.readline())["event"] == "started"
            process.send_signal(number)
            rest = await process.stderr.read()
            assert await process.wait() == 0
    assert [json.loads(line)["event"] for line in rest.splitlines()] == ["stopping", "stopped"]


async def test_a_refused_token_is_told_without_being_shown(operator: Operator) -> None:
    async with Emulator() as emulator:
        answer = await asyncio.to_thread(micic, operator.folder, "run", BOT_TOKEN=TOKEN, TELEGRAM_URL=emulator.url)
    assert answer.returncode == 1
    assert answer.stderr.startswith("micic: Telegram refuses the bot token.")
    assert len(answer.stderr.splitlines()) == 1
    assert TOKEN not in answer.stderr


# What is imported, and what is told of faults


@pytest.mark.parametrize(
    "words", [["--help"], ["open", "x.zip", "--identity", "x", "--format", "csv", "--output", "y"]]
)
def test_some_commands_do_not_wait_for_what_others_need(words: list[str], tmp_path: Path) -> None:
    program = (
        "import sys, contextlib\nfrom bot.cli import main\n"
        f"with contextlib.suppress(SystemExit): main({words!r})\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    loaded = answer.stdout.splitlines()[-1]
    assert "'argparse'" in loaded
    for heavy in ("telegram", "aiohttp", "aiosqlite", "pydantic", "rich", "segno", "pyxform"):
        assert f"'{heavy}'" not in loaded


def test_a_fault_of_ours_is_told_by_type_and_place_only() -> None:
    try:
        with closing(io.StringIO()) as closed:
            closed.close()
            closed.write("what a person wrote")
    except ValueError as error:
        told = refusals.of_fault(error)
    assert told.params["kind"] == "ValueError"
    assert str(told.params["place"]).startswith(f"{__name__}:test_a_fault_of_ours")


@pytest.mark.parametrize(
    "secret", ["AGE-SECRET-KEY-1QQQQ", "age-secret-key-1qqqq", "123456789:AAF-abc_DEF", "x=4711:SECRET-canary"]
)
def test_secrets_are_taken_out(secret: str) -> None:
    told = refusals.without_secrets(f"cannot read '{secret}' at 127.0.0.1:8765 since 2026-11-22T10:30")
    assert "…" in told
    assert not {"SECRET", "secret", "AAF", "canary"} & set(told.replace("-", " ").replace(":", " ").split())
    assert "127.0.0.1:8765 since 2026-11-22T10:30" in told


def test_figures_are_whole_fives_of_whole_days(tmp_path: Path) -> None:
    initialised(tmp_path)
    today = int(time.time() // 86_400)
    with closing(sqlite3.connect(tmp_path / "micic-data" / "work.db")) as connection, connection:
        rows = [("ar", "recommendation", today - 1, 0, 13), ("ru", "practice", today, 9, 4)]
        connection.executemany("INSERT INTO figures VALUES ('eeca', 'submitted', ?, ?, ?, ?, ?)", rows)
    out = done(tmp_path, "figures", "--csv")
    read = list(csv.DictReader(io.StringIO(out)))
    assert [(row["consultation"], row["language"], row["at_least"]) for row in read] == [("eeca", "ar", "10")]
    shown = done(tmp_path, "figures", "--consultation", "eeca")
    assert "10" in shown
    assert not {"13", "4", "9"} & set(shown.split())
