"""The engine: begin a draft, resume it with an event. Draft + event in, draft + effects out; nothing else happens.

A person moves through the form's questions in order; rules decide which are asked. Every answer can be changed, from
the review or by going back. Here: buttons, and handing in. Not here: moving (`walk`), words (`saying`), what a kind of
question makes of its input (`steps`), sentences, storage.
"""

from dataclasses import replace

from bot.core.contributions import UNDISCLOSED, PartId
from bot.core.dialogue import effects as out
from bot.core.dialogue.draft import COMPLETE, REVIEW, WHOLE, Answer, Draft
from bot.core.dialogue.effects import Trouble, Turn
from bot.core.dialogue.events import Do, Edited, Event, Pressed, Said, Voiced
from bot.core.dialogue.questionnaire import PAGE, Form, Kind, Question, StepId
from bot.core.dialogue.saying import Saying
from bot.core.dialogue.steps import KINDS
from bot.core.dialogue.steps.matching import NUMBERED
from bot.core.errors import Outdated


def begin(draft: Draft, form: Form) -> Turn:
    """Show the first question of a fresh draft (its `step` is not looked at)."""
    return Engine(form, draft).advance(None)


def present(draft: Draft, form: Form, trouble: Trouble | None = None) -> Turn:
    """Show the present step again: after a restart, a stale button, another language, hours of silence."""
    return Engine(form, draft).again(trouble)


def resume(draft: Draft, event: Event, form: Form) -> Turn:
    """One turn. Raises Outdated (`step_passed`) for a button of a step that has passed."""
    engine = Engine(form, draft)
    if isinstance(event, Edited):
        return engine.edited(event)
    if isinstance(event, Said):
        return engine.said(event)
    if isinstance(event, Voiced):
        return engine.voiced(event)
    return engine.pressed(event)


def progress(draft: Draft, form: Form, step: StepId) -> tuple[int, int]:
    """(position from 1, count) of a question among those that are asked, as things stand."""
    asked = [question.id for question in Engine(form, draft).asked()]
    return (asked.index(step) + 1 if step in asked else len(asked), len(asked))


