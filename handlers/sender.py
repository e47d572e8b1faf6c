"""How calls go out: in order within a chat, paced over all chats, with one plain outcome for each.

Telegram has no key that makes a repeated send harmless, so what happened to a call decides whether it may be repeated:
`NotSent` surely did not leave, `Unknown` may have arrived. Not here: what is said (`writing`), connections
(`transport`), who receives a briefing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.core.people import ChatId
from bot.core.ports import Log
from bot.crashpoints import crash_point
from handlers.pace import Allowance, Pace
from handlers.transport import seconds_of, was_sent

T = TypeVar("T")

QUIET = 8
"""Messages of the dialogue that may be waiting or out while less urgent calls begin."""


@dataclass(frozen=True)
class Accepted(Generic[T]):
    """Telegram accepted the call. `result` is None where it said that there was nothing to do."""

    result: T | None
    again: bool = False
    """An earlier attempt may have arrived too."""


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot or never started it; they may come back."""


@dataclass(frozen=True)
class Gone:
    """The chat or account exists no more."""


@dataclass(frozen=True)
class Refused:
    """Telegram will not do this call however often it is repeated. Codes: the values of `REFUSALS`."""

    code: str


@dataclass(frozen=True)
class Unknown:
    """The call may have arrived or not."""


@dataclass(frozen=True)
class NotSent:
    """The call surely had no effect. Codes: `unreachable`, `flood`, `late`, `unauthorized`, `stopping`."""

    code: str


Outcome: TypeAlias = Accepted[T] | Blocked | Gone | Refused | Unknown | NotSent
Call: TypeAlias = Callable[[Bot], Awaitable[T]]
"""Makes one Bot API call each time it is invoked. Only errors of PTB may leave it."""

REFUSALS = {
    "message to edit not found": "message_missing",
    "message to be replied not found": "message_missing",
    "message_id_invalid": "message_missing",
    "message can't be edited": "message_fixed",
    "message can't be deleted": "message_fixed",
    "message is too long": "too_long",
    "message text is empty": "empty",
    "can't parse entities": "bad_markup",
    "button_data_invalid": "bad_button",
}
"""What only the text of a 400 tells, as Telegram words it; any other is `bad_request`."""

_ENDED = ("late", "stopping")
"""Reasons after which no attempt follows."""
_NOTHING_TO_DO = ("message is not modified", "query is too old", "query id is invalid", "message to delete not found")
_GONE = ("deactivated", "chat not found", "kicked", "not a member", "upgraded to a supergroup", "user not found")


class Kind(Enum):
    """What sort of call it is, and so what may be done with it."""

    PROMPT = (True, True, True, 60.0)
    """A message of the dialogue: goes before briefings, is repeated when unknown (a second copy only asks again)."""
    TOUCH = (True, False, True, 20.0)
    """An edit, a deletion, an answer to a tap: makes no message, harmless to repeat, not paced."""
    BRIEFING = (False, True, False, 600.0)
    """One of many: waits for prompts, is never repeated when unknown."""

    def __init__(self, repeatable: bool, paced: bool, urgent: bool, deadline: float) -> None:
        self.repeatable = repeatable
        self.paced = paced
        self.urgent = urgent
        self.deadline = deadline
        """Seconds from `send` after which no further attempt begins."""


@dataclass(frozen=True)
class Patience:
    """Pauses between attempts, in seconds."""

    retries: int = 4
    first: float = 0.5
    most: float = 8.0


@dataclass(eq=False)
class _Job:
    call: Call[Any]
    kind: Kind
    deadline: float
    future: "asyncio.Future[Any]"
    doubtful: bool = False
    """An attempt ended unknown, so the whole can no longer end as surely not sent."""


class _Lane:
    """One chat: its waiting calls, its flood pause and its short-burst allowance."""

    def __init__(self) -> None:
        self.jobs: deque[_Job] = deque()
        self.allowance = Allowance(rate=1.0, burst=6)
        self.paused_until = 0.0
        self.task: asyncio.Task[None] | None = None


