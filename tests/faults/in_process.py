"""The bot as `bot.app` puts it together, in this process, on real stores, with a Telegram that is a list of calls.

Thousands of short lives fit into seconds, and each can end at any moment: `crash` leaves the files as they are, drops
everything in memory and goes on from a copy. Not here: HTTP, fetching and confirming (`tests.support.bot`).
"""

import asyncio
import itertools
import json
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from telegram.error import TimedOut
from telegram.ext import ExtBot
from telegram.request import RequestData

from bot import app
from bot.core.consultations import CONSULTATIONS, TEXTS, Intake
from bot.core.people import ChatId, UpdateId
from bot.sealing import Identity, new_identity
from bot.settings import Settings
from handlers import fading, settling
from handlers.intake import RawUpdate, chat_of, message_of
from handlers.sender import Patience, Sender
from handlers.transport import Ambiguous, Transport
from locales.briefings import Library
from locales.catalogue import Catalogue
from storage.factory import Stores, initialise, open_stores
from tests.storage.world import RealChance, RememberingLog, SetClock
from tests.support.bot import FAR

TOKEN = "1000:Token-Of-The-Fault-Suite"
_HASTE = Patience(retries=1, first=0.001)


@dataclass(frozen=True)
class Call:
    """One call that the bot made and Telegram answered."""

    method: str
    values: dict[str, Any]
    message: int | None = None
    """The number that a sent message got."""


class Telegram(Transport):
    """Accepts every call and writes it down, unless told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.failing: list[int] = []
        """Statuses for the next calls other than introductions; 0: no answer at all."""
        self.deaf = False
        """Whoever calls now is dead."""
        self._taken = 0
        self.on_call: Callable[[Call], None] = lambda call: None
        self._numbers = itertools.count(1_000_000)

    def take(self) -> list[Call]:
        """The calls since the last time."""
        new, self._taken = self.calls[self._taken :], len(self.calls)
        return new

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        """Answer a call."""
        del method, timeouts, named
        name = url.rpartition("/")[2]
        if name == "getMe":
            return _answer({"id": 1000, "is_bot": True, "first_name": "Bot", "username": "a_bot"})
        values = dict(request_data.parameters) if request_data is not None else {}
        if self.failing or self.deaf:
            status = 0 if self.deaf else self.failing.pop(0)
            if status == 0:
                raise TimedOut("TimeoutError") from Ambiguous("TimeoutError")
            return status, json.dumps({"ok": False, "error_code": status, "description": "failing"}).encode()
        number = next(self._numbers) if name == "sendMessage" else None
        call = Call(name, values, number)
        self.calls.append(call)
        self.on_call(call)
        if number is None:
            return _answer(True)
        chat = {"id": values.get("chat_id"), "type": "private"}
        return _answer({"message_id": number, "date": 1_795_000_000, "chat": chat})


def _answer(result: object) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


_load = Catalogue.load


@cache
def _read() -> Catalogue:
    return _load(more=TEXTS)


def _catalogue(more: object = None) -> Catalogue:
    """The one of the service, which alone passes what else there is to say."""
    assert more is TEXTS
    return _read()


_briefings = cache(Library.load)


@dataclass(frozen=True)
class Life:
    """The bot from a start to its end."""

    stack: AsyncExitStack
    service: app.Service


class Bench:
    """A data folder, and the bot that lives on it, again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lives = 0
        self.clock = SetClock()
        self.log = RememberingLog()
        self.chance = RealChance()
        self.telegram = Telegram()
        self.identities: tuple[Identity, Identity] = (new_identity(), new_identity())
        self.data = folder / "data"
        self.running = False
        self.life: Life

    async def found(self) -> None:
        """Make the data folder, open all consultations, and start."""
        recipients = [identity.recipient for identity in self.identities]
        await initialise(self.data, recipients, self.clock, self.chance)
        async with open_stores(self.data, self.clock, self.chance) as stores:
            for consultation in CONSULTATIONS:
                await stores.registry.set_intake(consultation.id, Intake(open=True, until=FAR))
        await self.start()

    async def start(self) -> None:
        """Start the bot, and give everybody what they are owed."""
        settings = Settings(
            bot_token=TOKEN,  # type: ignore[arg-type]  # pydantic makes it a SecretStr
            data_dir=self.data,
            send_rate=0,
            organisers="the Example Network",
        )
        stack = AsyncExitStack()
        stack.enter_context(patch.object(settling, "EVERY", 0.001))  # thousands of updates, one after the other
        stack.enter_context(patch.object(fading, "REST", 0.001))
        # In place of the real ones: the network, the pauses before a call is repeated, texts that are read once.
        with (
            patch.object(app, "new_bot", self._new_bot),
            patch.object(app, "Sender", partial(Sender, patience=_HASTE)),
            patch.object(Catalogue, "load", _catalogue),
            patch.object(Library, "load", _briefings),
        ):
            service = await stack.enter_async_context(
                app.open_service(settings, clock=self.clock, chance=self.chance, log=self.log)
            )
        self.life = Life(stack, service)
        self.running = True
        await service.greet()
        await service.conversing.unasked.owed()
        await self.quiet()

    def _new_bot(self, token: str, *more: object, **named: object) -> ExtBot[None]:
        del more, named
        return ExtBot(token, request=self.telegram, get_updates_request=Telegram())

    @property
    def stores(self) -> Stores:
        """The present stores."""
        return self.life.service.stores

    async def stop(self) -> None:
        """End."""
        self.running = False
        await self.life.stack.aclose()

    async def handle(self, raw: RawUpdate) -> None:
        """One update to its end, as the intake brings it there: handled, or set aside and the person told."""
        for attempt in range(3):
            try:
                await self.life.service.intake._handle(raw)
                return
            except Exception as error:
                self.log.failure("update_failed", error)
                if attempt == 2:
                    await self._give_up(raw)

    async def _give_up(self, raw: RawUpdate) -> None:
        chat = chat_of(raw)
        aside = json.dumps(raw).encode()
        await self.life.service.conversing.set_aside(UpdateId(raw["update_id"]), aside, chat, message_of(raw))
        if chat is not None:
            await self.life.service.conversing.unasked.apologise(chat)

    async def quiet(self) -> None:
        """Wait until nothing is on its way to anybody."""
        async with asyncio.timeout(20):
            while self.life.service.conversing.busy:  # noqa: ASYNC110 - its end is no event
                await asyncio.sleep(0.001)
        # The answers to taps wait in lines of their own.
        await asyncio.sleep(0.001)

    async def settled(self) -> None:
        """Wait until the files hold what they were given, and hold nothing any more that was erased."""
        for file in ("work", "vault", "contacts", "audit", "published"):
            await getattr(self.stores._files, file).database.settled()

    async def crash(self, during: Awaitable[None] | None = None, after: int = 0) -> bool:
        """Die, perhaps while something is being done, so many steps of the event loop into it; then start again.

        Returns whether that was done before. What was handed to a file's writer may be in the file or not.
        """
        done = True
        if during is not None:
            work = asyncio.ensure_future(during)
            for _ in range(after):
                await asyncio.sleep(0)
            done = work.done()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        await self.settled()
        self._lives += 1
        copy = self._folder / f"data-{self._lives}"
        shutil.copytree(self.data, copy)
        # What the dead one still does, it does to files that are thrown away, and nobody hears it.
        self.telegram.deaf = True
        await self.life.stack.aclose()
        self.telegram.deaf = False
        shutil.rmtree(self.data)
        self.data = copy
        await self.start()
        return done


