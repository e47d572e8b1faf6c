"""Organizers write briefings in the chat; people read them in the language that was decided, also when closed."""

from pathlib import Path

import pytest

from bot.core.people import ChatId
from tests.journeys.test_asking import noon
from tests.journeys.test_participant import say
from tests.storage.world import SetClock
from tests.support.bot import ARRIVING, Bot, running_bot
from tests.support.emulator import Message, Person, buttons, text_of
from tests.support.network import approve, member, members, organizer, propose, texts

TITLE, BODY = "What to do before you travel", "Keep copies of your papers.\n- passport\n- contract"
SPANISH = ("Antes de viajar", "Guarde copias de sus papeles.")


async def start(person: Person) -> None:
    """Begin a briefing; the screen of its texts."""
    await person.send("/briefings")
    await person.press("+ E. Europe")
    await person.wait_for_text("Choose a language to write")


async def write(person: Person, language: str, title: str, body: str, **more: object) -> Message:
    """Title and text of one language, from the screen of the texts and back to it."""
    await person.press(language)
    await person.wait_for_text("Send the title")
    sent = await person.send(title)
    await person.wait_for_text("Send the text", after=sent["message_id"])
    sent = await person.send(body, **more)  # type: ignore[arg-type]  # as `send` takes it
    kept = await person.wait_for_text("It is kept", after=sent["message_id"])
    await person.press("Done")
    await person.wait_for_text("Choose a language to write", after=sent["message_id"])
    return kept


def as_read(preview: Message) -> tuple[str, list[dict[str, object]]]:
    """Text and formatting of a preview below the line that says that it is not published."""
    mark = say("briefing.not_published") + "\n"
    text = text_of(preview)
    assert text.startswith(mark)
    return text[len(mark) :], [{**one, "offset": one["offset"] - len(mark)} for one in preview["entities"][1:]]


async def publish(person: Person) -> None:
    """Look at it and publish, from the overview."""
    await person.press("Look at everything")
    await person.press("Publish")
    await person.wait_for(lambda message: any(one["text"] == "Tell people about it" for one in buttons(message)))


async def published(person: Person) -> None:
    """One in English and Spanish."""
    await start(person)
    await write(person, "English", TITLE, BODY)
    await write(person, "Español", *SPANISH)
    await person.press("Back")
    await publish(person)


def acts(bot: Bot) -> list[str]:
    return [entry.act for entry, _ in bot.service.stores.audit.entries() if entry.act not in ARRIVING]


async def library(person: Person) -> None:
    await person.send("/help")
    await person.press({"en": "Learn about", "pt": "Conhecer", "ar": "تعر"}[person.card["language_code"]])


async def test_a_briefing_is_written_shown_and_read_in_four_languages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana = await organizer(bot)
        english = await member(bot, "en")
        stranger = await member(bot, "en", consultation="mena")
        portuguese = await member(bot, "pt")
        await start(ana)
        bold = {"type": "bold", "offset": 0, "length": 4}
        link = {"type": "text_link", "offset": 20, "length": 6, "url": "https://example.org/papers"}
        await write(ana, "English", TITLE, BODY, entities=(bold, link))
        await write(ana, "Español", *SPANISH)
        await ana.press("Back")
        await ana.wait_for_text("Readers of Português see: English")
        # The chain is shown, and an organizer may want it otherwise.
        await ana.press("Who sees which language")
        await ana.press("Português: English")
        await ana.wait_for_text("Readers of Português see: Español")
        await ana.press("Back")
        await ana.wait_for_text("Draft: nobody reads it yet")
        await ana.press("Look at everything")
        shown = await ana.wait_for_text("your papers (https://example.org/papers)")
        assert {"bold", "italic"} <= {one["type"] for one in shown["entities"]}
        await ana.press("Português")
        preview = await ana.wait_for_text("Ainda não há texto na sua língua")
        await ana.press("Publish")
        await ana.wait_for_text("Published")

        await library(portuguese)
        await portuguese.press("Notas informativas")
        await portuguese.wait_for_text("Publicada em")
        await portuguese.press("Antes de viajar")
        read = await portuguese.wait_for_text(SPANISH[1])
        assert as_read(preview) == (text_of(read), read["entities"])
        await library(english)
        await english.press("Briefings")
        await english.press(TITLE[:20])
        read = await english.wait_for_text(BODY.rsplit("\n", maxsplit=1)[-1])
        assert as_read(shown) == (text_of(read), read["entities"])
        # Who did not join does not even learn that there is one.
        (one,) = bot.service.stores.store.briefings.briefings(("eeca",))
        await library(stranger)
        last = await stranger.wait_for_text("Short texts")
        assert not any("Briefings" in button["text"] for button in buttons(last))
        await stranger.tap(last["message_id"], f"br:{one.id}:0")
        await stranger.tap(last["message_id"], "br:eeca:0")
        await stranger.send("/help")
        await stranger.wait_for_text("/receipt")
        assert not any(TITLE in text or BODY[:10] in text for text in await texts(stranger))
        assert acts(bot)[-1] == "briefing_published"


