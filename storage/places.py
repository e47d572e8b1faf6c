"""Where a row is at home: one that was put under another tag, or into another column, does not open."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.core.errors import Corrupt
from storage.keys import Keys
from storage.tags import Tag

T = TypeVar("T")


def opened(adapter: TypeAdapter[T], keys: Keys, sealed: bytes, place: bytes) -> T | None:
    """What a row holds; None when it does not open there, or is not what it should be."""
    try:
        return adapter.validate_json(keys.working.open(sealed, place))
    except (Corrupt, ValidationError):
        # Not passed on: pydantic's message would repeat what is in it.
        return None


def session_place(tag: Tag) -> bytes:
    """The session of a chat."""
    return b"work/session:" + tag


def view_place(tag: Tag) -> bytes:
    """What stands in a chat."""
    return b"work/view:" + tag


def profile_place(tag: Tag) -> bytes:
    """The profile of a chat."""
    return b"contacts/profile:" + tag
