"""One chat floods while others work: they go on as if nothing were, and the flooder is told once."""

import asyncio
from pathlib import Path

from tests.journeys.test_participant import asked, say
from tests.support.arrival import accept
from tests.support.bot import running_bot
from tests.support.emulator import Person, text_of

FLOOD = 3000


async def test_a_flood_drowns_nobody(tmp_path: Path) -> None:
    async with running_bot(tmp_path, burst=60) as bot:
        flooder = await bot.emulator.person(language_code="en")
        await flooder.start()
        number = (await bot.emulator.update_count())["next_update_id"]
        chat = {"id": flooder.id, "type": "private", "first_name": "X"}
        sender = {"id": flooder.id, "is_bot": False, "first_name": "X"}
        await bot.emulator.queue_updates(
            [
                {
                    "update_id": number + at,
                    "message": {"message_id": 10_000 + at, "date": 1, "chat": chat, "from": sender, "text": f"{at}"},
                }
                for at in range(FLOOD)
            ]
        )

        async def works() -> Person:
            person = await bot.emulator.person(language_code="en")
            await person.start("eeca")
            await person.press("English")
            await accept(person)
            await person.press(say("home.begin"))
            await asked(person, 1)
            return person

        await asyncio.gather(*(works() for _ in range(10)))
        await flooder.wait_for_text(say("error.too_fast", seconds=30))
        told = [
            text_of(message)
            for message in await flooder.received()
            if say("error.too_fast", seconds=30) in text_of(message)
        ]
        assert len(told) == 1
        taken = [row for row in await bot.emulator.recorded("sendMessage") if row["params"]["chat_id"] == flooder.id]
        assert len(taken) <= 2 * 62
