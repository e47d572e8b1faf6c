"""A chat as a whole: profile + session + event give a new profile, a new session and what to show.

Each room of the chat is a module with `take(chat, event)`, which answers the events that are its own and None for all
others. Rooms before the notice is accepted are asked first. A new room is a module here, its events and screens, and
one line below. Pure. Not here: questions and answers (`dialogue.engine`), Telegram (`handlers`), storage.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation import (
    admitting,
    answering,
    arrival,
    asking,
    briefings,
    broadcasts,
    carrying,
    dialogues,
    doors,
    exporting,
    figures,
    forms,
    founding,
    freezing,
    home,
    inviting,
    leaving,
    library,
    managing,
    pages,
    people,
    receipts,
    signing,
    tidying,
    versions,
    zoning,
)
from bot.core.conversation.chat import Chat, Effect, Outcome, World
from bot.core.conversation.counting import counted
from bot.core.dialogue.draft import REVIEW
from bot.core.people import Profile
from bot.core.session import Managed, Place, Session

Room = Callable[[Chat, on.Event], Outcome | None]

OPEN_ROOMS: tuple[Room, ...] = (
    arrival.take,
    leaving.take,
    tidying.take,
    receipts.take,
    signing.take,
    versions.take,
    carrying.take,
    library.take,
    pages.take,
)
"""Asked in this order, whether or not the notice was accepted."""

ROOMS: tuple[Room, ...] = (
    answering.take,
    asking.take,
    managing.take,
    founding.take,
    figures.take,
    admitting.take,
    inviting.take,
    people.take,
    freezing.take,
    zoning.take,
    exporting.take,
    home.take,
    broadcasts.take,
    briefings.take,
    forms.take,
    dialogues.take,
)
"""Asked in this order once the notice was accepted."""


_MANAGED = (Place.MANAGING, Place.ZONE, Place.PEOPLE, *exporting.PLACES)
"""Where an organizer has one consultation before them."""


def converse(profile: Profile, session: Session, event: on.Event, world: World) -> Outcome:
    """What follows from one event. Never raises for anything a person may do."""
    chat = doors.outside(admitting.present_in(Chat(profile, session, world, _standing)))
    outcome = counted(chat, freezing.stopped(chat, _answered(chat, event)))
    if chat.accepted and event != on.Resumes(now=False):
        outcome = admitting.told(chat, outcome)
    if outcome.session.signing is not None and outcome.session.place is not Place.SIGNING:
        # It holds a receipt, which must not stay longer than it is needed.
        outcome = replace(outcome, session=replace(outcome.session, signing=None))
    if outcome.session.letter is not None and outcome.session.place not in (Place.ASKING, Place.ANSWERING):
        outcome = replace(outcome, session=replace(outcome.session, letter=None))
    if outcome.session.inviting is not None and outcome.session.place is not Place.INVITING:
        # It may hold the token of an invite, or somebody's code, which must not stay longer than their page.
        outcome = replace(outcome, session=replace(outcome.session, inviting=None))
    if outcome.session.proof.draft is not None and outcome.session.place is not Place.FORMS:
        # Whoever goes elsewhere has left the rehearsal.
        outcome = replace(outcome, session=replace(outcome.session, proof=replace(outcome.session.proof, draft=None)))
    if outcome.session.managed.consultation is not None and outcome.session.place not in _MANAGED:
        outcome = replace(outcome, session=replace(outcome.session, managed=Managed()))
    if isinstance(event, on.Checks | on.Withdraws | on.Amends) and outcome.session.place is Place.REPLYING:
        # The person went back to the receipt: no words to the point are waited for any longer.
        outcome = replace(outcome, session=replace(outcome.session, place=Place.HOME))
    if outcome.session.replying is not None and outcome.session.place is not Place.REPLYING:
        outcome = replace(outcome, session=replace(outcome.session, replying=None))
    return outcome


def _answered(chat: Chat, event: on.Event) -> Outcome:
    for room in OPEN_ROOMS:
        if (outcome := room(chat, event)) is not None:
            return outcome
    if not chat.accepted:
        return arrival.not_yet(chat, event)
    event = managing.chosen(chat, event)
    if doors.shut(chat, event):
        return chat.again(show.Toast("dialogue.outdated"))
    if (outcome := freezing.held(chat, event)) is not None:
        return outcome
    for room in ROOMS:
        if (outcome := room(chat, event)) is not None:
            return outcome
    match event:
        case on.SendsOther():
            return chat.again(show.Line(f"other.{event.kind}"))
        case on.Unknown(command=True):
            return chat.again(show.Line("command.unknown"))
        case on.Unknown():
            return chat.again(show.Toast("dialogue.outdated"))
    return chat.again()


def present(profile: Profile, session: Session, world: World) -> Outcome:
    """Show the present step again, as after a restart."""
    return admitting.present_in(Chat(profile, session, world, _standing)).again()


def _standing(chat: Chat) -> Outcome:
    """The screen at which the chat stands."""
    chat = doors.outside(chat)
    place = chat.session.place
    if place in (Place.LEFT, Place.LANGUAGE) and not chat.profile.language_chosen:
        return chat.stands(Place.LANGUAGE, show.ShowLanguage(first=True))
    if not chat.accepted:
        if place in arrival.QUESTIONS:
            return arrival.asking(chat)
        return arrival.notice(chat)
    if place is Place.PEOPLE:
        return people.standing(chat)
    if place is Place.FREEZING:
        return freezing.standing(chat)
    if place is Place.DIALOGUE and chat.session.draft is not None and not chat.session.draft.stopped:
        if chat.world.frozen(chat.session.draft.consultation):
            return freezing.told(chat, chat.session.draft.consultation)
        return dialogues.standing(chat)
    if place is Place.SIGNING and chat.session.signing is not None:
        return signing.standing(chat)
    if place is Place.REPLYING and chat.session.replying is not None:
        return carrying.standing(chat)
    if place is Place.RECEIPT and chat.profile.joined:
        return chat.shows(show.AfterReceipt(chat.profile.joined[-1], group=chat.speaks_for is not None))
    if place is Place.BROADCASTS:
        return broadcasts.standing(chat)
    if place is Place.FIGURES:
        return figures.standing(chat)
    if place is Place.BRIEFINGS:
        return briefings.standing(chat)
    if place is Place.ASKING:
        return asking.standing(chat)
    if place is Place.ANSWERING:
        return answering.standing(chat)
    if place is Place.MANAGING:
        return managing.standing(chat)
    if place is Place.FOUNDING:
        return founding.standing(chat)
    if place is Place.INVITING:
        desk = chat.session.inviting
        by_code = desk is not None and desk.screen in admitting.PAGES
        return admitting.standing(chat) if by_code else inviting.standing(chat)
    if place is Place.FORMS:
        return forms.standing(chat)
    if place is Place.ZONE:
        return zoning.standing(chat)
    if place in exporting.PLACES:
        return exporting.standing(chat)
    if place is Place.CONSULTATIONS:
        return chat.lists()
    return home.home(chat)


__all__ = ["REVIEW", "Chat", "Effect", "Outcome", "World", "converse", "present"]
