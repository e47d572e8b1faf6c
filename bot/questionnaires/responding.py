"""The dialogue that is made of published points: each point a question, and words where something is to be changed.

The pattern is our form `response`: its questions `point` and `words` are repeated for every point, `missing` comes at
the end. The answer to a point has the point's id; the words, the id with `_words`.

Not here: the file that publishes points (`publication`), the order of questions (`bot.core.dialogue.engine`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.dialogue.draft import RESPONSE, form_key
from bot.core.dialogue.questionnaire import Form, Labels, Question, Questionnaire, StepId
from bot.core.editions import Edition
from bot.core.points import Point, PointSet
from bot.questionnaires.examining import form_of
from bot.questionnaires.faults import Faulty
from bot.questionnaires.publication import WORDS
from locales.catalogue import Catalogue

ADDING_WORDS = frozenset(("amend", "reservation"))
"""Answers after which words are asked for."""
KEPT = 32
"""Forms that are kept in memory."""


@dataclass(frozen=True)
class Responding:
    """The rules of such a form: words are asked for where the answer calls for them."""

    words: Mapping[str, str]
    """The question for words, to the point it belongs to."""

    def relevant(self, question: Question, answers: Mapping[str, str]) -> bool:
        """Whether the question is asked at all."""
        point = self.words.get(question.id)
        return point is None or answers.get(point, "") in ADDING_WORDS

    def satisfied(self, question: Question, value: str, answers: Mapping[str, str]) -> bool:
        """Any answer will do."""
        del question, value, answers
        return True

    def calculated(self, question: Question, answers: Mapping[str, str]) -> str:
        """Nothing is calculated."""
        del question, answers
        return ""


def responding(points: PointSet, pattern: Form, catalogue: Catalogue) -> Form:
    """The form that asks about these points, in every language that people are offered."""
    questionnaire = pattern.questionnaire
    asked = {question.id: question for question in questionnaire.questions}
    languages = tuple(dict.fromkeys((*questionnaire.languages, *(one.code for one in catalogue.languages))))
    texts = _Texts(catalogue, points.fallback, languages)
    questions = [asked[StepId("introduction")]]
    words: dict[str, str] = {}
    for number, point in enumerate(points.points, start=1):
        title = {language: texts.of(point.title, language)[0] for language in languages}
        name = {language: f"{number}. {title[language]}" for language in languages}
        shown = {language: texts.page(point, language) for language in languages}
        ask, tell = asked[StepId("point")], asked[StepId("words")]
        questions.append(replace(ask, id=StepId(point.id), short=name, labels=_under(shown, ask.labels)))
        again = {language: texts.of(point.text, language)[0] for language in languages}
        step = StepId(f"{point.id}{WORDS}")
        short = {language: f"{number}. {tell.short.get(language, tell.short['en'])}" for language in languages}
        questions.append(replace(tell, id=step, short=short, labels=_under(again, tell.labels), relevant=None))
        words[step] = point.id
    questions.append(asked[StepId("missing")])
    made = Questionnaire(
        id=RESPONSE,
        version=points.version,
        default_language=questionnaire.default_language,
        languages=languages,
        titles=questionnaire.titles,
        questions=tuple(questions),
    )
    return Form(made, Responding(words))


def _under(texts: Labels, question: Labels) -> Labels:
    return {language: f"{text}\n\n{question.get(language, question['en'])}" for language, text in texts.items()}


@dataclass(frozen=True)
class _Texts:
    """A point's texts in the language of a reader, or in the one that stands in for it, and it is said which."""

    catalogue: Catalogue
    fallback: tuple[str, ...]
    languages: tuple[str, ...]

    def of(self, texts: Labels, language: str) -> tuple[str, str]:
        """The text and the language it is in; both empty where there is none."""
        for one in (language, *self.fallback, *sorted(texts)):
            if one in texts:
                return texts[one], one
        return "", ""

    def page(self, point: Point, language: str) -> str:
        """The point with all that belongs to it."""
        say = self.catalogue.text
        text, written_in = self.of(point.text, language)
        regions = [say(language, f"consultation.{origin}.name") for origin in point.origins]
        mark = "، " if self.catalogue.direction(language) == "rtl" else ", "
        day = self.catalogue.day(language, point.day)
        source, named = ("respond.source", {"consultation": mark.join(regions)}) if regions else ("respond.unnamed", {})
        beside = [say(language, source, day=day, **named)]
        sides = {
            "respond.support": ("support", point.support),
            "respond.said": ("text", point.said),
            "respond.wrote": ("text", point.wrote),
            "respond.answered": ("text", point.answered),
        }
        for key, (name, texts) in sides.items():
            if found := self.of(texts, language)[0]:
                beside.append(say(language, key, **{name: found}))
        if point.source:
            beside.append(say(language, "brief.source", source=point.source))
        if written_in != language:
            own = {one.code: one.own_name for one in self.catalogue.declared}
            beside.append(say(language, "respond.language", language=own.get(written_in, written_in)))
        return "\n\n".join((text, "\n".join(beside)))


class Forms(Mapping[str, Form]):
    """Every form by its key: those that come with the program, and those made of published points when asked for."""

    def __init__(
        self,
        library: Mapping[str, Form],
        points: Callable[[str], PointSet | None],
        catalogue: Catalogue,
        editions: Callable[[str], Edition | None] = lambda _: None,
    ) -> None:
        """`points` and `editions` give a version, None for one that is not there (any more)."""
        self._editions = editions
        self._library = library
        self._points = points
        self._catalogue = catalogue
        self._made: OrderedDict[str, Form] = OrderedDict()

    def __getitem__(self, key: str) -> Form:
        if not key.startswith(f"{RESPONSE}:"):
            name, _, version = key.partition(":")
            if name == RESPONSE:
                raise KeyError(key)  # only the pattern: nobody is asked it as it stands
            return self._library[name] if name in self._library else self._brought(key, name, version)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        found = self._points(key.removeprefix(form_key(RESPONSE, "")))
        if found is None:
            raise KeyError(key)
        return self._kept(key, responding(found, self._library[RESPONSE], self._catalogue))

    def _brought(self, key: str, name: str, version: str) -> Form:
        """The edition of a form that an organizer brought."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        found = self._editions(version) if version else None
        if found is None or found.form != name:
            raise KeyError(key)
        try:
            made = form_of(found)
        except (Faulty, ValueError, TypeError) as error:  # kept by a later version of this program
            raise KeyError(key) from error
        return self._kept(key, made)

    def _kept(self, key: str, form: Form) -> Form:
        self._made[key] = form
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return form

    def __iter__(self) -> Iterator[str]:
        return iter(key for key in self._library if key != RESPONSE)

    def __len__(self) -> int:
        return sum(1 for _ in self)
