"""What may appear in the logs: an allow-list of events, keys and words. Whatever is not on it never reaches a stream.

A log outlives a chat and is read by people who must not know who takes part. So values are truths, small numbers and
words of the lists below; exceptions shrink to their type and place; records of libraries shrink to their logger's name
and level before any handler sees them. Text, names, chat ids and the token have no way in, at DEBUG too.

Not here: who reports what (the rooms do, through `bot.core.ports.Log`).
"""

import asyncio
import logging
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, MutableMapping
from enum import StrEnum
from types import FrameType, TracebackType
from typing import Any, Final, Literal, TextIO

import structlog

from bot.core.errors import ConsultationError

Level = Literal["debug", "info", "warning", "error"]
Style = Literal["json", "console"]


class Event(StrEnum):
    """Everything that may be reported. Another room reports it by the plain text; a test compares."""

    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    CRASHED = "crashed"
    TASK_FAILED = "task_failed"
    LIBRARY = "library"
    UNLISTED = "unlisted_event"
    # intake
    POLL_FAILED = "poll_failed"
    POLL_SILENT = "poll_silent"
    POLL_RECOVERED = "poll_recovered"
    POLL_DEAD = "poll_dead"
    STORE_UNAVAILABLE = "store_unavailable"
    UPDATE_FAILED = "update_failed"
    UPDATE_SET_ASIDE = "update_set_aside"
    SET_ASIDE_FAILED = "set_aside_failed"
    POISON_NOTICE_FAILED = "poison_notice_failed"
    # sender
    SEND_FAILED = "send_failed"
    SEND_REPEATED = "send_repeated"
    SEND_FAULT = "send_fault"
    SEND_BARED = "send_bared"
    EXPORT_FAILED = "export_failed"
    FLOOD = "flood"
    # delivery
    SETTLE_FAILED = "settle_failed"
    MENU_FAILED = "menu_failed"
    FLOOD_REFUSED = "flood_refused"
    # broadcasts
    BROADCAST_FAILED = "broadcast_failed"
    BROADCAST_IN_DOUBT = "broadcast_in_doubt"
    BROADCAST_DONE = "broadcast_done"
    # storage
    ROW_NOT_VOUCHED = "row_not_vouched"
    ROSTER_BROKEN = "roster_broken"
    AUDIT_BROKEN = "audit_broken"
    ROW_UNREADABLE = "row_unreadable"
    UPDATE_REPEATED = "update_repeated"
    # tidying
    REPLICA_FAILED = "replica_failed"
    TIDIED_WITH_ONE_COPY = "tidied_with_one_copy"
    TIDY_GIVEN_UP = "tidy_given_up"
    # clock
    CLOCK_DIFFERS = "clock_differs"


_ERRORS: Final = frozenset(
    {
        Event.CRASHED,
        Event.TASK_FAILED,
        Event.POLL_SILENT,
        Event.POLL_DEAD,
        Event.STORE_UNAVAILABLE,
        Event.UPDATE_SET_ASIDE,
        Event.SET_ASIDE_FAILED,
        Event.SEND_FAULT,
        Event.BROADCAST_FAILED,
        Event.SEND_BARED,
        Event.EXPORT_FAILED,
        Event.ROW_NOT_VOUCHED,
        Event.ROSTER_BROKEN,
        Event.AUDIT_BROKEN,
        Event.ROW_UNREADABLE,
        Event.REPLICA_FAILED,
        Event.TIDIED_WITH_ONE_COPY,
        Event.TIDY_GIVEN_UP,
        Event.CLOCK_DIFFERS,
    }
)
_WARNINGS: Final = frozenset(
    {
        Event.POLL_FAILED,
        Event.UPDATE_FAILED,
        Event.POISON_NOTICE_FAILED,
        Event.SEND_FAILED,
        Event.BROADCAST_IN_DOUBT,
        Event.FLOOD,
        Event.UNLISTED,
        Event.SETTLE_FAILED,
        Event.MENU_FAILED,
        Event.FLOOD_REFUSED,
    }
)
_DETAILS: Final = frozenset({Event.SEND_REPEATED})

CODES: Final = frozenset(
    {
        "poll_unauthorized",
        "poll_conflict",
        "webhook_set",
        "storage_unavailable",
        "no_space",
        "vault_busy",
        "session_misplaced",
        "chain_broken",
        "crash_point_unknown",
        "key_missing",
        "key_damaged",
        "row_does_not_open",
        "part_missing",
        "part_misplaced",
        "part_does_not_open",
        "head_missing",
        "contribution_exists",
        "replica_unavailable",
        "replica_differs",
        "step_passed",
    }
)
"""Error codes worth telling apart in a log; any other is shown as `other`."""

