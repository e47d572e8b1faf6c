"""PTB's requests over aiohttp: what arrives, and what an error says about whether it arrived."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from handlers.transport import Ambiguous, NotSent, Transport, raw_call, raw_upload, seconds_of, was_sent
from tests.support.emulator import Emulator, text_of

TOKEN = "4711:AAcanaryTOKENcanary"


@asynccontextmanager
async def bot_at(base_url: str, token: str = TOKEN, **timeouts: Any) -> AsyncIterator[Bot]:
    """A bot on our transport that has not introduced itself."""
    transport = Transport(**timeouts)
    await transport.initialize()
    try:
        yield Bot(token, base_url=base_url, request=transport, get_updates_request=transport)
    finally:
        await transport.shutdown()


@asynccontextmanager
async def answering(
    respond: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A server that does to each connection what it is told; gives the base address."""

    connections: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        await reader.readuntil(b"\r\n\r\n")
        await respond(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
    finally:
        server.close()
        if connections:
            await asyncio.wait(connections, timeout=5)


async def test_carries_every_script_and_structure() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        person = await emulator.person()
        await person.start()
        text = "дом & <b> «بيت» 家 \U0001f3e0 = + % \n\ttwo"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("é", callback_data="é")]])
        sent = await bot.send_message(person.id, text, reply_markup=keyboard)
        assert sent.text == text
        (received,) = await person.received()
        assert text_of(received) == text
        assert received["reply_markup"]["inline_keyboard"][0][0]["text"] == "é"


async def test_uploads_files_as_multipart() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        person = await emulator.person()
        await person.start()
        sent = await bot.send_document(person.id, b"sealed bytes", filename="отчёт.txt", caption="ключ & <ключ>")
        assert (sent.caption, sent.document and sent.document.file_name) == ("ключ & <ключ>", "отчёт.txt")
        assert sent.document is not None
        assert sent.document.file_size == len(b"sealed bytes")


async def test_a_file_goes_with_plain_parameters() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        person = await emulator.person()
        await person.start()
        buttons = {"inline_keyboard": [[{"text": "é", "callback_data": "é"}]]}
        params = {"chat_id": person.id, "caption": "ключ & <b>", "reply_markup": buttons, "protect_content": False}
        await raw_upload(bot, "sendDocument", params, "document", ("отчёт.txt", b"bytes", "text/plain"))
        (received,) = await person.received()
        assert received["caption"] == "ключ & <b>"
        assert (received["document"]["file_name"], received["document"]["file_size"]) == ("отчёт.txt", 5)
        assert received["reply_markup"]["inline_keyboard"][0][0]["text"] == "é"


IMPATIENT: dict[str, Any] = {"read_timeout": 0.3, "write_timeout": 0.3, "connect_timeout": 0.3, "pool_timeout": 0.3}


async def test_a_large_file_may_take_its_time_and_a_small_one_may_not() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token, **IMPATIENT) as bot:
        person = await emulator.person()
        await person.start()
        for size in (1_000, 4_000_000):
            await emulator.fault("timeout_after_delivery", "sendDocument", seconds=1.5)
            sending = raw_upload(bot, "sendDocument", {"chat_id": person.id}, "document", ("a", b"x" * size, "b/c"))
            if size < 4_000_000:
                with pytest.raises(TimedOut):
                    await sending
            else:
                assert (await sending)["document"]["file_size"] == size
        assert [message["document"]["file_size"] for message in await person.received()] == [1_000, 4_000_000]


async def test_a_line_that_takes_a_large_file_slowly_is_not_given_up() -> None:
    size = 4_000_000

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)  # more than all of the impatient timeouts together
        left = size
        while left > 0 and (found := await reader.read(1 << 20)):
            left -= len(found)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"ok":true,"result":[]}')
        await writer.drain()

    async with answering(slowly) as address, bot_at(address, **IMPATIENT) as bot:
        assert await raw_upload(bot, "sendDocument", {"chat_id": 1}, "document", ("a", b"x" * size, "b/c")) == []


async def test_attached_files_go_under_their_own_names() -> None:
    seen = bytearray()

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while b"second" not in seen:
            seen.extend(await reader.read(65536))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"ok":true,"result":[]}')
        await writer.drain()

    async with answering(record) as address, bot_at(address) as bot:
        media = [InputMediaDocument(b"first", filename="a"), InputMediaDocument(b"second", filename="b")]
        assert await bot.send_media_group(1, media) == ()
    assert b"attach://" in seen
    assert b"first" in seen


