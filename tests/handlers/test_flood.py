"""Who sends too much is closed for a while and told once; the others notice nothing."""

import itertools

from bot.core.people import ChatId, UpdateId
from handlers.flood import MOST_CHATS, PAUSE, Flood, Verdict

ME, OTHER = ChatId(1), ChatId(2)


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time


_numbers = itertools.count(1)


def judge(flood: Flood, chat: ChatId) -> Verdict:
    """A new update of this chat."""
    return flood.judge(chat, UpdateId(next(_numbers)))


def test_an_update_that_comes_again_costs_nothing_more() -> None:
    flood = Flood(Clock(), 2)
    assert [flood.judge(ME, UpdateId(7)) for _ in range(50)] == [Verdict.TAKE] * 50
    assert judge(flood, ME) is Verdict.TAKE
    assert judge(flood, ME) is Verdict.REFUSE_AND_TELL


def test_a_burst_is_taken_then_told_once_then_refused() -> None:
    flood = Flood(Clock(), 60)
    assert [judge(flood, ME) for _ in range(60)] == [Verdict.TAKE] * 60
    assert judge(flood, ME) is Verdict.REFUSE_AND_TELL
    assert {judge(flood, ME) for _ in range(10_000)} == {Verdict.REFUSE}
    assert judge(flood, OTHER) is Verdict.TAKE


def test_after_the_pause_it_is_open_again_and_a_new_flood_is_told_again() -> None:
    clock = Clock()
    flood = Flood(clock, 60)
    for _ in range(61):
        judge(flood, ME)
    clock.time += PAUSE - 1
    assert judge(flood, ME) is Verdict.REFUSE
    clock.time += 1
    assert [judge(flood, ME) for _ in range(30)] == [Verdict.TAKE] * 30
    assert judge(flood, ME) is Verdict.REFUSE_AND_TELL


def test_somebody_who_writes_steadily_is_never_refused() -> None:
    clock = Clock()
    flood = Flood(clock, 60)
    for _ in range(3600):
        assert judge(flood, ME) is Verdict.TAKE
        clock.time += 1.0


def test_a_clock_that_jumps_closes_nobody() -> None:
    clock = Clock()
    flood = Flood(clock, 60)
    for _ in range(61):
        judge(flood, ME)
    clock.time -= 86_400
    assert judge(flood, ME) is Verdict.TAKE


def test_memory_is_bounded() -> None:
    flood = Flood(Clock(), 60)
    for number in range(MOST_CHATS + 500):
        judge(flood, ChatId(number))
    assert len(flood._accounts) == MOST_CHATS


def test_it_can_be_switched_off() -> None:
    flood = Flood(Clock(), 0)
    assert {judge(flood, ME) for _ in range(500)} == {Verdict.TAKE}
