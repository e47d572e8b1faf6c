"""The library of briefings that comes with the program. Not here: what organizers wrote (`briefings`)."""

import html
import re

from bot.core import screens as show
from handlers import buttons
from handlers.messages import Button, Outgoing
from handlers.writing.briefings import Briefings
from handlers.writing.pages import Pages
from locales.briefings import Topic

_ITEM = re.compile(r"(?m)^- ")


class Topics(Pages):
    """Writes its table of contents and its cards."""

    def topics(self, consultations: tuple[str, ...] = ()) -> Outgoing:
        """The table of contents; before it the ways to what organizers wrote for these consultations."""
        topics = self.library.topics(self.words.language)
        rows: list[list[Button | None]] = [[Button(topic.title, buttons.read(topic.id))] for topic in topics]
        return self._screen(
            [
                self._title("brief.title"),
                self.words.say("brief.explain"),
                self.words.say("brief.own") if consultations else "",
            ],
            *Briefings(self.words).library(consultations),
            *rows,
            [self._back()],
        )

    def card(self, screen: show.ShowCard) -> Outgoing:
        """One card with its date and sources, back and next."""
        topic = self._topic(screen.topic)
        if topic is None or not 0 <= screen.card < len(topic.cards):
            return self.topics()
        words, at, card = self.words, screen.card, topic.cards[screen.card]
        at_last = at + 1 == len(topic.cards)
        foot = [words.say("brief.as_of", day=words.catalogue.day(words.language, card.as_of))]
        foot += [words.say("brief.source", source=source) for source in card.sources]
        if card.certainty:
            foot.insert(0, html.escape(card.certainty, quote=False))
        title = (
            f"{words.bold(card.title)}\n<i>{html.escape(topic.title, quote=False)} · {at + 1}/{len(topic.cards)}</i>"
        )
        return self._screen(
            [
                title,
                *(_ITEM.sub("• ", html.escape(paragraph, quote=False)) for paragraph in card.body),
                "<i>" + "</i>\n<i>".join(foot) + "</i>",
            ],
            [
                self._button("brief.previous", buttons.read(topic.id, at - 1)) if at else None,
                None if at_last else self._button("brief.next", buttons.read(topic.id, at + 1)),
            ],
            [self._button("brief.topics", buttons.read())],
            [self._back()],
        )

    def _topic(self, wanted: str) -> Topic | None:
        return next((topic for topic in self.library.topics(self.words.language) if topic.id == wanted), None)
