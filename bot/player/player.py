"""One person who answers: reads the newest message with buttons, and decides what to press or write."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.core.consultations import BY_ID, SIX
from bot.core.dialogue.questionnaire import Choice, Form, Kind, Question
from bot.core.dialogue.steps.matching import NUMBERED, plain
from bot.player.corpus import Record
from bot.player.town import Phone, Town
from bot.questionnaires.library import form
from locales.catalogue import Catalogue

ROLE = "played"
"""What the emulator's page calls these people."""
PATIENCE = 10.0
"""Seconds without an answer after which a person looks again and presses again."""
PAGES = 4
"""Pages that somebody turns before typing a name instead."""

_RECEIPT = re.compile(r"[0-9]{16}")
_CHOICE = re.compile(r"(?:(?P<mark>[☑☐✓]) )?(?:\d+ · )?(?P<name>.*)", re.DOTALL)
_COUNTER = re.compile(r"[0-9]+/[0-9]+")
"""Stands between "back" and "on" where choices are shown in pages."""
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_SEPARATORS = ",;،؛\n"


_ALWAYS = (
    "notice.accept",
    "understood.readers.choose.telegram",
    "understood.back.choose.receipt",
    "home.begin",
    "home.continue",
)
"""Buttons that lead on whenever they are there."""


class Stuck(Exception):
    """A person got no further. The text holds what they saw last; it belongs to the emulator's invented world."""


class Manner(Enum):
    """How somebody answers a question that has choices."""

    BUTTONS = "presses"
    NUMBERS = "types numbers"
    LABELS = "types whole labels"
    PARTS = "types the beginning of a label"


@dataclass(frozen=True)
class Button:
    """A button that reports to the bot. `label` is without invisible characters."""

    label: str
    data: str

    @property
    def mark(self) -> str:
        """☑, ☐, ✓ or nothing."""
        return (found["mark"] or "") if (found := _CHOICE.fullmatch(self.label)) else ""

    @property
    def name(self) -> str:
        """The label of a choice without its mark and number."""
        return str(found["name"]) if (found := _CHOICE.fullmatch(self.label)) else self.label


@dataclass(frozen=True)
class Prompt:
    """A message of the bot that has buttons, as read. Equal when nothing about it has changed."""

    message: int
    lines: tuple[str, ...]
    buttons: tuple[Button, ...]

    def find(self, label: str) -> Button | None:
        """The button of that label, ticked or not."""
        wanted = readable(label)
        return next((button for button in self.buttons if wanted in (button.label, button.name)), None)


@dataclass(frozen=True)
class Tap:
    """Press this button."""

    button: Button


@dataclass(frozen=True)
class Write:
    """Send this text, the answer to `step`."""

    step: str
    text: str


