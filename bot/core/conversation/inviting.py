"""Organizers bring people in by invites: make one, see how far it was used, more people, another end, revoke it.

Every act is checked here against the roles of the person who presses, whatever the button says. A token stands in the
session only as long as the page on which it was made. Not here: the rules (`bot.core.invites`), what an invite does for
whoever opens it (`arrival`), admission by a code (`admitting`), how it looks (`handlers.writing.invites`).
"""

import base64
import re
from dataclasses import replace
from datetime import datetime

from bot.core import events as on
from bot.core import invites
from bot.core import screens as show
from bot.core.consultations import BY_ID, Access
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.dialogue.steps.matching import digits
from bot.core.errors import Refused
from bot.core.events import Bring
from bot.core.invites import DAY, WEEK, InviteId, Kept
from bot.core.people import Invite, Role
from bot.core.rights import Right
from bot.core.session import Inviting, Place

MORE = (10, 50)
"""People that a button lets in besides."""
_TIME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[\sT]+(\d{1,2})[:.](\d{2}))?")
_UNMADE = frozenset({"new", "label", "date"})
"""Pages of an invite that is not made yet."""
_DRAFTS = frozenset({Bring.USES, Bring.UNTIL, Bring.LANGUAGE, Bring.LABEL, Bring.MAKE, Bring.PICTURE})


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/invites and its buttons, and what an organizer types there."""
    match event:
        case on.Brings():
            return _brings(chat, event)
        case on.Speaks() if chat.session.place is Place.INVITING and event.said.step is None:
            return _said(chat, event.said.text.strip())
    return None


def standing(chat: Chat) -> Outcome:
    """The page of the work at hand, shown again."""
    desk = chat.session.inviting
    if desk is None or not chat.may(Right.INVITE, desk.consultation):
        return _listed(chat)
    if desk.screen in _UNMADE:
        return _draft(chat, desk)
    if desk.screen == "made" and desk.token is not None:
        return _made(chat, desk)
    found = _mine(chat, desk.invite)
    return _listed(chat, desk.consultation) if found is None else _one(chat, found, desk.screen)


def _brings(chat: Chat, event: on.Brings) -> Outcome:
    if chat.world.invites is None:
        return chat.again(show.Toast("dialogue.outdated"))
    if event.do is Bring.LIST:
        return _listed(chat, event.target)
    desk = chat.session.inviting
    try:
        if event.do is Bring.NEW:
            return _new(chat, event.target)
        if event.do in _DRAFTS:
            if desk is None or not chat.may(Right.INVITE, desk.consultation):
                raise Refused("invite_gone")
            return _drafted(chat, desk, event)
        found = _mine(chat, event.target)
        if found is None:
            raise Refused("invite_gone")
        return _changed(chat, found, event)
    except Refused as error:
        line = show.Line(f"error.{error.code}")
        return adds(_listed(chat, desk.consultation if desk is not None else ""), line)


# What is there


def _mine(chat: Chat, wanted: str | None) -> Kept | None:
    """An invite for participants, if this person organizes its consultation."""
    if wanted is None or chat.world.invites is None:
        return None
    found = chat.world.invites.named(InviteId(wanted))
    mine = found is not None and found.invite.role is Role.PARTICIPANT
    return found if mine and found is not None and found.invite.consultation in chat.runs(Right.INVITE) else None


def _at(chat: Chat, desk: Inviting | None, *effects: show.Screen | show.Work) -> Outcome:
    session = replace(chat.session, place=Place.INVITING, inviting=desk)
    return Outcome(chat.profile, session, effects)


def _listed(chat: Chat, consultation: str = "") -> Outcome:
    """The invites of one consultation; which one, where this person organizes several."""
    mine = chat.runs(Right.INVITE)
    chosen = consultation if consultation in mine else mine[0] if len(mine) == 1 else None
    if chosen is None:
        return _at(chat, None, show.ShowInvites(None, mine))
    every = () if chat.world.invites is None else chat.world.invites.invites((chosen,))
    kept = tuple(one for one in every if one.invite.role is Role.PARTICIPANT)
    closed = chat.world.intake(chosen).access is Access.INVITE
    return _at(chat, Inviting(chosen), show.ShowInvites(chosen, mine, kept, closed=closed))


def _closes(chat: Chat, consultation: str) -> float | None:
    """When the intake ends, if that is still to come."""
    until = chat.world.intake(consultation).until
    return until if until is not None and until > chat.world.now else None


# A new one


def _new(chat: Chat, consultation: str) -> Outcome:
    if not chat.may(Right.INVITE, consultation):
        raise Refused("invite_gone")
    return _draft(chat, Inviting(consultation, "new", expires=chat.world.now + WEEK))


def _draft(chat: Chat, desk: Inviting, trouble: str | None = None) -> Outcome:
    return _at(chat, desk, show.ShowNewInvite(desk, _closes(chat, desk.consultation), trouble))


def _drafted(chat: Chat, desk: Inviting, event: on.Brings) -> Outcome:
    if desk.token is not None and event.do in (Bring.PICTURE, Bring.MAKE):
        # A second tap on "make" makes no second one, and must not take the link away.
        return _made(chat, desk, picture=event.do is Bring.PICTURE)
    if desk.screen not in _UNMADE:
        raise Refused("invite_gone")
    match event.do:
        case Bring.USES:
            return _draft(chat, replace(desk, screen="new", cap=invites.capped(event.argument)))
        case Bring.UNTIL if event.argument == "o":
            return _draft(chat, replace(desk, screen="date"))
        case Bring.UNTIL:
            return _draft(chat, replace(desk, screen="new", expires=_end(chat, desk.consultation, event.argument)))
        case Bring.LANGUAGE:
            language = event.argument if event.argument in chat.world.languages else None
            return _draft(chat, replace(desk, screen="new", language=language))
        case Bring.LABEL:
            return _draft(chat, replace(desk, screen="label"))
        case Bring.MAKE:
            return _make(chat, desk)
    raise Refused("invite_gone")


def _end(chat: Chat, consultation: str, choice: str) -> float:
    """The end that a button stands for."""
    closes = _closes(chat, consultation)
    if choice == "c" and closes is not None:
        return invites.until(closes, chat.world.now)
    return chat.world.now + (DAY if choice == "d" else WEEK)


def _make(chat: Chat, desk: Inviting) -> Outcome:
    if desk.expires is None:
        raise Refused("invite_past")
    expires = invites.until(desk.expires, chat.world.now)
    token = base64.urlsafe_b64encode(bytes.fromhex(chat.world.chance.hex(16))).decode("ascii").rstrip("=")
    invite = Invite(Role.PARTICIPANT, desk.consultation, desk.language)
    made = invites.Made(token, invite, desk.cap, expires, desk.label)
    outcome = _made(chat, replace(desk, screen="made", token=token), picture=True)
    return replace(outcome, invites=(made,), deeds=(Deed("invite_made", desk.consultation, str(desk.cap)),))


def _made(chat: Chat, desk: Inviting, *, picture: bool = False) -> Outcome:
    """The link, for as long as this page stands; later nobody can show it again."""
    return _at(chat, desk, show.ShowLink(desk, picture=picture))


# One that stands


def _one(chat: Chat, kept: Kept, screen: str = "one", trouble: str | None = None) -> Outcome:
    consultation = kept.invite.consultation or ""
    desk = Inviting(consultation, screen, invite=kept.id)
    return _at(chat, desk, show.ShowInvite(kept, _closes(chat, consultation), asks=screen == "end", trouble=trouble))


def _changed(chat: Chat, kept: Kept, event: on.Brings) -> Outcome:
    consultation = kept.invite.consultation or ""
    match event.do:
        case Bring.MORE if event.argument in {str(more) for more in MORE}:
            return _changes(chat, kept, more=int(event.argument))
        case Bring.LATER if event.argument == "o":
            return _one(chat, kept, "end")
        case Bring.LATER:
            return _changes(chat, kept, expires=_end(chat, consultation, event.argument))
        case Bring.REVOKE:
            rest = _listed(chat, consultation)
            shown = tuple(
                replace(one, invites=tuple(other for other in one.invites if other.id != kept.id))
                if isinstance(one, show.ShowInvites)
                else one
                for one in rest.effects
            )
            outcome = adds(replace(rest, effects=shown), show.Line("invites.revoked"))
            deed = Deed("invite_revoked", consultation, kept.id)
            return replace(outcome, invites=(invites.Revoked(kept.id),), deeds=(deed,))
    return _one(chat, kept)


def _changes(chat: Chat, kept: Kept, *, more: int = 0, expires: float | None = None) -> Outcome:
    """More people or another end, shown as it will stand."""
    if kept.cap is not None and kept.cap + more > invites.MOST_USES:
        raise Refused("invite_bad_uses")
    after = replace(
        kept, cap=None if kept.cap is None else kept.cap + more, left=kept.left + more, expires=expires or kept.expires
    )
    deed = Deed("invite_changed", kept.invite.consultation or "", kept.id)
    change = invites.Changed(kept.id, more, expires)
    return replace(_one(chat, after), invites=(change,), deeds=(deed,))


# What is typed


def _said(chat: Chat, text: str) -> Outcome:
    desk = chat.session.inviting
    if desk is None or not chat.may(Right.INVITE, desk.consultation):
        return _listed(chat)
    if desk.screen in _UNMADE:
        try:
            return _draft(chat, _typed(chat, desk, text))
        except Refused as error:
            return _draft(chat, desk, f"error.{error.code}")
    found = _mine(chat, desk.invite)
    if desk.screen == "end" and found is not None:
        try:
            return _changes(chat, found, expires=_moment(chat, desk.consultation, text))
        except Refused as error:
            return _one(chat, found, "end", f"error.{error.code}")
    return adds(standing(chat), show.Line("error.invite_not_understood"))


def _typed(chat: Chat, desk: Inviting, text: str) -> Inviting:
    """A label where one was asked for; else a number of people, or a date."""
    if desk.screen == "label":
        return replace(desk, screen="new", label=invites.labelled(text))
    if (number := digits(text)).isdigit() and desk.screen == "new":
        return replace(desk, cap=invites.capped(number))
    return replace(desk, screen="new", expires=_moment(chat, desk.consultation, text))


def _moment(chat: Chat, consultation: str, text: str) -> float:
    """Epoch seconds of what was typed, in the zone of the consultation; a day alone lasts to its end.

    Raises Refused `invite_bad_time`, and what `invites.until` raises.
    """
    match = _TIME.fullmatch(digits(text))
    if match is None:
        raise Refused("invite_bad_time")
    year, month, day, hour, minute = (int(part) if part else 0 for part in match.groups())
    try:
        zone = chat.world.zone(BY_ID[consultation].zone)
        moment = datetime(year, month, day, hour, minute, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        raise Refused("invite_bad_time") from None
    return invites.until(moment if match[4] else moment + DAY, chat.world.now)
