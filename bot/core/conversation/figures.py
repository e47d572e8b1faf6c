"""Organizers look how it goes: numbers of a consultation, and where little came in. From there, the draft of an ask.

Every act is checked here against the roles of the person who presses. What may be shown of a number was decided before
it came here (`bot.core.figures`). Not here: how it looks (`handlers.writing.figures`), drafts (`broadcasts`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation import broadcasts
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.events import Figure
from bot.core.figures import Figures
from bot.core.outbox import Text
from bot.core.rights import Right
from bot.core.session import Looks, Place


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/figures and its buttons."""
    return _looks(chat, event) if isinstance(event, on.Looks) else None


def standing(chat: Chat) -> Outcome:
    """What the organizer looks at, shown again."""
    looks = chat.session.looks
    found = _found(chat, looks.consultation)
    if found is None:
        return _listed(chat)
    return _missing(chat, found) if looks.missing else _opened(chat, found)


def _found(chat: Chat, wanted: str | None) -> Figures | None:
    if wanted is None or chat.world.figures is None or not chat.may(Right.FIGURES, wanted):
        return None
    return chat.world.figures(wanted)


def _looks(chat: Chat, event: on.Looks) -> Outcome:
    runs = chat.runs(Right.FIGURES)
    if chat.world.figures is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Figure.LIST and len(runs) > 1:
        return _listed(chat)
    found = _found(chat, event.consultation or runs[0])
    if found is None:
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    match event.do:
        case Figure.PICTURE:
            return replace(_stands(chat, found.consultation), draws=found)
        case Figure.MISSING:
            return _missing(chat, found)
        case Figure.ASK:
            return _ask(chat, found, event.language)
    return _opened(chat, found)


def _listed(chat: Chat) -> Outcome:
    runs = chat.runs(Right.FIGURES)
    if chat.world.figures is None:
        return replace(chat, session=replace(chat.session, place=Place.HOME)).again()
    if len(runs) == 1:
        return _opened(chat, chat.world.figures(runs[0]))
    return _stands(chat, None, show.ListFigures(runs))


def _stands(chat: Chat, consultation: str | None, *effects: show.Screen, missing: bool = False) -> Outcome:
    session = replace(chat.session, place=Place.FIGURES, looks=Looks(consultation, missing))
    return Outcome(chat.profile, session, effects)


def _opened(chat: Chat, found: Figures) -> Outcome:
    shown = show.ShowFigures(found, others=len(chat.runs(Right.FIGURES)) > 1)
    return _stands(chat, found.consultation, shown)


def _missing(chat: Chat, found: Figures) -> Outcome:
    shown = show.ShowMissing(found, found.missing(chat.spoken(found.consultation)))
    return _stands(chat, found.consultation, shown, missing=True)


def _ask(chat: Chat, found: Figures, language: str) -> Outcome:
    """A draft for readers of this language, or of all in which little came in; its words are only a beginning."""
    wanted = found.missing(chat.spoken(found.consultation))
    if language:
        wanted = tuple(one for one in wanted if one == language)
    if not wanted or chat.world.outbox is None:
        return adds(_missing(chat, found), show.Toast("dialogue.outdated"))
    texts = {one: Text(chat.world.wording(one, "figures.ask.text")) for one in wanted}
    return adds(broadcasts.drafted(chat, found.consultation, wanted, texts), show.Line("figures.drafted"))
