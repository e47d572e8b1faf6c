"""The secretariat's screens for having the sealed export sent, and the message that brings it.

Not here: which screen comes when (`bot.core.conversation.exporting`), making the file (`handlers.exporting`).
"""

from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.exporting import ALL
from bot.core.events import Export
from handlers import buttons
from handlers.messages import Button, File, Message, Outgoing, Where
from handlers.writing.words import Words

MOST = 50_000_000
"""Bytes of a file that Telegram takes from a bot."""
_MILLION = 1_000_000


@dataclass(frozen=True)
class Made:
    """A sealed export: its bytes, or None where it is larger than Telegram takes or (size 0) could not be made."""

    content: bytes | None
    size: int
    name: str


@dataclass(frozen=True)
class Exporting:
    """Writes these for one reader."""

    words: Words

    def write(self, screen: show.ShowExport) -> Outgoing:
        """The list, the question, or the question once more."""
        words = self.words
        title = words.bold(words.plain("export.title"))
        home = [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))]
        if screen.chosen is None:
            rows = [[Button(self._short(one), buttons.export(Export.CHOOSE, one))] for one in screen.choices]
            paragraphs, key = [title, words.say("export.explain")], "export.which"
        else:
            step, label = (Export.SEND, "export.b.send") if screen.sure else (Export.SURE, "export.b.make")
            rows = [[Button(words.plain(label), buttons.export(step, screen.chosen))]]
            paragraphs = [title, words.bold(self._name(screen.chosen))]
            paragraphs += [] if screen.sure else [words.say("export.explain")]
            key = "export.sure" if screen.sure else "export.ask"
        return Outgoing(Where.SCREEN, Message(words.page([*paragraphs, words.say(key)]), words.rows(*rows, home)))

    def made(self, made: Made) -> Outgoing:
        """The file; or why there is none."""
        words = self.words
        if made.content is not None:
            file = File(made.name, made.content, "application/zip")
            return Outgoing(Where.NEW, Message(words.page((words.say("export.here"),)), file=file))
        if not made.size:
            return Outgoing(Where.NEW, Message(words.page((words.say("export.failed"),))))
        large, most = -(-made.size // _MILLION), MOST // _MILLION
        return Outgoing(Where.NEW, Message(words.page((words.say("export.too_large", size=large, most=most),))))

    def _name(self, consultation: str) -> str:
        return self.words.plain("export.all" if consultation == ALL else f"consultation.{consultation}.name")

    def _short(self, consultation: str) -> str:
        return self.words.plain("export.all" if consultation == ALL else f"consultation.{consultation}.short")
