"""Reference: the bot's own sender with as many messages as a broadcast has, and nothing that is noted anywhere.

`python -m benchmarks.unmarked_sender URL TOKEN COUNT`
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot

from bot.app import CONNECTIONS, IN_FLIGHT
from bot.core.people import ChatId
from bot.logs import get_logger
from handlers.application import new_bot
from handlers.pace import Pace
from handlers.sender import Kind, Sender
from handlers.transport import raw_call

AHEAD = 400
"""Messages in the sender's hands at once."""


def _message(chat: int) -> Callable[[Bot], Awaitable[Any]]:
    async def call(bot: Bot) -> Any:
        return await raw_call(bot, "sendMessage", {"text": "Good morning", "chat_id": chat, "protect_content": True})

    return call


async def main() -> None:
    """Send, and wait to be ended."""
    url, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    bot = new_bot(token, url, CONNECTIONS)
    await bot.initialize()
    sender = Sender(bot, log=get_logger(), pace=Pace(None), patient_in_flight=IN_FLIGHT)
    room = asyncio.Semaphore(AHEAD)
    for chat in range(1, count + 1):
        await room.acquire()
        sender.post(ChatId(chat), _message(chat), Kind.BRIEFING).add_done_callback(lambda _: room.release())
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