async def test_every_version_is_kept_compared_and_can_come_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path, closed=("eeca",)) as bot:
        ana = await organizer(bot)
        reader = await member(bot, "en")
        await published(ana)
        await ana.press("Texts")
        await ana.press("✓ English")
        await ana.press("Write the text anew")
        await ana.wait_for_text("takes the place")
        sent = await ana.send(BODY.replace("contract", "ticket"))
        await ana.wait_for_text("It is kept", after=sent["message_id"])
        await ana.press("Done")
        await ana.wait_for_text("Choose a language to write", after=sent["message_id"])
        await ana.press("Back")
        await ana.wait_for_text("what you changed since is not yet")
        # Nobody sees it before it is published.
        await library(reader)
        await reader.press("Briefings")
        await reader.press(TITLE[:20])
        await reader.wait_for_text("- contract")
        await ana.press("Compare")
        compared = await ana.wait_for_text("Struck through")
        marked = {one["type"]: one for one in compared["entities"]}
        assert {"strikethrough", "bold"} <= set(marked)
        await ana.press("Back")
        await ana.press("Look at everything")
        await ana.press("Publish")
        await ana.wait_for_text("Say first what has changed")
        await ana.press("What changed")
        await ana.press("English")
        await ana.wait_for_text("Send what has changed")
        sent = await ana.send("A ticket, not the contract.")
        await ana.wait_for_text("A ticket, not", after=sent["message_id"])
        await ana.press("Back")
        await publish(ana)
        await library(reader)
        await reader.press("Briefings")
        await reader.press(TITLE[:20])
        await reader.wait_for(
            lambda message: "- ticket" in text_of(message) and "What changed: A ticket" in text_of(message)
        )
        # The first one is as it was, and comes back.
        await ana.press("Versions")
        await ana.press("Version 1")
        await ana.wait_for_text("- contract")
        await ana.press("Bring this version back")
        await ana.wait_for_text("what you changed since is not yet")
        await ana.press("What changed")
        await ana.press("English")
        await ana.wait_for_text("Send what has changed")
        await ana.send("The contract after all.")
        await ana.press("Back")
        await publish(ana)
        (one,) = bot.service.stores.store.briefings.briefings(("eeca",))
        kept = [bot.service.stores.store.briefings.edition(one.id, number) for number in (1, 2, 3)]
        assert all(kept)
        assert [kept[at].sheets["en"].body.text.endswith("contract") for at in range(3)] == [True, False, True]  # type: ignore[union-attr]
        entries = [entry.detail for entry, _ in bot.service.stores.audit.entries() if entry.act == "briefing_published"]
        assert entries == [f"{edition.number} {edition.digest}" for edition in kept if edition is not None]
        # Withdrawn, nobody finds it; put back, it is as it was.
        await ana.press("Withdraw")
        await ana.wait_for_text("Take it out of the library?")
        await ana.press("Withdraw")
        await ana.wait_for_text("Withdrawn: nobody")
        await reader.tap((await reader.received())[-1]["message_id"], f"br:{one.id}:0")
        await reader.send("/help")
        await reader.press("Learn about")
        last = await reader.wait_for_text("Short texts")
        assert not any("Briefings" in button["text"] for button in buttons(last))
        await ana.press("Put back")
        await ana.wait_for(lambda message: any(one["text"] == "Withdraw" for one in buttons(message)))
        await library(reader)
        await reader.press("Briefings")


