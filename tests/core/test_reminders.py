"""One reminder, some hours before the end, and never at night anywhere in the region."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.reminders import BEFORE, EARLIEST, HOUR, QUIET, HoursOf, due, quiet

DAY = 24 * HOUR
NOON = 1_800_000_000 // DAY * DAY + 12 * HOUR


def _in(*offsets: int) -> HoursOf:
    return lambda moment: tuple(int((moment / HOUR + offset) % 24) for offset in offsets)


def test_four_hours_before_the_end() -> None:
    answered = NOON
    expires = answered + DAY
    assert not due(expires - BEFORE * HOUR - 1, answered, expires, _in(0))
    assert due(expires - BEFORE * HOUR, answered, expires, _in(0))
    assert due(expires - 1, answered, expires, _in(0))
    assert not due(expires, answered, expires, _in(0))


def test_earlier_when_that_is_at_night() -> None:
    answered = NOON + 16 * HOUR  # four in the morning; twenty hours later it is midnight
    expires = answered + DAY
    midnight = expires - BEFORE * HOUR
    assert not due(midnight, answered, expires, _in(0))
    assert due(midnight - 4 * HOUR, answered, expires, _in(0))
    assert not due(midnight - 5 * HOUR, answered, expires, _in(0))


def test_a_short_draft_waits_for_the_morning() -> None:
    answered = NOON + 14 * HOUR  # two in the night, kept for eight hours
    expires = answered + 8 * HOUR
    assert [hour for hour in range(8) if due(answered + hour * HOUR, answered, expires, _in(0))] == [6, 7]


@given(
    st.floats(NOON, NOON + 30 * DAY),
    st.integers(1, 40),
    st.tuples(st.integers(-8, 12), st.integers(-8, 12)),
    st.floats(0, 41 * HOUR),
)
def test_never_at_night_never_early_never_late(
    answered: float, kept: int, offsets: tuple[int, int], later: float
) -> None:
    hours = _in(*offsets)
    expires, now = answered + kept * HOUR, answered + later
    if due(now, answered, expires, hours):
        assert not any(QUIET.covers(hour) for hour in hours(now))
        assert not quiet(now, hours)
        assert answered + EARLIEST * HOUR <= now < expires
