"""The organizers' screens for invites, and the link of a new one: as text to copy, and as a page to print.

Messages with a link go from the chat in time, whatever the person keeps. Numbers of people who came are rounded as on
all screens of organizers. Not here: which screen comes when (`bot.core.conversation.inviting`), drawing
(`handlers.poster`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.conversation.inviting import MORE
from bot.core.events import Bring, Manage
from bot.core.invites import Kept
from bot.core.outbox import rounded
from bot.core.session import Inviting
from bot.core.traces import HOURS
from handlers import buttons, poster
from handlers.messages import Button, File, Message, Outgoing, Where
from handlers.writing.words import EXAMPLE_TIME, LRI, PDI, Words
from locales import bidi

Screen = show.ShowInvites | show.ShowNewInvite | show.ShowInvite
Rows = list[list[Button | None]]

USES = (1, 5, 10, 30, 100)
"""Numbers of people that have a button; any other is typed."""
FILE = "print.png"
"""It will lie on phones: the name says nothing."""


@dataclass(frozen=True)
class Invites:
    """Writes these screens for one reader."""

    words: Words
    link: Callable[[str], str] = lambda token: token
    """The address of a token."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ShowInvites(consultation=None):
                return self.choose(screen)
            case show.ShowInvites():
                return self.listed(screen, screen.consultation or "")
            case show.ShowNewInvite():
                return self.new(screen)
            case show.ShowInvite():
                return self.one(screen)

    # Parts

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, do: Bring, target: str = "", argument: str = "", style: str | None = None) -> Button:
        return Button(self.words.plain(key), buttons.bring(do, target, argument), style=style)

    def _title(self, consultation: str) -> str:
        words = self.words
        return f"{words.bold(words.plain('invites.title'))}\n{words.say(f'consultation.{consultation}.name')}"

    def _until(self, words: Words, consultation: str, expires: float | None) -> str:
        if expires is None:
            return words.plain("invites.no_end")
        return words.moment(expires, BY_ID[consultation].zone)

    def _used(self, kept: Kept) -> str:
        """How many came, as far as an organizer may know: who hands an invite to one person learns no more than that
        it is used up."""
        words = self.words
        if kept.cap is None:
            return words.plain("invites.used.unknown" if kept.left else "invites.used.all")
        used = kept.used or 0
        if used >= kept.cap:
            return words.plain("invites.used.all")
        if not used:
            return words.plain("invites.used.none")
        shown = rounded(used)
        return words.plain("invites.used.few") if shown is None else words.plain("invites.used.many", used=shown)

    def _about(self, kept: Kept) -> str:
        words, consultation = self.words, kept.invite.consultation or ""
        lines = [
            words.say("invites.people", uses=kept.cap) if kept.cap is not None else "",
            words.say("invites.used", used=self._used(kept)),
            words.say("invites.until", until=self._until(words, consultation, kept.expires)),
        ]
        return "\n".join(line for line in lines if line)

    def _name(self, kept: Kept) -> str:
        """The organizers' word for it, or its last resort: letters of its name."""
        return kept.label or self.words.plain("invites.unnamed", name=kept.id[:4])

    def _ends(self, do: Bring, target: str, closes: float | None) -> Rows:
        """Buttons for an end."""
        return [
            [self._button("invites.b.day", do, target, "d"), self._button("invites.b.week", do, target, "w")],
            [self._button("invites.b.closes", do, target, "c") if closes is not None else None],
            [self._button("invites.b.date", do, target, "o")],
        ]

    # Those that stand

    def choose(self, screen: show.ShowInvites) -> Outgoing:
        """Which consultation."""
        words = self.words
        rows: Rows = [
            [Button(words.plain(f"consultation.{one}.short"), buttons.bring(Bring.LIST, one))]
            for one in screen.consultations
        ]
        home: list[Button | None] = [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))]
        return self._screen([words.bold(words.plain("invites.title")), words.say("invites.choose")], *rows, home)

    def listed(self, screen: show.ShowInvites, consultation: str) -> Outgoing:
        """How far each was used, and until when it lasts; a button for each."""
        words = self.words
        lines = [f"{words.bold(self._name(one))}\n{self._about(one)}" for one in screen.invites]
        rows: Rows = [[Button(self._name(one), buttons.bring(Bring.OPEN, one.id))] for one in screen.invites]
        by_code = Button(words.plain("admission.b.by_code"), buttons.admit(on.Admit.ASK, consultation))
        return self._screen(
            [
                self._title(consultation),
                words.say("invites.explain" if lines else "invites.none"),
                "" if screen.closed else words.say("invites.everybody"),
                *lines,
            ],
            *rows,
            [self._button("invites.b.new", Bring.NEW, consultation, style="primary")],
            [by_code if screen.closed else None],
            [Button(words.plain("invites.b.manage"), buttons.manage(Manage.OPEN, consultation))],
        )

    def one(self, screen: show.ShowInvite) -> Outgoing:
        """One of them: more people, another end, revoke."""
        words, kept = self.words, screen.kept
        consultation = kept.invite.consultation or ""
        more: list[Button | None] = [
            Button(words.plain("invites.b.more", more=more), buttons.bring(Bring.MORE, kept.id, str(more)))
            for more in MORE
        ]
        back = self._button("invites.b.list", Bring.LIST, consultation)
        if screen.asks:
            return self._screen(
                [self._title(consultation), words.say(screen.trouble) if screen.trouble else "", self._ask_date()],
                [self._button("help.back", Bring.OPEN, kept.id)],
            )
        return self._screen(
            [
                self._title(consultation),
                words.bold(self._name(kept)),
                self._about(kept),
                words.say("invites.change"),
            ],
            more,
            *self._ends(Bring.LATER, kept.id, screen.closes),
            [self._button("invites.b.revoke", Bring.REVOKE, kept.id, style="danger")],
            [back],
        )

    def _ask_date(self) -> str:
        return self.words.say("invites.ask_date", example=EXAMPLE_TIME)

    # A new one

    def new(self, screen: show.ShowNewInvite) -> Outgoing:
        """What it will be, and how to change that."""
        words, desk = self.words, screen.desk
        trouble = words.say(screen.trouble) if screen.trouble else ""
        back: list[Button | None] = [self._button("invites.b.list", Bring.LIST, desk.consultation)]
        if desk.screen in ("label", "date"):
            asked = words.say("invites.ask_label") if desk.screen == "label" else self._ask_date()
            # As it was: with the number of people that it has.
            unchanged = self._button("manage.b.back", Bring.USES, "", str(desk.cap))
            return self._screen([self._title(desk.consultation), trouble, asked], [unchanged], back)
        choices = [
            Button(
                f"✓ {one.own_name}" if one.code == desk.language else one.own_name,
                buttons.bring(Bring.LANGUAGE, "", "" if one.code == desk.language else one.code),
            )
            for one in words.catalogue.languages
        ]
        languages: Rows = [list(row) for row in words.pairs(choices)]
        return self._screen(
            [
                self._title(desk.consultation),
                trouble,
                self._settings(words, desk, label=True),
                words.say("invites.new", example=EXAMPLE_TIME),
            ],
            [Button(str(uses), buttons.bring(Bring.USES, "", str(uses))) for uses in USES],
            *self._ends(Bring.UNTIL, "", screen.closes),
            *languages,
            [self._button("invites.b.label", Bring.LABEL)],
            [self._button("invites.b.make", Bring.MAKE, style="primary")],
            back,
        )

    def _settings(self, words: Words, desk: Inviting, *, label: bool) -> str:
        own = {one.code: one.own_name for one in words.catalogue.languages}
        language = own.get(desk.language or "") or words.plain("invites.any_language")
        lines = [
            words.say("invites.people", uses=desk.cap),
            words.say("invites.until", until=self._until(words, desk.consultation, desk.expires)),
            words.say("invites.language", language=language),
        ]
        if label and desk.label:
            lines.append(words.say("invites.label", label=desk.label))
        return "\n".join(lines)

    def made(self, screen: show.ShowLink) -> list[Outgoing]:
        """The link as text and, if wanted, as a page to print; below them the way on."""
        words, desk = self.words, screen.desk
        address = self.link(desk.token or "")
        text = Message(
            words.page(
                [
                    self._title(desk.consultation),
                    self._settings(words, desk, label=True),
                    f"{LRI}<code>{address}</code>{PDI}",
                ]
            ),
            words.rows([Button(words.plain("invites.b.copy"), copy=address)]),
        )
        shown = [Outgoing(Where.NEW, text, passing=True)]  # first, as the picture takes a moment
        if screen.picture:
            shown.append(Outgoing(Where.NEW, self._picture(desk, address), passing=True))
        ways = words.rows(
            [self._button("invites.b.picture", Bring.PICTURE)],
            [self._button("invites.b.list", Bring.LIST, desk.consultation)],
        )
        page = Message(words.page([words.say("invites.made"), words.say("invites.goes", hours=HOURS)]), ways)
        return [*shown, Outgoing(Where.SCREEN, page, below=True)]

    def _picture(self, desk: Inviting, address: str) -> Message:
        """In the language that the invite carries, with the organizer's own words under it."""
        words = self.words
        caption = words.page(
            [
                words.say("invites.picture", consultation=words.plain(f"consultation.{desk.consultation}.name")),
                self._settings(words, desk, label=True),
            ]
        )
        reader = Words(words.catalogue, desk.language or words.language)
        heading = reader.plain(f"consultation.{desk.consultation}.name")
        until = reader.plain("invites.until", until=self._until(reader, desk.consultation, desk.expires))
        lines = [reader.plain("invites.scan"), until]

        def draws() -> File | None:
            content = poster.drawn(address, bidi.visible(heading), [bidi.visible(line) for line in lines])
            return None if content is None else File(FILE, content, "image/png")

        return Message(caption, draws=draws)
