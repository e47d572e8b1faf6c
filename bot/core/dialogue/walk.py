"""One turn's working state: what is asked as things stand, and moving from question to question.

Not here: what a person does at a question (`saying`, `engine`).
"""

from dataclasses import dataclass, replace

from bot.core.contributions import UNDISCLOSED
from bot.core.dialogue import effects as out
from bot.core.dialogue.draft import COMPLETE, REVIEW, WHOLE, Answer, Draft
from bot.core.dialogue.effects import Effect, Trouble, Turn
from bot.core.dialogue.questionnaire import WRITTEN, Form, Kind, Question, StepId
from bot.core.dialogue.steps import KINDS
from bot.core.dialogue.steps.reply import Reply


@dataclass
class Walk:
    """A draft on its way through a form; made anew for each event."""

    form: Form
    draft: Draft

    def __post_init__(self) -> None:
        self.effects: list[Effect] = []

    # What is asked

    def values(self) -> dict[str, str]:
        """Answers as expressions see them, questions that are not asked counting as empty."""
        values: dict[str, str] = {}
        for question in self.form.questionnaire.questions:
            if question.kind is Kind.CALCULATE:
                values[question.id] = self.form.rules.calculated(question, values)
                continue
            answer = self.draft.answer(question.id)
            told = answer is not None and self.form.rules.relevant(question, values)
            values[question.id] = _value(answer) if told and answer is not None else ""
        return values

    def asked(self) -> list[Question]:
        """The questions that wait for the person, in order, as things stand."""
        values = self.values()
        return [
            question
            for question in self.form.questionnaire.questions
            if question.kind in KINDS and self.form.rules.relevant(question, values)
        ]

    def in_writing(self) -> list[Question]:
        """Those of them that one message can answer; what is to be recorded is asked afterwards."""
        return [question for question in self.asked() if question.kind is not Kind.AUDIO]

    def numbered(self) -> list[Question]:
        """Those that a number in a message stands for, in order."""
        found = map(self.form.questionnaire.question, self.draft.numbered)
        return [question for question in found if question is not None] or self.in_writing()

    def unread(self) -> set[StepId]:
        """Those of them whose line could not be read, and that were not answered or passed by since."""
        asked = {question.id for question in self.asked()} if self.draft.whole else set()
        return asked & {*self.draft.numbered} - {*self.draft.answers}

    def not_understood(self, steps: set[StepId]) -> Trouble | None:
        """The numbers of these questions, to be told."""
        numbers = [str(number) for number, step in enumerate(self.draft.numbered, 1) if step in steps]
        return Trouble("whole.not_understood", {"numbers": ", ".join(numbers)}) if numbers else None

    def question(self) -> Question | None:
        """The question of the present step; None at the review and the completion."""
        return self.form.questionnaire.question(self.draft.step)

    def missing(self) -> tuple[StepId, ...]:
        """Questions that complete a recommendation (addressee, moment) and were passed by."""
        return tuple(
            question.id
            for question in self.asked()
            if question.completes is not None and ((answer := self.draft.answer(question.id)) is None or answer.skipped)
        )

    # Moving

    def turn(self) -> Turn:
        """What this event has led to so far."""
        return Turn(self.draft, self.effects)

    def go(self, step: StepId, *, changing: bool | None = None) -> Turn:
        """Arrive at a step: a new visit, so that older buttons are stale."""
        answer = self.draft.answer(step)
        question = self.form.questionnaire.question(step)
        replacing = question is not None and question.sealed and bool(answer and answer.written)
        self.draft = replace(
            self.draft,
            step=step,
            visit=self.draft.visit + 1,
            replacing=replacing,
            stopped=False,
            changing=self.draft.changing if changing is None else changing,
        )
        return self.show()

    def show(self, trouble: Trouble | None = None) -> Turn:
        """The present step as a new prompt. A step the form no longer has gives way to the next one."""
        if self.draft.step == REVIEW:
            steps = tuple(question.id for question in self.asked())
            self.effects.append(out.Review(self.draft, steps, trouble or self.not_understood(self.unread())))
        elif self.draft.step == WHOLE:
            self.draft = replace(self.draft, numbered=tuple(question.id for question in self.in_writing()))
            self.effects.append(out.AskWhole(self.draft, self.draft.numbered))
        elif self.draft.step == COMPLETE:
            missing = self.missing()
            if not missing:
                return self.go(REVIEW)
            self.effects.append(out.Complete(self.draft, missing))
        elif self.question() is None:
            return self.advance(None)
        else:
            self.effects.append(out.Ask(self.draft, trouble=trouble))
        return self.turn()

    def advance(self, answered: StepId | None) -> Turn:
        """To the next question that is asked; then the completion, once; then the review."""
        asked = self.asked()
        if answered is not None:
            self.draft = replace(self.draft, trail=(*self.draft.trail, answered))
        if self.draft.changing or answered is None:
            following = [question for question in asked if question.id not in self.draft.answers]
        else:
            order = [question.id for question in self.form.questionnaire.questions]
            place = order.index(answered)
            following = [question for question in asked if order.index(question.id) > place]
        if following:
            self.notes(answered, following[0].id)
            return self.go(following[0].id)
        self.notes(answered, None)
        if not self.draft.completed and self.missing():
            self.draft = replace(self.draft, completed=True)
            return self.go(COMPLETE, changing=False)
        return self.go(REVIEW, changing=False)

    def notes(self, after: StepId | None, before: StepId | None) -> None:
        """The form's notes that stand between two questions; not repeated while one answer is changed."""
        if self.draft.changing:
            return
        questions = self.form.questionnaire.questions
        order = [question.id for question in questions]
        start = order.index(after) + 1 if after is not None else 0
        end = order.index(before) if before is not None else len(order)
        values = self.values()
        for question in questions[start:end]:
            if question.kind is Kind.NOTE and self.form.rules.relevant(question, values):
                self.effects.append(out.Tell(self.draft, question.id))

    # What is answered

    def put(self, step: StepId, answer: Answer) -> None:
        """This is the answer now."""
        self.draft = replace(self.draft, answers={**self.draft.answers, step: answer})

    def broken(self, question: Question, reply: Reply) -> Trouble | None:
        """The form's own constraint, asked only about a value."""
        if not reply.value or self.form.rules.satisfied(question, reply.value, self.values()):
            return None
        return Trouble("dialogue.not_accepted", form=True)


def _value(answer: Answer) -> str:
    if answer.written:
        return WRITTEN
    return UNDISCLOSED if answer.undisclosed else " ".join(answer.codes)