class Sender:
    """Makes the bot's outgoing calls. One chat's pause or retry never holds another chat."""

    def __init__(
        self,
        bot: Bot,
        *,
        log: Log,
        pace: Pace | None = None,
        patience: Patience | None = None,
        in_flight: int = 48,
        patient_in_flight: int = 32,
    ) -> None:
        """At most so many calls are out at once; those of broadcasts have a bound of their own, so that calls that
        hang never stand in the way of an answer.
        """
        self._bot = bot
        self._log = log
        self._pace = pace or Pace()
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(in_flight)
        self._patient_slots = asyncio.Semaphore(patient_in_flight)
        self._lanes: dict[ChatId, _Lane] = {}
        self._sweep_at = 1000
        self._flooded: dict[ChatId, float] = {}
        self._stopping = False
        self._prompts = 0
        self.in_flight = 0
        """Calls that are out just now."""

    @property
    def known_chats(self) -> int:
        """Chats kept in memory: with something waiting, or recently."""
        return len(self._lanes)

    @property
    def quiet(self) -> bool:
        """Whether hardly anybody waits for a message of the dialogue just now."""
        return self._prompts < QUIET

    async def send(self, chat: ChatId, call: Call[T], kind: Kind = Kind.PROMPT) -> "Outcome[T]":
        """Make a call after this chat's earlier ones; returns what became of it.

        An exception that is not PTB's comes out here and leaves the chat's later calls alone.
        """
        outcome: Outcome[T] = await self.post(chat, call, kind)
        return outcome

    def post(self, chat: ChatId, call: Call[T], kind: Kind = Kind.PROMPT) -> "asyncio.Future[Outcome[T]]":
        """Put a call in the chat's lane and return at once; the future gives the outcome and may be ignored.

        Cancelling the future before the call begins withdraws it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome[T]] = loop.create_future()
        future.add_done_callback(self._note_prompt if kind is Kind.PROMPT else self._note)
        self._prompts += kind is Kind.PROMPT
        if self._stopping:
            future.set_result(NotSent("stopping"))
            return future
        lane = self._lanes.get(chat)
        if lane is None:
            self._sweep()
            lane = self._lanes[chat] = _Lane()
        lane.jobs.append(_Job(call, kind, loop.time() + kind.deadline, future))
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(chat, lane), name="sender-lane")
        return future

    async def stop(self, seconds: float = 2.0) -> None:
        """Give waiting calls so long to go out, then end; what did not begin is NotSent, what did is Unknown."""
        self._stopping = True
        running = {lane.task for lane in self._lanes.values() if lane.task is not None}
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)

    # One chat

    async def _run(self, chat: ChatId, lane: _Lane) -> None:
        job: _Job | None = None
        try:
            while lane.jobs:
                job = lane.jobs.popleft()
                if job.future.done():
                    continue
                try:
                    outcome = await self._carry(chat, lane, job)
                except Exception as error:
                    if not job.future.done():
                        job.future.set_exception(error)
                else:
                    _resolve(job, outcome)
        finally:  # only when cancelled is anything left to do here
            lane.task = None
            if job is not None:
                _resolve(job, Unknown() if job.doubtful else NotSent("stopping"))
            while lane.jobs:
                _resolve(lane.jobs.popleft(), NotSent("stopping"))

    async def _carry(self, chat: ChatId, lane: _Lane, job: _Job) -> "Outcome[Any]":
        """Wait for the turn, attempt, and repeat as far as the kind and the deadline allow."""
        delay = self._patience.first
        retries = 0
        while True:
            held = await self._own_turn(lane, job)
            if held is not None:
                return Unknown() if job.doubtful else held
            async with self._slots if job.kind.urgent else self._patient_slots:
                outcome = await self._paced(lane, job)
            if isinstance(outcome, NotSent) and outcome.code in _ENDED:
                return Unknown() if job.doubtful else outcome
            if isinstance(outcome, float):
                self._flood(chat, lane, outcome)
                continue
            repeat = isinstance(outcome, NotSent) and outcome.code in ("unreachable", "flood")
            if isinstance(outcome, Unknown):
                job.doubtful = True
                repeat = job.kind.repeatable
            retries += 1
            repeat = repeat and not job.future.done()
            if not repeat or retries > self._patience.retries or _now() + delay > job.deadline:
                return Unknown() if job.doubtful and isinstance(outcome, NotSent) else outcome
            self._log.event("send_repeated", attempt=retries)
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._patience.most)

    async def _own_turn(self, lane: _Lane, job: _Job) -> NotSent | None:
        """Wait for the chat's pause and its allowance, holding up nobody; a reason when the deadline comes first."""
        if max(lane.paused_until, self._pace.held_until) > job.deadline:
            return NotSent("flood")
        ready = lane.paused_until
        if job.kind.paced and self._pace.paced:
            ready = max(ready, lane.allowance.next_at(_now()))
        if ready > job.deadline:
            return NotSent("late")
        if ready > _now():
            await asyncio.sleep(ready - _now())
        return None

    async def _paced(self, lane: _Lane, job: _Job) -> "Outcome[Any] | float":
        """One attempt, when the overall pace allows it."""
        try:
            async with asyncio.timeout_at(job.deadline):
                turn = await self._pace.turn(urgent=job.kind.urgent, counted=job.kind.paced)
        except TimeoutError:
            return NotSent("late")
        try:
            if job.future.done():  # withdrawn while it waited
                return NotSent("stopping")
            if job.kind.paced:
                lane.allowance.take(_now())
            return await self._attempt(job)
        finally:
            self._pace.answered(turn)

    async def _attempt(self, job: _Job) -> "Outcome[Any] | float":
        """One attempt: its outcome, or the seconds that Telegram asks us to wait."""
        before, job.doubtful = job.doubtful, True  # if we are cancelled from here on, nobody knows
        crash_point("before_send")
        self.in_flight += 1
        try:
            result = await job.call(self._bot)
        except RetryAfter as error:
            job.doubtful = before
            return seconds_of(error)
        except TelegramError as error:
            outcome = classify(error)
            job.doubtful = before or isinstance(outcome, Unknown)
            if isinstance(outcome, Unknown | NotSent | Refused):
                self._log.failure("send_failed", error)
            return outcome
        finally:
            self.in_flight -= 1
        crash_point("after_send")
        return Accepted(result, again=before)

    # All chats

    def _flood(self, chat: ChatId, lane: _Lane, seconds: float) -> None:
        """Pause the chat that got a 429, and all of them when it is not this chat's doing.

        Telegram does not say which limit was hit. It is the overall one when another chat is paused at the same time,
        or when we are sending at full pace and this chat had its share.
        """
        now = _now()
        until = now + seconds
        lane.paused_until = until
        self._flooded = {other: end for other, end in self._flooded.items() if end > now}
        others = self._flooded.keys() - {chat}
        self._flooded[chat] = until
        everyone = bool(others) or (self._pace.at_full and lane.allowance.rested(now))
        if everyone:
            self._pace.hold(until)
        self._log.event("flood", seconds=seconds, everyone=everyone)

    def _sweep(self) -> None:
        """Forget chats that have nothing waiting and nothing to remember."""
        if len(self._lanes) < self._sweep_at:
            return
        now = _now()
        self._lanes = {
            chat: lane
            for chat, lane in self._lanes.items()
            if lane.task is not None or lane.paused_until > now or not lane.allowance.full(now)
        }
        self._sweep_at = max(1000, 2 * len(self._lanes))

    def _note_prompt(self, future: "asyncio.Future[Any]") -> None:
        self._prompts -= 1
        self._note(future)

    def _note(self, future: "asyncio.Future[Any]") -> None:
        """Look at every outcome, so that one nobody waits for is neither silent nor a warning of asyncio's."""
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._log.failure("send_fault", error)


