"""Several exports of one server, each beginning where an earlier one ended: put in order, and checked to fit.

Not here: checking one export by itself (`bundle`), opening them (`opening`).
"""

from collections.abc import Sequence

from bot.core.contributions import CHAIN_START
from bot.core.errors import Corrupt, Refused
from bot.exports.bundle import Bundle
from bot.exports.manifest import Header
from bot.exports.options import Origin


def in_order(bundles: Sequence[Bundle]) -> list[Bundle]:
    """The bundles, older ones first, whatever the order in which they were given.

    Raises Refused `exports_gap` (consultation, ends, begins): one between two of these is missing; Corrupt
    `exports_differ` (consultation): they are not of one server, or one was changed. What they have in common is
    compared by the heads of their chains.
    """
    ordered = sorted(bundles, key=lambda bundle: int(bundle.header.cursor))
    ends: dict[str, tuple[int, str]] = {}
    for bundle in ordered:
        header = bundle.header
        for consultation in header.consultations:
            before, after = header.chains[consultation]
            if consultation in ends:
                _check(consultation, ends[consultation], header, before, after)
            if bundle.header.recipient_set != ordered[0].header.recipient_set:
                raise Corrupt("exports_differ", consultation=consultation)
            ends[consultation] = int(header.cursor), after
    return ordered


def _check(consultation: str, end: tuple[int, str], header: Header, before: str, after: str) -> None:
    cursor, head = end
    if header.since >= cursor and before != head:
        if header.since > cursor:
            raise Refused("exports_gap", consultation=consultation, ends=cursor, begins=header.since)
        raise Corrupt("exports_differ", consultation=consultation)
    if int(header.cursor) == cursor and after != head:
        raise Corrupt("exports_differ", consultation=consultation)


def origin(bundles: Sequence[Bundle]) -> Origin:
    """What the manifests say of bundles that were put in order."""
    headers = [bundle.header for bundle in bundles]
    consultations = list(dict.fromkeys(name for header in headers for name in header.consultations))
    chains = {name: header.chains[name][1] for header in headers for name in header.consultations}
    return Origin(
        exports=len(headers),
        consultations=consultations,
        since=min(header.since for header in headers),
        cursor=headers[-1].cursor,
        recipient_set=headers[-1].recipient_set,
        parts=sum(header.count for header in headers),
        chains=[(name, chains[name]) for name in consultations if chains[name] != CHAIN_START],
    )
