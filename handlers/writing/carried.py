"""What became of a contribution: a published point in the reader's language, and whether it stands for what was said.

Not here: the other screens of a receipt (`control`), the dialogue made of points (`bot.questionnaires.responding`).
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.dialogue.questionnaire import Labels
from bot.core.feedback import Reply
from bot.core.points import Point
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words

FALLBACK = "en"
"""The language that stands in where a text has none of the reader's; else its first."""


@dataclass(frozen=True)
class Carried:
    """Writes these screens for one reader."""

    words: Words

    def point(self, screen: show.ShowCarried) -> Outgoing:
        """One point: in which words, what was answered, what the person said to it so far, and the question."""
        words, point, receipt = self.words, screen.point, screen.receipt
        text, language = self._text(point.text)
        parts = [
            words.say(screen.told) if screen.told else "",
            words.bold(words.plain("feedback.title")) + (f" {screen.at + 1}/{screen.of}" if screen.of > 1 else ""),
            words.bold(self._text(point.title)[0]),
            words.quote(text),
            *(
                words.say(f"respond.{name}", text=self._text(labels)[0])
                for name, labels in (("said", point.said), ("wrote", point.wrote), ("answered", point.answered))
                if labels
            ),
            "" if language == words.language else self._untranslated(language),
            words.say("feedback.so_far", answer=self._reply(screen.reply)) if screen.reply else "",
            words.bold(words.plain("feedback.ask")),
        ]
        rows: list[list[Button | None]] = [
            [Button(("✓ " if reply is screen.reply else "") + self._reply(reply),
                    buttons.reply(receipt, point.version, reply))]
            for reply in Reply
        ]  # fmt: skip
        back = self._button("brief.previous", buttons.carried(receipt, screen.at - 1)) if screen.at else None
        more = screen.at + 1 < screen.of
        rows.append([back, self._button("brief.next", buttons.carried(receipt, screen.at + 1)) if more else None])
        return self._screen(parts, *rows, [self._button("feedback.back", buttons.check(receipt))])

    def ask_words(self, screen: show.AskReplyWords) -> Outgoing:
        """The answer is noted; words may follow."""
        words = self.words
        return self._screen(
            [
                words.say("feedback.noted", answer=self._reply(screen.reply)),
                words.say("feedback.words"),
            ],
            [self._button("feedback.more", buttons.carried(screen.receipt))],
            [self._button("feedback.back", buttons.check(screen.receipt))],
            [self._button("receipt.home", buttons.opens(on.Page.HOME))],
        )

    def supported(self, points: Sequence[Point]) -> str:
        """The points that lose support when this is taken back, as HTML; nothing where there are none."""
        if not points:
            return ""
        titles = [f"• {html.escape(self._text(point.title)[0], quote=False)}" for point in points]
        return "\n".join([self.words.say("feedback.loses"), *titles])

    def _reply(self, reply: Reply) -> str:
        return self.words.plain(f"feedback.reply.{reply.value}")

    def _text(self, labels: Labels) -> tuple[str, str]:
        """A text and the language it is in."""
        for language in (self.words.language, FALLBACK, *labels):
            if labels.get(language):
                return labels[language], language
        return "", self.words.language

    def _untranslated(self, language: str) -> str:
        own = {one.code: one.own_name for one in self.words.catalogue.languages}
        return f"<i>{self.words.say('respond.language', language=own.get(language, language))}</i>"

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, data: str) -> Button:
        return Button(self.words.plain(key), data)
