"""The file that `micic publish` takes: read, checked, and turned into what the core knows. Format: docs/publishing.md.

Not here: keeping it (`storage.published`), the dialogue made of it (`responding`).
"""

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.core.consultations import BY_ID
from bot.core.contributions import ContributionId
from bot.core.errors import Refused
from bot.core.points import Point, PointSet, Publication
from bot.questionnaires.library import form

FORMAT = 1
MOST_POINTS = 24
"""Shown to one consultation: more would tire anybody, and their review would not fit one message."""
TITLE, TEXT, SIDE = 36, 700, 300
"""Characters of a title, of a point, and of each text beside it."""
LARGEST = 200_000_000
"""Bytes of a file; more is a mistake."""
MISSING, WORDS = "missing", "_words"
"""Keys of the dialogue's own answers, which no point may take."""

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_][A-Z]{2})?")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Wrong(ValueError):
    """Says what to write."""


def _consultation(text: str) -> str:
    if text not in BY_ID:
        raise Wrong(f"write one of {', '.join(BY_ID)}")
    return text


def _code(question: str) -> AfterValidator:
    def known(code: str) -> str:
        found = form("recommendation").questionnaire.question(question)
        codes = [choice.code for choice in found.choices] if found is not None else []
        if code not in codes:
            raise Wrong(f"write one of {', '.join(codes)}")
        return code

    return AfterValidator(known)


def _point_id(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text) or text == MISSING or text.endswith(WORDS):
        raise Wrong(f"write up to 40 of a-z, 0-9 and _, a letter first, not {MISSING!r}, not ending in {WORDS!r}")
    return text


def day_of(text: str) -> str:
    """An ISO day. Raises Wrong."""
    try:
        if datetime.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Wrong("write a day as 2015-06-24")


def language_of(text: str) -> str:
    """The code of a language. Raises Wrong."""
    if not _LANGUAGE.fullmatch(text):
        raise Wrong("write the code of a language, such as en, fr, pt_BR or uz-Cyrl")
    return text


def texts_within(longest: int) -> AfterValidator:
    """Texts by language, none empty nor longer than so many characters."""

    def fit(texts: dict[str, str]) -> dict[str, str]:
        for language, text in texts.items():
            if not text.strip():
                raise Wrong(f"write the text for {language}, or leave {language} out")
            if len(text) > longest:
                raise Wrong(f"shorten {language} to {longest} characters; it has {len(text)}")
            if _CONTROL.search(text):
                raise Wrong(f"take the control characters out of {language}")
        return texts

    return AfterValidator(fit)


Consultation = Annotated[str, AfterValidator(_consultation)]
PointId = Annotated[str, AfterValidator(_point_id)]
Language = Annotated[str, AfterValidator(language_of)]
Title = Annotated[dict[Language, str], Field(min_length=1), texts_within(TITLE)]
Text = Annotated[dict[Language, str], Field(min_length=1), texts_within(TEXT)]
Side = Annotated[dict[Language, str], texts_within(SIDE)]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Answers(_Strict):
    said: Side = {}
    wrote: Side = {}
    answered: Side = {}


class _Point(_Strict):
    id: PointId
    origins: Annotated[list[Consultation], Field(alias="from")] = []
    day: Annotated[str, AfterValidator(day_of)]
    shown_in: list[Consultation] = []
    title: Title
    text: Text
    phase: Annotated[str, _code("phase")] | None = None
    themes: Annotated[list[Annotated[str, _code("theme")]], Field(max_length=3)] = []
    support: Side = {}
    answers: _Answers = _Answers()
    source: Annotated[str, Field(max_length=SIDE)] | None = None


class _File(_Strict):
    format: Literal[1]
    fallback: Annotated[list[Language], Field(min_length=1)] = ["en"]
    points: list[_Point]
    feedback: dict[Hex, list[PointId]] = {}

    @model_validator(mode="after")
    def _fits_together(self) -> "_File":
        ids = [point.id for point in self.points]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            raise Wrong(f"give each point an id of its own; there are several with {', '.join(doubled)}")
        for consultation in BY_ID:
            shown = sum(consultation in point.shown_in for point in self.points)
            if shown > MOST_POINTS:
                raise Wrong(f"show {consultation} at most {MOST_POINTS} points; it has {shown}")
        known = set(ids)
        unknown = sorted({point for points in self.feedback.values() for point in points} - known)
        if unknown:
            raise Wrong(f"name in feedback only points of this file; there is no {', '.join(unknown[:5])}")
        return self


