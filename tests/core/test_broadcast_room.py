"""Random people press random buttons: only organizers of a consultation change anything, and two are needed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import events as on
from bot.core import outbox, screens
from bot.core.consultations import BY_ID, Intake, learn, unlearn
from bot.core.contributions import PartId
from bot.core.conversation import World, converse
from bot.core.dialogue.events import Said
from bot.core.events import Compose
from bot.core.figures import Figures
from bot.core.outbox import Actor, Broadcast, BroadcastId, Phase, State, Text
from bot.core.people import NOTICE, Grant, Profile, Role
from bot.core.rights import Right, may
from bot.core.session import Place, Session
from tests.storage.world import RealChance

NOW = 1_795_000_000.0
PEOPLE: dict[str, tuple[Grant, ...]] = {
    "a" * 16: (Grant(Role.ORGANIZER, "eeca"),),
    "b" * 16: (Grant(Role.ORGANIZER, None),),
    "c" * 16: (Grant(Role.ORGANIZER, "mena"),),
    "d" * 16: (Grant(Role.SECRETARIAT, None),),
    "e" * 16: (Grant(Role.PARTICIPANT, "eeca"),),
    "f" * 16: (),
}


class Shelf:
    """Broadcasts in memory, as the room looks at them; counts that no screen may show."""

    def __init__(self) -> None:
        self.kept: dict[str, Broadcast] = {}

    def broadcasts(self, consultations: Any = None) -> tuple[Broadcast, ...]:
        return tuple(one for one in self.kept.values() if consultations is None or one.consultation in consultations)

    def broadcast(self, wanted: str) -> Broadcast | None:
        return self.kept.get(wanted)

    def reach(self, broadcast: Broadcast) -> int:
        return 3

    def sensitive(self, consultation: str) -> bool:
        return True

    def counts(self, broadcast: str) -> dict[tuple[State, str], int]:
        return {(State.ACCEPTED, ""): 3}


def world(shelf: Shelf, who: str) -> World:
    return World(
        day="2026-11-22", now=NOW, notice=NOTICE, languages=("en", "fr", "ar"), intake=lambda _: Intake(),
        grants=PEOPLE[who], forms={}, chance=RealChance(), standing=lambda _: None,
        outbox=shelf, actor=Actor(who), cancel_seconds=600.0,  # type: ignore[arg-type]  # what the room asks for
    )  # fmt: skip


RIGHT = {Compose.NEW: "eeca", Compose.WRITE: "en", Compose.DROP: "en", Compose.LANGUAGE: "ar", Compose.RECALL: "yes"}
"""Arguments that make sense; chance alone would hardly ever come to an approval."""
doings = st.tuples(
    st.sampled_from([*sorted(PEOPLE)[:2] * 4, *sorted(PEOPLE)]),
    st.sampled_from(["next"] * 60 + ["text"] * 4 + [*Compose]),
    st.sampled_from([0] * 6 + [1, 2, 3]),
    st.sampled_from(["right"] * 8 + ["", "en", "mena", "stale"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(doings, min_size=10, max_size=60))
def test_whoever_presses_whatever_only_what_the_roles_allow_happens(acts: list[tuple[str, Any, int, str]]) -> None:
    shelf = Shelf()
    sessions = {who: Session(at, Place.HOME) for at, who in enumerate(PEOPLE)}
    for who, wish, which, argument in acts:
        known = list(shelf.kept)
        target = known[which] if which < len(known) else "0" * 12
        do = _next(shelf.kept.get(target), sessions[who]) if wish == "next" else wish
        digest = shelf.kept[target].digest if target in shelf.kept else "0" * 16
        said = {"right": RIGHT.get(do, digest), "stale": "0" * 16}.get(argument, argument)
        event: on.Event = (
            on.Speaks(Said(f"A text by {who[0]}", 5, PartId("0" * 32)))
            if do == "text"
            else on.Composes(do, target, said)
        )
        profile = Profile("en", True, NOTICE, ("eeca",))
        outcome = converse(profile, sessions[who], event, world(shelf, who))
        sessions[who] = outcome.session
        if outcome.broadcast is not None:
            _allowed(shelf, who, outcome.broadcast)
            shelf.kept[outcome.broadcast.id] = replace(outcome.broadcast, version=outcome.broadcast.version + 1)
        for effect in outcome.effects:
            if isinstance(effect, screens.ShowBroadcast | screens.ShowNotices):
                assert may(PEOPLE[who], Right.BROADCAST, effect.broadcast.consultation)
            if isinstance(effect, screens.ShowBroadcast) and effect.reach is not None:
                assert effect.reach == 0  # three people are "fewer than 5"


def test_a_new_broadcast_is_timed_where_its_consultation_is() -> None:
    profile = Profile("en", True, NOTICE, ("eeca",))
    event = on.Composes(Compose.NEW, "", "eeca")
    outcome = converse(profile, Session(0, Place.HOME), event, world(Shelf(), "a" * 16))
    assert outcome.broadcast is not None
    assert outcome.broadcast.zone == BY_ID["eeca"].zone == "Europe/Kyiv"


def _next(one: Broadcast | None, session: Session) -> Any:
    """What somebody who wants this to be sent does next; chance alone would hardly ever come to an approval."""
    if one is None:
        return Compose.NEW
    if one.phase is Phase.PROPOSED:
        return Compose.APPROVE
    if one.phase is not Phase.DRAFT:
        return Compose.PAUSE
    if not one.texts:
        return "text" if session.bench.screen == "write" else Compose.WRITE
    return Compose.PROPOSE if one.seen == one.digest else Compose.PREVIEW


def _allowed(shelf: Shelf, who: str, after: Broadcast) -> None:
    """A change is one that this person may make, and what may be sent was agreed on by two."""
    assert may(PEOPLE[who], Right.BROADCAST, after.consultation)
    before = shelf.kept.get(after.id)
    if after.phase is Phase.APPROVED and (before is None or before.phase is not Phase.APPROVED):
        assert before is not None
        assert before.phase in (Phase.PROPOSED, Phase.PAUSED)
        if before.phase is Phase.PAUSED:  # whoever lets it go on agrees to nothing: what was agreed on stays
            assert (after.approver, after.approval) == (before.approver, before.approval)
        else:
            assert who not in after.writers
            assert after.approver == who
    if after.phase in (Phase.APPROVED, Phase.SENDING):
        assert outbox.may_send(after)
        assert after.digest == after.approval
    if before is not None and before.digest != after.digest:
        assert after.phase is Phase.DRAFT
        assert who in after.writers
    assert BroadcastId(after.id)


USED = (Compose.PAUSE, Compose.RESUME, Compose.CANCEL, Compose.APPROVE, Compose.SEND_BACK, Compose.PROPOSE, Compose.NOW)


@pytest.mark.parametrize("phase", [Phase.DONE, Phase.CANCELLED, Phase.RECALLED])
@pytest.mark.parametrize("do", USED)
def test_a_button_of_what_is_over_is_answered_with_how_it_stands(phase: Phase, do: Compose) -> None:
    """As it may stand in a chat that was asleep when the broadcast ended."""
    shelf = Shelf()
    over = Broadcast(
        BroadcastId("0" * 12), "eeca", phase, texts={"en": Text("Hello")}, begins=NOW, planned=9, ended=NOW
    )
    shelf.kept[over.id] = over
    profile, session = Profile("en", True, NOTICE, ("eeca",)), Session(1, Place.HOME)
    outcome = converse(profile, session, on.Composes(do, over.id, over.digest), world(shelf, "a" * 16))
    assert outcome.broadcast is None
    said, shown = outcome.effects
    assert isinstance(said, screens.Line)
    assert said.key.startswith("error.outbox_")
    assert isinstance(shown, screens.ShowBroadcast)
    assert (shown.screen, shown.broadcast) == ("report", over)


class Readers(Shelf):
    """People who want news, by language."""

    def reach(self, broadcast: Broadcast) -> int:
        counts = {"en": 40, "fr": 0, "ar": 5, "ru": 4}
        return sum(count for code, count in counts.items() if not broadcast.languages or code in broadcast.languages)


@pytest.fixture
def french() -> Iterator[str]:
    """A consultation that is run in English and French."""
    learn([replace(BY_ID["eeca"], id="hoa", languages=("en", "fr"), texts={"name": {"en": "Horn"}})])
    yield "hoa"
    unlearn()


def test_languages_are_those_of_the_consultation_and_of_five_readers(french: str) -> None:
    shelf = Readers()
    shelf.kept["0" * 12] = Broadcast(BroadcastId("0" * 12), french)
    knows = replace(world(shelf, "b" * 16), languages=("en", "fr", "ar", "ru"))
    profile, session = Profile("en", True, NOTICE, (french,)), Session(1, Place.HOME)
    for code in ("en", "fr", "ar"):
        outcome = converse(profile, session, on.Composes(Compose.LANGUAGE, "0" * 12, code), knows)
        assert outcome.broadcast is not None
        shelf.kept["0" * 12], session = outcome.broadcast, outcome.session
    (shown,) = outcome.effects
    assert isinstance(shown, screens.ShowBroadcast)
    assert shown.languages == ("en", "fr", "ar"), "four readers of Russian are no language that is named"
    assert shown.broadcast.languages == (), "who chooses all that are offered means everybody"
    preview = converse(profile, session, on.Composes(Compose.PREVIEW, "0" * 12), knows).effects[0]
    assert isinstance(preview, screens.ShowNotices)
    assert preview.languages == ("en", "fr", "ar")
    knows = replace(knows, figures=lambda one: Figures(one, "2026-11-21"))
    (missing,) = converse(profile, session, on.Looks(on.Figure.MISSING, french), knows).effects
    assert isinstance(missing, screens.ShowMissing)
    assert missing.languages == ("en", "fr", "ar")


class Stopped:
    """Everything stands still, or nothing."""

    def __init__(self, *, still: bool) -> None:
        self.still = still

    def frozen(self, consultation: str | None) -> float | None:
        return NOW if self.still else None


@pytest.mark.parametrize(
    ("phase", "still", "read"),
    [
        (Phase.PAUSED, False, False),
        (Phase.PAUSED, True, False),
        (Phase.SENDING, False, True),
        (Phase.SENDING, True, False),
        (Phase.CANCELLED, False, False),
        (Phase.CANCELLED, True, False),
        (Phase.DONE, False, True),
        (Phase.DONE, True, True),
    ],
)
def test_what_was_stopped_in_the_middle_is_no_news(phase: Phase, still: bool, read: bool) -> None:
    """Also once the emergency stop is over: whoever cancelled it meanwhile did so for good."""
    shelf = Shelf()
    one = Broadcast(BroadcastId("0" * 12), "eeca", phase, texts={"en": Text("Hello")}, begins=NOW - 1, planned=9)
    shelf.kept[one.id] = one
    knows = replace(world(shelf, "f" * 16), staff=Stopped(still=still))  # type: ignore[arg-type]  # all that is asked for
    outcome = converse(Profile("en", True, NOTICE, ("eeca",)), Session(1, Place.HOME), on.ReadsNews(), knows)
    (shown,) = outcome.effects
    assert isinstance(shown, screens.ShowNews)
    assert (shown.broadcast is not None) is read


@pytest.mark.parametrize("stop", [outbox.paused, lambda one: outbox.cancelled(one, NOW - 2)])
def test_what_never_began_is_no_news_when_its_time_has_passed(stop: Callable[[Broadcast], Broadcast]) -> None:
    shelf = Shelf()
    waits = Broadcast(
        BroadcastId("0" * 12), "eeca", Phase.APPROVED, texts={"en": Text("Hello")}, begins=NOW - 1, planned=9
    )
    shelf.kept[waits.id] = stop(waits)
    profile = Profile("en", True, NOTICE, ("eeca",))
    outcome = converse(profile, Session(1, Place.HOME), on.ReadsNews(), world(shelf, "f" * 16))
    assert outcome.effects == (screens.ShowNews(None, 0, 0),)
