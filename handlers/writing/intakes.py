"""The organizers' screens for opening and closing a consultation, and the time zone in which anybody reads times.

Not here: which screen comes when (`bot.core.conversation.intakes`, `zoning`), the consultation's page (`managing`).
"""

from collections.abc import Callable

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import LONGEST_DRAFT, LONGEST_GRACE, Access, Changed, Intake
from bot.core.events import Manage
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.running import Rows, Running
from handlers.writing.words import EXAMPLE_TIME

Screen = show.AskIntake | show.ConfirmIntake | show.AskZone | show.DraftsEnd
DAYS = (7, 14, 28)
GRACES = (0, 6, 24, 72)
LIVES = (1, 6, 12, 24, 40)


class Intakes(Running):
    """Writes these screens for one reader."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ConfirmIntake():
                return self.confirm(screen)
            case show.AskZone():
                return self.zone(screen)
            case show.DraftsEnd():
                until = self.words.moment(screen.until, screen.zone)
                return Outgoing(Where.NEW, Message(self.words.page([self.words.say("drafts.until", time=until)])))
            case show.AskIntake():
                body, rows = _ASKED[screen.screen](self, screen)
                back = self._b(screen.consultation, "manage.b.back", Manage.OPEN)
                return self._screen([self._name(screen.consultation), *body], *rows, [back])

    # Asking

    def _until(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        """A number of days, or a day and time in words."""
        words, intake = self.words, self.intake(screen.consultation)
        takes = intake.takes(self.now) or intake.waits(self.now) is not None
        label = "manage.b.longer" if takes and intake.until is not None else "manage.b.in_days"
        rows: Rows = [
            [Button(words.plain(label, count=days), buttons.manage(Manage.UNTIL, screen.consultation, str(days)))]
            for days in DAYS
        ]
        ask = words.say("manage.until.ask", zone=words.zone(screen.zone), example=EXAMPLE_TIME)
        if not intake.open and intake.until is not None and intake.until > self.now:
            planned = Button(words.plain("manage.b.planned"), buttons.manage(Manage.PLAN, screen.consultation))
            return [*self._window(intake, screen.zone), ask], [[planned], *rows]
        if not takes or intake.until is None:
            return [ask], rows
        return [words.say("manage.until", time=words.moment(intake.until, screen.zone)), ask], rows

    def _window(self, intake: Intake, zone: str) -> list[str]:
        """From when until when it is planned."""
        words = self.words
        times = (("manage.from", intake.opens), ("manage.until", intake.until))
        return [words.say(key, time=words.moment(when, zone)) for key, when in times if when is not None]

    def _close(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        explain = self.words.say("manage.close.ask", most=LONGEST_GRACE)
        return [explain], self._hours(screen.consultation, Manage.CLOSE, GRACES)

    def _grace(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        explain = self.words.say("manage.grace.ask", most=LONGEST_GRACE)
        return [explain], self._hours(screen.consultation, Manage.GRACE, GRACES)

    def _drafts(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        explain = self.words.say("manage.drafts.ask", most=LONGEST_DRAFT)
        return [explain], self._hours(screen.consultation, Manage.DRAFTS, LIVES)

    def _hours(self, consultation: str, do: Manage, hours: tuple[int, ...]) -> Rows:
        made = [
            Button(
                self.words.span(60 * one) if one else self.words.plain("manage.b.no_grace"),
                buttons.manage(do, consultation, str(one)),
            )
            for one in hours
        ]
        return [list(row) for row in self.words.pairs(made)]

    def _access(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        present = self.intake(screen.consultation).access
        rows: Rows = [
            [Button(("✓ " if access is present else "") + self.words.plain(f"manage.b.access.{access.value}"),
                    buttons.manage(Manage.ACCESS, screen.consultation, access.value))]
            for access in Access
        ]  # fmt: skip
        return [self.words.say(f"manage.access.{present.value}"), self.words.say("manage.access.joined")], rows

    def _settings(self, screen: show.AskIntake) -> tuple[list[str], Rows]:
        intake, words, consultation = self.intake(screen.consultation), self.words, screen.consultation
        body = [
            words.say(f"manage.access.{intake.access.value}"),
            words.say("manage.drafts", time=words.span(60 * (intake.draft_hours or self.draft_hours))),
            words.say("manage.grace", time=words.span(60 * intake.grace_hours)),
            words.say("zone.is", zone=words.zone(screen.zone)),
        ]
        return body, [
            [self._b(consultation, "manage.b.access", Manage.ACCESS)],
            [self._b(consultation, "manage.b.drafts", Manage.DRAFTS)],
            [self._b(consultation, "manage.b.grace", Manage.GRACE)],
            [Button(words.plain("zone.button"), buttons.zone())],
        ]

    # Confirming

    def confirm(self, screen: show.ConfirmIntake) -> Outgoing:
        """What follows, sentence by sentence, and whether to do it."""
        words, changed = self.words, screen.changed
        closes = changed.before.takes(self.now) and not changed.after.takes(self.now)
        sure = Button(
            words.plain("manage.b.sure"),
            buttons.manage(Manage.SURE, changed.consultation, screen.mark),
            style="danger" if closes else "success",
        )
        return self._screen(
            [
                self._name(changed.consultation),
                *self._follows(changed, screen.zone),
                words.say("manage.logged"),
            ],
            [sure],
            [self._b(changed.consultation, "manage.b.back", Manage.OPEN)],
        )

    def _follows(self, changed: Changed, zone: str) -> list[str]:
        words, before, after = self.words, changed.before, changed.after
        took, takes = before.takes(self.now), after.takes(self.now)
        said = []
        if takes and after.until is not None and not took:
            said.append(words.say("manage.follows.open", time=words.moment(after.until, zone)))
            said.append(words.say(f"manage.access.{after.access.value}"))
        elif after.waits(self.now) is not None and not before.open:
            said += [words.say("manage.follows.waits"), *self._window(after, zone)]
            said.append(words.say(f"manage.access.{after.access.value}"))
        elif before.waits(self.now) is not None and not after.open:
            said.append(words.say("manage.follows.not_yet"))
        elif after.open and after.until is not None and after.until != before.until:
            said.append(words.say("manage.follows.until", time=words.moment(after.until, zone)))
        if took and not takes:
            said.append(words.say("manage.follows.close"))
            said.append(self._ending(after, zone))
            said.append(words.say("manage.follows.stays"))
        elif after.grace_hours != before.grace_hours or (takes and after.until != before.until):
            said.append(self._ending(after, zone))
        if before.final and not after.final:
            said.append(words.say("manage.follows.not_final"))
        if after.access is not before.access:
            said.append(words.say(f"manage.access.{after.access.value}") + " " + words.say("manage.access.joined"))
        if after.draft_hours is not None and after.draft_hours != before.draft_hours:
            said.append(words.say("manage.drafts", time=words.span(60 * after.draft_hours)))
        return said or [words.say("manage.follows.nothing")]

    def _ending(self, after: Intake, zone: str) -> str:
        """What becomes of drafts at the end."""
        if not after.grace_hours:
            return self.words.say("manage.follows.no_grace")
        if after.drafts_until is None:
            return self.words.say("manage.grace", time=self.words.span(60 * after.grace_hours))
        time = self.words.moment(after.drafts_until, zone)
        return self.words.say("manage.follows.grace", time=time)

    # Time zones

    def zone(self, screen: show.AskZone) -> Outgoing:
        """Which one holds, and others to choose."""
        words = self.words
        present = [words.say("zone.is", zone=words.zone(screen.present))] if screen.present else []
        rows: Rows = [
            [Button(("✓ " if zone == screen.present else "") + words.zone(zone), buttons.zone(zone))]
            for zone in screen.offered
        ]
        title = words.bold(words.plain("zone.title"))
        return self._screen(
            [title, *present, words.say("zone.ask")],
            *rows,
            [
                self._b(screen.managed, "manage.b.back", Manage.OPEN)
                if screen.managed is not None
                else Button(words.plain("help.back"), buttons.opens(on.Page.HOME))
            ],
        )

    # Parts

    def _name(self, consultation: str) -> str:
        return self.words.bold(self.words.plain(f"consultation.{consultation}.name"))

    def _b(self, consultation: str, key: str, do: Manage) -> Button:
        return Button(self.words.plain(key), buttons.manage(do, consultation))


_ASKED: dict[str, Callable[[Intakes, show.AskIntake], tuple[list[str], Rows]]] = {
    "until": Intakes._until,
    "close": Intakes._close,
    "access": Intakes._access,
    "drafts": Intakes._drafts,
    "grace": Intakes._grace,
    "settings": Intakes._settings,
}
