"""A fake Bot API that costs next to nothing: it hands out text messages, takes replies, and measures.

As Telegram does, it hands out at most 100 updates from the offset on, forgets those below the offset, keeps a poll
open while there is nothing, and answers a poll that repeats its offset within 0.5 s with one update only.

Its standard input takes one phase (JSON, fields of `Phase`) a line; its standard output says the port, then for each
phase "begin" when the measuring starts and the measurement when the last reply has arrived, a line of JSON each.
Not here: what Telegram checks or refuses (`bot.emulator` does that, slowly).
"""

import asyncio
import json
import random
import re
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass

MOST = 100
REPEATED_WITHIN = 0.5
BOT = b'{"id":1,"is_bot":true,"first_name":"B","username":"bench_bot"}'
LANGUAGES = ("en", "fr", "ar")
TEXTS = (
    "Open the clinics to everybody, whatever their papers say.",
    "Embassies should agree on one emergency number before the next crisis, and answer it at night as well.",
    "Нужно, чтобы полиция не передавала данные пострадавших миграционной службе. Иначе люди не приходят за помощью.",
    "يجب أن تفتح السلطات الحدود في وقت الأزمات وأن تسمح للناس بالعبور حتى لو فقدوا جوازات سفرهم.",
    "Les employeurs doivent payer les salaires dus avant tout départ, et les consulats doivent aider à les réclamer.",
    "A firewall between services and immigration control, by law, from the first day of an emergency. Recruitment "
    "agencies should pay for the journey home, and those who come back need somewhere to stay in the first weeks.",
)
"""What is sent in turn. All are longer than any label of a button."""

