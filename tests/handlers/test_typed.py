"""Every button of every screen has a typed form, in every language: its label leads where the button leads."""

import pytest

from bot.core import events as on
from bot.core import screens as show
from bot.core.attribution import Attribution
from bot.core.consultations import CONSULTATIONS, Access, Intake
from bot.core.contributions import ContributionId, PartId, Receipt, Standing, State
from bot.core.conversation import Effect
from bot.core.dialogue import effects as out
from bot.core.dialogue import engine
from bot.core.dialogue.draft import COMPLETE, Draft, Written
from bot.core.dialogue.events import Do, Pressed, Said, Voiced
from bot.core.dialogue.questionnaire import StepId
from bot.core.feedback import Reply
from bot.core.figures import Figures
from bot.core.founding import Founding, Plan, Step
from bot.core.holdings import Holding, Holdings, Kind
from bot.core.inquiries import Inquiry, InquiryId, Line, Reason, Stage
from bot.core.outbox import Broadcast, BroadcastId, Phase, Text
from bot.core.outbox import State as Delivered
from bot.core.people import Profile, Role
from bot.core.points import Point
from bot.questionnaires.library import library
from handlers import buttons
from handlers.commands import COMMANDS
from handlers.messages import Outgoing, Row
from handlers.typed import OWN_WORDS, meant
from handlers.writing.pages import Facts
from handlers.writing.writer import Writer
from locales.briefings import Library
from locales.catalogue import Catalogue
from tests.handlers import office
from tests.journeys.pictures import BROADCAST_SCREENS, UNSEEN, everything

NOW = 1_800_000_000.0
CATALOGUE = Catalogue.load()
LANGUAGES = [language.code for language in CATALOGUE.languages]
RECEIPT = Receipt("1234567890123456")
POINT = Point("p", ("eeca",), "2026-03-22", {"en": "Clinics"}, {"en": "Clinics are open."}, said={"en": "Open them."})
PLAN = Plan(
    {"en": "Pacific", "fr": "Pacifique"}, {"en": "Pacific"}, {"en": "Suva, Fiji"}, "FJ", ("FJ", "PG"), "Pacific/Fiji",
    ("Pacific/Apia",), "2027-05-12", "2027-05-13", NOW, NOW + 9, Access.OPEN, True, 12, ("en", "fr"),
    ("recommendation",), "eeca",
)  # fmt: skip
FACTS = Facts(
    organisers="the Example Network",
    contact="desk@example.org",
    recipients=("age1a", "age1b"),
    draft_hours=24,
    review_minutes=30,
    tidy_minutes=5,
    commands=tuple((command.name, command.roles) for command in COMMANDS),
)
WRITER = Writer(CATALOGUE, Library.load(), FACTS, lambda _: Intake(open=True, until=NOW + 1e6), library())


def _draft(questionnaire: str = "recommendation", step: str = "phase") -> Draft:
    form = library()[questionnaire]
    return Draft(
        ContributionId("0" * 32),
        "eeca",
        questionnaire,
        form.questionnaire.version,
        "en",
        "2026-11-22",
        "1",
        StepId(step),
    )


def _walked() -> list[Effect]:
    """Everything that walking through the forms shows, with skipping, changing and erasing."""
    found: list[Effect] = []
    for name in ("recommendation", "practice", "group"):
        form = library()[name]
        turn = engine.begin(_draft(name), form)
        for _ in range(len(form.questionnaire.questions) + 3):
            found += turn.effects
            draft = turn.draft
            assert draft is not None
            question = form.questionnaire.question(draft.step)
            if draft.step == COMPLETE:
                turn = engine.resume(draft, Pressed(Do.LEAVE, draft.visit), form)
            elif question is None:
                break
            elif question.required:
                do = Do.CHOOSE if question.choices else Do.SKIP
                if do is Do.SKIP:
                    turn = engine.resume(
                        draft, _said("12" if question.kind == "integer" else "Open the clinics."), form
                    )
                    found += turn.effects
                    draft = turn.draft or draft
                    if draft.step == question.id:
                        turn = engine.resume(draft, Pressed(Do.NEXT, draft.visit), form)
                else:
                    turn = engine.resume(draft, Pressed(do, draft.visit, 0), form)
            else:
                if len(question.choices) > 5:
                    found += engine.resume(draft, Pressed(Do.PAGE, draft.visit, 1), form).effects
                turn = engine.resume(draft, Pressed(Do.SKIP, draft.visit), form)
        draft = turn.draft
        assert draft is not None
        found += engine.resume(draft, Pressed(Do.CANCEL, draft.visit), form).effects
        found += engine.resume(draft, Pressed(Do.CHANGE, draft.visit, 0 if name != "group" else 1), form).effects
        found += [
            out.Erased(),
            out.Stopped(draft),
            *engine.resume(draft, Pressed(Do.SUBMIT, draft.visit), form).effects,
        ]
    return found


