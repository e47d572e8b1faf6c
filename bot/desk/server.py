"""The desk on loopback: a one-time address, a cookie, and nobody else.

Only this computer, only by a name of this computer (against rebinding), only with the cookie, and changes only from a
page of ours. A page loads nothing from elsewhere and runs no script.
Not here: what the pages show (`pages`).
"""

import asyncio
import hmac
import json
import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core.errors import ConsultationError, Refused, Unavailable
from bot.desk import coverage, forms, pages, report
from bot.desk.desk import Desk
from bot.exports import word
from locales.operator import sentence

COOKIE = "desk"
_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; img-src 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),  # none at all would hide from us that a form is ours
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_STYLE = Path(__file__).parent / "static" / "desk.css"
_LARGEST_FORM = 1 << 20


class Door:
    """Lets in who has the one-time address, once, and from then on who has the cookie."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._cookie = secrets.token_urlsafe(32)
        self._token: str | None = secrets.token_urlsafe(32)
        self.address = f"http://127.0.0.1:{port}/?token={self._token}"
        """To be opened once."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in _HEADERS if pair[0] not in names)]
            await send(message)

        await (self._refusal(Request(scope)) or self._app)(scope, receive, guarded)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host") not in self._hosts:
            return PlainTextResponse("This page answers only to its own address.", 421)
        if request.method not in ("GET", "HEAD"):
            origin = urlsplit(request.headers.get("origin", ""))
            if origin.scheme != "http" or origin.netloc != request.headers["host"]:
                return PlainTextResponse("This came from another page and was not done.", 403)
            if int(request.headers.get("content-length", "0") or 0) > _LARGEST_FORM:
                return PlainTextResponse("This is too long.", 413)
        if self._same(request.cookies.get(COOKIE), self._cookie):
            return None
        token = request.query_params.get("token")
        if request.method == "GET" and self._token is not None and self._same(token, self._token):
            self._token = None
            answer = RedirectResponse("/inbox", 303)
            answer.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict", path="/")
            return answer
        return PlainTextResponse(
            "Open the address that `micic desk` printed. It works once; start again for another.", 403
        )

    @staticmethod
    def _same(given: str | None, own: str) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), own.encode())


def application(desk: Desk) -> Starlette:
    """The pages of one desk."""

    def page(make: Callable[[Request, str], str]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            return HTMLResponse(make(request, request.query_params.get("said", "")[:200]))

        return answer

    def item(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in desk.lines:
            return HTMLResponse(pages.trouble(desk, "There is no such contribution in these exports."), 404)
        said = request.query_params.get("said", "")[:200]
        return HTMLResponse(pages.item(desk, name, dict(request.query_params), said))

    def point(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in desk.state.points:
            return HTMLResponse(pages.trouble(desk, "There is no such point, or its making was undone."), 404)
        return HTMLResponse(pages.point(desk, name, request.query_params.get("said", "")[:200]))

    async def decide(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=400)
        try:
            said = forms.decide(desk, form)
        except Unavailable as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 503)
        except ConsultationError as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 422)
        path = urlsplit(str(form.get("next", ""))).path
        local = path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/inbox"
        return RedirectResponse(f"{quote(local)}?said={quote(said)}", 303)

    def file(request: Request) -> Response:
        query = request.query_params
        try:
            content, kind, name = report.made(desk, query.get("format", ""), query.get("language", ""))
            desk.leave(name, *report.cited(desk))
        except Refused as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 422)
        except Unavailable as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 503)
        return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})

    def ask(request: Request) -> Response:
        consultation = request.query_params.get("consultation", "")
        text = coverage.ask(desk, consultation)
        if not text:
            return HTMLResponse(pages.trouble(desk, "Nothing is missing there, or nothing came in yet."), 404)
        named = {"content-disposition": f'attachment; filename="ask-{consultation}.txt"'}
        return PlainTextResponse(text, headers=named)

    def template(_: Request) -> Response:
        named = {"content-disposition": 'attachment; filename="template.docx"'}
        return Response(word.template(), media_type="application/octet-stream", headers=named)

    async def copy(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        try:
            content = desk.log.copy_for(str(form.get("recipient", "")).strip())
        except ConsultationError as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 422)
        named = {"content-disposition": 'attachment; filename="copy.decisions"'}
        return Response(content, media_type="application/octet-stream", headers=named)

    def publish(_: Request) -> Response:
        content = report.published(desk)
        try:
            desk.leave("points.json", *report.cited(desk, [point["id"] for point in json.loads(content)["points"]]))
        except Unavailable as error:
            return HTMLResponse(pages.trouble(desk, sentence(error)), 503)
        return Response(
            content,
            media_type="application/json",
            headers={"content-disposition": 'attachment; filename="points.json"'},
        )

    return Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse("/inbox", 303)),
            Route("/inbox", page(lambda request, said: pages.inbox(desk, dict(request.query_params), said))),
            Route("/item/{name}", item),
            Route("/duplicates", page(lambda request, said: pages.duplicates(desk, dict(request.query_params), said))),
            Route("/points", page(lambda request, said: pages.points(desk, dict(request.query_params), said))),
            Route("/point/{name}", point),
            Route("/coverage", page(lambda _, said: pages.coverage(desk, said))),
            Route("/coverage/ask", ask),
            Route("/history", page(lambda request, said: pages.history(desk, dict(request.query_params), said))),
            Route("/history/copy", copy, methods=["POST"]),
            Route("/report", page(lambda _, said: pages.report(desk, said))),
            Route("/report/file", file),
            Route("/report/publish", publish),
            Route("/report/template", template),
            Route("/decide", decide, methods=["POST"]),
            Route("/favicon.ico", lambda _: Response(status_code=204)),
            Route("/static/desk.css", lambda _: FileResponse(_STYLE, media_type="text/css")),
        ]
    )


@asynccontextmanager
async def serving(desk: Desk, port: int) -> AsyncIterator[str]:
    """Serve on loopback; the one-time address. Raises OSError where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    door = Door(application(desk), listening.getsockname()[1])
    config = uvicorn.Config(door, log_config=None, access_log=False, lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve(sockets=[listening]))
    try:
        yield door.address
    finally:
        server.should_exit = True
        await task


async def serve(desk: Desk, port: int, told: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; `told` is given the one-time address."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # not on every system
            loop.add_signal_handler(number, over.set)
    # Some eight seconds of computing for 20,000 contributions; a thread that may be left behind when the desk ends.
    threading.Thread(target=desk.look, name="likeness", daemon=True).start()
    async with serving(desk, port) as address:
        told(address)
        await over.wait()
