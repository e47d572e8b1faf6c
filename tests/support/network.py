"""An organizing network in front of the emulator: organizers by invite, participants who want news.

Everybody has read the notice already; what is walked here is the organizers' work. Not here: arriving (`journeys`).
"""

from collections.abc import Sequence

from bot.core.people import NOTICE, ChatId, Invite, Profile, Role
from tests.support.bot import Bot
from tests.support.emulator import Message, Person, buttons, text_of

CONSULTATION = "eeca"


async def member(bot: Bot, language: str, *, news: bool = True, consultation: str = CONSULTATION) -> Person:
    """Somebody who takes part in a consultation and, usually, wants its news."""
    person = await bot.emulator.person(language_code=language)
    bot.emulator.running.world.chats[person.id].started = True
    await bot.service.stores.store.keep_profile(
        ChatId(person.id), Profile(language, True, NOTICE, (consultation,), (consultation,) if news else ())
    )
    return person


async def organizer(bot: Bot, language: str = "en", consultation: str | None = CONSULTATION) -> Person:
    """Somebody who opened an invite for organizers."""
    person = await member(bot, language, news=False)
    token = await bot.service.stores.registry.new_invite(Invite(Role.ORGANIZER, consultation), 1, None)
    await person.start(token)
    await person.wait_for(
        lambda message: any(one.get("callback_data", "").startswith("m:") for one in buttons(message))
    )
    return person


async def members(bot: Bot, count: int, languages: Sequence[str] = ("en", "fr", "ar", "ru")) -> list[Person]:
    """So many participants, in turn of these languages."""
    return [await member(bot, languages[at % len(languages)]) for at in range(count)]


async def begin(person: Person) -> Message:
    """Open the broadcasts and begin a new one; the screen of its texts."""
    await person.send("/broadcasts")
    await person.press("+ E. Europe")
    return await person.wait_for_text("Choose a language to write")


async def write(person: Person, language: str, text: str) -> Message:
    """Write the text of one language, from the screen of the texts."""
    await person.press(language)
    await person.wait_for(lambda message: "as one message now" in text_of(message) and language in text_of(message))
    sent = await person.send(text)
    return await person.wait_for_text("Choose a language to write", after=sent["message_id"])


async def propose(person: Person) -> Message:
    """Look at everything and ask for approval, from the overview."""
    await person.press("Look at everything")
    await person.press("Ask for approval")
    return await person.wait_for_text("It waits for another organizer")


async def approve(person: Person) -> Message:
    """Find what waits and approve it."""
    sent = await person.send("/broadcasts")
    await person.wait_for_text("To write a new one", after=sent["message_id"])
    await person.press("Waits for approval")
    await person.press("Approve")
    return await person.wait_for_text("Recipients:")


async def texts(person: Person) -> list[str]:
    """What the bot said, as it stands."""
    return [text_of(message) for message in await person.received()]
