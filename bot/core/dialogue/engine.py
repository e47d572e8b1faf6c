"""The engine: begin a draft, resume it with an event. Draft + event in, draft + effects out; nothing else happens.

A person moves through the form's questions in order; rules decide which are asked. Every answer can be changed, from
the review or by going back. Not here: what a kind of question makes of its input (`steps`), sentences, storage.
"""

from dataclasses import dataclass, replace

from bot.core.contributions import LOOSE, UNDISCLOSED, PartId
from bot.core.dialogue import effects as out
from bot.core.dialogue import whole
from bot.core.dialogue.clues import clues
from bot.core.dialogue.draft import COMPLETE, REVIEW, WHOLE, Answer, Draft, Written
from bot.core.dialogue.effects import Effect, Trouble, Turn
from bot.core.dialogue.events import Do, Edited, Event, Pressed, Said, Voiced
from bot.core.dialogue.questionnaire import PAGE, WRITTEN, Form, Kind, Question, StepId
from bot.core.dialogue.steps import KINDS, audio
from bot.core.dialogue.steps.matching import NUMBERED
from bot.core.dialogue.steps.reply import Reply
from bot.core.errors import Outdated


def begin(draft: Draft, form: Form) -> Turn:
    """Show the first question of a fresh draft (its `step` is not looked at)."""
    return _Engine(form, draft).advance(None)


def present(draft: Draft, form: Form, trouble: Trouble | None = None) -> Turn:
    """Show the present step again: after a restart, a stale button, a briefing, hours of silence."""
    return _Engine(form, draft).show(trouble)


def resume(draft: Draft, event: Event, form: Form) -> Turn:
    """One turn. Raises Outdated (`step_passed`) for a button of a step that has passed."""
    engine = _Engine(form, draft)
    if isinstance(event, Edited):
        return engine.edited(event)
    if isinstance(event, Said):
        return engine.said(event)
    if isinstance(event, Voiced):
        return engine.voiced(event)
    return engine.pressed(event)


def listens(draft: Draft, form: Form) -> Question | None:
    """The open question, where it is one that a voice message answers."""
    question = form.questionnaire.question(draft.step)
    return question if question is not None and question.kind is Kind.AUDIO and not draft.stopped else None


def progress(draft: Draft, form: Form, step: StepId) -> tuple[int, int]:
    """(position from 1, count) of a question among those that are asked, as things stand."""
    asked = [question.id for question in _Engine(form, draft).asked()]
    return (asked.index(step) + 1 if step in asked else len(asked), len(asked))


