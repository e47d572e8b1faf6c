"""The six civil society consultations of 2015-2016, and the intake of each: open or not, until when, for whom.

Dates and places: reference in `locales/en/briefings/consultations.md`, each with its source.
Not here: names and texts (`consultation.<id>.*` in `locales`), where the intake is kept (`storage`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """Who may take part: anybody with the bot's address, or only by invite."""

    OPEN = "open"
    INVITE = "invite"


@dataclass(frozen=True)
class Intake:
    """Whether contributions are taken now. `until` is epoch seconds, UTC; None while closed."""

    open: bool = False
    until: float | None = None
    access: Access = Access.OPEN
    draft_hours: int | None = None
    """How long an unfinished draft is kept after its last answer; None: as the installation says."""
    final: bool = False
    """The text of this consultation is final: how contributions are signed cannot be changed any more."""

    def takes(self, now: float) -> bool:
        """True while contributions are accepted."""
        return self.open and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Consultation:
    """One regional consultation as it was held. Dates are ISO days, local to the place."""

    id: str
    first_day: str
    last_day: str
    place: str
    """ISO 3166-1 alpha-2 of the host country; the city is text (`consultation.<id>.place`)."""
    countries: tuple[str, ...]
    """ISO 3166-1 alpha-2, shown first when a country is asked for. Edges are open: any country may be named."""
    zones: tuple[str, str]
    """IANA time zones between which nearly all of the region lies, from west to east."""


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CONSULTATIONS: tuple[Consultation, ...] = (
    Consultation(
        "sesea",
        "2015-03-21",
        "2015-03-22",
        "PH",
        _codes("AF BD BT IN IR LK MV NP PK CN HK JP KP KR MN MO BN ID KH LA MM MY PH SG TH TL VN"),
        ("Asia/Kabul", "Asia/Tokyo"),
    ),
    Consultation(
        "eeca",
        "2015-06-24",
        "2015-06-24",
        "BE",
        _codes("AM AZ BY GE KG KZ MD RU TJ TM UA UZ TR"),
        ("Europe/Kyiv", "Asia/Bishkek"),
    ),
    Consultation(
        "wca",
        "2015-12-07",
        "2015-12-07",
        "SN",
        _codes("BF BJ CI CV GH GM GN GW LR ML MR NE NG SL SN TG CD CF CG CM GA GQ ST TD"),
        ("Africa/Dakar", "Africa/Ndjamena"),
    ),
    Consultation(
        "sca",
        "2016-02-16",
        "2016-02-16",
        "CR",
        _codes("BZ CR GT HN MX NI PA SV AR BO BR CL CO EC GY PE PY SR UY VE AG BB BS CU DM DO GD HT JM KN LC TT VC"),
        ("America/Mexico_City", "America/Sao_Paulo"),
    ),
    Consultation(
        "mena",
        "2016-03-11",
        "2016-03-12",
        "LB",
        _codes("DZ EG EH LY MA SD TN AE BH IQ JO KW LB OM PS QA SA SY YE"),
        ("Africa/Algiers", "Asia/Dubai"),
    ),
    Consultation(
        "esa",
        "2016-04-29",
        "2016-04-29",
        "KE",
        _codes("BI DJ ER ET KE KM MG MU MW MZ RW SC SO SS TZ UG ZM ZW BW LS NA SZ ZA AO"),
        ("Africa/Luanda", "Indian/Mauritius"),
    ),
)

BY_ID = {consultation.id: consultation for consultation in CONSULTATIONS}
