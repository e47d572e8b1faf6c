"""A person's own code, what organizers decided about them, and the organizers' screens for both. Nothing of who it is.

Not here: which screen comes when (`bot.core.conversation.admitting`).
"""

from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.admission import BARRED, HOURS, Membership, spoken
from bot.core.events import Admit, Bring, Tell
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import LRI, PDI, Words
from locales import zones

Screen = show.ShowOwnCode | show.ShowCode | show.ShowMembership | show.AskCode | show.ShowFound


@dataclass(frozen=True)
class Admission:
    """Writes these screens for one reader."""

    words: Words
    zone: str = zones.UTC
    """In which the reader reads times."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ShowOwnCode():
                return self.own(screen)
            case show.ShowCode():
                return self.code(screen)
            case show.ShowMembership():
                return self.membership(screen)
            case show.AskCode():
                return self.ask(screen)
            case show.ShowFound():
                return self.found(screen)

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    # The person

    def own(self, screen: show.ShowOwnCode) -> Outgoing:
        """What the code is for, before there is one; then how to change and end it."""
        words = self.words
        stands = screen.made or screen.until is not None
        known = ""
        if screen.until is not None:
            known = words.say("code.stands", until=words.moment(screen.until, self.zone))
        return self._screen(
            [
                words.bold(words.plain("code.title")),
                words.say("code.ended") if screen.ended else "",
                words.say("code.explain", hours=HOURS),
                words.say("code.careful"),
                known,
            ],
            [self._tell("code.b.another" if stands else "code.b.new", Tell.NEW)],
            [self._tell("code.b.end", Tell.END) if stands else None],
            [Button(words.plain("help.back"), buttons.opens(on.Page.PRESENT))],
        )

    def _tell(self, key: str, do: Tell) -> Button:
        return Button(self.words.plain(key), buttons.tell(do))

    def code(self, screen: show.ShowCode) -> Outgoing:
        """The digits, once; the message goes from the chat in time."""
        words = self.words
        html = words.page([words.say("code.yours") + f"\n{LRI}<code>{spoken(screen.code)}</code>{PDI}"])
        rows = words.rows([Button(words.plain("code.b.copy"), copy=screen.code)])
        return Outgoing(Where.NEW, Message(html, rows), passing=True, work="code")

    def membership(self, screen: show.ShowMembership) -> Outgoing:
        """What was decided about the reader, and what that means."""
        words = self.words
        admitted = screen.state is Membership.ADMITTED
        join = Button(words.plain("admission.b.open"), buttons.join(screen.consultation)) if admitted else None
        name = words.plain(f"consultation.{screen.consultation}.name")
        html = words.page([words.bold(name), words.say(f"admission.you.{screen.state.value}")])
        return Outgoing(Where.NEW, Message(html, words.rows([join])))

    # The organizer

    def ask(self, screen: show.AskCode) -> Outgoing:
        """The code is asked for."""
        words = self.words
        back = Button(words.plain("invites.b.list"), buttons.bring(Bring.LIST, screen.consultation))
        return self._screen(
            [
                words.bold(words.plain(f"consultation.{screen.consultation}.name")),
                words.say(screen.trouble) if screen.trouble else "",
                words.say("admission.ask"),
                words.say("admission.where"),
            ],
            [back],
        )

    def found(self, screen: show.ShowFound) -> Outgoing:
        """How somebody stands, and what can be decided; what was decided just now can be undone here."""
        words, state = self.words, screen.found.state
        standing = state.value if state is not None else "invited" if screen.found.invited else "outside"
        inside = state is Membership.ADMITTED or (state is None and screen.found.invited)
        let_in = "admission.b.again" if state in BARRED else "admission.b.admit"
        return self._screen(
            [
                words.bold(words.plain(f"consultation.{screen.consultation}.name")),
                words.bold(words.plain(f"admission.is.{standing}")),
                words.say("admission.decided") if screen.decided else words.say("admission.means"),
            ],
            [None if inside else self._admit(let_in, Admit.LET_IN, "primary")],
            [None if state in BARRED else self._admit("admission.b.suspend", Admit.SUSPEND)],
            [None if state is Membership.REMOVED else self._admit("admission.b.remove", Admit.REMOVE, "danger")],
            [Button(words.plain("admission.b.other"), buttons.admit(Admit.ASK, screen.consultation))],
            [Button(words.plain("invites.b.list"), buttons.bring(Bring.LIST, screen.consultation))],
        )

    def _admit(self, key: str, do: Admit, style: str | None = None) -> Button:
        return Button(self.words.plain(key), buttons.admit(do), style=style)