TRUTHS: Final = frozenset({"everyone"})
NUMBERS: Final = frozenset({"seconds", "attempt", "count", "waiting"})
WORDS: Final[dict[str, frozenset[str]]] = {
    "code": CODES | {"other"},
    "store": frozenset({"contacts", "work", "vault"}),
    "table": frozenset({"roles", "invites"}),
}
"""Keys whose value is one word of a list."""

_REDUCED_KEYS: Final = frozenset({"error", "cause", "where", "logger", "severity"})
_LARGEST = 999_999
"""Telegram's ids have more digits than fit, so a number can never be one of them."""
_OURS: Final = frozenset({"bot", "handlers", "storage", "locales"})
_LIBRARIES: Final = frozenset(
    {"aiohttp", "aiosqlite", "asyncio", "babel", "concurrent", "httpcore", "httpx", "jinja2", "lxml", "multipart"}
    | {"py", "pyxform", "starlette", "structlog", "telegram", "uvicorn"}
)
_LOGGER_NAME = re.compile(r"[A-Za-z_.]{1,64}")
_TYPE_NAME = re.compile(r"[A-Za-z_]{1,48}")
_CODE_NAME = re.compile(r"[A-Za-z0-9_.<>]{1,96}")
_LIBRARY_SECONDS = 60.0


class Unlisted(Exception):
    """A programmer reported something that is not on the lists. Raised in tests only."""


class _Reduced(str):
    """A text made in this file from code, never from data: a type's name, a place, a logger's name."""

    __slots__ = ()


class Logger:
    """Implements `bot.core.ports.Log`. Never raises once `configure` has run without `strict`."""

    __slots__ = ()

    def event(self, name: str, **values: bool | int | float | str) -> None:
        """Report one event of the list, with values of the list."""
        _report(name, values)

    def failure(self, name: str, error: BaseException, **values: bool | int | float | str) -> None:
        """The same with an exception: its type, its cause's type, its code if it is one of ours, and the place."""
        _report(name, {**values, **_reduced(error)})


_LOGGER = Logger()
_strict = True  # until configured, as in tests, a mistake is loud


def get_logger() -> Logger:
    """The logger; there is only one."""
    return _LOGGER


def configure(
    level: Level = "info", style: Style | None = None, *, strict: bool = False, stream: TextIO | None = None
) -> Callable[[], None]:
    """Set up everything that could write a log, once, at start. Returns a function that undoes it (for tests).

    `style` None means console on a terminal, else json. `strict` raises `Unlisted` instead of dropping.
    """
    global _strict  # noqa: PLW0603 - one process has one log
    stream = stream or sys.stderr
    old = _strict, logging.getLogRecordFactory(), logging.raiseExceptions, sys.excepthook, sys.unraisablehook
    old_thread_hook, old_root = threading.excepthook, (logging.root.handlers[:], logging.root.level)
    old_show = warnings.showwarning
    _strict = strict
    _set_chain(level, style or ("console" if stream.isatty() else "json"), stream)
    # Two walls: records lose their content where they are made, and one handler prints only name and level.
    logging.setLogRecordFactory(_bare_record)
    logging.raiseExceptions = False
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    logging.root.handlers[:] = [_NameAndLevel()]
    logging.root.setLevel(level.upper())
    warnings.showwarning = _warned
    sys.excepthook = _crashed
    sys.unraisablehook = lambda unraisable: _LOGGER.failure(Event.CRASHED, unraisable.exc_value or RuntimeError())
    threading.excepthook = lambda args: _LOGGER.failure(Event.CRASHED, args.exc_value or RuntimeError())

    def restore() -> None:
        global _strict
        _strict, factory, logging.raiseExceptions, sys.excepthook, sys.unraisablehook = old
        logging.setLogRecordFactory(factory)
        threading.excepthook = old_thread_hook
        logging.root.handlers[:], level_before = old_root
        logging.root.setLevel(level_before)
        warnings.showwarning = old_show
        structlog.reset_defaults()

    return restore


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Report what fails in the loop's tasks and callbacks, without its message and its objects."""
    loop.set_exception_handler(
        lambda _loop, context: _LOGGER.failure(Event.TASK_FAILED, context.get("exception") or RuntimeError())
    )


