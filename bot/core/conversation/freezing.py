"""The emergency stop. One organizer stops a consultation, or all of them; two others, or the operator, let it go on.

While something stands still nothing is taken for it: whoever writes is told so, and what was kept stays as it is. What
people can do about what they have sent, reading, and leaving are never stopped. Not here: what else stands still
(`handlers.broadcasting`, `handlers.reminding`, the command line), how long drafts live then (`storage.sealed`).
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core import staff as rules
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.conversation.people import proposal, propose, scope, scopes, waiting
from bot.core.dialogue.events import Do
from bot.core.errors import Refused
from bot.core.events import Ask, Bring, Halt
from bot.core.rights import Right, may
from bot.core.session import Managed, Place
from bot.core.staff import Dropped, Frozen, Thawed, Wish, about

_WRITES = (Place.HOME, Place.CONSULTATIONS, Place.DIALOGUE, Place.RECEIPT, Place.ASKING)
"""Where what somebody writes or sends would be taken for a consultation."""
_ASKS = (Ask.OPEN, Ask.MORE, Ask.SEND, Ask.AGAIN)


def held(chat: Chat, event: on.Event) -> Outcome | None:
    """What is answered while it stands still to whatever would be taken; None for all that goes on."""
    draft, place, desk = chat.session.draft, chat.session.place, chat.session.inviting
    if isinstance(event, on.Brings) and event.do in (Bring.NEW, Bring.MAKE):
        where = event.target if event.do is Bring.NEW or desk is None else desk.consultation
        return chat.shows(show.Line("error.staff_frozen")) if chat.world.frozen(where) else None
    consultation = chat.consultation if draft is None else draft.consultation
    if consultation is None or not chat.world.frozen(consultation):
        return None
    match event:
        case on.Presses() if event.pressed.do is Do.ERASE:
            return None
        case on.Begins() | on.Presses() | on.Rewrites():
            return told(chat, consultation)
        case on.Speaks() | on.SendsOther() if place in _WRITES:
            return told(chat, consultation)
        case on.Asks() if event.do in _ASKS:
            return told(chat, consultation)
    return None


def told(chat: Chat, consultation: str) -> Outcome:
    """It stands still: said plainly, with what was kept and what can be done."""
    return chat.shows(show.ShowFrozen(consultation, draft=chat.session.draft is not None))


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/freeze and its buttons."""
    if not isinstance(event, on.Halts):
        return None
    if not scopes(chat, Right.FREEZE) or chat.world.staff is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Halt.LIST:
        return _page(chat)
    try:
        return _DO[event.do](chat, scope(event.consultation), event.argument)
    except Refused as error:
        return adds(_page(chat), show.Line(f"error.{error.code}"))


def standing(chat: Chat) -> Outcome:
    """What was before the person, shown again."""
    if not scopes(chat, Right.FREEZE):
        return replace(chat, session=replace(chat.session, place=Place.HOME, managed=Managed())).again()
    return _page(chat)


def _page(chat: Chat) -> Outcome:
    freezes = {} if chat.world.staff is None else chat.world.staff.freezes()
    lines = tuple(
        show.Stand(one, freezes.get(one), waiting(chat, one, Wish.THAW)) for one in scopes(chat, Right.FREEZE)
    )
    session = replace(chat.session, place=Place.FREEZING, managed=Managed())
    return Outcome(chat.profile, session, (show.ShowFreezes(lines),))


def _yours(chat: Chat, where: str | None) -> None:
    if not may(chat.world.grants, Right.FREEZE, where) or where not in scopes(chat, Right.FREEZE):
        raise Refused("staff_not_yours")


def _freeze(chat: Chat, where: str | None, _: str) -> Outcome:
    _yours(chat, where)
    return chat.shows(show.AskFreeze(where))


def _frozen(chat: Chat, where: str | None, _: str) -> Outcome:
    _yours(chat, where)
    # Whoever stops it once more does not want what was proposed before.
    refused = (Dropped(one.proposal.id) for one in waiting(chat, where, Wish.THAW))
    return _done(chat, Deed("frozen", about(where)), "freeze.done", *refused, Frozen(where))


def _thaw(chat: Chat, where: str | None, _: str) -> Outcome:
    _yours(chat, where)
    if chat.world.staff is None or where not in chat.world.staff.freezes():
        raise Refused("staff_over")
    act = propose(chat, Wish.THAW, where)
    return _done(chat, Deed("thaw_proposed", about(where)), "freeze.proposed", act)


def _agree(chat: Chat, _: str | None, wanted: str) -> Outcome:
    found, world = proposal(chat, wanted, Wish.THAW), chat.world
    rules.agreed(found, world.actor, world.grants, () if world.staff is None else world.staff.held())
    where = found.consultation
    return _done(chat, Deed("thawed", about(where)), "freeze.over", Dropped(found.id), Thawed(where))


def _drop(chat: Chat, _: str | None, wanted: str) -> Outcome:
    found = proposal(chat, wanted, Wish.THAW)
    _yours(chat, found.consultation)
    return _done(chat, Deed("thaw_refused", about(found.consultation)), "people.dropped", Dropped(found.id))


def _done(chat: Chat, deed: Deed, said: str, *acts: rules.Act) -> Outcome:
    session = replace(chat.session, place=Place.FREEZING, managed=Managed())
    return Outcome(chat.profile, session, (show.ShowDone(said, None, freeze=True),), staff=acts, deeds=(deed,))


_DO: dict[Halt, Callable[[Chat, str | None, str], Outcome]] = {
    Halt.FREEZE: _freeze,
    Halt.FROZEN: _frozen,
    Halt.THAW: _thaw,
    Halt.AGREE: _agree,
    Halt.DROP: _drop,
}
