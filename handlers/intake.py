"""How updates come in: our own fetch loop, one worker per chat, and the rule by which Telegram may forget an update.

Telegram is the inbox. It keeps every update until `getUpdates` is called with a higher offset, so no raw update ever
rests on our disk; the offset never passes an update whose effect is not committed or that was not set aside sealed.

Telegram shows at most 100 updates from the offset on. While one of them is open, everything behind the window waits,
so `handle` must end at the commit: replies go out afterwards, in the chat's own lane of the `sender`. A `handle` that
exceeds its deadline is cancelled and counts as failed.

Not here: what an update means (`reading`), what is answered (`sender`).
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.core.errors import Misconfigured, Unavailable
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Log
from bot.crashpoints import crash_point
from handlers.transport import raw_call, seconds_of
from handlers.window import Window

RawUpdate = dict[str, Any]
"""One update as Telegram sent it. It may lack anything, its `update_id` included."""

WRITTEN = frozenset({"text", "caption", "data", "type"})
"""Fields of an update that say what was sent, not who sent it."""
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


@dataclass(frozen=True)
class Limits:
    """Bounds and pauses of the intake; all times in seconds."""

    batch: int = 100
    """Updates per `getUpdates`; Telegram gives no more."""
    long_poll: int = 40
    in_flight: int = 1000
    """Updates in memory at most, whatever a server sends."""
    settle: float = 0.1
    """After the first commit of a batch: the time given to three quarters of it before the next poll."""
    look_again: float = 0.6
    """Pause before the same offset is asked for again; within 0.5 s Telegram answers with one update only."""
    look_again_most: float = 3.0
    attempts: int = 3
    handle: float = 10.0
    """Deadline of one attempt to handle an update."""
    retry: float = 0.5
    retry_most: float = 30.0
    poll_retry: float = 1.0
    poll_retry_most: float = 30.0
    conflict: float = 10.0
    """Conflicts (at least three in a row) that last so long mean a second poller."""
    silence: float = 60.0
    """Time without a successful poll until the alarm; repeated every `silence_again`."""
    silence_again: float = 600.0
    idle_offset: float = 6 * 3600.0
    """After so long without an update the offset is dropped: Telegram may restart its numbers after a quiet week."""
    stop_workers: float = 3.0
    stop_confirm: float = 1.0


class PollDead(Misconfigured):
    """Polling cannot go on: `poll_unauthorized`, `poll_conflict` or `webhook_set`. The process must end."""


@dataclass(frozen=True)
class _Item:
    """One update in hand."""

    number: UpdateId
    raw: RawUpdate
    chat: ChatId | None


class Intake:
    """Fetches updates and hands each to `handle`, in order within a chat, chats beside one another.

    `handle` returns when the effect is committed. When it raises Unavailable it is tried again for ever; for anything
    else three times, then `set_aside` keeps the update sealed (`anonymous`, as JSON), with the chat and the
    number of the person's message, which is not to stay there for ever, and `on_poison` tells the person.
    All three must be idempotent by `update_id`: after a crash Telegram delivers again.
    """

    def __init__(
        self,
        bot: Bot,
        handle: Callable[[RawUpdate], Awaitable[None]],
        set_aside: Callable[[UpdateId, bytes, ChatId | None, int | None], Awaitable[None]],
        on_poison: Callable[[ChatId], Awaitable[None]],
        *,
        log: Log,
        limits: Limits | None = None,
    ) -> None:
        self._bot = bot
        self._handle = handle
        self._set_aside = set_aside
        self._on_poison = on_poison
        self._log = log
        self._limits = limits or Limits()
        self._window = Window(self._limits.in_flight)
        self._lanes: dict[ChatId | None, deque[_Item]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._moved = asyncio.Event()
        self._confirmed: int | None = None
        """The offset of the last poll that was answered."""
        self._asked: int | None = None
        """The offset of the poll that is open; Telegram has it, whether or not it answers before we stop."""
        self._fresh_at = 0.0

    @property
    def in_flight(self) -> int:
        """Updates fetched and not yet done."""
        return len(self._window.open)

    def stop(self) -> None:
        """Ask `run` to end: within 5 s, whatever the backlog. May be called from a signal handler of the loop."""
        self._stopped.set()

    async def reach(self, call: Callable[[], Awaitable[Any]]) -> bool:
        """Repeat a call until Telegram answers it; False when asked to stop meanwhile. Raises PollDead."""
        # Whoever has just started it looks at the log now, hence the alarm at the first failure.
        asking = asyncio.create_task(self._persist(call, alarm_after=0.0), name="intake-reach")
        stopping = asyncio.create_task(self._stopped.wait(), name="intake-stop")
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
            stopping.cancel()
            await asyncio.wait({asking, stopping})
        if asking.cancelled():
            return False
        asking.result()
        return not self._stopped.is_set()

    async def run(self) -> None:
        """Fetch and hand out until `stop`. Raises PollDead when polling cannot go on."""
        fetching = asyncio.create_task(self._fetch(), name="intake-fetch")
        stopping = asyncio.create_task(self._stopped.wait(), name="intake-stop")
        try:
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            dead = fetching.done()
            self._stopped.set()
            fetching.cancel()
            await asyncio.wait({fetching, stopping})
            await self._finish(confirm=not dead)
        if not fetching.cancelled():
            fetching.result()

    # Fetching

    async def _fetch(self) -> None:
        await self._refuse_webhook()
        self._fresh_at = asyncio.get_running_loop().time()
        pause = self._limits.look_again
        while True:
            updates = await self._poll()
            fresh = self._accept(updates)
            if self._window.open:
                await self._wait_for_progress(pause)
            elif updates and not fresh and not self._window.advance():
                await asyncio.sleep(pause)  # shown again although confirmed, or not to be confirmed: no busy loop
            pause = self._limits.look_again if fresh else min(pause * 2, self._limits.look_again_most)

    async def _refuse_webhook(self) -> None:
        """A webhook that we did not set means that someone else holds the token; it is never removed silently."""
        info = await self._persist(self._webhook_info)
        if isinstance(info, dict) and info.get("url"):
            raise PollDead("webhook_set")

    async def _webhook_info(self) -> Any:
        return await raw_call(self._bot, "getWebhookInfo", {})

    async def _poll(self) -> Sequence[Any]:
        """Fetch from the lowest update that is not done; the same call confirms everything below it."""
        self._window.advance()
        self._forget_idle_offset()
        confirms = self._window.offset != self._confirmed
        if confirms:
            crash_point("before_confirm")
        answer = await self._persist(self._get_updates)
        self._confirmed = self._window.offset
        if confirms:
            crash_point("after_confirm")
        crash_point("after_fetch")
        return answer if isinstance(answer, list) else ()

    async def _get_updates(self) -> Any:
        params = {
            "offset": self._window.offset,
            "limit": self._limits.batch,
            "timeout": self._limits.long_poll,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        self._asked = self._window.offset
        try:
            return await raw_call(self._bot, "getUpdates", params, read_timeout=self._limits.long_poll + 10)
        except TelegramError:
            self._asked = None
            raise

    async def _persist(self, call: Callable[[], Awaitable[Any]], alarm_after: float | None = None) -> Any:
        """Repeat a call until it is answered. Raises PollDead for answers that no patience mends."""
        now = asyncio.get_running_loop().time
        answered = now()
        first_alarm = alarm = answered + (self._limits.silence if alarm_after is None else alarm_after)
        delay = self._limits.poll_retry
        conflicts, conflict_since = 0, 0.0
        while True:
            try:
                answer = await call()
            except InvalidToken:
                self._log.event("poll_dead", code="poll_unauthorized")
                raise PollDead("poll_unauthorized") from None
            except Conflict:
                conflict_since = conflict_since if conflicts else now()
                conflicts += 1
                if conflicts >= 3 and now() - conflict_since >= self._limits.conflict:
                    self._log.event("poll_dead", code="poll_conflict")
                    raise PollDead("poll_conflict") from None
                wait = delay
            except RetryAfter as error:
                conflicts, wait = 0, seconds_of(error) + 0.5
            except TelegramError as error:
                conflicts = 0
                wait = min(delay, self._limits.poll_retry) if isinstance(error, TimedOut) else delay
                self._log.failure("poll_failed", error)
            else:
                if alarm > first_alarm:
                    self._log.event("poll_recovered", seconds=round(now() - answered))
                return answer
            if now() >= alarm:
                self._log.event("poll_silent", seconds=round(now() - answered))
                alarm = now() + self._limits.silence_again
            await asyncio.sleep(wait)
            delay = min(delay * 1.5, self._limits.poll_retry_most)

    def _forget_idle_offset(self) -> None:
        idle = asyncio.get_running_loop().time() - self._fresh_at > self._limits.idle_offset
        if idle and not self._window.open and self._confirmed == self._window.offset:
            self._window.offset = None

    def _accept(self, updates: Sequence[Any]) -> int:
        """Queue what is new, each in its chat's lane; returns how many."""
        fresh = self._window.admit(updates)
        for number, raw in fresh:
            item = _Item(UpdateId(number), raw, chat_of(raw))
            lane = self._lanes.get(item.chat)
            if lane is not None:
                lane.append(item)
                continue
            self._lanes[item.chat] = deque([item])
            worker = asyncio.create_task(self._work(item.chat), name="intake-worker")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        if fresh:
            self._fresh_at = asyncio.get_running_loop().time()
        return len(fresh)

    async def _wait_for_progress(self, pause: float) -> None:
        """Wait until another poll can show something: all is done, or the offset moved, or the pause is over.

        Telegram answers at once as long as unconfirmed updates exist, so polling on would be a busy loop.
        """
        now = asyncio.get_running_loop().time
        until = now() + pause
        enough = len(self._window.open) // 4  # what is open is sent to us again, so a poll too early is wasted work
        while len(self._window.open) > enough:
            self._moved.clear()
            try:
                async with asyncio.timeout_at(until):
                    await self._moved.wait()
            except TimeoutError:
                return
            until = min(until, now() + self._limits.settle)

    # Handling

    async def _work(self, chat: ChatId | None) -> None:
        """Handle one chat's updates in order; ends when there are none."""
        lane = self._lanes[chat]
        try:
            while lane and not self._stopped.is_set():
                item = lane.popleft()
                if await self._bring_to_end(item):
                    crash_point("after_handle")
                    if self._window.finish(item.number):
                        self._moved.set()
        finally:
            del self._lanes[chat]

    async def _bring_to_end(self, item: _Item) -> bool:
        """Try until the update is done. False: we are stopping, and Telegram keeps it."""
        failures = 0
        delay = self._limits.retry
        while not self._stopped.is_set():
            error = await self._attempt(lambda: self._handle(item.raw))
            if error is None:
                return True
            if isinstance(error, Unavailable):
                self._log.event("store_unavailable", code=error.code)
            else:
                failures += 1
                self._log.failure("update_failed", error, attempt=min(failures, self._limits.attempts))
                if failures >= self._limits.attempts and await self._give_up(item):
                    return True
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._stopped.wait()
            delay = min(delay * 2, self._limits.retry_most)
        return False

    async def _give_up(self, item: _Item) -> bool:
        """Set an update aside, then tell the person. False when it could not be kept: then it is not done."""
        crash_point("before_set_aside")
        raw = json.dumps(anonymous(item.raw)).encode()
        error = await self._attempt(lambda: self._set_aside(item.number, raw, item.chat, message_of(item.raw)))
        if error is not None:
            self._log.failure("set_aside_failed", error)
            return False
        crash_point("after_set_aside")
        self._log.event("update_set_aside")
        chat = item.chat
        if chat is not None:
            error = await self._attempt(lambda: self._on_poison(chat))
            if error is not None:
                self._log.failure("poison_notice_failed", error)
        return True

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> Exception | None:
        """Await within the deadline; returns what went wrong, or None."""
        try:
            async with asyncio.timeout(self._limits.handle):
                await work()
        except Exception as error:  # whatever a handler raises must not end the chat's worker
            return error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return RuntimeError()  # cancelled from inside the handler: a fault like any other
        return None

    # Stopping

    async def _finish(self, *, confirm: bool) -> None:
        """Let the updates in hand end, cancel the rest, confirm what is done with one last short poll."""
        workers = set(self._workers)
        if workers:
            _, late = await asyncio.wait(workers, timeout=self._limits.stop_workers)
            for worker in late:
                worker.cancel()
            if late:
                await asyncio.wait(late, timeout=0.5)
        self._window.advance()
        offset = self._window.offset
        if not confirm or offset is None or offset in (self._confirmed, self._asked):
            return
        with suppress(TimeoutError, TelegramError):
            async with asyncio.timeout(self._limits.stop_confirm):
                params = {"offset": offset, "limit": 1, "timeout": 0, "allowed_updates": list(ALLOWED_UPDATES)}
                await raw_call(self._bot, "getUpdates", params)
                self._confirmed = offset


def anonymous(part: Any, name: str = "") -> Any:
    """The shape of an update and what was written, without whose it is: every other value gives way to its type.

    Whoever opens it must not learn a name or number that no answer carries.
    """
    if isinstance(part, dict):
        return {key: anonymous(value, key) for key, value in part.items()}
    if isinstance(part, list):
        return [anonymous(value) for value in part]
    return part if name in WRITTEN or part is None or isinstance(part, bool) else type(part).__name__


def chat_of(raw: RawUpdate) -> ChatId | None:
    """The chat to which an update belongs, or None where it names none."""
    for part in raw.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message")
        for holder in (part, message if isinstance(message, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and type(chat.get("id")) is int:
                return ChatId(chat["id"])
        sender = part.get("from")  # a tap on a message that Telegram no longer shows us
        if isinstance(sender, dict) and type(sender.get("id")) is int:
            return ChatId(sender["id"])
    return None


def message_of(raw: RawUpdate) -> int | None:
    """The number of the message that a person sent or edited in a private chat, or None."""
    found = raw.get("message", raw.get("edited_message"))
    chat = found.get("chat") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(chat, dict) or chat.get("type") != "private":
        return None
    number = found.get("message_id")
    return number if type(number) is int else None
