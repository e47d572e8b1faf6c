"""A small bot on plain Bot API calls that does on command whatever the page has to show. It knows nothing of ours."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.browser import Phone, Window, window
from tests.support.emulator import Emulator, Person

Rows = list[list[dict[str, Any]]]

COMMANDS = (("start", "Begin or begin again"), ("help", "What can I do here?"), ("privacy", "Who can read it"))
STYLED: Rows = [
    [{"text": "Begin", "callback_data": "edit", "style": "primary"}],
    [{"text": "Toast", "callback_data": "toast"}, {"text": "Alert", "callback_data": "alert"}],
    [{"text": "Silent", "callback_data": "silent"}, {"text": "Copy", "copy_text": {"text": "4821 0937"}}],
    [
        {"text": "Submit", "callback_data": "gone", "style": "success"},
        {"text": "Withdraw", "callback_data": "never", "style": "danger"},
    ],
]


class PageBot:
    """Answers until the block ends: `async with PageBot(emulator) as bot`."""

    def __init__(self, emulator: Emulator) -> None:
        self._http = httpx.AsyncClient(base_url=f"{emulator.base_url}{emulator.token}/", timeout=60)
        self._task: asyncio.Task[None] | None = None
        self.taps = asyncio.Event()  # while clear, button presses are read but not answered
        self.taps.set()

    async def __aenter__(self) -> Self:
        await self.call("setMyDescription", description="This bot answers whatever you write.")
        await self.call("setMyCommands", commands=[{"command": name, "description": text} for name, text in COMMANDS])
        self._task = asyncio.create_task(self._answer())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._http.aclose()

    async def call(self, method: str, **fields: Any) -> Any:
        """One request; its result."""
        answer = (await self._http.post(method, json=fields)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def say(self, person: int, text: str, rows: Rows | None = None, **more: Any) -> dict[str, Any]:
        """A message, with inline buttons if there are rows."""
        markup = {"reply_markup": {"inline_keyboard": rows}} if rows else {}
        return dict(await self.call("sendMessage", chat_id=person, text=text, **markup, **more))

    async def _answer(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self._on_message(update["message"])
                elif "callback_query" in update:
                    await self._on_tap(update["callback_query"])

    async def _on_message(self, message: dict[str, Any]) -> None:
        person, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            greeting = f"Welcome. Payload: {text.partition(' ')[2] or 'none'}"
            await self.say(person, greeting, STYLED)
        elif text == "keyboard":
            keys = {"keyboard": [[{"text": "Yes"}, {"text": "No"}]], "resize_keyboard": True, "one_time_keyboard": True}
            await self.call("sendMessage", chat_id=person, text="Choose", reply_markup=keys)
        elif text == "forget":
            await self.call("sendMessage", chat_id=person, text="Gone", reply_markup={"remove_keyboard": True})
        elif text == "typing":
            await self.call("sendChatAction", chat_id=person, action="typing")
        else:
            quoted = message.get("reply_to_message", {}).get("text")
            kind = (
                "text"
                if text
                else ", ".join(key for key in message if key not in ("message_id", "from", "chat", "date"))
            )
            await self.say(person, f"Heard: {text or kind}" + (f" (to: {quoted})" if quoted else ""))

    async def _on_tap(self, query: dict[str, Any]) -> None:
        await self.taps.wait()
        data, message = query["data"], query["message"]
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        answers: dict[str, dict[str, Any]] = {
            "toast": {"text": "A short word"},
            "alert": {"text": "Read me", "show_alert": True},
        }
        if data == "edit":
            ticked = [[{**button, "text": f"✓ {button['text']}"} for button in row] for row in STYLED]
            await self.call("editMessageText", **where, text="Edited", reply_markup={"inline_keyboard": ticked})
        elif data == "gone":
            await self.call("deleteMessage", **where)
        await self.call("answerCallbackQuery", callback_query_id=query["id"], **answers.get(data, {}))


def entities(text: str, *spans: tuple[Any, ...]) -> str:
    """JSON of message entities from (part of the text, type, further fields)."""
    found = []
    for part, kind, *more in spans:
        before = text[: text.index(part)]
        offset, length = (len(one.encode("utf-16-le")) // 2 for one in (before, part))
        found.append({"type": kind, "offset": offset, "length": length, **(more[0] if more else {})})
    return json.dumps(found)


@asynccontextmanager
async def one_phone(language: str = "en", **size: Any) -> AsyncIterator[tuple[PageBot, Person, Window, Phone]]:
    """Emulator, bot, a person and a window that shows the phone of that person."""
    async with Emulator() as emulator, PageBot(emulator) as bot:
        person = await emulator.person(first_name="Ida", language_code=language, role="participant")
        async with window(emulator.url, **size) as seen:
            yield bot, person, seen, seen.phone(person.id)
