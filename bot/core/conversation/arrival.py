"""Arriving: language, notice, two questions on what it says, and joining a consultation.

Until the notice is accepted and the questions are answered nothing is taken. Not here: leaving (`leaving`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.admission import Membership
from bot.core.consultations import BY_ID, PUBLIC, Access
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.conversation.home import home
from bot.core.conversation.leaving import leave
from bot.core.people import Grant, Role
from bot.core.rights import STAFF
from bot.core.session import Place
from bot.core.staff import about

QUESTIONS = {Place.READERS: on.Comprehension.READERS, Place.BACK: on.Comprehension.BACK}
"""Where each question is asked."""


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Arrival's own events."""
    match event:
        case on.Start():
            return _start(chat, event)
        case on.ChoseLanguage():
            return _choose_language(chat, event.language)
        case on.Decided():
            return _decide(chat, event)
        case on.Understood():
            return _understood(chat, event)
        case on.Joins() if chat.accepted:
            return join(chat, event.consultation)
    return None


def not_yet(chat: Chat, event: on.Event) -> Outcome:
    """What came too early is answered, and the present step shown again."""
    if isinstance(event, on.SendsOther):
        return chat.again(show.Line(f"other.{event.kind}"))
    if isinstance(event, on.Speaks | on.Rewrites) and chat.session.place is not Place.LANGUAGE:
        return chat.again(show.Line("understood.first" if chat.session.place in QUESTIONS else "notice.first"))
    if isinstance(event, on.Unknown) and event.command:
        return chat.again(show.Line("command.unknown"))
    return chat.again()


def _start(before: Chat, event: on.Start) -> Outcome:
    """An invite is used up once the notice is accepted, and kept for that until then.

    A link to a consultation of which this person must not learn is any link that leads nowhere.
    """
    # Asked of whatever came, so that not even the time it takes tells one from the other.
    known = before.knows(event.wanted or event.invite or "")
    if event.wanted is not None and not known and event.wanted not in PUBLIC:
        event = on.Start(invite=event.wanted)
    invite = before.world.invite(event.invite) if event.invite is not None else None
    refused = "error.invite_unknown" if event.invite is not None and invite is None else None
    wanted = event.wanted or (invite.consultation if invite is not None else None) or before.session.wanted
    token = event.invite if invite is not None else before.session.invite
    chat = replace(before, session=replace(before.session, wanted=wanted, invite=token))
    carried = invite.language if invite is not None else None
    if carried in chat.world.languages and carried is not None and not chat.profile.language_chosen:
        # A guess like that of the phone, only better: it is still asked.
        chat = replace(chat, profile=replace(chat.profile, language=carried))
    if chat.profile.language_chosen and chat.accepted:
        return _let_in(chat, refused)
    outcome = (
        notice(chat) if chat.profile.language_chosen else chat.stands(Place.LANGUAGE, show.ShowLanguage(first=True))
    )
    return outcome if refused is None else adds(outcome, show.Line(refused))


def _let_in(before: Chat, trouble: str | None = None) -> Outcome:
    """Past the notice, with the invite that was opened, if it still holds."""
    token = before.session.invite
    if token is None:
        return arrived(before, trouble)
    chat = replace(before, session=replace(before.session, invite=None))
    invite = chat.world.invite(token)
    if invite is not None and chat.world.frozen(invite.consultation):
        # It is not used up, and waits in the chat.
        return adds(arrived(replace(before, session=replace(before.session, wanted=None))), show.Line("frozen.invite"))
    if invite is None:
        return adds(arrived(chat), show.Line("arrive.invite_over"))
    if invite.role is Role.PARTICIPANT and chat.kept_out(invite.consultation or "") is Membership.REMOVED:
        return arrived(chat, trouble)  # nothing is used up, and `join` says why
    grant = Grant(invite.role, invite.consultation)
    arriving = replace(chat, world=replace(chat.world, grants=(*chat.world.grants, grant)))
    deeds = (Deed("role_granted", about(grant.consultation), grant.role.value),) if grant.role in STAFF else ()
    return replace(arrived(arriving, trouble), redeems=token, deeds=deeds)


