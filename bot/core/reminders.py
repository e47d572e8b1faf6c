"""When somebody is reminded of what they began: once, some hours before it is erased, and never at night.

Nobody is asked for their time zone. A consultation has those of its region; an hour is quiet when it is night in one
of them. Pure. Not here: who is reminded (`handlers.reminding`), what it says (`handlers.writing`).
"""

from collections.abc import Callable

from bot.core.outbox import Quiet

BEFORE = 4
"""Hours before it is erased, if that is no quiet hour; else earlier."""
EARLIEST = 3
"""Hours after the last answer, at least: who is busy with it needs no reminder."""
HOUR = 3600.0

QUIET = Quiet(begins=21, ends=8)

HoursOf = Callable[[float], tuple[int, ...]]
"""The hours of the day (0 to 23) that a moment is in, in each of the region's zones."""


def quiet(moment: float, hours: HoursOf) -> bool:
    """Whether it is night somewhere in the region."""
    return any(QUIET.covers(hour) for hour in hours(moment))


def due(now: float, answered: float, expires: float, hours: HoursOf) -> bool:
    """Whether to remind now of what was last answered at `answered` and is erased at `expires` (epoch seconds).

    The moment is the latest full hour before `expires` - 4 h, and at least 3 h after the last answer, that is not
    quiet. Where there is none, the first hour after it that is not; where there is none either, nobody is reminded.
    """
    if now >= expires or now < answered + EARLIEST * HOUR or quiet(now, hours):
        return False
    moment = expires - BEFORE * HOUR
    while moment >= answered + EARLIEST * HOUR:
        if not quiet(moment, hours):
            return now >= moment
        moment -= HOUR
    return now > expires - BEFORE * HOUR


def closing(now: float, closes: float, hours: HoursOf) -> bool:
    """Whether to tell now that a draft can be handed in until `closes` only: at once, unless it is a quiet hour."""
    return now < closes and not quiet(now, hours)
