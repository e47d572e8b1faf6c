"""The forms that come with the program, compiled and translated, each read once.

pyxform takes longer to import than Telegram's library, so what it made of each form is kept beside it
(`<form id>.json`, with the digest of the Markdown it came from). A form that was edited since is compiled anew at
start; `python -m bot.questionnaires.library` writes the JSON and the translators' template again.

Not here: forms that a secretariat adds (`compilation.compile_workbook`).
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.core.dialogue.questionnaire import Form
from bot.core.errors import Misconfigured
from bot.questionnaires.building import build
from bot.questionnaires.translation import Translations, template_of

FORMS: tuple[str, ...] = ("recommendation", "practice", "group", "response")
"""Ids of the forms that come with the program; each is `<id>.md` in this folder."""


@cache
def library() -> Mapping[str, Form]:
    """Every form by id. Raises Faulty, and Misconfigured `messages_unreadable` (file, line)."""
    return MappingProxyType({form_id: _form(form_id) for form_id in FORMS})


def form(form_id: str) -> Form:
    """One form. Raises Misconfigured `questionnaire_unknown` (form)."""
    found = library().get(form_id)
    if found is None:
        raise Misconfigured("questionnaire_unknown", form=form_id)
    return found


def parsed(form_id: str) -> dict[str, Any]:
    """pyxform's JSON of a form: the kept one if its Markdown is unchanged, else made anew."""
    source = _source(form_id)
    kept = files("bot.questionnaires").joinpath(f"{form_id}.json")
    if kept.is_file():
        read: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        if read["source"] == _digest(source):
            found: dict[str, Any] = read["form"]
            return found
    return _parse(source)


def emerging() -> Traversable:
    """Points of 2015 in our own words, with their sources, as a file to publish: for the demo, and as an example."""
    return files("bot.questionnaires").joinpath("emerging.json")


def translations(form_id: str) -> dict[str, Translations]:
    """What translators gave back, by language: every `locales/<language>/<form id>.po` there is."""
    found: dict[str, Translations] = {}
    for folder in sorted(files("locales").iterdir(), key=lambda folder: folder.name):
        file = folder.joinpath(f"{form_id}.po")
        if folder.is_dir() and file.is_file():
            found[folder.name] = Translations.read(file)
    return found


def refresh(form_id: str) -> None:
    """Write the kept JSON and the translators' template of a form into the source tree."""
    source = _source(form_id)
    made = _parse(source)
    kept = {"source": _digest(source), "form": made}
    _file("bot.questionnaires", f"{form_id}.json").write_text(
        json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    _file("locales", f"{form_id}.pot").write_text(template_of(made), "utf-8")


def _form(form_id: str) -> Form:
    return build(parsed(form_id), translations(form_id))


def _parse(source: str) -> dict[str, Any]:
    # pyxform comes with these: imported only when a form was edited
    from bot.questionnaires.compilation import parse  # noqa: PLC0415
    from bot.questionnaires.sheets import from_markdown  # noqa: PLC0415

    return parse(from_markdown(source))


def _source(form_id: str) -> str:
    return files("bot.questionnaires").joinpath(f"{form_id}.md").read_text("utf-8")


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def _file(package: str, name: str) -> Path:
    found: Traversable = files(package).joinpath(name)
    return Path(str(found))


if __name__ == "__main__":
    for each in FORMS:
        refresh(each)
