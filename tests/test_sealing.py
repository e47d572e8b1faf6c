"""Sealing: what opens, with what, what shows from outside, and what is refused."""

import shutil
import stat
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import Corrupt, Misconfigured, Refused
from bot.sealing import (
    BLOCK,
    Recipients,
    WorkingKey,
    new_identity,
    open_bytes,
    open_document,
    padded,
    read_identities,
    to_json,
    write_identity,
)

FIRST, SECOND, STRANGER = new_identity(), new_identity(), new_identity()
BOTH = Recipients([FIRST.recipient, SECOND.recipient])
AGE = shutil.which("age")

texts = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=()))


def has_pair(text: str) -> bool:
    return any("\ud800" <= a <= "\udbff" and "\udc00" <= b <= "\udfff" for a, b in pairwise(text))


@given(texts)
@settings(max_examples=150, deadline=None)
def test_any_text_reads_back_as_it_was_with_either_key(text: str) -> None:
    document = {"answers": {"recommendation": text}, text: None}
    sealed = BOTH.seal(document)
    if has_pair(text):
        document = {"answers": {"recommendation": _joined(text)}, _joined(text): None}
    assert open_document(sealed, [FIRST]) == document
    assert open_document(sealed, [SECOND]) == document


def _joined(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize(
    "text", ["\ud800", "a\udfffz", "\udfff\ud800", "\U0001f600\ud83d", '\ud800"\\', "\0\x7f\u2028"]
)
def test_awkward_texts_are_utf8_json(text: str) -> None:
    content = to_json({"a": text})
    content.decode("utf-8")
    assert open_document(BOTH.seal({"a": text}), [FIRST]) == {"a": text}


def test_json_is_compact_and_in_its_own_script() -> None:
    assert to_json({"a": "Ж", "b": [1, None]}) == '{"a":"Ж","b":[1,null]}'.encode()


def test_the_length_of_a_text_hardly_shows() -> None:
    contents = [open_bytes(BOTH.seal({"a": "x" * length}), [FIRST]) for length in (0, 10, 300, 500, 504, 505)]
    assert [len(content) for content in contents] == [BLOCK] * 5 + [2 * BLOCK]
    assert len(padded(b"")) == 0
    assert len(padded(b"x" * BLOCK)) == BLOCK


def test_strangers_and_changed_bytes_open_nothing() -> None:
    sealed = BOTH.seal({"a": 1})
    for broken, identity in ((sealed, STRANGER), (sealed[:-1] + bytes([sealed[-1] ^ 1]), FIRST), (b"", FIRST)):
        with pytest.raises(Corrupt) as raised:
            open_bytes(broken, [identity])
        assert raised.value.code == "part_does_not_open"


@pytest.mark.parametrize("content", [b"[1]", b"no json", b"\xff", b""])
def test_what_is_no_document_is_corrupt(content: bytes) -> None:
    with pytest.raises(Corrupt):
        open_document(BOTH.seal_bytes(content), [FIRST])


def test_the_set_has_one_name_whatever_the_order() -> None:
    other = Recipients([SECOND.recipient, f" {FIRST.recipient}\n", FIRST.recipient])
    assert other.set_id == BOTH.set_id
    assert other.texts == BOTH.texts
    assert len(BOTH.set_id) == 16
    assert Recipients([FIRST.recipient, STRANGER.recipient]).set_id != BOTH.set_id


@pytest.mark.parametrize(
    ("given_texts", "code"),
    [
        (["first"], "recipients_too_few"),
        (["first", "first", " first "], "recipients_too_few"),
        ([], "recipients_too_few"),
        (["first", "age1nonsense"], "recipient_malformed"),
        (["first", ""], "recipient_malformed"),
        (["first", "ssh-ed25519 AAAA"], "recipient_malformed"),
    ],
)
def test_bad_recipients_are_refused(given_texts: list[str], code: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        Recipients(text.replace("first", FIRST.recipient) for text in given_texts)
    assert raised.value.code == code


@pytest.mark.parametrize("change", [str.upper, str.lower, "  {}".format])
def test_a_private_key_is_refused_and_not_repeated(tmp_path: Path, change: type[str]) -> None:
    write_identity(tmp_path / "key.txt", STRANGER)
    secret = (tmp_path / "key.txt").read_text().splitlines()[-1]
    with pytest.raises(Misconfigured) as raised:
        Recipients([FIRST.recipient, change(secret)])
    assert raised.value.code == "recipient_is_private"
    assert secret[20:40].lower() not in f"{raised.value!r}{raised.value.params}{raised.value.__cause__!r}".lower()


def test_a_key_file_is_read_back_private_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    write_identity(path, FIRST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (read,) = read_identities(path)
    assert read.recipient == FIRST.recipient
    with pytest.raises(Refused) as raised:
        write_identity(path, SECOND)
    assert raised.value.code == "file_exists"
    assert read_identities(path)[0].recipient == FIRST.recipient
    assert "SECRET" not in f"{FIRST!r} {FIRST}"


def test_a_key_file_may_have_comments_and_several_keys(tmp_path: Path) -> None:
    for name, identity in (("one", FIRST), ("two", SECOND)):
        write_identity(tmp_path / name, identity)
    path = tmp_path / "both"
    path.write_text(f"# made on paper\r\n\n{(tmp_path / 'one').read_text()}\n  {(tmp_path / 'two').read_text()}")
    assert [identity.recipient for identity in read_identities(path)] == [FIRST.recipient, SECOND.recipient]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "identity_missing"),
        (b"", "identity_malformed"),
        (b"# only a comment\n", "identity_malformed"),
        (b"age1qqqq\n", "identity_malformed"),
        (b"AGE-SECRET-KEY-1QQQQ\n", "identity_malformed"),
        (b"\xff\xfe\x00", "identity_malformed"),
        (b"age-encryption.org/v1\n-> scrypt ...\n", "identity_locked"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "identity_locked"),
    ],
)
def test_bad_key_files_are_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "key.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured) as raised:
        read_identities(path)
    assert raised.value.code == code
    assert raised.value.params == {"path": str(path)}


