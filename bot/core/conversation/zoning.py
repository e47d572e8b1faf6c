"""The time zone in which a person reads times: offered by city, or typed. Not here: the zones (`locales.zones`)."""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.session import Place


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/zone, its buttons, and the city that is typed."""
    match event:
        case on.ChoosesZone(zone=None):
            return standing(chat)
        case on.ChoosesZone(zone=wanted) if wanted is not None:
            return _chosen(chat, wanted)
        case on.Speaks() if chat.session.place is Place.ZONE and event.said.step is None:
            return _chosen(chat, event.said.text)
    return None


def standing(chat: Chat) -> Outcome:
    """The zone that holds, and others of the regions in which the person takes part or which they run."""
    about = (chat.session.managed.consultation, chat.consultation)
    regions = [BY_ID[one] for one in about if one is not None and one in BY_ID]
    offered = dict.fromkeys(zone for one in regions for zone in (one.zone, *one.zones))
    present = chat.profile.zone or (regions[0].zone if regions else None)
    return chat.stands(Place.ZONE, show.AskZone(present, (*offered, "UTC"), about[0]))


def _chosen(before: Chat, wanted: str) -> Outcome:
    found = before.world.find_zone(wanted)
    if found is None:
        return adds(standing(before), show.Line("error.outbox_bad_zone"))
    chat = replace(before, profile=replace(before.profile, zone=found))
    draft = chat.session.draft
    place = Place.DIALOGUE if draft is not None and not draft.stopped else Place.HOME
    if chat.session.managed.consultation is not None:
        place = Place.MANAGING
    return adds(replace(chat, session=replace(chat.session, place=place)).again(), show.Toast("zone.kept"))
