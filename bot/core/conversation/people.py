"""Who has a role: organizers see tags, never names; two of them together grant a role or end one; anybody may lay down
their own. The link that a grant comes to is made when whoever proposed it asks for it, shown once, and used once.

Every act is checked here against the roles of whoever presses. Not here: the rules (`bot.core.staff`), how it looks
(`handlers.writing.staff`).
"""

from collections.abc import Callable
from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core import staff as rules
from bot.core.consultations import CONSULTATIONS
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.errors import Refused
from bot.core.events import Appoint
from bot.core.outbox import Actor
from bot.core.people import Grant, Role
from bot.core.rights import STAFF, Right
from bot.core.session import Managed, Place
from bot.core.staff import Dropped, Ended, Held, Linked, Proposal, ProposalId, Proposed, Wish, about

ALL = "all"
"""How a button and the session name all consultations at once."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/people and its buttons."""
    if not isinstance(event, on.Appoints):
        return None
    if chat.world.staff is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Appoint.LIST:
        return _entered(chat, event.consultation)
    try:
        return _DO[event.do](chat, scope(event.consultation), event.argument)
    except Refused as error:
        return adds(_standing(chat), show.Line(f"error.{error.code}"))


def standing(chat: Chat) -> Outcome:
    """What was before the person, shown again."""
    return _standing(chat)


def scope(name: str) -> str | None:
    """A consultation as a button names it."""
    return None if name == ALL else name


def scopes(chat: Chat, right: Right) -> tuple[str | None, ...]:
    """Where this person has a right: consultations, and at the end all of them at once."""
    each = (*(one.id for one in CONSULTATIONS), None)
    return tuple(one for one in each if chat.may(right, one))


def waiting(chat: Chat, where: str | None, *wishes: Wish) -> tuple[show.Waiting, ...]:
    """What is proposed there, as this person sees it."""
    if chat.world.staff is None:
        return ()
    held = chat.world.staff.held()
    return tuple(
        show.Waiting(one, own=one.by == chat.world.actor)
        for one in chat.world.staff.proposals()
        if one.consultation == where and one.wish in wishes and rules.stands(one, held)
    )


def proposal(chat: Chat, wanted: str, *wishes: Wish) -> Proposal:
    """One that waits. Raises Refused `staff_over`."""
    known = () if chat.world.staff is None else chat.world.staff.proposals()
    for one in known:
        if one.id == wanted and one.wish in wishes:
            return one
    raise Refused("staff_over")


def propose(chat: Chat, wish: Wish, where: str | None, role: Role | None = None, whom: Actor | None = None) -> Proposed:
    """A new proposal of this person. Raises Refused `staff_not_yours`, `staff_too_many`."""
    world = chat.world
    new = Proposal(ProposalId(world.chance.hex(6)), wish, where, world.actor, role, whom)
    known = () if world.staff is None else world.staff.proposals()
    if sum(one.by == world.actor for one in known) >= rules.MOST_OPEN:
        raise Refused("staff_too_many")
    return Proposed(rules.checked(new, world.grants))


# Screens


def _standing(chat: Chat) -> Outcome:
    known = scopes(chat, Right.APPOINT)
    where = scope(chat.session.managed.consultation or "")
    return _page(chat, where) if chat.session.managed.consultation and where in known else _listed(chat)


def _entered(chat: Chat, wanted: str) -> Outcome:
    """Who can grant roles in one consultation only is at its page at once."""
    known = scopes(chat, Right.APPOINT)
    if wanted and scope(wanted) in known:
        return _page(chat, scope(wanted))
    return _page(chat, known[0]) if len(known) == 1 else _listed(chat)


def _own(chat: Chat) -> tuple[Grant, ...]:
    return tuple(grant for grant in chat.world.grants if grant.role in STAFF)


def _listed(chat: Chat) -> Outcome:
    screen = show.ShowStaff(chat.world.actor, _own(chat), scopes(chat, Right.APPOINT))
    session = replace(chat.session, place=Place.PEOPLE, managed=Managed())
    return Outcome(chat.profile, session, (screen,))


def _page(chat: Chat, where: str | None) -> Outcome:
    held: tuple[Held, ...] = () if chat.world.staff is None else chat.world.staff.held()
    screen = show.ShowPeople(
        where,
        chat.world.actor,
        tuple(one for one in held if one.grant.consultation == where),
        waiting(chat, where, Wish.GRANT, Wish.END),
        _own(chat),
        lone=len(scopes(chat, Right.APPOINT)) == 1,
    )
    session = replace(chat.session, place=Place.PEOPLE, managed=Managed(about(where)))
    return Outcome(chat.profile, session, (screen,))


# What is done


def _grant(chat: Chat, where: str | None, name: str) -> Outcome:
    role = _role(name)
    act = propose(chat, Wish.GRANT, where, role)
    return _done(chat, where, Deed("role_proposed", about(where), role.value), "people.proposed", act)


