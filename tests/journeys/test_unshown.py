"""What did not arrive is shown later: the receipt above all, which nobody can give a second time. What was written is
remembered for the review as long as its draft stands, and no longer."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.core.contributions import PartId
from bot.core.dialogue.events import Do
from bot.core.people import ChatId
from bot.core.session import Place
from tests.journeys.test_participant import (
    asked,
    say,
    session,
    somebody,
    to_the_recommendation,
    to_the_review,
)
from tests.support.bot import Bot
from tests.support.emulator import Person, text_of

RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
BLOCKED = {"kind": "status", "status": 403, "description": "Forbidden: bot was blocked by the user"}
UNREACHED = {"kind": "unauthorized"}


async def submit_unheard(bot: Bot, person: Person, fault: dict[str, Any]) -> None:
    """Hand in while no message of the bot arrives; returns when it has tried."""
    review = await person.wait_for_text(say("review.title"))
    draft = session(bot, person).draft
    assert draft is not None
    await bot.emulator.fault(method="sendMessage", times=-1, **fault)
    tried = len(await bot.emulator.recorded("sendMessage"))
    await person.tap(review["message_id"], f"d:{draft.contribution[:8]}:{draft.visit}:{Do.SUBMIT}")
    await person.wait_for_text(say("review.sent"))
    while len(await bot.emulator.recorded("sendMessage")) == tried or bot.service.conversing.busy:
        pass
    await bot.emulator.clear_faults()
    assert session(bot, person).place is Place.RECEIPT
    assert await receipts(person) == []


async def receipts(person: Person) -> list[str]:
    return [found[0] for one in await person.received() if (found := RECEIPT.search(text_of(one)))]


@pytest.mark.parametrize("fault", [BLOCKED, UNREACHED], ids=["blocked", "unreached"])
async def test_a_receipt_that_did_not_arrive_comes_with_the_next_answer(tmp_path: Path, fault: dict[str, Any]) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, "Open the clinics to everybody.")
        await submit_unheard(bot, person, fault)
        await person.send("thank you")
        await person.wait_for_text(say("receipt.after"))
        (shown,) = await receipts(person)
        await person.send("thanks again")
        await person.wait_until(lambda chat: sum(say("receipt.after") in text_of(one) for one in chat["messages"]) == 2)
        assert await receipts(person) == [shown]
        view = bot.service.stores.store.view(ChatId(person.id))
        assert view is not None
        assert view.receipt is None


async def test_a_receipt_that_did_not_arrive_is_owed_after_a_restart(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, "Open the clinics to everybody.")
        await submit_unheard(bot, person, BLOCKED)
        bot.service.conversing.forget_all()
        assert await bot.service.conversing.unasked.owed() == 1
        await person.wait_for_text(say("receipt.title"))
        assert len(await receipts(person)) == 1


@pytest.mark.parametrize("command", ["/cancel", "/forget"])
async def test_what_was_written_is_not_remembered_after_it_was_erased(tmp_path: Path, command: str) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_recommendation(person)
        await person.send("Open the clinics to everybody.")
        await person.wait_for_text(say("dialogue.text_saved"))
        draft = session(bot, person).draft
        assert draft is not None
        (written,) = draft.answers["recommendation"].written  # type: ignore[index]
        part = PartId(written.part)
        remembered = bot.service.conversing.looking.recollection
        assert remembered.recall(part) == "Open the clinics to everybody."
        await person.send(command)
        await person.press(say("review.erase_yes" if command == "/cancel" else "forget.yes"))
        await person.wait_for_text(say("review.erased" if command == "/cancel" else "forget.done"))
        assert remembered.recall(part) is None


async def test_a_question_that_telegram_refuses_comes_in_bare_words(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await person.press(say("home.begin"))
        await asked(person, 1)
        await bot.emulator.fault("status", method="sendMessage", times=1, status=400)
        await person.press("2 ·")
        shown = await asked(person, 2)
        assert not shown.get("entities")
