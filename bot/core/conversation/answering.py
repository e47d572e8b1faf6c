"""Answering what participants ask: the organizers' side. Who asked is nowhere in it.

Every act is checked here against the roles of the person who presses; an inquiry of a consultation that they do not
organize is as if it were not there. Not here: the participants' side (`asking`), the rules (`bot.core.inquiries`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import inquiries
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Deed, Outcome, adds
from bot.core.dialogue.clues import clues
from bot.core.errors import Refused
from bot.core.inquiries import Handled, Inquiry, InquiryId, Reason, Stage
from bot.core.rights import Right
from bot.core.session import Letter, Place
from bot.core.traces import Fate

GONE = ((Fate.LIVE, Fate.DUE), (Fate.KEEPING, Fate.DUE))
Acts = tuple[Handled, ...]


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/questions and its buttons, and the answers that are written."""
    match event:
        case on.Handles():
            return _handles(chat, event)
        case on.Speaks() if chat.session.place is Place.ANSWERING and event.said.step is None:
            return _wrote(chat, event.said.text)
    return None


def standing(chat: Chat) -> Outcome:
    """What the organizer is at, shown again."""
    letter = chat.session.letter
    found = _found(chat, letter.inquiry) if letter is not None else None
    if found is None or letter is None:
        return _listed(chat)
    if letter.text is not None:
        return _preview(chat, found)
    return _asked_for(chat, found) if letter.writes else _opened(chat, found)


def _found(chat: Chat, wanted: str | None) -> Inquiry | None:
    if wanted is None or chat.world.inquiries is None:
        return None
    found = chat.world.inquiries.inquiry(InquiryId(wanted))
    return found if found is not None and chat.may(Right.ANSWER, found.consultation) else None


def _handles(chat: Chat, event: on.Handles) -> Outcome:
    if event.do is on.Handle.LIST:
        return _listed(chat)
    if event.do is on.Handle.DUTY:
        return _listed(chat, event.argument == "on")
    found = _found(chat, event.inquiry)
    if found is None:
        return adds(_listed(chat), show.Toast("dialogue.outdated"))
    try:
        return _act(chat, found, event)
    except Refused as error:
        return adds(_opened(chat, found), show.Line(f"error.{error.code}"))


def _act(chat: Chat, found: Inquiry, event: on.Handles) -> Outcome:
    me = chat.world.actor
    match event.do:
        case on.Handle.TAKE:
            taken = inquiries.taken(found, me)
            return _did(chat, _opened(chat, taken), Handled(taken), "inquiry_taken")
        case on.Handle.ANSWER:
            if found.assigned == me:
                return _asked_for(chat, found)
            if found.assigned != inquiries.NOBODY:
                raise Refused("inquiry_taken")
            taken = inquiries.taken(found, me)
            return _did(chat, _asked_for(chat, taken), Handled(taken), "inquiry_taken")
        case on.Handle.SEND:
            return _send(chat, found)
        case on.Handle.CLOSE if event.argument in set(Reason):
            shut = inquiries.closed(found, me, Reason(event.argument))
            outcome = adds(_listed(chat, now=shut), show.Line("inquiries.closed"))
            return _gone(_did(chat, outcome, Handled(shut, tells=True), "inquiry_closed", event.argument))
        case on.Handle.CLOSE:
            return chat.shows(show.AskReason(found))
    return _opened(chat, found)


def _listed(chat: Chat, wanted: bool | None = None, *, now: Inquiry | None = None) -> Outcome:
    """All that are open in what this person organizes; the list is also where they say whether to be told.

    `now`: what becomes of one of them by this very act.
    """
    kept = () if chat.world.inquiries is None else chat.world.inquiries.inquiries()
    as_is = (now if now is not None and one.id == now.id else one for one in kept)
    mine = tuple(one for one in as_is if one.stage is not Stage.CLOSED and chat.may(Right.ANSWER, one.consultation))
    if wanted is None:
        known = None if chat.world.inquiries is None else chat.world.inquiries.duty(chat.id)
        wanted = known is not False
    outcome = _at(chat, Letter(), show.ShowInquiries(mine, chat.world.actor, told=wanted))
    return replace(outcome, duty=wanted)


def _at(chat: Chat, letter: Letter, *effects: show.Screen) -> Outcome:
    session = replace(chat.session, place=Place.ANSWERING, letter=letter)
    return Outcome(chat.profile, session, effects)


def _opened(chat: Chat, inquiry: Inquiry) -> Outcome:
    return _at(chat, Letter(inquiry.id), show.OpenInquiry(inquiry, chat.world.actor))


def _asked_for(chat: Chat, inquiry: Inquiry) -> Outcome:
    letter = Letter(inquiry.id, version=inquiry.version, writes=True)
    return _at(chat, letter, show.AskAnswer(inquiry))


def _wrote(chat: Chat, text: str) -> Outcome:
    letter = chat.session.letter
    found = _found(chat, letter.inquiry) if letter is not None else None
    if letter is None or found is None or not letter.writes:
        at = _listed(chat) if found is None else _opened(chat, found)
        return adds(at, show.Line("inquiries.not_an_answer"))
    try:
        inquiries.checked(text)
    except Refused as error:
        return adds(_asked_for(chat, found), show.Line(f"error.{error.code}"))
    return _preview(replace(chat, session=replace(chat.session, letter=replace(letter, text=text))), found)


def _preview(chat: Chat, inquiry: Inquiry) -> Outcome:
    """The answer as it will be seen; after the inquiry itself, where that has changed since the answer was begun."""
    letter = chat.session.letter or Letter()
    text = letter.text or ""
    changed = () if letter.version == inquiry.version else (show.OpenInquiry(inquiry, chat.world.actor),)
    seen = replace(letter, version=inquiry.version)
    return _at(chat, seen, *changed, show.PreviewAnswer(inquiry, text, clues(text)))


def _send(chat: Chat, found: Inquiry) -> Outcome:
    letter = chat.session.letter
    if letter is None or letter.text is None or letter.inquiry != found.id:
        return adds(_opened(chat, found), show.Toast("dialogue.outdated"))
    if letter.version != found.version:
        # Something was asked or done since this answer was begun. The text is kept, to be sent after another look.
        return adds(_preview(chat, found), show.Line("error.inquiry_meanwhile"))
    done = inquiries.answered(found, chat.world.actor, letter.text, chat.world.day)
    outcome = adds(_listed(chat, now=done), show.Line("inquiries.sent"))
    return _gone(_did(chat, outcome, Handled(done, tells=True), "inquiry_answered"))


def _did(chat: Chat, outcome: Outcome, handled: Handled, act: str, detail: str = "") -> Outcome:
    del chat
    deed = Deed(act, handled.inquiry.id, detail)
    return replace(outcome, inquiries=(handled,), deeds=(deed,))


def _gone(outcome: Outcome) -> Outcome:
    """What was asked and answered leaves the organizer's chat at once, unless messages of a draft stand there too."""
    return outcome if outcome.session.draft is not None else replace(outcome, turns=GONE)