def _said(text: str) -> Said:
    return Said(text, 1, PartId("1" * 32))


def samples() -> list[Effect]:
    """At least one of everything that is ever written."""
    draft, inquiry = _draft(), Inquiry(InquiryId("0" * 12), "eeca", "en", "2026-11-22", lines=(Line("May I?"),))
    others = [Inquiry(InquiryId(f"{at}" * 12), "eeca", "en", "2026-11-22", lines=(Line("Or?"),)) for at in (1, 2)]
    cast = Broadcast(BroadcastId("0" * 12), "eeca", texts={"en": Text("News"), "fr": Text("Avis")})
    sent = {(Delivered.ACCEPTED, ""): 12, (Delivered.UNKNOWN, ""): 7, (Delivered.FAILED, "late"): 6}
    loose = (Written(PartId("2" * 32), 7),)
    standing = Standing(ContributionId("0" * 32), "eeca", State.SUBMITTED)
    handles = (
        show.Handle("eeca", "broadcasts", "manage.broadcasts"),
        show.Handle("eeca", "questions", "home.questions"),
    )
    home = show.ShowHome("eeca")
    found: list[Effect] = [
        show.ShowLanguage(first=True),
        show.ShowNotice("1"),
        *(show.AskComprehension(one, "1") for one in on.Comprehension),
        show.ShowConsultations("join.closed", "wca"),
        home,
        show.ShowHome("eeca", unfinished="wca"),
        show.ShowHome("eeca", "admission.suspended", barred=True),
        show.ShowHome("eeca", group=True, responds=True, organizes=True),
        show.ShowTopics(),
        *(show.ShowCard("micic", card) for card in (0, 1)),
        show.ShowHelp(frozenset(Role)),
        show.ShowPrivacy(),
        *(show.ShowKeep(on=kept, always=always) for kept, always in ((False, False), (True, False), (True, True))),
        show.Tidied(deleted=True, draft=True, unsafe=True, refused=True, kept=True, always=False),
        show.ShowHoldings(Holdings((Holding(Kind.PROFILE, 1, NOW),), Profile("en", True, "1", ("eeca",)))),
        show.AskForget(acted=True),
        show.Forgotten(),
        show.Goodbye(),
        *(show.ShowReceipt(RECEIPT, "eeca", name, group=name == "group") for name in ("recommendation", "group", None)),
        show.AfterReceipt("eeca", group=True),
        show.AskReceipt(),
        show.ShowState(RECEIPT, standing, points=(POINT,)),
        show.ShowState(RECEIPT, Standing(standing.contribution, "eeca", State.WITHDRAWN)),
        show.AskAmend(RECEIPT),
        show.Amended(RECEIPT, "eeca", 2),
        show.AskAttribution(RECEIPT, "eeca", Attribution.REGION),
        show.AskName(RECEIPT, Attribution.ORGANISATION),
        *(show.ConfirmAttribution(RECEIPT, "eeca", one, "Network") for one in (Attribution.REGION, Attribution.PERSON)),
        show.AskWithdraw(RECEIPT, (POINT,)),
        show.ShowCarried(RECEIPT, POINT, 1, 3, Reply.PARTLY),
        show.AskReplyWords(RECEIPT, Reply.NO),
        show.AskSafe(),
        show.NotNow(),
        *(show.ShowSilence(wants) for wants in (True, False)),
        *(show.ShowNews(one, 1, 3) for one in (cast, None)),
        show.ShowBroadcasts((cast,), tuple(one.id for one in CONSULTATIONS)),
        *(show.ShowBroadcast(cast, screen, "en", 5, own=own) for screen in BROADCAST_SCREENS for own in (True, False)),
        *(
            show.ShowBroadcast(Broadcast(cast.id, "eeca", phase, planned=30, begins=NOW), "report", counts=sent)
            for phase in Phase
        ),
        show.ShowNotices(cast),
        show.AskInquiry((inquiry, *others), None, unread=True, full=False),
        show.AskInquiry((inquiry,), inquiry, unread=False, full=False),
        show.PreviewInquiry("May I?", ()),
        show.ShowInquiry(inquiry),
        show.ShowInquiry(Inquiry(inquiry.id, "eeca", "en", "2026-11-22", Stage.CLOSED, reason=Reason.BEYOND)),
        show.OfferAnswer(),
        show.ShowInquiries((inquiry,), "me", told=True),
        show.OpenInquiry(inquiry, "me"),
        show.AskAnswer(inquiry),
        show.PreviewAnswer(inquiry, "Yes.", ()),
        show.AskReason(inquiry),
        show.ShowManaged(tuple(one.id for one in CONSULTATIONS), handles),
        show.ShowRun("eeca", Intake(), handles, ("recommendation", "practice"), "UTC"),
        show.ShowRun("eeca", Intake(open=True, until=NOW + 9), handles, ("recommendation",), "UTC"),
        *(show.ShowPlan(Founding(PLAN, step), mark="0" * 8, id="pac") for step in Step),
        *(show.ShowPlan(Founding(PLAN, step, language="fr")) for step in (Step.NAME, Step.PLACE)),
        *(show.ShowPlan(Founding(step=step), "error.founding_choose") for step in Step if step is not Step.REVIEW),
        show.ShowPlan(Founding(PLAN, Step.NAME, language="en", more=True), "error.founding_short"),
        show.ShowPlan(Founding(PLAN, Step.DAYS, more=True), "error.founding_days"),
        show.ShowPlan(Founding(PLAN, Step.COUNTRY), "error.founding_several", "Congo", matches=("CD", "CG")),
        show.ShowPlan(Founding(PLAN, Step.ZONE), zones=("Pacific/Fiji", "Pacific/Apia")),
        show.ShowPlan(Founding(PLAN, Step.ZONES), zones=("Pacific/Port_Moresby", "Pacific/Apia")),
        show.ShowPlan(Founding(PLAN, Step.POINTS, drops=True)),
        show.ShowMade("pac", PLAN.name),
        show.ListFigures(("eeca", "wca")),
        show.ShowFigures(Figures("eeca", "2026-11-21"), others=True),
        show.ShowMissing(Figures("eeca", "2026-11-21"), ("ru", "pt")),
        show.Toast("group.ended"),
        show.Line("receipt.unknown"),
        out.AskWhere(Draft(**{**vars(draft), "loose": loose}), (StepId("recommendation"), StepId("example"))),
        out.AskWhole(draft, tuple(one.id for one in library()["recommendation"].questionnaire.questions[:3])),
        out.Noted("dialogue.left_out"),
        out.KeepVoice(StepId("phase"), Voiced(1, PartId("3" * 32), 1, 1, "audio/ogg")),
    ]
    return found + office.samples(NOW) + _walked()


