"""The sealed export, FILE.zip: `manifest.json` and one `<part id>.age` for each part.

Written and read with little memory, however many parts there are: they are streamed, and what a reader must sort is
laid aside in a temporary file. Order is that of random
ids, so it says nothing about when anything arrived.

A bundle that begins after a cursor also repeats the earlier parts of contributions to which something was added since:
each bundle opens by itself, and of a contribution that stands in several the newest bundle tells how it stands.

Not here: opening what is sealed (`opening`), the layout of the manifest (`manifest`) and of the zip (`stored_zip`).
"""

import hashlib
import re
import struct
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from bot.core.consultations import document, learn, made, of_document
from bot.core.contributions import ContributionId, PartId, State, chain_in_order
from bot.core.errors import Corrupt, Refused
from bot.core.ports import Snapshot, Tombstone, Vault
from bot.crashpoints import crash_point
from bot.exports import manifest, stored_zip
from bot.exports.content import Content, Drawers
from bot.exports.manifest import Header, PartLine
from bot.exports.replacement import replacing

FORMS = "questionnaires.age"
"""What goes along, sealed like a part (`{"forms": [...], "made": [...]}`): the questionnaires that organizers brought,
without which there is no codebook, and the consultations beyond the six, without which there is no name.
"""

START = "0"
"""The cursor before the first export: everything."""

Watch = Callable[[int, int], None]
"""Is told from time to time how much is done, of how much."""

_ATTEMPTS = 5
_OFTEN = 256
"""Parts between two times that somebody is told how far it is."""
_PART_NAME = re.compile(r"([0-9a-f]{32})\.age")
_RECORD = struct.Struct(">16s16sQI")
"""Contribution, part, and where its bytes are: sorts by contribution."""
_LINK = struct.Struct(">16s32s")
"""Part and SHA-256: one link of a chain."""


@dataclass(frozen=True)
class Summary:
    """What went into a bundle. `cursor` is what to give as `since` next time."""

    contributions: int
    parts: int
    withdrawn: int
    cursor: str


def along(forms: Sequence[Mapping[str, Any]], consultations: Sequence[str]) -> dict[str, Any] | None:
    """What goes along, to be sealed; None where nothing has to. Whoever finds the file is not to read in it where a
    consultation meets, and when.
    """
    founded = [document(one) for one in made() if one.id in consultations]
    return {"forms": [*forms], "made": founded} if forms or founded else None


