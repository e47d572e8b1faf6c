"""The texts of a form as gettext messages: the template for translators, and what they gave back.

A message's context says where it stands: `settings.title`, `survey.<question>.label|hint|short|constraint_message|
required_message`, `choices.<list>.<code>.label|short`. Its id is the English text, so a translation of an older
English text is noticed and not shown.

Not here: the form's structure (`building`), the bot's own sentences and the reading of gettext files (`locales`).
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from locales.translations import read_translations

TEMPLATE_HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Project-Id-Version: MICIC\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n\n'
)

COMMENTS = {
    "title": "Name of the questionnaire.",
    "label": "The question, or the choice in full.",
    "hint": "Shown under the question. Plain words; the reader may be afraid, tired, or unused to reading.",
    "short": "On a button or in the review: at most 40 characters.",
    "constraint_message": "Shown when an answer cannot be taken. Friendly; say what to do.",
    "required_message": "Shown when a person tries to skip the question. Friendly; say why.",
}


@dataclass(frozen=True)
class Message:
    """One text of a form: where it stands, and what it says in the form itself (one text, or one per language)."""

    context: str
    text: str | Mapping[str, str]


def messages(form: Mapping[str, Any]) -> Iterator[Message]:
    """Every text of a form (pyxform's JSON), in the order of its sheets."""
    yield Message("settings.title", form["title"])
    for question in form["children"]:
        if question["name"] == "meta":
            continue
        bind = question.get("bind", {})
        texts = {
            "label": question.get("label"),
            "hint": question.get("hint"),
            "short": question.get("bot", {}).get("short"),
            "constraint_message": bind.get("jr:constraintMsg"),
            "required_message": bind.get("jr:requiredMsg"),
        }
        for column, text in texts.items():
            if text:
                yield Message(f"survey.{question['name']}.{column}", text)
    for name, choices in form.get("choices", {}).items():
        for choice in choices:
            for column, text in {"label": choice.get("label"), "short": choice.get("bot", {}).get("short")}.items():
                if text:
                    yield Message(f"choices.{name}.{choice['name']}.{column}", text)


def template_of(form: Mapping[str, Any]) -> str:
    """The .pot of a form that is written in English only. The same form always gives the same text."""
    catalogue = Catalog()
    for message in messages(form):
        column = message.context.rsplit(".", 1)[1]
        catalogue.add(str(message.text), context=message.context, auto_comments=[COMMENTS[column]])
    entries = io.BytesIO()
    write_po(entries, catalogue, width=100, omit_header=True, sort_output=False)
    return TEMPLATE_HEADER + entries.getvalue().decode()


class Translations:
    """What translators gave back for one form in one language."""

    def __init__(self, entries: Mapping[str, tuple[str, str]]) -> None:
        """`entries`: context to the English text it was made from and the translation."""
        self._entries = entries

    @classmethod
    def read(cls, file: Traversable) -> "Translations":
        """From a .po file. Entries marked fuzzy and empty ones count as missing.

        Raises Misconfigured `messages_unreadable` (file, line).
        """
        return cls(
            {
                context: (entry.source[0], entry.forms[0])
                for context, entry in read_translations(file).entries.items()
                if entry.forms[0] and not entry.fuzzy
            }
        )

    def of(self, context: str, english: str) -> str | None:
        """The translation, or None where there is none or it belongs to another English text."""
        written_for, translated = self._entries.get(context, ("", ""))
        return translated if translated and written_for == english else None

    def __len__(self) -> int:
        return len(self._entries)