def _choose_language(before: Chat, language: str) -> Outcome:
    if language not in before.world.languages:
        return before.again()
    chat = replace(before, profile=replace(before.profile, language=language, language_chosen=True))
    if not chat.accepted:
        return chat.again() if chat.session.place in QUESTIONS else notice(chat)
    if chat.session.draft is not None or chat.session.place is not Place.LANGUAGE:
        return chat.again()
    return arrived(chat)


def _decide(chat: Chat, event: on.Decided) -> Outcome:
    if not event.accepts and not chat.accepted:
        return leave(chat, show.Goodbye())
    if event.version != chat.world.notice or not chat.profile.language_chosen:
        return chat.again()
    if chat.accepted or not event.accepts or chat.session.place in QUESTIONS:
        return chat.again()
    return _asks(chat, Place.READERS)


def notice(chat: Chat) -> Outcome:
    """The notice, with what holds in the consultation that the person comes for."""
    return chat.stands(Place.NOTICE, show.ShowNotice(chat.world.notice, chat.comes_for, chat.hidden))


def _asks(chat: Chat, place: Place, told: str | None = None) -> Outcome:
    return chat.stands(place, show.AskComprehension(QUESTIONS[place], chat.world.notice, told))


def asking(chat: Chat) -> Outcome:
    """The question that stands open, shown again."""
    return _asks(chat, chat.session.place)


def _understood(chat: Chat, event: on.Understood) -> Outcome:
    """Right or not, it is said what is true, and the way goes on: this is no examination."""
    place = chat.session.place
    if chat.accepted or QUESTIONS.get(place) is not event.question:
        return chat.again()
    if event.version != chat.world.notice:
        return notice(chat)
    told = f"understood.{event.question}.{'right' if event.choice == on.TRUE[event.question] else 'missed'}"
    if place is Place.READERS:
        return _asks(chat, Place.BACK, told)
    outcome = _let_in(replace(chat, profile=replace(chat.profile, notice=event.version)))
    *before, last = outcome.effects
    if isinstance(last, show.ShowHome | show.ShowConsultations) and last.trouble is None:
        return replace(outcome, effects=(*before, replace(last, trouble=told)))
    return adds(outcome, show.Line(told))


def arrived(chat: Chat, trouble: str | None = None) -> Outcome:
    """Past language and notice: to the consultation the link named, to the draft, or to the list."""
    wanted = chat.session.wanted
    if wanted is not None and _told_of(chat, wanted):
        return join(chat, wanted)
    if wanted is not None:
        chat = replace(chat, session=replace(chat.session, wanted=None))
    if chat.profile.joined:
        return home(chat, trouble)
    return chat.lists(trouble)


def join(before: Chat, consultation: str) -> Outcome:
    """Take part, if the intake is open and the person may."""
    chat = replace(before, session=replace(before.session, wanted=None))
    if not _told_of(chat, consultation):
        return chat.again(show.Toast("dialogue.outdated"))
    removed = chat.kept_out(consultation) is Membership.REMOVED
    if not (chat.knows(consultation) or removed):
        return chat.lists("join.closed", consultation)  # one of the six: nothing is going on there for strangers
    if chat.world.frozen(consultation):
        return chat.lists("frozen.join", consultation)
    intake = chat.world.intake(consultation)
    if removed:
        return chat.lists("admission.removed", consultation)
    if not intake.takes(chat.world.now):
        return chat.lists("join.closed", consultation)
    if intake.access is Access.INVITE and not _invited(chat, consultation):
        return chat.lists("join.by_invite", consultation)
    joined = (*(known for known in chat.profile.joined if known != consultation), consultation)
    return home(replace(chat, profile=replace(chat.profile, joined=joined)))


def _told_of(chat: Chat, consultation: str) -> bool:
    """Whether this person is told anything of a consultation; who was removed was told that, and is again."""
    removed = chat.kept_out(consultation) is Membership.REMOVED
    return consultation in BY_ID and (chat.knows(consultation) or removed or consultation in PUBLIC)


def _invited(chat: Chat, consultation: str) -> bool:
    return (
        consultation in chat.profile.joined
        or chat.world.memberships.get(consultation) is Membership.ADMITTED
        or any(grant.consultation in (None, consultation) for grant in chat.world.grants)
    )