class Unpublishable(Refused):
    """The file cannot be published: code `publication_faulty` (path, count); `faults` says where and what to write."""

    def __init__(self, path: Path, faults: list[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("publication_faulty", path=str(path), count=len(faults))


def read(path: Path) -> Publication:
    """What a file publishes.

    Raises Refused `file_unreadable`, `publication_no_json` (path, line), and Unpublishable with every fault.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Refused("publication_no_json", path=str(path), line=1)
        content: Any = json.loads(path.read_bytes(), object_pairs_hook=_once)
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    except json.JSONDecodeError as error:
        raise Refused("publication_no_json", path=str(path), line=error.lineno) from error
    except Wrong as error:
        raise Unpublishable(path, [("the file", str(error))]) from error
    except (ValueError, RecursionError) as error:
        raise Refused("publication_no_json", path=str(path), line=1) from error
    try:
        return _publication(_File.model_validate(content))
    except ValidationError as error:
        raise Unpublishable(path, list(_faults(error, content))) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice would lose one of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = sorted({name for name in names if names.count(name) > 1}, key=str)
        raise Wrong(f"take one away of those that stand twice in the same braces: {', '.join(doubled)[:80]}")
    return found


def _publication(file: _File) -> Publication:
    points = {one.id: _point(one) for one in file.points}
    fallback = tuple(file.fallback)
    sets = []
    for consultation in BY_ID:
        shown = tuple(points[one.id] for one in file.points if consultation in one.shown_in)
        if shown:
            sets.append(PointSet(consultation, shown, fallback))
    feedback = {ContributionId(one): tuple(dict.fromkeys(ids)) for one, ids in file.feedback.items()}
    return Publication(tuple(sets), tuple(points.values()), feedback)


def _point(one: _Point) -> Point:
    return Point(
        id=one.id,
        origins=tuple(dict.fromkeys(one.origins)),
        day=one.day,
        title=one.title,
        text=one.text,
        phase=one.phase,
        themes=tuple(dict.fromkeys(one.themes)),
        support=one.support,
        said=one.answers.said,
        wrote=one.answers.wrote,
        answered=one.answers.answered,
        source=one.source,
    )


_WRITE: Mapping[str, str] = {
    "missing": "write this, it is missing",
    "extra_forbidden": "take this away; nothing of that name is known here",
    "string_type": "write a text in quotation marks",
    "dict_type": 'write texts by language in braces, such as {"en": "…"}',
    "model_type": "write names and values in braces",
    "list_type": "write a list in square brackets",
    "too_short": "write at least one",
    "too_long": "write fewer of them",
    "string_too_long": f"shorten this to {SIDE} characters",
    "string_pattern_mismatch": "write the id of a contribution, 32 digits of 0-9 a-f",
    "literal_error": f"write {FORMAT}",
}


def _faults(error: ValidationError, content: Any) -> Iterator[tuple[str, str]]:
    """Place and what to write, for each fault. A point is named by its position and its id."""
    for fault in error.errors(include_url=False, include_input=False):
        cause = fault.get("ctx", {}).get("error")
        what = str(cause) if isinstance(cause, Wrong) else _WRITE.get(fault["type"], "write something else here")
        yield _place(fault["loc"], content), what


def _place(place: tuple[int | str, ...], content: Any) -> str:
    steps = [f"number {step + 1}" if isinstance(step, int) else str(step)[:60] for step in place if step != "[key]"]
    if len(place) > 1 and place[0] == "points" and isinstance(place[1], int):
        point = content["points"][place[1]]
        name = point.get("id") if isinstance(point, dict) else None
        if isinstance(name, str):
            steps[1] += f" ({name[:40]})"
    return ", ".join(steps) or "the file"
