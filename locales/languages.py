"""The list of languages, read from `languages.toml`, and the nearest one to a phone's language tag.

Not here: texts (`catalogue`, `briefings`).
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from bot.core.errors import Misconfigured

DEFAULT = "en"
"""The source language: every text exists in it."""

_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
"""What a button can carry and a folder can be called: `fr`, `uz-Cyrl`, `pt_BR`."""


@dataclass(frozen=True, slots=True)
class Language:
    """One row of `languages.toml`; the file explains each field."""

    code: str
    own_name: str
    english_name: str
    direction: Literal["ltr", "rtl"]
    fallback: tuple[str, ...]
    near: tuple[str, ...]
    cldr: str
    ready: bool
    places: tuple[tuple[str, str], ...] = ()


def home(folder: Path | None) -> Traversable:
    """The folder that holds the texts: the installed package's own, or another one of the same shape."""
    return files("locales") if folder is None else folder


def read_languages(folder: Traversable) -> tuple[Language, ...]:
    """All declared languages in file order, ready or not. Raises Misconfigured `languages_unreadable`."""
    try:
        rows = tomllib.loads(folder.joinpath("languages.toml").read_text("utf-8"))["language"]
        languages = tuple(_language(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured("languages_unreadable", file="languages.toml") from error
    codes = [language.code for language in languages]
    named = {code for language in languages for code in language.fallback}
    if DEFAULT not in codes or len(set(codes)) != len(codes) or not named <= set(codes):
        raise Misconfigured("languages_unreadable", file="languages.toml")
    return languages


def _language(row: dict[str, object]) -> Language:
    direction, ready = row["direction"], row["ready"]
    if direction not in ("ltr", "rtl") or not isinstance(ready, bool):
        raise ValueError(row["code"])
    code = str(row["code"])
    if not _CODE.fullmatch(code):
        raise ValueError(code)
    return Language(
        code=code,
        own_name=str(row["own_name"]),
        english_name=str(row["english_name"]),
        direction=direction,
        fallback=_codes(row.get("fallback", [])),
        near=_codes(row.get("near", [])),
        cldr=str(row.get("cldr", code)),
        ready=ready,
        places=_places(row.get("places", {})),
    )


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(str(item) for item in value)


def _places(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(len(code) == 2 and isinstance(value[code], str) for code in value):
        raise TypeError(value)
    return tuple(value.items())


def chain(languages: Iterable[Language], code: str) -> tuple[str, ...]:
    """Where a text in `code` is looked for, in order, each once: itself, its fallbacks, the default."""
    fallback = next((language.fallback for language in languages if language.code == code), ())
    return tuple(dict.fromkeys((code, *fallback, DEFAULT)))


def guess(languages: Iterable[Language], tag: str | None) -> str:
    """Code of the ready language nearest to an IETF tag (`pt-br`, `zh-Hant`); the default if none is near."""
    ready = [language for language in languages if language.ready]
    parts = (tag or "").replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        shorter = "-".join(parts[:length])
        for language in ready:
            if language.code.lower() == shorter:
                return language.code
        for language in ready:
            if shorter in (near.lower() for near in language.near):
                return language.code
    return DEFAULT