def classify(error: TelegramError) -> "Outcome[Any]":
    """The outcome that an error of PTB stands for (RetryAfter is none). By text only where nothing else tells."""
    text = error.message.lower()
    if isinstance(error, BadRequest):  # first: PTB makes it a NetworkError
        if any(part in text for part in _NOTHING_TO_DO):
            return Accepted(None)
        if any(part in text for part in _GONE):
            return Gone()
        return Refused(next((code for part, code in REFUSALS.items() if part in text), "bad_request"))
    if isinstance(error, Forbidden):
        return Gone() if any(part in text for part in _GONE) else Blocked()
    if isinstance(error, ChatMigrated):
        return Gone()
    if isinstance(error, InvalidToken | EndPointNotFound | Conflict):
        return NotSent("unauthorized")
    if isinstance(error, NetworkError) and not was_sent(error):
        return NotSent("unreachable")
    if text.startswith("too many requests"):  # a 429 that asks for a pause of 0 seconds
        return NotSent("flood")
    return Unknown()  # 5xx, a lost or unreadable answer, a timeout


def _resolve(job: _Job, outcome: "Outcome[Any]") -> None:
    if not job.future.done():
        with suppress(asyncio.InvalidStateError):
            job.future.set_result(outcome)


def _now() -> float:
    return asyncio.get_running_loop().time()
