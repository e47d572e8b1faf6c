"""The bot's clock: the machine's while Telegram agrees, Telegram's where it does not, and an alarm."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import PATIENCE, TOLERANCE, FollowingClock, ShiftedClock, SystemClock

TRUE = 1_800_000_000.0
HOUR, DAY = 3_600.0, 86_400.0


@dataclass
class World:
    """A machine whose clock may jump, its ticks, and what was reported."""

    shift: float = 0.0
    ticks: float = 50.0
    reported: list[tuple[str, object]] = field(default_factory=list)

    def now(self) -> float:
        return TRUE + self.ticks + self.shift

    def event(self, name: str, **values: bool | int | float | str) -> None:
        self.reported.append((name, values["seconds"]))

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        raise AssertionError

    def clock(self) -> FollowingClock:
        return FollowingClock(self, self, lambda: self.ticks)

    @property
    def true(self) -> float:
        return TRUE + self.ticks


def test_the_machine_is_believed_while_telegram_agrees() -> None:
    world = World(shift=TOLERANCE - 1)
    clock = world.clock()
    assert clock.now() == world.now()
    clock.hear(world.true)
    assert clock.now() == world.now()
    assert not clock.differs
    assert world.reported == []


@pytest.mark.parametrize("shift", [-10 * 365 * DAY, -DAY, -HOUR, HOUR, DAY, 10 * 365 * DAY])
def test_a_jump_of_the_machine_changes_nothing(shift: float) -> None:
    world = World()
    clock = world.clock()
    clock.hear(world.true)
    world.ticks += 100.0
    world.shift = shift
    assert clock.now() == world.true
    world.ticks += 5 * HOUR
    assert clock.now() == world.true
    assert clock.differs
    clock.hear(world.true)
    clock.hear(world.true)
    assert world.reported == [("clock_differs", round(max(-999_999, min(999_999, shift))))]
    world.shift = 0.0
    clock.hear(world.true)
    assert not clock.differs


def test_a_wrong_clock_at_the_start_is_corrected_by_the_first_answer() -> None:
    world = World(shift=10 * 365 * DAY)
    clock = world.clock()
    assert not clock.sure  # so nothing is erased yet
    clock.hear(world.true)
    assert clock.sure
    assert clock.now() == world.true
    assert [name for name, _ in world.reported] == ["clock_differs"]


def test_where_telegram_is_never_heard_the_machine_is_believed_after_a_day() -> None:
    world = World()
    clock = world.clock()
    world.ticks += PATIENCE - 1
    assert not clock.sure
    world.ticks += 2
    assert clock.sure
    assert clock.now() == world.now()


def test_a_stopped_clock_does_not_stop_time() -> None:
    world = World()
    clock = world.clock()
    clock.hear(world.true)
    world.ticks, world.shift = world.ticks + DAY, -DAY
    assert clock.now() == world.true


def test_a_clock_can_be_shifted_for_tests(tmp_path: Path) -> None:
    file = tmp_path / "shift"
    file.write_text("-3600.5")
    assert abs(ShiftedClock(file).now() - SystemClock().now() + 3600.5) < 1
