"""Numbers that are counted in the transaction of an update, and what leaves the store of them."""

import itertools
from collections import defaultdict
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.disclosure import LEAST, whole
from bot.core.figures import FUNNEL, Figures, Stage, Tick
from bot.core.people import ChatId
from bot.core.ports import Change
from handlers.writing.figures import Numbers
from handlers.writing.words import Words
from locales.catalogue import Catalogue
from storage.figures import WholeFigures
from storage.retention import DAY, day
from storage.sqlite.connection import Database
from storage.sqlite.figures import FiguresTable, follow
from tests.storage.world import NOON, Folder, RememberingLog, SetClock, at, update_id

CATALOGUE = Catalogue.load()
LANGUAGES = tuple(language.code for language in CATALOGUE.languages)
CHAT = ChatId(7_000_001)


def handed_in(language: str = "en", questionnaire: str = "recommendation") -> Tick:
    return Tick("eeca", Stage.SUBMITTED, language, questionnaire)


def change(*ticks: Tick) -> Change:
    return Change(update_id(), CHAT, at(CHAT), ticks=ticks)


async def test_counts_once_for_each_update_and_shows_it_the_day_after(folder: Folder) -> None:
    async with folder.open() as stores:
        for _ in range(6):
            await stores.store.commit(change(handed_in(), Tick("eeca", Stage.BEGUN, "en", "recommendation")))
        again = change(handed_in())
        await stores.store.commit(again)
        await stores.store.commit(again)
        assert stores.figures.of("eeca").counts == {}
        assert folder.rows("work", "SELECT stage, since, before FROM figures ORDER BY stage") == [
            ("begun", 6, 0), ("submitted", 7, 0),
        ]  # fmt: skip
        folder.clock.time += DAY
        shown = stores.figures.of("eeca")
        assert (shown.total(Stage.SUBMITTED), shown.total(Stage.BEGUN)) == (5, 5)
        assert stores.figures.of("mena").counts == {}


async def test_a_day_that_is_over_leaves_no_date_and_no_exact_number_of_it(folder: Folder) -> None:
    async with folder.open() as stores:
        for number in (6, 1, 4):
            for _ in range(number):
                await stores.store.commit(change(handed_in()))
            folder.clock.time += DAY
            await stores.expire()
            await stores.expire()
        assert folder.rows("work", "SELECT day, since, before FROM figures") == [(0, 0, 11)]
        days = [(step.day, step.shown) for step in stores.figures.of("eeca").days]
        first = day(NOON)
        assert [shown for _, shown in days] == [5, 10]
        assert folder.rows("work", "SELECT day FROM figure_days") == [(first,), (first + 2,)]
    async with folder.open() as stores:
        assert stores.figures.of("eeca").total(Stage.SUBMITTED) == 10


async def test_a_clock_that_went_back_loses_nothing(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.store.commit(change(handed_in()))
        folder.clock.time -= 3 * DAY
        for _ in range(4):
            await stores.store.commit(change(handed_in()))
        folder.clock.time += 4 * DAY
        assert stores.figures.of("eeca").total(Stage.SUBMITTED) == 5


async def test_nothing_in_the_rows_is_about_a_chat(folder: Folder) -> None:
    async with folder.open() as stores:
        await stores.store.commit(change(handed_in()))
        (row,) = folder.rows("work", "SELECT * FROM figures")
        assert row == ("eeca", "submitted", "en", "recommendation", day(NOON), 1, 0)
        assert not any(isinstance(value, bytes) for value in row)


# What a reader who writes everything down and subtracts can learn

History = list[dict[Tick, int]]
"""What is counted on each day."""
LEAVES = (handed_in(), handed_in("ar"), handed_in("ar", "practice"), Tick("eeca", Stage.WITHDRAWN))


def seen(figures: Figures) -> object:
    """All that an organizer is shown of it, as numbers and in words, and the picture."""
    numbers = Numbers(Words(CATALOGUE, "en"))
    totals = [figures.total(stage) for stage in FUNNEL]
    parts = [figures.total(Stage.SUBMITTED, language=language) for language in LANGUAGES]
    chart = asdict(numbers.chart(figures))
    return replace(figures, counts=dict(figures.counts)), totals, parts, figures.missing(LANGUAGES), chart


async def looked_at(history: History) -> list[object]:
    """What is shown on the day after each day; from a real file, with the days closed as the bot does."""
    clock = SetClock()
    with TemporaryDirectory() as path:
        database = await Database.open(Path(path) / "work.db", "work", RememberingLog())
        try:
            table = FiguresTable(database)
            found = []
            for counted in history:
                ticks = [tick for tick, number in counted.items() for _ in range(number)]
                today = day(clock.now())
                await database.write(partial(follow, ticks=ticks, day=today))
                found.append(seen(WholeFigures(table, clock).of("eeca")))
                clock.time += DAY
                await WholeFigures(table, clock).close()
                found.append(seen(WholeFigures(table, clock).of("eeca")))
            return found
        finally:
            await database.close()


def cumulated(history: History, leaf: Tick) -> list[int]:
    return list(itertools.accumulate(counted.get(leaf, 0) for counted in history))


def with_left_over(history: History, leaf: Tick, left: int) -> History:
    """The same history, but that of this leaf so many are left over beyond whole fives on every day."""
    wanted = [whole(number) + left for number in cumulated(history, leaf)]
    return [
        {**counted, leaf: now - before} for counted, before, now in zip(history, [0, *wanted], wanted, strict=False)
    ]


histories = st.lists(st.dictionaries(st.sampled_from(LEAVES), st.integers(0, 12)), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(histories, st.sampled_from(LEAVES), st.integers(0, LEAST - 1))
async def test_nobody_can_tell_what_is_left_over(history: History, leaf: Tick, left: int) -> None:
    """Whatever was counted: were there up to four more or fewer of one thing, every look on every day is the same."""
    assert await looked_at(history) == await looked_at(with_left_over(history, leaf, left))


def test_brute_force_over_two_looks_at_a_small_table() -> None:
    """All tables of three numbers up to nine that grow from one day to the next: with everything that is shown known,
    each number may still be any of five."""
    leaves = LEAVES[:3]
    ways = [(first, then) for first in range(10) for then in range(first, 10)]
    left: dict[object, list[set[int]]] = defaultdict(lambda: [set() for _ in range(2 * len(leaves))])

    def table(day: int, grown: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
        counts = {leaf: whole(pair[day]) for leaf, pair in zip(leaves, grown, strict=True)}
        figures = Figures("eeca", "2026-11-22", counts)
        parts = [figures.total(Stage.SUBMITTED, language=language) for language in ("en", "ar")]
        forms = [figures.total(Stage.SUBMITTED, questionnaire=form) for form in ("recommendation", "practice")]
        return (*counts.values(), *parts, *forms, figures.total(Stage.SUBMITTED))

    shown = {counts: table(0, tuple((one, one) for one in counts)) for counts in itertools.product(range(10), repeat=3)}
    for grown in itertools.product(ways, repeat=3):
        before, after = (shown[tuple(pair[day] for pair in grown)] for day in (0, 1))
        for number, value in enumerate(itertools.chain(*grown)):
            left[before, after][number].add(value)
    assert len(left) > 20
    assert all(len(values) >= LEAST for found in left.values() for values in found)
