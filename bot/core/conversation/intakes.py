"""Opening, moving the end, closing, and who may take part: what an organizer makes of a consultation's intake.

Each change is proposed, told with what follows from it, and made when it is confirmed as it was shown. Who may is asked
by whoever calls (`managing`). Not here: the page and the list (`managing`), how it looks (`handlers.writing.intakes`).
"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import LONGEST_DRAFT, LONGEST_GRACE, Access, Changed, Intake
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.conversation.moments import moment
from bot.core.errors import Refused
from bot.core.events import Manage
from bot.core.session import Managed, Place

EVENING = 18
"""Hour at which an intake ends where only a number of days is said."""
LONGEST = 366
"""Days to the end that a button may name."""
ASKING = {Manage.UNTIL: "until", Manage.CLOSE: "close", Manage.ACCESS: "access", Manage.DRAFTS: "drafts",
          Manage.GRACE: "grace", Manage.SETTINGS: "settings"}  # fmt: skip
"""The screen that asks for the argument of each."""
CONFIRM = "confirm"


def take(chat: Chat, event: on.Manages) -> Outcome | None:
    """A button that asks for a change, says which, or confirms it; None for any other."""
    consultation = event.consultation
    if event.do is Manage.SURE:
        return _confirmed(chat, consultation, event.argument)
    if event.do is Manage.PLAN:
        return _planned(chat, consultation)
    if event.do not in ASKING:
        return None
    if not event.argument:
        return asking(chat, consultation, ASKING[event.do])
    try:
        return _proposed(chat, consultation, _after(chat, consultation, event.do, event.argument))
    except Refused as error:
        return adds(asking(chat, consultation, ASKING[event.do]), show.Line(f"error.{error.code}"))


def said(chat: Chat, consultation: str, text: str) -> Outcome | None:
    """Words in answer to what is asked: a time, or a number of hours. None where nothing is asked in words."""
    screen = chat.session.managed.screen
    do = next((do for do, asks in ASKING.items() if asks == screen), None)
    if do not in (Manage.UNTIL, Manage.CLOSE, Manage.DRAFTS, Manage.GRACE):
        return None
    try:
        if do is Manage.UNTIL:
            until = moment(chat.world, text, chat.zone(consultation))
            return _proposed(chat, consultation, _open(chat.world.intake(consultation), until))
        return _proposed(chat, consultation, _after(chat, consultation, do, text.strip()))
    except Refused as error:
        return adds(asking(chat, consultation, screen), show.Line(f"error.{error.code}"))


def asking(chat: Chat, consultation: str, screen: str) -> Outcome:
    """Ask for the argument, or (`confirm`) show again what was proposed."""
    managed = chat.session.managed
    if screen == CONFIRM and managed.proposed is not None:
        return _shown(chat, managed.proposed)
    shown = show.AskIntake(consultation, screen, chat.zone(consultation))
    return _at(chat, Managed(consultation, screen), shown)


def mark(changed: Changed) -> str:
    """By which a button says what it confirms; 8 hex digits."""
    return hashlib.sha256(repr(changed).encode()).hexdigest()[:8]


def _at(chat: Chat, managed: Managed, screen: show.Screen) -> Outcome:
    session = replace(chat.session, place=Place.MANAGING, managed=managed)
    return Outcome(chat.profile, session, (screen,))


# Proposals


def _after(chat: Chat, consultation: str, do: Manage, argument: str) -> Intake:
    """The intake as it would be. Raises Refused `intake_bad_number`, `intake_not_open`."""
    before, now = chat.world.intake(consultation), chat.world.now
    if do is Manage.ACCESS:
        if argument not in set(Access):
            raise Refused("intake_bad_number")
        return replace(before, access=Access(argument))
    if do is Manage.UNTIL:
        return _open(before, _in_days(chat, consultation, before, _number(argument, 1, LONGEST)))
    if do is Manage.DRAFTS:
        return replace(before, draft_hours=_number(argument, 1, LONGEST_DRAFT))
    hours = _number(argument, 0, LONGEST_GRACE)
    if do is Manage.GRACE:
        return replace(before, grace_hours=hours)
    if before.waits(now) is not None:
        return replace(before, open=False)
    if not before.takes(now):
        raise Refused("intake_not_open")
    return replace(before, open=False, until=now, grace_hours=hours)


def _open(before: Intake, until: float) -> Intake:
    """Open at once; where it is open already, only its end moves. Raises Refused `founding_until`."""
    # Planned without an end, it begins as planned once it is told the end.
    opens = before.opens if before.open or before.until is None else None
    if opens is not None and until <= opens:
        raise Refused("founding_until")
    return replace(before, open=True, until=until, final=False, opens=opens)


def _planned(chat: Chat, consultation: str) -> Outcome:
    """Open it as it was planned when it was made, if that is still to come."""
    before = chat.world.intake(consultation)
    if before.open or before.until is None or before.until <= chat.world.now:
        return adds(page(chat, consultation), show.Toast("dialogue.outdated"))
    return _proposed(chat, consultation, replace(before, open=True, final=False))


def _in_days(chat: Chat, consultation: str, before: Intake, days: int) -> float:
    """So many days after its end, at the same time of day; after today in the evening where it is not open."""
    zone = chat.world.zone(chat.zone(consultation))
    goes = before.takes(chat.world.now) or before.waits(chat.world.now) is not None
    if goes and before.until is not None:
        return (datetime.fromtimestamp(before.until, zone) + timedelta(days=days)).timestamp()
    day = datetime.fromtimestamp(chat.world.now, zone) + timedelta(days=days)
    return day.replace(hour=EVENING, minute=0, second=0, microsecond=0).timestamp()


def _number(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise Refused("intake_bad_number")
    return int(text)


def _proposed(chat: Chat, consultation: str, after: Intake) -> Outcome:
    return _shown(chat, Changed(consultation, chat.world.intake(consultation), after))


def _shown(chat: Chat, changed: Changed) -> Outcome:
    screen = show.ConfirmIntake(changed, chat.zone(changed.consultation), mark(changed))
    return _at(chat, Managed(changed.consultation, CONFIRM, changed), screen)


def _confirmed(chat: Chat, consultation: str, shown: str) -> Outcome:
    """Made as it was shown; what was changed from elsewhere since is told instead."""
    changed = chat.session.managed.proposed
    if changed is None or changed.consultation != consultation or mark(changed) != shown:
        return adds(page(chat, consultation), show.Toast("dialogue.outdated"))
    if chat.world.intake(consultation) != changed.before:
        return adds(page(chat, consultation), show.Line("error.intake_meanwhile"))
    now, after = chat.world.now, changed.after
    if after.open and after.until is not None and after.until <= now:
        return adds(asking(chat, consultation, ASKING[Manage.UNTIL]), show.Line("error.outbox_past"))
    if not after.open and changed.before.takes(now):
        # The grace counts from the moment at which it is closed, not from that at which this was asked.
        after = replace(after, until=now)
    made, known = replace(changed, after=after), chat.world.intake
    world = replace(chat.world, intake=lambda one: after if one == consultation else known(one))
    outcome = adds(page(replace(chat, world=world), consultation), show.Toast("manage.done"))
    return replace(outcome, intake=made, deeds=(deed(made, now),))


def page(chat: Chat, consultation: str) -> Outcome:
    """The consultation's page, as whoever stands there sees it."""
    session = replace(chat.session, place=Place.MANAGING, managed=Managed(consultation))
    return chat.standing(replace(chat, session=session))


def deed(changed: Changed, now: float) -> Deed:
    """What is noted of a change, by whomever it was made."""
    before, after = changed.before, changed.after
    said = []
    if after.opens is not None and after.open and (not before.open or after.opens != before.opens):
        said.append(f"from {datetime.fromtimestamp(after.opens, UTC):%Y-%m-%dT%H:%MZ}")
    if after.until is not None and after.open and (after.until != before.until or not before.open):
        said.append(f"until {datetime.fromtimestamp(after.until, UTC):%Y-%m-%dT%H:%MZ}")
    if after.access is not before.access:
        said.append(f"access {after.access.value}")
    if after.draft_hours != before.draft_hours:
        said.append(f"drafts {after.draft_hours} h")
    if after.grace_hours != before.grace_hours or (before.takes(now) and not after.open):
        said.append(f"grace {after.grace_hours} h")
    if after.final and not before.final:
        act = "consultation_final"
    elif after.open and (not before.open or (after.takes(now) and not before.takes(now))):
        act = "consultation_opened"
    else:
        act = "consultation_closed" if before.open and not after.open else "consultation_changed"
    return Deed(act, changed.consultation, ", ".join(said))
