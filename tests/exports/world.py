"""Contributions as the bot makes them, handed in to real stores, and what opens them again."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.contributions import Envelope, PartId, head, piece
from bot.core.people import ChatId
from bot.core.ports import Change, NewPart, Submission
from bot.exports import bundle
from bot.exports.opening import opened
from bot.sealing import Identity, open_document
from storage.factory import Stores
from tests.storage.world import at, contribution_id, part_id, receipt, update_id

CODED = {"phase": "emergency", "theme": "firewall", "groups": ["undocumented"], "country": None, "example": None}


async def hand_in(
    stores: Stores,
    messages: Sequence[str],
    consultation: str = "eeca",
    chat: int = 7,
    pieces: Sequence[PartId] | None = None,
) -> dict[str, Any]:
    """Submit a recommendation sent in these messages; the line it should become."""
    envelope = Envelope(contribution_id(), consultation, "recommendation", "1", "ru", "2026-11-22")
    ids = [part_id() for _ in messages]
    new = tuple(
        NewPart(part, piece(envelope, part, "recommendation", text)) for part, text in zip(ids, messages, strict=True)
    )
    await stores.store.commit(Change(update_id(), ChatId(chat), at(ChatId(chat)), parts=new))
    document = head(
        envelope, {**CODED, "recommendation": ""}, {"recommendation": ids if pieces is None else pieces}, notice="1"
    )
    submission = Submission(envelope.contribution, consultation, receipt(), document, ids)
    await stores.store.commit(Change(update_id(), ChatId(chat), None, submission=submission))
    return {
        "contribution": envelope.contribution,
        "consultation": consultation,
        "questionnaire": "recommendation",
        "version": "1",
        "language": "ru",
        "day": "2026-11-22",
        "state": "submitted",
        "supersedes": None,
        "group": None,
        "feedback": [],
        "answers": {**CODED, "recommendation": "\n".join(messages)},
    }


def opener(identity: Identity) -> Callable[[bytes], Mapping[str, Any]]:
    return lambda sealed: open_document(sealed, [identity])


def lines(path: Path, identity: Identity, workers: int | None = None) -> list[dict[str, Any]]:
    with bundle.read(path) as found:
        return list(opened(found, opener(identity), workers))


def part_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        return [name for name in packed.namelist() if name != "manifest.json"]


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rewrite(path: Path, content: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    """Pack anew, as somebody with the standard tools would."""
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, data in content.items():
            packed.writestr(name, data)


def signed(manifest: bytes) -> bytes:
    """The manifest with a last line that fits it again: what a careful forger would do."""
    body = re.sub(rb'"digest": "[0-9a-f]{64}"\n\}\n\Z', b"", manifest)
    return body + f'"digest": "{hashlib.sha256(body).hexdigest()}"\n}}\n'.encode()


def read_manifest(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entries(path)["manifest.json"])
    return found
