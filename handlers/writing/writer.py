"""Every effect of the core into outgoing messages, in the reader's language.

Not here: the words themselves (`prompts`, `screens`), sending (`handlers.delivery`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.core import screens as show
from bot.core.consultations import Intake
from bot.core.contributions import PartId
from bot.core.conversation import Effect
from bot.core.dialogue import effects as out
from bot.core.dialogue.questionnaire import Form
from bot.core.editions import Edition
from bot.core.outbox import Broadcast
from bot.core.people import Profile
from handlers.messages import Message, Outgoing, Where
from handlers.writing.broadcasts import Broadcasts
from handlers.writing.forms import Offering
from handlers.writing.holdings import Listing
from handlers.writing.invites import Invites
from handlers.writing.pages import Facts
from handlers.writing.prompts import Prompts
from handlers.writing.screens import Screens
from handlers.writing.staff import Staff
from handlers.writing.words import Words, zone_of
from locales.briefings import Library
from locales.catalogue import Catalogue

_Asked = (
    out.Ask
    | out.Renew
    | out.Settled
    | out.Closed
    | out.Tell
    | out.Complete
    | out.Review
    | out.AskWhere
    | out.AskWhole
    | out.AskErase
)
OFFICE = (
    show.ShowManaged,
    show.ShowRun,
    show.AskIntake,
    show.ConfirmIntake,
    show.ShowPlan,
    show.ShowMade,
    show.ShowInvites,
    show.ShowNewInvite,
    show.ShowInvite,
    show.AskCode,
    show.ShowFound,
    show.ListBriefings,
    show.WriteBriefing,
    show.ShowBroadcasts,
    show.ShowBroadcast,
    show.ShowInquiries,
    show.OpenInquiry,
    show.AskAnswer,
    show.PreviewAnswer,
    show.AskReason,
    show.ListFigures,
    show.ShowFigures,
    show.ShowMissing,
    show.ShowForms,
    show.AskForm,
    show.ShowForm,
    show.ShowStaff,
    show.ShowPeople,
    show.ShowDone,
    show.AskLayDown,
    show.ShowFreezes,
    show.AskFreeze,
    show.ShowExport,
)
"""Screens of staff: what one of them offers is over once another screen stands below it."""


class Writer:
    """Made once; writes for every reader."""

    def __init__(
        self,
        catalogue: Catalogue,
        library: Library,
        facts: Facts,
        intake: Callable[[str], Intake],
        forms: Mapping[str, Form],
    ) -> None:
        self.catalogue = catalogue
        self._library = library
        self._facts = facts
        self._intake = intake
        self._forms = forms
        self.left: Callable[[Broadcast], float | None] = lambda _: None
        """Seconds that a broadcast will still take; whoever sends it tells."""
        self.link: Callable[[str], str] = lambda token: token
        """The address that brings somebody to the bot with this token; known once Telegram has told the bot's name."""
        self.edition: Callable[[str], Edition | None] = lambda _: None
        """A form that an organizer brought, with its workbook."""

    def write(
        self, effects: Iterable[Effect], profile: Profile, recall: Callable[[PartId], str | None], now: float
    ) -> list[Outgoing]:
        """Messages in the order they are to be sent."""
        words = Words(self.catalogue, profile.language)
        screens = Screens(words, self._library, self._facts, self._intake, now)
        written: list[Outgoing] = []
        for effect in effects:
            if isinstance(effect, show.ShowNotices):
                written += Broadcasts(words, now).notices(effect)
                continue
            if isinstance(effect, show.ShowNews):
                written += Broadcasts(words, now).news(effect)
                continue
            if isinstance(effect, show.ShowLink):
                written += Invites(words, self.link).made(effect)
                continue
            if isinstance(effect, show.ShowHoldings):
                written += Listing(words, self._forms).write(effect.holdings)
                continue
            if isinstance(effect, show.ShowRoleLink):
                written.append(Staff(words, zone_of(profile)).link(effect, self.link(effect.token)))
                continue
            if isinstance(effect, show.ShowExamined | show.ShowWalk | show.ShowWorkbook | show.ShowTemplate):
                written += self._files(effect, Offering(words, self._intake))
                continue
            message = self._one(effect, profile, words, screens, recall)
            if message is not None:
                shows_above = bool(written) and (written[-1].message.plain or written[-1].message.file) is not None
                written.append(replace(message, below=shows_above, office=isinstance(effect, OFFICE)))
        return written

    def words(self, language: str) -> Words:
        """The words of a reader, for what is written later."""
        return Words(self.catalogue, language)

    def _files(
        self, effect: show.ShowExamined | show.ShowWalk | show.ShowWorkbook | show.ShowTemplate, offering: Offering
    ) -> list[Outgoing]:
        match effect:
            case show.ShowExamined():
                return offering.examined(effect)
            case show.ShowWalk():
                return offering.walk(effect, self._forms)
            case show.ShowTemplate():
                return [offering.template(effect)]
            case show.ShowWorkbook():
                found = self.edition(effect.edition.version)
                return [] if found is None else [offering.workbook(effect, found.workbook)]

    def say(self, key: str, language: str, **values: str | int) -> str:
        """One line outside any conversation, as HTML."""
        words = Words(self.catalogue, language)
        return words.page((words.say(key, **values),))

    def _one(
        self,
        effect: Effect,
        profile: Profile,
        words: Words,
        screens: Screens,
        recall: Callable[[PartId], str | None],
    ) -> Outgoing | None:
        match effect:
            case show.ShowBroadcasts():
                return Broadcasts(words, screens.now).listed(effect)
            case show.ShowBroadcast():
                return Broadcasts(words, screens.now, self.left).write(effect)
            case out.Keep() | out.KeepVoice() | out.Drop():
                return None
            case show.ShowForms() | show.AskForm() | show.ShowForm():
                return Offering(words, self._intake).write(effect)
            case out.Finished() if effect.draft.rehearsal:
                return Outgoing(Where.SETTLE, Message(words.page((words.say("forms.rehearsed"),))))
            case out.Finished():
                return Outgoing(Where.SETTLE, Message(words.page((words.say("review.sent"),))))
            case out.Erased():
                return screens.erased()
            case out.Stopped():
                return screens.stopped(effect.draft.consultation)
            case out.Noted(step=None, clues=()):
                return screens.line(effect.key)
            case (
                out.Ask()
                | out.Renew()
                | out.Settled()
                | out.Closed()
                | out.Tell()
                | out.Complete()
                | out.Review()
                | out.AskWhere()
                | out.AskWhole()
                | out.AskErase()
            ):
                if effect.draft.rehearsal:
                    return self._rehearsal(effect, recall)
                return self._dialogue(effect, words, recall)
            case out.Noted(draft=draft) if draft is not None:
                words = Words(self.catalogue, draft.language) if draft.rehearsal else words
                return Prompts(words, self._forms[draft.form], recall).noted(effect)
            case out.Noted():
                return screens.line(effect.key)
            case (
                show.ShowNews()
                | show.ShowNotices()
                | show.ShowHoldings()
                | show.ShowLink()
                | show.ShowRoleLink()
                | show.Examining()
            ):
                return None
            case show.ShowExamined() | show.ShowWalk() | show.ShowWorkbook() | show.ShowTemplate():
                return None
            case _:
                return screens.write(effect, profile)

    def _rehearsal(self, effect: _Asked, recall: Callable[[PartId], str | None]) -> Outgoing:
        """The dialogue in the language that is rehearsed, each message of it marked."""
        words = Words(self.catalogue, effect.draft.language)
        message = self._dialogue(effect, words, recall)
        mark = words.page((f"<i>{words.say('forms.rehearsal')}</i>",))
        return replace(message, message=replace(message.message, html=f"{mark}\n\n{message.message.html}"))

    def _dialogue(
        self,
        effect: _Asked,
        words: Words,
        recall: Callable[[PartId], str | None],
    ) -> Outgoing:
        prompts = Prompts(words, self._forms[effect.draft.form], recall)
        match effect:
            case out.Ask():
                return prompts.ask(effect)
            case out.Renew():
                return prompts.renew(effect)
            case out.Settled():
                return prompts.settled(effect)
            case out.Closed():
                return prompts.closed(effect)
            case out.Tell():
                return prompts.tell(effect)
            case out.Complete():
                return prompts.complete(effect)
            case out.Review():
                return prompts.review(effect)
            case out.AskWhere():
                return prompts.where(effect)
            case out.AskWhole():
                return prompts.whole(effect)
            case out.AskErase():
                return prompts.ask_erase(effect)