def taken_along(bundles: Sequence["Bundle"], opened: Callable[[bytes], Mapping[str, Any]]) -> list[Any]:
    """The questionnaires that bundles brought; their consultations are known from now on. Raises Corrupt
    `part_misplaced`, and what `opened` raises.
    """
    found = [opened(one.forms) for one in bundles if one.forms]
    try:
        learn([of_document(one) for each in found for one in each.get("made", ())])
        return [one for each in found for one in each["forms"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt("part_misplaced", part=FORMS) from error


async def write(
    path: Path,
    vault: Vault,
    consultations: Sequence[str],
    since: str | None = None,
    watch: Watch = lambda done, total: None,
    *,
    forms: bytes = b"",
) -> Summary:
    """Write everything submitted to these consultations after the cursor `since` (None: everything).

    The file appears whole or not at all. The order of its parts is that of their random ids, so how far `watch` is told
    to be is how far the ids are (of 100).
    Raises Refused: `cursor_unknown` (cursor), `folder_missing`, `file_unwritable`, `vault_busy` (people kept
    withdrawing or changing while it was written; try again).
    """
    await vault.move()
    newest = await vault.begin_batch()
    crash_point("export_batched")
    first = _batch(since, newest)
    with replacing(path) as file:
        summary = await _tried(file, vault, consultations, since=first, newest=newest, watch=watch, forms=forms)
        crash_point("export_written")
    crash_point("export_placed")
    return summary


def _batch(cursor: str | None, newest: int) -> int:
    if cursor is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", cursor) or int(cursor) > newest:
        raise Refused("cursor_unknown", cursor=cursor[:20])
    return int(cursor)


async def _tried(
    file: BinaryIO,
    vault: Vault,
    consultations: Sequence[str],
    *,
    since: int,
    newest: int,
    watch: Watch,
    forms: bytes,
) -> Summary:
    for _ in range(_ATTEMPTS):
        file.seek(0)
        file.truncate()
        summary = _write(file, vault, consultations, since=since, newest=newest, watch=watch, forms=forms)
        if summary is not None:
            return summary
        # A version that arrived meanwhile has erased the one before it: neither may be missing.
        newest = await vault.begin_batch()
    raise Refused("vault_busy")


def _write(
    file: BinaryIO,
    vault: Vault,
    consultations: Sequence[str],
    *,
    since: int,
    newest: int,
    watch: Watch,
    forms: bytes,
) -> Summary | None:
    """Write the whole bundle; None if somebody withdrew or changed something meanwhile: its halves may not agree."""
    before = vault.snapshot(consultations, since)
    heads = count = 0
    with stored_zip.Writer(file) as zipped, tempfile.TemporaryFile(mode="w+", encoding="ascii") as spool:
        for part in vault.parts(consultations, since):
            crash_point("export_part")
            if part.batch > newest:  # another export began a batch while this one runs
                continue
            if hashlib.sha256(part.sealed).hexdigest() != part.sha256:
                raise Corrupt("part_digest", part=part.part)
            zipped.add(f"{part.part}.age", part.sealed)
            spool.write(f"{part.part} {part.contribution} {part.consultation} {part.batch} {part.sha256}\n")
            count += 1
            heads += str(part.part) == part.contribution
            if count % _OFTEN == 0:
                watch(int(part.part[:6], 16) * 100 >> 24, 100)
        after = vault.snapshot(consultations, since)
        if _erased_ids(before) != _erased_ids(after) or not after.whole:
            return None
        header = Header(
            consultations=tuple(consultations),
            recipient_set=after.recipient_set,
            since=since,
            cursor=str(newest),
            count=count,
            chains={name: (vault.chain(name, since), vault.chain(name, newest)) for name in consultations},
            tombstones=tuple(sorted(after.tombstones, key=lambda stone: stone.contribution)),
            states=dict(sorted(after.states.items())),
            forms=hashlib.sha256(forms).hexdigest() if forms else "",
        )
        if forms:
            zipped.add(FORMS, forms)
        spool.seek(0)
        zipped.add_from(manifest.NAME, manifest.written(header, map(_spooled, spool)))
        zipped.finish()
    withdrawn = sum(stone.state is State.WITHDRAWN for stone in header.tombstones)
    return Summary(heads, count, withdrawn, header.cursor)


def _erased_ids(snapshot: Snapshot) -> set[ContributionId]:
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

    def __init__(self, content: Content, header: Header, records: Drawers[int], heads: int, forms: bytes = b"") -> None:
        """`records` are in a drawer for each first byte of the contribution's id."""
        self.header = header
        self.lines = heads + len(header.tombstones)
        """How many lines it opens to."""
        self.forms = forms
        """What goes along, sealed; empty where there is nothing."""
        self._content = content
        self._records = records

    def contributions(self) -> Iterator[tuple[ContributionId, list[Place]]]:
        """The submitted contributions in the order of their ids, each with the places of its parts."""
        for first in range(256):
            records = sorted(record for block in self._records.take(first) for record in _RECORD.iter_unpack(block))
            for contribution, group in groupby(records, key=itemgetter(0)):
                places = [Place(PartId(part.hex()), start, size) for _, part, start, size in group]
                yield ContributionId(contribution.hex()), places

    def sealed(self, place: Place) -> bytes:
        """The age file at a place."""
        return self._content.read(place.start, place.size)

    def __len__(self) -> int:
        """Number of parts."""
        return self.header.count

    def close(self) -> None:
        """Let go of the file."""
        self._content.close()
        self._records.close()

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(path: Path, watch: Watch | None = None) -> Bundle:
    """Open a bundle and verify it: every part's SHA-256, the count, the chain, nothing missing, extra or twice.

    `watch` is told how far this is.

    Raises Refused `file_unreadable` (path), and Corrupt: `zip_malformed`, `zip_packed` (name), `entry_unexpected`
    (name), `entry_doubled` (name), `manifest_missing`, `manifest_damaged`, `manifest_unknown` (format),
    `part_missing` (part), `part_extra` (part), `part_digest` (part), `part_misplaced` (part: consultation or batch is
    not one of this bundle's, or an earlier part without a new one of its contribution), `part_withdrawn` (part),
    `count_wrong` (found, promised), `chain_broken` (consultation).
    """
    try:
        content = Content(path)
    except OSError as error:
        raise Refused("file_unreadable", path=str(path)) from error
    records: Drawers[int] = Drawers()
    links: Drawers[tuple[str, int]] = Drawers()
    try:
        header, heads, forms = _verify(content, records, links, watch)
    except BaseException:
        content.close()
        records.close()
        raise
    finally:
        links.close()
    return Bundle(content, header, records, heads, forms)


def _verify(
    content: Content, records: Drawers[int], links: Drawers[tuple[str, int]], watch: Watch | None
) -> tuple[Header, int, bytes]:
    """Check everything; fill `records` by contribution and `links` by consultation and batch.

    Gives the header, how many heads there are, and what goes along.
    """
    entry, kept, sealed = _listed(content)
    manifest.check(content, entry.start, entry.size)
    header, lines = manifest.header_of(content, entry.start, entry.size)
    learn(header.made)  # of an older bundle: whoever reads it shows names of theirs
    forms = b"" if kept is None else content.read(kept.start, kept.size)
    if (hashlib.sha256(forms).hexdigest() if forms else "") != header.forms:
        raise Corrupt("part_digest", part=FORMS)
    withdrawn = {stone.contribution for stone in header.tombstones}
    repeated: dict[ContributionId, PartId] = {}
    """Contributions with earlier parts, each of which must have a new one."""
    count = heads = 0
    for line in manifest.part_lines(content, lines):
        if watch is not None and count % 1024 == 0:
            watch(count, header.count)
        part, start, size = next(sealed, _NO_PLACE)
        if part < line.part:
            raise Corrupt("part_extra", part=part)
        if part > line.part:
            raise Corrupt("part_missing", part=line.part)
        digest = hashlib.sha256(content.read(start, size))
        if digest.hexdigest() != line.sha256:
            raise Corrupt("part_digest", part=line.part)
        if line.consultation not in header.consultations or not 0 < line.batch <= int(header.cursor):
            raise Corrupt("part_misplaced", part=line.part)
        if line.contribution in withdrawn:
            raise Corrupt("part_withdrawn", part=line.part)
        contribution, packed = bytes.fromhex(line.contribution), bytes.fromhex(part)
        records.add(contribution[0], _RECORD.pack(contribution, packed, start, size))
        if line.batch > header.since:
            links.add((line.consultation, line.batch), _LINK.pack(packed, digest.digest()))
        else:
            repeated.setdefault(line.contribution, line.part)
        count += 1
        heads += packed == contribution
    extra = next(sealed, None)
    if extra is not None:
        raise Corrupt("part_extra", part=extra.part)
    if count != header.count:
        raise Corrupt("count_wrong", found=count, promised=header.count)
    if repeated:
        for line in manifest.part_lines(content, lines):
            if line.batch > header.since:
                repeated.pop(line.contribution, None)
    if repeated:
        raise Corrupt("part_misplaced", part=next(iter(repeated.values())))
    _verify_chains(header, links)
    return header, heads, forms


_NO_PLACE = Place(PartId("g"), 0, 0)
"""After the last part: sorts after every id."""


def _listed(content: Content) -> tuple[stored_zip.Entry, stored_zip.Entry | None, Iterator[Place]]:
    """The manifest's entry, that of the questionnaires, and the place of every part in the order of the parts' ids."""
    found: stored_zip.Entry | None = None
    forms: stored_zip.Entry | None = None
    before = ""
    in_order = True
    for entry in stored_zip.entries(content):
        if entry.name == manifest.NAME:
            if found is not None:
                raise Corrupt("entry_doubled", name=entry.name)
            found = entry
        elif entry.name == FORMS:
            if forms is not None:
                raise Corrupt("entry_doubled", name=entry.name)
            forms = entry
        elif _PART_NAME.fullmatch(entry.name) is None:
            raise Corrupt("entry_unexpected", name=ascii(entry.name[:80])[1:-1])
        else:
            in_order = in_order and before < entry.name
            before = entry.name
    if found is None:
        raise Corrupt("manifest_missing")
    places = (
        Place(PartId(entry.name.removesuffix(".age")), entry.start, entry.size)
        for entry in stored_zip.entries(content)
        if entry.name not in (manifest.NAME, FORMS)
    )
    if in_order:
        return found, forms, places
    ordered = sorted(places)  # packed anew by another program: this takes memory for every part
    for one, other in pairwise(ordered):
        if one.part == other.part:
            raise Corrupt("entry_doubled", name=f"{one.part}.age")
    return found, forms, iter(ordered)


def _verify_chains(header: Header, links: Drawers[tuple[str, int]]) -> None:
    used = links.keys()
    for consultation in header.consultations:
        if consultation not in header.chains:
            raise Corrupt("chain_broken", consultation=consultation)
        head, promised = header.chains[consultation]
        stones = _erased(header.tombstones, consultation)
        batches = {batch for name, batch in used if name == consultation} | set(stones)
        for batch in sorted(batch for batch in batches if header.since < batch <= int(header.cursor)):
            here = _pairs(links.take((consultation, batch)))
            head = chain_in_order(head, merge(here, sorted(stones.get(batch, ()))))
        if head != promised:
            raise Corrupt("chain_broken", consultation=consultation)


def _erased(tombstones: Sequence[Tombstone], consultation: str) -> dict[int, list[tuple[str, str]]]:
    """Parts of withdrawn and superseded contributions by batch: they stay links of the chain."""
    found: dict[int, list[tuple[str, str]]] = {}
    for stone in tombstones:
        if stone.consultation == consultation:
            for part, batch, digest in stone.parts:
                found.setdefault(batch, []).append((part, digest))
    return found


def _pairs(blocks: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for part, digest in _LINK.iter_unpack(block):
            yield part.hex(), digest.hex()
