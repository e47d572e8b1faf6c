"""Everything around the dialogue: language, notice, consultations, home, briefings, help, receipt.

Not here: questions and answers (`prompts`), which screen comes when (`bot.core.conversation`).
"""

from dataclasses import dataclass, replace

from bot.core import screens as show
from bot.core.people import Profile
from handlers import buttons
from handlers.messages import Message, Outgoing, Where
from handlers.writing.admission import Admission
from handlers.writing.arriving import Arriving
from handlers.writing.briefings import Briefings
from handlers.writing.control import Control
from handlers.writing.exporting import Exporting
from handlers.writing.figures import Numbers
from handlers.writing.founding import Making
from handlers.writing.inquiries import ANSWER, QUESTION, Inquiries
from handlers.writing.intakes import Intakes
from handlers.writing.invites import Invites
from handlers.writing.managing import Managing
from handlers.writing.own import Own
from handlers.writing.staff import Staff
from handlers.writing.topics import Topics
from handlers.writing.words import zone_of

WAY_ON = frozenset({"receipt.unknown", "receipt.too_many"})
"""Lines after which nothing else is shown: they carry the way back themselves."""


SENT = {"ask.sent": QUESTION, "inquiries.sent": ANSWER}
"""Lines after which a preview is good for nothing any more."""


@dataclass(frozen=True)
class Screens(Arriving, Topics, Own):
    """Writes screens for one reader."""

    def write(self, screen: show.Screen, profile: Profile) -> Outgoing:
        """One screen as a message."""
        match screen:
            case show.ShowLanguage():
                return self.language(first=screen.first)
            case show.ShowNotice():
                return self.notice(screen, profile)
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
                return self.privacy(screen)
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
            case show.ShowPlan() | show.ShowMade():
                return Making(self.words, self.facts.draft_hours).write(screen)
            case show.ShowInvites() | show.ShowNewInvite() | show.ShowInvite():
                return Invites(self.words).write(screen)
            case show.ShowOwnCode() | show.ShowCode() | show.ShowMembership() | show.AskCode() | show.ShowFound():
                return Admission(self.words, zone_of(profile)).write(screen)
            case (
                show.ShowStaff()
                | show.ShowPeople()
                | show.ShowDone()
                | show.AskLayDown()
                | show.ShowFreezes()
                | show.AskFreeze()
                | show.ShowFrozen()
            ):
                return Staff(self.words, zone_of(profile)).write(screen)
            case show.AskIntake() | show.ConfirmIntake() | show.AskZone() | show.DraftsEnd():
                return Intakes(self.words, self.intake, self.now, self.facts.draft_hours).write(screen)
            case show.ShowExport():
                return Exporting(self.words).write(screen)
            case show.Toast():
                return Outgoing(Where.TOAST, Message(self.words.plain(screen.key)))
            case show.Line() if screen.key in WAY_ON:
                return self._screen([self.words.say(screen.key)], [self._back()])
            case show.Line():
                return replace(self.line(screen.key), work=SENT.get(screen.key, ""))

    @property
    def control(self) -> Control:
        """The screens of receipts."""
        return Control(self.words, self.intake, self.now)

    def erased(self) -> Outgoing:
        """The draft is gone."""
        return self.line("review.erased")

    def stopped(self, consultation: str) -> Outgoing:
        """The draft rests."""
        words = self.words
        text = words.say("dialogue.stopped", time=self._draft_time(consultation))
        return Outgoing(Where.NEW, Message(words.page((text,))))
