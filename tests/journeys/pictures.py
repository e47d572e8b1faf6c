"""Which part of the gallery has a picture of what: of each screen, and of each thing that may come out of a dialogue.

What is written is noted where it is written, so a part says by itself which of its pictures is missing. Not here: the
walks (`test_gallery`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import get_args

from bot.core import screens as show
from bot.core.contributions import PartId
from bot.core.conversation import Effect
from bot.core.dialogue import effects as out
from bot.core.people import Profile
from handlers.messages import Outgoing
from handlers.writing.writer import Writer

PICTURED: dict[str, tuple[type, ...]] = {
    "walk": (
        show.ShowLanguage,
        show.ShowNotice,
        show.AskComprehension,
        show.ShowConsultations,
        show.ShowHome,
        show.ShowTopics,
        show.ShowHelp,
        show.ShowPrivacy,
        show.ShowKeep,
        show.Tidied,
        show.ShowHoldings,
        show.AskForget,
        show.Forgotten,
        show.Goodbye,
        show.ShowReceipt,
        show.AfterReceipt,
        show.AskReceipt,
        show.ShowState,
        show.AskWithdraw,
        show.AskSafe,
        show.NotNow,
        show.ShowSilence,
        show.AskAmend,
        show.Amended,
        show.AskAttribution,
        show.AskName,
        show.ConfirmAttribution,
        show.ShowCarried,
        show.AskReplyWords,
        show.ShowNews,
        show.Toast,
        show.Line,
        out.Ask,
        out.Renew,
        out.Settled,
        out.Closed,
        out.Tell,
        out.Complete,
        out.AskWhere,
        out.AskWhole,
        out.Review,
        out.Noted,
        out.AskErase,
        out.Stopped,
        out.Erased,
        out.Finished,
    ),
    "cards": (show.ShowTopics, show.ShowCard),
    "voice": (out.KeepVoice, out.Review),
    "desk": (
        show.AskInquiry,
        show.PreviewInquiry,
        show.ShowInquiry,
        show.OfferAnswer,
        show.ShowInquiries,
        show.OpenInquiry,
        show.AskAnswer,
        show.PreviewAnswer,
        show.AskReason,
        show.ShowBroadcasts,
        show.ShowBroadcast,
        show.ShowNotices,
        show.ShowNews,
        show.ShowManaged,
        show.ShowRun,
        show.ListFigures,
        show.ShowFigures,
        show.ShowMissing,
    ),
    "office": (
        show.AskCode,
        show.AskForm,
        show.AskFreeze,
        show.AskIntake,
        show.AskLayDown,
        show.AskZone,
        show.ConfirmIntake,
        show.DraftsEnd,
        show.ListBriefings,
        show.ShowBriefing,
        show.ShowBriefings,
        show.ShowCode,
        show.ShowDone,
        show.ShowExport,
        show.ShowExamined,
        show.ShowForm,
        show.ShowForms,
        show.ShowFound,
        show.ShowFreezes,
        show.ShowFrozen,
        show.ShowInvite,
        show.ShowInvites,
        show.ShowLink,
        show.ShowMembership,
        show.ShowNewInvite,
        show.ShowOwnCode,
        show.ShowPeople,
        show.ShowRoleLink,
        show.ShowStaff,
        show.ShowTemplate,
        show.ShowWalk,
        show.ShowWorkbook,
        show.WriteBriefing,
    ),
    "founding": (show.ShowMade, show.ShowPlan),
}
"""By part of the gallery; some are in several."""

UNSEEN: tuple[type, ...] = (out.Keep, out.Drop, show.Examining)
"""What nobody sees: texts on their way to the store, a file on its way to be examined."""

BROADCAST_SCREENS = frozenset(
    ("draft", "texts", "write", "audience", "when", "at", "zone", "preview", "approval", "report", "recall")
)
"""The screens of `show.ShowBroadcast`."""


def everything() -> set[type]:
    """All that may be written."""
    return {kind for union in (show.Screen, show.Work, out.Effect) for kind in get_args(union)}


class Written:
    """What was written while it watched."""

    def __init__(self) -> None:
        self.kinds: set[type] = set()
        self.broadcast_screens: set[str] = set()

    def note(self, effects: Iterable[Effect]) -> None:
        """These are being written."""
        for effect in effects:
            self.kinds.add(type(effect))
            if isinstance(effect, show.ShowBroadcast):
                self.broadcast_screens.add(effect.screen)

    def missing(self, part: str) -> list[str]:
        """A sentence for each thing of this part that has no picture."""
        absent = sorted(kind.__name__ for kind in set(PICTURED[part]) - self.kinds)
        if part == "desk":
            absent += sorted(f"ShowBroadcast({name})" for name in BROADCAST_SCREENS - self.broadcast_screens)
        return [f"this picture is missing: {name}" for name in absent]


@contextmanager
def watched() -> Iterator[Written]:
    """Note everything that any writer writes meanwhile; it is written all the same."""
    written, write = Written(), Writer.write

    def noting(
        self: Writer, effects: Iterable[Effect], profile: Profile, recall: Callable[[PartId], str | None], now: float
    ) -> list[Outgoing]:
        effects = tuple(effects)
        written.note(effects)
        return write(self, effects, profile, recall, now)

    Writer.write = noting  # type: ignore[method-assign]
    try:
        yield written
    finally:
        Writer.write = write  # type: ignore[method-assign]
