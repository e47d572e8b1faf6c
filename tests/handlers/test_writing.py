"""Single screens as readers see them: which button is the main one, what is offered, times and names as they read."""

from dataclasses import replace

import pytest

from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.contributions import ContributionId
from bot.core.conversation import Effect
from bot.core.dialogue.clues import clues
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.questionnaire import StepId
from bot.core.holdings import Holding, Holdings, Kind
from bot.core.inquiries import Inquiry, InquiryId, Line
from bot.core.outbox import Broadcast, BroadcastId, Text
from bot.core.people import Profile
from bot.questionnaires.library import library
from handlers.messages import Message
from tests.handlers.test_typed import CATALOGUE, NOW, WRITER

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
