"""From a verified bundle to lines in clear: every part opened, every contribution joined, tombstones among them.

What was added later is in the lines. A withdrawn or superseded contribution is a line with its state and no answers.

Not here: whether several bundles follow one another (`succession`), keys (`bot.sealing`; the opener is handed in),
formats (`to_<format>`).
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from heapq import merge
from operator import itemgetter
from typing import Any, NamedTuple

from bot.core.contributions import ContributionId, PartId, State, join
from bot.core.errors import Corrupt
from bot.core.ports import Tombstone
from bot.exports.bundle import Bundle, Place
from bot.exports.manifest import Header

Line = dict[str, Any]
"""One line of the opened export (contract.md, "The export")."""
Opener = Callable[[bytes], Mapping[str, Any]]
"""Opens one age file. Raises Corrupt `part_does_not_open`."""


class _Group(NamedTuple):
    """A contribution, and where its parts are: in which bundle, and there in which places."""

    contribution: ContributionId
    bundle: int
    places: list[Place]


MANY = 400
"""Parts from which a pool is worth its start (some 0.1 s)."""
_CHUNK = 64
"""Contributions that a worker opens at a time."""
_AHEAD = 3
"""Chunks in work for each worker; no more are held in memory."""


def opened(bundle: Bundle | Sequence[Bundle], opener: Opener, workers: int | None = None) -> Iterator[Line]:
    """Every contribution of a bundle, withdrawn and superseded ones too, in the order of their ids.

    Of several bundles, in their order (`succession.in_order`), a later one updates what an earlier one has: each
    contribution comes once, in its newest state. `workers`: None uses all cores when there is much to open, 1 opens
    here. Raises Corrupt, naming the part: `part_does_not_open`, `head_missing`, `part_missing`, `part_misplaced`,
    `part_extra`, `addition_unknown`.
    """
    bundles = (bundle,) if isinstance(bundle, Bundle) else tuple(bundle)
    withdrawn = {stone.contribution: stone for each in bundles for stone in each.header.tombstones}
    stones = (_tombstone(withdrawn[name]) for name in sorted(withdrawn))
    newest = {name: each.header for each in bundles for name in each.header.consultations}
    lines = _submitted(
        bundles, (group for group in _groups(bundles) if group.contribution not in withdrawn), opener, workers
    )
    return merge((_with_state(line, newest) for line in lines), stones, key=itemgetter("contribution"))


def _groups(bundles: Sequence[Bundle]) -> Iterator[_Group]:
    """Each contribution once, from the last bundle that has it."""
    each = [_from(bundle, at) for at, bundle in enumerate(bundles)]
    last: ContributionId | None = None
    for contribution, at, places in merge(*each):
        if contribution != last:  # the negative number sorted the last bundle first
            yield _Group(contribution, -at, places)
        last = contribution


def _from(bundle: Bundle, at: int) -> Iterator[_Group]:
    return (_Group(contribution, -at, places) for contribution, places in bundle.contributions())


def _with_state(line: Line, newest: Mapping[str, Header]) -> Line:
    """A manifest tells the state of everything in its consultations, also of what earlier bundles carried."""
    states = newest[line["consultation"]].states
    line["state"] = states.get(line["contribution"], State.SUBMITTED).value
    return line


def _submitted(
    bundles: Sequence[Bundle], groups: Iterator[_Group], opener: Opener, workers: int | None
) -> Iterator[Line]:
    count = workers or (_cores() if sum(map(len, bundles)) >= MANY else 1)
    chunks = _chunks(groups)
    if count == 1:
        for chunk in chunks:
            yield from _open_chunk(bundles, opener, chunk)
        return
    with _pool(count, bundles, opener) as pool:
        waiting: deque[Future[list[Line]]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(_work, chunk))
                if len(waiting) >= count * _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _open_chunk(bundles: Sequence[Bundle], opener: Opener, chunk: Sequence[_Group]) -> list[Line]:
    return [_joined(bundles[at], opener, contribution, places) for contribution, at, places in chunk]


def _joined(bundle: Bundle, opener: Opener, contribution: ContributionId, places: Sequence[Place]) -> Line:
    parts: dict[PartId, Mapping[str, Any]] = {}
    for place in places:
        try:
            parts[place.part] = opener(bundle.sealed(place))
        except Corrupt as error:
            raise Corrupt(error.code, part=place.part) from error
    try:
        line = join(parts, contribution)
    except (KeyError, TypeError, AttributeError) as error:  # sealed by something else, in another shape
        raise Corrupt("part_misplaced", part=contribution) from error
    if line["consultation"] not in bundle.header.consultations:
        raise Corrupt("part_misplaced", part=contribution)
    return line


def _tombstone(stone: Tombstone) -> Line:
    return {
        "contribution": stone.contribution,
        "consultation": stone.consultation,
        "questionnaire": None,
        "version": None,
        "language": None,
        "day": None,
        "state": stone.state.value,
        "supersedes": stone.supersedes,
        "group": None,
        "answers": {},
        "feedback": [],
    }


def _chunks(groups: Iterator[_Group]) -> Iterator[list[_Group]]:
    chunk: list[_Group] = []
    for group in groups:
        chunk.append(group)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_at_work: list[tuple[Sequence[Bundle], Opener]] = []
"""In a worker: what it opens from. Keys cannot be sent to another process, but a forked one already has them."""


def _begin(bundles: Sequence[Bundle], opener: Opener) -> None:
    _at_work[:] = [(bundles, opener)]


def _work(chunk: Sequence[_Group]) -> list[Line]:
    bundles, opener = _at_work[0]
    return _open_chunk(bundles, opener, chunk)


def _pool(count: int, bundles: Sequence[Bundle], opener: Opener) -> Executor:
    """Processes where they can be forked safely, else threads.

    Measured with two keys on two cores: one thread 3,300 parts a second, two threads 4,300, two processes 9,100 with
    half the machine's noise: opening holds Python's lock for part of the time.
    """
    if "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1 and os.name == "posix":
        context = multiprocessing.get_context("fork")
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(bundles, opener))
    _begin(bundles, opener)
    return ThreadPoolExecutor(count)
