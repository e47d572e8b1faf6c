"""The words around what people wrote, in one language: headings, names of consultations and languages, labels of codes.

Not here: the texts themselves (`locales`), what people wrote (it is never translated).
"""

from collections.abc import Mapping
from functools import cache

from bot.core.consultations import BY_ID, TEXTS
from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports.table import label
from locales.catalogue import Catalogue


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load(more=TEXTS)


class Frame:
    """The words of one language for one form."""

    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue()
        self._labels: Mapping[str, Mapping[str, str]] = {
            str(question.id): {choice.code: label(choice.short, language) for choice in question.choices}
            for question in questionnaire.questions
        }
        self._names = {known.code: known.own_name for known in self._catalogue.declared}
        self._questions = {str(question.id): label(question.short, language) for question in questionnaire.questions}

    @property
    def right_to_left(self) -> bool:
        """Whether this language is written from right to left."""
        return self._catalogue.direction(self.language) == "rtl"

    def text(self, key: str) -> str:
        """A text of the interface without anything to fill in."""
        return self._catalogue.text(self.language, key)

    def question(self, question: str) -> str:
        """Short name of a question; its code where the form has none of that name."""
        return self._questions.get(question) or question

    def choice(self, question: str, code: str | None) -> str:
        """Short name of a choice; the code itself where the form does not have it."""
        if code is None:
            return self.text("reading.unsaid")
        if code == "undisclosed":
            return self.text("reading.undisclosed")
        return self._labels.get(question, {}).get(code, code)

    def consultation(self, consultation: str | None) -> str:
        """Name of a consultation; the code itself where it is not one of ours."""
        if consultation in BY_ID:
            return self.text(f"consultation.{consultation}.name")
        return consultation or self.text("reading.unsaid")

    def own_name(self, language: str | None) -> str:
        """What the speakers of a language call it."""
        return self._names.get(language or "", language or self.text("reading.unsaid"))
