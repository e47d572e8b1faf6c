"""Control over one's words, by receipt and from any phone: a new version, how it is signed, and where both end."""

import re
from pathlib import Path
from typing import Any

from bot.core.consultations import Intake
from bot.core.contributions import Receipt, State
from bot.exports import bundle, opening
from bot.sealing import open_document
from tests.journeys.test_participant import asked, say, session, somebody
from tests.journeys.test_withdrawal import handed_in
from tests.support.arrival import accept
from tests.support.bot import Bot, running_bot
from tests.support.emulator import Person, buttons, text_of


async def exported(bot: Bot, path: Path, since: str | None = None) -> dict[str, dict[str, Any]]:
    await bundle.write(path, bot.service.stores.vault, ["eeca"], since)
    with bundle.read(path) as read:
        lines = opening.opened(read, lambda sealed: open_document(sealed, bot.identities[1:]), workers=1)
        return {line["contribution"]: line for line in lines}


async def another(bot: Bot) -> Person:
    person = await bot.emulator.person(language_code="en")
    await person.start()
    await person.press("English")
    await accept(person)
    return person


async def answer_again(person: Person, text: str) -> None:
    """From the first question to the review."""
    await asked(person, 1)
    await person.press("2 ·")
    await asked(person, 2)
    await person.press(say("dialogue.skip"))
    await asked(person, 3)
    await person.send(text)
    await person.press(say("dialogue.next"))
    await asked(person, 4)
    await person.press(say("dialogue.skip"))
    await asked(person, 5)
    await person.press("1 ·")
    await person.press(say("dialogue.next"))
    await asked(person, 6)
    await person.press(say("dialogue.skip"))
    await asked(person, 7)
    await person.press(say("dialogue.skip"))
    await person.wait_for_text(say("review.title"))


async def amends(person: Person, receipt: Receipt, text: str) -> None:
    await person.send(receipt)
    await person.wait_for_text(say("receipt.state_submitted"))
    await person.press(say("amend.open"))
    await person.wait_for_text(say("amend.unread"))
    await person.press(say("amend.begin"))
    await answer_again(person, text)


async def test_a_lost_phone_a_new_version_and_a_withdrawal(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "Open the clinics to everybody.")
        (old,) = await exported(bot, tmp_path / "before.zip")
        other = await another(bot)
        await amends(other, receipt, "Open clinics and schools to everybody.")
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        assert standing.contribution == old
        await other.press(say("review.send"))
        await other.wait_for_text(say("amend.receipt_stays"))
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        new = standing.contribution
        assert (standing.state, standing.version, new != old) == (State.SUBMITTED, 2, True)
        found = await exported(bot, tmp_path / "after.zip", "1")
        assert (found[old]["state"], found[old]["answers"]) == ("superseded", {})
        assert (found[new]["state"], found[new]["supersedes"]) == ("submitted", old)
        assert found[new]["answers"]["recommendation"] == "Open clinics and schools to everybody."
        # Nothing in the chat's own rows says any longer which receipt it was.
        assert session(bot, other).draft is None
        await person.send(receipt)
        state = await person.wait_for_text("version 2")
        assert "clinics" not in text_of(state)
        await person.press(say("receipt.withdraw"))
        await person.press(say("receipt.withdraw_yes"))
        await person.wait_for_text(say("receipt.state_withdrawn"))
        gone = await exported(bot, tmp_path / "gone.zip", "2")
        assert {one: line["state"] for one, line in gone.items()} == {old: "withdrawn", new: "withdrawn"}
        # Not from the other phone either.
        await other.send(receipt)
        stands = await other.wait_for_text(say("receipt.state_withdrawn"))
        assert say("amend.open") not in [button["text"] for button in buttons(stands)]


async def test_a_cancelled_version_changes_nothing(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "Open the clinics to everybody.")
        before = bot.service.stores.store.standing(receipt)
        await amends(person, receipt, "Something else.")
        await person.press(say("review.erase"))
        await person.press(say("review.erase_yes"))
        await person.wait_for_text(say("review.erased"))
        assert bot.service.stores.store.standing(receipt) == before


