"""A running emulator for tests, and the people who act in it over HTTP.

    async with Emulator() as emulator:
        person = await emulator.person(language_code="fr")
        await person.start()
        greeting = await person.wait_for(lambda message: "Bonjour" in message["text"])
        await person.press("Oui")

Nothing here sleeps: waiting is a request that the emulator answers as soon as something happened.
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from bot.emulator.server import DEMO_TOKEN, Running, running

Message = dict[str, Any]

DEADLINE = 10.0  # seconds


def specification_path() -> Path | None:
    """The machine-readable Bot API description, when the environment names one."""
    named = os.environ.get("BOT_API_SPEC")
    return Path(named) if named else None


class NotSeenError(AssertionError):
    """What a test waited for did not happen before the deadline; shows what did."""


class Person:
    """Somebody with a phone."""

    def __init__(self, http: httpx.AsyncClient, card: dict[str, Any]) -> None:
        self._http = http
        self.card = card
        self.id: int = card["id"]

    async def _call(self, verb: str, path: str, body: Any = None) -> Any:
        answer = await self._http.request(verb, f"/world/people/{self.id}{path}", json=body)
        return _body(answer)

    async def send(
        self,
        text: str,
        reply_to: int | None = None,
        forward: bool = False,
        entities: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Write a text; longer than 4,096 units arrives in parts. `entities`: its formatting."""
        body: dict[str, Any] = {"text": text, "entities": list(entities)} if entities else {"text": text}
        if reply_to is not None:
            body["reply_to_message_id"] = reply_to
        if forward:
            body["forward"] = True
        return dict(await self._call("POST", "/messages", body))

    async def send_kind(self, kind: str, caption: str | None = None) -> Message:
        """Send a photo, voice, sticker, … with invented contents."""
        body = {"kind": kind} if caption is None else {"kind": kind, "caption": caption}
        return dict(await self._call("POST", "/messages", body))

    async def record(self, content: bytes, seconds: int, size: int | None = None) -> Message:
        """Send a voice message; `size` is what Telegram tells of it, where that is not the truth."""
        recording: dict[str, Any] = {"content": base64.b64encode(content).decode(), "seconds": seconds}
        if size is not None:
            recording["size"] = size
        return dict(await self._call("POST", "/messages", {"kind": "voice", "recording": recording}))

    async def attach(self, name: str, content: bytes, size: int | None = None) -> Message:
        """Send a document; `size` is what Telegram tells of it, where that is not the truth."""
        recording: dict[str, Any] = {"content": base64.b64encode(content).decode(), "name": name}
        if size is not None:
            recording["size"] = size
        return dict(await self._call("POST", "/messages", {"kind": "document", "recording": recording}))

    async def start(self, payload: str | None = None) -> Message:
        """Press Start, or follow a deep link. Unblocks the bot, as the Restart button does."""
        return dict(await self._call("POST", "/start", {"payload": payload} if payload else {}))

    async def tap(self, message_id: int, data: str) -> str:
        """Press a button by its data; the data may be on no button. Returns the callback query's id."""
        return str((await self._call("POST", "/taps", {"message_id": message_id, "data": data}))["callback_query_id"])

    async def press(self, label: str, deadline: float = DEADLINE) -> str:
        """Press the newest button whose label contains `label`; waits until there is one."""

        def has_it(message: Message) -> bool:
            return any(label in button["text"] and "callback_data" in button for button in buttons(message))

        message = await self.wait_for(has_it, deadline)
        button = next(one for one in buttons(message) if label in one["text"] and "callback_data" in one)
        return await self.tap(message["message_id"], button["callback_data"])

    async def edit(self, message_id: int, text: str) -> Message:
        """Edit an own message."""
        return dict(await self._call("POST", f"/messages/{message_id}/edit", {"text": text}))

    async def delete(self, message_id: int) -> None:
        """Delete a message for both sides."""
        await self._call("DELETE", f"/messages/{message_id}")

    async def block(self) -> None:
        """Block the bot."""
        await self._call("POST", "/block")

    async def unblock(self) -> None:
        """Unblock it."""
        await self._call("POST", "/unblock")

    async def change(self, **fields: Any) -> None:
        """Change language_code, first_name, role or deactivated."""
        self.card = await self._call("PATCH", "", fields)

    async def chat(self, after: int = -1, wait: float = 0) -> dict[str, Any]:
        """Everything the phone shows; with `wait`, once something happened after revision `after`."""
        return dict(await self._call("GET", f"/chat?after={after}&wait={wait}"))

    async def messages(self) -> list[Message]:
        """Both sides, oldest first."""
        return list((await self.chat())["messages"])

    async def received(self) -> list[Message]:
        """The bot's messages, oldest first."""
        return [message for message in await self.messages() if not message["outgoing"]]

    async def wait_until(
        self, predicate: Callable[[dict[str, Any]], bool], deadline: float = DEADLINE
    ) -> dict[str, Any]:
        """The first state of the chat (as `chat` gives it) for which `predicate` holds."""
        chat: dict[str, Any] = {"revision": -1, "messages": []}
        try:
            async with asyncio.timeout(deadline):
                while True:
                    chat = await self.chat(chat["revision"], wait=5)
                    if predicate(chat):
                        return chat
        except TimeoutError:
            seen = [message.get("text") or message.get("caption") for message in chat["messages"][-8:]]
            raise NotSeenError(f"not seen within {deadline} s; the chat ends with {seen!r}") from None

    async def wait_for(
        self, predicate: Callable[[Message], bool], deadline: float = DEADLINE, after: int = 0
    ) -> Message:
        """The newest message of the bot with an id above `after` for which `predicate` holds."""
        found: list[Message] = []

        def holds(chat: dict[str, Any]) -> bool:
            found[:] = [
                one for one in chat["messages"] if not one["outgoing"] and one["message_id"] > after and predicate(one)
            ]
            return bool(found)

        await self.wait_until(holds, deadline)
        return found[-1]

    async def wait_for_text(self, part: str, deadline: float = DEADLINE, after: int = 0) -> Message:
        """The newest message of the bot whose text contains `part`."""
        return await self.wait_for(lambda message: part in text_of(message), deadline, after)


