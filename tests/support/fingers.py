"""Somebody whose fingers are on the emulator's page: acts there in a real browser, and is read as any `Person` is.

    async with window(emulator.url, width=360, height=900, people=[person.id], patience=PATIENCE) as seen:
        somebody = Fingers(person, seen)
        await somebody.opens("https://t.me/example_bot?start=eeca")
        await somebody.press("English")
        await somebody.picture("notice")

Whatever takes a `Person` takes these. Where a window has room for one phone only, the tab of this one is chosen first.
What the page has no place for (blocking, recording, attaching) goes over HTTP as always.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playwright.async_api import expect

from tests.support.browser import Window
from tests.support.emulator import DEADLINE, Message, Person, buttons

SLOW = 60.0
"""Seconds for one thing in a long story, however busy the computer."""
PATIENCE = int(SLOW * 1000)
"""The same for a window."""


class Patient(Person):
    """A person over HTTP who waits longer than those of short tests."""

    def __init__(self, person: Person) -> None:
        super().__init__(person._http, person.card)

    async def wait_until(
        self, predicate: Callable[[dict[str, Any]], bool], deadline: float = DEADLINE
    ) -> dict[str, Any]:
        return await super().wait_until(predicate, max(deadline, SLOW))


class Fingers(Patient):
    """A person whose texts, taps and links go through the phone on the page."""

    def __init__(self, person: Person, seen: Window) -> None:
        super().__init__(person)
        self.seen = seen
        self.phone = seen.phone(person.id)

    async def _takes_the_phone(self) -> None:
        if await self.phone.node.is_hidden():
            await self.seen.page.locator(f"#tab-{self.id}").click()

    async def opens(self, address: str) -> None:
        """Open a link in the phone's own field."""
        await self._takes_the_phone()
        newest = await self._newest()
        await self.phone.open_link(address)
        await self._comes_after(newest)

    async def send(
        self,
        text: str,
        reply_to: int | None = None,
        forward: bool = False,
        entities: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Type a text into the field; what else a message may have goes over HTTP."""
        if reply_to is not None or forward or entities:
            return await super().send(text, reply_to, forward, entities)
        await self._takes_the_phone()
        newest = await self._newest()
        await self.phone.send(text)
        return await self._comes_after(newest)

    async def _newest(self) -> int:
        return max((one["message_id"] for one in await self.messages()), default=0)

    async def _comes_after(self, newest: int) -> Message:
        """The own message that follows; where the bot took it away already, one that says where it stood."""

        def later(chat: Mapping[str, Any]) -> list[Message]:
            return [one for one in chat["messages"] if one["message_id"] > newest]

        found = later(await self.wait_until(lambda chat: bool(later(chat))))
        return next((one for one in found if one["outgoing"]), {"message_id": newest, "outgoing": True})

    async def tap(self, message_id: int, data: str) -> str:
        """Press the button that carries this; it has to be on the page."""
        await self._takes_the_phone()
        row = self.phone.node.locator(f"[data-id='{message_id}']")
        await row.locator(f"[data-callback='{data}']").first.click()
        busy = self.phone.node.locator(".inline-button[aria-busy=true]")
        await expect(busy).to_have_count(0, timeout=PATIENCE)
        return ""

    async def spells(self, message_id: int, data: str) -> None:
        """Send what no button on the page carries, as a changed app could."""
        await super().tap(message_id, data)

    async def picture(self, name: str) -> None:
        """The window, once the page shows how the chat ends; nothing in it may be cut or stick out."""
        await self._takes_the_phone()
        await self._settles()
        await self.seen.shot(name)
        assert await self.seen.sideways_overflow() == [], name

    async def _settles(self) -> None:
        """Wait until the chat has come to rest and the page shows its last message as it stands."""
        chat = await self.chat()
        while (later := await self.chat(chat["revision"], wait=0.3))["revision"] != chat["revision"]:
            chat = later
        last = chat["messages"][-1]
        row = self.phone.node.locator(f"[data-id='{last['message_id']}']")
        await row.wait_for()
        for data in [button["callback_data"] for button in buttons(last) if "callback_data" in button]:
            await row.locator(f"[data-callback='{data}']").first.wait_for()
