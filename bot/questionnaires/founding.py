"""The file that `micic consultation new` takes: read, checked, and turned into a consultation with its intake.

Format: docs/consultations.md. Not here: keeping it (`storage`), the same by a dialogue (`bot.core.conversation`).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.core.consultations import (
    BY_ID,
    GRACE_HOURS,
    ID,
    LONGEST_DRAFT,
    LONGEST_GRACE,
    NAME,
    PLACE,
    QUESTIONNAIRES,
    SHORT,
    Access,
    Consultation,
    Intake,
    new_id,
)
from bot.core.errors import Refused
from bot.questionnaires.publication import Wrong, day_of, language_of, texts_within
from locales.catalogue import Catalogue

LARGEST = 100_000
"""Bytes of a file; more is a mistake."""
_AT = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Founded:
    """A consultation to be made."""

    consultation: Consultation
    intake: Intake


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise Wrong("write 3 to 8 letters of a-z, or leave the id out: then one is made")
    if text in BY_ID:
        raise Wrong(f"write another id, {text} is there already, or leave the id out: then one is made")
    return text


def _country(text: str) -> str:
    if text not in Catalogue.load().territories("en"):
        raise Wrong(f"write a country by two letters of ISO 3166-1, such as KE; {text[:10]!r} is none")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
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


def _access(text: str) -> str:
    if text not in set(Access):
        raise Wrong(f"write one of {', '.join(Access)}")
    return text


def _spoken(text: str) -> str:
    known = [language.code for language in Catalogue.load().languages]
    if text not in known:
        raise Wrong(f"write one of {', '.join(known)}")
    return text


Language = Annotated[str, AfterValidator(language_of)]
Day = Annotated[str, AfterValidator(day_of)]
Country = Annotated[str, AfterValidator(_country)]
Zone = Annotated[str, AfterValidator(_zone)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, AfterValidator(_id)] | None = None
    name: Annotated[dict[Language, str], Field(min_length=1), texts_within(NAME)]
    short: Annotated[dict[Language, str], texts_within(SHORT)] = {}
    place: Annotated[dict[Language, str], Field(min_length=1), texts_within(PLACE)]
    country: Country
    countries: Annotated[list[Country], Field(min_length=1)]
    first_day: Day
    last_day: Day | None = None
    zone: Zone
    zones: Annotated[list[Zone], Field(min_length=2, max_length=2)] | None = None
    questionnaires: Annotated[list[Annotated[str, AfterValidator(_questionnaire)]], Field(min_length=1)] = list(
        QUESTIONNAIRES
    )
    languages: list[Annotated[str, AfterValidator(_spoken)]] = []
    points_from: Annotated[str, AfterValidator(_earlier)] | None = None
    access: Annotated[str, AfterValidator(_access)] = Access.INVITE.value
    draft_hours: Annotated[int, Field(ge=1, le=LONGEST_DRAFT)] | None = None
    grace_hours: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] = GRACE_HOURS

    @model_validator(mode="after")
    def _fits_together(self) -> "_File":
        if self.last_day is not None and self.last_day < self.first_day:
            raise Wrong("write a last_day that is not before first_day")
        long = sorted(code for code, text in self.name.items() if code not in self.short and len(text) > SHORT)
        if long:
            raise Wrong(
                f"write [short] for {', '.join(long)}: these names are longer than a button, {SHORT} characters"
            )
        return self


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
        return _founded(_File.model_validate(content))
    except ValidationError as error:
        raise Unfounded(path, list(_faults(error))) from error


def _founded(file: _File) -> Founded:
    name = file.name.get("en") or next(iter(file.name.values()))
    short = {code: file.short.get(code, text) for code, text in file.name.items()}
    made = Consultation(
        file.id or new_id(name, BY_ID),
        file.first_day,
        file.last_day or file.first_day,
        file.country,
        tuple(dict.fromkeys(file.countries)),
        (file.zones[0], file.zones[1]) if file.zones else (file.zone, file.zone),
        file.zone,
        tuple(one for one in QUESTIONNAIRES if one in file.questionnaires),
        tuple(dict.fromkeys(file.languages)),
        file.points_from,
        {"name": file.name, "short": {**short, **file.short}, "place": file.place},
    )
    return Founded(made, Intake(access=Access(file.access), draft_hours=file.draft_hours, grace_hours=file.grace_hours))


_WRITE: Mapping[str, str] = {
    "missing": "write this, it is missing",
    "extra_forbidden": "take this away; nothing of that name is known here",
    "string_type": "write a text in quotation marks",
    "dict_type": 'write texts by language, such as en = "…"',
    "list_type": "write a list in square brackets",
    "int_type": "write a whole number",
    "too_short": "write more of them",
    "too_long": "write fewer of them",
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
