"""What a harness of the fault suite gives back, and how much it is asked to do.

A harness is a module of this folder with one function:

    def measure(extent: Extent, folder: Path) -> Iterable[Result]

It may fill `folder`, which is empty and its own, and starts whatever it needs. It gives a row for each thing it tried,
as soon as it has it, and does not raise for what it found; an exception means that the harness itself is broken.
Not here: the list of harnesses (`__main__`), the table (`report`).
"""

import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum


class Extent(Enum):
    """How much is tried."""

    SMOKE = "smoke"
    """Part of `make test`: seconds for each harness."""
    QUICK = "quick"
    """`make faults-quick`, at every change: minutes."""
    WHOLE = "whole"
    """`make faults`, before a release."""


def progress(what: str) -> None:
    """Say how far it is, so that a busy person sees that it is alive."""
    sys.stdout.write(f"{datetime.datetime.now().astimezone():%H:%M:%S} {what}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Result:
    """One row of the table."""

    name: str
    """Harness and case, e.g. `kill sweep: random moments`."""
    what: str
    """What was done, in a few words with figures, e.g. `100 kills, 1,012 inputs, 96 submissions`."""
    count: int
    """How many faults were brought about; 0 counts as not done."""
    violations: Sequence[str] = field(default=())
    """Each promise that was broken, in words without anything a person wrote."""
    note: str = ""
    """What else a reader has to know, e.g. `12 prompts repeated`, or why it was left out."""
    skipped: bool = False
    """Not possible on this machine; `note` says why."""

    @property
    def passed(self) -> bool:
        """Whether it was done and nothing was broken."""
        return not self.skipped and self.count > 0 and not self.violations
