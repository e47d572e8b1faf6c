"""The organizers' screens for broadcasts, and /news. Every number of people is rounded before it is written.

Not here: what arrives in the chats (`notices`), which screen comes when (`bot.core.conversation.broadcasts`).
"""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.core import screens as show
from bot.core.events import Compose, Page
from bot.core.outbox import SMALLEST, Act, Broadcast, Form, Phase, Quiet, State, Text, rounded, text_for
from bot.core.people import Role
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.notices import leads_to, notice
from handlers.writing.words import EXAMPLE_TIME, LRI, PDI, Words
from locales.languages import Language

BAR = 10
"""Cells of a progress bar."""
NO_QUIET = Quiet(0, 0)
LISTED = 20
OFFERED = 6
"""Other broadcasts that may be excluded."""
Rows = list[list[Button | None]]


@dataclass(frozen=True)
class Broadcasts:
    """Writes these screens for one reader."""

    words: Words
    now: float
    left: Callable[[Broadcast], float | None] = field(default=lambda _: None)
    """Seconds that a broadcast will still take."""

    # What arrives

    def notices(self, screen: show.ShowNotices) -> list[Outgoing]:
        """The messages themselves, each after a line that says for whom; for a test only the message."""
        if screen.language is not None:
            text = notice(self.words.catalogue, screen.broadcast, screen.language)
            return [_as_it_is(text, self._leads_to(screen.broadcast, screen.language))]
        readers: dict[Text, list[str]] = {}
        for language in self.words.spoken(screen.languages, screen.broadcast.texts):
            readers.setdefault(notice(self.words.catalogue, screen.broadcast, language.code), []).append(language.code)
        shown = []
        for text, codes in readers.items():
            if text.text:
                line = self.words.say("outbox.preview.of", languages=self._names(codes))
                way = self._leads_to(screen.broadcast, codes[0])
                shown += [Outgoing(Where.NEW, Message(self.words.page([line]))), _as_it_is(text, way)]
        if screen.broadcast.form is Form.NEUTRAL:
            # What is read on request is approved as well.
            for code, text in screen.broadcast.texts.items():
                line = self.words.say("outbox.preview.news", languages=self._names([code]))
                shown += [Outgoing(Where.NEW, Message(self.words.page([line]))), _as_it_is(text)]
        return shown

    def _leads_to(self, broadcast: Broadcast, language: str) -> Button | None:
        """The button below it, where it tells of a briefing and is no bare notice."""
        return leads_to(self.words.catalogue, broadcast, language) if broadcast.form is Form.FULL else None

    def news(self, screen: show.ShowNews) -> list[Outgoing]:
        """One piece of news, and the way to the others."""
        words = self.words
        if screen.broadcast is None:
            back = Button(words.plain("help.back"), buttons.opens(Page.PRESENT))
            return [_screen(words, [_title(words, "outbox.news.title"), words.say("outbox.news.none")], [back])]
        found = text_for(screen.broadcast, words.catalogue.chain(words.language))
        newer = Button(words.plain("outbox.news.newer"), buttons.read_news(screen.at - 1)) if screen.at else None
        more = screen.at + 1 < screen.of
        older = Button(words.plain("outbox.news.older"), buttons.read_news(screen.at + 1)) if more else None
        home = Button(words.plain("receipt.home"), buttons.opens(Page.HOME))
        text = found[1] if found is not None else Text("")
        way = leads_to(words.catalogue, screen.broadcast, words.language)
        name = words.plain(f"consultation.{screen.broadcast.consultation}.name")
        head = words.page([words.bold(words.plain("outbox.news.title")) + f"\n{html.escape(name, quote=False)}"])
        return [
            Outgoing(Where.NEW, Message(head)),
            Outgoing(
                Where.NEW,
                Message(html.escape(text.text, quote=False), words.rows([way], [newer, older], [home]), plain=text),
            ),
        ]

    # The list

    def listed(self, screen: show.ShowBroadcasts) -> Outgoing:
        """All broadcasts of what this person organizes, and the way to new ones."""
        words = self.words
        rows: Rows = [
            [Button(self._name(one), buttons.compose(Compose.OPEN, one.id))] for one in screen.broadcasts[:LISTED]
        ]
        rows += [
            [
                Button(
                    f"+ {words.plain(f'consultation.{one}.short')}",
                    buttons.compose(Compose.NEW, "", one),
                    style="primary",
                )
            ]
            for one in screen.consultations
        ]
        explain = "outbox.list.explain" if screen.broadcasts else "outbox.list.none"
        return _screen(
            words,
            [_title(words, "outbox.list.title"), words.say(explain), words.say("outbox.list.new")],
            *rows,
            [Button(words.plain("receipt.home"), buttons.opens(Page.HOME))],
        )

    def _name(self, one: Broadcast) -> str:
        """A broadcast on a button: its state and number."""
        return self.words.dotted(self.words.plain(f"outbox.phase.{one.phase.value}"), one.id[:4])

    # One broadcast

    def write(self, screen: show.ShowBroadcast) -> Outgoing:
        """One screen of a broadcast."""
        body, rows = _SCREENS[screen.screen if screen.screen in _SCREENS else "report"](self, screen)
        words, one = self.words, screen.broadcast
        name = html.escape(words.plain(f"consultation.{one.consultation}.name"), quote=False)
        title = f"{words.bold(words.plain('outbox.title'))} {LRI}<code>{one.id[:4]}</code>{PDI}\n{name}"
        return _screen(words, [title, *body], *rows)

    def _draft(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        other = "outbox.b.full" if one.form is Form.NEUTRAL else "outbox.b.neutral"
        follows = one.act is not Act.SEND
        return self.summary(screen), [
            [self._b(one, "texts", Compose.TEXTS)],
            [None if follows else self._b(one, "audience", Compose.AUDIENCE), self._b(one, "when", Compose.WHEN)],
            [None if follows else Button(self.words.plain(other), buttons.compose(Compose.FORM, one.id))],
            [self._b(one, "preview", Compose.PREVIEW, style="primary")],
            [self._b(one, "cancel", Compose.CANCEL), self._list()],
        ]

    def _texts(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        rows: Rows = [
            [Button(("✓ " if one.texts.get(language.code) else "") + language.own_name,
                    buttons.compose(Compose.WRITE, one.id, language.code))]
            for language in self._spoken(screen)
        ]  # fmt: skip
        return [self.words.say("outbox.texts.explain"), *self._fallbacks(screen)], [*rows, [self._back(one)]]

    def _spoken(self, screen: show.ShowBroadcast) -> list[Language]:
        one = screen.broadcast
        return self.words.spoken(screen.languages, (*one.texts, *one.languages))

    def _write(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one, language = screen.broadcast, screen.language or ""
        drop = self._b(one, "drop", Compose.DROP, language) if language in one.texts else None
        ask = self.words.say("outbox.write.ask", language=self._names([language]))
        return [ask], [[drop], [self._b(one, "back", Compose.TEXTS)]]

    def _audience(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one, words = screen.broadcast, self.words
        languages = words.pairs(
            Button(("✓ " if language.code in one.languages else "") + language.own_name,
                   buttons.compose(Compose.LANGUAGE, one.id, language.code))
            for language in self._spoken(screen)
        )  # fmt: skip
        excluded: Rows = [
            [Button(("✕ " if other.id in one.excludes else "") + self._name(other),
                    buttons.compose(Compose.EXCLUDE, one.id, other.id))]
            for other in [found for found in screen.others if found.act is Act.SEND and found.planned][:OFFERED]
            if other.id != one.id
        ]  # fmt: skip
        role = Button(words.plain(_role_key(one.role)), buttons.compose(Compose.ROLE, one.id))
        body = [words.say("outbox.audience.explain"), *self._recipients(screen)]
        if excluded:
            body.append(words.say("outbox.exclude.explain"))
        rows: Rows = [list(pair) for pair in languages]
        rows += [[role], *excluded, [self._back(one)]]
        return body, rows

    def _when(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        quiet = "quiet_on" if one.quiet == NO_QUIET else "quiet_off"
        return [self._time(one), self._quiet(one)], [
            [self._b(one, "now", Compose.NOW)],
            [self._b(one, "at", Compose.AT)],
            [self._b(one, "zone", Compose.ZONE)],
            [self._b(one, quiet, Compose.QUIET)],
            [self._back(one)],
        ]

    def _at(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        ask = self.words.say("outbox.at.ask", zone=self.words.zone(one.zone), example=EXAMPLE_TIME)
        return [ask], [[self._b(one, "back", Compose.WHEN)]]

    def _zone_asked(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        return [self.words.say("outbox.zone.ask")], [[self._b(screen.broadcast, "back", Compose.WHEN)]]

    def _preview(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        propose = self._b(one, "propose", Compose.PROPOSE, one.digest, style="success")
        return [self.words.say("outbox.preview.above"), *self.summary(screen)], [
            # Without any text there is nothing to ask for yet.
            [propose if one.texts else None],
            [self._b(one, "test", Compose.TEST) if one.texts else None],
            [self._back(one)],
        ]

    def _approval(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        approve = None if screen.own else self._b(one, "approve", Compose.APPROVE, one.digest, style="success")
        ask = self.words.say("outbox.approve.wait" if screen.own else "outbox.approve.ask")
        return [self.words.say("outbox.preview.above"), *self.summary(screen), ask], [
            [approve],
            [self._b(one, "test", Compose.TEST)],
            [self._b(one, "send_back", Compose.SEND_BACK), self._b(one, "cancel", Compose.CANCEL)],
            [self._list()],
        ]

    def _report(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one, words = screen.broadcast, self.words
        phase = words.bold(words.plain(f"outbox.phase.{one.phase.value}"))
        body = [phase if one.act is Act.SEND else f"{phase} · {words.say(f'outbox.act.{one.act.value}')}"]
        if one.phase is Phase.APPROVED and one.begins is not None:
            body.append(words.say("outbox.begins", time=words.moment(one.begins, one.zone)))
        if one.phase is Phase.SENDING:
            body.append(self._quiet(one))  # else nobody knows why it does not move at night
        if one.phase in (Phase.PAUSED, Phase.CANCELLED) and one.act is Act.SEND and one.planned is not None:
            body.append(words.say("outbox.no_news"))
        if one.planned is not None and one.changeable:
            body.append(words.say("outbox.report.planned", number=self._few(one.planned)))
        elif one.planned is not None:
            body += self._progress(one, screen.counts)
        refresh = self._b(one, "refresh", Compose.OPEN)
        return body, [*self._doings(one, screen.counts), [refresh, self._list()]]

    def _recall(self, screen: show.ShowBroadcast) -> tuple[list[str], Rows]:
        one = screen.broadcast
        sure = self._b(one, "recall_sure", Compose.RECALL, "yes", style="danger")
        return [self.words.say("outbox.recall.ask")], [[sure], [self._b(one, "back", Compose.OPEN)]]

    # Parts

    def summary(self, screen: show.ShowBroadcast) -> list[str]:
        """Everything besides the texts that approval is about; the same for whoever wrote and whoever approves."""
        one, words = screen.broadcast, self.words
        follow = [] if one.act is Act.SEND else [words.bold(words.plain(f"outbox.act.{one.act.value}"))]
        return [
            *follow,
            words.say(f"outbox.form.{one.form.value}"),
            *self._fallbacks(screen),
            *self._recipients(screen),
            self._time(one),
            self._quiet(one),
            words.say("outbox.version") + f" {LRI}<code>{one.digest}</code>{PDI}",
        ]

    def _fallbacks(self, screen: show.ShowBroadcast) -> list[str]:
        """Which text readers get whose language has none."""
        one = screen.broadcast
        if not one.texts:
            return [self.words.say("outbox.texts.none")]
        lines = [self.words.say("outbox.texts.are", languages=self._names(one.texts))]
        for language in self._spoken(screen):
            chain = self.words.catalogue.chain(language.code)
            found = text_for(one, chain)
            if language.code not in one.texts and found is not None:
                lines.append(
                    self.words.say("outbox.fallback", language=language.own_name, other=self._names([found[0]]))
                )
        return ["\n".join(lines)]

    def _recipients(self, screen: show.ShowBroadcast) -> list[str]:
        one, words = screen.broadcast, self.words
        if one.act is not Act.SEND:
            lines = [words.say(f"outbox.to.{one.act.value}")]
        elif one.languages:
            lines = [words.say("outbox.to.languages", languages=self._names(one.languages))]
        else:
            lines = [words.say("outbox.to.all")]
        if one.role is not None:
            lines.append(words.say(_role_key(one.role)))
        if one.excludes:
            names = words.listing(f"{LRI}{other[:4]}{PDI}" for other in one.excludes)
            lines.append(words.say("outbox.to.except", names=names))
        if screen.reach is not None:
            few = words.plain("outbox.few", most=SMALLEST)
            lines.append(words.say("outbox.reach", number=str(screen.reach) if screen.reach else few))
        return ["\n".join(lines)]

    def _time(self, one: Broadcast) -> str:
        if one.at is None:
            return self.words.say("outbox.time.now")
        return self.words.say("outbox.time.at", time=self.words.moment(one.at, one.zone))

    def _quiet(self, one: Broadcast) -> str:
        if one.quiet == NO_QUIET:
            return self.words.say("outbox.quiet.none")
        places = [self.words.zone(one.zone)]
        places += [f"{self._names([code])}: {self.words.zone(zone)}" for code, zone in sorted(one.zones.items())]
        begins, ends = f"{one.quiet.begins:02}:00", f"{one.quiet.ends:02}:00"
        return self.words.say(
            "outbox.quiet", begins=begins, ends=ends, places=self.words.listing(places, "words.semicolon")
        )

    def _progress(self, one: Broadcast, counts: Mapping[tuple[State, str], int]) -> list[str]:
        """A bar, what became of the recipients, and how long it takes."""
        words = self.words
        by_state = {state: sum(count for (found, _), count in counts.items() if found is state) for state in State}
        planned = max(one.planned or 0, sum(by_state.values()))
        waits = by_state[State.WAITING] + by_state[State.TRYING]
        share = 1.0 if not planned else (planned - waits) / planned
        percent = int(share * 20) * 5
        full = percent * BAR // 100
        lines = [f"{LRI}{'▓' * full}{'░' * (BAR - full)} {percent} %{PDI}"]
        left = self.left(one) if one.phase is Phase.SENDING else None
        if left is not None and waits:
            lines.append(words.say("outbox.left", minutes=max(1, round(left / 60))))
        numbers = [words.say("outbox.report.planned", number=self._few(planned))]
        for state in State:
            shown = by_state[state] if state is not State.WAITING else waits
            if shown and state is not State.TRYING:
                numbers.append(words.say(f"outbox.state.{state.value}", number=self._few(shown)))
        return ["\n".join(lines), "\n".join(numbers), words.say("outbox.report.note", most=SMALLEST)]

    def _few(self, count: int) -> str:
        shown = rounded(count)
        return self.words.plain("outbox.few", most=SMALLEST) if shown is None else str(shown)

    def _doings(self, one: Broadcast, counts: Mapping[tuple[State, str], int]) -> Rows:
        """What can be done with one that was approved."""
        states = {state for state, _ in counts}
        sent = one.phase in (Phase.SENDING, Phase.PAUSED, Phase.DONE, Phase.CANCELLED) and State.ACCEPTED in states
        ended = one.phase in (Phase.DONE, Phase.CANCELLED) and one.act is Act.SEND
        going = one.phase in (Phase.APPROVED, Phase.SENDING)
        return [
            [self._b(one, "pause", Compose.PAUSE) if going else None,
             self._b(one, "resume", Compose.RESUME) if one.phase is Phase.PAUSED else None,
             None if one.over else self._b(one, "cancel", Compose.CANCEL)],
            [self._b(one, "retry", Compose.RETRY) if one.phase is Phase.DONE and State.FAILED in states else None],
            [self._b(one, "resend", Compose.RESEND) if ended and State.UNKNOWN in states else None],
            [self._b(one, "correct", Compose.CORRECT) if ended and sent else None],
            [self._b(one, "recall", Compose.RECALL) if sent else None],
        ]  # fmt: skip

    def _b(self, one: Broadcast, name: str, do: Compose, argument: str = "", style: str | None = None) -> Button:
        return Button(self.words.plain(f"outbox.b.{name}"), buttons.compose(do, one.id, argument), style=style)

    def _back(self, one: Broadcast) -> Button:
        return self._b(one, "back", Compose.OPEN)

    def _list(self) -> Button:
        return Button(self.words.plain("outbox.b.list"), buttons.compose(Compose.LIST))

    def _names(self, codes: Iterable[str]) -> str:
        own = {language.code: language.own_name for language in self.words.catalogue.declared}
        return self.words.listing(own.get(code, code) for code in codes)


_SCREENS: dict[str, Callable[[Broadcasts, show.ShowBroadcast], tuple[list[str], Rows]]] = {
    "draft": Broadcasts._draft,
    "texts": Broadcasts._texts,
    "write": Broadcasts._write,
    "audience": Broadcasts._audience,
    "when": Broadcasts._when,
    "at": Broadcasts._at,
    "zone": Broadcasts._zone_asked,
    "preview": Broadcasts._preview,
    "approval": Broadcasts._approval,
    "report": Broadcasts._report,
    "recall": Broadcasts._recall,
}


def _role_key(role: Role | None) -> str:
    return "outbox.role.all" if role is None else f"outbox.role.{role.value}"


def _as_it_is(text: Text, button: Button | None = None) -> Outgoing:
    rows = () if button is None else ((button,),)
    return Outgoing(Where.NEW, Message(html.escape(text.text, quote=False), rows, plain=text))


def _title(words: Words, key: str) -> str:
    return words.bold(words.plain(key))


def _screen(words: Words, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
    return Outgoing(Where.SCREEN, Message(words.page(paragraphs), words.rows(*rows)))
