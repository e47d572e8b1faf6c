"""Write on one phone, lose it, take it back by receipt on another; the next export says so and holds no text of it."""

import re
from pathlib import Path

from bot.core.contributions import Receipt, State
from bot.exports import bundle, opening
from bot.sealing import open_document
from tests.journeys.test_participant import say, somebody, to_the_review
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Person, text_of


async def handed_in(person: Person, text: str, language: str = "en") -> Receipt:
    await to_the_review(person, text, language)
    return await hand_in(person, language)


async def hand_in(person: Person, language: str = "en") -> Receipt:
    """What the review shows, handed in."""
    await person.press(say("review.send", language))
    shown = await person.wait_for_text(say("receipt.title", language))
    found = re.search(r"(?:\d{4} ){3}\d{4}", text_of(shown))
    assert found is not None
    return Receipt(found[0].replace(" ", ""))


async def exported(bot: Bot, path: Path) -> list[dict[str, object]]:
    await bundle.write(path, bot.service.stores.vault, ["eeca"])
    with bundle.read(path) as read:
        return list(opening.opened(read, lambda sealed: open_document(sealed, bot.identities[:1]), workers=1))


async def test_a_lost_phone_and_a_receipt(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "Open the clinics to everybody.")
        before = await exported(bot, tmp_path / "before.zip")
        assert [line["state"] for line in before] == ["submitted"]
        other = await bot.emulator.person(language_code="en")
        await other.start()
        await other.press("English")
        await other.send(" ".join(re.findall("....", receipt)))
        await other.wait_for_text(say("receipt.state_submitted"))
        await other.press(say("receipt.withdraw"))
        await other.wait_for_text(say("receipt.withdraw_sure"))
        assert bot.service.stores.store.state(receipt) is State.SUBMITTED
        await other.press(say("receipt.withdraw_yes"))
        await other.wait_for_text(say("receipt.state_withdrawn"))
        assert bot.service.stores.store.state(receipt) is State.WITHDRAWN
        chat = " ".join(text_of(message) for message in await other.received())
        assert "clinics" not in chat
        after = await exported(bot, tmp_path / "after.zip")
        assert [(line["contribution"], line["state"]) for line in after] == [(before[0]["contribution"], "withdrawn")]
        await person.send(f"/receipt {receipt}")
        await person.wait_for_text(say("receipt.state_withdrawn"))


async def test_what_was_never_exported_can_be_taken_back_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path, move_every=3600) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await handed_in(person, "Open the clinics to everybody.")
        await person.press(say("receipt.check"))
        await person.press(say("receipt.withdraw"))
        await person.press(say("receipt.withdraw_yes"))
        await person.wait_for_text(say("receipt.state_withdrawn"))
        assert [line["state"] for line in await exported(bot, tmp_path / "export.zip")] == ["withdrawn"]


async def test_receipts_cannot_be_found_by_trying(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        for number in range(5):
            await person.send(f"{number:016d}")
            await person.wait_for(lambda message: say("receipt.unknown") in text_of(message))
        sent = await person.send("0000000000000099")
        await person.wait_for_text(say("receipt.too_many"), after=sent["message_id"])
        other = await bot.emulator.person(language_code="en")
        await other.start("eeca")
        await other.press("English")
        await other.send("٠٠٠٠ ٠٠٠٠ ٠٠٠٠ ٠٠٠٧")
        await other.wait_for_text(say("receipt.unknown"))
