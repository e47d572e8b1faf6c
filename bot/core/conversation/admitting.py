"""Organizers let people in, suspend or remove them, by a code that the person tells; and the person's side of it.

Every act is checked here against the roles of whoever presses. Who stands behind a code is nowhere in it; a wrong one
is answered alike, whatever is wrong with it. Not here: the rules (`bot.core.admission`), invites (`inviting`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.admission import DIGITS, Admission, Code, Found, Membership, NewCode, as_code, code_of
from bot.core.conversation.chat import Chat, Deed, Outcome
from bot.core.events import Admit
from bot.core.people import Profile
from bot.core.rights import Right
from bot.core.session import Inviting, Place

STATES = {
    Admit.LET_IN: (Membership.ADMITTED, "person_admitted"),
    Admit.SUSPEND: (Membership.SUSPENDED, "person_suspended"),
    Admit.REMOVE: (Membership.REMOVED, "person_removed"),
}
"""What a button decides, and what the audit log calls it."""
PAGES = frozenset({"code", "person"})
"""Of `Session.inviting`, those that are shown here."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/code and its buttons; the organizers' buttons, and the codes that they type."""
    desk = chat.session.inviting
    match event:
        case on.Tells():
            return _own(chat, event.do)
        case on.Admits():
            return _admits(chat, event)
        case on.Speaks() if chat.session.place is Place.INVITING and desk is not None and desk.screen in PAGES:
            return _entered(chat, desk.consultation, event.said.text)
    return None


def standing(chat: Chat) -> Outcome:
    """The page of the work at hand, shown again."""
    desk = chat.session.inviting
    if desk is None or not chat.may(Right.INVITE, desk.consultation):
        return replace(chat, session=replace(chat.session, place=Place.HOME, inviting=None)).again()
    found = None if desk.code is None else chat.world.admission(Code(desk.code), desk.consultation)
    return _ask(chat, desk.consultation) if found is None else _person(chat, desk, found)


# The person


def _own(chat: Chat, do: on.Tell) -> Outcome:
    """One's own code: what it is for, a new one, none any more. It can be shown only when it is made."""
    if do is on.Tell.NEW:
        code = code_of(chat.world.chance.digits(DIGITS))
        return replace(chat.shows(show.ShowCode(code), show.ShowOwnCode(made=True)), code=NewCode(code))
    if do is on.Tell.END:
        return replace(chat.shows(show.ShowOwnCode(ended=True)), code=NewCode(None))
    return chat.shows(show.ShowOwnCode(until=chat.world.code_until()))


def told(chat: Chat, outcome: Outcome) -> Outcome:
    """What organizers decided about this person, said once, the next time that they are here."""
    waiting = tuple(one for one in chat.world.untold if one in chat.world.memberships)
    if not waiting or outcome.forget:
        return outcome
    effects = tuple(show.ShowMembership(one, chat.world.memberships[one]) for one in waiting)
    return replace(outcome, effects=(*effects, *outcome.effects), told=waiting)


def present_in(chat: Chat) -> Chat:
    """The same chat, out of the consultations from which the person was removed."""
    gone = {one for one, state in chat.world.memberships.items() if state is Membership.REMOVED}
    profile = chat.profile
    if not gone & {*profile.joined, *profile.news}:
        return chat
    return replace(chat, profile=_without(profile, gone))


def _without(profile: Profile, gone: set[str]) -> Profile:
    return replace(
        profile,
        joined=tuple(one for one in profile.joined if one not in gone),
        news=tuple(one for one in profile.news if one not in gone),
    )


# The organizer


def _admits(chat: Chat, event: on.Admits) -> Outcome:
    desk = chat.session.inviting
    if event.do is Admit.ASK:
        if not chat.may(Right.INVITE, event.consultation):
            return chat.again(show.Toast("dialogue.outdated"))
        return _ask(chat, event.consultation)
    if desk is None or desk.code is None or not chat.may(Right.INVITE, desk.consultation):
        return chat.again(show.Toast("dialogue.outdated"))
    found = chat.world.admission(Code(desk.code), desk.consultation)
    if found is None:
        return _ask(chat, desk.consultation, "error.code_unknown")
    state, act = STATES[event.do]
    outcome = _person(chat, desk, replace(found, state=state), decided=True)
    admission = Admission(Code(desk.code), desk.consultation, state)
    return replace(outcome, admission=admission, deeds=(Deed(act, desk.consultation),))


def _at(chat: Chat, desk: Inviting, screen: show.Screen) -> Outcome:
    session = replace(chat.session, place=Place.INVITING, inviting=desk)
    return Outcome(chat.profile, session, (screen,))


def _ask(chat: Chat, consultation: str, trouble: str | None = None) -> Outcome:
    return _at(chat, Inviting(consultation, "code"), show.AskCode(consultation, trouble))


def _entered(chat: Chat, consultation: str, text: str) -> Outcome:
    """A code that was typed. What cannot be one says nothing about anybody, and is not counted as a guess."""
    if not chat.may(Right.INVITE, consultation):
        return standing(chat)
    code = as_code(text)
    if code is None:
        return _ask(chat, consultation, "error.code_mistyped")
    if not chat.world.may_enter:
        return _ask(chat, consultation, "error.code_too_many")
    found = chat.world.admission(code, consultation)
    if found is None:
        return replace(_ask(chat, consultation, "error.code_unknown"), unknown_code=True)
    return _person(chat, Inviting(consultation, "person", code=code), found)


def _person(chat: Chat, desk: Inviting, found: Found, *, decided: bool = False) -> Outcome:
    return _at(chat, desk, show.ShowFound(desk.consultation, found, decided))
