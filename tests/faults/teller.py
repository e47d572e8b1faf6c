"""A person who tells one recommendation after another, by buttons and in bursts of texts, and writes down both sides.

Nothing is sent twice: whoever waits in vain looks at the chat again and presses again, as people do, but a text that
was sent counts as said. Every text holds `CANARY`, so that one search finds any of them. English only: what people of
other languages see is tested elsewhere. Not here: what must be true afterwards (`history`).
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.core.consultations import SIX
from bot.core.dialogue.questionnaire import Form, Kind, Question
from bot.player import Button, Phone, Prompt, readable
from locales.catalogue import Catalogue
from tests.faults.history import History, Saying
from tests.support.arrival import KEYS as ARRIVING

CANARY = "quillmarrow-Ünfinch"
"""In every text; in no file of the server, however it is spelled."""
PATIENCE = 5.0
"""Seconds without news after which a person looks again: longer than a start of the bot."""
TIRED = 12
"""How often somebody who is to come to an end looks in vain before that counts as being left without an answer."""

_RECEIPT = re.compile(r"[0-9]{16}")
_SAVED = re.compile(r"✓ Saved: ([0-9]+) message")


@dataclass(frozen=True)
class Language:
    """The words of the chat, shared by all tellers."""

    catalogue: Catalogue
    form: Form

    def say(self, key: str) -> str:
        """A text of the interface, as it can be read."""
        return readable(self.catalogue.text("en", key))

    @property
    def questions(self) -> tuple[Question, ...]:
        """Of the form, in order."""
        return tuple(self.form.questionnaire.questions)


class Teller:
    """One person. `tell` until `enough`."""

    def __init__(self, name: str, phone: Phone, history: History, words: Language, chance: Random) -> None:
        self.name = name
        self.phone = phone
        self._history = history
        self._words = words
        self._chance = chance
        self._region = chance.choice(SIX).id
        self._saying: Saying | None = None
        self._plan: dict[str, tuple[str, ...]] = {}
        self._bursts: dict[str, list[str]] = {}
        self._floor = self._first = self._reached = 0
        """Messages: the one answered last, the one at which this recommendation began, its newest question."""
        self._excused: set[int] = set()
        self._seen: set[str] = set()
        """Receipts that were shown."""
        self.enough = False
        """Set it, and the teller ends with the present recommendation, or the first."""
        self.at_most: int | None = None
        """How many recommendations to tell."""
        self.parks = False
        """Set it, and the teller goes away as soon as a text is saved, and leaves the draft behind."""
        self.thinks: tuple[float, float] | None = None
        """Seconds of thought before each answer, at least and at most; None: none at all."""
        self.waits: list[tuple[float, float]] = []
        """For each answer given: when, by the loop's clock, and the seconds until something else stood in the chat."""
        self.told = 0
        self.repeats = 0
        """How often nothing came and the person looked again."""

    @property
    def excuses(self) -> int:
        """How often the bot said that it cannot store anything."""
        return len(self._excused)

    async def tell(self) -> None:
        """Until `enough`, or `at_most` are told. Ends early, with a note, when the bot does not answer any more."""
        await self._start()
        vain = 0
        while True:
            version, prompt = self.phone.version, self._prompt()
            self._read()
            if self._is_done(prompt):
                return
            began = asyncio.get_running_loop().time()
            if prompt is not None and await self._act(prompt):
                vain = 0
                self._floor = prompt.message
                await self._changed(prompt)
                self.waits.append((began, asyncio.get_running_loop().time() - began))
                if self.thinks is not None:
                    await asyncio.sleep(self._chance.uniform(*self.thinks))
            elif not await self.phone.changed(version, PATIENCE):
                # Bots that are killed sooner than a busy machine starts them answer nobody; what counts is the end.
                vain = vain + 1 if self.enough or self.at_most is not None else 0
                if vain == TIRED:
                    self._history.notice(f"{self.name}: left without an answer: {self._last()}")
                    return
                await self._look()

    def _is_done(self, prompt: Prompt | None) -> bool:
        """Whether there is nothing more to tell. A recommendation is over once its receipt is shown."""
        if self._saying is not None and self._saying.receipts and prompt is not None:
            self._saying = None
            self.told += 1
            self._first = prompt.message
            self._forget_before(prompt.message)
        if self._saying is not None and self.parks and self._saying.saved:
            return True
        return self._saying is None and self.told > 0 and (self.enough or self.told == self.at_most)

    async def _start(self) -> None:
        self._history.inputs += 1
        await self.phone.start(self._region)

    async def _changed(self, before: Prompt) -> None:
        """Wait until something else stands in the chat than before."""
        for _ in range(TIRED):
            version = self.phone.version
            self._read()
            now = self._prompt()
            if now is not None and now != before:
                return
            if not await self.phone.changed(version, PATIENCE):
                await self._look()
                return

    async def _look(self) -> None:
        self.repeats += 1
        self._floor = 0
        await self.phone.look()
        self._forget_before(self._first)

    def _last(self) -> str:
        """How the chat ends; the words are those of the interface, or invented here."""
        return " | ".join(str(message.get("text"))[:60] for message in list(self.phone.messages.values())[-3:])

    # Reading

    def _received(self) -> list[dict[str, Any]]:
        newest = sorted(self.phone.messages, reverse=True)
        return [self.phone.messages[number] for number in newest if not self.phone.messages[number]["outgoing"]]

    def _prompt(self) -> Prompt | None:
        """The newest message with buttons, but none that is older than the one last answered."""
        for message in self._received():
            rows = message.get("reply_markup", {}).get("inline_keyboard", ())
            keys = [key for row in rows for key in row if "callback_data" in key]
            if keys:
                if message["message_id"] < self._floor:
                    return None
                buttons = tuple(Button(readable(key["text"]), key["callback_data"]) for key in keys)
                lines = readable(message.get("text", "")).split("\n")
                return Prompt(message["message_id"], tuple(lines), buttons)
        return None

    def _read(self) -> None:
        """Write down what the chat acknowledges."""
        saying = self._saying
        excuse = self._words.say("error.not_stored")
        for message in self._received():
            if readable(message.get("text", "")) == excuse:
                self._excused.add(message["message_id"])
            if saying is not None and message["message_id"] >= self._first:
                self._read_one(saying, message)

    def _read_one(self, saying: Saying, message: dict[str, Any]) -> None:
        text = readable(message.get("text", ""))
        for question in self._words.questions:
            short = question.short["en"]
            if found := _SAVED.search(text):
                if text.split("\n")[1:2] == [short]:
                    self._count(saying, question.id, int(found[1]))
            elif text.startswith(f"✓ {short}: "):
                self._settle(saying, question, text.removeprefix(f"✓ {short}: "))
        for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
            for key in row:
                digits = str(key.get("copy_text", {}).get("text", ""))
                if _RECEIPT.fullmatch(digits) and digits not in self._seen:
                    self._receipt(saying, digits)

    def _count(self, saying: Saying, question: str, count: int) -> None:
        if count > len(saying.written.get(question, ())):
            self._notice(f"{saying.name}: {count} messages saved of {len(saying.written.get(question, ()))} sent")
        saying.saved[question] = max(saying.saved[question], count)

    def _settle(self, saying: Saying, question: Question, shown: str) -> None:
        if question.kind not in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
            return
        codes = tuple(choice.code for choice in question.choices if readable(choice.short["en"]) in shown.split(", "))
        saying.settled[question.id] = codes
        if sorted(codes) != sorted(saying.chosen.get(question.id, ())):
            self._notice(f"{saying.name}: {question.id} is shown as what was not chosen")

    def _receipt(self, saying: Saying, digits: str) -> None:
        self._seen.add(digits)
        saying.receipts.add(digits)
        if not saying.handed_in:
            self._notice(f"{saying.name}: a receipt for what was not handed in")

    def _notice(self, what: str) -> None:
        if what not in self._history.noticed:
            self._history.notice(what)

    # Acting

    async def _act(self, prompt: Prompt) -> bool:
        """Do what the prompt asks for; False to wait."""
        say = self._words.say
        for label in ("English", *(say(key) for key in ARRIVING)):
            if button := prompt.find(label):
                return await self._tap(prompt, button)
        if button := prompt.find(say(f"consultation.{self._region}.short")):
            return await self._tap(prompt, button)
        if (button := prompt.find(say("home.begin"))) or (button := prompt.find(say("receipt.another"))):
            return await self._begin(prompt, button)
        if button := prompt.find(say("home.continue")) or prompt.find(say("dialogue.leave_as_it_is")):
            return await self._tap(prompt, button)
        if self._saying is None:
            return False
        self._reached = max(self._reached, prompt.message)
        if button := prompt.find(say("review.send")):
            return await self._hand_in(prompt, button)
        question = self._asked(prompt)
        return question is not None and await self._answer(self._saying, question, prompt)

    def _forget_before(self, number: int) -> None:
        """The phone need not show what is over and done."""
        self.phone.messages = {at: one for at, one in self.phone.messages.items() if at >= number}

    async def _tap(self, prompt: Prompt, button: Button) -> bool:
        self._history.inputs += 1
        await self.phone.tap(prompt.message, button.data)
        return True

    async def _begin(self, prompt: Prompt, button: Button) -> bool:
        """A new recommendation; the bot must not have forgotten the one before."""
        saying = self._saying
        if saying is not None and prompt.message < self._reached:
            return False  # an old button: the question that follows is still on its way
        if saying is not None and (saying.saved or saying.settled) and not saying.handed_in:
            self._notice(f"{saying.name}: the draft is gone")
        if saying is not None and saying.handed_in:
            return False  # the receipt is still to come
        if saying is None or saying.saved or saying.settled or saying.written:
            self._prepare()
            self._first = self._reached = prompt.message
        return await self._tap(prompt, button)

    def _prepare(self) -> None:
        """Decide what will be said."""
        chance, number = self._chance, len(self._history.sayings)
        self._saying = self._history.begin(f"{self.name}.{number}")
        codes = {str(question.id): [choice.code for choice in question.choices] for question in self._words.questions}
        self._plan = {
            "phase": (chance.choice(codes["phase"]),) if chance.random() < 0.8 else (),
            "theme": (chance.choice(codes["theme"][:6]),) if chance.random() < 0.9 else (),
            "groups": tuple(chance.sample(codes["groups"][:6], chance.randrange(3))),
            "addressees": tuple(chance.sample(codes["addressees"][:6], chance.randrange(1, 3))),
            "country": (),
        }
        self._bursts = {
            "recommendation": [self._text(number) for _ in range(chance.choice((1, 1, 2, 3)))],
            "example": [self._text(number) for _ in range(chance.choice((0, 1)))],
        }

    def _text(self, number: int) -> str:
        """Words that nobody else says."""
        mark, length = self._chance.getrandbits(64), self._chance.randrange(9)
        return f"{CANARY} {self.name} {number} {mark:016x} {'word ' * length}end"

    def _asked(self, prompt: Prompt) -> Question | None:
        for row, name in zip(prompt.lines, prompt.lines[1:], strict=False):
            if row.startswith("●"):
                return next((one for one in self._words.questions if readable(one.short["en"]) == name), None)
        return None

    async def _answer(self, saying: Saying, question: Question, prompt: Prompt) -> bool:
        onward, skip = (prompt.find(self._words.say(key)) for key in ("dialogue.next", "dialogue.skip"))
        if question.kind is Kind.TEXT:
            return await self._write(saying, question.id, prompt, onward or skip)
        plan = self._plan[question.id]
        saying.chosen[question.id] = plan
        names = {readable(choice.short["en"]): choice.code for choice in question.choices}
        if question.kind is Kind.SELECT_MULTIPLE and plan:
            for button in prompt.buttons:
                code = names.get(button.name)
                if code is not None and button.mark and (button.mark == "☑") != (code in plan):
                    if button.mark == "☑":
                        self._notice(f"{saying.name}: {question.id} is ticked at what was not chosen")
                    return await self._tap(prompt, button)
            return onward is not None and await self._tap(prompt, onward)
        wanted = next((button for button in prompt.buttons if names.get(button.name) in plan), None) if plan else skip
        return wanted is not None and await self._tap(prompt, wanted)

    async def _write(self, saying: Saying, question: str, prompt: Prompt, onward: Button | None) -> bool:
        """Send all messages at once, wait until all are saved, and go on."""
        texts = self._bursts[question]
        if question not in saying.written:
            saying.written[question] = list(texts)
            self._history.inputs += len(texts)
            for text in texts:
                await self.phone.send(text)
            if texts:
                return True
        if saying.saved[question] < len(texts) or onward is None:
            return False
        return await self._tap(prompt, onward)

    async def _hand_in(self, prompt: Prompt, button: Button) -> bool:
        self._saying_is_shown(prompt.lines)
        assert self._saying is not None
        self._saying.handed_in = True
        return await self._tap(prompt, button)

    def _saying_is_shown(self, lines: Sequence[str]) -> None:
        """The review shows the words as they were said, or that they are locked."""
        assert self._saying is not None
        shown = [line for line in lines if CANARY in line]
        said = [text for texts in self._saying.written.values() for text in texts]
        if any(line not in said for line in shown):
            self._notice(f"{self._saying.name}: the review shows what was not said")
