"""On the way in: language, notice, consultations, home; and whether this is a safe moment."""

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, CONSULTATIONS, PUBLIC, Access
from bot.core.people import Profile
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.forms import label
from handlers.writing.pages import Pages
from handlers.writing.words import Words


class Arriving(Pages):
    """Writes these screens."""

    def language(self, *, first: bool) -> Outgoing:
        """Every language by its own name; asked for in the present one and in English."""
        catalogue = self.words.catalogue
        offered = catalogue.languages
        asks = []
        for code in dict.fromkeys((self.words.language, catalogue.guess(None))):
            reader = Words(catalogue, code)
            asks.append(reader.page((reader.say("language.choose"),)))
        rows: list[list[Button | None]] = [
            [
                Button(
                    f"✓ {language.own_name}" if language.code == self.words.language else language.own_name,
                    buttons.language(language.code),
                )
            ]
            for language in offered
        ]
        rows.append([] if first else [self._button("zone.button", buttons.zone())])
        greeting = [self._title("language.welcome")] if first else []
        return Outgoing(
            Where.SCREEN, Message("\n\n".join([self.words.page(greeting), *asks]).strip(), self.words.rows(*rows))
        )

    def notice(self, screen: show.ShowNotice, profile: Profile) -> Outgoing:
        """The short notice, from the running configuration."""
        words, facts, version = self.words, self.facts, screen.version
        again = [words.say("notice.changed")] if profile.notice not in (None, version) else []
        body = [
            words.say("notice.body.who", organisers=facts.organisers),
            words.bold(words.plain("notice.body.danger")),
            words.say("notice.body.telegram"),
            words.say("notice.body.stored") + " " + words.say("notice.body.keys", recipients=len(facts.recipients)),
            words.say("notice.body.names"),
            words.say("notice.body.stop") + " " + words.say("notice.body.drafts", time=self._drafts_live(screen)),
            words.say("notice.body.receipt") + " " + words.say("notice.body.chat"),
            words.say("notice.body.free") + " " + words.say("notice.body.age"),
            f"<i>{words.say('notice.version', version=version)}</i>",
        ]
        return self._screen(
            [*again, self._title("notice.title"), *body],
            [self._button("notice.accept", buttons.notice(version, accepts=True), "success")],
            [self._button("notice.leave", buttons.notice(version, accepts=False))],
            [self._button("notice.more", buttons.opens(on.Page.PRIVACY))],
            [self._button("notice.language", buttons.opens(on.Page.LANGUAGE))],
        )

    def comprehension(self, screen: show.AskComprehension) -> Outgoing:
        """One of the two questions, after a word on the answer before."""
        first = screen.question is on.Comprehension.READERS
        told = self.words.say(screen.told) if screen.told else self.words.say("understood.intro") if first else ""
        rows: list[list[Button | None]] = [
            [
                self._button(
                    f"understood.{screen.question}.choose.{choice}",
                    buttons.understood(screen.question, choice, screen.version),
                )
            ]
            for choice in on.CHOICES[screen.question]
        ]
        return self._screen([told, self._title(f"understood.{screen.question}.ask")], *rows)

    def consultations(self, screen: show.ShowConsultations, profile: Profile) -> Outgoing:
        """All of them with place and days; those that take contributions marked."""
        words = self.words
        lines: list[str] = []
        rows: list[list[Button | None]] = []
        for consultation in CONSULTATIONS:
            hidden = consultation.id in screen.hidden
            if hidden and consultation.id not in PUBLIC:
                continue
            intake = self.intake(consultation.id)
            # Everybody knows the six: one that was missing here would say just what is not to be known.
            takes = intake.takes(self.now) and not hidden
            name = words.plain(f"consultation.{consultation.id}.name")
            state = "join.is_open" if takes and intake.access is Access.OPEN else "join.is_by_invite"
            now = words.say(state if takes else "join.is_closed")
            lines.append(f"• {words.bold(name)}\n   {words.met(consultation)}\n   {now}")
            if takes:
                mark = "✓ " if consultation.id in profile.joined else ""
                label = mark + words.plain(f"consultation.{consultation.id}.short")
                rows.append([Button(label, buttons.join(consultation.id))])
        trouble = ""
        if screen.trouble is not None:
            about = words.plain(f"consultation.{screen.consultation}.name") if screen.consultation else ""
            trouble = words.say(screen.trouble, consultation=about)
        return self._screen(
            [trouble, self._title("join.title"), words.say("join.explain" if rows else "join.none"), "\n".join(lines)],
            *rows,
            [self._manages(organizes=screen.organizes)],
            [self._button("home.learn", buttons.read())],
            [self._button("receipt.home", buttons.opens(on.Page.HOME)) if profile.joined else None],
        )

    def _manages(self, *, organizes: bool) -> Button | None:
        return self._button("home.manage", buttons.manage(on.Manage.LIST)) if organizes else None

    def home(self, screen: show.ShowHome, profile: Profile) -> Outgoing:
        """The consultation joined last and what can be done in it."""
        words = self.words
        intake = self.intake(screen.consultation)
        takes = intake.takes(self.now) and not screen.barred and not screen.frozen
        until = ""
        if screen.frozen:
            until = words.say("home.stopped")
        elif takes and intake.until is not None:
            until = words.say("home.until", until=words.moment(intake.until, self._zone(screen.consultation, profile)))
        elif not takes and not screen.barred:
            until = words.say("home.closed")
        wants = screen.consultation in profile.news
        return self._screen(
            [
                words.say(screen.trouble) if screen.trouble else "",
                f"{words.bold(words.plain(f'consultation.{screen.consultation}.name'))}\n"
                f"{words.met(BY_ID[screen.consultation])}",
                until,
                *self._unfinished(screen, profile),
                # It goes where it was begun, wherever the person has gone since.
                words.bold(words.plain(f"consultation.{screen.unfinished}.name"))
                if screen.unfinished not in (None, screen.consultation)
                else "",
                words.say("group.speaking") if screen.group and not screen.unfinished else "",
                words.say("home.what"),
            ],
            *self._dialogues(screen, takes=takes),
            [self._button("home.learn", buttons.read())],
            [self._manages(organizes=screen.organizes)],
            [self._button("home.ask", buttons.ask(on.Ask.OPEN)) if screen.asks else None],
            [self._button("home.news_stop" if wants else "home.news_want", buttons.news(wanted=not wants))],
            # Its name is long in some languages: in half a row it would be cut.
            [self._button("home.consultations", buttons.opens(on.Page.CONSULTATIONS))],
            [self._button("home.language", buttons.opens(on.Page.LANGUAGE))],
        )

    def _zone(self, consultation: str, profile: Profile) -> str:
        return profile.zone or BY_ID[consultation].zone

    def _unfinished(self, screen: show.ShowHome, profile: Profile) -> list[str]:
        """What becomes of the draft that waits."""
        if screen.unfinished is None:
            return []
        if screen.over:
            return [self.words.say("drafts.over", time=self._draft_time(screen.unfinished))]
        ends = self.intake(screen.unfinished).grace(self.now)
        time = "" if ends is None else self.words.moment(ends, self._zone(screen.unfinished, profile))
        closing = [self.words.say("drafts.until", time=time)] if time else []
        return [*closing, self.words.say("home.unfinished", time=self._draft_time(screen.unfinished))]

    def _dialogues(self, screen: show.ShowHome, *, takes: bool) -> list[list[Button | None]]:
        """What can be begun; only the draft, where one waits. Somebody who speaks for a group can end that."""
        if screen.unfinished:
            return [
                [None if screen.over else self._button("home.continue", buttons.CONTINUE, "primary")],
                [self._button("home.erase", buttons.CANCEL)],
            ]
        ends = self._button("group.finish", buttons.END_GROUP) if screen.group else None
        if not takes:
            return [[ends]]
        main = "group.next_point" if screen.group else "home.begin"
        group = self._button("home.group", buttons.begin("group")) if "group" in screen.kinds else None
        return [
            [self._button(main, buttons.BEGIN, "primary") if "recommendation" in screen.kinds else None],
            [self._button("home.practice", buttons.begin("practice")) if "practice" in screen.kinds else None],
            [self._button("home.respond", buttons.begin("response")) if screen.responds else None],
            *self._brought(screen),
            [ends or group],
        ]

    def _brought(self, screen: show.ShowHome) -> list[list[Button | None]]:
        """Forms of the consultation's own."""
        return [[Button(label(one, self.words.language), buttons.begin(one.form))] for one in screen.forms]

    def ask_safe(self) -> Outgoing:
        """Nothing of a consultation: this may be read by somebody else, on a locked phone even."""
        return self._screen(
            [self.words.say("remind.ask")],
            [self._button("remind.yes", buttons.RESUME)],
            [self._button("remind.not_now", buttons.NOT_NOW)],
            [self._button("remind.silence", buttons.SILENCE)],
        )

    def silence(self, screen: show.ShowSilence) -> Outgoing:
        """Off or on again."""
        if not screen.on:
            return self._screen([self.words.say("silence.off")], [self._back()])
        again = self._button("silence.undo", buttons.UNSILENCE)
        return self._screen([self.words.say("silence.on")], [again], [self._back()])