class Engine(Saying):
    """A turn that begins with whatever a person does."""

    def pressed(self, event: Pressed) -> Turn:
        """A button. "Continue" works from any prompt of the draft; every other one is bound to its visit."""
        if event.do is Do.CONTINUE:
            self.draft = replace(self.draft, stopped=False)
            return self.again()
        if event.visit != self.draft.visit or (self.draft.stopped and event.do is not Do.ERASE):
            raise Outdated("step_passed")
        general = {
            Do.BACK: self.back,
            Do.STOP: self.stop,
            Do.CANCEL: self.ask_erase,
            Do.ERASE: self.erase,
            Do.SUBMIT: self.submit,
            Do.LEAVE: self.leave,
            Do.WHOLE: self.all_at_once,
            Do.DISCARD: self.discard,
        }
        if event.do in general:
            return general[event.do]()
        if event.do is Do.CHANGE:
            return self.change(event.at)
        if event.do is Do.PLACE:
            return self.place(event.at)
        question = self.question()
        if question is None:
            raise Outdated("step_passed")
        if event.do is Do.PAGE:
            self.effects.append(out.Renew(self.draft, page=event.at))
            return self.turn()
        if event.do in (Do.SKIP, Do.UNDISCLOSED):
            return self.pass_by(question, undisclosed=event.do is Do.UNDISCLOSED)
        return self.chosen(question, event)

    def chosen(self, question: Question, event: Pressed) -> Turn:
        """A choice, or ticks that are finished."""
        present = self.draft.answer(question.id)
        reply = KINDS[question.kind].pressed(question, present, event.do, event.at)
        if reply is None:
            raise Outdated("step_passed")
        trouble = reply.trouble or self.broken(question, reply)
        answer = reply.answer or Answer()
        if trouble is None and reply.done and answer.skipped and question.required:
            trouble = Trouble("dialogue.required")
        if trouble is not None:
            self.effects.append(out.Ask(self.draft, trouble=trouble))
            return self.turn()
        self.put(question.id, answer)
        if not reply.done:
            # In a list too long for numbers what is ticked comes first, so that it can be seen.
            page = 0 if len(question.choices) > NUMBERED else event.at // PAGE
            self.effects.append(out.Renew(self.draft, page))
            return self.turn()
        self.effects.append(out.Settled(self.draft, question.id))
        return self.advance(question.id)

    def pass_by(self, question: Question, *, undisclosed: bool) -> Turn:
        """Skip, or prefer not to say.

        While somebody writes, "skip" means "next" and keeps what they wrote; on coming back to it, it is taken away.
        """
        present = self.draft.answer(question.id)
        if present is not None and present.written and not undisclosed and not self.draft.replacing:
            self.effects.append(out.Settled(self.draft, question.id))
            return self.advance(question.id)
        if question.required or (undisclosed and not question.undisclosed):
            self.effects.append(out.Ask(self.draft, trouble=Trouble("dialogue.required")))
            return self.turn()
        for old in present.written if present is not None else ():
            self.effects.append(out.Drop(old.part))
        self.put(question.id, Answer(undisclosed=undisclosed))
        self.effects.append(out.Settled(self.draft, question.id))
        return self.advance(question.id)

    def all_at_once(self) -> Turn:
        """All questions in one message, to be answered in one."""
        return self.go(WHOLE)

    def back(self) -> Turn:
        """To the step before; from a change, back to the review with the answer as it was."""
        if self.draft.step == WHOLE:
            return self.advance(None)
        if self.draft.changing:
            return self.go(REVIEW, changing=False)
        asked = {question.id for question in self.asked()}
        trail = list(self.draft.trail)
        while trail:
            step = trail.pop()
            if step in asked and step != self.draft.step:
                self.draft = replace(self.draft, trail=tuple(trail))
                return self.go(step)
        return self.show()

    def change(self, at: int) -> Turn:
        """From the review or the completion to one question, and afterwards to the review again."""
        asked = self.asked()
        questions = self.form.questionnaire.questions
        if self.draft.step not in (REVIEW, COMPLETE) or not 0 <= at < len(questions) or questions[at] not in asked:
            raise Outdated("step_passed")
        self.effects.append(out.Closed(self.draft, questions[at].id))
        return self.go(questions[at].id, changing=True)

    def leave(self) -> Turn:
        """The recommendation stays without its addressee or moment."""
        if self.draft.step != COMPLETE:
            raise Outdated("step_passed")
        self.effects.append(out.Closed(self.draft, None))
        return self.go(REVIEW)

    def stop(self) -> Turn:
        """Pause; the draft waits."""
        self.draft = replace(self.draft, stopped=True)
        self.effects.append(out.Stopped(self.draft))
        return self.turn()

    def ask_erase(self) -> Turn:
        """Ask before everything written is erased."""
        self.effects.append(out.AskErase(self.draft))
        return self.turn()

    def erase(self) -> Turn:
        """The draft goes."""
        return Turn(None, [out.Erased()])

    def submit(self) -> Turn:
        """Hand in, from the review only. A required answer that is missing is asked for first."""
        if self.draft.step != REVIEW:
            raise Outdated("step_passed")
        if self.draft.loose:
            return self.ask_where()
        asked = self.asked()
        for question in asked:
            answer = self.draft.answer(question.id)
            if question.required and (answer is None or answer.skipped):
                self.draft = replace(self.draft, step=question.id, visit=self.draft.visit + 1, changing=True)
                return self.show(Trouble("dialogue.required"))
        answers, pieces = self.final(asked)
        return Turn(None, [out.Finished(self.draft, answers, pieces)])

    def final(self, asked: list[Question]) -> tuple[dict[str, object], dict[str, tuple[PartId, ...]]]:
        """Every question of the form with its answer; abandoned branches count as skipped."""
        values = self.values()
        counting = {question.id for question in asked}
        answers: dict[str, object] = {}
        pieces: dict[str, tuple[PartId, ...]] = {}
        for question in self.form.questionnaire.questions:
            if question.kind is Kind.NOTE:
                continue
            if question.kind is Kind.CALCULATE:
                answers[question.id] = values[question.id] or None
                continue
            answer = self.draft.answer(question.id) if question.id in counting else None
            if answer is None or answer.skipped:
                answers[question.id] = None
            elif answer.undisclosed:
                answers[question.id] = UNDISCLOSED
            elif answer.written:
                answers[question.id] = ""
                pieces[question.id] = tuple(written.part for written in answer.written)
            elif question.kind is Kind.SELECT_MULTIPLE:
                answers[question.id] = list(answer.codes)
            elif question.kind is Kind.INTEGER:
                answers[question.id] = int(answer.codes[0])
            else:
                answers[question.id] = answer.codes[0]
        return answers, pieces
