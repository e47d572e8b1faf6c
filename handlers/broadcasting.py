"""Sends approved broadcasts from the ledger, at an even pace, behind everything that anybody waits for.

The order is the promise: a recipient is marked as being tried before anything goes out, durably, and what became of it
after. Whatever ends this process in between leaves a mark "trying", which is unknown from the next start on, and an
unknown one is never sent again by itself. Not here: who approved what (`bot.core.outbox`), the ledger (`storage`),
pace and single calls (`sender`), how it is told (`writing`).
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.core import outbox as rules
from bot.core.errors import Unavailable
from bot.core.outbox import Act, Broadcast, BroadcastId, Form, Phase, State
from bot.core.people import ChatId
from bot.core.ports import Audit, Batches, Clock, Due, Log, Mark, Outbox
from handlers.sender import Accepted, Blocked, Gone, Kind, NotSent, Refused, Sender
from handlers.transport import raw_call, was_sent

Content = Mapping[str, Any]
"""What a message says, as parameters of a Bot API call."""

LOOK_EVERY = 1.0
"""Seconds between two looks at what is due, if nothing else wakes us."""
TELL_EVERY = 3.0
"""Seconds between two renewals of a progress message; Telegram slows down edits that come faster."""
ROUNDS = 3
"""How often one that was surely not sent is tried again by itself."""
RETRY_AFTER = 5.0
"""Seconds before what was surely not sent is tried again, when nobody can be reached."""
QUIET_LOOK = 20.0
"""Seconds until it is looked again whether the quiet hours are over."""
ENDS_WITHIN = 1.5
"""Seconds that calls under way have to end in, when the program does."""
BATCH_SECONDS = 0.1
"""A batch that is marked as being tried holds what is sent in this time: so few are in doubt after a crash."""
FEW = 20
TOGETHER = 0.01
"""Seconds in which what moves is looked at together, once batches hold more than a few."""
OPENED_AT_ONCE = 8
MOST_OUT = 512
"""Recipients in hand at once, whatever Telegram does."""
REMOVED_AT_ONCE = 50


@dataclass(frozen=True)
class Rate:
    """How fast, in messages a second. 0: as fast as it goes, for servers of one's own."""

    each_second: float = 30.0
    paid: bool = False
    """Telegram takes a fee for each message, and then up to 1,000 a second."""

    @property
    def batch(self) -> int:
        """Recipients that are marked at once."""
        return max(2, math.ceil((self.each_second or 1_000.0) * BATCH_SECONDS))


@dataclass
class Run:
    """One broadcast under way, in memory."""

    began: float
    """By the monotonic clock, for the time that is left."""
    counts: Counter[State] = field(default_factory=Counter)
    """Of this run."""
    tried: Counter[bytes] = field(default_factory=Counter)
    contents: Mapping[str, Content] = field(default_factory=dict)
    """What readers of each language get."""
    marks: list[Mark] = field(default_factory=list)
    resting_until: float = 0.0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """A call began, or came to its end."""


@dataclass(eq=False)
class _Attempt:
    """One recipient on its way. Once Telegram may have it, it is not withdrawn."""

    due: Due
    chat: ChatId
    moved: asyncio.Event
    future: "asyncio.Future[Any] | None" = None
    left: bool = False
    began: bool = False


