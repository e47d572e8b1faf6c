"""Leaving: everything that is kept about a chat is erased. What was handed in cannot be found by it and stays."""

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Outcome
from bot.core.people import Profile
from bot.core.session import Place, Session


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/forget."""
    if not isinstance(event, on.Forgets):
        return None
    return leave(chat, show.Forgotten()) if event.sure else chat.shows(show.AskForget())


def leave(chat: Chat, last: show.Goodbye | show.Forgotten) -> Outcome:
    """Erase. Whatever is known of the person: leaving may come again after a crash between two of our files."""
    gone = Session(chat.session.chat, place=Place.LEFT)
    return Outcome(Profile(chat.profile.language), gone, (last,), forget=True)
