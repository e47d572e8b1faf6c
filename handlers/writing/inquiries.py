"""What participants ask and organizers answer, on both sides. On the organizers' side there is nothing about who asks.

What somebody wrote is sent as a message of its own, never in place of a screen: such messages are deleted from the chat
in time, as answers are. Not here: which screen comes when (`bot.core.conversation.asking`, `answering`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.dialogue.clues import Clue
from bot.core.events import Ask, Handle
from bot.core.inquiries import KEPT_DAYS, LONGEST, MOST_OPEN, NOBODY, Inquiry, Reason, Stage
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words

LISTED = 30
"""Buttons of a list; Telegram takes a hundred."""
EARLIER = 2
"""Texts shown before the newest one, shortened."""
QUESTION, ANSWER, OFFER = "question", "answer", "offer"
"""What buttons are good for once: to send what is previewed, to see what waits."""

Screen = (
    show.AskInquiry
    | show.PreviewInquiry
    | show.ShowInquiry
    | show.OfferAnswer
    | show.ShowInquiries
    | show.OpenInquiry
    | show.AskAnswer
    | show.PreviewAnswer
    | show.AskReason
)


@dataclass(frozen=True)
class Inquiries:
    """Writes these screens for one reader."""

    words: Words

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.AskInquiry():
                return self.ask(screen)
            case show.PreviewInquiry():
                return self.preview(screen)
            case show.ShowInquiry():
                return self.shown(screen.inquiry)
            case show.OfferAnswer():
                return self.offer()
            case show.ShowInquiries():
                return self.listed(screen)
            case show.OpenInquiry():
                return self.opened(screen)
            case show.AskAnswer():
                back = self._handle("ask.b.back", Handle.OPEN, screen.inquiry)
                return self._screen([self.words.say("inquiries.write"), self._language(screen.inquiry)], [back])
            case show.PreviewAnswer():
                return self.preview_answer(screen)
            case show.AskReason():
                return self.reason(screen.inquiry)

    # Parts

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _new(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.NEW, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _title(self, key: str) -> str:
        return self.words.bold(self.words.plain(key))

    def _ask(self, key: str, do: Ask, inquiry: Inquiry | None = None, style: str | None = None) -> Button:
        return Button(self.words.plain(key), buttons.ask(do, "" if inquiry is None else inquiry.id), style=style)

    def _handle(
        self, key: str, do: Handle, inquiry: Inquiry | None = None, argument: str = "", style: str | None = None
    ) -> Button:
        data = buttons.handle(do, "" if inquiry is None else inquiry.id, argument)
        return Button(self.words.plain(key), data, style=style)

    def _warning(self, clues: Iterable[Clue]) -> str:
        """What in a text may lead to a person; empty without such."""
        comma = "، " if self.words.rtl else ", "
        kinds = comma.join(self.words.plain(f"clue.{clue.value}") for clue in clues)
        return "⚠️ " + self.words.say("ask.clues", kinds=kinds) if kinds else ""

    def _day(self, inquiry: Inquiry) -> str:
        return self.words.catalogue.day(self.words.language, inquiry.day)

    def _numbered(self, inquiries: list[Inquiry]) -> list[tuple[str, Inquiry]]:
        """Several of one day would have one name, and no typed form."""
        return [(f"{at} · " if len(inquiries) > 1 else "", one) for at, one in enumerate(inquiries, 1)]

    def _thread(self, inquiry: Inquiry, theirs: str) -> list[str]:
        """The newest text whole, those before it shortened; `theirs` is the key of a participant's text."""
        shown = inquiry.lines[-1 - EARLIER :]
        return [
            self.words.bold(self.words.plain("ask.organizers" if line.ours else theirs))
            + "\n"
            + self.words.quote(line.text, whole=line is shown[-1])
            for line in shown
        ]

    # The participant

    def ask(self, screen: show.AskInquiry) -> Outgoing:
        """What asking means; below it what was asked before."""
        words = self.words
        if screen.full:
            body = [words.say("ask.full", most=MOST_OPEN)]
        elif screen.more is not None:
            body = [words.say("ask.more", most=LONGEST)]
        else:
            body = [words.say("ask.explain", most=LONGEST), words.say("ask.who_reads")]
        body.append(words.say("ask.kept", days=KEPT_DAYS))
        known: list[list[Button | None]] = [
            [Button(number + words.plain("ask.b.open", day=self._day(one)), buttons.ask(Ask.SHOW, one.id))]
            for number, one in self._numbered([one for one in screen.kept if one != screen.more])
        ]
        return self._screen(
            [self._title("ask.title"), words.say("ask.unread") if screen.unread else "", *body],
            [self._ask("ask.b.read", Ask.READ, style="primary") if screen.unread else None],
            *known,
            [self._ask("ask.b.back", Ask.LEAVE)],
        )

    def preview(self, screen: show.PreviewInquiry) -> Outgoing:
        """What is about to be sent. The main button is what we advise."""
        again, send = ("primary", None) if screen.clues else (None, "primary")
        message = self._new(
            [self._title("ask.preview"), self.words.quote(screen.text, whole=True), self._warning(screen.clues)],
            [self._ask("ask.b.send", Ask.SEND, style=send)],
            [self._ask("ask.b.again", Ask.AGAIN, style=again)],
            [self._ask("ask.b.leave", Ask.LEAVE)],
        )
        return replace(message, work=QUESTION)

    def offer(self) -> Outgoing:
        """Nothing of what waits: somebody else may read this, on a locked phone even."""
        message = self._screen(
            [self.words.say("ask.offer")],
            [Button(self.words.plain("remind.yes"), buttons.RESUME)],
            [Button(self.words.plain("remind.not_now"), buttons.NOT_NOW)],
        )
        return replace(message, work=OFFER)

    def shown(self, inquiry: Inquiry) -> Outgoing:
        """What was asked and answered; or why it is closed."""
        words = self.words
        if inquiry.stage is Stage.CLOSED:
            reason = words.say(f"ask.closed.{(inquiry.reason or Reason.DONE).value}")
            return self._new([self._title("ask.thread"), reason], [self._ask("ask.b.another", Ask.OPEN)])
        waits = words.say("ask.waits") if inquiry.stage is Stage.WAITING else ""
        return self._new(
            [self._title("ask.thread"), *self._thread(inquiry, "ask.you"), waits],
            [self._ask("ask.b.more", Ask.MORE, inquiry)],
            [self._ask("ask.b.end", Ask.END, inquiry)],
            [self._ask("ask.b.back", Ask.LEAVE)],
        )

    # The organizers

    def listed(self, screen: show.ShowInquiries) -> Outgoing:
        """All that are open: state, language and day of each."""
        words = self.words
        rows: list[list[Button | None]] = [
            [Button(self._name(one, screen.me), buttons.handle(Handle.OPEN, one.id))]
            for one in screen.inquiries[:LISTED]
        ]
        told = "inquiries.told" if screen.told else "inquiries.not_told"
        switch = self._handle(
            "inquiries.b.silence" if screen.told else "inquiries.b.tell",
            Handle.DUTY,
            argument="off" if screen.told else "on",
        )
        return self._screen(
            [
                self._title("inquiries.title"),
                words.say("inquiries.explain", days=KEPT_DAYS) if screen.inquiries else words.say("inquiries.none"),
                words.say(told),
            ],
            *rows,
            [switch],
            [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))],
        )

    def _state(self, inquiry: Inquiry, me: str) -> str:
        if inquiry.stage is Stage.ANSWERED:
            return "answered"
        return "new" if inquiry.assigned == NOBODY else "mine" if inquiry.assigned == me else "taken"

    def _name(self, inquiry: Inquiry, me: str) -> str:
        """One on a button: its state, language and day."""
        state = self.words.plain(f"inquiries.state.{self._state(inquiry, me)}")
        day = self.words.catalogue.short_day(self.words.language, inquiry.day)
        return self.words.dotted(state, inquiry.language.upper(), day)

    def _language(self, inquiry: Inquiry) -> str:
        names = {language.code: language.own_name for language in self.words.catalogue.languages}
        return self.words.say("inquiries.language", language=names.get(inquiry.language, inquiry.language))

    def opened(self, screen: show.OpenInquiry) -> Outgoing:
        """One of them: what was asked and answered, whose it is, what can be done."""
        words, one = self.words, screen.inquiry
        state = self._state(one, screen.me)
        others = one.assigned not in (NOBODY, screen.me)
        reading = words.say(f"inquiries.is.{state}")
        consultation = words.say(f"consultation.{one.consultation}.name")
        answer = None if others else self._handle("inquiries.b.answer", Handle.ANSWER, one, style="primary")
        take = "inquiries.b.take_over" if others else "inquiries.b.take"
        return self._new(
            [
                f"{consultation}\n{words.say('inquiries.day', day=self._day(one))}",
                *self._thread(one, "inquiries.participant"),
                f"{reading}\n{self._language(one)}",
            ],
            [answer],
            [None if one.assigned == screen.me else self._handle(take, Handle.TAKE, one)],
            [None if others else self._handle("inquiries.b.close", Handle.CLOSE, one)],
            [self._handle("inquiries.b.list", Handle.LIST)],
        )

    def preview_answer(self, screen: show.PreviewAnswer) -> Outgoing:
        """Exactly what the participant will see, before it is sent."""
        again, send = ("primary", None) if screen.clues else (None, "primary")
        message = self._new(
            [
                self._title("inquiries.preview"),
                self.words.quote(screen.text, whole=True),
                self._warning(screen.clues),
                self._language(screen.inquiry),
            ],
            [self._handle("inquiries.b.send", Handle.SEND, screen.inquiry, style=send)],
            [self._handle("ask.b.again", Handle.ANSWER, screen.inquiry, style=again)],
            [self._handle("inquiries.b.leave", Handle.OPEN, screen.inquiry)],
        )
        return replace(message, work=ANSWER)

    def reason(self, inquiry: Inquiry) -> Outgoing:
        """Why it is closed; the participant reads the reason as a sentence."""
        rows: list[list[Button | None]] = [
            [self._handle(f"inquiries.reason.{reason.value}", Handle.CLOSE, inquiry, reason.value)] for reason in Reason
        ]
        back = self._handle("ask.b.back", Handle.OPEN, inquiry)
        return self._screen([self.words.say("inquiries.why")], *rows, [back])
