"""The file that `micic consultation new` takes: read, checked, and turned into a consultation with its intake.

Format: docs/consultations.md. What is put together in the chat is judged here, too, as if it were a file.
Not here: keeping it (`storage`), the dialogue (`bot.core.conversation.founding`).
"""

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from bot.core.consultations import (
    BY_ID,
    GRACE_HOURS,
    ID,
    LONGEST_DRAFT,
    LONGEST_GRACE,
    MOST_ZONES,
    NAME,
    PLACE,
    QUESTIONNAIRES,
    RESERVED,
    SHORT,
    Access,
    Consultation,
    Founded,
    Intake,
    new_id,
)
from bot.core.errors import Refused
from bot.questionnaires.publication import Wrong, day_of, language_of, texts_within
from locales.catalogue import Catalogue

LARGEST = 100_000
"""Bytes of a file; more is a mistake."""
_AT = re.compile(r"line (\d+)")
_LATIN = re.compile(r"[A-Za-z]")


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise Wrong("write 3 to 8 letters of a-z, or leave the id out: then one is made")
    if text in BY_ID:
        raise Wrong(f"write another id, {text} is there already, or leave the id out: then one is made")
    if text in RESERVED:
        raise Wrong(f"write another id, {text} has a meaning of its own, or leave the id out: then one is made")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _country(text: str, known: ValidationInfo) -> str:
    if text not in _catalogue(known).territories("en"):
        raise Wrong(f"write a country by two letters of ISO 3166-1, such as KE; {text[:10]!r} is none")
    return text


def _zone(text: str) -> str:
    if text not in _zones():
        raise Wrong(f"write a time zone such as Africa/Nairobi; {text[:40]!r} is none")
    return text


def _questionnaire(text: str) -> str:
    if text not in QUESTIONNAIRES:
        raise Wrong(f"write one of {', '.join(QUESTIONNAIRES)}")
    return text


def _earlier(text: str) -> str:
    if text not in BY_ID:
        raise Wrong(f"write one of {', '.join(BY_ID)}, or leave it out")
    return text


def _moment(text: str) -> str:
    try:
        if datetime.datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise Wrong("write a day and time with its distance from UTC, such as 2027-05-01T09:00+03:00")


def _seconds(text: str | None) -> float | None:
    return None if text is None else datetime.datetime.fromisoformat(text).timestamp()


def _access(text: str) -> str:
    if text not in set(Access):
        raise Wrong(f"write one of {', '.join(Access)}")
    return text


def _spoken(text: str, known: ValidationInfo) -> str:
    languages = [language.code for language in _catalogue(known).languages]
    if text not in languages:
        raise Wrong(f"write one of {', '.join(languages)}")
    return text


def _catalogue(known: ValidationInfo) -> Catalogue:
    """Names of countries and languages, as whoever judges has them at hand: loading them takes long."""
    found = (known.context or {})["catalogue"]
    assert isinstance(found, Catalogue)  # noqa: S101 - for the types: `_read` is the only way here
    return found


Language = Annotated[str, AfterValidator(language_of)]
Day = Annotated[str, AfterValidator(day_of)]
Country = Annotated[str, AfterValidator(_country)]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[str, AfterValidator(_moment)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, validate_default=True)

    id: Annotated[str, AfterValidator(_id)] | None = None
    name: Annotated[dict[Language, str], Field(min_length=1), texts_within(NAME)]
    short: Annotated[dict[Language, str], texts_within(SHORT)] = {}
    place: Annotated[dict[Language, str], Field(min_length=1), texts_within(PLACE)]
    country: Country
    countries: Annotated[list[Country], Field(min_length=1)]
    first_day: Day
    last_day: Day | None = None
    zone: Zone
    zones: Annotated[list[Zone], Field(min_length=1, max_length=MOST_ZONES)] | None = None
    questionnaires: Annotated[list[Annotated[str, AfterValidator(_questionnaire)]], Field(min_length=1)] = list(
        QUESTIONNAIRES
    )
    languages: list[Annotated[str, AfterValidator(_spoken)]] = []
    points_from: Annotated[str, AfterValidator(_earlier)] | None = None
    access: Annotated[str, AfterValidator(_access)] = Access.INVITE.value
    draft_hours: Annotated[int, Field(ge=1, le=LONGEST_DRAFT)] | None = None
    grace_hours: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] = GRACE_HOURS
    opens: Moment | None = None
    until: Moment | None = None
    sensitive: bool = True

    @field_validator("short")
    @classmethod
    def _names_fit_a_button(cls, short: dict[str, str], known: ValidationInfo) -> dict[str, str]:
        names = known.data.get("name", {})
        long = sorted(code for code, text in names.items() if code not in short and len(text) > SHORT)
        if long:
            raise Wrong(
                f"write [short] for {', '.join(long)}: these names are longer than a button, {SHORT} characters"
            )
        return short

    @field_validator("last_day")
    @classmethod
    def _ends_after_it_begins(cls, last: str | None, known: ValidationInfo) -> str | None:
        if last is not None and last < known.data.get("first_day", ""):
            raise Wrong("write a last_day that is not before first_day")
        return last

    @field_validator("until")
    @classmethod
    def _closes_after_it_opens(cls, until: str | None, known: ValidationInfo) -> str | None:
        begins, ends = _seconds(known.data.get("opens")), _seconds(until)
        if begins is not None and ends is not None and ends <= begins:
            raise Wrong("write an until that is after opens")
        return until


