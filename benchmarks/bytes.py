"""Bytes of one dialogue: all that a phone sends and gets, one question at a time and all in one message.

Counted are texts, labels and data of buttons as UTF-8, of messages, edits and taps; Telegram's own framing and
encryption come on top for any bot, and are left out. Deletions and passing lines over the chat are not counted.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.results import Results
from locales.catalogue import Catalogue
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import Person

CATALOGUE = Catalogue.load()
TEXT = {
    "en": "Open the clinics to everybody, with or without papers.",
    "fr": "Ouvrir les centres de santé à tous, avec ou sans papiers.",
    "es": "Abrir los centros de salud a todas las personas, con o sin papeles.",
    "ar": "فتح العيادات للجميع، بأوراق أو بدونها.",
    "ru": "Открыть поликлиники для всех, с документами и без них.",
    "pt": "Abrir os centros de saúde a todas as pessoas, com ou sem documentos.",
}


def measure(quick: bool, rounds: int) -> Results:
    """Both ways in every language; counts do not vary, so one round is enough."""
    del rounds
    results = Results("bytes", quick)
    for language in ("en", "ar") if quick else TEXT:
        for way in ("one by one", "one message"):
            sent, received, messages = asyncio.run(_one(language, way))
            results.note(f"{language}, {way}: bytes received", received)
            results.note(f"{language}, {way}: bytes sent", sent)
            results.note(f"{language}, {way}: messages, edits and taps", messages)
        results.ratio(
            f"{language}: received, one message / one by one",
            f"{language}, one message: bytes received",
            f"{language}, one by one: bytes received",
        )
    return results


async def _one(language: str, way: str) -> tuple[int, int, int]:
    """(bytes sent, bytes received, messages) from the button that begins to the receipt."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with running_bot(Path(folder)) as bot:
            person = await bot.emulator.person(language_code=language)
            await person.start("eeca")
            await person.press(next(one.own_name for one in CATALOGUE.languages if one.code == language))
            await accept(person, language)
            await person.wait_for_text(_say("home.what", language))
            received: list[int] = []
            sent: list[int] = []

            def hear(event: dict[str, Any]) -> None:
                if event["type"] in ("message", "edit"):
                    message = event["message"]
                    (sent if message["outgoing"] else received).append(_size(message))

            bot.emulator.running.world.listeners.append(hear)
            taps = await (_by_one(person, language) if way == "one by one" else _at_once(person, language))
            await person.wait_for_text(_say("receipt.title", language))
            return sum(sent) + sum(taps), sum(received), len(sent) + len(received) + len(taps)


async def _by_one(person: Person, language: str) -> list[int]:
    """The first choice of everything, one text, no example."""
    phone = _Phone(person)
    taps = [await phone.press(ends) for ends in ("r", ":c:1", ":c:1")]
    await phone.sees(":z")
    await person.send(TEXT[language])
    taps += [await phone.press(ends) for ends in (":x", ":t:0", ":x", ":t:0", ":x", ":s", ":s", ":ok")]
    return taps


async def _at_once(person: Person, language: str) -> list[int]:
    phone = _Phone(person)
    taps = [await phone.press(ends) for ends in ("r", ":w")]
    await phone.sees(":z")
    await person.send(f"1) 2\n2) 2\n3) {TEXT[language]}\n4) 1\n5) 1")
    taps.append(await phone.press(":ok"))
    return taps


class _Phone:
    """Presses buttons of the prompt that is open, never of one before it."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._visit = 0

    async def press(self, ends: str) -> int:
        """Press a button whose data ends so; the bytes of it."""
        message, data = await self.sees(ends)
        if data.startswith("d:") and not ends.startswith(":t"):
            self._visit = int(data.split(":")[2]) + 1
        await self._person.tap(message, data)
        return len(data.encode())

    async def sees(self, ends: str) -> tuple[int, str]:
        """The newest such button, as soon as its prompt is there."""
        found: list[tuple[int, str]] = []

        def offered(chat: dict[str, Any]) -> bool:
            for message in chat["messages"]:
                rows = message.get("reply_markup", {}).get("inline_keyboard", ())
                for data in (button.get("callback_data", "") for row in rows for button in row):
                    fits = data == ends or (ends[0] == ":" and data.startswith("d:") and data.endswith(ends))
                    if fits and (data == ends or int(data.split(":")[2]) >= self._visit):
                        found.append((message["message_id"], data))
            return bool(found)

        await self._person.wait_until(offered)
        return found[-1]


def _size(message: dict[str, Any]) -> int:
    markup = message.get("reply_markup")
    buttons = len(json.dumps(markup, ensure_ascii=False).encode()) if markup else 0
    return len(message.get("text", "").encode("utf-8", "surrogatepass")) + buttons


def _say(key: str, language: str) -> str:
    return CATALOGUE.text(language, key)
