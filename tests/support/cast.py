"""Who takes part in a long story, and where they are seen: two organizers side by side in one window of the emulator's
page, the participants phone after phone in another that is 360 pixels wide. Nobody has met the bot yet.

Not here: what they do (`tests/journeys`).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.consultations import BY_ID, SIX, unlearn
from locales.catalogue import Catalogue
from tests.storage.world import SetClock
from tests.support.bot import Bot, running_bot
from tests.support.browser import window
from tests.support.emulator import Person
from tests.support.fingers import PATIENCE, Fingers, Patient
from tests.support.heard import Heard

_CATALOGUE = Catalogue.load()


@dataclass(frozen=True)
class Walker:
    """A participant: by hand in the page, or the same phone over HTTP."""

    language: str
    words: str
    """What they have to say."""
    hand: Fingers
    quick: Person

    def say(self, key: str, **values: str | int) -> str:
        """A sentence of the bot in their language."""
        return _CATALOGUE.text(self.language, key, **values)


@dataclass
class Cast:
    """Everybody; of the participants those of one language stand together."""

    bot: Bot
    clock: SetClock
    heard: Heard
    ana: Fingers
    bo: Fingers
    people: list[Walker]
    pictures: int = 0

    def of(self, language: str) -> list[Walker]:
        """The participants who read it."""
        return [one for one in self.people if one.language == language]

    @property
    def made(self) -> str:
        """The consultation that is not one of the six."""
        (name,) = set(BY_ID) - {one.id for one in SIX}
        return name

    def link(self, token: str) -> str:
        """The address of an invite."""
        return f"https://t.me/{self.bot.emulator.running.world.username}?start={token}"

    async def picture(self, who: Fingers, name: str) -> None:
        """The window of that person, numbered."""
        self.pictures += 1
        await who.picture(f"story-{self.pictures:02d}-{name}")


@asynccontextmanager
async def cast(
    folder: Path, begins: float, names: Mapping[str, Sequence[str]], words: Mapping[str, str]
) -> AsyncIterator[Cast]:
    """The bot on a day of ours, epoch seconds; the participants' names, and what they have to say, by language."""
    clock, heard = SetClock(begins), Heard()
    unlearn()
    async with AsyncExitStack() as stack:
        stack.callback(unlearn)
        bot = await stack.enter_async_context(running_bot(folder, clock=clock))
        emulator = bot.emulator
        await emulator.advance(begins - emulator.running.world.now())
        emulator.running.world.listeners.append(heard.hear)
        runners = [await emulator.person(first_name=name, role="organizer") for name in ("Ana", "Bo")]
        people = [
            (language, await emulator.person(language_code=language, first_name=name, username=f"walker_{name}"))
            for language, own in names.items()
            for name in own
        ]
        office, street = [
            await stack.enter_async_context(
                window(emulator.url, width=width, height=1000, people=[one.id for one in shown], patience=PATIENCE)
            )
            for width, shown in ((900, runners), (360, [one for _, one in people]))
        ]
        ana, bo = (Fingers(person, office) for person in runners)
        walkers = [
            Walker(language, words[language], Fingers(person, street), Patient(person)) for language, person in people
        ]
        yield Cast(bot, clock, heard, ana, bo, walkers)
