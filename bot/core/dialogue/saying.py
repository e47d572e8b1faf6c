"""What a person says, in words or by voice, and what they change of it afterwards.

A text answers the question it replies to, or else the open one; one that fits neither is kept and asked about.
Not here: buttons (`engine`), what a kind of question makes of a text (`steps`).
"""

from dataclasses import replace

from bot.core.contributions import LOOSE
from bot.core.dialogue import effects as out
from bot.core.dialogue import whole
from bot.core.dialogue.clues import clues
from bot.core.dialogue.draft import COMPLETE, REVIEW, WHOLE, Answer, Draft, Written
from bot.core.dialogue.effects import Trouble, Turn
from bot.core.dialogue.events import Edited, Said, Voiced
from bot.core.dialogue.questionnaire import Form, Kind, Question, StepId
from bot.core.dialogue.steps import KINDS, audio
from bot.core.dialogue.steps.reply import Reply
from bot.core.dialogue.walk import Walk
from bot.core.errors import Outdated

PROSE, PROSE_WORDS = 30, 4
"""Characters or words from which on a text is more than a choice that was mistyped."""
SEVERAL_WORDS = 16
"""Characters that are more than one word, where none stands apart."""


def listens(draft: Draft, form: Form, to: str | None = None) -> Question | None:
    """The question that a voice message answers: the one it replies to, or else the open one, if it is spoken."""
    for step in (to, draft.step):
        question = form.questionnaire.question(StepId(step)) if step is not None else None
        if question is not None and question.kind is Kind.AUDIO and not draft.stopped:
            return question
    return None


