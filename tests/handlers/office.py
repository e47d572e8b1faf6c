"""Examples of all that organizers see of their office, and participants of it, for tests that try every screen."""

from bot.core import screens as show
from bot.core.admission import Code, Found, Membership
from bot.core.briefings import NOTHING, Briefing, BriefingId, Sheet
from bot.core.briefings import Edition as Read
from bot.core.consultations import Changed, Intake
from bot.core.conversation import Effect
from bot.core.editions import Edition, Examined, Fault
from bot.core.invites import InviteId, Kept
from bot.core.outbox import Actor, Text
from bot.core.people import Grant, Invite, Role
from bot.core.session import Inviting
from bot.core.staff import Held, Proposal, ProposalId, Wish

ME, OTHER = Actor("0" * 64), Actor("1" * 64)
BRIEFING_SCREENS = (
    "draft", "texts", "language", "title", "body", "more", "readers", "notes", "note", "preview", "compare", "editions",
    "edition", "withdraw", "erase",
)  # fmt: skip
"""The screens of `show.WriteBriefing`."""


def samples(now: float) -> list[Effect]:
    """At least one of each."""
    return [*_invites(now), *_admission(now), *_briefings(), *_forms(), *_staff(now), *_rest(now)]


def _invites(now: float) -> list[Effect]:
    invite = Invite(Role.PARTICIPANT, "eeca")
    kept = tuple(Kept(InviteId(f"{at}" * 12), invite, 10, left, now + 9) for at, left in ((1, 10), (2, 0), (3, 4)))
    desk = Inviting("eeca", "new", expires=now + 9, language="ar", label="Poster")
    return [
        show.ShowInvites(None, ("eeca", "wca")),
        show.ShowInvites("eeca", ("eeca",), kept, closed=True),
        show.ShowNewInvite(desk, now + 9),
        show.ShowNewInvite(Inviting("eeca", "label"), None, "error.invite_bad_label"),
        show.ShowNewInvite(Inviting("eeca", "date"), None),
        show.ShowInvite(kept[0], now + 9),
        show.ShowInvite(kept[0], None, asks=True),
        show.ShowLink(desk),
    ]


def _admission(now: float) -> list[Effect]:
    found = [Found(state, invited=True) for state in (None, *Membership)]
    return [
        show.ShowOwnCode(),
        show.ShowOwnCode(now + 9, made=True),
        show.ShowCode(Code("123456782")),
        *(show.ShowMembership("eeca", state) for state in Membership),
        show.AskCode("eeca", "error.code_unknown"),
        *(show.ShowFound("eeca", one, decided) for one in found for decided in (True, False)),
    ]


def _briefings() -> list[Effect]:
    sheets = {"en": Sheet("Title", Text("Words")), "fr": Sheet("Titre", Text("Mots"))}
    shown = {"en": "en", "fr": "fr", "es": "en", "ar": "en", "ru": "en", "pt": "en"}
    before, read = (Read(number, 1_700_000_000, sheets, shown) for number in (1, 2))
    new = Briefing(BriefingId("0" * 12), "eeca")
    draft = Briefing(
        BriefingId("1" * 12), "eeca", {"en": Sheet("Another", Text("Words")), "fr": Sheet("Un autre", NOTHING)}
    )
    public = Briefing(BriefingId("2" * 12), "eeca", sheets, current=read, notes={"en": "More"})
    return [
        show.ShowBriefings("eeca", (public,)),
        show.ShowBriefing(public),
        show.ListBriefings((new, draft, public), ("eeca", "wca")),
        *(
            show.WriteBriefing(one, screen, "en", read, 0, before)
            for one in (new, draft, public)
            for screen in BRIEFING_SCREENS
        ),
    ]


def _forms() -> list[Effect]:
    one = Edition("0" * 16, "shelter", {"en": "Shelters", "fr": "Abris"}, ("en", "fr"), 3)
    fault = Fault("survey", 2, "type", "type_place")
    return [
        show.ShowForms(None, ("eeca", "wca"), ()),
        show.ShowForms("eeca", ("eeca",), (one,)),
        show.AskForm("eeca"),
        *(
            show.ShowForm("eeca", one, screen, ("en", "fr"), seen, published, None)
            for screen in ("page", "publish", "retire")
            for seen in ((), ("en", "fr"))
            for published in (True, False)
        ),
        show.ShowExamined(Examined(None, (fault,) * 9), "shelter.xlsx"),
        show.ShowExamined(Examined(one), "shelter.xlsx"),
        show.ShowWalk(one, "recommendation", ("en", "fr")),
        show.ShowWorkbook(one),
        show.ShowTemplate(b"PK"),
    ]


def _staff(now: float) -> list[Effect]:
    grant = Grant(Role.ORGANIZER, "eeca")
    held = (Held(ME, grant, "2026-11-22"), Held(OTHER, grant, "2026-11-22"))
    grants = [
        show.Waiting(Proposal(ProposalId(f"{at}" * 12), Wish.GRANT, "eeca", by, Role.ORGANIZER, agreed=agreed), own=own)
        for at, by, agreed, own in ((1, ME, None, True), (2, OTHER, None, False), (3, ME, OTHER, True))
    ]
    ends = show.Waiting(Proposal(ProposalId("4" * 12), Wish.END, "eeca", OTHER, Role.ORGANIZER, ME), own=False)
    thaws = [
        show.Waiting(Proposal(ProposalId(f"{at}" * 12), Wish.THAW, "wca", by), own=own)
        for at, by, own in ((5, ME, True), (6, OTHER, False))
    ]
    return [
        show.ShowStaff(ME, (grant,), ("eeca", "wca", None)),
        *(
            show.ShowPeople("eeca", ME, held, (one,), (grant,), lone=lone)
            for one in (*grants, ends)
            for lone in (True, False)
        ),
        show.ShowDone("people.proposed", "eeca"),
        show.ShowDone("freeze.done", "eeca", freeze=True),
        show.AskLayDown(grant),
        show.ShowRoleLink(Role.ORGANIZER, "eeca", "t" * 22, now + 9),
        *(
            show.ShowFreezes((show.Stand("eeca", None, ()), show.Stand("wca", now, waits), show.Stand(None, now, ())))
            for waits in ((thaws[0],), (thaws[1],), ())
        ),
        show.AskFreeze("eeca"),
        show.ShowFrozen("eeca", draft=True),
    ]


def _rest(now: float) -> list[Effect]:
    return [
        *(
            show.AskIntake("eeca", screen, "Europe/Kyiv")
            for screen in ("until", "close", "settings", "access", "drafts", "grace")
        ),
        show.ConfirmIntake(Changed("eeca", Intake(), Intake(open=True, until=now + 9)), "UTC", "0" * 8),
        show.AskZone("Europe/Kyiv", ("Europe/Kyiv", "Asia/Bishkek", "UTC")),
        show.DraftsEnd(now + 9, "Europe/Kyiv"),
        show.ShowExport(("eeca", "wca", "all")),
        show.ShowExport(("eeca",), "eeca"),
        show.ShowExport(("eeca",), "eeca", sure=True),
    ]
