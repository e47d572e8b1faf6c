"""What a person may rely on, learned only from what the bot said to them: the oracle of the model.

A text counts once the bot said that it is saved. It stops counting when the person does something that may replace or
erase it; then it may be there or not. Not here: the machine that acts (`model`), the real stores.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.core.contributions import Receipt
from tests.faults.in_process import Call

QUESTIONS = ("Recommendation", "Example")
"""Short names of the questions that are answered in writing."""
TOKEN = re.compile(r"unsaid\d{6}word")
_CODE = re.compile(r"\d{9}")
"""What somebody reads out to be let in; everything else that can be copied must be a receipt."""
_SAVED = "✓ Saved: "
_CHANGED = "Changed: "
_REPLACING = frozenset({"s", "n", "e", "b"})
"""Buttons after which a written answer may be skipped, or written anew."""


@dataclass
class Text:
    """One message that was taken as an answer, or may have been."""

    token: str
    message: int
    question: str | None
    sure: bool
    """The bot said that it is saved, and nothing has put it in doubt since."""


@dataclass
class Handed:
    """A recommendation that was handed in."""

    texts: list[Text]
    tag: bytes
    """What its receipt is known by in the files; the versions of one contribution share it."""
    receipt: Receipt | None = None
    withdrawn: bool = False
    superseded: bool = False
    """A newer version was handed in; once that is in the vault, these texts are gone."""


@dataclass
class Screen:
    """A message of the bot as it stands now."""

    text: str
    buttons: list[str]
    """Callback data, in reading order."""


@dataclass
class Person:
    """One chat: what stands in it, and what its owner counts on."""

    screens: dict[int, Screen] = field(default_factory=dict)
    draft: list[Text] = field(default_factory=list)
    reopened: bool = False
    """A written answer may be given anew: the next text may replace the earlier ones."""
    handed: list[Handed] = field(default_factory=list)
    tag_of: Callable[[Receipt], bytes] = lambda receipt: b""
    """What a receipt is known by in the files."""
    unasked: int = 0
    """Receipts shown for nothing that was handed in here."""
    changed: float = 0.0
    """When the draft was surely kept for the last time, epoch seconds."""

    def see(self, call: Call) -> None:
        """The bot did this in the chat."""
        number = call.message or call.values.get("message_id")
        if number is None:
            return
        rows = call.values.get("reply_markup", {}).get("inline_keyboard", ())
        keys = [key for row in rows for key in row]
        buttons = [key["callback_data"] for key in keys if "callback_data" in key]
        if "text" in call.values:
            self.screens[number] = Screen(call.values["text"], buttons)
        elif number in self.screens:
            self.screens[number].buttons = buttons
        for key in keys:
            if "copy_text" in key and not _CODE.fullmatch(key["copy_text"]["text"]):
                self._receive(Receipt(key["copy_text"]["text"]))

    def _receive(self, receipt: Receipt) -> None:
        if any(one.receipt == receipt for one in self.handed):
            return
        tag = self.tag_of(receipt)
        mine = [one for one in self.handed if one.tag == tag]
        self.unasked += not mine
        for one in mine:
            one.receipt = receipt

    def spoke(self, token: str, message: int, said: list[str]) -> None:
        """A text was sent; `said` is what the bot answered."""
        answer = next((text for text in said if _SAVED in text), None)
        question = next((name for name in QUESTIONS if answer and f"<b>{name}</b>" in answer), None)
        if self.reopened and any(one.token != token for one in self.draft):
            self.doubt()
        self.reopened = False
        self.draft.append(Text(token, message, question, answer is not None))

    def edited(self, token: str, message: int, said: list[str]) -> None:
        """A message was edited; where the bot said that it took that, the earlier text is gone."""
        before = next((one for one in self.draft if one.message == message), None)
        taken = any(text.startswith(_CHANGED) for text in said)
        if before is not None and taken:
            before.token = token
            return
        if before is not None:
            before.sure = False
        self.draft.append(Text(token, message, None, False))

    def pressed(self, data: str) -> None:
        """A button was pressed."""
        do = data.split(":")[3] if data.startswith("d:") else ""
        if do in _REPLACING:
            self.reopened = True
        if do == "s":
            self._skipped()
        if do == "qq" or data in ("f", "n:no:1"):
            self.doubt()

    def _skipped(self) -> None:
        """A skipped question has no answer; which one it was only the screen tells, and it may have been an old one."""
        for text in self.draft:
            text.sure = text.sure and text.question == QUESTIONS[0]  # which cannot be skipped

    def doubt(self) -> None:
        """Nothing of the draft is certain any more."""
        for text in self.draft:
            text.sure = False

    def rests(self, has_draft: bool, new: bytes | None, receipt: Receipt | None = None) -> None:
        """After a step: whether there is a draft, and the tag of what was handed in.

        `receipt`: of the contribution of which that is a new version, as far as it was ever told.
        """
        if new is not None:
            self.handed.append(Handed(self.draft, new, receipt))
        if new is not None or not has_draft:
            assert new is not None or not any(text.sure for text in self.draft), "a draft is gone"
            self.draft = []
            self.reopened = False

    @property
    def texts(self) -> Iterator[tuple[Text, Handed | None]]:
        """All texts, with what they were handed in with."""
        for text in self.draft:
            yield text, None
        for one in self.handed:
            for text in one.texts:
                yield text, one


def texts_of(calls: list[Call]) -> list[str]:
    """What was said in these calls."""
    return [str(call.values["text"]) for call in calls if "text" in call.values]


def mark(document: dict[str, Any]) -> list[str]:
    """The tokens in an opened document."""
    return TOKEN.findall(str(document.get("answers")))
