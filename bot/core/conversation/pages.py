"""Pages that can be read at any time without leaving the present step: language, help, privacy, briefings."""

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Outcome


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Pages to read."""
    match event:
        case on.Opened(page=on.Page.LANGUAGE):
            return chat.shows(show.ShowLanguage(first=not chat.profile.language_chosen))
        case on.Opened(page=on.Page.HELP):
            return chat.shows(show.ShowHelp(frozenset(grant.role for grant in chat.world.grants)))
        case on.Opened(page=on.Page.PRIVACY):
            return chat.shows(show.ShowPrivacy(chat.comes_for, chat.hidden))
        case on.Reads():
            return chat.shows(show.ShowCard(event.topic, event.card)) if event.topic else None
    return None
