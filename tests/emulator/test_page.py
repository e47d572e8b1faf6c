"""The phone-like page, in a real browser against the real emulator, with a small bot on the other side."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.emulator.server import running
from tests.emulator.page_bot import PageBot, entities, one_phone
from tests.support.browser import Phone, needs_browser, window
from tests.support.emulator import Emulator

pytestmark = needs_browser


async def test_a_first_conversation() -> None:
    async with one_phone() as (_, _, seen, phone):
        await expect(phone.node.locator(".welcome")).to_contain_text("answers whatever you write")
        await expect(phone.input).to_be_hidden()
        await phone.start()
        await expect(phone.bubble("Welcome")).to_contain_text("Payload: none")
        await expect(phone.node.locator(".welcome")).to_be_hidden()
        await phone.input.press_sequentially("one")
        await phone.input.press("Shift+Enter")
        await phone.input.press_sequentially("two")
        await phone.input.press("Enter")
        await expect(phone.bubble("Heard: one")).to_contain_text("two")
        await expect(phone.input).to_have_value("")
        await expect(phone.node.locator(".row.out")).to_have_count(2)
        await expect(phone.node.locator(".day")).to_have_count(1)
        await phone.send("typing")
        await expect(phone.node.locator(".chat-status")).to_contain_text("typing")
        await seen.shot("conversation")


async def test_buttons_wait_for_the_bot_and_show_its_answers() -> None:
    async with one_phone() as (bot, _, seen, phone):
        await phone.start()
        bot.taps.clear()
        await phone.button("Toast").click()
        await expect(phone.button("Toast")).to_have_attribute("aria-busy", "true")
        bot.taps.set()
        await expect(phone.button("Toast")).not_to_have_attribute("aria-busy", "true")
        await expect(phone.node.locator(".toast")).to_have_text("A short word")

        await phone.press("Alert")
        alert = phone.node.get_by_role("alertdialog")
        await expect(alert).to_contain_text("Read me")
        await expect(alert.get_by_role("button", name="OK")).to_be_focused()
        await seen.shot("alert")
        await seen.page.keyboard.press("Escape")
        await expect(alert).to_have_count(0)

        await phone.press("Silent")
        await phone.button("Copy").click()
        await expect(phone.node.locator(".toast")).to_have_text("Copied")
        assert await seen.page.evaluate("navigator.clipboard.readText()") == "4821 0937"

        rows = await phone.rows.count()
        await phone.press("Begin")
        await expect(phone.bubble("Edited")).to_contain_text("edited")
        await expect(phone.button("✓ Begin")).to_be_focused()
        assert await phone.rows.count() == rows
        await phone.button("✓ Submit").wait_for()
        await bot.say(
            int((await phone.node.get_attribute("data-person")) or 0),
            "Once more",
            [[{"text": "X", "callback_data": "gone"}]],
        )
        await phone.button("X").click()
        await expect(phone.rows.filter(has_text="Once more")).to_have_count(0)


async def test_text_is_text_and_entities_are_elements() -> None:
    text = "<img src=x onerror=alert(1)> bold and italic, code; see the notice, or example.org"
    text += "\nQuoted\nhidden /help <u>tail</u>"
    spans = entities(
        text,
        ("bold and italic", "bold"),
        ("italic", "italic"),
        ("code", "code"),
        ("the notice", "text_link", {"url": "https://example.org/?a=<b>"}),
        ("Quoted", "blockquote"),
        ("hidden", "spoiler"),
        ("/help", "bot_command"),
    )
    long = "\n".join(f"Line {number} of a long briefing" for number in range(9))
    async with one_phone() as (bot, person, seen, phone):
        await phone.start()
        await bot.say(person.id, text, entities=spans)
        await bot.say(person.id, long, entities=entities(long, (long, "expandable_blockquote")))
        await bot.say(person.id, "print()", entities=entities("print()", ("print()", "pre", {"language": "python"})))
        bubble = phone.bubble("onerror")
        await expect(bubble).to_contain_text("<img src=x onerror=alert(1)>")
        await expect(bubble).to_contain_text("<u>tail</u>")
        assert await phone.node.locator(".log img, .log u").count() == 0
        await expect(bubble.locator("strong em")).to_have_text("italic")
        await expect(bubble.locator("code")).to_have_text("code")
        # Within its line, which breaks and runs as if there were words only.
        await expect(bubble.get_by_role("button", name="/help")).to_have_css("display", "inline")
        await expect(bubble.locator("blockquote")).to_have_text("Quoted")
        await bubble.get_by_role("link", name="the notice").click()
        leaving = seen.page.get_by_role("dialog")
        await expect(leaving).to_contain_text("https://example.org/?a=<b>")
        await seen.page.keyboard.press("Escape")
        await bubble.get_by_role("button", name="Hidden text").click()
        await expect(bubble.get_by_role("button", name="Hidden text")).to_have_count(0)
        await expect(phone.node.locator("pre")).to_have_text("print()")
        quote = phone.node.locator(".fold")
        folded = (await quote.bounding_box() or {"height": 0})["height"]
        await quote.get_by_role("button", name="Show more").click()
        assert (await quote.bounding_box() or {"height": 0})["height"] > folded * 1.5
        await bubble.get_by_role("button", name="/help").click()
        await expect(phone.bubble("Heard: /help")).to_be_visible()


async def test_reply_keyboards_come_and_go() -> None:
    async with one_phone() as (_, _, _, phone):
        await phone.start()
        await phone.send("keyboard")
        await phone.button("Yes").click()
        await expect(phone.bubble("Heard: Yes")).to_be_visible()
        await expect(phone.node.locator(".reply-keyboard")).to_be_hidden()  # one_time_keyboard
        await phone.node.get_by_role("button", name="Show or hide the keyboard").click()
        await phone.button("No").click()
        await expect(phone.bubble("Heard: No")).to_be_visible()
        await phone.send("keyboard")
        await expect(phone.button("No")).to_be_visible()  # the same keyboard, sent again, opens again
        await phone.send("forget")
        await expect(phone.node.get_by_role("button", name="Show or hide the keyboard")).to_be_hidden()
        await expect(phone.button("No")).to_have_count(0)


async def test_deep_links_start_with_their_payload() -> None:
    async with one_phone() as (bot, person, seen, phone):
        await phone.open_link("https://t.me/consultation_demo_bot?start=from-field")
        await expect(phone.bubble("Payload: from-field")).to_be_visible()
        await bot.say(person.id, "Go on: https://t.me/consultation_demo_bot?start=from-bubble")
        await phone.bubble("Go on").get_by_role("link").click()
        await expect(phone.bubble("Payload: from-bubble")).to_be_visible()
        await phone.open_link("https://t.me/another_bot?start=x")
        await expect(seen.page.get_by_role("dialog")).to_contain_text("Leave the practice Telegram?")
        await seen.page.get_by_role("button", name="Cancel").click()
        await seen.page.locator("#open-link").click()
        await seen.page.get_by_label("Link", exact=True).fill("t.me/consultation_demo_bot?start=from-top")
        await seen.page.keyboard.press("Enter")
        await expect(phone.bubble("Payload: from-top")).to_be_visible()


async def test_a_person_replies_edits_and_deletes() -> None:
    async with one_phone() as (_, _, seen, phone):
        await phone.start()
        await phone.send("first")
        await expect(phone.bubble("Heard: first")).to_be_visible()
        await phone.message_action("Heard: first", "Reply")
        await expect(phone.node.locator(".context-bar")).to_contain_text("Reply to")
        await phone.send("answer")
        await expect(phone.bubble("Heard: answer")).to_contain_text("(to: Heard: first)")
        own = phone.node.locator(".row.out").filter(has_text="answer")
        await expect(own.locator(".quoted")).to_contain_text("Heard: first")
        await own.locator(".text").click(button="right", position={"x": 3, "y": 3})
        await seen.page.get_by_role("menuitem", name="Edit").click()
        await expect(phone.input).to_have_value("answer")
        await phone.input.fill("answer, corrected")
        await phone.input.press("Enter")
        await expect(own).to_contain_text("answer, corrected")
        await expect(own).to_contain_text("edited")
        await own.locator(".text").click(button="right", position={"x": 3, "y": 3})
        await seen.page.get_by_role("menuitem", name="Delete").click()
        await expect(own).to_have_count(0)


async def test_every_kind_of_attachment() -> None:
    labels = (
        "Photo",
        "Voice message",
        "Document",
        "Sticker",
        "Video",
        "Video message",
        "Audio",
        "Animation",
        "Location",
    )
    async with one_phone() as (_, _, seen, phone):
        await phone.start()
        for label in (*labels, "Venue", "Contact", "Poll", "Dice", "Story"):
            before = await phone.rows.count()
            await phone.node.get_by_role("button", name="Attach").click()
            await seen.page.get_by_role("menuitem", name=label, exact=True).click()
            await expect(phone.rows).to_have_count(before + 2)  # the message, and the bot's word on it
        await expect(phone.node.get_by_role("link", name="Download notes.txt")).to_be_attached()
        async with seen.page.expect_download() as download:
            await phone.node.get_by_role("link", name="Download notes.txt").click()
        assert (await download.value).suggested_filename == "notes.txt"
        await seen.shot("attachments")


async def test_people_languages_and_blocking() -> None:
    async with Emulator() as emulator, PageBot(emulator):
        first = await emulator.person(first_name="Ida")
        hidden = await emulator.person(first_name="Omar")
        async with window(emulator.url, people=[first.id]) as seen:
            await expect(seen.page.locator(".phone")).to_have_count(1)
            await seen.page.locator("#new-person").click()
            await seen.page.get_by_label("Name", exact=True).fill("Sofía")
            await seen.page.get_by_label("Language of the phone").select_option("es")
            await seen.page.get_by_label("Role").select_option("organizer")
            await seen.shot("new-person")
            await seen.page.keyboard.press("Enter")
            await expect(seen.page.locator(".phone")).to_have_count(2)
            await expect(seen.page.locator(f"#phone-{hidden.id}")).to_have_count(0)
            phone = Phone(seen.page.locator(".phone").filter(has_text="Sofía"))
            await expect(phone.node).to_contain_text("Organizer")
            await phone.start()
            await phone.bubble("Welcome").wait_for()
            await phone.node.locator(".language-chip").click()
            await seen.page.get_by_role("menuitemradio", name="العربية").click()
            await expect(phone.node.locator(".language-chip")).to_contain_text("ar")
            await phone.node.get_by_role("button", name="Chat actions").click()
            await seen.page.get_by_role("menuitem", name="Block the bot").click()
            await expect(phone.input).to_be_hidden()
            await phone.node.get_by_role("button", name="Unblock the bot").click()
            await phone.send("back again")
            await expect(phone.bubble("Heard: back again")).to_be_visible()


async def test_everything_by_keyboard_alone() -> None:
    async with one_phone() as (_, _, seen, phone):
        keyboard = seen.page.keyboard

        async def tab_to(selector: str) -> None:
            for _ in range(60):
                await keyboard.press("Tab")
                if await seen.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                    assert await seen.page.evaluate("document.activeElement.matches(':focus-visible')")
                    return
            pytest.fail(f"Tab never reached {selector}")

        await tab_to("#new-person")
        await tab_to(".language-chip")
        await keyboard.press("Enter")
        await keyboard.press("ArrowDown")
        await keyboard.press("Escape")
        await expect(phone.node.locator(".language-chip")).to_be_focused()
        await tab_to(".gate")
        await keyboard.press("Enter")
        await phone.button("Silent").wait_for()
        await expect(phone.input).to_be_focused()
        await keyboard.type("/")
        options = phone.node.get_by_role("option")
        await expect(options).to_have_count(3)
        await keyboard.press("ArrowDown")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await seen.shot("commands")
        await keyboard.press("Escape")
        await expect(options.first).to_be_hidden()
        await keyboard.type("pr")
        await keyboard.press("Enter")
        await expect(phone.bubble("Heard: /privacy")).to_be_visible()

        await phone.node.locator(".log").focus()
        await keyboard.press("ArrowUp")
        await keyboard.press("ArrowUp")
        await keyboard.press("ArrowDown")
        await keyboard.press("Enter")
        await expect(seen.page.get_by_role("menuitem", name="Reply")).to_be_focused()
        await keyboard.press("Enter")
        await expect(phone.input).to_be_focused()
        await keyboard.press("Escape")
        await expect(phone.node.locator(".context-bar")).to_be_hidden()

        await phone.node.locator(".log").focus()
        await tab_to("[data-callback=edit]")
        await keyboard.press("Enter")
        await expect(phone.button("✓ Begin")).to_be_focused()
        for selector in (".text-button, .row-more", "[data-callback=gone]"):
            await phone.node.locator(".log").focus()
            await tab_to(selector)
        await keyboard.press("Enter")
        await expect(phone.rows.filter(has_text="Edited")).to_have_count(0)
        assert await seen.page.evaluate("document.activeElement.closest('.log') !== null")
        for name in ("Commands", "Attach", "Send"):
            await tab_to(f"[aria-label='{name}']")


async def test_a_thousand_messages_stay_quick() -> None:
    async with Emulator() as emulator:
        person = await emulator.person(first_name="Ida")
        world = emulator.running.world
        async with window(emulator.url) as seen:
            phone = seen.phone(person.id)
            for number in range(500):
                world.write_text(world.people[person.id], f"question {number}")
                keys = {
                    "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
                }
                world.post(world.chats[person.id], {"text": f"answer {number}"}, keys)
            await expect(phone.bubble("answer 499")).to_be_in_viewport()
            await seen.page.evaluate("document.querySelectorAll('.row').forEach((row) => { row.kept = true; })")
            await person.send("the newest")
            await expect(phone.bubble("the newest")).to_be_in_viewport()
            assert (
                await seen.page.evaluate("[...document.querySelectorAll('.row')].filter((row) => !row.kept).length")
                == 1
            )
            assert await seen.page.evaluate(_MILLISECONDS_PER_MESSAGE) < 30
            await seen.page.reload()
            await seen.ready()
            await expect(phone.bubble("the newest")).to_be_in_viewport()
            assert await phone.rows.count() == 1001


# Median time to append one bubble and lay the page out, with everything above it in place.
_MILLISECONDS_PER_MESSAGE = """() => {
  const list = document.querySelector(".messages");
  const times = [];
  for (let turn = 0; turn < 15; turn += 1) {
    const start = performance.now();
    list.append(list.lastElementChild.cloneNode(true));
    list.parentElement.scrollTop = list.parentElement.scrollHeight;
    times.push(performance.now() - start);
    list.lastElementChild.remove();
  }
  return times.sort((a, b) => a - b)[7];
}"""


@pytest.mark.parametrize("order", ["new first", "old first"])
async def test_the_newest_stays_in_view_when_what_stands_above_it_shrinks(order: str) -> None:
    """As in every dialogue: the next question comes, and the last one turns into a short line without buttons."""
    choices = [[{"text": f"Choice {number}", "callback_data": "silent"}] for number in range(12)]
    async with one_phone(width=390, height=844) as (bot, person, seen, phone):
        await phone.start()
        above = await bot.say(person.id, "Question 0", choices)
        for number in range(1, 6):
            await phone.button("Choice 11").hover()  # as a hand that has just pressed something there
            short = {"chat_id": person.id, "message_id": above["message_id"], "text": f"Done {number}"}
            if order == "old first":
                await bot.call("editMessageText", **short)
            above = await bot.say(person.id, f"Question {number}", choices)
            if order == "new first":
                await bot.call("editMessageText", **short)
            await expect(phone.bubble(f"Done {number}")).to_have_count(1)
            await expect(phone.button("Choice 11")).to_be_in_viewport(ratio=1)
            await expect(phone.node.locator(".jump")).to_be_hidden()
        await seen.shot("newest")


async def test_only_a_hand_stops_the_list_from_following_and_a_press_is_followed_by_what_comes_of_it() -> None:
    choices = [[{"text": f"Choice {number}", "callback_data": "silent"}] for number in range(12)]
    async with one_phone(width=390, height=844) as (bot, person, seen, phone):
        jump = phone.node.locator(".jump")
        await phone.start()
        for number in range(4):
            above = await bot.say(person.id, f"Question {number}", choices)
        # A program brings something into view, as browsers do for whoever works by voice.
        await expect(phone.button("Choice 11")).to_be_in_viewport(ratio=1)
        await phone.bubble("Question 1").scroll_into_view_if_needed()
        await expect(phone.bubble("Question 1")).to_be_in_viewport()
        await bot.say(person.id, "Question 4", choices)
        await expect(phone.button("Choice 11")).to_be_in_viewport(ratio=1)
        await expect(jump).to_be_hidden()
        # A hand scrolls back: what comes is counted.
        await phone.bubble("Question 4").hover()
        await seen.page.mouse.wheel(0, -1000)
        await expect(jump).to_be_visible()
        await bot.say(person.id, "Question 5", choices)
        await expect(jump).to_have_text("1")
        # The same hand presses something there, and is answered: the old question goes, the next one comes.
        await phone.rows.filter(has_text="Question 3").get_by_text("Choice 5", exact=True).click()
        await bot.call("editMessageText", chat_id=person.id, message_id=above["message_id"], text="Done")
        await bot.say(person.id, "Question 6", choices)
        await expect(phone.button("Choice 11")).to_be_in_viewport(ratio=1)
        await expect(jump).to_be_hidden()


async def test_the_newest_stays_in_view_when_it_is_as_high_as_what_went() -> None:
    """No size has changed then, and the browser has moved the list all the same."""
    async with one_phone(width=390, height=844) as (_, _, seen, _):
        assert await seen.page.evaluate(_REPLACED_IN_ONE_FRAME) == {"left": 0, "jump": "hidden"}


# A chat in the place of the phone's own, whose last messages go while others of the same height come.
_REPLACED_IN_ONE_FRAME = """async () => {
  const { Chat } = await import("/page/chat.js");
  const frames = async () => { for (let n = 0; n < 4; n += 1) await new Promise(requestAnimationFrame); };
  const chat = new Chat("test", {});
  const message = (id) => ({ message_id: id, date: 1e9, text: "one line", chat: { id: 1 } });
  document.querySelector(".wall").replaceWith(chat.node);
  chat.reconcile(Array.from({ length: 60 }, (_, n) => message(n + 1)));
  await frames();
  for (let id = 51; id <= 60; id += 1) chat.remove(id);
  chat.newest().row.focus({ preventScroll: true }); // as the page does: the list is laid out, and moves
  for (let id = 61; id <= 70; id += 1) chat.put(message(id));
  await frames();
  const { scrollHeight, clientHeight, scrollTop } = chat.list;
  return { left: Math.round(scrollHeight - clientHeight - scrollTop), jump: chat.jump.hidden ? "hidden" : "shown" };
}"""


async def test_nothing_is_missed_when_the_connection_breaks(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with AsyncExitStack() as first:
        before = await first.enter_async_context(running(state_file=state))
        ida = before.world.add_person("Ida")
        kept = before.world.write_text(ida, "stays")
        gone = before.world.write_text(ida, "goes away")
        async with window(before.url) as seen:
            phone = seen.phone(ida.id)
            await expect(phone.bubble("goes away")).to_be_visible()
            await phone.bubble("stays").evaluate("(row) => { row.kept = true; }")
            await first.aclose()
            await expect(seen.page.locator("#connection")).to_contain_text("Connection lost")
            async with running(int(before.url.rpartition(":")[2]), state_file=state) as after:
                person = after.world.people[ida.id]
                after.world.rewrite(person, kept["message_id"], "stays, corrected")
                after.world.remove(after.world.chats[ida.id], [gone["message_id"]])
                after.world.write_text(person, "written meanwhile")
                await seen.ready()
                await expect(phone.bubble("written meanwhile")).to_be_visible()
                await expect(phone.rows).to_have_count(2)
                assert await phone.bubble("stays, corrected").evaluate("(row) => row.kept === true")
                # The browser itself reports the connections that broke; anything else would still be a fault.
                seen.complaints[:] = [one for one in seen.complaints if "net::ERR_" not in one]
