"""From pyxform's JSON to the core's questionnaire, labelled in every language, with its rules.

Not here: reading and checking what people write (`sheets`, `checks`, `compilation`); pyxform itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError

from bot.core.dialogue.questionnaire import Choice, Form, Kind, Labels, Question, Questionnaire, StepId
from bot.questionnaires.expressions import Expressions
from bot.questionnaires.faults import ExpressionFault, Fault, Faulty
from bot.questionnaires.translation import Translations
from locales.languages import home, read_languages

TERRITORIES = "territories"
"""The reserved list of choices: filled in from CLDR."""

YES = frozenset(("yes", "true", "true()"))

_LANGUAGE = re.compile(r".*\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\)\s*")


def language_code(language: str) -> str:
    """`fr` of `French (fr)`, of `French` and of `Français`; "" for what names no language."""
    match = _LANGUAGE.fullmatch(language)
    return match[1] if match else _names().get(language.strip().casefold(), "")


def has_code(language: str) -> bool:
    """Whether the code itself stands in brackets at the end."""
    return _LANGUAGE.fullmatch(language) is not None


@cache
def _names() -> Mapping[str, str]:
    """Languages by their English names and, as far as we speak them, by their own; and every code of two letters."""
    english: Mapping[str, str] = Locale.parse("en").languages
    names = {name.casefold(): code for code, name in english.items() if 2 <= len(code) <= 3}
    names |= {one.own_name.casefold(): one.code for one in read_languages(home(None))}
    return {**names, **{code: code for code in english if len(code) == 2}}


_NOT_ISO = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])
"""Two-letter territories of CLDR that are not countries or areas of ISO 3166-1."""


def build(form: Mapping[str, Any], translations: Mapping[str, Translations] | None = None) -> Form:
    """The questionnaire and its rules from pyxform's JSON. Every text has every language, English where one lacks.

    Raises Faulty for expressions that only together cannot be used (a circle).
    """
    built = _Builder(form, translations or {}).questionnaire()
    try:
        return Form(built, Expressions(built.questions))
    except ExpressionFault as fault:
        raise Faulty([Fault("survey", 0, "calculation", fault.code, fault.params)]) from fault


class _Builder:
    def __init__(self, form: Mapping[str, Any], translations: Mapping[str, Translations]) -> None:
        self.form = form
        self.default: str = form["default_language"]
        self.translations = translations
        written = {code for text in _texts(form) if isinstance(text, Mapping) for code in map(language_code, text)}
        others = (written | set(translations)) - {self.default, ""}
        self.languages = (self.default, *sorted(others))

    def questionnaire(self) -> Questionnaire:
        return Questionnaire(
            id=self.form["id_string"],
            version=self.form["version"],
            default_language=self.default,
            languages=self.languages,
            titles=self.labels("settings.title", self.form["title"]),
            questions=tuple(self.questions(self.form["children"], ())),
        )

    def questions(self, rows: Sequence[Mapping[str, Any]], gates: tuple[str, ...]) -> Iterator[Question]:
        """Groups dissolve: their condition joins those of their rows, their label becomes a note."""
        for row in rows:
            if row["name"] == "meta":
                continue
            own = row.get("bind", {}).get("relevant")
            here = (*gates, own) if own else gates
            if row["type"] == "group":
                if row.get("label"):
                    yield self.question(row, Kind.NOTE, here)
                yield from self.questions(row.get("children", ()), here)
            else:
                yield self.question(row, _KINDS[row["type"]], here)

    def question(self, row: Mapping[str, Any], kind: Kind, gates: tuple[str, ...]) -> Question:
        at, bind, bot = f"survey.{row['name']}", row.get("bind", {}), row.get("bot", {})
        label = row.get("label") or row["name"]
        labels = self.labels(f"{at}.label", label)
        length = bot.get("max_length")
        return Question(
            id=StepId(row["name"]),
            kind=kind,
            labels=labels,
            hints=self.labels(f"{at}.hint", row.get("hint")),
            short=self.labels(f"{at}.short", bot.get("short"), label) or labels,
            required=str(bind.get("required", "")).lower() in YES,
            required_messages=self.labels(f"{at}.required_message", bind.get("jr:requiredMsg")) or None,
            relevant=" and ".join(f"({gate})" for gate in gates) if len(gates) > 1 else "".join(gates) or None,
            constraint=bind.get("constraint"),
            constraint_messages=self.labels(f"{at}.constraint_message", bind.get("jr:constraintMsg")) or None,
            calculation=bind.get("calculate"),
            choices=tuple(self.choices(row.get("list_name"))),
            undisclosed=str(bot.get("undisclosed", "")).lower() in YES,
            completes=bot.get("completes"),
            first=bot.get("first"),
            max_length=int(length) if length else None,
            max_seconds=int(bot.get("max_seconds") or Question.max_seconds),
            max_megabytes=int(bot.get("max_megabytes") or Question.max_megabytes),
        )

    def choices(self, name: str | None) -> Iterator[Choice]:
        if name == TERRITORIES:
            yield from territories(self.languages)
        for choice in self.form.get("choices", {}).get(name, ()) if name else ():
            at = f"choices.{name}.{choice['name']}"
            labels = self.labels(f"{at}.label", choice.get("label"))
            short = self.labels(f"{at}.short", choice.get("bot", {}).get("short"), choice.get("label"))
            yield Choice(choice["name"], labels, short or labels)

    def labels(self, context: str, text: object, longer: object = None) -> Labels:
        """A text in every language: as written, else as translated, else the `longer` one as written, else default."""
        if not text:
            return {}
        written = self.written(text)
        spare = self.written(longer)
        default = written.get(self.default) or spare.get(self.default) or next(iter(written.values()))
        result = {}
        for language in self.languages:
            translations = self.translations.get(language)
            translated = translations.of(context, default) if translations else None
            result[language] = written.get(language) or translated or spare.get(language) or default
        return result

    def written(self, text: object) -> dict[str, str]:
        if isinstance(text, Mapping):
            return {language_code(language) or self.default: words for language, words in text.items()}
        return {self.default: str(text)} if text else {}


_KINDS: Mapping[str, Kind] = {
    "select one": Kind.SELECT_ONE,
    "select all that apply": Kind.SELECT_MULTIPLE,
    "text": Kind.TEXT,
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "int": Kind.INTEGER,
    "audio": Kind.AUDIO,
    "note": Kind.NOTE,
    "calculate": Kind.CALCULATE,
}
"""pyxform's own names of the types."""


def territories(languages: Sequence[str]) -> Iterator[Choice]:
    """Every ISO 3166-1 code with its name in these languages, CLDR's or our own, in the order of the English names.

    English stands in where CLDR has no name, and where it does not know the language.
    """
    english: Mapping[str, str] = Locale.parse("en").territories
    names = {language: _territory_names(language) for language in languages}
    codes = [code for code in english if len(code) == 2 and code.isalpha() and code not in _NOT_ISO]
    for code in sorted(codes, key=lambda code: english[code].replace("Å", "A")):
        labels = {language: names[language].get(code, english[code]) for language in languages}
        yield Choice(code, labels, labels)


def _territory_names(language: str) -> Mapping[str, str]:
    own = next((dict(one.places) for one in read_languages(home(None)) if one.code == language), {})
    try:
        found: Mapping[str, str] = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        return own
    return {**found, **own}


def _texts(form: Mapping[str, Any]) -> Iterator[object]:
    """Every translated text of the form, however deep."""
    for key, value in form.items():
        if key in ("label", "hint", "short", "jr:constraintMsg", "jr:requiredMsg"):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from _texts(item)
