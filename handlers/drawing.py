"""Figures as a picture in the chat. A process of its own draws it, one at a time, and is gone afterwards.

Not here: what stands in it (`writing.figures`), drawing (`bot.chart`).
"""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import asdict

from bot import chart
from bot.chart import Chart
from bot.core.events import Figure
from bot.core.figures import Figures
from handlers import buttons
from handlers.messages import Button, File, Message, Outgoing, Where
from handlers.writing.figures import Numbers
from handlers.writing.words import Words

PATIENCE = 20.0
"""Seconds for a drawing; a slow machine takes one."""
_ONE_AT_A_TIME = asyncio.Lock()


async def picture(words: Words, figures: Figures) -> list[Outgoing]:
    """The picture, with a way back below it; words that say so where there is none."""
    numbers = Numbers(words)
    back = Button(words.plain("figures.b.back"), buttons.look(Figure.OPEN, figures.consultation))
    drawn = await drawing(numbers.chart(figures))
    day = words.catalogue.day(words.language, figures.until)
    name = words.bold(words.plain(f"consultation.{figures.consultation}.name"))
    caption = words.page([name, words.say("figures.until", day=day)])
    if drawn is None:
        return [Outgoing(Where.NEW, Message(words.page([words.say("figures.no_picture")]), words.rows([back])))]
    file = File(f"figures-{figures.consultation}-{figures.until}.png", drawn, "image/png", picture=True)
    return [Outgoing(Where.NEW, Message(caption, words.rows([back]), file=file))]


async def drawing(wanted: Chart) -> bytes | None:
    """The PNG; None where it could not be drawn."""
    async with _ONE_AT_A_TIME:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-I", chart.__file__,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE):
                made, _ = await child.communicate(json.dumps(asdict(wanted)).encode())
        except TimeoutError:
            return None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
    return made if child.returncode == 0 else None
