"""The sealed export, FILE.zip: `manifest.json` and one `<part id>.age` for each part.

Written and read with little memory: parts are streamed; a reader keeps some 80 bytes for each. Order is that of random
ids, so it says nothing about when anything arrived.

Not here: opening what is sealed (`opening`), the layout of the manifest (`manifest`) and of the zip (`stored_zip`).
"""

import hashlib
import re
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from bot.core.contributions import ContributionId, PartId, State
from bot.core.errors import Corrupt, Refused
from bot.core.ports import Snapshot, Tombstone, Vault
from bot.exports import manifest, stored_zip
from bot.exports.manifest import Header, PartLine
from bot.exports.replacement import replacing

START = "0"
"""The cursor before the first export: everything."""

_ATTEMPTS = 5
_PART_NAME = re.compile(r"([0-9a-f]{32})\.age")
_PLACE = struct.Struct(">16sQI")
"""A part and where its bytes are: sorts by the part's id."""
_RECORD = struct.Struct(">16s16sQI")
"""The same with the contribution before it: sorts by contribution, then part."""


@dataclass(frozen=True)
class Summary:
    """What went into a bundle. `cursor` is what to give as `since` next time."""

    contributions: int
    parts: int
    withdrawn: int
    cursor: str


async def write(path: Path, vault: Vault, consultations: Sequence[str], since: str | None = None) -> Summary:
    """Write everything submitted to these consultations after the cursor `since` (None: everything).

    The file appears whole or not at all. The order of its parts is that of their random ids.
    Raises Refused: `cursor_unknown` (cursor), `folder_missing`, `file_unwritable`, `vault_busy` (people kept
    withdrawing while it was written; try again).
    """
    await vault.move()
    newest = await vault.begin_batch()
    first = _batch(since, newest)
    with replacing(path) as file:
        for _ in range(_ATTEMPTS):
            file.seek(0)
            file.truncate()
            summary = _write(file, vault, consultations, since=first, newest=newest)
            if summary is not None:
                return summary
        raise Refused("vault_busy")


def _batch(cursor: str | None, newest: int) -> int:
    if cursor is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", cursor) or int(cursor) > newest:
        raise Refused("cursor_unknown", cursor=cursor[:20])
    return int(cursor)


def _write(file: BinaryIO, vault: Vault, consultations: Sequence[str], *, since: int, newest: int) -> Summary | None:
    """Write the whole bundle; None if somebody withdrew meanwhile, so that parts and tombstones may not agree."""
    before = vault.snapshot(consultations, since)
    heads = count = 0
    with stored_zip.Writer(file) as zipped, tempfile.TemporaryFile(mode="w+", encoding="ascii") as spool:
        for part in vault.parts(consultations, since):
            if part.batch > newest:  # another export began a batch while this one runs
                continue
            if hashlib.sha256(part.sealed).hexdigest() != part.sha256:
                raise Corrupt("part_digest", part=part.part)
            zipped.add(f"{part.part}.age", part.sealed)
            spool.write(f"{part.part} {part.contribution} {part.consultation} {part.batch} {part.sha256}\n")
            count += 1
            heads += str(part.part) == part.contribution
        after = vault.snapshot(consultations, since)
        if _withdrawn(before) != _withdrawn(after):
            return None
        header = Header(
            consultations=tuple(consultations),
            recipient_set=after.recipient_set,
            since=since,
            cursor=str(newest),
            count=count,
            chains={name: (vault.chain(name, since), vault.chain(name, newest)) for name in consultations},
            tombstones=tuple(sorted(after.tombstones, key=lambda stone: stone.contribution)),
            states={name: state for name, state in sorted(after.states.items()) if state is not State.SUBMITTED},
        )
        spool.seek(0)
        zipped.add_from(manifest.NAME, manifest.written(header, map(_spooled, spool)))
        zipped.finish()
    return Summary(heads, count, len(header.tombstones), header.cursor)


def _withdrawn(snapshot: Snapshot) -> set[ContributionId]:
    return {stone.contribution for stone in snapshot.tombstones}


def _spooled(line: str) -> PartLine:
    part, contribution, consultation, batch, digest = line.split()
    return PartLine(PartId(part), ContributionId(contribution), consultation, int(batch), digest)


class Place(NamedTuple):
    """A part of a contribution, and where its sealed bytes are in the file."""

    part: PartId
    start: int
    size: int


