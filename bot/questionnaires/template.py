"""The workbook to start a form from: our own recommendation form as XLSForm, in every language, and how to change it.

Like any form it passes our own checks and opens in ODK and KoboToolbox. Not here: checking (`checks`).
"""

from collections.abc import Iterator, Sequence
from functools import cache

from bot.core.dialogue.questionnaire import Kind, Labels, Question
from bot.questionnaires.library import form
from locales.catalogue import Catalogue
from locales.languages import Language

ID = "my_questionnaire"
STEPS = 10
_TRANSLATED = ("label", "hint", "required_message", "constraint_message")


@cache
def template() -> bytes:
    """The workbook."""
    # The bot asks for a template once in a while; what writes workbooks takes long to import, and much memory.
    from bot.questionnaires.rewriting import GUIDE, workbook  # noqa: PLC0415

    catalogue = Catalogue.load()
    languages = catalogue.languages
    questions = [one for one in form("recommendation").questionnaire.questions if one.kind is not Kind.CALCULATE]
    return workbook(
        {
            "survey": list(_survey(questions, languages)),
            "choices": list(_choices(questions, languages)),
            "settings": list(_settings(catalogue, languages)),
            GUIDE: list(_guide(catalogue, languages)),
        }
    )


def _named(column: str, languages: Sequence[Language]) -> list[str]:
    return [f"{column}::{one.english_name} ({one.code})" for one in languages]


def _survey(questions: Sequence[Question], languages: Sequence[Language]) -> Iterator[list[str]]:
    translated = [heading for column in (*_TRANSLATED, "bot::short") for heading in _named(column, languages)]
    own = ["bot::undisclosed", "bot::completes", "bot::first"]
    yield ["type", "name", "required", "relevant", "constraint", *translated, *own]
    for one in questions:
        texts = (one.labels, one.hints, one.required_messages, one.constraint_messages, one.short)
        yield [
            f"{one.kind.value} {_list(one)}" if one.choices else one.kind.value,
            one.id,
            "yes" if one.required else "no",
            one.relevant or "",
            one.constraint or "",
            *(text for labels in texts for text in _each(labels or {}, languages)),
            "yes" if one.undisclosed else "",
            one.completes or "",
            one.first or "",
        ]


def _list(question: Question) -> str:
    return "countries" if len(question.choices) > 200 else f"{question.id}_list"


def _choices(questions: Sequence[Question], languages: Sequence[Language]) -> Iterator[list[str]]:
    yield ["list_name", "name", *_named("label", languages), *(f"bot_short_{one.code}" for one in languages)]
    for question in questions:
        for choice in question.choices:
            short = ["" for _ in languages] if choice.short == choice.labels else _each(choice.short, languages)
            yield [_list(question), choice.code, *_each(choice.labels, languages), *short]


def _settings(catalogue: Catalogue, languages: Sequence[Language]) -> Iterator[list[str]]:
    yield ["form_id", "form_title", "version", "default_language", *_named("bot::title", languages)]
    english = next(one for one in languages if one.code == "en")
    titles = [catalogue.text(one.code, "forms.template_title") for one in languages]
    yield [ID, titles[languages.index(english)], "1", f"{english.english_name} (en)", *titles]


def _guide(catalogue: Catalogue, languages: Sequence[Language]) -> Iterator[list[str]]:
    yield [one.own_name for one in languages]
    values = {
        "title": "bot::title",
        "short": "bot::short",
        "choice": "bot_short_en",
        "undisclosed": "bot::undisclosed",
        "question": "${theme}",
        "rule": "selected(${theme}, 'consular')",
    }
    for step in range(1, STEPS + 1):
        yield [catalogue.text(one.code, f"forms.guide.{step}", **values) for one in languages]


def _each(labels: Labels, languages: Sequence[Language]) -> list[str]:
    return [labels.get(one.code, "") for one in languages]
