"""The logs let nothing through that is not on the lists; the scanner that says so is shown to find a leak."""

import ast
import asyncio
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot import logs
from bot.core.errors import Corrupt
from handlers.transport import Transport

TOKEN = "4711:AAcanaryTOKENcanary"
TEXT = "canary words of a person"
CHAT = 900_100_200_300
CANARIES = (TOKEN, "AAcanaryTOKEN", TEXT, "canary", str(CHAT))

Configure = Callable[..., io.StringIO]


@pytest.fixture(name="configured")
def _configured() -> Iterator[Configure]:
    undo: list[Callable[[], None]] = []

    def configure(level: logs.Level = "debug", style: logs.Style = "json", *, strict: bool = False) -> io.StringIO:
        stream = io.StringIO()
        undo.append(logs.configure(level, style, strict=strict, stream=stream))
        return stream

    yield configure
    for restore in reversed(undo):
        restore()


def leaks(output: str) -> list[str]:
    """Canaries that are found in an output, escaped or not."""
    plain = output + output.encode().decode("unicode_escape", "replace")
    return [canary for canary in CANARIES if canary in plain]


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_writes_what_is_listed(configured: Configure) -> None:
    stream = configured()
    logs.get_logger().event(logs.Event.FLOOD, seconds=2.5, everyone=True)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "flood", "level": "warning", "seconds": 2.5, "everyone": True}


def test_console_style_says_the_same(configured: Configure) -> None:
    stream = configured(style="console")
    logs.get_logger().event("flood", seconds=3, everyone=False)
    assert "flood" in stream.getvalue()
    assert "seconds=3" in stream.getvalue()


def test_level_is_obeyed(configured: Configure) -> None:
    stream = configured("warning")
    logs.get_logger().event("send_repeated", attempt=1)
    logs.get_logger().event("started")
    logs.get_logger().event("poll_silent", seconds=60)
    assert [line["event"] for line in lines(stream)] == ["poll_silent"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (TEXT, {}),
        ("flood", {"chat": CHAT}),
        ("flood", {"text": TEXT}),
        ("flood", {"seconds": CHAT}),
        ("flood", {"seconds": float(CHAT)}),
        ("flood", {"seconds": "canary"}),
        ("flood", {"everyone": CHAT}),
        ("flood", {"where": "canary"}),
        ("flood", {"event_id": CHAT}),
    ],
)
def test_unlisted_is_an_error_in_tests_and_dropped_in_production(
    configured: Configure, name: str, values: dict[str, Any]
) -> None:
    configured(strict=True)
    with pytest.raises(logs.Unlisted):
        logs.get_logger().event(name, **values)
    stream = configured()
    logs.get_logger().event(name, **values)
    assert lines(stream)[0]["event"] in ("flood", "unlisted_event")
    assert not leaks(stream.getvalue())


def test_an_unknown_code_becomes_other(configured: Configure) -> None:
    stream = configured(strict=True)
    logs.get_logger().event("poll_dead", code="poll_conflict")
    logs.get_logger().event("poll_dead", code="canary")
    assert [line["code"] for line in lines(stream)] == ["poll_conflict", "other"]


def test_an_exception_shrinks_to_type_and_place(configured: Configure) -> None:
    stream = configured(strict=True)
    try:
        try:
            raise ValueError(TEXT, CHAT)
        except ValueError as error:
            raise Corrupt("row_does_not_open", tag=TEXT) from error
    except Corrupt as error:
        logs.get_logger().failure("update_failed", error, attempt=1)
    (line,) = lines(stream)
    assert (line["error"], line["cause"], line["code"]) == ("Corrupt", "ValueError", "row_does_not_open")
    assert re.fullmatch(r"[\w.]+:test_an_exception_shrinks_to_type_and_place:\d+", line["where"])
    assert not leaks(stream.getvalue())


def test_a_type_made_of_data_does_not_show(configured: Configure) -> None:
    stream = configured()
    kind = type(f"{TEXT} {CHAT}", (Exception,), {})
    logs.get_logger().failure("update_failed", kind())
    assert not leaks(stream.getvalue())


def test_a_closed_stream_does_not_raise(configured: Configure) -> None:
    stream = configured()
    stream.close()
    logs.get_logger().event("started")


def test_libraries_show_name_and_level_once_a_minute(configured: Configure) -> None:
    stream = configured()
    for _ in range(50):
        logging.getLogger("telegram.ext.ExtBot").error("%s %s", TEXT, CHAT, extra={"chat": CHAT})
    logging.getLogger(f"private.{TEXT}").error(TEXT)
    shown = [(line["logger"], line["severity"], line["count"]) for line in lines(stream)]
    assert shown == [("telegram.ext.ExtBot", "error", 1), ("other", "error", 1)]
    assert not leaks(stream.getvalue())


