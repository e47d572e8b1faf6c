"""Screens of roles and of the emergency stop, and what people are told while a consultation stands still.

Whoever has a role is a tag here, never a name. Not here: which screen comes when (`bot.core.conversation.people`,
`bot.core.conversation.freezing`).
"""

import html
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.events import Appoint, Halt
from bot.core.outbox import Actor
from bot.core.people import Grant
from bot.core.rights import STAFF
from bot.core.staff import Held, Wish, about
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words

Screen = (
    show.ShowStaff
    | show.ShowPeople
    | show.ShowDone
    | show.AskLayDown
    | show.ShowFreezes
    | show.AskFreeze
    | show.ShowFrozen
)
Rows = list[list[Button | None]]
TAG = 8
"""Hex digits of a tag that are shown: enough to tell a few people apart, few enough to say by voice."""


@dataclass(frozen=True)
class Staff:
    """Writes these screens for one reader."""

    words: Words
    zone: str
    """In which this reader's times are shown."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ShowStaff():
                return self.listed(screen)
            case show.ShowPeople():
                return self.people(screen)
            case show.ShowDone():
                return self.done(screen)
            case show.AskLayDown():
                return self.lay_down(screen.grant)
            case show.ShowFreezes():
                return self.freezes(screen)
            case show.AskFreeze():
                return self.freeze(screen.consultation)
            case show.ShowFrozen():
                return self.frozen(screen)

    # Roles

    def listed(self, screen: show.ShowStaff) -> Outgoing:
        """One's own roles, and where one can grant others."""
        each: Rows = [[self._appoint(self._short(one), Appoint.LIST, about(one))] for one in screen.scopes]
        return self._screen(
            [*self._me(screen.me), self._own(screen.own)], *each, *self._lay_down(screen.own), self._home()
        )

    def people(self, screen: show.ShowPeople) -> Outgoing:
        """The roles in one consultation."""
        words, where = self.words, about(screen.consultation)
        lines = [self._held(one, own=one.actor == screen.me) for one in screen.held]
        waiting = [self._waiting(one) for one in screen.waiting]
        proposed: Rows = [self._answers(one, where) for one in screen.waiting]
        grants: Rows = [
            [self._appoint(words.plain(f"people.b.grant.{role.value}"), Appoint.GRANT, where, role.value)]
            for role in sorted(STAFF)
        ]
        ends: Rows = [
            [self._appoint(words.plain("people.b.end", tag=_tag(one.actor)), Appoint.END, where, _named(one))]
            for one in screen.held
            if one.actor != screen.me
        ]
        back: Rows = [] if screen.lone else [[self._appoint(words.plain("people.b.list"), Appoint.LIST)]]
        own = tuple(grant for grant in screen.own if grant.consultation == screen.consultation)
        return self._screen(
            [*self._me(screen.me), words.bold(self._name(screen.consultation)), "\n".join(lines), *waiting],
            *proposed, *grants, *ends, *self._lay_down(own), *back, self._home(),
        )  # fmt: skip

    def done(self, screen: show.ShowDone) -> Outgoing:
        """What was done, and the way on."""
        words = self.words
        on_ = (
            Button(words.plain("manage.freeze"), buttons.halt(Halt.LIST))
            if screen.freeze
            else self._appoint(words.plain("manage.people"), Appoint.LIST, about(screen.consultation))
        )
        return self._screen([words.say(screen.key)], [on_], self._home())

    def link(self, shown: show.ShowRoleLink, address: str) -> Outgoing:
        """A message of its own, so that nothing takes its place before the link was copied."""
        words = self.words
        said = words.say(
            "people.link",
            role=words.plain(f"people.role.{shown.role.value}"),
            consultation=self._name(shown.consultation),
            time=words.moment(shown.expires, self.zone),
        )
        copy = Button(words.plain("people.b.copy"), copy=address)
        return Outgoing(
            Where.NEW,
            Message(words.page([said, f"<code>{html.escape(address)}</code>"]), words.rows([copy], self._home())),
        )

    def lay_down(self, grant: Grant) -> Outgoing:
        """Whether to give one's own role back."""
        words, where = self.words, about(grant.consultation)
        said = words.say(
            "people.lay.ask",
            role=words.plain(f"people.role.{grant.role.value}"), consultation=self._name(grant.consultation),
        )  # fmt: skip
        sure = buttons.appoint(Appoint.LAID, where, grant.role.value)
        return self._screen(
            [said],
            [Button(words.plain("people.b.lay_sure"), sure, style="danger")],
            [self._appoint(words.plain("ask.b.back"), Appoint.LIST)],
        )

    # The emergency stop

    def freezes(self, screen: show.ShowFreezes) -> Outgoing:
        """Everything that an organizer can stop, and what stands still."""
        words, lines, rows = self.words, [], Rows()
        for stand in screen.stands:
            name, where = self._name(stand.consultation), about(stand.consultation)
            if stand.since is None:
                lines.append(words.say("freeze.state.runs", consultation=name))
                label = f"⏹ {self._short(stand.consultation)}"
                rows.append([Button(label, buttons.halt(Halt.FREEZE, where), style="danger")])
                continue
            since = words.moment(stand.since, self.zone)
            lines.append(words.bold(words.plain("freeze.state.frozen", consultation=name, time=since)))
            for one in stand.waiting:
                key = "freeze.wait.own" if one.own else "freeze.wait"
                lines.append(words.say(key, consultation=name))
                agree = None if one.own else self._halt("freeze.b.agree", Halt.AGREE, where, one.proposal.id)
                drop = "people.b.back" if one.own else "people.b.refuse"
                rows.append([agree, self._halt(drop, Halt.DROP, where, one.proposal.id)])
            if not any(one.own for one in stand.waiting):
                label = f"▶ {self._short(stand.consultation)}"
                rows.append([Button(label, buttons.halt(Halt.THAW, where))])
        title = words.bold(words.plain("freeze.title"))
        return self._screen([title, words.say("freeze.explain"), "\n".join(lines)], *rows, self._home())

    def freeze(self, consultation: str | None) -> Outgoing:
        """Whether to stop it, with what that means."""
        words = self.words
        sure = buttons.halt(Halt.FROZEN, about(consultation))
        return self._screen(
            [words.say("freeze.ask", consultation=self._name(consultation)), words.say("freeze.explain")],
            [Button(words.plain("freeze.b.sure"), sure, style="danger")],
            [Button(words.plain("ask.b.back"), buttons.halt(Halt.LIST))],
        )

    def frozen(self, screen: show.ShowFrozen) -> Outgoing:
        """For whoever takes part: nothing is taken now, and what becomes of what was kept."""
        words = self.words
        said = [words.say("frozen.told", consultation=words.plain(f"consultation.{screen.consultation}.name"))]
        if screen.draft:
            said.append(words.say("frozen.draft"))
        return self._screen([*said, words.say("frozen.can")])

    # Parts

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _appoint(self, label: str, do: Appoint, consultation: str = "", argument: str = "") -> Button:
        return Button(label, buttons.appoint(do, consultation, argument))

    def _halt(self, key: str, do: Halt, consultation: str, proposal: str) -> Button:
        return Button(self.words.plain(key), buttons.halt(do, consultation, proposal))

    def _home(self) -> list[Button | None]:
        return [Button(self.words.plain("receipt.home"), buttons.opens(on.Page.HOME))]

    def _name(self, consultation: str | None) -> str:
        key = "people.all" if consultation is None else f"consultation.{consultation}.name"
        return self.words.plain(key)

    def _short(self, consultation: str | None) -> str:
        key = "people.all" if consultation is None else f"consultation.{consultation}.short"
        return self.words.plain(key)

    def _me(self, me: Actor) -> list[str]:
        words = self.words
        return [words.bold(words.plain("people.title")), words.say("people.explain", tag=_tag(me))]

    def _own(self, own: tuple[Grant, ...]) -> str:
        words = self.words
        return "\n".join(
            f"• {words.say('people.own', role=self._role(grant), consultation=self._name(grant.consultation))}"
            for grant in own
        )

    def _role(self, grant: Grant) -> str:
        return self.words.plain(f"people.role.{grant.role.value}")

    def _held(self, held: Held, *, own: bool) -> str:
        words = self.words
        day = words.catalogue.day(words.language, held.since)
        line = words.say("people.held", role=self._role(held.grant), tag=_tag(held.actor), day=day)
        return f"• {line}" + (f" ({words.say('people.you')})" if own else "")

    def _waiting(self, one: show.Waiting) -> str:
        words, found = self.words, one.proposal
        role = "" if found.role is None else words.plain(f"people.role.{found.role.value}")
        if found.wish is Wish.END:
            return words.say("people.wait.end", role=role, tag=_tag(found.whom or Actor("")))
        return words.say("people.wait.agreed" if found.agreed is not None else "people.wait.grant", role=role)

    def _answers(self, one: show.Waiting, where: str) -> list[Button | None]:
        words, found = self.words, one.proposal
        drop = self._appoint(
            words.plain("people.b.back" if one.own else "people.b.refuse"), Appoint.DROP, where, found.id
        )
        if found.agreed is not None:
            return [
                self._appoint(words.plain("people.b.link"), Appoint.LINK, where, found.id) if one.own else None,
                drop,
            ]
        return [None if one.own else self._appoint(words.plain("people.b.agree"), Appoint.AGREE, where, found.id), drop]

    def _lay_down(self, own: tuple[Grant, ...]) -> Rows:
        words = self.words
        rows: Rows = []
        for grant in own:
            label = words.plain("people.b.lay", role=self._role(grant))
            rows.append([self._appoint(label, Appoint.LAY, about(grant.consultation), grant.role.value)])
        return rows


def _tag(actor: Actor) -> str:
    """As it is said by voice."""
    shown = actor[:TAG]
    return f"{shown[:4]}-{shown[4:]}"


def _named(held: Held) -> str:
    return f"{held.grant.role.value}.{held.actor}"
