"""What the holder of a receipt can do: see its state, write a new version, say how it is signed.

Not here: the receipt itself and taking it back (`screens`), what follows (`bot.core.conversation`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.attribution import Attribution
from bot.core.consultations import Intake
from bot.core.contributions import Receipt, Standing, State
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.carried import Carried
from handlers.writing.words import Words

Screen = (
    show.ShowState
    | show.AskAmend
    | show.Amended
    | show.AskAttribution
    | show.AskName
    | show.ConfirmAttribution
    | show.ShowCarried
    | show.AskReplyWords
)


@dataclass(frozen=True)
class Control:
    """Writes these screens for one reader."""

    words: Words
    intake: Callable[[str], Intake]
    now: float

    def write(self, screen: Screen) -> Outgoing:
        """One screen as a message."""
        match screen:
            case show.ShowState():
                return self._state(screen)
            case show.AskAmend():
                return self._ask_amend(screen.receipt)
            case show.Amended():
                return self._amended(screen)
            case show.AskAttribution():
                return self._ask_attribution(screen)
            case show.AskName():
                return self._ask_name(screen)
            case show.ConfirmAttribution():
                return self._confirm(screen)
            case show.ShowCarried():
                return Carried(self.words).point(screen)
            case show.AskReplyWords():
                return Carried(self.words).ask_words(screen)

    def printed(self, attribution: Attribution, consultation: str, name: str | None = None) -> str:
        """The line under a recommendation, exactly as the report has it, as HTML."""
        region = self.words.plain(f"consultation.{consultation}.name")
        return self.words.say(f"sign.printed.{attribution.value}", region=region, name=name or "…")

    def _state(self, screen: show.ShowState) -> Outgoing:
        """What became of a contribution, and what can still be done with it."""
        words, standing, receipt = self.words, screen.standing, screen.receipt
        told = words.say(screen.told) if screen.told else ""
        text = [told, self._title("receipt.check_title"), words.say(f"receipt.state_{standing.state.value}")]
        if standing.state is not State.SUBMITTED:
            return self._screen(text, [self._back()])
        intake = self.intake(standing.consultation)
        takes = intake.takes(self.now)
        text += [self._version(standing), "" if takes else words.say("amend.closed"), self._signed(standing)]
        text.append(words.say("sign.final") if intake.final else "")
        return self._screen(
            text,
            [self._button("feedback.open", buttons.carried(receipt)) if screen.points else None],
            [None if intake.final else self._button("sign.open", buttons.sign(receipt))],
            [self._button("amend.open", buttons.amend(receipt, sure=False)) if takes else None],
            [self._button("receipt.withdraw", buttons.withdraw(receipt, sure=False))],
            [self._back()],
        )

    def _version(self, standing: Standing) -> str:
        if standing.version < 2:
            return ""
        if standing.note is None:
            return self.words.say("amend.version", version=standing.version)
        day = self.words.catalogue.day(self.words.language, standing.note.day)
        return self.words.say("amend.version_of", version=standing.version, day=day)

    def _signed(self, standing: Standing) -> str:
        attribution = Attribution(standing.note.attribution) if standing.note else Attribution.ANONYMOUS
        return self.words.say("sign.now") + " " + self.words.say(f"sign.choice.{attribution.value}")

    def _ask_amend(self, receipt: Receipt) -> Outgoing:
        words = self.words
        return self._screen(
            [
                self._title("amend.title"),
                words.say("amend.unread"),
                words.say("amend.until"),
                words.say("amend.after"),
                words.say("amend.linked"),
            ],
            [self._button("amend.begin", buttons.amend(receipt, sure=True), "primary")],
            [self._button("help.back", buttons.check(receipt))],
        )

    def _amended(self, screen: show.Amended) -> Outgoing:
        words = self.words
        message = Message(
            words.page(
                [
                    self._title("amend.done_title"),
                    words.say("amend.done", version=screen.version),
                    words.say("amend.receipt_stays"),
                    words.say("amend.unsigned"),
                ]
            ),
            words.rows(
                [self._button("sign.open", buttons.sign(screen.receipt))],
                [self._button("receipt.check", buttons.check(screen.receipt))],
                [self._button("receipt.another", buttons.BEGIN, "primary")],
                [self._button("receipt.home", buttons.opens(on.Page.HOME))],
            ),
        )
        return Outgoing(Where.NEW, message)

    def _ask_attribution(self, screen: show.AskAttribution) -> Outgoing:
        words = self.words
        lines: list[str] = []
        rows: list[list[Button | None]] = []
        for attribution in Attribution:
            choice = words.plain(f"sign.choice.{attribution.value}")
            lines.append(f"• {words.bold(choice)}\n   {self.printed(attribution, screen.consultation)}")
            mark = "✓ " if attribution is screen.present else ""
            rows.append([Button(mark + choice, buttons.sign(screen.receipt, attribution))])
        return self._screen(
            [self._title("sign.title"), words.say("sign.explain"), "\n".join(lines), words.say("sign.lower")],
            *rows,
            [self._button("help.back", buttons.check(screen.receipt))],
        )

    def _ask_name(self, screen: show.AskName) -> Outgoing:
        return self._screen(
            [
                self.words.say(screen.trouble) if screen.trouble else "",
                self._title(f"sign.choice.{screen.attribution.value}"),
                self.words.say(f"sign.ask_{screen.attribution.value}"),
                self.words.say("sign.not_yet"),
            ],
            [self._button("help.back", buttons.sign(screen.receipt))],
        )

    def _confirm(self, screen: show.ConfirmAttribution) -> Outgoing:
        words, attribution = self.words, screen.attribution
        line = self.printed(attribution, screen.consultation, screen.name)
        other = buttons.sign(screen.receipt, attribution) if attribution.named else None
        return self._screen(
            [
                self._title("sign.sure_title"),
                words.say("sign.preview") + f"\n<blockquote>{line}</blockquote>",
                words.say(f"sign.risk_{'named' if attribution.named else 'region'}"),
            ],
            [
                self._button(
                    f"sign.yes_{'named' if attribution.named else 'region'}",
                    buttons.sign(screen.receipt, attribution, sure=True),
                    "danger" if attribution.named else "primary",
                )
            ],
            [self._button("sign.other_name", other) if other else None],
            [self._button("sign.no", buttons.sign(screen.receipt))],
        )

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, data: str, style: str | None = None) -> Button:
        return Button(self.words.plain(key), data, style=style)

    def _title(self, key: str) -> str:
        return self.words.bold(self.words.plain(key))

    def _back(self) -> Button:
        return self._button("help.back", buttons.opens(on.Page.PRESENT))
