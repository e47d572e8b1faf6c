"""What a chat shows outside a dialogue, as keys and values.

Not here: sentences and keyboards (`handlers.writing`), the dialogue's own effects (`dialogue.effects`).
"""

from bot.core.screens.arriving import (
    AskComprehension,
    AskInquiry,
    AskZone,
    DraftsEnd,
    Line,
    OfferAnswer,
    PreviewInquiry,
    ShowBriefing,
    ShowBriefings,
    ShowCard,
    ShowCode,
    ShowConsultations,
    ShowHelp,
    ShowHome,
    ShowInquiry,
    ShowLanguage,
    ShowMembership,
    ShowNews,
    ShowNotice,
    ShowOwnCode,
    ShowPrivacy,
    ShowSilence,
    ShowTopics,
    Toast,
)
from bot.core.screens.own import (
    AfterReceipt,
    Amended,
    AskAmend,
    AskAttribution,
    AskForget,
    AskName,
    AskReceipt,
    AskReplyWords,
    AskSafe,
    AskWithdraw,
    ConfirmAttribution,
    Forgotten,
    Goodbye,
    NotNow,
    ShowCarried,
    ShowHoldings,
    ShowKeep,
    ShowReceipt,
    ShowState,
    Tidied,
)
from bot.core.screens.running import (
    AskCode,
    AskForm,
    AskFreeze,
    AskIntake,
    AskLayDown,
    ConfirmIntake,
    Examining,
    Handle,
    ListFigures,
    ShowDone,
    ShowExamined,
    ShowExport,
    ShowFigures,
    ShowForm,
    ShowForms,
    ShowFound,
    ShowFreezes,
    ShowFrozen,
    ShowInvite,
    ShowInvites,
    ShowLink,
    ShowMade,
    ShowManaged,
    ShowMissing,
    ShowNewInvite,
    ShowPeople,
    ShowPlan,
    ShowRoleLink,
    ShowRun,
    ShowStaff,
    ShowTemplate,
    ShowWalk,
    ShowWorkbook,
    Stand,
    Waiting,
)
from bot.core.screens.telling import (
    AskAnswer,
    AskReason,
    ListBriefings,
    OpenInquiry,
    PreviewAnswer,
    ShowBroadcast,
    ShowBroadcasts,
    ShowInquiries,
    ShowNotices,
    WriteBriefing,
)

Screen = (
    ShowLanguage
    | ShowNotice
    | AskComprehension
    | ShowConsultations
    | ShowHome
    | ShowTopics
    | ShowBriefings
    | ShowBriefing
    | ListBriefings
    | WriteBriefing
    | ShowCard
    | ShowHelp
    | ShowPrivacy
    | ShowKeep
    | Tidied
    | AskForget
    | Forgotten
    | Goodbye
    | ShowReceipt
    | AfterReceipt
    | AskReceipt
    | ShowState
    | AskWithdraw
    | AskSafe
    | NotNow
    | ShowSilence
    | AskAmend
    | Amended
    | AskAttribution
    | AskName
    | ShowCarried
    | AskReplyWords
    | ConfirmAttribution
    | AskInquiry
    | PreviewInquiry
    | ShowInquiry
    | OfferAnswer
    | ShowInquiries
    | OpenInquiry
    | AskAnswer
    | PreviewAnswer
    | AskReason
    | ListFigures
    | ShowFigures
    | ShowMissing
    | ShowManaged
    | ShowRun
    | ShowPlan
    | ShowMade
    | ShowInvites
    | ShowNewInvite
    | ShowInvite
    | ShowOwnCode
    | ShowCode
    | ShowMembership
    | AskCode
    | ShowFound
    | ShowStaff
    | ShowPeople
    | ShowDone
    | AskLayDown
    | ShowFreezes
    | AskFreeze
    | ShowFrozen
    | AskIntake
    | ConfirmIntake
    | AskZone
    | DraftsEnd
    | ShowExport
    | Toast
    | Line
)


Work = (
    ShowNews
    | ShowBroadcasts
    | ShowBroadcast
    | ShowNotices
    | ShowHoldings
    | ShowLink
    | ShowRoleLink
    | ShowForms
    | AskForm
    | ShowForm
    | Examining
    | ShowExamined
    | ShowWalk
    | ShowWorkbook
    | ShowTemplate
)
"""What takes several messages, or belongs to broadcasts."""


__all__ = (
    "AfterReceipt",
    "Amended",
    "AskAmend",
    "AskAnswer",
    "AskAttribution",
    "AskCode",
    "AskComprehension",
    "AskForget",
    "AskForm",
    "AskFreeze",
    "AskInquiry",
    "AskIntake",
    "AskLayDown",
    "AskName",
    "AskReason",
    "AskReceipt",
    "AskReplyWords",
    "AskSafe",
    "AskWithdraw",
    "AskZone",
    "ConfirmAttribution",
    "ConfirmIntake",
    "DraftsEnd",
    "Examining",
    "Forgotten",
    "Goodbye",
    "Handle",
    "Line",
    "ListBriefings",
    "ListFigures",
    "NotNow",
    "OfferAnswer",
    "OpenInquiry",
    "PreviewAnswer",
    "PreviewInquiry",
    "Screen",
    "ShowBriefing",
    "ShowBriefings",
    "ShowBroadcast",
    "ShowBroadcasts",
    "ShowCard",
    "ShowCarried",
    "ShowCode",
    "ShowConsultations",
    "ShowDone",
    "ShowExamined",
    "ShowExport",
    "ShowFigures",
    "ShowForm",
    "ShowForms",
    "ShowFound",
    "ShowFreezes",
    "ShowFrozen",
    "ShowHelp",
    "ShowHoldings",
    "ShowHome",
    "ShowInquiries",
    "ShowInquiry",
    "ShowInvite",
    "ShowInvites",
    "ShowKeep",
    "ShowLanguage",
    "ShowLink",
    "ShowMade",
    "ShowManaged",
    "ShowMembership",
    "ShowMissing",
    "ShowNewInvite",
    "ShowNews",
    "ShowNotice",
    "ShowNotices",
    "ShowOwnCode",
    "ShowPeople",
    "ShowPlan",
    "ShowPrivacy",
    "ShowReceipt",
    "ShowRoleLink",
    "ShowRun",
    "ShowSilence",
    "ShowStaff",
    "ShowState",
    "ShowTemplate",
    "ShowTopics",
    "ShowWalk",
    "ShowWorkbook",
    "Stand",
    "Tidied",
    "Toast",
    "Waiting",
    "Work",
    "WriteBriefing",
)
