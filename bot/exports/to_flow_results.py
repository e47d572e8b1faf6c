"""A Flow Results package, for tools that read what chat flows collect: a zip of a descriptor and one file of responses.

Specification: Flow Results 1.0.0-rc1 (github.com/FLOIP/flow-results), a Data Package with seven columns. A row for each
answer: skipped ones have none, "prefer not to say" is the choice `undisclosed`. What this bot does not know is not made
up: the time is the beginning of the day (UTC) on which somebody began, and a contribution is its own contact and
session, since nothing tells whether two are from one person. Withdrawn ones are listed in the descriptor, under
`micic:gone`, so that whoever keeps older packages can erase them. Texts are exact, as in JSON Lines.

Not here: which answers there are (`table` does the same for tables), other formats (`to_<format>`).
"""

import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.core.contributions import UNDISCLOSED, State
from bot.core.dialogue.questionnaire import Kind, Question, Questionnaire
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing
from bot.exports.table import label
from bot.sealing import to_json

_DATA = "data/responses.json"
_TYPES: Mapping[Kind, str] = {
    Kind.SELECT_ONE: "select_one",
    Kind.SELECT_MULTIPLE: "select_many",
    Kind.INTEGER: "numeric",
    Kind.AUDIO: "audio",
    Kind.TEXT: "text",
    Kind.CALCULATE: "text",
}
_FIELDS = (
    ("timestamp", "Timestamp", "datetime"),
    ("row_id", "Row ID", "string"),
    ("contact_id", "Contact ID", "string"),
    ("session_id", "Session ID", "string"),
    ("question_id", "Question ID", "string"),
    ("response", "Response", "any"),
    ("response_metadata", "Response Metadata", "object"),
)
_ISO_639_3 = {"en": "eng", "fr": "fra", "es": "spa", "ar": "ara", "ru": "rus", "pt": "por"}
_ABOUT = ("consultation", "language", "version", "state", "supersedes", "group")
"""Of a contribution, in the metadata of each of its rows."""


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write the package; how many contributions there were."""
    asked = {str(question.id): question for question in questionnaire.questions if question.kind is not Kind.NOTE}
    count = 0
    gone: list[dict[str, Any]] = []
    others: dict[str, set[str]] = {}
    with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        with packed.open(_info(_DATA), "w", force_zip64=True) as data:
            between = b"[\n"
            for count, line in enumerate(lines, 1):  # noqa: B007 - the last one is how many there were
                if line["state"] != State.SUBMITTED:
                    gone.append({name: line[name] for name in ("contribution", "consultation", "state")})
                for row in _rows(line, asked, others):
                    data.write(between + to_json(row))
                    between = b",\n"
            data.write(b"\n]\n" if between == b",\n" else b"[]\n")
        descriptor = _descriptor(questionnaire, options, others, gone)
        packed.writestr(_info("datapackage.json"), json.dumps(descriptor, ensure_ascii=False, indent=1).encode())
    return count


def _rows(line: Mapping[str, Any], asked: Mapping[str, Question], others: dict[str, set[str]]) -> Iterator[list[Any]]:
    """The responses of one contribution. Questions and codes that the form does not have go to `others`."""
    name = line["contribution"]
    about = {key: line[key] for key in _ABOUT if line.get(key) is not None}
    for step, answer in line["answers"].items():
        if answer is None:
            continue
        question = asked.get(step)
        response, more = _response(question, answer)
        if question is None or question.choices:
            codes = {response} if isinstance(response, str) else set(response or ())
            known = {choice.code for choice in question.choices} if question else codes
            others.setdefault(step, set()).update(codes - known)
        yield [_time(line["day"]), f"{name}.{step}", name, name, step, response, {**about, **more}]
    for number, given in enumerate(line.get("feedback") or ()):
        others.setdefault("feedback", set())
        yield [_time(line["day"]), f"{name}.feedback.{number}", name, name, "feedback", to_json(given).decode(), about]


def _response(question: Question | None, answer: Any) -> tuple[Any, dict[str, Any]]:
    """The answer in the shape of its question's type, and what is to be said beside it."""
    if question is None:
        return (answer if isinstance(answer, str) else to_json(answer).decode()), {}
    if question.kind is Kind.SELECT_MULTIPLE:
        return ([answer] if isinstance(answer, str) else list(map(str, answer))), {}
    if answer == UNDISCLOSED and question.kind not in (Kind.SELECT_ONE, Kind.TEXT):
        return None, {"undisclosed": True}
    if question.kind is Kind.INTEGER:
        return (int(answer) if str(answer).lstrip("-").isdecimal() else str(answer)), {}
    return str(answer), {}


def _descriptor(
    questionnaire: Questionnaire, options: Options, others: Mapping[str, set[str]], gone: list[dict[str, Any]]
) -> dict[str, Any]:
    made = f"{options.day or '1970-01-01'}T00:00:00+00:00"
    origin = options.origin
    known = "" if origin is None else f"{origin.recipient_set} {','.join(origin.consultations)}"
    questions = {
        str(asked.id): _question(asked, options, others.get(asked.id, set()))
        for asked in questionnaire.questions
        if asked.kind in _TYPES
    }
    unknown = sorted(others.keys() - questions.keys())
    questions |= {name: {"type": "text", "label": name, "type_options": {}} for name in unknown}
    language = {"language": _ISO_639_3[options.language]} if options.language in _ISO_639_3 else {}
    return {
        "profile": "flow-results-package",
        "flow_results_specification_version": "1.0.0-rc1",
        "name": f"micic-{questionnaire.id}".lower().replace(" ", "-"),
        "title": label(questionnaire.titles, options.language) or questionnaire.id,
        "id": _version_4(f"{questionnaire.id} {questionnaire.version} {known}"),
        "created": made,
        "modified": made,
        "resources": [
            {
                "path": _DATA,
                "name": "responses",
                "access_method": "file",
                "mediatype": "application/json",
                "encoding": "utf-8",
                "schema": {
                    **language,
                    "fields": [dict(zip(("name", "title", "type"), field, strict=True)) for field in _FIELDS],
                    "questions": questions,
                },
            }
        ],
        "micic:gone": gone,
    }


def _question(question: Question, options: Options, met: set[str]) -> dict[str, Any]:
    """`met`: codes that were answered and that the form does not have, such as "prefer not to say"."""
    codes = [choice.code for choice in question.choices]
    codes += sorted(met) if codes else []
    names = {choice.code: label(choice.short, options.language) for choice in question.choices}
    return {
        "type": _TYPES[question.kind],
        "label": label(question.labels, options.language),
        "type_options": {"choices": codes, "micic:names": names} if codes else {},
    }


def _version_4(name: str) -> str:
    """The same for the same server, form and version, so that a newer package takes the older one's place."""
    made = bytearray(uuid.uuid5(uuid.NAMESPACE_URL, f"https://micic.example/{name}").bytes)
    made[6] = (made[6] & 0x0F) | 0x40
    return str(uuid.UUID(bytes=bytes(made)))


def _time(day: str | None) -> str | None:
    return f"{day}T00:00:00+00:00" if day else None


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # carries no time
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
