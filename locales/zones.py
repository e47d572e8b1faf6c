"""Time zones by name or city, and what a reader calls them. Not here: what is sent when (`bot.core.outbox`)."""

from contextlib import suppress
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

UTC = "UTC"
_CLDR = {"Europe/Kyiv": "Europe/Kiev"}
"""Zones that CLDR has under an older name."""


def find(text: str) -> str | None:
    """The zone of a name (`Africa/Dakar`) or city (`Dakar`, `costa rica`); None for what is neither."""
    return _by_name().get(_folded(text))


@cache
def of_country(code: str) -> tuple[str, ...]:
    """The zones of a country (ISO 3166-1 alpha-2), as CLDR has them; empty for what is none."""
    known = available_timezones()
    return tuple(name for name in get_global("territory_zones").get(code, ()) if name in known)


@cache
def zone(name: str) -> ZoneInfo:
    """A zone by its name; UTC for one that this computer does not know (any more)."""
    with suppress(KeyError, ValueError, OSError):
        return ZoneInfo(name)
    return ZoneInfo(UTC)


def city(name: str, locale: str) -> str:
    """The city of a zone as readers of a CLDR locale call it; UTC is called that everywhere."""
    if name == UTC:
        return name
    older = Locale.parse(locale).time_zones.get(_CLDR.get(name, ""), {})
    return str(older.get("city") or get_timezone_location(zone(name), locale=locale, return_city=True))


@cache
def _by_name() -> dict[str, str]:
    names = sorted(available_timezones(), key=lambda one: (one.count("/") == 0, one.startswith("Etc/"), one))
    found = {_folded(name.rsplit("/", 1)[-1]): name for name in reversed(names) if "/" in name}
    return {**found, **{_folded(name): name for name in names}, "utc": UTC, "gmt": UTC}


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())
