"""How requests reach the Bot API: PTB's request interface carried by aiohttp, and calls without PTB's objects.

PTB's own HTTP client takes three quarters of an update's time. Not here: what is sent, and what is done about a
failure (`sender`, `intake`). No URL is ever logged or put into an error: the path holds the bot token.
"""

import io
import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast

import aiohttp
import orjson
from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

# Times of PTB's objects as timedelta, as its next major version gives them; without it every 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")

POLL = "getUpdates"
SLOWEST = 50_000
"""Bytes a second that an upload may be slow: 50 MB, the most that Telegram takes, then have a quarter of an hour."""
MEDIA_WRITE = 20.0
"""Seconds to write a request with a file, beside what its size takes."""
_ON_THE_WAY = 8_000_000
"""Bytes that may still lie in this machine's own buffers when the last one was written; the answer comes after them."""
_CAPITAL = re.compile(r"(?=[A-Z])")


class NotSent(Exception):
    """Cause of a PTB error: no byte of the request left this machine, so repeating it is safe."""


class Ambiguous(Exception):
    """Cause of a PTB error: the request may have arrived, or not."""


def was_sent(error: TelegramError) -> bool:
    """False when the request surely never left; True when it arrived or may have arrived."""
    return not isinstance(error.__cause__, NotSent)


