"""A broadcast passes two persons, and no change of it slips through; texts lead nowhere else than they say."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import outbox
from bot.core.errors import Refused
from bot.core.outbox import Act, Actor, Broadcast, BroadcastId, Form, Mark, Phase, Quiet, Text
from bot.core.people import Role

ANA, BO, CY = Actor("a" * 16), Actor("b" * 16), Actor("c" * 16)
NOW = 1_000.0
WINDOW = 600.0


def draft(actor: Actor = ANA) -> Broadcast:
    return outbox.written(Broadcast(BroadcastId("0" * 12), "eeca"), actor, "en", Text("Good morning"))


def proposal() -> Broadcast:
    return outbox.proposed(outbox.previewed(draft()), ANA, NOW)


def approval() -> Broadcast:
    waiting = proposal()
    return outbox.approved(waiting, BO, waiting.digest, NOW, WINDOW)


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def test_two_persons_send() -> None:
    agreed = approval()
    assert agreed.phase is Phase.APPROVED
    assert agreed.begins == NOW + WINDOW
    assert outbox.may_send(agreed)
    assert not outbox.may_send(proposal())


def test_the_same_person_cannot_approve() -> None:
    waiting = proposal()
    with pytest.raises(Refused) as error:
        outbox.approved(waiting, ANA, waiting.digest, NOW, WINDOW)
    assert refusal(error) == "outbox_same_person"


def test_whoever_changed_a_word_cannot_approve() -> None:
    changed = outbox.written(proposal(), BO, "fr", Text("Bonjour"))
    waiting = outbox.proposed(outbox.previewed(changed), ANA, NOW)
    with pytest.raises(Refused) as error:
        outbox.approved(waiting, BO, waiting.digest, NOW, WINDOW)
    assert refusal(error) == "outbox_same_person"
    assert outbox.may_send(outbox.approved(waiting, CY, waiting.digest, NOW, WINDOW))


CHANGES: list[dict[str, Any]] = [
    {"texts": {"en": Text("Good morning.")}},
    {"texts": {"en": Text("Good morning", (Mark("bold", 0, 4),))}},
    {"texts": {"en": Text("Good morning"), "fr": Text("Bonjour")}},
    {"form": Form.FULL},
    {"languages": ("en",)},
    {"role": Role.ORGANIZER},
    {"excludes": (BroadcastId("1" * 12),)},
    {"at": 99_999.0},
    {"zone": "Europe/Paris"},
    {"quiet": Quiet(0, 0)},
    {"zones": {"ar": "Asia/Beirut"}},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(*change))
def test_any_change_voids_the_approval(change: dict[str, Any]) -> None:
    agreed = approval()
    changed = outbox.edited(agreed, ANA, **change)
    assert changed.phase is Phase.DRAFT
    assert changed.approval is None
    assert not outbox.may_send(changed)
    # Nor can what an approver was shown before be approved afterwards, nor an old approval be put on a new text.
    again = outbox.proposed(outbox.previewed(changed), ANA, NOW)
    with pytest.raises(Refused) as error:
        outbox.approved(again, BO, agreed.digest, NOW, WINDOW)
    assert refusal(error) == "outbox_changed"
    assert not outbox.may_send(replace(agreed, **change))


def test_what_was_not_looked_at_cannot_be_proposed() -> None:
    for changed in (draft(), outbox.written(outbox.previewed(draft()), ANA, "fr", Text("Salut"))):
        with pytest.raises(Refused) as error:
            outbox.proposed(changed, ANA, NOW)
        assert refusal(error) == "outbox_not_seen"


def test_a_time_that_is_past_is_refused() -> None:
    late = outbox.previewed(outbox.edited(draft(), ANA, at=NOW - 1))
    with pytest.raises(Refused) as error:
        outbox.proposed(late, ANA, NOW)
    assert refusal(error) == "outbox_past"


def test_pause_cancel_and_recall_have_their_time() -> None:
    sending = replace(outbox.begun(approval()), planned=3)
    assert outbox.resumed(outbox.paused(sending), NOW + WINDOW).phase is Phase.SENDING
    stopped = outbox.cancelled(outbox.paused(sending), NOW)
    assert stopped.over
    assert outbox.recalled(stopped, NOW + 3600).phase is Phase.RECALLED
    with pytest.raises(Refused):
        outbox.recalled(stopped, NOW + 48 * 3600)
    with pytest.raises(Refused):
        outbox.resumed(stopped, NOW)
    with pytest.raises(Refused):
        outbox.edited(sending, ANA, form=Form.FULL)


@pytest.mark.parametrize(("hours", "may"), [(40.0, True), (46.9, True), (47.1, False), (48.0, False)])
def test_what_was_sent_can_be_taken_back_with_a_margin_before_telegrams_two_days(hours: float, may: bool) -> None:
    over = outbox.done(outbox.begun(approval()), NOW)
    later = NOW + hours * 3600
    if may:
        assert outbox.recalled(over, later).phase is Phase.RECALLED
        assert outbox.followed(over, Act.CORRECT, BroadcastId("2" * 12), BO, later).act is Act.CORRECT
        return
    with pytest.raises(Refused) as error:
        outbox.recalled(over, later)
    assert refusal(error) == "outbox_too_late"
    with pytest.raises(Refused) as error:
        outbox.followed(over, Act.CORRECT, BroadcastId("2" * 12), BO, later)
    assert refusal(error) == "outbox_too_late"


def test_what_was_approved_before_there_were_briefings_stays_approved() -> None:
    """The digest is of what was shown; a field that came later and says nothing does not change it."""
    assert draft().digest == "be0d097eeacc1599"
    assert replace(draft(), briefing="1" * 12).digest != draft().digest


def test_what_follows_needs_an_approval_of_its_own() -> None:
    over = outbox.done(outbox.begun(approval()), NOW)
    for act in (Act.RESEND, Act.CORRECT):
        new = outbox.followed(over, act, BroadcastId("2" * 12), BO, NOW)
        assert new.phase is Phase.DRAFT
        assert new.approval is None
        assert not outbox.may_send(new)
        with pytest.raises(Refused):
            outbox.followed(replace(new, phase=Phase.DONE, ended=NOW), Act.RESEND, BroadcastId("3" * 12), BO, NOW)


DOINGS = ("write", "propose", "approve", "pause", "resume", "cancel", "begin", "done")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(DOINGS), st.sampled_from([ANA, BO, CY])), max_size=14))
def test_whatever_three_persons_do_nothing_is_sent_that_one_alone_wanted(acts: list[tuple[str, Actor]]) -> None:
    broadcast = draft()
    for name, actor in acts:
        try:
            broadcast = _done(broadcast, name, actor)
        except Refused:
            continue
        if broadcast.phase in (Phase.SENDING, Phase.DONE) or broadcast.approval is not None:
            assert outbox.may_send(broadcast)
            assert len({*broadcast.writers, broadcast.approver}) == len(broadcast.writers) + 1 >= 2
            assert broadcast.approval == broadcast.digest


def _done(broadcast: Broadcast, name: str, actor: Actor) -> Broadcast:
    match name:
        case "write":
            return outbox.written(broadcast, actor, "en", Text(f"by {actor[0]}"))
        case "propose":
            return outbox.proposed(outbox.previewed(broadcast), actor, NOW)
        case "approve":
            return outbox.approved(broadcast, actor, broadcast.digest, NOW, WINDOW)
        case "pause":
            return outbox.paused(broadcast)
        case "resume":
            return outbox.resumed(broadcast, NOW)
        case "cancel":
            return outbox.cancelled(broadcast, NOW)
        case "begin":
            return outbox.begun(broadcast)
    return outbox.done(broadcast, NOW)


def test_what_was_paused_before_it_began_waits_for_its_time_again() -> None:
    """Else it would be taken for one whose recipients were all served, or would go out before its hour."""
    waits = outbox.paused(approval())
    assert outbox.resumed(waits, NOW + WINDOW).phase is Phase.APPROVED
    planned = replace(waits, planned=3)
    assert outbox.resumed(planned, NOW).phase is Phase.APPROVED
    assert outbox.resumed(planned, NOW + WINDOW).phase is Phase.SENDING


def test_what_never_began_has_no_recipients_once_it_is_stopped() -> None:
    """Else /news would show it as soon as its time is past; and who came meanwhile would not get it."""
    planned = replace(approval(), planned=3)
    waits = outbox.paused(planned)
    assert waits.planned is None
    assert outbox.resumed(waits, NOW + WINDOW).phase is Phase.APPROVED
    assert outbox.cancelled(waits, NOW).planned is None
    assert outbox.cancelled(planned, NOW).planned is None
    sending = outbox.begun(planned)
    assert outbox.paused(sending).planned == 3
    assert outbox.cancelled(sending, NOW).planned == 3
    assert outbox.cancelled(outbox.paused(sending), NOW).planned == 3


HTTP = "see http" + "://example.org"


@pytest.mark.parametrize(
    ("text", "marks", "code"),
    [
        ("  \n", [], "outbox_empty"),
        ("ä" * 3_501, [], "outbox_too_long"),
        ("click here", [("text_link", 0, 5, "https://example.org")], "outbox_hidden_link"),
        ("ask Robin", [("text_mention", 4, 5, None)], "outbox_person"),
        (HTTP, [("url", 4, 18, None)], "outbox_link_scheme"),
        (HTTP, [], "outbox_link_scheme"),
        ("tg://resolve?domain=x", [], "outbox_link_scheme"),
        ("TG:resolve", [], "outbox_link_scheme"),
        ("javascript:alert(1)", [], "outbox_link_scheme"),
        ("see example.org", [("url", 4, 11, None)], "outbox_link_scheme"),
        ("ftp://example.org", [], "outbox_link_scheme"),
        ("abc \u202e drow", [], "outbox_invisible"),
        ("zero\u200bwidth", [], "outbox_invisible"),
        ("x" * 200, [("bold", at, 1, None) for at in range(91)], "outbox_too_many_marks"),
    ],
)
def test_what_deceives_is_refused(text: str, marks: list[tuple[str, int, int, str | None]], code: str) -> None:
    with pytest.raises(Refused) as error:
        outbox.cleaned(text, marks)
    assert refusal(error) == code


def test_what_is_plain_is_kept_as_it_is() -> None:
    text = "🕊 <b>&amp; *stars* _lines_ [x](y) {braces} https://example.org/a?b=c — 10:30, e.g. note: this"
    link = outbox.units(text[: text.index("https")])
    marks: list[tuple[str, int, int, str | None]] = [("bold", 0, 2, None), ("url", link, 23, None)]
    kept = outbox.cleaned(text + " \n", [*marks, ("spoiler", 0, 4, None), ("italic", 90, 500, None)])
    assert kept.text == text
    assert kept.marks == (Mark("bold", 0, 2), Mark("italic", 90, outbox.units(text) - 90))


def test_readers_get_the_first_language_of_their_chain() -> None:
    broadcast = outbox.written(draft(), ANA, "es", Text("Hola"))
    assert outbox.text_for(broadcast, ("pt", "es", "en")) == ("es", Text("Hola"))
    assert outbox.text_for(broadcast, ("ru", "en")) == ("en", Text("Good morning"))
    assert outbox.text_for(replace(broadcast, texts={"ar": Text("x")}), ("ru", "en")) == ("ar", Text("x"))
    assert outbox.text_for(replace(broadcast, texts={}), ("en",)) is None


def test_numbers_of_few_people_are_not_shown() -> None:
    assert [outbox.rounded(count) for count in (0, 1, 4, 5, 9, 10, 14)] == [None, None, None, 5, 5, 10, 10]


def test_quiet_hours_pass_midnight() -> None:
    night = Quiet(22, 7)
    assert [hour for hour in range(24) if night.covers(hour)] == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert not any(Quiet(0, 0).covers(hour) for hour in range(24))
    assert [hour for hour in range(24) if Quiet(12, 14).covers(hour)] == [12, 13]
