"""Which right leads into each room of staff. Asked here, once, before any room is; whoever has lost it stands at home.

A right that somebody has in no consultation opens nothing at all. In which consultations they have it each room asks
the same table again (`Chat.runs`, `Chat.may`). Not here: which role has which right (`bot.core.rights`).
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core import events as on
from bot.core.conversation.chat import Chat
from bot.core.rights import Right, anywhere
from bot.core.session import Managed, Place

EVENTS: Mapping[type, Right] = {
    on.Manages: Right.MANAGE,
    on.Founds: Right.FOUND,
    on.Looks: Right.FIGURES,
    on.Offers: Right.FORM,
    on.Briefs: Right.BRIEF,
    on.Composes: Right.BROADCAST,
    on.Handles: Right.ANSWER,
    on.Brings: Right.INVITE,
    on.Admits: Right.INVITE,
    on.Appoints: Right.LAY_DOWN,
    on.Halts: Right.FREEZE,
    on.Exports: Right.EXPORT,
}
"""What is pressed or commanded. All other events are everybody's."""

PLACES: Mapping[Place, Right] = {
    Place.MANAGING: Right.MANAGE,
    Place.FOUNDING: Right.FOUND,
    Place.FIGURES: Right.FIGURES,
    Place.FORMS: Right.FORM,
    Place.BRIEFINGS: Right.BRIEF,
    Place.BROADCASTS: Right.BROADCAST,
    Place.ANSWERING: Right.ANSWER,
    Place.INVITING: Right.INVITE,
    Place.PEOPLE: Right.LAY_DOWN,
    Place.FREEZING: Right.FREEZE,
    Place.EXPORTING: Right.EXPORT,
    Place.EXPORT_SURE: Right.EXPORT,
}
"""Where what is typed or sent belongs to a room of staff. All other places are everybody's."""


def shut(chat: Chat, event: on.Event) -> bool:
    """Whether this person may not even ask."""
    right = EVENTS.get(type(event))
    return right is not None and not anywhere(chat.world.grants, right)


def outside(chat: Chat) -> Chat:
    """The same chat, at home if it stands where this person may be no longer."""
    right = PLACES.get(chat.session.place)
    if right is None or anywhere(chat.world.grants, right):
        return chat
    return replace(chat, session=replace(chat.session, place=Place.HOME, managed=Managed()))
