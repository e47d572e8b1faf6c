"""What is sealed and handed in: parts, the contribution they make up, and what is added to it later.

A contribution leaves the server as one or more *parts*, each an age file that opens to a JSON object with the same
envelope and some of the answers. The *head* (its part id is the contribution id) holds the coded answers and names,
for each written answer, its other parts in order; every other part holds one message of one written answer, sealed
the moment it arrived. `join` puts them together again at the secretariat's desk.

Two things can follow by receipt. A new *version* is a contribution of its own whose head names the one it supersedes;
both have the same receipt. An *addition* is a further part of a contribution, with a kind and a running number, such as
another attribution; a new kind is a line in `ADDITIONS` that says what it does to the line of the opened export.

Not here: sealing (`bot.sealing`), storing (`storage`), the zip (`bot.exports`).
"""

import base64
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

from bot.core.errors import Corrupt

ContributionId = NewType("ContributionId", str)
"""32 lower-case hex digits, random."""
PartId = NewType("PartId", str)
"""32 lower-case hex digits, random. The head's part id equals the contribution id."""
Receipt = NewType("Receipt", str)
"""16 decimal digits, held only by the person; stored as a keyed MAC."""

RECEIPT_DIGITS = 16

FORMAT = 1
"""Version of the sealed documents."""

UNDISCLOSED = "undisclosed"
"""The answer of a person who prefers not to say. A skipped answer is None."""

LOOSE = "-loose"
"""Stands for the question in a piece that was sealed before its author had said which question it answers."""

JOINT = "\n"
"""Stands between the messages of one written answer when they are joined."""


class State(StrEnum):
    """What became of a contribution. Withdrawn and superseded ones keep a tombstone, no text."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Envelope:
    """Stands inside every part, so that a part that was moved or swapped is noticed when opened."""

    contribution: ContributionId
    consultation: str
    questionnaire: str
    version: str
    language: str
    """Of the interface: in the head when it was handed in, in a piece when the draft began."""
    day: str
    """ISO day (UTC) on which the draft began. The day is sealed; no finer time is kept anywhere."""
    group: ContributionId | None = None
    """In the head only: the contribution that describes the group spoken for. Its people count once, however many
    points name it."""


@dataclass(frozen=True)
class Note:
    """What may be told of a contribution to who holds its receipt. It rests under a key made from the receipt."""

    day: str
    """ISO day (UTC) on which this version was handed in."""
    questionnaire: str = "recommendation"
    """Which dialogue it answered, so that a new version answers the same."""
    group: ContributionId | None = None
    """For which group it speaks, as a new version will."""
    attribution: str = "anonymous"
    """Code of the attribution in force; the name that goes with it is sealed to the secretariat."""
    replies: tuple[tuple[str, str], ...] = ()
    """Id of each published point that was answered, and the code of the answer; words are sealed to the secretariat."""


@dataclass(frozen=True)
class Standing:
    """What a receipt stands for now: the newest version of a contribution."""

    contribution: ContributionId
    consultation: str
    state: State
    version: int = 1
    """How many versions were handed in."""
    note: Note | None = None
    """None for what was handed in before there were notes, and for what was withdrawn."""
    earlier: tuple[ContributionId, ...] = ()
    """The versions before this one: what is published may still name them."""
    exported: bool = False
    """An export has carried a version of it."""


VOICES: Mapping[str, str] = {"audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a"}
"""What a voice message may be, and how the name of its file ends when an export is opened."""


def voice_piece(
    envelope: Envelope, part: PartId, question: str, audio: bytes, *, type_: str, seconds: int
) -> dict[str, Any]:
    """One voice message of an answer, as a document to seal: the bytes as base64, what they are, how long it lasts."""
    recorded = {"audio": base64.b64encode(audio).decode(), "type": type_, "seconds": seconds}
    return {**_sealed(envelope), "part": part, "kind": "piece", "answers": {question: recorded}}


def _voice(part: str, recorded: Mapping[str, Any]) -> str:
    """Where a voice message was written to, or by what it is known where it was not."""
    return str(recorded.get("file") or f"{part}.{VOICES[recorded['type']]}")


def piece(envelope: Envelope, part: PartId, question: str, text: str) -> dict[str, Any]:
    """One message of a written answer, as a document to seal. The text is exactly what was sent."""
    return {**_sealed(envelope), "part": part, "kind": "piece", "answers": {question: text}}


def head(
    envelope: Envelope,
    answers: Mapping[str, Any],
    pieces: Mapping[str, Sequence[PartId]],
    notice: str,
    *,
    invite_group: str | None = None,
    supersedes: ContributionId | None = None,
) -> dict[str, Any]:
    """The coded answers and the order of the pieces, as a document to seal.

    `answers` has every question of the form: a code, a list of codes, None (skipped) or "undisclosed"; for a written
    answer the value is "" and `pieces` names its parts in order. `notice` is the version the person had accepted;
    `supersedes` the version that this one replaces.
    """
    return {
        **_sealed(envelope),
        "part": envelope.contribution,
        "kind": "head",
        "notice": notice,
        "invite_group": invite_group,
        "supersedes": supersedes,
        "group": envelope.group,
        "answers": dict(answers),
        "pieces": {question: list(parts) for question, parts in pieces.items()},
    }


ADDITION = "addition"
"""`kind` of a part that was added later."""


def addition(
    contribution: ContributionId, consultation: str, part: PartId, *, of: str, day: str, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Something added to a contribution, as a document to seal; the store gives it its running number (`number`).

    `of` is a kind of `ADDITIONS`.
    """
    return {
        "format": FORMAT,
        "contribution": contribution,
        "consultation": consultation,
        "part": part,
        "kind": ADDITION,
        "addition": of,
        "day": day,
        "answers": dict(answers),
    }


