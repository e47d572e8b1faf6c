"""What runs beside the conversation goes on after a fault of any kind."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.journeys.test_participant import say, session, somebody, to_the_review
from tests.support.bot import Bot


def in_vault(bot: Bot, sql: str, *parameters: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(bot.data_dir / "vault.db")) as connection, connection:
        return connection.execute(sql, parameters).fetchall()


async def test_the_mover_goes_on_after_a_row_that_stood_in_its_way(tmp_path: Path) -> None:
    async with somebody(tmp_path) as (bot, person):
        await to_the_review(person, "Open the clinics to everybody.")
        draft = session(bot, person).draft
        assert draft is not None
        (written,) = draft.answers["recommendation"].written  # type: ignore[index]
        in_vault(
            bot, "INSERT INTO parts (id, contribution, batch, sha256, sealed) VALUES (?, '', 0, '', '')", written.part
        )
        await person.press(say("review.send"))
        await person.wait_for_text(say("receipt.title"))
        waiting = asyncio.get_running_loop().time() + 0.5  # five rounds of the mover
        while asyncio.get_running_loop().time() < waiting:
            assert in_vault(bot, "SELECT id FROM contributions") == []
            await asyncio.to_thread(in_vault, bot, "SELECT 1")
        in_vault(bot, "DELETE FROM parts WHERE id = ?", written.part)
        async with asyncio.timeout(10):
            while in_vault(bot, "SELECT id FROM contributions") == []:
                await asyncio.to_thread(in_vault, bot, "SELECT 1")
