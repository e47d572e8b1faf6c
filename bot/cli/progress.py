"""A bar on stderr for what takes more than a second; nothing where stderr is no terminal.

It is drawn anew only when something has moved: a thread of its own would keep exports from being opened by forked
processes. Not here: what is being done.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds before a bar appears."""
_PAUSE = 0.1
"""Seconds between two drawings."""


class Bar:
    """The bars of one command. Use it in `with`."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._wanted = sys.stderr.isatty()
        self._due = time.monotonic() + patience
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: BaseException | TracebackType | type[BaseException] | None) -> None:
        if self._progress is not None:
            self._progress.refresh()
            self._progress.stop()

    def stage(self, name: str) -> Callable[[int, int], None]:
        """To be told how much is done, of how much."""

        def watch(done: int, total: int) -> None:
            now = time.monotonic()
            if self._wanted and (now >= self._due or (self._progress is not None and done >= total)):
                self._draw(name, done, total)
                self._due = now + _PAUSE

        return watch

    def over(self, items: Iterable[T], total: int, name: str) -> Iterator[T]:
        """The items as they are; the bar moves as they go by."""
        if not self._wanted:
            yield from items
            return
        watch = self.stage(name)
        done = 0
        for done, item in enumerate(items, 1):
            yield item
            if done % 64 == 0:
                watch(done, total)
        watch(done, total)

    def _draw(self, name: str, done: int, total: int) -> None:
        if self._progress is None:
            self._progress = _new()
            self._progress.start()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)
        self._progress.refresh()


def _new() -> "Progress":
    from rich.console import Console  # noqa: PLC0415 - few commands take long
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
    )
