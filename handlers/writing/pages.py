"""Parts of every screen around the dialogue, and the facts of this installation."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.people import Role
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words
from locales.briefings import Library


@dataclass(frozen=True)
class Facts:
    """What the notice and the privacy page say about this very installation, taken from its configuration."""

    organisers: str
    contact: str
    recipients: tuple[str, ...]
    """Fingerprints of the keys that open the answers."""
    draft_hours: int
    review_minutes: int
    tidy_minutes: int
    """From handing in until the answers leave the chat, if both copies are made in time."""
    commands: tuple[tuple[str, frozenset[Role]], ...]
    """Commands in the order of the menu, each with the roles it is for; none: everybody."""


@dataclass(frozen=True)
class Pages:
    """What all of these screens have in common, for one reader."""

    words: Words
    library: Library
    facts: Facts
    intake: Callable[[str], Intake]
    now: float

    def line(self, *keys: str) -> Outgoing:
        """A short message without buttons."""
        return Outgoing(Where.NEW, Message(self.words.page(self.words.say(key) for key in keys)))

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, data: str, style: str | None = None) -> Button:
        return Button(self.words.plain(key), data, style=style)

    def _title(self, key: str) -> str:
        return self.words.bold(self.words.plain(key))

    def _back(self) -> Button:
        return self._button("help.back", buttons.opens(on.Page.PRESENT))

    def _draft_hours(self, consultation: str) -> int:
        return self.intake(consultation).draft_hours or self.facts.draft_hours

    def _draft_time(self, consultation: str) -> str:
        return self.words.span(60 * self._draft_hours(consultation))

    def _drafts_live(self, screen: show.ShowNotice | show.ShowPrivacy) -> str:
        """How long a draft is kept in the consultation somebody comes for; where that is not known, in those that they
        may come to join.
        """
        if screen.consultation is not None:
            return self._draft_time(screen.consultation)
        seen = [one.id for one in CONSULTATIONS if one.id not in screen.hidden]
        takes = [one for one in seen if self.intake(one).takes(self.now)]
        # Where somebody is told of none at all, what holds where nothing else was set.
        hours = {self._draft_hours(one) for one in takes or seen} or {self.facts.draft_hours}
        shortest, longest = (self.words.span(60 * least) for least in (min(hours), max(hours)))
        if len(hours) == 1:
            return shortest
        return self.words.plain("notice.drafts_differ", shortest=shortest, longest=longest)

    def _tidy_time(self) -> str:
        return self.words.span(self.facts.tidy_minutes)