def test_the_working_key_opens_its_own_and_no_answer() -> None:
    working = WorkingKey(bytes(range(WorkingKey.SIZE)))
    assert working.open(working.seal(b'{"a":1}', b"here"), b"here") == b'{"a":1}'
    assert [len(working.seal(b"x" * size, b"")) - WorkingKey.OVERHEAD for size in (1, 512, 513)] == [512, 512, 1024]
    for sealed in (BOTH.seal({"a": 1}), b"", b"\x01", b"\x01short", b"age-encryption.org/v1\n"):
        with pytest.raises(Corrupt) as raised:
            working.open(sealed, b"here")
        assert raised.value.code == "row_does_not_open"


def test_a_row_opens_only_unchanged_in_its_place_and_under_its_key() -> None:
    working, other = WorkingKey(b"k" * WorkingKey.SIZE), WorkingKey(b"o" * WorkingKey.SIZE)
    sealed = working.seal(b"{}", b"here")
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, 1, 24, 25, len(sealed) - 1)]
    tries = [(working, b"there", sealed), (other, b"here", sealed), *((working, b"here", one) for one in changed)]
    for key, place, content in tries:
        with pytest.raises(Corrupt):
            key.open(content, place)


def test_no_row_is_like_another_and_none_shows_the_key() -> None:
    working = WorkingKey(b"secret of thirty-two bytes size.")
    assert len({working.seal(b"{}", b"here") for _ in range(100)}) == 100
    assert "secret" not in f"{working!r} {working}"


@pytest.mark.skipif(AGE is None, reason="the age command line is not installed")
@pytest.mark.parametrize("identity", [FIRST, SECOND], ids=["first key", "second key"])
def test_the_stock_tool_opens_what_was_sealed(tmp_path: Path, identity: object) -> None:
    assert AGE is not None
    key = tmp_path / "key.txt"
    write_identity(key, identity)  # type: ignore[arg-type]
    part = tmp_path / "part.age"
    document = {"answers": {"recommendation": "Право на адвоката \ud83d"}}
    part.write_bytes(BOTH.seal(document))
    opened = subprocess.check_output([AGE, "-d", "-i", key, part])
    assert opened == padded(to_json(document))


@pytest.mark.skipif(shutil.which("age-keygen") is None, reason="age-keygen is not installed")
def test_a_key_made_by_the_stock_tool_is_read(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    (identity,) = read_identities(path)
    assert identity.recipient in path.read_text()
