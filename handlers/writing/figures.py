"""How it goes, for organizers: numbers as text and as the words of a picture, and where little came in.

Not here: what may be shown of a number (`bot.core.figures`), drawing (`handlers.drawing`).
"""

import html
from dataclasses import dataclass

from bot.chart import Bar, Chart, Panel
from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.disclosure import LEAST
from bot.core.events import Figure
from bot.core.figures import FUNNEL, Figures, Stage
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words

Screen = show.ListFigures | show.ShowFigures | show.ShowMissing
NEWEST = 7
"""Days that are shown."""
FEW = "–"


@dataclass(frozen=True)
class Numbers:
    """Writes these screens for one reader."""

    words: Words

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ListFigures():
                return self.listed(screen)
            case show.ShowFigures():
                return self.shown(screen)
            case show.ShowMissing():
                return self.missing(screen)

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, do: Figure, figures: Figures, language: str = "", style: str | None = None) -> Button:
        return Button(self.words.plain(key), buttons.look(do, figures.consultation, language), style=style)

    def _title(self, consultation: str) -> str:
        return self.words.bold(self.words.plain(f"consultation.{consultation}.name"))

    def _rows(self, title: str, rows: list[tuple[str, int]]) -> str:
        """A heading and lines of a name and a number; nothing without lines."""
        words = self.words
        lines = [words.named(html.escape(name, quote=False), str(number) if number else FEW) for name, number in rows]
        return "\n".join([words.bold(words.plain(title)), *lines]) if lines else ""

    # Screens

    def listed(self, screen: show.ListFigures) -> Outgoing:
        """Which consultation."""
        rows: list[list[Button | None]] = [
            [Button(self.words.plain(f"consultation.{one}.short"), buttons.look(Figure.OPEN, one))]
            for one in screen.consultations
        ]
        title = self.words.bold(self.words.plain("figures.title"))
        home = Button(self.words.plain("receipt.home"), buttons.opens(on.Page.HOME))
        return self._screen([title, self.words.say("figures.which")], *rows, [home])

    def shown(self, screen: show.ShowFigures) -> Outgoing:
        """Everything in words."""
        words, figures = self.words, screen.figures
        days = [(self._day(day), number) for day, number in daily(figures, Stage.SUBMITTED)[-NEWEST:]]
        return self._screen(
            [
                self._title(figures.consultation),
                self.until(figures),
                self._rows("figures.way", self.way(figures)),
                self._rows("figures.forms", self.forms(figures)),
                self._rows("figures.languages", self.languages(figures)),
                self._rows("figures.days", days),
            ],
            [self._button("figures.b.picture", Figure.PICTURE, figures, style="primary")],
            [self._button("figures.b.missing", Figure.MISSING, figures)],
            [Button(words.plain("figures.b.others"), buttons.look(Figure.LIST)) if screen.others else None],
            [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))],
        )

    def missing(self, screen: show.ShowMissing) -> Outgoing:
        """Languages with little or nothing, and a draft for their readers."""
        words, figures = self.words, screen.figures
        names = {language.code: language.own_name for language in words.catalogue.languages}
        rows: list[list[Button | None]] = [
            list(row)
            for row in words.pairs(
                Button(names[one], buttons.look(Figure.ASK, figures.consultation, one)) for one in screen.languages
            )
        ]
        every = self._button("figures.b.ask_all", Figure.ASK, figures) if len(screen.languages) > 1 else None
        body = ["figures.missing.explain", "figures.missing.ask"] if rows else ["figures.missing.none"]
        return self._screen(
            [
                self._title(figures.consultation),
                words.bold(words.plain("figures.b.missing")),
                *(words.say(key, least=LEAST) for key in body),
                words.say("figures.missing.desk"),
            ],
            *rows,
            [every],
            [self._button("figures.b.back", Figure.OPEN, figures)],
        )

    # Parts, in words and in the picture

    def until(self, figures: Figures) -> str:
        """Until which day, and how the numbers are to be read."""
        day = self.words.catalogue.day(self.words.language, figures.until)
        return self.words.say("figures.until", day=day) + "\n" + self.words.say("figures.rounded", few=FEW, least=LEAST)

    def _day(self, day: str) -> str:
        return self.words.catalogue.day(self.words.language, day)

    def way(self, figures: Figures) -> list[tuple[str, int]]:
        """How far people came, and what was taken back."""
        stages = [*FUNNEL, Stage.WITHDRAWN]
        return [(self.words.plain(f"figures.{stage.value}"), figures.total(stage)) for stage in stages]

    def forms(self, figures: Figures) -> list[tuple[str, int]]:
        """What was handed in, by questionnaire."""
        return [
            (self._form(one), figures.total(Stage.SUBMITTED, questionnaire=one)) for one in figures.questionnaires()
        ]

    def _form(self, questionnaire: str) -> str:
        key = f"manage.form.{questionnaire}"
        return self.words.plain(key) if self.words.catalogue.has(key) else questionnaire

    def languages(self, figures: Figures) -> list[tuple[str, int]]:
        """What was handed in, by language: those of the consultation, and others in which something came."""
        known = BY_ID.get(figures.consultation)
        came = {tick.language for tick, count in figures.counts.items() if count and tick.stage is Stage.SUBMITTED}
        return [
            (language.own_name, figures.total(Stage.SUBMITTED, language=language.code))
            for language in self.words.spoken(known.languages if known is not None else (), came)
        ]

    def chart(self, figures: Figures) -> Chart:
        """The words and numbers of the picture."""
        words = self.words
        days = [(self._day(day), number) for day, number in daily(figures, Stage.SUBMITTED)[-NEWEST:]]
        panels = [
            ("figures.way", self.way(figures)),
            ("figures.forms", self.forms(figures)),
            ("figures.languages", self.languages(figures)),
            ("figures.days", days),
        ]
        return Chart(
            title=words.plain(f"consultation.{figures.consultation}.name"),
            notes=(
                words.plain("figures.until", day=self._day(figures.until)),
                words.plain("figures.rounded", few=FEW, least=LEAST),
            ),
            panels=tuple(
                Panel(
                    words.plain(title),
                    tuple(Bar(name, number, str(number) if number else FEW) for name, number in rows),
                )
                for title, rows in panels
                if rows
            ),
            language=words.language,
            rtl=words.rtl,
        )


def daily(figures: Figures, stage: Stage) -> list[tuple[str, int]]:
    """The days on which the shown number grew, and what it was then."""
    return [(step.day, step.shown) for step in figures.days if step.stage is stage]