async def test_two_phones_at_once(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        other = await another(bot)
        await amends(person, receipt, "two")
        await amends(other, receipt, "three")
        await person.press(say("review.send"))
        await person.wait_for_text(say("amend.receipt_stays"))
        await other.press(say("review.send"))
        await other.wait_for_text(say("amend.meanwhile"))
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        assert standing.version == 2
        await other.press(say("review.send"))
        await other.wait_for_text(say("amend.done", version=3))
        found = await exported(bot, tmp_path / "all.zip")
        texts = [line["answers"].get("recommendation") for line in found.values() if line["state"] == "submitted"]
        assert texts == ["three"]
        assert sorted(line["state"] for line in found.values()) == ["submitted", "superseded", "superseded"]


async def test_taken_back_while_it_is_changed(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        other = await another(bot)
        await amends(person, receipt, "two")
        await other.send(receipt)
        await other.press(say("receipt.withdraw"))
        await other.press(say("receipt.withdraw_yes"))
        await other.wait_for_text(say("receipt.state_withdrawn"))
        await person.press(say("review.send"))
        gone = await person.wait_for_text(say("amend.gone"))
        assert bot.service.stores.store.state(receipt) is State.WITHDRAWN
        await person.press(say("review.send"))
        shown = await person.wait_for_text(say("receipt.next"), after=gone["message_id"])
        found = re.search(r"(?:\d{4} ){3}\d{4}", text_of(shown))
        assert found is not None
        assert found[0].replace(" ", "") != receipt
        assert bot.service.stores.store.state(Receipt(found[0].replace(" ", ""))) is State.SUBMITTED


async def test_after_the_intake_no_version_but_a_withdrawal(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await person.send(receipt)
        await person.wait_for_text(say("receipt.state_submitted"))
        await bot.service.stores.registry.set_intake("eeca", Intake())
        await person.press(say("amend.open"))
        await person.wait_for_text(say("amend.closed"))
        assert session(bot, person).draft is None
        await person.press(say("receipt.withdraw"))
        await person.press(say("receipt.withdraw_yes"))
        await person.wait_for_text(say("receipt.state_withdrawn"))


async def test_signing_is_seen_and_confirmed_before_more_is_shown(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        store = bot.service.stores.store
        await person.press(say("sign.open"))
        await person.press(say("sign.choice.organisation"))
        await person.wait_for_text(say("sign.ask_organisation"))
        await person.send("two\nlines")
        await person.wait_for_text(say("sign.name_unfit"))
        await person.send("Network <X>, Kyrgyzstan")
        shown = await person.wait_for_text(say("sign.risk_named"))
        assert "Network <X>, Kyrgyzstan (Eastern Europe and Central Asia)" in text_of(shown)
        standing = store.standing(receipt)
        assert standing is not None
        assert standing.note is not None
        assert standing.note.attribution == "anonymous"
        await person.press(say("sign.yes_named"))
        await person.wait_for_text(say("sign.done"))
        (line,) = (await exported(bot, tmp_path / "named.zip")).values()
        assert line["answers"]["attribution"] == "organisation"
        assert line["answers"]["attribution_name"] == "Network <X>, Kyrgyzstan"
        assert session(bot, person).signing is None
        # Showing less takes one tap, from a phone that never accepted anything.
        other = await bot.emulator.person(language_code="en")
        await other.start()
        await other.press("English")
        await other.send(receipt)
        await other.press(say("sign.open"))
        await other.press(say("sign.choice.region"))
        await other.wait_for_text(say("sign.done"))
        (line,) = (await exported(bot, tmp_path / "region.zip", "1")).values()
        assert line["answers"]["attribution"] == "region"
        assert "attribution_name" not in line["answers"]
        # Showing more is not possible from there.
        await other.press(say("sign.open"))
        await other.press(say("sign.choice.person"))
        await other.wait_for_text(say("receipt.notice_first"))


async def test_a_name_that_is_forgotten_is_asked_for_again(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await person.press(say("sign.open"))
        await person.press(say("sign.choice.person"))
        await person.wait_for_text(say("sign.ask_person"))
        await person.send("Somebody")
        await person.wait_for_text(say("sign.risk_named"))
        bot.service.conversing.forget_all()
        await person.press(say("sign.yes_named"))
        await person.wait_for_text(say("sign.name_forgotten"))
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        assert standing.note is not None
        assert standing.note.attribution == "anonymous"
        folder = bot.data_dir
        assert b"Somebody" not in b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_when_the_text_is_final_it_can_only_be_taken_back(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        receipt = await handed_in(person, "one")
        await person.send(receipt)
        await person.press(say("sign.open"))
        await person.wait_for_text(say("sign.explain"))
        await bot.service.stores.registry.set_intake("eeca", Intake(final=True))
        await person.press(say("sign.choice.region"))
        shown = await person.wait_for_text(say("sign.final"))
        labels = [button["text"] for button in buttons(shown)]
        assert say("receipt.withdraw") in labels
        assert say("sign.open") not in labels
        standing = bot.service.stores.store.standing(receipt)
        assert standing is not None
        assert standing.note is not None
        assert standing.note.attribution == "anonymous"


async def test_a_name_that_was_typed_leaves_the_chat_like_any_answer(tmp_path: Path) -> None:
    async with running_bot(tmp_path, tidy_after=0.0) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        receipt = await handed_in(person, "one")
        await person.send(receipt)
        await person.press(say("sign.open"))
        await person.press(say("sign.choice.person"))
        await person.wait_for_text(say("sign.ask_person"))
        await person.send("Alma Exempla")
        await person.press(say("sign.yes_named"))
        await person.wait_for_text(say("sign.done"))

        def gone(chat: dict[str, Any]) -> bool:
            return not any("Alma" in text_of(message) for message in chat["messages"] if message["outgoing"])

        await person.wait_until(gone)
        assert bot.service.stores.store.state(receipt) is State.SUBMITTED