def _set_chain(level: Level, style: Style, stream: TextIO) -> None:
    renderer = structlog.processors.JSONRenderer() if style == "json" else _console(stream)
    structlog.configure(
        processors=[
            allow,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def _console(stream: TextIO) -> structlog.types.Processor:
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


def _report(name: str, values: dict[str, Any], level: int | None = None) -> None:
    try:
        structlog.get_logger().log(_level(name) if level is None else level, str(name), **values)
    except Exception:  # a log that cannot be written must not take the bot down
        if _strict:
            raise


def _level(name: str) -> int:
    if name in _ERRORS:
        return logging.ERROR
    if name in _WARNINGS:
        return logging.WARNING
    return logging.DEBUG if name in _DETAILS else logging.INFO


def allow(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog's first processor: lets through what is on the lists. Raises Unlisted when strict, else drops."""
    name = entry.pop("event", None)
    if not isinstance(name, str) or name not in set(Event):
        if _strict:
            raise Unlisted("event")
        return {"event": Event.UNLISTED.value}
    kept: dict[str, Any] = {"event": str(name)}
    for key, value in entry.items():
        allowed = _allowed(key, value)
        if allowed is not None:
            kept[key] = allowed
        elif _strict:
            raise Unlisted("value" if key in TRUTHS | NUMBERS | WORDS.keys() | _REDUCED_KEYS else "key")
    return kept


def _allowed(key: str, value: Any) -> bool | int | float | str | None:
    """The value as it may appear, or None."""
    if key in TRUTHS:
        return value if isinstance(value, bool) else None
    if key in NUMBERS and type(value) in (int, float) and abs(value) <= _LARGEST:
        return value if isinstance(value, int) else round(float(value), 3)
    if key in WORDS and isinstance(value, str):
        word = str(value)
        if word in WORDS[key]:
            return word
        return "other" if "other" in WORDS[key] else None
    if key in _REDUCED_KEYS and isinstance(value, _Reduced):
        return str(value)
    return None


def _reduced(error: BaseException) -> dict[str, Any]:
    """Type, cause, code and place of an exception."""
    reduced: dict[str, Any] = {"error": _type_of(error), "where": _place(error.__traceback__)}
    if error.__cause__ is not None:
        reduced["cause"] = _type_of(error.__cause__)
    if isinstance(error, ConsultationError):
        reduced["code"] = error.code
    return reduced


def _type_of(error: BaseException) -> _Reduced:
    name = type(error).__name__
    return _Reduced(name if _TYPE_NAME.fullmatch(name) else "other")


def _place(traceback: TracebackType | None) -> _Reduced:
    """Module, function and line: the innermost of our own, else the innermost of all."""
    innermost = ours = None
    while traceback is not None:
        innermost = (traceback.tb_frame, traceback.tb_lineno)
        if _module_of(traceback.tb_frame).split(".")[0] in _OURS:
            ours = innermost
        traceback = traceback.tb_next
    found = ours or innermost
    if found is None:
        return _Reduced("unknown")
    frame, line = found
    module, function = _module_of(frame), frame.f_code.co_name
    if not (_CODE_NAME.fullmatch(module) and _CODE_NAME.fullmatch(function)):
        return _Reduced("unknown")
    return _Reduced(f"{module}:{function}:{line}")


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _bare_record(name: str, level: int, *_content: Any, **_more: Any) -> logging.LogRecord:
    """A record without message, arguments, exception and stack, whichever handler may get hold of it."""
    return logging.LogRecord(name, level, "", 0, "", (), None)


class _NameAndLevel(logging.Handler):
    """Prints a library's record as its logger's name and level, at most once a minute each."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, int], float] = {}
        self._held: dict[tuple[str, int], int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Print name and level, and how many of the same were left out since."""
        known = record.name.split(".")[0] in _LIBRARIES and _LOGGER_NAME.fullmatch(record.name)
        key = (record.name if known else "other", record.levelno)
        now = time.monotonic()
        if now < self._next.get(key, 0.0) or (key not in self._next and len(self._next) >= 200):
            self._held[key] = self._held.get(key, 0) + 1 if key in self._next else 0
            return
        self._next[key] = now + _LIBRARY_SECONDS
        values: dict[str, Any] = {
            "logger": _Reduced(key[0]),
            "severity": _Reduced(logging.getLevelName(record.levelno).lower()),
            "count": min(self._held.pop(key, 0) + 1, _LARGEST),
        }
        _report(Event.LIBRARY, values, level=record.levelno)


def _warned(*_args: Any, **_more: Any) -> None:
    """Python's warnings go the way of the libraries."""
    logging.getLogger("py.warnings").warning("")


def _crashed(_kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    _LOGGER.failure(Event.CRASHED, error.with_traceback(traceback))
