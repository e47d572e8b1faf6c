"""/export: the sealed export for who holds the role of the secretariat, after it was said twice that it is to be sent.

It is ciphertext, the same as `micic export` writes; nothing of it can be read here or in the chat.
Not here: making the file (`bot.app` has it made), how the screens look (`handlers.writing.exporting`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.rights import Right
from bot.core.session import Managed, Place

ALL = "all"
PLACES = (Place.EXPORTING, Place.EXPORT_SURE)


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """The command and its buttons; every one is checked against the roles of whoever presses."""
    if not isinstance(event, on.Exports):
        return None
    if event.do is on.Export.LIST:
        return _listed(chat)
    if event.consultation not in choices(chat):
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    if event.do is on.Export.CHOOSE:
        return _asked(chat, event.consultation, Place.EXPORTING)
    asked = chat.session.place if chat.session.managed.consultation == event.consultation else None
    if event.do is on.Export.SURE and asked in PLACES:
        return _asked(chat, event.consultation, Place.EXPORT_SURE)
    if event.do is on.Export.SEND and asked is Place.EXPORT_SURE:
        return _sent(chat, event.consultation)
    return adds(_listed(chat), show.Toast("dialogue.outdated"))


def choices(chat: Chat) -> tuple[str, ...]:
    """Consultations whose export this person may have: each by itself, and all for who has the role everywhere."""
    known = chat.runs(Right.EXPORT)
    return (ALL, *known) if chat.may(Right.EXPORT, None) else known


def standing(chat: Chat) -> Outcome:
    """What was before this person, shown again."""
    known, chosen = choices(chat), chat.session.managed.consultation
    return _asked(chat, chosen, chat.session.place) if chosen in known and chosen is not None else _listed(chat)


def _listed(chat: Chat) -> Outcome:
    known = choices(chat)
    if len(known) == 1:
        return _asked(chat, known[0], Place.EXPORTING)
    return _at(chat, None, Place.EXPORTING, show.ShowExport(known))


def _asked(chat: Chat, consultation: str, place: Place) -> Outcome:
    sure = place is Place.EXPORT_SURE
    return _at(chat, consultation, place, show.ShowExport(choices(chat), consultation, sure))


def _at(chat: Chat, consultation: str | None, place: Place, screen: show.Screen) -> Outcome:
    session = replace(chat.session, place=place, managed=Managed(consultation))
    return Outcome(chat.profile, session, (screen,))


def _sent(chat: Chat, consultation: str) -> Outcome:
    """Where the person was is over, so that the same press again is out of date."""
    home = replace(chat, session=replace(chat.session, place=Place.HOME, managed=Managed())).again()
    outcome = adds(home, show.Line("export.coming"))
    return replace(outcome, exports=consultation, deeds=(Deed("export_sent", consultation),))
