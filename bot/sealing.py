"""Sealing and opening: age files (c2sp.org/age) to the secretariat's keys, and rows under the server's working key.

The only file that knows the libraries that do it. What is sealed to `Recipients` opens with the stock `age` tool and
any one of their identities: `age -d -i key.txt part.age` prints JSON. What the server must read again itself is sealed
under a symmetric key, which takes a tenth of the time. Not here: what a document holds (`bot.core.contributions`),
where sealed bytes rest (`storage`).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pyrage  # type: ignore[import-untyped]  # the wheel has no type information
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from bot.core.errors import Corrupt, Misconfigured, Refused

BLOCK = 512
"""Sealed documents are padded to multiples of this many bytes, so that their size says little."""

MINIMUM_RECIPIENTS = 2
"""Two organizations hold a key each: losing one loses nothing."""

_PRIVATE = "age-secret-key-"
_ENCRYPTED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Identity:
    """A private key. Its text appears only in `write_identity`; printing the object shows nothing of it."""

    def __init__(self, key: Any) -> None:
        self._key = key

    @property
    def recipient(self) -> str:
        """The public half, `age1…`."""
        return str(self._key.to_public())

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"


def new_identity() -> Identity:
    """A new age X25519 identity, from the operating system's random source."""
    return Identity(pyrage.x25519.Identity.generate())


def write_identity(path: Path, identity: Identity) -> None:
    """Write a key file as `age-keygen` does, readable by its owner only.

    Raises Refused `file_exists` {path}: a key is never written over.
    """
    text = f"# public key: {identity.recipient}\n{identity._key}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused("file_exists", path=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_identities(path: Path) -> tuple[Identity, ...]:
    """The identities of a key file; empty lines and comments (#) are passed over.

    Raises Misconfigured: `identity_missing`, `identity_locked` (protected by a passphrase: decrypt it with `age -d`
    first), `identity_malformed`, each with {path}.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Misconfigured("identity_missing", path=str(path)) from error
    if content.startswith(_ENCRYPTED):
        raise Misconfigured("identity_locked", path=str(path))
    identities = []
    for line in content.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            identities.append(Identity(pyrage.x25519.Identity.from_str(text)))
        except pyrage.IdentityError:
            # No `from`: the library's message is not ours to vouch for where a private key is concerned.
            raise Misconfigured("identity_malformed", path=str(path)) from None
    if not identities:
        raise Misconfigured("identity_malformed", path=str(path))
    return tuple(identities)


class Recipients:
    """The public keys to which every answer is sealed. Any one of the identities opens it."""

    def __init__(self, texts: Iterable[str], minimum: int = MINIMUM_RECIPIENTS) -> None:
        """`texts` are `age1…` strings, in any order; repeated ones count once.

        Raises Misconfigured: `recipient_is_private` (a private key was given; it is not repeated in the error),
        `recipient_malformed` {recipient}, `recipients_too_few` {found, needed}.
        """
        keys = {}
        for text in (text.strip() for text in texts):
            if text.lower().startswith(_PRIVATE):
                raise Misconfigured("recipient_is_private")
            try:
                key = pyrage.x25519.Recipient.from_str(text)
            except pyrage.RecipientError:
                raise Misconfigured("recipient_malformed", recipient=text[:80]) from None
            keys[str(key)] = key
        if len(keys) < minimum:
            raise Misconfigured("recipients_too_few", found=len(keys), needed=minimum)
        self.texts: tuple[str, ...] = tuple(sorted(keys))
        """Sorted and distinct."""
        self.set_id: str = hashlib.sha256("\n".join(self.texts).encode()).hexdigest()[:16]
        """Names this set of keys in an export: 16 hex digits of the SHA-256 of the sorted recipients."""
        self._keys = [keys[text] for text in self.texts]

    def seal(self, document: Mapping[str, Any]) -> bytes:
        """Seal a document of JSON values, padded with trailing spaces, which JSON allows."""
        return self.seal_bytes(padded(to_json(document)))

    def seal_bytes(self, content: bytes) -> bytes:
        """Seal bytes as they are. Their length shows."""
        sealed: bytes = pyrage.encrypt(content, self._keys)
        return sealed


class WorkingKey:
    """The server's own key for what it must read again: XChaCha20-Poly1305, a random nonce for each row.

    It never opens an answer. A row opens only in the place it was sealed for, so that none can be put under another
    tag. Content is text that does not end in a space (JSON), since padding is taken off when it is opened.
    """

    SIZE = Aead.KEY_SIZE
    """Bytes of a key."""
    OVERHEAD = 1 + Aead.NONCE_SIZE + Aead.MACBYTES
    """Bytes that a sealed row has more than its padded content."""
    _FORM = b"\x01"
    """The first byte of every row: which way it was sealed."""

    def __init__(self, key: bytes) -> None:
        self._box = Aead(key)

    def seal(self, content: bytes, place: bytes) -> bytes:
        """Seal bytes, padded with spaces to a multiple of 512."""
        return self._FORM + self._box.encrypt(padded(content), place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The content, its padding taken off. Raises Corrupt `row_does_not_open`."""
        content = None
        if sealed.startswith(self._FORM):
            with suppress(CryptoError, ValueError):
                content = self._box.decrypt(sealed[1:], place)
        if content is None:
            raise Corrupt("row_does_not_open")
        return content.rstrip(b" ")

    def __repr__(self) -> str:
        return "WorkingKey()"


def open_bytes(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """What was sealed, exactly. Raises Corrupt `part_does_not_open`: none of the keys fits, or bytes were changed."""
    try:
        content: bytes = pyrage.decrypt(sealed, [identity._key for identity in identities])
    except pyrage.DecryptError:
        raise Corrupt("part_does_not_open") from None
    return content


def open_document(sealed: bytes, identities: Sequence[Identity]) -> dict[str, Any]:
    """The document that `Recipients.seal` sealed.

    Raises Corrupt `part_does_not_open`, also when what was sealed is no JSON object.
    """
    content = open_bytes(sealed, identities)
    document = None
    with suppress(ValueError):
        document = from_json(content)
    if not isinstance(document, dict):
        raise Corrupt("part_does_not_open")
    return document


def to_json(document: Mapping[str, Any] | list[Any]) -> bytes:
    r"""Compact UTF-8 JSON. A lone surrogate, which UTF-8 has no bytes for, is written as its `\udXXX` escape.

    So nothing that a phone can send fails to be sealed, and it reads back as the same text. Only a high surrogate
    followed by a low one, which no JSON source yields, reads back as the one character the two stand for.
    """
    try:
        return orjson.dumps(document)
    except TypeError:  # what only the standard library writes: a lone surrogate, a very large number
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text).encode()


def from_json(content: bytes) -> Any:
    """What `to_json` was given. Raises ValueError for anything that is no JSON."""
    try:
        return orjson.loads(content)
    except ValueError:  # a lone surrogate, which only the standard library reads
        return json.loads(content)


def padded(content: bytes) -> bytes:
    """The content followed by spaces up to the next multiple of 512 bytes."""
    return content + b" " * (-len(content) % BLOCK)
