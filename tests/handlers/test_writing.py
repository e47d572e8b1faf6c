"""Single screens as readers see them: which button is the main one, what is offered, times and names as they read."""

import html
import re
from dataclasses import replace

import pytest

from bot.core import consultations
from bot.core import screens as show
from bot.core.briefings import Briefing, BriefingId, begun, draft_edition, titled
from bot.core.consultations import BY_ID, Intake
from bot.core.contributions import ContributionId
from bot.core.conversation import Effect
from bot.core.dialogue import effects as out
from bot.core.dialogue.clues import clues
from bot.core.dialogue.draft import REVIEW, Answer, Draft
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.questionnaire import StepId
from bot.core.dialogue.steps.matching import labels
from bot.core.editions import Fault
from bot.core.figures import Figures, Stage, Tick
from bot.core.holdings import Holding, Holdings, Kind
from bot.core.inquiries import Inquiry, InquiryId, Line
from bot.core.outbox import Broadcast, BroadcastId, Phase, Text
from bot.core.people import Profile
from bot.questionnaires.library import library
from bot.questionnaires.wording import lines
from handlers.messages import Message
from handlers.writing.writer import Writer
from locales.bidi import FSI, PDI
from locales.briefings import Library
from tests.handlers.test_typed import CATALOGUE, FACTS, LANGUAGES, NOW, RECEIPT, WRITER

NBSP = "\u00a0"
FORM = library()["recommendation"]
AT = 1_796_108_400.0
"""1 December 2026, 07:00 in Greenwich."""
DRAFT = Draft(
    contribution=ContributionId("1" * 32), consultation="eeca", questionnaire="recommendation",
    version=FORM.questionnaire.version, language="en", day="2026-11-22", notice="1", step=StepId("phase"), visit=1,
)  # fmt: skip


def written(effect: Effect, language: str = "en", joined: tuple[str, ...] = ("eeca",)) -> list[Message]:
    profile = Profile(language, True, "1", joined, ())
    return [item.message for item in WRITER.write([effect], profile, lambda _: None, NOW)]


def names(message: Message) -> list[str]:
    return [button.label for row in message.rows for button in row]


