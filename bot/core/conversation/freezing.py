"""The emergency stop. One organizer stops a consultation, or all of them; two others, or the operator, let it go on.

While something stands still nothing is taken for it: whoever writes is told so, and what was kept stays as it is. Staff
let nobody in, and send and publish nothing. What people can do about what they have sent, reading, and leaving are
never stopped, nor is what staff do to shut something. Not here: what else stands still
(`handlers.broadcasting`, `handlers.reminding`, the command line), how long drafts live then (`storage.sealed`).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core import staff as rules
from bot.core.admission import Membership
from bot.core.briefings import KeptBriefing
from bot.core.consultations import CONSULTATIONS, Access
from bot.core.consultations import Changed as ChangedIntake
from bot.core.conversation import asking
from bot.core.conversation.chat import Chat, Deed, Outcome, World, adds
from bot.core.conversation.people import ALL, proposal, propose, scope, scopes, waiting
from bot.core.dialogue.events import Do
from bot.core.errors import Refused
from bot.core.events import Ask, Halt
from bot.core.inquiries import Handled
from bot.core.invites import Changed, Made
from bot.core.outbox import Phase
from bot.core.rights import Right
from bot.core.session import Managed, Place
from bot.core.staff import Dropped, Frozen, Linked, Thawed, Wish, about

_WRITES = (Place.HOME, Place.CONSULTATIONS, Place.DIALOGUE, Place.RECEIPT, Place.ASKING)
"""Where what somebody writes or sends would be taken for a consultation."""
_ASKS = (Ask.OPEN, Ask.MORE, Ask.SEND, Ask.AGAIN)


def held(chat: Chat, event: on.Event) -> Outcome | None:
    """What is answered while it stands still to whatever would be taken; None for all that goes on."""
    place, consultation = chat.session.place, _taken_for(chat, event)
    if consultation is None or not chat.world.frozen(consultation):
        return None
    match event:
        case on.Presses() if event.pressed.do is Do.ERASE:
            return None
        case on.Begins() | on.Continues() | on.Presses() | on.Rewrites():
            return told(chat, consultation)
        case on.Speaks() | on.SendsOther() if place in _WRITES:
            return told(chat, consultation)
        case on.Asks() if event.do in _ASKS:
            return told(chat, consultation)
    return None


def _taken_for(chat: Chat, event: on.Event) -> str | None:
    """For which consultation it would be taken: a question has its own, whatever draft lies beside it."""
    draft, asks = chat.session.draft, chat.session.place is Place.ASKING
    match event:
        case on.Asks():
            return asking.concerns(chat, event)
        case on.Speaks() if asks and event.said.step is None:
            return asking.concerns(chat)
        case on.SendsOther() if asks:
            return asking.concerns(chat)
    return chat.consultation if draft is None else draft.consultation


def stopped(chat: Chat, outcome: Outcome) -> Outcome:
    """What somebody with a role does, unless it stands still where it would be done: then nothing of it happens."""
    if any(chat.world.frozen(one) for one in _reaches(chat.world, outcome)):
        return chat.again(show.Line("error.staff_frozen"))
    return outcome


def _reaches(world: World, outcome: Outcome) -> Iterator[str | None]:
    """Where something would be let in, go out or be read by others: the whole of what staff may not do meanwhile.

    What shuts, takes back or only prepares is not here, so it is never stopped.
    """
    for invite in outcome.invites:
        if isinstance(invite, Made):
            yield invite.invite.consultation
        elif isinstance(invite, Changed) and world.invites is not None:
            kept = world.invites.named(invite.id)
            yield None if kept is None else kept.invite.consultation
    if outcome.admission is not None and outcome.admission.state is Membership.ADMITTED:
        yield outcome.admission.consultation
    if outcome.broadcast is not None and outcome.broadcast.phase in (Phase.APPROVED, Phase.SENDING):
        yield outcome.broadcast.consultation
    yield from (act.inquiry.consultation for act in outcome.inquiries if isinstance(act, Handled) and act.tells)
    if outcome.briefing is not None and _appears(world, outcome.briefing):
        yield outcome.briefing.briefing.consultation
    if outcome.offers is not None:
        yield outcome.offers[0]
    if outcome.intake is not None and _opens(outcome.intake):
        yield outcome.intake.consultation
    if outcome.founds is not None:
        yield None
    yield from (act.proposal.consultation for act in outcome.staff if isinstance(act, Linked))
    if outcome.exports is not None:
        yield from (one.id for one in CONSULTATIONS if outcome.exports in (one.id, ALL))
    for effect in outcome.effects:
        if isinstance(effect, show.ShowNewInvite):
            yield effect.desk.consultation  # told before all of it is filled in


def _appears(world: World, kept: KeptBriefing) -> bool:
    """Whether people read something that they did not read before."""
    before = None if world.briefings is None else world.briefings.briefing(kept.briefing.id)
    return kept.freezes or (kept.briefing.readable and before is not None and not before.readable)


def _opens(changed: ChangedIntake) -> bool:
    """Whether more people could take part, longer, or in another way; an earlier end or fewer people only shut."""
    before, after = changed.before, changed.after
    if not after.open:
        return False
    return (
        not before.open
        or (after.access is not before.access and after.access is not Access.INVITE)
        or (after.until or math.inf) > (before.until or math.inf)
        or (after.opens or 0.0) < (before.opens or 0.0)
        or after.grace_hours > before.grace_hours
        or after.draft_hours != before.draft_hours
        or (before.final and not after.final)
    )


def told(chat: Chat, consultation: str) -> Outcome:
    """It stands still: said plainly, with what was kept and what can be done."""
    draft = chat.session.draft
    return chat.shows(show.ShowFrozen(consultation, draft=draft is not None and chat.world.frozen(draft.consultation)))


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/freeze and its buttons."""
    if not isinstance(event, on.Halts):
        return None
    if chat.world.staff is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Halt.LIST:
        return _page(chat)
    try:
        return _DO[event.do](chat, scope(event.consultation), event.argument)
    except Refused as error:
        return adds(_page(chat), show.Line(f"error.{error.code}"))


def standing(chat: Chat) -> Outcome:
    """What was before the person, shown again."""
    return _page(chat)


def _page(chat: Chat) -> Outcome:
    freezes = {} if chat.world.staff is None else chat.world.staff.freezes()
    lines = tuple(
        show.Stand(one, freezes.get(one), waiting(chat, one, Wish.THAW)) for one in scopes(chat, Right.FREEZE)
    )
    session = replace(chat.session, place=Place.FREEZING, managed=Managed())
    return Outcome(chat.profile, session, (show.ShowFreezes(lines),))


def _yours(chat: Chat, where: str | None) -> None:
    if not chat.may(Right.FREEZE, where) or where not in scopes(chat, Right.FREEZE):
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
