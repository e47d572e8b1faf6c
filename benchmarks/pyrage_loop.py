"""Reference: nothing but opening age files with pyrage, on all cores: what no reader of an export can beat."""

import multiprocessing
import os
import time
from collections.abc import Sequence
from typing import Any

import pyrage  # type: ignore[import-untyped]  # the wheel has no type information

_held: list[tuple[Sequence[bytes], Any]] = []
"""In a worker: what was there when it was forked."""


def run(sealed: Sequence[bytes], identity: str) -> float:
    """Seconds to open all."""
    cores = len(os.sched_getaffinity(0))
    _held[:] = [(sealed, [pyrage.x25519.Identity.from_str(identity)])]
    began = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        pool.map(_open, [(at, min(at + 500, len(sealed))) for at in range(0, len(sealed), 500)], chunksize=1)
    return time.perf_counter() - began


def _open(places: tuple[int, int]) -> None:
    sealed, identities = _held[0]
    for at in range(*places):
        pyrage.decrypt(sealed[at], identities)