@dataclass
class Player:
    """One person with one recommendation. `any_region` is where somebody goes who names no region of ours."""

    phone: Phone
    record: Record
    manner: Manner
    catalogue: Catalogue
    form: Form
    patience: float = PATIENCE
    any_region: str = SIX[0].id
    repeats: int = 0
    """How often nothing came and the person looked again."""
    corrections: int = 0
    """How often the review did not show what the person meant."""
    _written: dict[str, int] = field(default_factory=dict)
    """Question to the message that answered it; 0 where an answer is mended, by buttons only."""
    _right: dict[str, set[str]] = field(default_factory=dict)
    """Question to the choices seen ticked or not, as they should be."""
    _turned: int = 0
    """Pages turned without finding what was looked for."""
    _floor: int = 0

    @property
    def region(self) -> str:
        """The consultation this person takes part in."""
        return self.record.region if self.record.region in BY_ID and self.record.region else self.any_region

    async def play(self, seconds: float = 120.0) -> str:
        """From Start to the receipt; returns its 16 digits. Raises Stuck when that takes longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self.phone.start(self.region if self.record.region in BY_ID else None)
                return await self._converse()
        except TimeoutError:
            seen = [str(message.get("text"))[:200] for message in list(self.phone.messages.values())[-4:]]
            raise Stuck(f"{self.record.id} ({self.manner.value}) after {seconds} s: {seen}") from None

    async def _converse(self) -> str:
        while (receipt := self.receipt()) is None:
            version, prompt = self.phone.version, self._prompt()
            deed = None if prompt is None else self._decide(prompt)
            if prompt is None or deed is None:
                if not await self.phone.changed(version, self.patience):
                    await self._look_again()
                continue
            if isinstance(deed, Tap):
                await self.phone.tap(prompt.message, deed.button.data)
            else:
                self._written[deed.step] = await self.phone.send(deed.text)
            self._floor = prompt.message
            await self._answered(prompt)
        return receipt

    async def _answered(self, before: Prompt) -> None:
        """Wait until something else stands in the chat than before, or patience ends."""
        while True:
            version = self.phone.version
            now = self._prompt()
            if self.receipt() is not None or (now is not None and now != before):
                return
            if not await self.phone.changed(version, self.patience):
                await self._look_again()
                return

    async def _look_again(self) -> None:
        self.repeats += 1
        self._floor = 0
        await self.phone.look()

    # Reading

    def receipt(self) -> str | None:
        """The digits that a button offers to copy, once there is one."""
        for message in self._received():
            for button in _keys(message):
                digits = button.get("copy_text", {}).get("text", "")
                if _RECEIPT.fullmatch(digits):
                    return str(digits)
        return None

    def _received(self) -> Iterator[dict[str, Any]]:
        """The bot's messages, newest first."""
        newest = sorted(self.phone.messages, reverse=True)
        return (self.phone.messages[number] for number in newest if not self.phone.messages[number]["outgoing"])

    def _prompt(self) -> Prompt | None:
        """The newest message with buttons, but none that is older than the one last answered."""
        for message in self._received():
            buttons = tuple(
                Button(readable(key["text"]), key["callback_data"]) for key in _keys(message) if "callback_data" in key
            )
            if buttons:
                if message["message_id"] < self._floor:
                    return None
                return Prompt(message["message_id"], tuple(readable(message.get("text", "")).split("\n")), buttons)
        return None

    def _say(self, key: str) -> str:
        return self.catalogue.text(self.record.interface, key)

    def _label(self, labels: Mapping[str, str]) -> str:
        default = self.form.questionnaire.default_language
        return readable(labels.get(self.record.interface) or labels[default])

    def _asked(self, prompt: Prompt) -> Question | None:
        """The question whose name stands under the row of dots."""
        for row, name in zip(prompt.lines, prompt.lines[1:], strict=False):
            if row.startswith("●"):
                return next((one for one in self.form.questionnaire.questions if self._label(one.short) == name), None)
        return None

    # Deciding

    def _decide(self, prompt: Prompt) -> Tap | Write | None:
        """What to do about a prompt; None to wait."""
        self._hear_excuse()
        own_names = {language.code: language.own_name for language in self.catalogue.languages}
        if all(prompt.find(name) for name in own_names.values()):
            return _tap(prompt.find(own_names[self.record.interface]))
        for key in _ALWAYS:
            if button := prompt.find(self._say(key)):
                return Tap(button)
        if button := prompt.find(self._say(f"consultation.{self.region}.short")):
            return Tap(button)
        if prompt.find(self._say("review.send")):
            return self._review(prompt)
        if leave := prompt.find(self._say("dialogue.leave_as_it_is")):
            return Tap(self._lacking(prompt) or leave)
        question = self._asked(prompt)
        if question is None:
            return None
        match question.kind:
            case Kind.TEXT:
                return self._tell(question, prompt)
            case Kind.SELECT_ONE:
                return self._choose(question, prompt)
            case Kind.SELECT_MULTIPLE:
                return self._tick(question, prompt)
        return None

    def _hear_excuse(self) -> None:
        """When the bot says that it lost the last message, that message may be sent once more."""
        lost = readable(self._say("error.send_again"))
        for message in self._received():
            if message.get("text") and readable(message["text"]) == lost:
                self._written = {
                    step: at for step, at in self._written.items() if at == 0 or at > message["message_id"]
                }
                return

    def _tell(self, question: Question, prompt: Prompt) -> Tap | Write | None:
        if question.id != "recommendation":
            return _tap(prompt.find(self._say("dialogue.skip")) or prompt.find(self._say("dialogue.next")))
        if button := prompt.find(self._say("dialogue.next")):
            return Tap(button)
        return None if question.id in self._written else Write(question.id, self.record.text)

    def _choose(self, question: Question, prompt: Prompt) -> Tap | Write | None:
        wanted = [choice for choice in question.choices if choice.code in self.record.codes(question.id)]
        if not wanted:
            return _tap(prompt.find(self._say("dialogue.skip")))
        if self.manner is not Manner.BUTTONS and question.id not in self._written:
            return Write(question.id, self._typed(question, wanted))
        if button := prompt.find(self._label(wanted[0].short)):
            self._turned = 0
            return Tap(button)
        return self._turn_page(question, prompt, wanted)

    def _tick(self, question: Question, prompt: Prompt) -> Tap | Write | None:
        wanted = [choice for choice in question.choices if choice.code in self.record.codes(question.id)]
        onward = prompt.find(self._say("dialogue.next"))
        mending = self._written.get(question.id) == 0
        if not wanted and not (mending and onward):
            return _tap(prompt.find(self._say("dialogue.skip")))
        right = self._right.setdefault(question.id, set())
        if wanted and self.manner is not Manner.BUTTONS and question.id not in self._written:
            return Write(question.id, self._typed(question, wanted))
        if self._written.get(question.id) and onward and not prompt.lines[0].startswith("⚠️"):
            right.update(choice.code for choice in wanted)
        for choice in question.choices:
            button = prompt.find(self._label(choice.short))
            if button is None or not button.mark:
                continue
            if (button.mark == "☑") != (choice in wanted):
                self._turned = 0
                return Tap(button)
            right.add(choice.code)
        # Whoever mends an answer looks at every page: something may be ticked that should not be.
        if right.issuperset(choice.code for choice in (question.choices if mending else wanted)):
            self._turned = 0
            return _tap(onward or prompt.find(self._say("dialogue.skip")))
        return self._turn_page(question, prompt, wanted)

    def _turn_page(self, question: Question, prompt: Prompt, wanted: Sequence[Choice]) -> Tap | Write | None:
        """The next page; after some of them a name is typed, once; then pages again."""
        if button := prompt.find(self._say("dialogue.all_choices")):
            return Tap(button)
        self._turned += 1
        if self._turned > PAGES and question.id not in self._written:
            return Write(question.id, self._typed(question, wanted))
        forward = -1 if self.catalogue.direction(self.record.interface) == "rtl" else 1
        counter = next((at for at, button in enumerate(prompt.buttons) if _COUNTER.fullmatch(button.label)), None)
        return None if counter is None else Tap(prompt.buttons[counter + forward])

    def _typed(self, question: Question, wanted: Sequence[Choice]) -> str:
        """The answer as this person types it."""
        names = [self._label(choice.short) for choice in wanted]
        unclear = len(names) > 1 and any(mark in name for name in names for mark in _SEPARATORS)
        if len(question.choices) <= NUMBERED and (self.manner is Manner.NUMBERS or unclear):
            numbers = ", ".join(str(question.choices.index(choice) + 1) for choice in wanted)
            return numbers.translate(_ARABIC_DIGITS) if self.record.interface == "ar" else numbers
        if self.manner is Manner.PARTS and len(names) == 1:
            part = names[0][: max(5, len(names[0]) * 2 // 3)].rstrip()
            others = {plain(text) for choice in question.choices for text in choice.short.values()}
            return names[0] if plain(part) in others else part.lower()
        return "\n".join(names)

    # The end

    def _lacking(self, prompt: Prompt) -> Button | None:
        """A button to add what the bot misses and this person has to say after all."""
        for question in self.form.questionnaire.questions:
            if question.completes and self.record.codes(question.id):
                button = prompt.find(self._say(f"dialogue.add_{question.completes}"))
                if button is not None:
                    self._again(question)
                    return button
        return None

    def _review(self, prompt: Prompt) -> Tap | None:
        """Send when everything is shown as meant, else change the first that is not."""
        for question in self.form.questionnaire.questions:
            name = self._label(question.short)
            shown = next((line for line in prompt.lines if line.startswith(f"{name}:")), None)
            if shown is None or question.kind not in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
                continue
            names = [self._label(one.short) for one in question.choices if one.code in self.record.codes(question.id)]
            comma = "، " if self.catalogue.direction(self.record.interface) == "rtl" else ", "
            if shown.removeprefix(f"{name}: ") != (comma.join(names) or readable(self._say("dialogue.skipped"))):
                self._again(question)
                return _tap(prompt.find(f"✎ {name}"))
        return _tap(prompt.find(self._say("review.send")))

    def _again(self, question: Question) -> None:
        """Answer this question anew, by buttons this time."""
        self.corrections += 1
        self._right.pop(question.id, None)
        self._written[question.id] = 0
        self._turned = 0


def readable(text: str) -> str:
    """A text without marks of direction and other invisible characters."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _keys(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [key for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for key in row]


def _tap(button: Button | None) -> Tap | None:
    return None if button is None else Tap(button)


async def players(
    town: Town, records: Sequence[Record], catalogue: Catalogue, patience: float = PATIENCE
) -> list[Player]:
    """One new person for each record, every fourth with the same manner."""
    manners, recommendation = list(Manner), form("recommendation")
    found = []
    for at, record in enumerate(records):
        phone = await town.person(language_code=record.lang, role=ROLE)
        region = SIX[at % len(SIX)].id
        manner = manners[at % len(manners)]
        found.append(Player(phone, record, manner, catalogue, recommendation, patience, region))
    return found
