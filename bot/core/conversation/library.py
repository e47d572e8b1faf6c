"""What organizers wrote, to read: for whoever joined the consultation, also when it is closed.

Who reads what is kept nowhere. Not here: writing it (`briefings`), the cards that come with the program (`pages`).
"""

from bot.core import events as on
from bot.core import screens as show
from bot.core.briefings import Briefing, BriefingId
from bot.core.conversation.chat import Chat, Outcome
from bot.core.rights import Right


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """The library's first page, a consultation's briefings, one of them."""
    match event:
        case on.Reads(topic=None):
            return _topics(chat)
        case on.ReadsBriefing(briefing=""):
            return _listed(chat, event.consultation, event.page)
        case on.ReadsBriefing():
            return _opened(chat, event.briefing, event.page)
    return None


def _topics(chat: Chat) -> Outcome:
    found = tuple(one for one in chat.profile.joined if _of(chat, one))
    return chat.shows(show.ShowTopics(found))


def _of(chat: Chat, consultation: str) -> tuple[Briefing, ...]:
    """What may be read of a consultation, the newest first."""
    if chat.world.briefings is None or not _may(chat, consultation):
        return ()
    return tuple(one for one in chat.world.briefings.briefings((consultation,)) if one.readable)


def _may(chat: Chat, consultation: str) -> bool:
    joined = chat.accepted and consultation in chat.profile.joined and chat.kept_out(consultation) is None
    return joined or chat.may(Right.BRIEF, consultation)


def _listed(chat: Chat, consultation: str, first: int) -> Outcome:
    found = _of(chat, consultation)
    if not found:
        return _topics(chat)
    return chat.shows(show.ShowBriefings(consultation, found, min(max(first, 0), len(found) - 1)))


def _opened(chat: Chat, wanted: str, page: int) -> Outcome:
    found = None if chat.world.briefings is None else chat.world.briefings.briefing(BriefingId(wanted))
    if found is None or not found.readable or not _may(chat, found.consultation):
        gone = chat.world.briefings is not None and found is not None and _may(chat, found.consultation)
        outcome = _listed(chat, found.consultation, 0) if gone and found is not None else _topics(chat)
        return Outcome(outcome.profile, outcome.session, (show.Toast("briefing.gone"), *outcome.effects))
    return chat.shows(show.ShowBriefing(found, page))
