"""A fake Bot API that counts messages as Telegram may count them, and refuses what is too fast.

Arguments: model (`bucket-5`, `bucket-30`, `bucket-50`, `strict`, `pause-3`), messages a second, least and most latency
in ms. `pause-3` takes everything, but for one time of three seconds that begins with the message after `PAUSED_AFTER`.
It says its port, then answers each line on standard input with what it has seen (JSON): messages accepted, chats that
got two, refusals, and seconds between the first and the last; of a pause also the calls that came within it although
they could know, and the messages of its third and fourth second afterwards. Nobody knows how Telegram really counts.
"""

import asyncio
import json
import math
import random
import re
import sys
import time
from collections import Counter, deque

_CHAT = re.compile(rb'"?\bchat_id"?[=:]\s*"?([0-9]+)')
_LENGTH = re.compile(rb"content-length:\s*([0-9]+)", re.IGNORECASE)
PAUSED_AFTER = 240
"""Messages before a pause."""
KNOWN = 0.1
"""Seconds after which the first refusal is surely known to the bot."""


class Limit:
    """A token bucket, or (capacity 0) never more than the rate in any sliding second."""

    def __init__(self, model: str, rate: float) -> None:
        self._rate = rate
        self._pause = float(model.partition("-")[2]) if model.startswith("pause") else 0.0
        self._capacity = 0.0 if self._pause else float(model.partition("-")[2] or 0)
        self._tokens = self._capacity
        self._at = time.monotonic()
        self._last: deque[float] = deque()
        self._taken = 0
        self._since = math.inf
        self.within = 0
        """Calls within a pause that came although they could know."""
        self.afterwards = 0
        """Messages in the third and fourth second after it."""

    def takes(self, now: float) -> bool:
        """Whether one more is taken now."""
        if self._pause:
            return self._takes_but_for_a_pause(now)
        if self._capacity:
            self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
        while self._last and self._last[0] <= now - 1:
            self._last.popleft()
        if len(self._last) >= self._rate:
            return False
        self._last.append(now)
        return True

    def _takes_but_for_a_pause(self, now: float) -> bool:
        if self._taken == PAUSED_AFTER:
            self._since = min(self._since, now)
        since = now - self._since
        if 0 <= since < self._pause:
            self.within += since > KNOWN
            return False
        self._taken += 1
        self.afterwards += self._pause + 2 <= since < self._pause + 4
        return True

    @property
    def retry_after(self) -> int:
        """What a refusal asks for, seconds."""
        return math.ceil(self._pause) or 1


class Server:
    """Connections, and what came over them."""

    def __init__(self, limit: Limit, latency: tuple[float, float]) -> None:
        self._limit = limit
        self._latency = latency
        self._chats: Counter[bytes] = Counter()
        self._taken = 0
        self._refused = 0
        self._first = self._last = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the bot closes it."""
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            method = head.split(b" ", 2)[1].rpartition(b"/")[2].lower()
            status, answer = await self._answer(method, body)
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(answer))
                + answer
            )

    async def _answer(self, method: bytes, body: bytes) -> tuple[int, bytes]:
        if method == b"getme":
            return 200, b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"bench_bot"}}'
        if method == b"getupdates":
            await asyncio.sleep(20)
            return 200, b'{"ok":true,"result":[]}'
        if method == b"getwebhookinfo":
            return 200, b'{"ok":true,"result":{"url":""}}'
        if method != b"sendmessage":
            return 200, b'{"ok":true,"result":true}'
        now = time.monotonic()
        if not self._limit.takes(now):
            self._refused += 1
            text = b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d",'
            wait = self._limit.retry_after
            return 429, text % wait + b'"parameters":{"retry_after":%d}}' % wait
        self._first = self._first or now
        self._last = now
        found = _CHAT.search(body)
        self._chats[found[1] if found else b""] += 1
        self._taken += 1
        number = self._taken
        await asyncio.sleep(random.uniform(*self._latency))
        return 200, b'{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":1}}}' % number

    def seen(self) -> dict[str, float]:
        """What came so far."""
        return {
            "messages": self._taken,
            "twice": sum(1 for count in self._chats.values() if count > 1),
            "refused": self._refused,
            "seconds": self._last - self._first,
            "within": self._limit.within,
            "afterwards": self._limit.afterwards,
        }


async def main() -> None:
    """Serve until standard input ends."""
    model, rate, least, most = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    server = Server(Limit(model, rate), (least / 1000, most / 1000))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    print(json.dumps(listening.sockets[0].getsockname()[1]), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(server.seen()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
