"""Files that were uploaded, and the invented contents of what a person can send besides text. Pure: bytes in memory."""

import base64
from dataclasses import dataclass
from typing import Any

KEPT_BYTES = 64 * 1024 * 1024  # of all files together; the oldest contents go first
DUMPED_BYTES = 8 * 1024 * 1024  # in a state file

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos"}
_SUFFIXES = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "sticker": ".webp"}


@dataclass(slots=True)
class StoredFile:
    """One file. `name` and `mime` are as the sender gave them."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    content: bytes
    path: str

    def reference(self) -> dict[str, Any]:
        """The three fields every kind of file has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class Files:
    """All files, by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}
        self._count = 0
        self._size = 0

    def add(self, kind: str, content: bytes, name: str = "", mime: str = "") -> StoredFile:
        """Store one; `kind` is the Bot API's field name (photo, document, voice …)."""
        self._count += 1
        number = self._count
        folder = _FOLDERS.get(kind, "documents")
        suffix = f".{name.rsplit('.', 1)[-1]}" if "." in name else _SUFFIXES.get(kind, ".bin")
        path = f"{folder}/file_{number}{suffix}"
        stored = StoredFile(f"EM{kind[:4]}AAMCAgADGQ{number:08d}", f"AQAD{number:08d}", kind, name, mime, content, path)
        self._keep(stored)
        while self._size > KEPT_BYTES and len(self.by_id) > 1:
            self._forget(next(iter(self.by_id.values())))
        return stored

    def _keep(self, stored: StoredFile) -> None:
        self.by_id[stored.file_id] = stored
        self.by_path[stored.path] = stored
        self._size += len(stored.content)

    def _forget(self, stored: StoredFile) -> None:
        del self.by_id[stored.file_id]
        del self.by_path[stored.path]
        self._size -= len(stored.content)

    def dump(self) -> dict[str, Any]:
        """As JSON; the newest files up to a bound."""
        rows: list[list[str]] = []
        room = DUMPED_BYTES
        for one in reversed(self.by_id.values()):
            room -= len(one.content)
            if room < 0:
                break
            content = base64.b64encode(one.content).decode()
            rows.append([one.file_id, one.unique_id, one.kind, one.name, one.mime, content, one.path])
        return {"count": self._count, "files": rows[::-1]}

    def load(self, state: dict[str, Any]) -> None:
        """The reverse of `dump`."""
        self.by_id, self.by_path, self._size = {}, {}, 0
        self._count = int(state["count"])
        for file_id, unique_id, kind, name, mime, content, path in state["files"]:
            self._keep(StoredFile(file_id, unique_id, kind, name, mime, base64.b64decode(content), path))


def is_picture(content: bytes) -> bool:
    """Whether it begins like a format Telegram takes as a photo."""
    return content.startswith(_MAGIC)


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; a plausible pair for the rest."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return 800, 600


def attachment(stored: StoredFile) -> dict[str, Any]:
    """The message field that shows this file, e.g. `{"document": {...}}`."""
    body = stored.reference()
    if stored.kind == "photo":
        width, height = picture_size(stored.content)
        return {"photo": [{**body, "width": width, "height": height}]}
    if stored.name and stored.kind in ("document", "audio", "video", "animation"):
        body["file_name"] = stored.name
    if stored.mime and stored.kind not in ("sticker", "video_note"):
        body["mime_type"] = stored.mime
    match stored.kind:
        case "voice" | "audio":
            body["duration"] = 3
        case "video" | "animation":
            body |= {"width": 640, "height": 360, "duration": 3}
        case "video_note":
            body |= {"length": 240, "duration": 3}
        case "sticker":
            body |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    fields: dict[str, Any] = {stored.kind: body}
    if stored.kind == "animation":
        fields["document"] = stored.reference()
    return fields


_INVENTED_FILES = {
    "photo": (_PIXEL, "", ""),
    "voice": (b"OggS invented", "", "audio/ogg"),
    "sticker": (b"RIFF invented", "", ""),
    "document": (b"An invented document.\n", "notes.txt", "text/plain"),
    "video": (b"invented video", "clip.mp4", "video/mp4"),
    "audio": (b"invented audio", "song.mp3", "audio/mpeg"),
    "animation": (b"invented animation", "loop.mp4", "video/mp4"),
    "video_note": (b"invented video note", "", ""),
}
_CAPTIONED = ("photo", "voice", "document", "video", "audio", "animation")
_PLACE = {"latitude": 46.2044, "longitude": 6.1432}


def invented(kind: str, files: Files, person: dict[str, Any], chat: dict[str, Any]) -> dict[str, Any] | None:
    """Fields of a message of this kind with neutral made-up contents; None for an unknown kind."""
    if kind in _INVENTED_FILES:
        content, name, mime = _INVENTED_FILES[kind]
        return attachment(files.add(kind, content, name, mime))
    option = {"voter_count": 0}
    made: dict[str, dict[str, Any]] = {
        "location": {"location": _PLACE},
        "venue": {
            "location": _PLACE,
            "venue": {"location": _PLACE, "title": "Meeting point", "address": "1 Example Street"},
        },
        "contact": {"contact": {"phone_number": "+10005550100", "first_name": person["first_name"]}},
        "dice": {"dice": {"emoji": "\U0001f3b2", "value": 4}},
        "story": {"story": {"chat": chat, "id": 1}},
        "poll": {
            "poll": {
                "id": "5000000000000000001",
                "question": "Which day?",
                "options": [
                    {"persistent_id": "1", "text": "Monday", **option},
                    {"persistent_id": "2", "text": "Tuesday", **option},
                ],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
    }
    return made.get(kind)


def recorded(kind: str, recording: dict[str, Any], files: Files) -> dict[str, Any]:
    """A file with these contents: `content` in base64, and `size` where it tells another.

    A voice or audio message has `seconds`, a document its `name`.

    Raises ValueError for contents that are not base64.
    """
    content = base64.b64decode(str(recording["content"]), validate=True)
    if kind == "document":
        fields = attachment(files.add(kind, content, str(recording.get("name", "")), str(recording.get("mime", ""))))
    else:
        fields = attachment(files.add(kind, content, "", "audio/ogg"))
        fields[kind]["duration"] = int(recording.get("seconds", 3))
    if "size" in recording:
        fields[kind]["file_size"] = int(recording["size"])
    return fields


def takes_caption(kind: str) -> bool:
    """Whether a message of this kind can carry a caption."""
    return kind in _CAPTIONED
