"""How long things are kept, and the roundings that keep fine times out of the files.

Not here: erasing them (`storage.expiry`).
"""

import math
from datetime import UTC, datetime

from bot.core.consultations import Intake

HOUR = 3_600
DAY = 24 * HOUR

DRAFT_HOURS = 24
"""A draft, after its last change. The default of the setting."""
UNJOINED_HOURS = 40
"""A profile of somebody who joined no consultation and has no role."""
AFTER_CLOSE_DAYS = 30
"""Profiles and contacts, after the intake of their consultation ends."""
UPDATE_HOURS = 48
"""Ids of updates, at most. Telegram itself keeps an update for 24 hours."""
PUBLISHED_DAYS = 60
"""A version of the published points after another took its place: a draft made of it may be continued every day."""
ASIDE_DAYS = 14
"""Updates that could not be handled."""


def day(now: float) -> int:
    """Days since the epoch."""
    return int(now // DAY)


def iso_day(day: int) -> str:
    """A number of days since the epoch as an ISO day."""
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def draft_expires(now: float, hours: float) -> int:
    """When a draft that changes now expires, rounded up to the hour."""
    return math.ceil((now + hours * HOUR) / HOUR) * HOUR


def inquiry_expires(now: float, days: int) -> int:
    """When an inquiry that changes now is erased, rounded up to the day."""
    return math.ceil(now / DAY) * DAY + days * DAY


def unjoined_expires(now: float) -> int:
    """When the profile of somebody who joined nothing expires, rounded up to the hour."""
    return math.ceil((now + UNJOINED_HOURS * HOUR) / HOUR) * HOUR


def joined_expires(now: float, intakes: list[Intake]) -> int:
    """When what belongs to consultations with these intakes expires, rounded up to the day."""
    ends = [now, *(intake.until for intake in intakes if intake.until is not None)]
    return math.ceil(max(ends) / DAY) * DAY + AFTER_CLOSE_DAYS * DAY


def superseded_until(now: float) -> int:
    """When published points whose place others take now are erased, rounded up to the day."""
    return math.ceil(now / DAY) * DAY + PUBLISHED_DAYS * DAY


def running(intake: Intake, now: float) -> bool:
    """Whether what belongs to a consultation is still needed: it is open without an end, or ended not long ago."""
    if intake.until is None:
        return intake.open
    return now < intake.until + AFTER_CLOSE_DAYS * DAY