@dataclass
class _Engine:
    """One turn's working state; made anew for each event."""

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

    def question(self) -> Question | None:
        """The question of the present step; None at the review and the completion."""
        return self.form.questionnaire.question(self.draft.step)

    # Moving

    def turn(self) -> Turn:
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
            self.effects.append(out.Review(self.draft, steps, trouble))
        elif self.draft.step == WHOLE:
            self.effects.append(out.AskWhole(self.draft, tuple(question.id for question in self.in_writing())))
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
        if self.draft.changing and self.draft.whole and self.records(answered):
            # What the one message left out was left out on purpose; what is to be recorded was not among it.
            following = [question for question in following if question.kind is Kind.AUDIO]
        if following:
            self.notes(answered, following[0].id)
            return self.go(following[0].id)
        self.notes(answered, None)
        if not self.draft.completed and self.missing():
            self.draft = replace(self.draft, completed=True)
            return self.go(COMPLETE, changing=False)
        return self.go(REVIEW, changing=False)

    def records(self, step: StepId | None) -> bool:
        question = self.form.questionnaire.question(step) if step is not None else None
        return question is not None and question.kind is Kind.AUDIO

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

    def missing(self) -> tuple[StepId, ...]:
        """Questions that complete a recommendation (addressee, moment) and were passed by."""
        return tuple(
            question.id
            for question in self.asked()
            if question.completes is not None and ((answer := self.draft.answer(question.id)) is None or answer.skipped)
        )

    # What the person does

    def said(self, event: Said) -> Turn:
        """A text: the answer to the question it replies to, or else to the present one."""
        if event.step == WHOLE or (self.draft.step == WHOLE and event.step is None and not self.draft.stopped):
            return self.said_whole(event)
        if event.step is not None and event.step != self.draft.step:
            return self.said_elsewhere(event, StepId(event.step))
        if self.draft.stopped:
            self.effects.append(out.Stopped(self.draft))
            return self.turn()
        if self.draft.step == COMPLETE:
            return self.said_completion(event)
        question = self.question()
        if question is None:
            return self.said_at_review(event)
        return self.heard(question, event)

    def heard(self, question: Question, event: Said) -> Turn:
        present = self.draft.answer(question.id)
        reply = KINDS[question.kind].said(question, present, event.text)
        trouble = reply.trouble or self.broken(question, reply)
        if trouble is not None and question.kind is not Kind.TEXT and self.is_loose(event.text):
            return self.said_loose(event)
        if trouble is not None:
            self.effects.append(out.Ask(self.draft, trouble=trouble, matches=reply.matches))
            return self.turn()
        if reply.keep:
            self.keep(question.id, event)
            self.effects.append(out.Ask(self.draft, clues=clues(event.text)))
            return self.turn()
        answer = reply.answer or Answer()
        self.put(question.id, replace(answer, message=event.message))
        if not reply.done:
            self.effects.append(out.Ask(self.draft))
            return self.turn()
        self.effects.append(out.Settled(self.draft, question.id))
        return self.advance(question.id)

    def written(self) -> tuple[StepId, ...]:
        """The questions that are answered in words."""
        return tuple(question.id for question in self.asked() if question.kind is Kind.TEXT)

    def is_loose(self, text: str) -> bool:
        """It is a sentence; while one waits for its place, a few more words are its end, however short."""
        goes_on = bool(self.draft.loose) and any(character.isalpha() for character in text)
        return bool(self.written()) and (goes_on or _prose(text))

    def said_loose(self, event: Said) -> Turn:
        """A sentence where a choice is asked for: late, or meant for another question. Kept, and asked about."""
        self.effects.append(out.Keep(event.part, StepId(LOOSE), event.text, event.message))
        self.draft = replace(self.draft, loose=(*self.draft.loose, Written(event.part, event.message)))
        return self.ask_where()

    def ask_where(self) -> Turn:
        self.effects.append(out.AskWhere(self.draft, self.written()))
        return self.turn()

    def place(self, at: int) -> Turn:
        """What was loose is put with what was written for a question."""
        questions = self.form.questionnaire.questions
        step = questions[at].id if 0 <= at < len(questions) else None
        if not self.draft.loose or step not in self.written() or step is None:
            raise Outdated("step_passed")
        present = self.draft.answer(step)
        before = present.written if present is not None else ()
        self.put(step, Answer(written=(*before, *self.draft.loose)))
        self.draft = replace(self.draft, loose=())
        self.effects.append(out.Noted("dialogue.added", step, self.draft))
        return self.show()

    def discard(self) -> Turn:
        if not self.draft.loose:
            raise Outdated("step_passed")
        self.effects.extend(out.Drop(old.part) for old in self.draft.loose)
        self.draft = replace(self.draft, loose=())
        self.effects.append(out.Noted("dialogue.left_out"))
        return self.show()

    def said_elsewhere(self, event: Said, step: StepId) -> Turn:
        """A reply to an earlier prompt changes that answer and leaves the person where they are."""
        question = self.form.questionnaire.question(step)
        if question is None or question.kind not in KINDS:
            return self.said(replace(event, step=None))
        reply = KINDS[question.kind].said(question, self.draft.answer(step), event.text)
        trouble = reply.trouble or self.broken(question, reply)
        if trouble is not None:
            self.effects.append(out.Noted("dialogue.reply_not_taken", step, self.draft))
            return self.show(trouble if step == self.draft.step else None)
        if reply.keep:
            self.keep(step, event)
        else:
            self.put(step, replace(reply.answer or Answer(), message=event.message))
        found = clues(event.text) if reply.keep else ()
        self.effects.append(out.Noted("dialogue.reply_taken", step, self.draft, found))
        return self.show()

    def said_completion(self, event: Said) -> Turn:
        """Words instead of a button: they belong to the recommendation, so nothing that was written is lost."""
        question = next((q for q in self.asked() if q.kind is Kind.TEXT and q.required), None)
        if question is None or KINDS[Kind.TEXT].said(question, None, event.text).trouble is not None:
            return self.show()
        self.keep(question.id, event)
        added = out.Noted("dialogue.added", question.id, self.draft, clues(event.text))
        self.effects += [out.Closed(self.draft, None), added]
        return self.go(REVIEW)

    def said_whole(self, event: Said) -> Turn:
        """One message with numbered lines, each for its question; without numbers it is the recommendation itself."""
        asked = self.in_writing()
        written = whole.answers(event.text, len(asked))
        if written:
            told = [(asked[number - 1], text) for number, text in sorted(written.items())]
        else:
            texts = [question for question in asked if question.kind is Kind.TEXT]
            told = [(next((q for q in texts if q.required), texts[0]), event.text)] if texts else []
        missed = []
        for question, text in told:
            reply = KINDS[question.kind].said(question, None, text)
            if reply.trouble is not None or self.broken(question, reply) is not None:
                missed.append(str(asked.index(question) + 1))
            elif reply.keep:
                self.replaced(question.id)
                self.keep(question.id, replace(event, text=text, part=whole.part_of(event.part, question.id)))
            else:
                self.put(question.id, replace(reply.answer or Answer(), message=event.message))
        self.draft = replace(self.draft, whole=(*self.draft.whole, event.message), completed=True)
        if found := clues("\n".join(text for question, text in told if question.kind is Kind.TEXT)):
            self.effects.append(out.Noted("whole.taken", None, self.draft, found))
        left = next((q for q in self.asked() if q.kind is Kind.AUDIO and q.id not in self.draft.answers), None)
        step = REVIEW if left is None else left.id
        changing = left is not None
        self.draft = replace(self.draft, step=step, visit=self.draft.visit + 1, changing=changing, replacing=False)
        return self.show(Trouble("whole.not_understood", {"numbers": ", ".join(missed)}) if missed else None)

    def replaced(self, step: StepId) -> None:
        """What was written before for this question no longer counts."""
        present = self.draft.answer(step)
        if present is not None and present.written:
            self.effects.extend(out.Drop(old.part) for old in present.written)
            self.put(step, Answer())

    def said_at_review(self, event: Said) -> Turn:
        """Here a button decides; but who answers all at once may do so in several messages."""
        if self.draft.whole and whole.answers(event.text, len(self.in_writing())):
            return self.said_whole(event)
        if _prose(event.text) and self.written():
            return self.said_loose(event)
        return self.show(Trouble("review.press_a_button"))

    def voiced(self, event: Voiced) -> Turn:
        """A voice message, where the open question asks for one."""
        question = listens(self.draft, self.form)
        if question is None or event.step not in (None, question.id):
            self.effects.append(out.Noted("voice.not_now"))
            return self.show()
        before = None if self.draft.replacing else self.draft.answer(question.id)
        trouble = audio.refused(question, before, event)
        if trouble is None:
            self.effects.append(out.KeepVoice(question.id, event))
            size = len(event.audio or b"")
            self.add(question.id, Written(event.part, event.message, event.seconds, size))
        self.effects.append(out.Ask(self.draft, trouble=trouble))
        return self.turn()

    def keep(self, step: StepId, event: Said) -> None:
        """One more message of a written answer."""
        self.effects.append(out.Keep(event.part, step, event.text, event.message))
        self.add(step, Written(event.part, event.message))

    def add(self, step: StepId, new: Written) -> None:
        """The first message after coming back to an answer replaces the old ones."""
        present = self.draft.answer(step)
        written = present.written if present is not None else ()
        if self.draft.replacing and step == self.draft.step:
            self.effects.extend(out.Drop(old.part) for old in written)
            written = ()
            self.draft = replace(self.draft, replacing=False)
        self.put(step, Answer(written=(*written, new)))

    def put(self, step: StepId, answer: Answer) -> None:
        self.draft = replace(self.draft, answers={**self.draft.answers, step: answer})

    def broken(self, question: Question, reply: Reply) -> Trouble | None:
        """The form's own constraint, asked only about a value."""
        if not reply.value or self.form.rules.satisfied(question, reply.value, self.values()):
            return None
        return Trouble("dialogue.not_accepted", form=True)

    def edited(self, event: Edited) -> Turn:
        """An edited message counts as the new answer wherever the old one counted."""
        if event.message in self.draft.whole:
            return self.rewritten_whole(event)
        if old := next((one for one in self.draft.loose if one.message == event.message), None):
            kept = tuple(one for one in self.draft.loose if one != old)
            self.draft = replace(self.draft, loose=kept)
            self.effects.append(out.Drop(old.part))
            return self.said_loose(Said(event.text, event.message, event.part))
        for step, answer in self.draft.answers.items():
            old = next((written for written in answer.written if written.message == event.message), None)
            if old is not None:
                return self.rewritten(step, old, event)
            if answer.message == event.message:
                return self.retyped(step, answer, event)
        self.effects.append(out.Noted("dialogue.edit_not_an_answer"))
        return self.turn()

    def rewritten_whole(self, event: Edited) -> Turn:
        """All answers of the message go, and are read again."""
        for step, answer in list(self.draft.answers.items()):
            gone = [written for written in answer.written if written.message == event.message]
            self.effects.extend(out.Drop(written.part) for written in gone)
            if gone or answer.message == event.message:
                self.put(step, Answer(written=tuple(one for one in answer.written if one not in gone)))
        self.draft = replace(self.draft, whole=tuple(one for one in self.draft.whole if one != event.message))
        return self.said_whole(Said(event.text, event.message, event.part))

    def rewritten(self, step: StepId, old: Written, event: Edited) -> Turn:
        question = self.form.questionnaire.question(step)
        reply = KINDS[Kind.TEXT].said(question, None, event.text) if question is not None else Reply()
        if question is None or reply.trouble is not None or self.broken(question, reply) is not None:
            self.effects.append(out.Noted("dialogue.edit_not_taken", step, self.draft))
            return self.turn()
        new = Written(event.part, event.message)
        written = tuple(new if piece == old else piece for piece in self.draft.answers[step].written)
        self.put(step, Answer(written=written))
        self.effects += [
            out.Drop(old.part),
            out.Keep(event.part, step, event.text, event.message),
            out.Noted("dialogue.edit_taken", step, self.draft, clues(event.text)),
        ]
        return self.again_at_review()

    def retyped(self, step: StepId, old: Answer, event: Edited) -> Turn:
        question = self.form.questionnaire.question(step)
        if question is None:
            return self.turn()
        reply = KINDS[question.kind].said(question, None, event.text)
        if reply.trouble is not None or self.broken(question, reply) is not None:
            self.effects.append(out.Noted("dialogue.edit_not_taken", step, self.draft))
            return self.turn()
        self.put(step, replace(reply.answer or old, message=event.message))
        self.effects.append(out.Noted("dialogue.edit_taken", step, self.draft))
        return self.again_at_review()

    def again_at_review(self) -> Turn:
        """The review shows answers, so it is shown anew when one changed under it."""
        return self.show() if self.draft.step == REVIEW else self.turn()

    def pressed(self, event: Pressed) -> Turn:
        """A button. "Continue" works from any prompt of the draft; every other one is bound to its visit."""
        if event.do is Do.CONTINUE:
            self.draft = replace(self.draft, stopped=False)
            return self.show()
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
        if self.draft.step != COMPLETE:
            raise Outdated("step_passed")
        self.effects.append(out.Closed(self.draft, None))
        return self.go(REVIEW)

    def stop(self) -> Turn:
        self.draft = replace(self.draft, stopped=True)
        self.effects.append(out.Stopped(self.draft))
        return self.turn()

    def ask_erase(self) -> Turn:
        self.effects.append(out.AskErase(self.draft))
        return self.turn()

    def erase(self) -> Turn:
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


def _prose(text: str) -> bool:
    """More than a choice that was mistyped: it would be a pity to have it written again."""
    return len(text) >= PROSE or len(text.split()) >= PROSE_WORDS


PROSE, PROSE_WORDS = 30, 4


def _value(answer: Answer) -> str:
    if answer.written:
        return WRITTEN
    return UNDISCLOSED if answer.undisclosed else " ".join(answer.codes)
