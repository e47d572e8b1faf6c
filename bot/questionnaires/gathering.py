"""The questionnaire of a brought form for tables: its newest edition, and what only earlier ones asked, at the end.

So each answer to any edition has its column and its label. Not here: tables (`bot.exports`), one edition (`examining`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.dialogue.questionnaire import Question, Questionnaire
from bot.core.editions import Edition
from bot.questionnaires.examining import form_of


def gathered(forms: Iterable[Mapping[str, Any]]) -> dict[str, Questionnaire]:
    """Questionnaires by id, from `{"form", "version", "document"}` of their editions, the oldest first.

    Raises Faulty, ValueError, KeyError and TypeError for documents of another kind.
    """
    found: dict[str, dict[str, Questionnaire]] = {}
    for one in forms:
        edition = Edition(one["version"], one["form"], {}, (), 0, one["document"])
        found.setdefault(edition.form, {})[edition.version] = form_of(edition).questionnaire
    return {form: _joined(list(editions.values())) for form, editions in found.items()}


def _joined(editions: Sequence[Questionnaire]) -> Questionnaire:
    *earlier, newest = editions
    questions = {question.id: question for question in newest.questions}
    for edition in reversed(earlier):
        for question in edition.questions:
            known = questions.get(question.id)
            questions[question.id] = question if known is None else _with_choices(known, question)
    return replace(newest, questions=tuple(questions.values()))


def _with_choices(question: Question, earlier: Question) -> Question:
    codes = {choice.code for choice in question.choices}
    gone = [choice for choice in earlier.choices if choice.code not in codes]
    return replace(question, choices=(*question.choices, *gone)) if question.choices and gone else question
