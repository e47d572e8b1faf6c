"""Small numbers stay hidden from a reader who does all the arithmetic there is."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.disclosure import LEAST, Guarded, Shown, guarded, guarded_list, small


def tables(largest: int, side: int) -> st.SearchStrategy[list[list[int]]]:
    return st.tuples(st.integers(1, side), st.integers(1, side)).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, largest), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    )


def numbers(shown: Guarded) -> list[list[Shown]]:
    return [
        *([*cells, total] for cells, total in zip(shown.cells, shown.rows, strict=True)),
        [*shown.columns, shown.total],
    ]


def full(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def possible(shown: Guarded, width: int, known: int | None, most: int) -> list[list[list[int]]]:
    """The attacker: every table whatever that agrees with all that is shown, tried one by one."""
    height = len(shown.cells)
    ways = [[cell] if cell is not None else range(most + 1) for row in shown.cells for cell in row]
    found = []
    for values in product(*ways):
        table = full([values[at * width : (at + 1) * width] for at in range(height)])
        agrees = all(
            seen is None or seen == value
            for row, line in zip(numbers(shown), table, strict=True)
            for seen, value in zip(row, line, strict=True)
        )
        if agrees and known in (None, table[-1][-1]):
            found.append(table)
    return found


@settings(deadline=None, max_examples=25)
@given(tables(6, 2), st.booleans())
def test_whoever_tries_every_table_learns_of_no_small_number(counts: list[list[int]], total_known: bool) -> None:
    true = full(counts)
    total_known = total_known and not small(true[-1][-1])
    shown = guarded(counts, total_known=total_known)
    tried = possible(shown, len(counts[0]), true[-1][-1] if total_known else None, max(map(max, counts)) + LEAST)
    assert true in tried
    for row, line in enumerate(numbers(shown)):
        for column, seen in enumerate(line):
            value = true[row][column]
            assert seen in (None, value)
            assert not (small(value) and seen is not None)
            if small(value):
                assert max(table[row][column] for table in tried) >= LEAST, (counts, shown)


def movable(shown: list[list[Shown]], at: tuple[int, int]) -> bool:
    """The attacker with linear algebra: whether the sums leave this hidden number open."""
    last = (len(shown) - 1, len(shown[0]) - 1)
    names = [(row, column) for row, line in enumerate(shown) for column, seen in enumerate(line) if seen is None]
    sums = [
        *(
            [(-1.0 if column == last[1] else 1.0) * (row == each) for row, column in names]
            for each in range(last[0] + 1)
        ),
        *(
            [(-1.0 if row == last[0] else 1.0) * (column == each) for row, column in names]
            for each in range(last[1] + 1)
        ),
    ]
    _, sizes, directions = np.linalg.svd(np.array(sums))
    free = directions[int((sizes > 1e-9).sum()) :]
    return bool(free.size) and float(abs(free[:, names.index(at)]).max()) > 1e-9


@settings(deadline=None)
@given(tables(30, 6))
def test_whoever_solves_the_sums_finds_no_small_number(counts: list[list[int]]) -> None:
    true, shown = full(counts), numbers(guarded(counts))
    for row, line in enumerate(true):
        for column, value in enumerate(line):
            if small(value):
                assert shown[row][column] is None
                assert movable(shown, (row, column))


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.booleans())
def test_a_list_keeps_its_small_numbers_too(counts: list[int], total_known: bool) -> None:
    total_known = total_known and not small(sum(counts))
    shown, total = guarded_list(counts, total_known=total_known)
    assert total in (None, sum(counts))
    known = sum(counts) if total_known or total is not None else None
    ways = [[cell] if cell is not None else range(sum(counts) + LEAST + 1) for cell in shown]
    tried = [values for values in product(*ways) if known in (None, sum(values))]
    assert tuple(counts) in tried
    for at, value in enumerate(counts):
        if small(value):
            assert max(values[at] for values in tried) >= LEAST


def test_nothing_is_hidden_without_need() -> None:
    shown = guarded([[10, 20, 0], [30, 40, 50]])
    assert shown == Guarded(((10, 20, 0), (30, 40, 50)), (30, 120), (40, 60, 50), 150)
    assert guarded_list([5, 0, 9]) == ((5, 0, 9), 14)


def test_one_small_number_takes_three_others_along_and_no_total() -> None:
    shown = guarded([[3, 20, 30], [30, 40, 50], [60, 70, 80]])
    assert shown.cells == ((None, None, 30), (None, None, 50), (60, 70, 80))
    assert None not in (*shown.rows, *shown.columns, shown.total)


def test_where_there_is_no_other_number_the_totals_go() -> None:
    assert guarded([[3]]) == Guarded(((None,),), (None,), (None,), None)
    assert guarded_list([3], total_known=False) == ((None,), None)


def test_an_empty_table_stays_empty() -> None:
    assert guarded([]) == Guarded((), (), (), 0)
    assert guarded_list([]) == ((), 0)