def seconds_of(error: RetryAfter) -> float:
    """The pause a 429 asks for, in seconds."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


class Transport(BaseRequest):
    """PTB's request interface on one aiohttp session. Timeouts are seconds; a missing one takes the default here.

    `hear` is told the server's time (epoch seconds) with each answer that holds it.
    """

    __slots__ = ("_connect", "_connections", "_hear", "_media_write", "_pool", "_read", "_session", "_write")

    def __init__(
        self,
        *,
        connections: int = 64,
        read_timeout: float = 10.0,
        write_timeout: float = 5.0,
        connect_timeout: float = 5.0,
        pool_timeout: float = 5.0,
        media_write_timeout: float = MEDIA_WRITE,
        hear: Callable[[float], None] | None = None,
    ) -> None:
        self._connections = connections
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._media_write = media_write_timeout
        self._hear = hear
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Default read timeout in seconds."""
        return self._read

    async def initialize(self) -> None:
        """Open the session; repeating it changes nothing."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the session and its connections; repeating it changes nothing."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer. PTB's own version would log the payload when it is not JSON."""
        answer = None
        with suppress(ValueError):
            try:
                answer = orjson.loads(payload)
            except ValueError:  # what only the standard library reads: half a surrogate pair, broken UTF-8
                answer = json.loads(payload.decode("utf-8", "replace"))
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer

    async def do_request(  # noqa: PLR0917 - the order is PTB's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; returns the status and the body.

        Raises TimedOut or NetworkError whose `__cause__` is `NotSent` or `Ambiguous` (see `was_sent`).
        """
        if self._session is None or self._session.closed:
            raise RuntimeError("the transport is not initialized")
        files = bool(request_data and request_data.contains_files)
        timeout = _timeout(
            _or_default(read_timeout, self._read),
            _or_default(write_timeout, self._media_write if files else self._write),
            _or_default(connect_timeout, self._connect),
            _or_default(pool_timeout, self._pool),
        )
        try:
            async with self._session.request(
                method, _parsed(url), timeout=timeout, allow_redirects=False, **_body(request_data)
            ) as response:
                self._hear_header(response)
                return response.status, await response.read()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure, cause = _translated(error)
        # Raised outside of the `except`, so that nothing links to the original: some of those carry the URL.
        raise failure from cause

    async def download(self, url: str, limit: int) -> bytes:
        """A file, read no further than one byte beyond `limit`. Raises NetworkError, as `do_request` does."""
        if self._session is None or self._session.closed:
            raise RuntimeError("the transport is not initialized")
        timeout = _timeout(self._read, self._write, self._connect, self._pool)
        try:
            async with self._session.get(_parsed(url), timeout=timeout, allow_redirects=False) as response:
                if response.status != 200:
                    raise NetworkError(f"download refused with {response.status}")
                content = bytearray()
                async for piece in response.content.iter_any():
                    content += piece
                    if len(content) > limit:
                        return bytes(content[: limit + 1])
                return bytes(content)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure, cause = _translated(error)
        raise failure from cause

    async def call(self, url: str, parameters: Mapping[str, Any], read_timeout: Any = BaseRequest.DEFAULT_NONE) -> Any:
        """Call a method with JSON values; its result as JSON values. Raises what PTB's methods raise.

        What those end in: the way there, with an object for each parameter, costs half as much as the request itself.
        """
        result = await self.post(url, cast(RequestData, _Plain(parameters)), read_timeout=read_timeout)
        if self._hear is not None and url.endswith("/sendMessage"):
            date = result.get("date") if isinstance(result, dict) else None
            if type(date) is int:
                self._hear(date)
        return result

    def _hear_header(self, response: aiohttp.ClientResponse) -> None:
        """The server's `Date`. Error pages are left alone: they may come from something in between."""
        date = response.headers.get("Date")
        if self._hear is not None and date is not None and response.status == 200:
            seconds = _seconds(date)
            if seconds is not None:
                self._hear(seconds)


def _or_default(value: Any, default: float) -> float | None:
    """The caller's timeout, or ours where PTB passes its mark for "not given"."""
    if value is None:
        return None
    return float(value) if isinstance(value, int | float) else default


@lru_cache(maxsize=32)
def _timeout(
    read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    parts = (read, write, connect, pool)
    return aiohttp.ClientTimeout(
        # aiohttp has no clock of its own for writing: the ceiling over everything covers it.
        total=None if None in parts else sum(part for part in parts if part is not None),
        connect=None if pool is None or connect is None else pool + connect,
        sock_connect=connect,
        sock_read=read,
    )


@lru_cache(maxsize=64)
def _parsed(url: str) -> URL:
    """One for each method. Raises InvalidURL, as aiohttp does, but without the address in it."""
    with suppress(ValueError):
        return URL(url)
    raise aiohttp.InvalidURL("")


@lru_cache(maxsize=4)
def _seconds(date: str) -> float | None:
    """Epoch seconds of HTTP's form of a date."""
    with suppress(ValueError):
        return parsedate_to_datetime(date).timestamp()
    return None


class _WithFile:
    """Parameters that are JSON values already, and one file: name of its field, of the file, content, MIME type."""

    contains_files = True

    def __init__(self, parameters: Mapping[str, Any], field: str, file: tuple[str, bytes, str]) -> None:
        self.json_parameters = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()
        }
        self.multipart_data = {field: file}


class _Plain:
    """Parameters that are JSON values already, in the place of RequestData, which makes an object of each."""

    contains_files = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = dict(parameters)


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """Arguments that carry the parameters: JSON, or multipart when there are files."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"data": _to_json(request_data.parameters), "headers": _JSON}
    form = aiohttp.FormData(quote_fields=False)  # else a file name of another script arrives percent-encoded
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mimetype) in request_data.multipart_data.items():
        # As a file: aiohttp would write bytes in one piece, and warns of a large one.
        held = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, held, filename=filename, content_type=mimetype)
    return {"data": form}


_JSON = {"Content-Type": "application/json"}


def _to_json(parameters: Mapping[str, Any]) -> bytes:
    """UTF-8; half a surrogate pair, for which there are no bytes, becomes a question mark."""
    try:
        return orjson.dumps(parameters)
    except TypeError:
        return json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _translated(error: Exception) -> tuple[TelegramError, Exception]:
    """PTB's error and its cause for an error of aiohttp; the texts name nothing but the kind."""
    kind = type(error).__name__
    unsent = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    cause: Exception = NotSent(kind) if isinstance(error, unsent) else Ambiguous(kind)
    # The ceiling over everything raises the plain TimeoutError; since 3.11 that is an OSError too.
    failure = TimedOut(kind) if isinstance(error, TimeoutError) else NetworkError(kind)
    return failure, cause


async def raw_call(bot: Bot, method: str, params: Mapping[str, Any], read_timeout: float | None = None) -> Any:
    """Call a Bot API method, e.g. `getUpdates`, and return its result as plain JSON values.

    Building no object of PTB makes a send a third cheaper, and lets an update arrive that PTB cannot parse.
    Raises what PTB raises; a rejected token is always InvalidToken.
    """
    timeout = BaseRequest.DEFAULT_NONE if read_timeout is None else read_timeout
    if method != POLL and isinstance(bot.request, Transport):
        return await bot.request.call(f"{bot.base_url}/{method}", params, timeout)
    try:  # only this way leads to the connection that is kept for polling
        return await bot.do_api_request(_spelled(method), api_kwargs=dict(params), read_timeout=timeout)
    except EndPointNotFound:  # PTB's name for 401 and 404 once the bot has introduced itself
        raise InvalidToken from None


async def raw_upload(bot: Bot, method: str, params: Mapping[str, Any], field: str, file: tuple[str, bytes, str]) -> Any:
    """Call a method with a file: its field, and name, content and MIME type. Result and errors as in `raw_call`.

    The larger the file, the longer it may take.
    """
    data, size = cast(RequestData, _WithFile(params, field, file)), len(file[1])
    read, write = bot.request.read_timeout, MEDIA_WRITE
    return await bot.request.post(
        f"{bot.base_url}/{method}",
        data,
        read_timeout=None if read is None else read + min(size, _ON_THE_WAY) / SLOWEST,
        write_timeout=write + size / SLOWEST,
    )


def _spelled(method: str) -> str:
    """PTB warns when a method has a wrapper of its own, by its spelling; it makes getUpdates of `get_Updates` too."""
    return "_".join(_CAPITAL.split(method))
