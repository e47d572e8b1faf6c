"""The command `questionnaire list`. Not here: how a form is checked and compiled (`bot.questionnaires`)."""

import argparse

from bot.cli.output import table
from bot.core.dialogue.questionnaire import Kind
from bot.questionnaires.library import library


def list_questionnaires(chosen: argparse.Namespace) -> None:
    """Each form: id, version, title, how many questions, languages."""
    del chosen
    rows = []
    for form in library().values():
        questionnaire = form.questionnaire
        asked = sum(question.kind not in (Kind.NOTE, Kind.CALCULATE) for question in questionnaire.questions)
        title = questionnaire.titles[questionnaire.default_language]
        rows.append((questionnaire.id, questionnaire.version, title, str(asked), " ".join(questionnaire.languages)))
    table(("id", "version", "title", "questions", "languages"), rows)