async def test_what_is_too_long_has_pages_and_bad_input_loses_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana = await organizer(bot)
        await start(ana)
        await ana.press("English")
        await ana.wait_for_text("Send the title")
        await ana.send("T" * 81)
        await ana.wait_for_text("at most 80 characters. Shorten")
        await ana.send(TITLE)
        await ana.wait_for_text("Send the text")
        await ana.send("a\u202eb")
        await ana.wait_for_text("invisible characters")
        for at in range(3):
            sent = await ana.send("\n\n".join(f"Paragraph {at}.{part} " + "word " * 80 for part in range(4)))
            await ana.wait_for_text("It is kept", after=sent["message_id"])
        for _ in range(2):
            sent = await ana.send("x" * 4000)
        await ana.wait_for_text("at most 12,000", after=sent["message_id"])
        await ana.press("Look at everything")
        await ana.wait_for_text("1/")
        seen = []
        while True:
            last = (await ana.received())[-1]
            seen.append(text_of(last))
            following = [one for one in buttons(last) if one["text"] == "Next"]
            if not following:
                break
            await ana.tap(last["message_id"], following[0]["callback_data"])
            await ana.wait_for_text(f"{len(seen) + 1}/")
        assert len(seen) > 5
        whole = "\n".join(seen)
        assert all(f"Paragraph {at}.{part} " in whole for at in range(3) for part in range(4))
        assert all(len(text) < 1_400 for text in seen)


@pytest.mark.parametrize("plain", [False, True])
async def test_people_are_told_by_a_broadcast_that_two_approve(tmp_path: Path, plain: bool) -> None:
    async with running_bot(tmp_path, clock=SetClock(noon())) as bot:
        await bot.service.stores.outbox.set_sensitive("eeca", sensitive=not plain)
        people = await members(bot, 6, ("en", "es", "ar"))
        ana, bo = await organizer(bot), await organizer(bot)
        await published(ana)
        await ana.press("Tell people about it")
        await ana.wait_for_text("Code of this version")
        await propose(ana)
        await approve(bo)
        await bo.wait_for_text("Finished", deadline=20)
        expected = [TITLE, SPANISH[0], TITLE] if plain else ["There is news: /news", "Hay novedades", "/news"]
        for at, person in enumerate(people):
            assert expected[at % 3] in (await texts(person))[0]
            assert bool(buttons((await person.received())[0])) is plain
        if not plain:
            await people[1].send("/news")
        await people[1].press("Leer")
        await people[1].wait_for_text(SPANISH[1])
        await people[2].send("/news")
        await people[2].press("اقرأها")
        await people[2].wait_for_text("Keep copies")


async def test_only_who_organizes_writes_and_two_at_once_lose_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as bot:
        ana, bo = await organizer(bot), await organizer(bot)
        elsewhere, robin = await organizer(bot, consultation="mena"), await member(bot, "en")
        await start(ana)
        await write(ana, "English", TITLE, BODY)
        (one,) = bot.service.stores.store.briefings.briefings(("eeca",))
        for person in (elsewhere, robin):
            await person.send("/briefings")
            screen = (await person.received())[-1] if person is elsewhere else await person.wait_for_text("do not know")
            for data in ("op", "pu", "er", "te", "dr", "ti", "wi"):
                await person.tap(screen["message_id"], f"bw:{data}:{one.id}:en")
            await person.tap(screen["message_id"], "bw:nw::eeca")
            await person.send("Mine now")
            await person.send("/help")
            await person.wait_for_text("/receipt")
            assert not any(TITLE in text for text in await texts(person))
        assert bot.service.stores.store.briefings.briefings(("eeca",)) == (one,)
        # Two write, each a language.
        await bo.send("/briefings")
        await bo.press(TITLE[:20])
        await bo.press("Texts")
        await bo.press("Español")
        await bo.wait_for_text("Send the title")
        await ana.press("Français")
        await ana.wait_for_text("Send the title")
        await ana.send("Avant de partir")
        await bo.send(SPANISH[0])
        await ana.wait_for_text("Send the text")
        await bo.wait_for_text("Send the text")
        await bot.service.stores.store.forget(900_000_001, ChatId(ana.id))  # type: ignore[arg-type]
        (one,) = bot.service.stores.store.briefings.briefings(("eeca",))
        assert {code: sheet.title for code, sheet in one.sheets.items()} == {
            "en": TITLE, "es": SPANISH[0], "fr": "Avant de partir",
        }  # fmt: skip
