"""What time it is: the machine's clock, as long as Telegram agrees with it; else Telegram's.

Drafts, profiles and intakes end by the clock, so a wrong one would erase what people are still writing, or keep what
must be gone. Telegram tells the time with every answer (HTTP's `Date`); a server of one's own, which does not, with
every message it accepts. Not here: what ends when (`storage.retention`), who hears Telegram (`handlers.transport`).
"""

import time
from collections.abc import Callable
from pathlib import Path

from bot.core.ports import Clock, Log

TOLERANCE = 600.0
"""Seconds by which the two may differ."""
PATIENCE = 24 * 3600.0
"""Seconds without a word from Telegram after which the machine's clock alone is trusted: nothing new comes in then."""
_MOST_REPORTED = 999_999


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Epoch seconds, UTC."""
        return time.time()


class ShiftedClock:
    """The machine's clock, wrong by the seconds that a file holds: for fault tests."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> float:
        """Epoch seconds, as far as this clock knows."""
        return time.time() + float(self._file.read_text("ascii"))


class FollowingClock:
    """The clock of the bot. `ticks` are seconds that no setting of a clock changes."""

    def __init__(self, machine: Clock, log: Log, ticks: Callable[[], float] = time.monotonic) -> None:
        self._machine = machine
        self._log = log
        self._ticks = ticks
        self._began = ticks()
        self._heard: tuple[float, float] | None = None
        """Telegram's time, and our ticks when it was told."""
        self._differed = False

    def hear(self, seconds: float) -> None:
        """Telegram says that it is this epoch second now. The alarm is raised when that is news to the machine."""
        self._heard = (seconds, self._ticks())
        if self.differs and not self._differed:
            self.report()
        self._differed = self.differs

    def now(self) -> float:
        """Epoch seconds, UTC."""
        machine, heard = self._machine.now(), self._heard
        if heard is None:
            return machine
        seconds, ticks = heard
        telegram = seconds + self._ticks() - ticks
        return machine if abs(machine - telegram) <= TOLERANCE else telegram

    @property
    def differs(self) -> bool:
        """Whether the machine's clock cannot be trusted."""
        telegram = self._telegram()
        return telegram is not None and abs(self._machine.now() - telegram) > TOLERANCE

    @property
    def sure(self) -> bool:
        """Whether something may be erased by this clock: Telegram was heard, or will not be."""
        return self._heard is not None or self._ticks() - self._began > PATIENCE

    def report(self) -> None:
        """The alarm."""
        off = self._machine.now() - (self._telegram() or 0.0)
        self._log.event("clock_differs", seconds=round(max(-_MOST_REPORTED, min(_MOST_REPORTED, off))))

    def _telegram(self) -> float | None:
        if self._heard is None:
            return None
        seconds, ticks = self._heard
        return seconds + self._ticks() - ticks
