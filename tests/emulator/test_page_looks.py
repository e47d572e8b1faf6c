"""How the page looks: from right to left, on a narrow screen, in light and dark. A real browser measures it."""

import pytest
from playwright.async_api import expect

from tests.emulator.page_bot import STYLED, PageBot, entities, one_phone
from tests.support.browser import needs_browser, window
from tests.support.emulator import Emulator

pytestmark = needs_browser

ARABIC = "مرحبًا بك. تشرح هذه الإحاطة القصيرة ما نسأل عنه وكيف نحمي إجاباتك.\nOne line of English.\nاقتباس قصير"


async def test_an_arabic_phone_reads_from_the_right() -> None:
    async with one_phone("ar") as (bot, person, seen, phone):
        await phone.start()
        keys = [[{"text": "اقرأ الإحاطة", "callback_data": "silent"}, {"text": "Not now", "callback_data": "silent"}]]
        await bot.say(person.id, ARABIC, keys, entities=entities(ARABIC, ("اقتباس قصير", "blockquote")))
        await bot.say(person.id, "رقم الإيصال:\n\u2068\u200e4821 0937\u2069")
        await phone.send("أبقوا المستشفيات مفتوحة.")
        bubble = phone.bubble("مرحبًا").locator(".bubble")
        await expect(bubble).to_have_css("direction", "rtl")
        await expect(bubble.locator(".meta")).to_have_css("float", "left")
        await expect(phone.bubble("Welcome").locator(".bubble")).to_have_css("direction", "ltr")
        await expect(phone.bubble("Heard: أبقوا").locator(".bubble")).to_have_css("direction", "ltr")
        receipt = phone.bubble("رقم الإيصال").locator(".meta")
        await expect(receipt).to_have_css("float", "left")  # a line of digits goes on in the direction of the text
        own = phone.node.locator(".row.out").filter(has_text="أبقوا")
        await expect(own.locator(".bubble")).to_have_css("direction", "rtl")
        await expect(bubble.locator("blockquote")).to_have_css("border-right-width", "3px")
        await expect(phone.button("اقرأ")).to_have_css("direction", "rtl")
        await phone.input.fill("نص")
        await expect(phone.input).to_have_css("direction", "rtl")
        await expect(phone.node.locator(".chat-head")).to_have_css("direction", "ltr")
        assert await seen.sideways_overflow() == []
        await seen.shot("arabic")


@pytest.mark.parametrize(("width", "dark", "language"), [(360, False, "en"), (360, True, "ar"), (420, False, "ru")])
async def test_a_narrow_screen_holds_one_phone_and_cuts_nothing(width: int, dark: bool, language: str) -> None:
    labels = (
        "Восстановление после кризиса",
        "Документы",
        "Не сейчас",
        "Люди без документов и в неопределённом положении",
    )
    keys = [
        [{"text": label, "callback_data": "silent"} for label in labels[:3]],
        [{"text": labels[3], "callback_data": "silent"}],
    ]
    digits = [[{"text": str(number), "callback_data": "silent"} for number in range(1, 9)]]
    async with Emulator() as emulator, PageBot(emulator) as bot:
        people = [await emulator.person(first_name=name, language_code=language) for name in ("Ida", "Omar", "Lena")]
        async with window(emulator.url, width=width, height=740, dark=dark, touch=True) as seen:
            await expect(seen.page.locator(".phone:visible")).to_have_count(1)
            phone = seen.phone(people[0].id)
            await phone.start()
            await bot.say(people[0].id, "https://example.org/" + "long" * 40, keys + digits)
            await bot.say(people[0].id, ARABIC, keys)
            await phone.button("Восстановление").wait_for()
            assert await seen.sideways_overflow() == []
            await seen.shot(f"narrow-{width}-{language}")
            await people[1].start()
            await expect(seen.page.get_by_role("tab", name="Omar")).to_have_class("tab news")
            await seen.page.get_by_role("tab", name="Omar").click()
            await expect(seen.phone(people[1].id).bubble("Welcome")).to_be_visible()
            await expect(seen.page.locator(".phone:visible")).to_have_count(1)


async def test_the_overflow_check_can_fail() -> None:
    async with one_phone(width=360, height=740) as (_, _, seen, phone):
        await phone.start()
        await phone.button("Withdraw").wait_for()
        await seen.page.evaluate(
            "document.querySelector('.inline-button').style.cssText = 'width:9px;flex:none;min-width:0'"
        )
        assert any("cut" in one for one in await seen.sideways_overflow())


@pytest.mark.parametrize("dark", [False, True])
async def test_words_stand_out_from_what_is_behind_them(dark: bool) -> None:
    async with one_phone(dark=dark) as (bot, person, seen, phone):
        await phone.start()
        await phone.send("mine")
        text = "Text with code and a link, hidden\nQuoted"
        parts = (("code", "code"), ("a link", "text_link", {"url": "https://example.org"}), ("Quoted", "blockquote"))
        await bot.say(person.id, text, STYLED, entities=entities(text, *parts))
        await phone.send("keyboard")
        await phone.button("Yes").wait_for()
        await phone.node.get_by_role("button", name="Attach").click()
        found = await seen.page.evaluate(_CONTRAST)
        await seen.shot(f"colours-{'dark' if dark else 'light'}")
        assert found["seen"] > 30
        assert found["weak"] == []
        if not dark:  # the check itself can fail
            await seen.page.evaluate("document.documentElement.style.setProperty('--muted', '#9aa')")
            assert (await seen.page.evaluate(_CONTRAST))["weak"] != []


# WCAG 2 contrast of every text with the colours painted behind it; AA asks for 4.5. Pictures behind are left out.
_CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (layers) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const base = getComputedStyle(document.documentElement).getPropertyValue("--ground");
  const weak = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility({ opacityProperty: true })) continue;
    const behind = [];
    for (let at = node; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
    const colour = getComputedStyle(node).color;
    const [a, b] = [light(over([base, ...behind])), light(over([base, ...behind, colour]))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen += 1;
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${node.className} "${node.textContent.trim().slice(0, 30)}"`);
  }
  return { seen, weak };
}"""