_OFFSET = re.compile(rb'"?\boffset"?[=:]\s*"?(-?[0-9]+)')
_LIMIT = re.compile(rb'"?\blimit"?[=:]\s*"?([0-9]+)')
_TIMEOUT = re.compile(rb'"?\btimeout"?[=:]\s*"?([0-9]+)')
_CHAT = re.compile(rb'"?\bchat_id"?[=:]\s*"?([0-9]+)')
_LENGTH = re.compile(rb"content-length:\s*([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Phase:
    """One measurement. Chats are numbered from `first_chat` on and write in turn."""

    first_chat: int
    chats: int
    count: int
    warm: int = 0
    """Replies waited for before the measuring begins."""
    latency: tuple[float, float] = (0.0, 0.0)
    """Seconds that an answer to anything but a poll takes, uniform between the two."""
    rate: float = 0.0
    """Updates a second; 0: all at once."""


@dataclass(frozen=True)
class Measurement:
    """`seconds` from the first update available to the last reply; `delays` (ms) of every reply; `calls` of the bot."""

    seconds: float
    delays: list[float]
    calls: int


class Server:
    """The inbox, and what came back."""

    def __init__(self, *, says_polls: bool = False) -> None:
        self._says_polls = says_polls
        self.inbox: deque[tuple[int, bytes]] = deque()
        self.latency = (0.0, 0.0)
        self.calls = 0
        self.replies = 0
        self.delays: list[float] = []
        self.replied = asyncio.Event()
        self._number = 10_000_000
        self._message = 100
        self._due: dict[int, deque[float]] = {}
        self._polls: deque[tuple[Connection, int]] = deque()
        self._last: tuple[int | None, float] = (None, 0.0)

    # What the bot does

    def take(self, connection: "Connection", method: bytes, body: bytes) -> None:
        """Answer one request, now or later."""
        match method:
            case b"getupdates":
                self._poll(connection, body)
            case b"getme":
                connection.answer(b'{"ok":true,"result":%s}' % BOT)
            case b"getwebhookinfo":
                connection.answer(b'{"ok":true,"result":{"url":"","has_custom_certificate":false}}')
            case b"sendmessage":
                chat = _number(_CHAT, body)
                self._message += 1
                self._later(connection, _message(self._message, chat))
                self._note(chat)
            case b"editmessagereplymarkup" | b"editmessagetext":
                self._later(connection, _message(self._message, _number(_CHAT, body)))
            case b"deletewebhook":
                connection.answer(b'{"ok":true,"result":true}')
            case _:
                refusal = b'{"ok":false,"error_code":400,"description":"Bad Request: not served here"}'
                connection.answer(refusal, b"400 Bad Request")

    def _later(self, connection: "Connection", answer: bytes) -> None:
        self.calls += 1
        shortest, longest = self.latency
        if longest:
            asyncio.get_running_loop().call_later(random.uniform(shortest, longest), connection.answer, answer)
        else:
            connection.answer(answer)

    def _note(self, chat: int) -> None:
        due = self._due.get(chat)
        if not due:
            return
        self.delays.append((time.perf_counter() - due.popleft()) * 1000)
        self.replies += 1
        self.replied.set()

    def _poll(self, connection: "Connection", body: bytes) -> None:
        if self._says_polls:
            say("poll")
        offset, now = _number(_OFFSET, body), time.perf_counter()
        limit = min(_number(_LIMIT, body) or MOST, MOST)
        if (offset, True) == (self._last[0], now - self._last[1] < REPEATED_WITHIN):
            limit = 1
        while self.inbox and self.inbox[0][0] < offset:
            self.inbox.popleft()
        if self.inbox:
            self._last = (offset, now)
            self._hand_out(connection, limit)
            return
        self._polls.append((connection, limit))
        seconds = _number(_TIMEOUT, body)
        asyncio.get_running_loop().call_later(seconds, self._end_poll, connection)

    def _hand_out(self, connection: "Connection", limit: int) -> None:
        taken = [self.inbox[at][1] for at in range(min(limit, len(self.inbox)))]
        connection.answer(b'{"ok":true,"result":[%s]}' % b",".join(taken))

    def _end_poll(self, connection: "Connection") -> None:
        if any(waiting is connection for waiting, _ in self._polls):
            self._polls = deque(poll for poll in self._polls if poll[0] is not connection)
            connection.answer(b'{"ok":true,"result":[]}')

    # What people do

    def send(self, chat: int) -> None:
        """One person writes one message."""
        self._number += 1
        text, language = TEXTS[self._number % len(TEXTS)], LANGUAGES[chat % len(LANGUAGES)]
        person = f'{{"id":{chat},"is_bot":false,"first_name":"P","language_code":"{language}"}}'
        update = (
            f'{{"update_id":{self._number},"message":{{"message_id":{self._number},"date":{int(time.time())},"from":{person},'
            f'"chat":{{"id":{chat},"type":"private","first_name":"P"}},"text":{json.dumps(text)}}}}}'
        )
        self.inbox.append((self._number, update.encode()))
        self._due.setdefault(chat, deque()).append(time.perf_counter())

    def deliver(self) -> None:
        """Answer the polls that wait."""
        while self._polls and self.inbox:
            connection, limit = self._polls.popleft()
            self._last = (None, 0.0)
            self._hand_out(connection, limit)

    async def run(self, phase: Phase) -> Measurement:
        """Warm up, measure. Prints "begin" between the two."""
        self.latency = phase.latency
        chats = range(phase.first_chat, phase.first_chat + phase.chats)
        await self._batch([chats[at % len(chats)] for at in range(phase.warm)])
        await asyncio.sleep(0.3)  # until the bot has tidied up and polls again
        self.delays.clear()
        calls = self.calls
        say("begin")
        began = time.perf_counter()
        turn = [chats[at % len(chats)] for at in range(phase.count)]
        if phase.rate:
            await self._paced(turn, phase.rate)
        else:
            await self._batch(turn)
        return Measurement(time.perf_counter() - began, list(self.delays), self.calls - calls)

    async def _batch(self, chats: list[int]) -> None:
        wanted = self.replies + len(chats)
        for chat in chats:
            self.send(chat)
        self.deliver()
        await self._replies(wanted)

    async def _paced(self, chats: list[int], rate: float) -> None:
        wanted = self.replies + len(chats)
        began = time.perf_counter()
        for at, chat in enumerate(chats):
            await asyncio.sleep(max(0.0, began + at / rate - time.perf_counter()))
            self.send(chat)
            self.deliver()
        await self._replies(wanted)

    async def _replies(self, wanted: int) -> None:
        while self.replies < wanted:
            self.replied.clear()
            await self.replied.wait()


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._waiting, 0, end)
            size = end + 4 + (int(found[1]) if found is not None else 0)
            if len(self._waiting) < size:
                return
            head, body = self._waiting[:end], self._waiting[end + 4 : size]
            self._waiting = self._waiting[size:]
            path = head.split(b" ", 2)[1]
            self._server.take(self, path.rsplit(b"/", 1)[1].lower(), body)

    def answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        """Send an answer; nothing where the other side has gone."""
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % (status, len(body)) + body)


def _number(pattern: re.Pattern[bytes], body: bytes) -> int:
    found = pattern.search(body)
    return int(found[1]) if found is not None else 0


def _message(number: int, chat: int) -> bytes:
    return (
        b'{"ok":true,"result":{"message_id":%d,"from":%s,"chat":{"id":%d,"type":"private","first_name":"P"},'
        b'"date":%d,"text":"Saved and locked: 1 message. Write on, or press Next.",'
        b'"entities":[{"offset":0,"length":5,"type":"bold"}]}}' % (number, BOT, chat, int(time.time()))
    )


def say(value: object) -> None:
    """A line of JSON to whoever started us."""
    print(json.dumps(value), flush=True)


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = Server(says_polls="say-polls" in sys.argv)
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0)
    say(listening.sockets[0].getsockname()[1])
    phases: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(phases.put_nowait, line)
        loop.call_soon_threadsafe(phases.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await phases.get():
        say(asdict(await server.run(Phase(**json.loads(line)))))


if __name__ == "__main__":
    asyncio.run(main())
