"""The organizers' screens for consultations: the list of those they run, and how one of them stands.

Not here: which screen comes when (`bot.core.conversation.managing`), the tools' own screens.
"""

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, Intake
from bot.core.events import Manage
from handlers import buttons
from handlers.messages import Button, Outgoing
from handlers.writing.running import Rows, Running

Screen = show.ShowManaged | show.ShowRun


class Managing(Running):
    """Writes these screens for one reader."""

    def write(self, screen: Screen) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ShowManaged():
                return self.listed(screen)
            case show.ShowRun():
                return self.run(screen)

    def listed(self, screen: show.ShowManaged) -> Outgoing:
        """All that this person runs, each with how it stands."""
        words = self.words
        lines = [
            f"• {words.bold(words.plain(f'consultation.{one}.name'))}\n   {words.say(self._state(self.intake(one)))}"
            for one in screen.consultations
        ]
        known: Rows = [
            [Button(words.plain(f"consultation.{one}.short"), buttons.manage(Manage.OPEN, one))]
            for one in screen.consultations
        ]
        return self._screen(
            [words.bold(words.plain("manage.title")), words.say("manage.explain"), "\n".join(lines)],
            *known,
            *self._tools(screen.tools),
            [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))],
        )

    def run(self, screen: show.ShowRun) -> Outgoing:
        """One consultation: whether it takes contributions, until when, from whom; its forms and languages; tools."""
        words, intake = self.words, screen.intake
        state = [words.bold(words.plain(self._state(intake)))]
        if intake.takes(self.now) and intake.until is not None:
            state.append(words.say("manage.until", time=words.moment(intake.until, screen.zone)))
        elif (opens := intake.waits(self.now)) is not None or (not intake.open and self._planned(intake)):
            opens = intake.opens if opens is None else opens
            if opens is not None:
                state.append(words.say("manage.from", time=words.moment(opens, screen.zone)))
            if intake.until is not None:
                state.append(words.say("manage.until", time=words.moment(intake.until, screen.zone)))
        elif (ends := intake.grace(self.now)) is not None:
            state.append(words.say("manage.drafts_until", time=words.moment(ends, screen.zone)))
        forms = words.listing(words.plain(f"manage.form.{form}") for form in screen.forms)
        languages = words.listing(
            language.own_name for language in words.catalogue.languages if language.code in screen.languages
        )
        return self._screen(
            [
                words.bold(words.plain(f"consultation.{screen.consultation}.name"))
                + f"\n{words.met(BY_ID[screen.consultation])}",
                "\n".join(state),
                words.say(f"manage.access.{intake.access.value}"),
                words.say("manage.drafts", time=words.span(60 * (intake.draft_hours or self.draft_hours))),
                words.say("manage.forms", forms=forms) + "\n" + words.say("manage.languages", languages=languages),
            ],
            *(self._doings(screen.consultation, intake) if screen.organizes else []),
            *self._tools(screen.tools),
            [Button(words.plain("manage.b.list"), buttons.manage(Manage.LIST, argument="all"))],
            [Button(words.plain("receipt.home"), buttons.opens(on.Page.HOME))],
        )

    def _doings(self, consultation: str, intake: Intake) -> Rows:
        """Open or close it, and change how it is run."""
        takes, waits = intake.takes(self.now), intake.waits(self.now) is not None
        moves = takes or waits
        until = Button(
            self.words.plain("manage.b.until" if moves else "manage.b.open"), buttons.manage(Manage.UNTIL, consultation)
        )
        close = Button(self.words.plain("manage.b.close"), buttons.manage(Manage.CLOSE, consultation))
        settings = Button(self.words.plain("manage.b.settings"), buttons.manage(Manage.SETTINGS, consultation))
        return [[until], [close if moves else None, settings]]

    def _state(self, intake: Intake) -> str:
        """Key of how it stands."""
        if intake.final:
            return "manage.state.final"
        if intake.takes(self.now):
            return "manage.state.open"
        if intake.waits(self.now) is not None:
            return "manage.state.waits"
        if self._planned(intake) and not intake.open:
            return "manage.state.planned"
        return "manage.state.ended" if intake.open else "manage.state.closed"

    def _planned(self, intake: Intake) -> bool:
        """Whether it has an end, or a beginning, that is still to come."""
        return any(one is not None and one > self.now for one in (intake.until, intake.opens))

    def _tools(self, tools: tuple[show.Handle, ...]) -> Rows:
        """Two short labels a row."""
        made = [
            Button(self.words.plain(tool.label), buttons.manage(Manage.TOOL, tool.consultation, tool.tool))
            for tool in tools
        ]
        return [list(row) for row in self.words.pairs(made)]