@dataclass
class Chat:
    """A person's phone: makes raw updates as Telegram does, numbered over all phones."""

    id: ChatId
    numbers: "itertools.count[int]"
    messages: int = 0

    def text(self, text: str, *, reply_to: int | None = None) -> RawUpdate:
        """A message of theirs; commands are marked as Telegram marks them."""
        message = self._message()
        message["text"] = text
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if reply_to is not None:
            message["reply_to_message"] = {**self._message(reply_to), "text": "x"}
        return {"update_id": next(self.numbers), "message": message}

    def edit(self, number: int, text: str) -> RawUpdate:
        """An earlier message of theirs, changed."""
        message = {**self._message(number), "text": text, "edit_date": 1_795_000_001}
        return {"update_id": next(self.numbers), "edited_message": message}

    def tap(self, message: int, data: str) -> RawUpdate:
        """A button pressed."""
        update = next(self.numbers)
        query = {
            "id": str(update),
            "from": self._user(),
            "chat_instance": "1",
            "data": data,
            "message": {**self._message(message), "text": "x"},
        }
        return {"update_id": update, "callback_query": query}

    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "Ümmüquill Vær", "language_code": "en"}

    def _message(self, number: int | None = None) -> dict[str, Any]:
        if number is None:
            self.messages += 1
            number = self.messages
        chat = {"id": self.id, "type": "private", "first_name": "Ümmüquill Vær"}
        return {"message_id": number, "date": 1_795_000_000, "chat": chat, "from": self._user()}
