"""What is stored about a chat, and leaving, which erases that. What was handed in cannot be found by it and stays."""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Deed, Outcome
from bot.core.people import Profile, Role
from bot.core.rights import STAFF
from bot.core.session import Place, Session
from bot.core.staff import about


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/mydata and /forget."""
    match event:
        case on.Lists():
            return replace(chat.shows(), lists=True)
        case on.Forgets(sure=True):
            return leave(chat, show.Forgotten())
        case on.Forgets():
            return chat.shows(
                show.AskForget(acted=any(grant.role is not Role.PARTICIPANT for grant in chat.world.grants))
            )
    return None


def leave(chat: Chat, last: show.Goodbye | show.Forgotten) -> Outcome:
    """Erase. Whatever is known of the person: leaving may come again after a crash between two of our files."""
    gone = Session(chat.session.chat, place=Place.LEFT)
    held = [grant for grant in chat.world.grants if grant.role in STAFF]
    deeds = tuple(Deed("role_laid_down", about(grant.consultation), grant.role.value) for grant in held)
    return Outcome(Profile(chat.profile.language), gone, (last,), forget=True, deeds=deeds)
