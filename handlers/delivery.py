"""Brings committed answers to the chat, in order, and keeps note of what stands there.

Calls are made without PTB's objects: building those of a call and of its answer takes longer than making the call.

A prompt that did not arrive stays owed: it is tried again later and, after a restart, shown again.
Not here: pacing, retries and outcomes of single calls (`sender`), what is said (`writing`).
"""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from telegram import Bot

from bot.core.errors import ConsultationError
from bot.core.people import ChatId
from bot.core.ports import Log, Store
from bot.core.session import Prompt
from bot.core.traces import Fate, Trace
from bot.crashpoints import crash_point
from handlers.chats import Batch, Chat
from handlers.fading import Fading
from handlers.messages import Button, File, Message, Outgoing, Where
from handlers.sender import Accepted, Blocked, Gone, Kind, NotSent, Outcome, Refused, Sender
from handlers.settling import Settling
from handlers.transport import raw_call, raw_upload
from handlers.writing.notices import content

LONGEST_BARE = 2000
"""Characters; even if each took two UTF-16 units, Telegram's limit of 4,096 is kept."""
_QUOTE = re.compile(r"<blockquote>.*?</blockquote>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

KEPT_PROMPTS = 40
"""Earlier prompts of a draft that a reply can still be matched to."""
MOST_LOST = 100
"""Numbers before a message of ours at which an earlier one is looked for that we lost."""
NO_PREVIEW = {"is_disabled": True}


class Delivery:
    """One task per chat that has something to receive."""

    def __init__(self, sender: Sender, store: Store, log: Log, again: Callable[[ChatId], Awaitable[None]]) -> None:
        self._sender = sender
        self._settling = Settling(store, log)
        self._fading = Fading(sender)
        self._log = log
        self._again = again
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry_after = 30.0

    @property
    def busy(self) -> bool:
        """Whether anything is still to be tidied up in a chat."""
        return self._fading.busy or self._settling.busy

    def post(self, chat: Chat, batch: Batch) -> None:
        """Put a committed answer in the chat's line. `chat.pending` was raised before the commit."""
        chat.batches.append(batch)
        if not chat.running:
            chat.running = True
            self._start(self._run(chat))

    async def stop(self) -> None:
        """End; what is not delivered stays owed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._fading.stop()
        await self._settling.stop()

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        task = asyncio.create_task(run(), name="delivery")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, chat: Chat) -> None:
        try:
            while chat.batches:
                batch, receipt = chat.batches.popleft(), chat.view.receipt
                crash_point("before_acknowledge")
                try:
                    if not await self._deliver(chat, batch):
                        chat.failed = True
                    elif batch.shows_step:
                        chat.failed = False
                except Exception as error:  # one message that cannot be sent must not end the chat's line
                    self._log.failure("send_fault", error)
                chat.pending -= 1
                crash_point("after_acknowledge")
                if batch.ends:
                    # What replies to one of them is not for the next draft, and what is deleted loses no buttons.
                    chat.view = replace(chat.view, prompt=None, prompts=())
                if batch.last:
                    chat.unkept.clear()
                    chat.offered = ()
                if chat.view.receipt != receipt:
                    await self._settling.now(chat)
                else:
                    self._settling.note(chat)
        finally:
            chat.running = False
        if chat.failed and not chat.retrying:
            chat.retrying = True
            self._start(self._later(chat))

    async def _later(self, chat: Chat) -> None:
        """Show the present step again after a while, unless something else has shown it meanwhile."""
        await asyncio.sleep(self._retry_after)
        chat.retrying = False
        if not chat.failed:
            return
        try:
            await self._again(chat.id)
        except ConsultationError as error:  # the store is not to be read just now: the answer stays owed
            self._log.failure("send_fault", error)
            chat.retrying = True
            self._start(self._later(chat))

    async def _deliver(self, chat: Chat, batch: Batch) -> bool:
        """Send one answer; False when something of it did not arrive and is still owed."""
        if batch.clears:
            chat.working, chat.office = {}, None
        messages = [*(await batch.first() if batch.first is not None else ()), *batch.messages]
        toast = next((item for item in messages if item.where is Where.TOAST), None)
        if batch.callback is not None:
            self._answer(chat.id, batch.callback, toast)
        for item in messages:
            if item is toast and batch.callback is not None:
                continue
            outcome = await self._place(chat, batch, item)
            if isinstance(outcome, Blocked | Gone):
                return True
            if isinstance(outcome, Accepted) and item.arrived is not None:
                await item.arrived()
            if isinstance(outcome, Refused) and outcome.code != "message_missing":
                continue
            if not isinstance(outcome, Accepted | Refused) and item.where is not Where.SETTLE:
                return False  # a line that was not closed is untidy; a message that did not arrive is owed
        pressed = next((work for work, number in chat.working.items() if number == batch.tapped), None)
        if pressed is not None:
            self._fade(chat, chat.working.pop(pressed))
        return True

    def _answer(self, chat: ChatId, callback: str, toast: Outgoing | None) -> None:
        params = {"callback_query_id": callback}
        if toast is not None:
            params["text"] = toast.message.html[:200]
        self._sender.post(chat, lambda bot: raw_call(bot, "answerCallbackQuery", params), Kind.TOUCH)

    async def _place(self, chat: Chat, batch: Batch, item: Outgoing) -> "Outcome[Any]":
        """One message to where it belongs."""
        match item.where:
            case Where.PROMPT:
                return await self._prompt(chat, item)
            case Where.RENEW:
                return await self._renew(chat, batch, item)
            case Where.SETTLE:
                return await self._settle(chat, batch, item)
            case Where.SCREEN if batch.tapped is not None and batch.tapped == chat.view.anchor and not item.below:
                outcome = await self._edit(chat, batch.tapped, item.message)
                if not isinstance(outcome, Accepted):
                    return await self._screen(chat, item)
                chat.office = batch.tapped if item.office else None
                return outcome
            case Where.SCREEN:
                return await self._screen(chat, item)
        return await self._new(chat, item)

    async def _new(self, chat: Chat, item: Outgoing) -> "Outcome[Any]":
        fate = None if item.shows is not None else Fate.LIVE if item.passing else _living(chat)
        outcome = await self._send(chat, item.message, fate)
        self._works(chat, item, outcome)
        if item.office:
            self._leaves(chat, item, outcome)
        if isinstance(outcome, Accepted) and item.shows is not None and item.shows == chat.view.receipt:
            chat.view = replace(chat.view, receipt=None)
        return outcome

    async def _screen(self, chat: Chat, item: Outgoing) -> "Outcome[Any]":
        outcome = await self._send(chat, item.message, Fate.STAYS)
        self._works(chat, item, outcome)
        self._leaves(chat, item, outcome)
        if isinstance(outcome, Accepted) and outcome.result is not None:
            chat.view = replace(chat.view, anchor=outcome.result)
        return outcome

    def _works(self, chat: Chat, item: Outgoing, outcome: "Outcome[int | None]") -> None:
        """The buttons of an earlier message for the same are good for nothing any more."""
        if not item.work or not isinstance(outcome, Accepted):
            return
        if (before := chat.working.pop(item.work, None)) is not None:
            self._fade(chat, before)
        if item.message.rows and outcome.result is not None:
            chat.working[item.work] = outcome.result

    def _leaves(self, chat: Chat, item: Outgoing, outcome: "Outcome[int | None]") -> None:
        """A screen came below that of staff, whose buttons belong to what is over: an answer, a question, a report."""
        if not isinstance(outcome, Accepted):
            return
        if chat.office is not None:
            self._fade(chat, chat.office)
        chat.office = outcome.result if item.office and item.message.rows else None

    def _fade(self, chat: Chat, number: int) -> None:
        """The buttons of this message go, when nobody waits for anything."""
        self._fading.note(chat.id, number)
        if chat.office == number:
            chat.office = None

    async def _prompt(self, chat: Chat, item: Outgoing) -> "Outcome[Any]":
        outcome = await self._send(chat, item.message, _living(chat))
        self._leaves(chat, item, outcome)
        if isinstance(outcome, Accepted) and outcome.result is not None:
            if chat.view.prompt is not None:
                # After the new prompt, which the person waits for; the visit in its buttons tells a stale one anyway.
                self._fading.note(chat.id, chat.view.prompt.message)
            self._close(chat)
            chat.view = replace(chat.view, prompt=Prompt(outcome.result, item.step, item.visit))
        return outcome

    async def _renew(self, chat: Chat, batch: Batch, item: Outgoing) -> "Outcome[Any]":
        message = chat.view.prompt.message if chat.view.prompt is not None else batch.tapped
        if message is None:
            return await self._prompt(chat, item)
        outcome = await self._edit(chat, message, item.message)
        return await self._prompt(chat, item) if isinstance(outcome, Refused) else outcome

    async def _settle(self, chat: Chat, batch: Batch, item: Outgoing) -> "Outcome[Any]":
        message = chat.view.prompt.message if chat.view.prompt is not None else batch.tapped
        self._close(chat)
        if message is None:
            return Accepted(None)
        return await self._edit(chat, message, item.message)

    def _close(self, chat: Chat) -> None:
        """The open prompt becomes one of the earlier ones."""
        if chat.view.prompt is not None:
            prompts = (*chat.view.prompts, chat.view.prompt)[-KEPT_PROMPTS:]
            chat.view = replace(chat.view, prompt=None, prompts=prompts)

    async def _send(self, chat: Chat, message: Message, fate: Fate | None) -> "Outcome[int | None]":
        """Send; the result is the number of the message, None where the answer has none. Without a fate it stays."""
        if message.draws is not None:
            message = replace(message, file=await asyncio.to_thread(message.draws), draws=None)
        params = {"chat_id": chat.id, **_content(message), "protect_content": message.file is None}
        outcome = await self._sender.send(chat.id, lambda bot: _sent(bot, params, message.file))
        if isinstance(outcome, Refused):
            # Better the bare words than a person who sees nothing any more.
            self._log.event("send_bared")
            bare = {**params, "text": _bare_text(message.html)}
            for name in ("parse_mode", "entities", "caption"):
                bare.pop(name, None)
            outcome = await self._sender.send(chat.id, lambda bot: _sent(bot, bare))
        if isinstance(outcome, Accepted) and outcome.result is not None:
            chat.shown = (outcome.result, message)
            chat.offered = message.rows or chat.offered
            _stands(chat, outcome.result, fate, doubtful=outcome.again)
        elif not isinstance(outcome, NotSent):
            chat.doubtful = True
        return outcome

    async def _edit(self, chat: Chat, number: int, message: Message) -> "Outcome[Any]":
        if chat.shown == (number, message):
            return Accepted(None)
        params = {"chat_id": chat.id, "message_id": number, **_content(message)}
        outcome: Outcome[Any] = await self._sender.send(
            chat.id, lambda bot: raw_call(bot, "editMessageText", params), Kind.TOUCH
        )
        if isinstance(outcome, Accepted):
            chat.shown = (number, message)
            chat.offered = message.rows or chat.offered
            chat.working = {work: one for work, one in chat.working.items() if one != number}
        return outcome


def _living(chat: Chat) -> Fate:
    """What is to become of a message of the dialogue."""
    return Fate.KEEPING if chat.profile.keep else Fate.LIVE


def _stands(chat: Chat, number: int, fate: Fate | None, *, doubtful: bool) -> None:
    """Note a message of ours, and the numbers before it at which one may stand that we lost.

    Numbers of other chats are no harm: Telegram passes over them.
    """
    lost: Sequence[int] = ()
    if (chat.doubtful or doubtful) and chat.newest:
        lost = range(max(chat.newest + 1, number - MOST_LOST), number)
    if fate is not None:
        chat.unkept.append(Trace((*lost, number), fate))
    elif lost:
        chat.unkept.append(Trace(tuple(lost), _living(chat)))
    chat.newest, chat.doubtful = max(chat.newest, number), False


async def _sent(bot: Bot, params: Mapping[str, Any], file: File | None = None) -> int | None:
    """Send a message; its number, or None where the answer has none."""
    if file is None:
        answer = await raw_call(bot, "sendMessage", params)
    else:
        method, field = ("sendPhoto", "photo") if file.picture else ("sendDocument", "document")
        answer = await raw_upload(bot, method, params, field, (file.name, file.content, file.type))
    number = answer.get("message_id") if isinstance(answer, dict) else None
    return number if type(number) is int else None


def _content(message: Message) -> dict[str, Any]:
    """Text and buttons as parameters of a call."""
    params: dict[str, Any] = {"text": message.html, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
    if message.plain is not None:
        params = content(message.plain)
    if message.file is not None:
        params = {"caption": message.html, "parse_mode": "HTML"}
    if message.rows:
        params["reply_markup"] = {"inline_keyboard": [[_button(button) for button in row] for row in message.rows]}
    return params


def _bare_text(markup: str) -> str:
    """The words of a message that Telegram refused: no markup, no quotations, and surely not too long."""
    words = html.unescape(_TAG.sub("", _QUOTE.sub(" […] ", markup)))
    return words if len(words) <= LONGEST_BARE else words[:LONGEST_BARE] + " …"


def _button(button: Button) -> dict[str, Any]:
    params: dict[str, Any] = {"text": button.label}
    if button.data is not None:
        params["callback_data"] = button.data
    if button.copy is not None:
        params["copy_text"] = {"text": button.copy}
    if button.style is not None:
        params["style"] = button.style
    return params
