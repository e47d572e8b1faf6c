"""One harness in a process of its own: `python -m tests.faults.one NAME EXTENT FILE`. What it found goes into the file.

SIGTERM ends it as Ctrl-C does, so that it can end the bots that it has started; so does the end of whoever started it.
Not here: which are run, and beside which (`__main__`).
"""

import ctypes
import datetime
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from tests.faults.report import NO_END, keep, part
from tests.faults.result import Extent, Result

_PDEATHSIG = 1  # from Linux's <sys/prctl.h>

Measure = Callable[[Extent, Path], Iterable[Result]]


def main(name: str, extent: Extent, file: Path) -> int:
    """Run it; 0 even when promises were found broken."""
    _end_with(os.getppid())
    began, ticks = datetime.datetime.now(datetime.UTC), time.monotonic()
    measure: Measure = import_module(f"tests.faults.{name}").measure
    rows: list[Result] = []

    def note(*, whole: bool) -> None:
        keep(part(name, extent, began, time.monotonic() - ticks, rows, whole=whole), file)

    with tempfile.TemporaryDirectory(prefix=f"faults-{name}-") as folder:
        try:
            for row in measure(extent, Path(folder)):
                rows.append(row)
                note(whole=False)
        except Exception as error:  # it must be told which one is broken, and the others go on
            traceback.print_exc()
            rows.append(Result(name, NO_END, 1, [f"the harness failed: {type(error).__name__}"]))
    note(whole=True)
    return 0


def _end_with(parent: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended just before
            raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], Extent(sys.argv[2]), Path(sys.argv[3])))
    except KeyboardInterrupt:
        sys.exit(130)
