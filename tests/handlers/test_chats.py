"""An active chat is what the store knows, also after the machine slept."""

import time
from pathlib import Path

from bot.core.people import ChatId
from tests.journeys.test_participant import asked, say
from tests.storage.world import SetClock
from tests.support.arrival import accept
from tests.support.bot import running_bot


async def test_a_draft_that_expired_while_the_machine_slept_is_not_gone_on_with(tmp_path: Path) -> None:
    clock = SetClock(time.time())
    async with running_bot(tmp_path, clock=clock) as bot:
        person = await bot.emulator.person(language_code="en")
        await person.start("eeca")
        await person.press("English")
        await accept(person)
        await person.press(say("home.begin"))
        await asked(person, 1)
        clock.time += 26 * 3600
        assert await bot.service.stores.expire() > 0
        await person.send("3")
        await person.wait_for_text(say("home.not_an_answer"))
        session = bot.service.stores.store.session(ChatId(person.id))
        assert session is not None
        assert session.draft is None
