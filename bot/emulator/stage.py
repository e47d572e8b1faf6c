"""The emulator's own interface under `/world`: what people do, what the page shows, what tests order. Also the page.

Who may ask is decided before, in `server`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.emulator.chats import Chat, Person
from bot.emulator.refusals import Refusal, bad_request
from bot.emulator.requests import BotRequests
from bot.emulator.state import dump, load

PAGE = Path(__file__).parent / "page"
_LONGEST_WAIT = 30.0
_KEPT_EVENTS = 2_000
_NOT_FOR_THE_PAGE = ("update", "webhook")
_PICTURES = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)

Endpoint = Callable[[Request], Awaitable[Response]]


class _Json(Response):
    """ASCII only, so that half a surrogate pair in a test does not end in a fault of our own."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


class Stage:
    """The endpoints over one world."""

    def __init__(self, requests: BotRequests) -> None:
        self.requests = requests
        self.world = requests.world
        self._changed = asyncio.Event()
        self._audience: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._closed = False
        self.world.listeners.append(self._hear)
        self.app = Starlette(routes=self._routes(), exception_handlers={Refusal: _refused})

    def _routes(self) -> list[Route | Mount]:
        one = "/world/people/{person:int}"
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/", self._page),
            ("GET", "/world", self._overview),
            ("GET", "/world/events", self._events),
            ("POST", "/world/people", self._add_person),
            ("PATCH", one, self._change_person),
            ("GET", one + "/chat", self._chat),
            ("POST", one + "/messages", self._write),
            ("POST", one + "/messages/{message:int}/edit", self._edit),
            ("DELETE", one + "/messages/{message:int}", self._remove),
            ("POST", one + "/taps", self._tap),
            ("POST", one + "/start", self._start),
            ("POST", one + "/{deed:str}", self._block),
            ("POST", "/world/groups", self._add_group),
            ("GET", "/world/groups/{group:str}", self._show_group),
            ("POST", "/world/groups/{group:str}/messages", self._write_in_group),
            ("GET", "/world/files/{file:str}", self._file),
            ("POST", "/world/updates", self._queue_updates),
            ("GET", "/world/updates", self._update_count),
            ("POST", "/world/clock", self._advance),
            ("POST", "/world/faults", self._order_fault),
            ("DELETE", "/world/faults", self._clear_faults),
            ("GET", "/world/requests", self._recorded),
            ("GET", "/world/violations", self._violations),
            ("GET", "/world/state", self._dump),
            ("POST", "/world/state", self._load),
        ]
        routes: list[Route | Mount] = [Route(path, deed, methods=[verb]) for verb, path, deed in table]
        return [*routes, Mount("/page", StaticFiles(directory=PAGE, check_dir=False))]

    def close(self) -> None:
        """End the event streams and long waits."""
        self._closed = True
        self._changed.set()
        for listener in self._audience:
            listener.put_nowait(None)

    def _hear(self, event: dict[str, Any]) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        if event["type"] in _NOT_FOR_THE_PAGE:
            return
        for listener in self._audience:
            if listener.qsize() < _KEPT_EVENTS:
                listener.put_nowait(event)

    # -- the page

    async def _page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def _overview(self, _: Request) -> Response:
        world, profile = self.world, self.world.profile
        bot = {
            "id": world.bot_id,
            "username": world.username,
            "first_name": profile.text("name", ""),
            "description": profile.text("description", ""),
            "short_description": profile.text("short_description", ""),
        }
        people = [person.card() for person in world.people.values()]
        return _Json({"bot": bot, "people": people, "now": int(world.now())})

    async def _events(self, _: Request) -> Response:
        listener: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._audience.add(listener)

        async def stream() -> AsyncIterator[str]:
            try:
                yield ": open\n\n"
                while not self._closed:
                    event = await listener.get()
                    if event is None:
                        return
                    yield f"data: {json.dumps(event)}\n\n"
            finally:
                self._audience.discard(listener)

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def _file(self, request: Request) -> Response:
        stored = self.world.files.by_id.get(request.path_params["file"])
        if stored is None:
            raise Refusal(404, "no such file")
        kind = next((kind for magic, kind in _PICTURES if stored.content.startswith(magic)), "application/octet-stream")
        # An uploaded file must not become a page of this origin.
        headers = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
        return Response(stored.content, media_type=kind, headers=headers)

    # -- people

    def _person(self, request: Request) -> Person:
        person = self.world.people.get(request.path_params["person"])
        if person is None:
            raise Refusal(404, "no such person")
        return person

    def _writer(self, request: Request) -> Person:
        person = self._person(request)
        if person.blocked:
            raise bad_request("this person has blocked the bot; unblock it first")
        return person

    async def _add_person(self, request: Request) -> Response:
        wish = await _json(request)
        names = ("first_name", "language_code", "role", "username", "phone_hint")
        given = {name: wish[name] for name in names if wish.get(name)}
        return _Json(self.world.add_person(**given).card(), status_code=201)

    async def _change_person(self, request: Request) -> Response:
        person, wish = self._person(request), await _json(request)
        names = ("first_name", "language_code", "role", "deactivated")
        self.world.change_person(person, **{name: wish[name] for name in names if name in wish})
        return _Json(person.card())

    async def _chat(self, request: Request) -> Response:
        """With `?after=<revision>&wait=<seconds>` it answers once something happened after that revision."""
        person = self._person(request)
        after = int(request.query_params.get("after", -1))
        wait = min(float(request.query_params.get("wait", 0)), _LONGEST_WAIT)
        if after >= self.world.revision and wait > 0 and not self._closed:
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass
        chat, world = self.world.chats[person.id], self.world
        return _Json(
            {
                "messages": self._messages(chat),
                "commands": world.profile.shown_commands(person.id, person.language_code),
                "typing": chat.typing_until > world.now(),
                "description": world.profile.text("description", person.language_code),
                "reply_keyboard": chat.reply_keyboard,
                "started": chat.started,
                "now": int(world.now()),
                "revision": world.revision,
            }
        )

    def _messages(self, chat: Chat) -> list[dict[str, Any]]:
        return [self.world.shown(chat, message) for message in chat.messages.values()]

    def _sent(self, chat: Chat, message: dict[str, Any]) -> Response:
        return _Json(self.world.shown(chat, message), status_code=201)

    async def _write(self, request: Request) -> Response:
        person, wish = self._writer(request), await _json(request)
        if "kind" in wish:
            message = self.world.write_media(person, str(wish["kind"]), wish.get("caption"), wish.get("recording"))
        else:
            reply, forward = wish.get("reply_to_message_id"), bool(wish.get("forward"))
            formatting = [dict(one) for one in wish.get("entities", [])]
            message = self.world.write_text(person, str(wish.get("text", "")), reply, forward, formatting=formatting)
        return self._sent(self.world.chats[person.id], message)

    async def _edit(self, request: Request) -> Response:
        person, wish = self._writer(request), await _json(request)
        message = self.world.rewrite(person, request.path_params["message"], str(wish.get("text", "")))
        return _Json(self.world.shown(self.world.chats[person.id], message))

    async def _remove(self, request: Request) -> Response:
        chat = self.world.chats[self._person(request).id]
        if request.path_params["message"] not in chat.messages:
            raise Refusal(404, "no such message")
        self.world.remove(chat, [request.path_params["message"]])
        return _Json({"ok": True})

    async def _tap(self, request: Request) -> Response:
        person, wish = self._writer(request), await _json(request)
        number = self.world.tap(person, int(wish.get("message_id", 0)), str(wish.get("data", "")))
        return _Json({"callback_query_id": number}, status_code=201)

    async def _start(self, request: Request) -> Response:
        person, wish = self._person(request), await _json(request)
        self.world.block(person, False)  # the Start button of somebody who blocked the bot reads "Restart"
        payload = str(wish.get("payload") or "")
        message = self.world.write_text(person, f"/start {payload}" if payload else "/start")
        return self._sent(self.world.chats[person.id], message)

    async def _block(self, request: Request) -> Response:
        deed = request.path_params["deed"]
        if deed not in ("block", "unblock"):
            raise Refusal(404, "no such deed")
        person = self._person(request)
        self.world.block(person, deed == "block")
        return _Json(person.card())

    # -- groups

    def _group(self, request: Request) -> Chat:
        number = str(request.path_params["group"]).lstrip("-")
        chat = self.world.chats.get(-int(number)) if number.isdigit() else None
        if chat is None or chat.type == "private":
            raise Refusal(404, "no such group")
        return chat

    def _group_card(self, chat: Chat) -> dict[str, Any]:
        return {**chat.body(), "bot_inside": chat.started, "messages": self._messages(chat)}

    async def _add_group(self, request: Request) -> Response:
        wish = await _json(request)
        person = self.world.people.get(int(wish.get("person", 0)))
        if person is None:
            raise Refusal(404, "no such person")
        chat = self.world.add_group(str(wish.get("title") or "A group"), person)
        return _Json(self._group_card(chat), status_code=201)

    async def _show_group(self, request: Request) -> Response:
        return _Json(self._group_card(self._group(request)))

    async def _write_in_group(self, request: Request) -> Response:
        chat, wish = self._group(request), await _json(request)
        person = self.world.people.get(int(wish.get("person", 0)))
        if person is None:
            raise Refusal(404, "no such person")
        text, reply = str(wish.get("text", "")), wish.get("reply_to_message_id")
        return self._sent(chat, self.world.write_text(person, text, reply, chat=chat))

    # -- what tests order and read

    async def _queue_updates(self, request: Request) -> Response:
        updates = await _json(request, list)
        self.world.queue_raw(updates)
        return _Json({"queued": len(updates)})

    async def _update_count(self, _: Request) -> Response:
        queue = self.world.updates
        return _Json(
            {
                "pending": queue.pending(self.world.now()),
                "next_update_id": queue.next_id,
                "confirmed_below": queue.confirmed_below,
            }
        )

    async def _advance(self, request: Request) -> Response:
        return _Json({"now": self.world.advance(float((await _json(request)).get("advance", 0)))})

    async def _order_fault(self, request: Request) -> Response:
        return _Json({"id": self.requests.faults.order(await _json(request))}, status_code=201)

    async def _clear_faults(self, _: Request) -> Response:
        self.requests.faults.clear()
        return _Json({"ok": True})

    async def _recorded(self, request: Request) -> Response:
        since, wait = (float(request.query_params.get(name, 0)) for name in ("since", "wait"))
        return _Json(await self.requests.since(int(since), min(wait, 30.0)))

    async def _violations(self, _: Request) -> Response:
        specification = self.requests.specification
        return _Json({"checked": False} if specification is None else specification.violations)

    async def _dump(self, _: Request) -> Response:
        return _Json(dump(self.world))

    async def _load(self, request: Request) -> Response:
        load(self.world, await _json(request))
        return _Json({"ok": True})


async def _json(request: Request, kind: type[Any] = dict) -> Any:
    body = await request.body()
    try:
        value = json.loads(body) if body else kind()
    except ValueError:
        raise bad_request("the body is not JSON") from None
    if not isinstance(value, kind):
        raise bad_request(f"the body must be a JSON {'object' if kind is dict else 'array'}")
    return value


async def _refused(_: Request, fault: Exception) -> Response:
    code = fault.code if isinstance(fault, Refusal) else 500
    return _Json({"error": str(fault)}, status_code=code)
