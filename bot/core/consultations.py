"""The consultations: the six of 2015-2016, those made since, and the intake of each: open or not, until when, for whom.

Dates and places of the six: reference in `locales/en/briefings/consultations.md`, each with its source; their names and
texts: `consultation.<id>.*` in `locales`. One that was made since brings its own. Not here: the file that makes one
(`bot.questionnaires.founding`), where they and their intakes are kept (`storage`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Access(StrEnum):
    """Who may take part: anybody with the bot's address, or only by invite."""

    OPEN = "open"
    INVITE = "invite"


GRACE_HOURS = 24
"""How long drafts under way may be finished after the end, where nothing else is said."""
LONGEST_GRACE = 72
LONGEST_DRAFT = 40
"""Hours that a draft may be kept after its last answer: its messages leave the chat by then."""
HOUR = 3600.0


@dataclass(frozen=True)
class Intake:
    """Whether contributions are taken now."""

    open: bool = False
    until: float | None = None
    """When it ends or was closed, epoch seconds, UTC; None: nobody has said."""
    access: Access = Access.OPEN
    draft_hours: int | None = None
    """How long an unfinished draft is kept after its last answer; None: as the installation says."""
    final: bool = False
    """The text of this consultation is final: how contributions are signed cannot be changed any more."""
    grace_hours: int = GRACE_HOURS
    """How long drafts under way may be finished after the end."""
    opens: float | None = None
    """When it begins, epoch seconds, UTC, once it is open; None: at once."""

    def takes(self, now: float) -> bool:
        """True while contributions are accepted."""
        return self.open and (self.opens or 0.0) <= now and (self.until is None or now < self.until)

    def waits(self, now: float) -> float | None:
        """When it begins by itself; None where that is not to come."""
        return self.opens if self.open and self.opens is not None and now < self.opens else None

    @property
    def drafts_until(self) -> float | None:
        """When a draft under way can be handed in for the last time; None while no end is known."""
        return None if self.until is None else self.until + self.grace_hours * HOUR

    def grace(self, now: float) -> float | None:
        """Until when a draft under way can be finished though nothing new is begun; None outside of that time."""
        ends = self.drafts_until
        return ends if self.until is not None and ends is not None and self.until <= now < ends else None

    def finishes(self, now: float) -> bool:
        """Whether a draft under way can be finished and handed in."""
        return self.takes(now) or self.grace(now) is not None


@dataclass(frozen=True)
class Changed:
    """What an organizer makes of an intake; it comes to nothing where somebody else has changed it since `before`."""

    consultation: str
    before: Intake
    after: Intake


ID = re.compile(r"[a-z]{3,8}")
NAME, SHORT, PLACE = 80, 28, 60
"""Characters of a name, of its short form (a button), and of the place."""
MOST_ZONES = 8
"""With many zones it is always night somewhere, and nobody would be reminded at all."""
QUESTIONNAIRES = ("recommendation", "practice", "group")
"""Those of which a consultation may leave some out."""


