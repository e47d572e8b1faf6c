"""A chat as a whole: profile + session + event give a new profile, a new session and what to show.

Arrival (language, notice, joining), the home screen, briefings, and the dialogue inside. Pure.
Not here: questions and answers (`dialogue.engine`), Telegram (`handlers`), storage.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID, Access, Intake
from bot.core.contributions import ContributionId, Envelope, PartId, Receipt, State, as_receipt, head, piece
from bot.core.dialogue import effects as out
from bot.core.dialogue import engine
from bot.core.dialogue import events as dialogue
from bot.core.dialogue.draft import REVIEW, Draft
from bot.core.dialogue.effects import Trouble, Turn
from bot.core.dialogue.questionnaire import Form
from bot.core.errors import Outdated
from bot.core.people import Grant, Profile
from bot.core.ports import Chance, NewPart, Submission
from bot.core.session import Place, Session

DIALOGUE = "recommendation"
"""The questionnaire that the home screen offers."""

Effect = out.Effect | show.Screen


@dataclass(frozen=True)
class World:
    """What a turn may look at besides the chat itself."""

    day: str
    """Today, ISO, UTC."""
    now: float
    notice: str
    """Version of the notice in force."""
    languages: tuple[str, ...]
    intake: Callable[[str], Intake]
    grants: tuple[Grant, ...]
    forms: Mapping[str, Form]
    chance: Chance
    state: Callable[[Receipt], State | None]
    """What became of a contribution, by its receipt."""
    may_check: bool = True
    """False once too many unknown receipts came from this chat lately."""


@dataclass(frozen=True)
class Outcome:
    """What one event leads to. `effects` are shown in order, after everything else is committed."""

    profile: Profile
    session: Session
    effects: tuple[Effect, ...] = ()
    parts: tuple[NewPart, ...] = ()
    dropped: tuple[PartId, ...] = ()
    submission: Submission | None = None
    receipt: Receipt | None = None
    withdraw: Receipt | None = None
    """Take this contribution back, before anything is shown."""
    unknown_receipt: bool = False
    """A receipt was tried that nobody holds."""
    forget: bool = False
    """Erase everything that is kept about this chat."""

    @property
    def erases_draft(self) -> bool:
        """The draft was handed in or erased: its remaining parts go."""
        return self.submission is not None or any(isinstance(effect, out.Erased) for effect in self.effects)


def converse(profile: Profile, session: Session, event: on.Event, world: World) -> Outcome:
    """What follows from one event. Never raises for anything a person may do."""
    return _Chat(profile, session, world).take(event)


def present(profile: Profile, session: Session, world: World) -> Outcome:
    """Show the present step again, as after a restart."""
    return _Chat(profile, session, world).again()


@dataclass(frozen=True)
class _Chat:
    profile: Profile
    session: Session
    world: World

    # Routing

    def take(self, event: on.Event) -> Outcome:
        match event:
            case on.Start():
                return self.start(event)
            case on.ChoseLanguage():
                return self.choose_language(event.language)
            case on.Decided():
                return self.decide(event)
            case on.Forgets():
                return self.forget(event)
            case on.Checks() | on.Withdraws():
                return self.receipt(event)
            case on.Speaks() if (receipt := as_receipt(event.said.text)) is not None:
                return self.receipt(on.Checks(receipt))
            case on.Opened(page=on.Page.LANGUAGE):
                return self.shows(show.ShowLanguage(first=not self.profile.language_chosen))
            case on.Opened(page=on.Page.HELP):
                return self.shows(show.ShowHelp())
            case on.Opened(page=on.Page.PRIVACY):
                return self.shows(show.ShowPrivacy())
            case on.Reads():
                return self.shows(show.ShowCard(event.topic, event.card) if event.topic else show.ShowTopics())
        if not self.accepted:
            return self.arrive(event)
        return self.take_part(event)

    def take_part(self, event: on.Event) -> Outcome:
        """Events that mean something only after the notice was accepted."""
        match event:
            case on.Joins():
                return self.join(event.consultation)
            case on.Begins():
                return self.begin()
            case on.WantsNews():
                return self.news(event.on)
            case on.Cancels():
                return self.cancel()
            case on.Presses():
                return self.press(event)
            case on.Speaks():
                return self.speak(event.said)
            case on.Rewrites():
                return self.rewrite(event.edited)
            case on.Opened(page=on.Page.CONSULTATIONS):
                return self.stands(Place.CONSULTATIONS, show.ShowConsultations())
            case on.Opened(page=on.Page.HOME):
                return self.home()
            case on.SendsOther():
                return self.again(show.Line(f"other.{event.kind}"))
            case on.Unknown(command=True):
                return self.again(show.Line("command.unknown"))
        return self.again(show.Toast("dialogue.outdated") if isinstance(event, on.Unknown) else None)

    # Arrival

    @property
    def accepted(self) -> bool:
        return self.profile.notice == self.world.notice

    def start(self, event: on.Start) -> Outcome:
        wanted = event.wanted or self.session.wanted
        chat = replace(self, session=replace(self.session, wanted=wanted))
        if self.profile.language_chosen and self.accepted:
            return chat.arrived(event.refused)
        outcome = (
            chat.stands(Place.NOTICE, show.ShowNotice(self.world.notice))
            if self.profile.language_chosen
            else chat.stands(Place.LANGUAGE, show.ShowLanguage(first=True))
        )
        return outcome if event.refused is None else chat.adds(outcome, show.Line(event.refused))

    def arrive(self, event: on.Event) -> Outcome:
        """Before the notice is accepted nothing is taken; what came is answered and the present step shown again."""
        if isinstance(event, on.SendsOther):
            return self.again(show.Line(f"other.{event.kind}"))
        if isinstance(event, on.Speaks | on.Rewrites) and self.session.place is not Place.LANGUAGE:
            return self.again(show.Line("notice.first"))
        if isinstance(event, on.Unknown) and event.command:
            return self.again(show.Line("command.unknown"))
        return self.again()

    def choose_language(self, language: str) -> Outcome:
        if language not in self.world.languages:
            return self.again()
        profile = replace(self.profile, language=language, language_chosen=True)
        chat = replace(self, profile=profile)
        if not self.accepted:
            return chat.stands(Place.NOTICE, show.ShowNotice(self.world.notice))
        if self.session.draft is not None or self.session.place is not Place.LANGUAGE:
            return chat.again()
        return chat.arrived()

    def decide(self, event: on.Decided) -> Outcome:
        if not event.accepts and not self.accepted:
            # Whatever is known of the person: leaving may come again after a crash between two of our files.
            gone = Session(self.session.chat, place=Place.LEFT)
            return Outcome(Profile(self.profile.language), gone, (show.Goodbye(),), forget=True)
        if event.version != self.world.notice or not self.profile.language_chosen:
            return self.again()
        if self.accepted and self.session.place is not Place.NOTICE:
            return self.again()
        if not event.accepts:
            return self.again()
        profile = replace(self.profile, notice=event.version)
        return replace(self, profile=profile).arrived()

    def arrived(self, trouble: str | None = None) -> Outcome:
        """Past language and notice: to the consultation the link named, to the draft, or to the list."""
        if self.session.wanted in BY_ID and self.session.wanted is not None:
            return self.join(self.session.wanted)
        if self.profile.joined:
            return self.home(trouble)
        return self.stands(Place.CONSULTATIONS, show.ShowConsultations(trouble))

    def join(self, consultation: str) -> Outcome:
        chat = replace(self, session=replace(self.session, wanted=None))
        if consultation not in BY_ID:
            return chat.again(show.Toast("dialogue.outdated"))
        intake = self.world.intake(consultation)
        if not intake.takes(self.world.now):
            return chat.stands(Place.CONSULTATIONS, show.ShowConsultations("join.closed", consultation))
        if intake.access is Access.INVITE and not self.invited(consultation):
            return chat.stands(Place.CONSULTATIONS, show.ShowConsultations("join.by_invite", consultation))
        joined = (*(known for known in self.profile.joined if known != consultation), consultation)
        return replace(chat, profile=replace(self.profile, joined=joined)).home()

    def invited(self, consultation: str) -> bool:
        return consultation in self.profile.joined or any(
            grant.consultation in (None, consultation) for grant in self.world.grants
        )

    # Home

    def home(self, trouble: str | None = None) -> Outcome:
        if not self.profile.joined:
            return self.stands(Place.CONSULTATIONS, show.ShowConsultations(trouble))
        waits = None if self.session.draft is None else self.session.draft.consultation
        return self.stands(Place.HOME, show.ShowHome(self.profile.joined[-1], trouble, waits))

    def news(self, wants: bool) -> Outcome:
        if not self.profile.joined:
            return self.again()
        consultation = self.profile.joined[-1]
        others = tuple(known for known in self.profile.news if known != consultation)
        profile = replace(self.profile, news=(*others, consultation) if wants else others)
        chat = replace(self, profile=profile)
        toast = show.Toast("home.news_on" if wants else "home.news_off")
        return chat.adds(chat.home(), toast)

    def forget(self, event: on.Forgets) -> Outcome:
        if not event.sure:
            return self.shows(show.AskForget())
        gone = Session(self.session.chat, place=Place.LEFT)
        return Outcome(Profile(self.profile.language), gone, (show.Forgotten(),), forget=True)

    # Receipts

    def receipt(self, event: on.Checks | on.Withdraws) -> Outcome:
        """State and withdrawal by receipt, from any account, at any time; the notice need not have been accepted."""
        if event.receipt is None:
            return self.shows(show.AskReceipt())
        if not self.world.may_check:
            return self.shows(show.Line("receipt.too_many"))
        state = self.world.state(event.receipt)
        if state is None:
            return replace(self.shows(show.Line("receipt.unknown")), unknown_receipt=True)
        if isinstance(event, on.Checks) or state is not State.SUBMITTED:
            return self.shows(show.ShowState(event.receipt, state))
        if not event.sure:
            return self.shows(show.AskWithdraw(event.receipt))
        return replace(self.shows(show.ShowState(event.receipt, State.WITHDRAWN)), withdraw=event.receipt)

    # Dialogue

    def begin(self) -> Outcome:
        """A fresh draft, or the one that waits."""
        if not self.profile.joined:
            return self.home()
        consultation = self.profile.joined[-1]
        if self.session.draft is not None:
            return self.dialogue(lambda draft, form: engine.resume(draft, _continue(draft), form))
        if not self.world.intake(consultation).takes(self.world.now):
            return self.stands(Place.CONSULTATIONS, show.ShowConsultations("join.closed", consultation))
        form = self.world.forms[DIALOGUE]
        draft = Draft(
            contribution=ContributionId(self.world.chance.hex(16)),
            consultation=consultation,
            questionnaire=form.questionnaire.id,
            version=form.questionnaire.version,
            language=self.profile.language,
            day=self.world.day,
            notice=self.world.notice,
            step=form.questionnaire.questions[0].id,
        )
        chat = replace(self, session=replace(self.session, draft=draft))
        return chat.dialogue(engine.begin)

    def press(self, event: on.Presses) -> Outcome:
        draft = self.session.draft
        if draft is None or not draft.contribution.startswith(event.draft):
            return self.again(show.Toast("dialogue.outdated"))
        return self.dialogue(lambda draft, form: engine.resume(draft, event.pressed, form))

    def speak(self, said: dialogue.Said) -> Outcome:
        if self.session.draft is None:
            return self.again(show.Line("home.not_an_answer"))
        if self.session.draft.stopped or self.session.place is not Place.DIALOGUE:
            return self.home("home.draft_waits")
        return self.dialogue(lambda draft, form: engine.resume(draft, said, form))

    def rewrite(self, edited: dialogue.Edited) -> Outcome:
        if self.session.draft is None:
            return self.shows(show.Line("dialogue.edit_too_late"))
        return self.dialogue(lambda draft, form: engine.resume(draft, edited, form), stay=True)

    def cancel(self) -> Outcome:
        if self.session.draft is None:
            return self.again(show.Line("dialogue.nothing_to_cancel"))
        return self.shows(out.AskErase(self.session.draft))

    def dialogue(self, turn: Callable[[Draft, Form], Turn], *, stay: bool = False) -> Outcome:
        """One turn of the engine, and what it means for the chat."""
        draft = self.session.draft
        form = self.world.forms.get(draft.questionnaire) if draft is not None else None
        if draft is None or form is None:
            return self.home()
        try:
            done = turn(draft, form)
        except Outdated:
            return self.again(show.Toast("dialogue.outdated"))
        place = self.session.place if stay else Place.DIALOGUE
        if done.draft is not None and done.draft.stopped and not stay:
            place = Place.HOME
        session = replace(self.session, place=place, draft=done.draft)
        return replace(self, session=session).landed(draft, done)

    def landed(self, before: Draft, done: Turn) -> Outcome:
        envelope = _envelope(before)
        parts = tuple(
            NewPart(effect.part, piece(envelope, effect.part, effect.step, effect.text))
            for effect in done.effects
            if isinstance(effect, out.Keep)
        )
        dropped = tuple(effect.part for effect in done.effects if isinstance(effect, out.Drop))
        shown = tuple(effect for effect in done.effects if not isinstance(effect, out.Drop))
        outcome = Outcome(self.profile, self.session, shown, parts, dropped)
        finished = next((effect for effect in shown if isinstance(effect, out.Finished)), None)
        if finished is not None:
            return self.submitted(before, finished)
        if done.draft is None or done.draft.stopped:
            home = self.home()
            return replace(outcome, session=home.session, effects=(*shown, *home.effects))
        return outcome

    def submitted(self, draft: Draft, finished: out.Finished) -> Outcome:
        receipt = Receipt(self.world.chance.digits(16))
        submission = Submission(
            contribution=draft.contribution,
            consultation=draft.consultation,
            receipt=receipt,
            head=head(
                replace(_envelope(draft), language=self.profile.language),
                finished.answers,
                finished.pieces,
                self.profile.notice or draft.notice,
            ),
            parts=[part for parts in finished.pieces.values() for part in parts],
        )
        session = replace(self.session, place=Place.RECEIPT, draft=None)
        effects = (finished, show.ShowReceipt(receipt, draft.consultation))
        return Outcome(self.profile, session, effects, submission=submission, receipt=receipt)

    # Showing

    def shows(self, *effects: Effect) -> Outcome:
        """Something to read; the chat stays where it is."""
        return Outcome(self.profile, self.session, effects)

    def stands(self, place: Place, *effects: Effect) -> Outcome:
        return Outcome(self.profile, replace(self.session, place=place), effects)

    def adds(self, outcome: Outcome, first: Effect) -> Outcome:
        return replace(outcome, effects=(first, *outcome.effects))

    def again(self, first: Effect | None = None) -> Outcome:
        """The present step, after a line that says what was not understood."""
        outcome = self.standing()
        return outcome if first is None else self.adds(outcome, first)

    def standing(self) -> Outcome:
        draft = self.session.draft
        match self.session.place:
            case Place.LEFT | Place.LANGUAGE if not self.profile.language_chosen:
                return self.stands(Place.LANGUAGE, show.ShowLanguage(first=True))
        if not self.accepted:
            return self.stands(Place.NOTICE, show.ShowNotice(self.world.notice))
        if self.session.place is Place.DIALOGUE and draft is not None and not draft.stopped:
            return self.dialogue(engine.present)
        if self.session.place is Place.RECEIPT and self.profile.joined:
            return self.shows(show.AfterReceipt(self.profile.joined[-1]))
        if self.session.place is Place.CONSULTATIONS:
            return self.shows(show.ShowConsultations())
        return self.home()


def _continue(draft: Draft) -> dialogue.Pressed:
    return dialogue.Pressed(dialogue.Do.CONTINUE, draft.visit)


def _envelope(draft: Draft) -> Envelope:
    return Envelope(
        contribution=draft.contribution,
        consultation=draft.consultation,
        questionnaire=draft.questionnaire,
        version=draft.version,
        language=draft.language,
        day=draft.day,
    )


__all__ = ["DIALOGUE", "REVIEW", "Effect", "Outcome", "Trouble", "World", "converse", "present"]