class Saying(Walk):
    """A turn that begins with words."""

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
        """A text at the open question."""
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

    def said_at_review(self, event: Said) -> Turn:
        """Here a button decides; but who answers all at once may do so in several messages."""
        if self.draft.whole and whole.answers(event.text, len(self.numbered()))[0]:
            return self.said_whole(event)
        if _words(event.text) and self.written():
            return self.said_loose(event)
        return self.show(Trouble("review.press_a_button"))

    def voiced(self, event: Voiced) -> Turn:
        """A voice message: the answer to the question it replies to, or else to the open one, if that is spoken."""
        question = listens(self.draft, self.form, event.step)
        if question is None or event.step not in (None, question.id):
            self.effects.append(out.Noted("voice.not_now"))
            return self.show()
        elsewhere = question.id != self.draft.step
        before = None if self.draft.replacing and not elsewhere else self.draft.answer(question.id)
        trouble = audio.refused(question, before, event)
        if trouble is None:
            self.effects.append(out.KeepVoice(question.id, event))
            size = len(event.audio or b"")
            self.add(question.id, Written(event.part, event.message, event.seconds, size))
        if elsewhere:
            key = "dialogue.reply_taken" if trouble is None else "dialogue.reply_not_taken"
            self.effects.append(out.Noted(key, question.id, self.draft))
            return self.show()
        self.effects.append(out.Ask(self.draft, trouble=trouble))
        return self.turn()

    # A sentence that fits nowhere

    def written(self) -> tuple[StepId, ...]:
        """The questions that are answered in words."""
        return tuple(question.id for question in self.asked() if question.kind is Kind.TEXT)

    def is_loose(self, text: str) -> bool:
        """It is a sentence; while one waits for its place, a few more words are its end, however short."""
        goes_on = bool(self.draft.loose) and any(character.isalpha() for character in text)
        return bool(self.written()) and (goes_on or _prose(text))

    def said_loose(self, event: Said) -> Turn:
        """A sentence where a choice is asked for: late, or meant for another question. Kept, and asked about."""
        self.keep_loose(event)
        return self.ask_where()

    def keep_loose(self, event: Said) -> None:
        """Keep it until the person says where it belongs."""
        self.effects.append(out.Keep(event.part, StepId(LOOSE), event.text, event.message))
        self.draft = replace(self.draft, loose=(*self.draft.loose, Written(event.part, event.message)))

    def ask_where(self) -> Turn:
        """Ask to which question the loose sentences belong."""
        self.effects.append(out.AskWhere(self.draft, self.written()))
        return self.turn()

    def again(self, trouble: Trouble | None = None) -> Turn:
        """What stood open last: where the loose sentences belong, or the present step."""
        return self.ask_where() if self.draft.loose else self.show(trouble)

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
        """What was loose belongs nowhere and goes."""
        if not self.draft.loose:
            raise Outdated("step_passed")
        self.effects.extend(out.Drop(old.part) for old in self.draft.loose)
        self.draft = replace(self.draft, loose=())
        self.effects.append(out.Noted("dialogue.left_out"))
        return self.show()

    # All in one message

    def said_whole(self, event: Said, before: frozenset[StepId] | None = None) -> Turn:
        """One message with numbered lines, each for its question; without numbers it is the recommendation itself.

        Of an edited message, `before` names the questions that it answered until now.
        """
        numbered = self.numbered()
        self.draft = replace(self.draft, numbered=tuple(question.id for question in numbered))
        written, loose = whole.answers(event.text, len(numbered))
        if written:
            told = [(numbered[number - 1], text) for number, text in sorted(written.items())]
        else:
            texts = [question for question in self.in_writing() if question.kind is Kind.TEXT]
            told = [(next((q for q in texts if q.required), texts[0]), event.text)] if texts else []
        loose = loose if written or not told else ""
        missed: set[StepId] = set()
        for question, text in told:
            if before is not None and question.id not in before and question.id in self.draft.answers:
                # Answered in another way since: an edit takes back only what its own message said.
                self.effects.append(out.Noted("dialogue.edit_not_taken", question.id, self.draft))
                continue
            reply = KINDS[question.kind].said(question, None, text)
            if reply.trouble is not None or self.broken(question, reply) is not None:
                missed.add(question.id)
            elif reply.keep:
                if before is None:
                    self.replaced(question.id)
                self.keep_first(question.id, replace(event, text=text, part=whole.part_of(event.part, question.id)))
            else:
                self.put(question.id, replace(reply.answer or Answer(), message=event.message))
        # What the message left out was left out on purpose: whoever changes an answer is not asked for it again. Not so
        # what could not be read, nor what had no number. Of later messages, an edit leaves out only what it had named.
        for question in numbered:
            its_own = not self.draft.whole or question.id in (before or ())
            if its_own and question.id not in missed and question.id not in self.draft.answers:
                self.put(question.id, Answer(message=event.message))
        self.draft = replace(self.draft, whole=(*self.draft.whole, event.message), completed=True)
        if any(character.isalpha() for character in loose):
            self.unnumbered(replace(event, text=loose, part=whole.part_of(event.part, StepId(LOOSE))))
        if found := clues("\n".join((loose, *(text for question, text in told if question.kind is Kind.TEXT)))):
            self.effects.append(out.Noted("whole.taken", None, self.draft, found))
        # What is to be recorded, or is asked because of an answer, had no number and comes now.
        left = next((q for q in self.asked() if q not in numbered and q.id not in self.draft.answers), None)
        step = REVIEW if left is None else left.id
        changing = left is not None
        self.draft = replace(self.draft, step=step, visit=self.draft.visit + 1, changing=changing, replacing=False)
        return self.again(self.not_understood(missed | self.unread()))

    def unnumbered(self, event: Said) -> None:
        """What stands before the first number: it may be the recommendation itself."""
        if self.written():
            self.keep_loose(event)
        else:
            self.effects.append(out.Noted("dialogue.left_out"))

    def replaced(self, step: StepId) -> None:
        """What was written before for this question no longer counts."""
        present = self.draft.answer(step)
        if present is not None and present.written:
            self.effects.extend(out.Drop(old.part) for old in present.written)
            self.put(step, Answer())

    # Keeping

    def keep_first(self, step: StepId, event: Said) -> None:
        """A text before all that was added to it by later messages."""
        self.effects.append(out.Keep(event.part, step, event.text, event.message))
        present = self.draft.answer(step)
        added = present.written if present is not None else ()
        self.put(step, Answer(written=(Written(event.part, event.message), *added)))

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

    # Changing what was said

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
        """What came from the message goes, and is read again; what came in another way since then stays."""
        answers: dict[StepId, Answer] = {}
        for step, answer in self.draft.answers.items():
            gone = [written for written in answer.written if written.message == event.message]
            self.effects.extend(out.Drop(written.part) for written in gone)
            if not gone and answer.message != event.message:
                answers[step] = answer
            elif others := tuple(one for one in answer.written if one not in gone):
                answers[step] = Answer(written=others)
        before = frozenset(step for step, answer in self.draft.answers.items() if answers.get(step) != answer)
        self.effects.extend(out.Drop(old.part) for old in self.draft.loose if old.message == event.message)
        loose = tuple(old for old in self.draft.loose if old.message != event.message)
        kept = tuple(one for one in self.draft.whole if one != event.message)
        self.draft = replace(self.draft, answers=answers, loose=loose, whole=kept)
        return self.said_whole(Said(event.text, event.message, event.part), before)

    def rewritten(self, step: StepId, old: Written, event: Edited) -> Turn:
        """One message of a written answer was edited."""
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
        """The text that made a choice was edited."""
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


def _words(text: str) -> bool:
    """More than one word, or as long where words stand without spaces: no button that was mistyped."""
    spoken = any(character.isalpha() for character in text)
    return spoken and (len(text.split()) > 1 or len(text) >= SEVERAL_WORDS)


def _prose(text: str) -> bool:
    """More than a choice that was mistyped: it would be a pity to have it written again."""
    return len(text) >= PROSE or len(text.split()) >= PROSE_WORDS