def say(key: str, language: str = "en", **values: str | int) -> str:
    return CATALOGUE.text(language, key, **values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hours", [1, 2, 5, 40])
def test_the_notice_tells_how_long_drafts_live_where_somebody_goes(language: str, hours: int) -> None:
    lives = {"esa": hours, "mena": 30, "wca": 6}

    def intake(one: str) -> Intake:
        return Intake(open=one in lives, draft_hours=lives.get(one))

    def bare(text: str) -> str:
        return re.sub("[\u2066-\u2069]", "", html.unescape(text))

    writer = Writer(CATALOGUE, Library.load(), FACTS, intake, library())
    here, least, most = (say("time.hours", language, count=count) for count in (hours, 6, 30))
    differ = say("notice.drafts_differ", language, shortest=least, longest=most)
    others = frozenset({"esa"})
    for screen, key, time in (
        (show.ShowNotice("1", "esa"), "notice.body.drafts", here),
        (show.ShowPrivacy("esa"), "privacy.retention.draft", here),
        (show.ShowNotice("1", hidden=others), "notice.body.drafts", differ),
        (show.ShowPrivacy(hidden=others), "privacy.retention.draft", differ),
        (show.ShowNotice("1", hidden=frozenset({"esa", "wca"})), "notice.body.drafts", most),
    ):
        (one,) = writer.write([screen], Profile(language, True), lambda _: None, NOW)
        assert bare(say(key, language, time=time)) in bare(one.message.html)


@pytest.mark.parametrize("dialogue", ["recommendation", "practice", "response", None])
def test_below_a_receipt_comes_first_to_have_it_and_to_have_nothing_else_here(dialogue: str | None) -> None:
    (message,) = written(show.ShowReceipt(RECEIPT, "eeca", dialogue))
    shown = [button for row in message.rows for button in row]
    assert [button.label for button in shown][:2] == [say("receipt.copy"), say("receipt.tidy")]
    assert [button.label for button in shown if button.style == "primary"] == [say("receipt.copy")]
    assert shown[0].copy == RECEIPT
    kept = names(written(show.ShowReceipt(RECEIPT, "eeca", dialogue, keep=True))[0])
    assert say("receipt.tidy") not in kept
    (after,) = written(show.AfterReceipt("eeca"))
    assert names(after)[0] == say("receipt.tidy")


@pytest.mark.parametrize("phase", [Phase.SENDING, Phase.PAUSED, Phase.CANCELLED, Phase.DONE])
def test_the_report_says_where_it_is_no_news(phase: Phase) -> None:
    one = Broadcast(BroadcastId("0" * 12), "eeca", phase, texts={"en": Text("Hello")}, begins=NOW, planned=30)
    (message,) = written(show.ShowBroadcast(one, "report"))
    assert (say("outbox.no_news") in message.html) is (phase in (Phase.PAUSED, Phase.CANCELLED))


FOREIGN = ("Español", "Русский", "Português")
"""Languages in which nothing is written here, and which are not among those that are shown."""


@pytest.mark.parametrize("screen", ["texts", "audience", "draft"])
def test_a_broadcast_names_the_languages_that_are_spoken_and_those_written(screen: str) -> None:
    texts = {"en": Text("Hello"), "ar": Text("مرحبا")}
    (message,) = written(show.ShowBroadcast(Broadcast(BroadcastId("0" * 12), "eeca", texts=texts), screen,
                                            languages=("en", "fr")))  # fmt: skip
    said = "\n".join((message.html, *names(message)))
    assert not [name for name in FOREIGN if name in said]
    assert screen == "audience" or "العربية" in said
    assert "Français" in said


@pytest.mark.parametrize("screen", ["texts", "readers", "notes", "draft"])
def test_a_briefing_names_the_languages_that_are_spoken_and_those_written(screen: str) -> None:
    (message,) = written(show.WriteBriefing(briefing(), screen, languages=("en", "fr")))
    said = "\n".join((message.html, *names(message)))
    assert not [name for name in FOREIGN if name in said]
    assert "Français" in said


def test_figures_name_the_languages_of_the_consultation_and_those_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(consultations._known, "eeca", replace(BY_ID["eeca"], languages=("en", "fr")))
    counts = {Tick("eeca", Stage.SUBMITTED, "ar", "practice"): 5}
    (message,) = written(show.ShowFigures(Figures("eeca", "2026-11-21", counts), others=False))
    assert not [name for name in FOREIGN if name in message.html]
    assert all(name in message.html for name in ("English", "Français", "العربية"))


@pytest.mark.parametrize(("text", "main"), [("May I?", "send"), ("Call +7 701 123 45 67", "again")])
def test_the_main_button_below_a_letter_is_what_is_advised(text: str, main: str) -> None:
    inquiry = Inquiry(InquiryId("a" * 12), "eeca", "en", "2026-11-22", lines=(Line("May I?"),))
    for effect in (show.PreviewInquiry(text, clues(text)), show.PreviewAnswer(inquiry, text, clues(text))):
        (message,) = written(effect)
        primary = [button.label for row in message.rows for button in row if button.style == "primary"]
        sends = "ask.b.send" if isinstance(effect, show.PreviewInquiry) else "inquiries.b.send"
        assert primary == [say(sends if main == "send" else "ask.b.again")]


def test_times_are_told_in_the_zone_of_the_reader() -> None:
    holdings = Holdings(
        rows=(Holding(Kind.CODE, 1, AT),), profile=Profile("en", True, "1", ("eeca",), (), zone="Asia/Beirut")
    )
    told = written(show.ShowHoldings(holdings))[0].html
    assert f"09:00{NBSP}(Beirut)" in told
    assert f"09:00{NBSP}(Kyiv)" in written(show.ShowOwnCode(until=AT))[0].html
    assert "07:00 UTC" in written(show.ShowOwnCode(until=AT), joined=())[0].html


def test_the_time_of_a_broadcast_reads_like_every_other() -> None:
    one = Broadcast(BroadcastId("0" * 12), "eeca", texts={"en": Text("Hello")}, at=AT, zone=BY_ID["eeca"].zone)
    (when,) = written(show.ShowBroadcast(one, "when"))
    assert f"Time: 1{NBSP}December 2026, 09:00{NBSP}(Kyiv)" in when.html


def test_a_broadcast_without_text_cannot_be_proposed() -> None:
    one = Broadcast(BroadcastId("0" * 12), "eeca")
    assert say("outbox.b.propose") not in names(written(show.ShowBroadcast(one, "preview"))[0])
    full = replace(one, texts={"en": Text("Hello")})
    assert say("outbox.b.propose") in names(written(show.ShowBroadcast(full, "preview"))[0])


def briefing() -> Briefing:
    return begun(titled(Briefing(BriefingId("0" * 12), "eeca"), "en", "Clinics"), "en", "Open them.", ())


def test_who_reads_which_language_is_not_mirrored_by_an_arabic_name() -> None:
    (message,) = written(show.WriteBriefing(briefing(), "readers"))
    assert f"\u200e{FSI}العربية{PDI}: English" in names(message)
    assert "Français: English" in names(message)


def test_a_preview_says_that_it_is_not_published() -> None:
    one = briefing()
    edition = draft_edition(one, LANGUAGES, CATALOGUE.chain, NOW)
    (message,) = written(show.WriteBriefing(one, "preview", "fr", edition=edition))
    assert message.plain is not None
    assert message.plain.text.startswith(say("briefing.not_published"))


def test_the_title_of_a_briefing_stands_once() -> None:
    two = begun(titled(briefing(), "fr", "Cliniques"), "fr", "Ouvrez-les.", ())
    assert written(show.WriteBriefing(two, "language", "en"))[0].html.count("Clinics") == 1
    assert "Cliniques" in written(show.WriteBriefing(two, "language", "fr"))[0].html


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_consultations_has_a_row_of_its_own_and_a_way_back(language: str) -> None:
    (home,) = written(show.ShowHome("eeca"), language)
    assert [say("home.consultations", language)] in [[button.label for button in row] for row in home.rows]
    back = say("receipt.home", language)
    assert back in names(written(show.ShowConsultations(), language)[0])
    assert back not in names(written(show.ShowConsultations(), language, joined=())[0])


def test_a_rehearsal_offers_its_end_and_no_saving() -> None:
    steps = tuple(question.id for question in FORM.questionnaire.questions)
    for draft in (DRAFT, replace(DRAFT, rehearsal=True)):
        for effect in (out.Ask(draft), out.AskWhole(draft, steps), out.Review(replace(draft, step=REVIEW), steps)):
            seen = names(written(effect)[0])
            assert (say("forms.b.end") in seen) is draft.rehearsal
            assert (say("dialogue.stop") in seen) is not draft.rehearsal


def test_the_review_says_once_how_an_answer_is_changed() -> None:
    steps = (StepId("phase"),)
    for trouble in (None, Trouble("review.press_a_button")):
        (message,) = written(out.Review(replace(DRAFT, step=REVIEW), steps, trouble))
        assert message.html.count(say("review.press_a_button")) == 1


def test_a_number_stays_with_its_choice_where_all_is_answered_at_once() -> None:
    (message,) = written(out.AskWhole(DRAFT, (StepId("phase"),)))
    question = FORM.questionnaire.question("phase")
    assert question is not None
    for at, choice in enumerate(question.choices, 1):
        assert f"{at}{NBSP}{choice.short['en']}" in message.html


def test_of_many_countries_the_near_ones_come_first_and_more_letters_are_asked_for() -> None:
    question = next(one for one in FORM.questionnaire.questions if one.first == "countries")
    draft = replace(DRAFT, step=question.id, answers={StepId("phase"): Answer(("emergency",))})
    near = [at for at, one in enumerate(question.choices) if one.code in BY_ID["eeca"].countries]
    for text, many in (("a", True), ("armen", False)):
        found = labels(question, text)
        (message,) = written(out.Ask(draft, matches=found))
        assert (say("dialogue.more_letters") in message.html) is many
        first = {CATALOGUE.territory("en", question.choices[at].code) for at in found if at in near}
        assert first
        assert first == {label.lstrip("☐✓ ") for label in names(message)[: len(first)]}


def test_languages_without_a_text_are_told_by_their_names_and_together() -> None:
    faults = [Fault("survey", 0, "label", "language_missing", {"languages": "ar, es", "other": "en"})]
    (line,) = lines(CATALOGUE, "en", faults, "remark")
    plain = line.replace(FSI, "").replace(PDI, "")
    assert plain.endswith("There is no text in: العربية, Español. These readers will see: English.")