class Bundle:
    """A bundle that was verified. Close it, or use it in `with`."""

    def __init__(self, content: mmap, header: Header, records: list[bytes]) -> None:
        self.header = header
        self._content = content
        self._records = records

    def contributions(self) -> Iterator[tuple[ContributionId, list[Place]]]:
        """The submitted contributions in the order of their ids, each with the places of its parts."""
        current: bytes | None = None
        places: list[Place] = []
        for record in self._records:
            contribution, part, start, size = _RECORD.unpack(record)
            if contribution != current:
                if current is not None:
                    yield ContributionId(current.hex()), places
                current, places = contribution, []
            places.append(Place(PartId(part.hex()), start, size))
        if current is not None:
            yield ContributionId(current.hex()), places

    def sealed(self, place: Place) -> bytes:
        """The age file at a place."""
        return self._content[place.start : place.start + place.size]

    def __len__(self) -> int:
        """Number of parts."""
        return len(self._records)

    def close(self) -> None:
        """Let go of the file."""
        self._content.close()

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(path: Path) -> Bundle:
    """Open a bundle and verify it: every part's SHA-256, the count, the chain, nothing missing, extra or twice.

    Raises Refused `file_unreadable` (path), and Corrupt: `zip_malformed`, `zip_packed` (name), `entry_unexpected`
    (name), `entry_doubled` (name), `manifest_missing`, `manifest_damaged`, `manifest_unknown` (format),
    `part_missing` (part), `part_extra` (part), `part_digest` (part), `part_misplaced` (part: consultation or batch is
    not one of this bundle's), `part_withdrawn` (part), `count_wrong` (found, promised), `chain_broken` (consultation).
    """
    try:
        with path.open("rb") as file:
            content = mmap(file.fileno(), 0, access=ACCESS_READ)
    except ValueError as error:  # an empty file cannot be mapped
        raise Corrupt("zip_malformed") from error
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    try:
        header, records = _verified(content)
    except BaseException:
        content.close()
        raise
    records.sort()
    return Bundle(content, header, records)


def _verified(content: mmap) -> tuple[Header, list[bytes]]:
    entry, places = _listed(content)
    manifest.check(content, entry.start, entry.size)
    header, lines = manifest.header_of(content, entry.start, entry.size)
    withdrawn = {stone.contribution for stone in header.tombstones}
    chained: dict[tuple[str, int], bytearray] = {}
    index = 0
    for line in manifest.part_lines(content, lines):
        part, start, size = _PLACE.unpack(places[index]) if index < len(places) else (b"\xff" * 17, 0, 0)
        if part < bytes.fromhex(line.part):
            raise Corrupt("part_extra", part=part.hex())
        if part > bytes.fromhex(line.part):
            raise Corrupt("part_missing", part=line.part)
        digest = hashlib.sha256(content[start : start + size])
        if digest.hexdigest() != line.sha256:
            raise Corrupt("part_digest", part=line.part)
        if line.consultation not in header.consultations or not header.since < line.batch <= int(header.cursor):
            raise Corrupt("part_misplaced", part=line.part)
        if line.contribution in withdrawn:
            raise Corrupt("part_withdrawn", part=line.part)
        chained.setdefault((line.consultation, line.batch), bytearray()).extend(part + digest.digest())
        places[index] = _RECORD.pack(bytes.fromhex(line.contribution), part, start, size)
        index += 1
    if index < len(places):
        raise Corrupt("part_extra", part=places[index][:16].hex())
    if index != header.count:
        raise Corrupt("count_wrong", found=index, promised=header.count)
    _verify_chains(header, chained)
    return header, places


def _listed(content: mmap) -> tuple[stored_zip.Entry, list[bytes]]:
    """The manifest's entry, and the place of every part in the order of the parts' ids."""
    found: stored_zip.Entry | None = None
    places: list[bytes] = []
    for entry in stored_zip.entries(content):
        if entry.name == manifest.NAME:
            if found is not None:
                raise Corrupt("entry_doubled", name=entry.name)
            found = entry
            continue
        name = _PART_NAME.fullmatch(entry.name)
        if name is None:
            raise Corrupt("entry_unexpected", name=ascii(entry.name[:80]))
        places.append(_PLACE.pack(bytes.fromhex(name[1]), entry.start, entry.size))
    if found is None:
        raise Corrupt("manifest_missing")
    places.sort()
    for one, other in pairwise(places):
        if one[:16] == other[:16]:
            raise Corrupt("entry_doubled", name=f"{one[:16].hex()}.age")
    return found, places


def _verify_chains(header: Header, chained: Mapping[tuple[str, int], bytearray]) -> None:
    for consultation in header.consultations:
        if consultation not in header.chains:
            raise Corrupt("chain_broken", consultation=consultation)
        head, promised = header.chains[consultation]
        stones = _erased(header.tombstones, consultation)
        batches = {batch for name, batch in chained if name == consultation} | set(stones)
        for batch in sorted(batch for batch in batches if header.since < batch <= int(header.cursor)):
            here = chained.get((consultation, batch), bytearray())
            head = _chained(head, merge(_pairs(here), sorted(stones.get(batch, ()))))
        if head != promised:
            raise Corrupt("chain_broken", consultation=consultation)


def _erased(tombstones: Sequence[Tombstone], consultation: str) -> dict[int, list[tuple[str, str]]]:
    """Parts of withdrawn contributions by batch: they stay links of the chain."""
    found: dict[int, list[tuple[str, str]]] = {}
    for stone in tombstones:
        if stone.consultation == consultation:
            for part, batch, digest in stone.parts:
                found.setdefault(batch, []).append((part, digest))
    return found


def _pairs(packed: bytearray) -> Iterator[tuple[str, str]]:
    for position in range(0, len(packed), 48):
        yield packed[position : position + 16].hex(), packed[position + 16 : position + 48].hex()


def _chained(previous: str, parts: Iterator[tuple[str, str]]) -> str:
    """What `contributions.chain` gives for parts that come in order, without holding them all."""
    digest = hashlib.sha256(previous.encode())
    for part, sha256 in parts:
        digest.update(f"\n{part} {sha256}".encode())
    return digest.hexdigest()
