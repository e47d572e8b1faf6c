"""A program of its own that fills its files up to a limit of the system, then gets more room; prints what happened.

python -m tests.storage.filling DATA_DIR
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from bot.core.errors import Unavailable
from bot.core.people import ChatId
from storage.factory import open_stores
from tests.storage.world import RealChance, SetClock, answered

LIMIT = 400_000


async def main(data_dir: Path) -> None:
    acked: list[int] = []
    refused: list[int] = []
    later: list[int] = []
    async with open_stores(data_dir, SetClock(), RealChance()) as stores:

        async def commit(chat: int, kept: list[int]) -> None:
            change = answered(ChatId(chat), "x" * 2_000)
            try:
                await stores.store.commit(change)
            except Unavailable:
                refused.append(change.update)
            else:
                kept.append(change.update)

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
        for _ in range(60):
            await asyncio.gather(*(commit(chat, acked) for chat in range(1, 9)))
        readable = stores.store.session(ChatId(1)) is not None
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await asyncio.gather(*(commit(chat, later) for chat in range(1, 9)))
    told = {"acked": acked, "refused": refused, "later": later, "readable": readable}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
