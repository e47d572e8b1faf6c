"""Material for the desk: the corpus, hostile texts, many synthetic contributions; and a desk on it."""

import json
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.desk.desk import Desk
from bot.desk.log import Log
from bot.desk.material import Checked, Material
from bot.sealing import Identity, new_identity

HOSTILE = (
    '<script>alert(1)</script><img src="http://192.0.2.1/x" onerror=alert(1)>',
    '=HYPERLINK("http://192.0.2.1","click")',
    "safe\u202etxt.exe\u2066 end",
    "bell\x07 null\0 escape\x1b[31m",
    "half \ud83d of a pair",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "word " * 8000,
)
LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")


def line(number: int, text: str, consultation: str = "eeca", language: str = "en", **answers: Any) -> dict[str, Any]:
    return {
        "contribution": f"{number:032x}", "consultation": consultation, "questionnaire": "recommendation",
        "version": "1", "language": language, "day": "2026-11-22", "state": "submitted", "supersedes": None,
        "group": None,
        "answers": {"phase": None, "theme": None, "groups": [], "addressees": [], "country": None, "example": None,
                    "attribution": "anonymous", "recommendation": text, **answers},
    }  # fmt: skip


def corpus() -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Lines, and the records of the corpus by contribution."""
    read = files("bot").joinpath("corpus/recommendations.jsonl").read_text("utf-8").splitlines()
    lines, records = [], {}
    for number, record in enumerate(map(json.loads, read), 1):
        language = record["lang"][:2] if record["lang"][:3] != "fil" else "en"
        made = line(
            number, record["text"], record["region"], language, phase=record["phase"], theme=record["theme"],
            groups=record["groups"], addressees=record["addressees"], country=record["country"],
        )  # fmt: skip
        lines.append(made)
        records[made["contribution"]] = record
    return lines, records


def hostile() -> list[dict[str, Any]]:
    return [line(1000 + number, text) for number, text in enumerate(HOSTILE)]


def synthetic(count: int) -> list[dict[str, Any]]:
    """Contributions of invented words in two scripts, a fifth of them near-copies."""
    chance = random.Random(7)
    letters = {"en": "abcdefghilmnoprstu", "ru": "абвгдежзиклмнопрст"}
    words = {
        language: ["".join(chance.choices(each, k=chance.randint(3, 9))) for _ in range(20_000)]
        for language, each in letters.items()
    }
    phases, themes = ("pre_crisis", "emergency", "post_crisis"), ("firewall", "consular", "evacuation", "transit")
    said: list[tuple[str, list[str]]] = []
    for number in range(count):
        if number % 5 == 4:
            language, text = said[chance.randrange(len(said))]
            text = [chance.choice(words[language]) if chance.random() < 1 / 12 else word for word in text]
        else:
            language = chance.choice(("en", "ru"))
            text = chance.choices(words[language], k=chance.randint(10, 40))
        said.append((language, text))
    return [
        line(
            10_000 + number, " ".join(text), chance.choice(("eeca", "sesea", "wca", "mena")), language,
            phase=chance.choice(phases), theme=chance.choice(themes), groups=["undocumented"],
            addressees=["gov_host"], country=None,
        )
        for number, (language, text) in enumerate(said)
    ]  # fmt: skip


def material(lines: Sequence[dict[str, Any]]) -> Material:
    made = Material(exports=[Checked("answers.zip", len(lines), 0, "1", ("eeca",))])
    for each in lines:
        made.add(each)
    return made


def desk(folder: Path, lines: Sequence[dict[str, Any]], identity: Identity | None = None, author: str = "Noor") -> Desk:
    return Desk(material(lines), Log(folder / f"{author}.decisions", [identity or new_identity()]), author)
