"""From a verified bundle to lines in clear: every part opened, every contribution joined, tombstones among them.

What was added later is in the lines. A withdrawn or superseded contribution is a line with its state and no answers.

Not here: keys (`bot.sealing`; the opener is handed in), formats (`to_<format>`).
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from heapq import merge
from typing import Any

from bot.core.contributions import ContributionId, PartId, State, join
from bot.core.errors import Corrupt
from bot.core.ports import Tombstone
from bot.exports.bundle import Bundle, Place

Line = dict[str, Any]
"""One line of the opened export (contract.md, "The export")."""
Opener = Callable[[bytes], Mapping[str, Any]]
"""Opens one age file. Raises Corrupt `part_does_not_open`."""

_Group = tuple[ContributionId, list[Place]]

MANY = 400
"""Parts from which a pool is worth its start (some 0.1 s)."""
_CHUNK = 64
"""Contributions that a worker opens at a time."""
_AHEAD = 3
"""Chunks in work for each worker; no more are held in memory."""


def opened(bundle: Bundle, opener: Opener, workers: int | None = None) -> Iterator[Line]:
    """Every contribution of the bundle, withdrawn and superseded ones too, in the order of their ids.

    `workers`: None uses all cores when there is much to open, 1 opens here. Raises Corrupt, naming the part:
    `part_does_not_open`, `head_missing`, `part_missing`, `part_misplaced`, `part_extra`, `addition_unknown`.
    """
    stones = (_tombstone(stone) for stone in sorted(bundle.header.tombstones, key=lambda stone: stone.contribution))
    return merge(_submitted(bundle, opener, workers), stones, key=lambda line: line["contribution"])


def _submitted(bundle: Bundle, opener: Opener, workers: int | None) -> Iterator[Line]:
    count = workers or (_cores() if len(bundle) >= MANY else 1)
    chunks = _chunks(bundle.contributions())
    if count == 1:
        for chunk in chunks:
            yield from _open_chunk(bundle, opener, chunk)
        return
    with _pool(count, bundle, opener) as pool:
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


def _open_chunk(bundle: Bundle, opener: Opener, chunk: Sequence[_Group]) -> list[Line]:
    return [_joined(bundle, opener, contribution, places) for contribution, places in chunk]


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
    line["state"] = bundle.header.states.get(contribution, State.SUBMITTED).value
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


_at_work: list[tuple[Bundle, Opener]] = []
"""In a worker: what it opens from. Keys cannot be sent to another process, but a forked one already has them."""


def _begin(bundle: Bundle, opener: Opener) -> None:
    _at_work[:] = [(bundle, opener)]


def _work(chunk: Sequence[_Group]) -> list[Line]:
    bundle, opener = _at_work[0]
    return _open_chunk(bundle, opener, chunk)


def _pool(count: int, bundle: Bundle, opener: Opener) -> Executor:
    """Processes where they can be forked safely, else threads.

    Measured with two keys on two cores: one thread 3,300 parts a second, two threads 4,300, two processes 9,100 with
    half the machine's noise: opening holds Python's lock for part of the time.
    """
    if "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1 and os.name == "posix":
        context = multiprocessing.get_context("fork")
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(bundle, opener))
    _begin(bundle, opener)
    return ThreadPoolExecutor(count)
