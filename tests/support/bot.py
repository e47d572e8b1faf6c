"""The real bot for tests: real stores in a folder, PTB over HTTP to an emulator, in this process and event loop.

    async with running_bot(tmp_path) as bot:
        person = await bot.emulator.person(language_code="fr")
        await person.start("eeca")

For kills and restarts a test runs `python -m bot run` instead.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import Service, SystemChance, SystemClock, open_service
from bot.core.consultations import CONSULTATIONS, Intake
from bot.core.dialogue.questionnaire import Form
from bot.core.ports import Clock
from bot.sealing import Identity, new_identity
from bot.settings import Settings
from storage.factory import initialise
from tests.support.emulator import Emulator

FAR = 4_000_000_000.0
"""An epoch second no test lives to see."""
ARRIVING = frozenset({"chain_checked", "role_granted"})
"""Acts that are noted before anybody does anything: the start, and whoever opens an invite for a role."""


@dataclass(frozen=True)
class Bot:
    """A running bot and the Telegram it talks to."""

    emulator: Emulator
    service: Service
    identities: tuple[Identity, Identity]
    data_dir: Path
    task: "asyncio.Task[None]"


@asynccontextmanager
async def running_bot(
    folder: Path,
    *,
    closed: tuple[str, ...] = (),
    clock: Clock | None = None,
    move_every: float = 0.1,
    malformed: bool = False,
    burst: int = 0,
    send_rate: float = 0,
    tidy_after: float = 300.0,
    questionnaires: Mapping[str, Form] | None = None,
) -> AsyncIterator[Bot]:
    """An emulator and the bot, all consultations open but those `closed`.

    In the end the bot must not have ended by itself, and where the machine-readable Bot API is at hand nothing may have
    broken it, unless the test sends `malformed` updates itself.
    """
    clock = clock or SystemClock()
    identities = (new_identity(), new_identity())
    data_dir = folder / "data"
    await initialise(data_dir, [identity.recipient for identity in identities], clock, SystemChance())
    async with Emulator() as emulator:
        settings = Settings(
            bot_token=emulator.token,  # type: ignore[arg-type]  # pydantic makes it a SecretStr
            telegram_url=emulator.url,
            data_dir=data_dir,
            send_rate=send_rate,
            burst=burst,
            move_every=move_every,
            tidy_after=tidy_after,
            cancel_seconds=0.0,
            organisers="the Example Network",
        )
        async with open_service(settings, clock=clock, questionnaires=questionnaires) as service:
            for consultation in CONSULTATIONS:
                if consultation.id not in closed:
                    await service.stores.registry.set_intake(consultation.id, Intake(open=True, until=FAR))
            task = asyncio.create_task(service.run())
            try:
                yield Bot(emulator, service, identities, data_dir, task)
                if not malformed:
                    assert await emulator.violations() in ([], {"checked": False})
            finally:
                service.intake.stop()
                await task