class Broadcaster:
    """One task, one broadcast after the other. `wake` it when something was changed."""

    def __init__(
        self,
        sender: Sender,
        outbox: Outbox,
        audit: Audit,
        *,
        clock: Clock,
        log: Log,
        contents: Callable[[Broadcast], Mapping[str, Content]],
        rate: Rate | None = None,
        may_send: Callable[[str], bool] = lambda _: True,
        stands: Callable[[Broadcast], bool] = lambda _: True,
    ) -> None:
        """`contents` gives what readers of each language get. `may_send`: False while a consultation stands still.

        `stands`: whether those who agreed on a broadcast still have the right to.
        """
        self._sender = sender
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._log = log
        self._contents = contents
        self._rate = rate or Rate()
        self._may_send = may_send
        self._stands = stands
        self.tell: Callable[[BroadcastId], Awaitable[None]] | None = None
        """Called, at a decent pace, when there is something new to show of a broadcast."""
        self._woken = asyncio.Event()
        self._runs: dict[BroadcastId, Run] = {}
        self._doubted = False

    def wake(self) -> None:
        """Look at once: a broadcast was approved, paused, cancelled, ..."""
        self._woken.set()

    def left(self, broadcast: Broadcast) -> float | None:
        """Seconds that the rest of a broadcast will take, as things go now; None while nobody can know."""
        run = self._runs.get(broadcast.id)
        done = 0 if run is None else sum(run.counts.values())
        if run is None or not done:
            return None
        waits = sum(self._outbox.waiting(broadcast.id).values())
        return waits * (time.monotonic() - run.began) / done

    async def run(self) -> None:
        """For ever, until cancelled. What goes wrong is reported and tried again."""
        clearing = asyncio.create_task(self._for_ever(self.clear), name="broadcast-removal")
        try:
            await self._for_ever(self.step)
        finally:
            clearing.cancel()
            await asyncio.gather(clearing, return_exceptions=True)

    async def _for_ever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            self._woken.clear()
            try:
                await work()
            except Exception as error:  # whatever went wrong once must not end all broadcasts for ever
                self._log.failure("broadcast_failed", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._woken.wait()

    async def clear(self) -> None:
        """Take messages out of the chats: of what was recalled, and those whose time is over."""
        for broadcast in self._outbox.broadcasts():
            await self._remove(broadcast)

    async def step(self) -> None:
        """Do what is due now, and come back when nothing more can be done now. One broadcast after the other."""
        if not self._doubted:
            doubtful = await self._outbox.doubt()
            self._doubted = True
            if doubtful:
                self._log.event("broadcast_in_doubt", count=doubtful)
        for broadcast in reversed(self._outbox.broadcasts()):
            await self._advance(broadcast)

    async def _advance(self, broadcast: Broadcast) -> None:
        if broadcast.phase in (Phase.APPROVED, Phase.SENDING) and not self._stands(broadcast):
            await self._audit.note(
                "bot", "broadcast_voided", broadcast.id, once=f"void {broadcast.id} {broadcast.version}"
            )
            broadcast = await self._outbox.keep(rules.voided(broadcast))
            await self._show(broadcast.id)
        if not self._may_send(broadcast.consultation):
            await self._halt(broadcast)
            return
        if broadcast.phase is Phase.APPROVED and rules.may_send(broadcast):
            if broadcast.planned is None:
                if broadcast.act is Act.CORRECT and broadcast.form is Form.NEUTRAL:
                    broadcast = await self._outbox.keep(replace(broadcast, planned=0))
                else:
                    broadcast = await self._outbox.plan(broadcast)
                await self._audit.note("bot", "broadcast_planned", broadcast.id, once=f"plan {broadcast.id}")
                await self._show(broadcast.id)
            if broadcast.begins is not None and broadcast.begins <= self._clock.now():
                broadcast = await self._outbox.keep(rules.begun(broadcast))
                await self._show(broadcast.id)
        if broadcast.phase is Phase.SENDING:
            await self._send(broadcast)
        elif broadcast.phase is not Phase.PAUSED:
            self._runs.pop(broadcast.id, None)

    async def _halt(self, broadcast: Broadcast) -> None:
        """Everything stands still: what is under way or waits for its time is paused, until somebody resumes it."""
        if broadcast.phase not in (Phase.APPROVED, Phase.SENDING):
            return
        await self._audit.note("bot", "broadcast_paused", broadcast.id, once=f"halt {broadcast.id} {broadcast.version}")
        await self._outbox.keep(rules.paused(broadcast))
        await self._show(broadcast.id)

    # Sending

    async def _send(self, broadcast: Broadcast) -> None:
        run = self._runs.setdefault(broadcast.id, Run(time.monotonic()))
        if run.resting_until > time.monotonic():
            return
        run.contents = self._contents(broadcast)
        ledger = self._outbox.batches(broadcast)
        going: set[_Attempt] = set()
        told = time.monotonic()
        languages = list(self._outbox.waiting(broadcast.id))
        ended = False
        try:
            while self._goes_on(broadcast, run):
                awake = [code for code in languages if not self._quiet(broadcast, code)]
                batch = await self._take(ledger, run, awake) if awake else []
                if not batch and not going:
                    run.resting_until = time.monotonic() + QUIET_LOOK
                    break
                await self._begin(broadcast, ledger, run, batch, going)
                while going and self._enough(going, all_taken=not batch):
                    going = await self._collect(going, run)
                await self._flush(ledger, run)
                if time.monotonic() - told >= TELL_EVERY:
                    told = time.monotonic()
                    await self._show(broadcast.id)
        except asyncio.CancelledError:
            ended = True
            raise
        finally:
            await self._bring_in(going, ledger, run, ENDS_WITHIN if ended else math.inf)
        await self._finish(broadcast)

    def _goes_on(self, broadcast: Broadcast, run: Run) -> bool:
        """Whether another batch may begin: nobody paused it, nothing is frozen, somebody can be reached."""
        now = self._outbox.broadcast(broadcast.id)
        return (
            now is not None
            and now.phase is Phase.SENDING
            and rules.may_send(now)
            and self._may_send(broadcast.consultation)
            and self._stands(now)
            and run.resting_until <= time.monotonic()
        )

    def _quiet(self, broadcast: Broadcast, language: str) -> bool:
        """Whether readers of a language are not to be disturbed now."""
        zone = broadcast.zones.get(language, broadcast.zone)
        return broadcast.quiet.covers(datetime.fromtimestamp(self._clock.now(), ZoneInfo(zone)).hour)

    async def _take(self, ledger: Batches, run: Run, languages: list[str]) -> list[Due]:
        """The next batch, marked as being tried; whoever was marked while the program ends waits again."""
        taking = asyncio.ensure_future(ledger.take(languages, self._rate.batch))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            run.marks += [Mark(due.handle, State.WAITING) for due in await taking]
            raise

    async def _begin(
        self, broadcast: Broadcast, ledger: Batches, run: Run, batch: list[Due], going: set[_Attempt]
    ) -> None:
        """Put a batch in line, with what is going; those who cannot be reached at all are marked."""
        for number, due in enumerate(batch):
            if number % OPENED_AT_ONCE == OPENED_AT_ONCE - 1:
                try:
                    await asyncio.sleep(0)  # opening one takes a tenth of a millisecond: starts fall due meanwhile
                except asyncio.CancelledError:
                    run.marks += [Mark(left.handle, State.WAITING) for left in batch[number:]]
                    raise
            if broadcast.act is Act.CORRECT:
                where = ledger.message(due)
                if where is None:
                    run.marks.append(Mark(due.handle, State.LEFT))
                    continue
                attempt = _Attempt(due, where[0], run.moved)
                params = {**run.contents[due.language], "chat_id": where[0], "message_id": where[1]}
                call = self._call(broadcast, attempt, "editMessageText", params)
            else:
                chat = ledger.chat(due)
                if chat is None:
                    run.marks.append(Mark(due.handle, State.LEFT))
                    continue
                attempt = _Attempt(due, chat, run.moved)
                params = {**run.contents[due.language], "chat_id": chat, "protect_content": True}
                if self._rate.paid:
                    params["allow_paid_broadcast"] = True
                call = self._call(broadcast, attempt, "sendMessage", params)
            attempt.future = self._sender.post(attempt.chat, call, Kind.BRIEFING)
            attempt.future.add_done_callback(lambda _: run.moved.set())
            going.add(attempt)

    def _call(
        self, broadcast: Broadcast, attempt: _Attempt, method: str, params: dict[str, Any]
    ) -> Callable[[Bot], Awaitable[int | None]]:
        async def call(bot: Bot) -> int | None:
            attempt.began = True
            attempt.moved.set()
            if attempt.future is not None and not self._may_send(broadcast.consultation):
                attempt.future.cancel()  # it has not left: whoever it was for waits again
                return None
            attempt.left = True
            try:
                answer = await raw_call(bot, method, params)
            except TelegramError as error:
                attempt.left = was_sent(error) and not isinstance(error, RetryAfter)
                raise
            number = answer.get("message_id") if isinstance(answer, dict) else None
            return number if type(number) is int else None

        return call

    def _enough(self, going: set[_Attempt], *, all_taken: bool) -> bool:
        """Whether to wait before more are marked as being tried: until what is marked has mostly begun."""
        waiting = sum(1 for attempt in going if not attempt.began)
        return all_taken or waiting > self._rate.batch // 2 or len(going) >= MOST_OUT

    async def _collect(self, going: set[_Attempt], run: Run) -> set[_Attempt]:
        """Wait until something moves, and note what has its outcome; gives those that are still on their way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await run.moved.wait()
        if self._rate.batch > FEW:
            await asyncio.sleep(TOGETHER)  # looking at all of them after each one would take longer than sending
        run.moved.clear()
        return {attempt for attempt in going if not self._note(attempt, run)}

    def _note(self, attempt: _Attempt, run: Run) -> bool:
        """Note an outcome, if there is one."""
        future = attempt.future
        if future is None or not future.done():
            return False
        if future.cancelled():
            mark = Mark(attempt.due.handle, State.WAITING)
        elif future.exception() is not None:
            mark = Mark(attempt.due.handle, State.UNKNOWN if attempt.left else State.FAILED, "fault")
        else:
            mark = self._mark(attempt, run, future.result())
        run.marks.append(mark)
        if mark.state is not State.WAITING:
            run.counts[mark.state] += 1
        return True

    def _mark(self, attempt: _Attempt, run: Run, outcome: object) -> Mark:
        handle = attempt.due.handle
        match outcome:
            case Accepted(result=number):
                where = None if type(number) is not int else (attempt.chat, number)
                return Mark(handle, State.ACCEPTED, where=where)
            case Blocked():
                return Mark(handle, State.BLOCKED)
            case Gone():
                return Mark(handle, State.GONE)
            case Refused(code=code):
                return Mark(handle, State.REFUSED, code)
            case NotSent(code=code):
                if code != "stopping":
                    run.tried[handle] += 1
                    run.resting_until = time.monotonic() + RETRY_AFTER
                if run.tried[handle] < ROUNDS:
                    return Mark(handle, State.WAITING)
                return Mark(handle, State.FAILED, code)
        return Mark(handle, State.UNKNOWN)

    async def _flush(self, ledger: Batches, run: Run) -> None:
        """Bring the marks to disk; they stay in hand until they are there."""
        marks = list(run.marks)
        if marks:
            left = await ledger.mark(marks)
            del run.marks[: len(marks)]
            for chat, number in left:
                # Whoever had everything erased meanwhile was told so; nobody else knows of this message.
                self._sender.post(chat, _removal(chat, number), Kind.TOUCH)

    async def _bring_in(self, going: set[_Attempt], ledger: Batches, run: Run, within: float) -> None:
        """Withdraw what has not left, wait for the rest, and mark everything; what is not told in time is unknown."""
        until = time.monotonic() + within
        for attempt in going:
            if not attempt.left and attempt.future is not None:
                attempt.future.cancel()
        while going and time.monotonic() < until:
            going = await self._collect(going, run)
        run.marks += [Mark(attempt.due.handle, State.UNKNOWN, "stopped") for attempt in going]
        while run.marks:
            try:
                await self._flush(ledger, run)
            except Unavailable as error:  # the disk is full, say: what we know must get there, whenever that is
                self._log.failure("broadcast_failed", error)
                if time.monotonic() >= until:
                    return  # they stay marked as being tried: unknown from the next start on
                await asyncio.sleep(LOOK_EVERY)

    async def _finish(self, broadcast: Broadcast) -> None:
        """Done, once nobody waits."""
        now = self._outbox.broadcast(broadcast.id)
        if now is None or now.phase is not Phase.SENDING or self._outbox.pending(broadcast.id):
            return
        await self._audit.note("bot", "broadcast_ended", broadcast.id, once=f"end {broadcast.id} {now.version}")
        await self._outbox.keep(rules.done(now, self._clock.now()))
        self._runs.pop(broadcast.id, None)
        self._log.event("broadcast_done")
        await self._show(broadcast.id)

    async def _show(self, broadcast: BroadcastId) -> None:
        if self.tell is not None:
            await self.tell(broadcast)

    # Taking back

    async def _remove(self, broadcast: Broadcast) -> None:
        """Take messages out of the chats: all of a recalled one, else those whose time is over."""
        due = broadcast.phase is not Phase.RECALLED
        removes = broadcast.phase is Phase.RECALLED or broadcast.form is Form.NEUTRAL
        while True:  # also while everything stands still: what leaves a chat protects
            standing = self._outbox.standing(broadcast.id, REMOVED_AT_ONCE, due=due)
            if not standing:
                return
            if not removes:  # a text that stays: only its number goes
                await self._outbox.gone(broadcast.id, [handle for handle, *_ in standing])
                continue
            reachable = [one for one in standing if one[2]]
            outcomes = await asyncio.gather(
                *(self._sender.post(chat, _removal(chat, number), Kind.BRIEFING) for _, chat, number in reachable)
            )
            gone = [
                handle
                for (handle, *_), outcome in zip(reachable, outcomes, strict=True)
                if isinstance(outcome, Accepted | Blocked | Gone | Refused)
            ]
            await self._outbox.gone(broadcast.id, gone + [handle for handle, _, number in standing if not number])
            if len(gone) < len(standing):
                return  # the rest at the next look


def _removal(chat: ChatId, number: int) -> Callable[[Bot], Awaitable[Any]]:
    return lambda bot: raw_call(bot, "deleteMessage", {"chat_id": chat, "message_id": number})
