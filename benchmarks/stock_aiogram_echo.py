"""Reference: aiogram out of the box, which answers each text with the same text and keeps nothing.

`.aiogram/bin/python -m benchmarks.stock_aiogram_echo URL TOKEN`. It runs in an environment of its own, so nothing of
ours is imported.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher, F  # type: ignore[import-not-found]
from aiogram.client.session.aiohttp import AiohttpSession  # type: ignore[import-not-found]
from aiogram.client.telegram import TelegramAPIServer  # type: ignore[import-not-found]
from aiogram.types import Message  # type: ignore[import-not-found]


async def echo(message: Message) -> None:
    """Answer."""
    await message.answer(message.text)


async def main() -> None:
    """Run until SIGTERM."""
    url, token = sys.argv[1:]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo, F.text)
    print('"ready"', flush=True)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
