"""A real browser on the emulator's page, for tests that walk whole dialogues and look at what a person sees.

    async with Emulator() as emulator, window(emulator.url, width=390, height=844) as seen:
        phone = seen.phone(person.id)
        await phone.start()
        await phone.bubble("Welcome").wait_for()
        await phone.press("Begin")
        await seen.shot("begun")

When the block ends without an error, the page must not have complained on its console, thrown, or asked any host but
this computer. Pictures go to the folder that MICIC_SCREENSHOTS names, else to a folder that is thrown away.
Waiting is Playwright's: each step waits until it is possible, up to `PATIENCE`.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium")
PATIENCE = 10_000  # milliseconds
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=PATIENCE)

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this computer (Debian's package chromium has it)"),
]
"""For `pytestmark = needs_browser` in a file of browser tests."""


class Phone:
    """One phone of the page, by what a person sees on it."""

    def __init__(self, node: Locator) -> None:
        self.node = node
        self.input = node.get_by_role("combobox")
        self.rows = node.locator(".row")

    def bubble(self, part: str) -> Locator:
        """The newest message whose text contains `part`."""
        return self.rows.filter(has_text=part).last

    def button(self, label: str) -> Locator:
        """The newest button, inline or of the reply keyboard, whose label contains `label`."""
        return self.node.locator(".inline-button, .reply-button").filter(has_text=label).last

    async def start(self) -> None:
        """Press Start in the empty chat, and wait until the message is there."""
        await self.node.get_by_role("button", name="Start", exact=True).click()
        await expect(self.input).to_be_visible()

    async def send(self, text: str) -> None:
        """Type a text as a person does, then Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def press(self, label: str) -> None:
        """Press that button, and wait until the bot has answered it."""
        await self.button(label).click()
        await expect(self.node.locator("[aria-busy=true]")).to_have_count(0)

    async def open_link(self, address: str) -> None:
        """Open a link in the phone's own field."""
        await self.node.get_by_role("button", name="Open a link").click()
        await self.node.get_by_label("Link to open").fill(address)
        await self.node.get_by_label("Link to open").press("Enter")

    async def message_action(self, part: str, action: Literal["Reply", "Copy text", "Edit", "Delete"]) -> None:
        """Choose from the menu of the newest message that contains `part`."""
        await self.bubble(part).click(button="right", position={"x": 2, "y": 2})
        await self.node.page.get_by_role("menuitem", name=action).click()


class Window:
    """A browser window on the page."""

    def __init__(self, page: Page, folder: Path, patience: int = PATIENCE) -> None:
        self.page = page
        self.patience = patience
        self.complaints: list[str] = []
        self._folder = folder
        page.on("console", lambda said: self._complain(said.type in ("error", "warning"), f"console: {said.text}"))
        page.on("pageerror", lambda error: self._complain(True, f"thrown: {error}"))
        page.on("request", lambda asked: self._complain(not _is_ours(asked.url), f"asked outside: {asked.url}"))

    def _complain(self, really: bool, words: str) -> None:
        if really:
            self.complaints.append(words)

    def phone(self, person: int) -> Phone:
        """The phone of this person, by id."""
        return Phone(self.page.locator(f"#phone-{person}"))

    async def ready(self) -> None:
        """Wait until the page shows what the emulator knows."""
        connection = self.page.locator("#connection")
        await expect(connection).to_have_attribute("data-state", "live", timeout=self.patience)

    async def shot(self, name: str) -> Path:
        """A picture of the window as `<name>.png`; returns where it is."""
        path = self._folder / f"{name}.png"
        await self.page.screenshot(path=path)
        return path

    async def sideways_overflow(self) -> list[str]:
        """What sticks out of the window or hides part of its own words sideways; empty when all is well."""
        return cast(list[str], await self.page.evaluate(_OVERFLOW))


# A label that is cut is wider inside than outside. Names in heads and quotes may end in an ellipsis on purpose.
_OVERFLOW = """() => {
  const found = [];
  const room = document.documentElement;
  if (room.scrollWidth > room.clientWidth) found.push(`the page is ${room.scrollWidth} px wide`);
  for (const node of document.querySelectorAll("button, .bubble, .log, .composer, .chip, .button-row")) {
    const box = node.getBoundingClientRect();
    if (box.width === 0 || node.closest(".tabs, [hidden]") || node.matches(".row-more, .quoted, .jump")) continue;
    const name = `${node.className} "${node.textContent.trim().slice(0, 40)}"`;
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`outside: ${name}`);
    if (node.scrollWidth > node.clientWidth + 1) found.push(`cut: ${name}`);
  }
  return found;
}"""


@asynccontextmanager
async def window(
    url: str,
    *,
    width: int = 1440,
    height: int = 900,
    dark: bool = False,
    touch: bool = False,
    people: Sequence[int] = (),
    patience: int = PATIENCE,
) -> AsyncIterator[Window]:
    """A fresh browser with the page open and ready; `people` limits the phones. Complaints fail at the end.

    `patience`: milliseconds until a step counts as impossible.
    """
    query = f"?people={','.join(map(str, people))}" if people else ""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(_ARGUMENTS), timeout=3 * patience
        )
        with _picture_folder() as folder:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                has_touch=touch,
                locale="en-GB",
                timezone_id="UTC",
                permissions=["clipboard-read", "clipboard-write"],
            )
            context.set_default_timeout(patience)
            try:
                seen = Window(await context.new_page(), folder, patience)
                await seen.page.goto(url + "/" + query)
                await seen.ready()
                yield seen
                assert seen.complaints == []
            finally:
                await context.close()
                await browser.close()


@contextmanager
def _picture_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(os.environ.get("MICIC_SCREENSHOTS") or spare)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def _is_ours(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"
