"""The dialogue as a person sees it: questions, choices on pages, answered lines, the review.

Not here: what is asked and in which order (`bot.core.dialogue`).
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.consultations import BY_ID
from bot.core.contributions import PartId
from bot.core.dialogue import effects as out
from bot.core.dialogue.clues import Clue
from bot.core.dialogue.draft import COMPLETE, REVIEW, WHOLE, Answer, Draft
from bot.core.dialogue.engine import progress
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import PAGE, Choice, Form, Kind, Question
from bot.core.dialogue.steps.matching import NUMBERED
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Row, Where
from handlers.writing.words import PDI, Words

ONE_SCREEN = 10
"""Choices that still fit one screen."""
COLUMNS = 10
"""Choices a page of a long list of names, two a row."""

HOW_TO_CHANGE = "review.press_a_button"
WRITTEN = frozenset((Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.TEXT, Kind.INTEGER))
"""Kinds of questions that one message can answer."""

Recall = Callable[[PartId], str | None]
"""The text of a part while it is remembered, None afterwards."""


@dataclass(frozen=True)
class Prompts:
    """Writes the dialogue of one form for one reader."""

    words: Words
    form: Form
    recall: Recall

    # Questions

    def ask(self, effect: out.Ask) -> Outgoing:
        """A question as a new prompt."""
        message = self.question(effect.draft, effect.page, effect.trouble, effect.matches, effect.clues)
        return Outgoing(Where.PROMPT, message, effect.draft.step, effect.draft.visit)

    def renew(self, effect: out.Renew) -> Outgoing:
        """The same question in place: ticks, another page."""
        message = self.question(effect.draft, effect.page)
        return Outgoing(Where.RENEW, message, effect.draft.step, effect.draft.visit)

    def question(
        self,
        draft: Draft,
        page: int = 0,
        trouble: out.Trouble | None = None,
        matches: tuple[int, ...] | None = None,
        clues: tuple[Clue, ...] = (),
    ) -> Message:
        """The present question: what went wrong, where we are, what is asked, how to answer."""
        question = self._asked(draft)
        answer = draft.answer(question.id)
        return Message(
            self.words.page(
                (
                    self._trouble(question, trouble),
                    self._heading(draft, question),
                    *self._body(draft, question, answer),
                    self.words.say("dialogue.more_letters") if _too_many(question, matches) else "",
                    self._warning(clues),
                )
            ),
            self.words.rows(
                *self._choices(draft, question, answer, page, matches), *self._ways(draft, question, answer)
            ),
        )

    def _asked(self, draft: Draft) -> Question:
        question = self.form.questionnaire.question(draft.step)
        if question is None:
            raise KeyError(draft.step)
        return question

    def _trouble(self, question: Question | None, trouble: out.Trouble | None) -> str:
        if trouble is None:
            return ""
        text = self.words.plain(trouble.key, **trouble.values)
        if trouble.form and question is not None and question.constraint_messages:
            text = self.words.label(question.constraint_messages, self.form.questionnaire)
        elif trouble.key == "dialogue.required" and question is not None and question.required_messages:
            text = self.words.label(question.required_messages, self.form.questionnaire)
        return "⚠️ " + html.escape(text, quote=False)

    def _warning(self, clues: tuple[Clue, ...]) -> str:
        """What in a text may lead to a person. Its author decides; it is kept as it is."""
        if not clues:
            return ""
        comma = "، " if self.words.rtl else ", "
        kinds = comma.join(self.words.plain(f"clue.{clue.value}") for clue in clues)
        return "⚠️ " + self.words.say("dialogue.clues", kinds=kinds)

    def _heading(self, draft: Draft, question: Question) -> str:
        at, count = progress(draft, self.form, question.id)
        name = self.words.label(question.short, self.form.questionnaire)
        label = self.words.label(question.labels, self.form.questionnaire)
        beginning = name.removesuffix(PDI)
        if label == name or (beginning.endswith("…") and label.startswith(beginning.removesuffix("…"))):
            name = ""  # made of the question itself, which follows
        bar = "●" * at + "○" * (count - at)
        where = self.words.say("dialogue.progress", at=at, total=count)
        return f"{bar}  {where}\n{self.words.bold(name)}" if name else f"{bar}  {where}"

    def _body(self, draft: Draft, question: Question, answer: Answer | None) -> list[str]:
        words = self.words
        label = html.escape(words.label(question.labels, self.form.questionnaire), quote=False)
        hint = html.escape(words.label(question.hints, self.form.questionnaire), quote=False)
        if question.kind is Kind.AUDIO and answer is not None and answer.written:
            kept = words.named(words.say("dialogue.saved_mark"), self.shown(question, answer))
            return [kept, words.say("voice.stands" if draft.replacing else "voice.saved")]
        if question.kind is Kind.TEXT and answer is not None and answer.written:
            # The text stands right above while it is being written: no more copies of it in the chat than needed.
            texts = self._texts(answer) if draft.replacing else []
            return [
                words.named(
                    words.say("dialogue.saved_mark"), words.say("dialogue.messages", count=len(answer.written))
                ),
                words.quote("\n".join(texts)) if texts else "",
                words.say("dialogue.text_stands" if draft.replacing else "dialogue.text_saved"),
            ]
        parts = [label, f"<i>{hint}</i>" if hint else ""]
        if answer is not None and not answer.skipped and question.kind is not Kind.SELECT_MULTIPLE:
            parts.append(words.say("dialogue.now", answer=self.shown(question, answer)))
        if len(question.choices) > NUMBERED:
            parts.append(words.say("dialogue.type_a_name"))
        elif question.kind is Kind.SELECT_MULTIPLE:
            parts.append(words.say("dialogue.tick_several"))
        elif question.kind is Kind.AUDIO:
            parts.append(words.say("voice.how", seconds=question.max_seconds))
        return parts

    def _texts(self, answer: Answer) -> list[str]:
        found = (self.recall(written.part) for written in answer.written)
        return [text for text in found if text is not None]

    # Keyboards

    def _choices(
        self, draft: Draft, question: Question, answer: Answer | None, page: int, matches: tuple[int, ...] | None
    ) -> list[list[Button]]:
        if not question.choices:
            return []
        order = [at for at in self._order(draft, question, answer) if matches is None or at in matches]
        long = len(question.choices) > NUMBERED
        size = COLUMNS if long else ONE_SCREEN if len(order) <= ONE_SCREEN else PAGE
        pages = max(1, -(-len(order) // size))
        page = min(max(page, 0), pages - 1)
        shown = [self._choice(draft, question, answer, at) for at in order[page * size : (page + 1) * size]]
        rows = self.words.pairs(shown) if long else [[button] for button in shown]
        if pages > 1 and matches is None:
            rows.append(self._pager(draft, page, pages))
        elif matches is not None:
            rows.append([Button(self.words.plain("dialogue.all_choices"), buttons.press(draft, Do.PAGE, 0))])
        return rows

    def _order(self, draft: Draft, question: Question, answer: Answer | None) -> list[int]:
        """The form's own order; long lists by name: what is ticked, then the consultation's own countries, first."""
        positions = range(len(question.choices))
        if len(question.choices) <= NUMBERED:
            return list(positions)
        named = [(str(at), self._name(question.choices[at])) for at in positions]
        ordered = [int(at) for at, _ in self.words.catalogue.ordered(self.words.language, named)]
        near = set(BY_ID[draft.consultation].countries) if question.first == "countries" else set()
        several = question.kind is Kind.SELECT_MULTIPLE and answer is not None
        ticked = set(answer.codes) if several and answer is not None else set()
        codes = [choice.code for choice in question.choices]
        return sorted(ordered, key=lambda at: (codes[at] not in ticked, codes[at] not in near))

    def _choice(self, draft: Draft, question: Question, answer: Answer | None, at: int) -> Button:
        choice = question.choices[at]
        taken = answer is not None and choice.code in answer.codes
        number = f"{at + 1} · " if len(question.choices) <= NUMBERED else ""
        label = number + self._name(choice)
        if question.kind is Kind.SELECT_MULTIPLE:
            do = Do.UNTICK if taken else Do.TICK
            return Button(f"{'☑' if taken else '☐'} {label}", buttons.press(draft, do, at))
        return Button(f"✓ {label}" if taken else label, buttons.press(draft, Do.CHOOSE, at))

    def _name(self, choice: Choice) -> str:
        form = self.form.questionnaire
        return self.words.label(choice.short, form) or self.words.label(choice.labels, form)

    def _pager(self, draft: Draft, page: int, pages: int) -> list[Button]:
        before, after = ("→", "←") if self.words.rtl else ("←", "→")
        return [
            Button(before, buttons.press(draft, Do.PAGE, (page - 1) % pages)),
            # Without spaces, or a reader from the right would see the last page first.
            Button(f"{page + 1}/{pages}", buttons.press(draft, Do.PAGE, (page + 1) % pages)),
            Button(after, buttons.press(draft, Do.PAGE, (page + 1) % pages)),
        ]

    def _ways(self, draft: Draft, question: Question, answer: Answer | None) -> list[list[Button | None]]:
        """How to go on without choosing: next, back, skip, prefer not to say, stop and save."""
        words = self.words
        has = answer is not None and not answer.skipped
        onward = has and (question.kind is not Kind.SELECT_ONE or draft.changing or bool(answer and answer.undisclosed))
        go_on = (
            Button(words.plain("dialogue.next"), buttons.press(draft, Do.NEXT), style="primary")
            if onward and not (answer and answer.undisclosed)
            else None
        )
        back = bool(draft.trail) or draft.changing
        # Of several, the last is unticked; of one, only "skip" takes the answer back.
        other_way = go_on is None or question.kind is Kind.SELECT_ONE
        skip = not question.required and not (has and question.sealed) and other_way
        remove = draft.replacing and not question.required
        return [
            [go_on],
            [Button(words.plain("dialogue.remove"), buttons.press(draft, Do.SKIP)) if remove else None],
            [Button(words.plain("dialogue.undisclosed"), buttons.press(draft, Do.UNDISCLOSED))]
            if question.undisclosed
            else [],
            [
                Button(words.plain("dialogue.back"), buttons.press(draft, Do.BACK)) if back else None,
                Button(words.plain("dialogue.skip"), buttons.press(draft, Do.SKIP)) if skip else None,
            ],
            [self._stop(draft)],
            # Where a dialogue begins, and nowhere else.
            [Button(words.plain("dialogue.whole"), buttons.press(draft, Do.WHOLE))]
            if not draft.answers and any(one.kind in WRITTEN for one in self.form.questionnaire.questions)
            else [],
        ]

    def _stop(self, draft: Draft) -> Button:
        """What is begun waits; of a rehearsal nothing is kept, so it ends."""
        key = "forms.b.end" if draft.rehearsal else "dialogue.stop"
        return Button(self.words.plain(key), buttons.press(draft, Do.STOP))

    # Answers

    def shown(self, question: Question, answer: Answer | None) -> str:
        """An answer in a few plain words."""
        words = self.words
        if answer is None or answer.skipped:
            return words.plain("dialogue.skipped")
        if answer.undisclosed:
            return words.plain("dialogue.not_said")
        if question.kind is Kind.AUDIO:
            return words.plain("voice.kept", seconds=sum(one.seconds for one in answer.written))
        if answer.written:
            return words.plain("dialogue.messages", count=len(answer.written))
        if question.kind is Kind.INTEGER:
            return answer.codes[0]
        named = {choice.code: self._name(choice) for choice in question.choices}
        comma = "، " if words.rtl else ", "
        return comma.join(named.get(code, code) for code in answer.codes)

    def settled(self, effect: out.Settled) -> Outgoing:
        """The line an answered prompt turns into."""
        question = self.form.questionnaire.question(effect.step)
        if question is None:
            raise KeyError(effect.step)
        answer = effect.draft.answer(effect.step)
        name = self.words.label(question.short, self.form.questionnaire)
        mark = "✓" if answer is not None and not answer.skipped else "–"
        line = self.words.named(self.words.bold(name), html.escape(self.shown(question, answer), quote=False))
        return Outgoing(Where.SETTLE, Message(self.words.page((f"{mark} {line}",))))

    def closed(self, effect: out.Closed) -> Outgoing:
        """The line a review or completion turns into when it is left."""
        question = self.form.questionnaire.question(effect.step) if effect.step is not None else None
        if question is None:
            line = "– " + self.words.say("dialogue.left_as_it_is")
        else:
            line = f"✎ {self.words.bold(self.words.label(question.short, self.form.questionnaire))}"
        return Outgoing(Where.SETTLE, Message(self.words.page((line,))))

    def tell(self, effect: out.Tell) -> Outgoing:
        """A note of the form."""
        question = self.form.questionnaire.question(effect.step)
        text = self.words.label(question.labels, self.form.questionnaire) if question is not None else ""
        return Outgoing(Where.NEW, Message(self.words.page((html.escape(text, quote=False),))))

    def noted(self, effect: out.Noted) -> Outgoing:
        """One line about an answer that was changed or not taken."""
        question = self.form.questionnaire.question(effect.step) if effect.step is not None else None
        name = self.words.label(question.short, self.form.questionnaire) if question is not None else ""
        return Outgoing(
            Where.NEW,
            Message(self.words.page((self.words.say(effect.key, question=name), self._warning(effect.clues)))),
        )

    # A text that came where none is asked for

    def where(self, effect: out.AskWhere) -> Outgoing:
        """To which question it belongs. The question that is open stays open meanwhile."""
        words, form = self.words, self.form.questionnaire
        texts = self._texts(Answer(written=effect.draft.loose))
        rows: list[list[Button | None]] = [
            [Button(words.label(question.short, form), buttons.press(effect.draft, Do.PLACE, at))]
            for at, question in enumerate(form.questions)
            if question.id in effect.steps
        ]
        rows.append([Button(words.plain("dialogue.loose_none"), buttons.press(effect.draft, Do.DISCARD))])
        asked = (words.say("dialogue.loose"), words.quote("\n".join(texts)) if len(effect.draft.loose) > 1 else "")
        return Outgoing(
            Where.PROMPT, Message(words.page(asked), words.rows(*rows)), effect.draft.step, effect.draft.visit
        )

    # All at once

    def whole(self, effect: out.AskWhole) -> Outgoing:
        """All questions with their numbers, in as few bytes as they can be understood in."""
        words, form = self.words, self.form.questionnaire
        lines = []
        for number, step in enumerate(effect.steps, 1):
            question = form.question(step)
            if question is not None:
                label = words.bold(f"{number}) {words.label(question.labels, form)}")
                lines.append("\n".join(part for part in (label, self._to_write(question)) if part))
        rows = words.rows(
            [Button(words.plain("whole.one_by_one"), buttons.press(effect.draft, Do.BACK))],
            [self._stop(effect.draft)],
        )
        text = words.page((words.say("whole.how"), *lines))
        return Outgoing(Where.PROMPT, Message(text, rows), WHOLE, effect.draft.visit)

    def _to_write(self, question: Question) -> str:
        """What may be written after the number of a question."""
        words = self.words
        if len(question.choices) > NUMBERED:
            return words.say("whole.a_name")
        if not question.choices:
            return words.say("whole.a_number" if question.kind is Kind.INTEGER else "whole.own_words")
        named = words.listing(
            # The number stays on the line of what it stands for.
            (f"{at}\u00a0{self._name(choice)}" for at, choice in enumerate(question.choices, 1)),
            "words.semicolon",
        )
        kind = "whole.several" if question.kind is Kind.SELECT_MULTIPLE else "whole.one"
        return words.say(kind) + " " + html.escape(named, quote=False)

    # The end

    def complete(self, effect: out.Complete) -> Outgoing:
        """What the recommendation lacks, once."""
        words, form = self.words, self.form.questionnaire
        missing = [(at, q) for at, q in enumerate(form.questions) if q.id in effect.missing]
        names = [f"• {words.say(f'dialogue.missing_{question.completes}')}" for _, question in missing]
        fill = [
            [Button(words.plain(f"dialogue.add_{question.completes}"), buttons.press(effect.draft, Do.CHANGE, at))]
            for at, question in missing
        ]
        leave = Button(words.plain("dialogue.leave_as_it_is"), buttons.press(effect.draft, Do.LEAVE))
        stop = self._stop(effect.draft)
        html_text = words.page((words.bold(words.plain("dialogue.complete")), "\n".join(names)))
        return Outgoing(
            Where.PROMPT, Message(html_text, words.rows(*fill, [leave], [stop])), COMPLETE, effect.draft.visit
        )

    def review(self, effect: out.Review) -> Outgoing:
        """All answers, each with a button to change it; nothing is handed in before "send"."""
        words, form, draft = self.words, self.form.questionnaire, effect.draft
        counted = [(at, q) for at, q in enumerate(form.questions) if q.id in effect.steps]
        change: list[Button] = []
        lines: list[str] = []
        written = sum(bool(answer and answer.written) for answer in map(draft.answer, effect.steps)) or 1
        for at, question in counted:
            name = words.label(question.short, form)
            lines.append(self._reviewed(question, draft.answer(question.id), name, written))
            change.append(Button(f"✎ {name}", buttons.press(draft, Do.CHANGE, at)))
        erase = Button(words.plain("review.erase"), buttons.press(draft, Do.CANCEL), style="danger")
        rows: list[list[Button | None]] = [
            [Button(words.plain("review.send"), buttons.press(draft, Do.SUBMIT), style="success")],
            *map(list[Button | None], words.pairs(change)),
            [self._stop(draft)],
            [None if draft.rehearsal else erase],
        ]
        told = effect.trouble is not None and effect.trouble.key == HOW_TO_CHANGE
        text = words.page(
            (
                self._trouble(None, effect.trouble),
                words.bold(words.plain("review.title")),
                "\n".join(lines),
                "" if told else words.say(HOW_TO_CHANGE),
                words.say("review.before_sending"),
            )
        )
        return Outgoing(Where.PROMPT, Message(text, words.rows(*rows)), REVIEW, draft.visit)

    def _reviewed(self, question: Question, answer: Answer | None, name: str, written: int) -> str:
        if answer is not None and answer.written and question.kind is not Kind.AUDIO:
            texts = self._texts(answer)
            if len(texts) == len(answer.written):
                return self.words.named(self.words.bold(name)) + "\n" + self.words.quote("\n".join(texts), written)
            return self.words.named(self.words.bold(name), self.words.say("review.sealed", count=len(answer.written)))
        return self.words.named(self.words.bold(name), html.escape(self.shown(question, answer), quote=False))

    def ask_erase(self, effect: out.AskErase) -> Outgoing:
        """Whether the draft should go."""
        words = self.words
        rows: tuple[Row, ...] = words.rows(
            [Button(words.plain("review.erase_yes"), buttons.press(effect.draft, Do.ERASE), style="danger")],
            [Button(words.plain("review.erase_no"), buttons.press(effect.draft, Do.CONTINUE))],
        )
        message = Message(words.page((words.say("review.erase_sure"),)), rows)
        # A prompt, so that "erase" does not stay there to be pressed once the dialogue has gone on.
        return Outgoing(Where.PROMPT, message, effect.draft.step, effect.draft.visit)


def _too_many(question: Question, matches: tuple[int, ...] | None) -> bool:
    """Whether more was found in a long list than is shown."""
    return matches is not None and len(question.choices) > NUMBERED and len(matches) > COLUMNS
