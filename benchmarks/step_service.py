"""The bot itself, with chats that stand at the question for their recommendation, a prompt with buttons above.

`python -m benchmarks.step_service URL TOKEN FOLDER FIRST_CHAT CHATS [SEND_RATE RECIPIENTS]`. Everything is what
`micic run` uses; only the people are put into the stores instead of talking their way there. With RECIPIENTS, a
broadcast to so many others begins at once.
"""

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from benchmarks.broadcast import approve
from bot.app import SystemChance, SystemClock, open_service
from bot.core import events as on
from bot.core.consultations import Intake
from bot.core.conversation import World, converse
from bot.core.dialogue.events import Do, Pressed
from bot.core.dialogue.questionnaire import Kind
from bot.core.people import NOTICE, ChatId, Profile, UpdateId
from bot.core.ports import Change
from bot.core.session import Place, Prompt, Session, View
from bot.logs import configure
from bot.questionnaires.library import library
from bot.sealing import new_identity
from bot.settings import Settings
from storage.factory import Stores, initialise

CONSULTATION = "eeca"
LANGUAGES = ("en", "fr", "ar")
TOGETHER = 250
"""Chats put into the stores at a time."""


def at_the_question(profile: Profile, stores: Stores) -> Session:
    """A session that stands at the form's first question for a text."""
    forms = dict(library())
    world = World(
        day="2026-11-22",
        now=SystemClock().now(),
        notice=NOTICE,
        languages=LANGUAGES,
        intake=stores.store.intake,
        grants=(),
        forms=forms,
        chance=SystemChance(),
        standing=stores.store.standing,
    )
    session = converse(profile, Session(0, Place.HOME), on.Begins(), world).session
    while True:
        draft = session.draft
        assert draft is not None
        question = forms[draft.questionnaire].questionnaire.question(draft.step)
        if question is not None and question.kind is Kind.TEXT:
            return session
        do = Do.SKIP if question is None or not question.required else Do.CHOOSE
        press = on.Presses(draft.contribution, Pressed(do, draft.visit))
        after = converse(profile, session, press, world).session
        if after == session:
            raise AssertionError(f"stuck at {draft.step}")
        session = after


async def settle_in(stores: Stores, chats: range) -> None:
    """Put people into the stores."""
    await stores.registry.set_intake(CONSULTATION, Intake(open=True, until=4_000_000_000.0))
    profiles = [Profile(language, True, NOTICE, joined=(CONSULTATION,)) for language in LANGUAGES]
    sessions = [at_the_question(profile, stores) for profile in profiles]
    chance = SystemChance()

    async def one(number: int) -> None:
        chat, kind = ChatId(number), number % len(LANGUAGES)
        session = sessions[kind]
        assert session.draft is not None
        draft = replace(session.draft, contribution=type(session.draft.contribution)(chance.hex(16)))
        view = View(prompt=Prompt(10, draft.step, draft.visit))
        await stores.store.keep_profile(chat, profiles[kind])
        mine = replace(session, chat=number, draft=draft)
        await stores.store.commit(Change(UpdateId(number), chat, mine, view=view, owed=False))

    for start in range(0, len(chats), TOGETHER):
        await asyncio.gather(*(one(number) for number in chats[start : start + TOGETHER]))
    stores.store.forget_recent(everything=True)


async def main() -> None:
    """Run until SIGTERM."""
    url, token, folder, first, count, *more = sys.argv[1:]
    rate, recipients = (float(more[0]), int(more[1])) if more else (0.0, 0)
    configure("warning", "json")
    data = Path(folder) / "data"
    if not data.exists():
        await initialise(data, [new_identity().recipient for _ in range(2)], SystemClock(), SystemChance())
    settings = Settings(bot_token=SecretStr(token), telegram_url=url, data_dir=data, send_rate=rate, burst=0)
    async with open_service(settings) as service:
        await settle_in(service.stores, range(int(first), int(first) + int(count)))
        if recipients:
            await approve(service.stores, recipients, SystemClock().now())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, service.intake.stop)
        print('"ready"', flush=True)
        await service.run()


if __name__ == "__main__":
    asyncio.run(main())
