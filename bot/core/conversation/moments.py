"""A day and time as somebody types it. Not here: how times are shown (`handlers.writing.words`)."""

import re
from datetime import datetime

from bot.core.conversation.chat import World
from bot.core.dialogue.steps.matching import digits
from bot.core.errors import Refused

_TIME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[\sT]+(\d{1,2})[:.](\d{2})")


def moment(world: World, text: str, zone: str) -> float:
    """Epoch seconds of what was typed, in this zone. Raises Refused `outbox_bad_time`, `outbox_past`."""
    match = _TIME.fullmatch(digits(text).strip())
    if match is None:
        raise Refused("outbox_bad_time")
    try:
        year, month, day, hour, minute = (int(part) for part in match.groups())
        found = datetime(year, month, day, hour, minute, tzinfo=world.zone(zone)).timestamp()
    except (ValueError, OverflowError):
        raise Refused("outbox_bad_time") from None
    if found <= world.now:
        raise Refused("outbox_past")
    return found
