"""A language is added by files alone: people can choose it, and `micic check` names each text that it lacks."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.consultations import Intake
from bot.sealing import new_identity
from locales.catalogue import Catalogue
from locales.coverage import texts
from storage.factory import initialise, open_stores
from tests.support.bot import FAR
from tests.support.emulator import Emulator
from tests.support.process import ROOT, BotProcess, environment

BLOCK = """
[[language]]
code = "sw"
own_name = "Kiswahili"
english_name = "Swahili"
direction = "ltr"
fallback = ["en"]
near = ["swc"]
ready = true
"""

FILE = """msgid ""
msgstr ""
"Language: sw\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgctxt "notice.title"
msgid "Before you take part"
msgstr "Kabla ya kushiriki"

msgctxt "notice.body.drafts"
msgid "If you stop in the middle, what you began is erased after {time}."
msgstr "Ukiacha katikati, ulichoanza kitafutwa baada ya {muda}."

msgctxt "notice.accept"
msgid "I understand; continue"
msgstr "Nimeelewa"

msgctxt "no.such.text"
msgid "Hello"
msgstr "Habari"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the program with one more language in it: files, and no line of code."""
    for room in ("bot", "handlers", "storage", "locales"):
        shutil.copytree(ROOT / room, tmp_path / "tree" / room, ignore=shutil.ignore_patterns("__pycache__"))
    home = tmp_path / "tree" / "locales"
    with (home / "languages.toml").open("a", encoding="utf-8") as file:
        file.write(BLOCK)
    (home / "sw").mkdir()
    (home / "sw" / "messages.po").write_text(FILE, "utf-8")
    return tmp_path / "tree"


async def _founded(folder: Path) -> Path:
    clock, chance = SystemClock(), SystemChance()
    data = folder / "data"
    await initialise(data, [new_identity().recipient for _ in range(2)], clock, chance)
    async with open_stores(data, clock, chance) as stores:
        await stores.registry.set_intake("eeca", Intake(open=True, until=FAR))
    return data


async def test_it_can_be_chosen_and_each_missing_text_is_named(tree: Path, tmp_path: Path) -> None:
    data = await _founded(tmp_path)
    async with Emulator() as emulator:
        settings = {"bot_token": emulator.token, "telegram_url": emulator.url, "send_rate": "0"}
        surroundings = environment(data, tmp_path, **settings)
        bot = BotProcess(surroundings, tmp_path / "log", tree)
        await bot.start()
        try:
            person = await emulator.person(language_code="swc")
            await person.start("eeca")
            await person.press("Kiswahili", deadline=60)
            notice = await person.wait_for_text("Kabla ya kushiriki")
            assert "This chat is not end-to-end encrypted" in notice["text"]  # what is missing is there in English
        finally:
            await bot.stop()
        printed = await _checked(surroundings, tree)
    todo = {tuple(line.split(maxsplit=2)) for line in printed.splitlines() if line.startswith("  sw ")}
    named = {(state, place.split("  ")[0]) for _, state, place in todo}
    wanted = {(text.state.value, f"{text.domain}:{text.key}") for text in texts(tree / "locales", "sw")}
    assert named == wanted - {("ok", "messages:notice.title")}
    assert len([state for state, _ in named if state == "missing"]) > 400
    assert {("malformed", "messages:notice.body.drafts"), ("stale", "messages:notice.accept")} <= named
    assert {("unknown", "messages:no.such.text"), ("missing", "briefings:firewall/what/body")} <= named
    assert ("missing", "recommendation:survey.phase.label") in named
    assert "{time} is missing" in printed
    assert f"1 of {len(wanted) - 1} texts (0 %)" in printed
    assert "sw" not in {one.code for one in Catalogue.load().languages}  # here nothing was added


async def _checked(surroundings: dict[str, str], tree: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", env=surroundings, cwd=tree, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 1  # it is offered to people and is not complete
    return printed.decode()