def _replace_answers(line: dict[str, Any], answers: Mapping[str, Any]) -> None:
    """Each answer takes the place of the one before; None takes it away."""
    for question, answer in answers.items():
        if answer is None:
            line["answers"].pop(question, None)
        else:
            line["answers"][question] = answer


ATTRIBUTION = "attribution"
"""Kind of the addition that says how a contribution is signed (`bot.core.attribution`)."""

FEEDBACK = "feedback"
"""Kind of the addition that answers a published point: its id and version, answer (`feedback.Reply`), words."""


def _replace_feedback(line: dict[str, Any], answers: Mapping[str, Any]) -> None:
    """One answer for each point, the newest; where it has no words, the answer before has none any more either."""
    feedback = {key: answers[key] for key in ("point", "version", "answer", "words")}
    line["feedback"] = [*(one for one in line["feedback"] if one["point"] != feedback["point"]), feedback]


ADDITIONS: Mapping[str, Callable[[dict[str, Any], Mapping[str, Any]], None]] = {
    ATTRIBUTION: _replace_answers,
    FEEDBACK: _replace_feedback,
}
"""Each kind of addition, and what its answers do to a line. Applied in the order of the running numbers."""


def join(parts: Mapping[PartId, Mapping[str, Any]], contribution: ContributionId) -> dict[str, Any]:
    """One line of the opened export from the opened parts of one contribution (contract.md, "The export").

    Every part must be one that the head names, or an addition. Raises Corrupt: `head_missing`, `part_missing` (a piece
    that the head names), `part_misplaced` (a part whose sealed envelope names another contribution, part, or question),
    `part_extra` (a part that nothing names), `addition_unknown` (added by a newer program).
    """
    first = parts.get(PartId(contribution))
    if first is None:
        raise Corrupt("head_missing", contribution=contribution)
    if first.get("kind") != "head" or first.get("contribution") != contribution:
        raise Corrupt("part_misplaced", part=contribution)
    answers = dict(first["answers"])
    for question, ids in first["pieces"].items():
        texts: list[str] = []
        voices: list[str] = []
        for part in ids:
            found = parts.get(PartId(part))
            if found is None:
                raise Corrupt("part_missing", part=part, contribution=contribution)
            if (
                found.get("contribution") != contribution
                or found.get("part") != part
                or set(found["answers"]) not in ({question}, {LOOSE})
            ):
                raise Corrupt("part_misplaced", part=part)
            for answer in found["answers"].values():
                if isinstance(answer, Mapping):
                    voices.append(_voice(part, answer))
                else:
                    texts.append(answer)
        answers[question] = voices or JOINT.join(texts)
    line = {
        "contribution": contribution,
        "consultation": first["consultation"],
        "questionnaire": first["questionnaire"],
        "version": first["version"],
        "language": first["language"],
        "day": first["day"],
        "state": State.SUBMITTED.value,
        "supersedes": first["supersedes"],
        "group": first.get("group"),  # heads of the first release lack it
        "answers": answers,
        "feedback": [],
    }
    for added in _additions(parts, contribution):
        if added["consultation"] != first["consultation"]:
            raise Corrupt("part_misplaced", part=added["part"])
        ADDITIONS[added["addition"]](line, added["answers"])
    claimed = {contribution, *(part for ids in first["pieces"].values() for part in ids)}
    extra = sorted(part for part, found in parts.items() if part not in claimed and found.get("kind") != ADDITION)
    if extra:
        raise Corrupt("part_extra", part=extra[0])
    return line


def _additions(parts: Mapping[PartId, Mapping[str, Any]], contribution: ContributionId) -> list[Mapping[str, Any]]:
    """What was added, oldest first. Two that got one number at once follow the order of their random ids."""
    added = []
    for part, found in parts.items():
        if found.get("kind") != ADDITION:
            continue
        if found.get("contribution") != contribution or found.get("part") != part:
            raise Corrupt("part_misplaced", part=part)
        if found["addition"] not in ADDITIONS:
            raise Corrupt("addition_unknown", part=part)
        added.append(found)
    return sorted(added, key=lambda found: (found["number"], found["part"]))


CHAIN_START = "0" * 64
"""Head of a chain before its first batch."""


def chain(previous: str, parts: Iterable[tuple[PartId, str]]) -> str:
    """The head after one more batch: SHA-256, in hex, of the previous head and the batch's parts.

    `parts` are (part id, SHA-256 of the age file); their order does not matter. Kept per consultation, over every part
    that ever entered a batch, withdrawn ones included: dropping or swapping one changes every later head.
    """
    return chain_in_order(previous, sorted(parts))


def chain_in_order(previous: str, parts: Iterable[tuple[str, str]]) -> str:
    """The same for parts that come in the order of their ids, without holding them all."""
    digest = hashlib.sha256(previous.encode())
    for part, sha256 in parts:
        digest.update(f"\n{part} {sha256}".encode())
    return digest.hexdigest()


def as_receipt(text: str) -> Receipt | None:
    """The receipt that a text consists of, in digits of any script, spaces, dashes and marks aside; None otherwise."""
    digits = ""
    for character in text:
        if character.isdecimal():
            digits += str(unicodedata.digit(character))
        elif unicodedata.category(character) not in ("Zs", "Cf", "Cc", "Pd"):
            return None
    return Receipt(digits) if len(digits) == RECEIPT_DIGITS else None


def _sealed(envelope: Envelope) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "contribution": envelope.contribution,
        "consultation": envelope.consultation,
        "questionnaire": envelope.questionnaire,
        "version": envelope.version,
        "language": envelope.language,
        "day": envelope.day,
    }
