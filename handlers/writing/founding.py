"""The organizers' screens for making a consultation: what is asked at each step, the whole of it, and that it is made.

Not here: which screen comes when (`bot.core.conversation.founding`), what a consultation is (`bot.core.consultations`).
"""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.core import screens as show
from bot.core.consultations import BY_ID, CONSULTATIONS, NAME, PLACE, QUESTIONNAIRES, SHORT, Access
from bot.core.events import Found, Manage
from bot.core.founding import Founding, Plan, Step
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.intakes import LIVES
from handlers.writing.words import EXAMPLE_DAY, EXAMPLE_TIME, Words
from locales import zones

Screen = show.ShowPlan | show.ShowMade
Rows = list[list[Button | None]]
_ASKED = tuple(step for step in Step if step is not Step.REVIEW)
_MOST = {Step.NAME: NAME, Step.PLACE: PLACE}


@dataclass(frozen=True)
class Making:
    """Writes these screens for one reader."""

    words: Words
    draft_hours: int
    """How long drafts are kept where a consultation says nothing else."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        if isinstance(screen, show.ShowMade):
            return self.made(screen)
        founding = screen.founding
        if founding.drops:
            return self._page(
                [self.words.say("founding.drop_ask")],
                [Button(self.words.plain("founding.b.drop_sure"), buttons.found(Found.DROP, "yes"), style="danger")],
                [self._b("manage.b.back", Found.BACK)],
            )
        if founding.step is Step.REVIEW:
            return self.review(screen)
        body, rows = _STEPS[founding.step](self, screen)
        at = _ASKED.index(founding.step) + 1
        what = self.words.plain(f"founding.of.{founding.step.value}")
        head = self.words.say("founding.step", at=at, of=len(_ASKED), what=what)
        inside = founding.language is not None or founding.more
        return self._page(
            [head, *self._trouble(screen), *body],
            *rows,
            *self._matches(screen.matches),
            *([[self._b("manage.b.back", Found.BACK)]] if inside else self._ways(founding, first=at == 1)),
        )

    def _ways(self, founding: Founding, *, first: bool) -> Rows:
        """On and back; out of it, with what was said kept, or not. From a change there is one way, to the whole."""
        if founding.reviewed:
            return [[self._b("outbox.b.preview", Found.NEXT)]]
        back = None if first else self._b("manage.b.back", Found.BACK)
        return [[back, self._b("founding.b.next", Found.NEXT)], *self._leaves()]

    def _leaves(self) -> Rows:
        later = Button(self.words.plain("manage.b.list"), buttons.manage(Manage.LIST, argument="all"))
        return [[self._b("founding.b.drop", Found.DROP)], [later]]

    def made(self, screen: show.ShowMade) -> Outgoing:
        """It is there, under its name, and closed."""
        words = self.words
        text = words.say("founding.made", consultation=self._seen(screen.name))
        return Outgoing(
            Where.SCREEN,
            Message(
                words.page([text]),
                words.rows(
                    [Button(words.plain("founding.b.page"), buttons.manage(Manage.OPEN, screen.consultation))],
                    [Button(words.plain("manage.b.list"), buttons.manage(Manage.LIST, argument="all"))],
                ),
            ),
        )

    # Texts in several languages

    def _texts(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        """A name or place: which language, or the text in one."""
        founding, words = screen.founding, self.words
        step, plan, most = founding.step, founding.plan, _MOST[founding.step]
        texts: Mapping[str, str] = plan.name if step is Step.NAME else plan.place
        if founding.language is not None:
            language, known = self._own(founding.language), texts.get(founding.language)
            if founding.more:
                short = plan.short.get(founding.language, "")
                return [words.say("founding.short", language=language, most=SHORT, short=short)], []
            said = [] if known is None else [words.quote(known)]
            takes_out = None if known is None else self._choose("founding.b.remove", f"-{founding.language}")
            return [*said, words.say(f"founding.in.{step.value}", language=language, most=most)], [[takes_out]]
        return (
            [words.say(f"founding.ask.{step.value}", most=most), *self._listed(texts)],
            self._pairs(
                (("✓ " if one.code in texts else "") + one.own_name, one.code) for one in words.catalogue.languages
            ),
        )

    def _listed(self, texts: Mapping[str, str]) -> list[str]:
        """The texts, and which of them readers of the other languages see."""
        words, said = self.words, []
        for one in words.catalogue.languages if texts else ():
            shown = next((code for code in words.catalogue.chain(one.code) if code in texts), next(iter(texts)))
            if shown == one.code:
                said.append(words.named(self._html(one.own_name), self._html(texts[shown])))
            else:
                said.append(words.say("outbox.fallback", language=one.own_name, other=self._own(shown)))
        return ["\n".join(said)] if said else []

    # Countries, zone, days

    def _country(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        plan = screen.founding.plan
        return [*self._now(plan.country and self._called(plan.country)), self.words.say("founding.ask.country")], []

    def _region(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        plan = screen.founding.plan
        present = self.words.listing(map(self._called, plan.countries))
        known = [(self.words.plain(f"consultation.{one.id}.short"), one.id) for one in CONSULTATIONS]
        alone = self._choose("founding.b.alone", "none")
        return [*self._now(present), self.words.say("founding.ask.region")], [*self._pairs(known), [alone]]

    def _zone(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        present = screen.founding.plan.zone
        offered = tuple(dict.fromkeys((*screen.zones, *([present] if present else []))))
        return [self.words.say("founding.ask.zone")], self._pairs(
            (("✓ " if zone == present else "") + self._city(zone), zone) for zone in offered
        )

    def _zones(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        plan = screen.founding.plan
        return [self.words.say("founding.ask.zones", zones=self._quiet(plan))], self._pairs(
            (("✓ " if zone in plan.zones else "") + self._city(zone), zone) for zone in screen.zones
        )

    def _quiet(self, plan: Plan) -> str:
        """All zones in which nobody is reminded at night."""
        return self.words.listing(self._city(zone) for zone in (plan.zone or zones.UTC, *plan.zones))

    def _days(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        example, founding = EXAMPLE_DAY, screen.founding
        said = self._now(self._dates(founding.plan))
        if founding.more:
            return [*said, self.words.say("founding.in.days", example=example)], []
        longer = self._choose("founding.b.longer", "last") if founding.plan.first_day is not None else None
        return [*said, self.words.say("founding.ask.days", example=example)], [[longer]]

    # The intake

    def _opens(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        return self._time(screen, screen.founding.plan.opens, "opens")

    def _until(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        return self._time(screen, screen.founding.plan.until, "until")

    def _time(self, screen: show.ShowPlan, present: float | None, step: str) -> tuple[list[str], Rows]:
        plan, words = screen.founding.plan, self.words
        zone = words.zone(plan.zone or zones.UTC)
        ask = words.say(f"founding.ask.{step}", zone=zone, example=EXAMPLE_TIME)
        said = None if present is None else words.moment(present, plan.zone or zones.UTC)
        return [*self._now(said), ask], [[self._choose(f"founding.b.no_{step}", "none")]]

    def _access(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        rows: Rows = [
            [self._choose(f"manage.b.access.{one.value}", one.value, chosen=one is screen.founding.plan.access)]
            for one in Access
        ]
        return [self.words.say("founding.ask.access")], rows

    def _sensitive(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        chosen = screen.founding.plan.sensitive
        return [self.words.say("founding.ask.sensitive")], [
            [self._choose("founding.b.sensitive", "yes", chosen=chosen)],
            [self._choose("founding.b.not_sensitive", "no", chosen=not chosen)],
        ]

    def _drafts(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        chosen, words = screen.founding.plan.draft_hours, self.words
        usual = words.plain("founding.b.usual", time=words.span(60 * self.draft_hours))
        made = [(("✓ " if one == chosen else "") + words.span(60 * one), str(one)) for one in LIVES]
        return [words.say("manage.drafts.ask", most=LIVES[-1])], [
            [Button(("✓ " if chosen is None else "") + usual, buttons.found(Found.CHOOSE, "none"))],
            *self._pairs(made),
        ]

    # What is offered

    def _languages(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        known = self.words.catalogue.languages
        chosen = screen.founding.plan.languages or tuple(one.code for one in known)
        return [self.words.say("founding.ask.languages")], self._pairs(
            (("✓ " if one.code in chosen else "") + one.own_name, one.code) for one in known
        )

    def _forms(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        chosen = screen.founding.plan.questionnaires
        return [self.words.say("founding.ask.forms")], self._pairs(
            (("✓ " if one in chosen else "") + self.words.plain(f"manage.form.{one}"), one) for one in QUESTIONNAIRES
        )

    def _points(self, screen: show.ShowPlan) -> tuple[list[str], Rows]:
        chosen, words = screen.founding.plan.points_from, self.words
        known = [
            (("✓ " if one.id == chosen else "") + words.plain(f"consultation.{one.id}.short"), one.id)
            for one in CONSULTATIONS
        ]
        return [words.say("founding.ask.points")], [
            [self._choose("founding.b.no_points", "none", chosen=chosen is None)],
            *self._pairs(known),
        ]

    # The whole

    def review(self, screen: show.ShowPlan) -> Outgoing:
        """Everything that was said, each with a way to change it."""
        words, plan = self.words, screen.founding.plan
        lines = [
            words.named(words.say(f"founding.of.{step.value}"), self._html(self._said(plan, step)))
            for step in _ASKED
            if step not in (Step.NAME, Step.PLACE)
        ]
        changes = self._pairs(
            ((words.plain(f"founding.of.{step.value}"), step.value) for step in _ASKED), do=Found.STEP
        )
        return self._page(
            [
                words.say("founding.review"),
                *self._trouble(screen),
                *self._listed(plan.name),
                *self._listed(plan.place),
                "\n".join(lines),
                words.say("founding.id", id=screen.id),
                words.say("founding.closed") + " " + words.say("manage.logged"),
            ],
            [Button(words.plain("founding.b.save"), buttons.found(Found.SAVE, screen.mark), style="success")],
            *changes,
            *self._leaves(),
        )

    def _said(self, plan: Plan, step: Step) -> str:
        """What was said at a step, in words."""
        words, zone = self.words, plan.zone or zones.UTC
        match step:
            case Step.COUNTRY:
                return self._called(plan.country or "")
            case Step.REGION:
                return words.listing(map(self._called, plan.countries))
            case Step.ZONE:
                return words.zone(zone)
            case Step.ZONES:
                return self._quiet(plan)
            case Step.DAYS:
                return self._dates(plan) or ""
            case Step.OPENS | Step.UNTIL:
                when = plan.opens if step is Step.OPENS else plan.until
                return words.plain(f"founding.b.no_{step.value}") if when is None else words.moment(when, zone)
            case Step.ACCESS:
                return words.plain(f"manage.b.access.{plan.access.value}")
            case Step.SENSITIVE:
                return words.plain("founding.b.sensitive" if plan.sensitive else "founding.b.not_sensitive")
            case Step.DRAFTS:
                return words.span(60 * (plan.draft_hours or self.draft_hours))
            case Step.LANGUAGES:
                every = words.catalogue.languages
                chosen = plan.languages or [one.code for one in every]
                return words.listing(one.own_name for one in every if one.code in chosen)
            case Step.FORMS:
                return words.listing(words.plain(f"manage.form.{one}") for one in plan.questionnaires)
        if plan.points_from not in BY_ID:
            return words.plain("founding.b.no_points")
        return words.plain(f"consultation.{plan.points_from}.name")

    # Parts

    def _trouble(self, screen: show.ShowPlan) -> list[str]:
        if screen.trouble is None:
            return []
        said = {"text": screen.about} if screen.about else {}
        return [self.words.bold(self.words.plain(screen.trouble, **said))]

    def _now(self, said: str | None) -> list[str]:
        """What was said before."""
        return [self.words.quote(said)] if said else []

    def _matches(self, codes: tuple[str, ...]) -> Rows:
        return self._pairs((self._called(code), code) for code in codes)

    def _dates(self, plan: Plan) -> str | None:
        if plan.first_day is None:
            return None
        return self.words.catalogue.days(self.words.language, plan.first_day, plan.last_day or plan.first_day)

    def _called(self, country: str) -> str:
        return self.words.catalogue.territories(self.words.language).get(country, country)

    def _own(self, code: str) -> str:
        """What a language calls itself."""
        return next((one.own_name for one in self.words.catalogue.languages if one.code == code), code)

    def _seen(self, texts: Mapping[str, str]) -> str:
        """A text in this reader's language, or the nearest."""
        chain = self.words.catalogue.chain(self.words.language)
        return next((texts[code] for code in chain if code in texts), next(iter(texts.values())))

    def _city(self, zone: str) -> str:
        return zones.city(zone, self.words.catalogue.cldr(self.words.language))

    def _html(self, text: str) -> str:
        return html.escape(text, quote=False)

    def _b(self, key: str, do: Found, argument: str = "") -> Button:
        return Button(self.words.plain(key), buttons.found(do, argument))

    def _choose(self, key: str, value: str, *, chosen: bool = False) -> Button:
        return Button(("✓ " if chosen else "") + self.words.plain(key), buttons.found(Found.CHOOSE, value))

    def _pairs(self, labelled: Iterable[tuple[str, str]], do: Found = Found.CHOOSE) -> Rows:
        made = [Button(label, buttons.found(do, value)) for label, value in labelled]
        return [list(row) for row in self.words.pairs(made)]

    def _page(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        title = self.words.bold(self.words.plain("founding.title"))
        return Outgoing(Where.SCREEN, Message(self.words.page([title, *paragraphs]), self.words.rows(*rows)))


_STEPS: dict[Step, Callable[[Making, show.ShowPlan], tuple[list[str], Rows]]] = {
    Step.NAME: Making._texts,
    Step.PLACE: Making._texts,
    Step.COUNTRY: Making._country,
    Step.REGION: Making._region,
    Step.ZONE: Making._zone,
    Step.ZONES: Making._zones,
    Step.DAYS: Making._days,
    Step.OPENS: Making._opens,
    Step.UNTIL: Making._until,
    Step.ACCESS: Making._access,
    Step.SENSITIVE: Making._sensitive,
    Step.DRAFTS: Making._drafts,
    Step.LANGUAGES: Making._languages,
    Step.FORMS: Making._forms,
    Step.POINTS: Making._points,
}
