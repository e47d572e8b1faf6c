"""`manifest.json` of a bundle: one JSON object, laid out one part to a line, so that it is read without holding it all.

Its last line is the SHA-256 of every byte before that line: any change to the manifest is noticed. This proves that
it is undamaged, not who wrote it; who could seal for the secretariat could also write a whole bundle.

Not here: the zip around it (`stored_zip`), checking parts against it (`bundle`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.core.consultations import Consultation, of_document
from bot.core.contributions import ContributionId, PartId, State
from bot.core.errors import Corrupt
from bot.core.ports import Tombstone
from bot.exports.content import Content

NAME = "manifest.json"
FORMAT = 2
"""Version of the bundle. In 1 all tombstones are of withdrawn contributions, and no part is older than the bundle."""
WITH_FORMS = 3
"""The same with `questionnaires.age`, what goes along. Written only where there is anything."""
READABLE = (1, FORMAT, WITH_FORMS)

_ID = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")
_PARTS = b'"parts": ['
_DIGEST = re.compile(rb'"digest": "([0-9a-f]{64})"\n\}\n\Z')
_DIGEST_SIZE = len('"digest": ""\n}\n') + 64
_LONGEST_LINE = 1024
_BLOCK = 1 << 16


class PartLine(NamedTuple):
    """What the manifest says of one part."""

    part: PartId
    contribution: ContributionId
    consultation: str
    batch: int
    sha256: str


@dataclass(frozen=True)
class Header:
    """Everything in a manifest but the list of parts."""

    consultations: tuple[str, ...]
    recipient_set: str
    since: int
    """Batch after which this bundle begins; 0 for everything."""
    cursor: str
    """What to give as `--since` next time."""
    count: int
    """Number of parts."""
    chains: Mapping[str, tuple[str, str]]
    """Per consultation, the head of its chain before this bundle and after it."""
    tombstones: tuple[Tombstone, ...]
    states: Mapping[ContributionId, State]
    """Contributions that are not simply submitted."""
    made: tuple[Consultation, ...] = ()
    """Of older bundles, what is known of consultations beyond the six; now it is sealed (`bundle.along`)."""
    forms: str = ""
    """SHA-256 of `questionnaires.age`; empty where there is none."""


def written(header: Header, parts: Iterable[PartLine]) -> Iterator[bytes]:
    """The manifest, in pieces."""
    digest = hashlib.sha256()
    for piece in _body(header, parts):
        digest.update(piece)
        yield piece
    yield f'"digest": "{digest.hexdigest()}"\n}}\n'.encode()


def _body(header: Header, parts: Iterable[PartLine]) -> Iterator[bytes]:
    fields: dict[str, Any] = {
        "format": WITH_FORMS if header.forms else FORMAT,
        **({"forms": header.forms} if header.forms else {}),
        "consultations": list(header.consultations),
        "recipient_set": header.recipient_set,
        "since": str(header.since),
        "cursor": header.cursor,
        "count": header.count,
        "chains": {name: {"before": before, "after": after} for name, (before, after) in header.chains.items()},
        "states": {contribution: state.value for contribution, state in header.states.items()},
        "tombstones": [
            {
                "contribution": stone.contribution,
                "consultation": stone.consultation,
                "batch": stone.batch,
                "state": stone.state.value,
                "supersedes": stone.supersedes,
                "parts": [list(part) for part in stone.parts],
            }
            for stone in header.tombstones
        ],
    }
    yield b"{\n"
    for name, value in fields.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n".encode()
    yield _PARTS + b"\n"
    before = ""
    for part in parts:
        yield f"{before}{json.dumps(part._asdict())}".encode()
        before = ",\n"
    yield b"\n],\n" if before else b"],\n"


def check(content: Content, start: int, size: int) -> None:
    """Compare a manifest with its own last line. Raises Corrupt `manifest_damaged`."""
    end = start + size - _DIGEST_SIZE
    found = _DIGEST.fullmatch(content.read(end, _DIGEST_SIZE)) if size > _DIGEST_SIZE else None
    digest = hashlib.sha256()
    for position in range(start, max(end, start), _BLOCK):
        digest.update(content.read(position, min(_BLOCK, end - position)))
    if found is None or found[1].decode() != digest.hexdigest():
        raise Corrupt("manifest_damaged")


def header_of(content: Content, start: int, size: int) -> tuple[Header, int]:
    """The header, and where the lines of the parts begin.

    Raises Corrupt `manifest_damaged`, `manifest_unknown` (format: made by a newer program).
    """
    lines: list[bytes] = []
    begin = 0
    for place, line in content.lines(start, size):
        if line == _PARTS or place > start + size:
            begin = place
            break
        lines.append(line)
    try:
        fields = json.loads(b"\n".join([*lines, b'"parts": null}']))
        if fields["format"] not in READABLE or (fields["format"] == WITH_FORMS) != bool(fields.get("forms")):
            raise Corrupt("manifest_unknown", format=str(fields["format"])[:20])
        return _header(fields), begin
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt("manifest_damaged") from error


def _header(fields: Mapping[str, Any]) -> Header:
    return Header(
        consultations=tuple(fields["consultations"]),
        recipient_set=fields["recipient_set"],
        since=int(fields["since"]),
        cursor=str(int(fields["cursor"])),
        count=fields["count"],
        chains={name: (heads["before"], heads["after"]) for name, heads in fields["chains"].items()},
        tombstones=tuple(
            Tombstone(
                ContributionId(stone["contribution"]),
                stone["consultation"],
                stone["batch"],
                tuple((PartId(part), batch, digest) for part, batch, digest in stone["parts"]),
                State(stone.get("state", State.WITHDRAWN)),
                stone.get("supersedes"),
            )
            for stone in fields["tombstones"]
        ),
        states={ContributionId(name): State(state) for name, state in fields["states"].items()},
        made=tuple(of_document(one) for one in fields.get("made", ())),
        forms=str(fields.get("forms", "")),
    )


def part_lines(content: Content, start: int) -> Iterator[PartLine]:
    """The parts, in ascending order of their ids. Raises Corrupt `manifest_damaged`."""
    before = ""
    for _, line in content.lines(start, _LONGEST_LINE):
        if line == b"],":
            return
        try:
            part = PartLine(**json.loads(line.removesuffix(b",")))
        except (ValueError, TypeError) as error:
            raise Corrupt("manifest_damaged") from error
        if not (_ID.fullmatch(part.part) and _ID.fullmatch(part.contribution) and _SHA256.fullmatch(part.sha256)):
            raise Corrupt("manifest_damaged")
        if part.part <= before:
            raise Corrupt("manifest_damaged")
        yield part
        before = part.part
    raise Corrupt("manifest_damaged")
