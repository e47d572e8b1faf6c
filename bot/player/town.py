"""The emulator's world as its people see it: phones that show one chat each, and what happens in all of them.

Not here: what anybody answers (`player`).
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aiohttp


class Phone:
    """One person's chat as their phone shows it. Made by `Town.person`."""

    def __init__(self, town: "Town", number: int) -> None:
        self._town = town
        self.number = number
        self.messages: dict[int, dict[str, Any]] = {}
        self.version = 0
        """Counts what happened in the chat."""
        self._stirred = asyncio.Event()

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in one event of the emulator's stream."""
        if event["type"] in ("message", "edit"):
            self.messages[event["message"]["message_id"]] = event["message"]
        elif event["type"] == "delete":
            for gone in event["message_ids"]:
                self.messages.pop(gone, None)
        self.version += 1
        self._stirred.set()

    async def changed(self, version: int, seconds: float) -> bool:
        """Wait until something happened after `version`; False when nothing did for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.version == version:
                    self._stirred.clear()
                    await self._stirred.wait()
        return self.version != version

    async def look(self) -> None:
        """Read the whole chat anew."""
        chat = await self._town.call("GET", f"/world/people/{self.number}/chat")
        self.messages = {message["message_id"]: message for message in chat["messages"]}

    async def start(self, payload: str | None) -> None:
        """Press Start, or follow a link."""
        await self._town.call("POST", f"/world/people/{self.number}/start", {"payload": payload})

    async def send(self, text: str) -> int:
        """Send a text; the id of the message."""
        sent = await self._town.call("POST", f"/world/people/{self.number}/messages", {"text": text})
        return int(sent["message_id"])

    async def tap(self, message: int, data: str) -> None:
        """Press a button."""
        await self._town.call("POST", f"/world/people/{self.number}/taps", {"message_id": message, "data": data})


class Town:
    """The emulator's `/world` interface, and one stream of what happens there for all phones."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._phones: dict[int, Phone] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(self._url, timeout=aiohttp.ClientTimeout(total=30))
        try:
            stream = await self._session.get("/world/events", timeout=aiohttp.ClientTimeout(total=None))
        except BaseException:
            await self._session.close()
            raise
        self._listening = asyncio.create_task(self._listen(stream), name="town")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._session.close()

    async def person(self, **card: str) -> Phone:
        """Somebody new; fields as in POST /world/people."""
        phone = Phone(self, int((await self.call("POST", "/world/people", card))["id"]))
        self._phones[phone.number] = phone
        return phone

    async def call(self, verb: str, path: str, body: Any = None) -> Any:
        """One request; raises aiohttp.ClientResponseError when it is refused."""
        async with self._session.request(verb, path, json=body, raise_for_status=True) as answer:
            return await answer.json()

    async def _listen(self, stream: aiohttp.ClientResponse) -> None:
        async with stream:
            rest = b""
            async for piece in stream.content.iter_any():
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    if line.startswith(b"data: "):
                        event = json.loads(line[6:])
                        if event["person"] in self._phones:
                            self._phones[event["person"]].hear(event)
