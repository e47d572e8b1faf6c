"""Small numbers in tables of counts: which to hide so that nobody can work them out from what is still shown.

A count of one to four people may point at somebody, so it is hidden; and with it as many other numbers as are needed so
that subtracting from a total does not give it away. A reader who knows the table's shape and everything shown must not
be able to prove that a hidden small number is below `LEAST`: another table with the same shown numbers has it at
`LEAST` or more. Zeros are shown; nobody stands behind them.

The hidden numbers form a graph: rows and columns (one more of each for the totals) are its nodes, hidden numbers its
edges. A number can be moved exactly as far as flow can be sent around it, so what a reader can prove is a maximum flow.

Not here: what is counted, and how a table looks.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

LEAST = 5
"""The smallest number of people that is shown, apart from none."""

Shown = int | None
"""A number as it may be shown; None where it is hidden."""

_Edge = tuple[int, int]
"""A number of the table with its totals, by row and column; the last of each are the totals."""
_Arcs = dict[int, dict[int, int]]
"""From node to node, how much can be sent."""
_NO_LIMIT = 1 << 62


@dataclass(frozen=True)
class Guarded:
    """A table of counts as it may be shown: None stands for a hidden number."""

    cells: tuple[tuple[Shown, ...], ...]
    rows: tuple[Shown, ...]
    """Total of each row."""
    columns: tuple[Shown, ...]
    """Total of each column."""
    total: Shown


def guarded(counts: Sequence[Sequence[int]], *, total_known: bool = False) -> Guarded:
    """The table with its totals, and what must not be shown taken out.

    `counts` are rows of equal length, of whole numbers from zero. `total_known`: the sum of everything is shown
    elsewhere, so it cannot be hidden here; it must then be zero or at least `LEAST`.
    """
    full = _with_totals(counts)
    hidden = _Table(full, fixed=total_known).hide()
    shown = [
        tuple(None if (row, column) in hidden else number for column, number in enumerate(numbers))
        for row, numbers in enumerate(full)
    ]
    return Guarded(
        tuple(row[:-1] for row in shown[:-1]), tuple(row[-1] for row in shown[:-1]), shown[-1][:-1], shown[-1][-1]
    )


def guarded_list(counts: Sequence[int], *, total_known: bool = True) -> tuple[tuple[Shown, ...], Shown]:
    """A list of counts and its total, and what must not be shown taken out. `total_known` as in `guarded`."""
    if total_known and 0 < sum(counts) < LEAST:
        total_known = False
    numbers = [*counts, sum(counts)]
    hidden = {at for at, number in enumerate(counts) if 0 < number < LEAST}
    if hidden:
        rest = sorted((at for at in range(len(counts)) if at not in hidden and counts[at]), key=lambda at: counts[at])
        while rest and (len(hidden) < 2 or sum(counts[at] for at in hidden) < LEAST):
            hidden.add(rest.pop(0))
        if not total_known and (len(hidden) < 2 or sum(counts[at] for at in hidden) < LEAST):
            hidden.add(len(counts))
    shown = [None if at in hidden else number for at, number in enumerate(numbers)]
    return tuple(shown[:-1]), shown[-1]


def whole(count: int) -> int:
    """A number that grows and is looked at again and again, as it may be shown each time: rounded down to fives.

    Hiding small numbers in a table is not enough where somebody subtracts yesterday's table from today's. Only the
    smallest cells of all are rounded, and whatever else is shown is a sum of them: then every one of them may hold up
    to four more, whatever else is known and however often it was looked at. A total that is rounded by itself would
    undo this: two looks at three cells and their total can tell that a hidden number is not zero.
    """
    return count - count % LEAST


def small(count: int) -> bool:
    """Whether a number on its own must not be shown."""
    return 0 < count < LEAST


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[column] for row in rows) for column in range(width)]]


class _Table:
    """A table with its totals, while it is decided what to hide."""

    def __init__(self, full: Sequence[Sequence[int]], *, fixed: bool) -> None:
        self._full = full
        self._last_row, self._last_column = len(full) - 1, len(full[0]) - 1
        self._nodes = len(full) + len(full[0])
        self._never = {(self._last_row, self._last_column)} if fixed else set()
        self._all = [(row, column) for row, numbers in enumerate(full) for column in range(len(numbers))]
        self._hidden: set[_Edge] = set()

    def hide(self) -> set[_Edge]:
        """What to hide."""
        primary = [edge for edge in self._all if small(self._value(edge)) and edge not in self._never]
        self._hidden.update(primary)
        for edge in sorted(primary, key=self._value):
            while self._hides_too_little(edge):
                pass
        return self._hidden

    def _hides_too_little(self, edge: _Edge) -> bool:
        """Whether more had to be hidden for this number; it may not be enough yet."""
        sent, left = self._sent(edge)
        missing = LEAST - self._value(edge) - sent
        if missing <= 0:
            return False
        more = self._cheapest(edge, left, missing)
        self._hidden.update(more or (other for other in self._all if other not in self._never))
        return bool(more)

    def _value(self, edge: _Edge) -> int:
        return self._full[edge[0]][edge[1]]

    def _ends(self, edge: _Edge) -> tuple[int, int]:
        """Nodes between which an increase of this number sends flow: from, to.

        A total stands on the other side of its sum, so it sends the other way; the total of totals does so twice.
        """
        row, column = edge[0], len(self._full) + edge[1]
        turned = (edge[0] == self._last_row) != (edge[1] == self._last_column)
        return (column, row) if turned else (row, column)

    def _moves(self, edges: Iterator[_Edge]) -> Iterator[tuple[int, int, int, _Edge]]:
        """Ways to change numbers: from, to, by how much at most, which."""
        for edge in edges:
            start, end = self._ends(edge)
            yield start, end, _NO_LIMIT, edge
            yield end, start, self._value(edge), edge

    def _sent(self, edge: _Edge) -> tuple[int, _Arcs]:
        """By how much this number could be larger, as far as a reader can tell, and what can be moved after that.

        `LEAST` stands for any number from there on.
        """
        left: _Arcs = {node: {} for node in range(self._nodes)}
        for start, end, limit, moved in self._moves(iter(self._hidden)):
            if moved != edge:
                left[start][end] = limit
        source, target = reversed(self._ends(edge))
        sent = 0
        while sent < LEAST and (path := _shortest(left, source, target)):
            amount = min(LEAST - sent, *(left[start][end] for start, end in path))
            for start, end in path:
                left[start][end] -= amount
                left[end][start] += amount
            sent += amount
        return sent, left

    def _cheapest(self, edge: _Edge, left: _Arcs, missing: int) -> list[_Edge]:
        """More numbers to hide, so that this one could be larger by what is missing, or at least by something.

        Hiding a large number loses more than hiding a small one, and a total more than what it sums up.
        """
        for amount in range(missing, 0, -1):
            path = self._route(edge, left, amount)
            if path:
                return path
        return []

    def _route(self, edge: _Edge, left: _Arcs, amount: int) -> list[_Edge]:
        ways: dict[int, list[tuple[int, int]]] = {
            node: [(end, 0) for end, limit in arcs.items() if limit >= amount] for node, arcs in left.items()
        }
        for start, end, limit, moved in self._moves(other for other in self._all if other not in self._never):
            if moved not in self._hidden and limit >= amount:
                ways[start].append((end, self._cost(moved)))
        source, target = reversed(self._ends(edge))
        queue: list[tuple[int, int]] = [(0, source)]
        best, came = {source: 0}, {source: source}
        while queue:
            cost, node = heappop(queue)
            for end, more in ways[node]:
                if cost + more < best.get(end, _NO_LIMIT):
                    best[end], came[end] = cost + more, node
                    heappush(queue, (cost + more, end))
        path = [self._between(*step) for step in _steps(came, source, target)]
        return [step for step in path if step not in self._hidden]

    def _between(self, one: int, other: int) -> _Edge:
        row, column = sorted((one, other))
        return row, column - len(self._full)

    def _cost(self, edge: _Edge) -> int:
        totals = (edge[0] == self._last_row) + (edge[1] == self._last_column)
        return 1 + self._value(edge) + 1000 * totals


def _shortest(left: _Arcs, source: int, target: int) -> list[tuple[int, int]]:
    """The steps of a way on which something can still be sent; empty where there is none."""
    came = {source: source}
    queue = deque([source])
    while queue and target not in came:
        node = queue.popleft()
        for end, limit in left[node].items():
            if limit > 0 and end not in came:
                came[end] = node
                queue.append(end)
    return _steps(came, source, target)


def _steps(came: Mapping[int, int], source: int, target: int) -> list[tuple[int, int]]:
    steps = []
    while target in came and target != source:
        steps.append((came[target], target))
        target = came[target]
    return steps
