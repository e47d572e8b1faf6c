"""The parameters of one request: from the wire (JSON, urlencoded, multipart, query) to typed values. Pure.

Reading multipart needs a library and is done by the server; it hands over plain fields and uploads.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.emulator.refusals import bad_request

_TRUE = {"true", "yes", "1"}


@dataclass(slots=True, frozen=True)
class Upload:
    """A file in a multipart request."""

    name: str
    mime: str
    content: bytes


def from_query(query: str) -> dict[str, Any]:
    """Of `a=1&b=2`."""
    return dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def from_json(body: bytes) -> dict[str, Any]:
    """Of a JSON body. Raises `Refusal`."""
    try:
        values = json.loads(body) if body else {}
    except ValueError:
        raise bad_request("can't parse request JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse request JSON object")
    return values


class Parameters:
    """Typed access; what is not as it should be is refused as Telegram does."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload] | None = None) -> None:
        self.values = values
        self.uploads = uploads or {}

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number; what is none counts as the default, as on the real server."""
        value = self.values.get(name)
        try:
            return default if value is None else int(value)
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """A boolean in any of its spellings."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else str(value).lower() in _TRUE

    def structure(self, name: str) -> Any:
        """An object or array, given as such or as JSON text; None when absent or empty. Raises `Refusal`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            words = name.replace("_", " ")
            raise bad_request(f"can't parse {words} JSON object") from None

    def recorded(self) -> dict[str, Any]:
        """For the list of requests: uploads appear by name and size only."""
        if not self.uploads:
            return self.values
        files = {key: {"file_name": one.name, "size": len(one.content)} for key, one in self.uploads.items()}
        return {**self.values, **files}