def test_a_handler_added_later_gets_nothing(configured: Configure) -> None:
    configured()
    stolen = io.StringIO()
    handler = logging.StreamHandler(stolen)
    library = logging.getLogger("uvicorn.error")
    library.addHandler(handler)
    try:
        raise RuntimeError(TEXT)
    except RuntimeError:
        library.exception("failed for %s", CHAT)
    finally:
        library.removeHandler(handler)
    assert stolen.getvalue()
    assert not leaks(stolen.getvalue())


def test_a_bare_structlog_logger_is_no_way_around(configured: Configure) -> None:
    stream = configured()
    structlog.get_logger().warning(TEXT, chat=CHAT)
    structlog.get_logger().warning("flood", text=TEXT, seconds=1)
    assert [line["event"] for line in lines(stream)] == ["unlisted_event", "flood"]
    assert not leaks(stream.getvalue())


def test_hooks_and_warnings(configured: Configure) -> None:
    stream = configured()
    error = RuntimeError(TEXT)
    sys.excepthook(RuntimeError, error, None)
    threading.excepthook(threading.ExceptHookArgs((RuntimeError, error, None, None)))
    warnings.showwarning(TEXT, UserWarning, "file", 1)
    shown = lines(stream)
    assert [line["event"] for line in shown] == ["crashed", "crashed", "library"]
    assert shown[2]["logger"] == "py.warnings"
    assert not leaks(stream.getvalue())


async def test_a_failing_task_nobody_awaits(configured: Configure) -> None:
    stream = configured()
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    loop.call_exception_handler({"message": TEXT, "exception": ValueError(TEXT), "task": CHAT})
    (line,) = lines(stream)
    assert (line["event"], line["error"]) == ("task_failed", "ValueError")
    assert not leaks(stream.getvalue())


async def failing_calls() -> list[str]:
    """Calls of PTB that log text, id and token: one to nobody, one answered with something that is not JSON.

    Returns what the errors say.
    """
    shown: list[str] = []

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = f"no JSON: {TEXT} {CHAT}".encode()
        writer.write(b"HTTP/1.1 500 X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for address in (f"http://127.0.0.1:{port}/bot", "http://127.0.0.1:9/bot", "http://[bad/bot"):
            transport = Transport()
            bot = Bot(TOKEN, base_url=address, request=transport, get_updates_request=Transport())
            await transport.initialize()
            try:
                await bot.send_message(CHAT, TEXT)
            except TelegramError as error:
                logs.get_logger().failure("send_failed", error)
                shown.append(f"{error!r}{error}{error.__cause__!r}{error.__context__!r}")
            finally:
                await transport.shutdown()
    return shown


async def test_failing_calls_of_ptb_at_debug(configured: Configure) -> None:
    stream = configured("debug")
    errors = await failing_calls()
    assert "canaryTOKEN" not in "".join(errors)
    shown = lines(stream)
    assert [line["event"] for line in shown].count("send_failed") == 3
    assert any(line.get("logger") == "telegram.Bot" and line["level"] == "debug" for line in shown)
    assert not leaks(stream.getvalue())


async def test_the_scanner_finds_the_same_calls_when_logs_are_not_configured() -> None:
    """The planted leak: what a plain logging set-up prints of the very same calls."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    before = logging.root.level
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    try:
        await failing_calls()
    finally:
        logging.root.removeHandler(handler)
        logging.root.setLevel(before)
    assert set(leaks(stream.getvalue())) == set(CANARIES)


def reports() -> Iterator[tuple[str, ast.Call]]:
    """Every literal report in the tree: its event, and the call."""
    root = Path(logs.__file__).parents[1]
    for room in ("bot", "handlers", "storage"):
        for file in (root / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("event", "failure")
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and "log" in ast.unparse(node.func.value).lower()
                ):
                    yield str(node.args[0].value), node


def test_every_report_in_the_tree_is_listed() -> None:
    events, keys, words = set(), set(), set()
    for event, call in reports():
        events.add(event)
        for given in call.keywords:
            keys.add(given.arg)
            if given.arg in logs.WORDS and isinstance(given.value, ast.Constant):
                words.add((given.arg, given.value.value))
    assert {"poll_dead", "flood"} <= events
    assert events - {event.value for event in logs.Event} == set()
    assert keys - logs.TRUTHS - logs.NUMBERS - logs.WORDS.keys() == set()
    assert {(key, word) for key, word in words if word not in logs.WORDS[str(key)]} == set()