class Unfounded(Refused):
    """The file makes no consultation: code `founding_faulty` (path, count); `faults` says where and what to write."""

    def __init__(self, path: Path, faults: list[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("founding_faulty", path=str(path), count=len(faults))


def read(path: Path) -> Founded:
    """The consultation of a file. Raises Refused `file_unreadable`, and Unfounded with every fault."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unfounded(path, [("the file", "give a file for one consultation; this one is far too large")])
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise Unfounded(path, [("the file", "save it as UTF-8 text")]) from error
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        place = f"line {at[1]}" if at else "the last line"
        raise Unfounded(
            path, [(place, 'write it as name = "text" or [name]; texts stand in quotation marks')]
        ) from error
    try:
        return _founded(_read(content, catalogue := Catalogue.load()), catalogue)
    except ValidationError as error:
        raise Unfounded(path, list(_faults(error))) from error


def judged(content: Mapping[str, object], catalogue: Catalogue) -> Founded | frozenset[str]:
    """What such a file would make, or the names of the fields that are at fault."""
    try:
        return _founded(_read(content, catalogue), catalogue)
    except ValidationError as error:
        return frozenset(str(fault["loc"][0]) for fault in error.errors(include_url=False, include_input=False))


def _read(content: Mapping[str, object], catalogue: Catalogue) -> _File:
    return _File.model_validate(content, context={"catalogue": catalogue})


def _founded(file: _File, catalogue: Catalogue) -> Founded:
    name = file.name.get("en") or next((one for one in file.name.values() if _LATIN.search(one)), None)
    # A name without a Latin letter says nothing in a link; the country does.
    name = name or catalogue.territory("en", file.country)
    short = {code: file.short.get(code, text) for code, text in file.name.items()}
    made = Consultation(
        file.id or new_id(name, BY_ID),
        file.first_day,
        file.last_day or file.first_day,
        file.country,
        tuple(dict.fromkeys(file.countries)),
        tuple(dict.fromkeys(file.zones or (file.zone,))),
        file.zone,
        tuple(one for one in QUESTIONNAIRES if one in file.questionnaires),
        tuple(dict.fromkeys(file.languages)),
        file.points_from,
        {"name": file.name, "short": {**short, **file.short}, "place": file.place},
    )
    intake = Intake(
        until=_seconds(file.until),
        access=Access(file.access),
        draft_hours=file.draft_hours,
        grace_hours=file.grace_hours,
        opens=_seconds(file.opens),
    )
    return Founded(made, intake, file.sensitive)


_WRITE: Mapping[str, str] = {
    "missing": "write this, it is missing",
    "extra_forbidden": "take this away; nothing of that name is known here",
    "string_type": "write a text in quotation marks",
    "dict_type": 'write texts by language, such as en = "…"',
    "list_type": "write a list in square brackets",
    "int_type": "write a whole number",
    "too_short": "write more of them",
    "too_long": "write fewer of them",
    "bool_type": "write true or false",
    "greater_than_equal": "write a larger number",
    "less_than_equal": "write a smaller number",
}


def _faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Field and what to write, for each fault."""
    for fault in error.errors(include_url=False, include_input=False):
        cause = fault.get("ctx", {}).get("error")
        what = str(cause) if isinstance(cause, Wrong) else _WRITE.get(fault["type"], "write something else here")
        limits = {key: value for key, value in fault.get("ctx", {}).items() if key in ("ge", "le", "min_length")}
        if limits:
            what += f" ({', '.join(f'{_LIMITS[key]} {value}' for key, value in limits.items())})"
        steps = [
            f"number {one + 1}" if isinstance(one, int) else str(one)[:60] for one in fault["loc"] if one != "[key]"
        ]
        yield ", ".join(steps) or "the file", what


_LIMITS = {"ge": "at least", "le": "at most", "min_length": "at least"}
