"""Fetching a file that was asked for: a voice message in answer to a question, or an organizer's questionnaire.

The address holds the bot token, and what it leads to is somebody's voice: neither is logged, nor put into an error.
Not here: whether it is fetched at all (`bot.core.dialogue.steps.audio`), sealing.
"""

import asyncio
from typing import Any
from urllib.parse import quote

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from handlers.transport import Transport, raw_call, seconds_of

ATTEMPTS = 5
PAUSE = 0.3
"""Seconds before the second attempt; twice as long before each further one."""
LONGEST_PAUSE = 5.0
"""Seconds that the server may ask us to wait; whoever is asked for more gives up."""
SECONDS = 8.0
"""For everything, however slow the line: less than the intake gives to one update, or that would be set aside."""


class Voices:
    """Downloads through the bot's own transport."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, file: str, limit: int) -> bytes:
        """The bytes, at most one more than `limit`: then it was cut off there. Empty when it could not be fetched."""
        try:
            async with asyncio.timeout(SECONDS):
                for attempt in range(ATTEMPTS):
                    try:
                        return await self._once(file, limit)
                    except (BadRequest, Forbidden, InvalidToken):
                        return b""  # a file that is gone does not come back
                    except RetryAfter as error:
                        pause = seconds_of(error)
                    except TelegramError:
                        pause = PAUSE * 2**attempt
                    if pause > LONGEST_PAUSE:
                        break
                    if attempt < ATTEMPTS - 1:
                        await asyncio.sleep(pause)
        except TimeoutError:
            pass
        return b""

    async def _once(self, file: str, limit: int) -> bytes:
        found: Any = await raw_call(self._bot, "getFile", {"file_id": file})
        path = found.get("file_path") if isinstance(found, dict) else None
        transport = self._bot.request
        if not isinstance(path, str) or not isinstance(transport, Transport):
            raise NetworkError("no file path")
        return await transport.download(f"{self._bot.base_file_url}/{quote(path)}", limit)
