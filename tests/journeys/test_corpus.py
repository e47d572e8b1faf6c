"""The real input: 45 recommendations from 45 people at once, and a bot that is killed five times on the way.

Whoever has a receipt has handed in exactly what they wrote, once, and either key of the secretariat opens it.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemChance, SystemClock
from bot.core.contributions import Receipt, State
from bot.player import Manner, Record
from storage.factory import open_stores
from tests.support.journey import Journey
from tests.support.process import environment, micic

pytestmark = pytest.mark.slow

Said = tuple[str | None, str, str, str | None, str | None, frozenset[str], frozenset[str], str | None]


def _meant(record: Record) -> Said:
    return (
        record.region,
        record.interface,
        record.text,
        record.phase,
        record.theme,
        frozenset(record.groups),
        frozenset(record.addressees),
        record.country,
    )


def _understood(line: Mapping[str, Any]) -> Said:
    answers = line["answers"]
    return (
        line["consultation"],
        line["language"],
        answers["recommendation"],
        answers["phase"],
        answers["theme"],
        frozenset(answers["groups"] or ()),
        frozenset(answers["addressees"] or ()),
        answers["country"],
    )


@pytest.fixture(scope="session")
def opened(journey: Journey, tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """The export as each of the two keys opens it, by the commands that people use."""
    folder = tmp_path_factory.mktemp("secretariat")
    surroundings = environment(journey.data_dir, folder)

    async def taken() -> list[Path]:
        sealed = folder / "export.zip"
        await micic(surroundings, "export", "--output", sealed)
        outputs = [folder / f"{key.stem}.jsonl" for key in journey.keys]
        for key, output in zip(journey.keys, outputs, strict=True):
            await micic(surroundings, "open", sealed, "--identity", key, "--format", "jsonl", "--output", output)
        return outputs

    return [[json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in asyncio.run(taken())]


def test_the_bot_was_killed_and_ended_well(journey: Journey) -> None:
    assert len(journey.kills) == 5
    assert journey.starts == 6
    assert journey.exit_code == 0
    assert journey.violations in ([], {"checked": False})


def test_every_manner_and_language_took_part(journey: Journey) -> None:
    assert len(journey.people) == 45
    assert {somebody.player.manner for somebody in journey.people} == set(Manner)
    assert {somebody.record.interface for somebody in journey.people} == {"en", "fr", "ar", "es", "ru"}
    assert {somebody.player.region for somebody in journey.people} == {"sesea", "eeca", "wca", "sca", "mena", "esa"}


@pytest.mark.parametrize("key", [0, 1])
def test_each_key_opens_exactly_what_was_said_once(
    journey: Journey, opened: list[list[dict[str, Any]]], key: int
) -> None:
    meant = Counter(_meant(somebody.record) for somebody in journey.people)
    assert Counter(_understood(line) for line in opened[key]) == meant
    assert max(meant.values()) == 1
    assert {line["state"] for line in opened[key]} == {"submitted"}


def test_both_keys_open_the_same(opened: list[list[dict[str, Any]]]) -> None:
    assert opened[0] == opened[1]
    assert len({line["contribution"] for line in opened[0]}) == len(opened[0]) == 45


def test_every_receipt_that_was_shown_stands_for_one_contribution(journey: Journey) -> None:
    shown = [receipt for somebody in journey.people for receipt in somebody.shown]
    assert [somebody.shown for somebody in journey.people] == [{somebody.receipt} for somebody in journey.people]
    assert len(set(shown)) == len(shown) == 45

    async def states(receipts: list[str]) -> list[State | None]:
        async with open_stores(journey.data_dir, SystemClock(), SystemChance()) as stores:
            return [stores.store.state(Receipt(receipt)) for receipt in receipts]

    unknown = next(digits for digits in ("0000000000000000", "1111111111111111") if digits not in shown)
    assert asyncio.run(states([*shown, unknown])) == [State.SUBMITTED] * 45 + [None]


def test_nobody_was_left_without_an_answer(journey: Journey) -> None:
    assert {somebody.record.id: somebody.player.repeats for somebody in journey.people if somebody.player.repeats} == {}


def test_nobody_had_to_mend_an_answer(journey: Journey) -> None:
    assert [somebody.record.id for somebody in journey.people if somebody.player.corrections] == []