def text_of(message: Message) -> str:
    """Text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Message) -> list[dict[str, Any]]:
    """All inline buttons of a message in reading order."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for button in row]


class Stage:
    """The `/world` interface of an emulator wherever it runs, e.g. in a subprocess: `Stage(url)`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=60)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def call(self, verb: str, path: str, body: Any = None) -> Any:
        """Any request; raises `httpx.HTTPStatusError` when it is refused."""
        return _body(await self._http.request(verb, path, json=body))

    async def person(self, **fields: Any) -> Person:
        """A new person; fields as in POST /world/people."""
        return Person(self._http, await self.call("POST", "/world/people", fields))

    async def people(self) -> list[Person]:
        """Everybody there is."""
        return [Person(self._http, card) for card in (await self.call("GET", "/world"))["people"]]

    async def group(self, title: str, person: Person) -> dict[str, Any]:
        """A group of this person with the bot in it."""
        return dict(await self.call("POST", "/world/groups", {"title": title, "person": person.id}))

    async def advance(self, seconds: float) -> int:
        """Let the emulator's clock run ahead."""
        return int((await self.call("POST", "/world/clock", {"advance": seconds}))["now"])

    async def fault(self, kind: str, method: str = "*", times: int = 1, **more: Any) -> int:
        """Order a fault: 429, status, timeout_after_delivery, hang, reset_after_delivery, unauthorized, conflict."""
        order = {"kind": kind, "method": method, "times": times, **more}
        return int((await self.call("POST", "/world/faults", order))["id"])

    async def clear_faults(self) -> None:
        """No more faults."""
        await self.call("DELETE", "/world/faults")

    async def queue_updates(self, updates: list[Any]) -> None:
        """Deliver updates as they are."""
        await self.call("POST", "/world/updates", updates)

    async def update_count(self) -> dict[str, int]:
        """`pending`, `next_update_id`, `confirmed_below`."""
        return dict(await self.call("GET", "/world/updates"))

    async def recorded(self, method: str | None = None, since: int = 0, wait: float = 0.0) -> list[dict[str, Any]]:
        """The bot's requests, of one method or all; `wait`: seconds to wait for one, if there is none yet."""
        rows = await self.call("GET", f"/world/requests?since={since}&wait={wait}")
        return [row for row in rows if method in (None, row["method"])]

    async def violations(self) -> Any:
        """What did not fit the Bot API's description; `{"checked": False}` when none was given."""
        return await self.call("GET", "/world/violations")


class Emulator(Stage):
    """An emulator in this process and event loop: `async with Emulator() as emulator`."""

    def __init__(self, token: str = DEMO_TOKEN, state_file: Path | None = None, spec: Path | None = None) -> None:
        self.token = token
        self._state_file = state_file
        self._spec = spec or specification_path()
        self._stack = AsyncExitStack()
        self.running: Running

    async def __aenter__(self) -> Self:
        self.running = await self._stack.enter_async_context(
            running(0, self.token, state_file=self._state_file, spec=self._spec)
        )
        super().__init__(self.running.url)
        self._stack.push_async_callback(self.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def call_bot(self, method: str, verb: str = "POST", **values: Any) -> tuple[int, dict[str, Any]]:
        """A Bot API request without a library: status and body. GET puts values into the address, POST into JSON."""
        path = f"/bot{self.token}/{method}"
        if verb == "GET":
            answer = await self._http.get(path, params=values)
        else:
            answer = await self._http.post(path, json=values)
        return answer.status_code, answer.json()

    @property
    def base_url(self) -> str:
        """For a Bot API client, e.g. `ApplicationBuilder().base_url(...)`."""
        return self.running.base_url

    @property
    def base_file_url(self) -> str:
        """The same for downloads."""
        return self.running.base_file_url


@asynccontextmanager
async def one_person(**fields: Any) -> AsyncIterator[tuple[Emulator, Person]]:
    """An emulator with one person who has not yet pressed Start."""
    async with Emulator() as emulator:
        yield emulator, await emulator.person(**fields)


def _body(answer: httpx.Response) -> Any:
    if answer.is_error:
        words = answer.json().get("error", answer.text)
        raise httpx.HTTPStatusError(f"{answer.status_code}: {words}", request=answer.request, response=answer)
    return answer.json()