def _end(chat: Chat, where: str | None, name: str) -> Outcome:
    """To end another's role takes two; one's own is laid down."""
    kind, _, actor = name.partition(".")
    grant = Grant(_role(kind), where)
    held = () if chat.world.staff is None else chat.world.staff.held()
    if not any(one.actor == actor and one.grant == grant for one in held):
        raise Refused("role_unknown")
    act = propose(chat, Wish.END, where, grant.role, Actor(actor))
    return _done(chat, where, Deed("role_end_proposed", about(where), f"{kind} {actor}"), "people.proposed", act)


def _agree(chat: Chat, where: str | None, wanted: str) -> Outcome:
    found, world = proposal(chat, wanted, Wish.GRANT, Wish.END), chat.world
    held = () if world.staff is None else world.staff.held()
    now = rules.agreed(found, world.actor, world.grants, held)
    where = found.consultation
    if found.wish is Wish.GRANT and found.role is not None:
        deed = Deed("role_agreed", about(where), found.role.value)
        return _done(chat, where, deed, "people.agreed_now", rules.Agreed(now))
    grant = found.grant
    if grant is None or found.whom is None or not any(one.actor == found.whom and one.grant == grant for one in held):
        raise Refused("role_unknown")
    ended = Ended(found.whom, grant)
    deed = Deed("role_ended", about(where), f"{grant.role.value} {found.whom}")
    return _done(chat, where, deed, "people.ended_now", Dropped(found.id), ended)


def _drop(chat: Chat, where: str | None, wanted: str) -> Outcome:
    """Whoever could agree may also refuse, and whoever proposed it may take it back."""
    found = proposal(chat, wanted, Wish.GRANT, Wish.END)
    where = found.consultation
    if not chat.may(found.right, where):
        raise Refused("staff_not_yours")
    detail = "" if found.role is None else found.role.value
    return _done(chat, where, Deed("role_refused", about(where), detail), "people.dropped", Dropped(found.id))


def _link(chat: Chat, where: str | None, wanted: str) -> Outcome:
    """Made only now, for whoever proposed it; the two who stand behind it must both still have the right."""
    found, world = proposal(chat, wanted, Wish.GRANT), chat.world
    where = found.consultation
    held = () if world.staff is None else world.staff.held()
    if found.agreed is None or found.by != world.actor:
        raise Refused("staff_not_yours")
    if not rules.stands(found, held) or not rules.has(held, found.agreed, found.right, where):
        raise Refused("staff_proposer_gone")
    token, expires = rules.token_of(world.chance.hex(16)), world.now + rules.LINK_HOURS * 3600
    invite = rules.invite(found)
    outcome = _acted(chat, Linked(found, token, expires))
    session = replace(chat.session, place=Place.PEOPLE, managed=Managed(about(where)))
    deed = Deed("invite_made", about(where), invite.role.value)
    return replace(
        outcome, session=session, effects=(show.ShowRoleLink(invite.role, where, token, expires),), deeds=(deed,)
    )


def _lay(chat: Chat, where: str | None, name: str) -> Outcome:
    grant = Grant(_role(name), where)
    if grant not in _own(chat):
        raise Refused("role_unknown")
    return chat.shows(show.AskLayDown(grant))


def _laid(chat: Chat, where: str | None, name: str) -> Outcome:
    grant = Grant(_role(name), where)
    if grant not in _own(chat):
        raise Refused("role_unknown")
    left = tuple(one for one in chat.world.grants if one != grant)
    after = replace(chat, world=replace(chat.world, grants=left), session=replace(chat.session, place=Place.HOME))
    after = replace(after, session=replace(after.session, managed=Managed()))
    outcome = adds(after.again(), show.Line("people.laid"))
    deeds = (Deed("role_laid_down", about(where), grant.role.value),)
    return replace(outcome, staff=(Ended(chat.world.actor, grant),), deeds=deeds)


def _role(name: str) -> Role:
    """Raises Refused `role_unknown`."""
    if name not in STAFF:
        raise Refused("role_unknown")
    return Role(name)


def _acted(chat: Chat, *acts: rules.Act) -> Outcome:
    return Outcome(chat.profile, chat.session, (), staff=acts)


def _done(chat: Chat, where: str | None, deed: Deed, told: str, *acts: rules.Act) -> Outcome:
    """What was done is said in a line; the page is behind /people, as it stands once this is kept."""
    session = replace(chat.session, place=Place.PEOPLE, managed=Managed(about(where)))
    screen = show.ShowDone(told, where)
    return Outcome(chat.profile, session, (screen,), staff=acts, deeds=(deed,))


_DO: dict[Appoint, Callable[[Chat, str | None, str], Outcome]] = {
    Appoint.GRANT: _grant,
    Appoint.END: _end,
    Appoint.AGREE: _agree,
    Appoint.DROP: _drop,
    Appoint.LINK: _link,
    Appoint.LAY: _lay,
    Appoint.LAID: _laid,
}
