"""The recommendations that come with the program, as people have them in mind before they answer."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from locales import languages


@dataclass(frozen=True)
class Record:
    """One recommendation of the corpus. Codes are those of the form; `region` may be `global`."""

    id: str
    lang: str
    text: str
    phase: str | None
    theme: str | None
    region: str | None
    country: str | None
    groups: tuple[str, ...]
    addressees: tuple[str, ...]

    @classmethod
    def read(cls, line: str) -> "Record":
        """From a line of JSON; more keys than ours are allowed."""
        found = json.loads(line)
        one = {name: found[name] for name in ("id", "lang", "text", "phase", "theme", "region", "country")}
        return cls(**one, groups=tuple(found["groups"] or ()), addressees=tuple(found["addressees"] or ()))

    @property
    def interface(self) -> str:
        """The interface language this person chooses; the text may be in any language."""
        language = self.lang.split("-")[0]
        return language if language in _offered() else languages.DEFAULT

    def codes(self, question: str) -> tuple[str, ...]:
        """The codes to choose; empty where the person has nothing to say."""
        value = getattr(self, question, None)
        if isinstance(value, str):
            return (value,)
        return value if isinstance(value, tuple) else ()


@cache
def _offered() -> frozenset[str]:
    return frozenset(one.code for one in languages.read_languages(languages.home(None)) if one.ready)


def corpus() -> list[Record]:
    """The recommendations that come with the program, in order."""
    text = files("bot").joinpath("corpus", "recommendations.jsonl").read_text("utf-8")
    return [Record.read(line) for line in text.splitlines() if line.strip()]
