"""One kind of contribution out of a mixed export: its lines and the questionnaire that gives them their columns.

A table has the columns of one questionnaire, so a table holds one kind; JSON Lines hold all of them. Answers to
published points become one row for each point (`point`, `answer`, `words`): their questions differ with the version.

Not here: the columns (`table`), which questionnaires there are (`bot.questionnaires`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.core.contributions import State
from bot.core.dialogue.draft import RESPONSE
from bot.core.dialogue.questionnaire import Kind, Questionnaire, StepId

Line = dict[str, Any]

MISSING, WORDS = "missing", "_words"


def only(lines: Iterable[Line], kind: str, others: Counter[str]) -> Iterator[Line]:
    """The lines of one questionnaire, and tombstones, whose kind nobody knows; the rest is counted in `others`."""
    for line in lines:
        if line["questionnaire"] in (kind, None):
            yield line
        else:
            others[line["questionnaire"]] += 1


def point_by_point(lines: Iterable[Line]) -> Iterator[Line]:
    """Each answer to a point as a line of its own; a line without answers stays as it is."""
    for line in lines:
        answers: Mapping[str, Any] = line["answers"]
        if line["state"] != State.SUBMITTED.value or not answers:
            yield line
            continue
        for point, answer in answers.items():
            if point == MISSING:
                yield {**line, "answers": {"point": MISSING, "answer": None, "words": answer}}
            elif not point.endswith(WORDS):
                words = answers.get(f"{point}{WORDS}")
                yield {**line, "answers": {"point": point, "answer": answer, "words": words}}


def columns_of_points(pattern: Questionnaire) -> Questionnaire:
    """The questionnaire of such lines, from the pattern `response`."""
    asked = {str(question.id): question for question in pattern.questions}
    point = replace(asked["words"], id=StepId("point"), short=asked["point"].short, labels=asked["point"].short)
    answer = replace(asked["point"], id=StepId("answer"), kind=Kind.SELECT_ONE)
    words = replace(asked["words"], id=StepId("words"), relevant=None)
    return replace(pattern, id=RESPONSE, questions=(replace(point, relevant=None), answer, words))
