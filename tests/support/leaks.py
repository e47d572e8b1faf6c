"""Looks for what must not be kept, in every form it could have been written down.

A text and each piece of it, a name, a number; as UTF-8, UTF-16, base64 at any alignment, hex, escaped; numbers also as
bytes.

Not here: what must not be kept, and where to look (`tests/journeys/test_leaks.py`). Packed or encrypted content is not
opened: what is sealed is meant to look like noise.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

PIECE = 12
"""Characters of the shortest piece of a text that counts as a leak."""
_STEM = 8
"""Bytes by which needles are found; those of text are longer."""


def _escaped(text: str, *, ascii_too: bool) -> str:
    units = text.encode("utf-16-be")
    spelled = [f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)]
    if ascii_too:
        return "".join(spelled)
    return json.dumps(text)[1:-1]


def _base64(raw: bytes, urlsafe: bool) -> Iterator[bytes]:
    """The characters that are certain, wherever in a longer content the bytes stand."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    for before in range(3):
        whole = encode(b"\0" * before + raw)
        first = (0, 2, 3)[before]
        last = (before + len(raw)) * 8 // 6
        yield whole[first:last]


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """A text in every encoding, each with its name."""
    raw = text.encode()
    yield "utf-8", raw
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    for urlsafe in (False, True):
        for alignment, found in enumerate(_base64(raw, urlsafe)):
            yield f"base64{'url' if urlsafe else ''}+{alignment}", found
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for ascii_too in (False, True):
        escaped = _escaped(text, ascii_too=ascii_too)
        name = "escape all" if ascii_too else "escape"
        yield name, escaped.encode()
        yield f"{name}, twice", escaped.replace("\\", "\\\\").encode()
    yield "python bytes", "".join(chr(b) if 31 < b < 127 else f"\\x{b:02x}" for b in raw).encode()
    yield "python", ascii(text)[1:-1].encode()
    yield "percent", quote_from_bytes(raw, safe="").encode()
    yield "form", quote_from_bytes(raw, safe=" ").replace(" ", "+").encode()


def number_forms(number: int) -> Iterator[tuple[str, bytes]]:
    """A number as bytes: eight of them either way round, and as SQLite keeps a value and a key."""
    yield "little endian", number.to_bytes(8, "little")
    yield "big endian", number.to_bytes(8, "big")
    yield "sqlite value", number.to_bytes(6, "big")
    groups = []
    rest = number
    while rest:
        groups.append(rest & 0x7F)
        rest >>= 7
    groups.reverse()
    yield "sqlite key", bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


@dataclass(frozen=True)
class Leak:
    """Something found: in which file, from which byte, what it is and how it is written."""

    file: str
    at: int
    what: str
    form: str


class Needles:
    """What is looked for. Fill it, then `search` as many files as there are."""

    def __init__(self) -> None:
        self._long: dict[bytes, list[tuple[bytes, str, str]]] = {}
        self._short: list[tuple[bytes, str, str]] = []
        self.count = 0

    def add_whole(self, what: str, text: str) -> None:
        """A name or the like, found only as a whole."""
        for form, needle in spellings(text):
            self._add(needle, what, form)

    def add_text(self, what: str, text: str) -> None:
        """A text of which any `PIECE` characters in a row are a leak."""
        for start in range(max(1, len(text) - PIECE + 1)):
            self.add_whole(what, text[start : start + PIECE])

    def add_number(self, what: str, number: int) -> None:
        """A number, in digits and as bytes."""
        self.add_whole(what, str(number))
        for form, needle in number_forms(number):
            self._add(needle, what, form)

    def _add(self, needle: bytes, what: str, form: str) -> None:
        self.count += 1
        if len(needle) < _STEM:
            self._short.append((needle, what, form))
            return
        same = self._long.setdefault(needle[:_STEM], [])
        if (needle, what, form) not in same:
            same.append((needle, what, form))

    def search(self, files: Iterable[Path], folder: Path) -> list[Leak]:
        """Every leak in these files; their names are given relative to `folder`."""
        found: list[Leak] = []
        for file in files:
            name, content = str(file.relative_to(folder)), file.read_bytes()
            found += [Leak(name, at, what, form) for at, what, form in self._in(content)]
        return found

    def _in(self, content: bytes) -> Iterator[tuple[int, str, str]]:
        stems = self._long
        for at in range(len(content) - _STEM + 1):
            stem = content[at : at + _STEM]
            if stem in stems:
                for needle, what, form in stems[stem]:
                    if content.startswith(needle, at):
                        yield at, what, form
        for needle, what, form in self._short:
            at = content.find(needle)
            if at >= 0:
                yield at, what, form