def typed_wrongly(rows: tuple[Row, ...]) -> list[str]:
    """Labels that, typed, lead elsewhere or nowhere."""
    wrong = []
    for button in (button for row in rows for button in row):
        if button.data is None:
            continue
        pressed = buttons.parse(button.data)
        if isinstance(pressed, on.Presses) and pressed.pressed.do in OWN_WORDS:
            continue
        if meant(button.label, rows) != pressed:
            wrong.append(button.label)
    return wrong


def _written(effect: Effect, language: str) -> list[Outgoing]:
    return WRITER.write([effect], Profile(language, True, "1", ("eeca",), ("eeca",)), lambda _: "Open them.", NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_has_a_typed_form(language: str) -> None:
    effects = samples()
    assert everything() - {type(effect) for effect in effects} - {*UNSEEN} == set(), "give an example of it"
    checked, wrong = 0, {}
    for effect in effects:
        for item in _written(effect, language):
            checked += sum(len(row) for row in item.message.rows)
            if found := typed_wrongly(item.message.rows):
                wrong[f"{type(effect).__name__} {getattr(effect, 'screen', '')}"] = found
    assert checked > 300
    assert wrong == {}


def test_two_buttons_of_one_name_are_noticed() -> None:
    (again,) = _written(show.ShowSilence(True), "en")
    row = again.message.rows[0]
    assert typed_wrongly(again.message.rows) == []
    other = row[0].__class__(row[0].label.upper(), buttons.NOT_NOW)
    assert typed_wrongly((row, (other,))) == [other.label]