@dataclass(frozen=True)
class Consultation:
    """One regional consultation, as it was held or is to be. Dates are ISO days, local to the place."""

    id: str
    first_day: str
    last_day: str
    place: str
    """ISO 3166-1 alpha-2 of the host country; the city is text (`consultation.<id>.place`)."""
    countries: tuple[str, ...]
    """ISO 3166-1 alpha-2, shown first when a country is asked for. Edges are open: any country may be named."""
    zones: tuple[str, ...]
    """IANA time zones of the region: two between which nearly all of it lies, or each in which people live."""
    zone: str
    """The one in which times are shown to whoever has chosen no other."""
    questionnaires: tuple[str, ...] = QUESTIONNAIRES
    languages: tuple[str, ...] = ()
    """In which it is run; empty: in all. Nobody is kept from reading in another."""
    points_from: str | None = None
    """An earlier consultation whose published points are shown, as long as none are published for this one."""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """`name`, `short` and `place` by language; empty for the six, whose texts are the program's."""

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no button could carry."""
        if not ID.fullmatch(self.id):
            raise ValueError("id")


@dataclass(frozen=True)
class Founded:
    """A consultation to be made."""

    consultation: Consultation
    intake: Intake
    sensitive: bool = True
    """It must not show on a locked screen that somebody takes part."""


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SIX: tuple[Consultation, ...] = (
    Consultation(
        "sesea",
        "2015-03-21",
        "2015-03-22",
        "PH",
        _codes("AF BD BT IN IR LK MV NP PK CN HK JP KP KR MN MO BN ID KH LA MM MY PH SG TH TL VN"),
        ("Asia/Kabul", "Asia/Tokyo"),
        "Asia/Manila",
    ),
    Consultation(
        "eeca",
        "2015-06-24",
        "2015-06-24",
        "BE",
        _codes("AM AZ BY GE KG KZ MD RU TJ TM UA UZ TR"),
        ("Europe/Kyiv", "Asia/Bishkek"),
        "Europe/Kyiv",
    ),
    Consultation(
        "wca",
        "2015-12-07",
        "2015-12-07",
        "SN",
        _codes("BF BJ CI CV GH GM GN GW LR ML MR NE NG SL SN TG CD CF CG CM GA GQ ST TD"),
        ("Africa/Dakar", "Africa/Ndjamena"),
        "Africa/Dakar",
    ),
    Consultation(
        "sca",
        "2016-02-16",
        "2016-02-16",
        "CR",
        _codes("BZ CR GT HN MX NI PA SV AR BO BR CL CO EC GY PE PY SR UY VE AG BB BS CU DM DO GD HT JM KN LC TT VC"),
        ("America/Mexico_City", "America/Sao_Paulo"),
        "America/Costa_Rica",
    ),
    Consultation(
        "mena",
        "2016-03-11",
        "2016-03-12",
        "LB",
        _codes("DZ EG EH LY MA SD TN AE BH IQ JO KW LB OM PS QA SA SY YE"),
        ("Africa/Algiers", "Asia/Dubai"),
        "Asia/Beirut",
    ),
    Consultation(
        "esa",
        "2016-04-29",
        "2016-04-29",
        "KE",
        _codes("BI DJ ER ET KE KM MG MU MW MZ RW SC SO SS TZ UG ZM ZW BW LS NA SZ ZA AO"),
        ("Africa/Luanda", "Indian/Mauritius"),
        "Africa/Nairobi",
    ),
)

PUBLIC = frozenset(one.id for one in SIX)
"""Known to everybody, as they come with the program and were held in public."""

_known = {one.id: one for one in SIX}
_texts: dict[str, Mapping[str, str]] = {}

BY_ID: Mapping[str, Consultation] = MappingProxyType(_known)
"""All that this process knows: the six, then those that were learned. A live view."""
CONSULTATIONS: Collection[Consultation] = _known.values()
"""The same without ids, likewise."""
TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(_texts)
"""Texts by language of those that were learned, under the keys that `locales` has for the six. A live view."""


def learn(made: Iterable[Consultation]) -> None:
    """Let these be known from now on, beside the six, which nothing can replace. Whoever opens a store or an export
    calls this with what stands in it."""
    for one in made:
        if one.id not in PUBLIC:
            _known[one.id] = one
            _texts.update({f"consultation.{one.id}.{key}": texts for key, texts in _named(one).items()})


def unlearn() -> None:
    """Know only the six again."""
    for one in [one for one in _known if one not in PUBLIC]:
        del _known[one]
    _texts.clear()


def made() -> tuple[Consultation, ...]:
    """Those that were learned."""
    return tuple(one for one in _known.values() if one.id not in PUBLIC)


def document(one: Consultation) -> dict[str, Any]:
    """As it is kept and travels in exports."""
    return asdict(one)


def of_document(found: Mapping[str, Any]) -> Consultation:
    """A consultation out of its document. Raises ValueError, KeyError or TypeError where it is none."""
    texts = {
        str(key): {str(code): str(text) for code, text in by_language.items()}
        for key, by_language in dict(found["texts"]).items()
    }
    return Consultation(
        id=str(found["id"]),
        first_day=str(found["first_day"]),
        last_day=str(found["last_day"]),
        place=str(found["place"]),
        countries=tuple(map(str, found["countries"])),
        zones=tuple(map(str, found["zones"])),
        zone=str(found["zone"]),
        questionnaires=tuple(map(str, found["questionnaires"])),
        languages=tuple(map(str, found["languages"])),
        points_from=None if found["points_from"] is None else str(found["points_from"]),
        texts=texts,
    )


RESERVED = frozenset({"all", "none"})
"""Words that stand for every consultation, or for no one, wherever one is named: no consultation may be called so."""


def new_id(name: str, known: Iterable[str]) -> str:
    """An id for a new consultation: the first letters of its words, as the six have them; else of the name; unlike all
    that are known."""
    words = [word for word in re.findall(r"[a-z]+", _latin(name)) if word not in _SMALL]
    base = "".join(word[0] for word in words)[:6]
    if len(base) < _LEAST:
        base = "".join(words)[:6]
    if len(base) < _LEAST:
        base = f"{base}new"
    taken = {*known, *PUBLIC, *RESERVED}
    letters = "abcdefghijklmnopqrstuvwxyz"
    endings = ("", *letters, *(first + second for first in letters for second in letters))
    return next(f"{base}{ending}" for ending in endings if f"{base}{ending}" not in taken)


_SMALL = frozenset({"and", "the", "de", "et", "la", "le", "les", "du", "des", "y", "e", "do", "da"})
_LEAST = 3


def _latin(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(one))


def _named(one: Consultation) -> Mapping[str, Mapping[str, str]]:
    names = one.texts.get("name") or {"en": one.id}
    return {
        "name": names,
        "short": one.texts.get("short") or names,
        "place": one.texts.get("place") or {"en": one.place},
    }
