"""Starting and stopping the emulator: a loopback socket, the two interfaces behind it, the state file.

uvicorn's HTTP protocol is used without uvicorn's server, which would take over the signals of the program around it
and needs a third of a second to stop.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.emulator.refusals import Refusal
from bot.emulator.requests import BotRequests
from bot.emulator.specification import Specification
from bot.emulator.stage import Stage
from bot.emulator.state import dump, load
from bot.emulator.world import World

DEMO_TOKEN = "1000:demo"  # noqa: S105 — opens nothing but this emulator
_SAVE_EVERY = 5.0  # seconds
_HOSTS = (b"127.0.0.1", b"localhost", b"[::1]")


@dataclass(slots=True, frozen=True)
class Running:
    """A started emulator. `url` has no trailing slash."""

    url: str
    token: str
    world: World
    requests: BotRequests

    @property
    def base_url(self) -> str:
        """What a Bot API client calls its base address, before the token."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The same for downloads."""
        return f"{self.url}/file/bot"


class _Connection(H11Protocol):
    """Lets a request see its connection, which a fault may cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


@asynccontextmanager
async def running(
    port: int = 0,
    token: str = DEMO_TOKEN,
    state_file: Path | None = None,
    spec: Path | None = None,
    *,
    host: str = "127.0.0.1",
    now: Callable[[], float] = time.time,
    username: str = "consultation_demo_bot",
) -> AsyncIterator[Running]:
    """An emulator that runs in the present event loop until the block ends. Port 0 takes a free one.

    `state_file` is read if it exists, and written every few seconds and at the end. `spec` is the machine-readable
    description of the Bot API; without it nothing is checked. Raises `OSError` when the port is taken or a file is
    unreadable, `Refusal` when the state is not one of ours.
    """
    world = World(now, token, username)
    specification = None
    if spec is not None:
        specification = await asyncio.to_thread(Specification.read, spec)
    if state_file is not None:
        await asyncio.to_thread(_read_state, world, state_file)
    requests = BotRequests(world, specification)
    stage = Stage(requests)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not _from_here(scope):
            await Response("only for this computer", 403)(scope, receive, send)
        elif scope["path"].startswith(("/bot", "/file/bot")):
            await requests(scope, receive, send)
        else:
            await stage.app(scope, receive, send)

    async with _listening(app, host, port) as bound:
        saver = asyncio.create_task(_save_often(world, state_file)) if state_file is not None else None
        try:
            yield Running(f"http://{host}:{bound}", token, world, requests)
        finally:
            requests.close()
            stage.close()
            if saver is not None and state_file is not None:
                saver.cancel()
                with suppress(asyncio.CancelledError):
                    await saver
                _write_state(dump(world), state_file)


@asynccontextmanager
async def _listening(app: Callable[..., Any], host: str, port: int) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=75,  # longer than any client keeps one, or some request meets a connection that just closed
        date_header=False,
        server_header=False,
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    # By host and port: asyncio switches Nagle's delay off only for sockets that it made itself.
    server = await loop.create_server(
        lambda: _Connection(config=config, server_state=state, app_state={}), host, port, backlog=512
    )
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        tasks = list(state.tasks)
        if tasks:
            _, slow = await asyncio.wait(tasks, timeout=2)
            for task in slow:
                task.cancel()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        await server.wait_closed()


async def serve(
    host: str = "127.0.0.1",
    port: int = 8081,
    *,
    token: str = DEMO_TOKEN,
    state_file: Path | None = None,
    spec: Path | None = None,
    started: Callable[[Running], None] | None = None,
) -> None:
    """Run until cancelled; `started` is called once the address is known."""
    async with running(port, token, state_file, spec, host=host) as emulator:
        if started is not None:
            started(emulator)
        await asyncio.Event().wait()


def _from_here(scope: Scope) -> bool:
    """Whether the request names this computer and no other web page sent it.

    Otherwise any page that the reader happens to visit could drive the emulator.
    """
    host = origin = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"origin":
            origin = value
    return host.rsplit(b":", 1)[0] in _HOSTS and origin in (b"", b"http://" + host)


def _read_state(world: World, path: Path) -> None:
    if not path.exists():
        return
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise Refusal(400, "not a state of this emulator") from fault
    load(world, state)


def _write_state(state: dict[str, Any], path: Path) -> None:
    """Whole or not at all; for nobody else to read."""
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(state, file)
    beside.replace(path)


async def _save_often(world: World, path: Path) -> None:
    saved = world.revision
    while True:
        await asyncio.sleep(_SAVE_EVERY)
        if world.revision != saved:
            saved = world.revision
            _write_state(dump(world), path)
