"""A program of its own that commits without end, and says of each update when it is safe; tests kill it.

python -m tests.storage.committing DATA_DIR [--ack-first]
"""

import asyncio
import sys
from pathlib import Path

from bot.core.contributions import PartId
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Change, NewPart
from bot.core.session import Place, Session
from storage.factory import open_stores
from tests.storage.world import RealChance, SetClock, part_id

CHATS = 16


def acknowledge(update: UpdateId, part: PartId) -> None:
    sys.stdout.write(f"{update} {part}\n")
    sys.stdout.flush()


async def main(data_dir: Path, *, ack_first: bool) -> None:
    async with open_stores(data_dir, SetClock(), RealChance(), exclusive=True) as stores:

        async def chat(number: int) -> None:
            for turn in range(1_000_000):
                update = UpdateId(number * 1_000_000 + turn + 1)
                part = part_id()
                change = Change(
                    update,
                    ChatId(number + 1),
                    Session(number + 1, Place.DIALOGUE),
                    parts=(NewPart(part, {"answers": {"recommendation": "x" * 300}}),),
                )
                if ack_first:  # the planted fault
                    acknowledge(update, part)
                await stores.store.commit(change)
                if not ack_first:
                    acknowledge(update, part)

        await asyncio.gather(*(chat(number) for number in range(CHATS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), ack_first="--ack-first" in sys.argv))
