"""The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`, with faults, records and checks.

A plain ASGI application, because every message of a load test goes through it.
"""

import asyncio
import json
from collections import deque
from contextlib import suppress
from email.utils import formatdate
from itertools import takewhile
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from bot.emulator.api import Api
from bot.emulator.faults import Fault, Faults
from bot.emulator.parameters import Parameters, Upload, from_json, from_query
from bot.emulator.polling import Polling
from bot.emulator.refusals import NOT_FOUND, UNAUTHORIZED, Refusal
from bot.emulator.specification import Specification
from bot.emulator.world import World

_KEPT_REQUESTS = 10_000
_LARGEST_FIELD = 1024 * 1024
_JSON = (b"content-type", b"application/json")


DOWNLOAD = "download"
"""Under this name the fetching of a file is recorded, which is no method."""


class BotRequests:
    """Answers the bot."""

    def __init__(self, world: World, specification: Specification | None = None) -> None:
        self.world = world
        self.api = Api(world)
        self.polling = Polling(world)
        self.faults = Faults()
        self.specification = specification
        self.recorded: deque[dict[str, Any]] = deque(maxlen=_KEPT_REQUESTS)
        self._count = 0
        self._more = asyncio.Event()
        self._closing = asyncio.Event()
        if specification is not None:
            world.listeners.append(self._check_update)

    def close(self) -> None:
        """Let go of every request that waits."""
        self._closing.set()
        self._more.set()
        self.polling.close()

    def _check_update(self, event: dict[str, Any]) -> None:
        if event["type"] == "update" and event["update"] is not None and self.specification is not None:
            self.specification.check_update(event["update"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path: str = scope["path"]
        if path.startswith("/file/bot"):
            await self._give_file(path.removeprefix("/file/bot"), send)
            return
        token, _, name = path.removeprefix("/bot").partition("/")
        try:
            parameters = await _parameters(scope, receive)
        except Refusal as refusal:
            await self._answer(send, refusal.code, refusal.body())
            return
        fault = self.faults.next(name, parameters.values.get("chat_id"))
        if fault is not None and fault.kind == "hang":
            self._record(name, parameters, 0, "hang")
            await self._hold(receive, fault.seconds)
            await _abort(scope, receive)
            return
        method = self.api.canonical(name) or name
        status, body = await self._result(token, method, parameters, fault, receive)
        self._record(method, parameters, status, body.get("description"))
        if fault is not None and fault.kind == "timeout_after_delivery":
            await self._hold(receive, fault.seconds)
        if status == 0 or (fault is not None and fault.kind == "reset_after_delivery"):
            await _abort(scope, receive)
            return
        await self._answer(send, status, body)

    async def _answer(self, send: Send, status: int, body: dict[str, Any]) -> None:
        """With the time, as Telegram's own server tells it."""
        date = (b"date", formatdate(self.world.now(), usegmt=True).encode("ascii"))
        await _send_bytes(send, status, json.dumps(body, separators=(",", ":")).encode("ascii"), _JSON, date)

    async def _result(
        self, token: str, method: str, parameters: Parameters, fault: Fault | None, receive: Receive
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 when the bot went away meanwhile."""
        try:
            if token != self.world.token:
                raise UNAUTHORIZED
            refusal = fault.refusal() if fault is not None else None
            if refusal is not None:
                raise refusal
            if self.specification is not None:
                self.specification.check_request(method, parameters)
            if method == "getUpdates":
                result: Any = await self._poll(parameters, receive)
                if result is None:
                    return 0, {"description": "the client went away"}
            else:
                result = self.api.call(method, parameters)
        except Refusal as refusal:
            return refusal.code, refusal.body()
        if self.specification is not None and method != "getUpdates":
            self.specification.check_answer(method, result)
        return 200, {"ok": True, "result": result}

    async def _poll(self, parameters: Parameters, receive: Receive) -> list[dict[str, Any]] | None:
        """Updates, or None when the bot hangs up while it waits."""
        poll = asyncio.ensure_future(self.polling.get_updates(parameters))
        await asyncio.sleep(0)  # enough for a poll that finds something
        if poll.done():
            return poll.result()
        gone = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((poll, gone), return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else None
        finally:
            gone.cancel()
            poll.cancel()

    async def _hold(self, receive: Receive, seconds: float) -> None:
        """Until the time is over, the bot hangs up, or the emulator closes."""
        gone, closing = asyncio.ensure_future(receive()), asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait((gone, closing), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            closing.cancel()

    async def since(self, number: int, seconds: float) -> list[dict[str, Any]]:
        """What was recorded after that number; where there is nothing yet, wait so long for the next."""
        if self._count <= number and seconds and not self._closing.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._more.wait()
        # From the end: whoever asks often wants the last few of thousands.
        return list(takewhile(lambda one: one["n"] > number, reversed(self.recorded)))[::-1]

    def _record(self, method: str, parameters: Parameters, status: int, description: Any) -> None:
        self._count += 1
        self.recorded.append(
            {
                "n": self._count,
                "method": method,
                "params": parameters.recorded(),
                "status": status,
                "description": description,
            }
        )
        self._more.set()
        self._more = asyncio.Event()

    async def _give_file(self, rest: str, send: Send) -> None:
        token, _, path = rest.partition("/")
        stored = self.world.files.by_path.get(path)
        if token != self.world.token or stored is None:
            refusal = UNAUTHORIZED if token != self.world.token else NOT_FOUND
            self._record(DOWNLOAD, Parameters({}), refusal.code, refusal.description)
            await self._answer(send, refusal.code, refusal.body())
            return
        self._record(DOWNLOAD, Parameters({"file_path": path}), 200, None)
        await _send_bytes(send, 200, stored.content, (b"content-type", b"application/octet-stream"))


async def _parameters(scope: Scope, receive: Receive) -> Parameters:
    values = from_query(scope["query_string"].decode("latin-1"))
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"").lower()
    if kind.startswith(b"multipart/form-data"):
        return await _multipart(values, Request(scope, receive))
    body = await _body(receive)
    if kind.startswith(b"application/json"):
        values |= from_json(body)
    elif body:
        values |= from_query(body.decode("utf-8", "replace"))
    return Parameters(values)


async def _multipart(values: dict[str, Any], request: Request) -> Parameters:
    uploads: dict[str, Upload] = {}
    async with request.form(max_part_size=_LARGEST_FIELD) as form:
        for name, item in form.multi_items():
            if isinstance(item, str):
                values[name] = item
            else:
                uploads[name] = Upload(item.filename or "file", item.content_type or "", await item.read())
    return Parameters(values, uploads)


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def _send_bytes(send: Send, status: int, content: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [*more, (b"content-length", str(len(content)).encode())]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": content})


async def _abort(scope: Scope, receive: Receive) -> None:
    """End the connection without a word."""
    scope["state"]["transport"].abort()
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