async def test_a_plain_call_gives_plain_values_without_a_warning() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        person = await emulator.person()
        await person.start()
        sent = await raw_call(bot, "sendMessage", {"chat_id": person.id, "text": "plain"})
        assert sent["text"] == "plain"
        assert (await raw_call(bot, "getMe", {}))["is_bot"] is True
        assert await raw_call(bot, "deleteMessages", {"chat_id": person.id, "message_ids": [sent["message_id"]]})


async def test_a_rejected_token_is_the_same_error_before_and_after_the_introduction() -> None:
    async with Emulator() as emulator:
        async with bot_at(emulator.base_url, "1:wrong") as bot:
            with pytest.raises(InvalidToken):
                await raw_call(bot, "getMe", {})
        async with Bot(emulator.token, base_url=emulator.base_url, request=Transport()) as introduced:
            await emulator.fault("unauthorized")
            with pytest.raises(InvalidToken):
                await raw_call(introduced, "sendMessage", {"chat_id": 1, "text": "x"})


async def test_a_flood_gives_its_seconds() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        await emulator.fault("429", retry_after=7)
        with pytest.raises(RetryAfter) as caught:
            await bot.get_me()
        assert seconds_of(caught.value) == 7.0
        assert seconds_of(RetryAfter(timedelta(seconds=3))) == 3.0


async def test_a_refusal_is_no_doubt() -> None:
    async with Emulator() as emulator, bot_at(emulator.base_url, emulator.token) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(12345, "nobody")


async def failure_of(address: str, **timeouts: Any) -> TelegramError:
    async with bot_at(address, **timeouts) as bot:
        with pytest.raises(TelegramError) as caught:
            await bot.send_message(1, "words")
    error = caught.value
    chain: list[Any] = [error, error.__cause__, error.__context__, getattr(error.__cause__, "__context__", None)]
    assert "canaryTOKEN" not in "".join(f"{link!r} {link} {getattr(link, '__dict__', '')}" for link in chain)
    return error


async def test_a_refused_connection_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = await failure_of(f"http://127.0.0.1:{port}/bot")
    assert isinstance(error, NetworkError)
    assert isinstance(error.__cause__, NotSent)
    assert not was_sent(error)


@pytest.mark.parametrize("address", ["http://unresolvable.invalid/bot", "http://127.0.0.1:0/bot", "no address/bot"])
async def test_nor_was_one_to_nowhere(address: str) -> None:
    assert not was_sent(await failure_of(address))


async def test_a_full_pool_was_not_sent() -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await release.wait()

    async with answering(hold) as address, bot_at(address, connections=1, pool_timeout=0.1, connect_timeout=0.1) as bot:
        first = asyncio.create_task(bot.send_message(1, "first"))
        await begun.wait()
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(1, "second")
        assert not was_sent(caught.value)
        release.set()
        with pytest.raises(NetworkError):
            await first


async def silence(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await _reader.read()


async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def half(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok":')
    await writer.drain()


async def no_json(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwords")
    await writer.drain()


async def broken(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\nwords")
    await writer.drain()


async def elsewhere(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("respond", [silence, cut, half, no_json, broken, elsewhere])
async def test_anything_after_the_request_left_is_ambiguous(
    respond: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    async with answering(respond) as address:
        error = await failure_of(address, read_timeout=0.2)
        assert was_sent(error)
        assert isinstance(error, TimedOut) == (respond is silence)
        if respond in (silence, cut, half):
            assert isinstance(error.__cause__, Ambiguous)


async def test_needs_to_be_initialized_and_can_be_again() -> None:
    transport = Transport(read_timeout=3.0)
    assert transport.read_timeout == 3.0
    with pytest.raises(RuntimeError):
        await transport.do_request("http://127.0.0.1:9/", "POST")
    await transport.shutdown()
    for _ in range(2):
        await transport.initialize()
        await transport.initialize()
        await transport.shutdown()


async def test_the_servers_time_is_heard_with_each_answer() -> None:
    heard: list[float] = []
    async with (
        Emulator() as emulator,
        Bot(emulator.token, base_url=emulator.base_url, request=Transport(hear=heard.append)) as bot,
    ):
        person = await emulator.person()
        await person.start()
        await emulator.advance(86_400)
        now = emulator.running.world.now()
        heard.clear()
        await raw_call(bot, "getMe", {})
        assert [abs(seconds - now) < 5 for seconds in heard] == [True]
        await raw_call(bot, "sendMessage", {"chat_id": person.id, "text": "hello"})
        # In the header, and in the message itself, for servers that send no such header.
        assert [abs(seconds - now) < 5 for seconds in heard] == [True] * 3
        await emulator.fault("status", method="getMe", status=502)
        with pytest.raises(NetworkError):
            await raw_call(bot, "getMe", {})
        assert len(heard) == 3
