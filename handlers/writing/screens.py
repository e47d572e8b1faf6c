"""Everything around the dialogue: language, notice, consultations, home, briefings, help, receipt.

Not here: questions and answers (`prompts`), which screen comes when (`bot.core.conversation`).
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, CONSULTATIONS, Access, Intake
from bot.core.dialogue.draft import RESPONSE
from bot.core.inquiries import KEPT_DAYS
from bot.core.people import Profile, Role
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.admission import Admission
from handlers.writing.briefings import Briefings
from handlers.writing.carried import Carried
from handlers.writing.control import Control
from handlers.writing.exporting import Exporting
from handlers.writing.figures import Numbers
from handlers.writing.forms import label
from handlers.writing.inquiries import Inquiries
from handlers.writing.intakes import Intakes
from handlers.writing.invites import Invites
from handlers.writing.managing import Managing
from handlers.writing.staff import Staff
from handlers.writing.words import LRI, LRM, PDI, Words
from locales.briefings import Library, Topic

WAY_ON = frozenset({"receipt.unknown", "receipt.too_many"})
"""Lines after which nothing else is shown: they carry the way back themselves."""


@dataclass(frozen=True)
class Facts:
    """What the notice and the privacy page say about this very installation, taken from its configuration."""

    organisers: str
    contact: str
    recipients: tuple[str, ...]
    """Fingerprints of the keys that open the answers."""
    draft_hours: int
    review_minutes: int
    tidy_minutes: int
    """From handing in until the answers leave the chat, if both copies are made in time."""
    commands: tuple[tuple[str, frozenset[Role]], ...]
    """Commands in the order of the menu, each with the roles it is for; none: everybody."""


@dataclass(frozen=True)
class Screens:
    """Writes screens for one reader."""

    words: Words
    library: Library
    facts: Facts
    intake: Callable[[str], Intake]
    now: float

    def write(self, screen: show.Screen, profile: Profile) -> Outgoing:
        """One screen as a message."""
        match screen:
            case show.ShowLanguage():
                return self.language(first=screen.first)
            case show.ShowNotice():
                return self.notice(screen.version, profile)
            case show.AskComprehension():
                return self.comprehension(screen)
            case show.ShowConsultations():
                return self.consultations(screen, profile)
            case show.ShowHome():
                return self.home(screen, profile)
            case show.ShowTopics():
                return self.topics(screen.consultations)
            case show.ShowBriefings() | show.ShowBriefing() | show.ListBriefings() | show.WriteBriefing():
                return Briefings(self.words).write(screen)
            case show.ShowCard():
                return self.card(screen)
            case show.ShowHelp():
                return self.help(screen)
            case show.ShowPrivacy():
                return self.privacy()
            case show.ShowKeep():
                return self.keep(screen)
            case show.Tidied():
                return self.tidied(screen)
            case show.AskForget():
                return self.ask_forget(screen)
            case show.Forgotten():
                return self.line("forget.done", "goodbye.return")
            case show.Goodbye():
                return self.line("goodbye.left", "goodbye.return")
            case show.ShowReceipt():
                return self.receipt(screen)
            case show.AfterReceipt():
                return self.after_receipt(screen)
            case show.AskReceipt():
                return self._screen([self._title("receipt.check_title"), self.words.say("receipt.ask")], [self._back()])
            case show.AskWithdraw():
                return self.ask_withdraw(screen)
            case show.AskSafe():
                return self.ask_safe()
            case show.NotNow():
                return self._screen([self.words.say("remind.later")], [self._button("remind.yes", buttons.RESUME)])
            case show.ShowSilence():
                return self.silence(screen)
            case (
                show.ShowState()
                | show.AskAmend()
                | show.Amended()
                | show.AskAttribution()
                | show.AskName()
                | show.ConfirmAttribution()
                | show.ShowCarried()
                | show.AskReplyWords()
            ):
                return self.control.write(screen)
            case (
                show.AskInquiry()
                | show.PreviewInquiry()
                | show.ShowInquiry()
                | show.OfferAnswer()
                | show.ShowInquiries()
                | show.OpenInquiry()
                | show.AskAnswer()
                | show.PreviewAnswer()
                | show.AskReason()
            ):
                return Inquiries(self.words).write(screen)
            case show.ListFigures() | show.ShowFigures() | show.ShowMissing():
                return Numbers(self.words).write(screen)
            case show.ShowManaged() | show.ShowRun():
                return Managing(self.words, self.intake, self.now, self.facts.draft_hours).write(screen)
            case show.ShowInvites() | show.ShowNewInvite() | show.ShowInvite():
                return Invites(self.words).write(screen)
            case show.ShowOwnCode() | show.ShowCode() | show.ShowMembership() | show.AskCode() | show.ShowFound():
                return Admission(self.words).write(screen)
            case (
                show.ShowStaff()
                | show.ShowPeople()
                | show.ShowDone()
                | show.AskLayDown()
                | show.ShowFreezes()
                | show.AskFreeze()
                | show.ShowFrozen()
            ):
                return Staff(self.words).write(screen)
            case show.AskIntake() | show.ConfirmIntake() | show.AskZone() | show.DraftsEnd():
                return Intakes(self.words, self.intake, self.now, self.facts.draft_hours).write(screen)
            case show.ShowExport():
                return Exporting(self.words).write(screen)
            case show.Toast():
                return Outgoing(Where.TOAST, Message(self.words.plain(screen.key)))
            case show.Line() if screen.key in WAY_ON:
                return self._screen([self.words.say(screen.key)], [self._back()])
            case show.Line():
                return self.line(screen.key)

    @property
    def control(self) -> Control:
        """The screens of receipts."""
        return Control(self.words, self.intake, self.now)

    # Parts

    def line(self, *keys: str) -> Outgoing:
        """A short message without buttons."""
        return Outgoing(Where.NEW, Message(self.words.page(self.words.say(key) for key in keys)))

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    def _button(self, key: str, data: str, style: str | None = None) -> Button:
        return Button(self.words.plain(key), data, style=style)

    def _title(self, key: str) -> str:
        return self.words.bold(self.words.plain(key))

    def _back(self) -> Button:
        return self._button("help.back", buttons.opens(on.Page.PRESENT))

    # Arrival

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

    def notice(self, version: str, profile: Profile) -> Outgoing:
        """The short notice, from the running configuration."""
        words, facts = self.words, self.facts
        again = [words.say("notice.changed")] if profile.notice not in (None, version) else []
        body = [
            words.say("notice.body.who", organisers=facts.organisers),
            words.bold(words.plain("notice.body.danger")),
            words.say("notice.body.telegram"),
            words.say("notice.body.stored") + " " + words.say("notice.body.keys", recipients=len(facts.recipients)),
            words.say("notice.body.names"),
            words.say("notice.body.stop") + " " + words.say("notice.body.drafts", time=self._longest_draft()),
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
            intake = self.intake(consultation.id)
            takes = intake.takes(self.now)
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
        )

    def _manages(self, *, organizes: bool) -> Button | None:
        return self._button("home.manage", buttons.manage(on.Manage.LIST)) if organizes else None

    def home(self, screen: show.ShowHome, profile: Profile) -> Outgoing:
        """The consultation joined last and what can be done in it."""
        words = self.words
        intake = self.intake(screen.consultation)
        takes = intake.takes(self.now)
        until = ""
        if takes and intake.until is not None:
            until = words.say("home.until", until=words.moment(intake.until, self._zone(screen.consultation, profile)))
        elif not takes:
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
            [self._button("home.ask", buttons.ask(on.Ask.OPEN))],
            [self._button("home.news_stop" if wants else "home.news_want", buttons.news(wanted=not wants))],
            [
                self._button("home.consultations", buttons.opens(on.Page.CONSULTATIONS)),
                self._button("home.language", buttons.opens(on.Page.LANGUAGE)),
            ],
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
                [None if screen.over else self._button("home.continue", buttons.BEGIN, "primary")],
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

    # Reminders

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

    # Briefings

    def topics(self, consultations: tuple[str, ...] = ()) -> Outgoing:
        """The table of contents; before it the ways to what organizers wrote for these consultations."""
        topics = self.library.topics(self.words.language)
        rows: list[list[Button | None]] = [[Button(topic.title, buttons.read(topic.id))] for topic in topics]
        return self._screen(
            [
                self._title("brief.title"),
                self.words.say("brief.explain"),
                self.words.say("brief.own") if consultations else "",
            ],
            *Briefings(self.words).library(consultations),
            *rows,
            [self._back()],
        )

    def card(self, screen: show.ShowCard) -> Outgoing:
        """One card with its date and sources, back and next."""
        topic = self._topic(screen.topic)
        if topic is None or not 0 <= screen.card < len(topic.cards):
            return self.topics()
        words, at, card = self.words, screen.card, topic.cards[screen.card]
        at_last = at + 1 == len(topic.cards)
        foot = [words.say("brief.as_of", day=words.catalogue.day(words.language, card.as_of))]
        foot += [words.say("brief.source", source=source) for source in card.sources]
        if card.certainty:
            foot.insert(0, html.escape(card.certainty, quote=False))
        title = (
            f"{words.bold(card.title)}\n<i>{html.escape(topic.title, quote=False)} · {at + 1}/{len(topic.cards)}</i>"
        )
        return self._screen(
            [
                title,
                *(
                    html.escape(paragraph, quote=False).replace("- ", "• ", 1)
                    if paragraph.startswith("- ")
                    else html.escape(paragraph, quote=False)
                    for paragraph in card.body
                ),
                "<i>" + "</i>\n<i>".join(foot) + "</i>",
            ],
            [
                self._button("brief.previous", buttons.read(topic.id, at - 1)) if at else None,
                None if at_last else self._button("brief.next", buttons.read(topic.id, at + 1)),
            ],
            [self._button("brief.topics", buttons.read())],
            [self._back()],
        )

    def _topic(self, wanted: str) -> Topic | None:
        return next((topic for topic in self.library.topics(self.words.language) if topic.id == wanted), None)

    # Pages

    def help(self, screen: show.ShowHelp) -> Outgoing:
        """What can be done here, by this person."""
        words = self.words
        mark = LRM if words.rtl else ""
        names = [name for name, roles in self.facts.commands if not roles or roles & screen.roles]
        commands = "\n".join(f"{mark}/{name} – {words.say(f'command.{name}')}" for name in names)
        return self._screen(
            [self._title("help.title"), words.say("help.answering"), words.say("help.changing"), commands],
            [self._button("home.learn", buttons.read())],
            [self._button("code.b.open", buttons.tell(on.Tell.OPEN))],
            [self._back()],
        )

    def privacy(self) -> Outgoing:
        """The long notice: what is known, kept, and lost when something is taken."""
        words, facts = self.words, self.facts
        keys = "\n".join(f"<code>{html.escape(key)}</code>" for key in facts.recipients)
        contact = [words.say("privacy.contact", contact=facts.contact)] if facts.contact else []
        return self._screen(
            [
                self._title("privacy.title"),
                words.say("privacy.organisers", organisers=facts.organisers),
                *contact,
                words.say("privacy.asked"),
                words.say("notice.body.account"),
                words.say("notice.body.help"),
                words.say("privacy.telegram"),
                words.say("privacy.server"),
                words.say("privacy.review", time=words.span(facts.review_minutes)),
                words.say("privacy.choices"),
                words.say("privacy.keys") + "\n" + keys,
                words.say("privacy.retention.draft", time=self._longest_draft())
                + "\n"
                + words.say("privacy.retention.sent")
                + "\n"
                + words.say("privacy.retention.chat", time=words.span(facts.tidy_minutes))
                + "\n"
                + words.say("privacy.inquiries", days=KEPT_DAYS),
                words.say("privacy.figures"),
                self._title("privacy.loss.title"),
                *(words.say(f"privacy.loss.{loss}") for loss in ("disk", "running", "secretariat", "phone")),
                words.say("privacy.receipt"),
                words.say("privacy.afterwards"),
                words.say("privacy.free"),
            ],
            [self._back()],
        )

    def keep(self, screen: show.ShowKeep) -> Outgoing:
        """What was chosen for answers in this chat, what that means, and the other choices."""
        chosen = "keep.always" if screen.always else "keep.once" if screen.on else "keep.not"
        return self._screen(
            [
                self.words.say(chosen, **({} if screen.on else {"time": self._tidy_time()})),
                self.words.say("keep.means") if screen.on else "",
                self.words.say("tidy.command"),
            ],
            [self._button("keep.button_always", buttons.keep(on=True, always=True)) if not screen.always else None],
            [self._button("keep.button_not", buttons.keep(on=False)) if screen.on else None],
            [self._back()],
        )

    def tidied(self, screen: show.Tidied) -> Outgoing:
        """What was deleted from the chat, what remains, and why."""
        remains = [
            key
            for key, there in (
                ("tidy.draft", screen.draft),
                ("tidy.unsafe", screen.unsafe),
                ("tidy.refused", screen.refused),
                ("tidy.kept", screen.kept),
            )
            if there
        ]
        keeps = screen.kept or screen.always
        return self._screen(
            [
                self._title("tidy.title"),
                self.words.say("tidy.deleted" if screen.deleted else "tidy.nothing"),
                *(self.words.say(key) for key in remains),
                self.words.say("tidy.stays"),
                self.words.say("tidy.by_hand"),
                self.words.say("keep.always")
                if screen.always
                else self.words.say("tidy.itself", time=self._tidy_time()),
            ],
            [None if screen.always else self._button("keep.button_always", buttons.keep(on=True, always=True))],
            [self._button("keep.button_not", buttons.keep(on=False)) if keeps else None],
            [self._back()],
        )

    def ask_forget(self, screen: show.AskForget) -> Outgoing:
        """Whether to erase; what goes and what cannot."""
        return self._screen(
            [
                self._title("forget.title"),
                self.words.say("forget.what_goes"),
                self.words.say("forget.what_stays"),
                self.words.say("forget.invite"),
                self.words.say("forget.acts") if screen.acted else "",
            ],
            [self._button("forget.yes", buttons.FORGET, "danger")],
            [self._back()],
        )

    # The end

    def receipt(self, screen: show.ShowReceipt) -> Outgoing:
        """The receipt, once, in groups of four; the button copies the bare digits."""
        words, digits = self.words, screen.receipt
        described = screen.dialogue == "group"
        on_ways = self._next(screen.dialogue, group=screen.group)
        grouped = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
        message = Message(
            words.page(
                [
                    self._title("receipt.title"),
                    words.say("receipt.yours") + f"\n{LRI}<code>{grouped}</code>{PDI}",
                    words.say("receipt.keep"),
                    words.say("group.begun") if described else "",
                    words.say("receipt.chat_kept" if screen.keep else "receipt.chat", time=self._tidy_time()),
                    words.bold(words.plain("receipt.next_title")),
                    words.say("receipt.next"),
                ]
            ),
            words.rows(
                [Button(words.plain("receipt.copy"), copy=digits)],
                # What a group is goes into no report: nothing to sign, and its points are what comes next.
                *(on_ways if described else []),
                [None if described else self._button("sign.open", buttons.sign(digits))],
                [self._button("receipt.check", buttons.check(digits))],
                *([] if described else on_ways),
                [None if screen.keep else self._button("receipt.keep_chat", buttons.keep(on=True))],
            ),
        )
        return Outgoing(Where.NEW, message, shows=screen.receipt)

    def ask_withdraw(self, screen: show.AskWithdraw) -> Outgoing:
        """Whether to take it back."""
        return self._screen(
            [
                self._title("receipt.withdraw_title"),
                self.words.say("receipt.withdraw_sure"),
                self.words.say("receipt.left" if screen.exported else "receipt.not_left"),
                Carried(self.words).supported(screen.points),
            ],
            [self._button("receipt.withdraw_yes", buttons.withdraw(screen.receipt, sure=True), "danger")],
            [self._button("help.back", buttons.check(screen.receipt))],
        )

    def after_receipt(self, screen: show.AfterReceipt) -> Outgoing:
        """What can be done next, once the receipt was shown."""
        return self._screen([self.words.say("receipt.after")], *self._next(None, group=screen.group))

    def _next(self, dialogue: str | None, *, group: bool) -> list[list[Button | None]]:
        """The ways on from a receipt: the group's next point, another one of the same kind, home."""
        home: list[Button | None] = [self._button("receipt.home", buttons.opens(on.Page.HOME))]
        if group:
            point = "group.first_point" if dialogue == "group" else "group.next_point"
            return [
                [self._button(point, buttons.BEGIN, "primary")],
                [self._button("group.finish", buttons.END_GROUP)],
                home,
            ]
        if dialogue == RESPONSE:
            return [home]  # the same points again would be the same answers
        return [[self._button("receipt.another", buttons.begin(dialogue or "recommendation"), "primary")], home]

    def erased(self) -> Outgoing:
        """The draft is gone."""
        return self.line("review.erased")

    def _draft_hours(self, consultation: str) -> int:
        return self.intake(consultation).draft_hours or self.facts.draft_hours

    def _draft_time(self, consultation: str) -> str:
        return self.words.span(60 * self._draft_hours(consultation))

    def _longest_draft(self) -> str:
        """How long no draft outlives, whichever consultation is chosen later."""
        return self.words.span(60 * max(self._draft_hours(one.id) for one in CONSULTATIONS))

    def _tidy_time(self) -> str:
        return self.words.span(self.facts.tidy_minutes)

    def stopped(self, consultation: str) -> Outgoing:
        """The draft rests."""
        words = self.words
        text = words.say("dialogue.stopped", time=self._draft_time(consultation))
        return Outgoing(Where.NEW, Message(words.page((text,))))
