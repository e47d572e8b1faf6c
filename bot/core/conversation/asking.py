"""Asking the organizers: the participant's side. A text is sent only after it was shown once more with what it means.

Not here: the organizers' side (`answering`), the rules (`bot.core.inquiries`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import inquiries
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Outcome, adds
from bot.core.dialogue.clues import clues
from bot.core.errors import Refused
from bot.core.inquiries import Asked, Inquiry, InquiryId, Postponed, Shows, Stage
from bot.core.session import Letter, Place
from bot.core.traces import Fate

GONE = ((Fate.LIVE, Fate.DUE), (Fate.KEEPING, Fate.DUE))


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/ask and its buttons, the texts that follow, and yes to "is this a safe moment?"."""
    match event:
        case on.Asks():
            return _asks(chat, event)
        case on.Speaks() if chat.session.place is Place.ASKING and event.said.step is None:
            return _wrote(chat, event.said.text)
        case on.Resumes(now=True) if unread := _unread(chat):
            return _shown(chat, unread)
    return None


def standing(chat: Chat) -> Outcome:
    """What is being written, shown again."""
    return _page(chat) if chat.session.letter is None or chat.session.letter.text is None else _preview(chat)


def concerns(chat: Chat, event: on.Asks | None = None) -> str | None:
    """The consultation whose organizers read it: that of the question which goes on, else the one joined last."""
    letter = chat.session.letter
    wanted = letter.inquiry if letter is not None else None
    if event is not None and event.do in (on.Ask.OPEN, on.Ask.MORE):
        wanted = event.inquiry
    found = _mine(chat, wanted)
    return chat.consultation if found is None else found.consultation


def _asks(chat: Chat, event: on.Asks) -> Outcome:
    found = _mine(chat, event.inquiry)
    match event.do:
        case on.Ask.LEAVE:
            return _leave(chat)
        case on.Ask.SEND:
            return _send(chat)
        case on.Ask.READ if unread := _unread(chat):
            return _shown(chat, unread)
        case on.Ask.SHOW | on.Ask.MORE | on.Ask.END if found is None:
            return adds(_page(_writing(chat, None)), show.Toast("dialogue.outdated"))
        case on.Ask.SHOW if found is not None:
            return _shown(chat, (found,))
        case on.Ask.MORE if found is not None:
            return _page(_writing(chat, found))
        case on.Ask.END if found is not None:
            return _end(chat, found)
        case on.Ask.AGAIN:
            letter = chat.session.letter
            return _page(_writing(chat, _mine(chat, letter.inquiry) if letter else None))
    return _page(_writing(chat, None))


def _mine(chat: Chat, wanted: str | None) -> Inquiry | None:
    """An inquiry of this very chat; whatever else is named is not there."""
    return next((one for one in _open(chat) if one.id == wanted), None)


def _open(chat: Chat) -> tuple[Inquiry, ...]:
    kept = () if chat.world.inquiries is None else chat.world.inquiries.of(chat.id)
    return tuple(one for one in kept if one.stage is not Stage.CLOSED)


def _unread(chat: Chat) -> tuple[Inquiry, ...]:
    return () if chat.world.inquiries is None else chat.world.inquiries.unread(chat.id)


def _writing(chat: Chat, inquiry: Inquiry | None) -> Chat:
    """The same chat, about to write a text of this inquiry or a new one."""
    letter = Letter(None if inquiry is None else inquiry.id)
    return replace(chat, session=replace(chat.session, place=Place.ASKING, letter=letter))


def _page(chat: Chat) -> Outcome:
    """What asking means, and what was asked before."""
    consultation, letter = chat.consultation, chat.session.letter
    if consultation is None:
        return chat.lists("ask.join_first")
    if chat.world.inquiries is None or not chat.world.inquiries.staffed(consultation):
        return adds(_leave(chat), show.Line("ask.nobody"))
    kept = _open(chat)
    more = _mine(chat, letter.inquiry) if letter is not None else None
    full = more is None and len(kept) >= inquiries.MOST_OPEN
    return chat.stands(Place.ASKING, show.AskInquiry(kept, more, unread=bool(_unread(chat)), full=full))


def _wrote(before: Chat, text: str) -> Outcome:
    letter = before.session.letter or Letter()
    if _mine(before, letter.inquiry) is None and len(_open(before)) >= inquiries.MOST_OPEN:
        return _page(before)
    try:
        inquiries.checked(text)
    except Refused as error:
        return adds(_page(before), show.Line(f"error.{error.code}"))
    return _preview(replace(before, session=replace(before.session, letter=replace(letter, text=text))))


def _preview(chat: Chat) -> Outcome:
    text = (chat.session.letter.text if chat.session.letter is not None else None) or ""
    return chat.stands(Place.ASKING, show.PreviewInquiry(text, clues(text)))


def _send(chat: Chat) -> Outcome:
    letter, consultation = chat.session.letter, chat.consultation
    if chat.session.place is not Place.ASKING or letter is None or letter.text is None or consultation is None:
        return chat.again(show.Toast("dialogue.outdated"))
    before = _mine(chat, letter.inquiry)
    if before is None and len(_open(chat)) >= inquiries.MOST_OPEN:
        return _page(chat)
    try:
        if before is not None:
            inquiry = inquiries.asked_more(before, letter.text, chat.world.day)
        else:
            new = InquiryId(chat.world.chance.hex(6))
            line = inquiries.Line(letter.text)
            inquiry = Inquiry(new, consultation, chat.profile.language, chat.world.day, lines=(line,))
    except Refused as error:
        return adds(_leave(chat), show.Line(f"error.{error.code}"))
    outcome = replace(adds(_leave(chat), show.Line("ask.sent")), inquiries=(Asked(inquiry),))
    # Nobody who picks up the phone needs to read it; /ask shows it to the person again.
    return outcome if chat.session.draft is not None or chat.profile.keep else replace(outcome, turns=GONE)


def _shown(chat: Chat, found: tuple[Inquiry, ...]) -> Outcome:
    """Until it stands in the chat it is to be offered again: the moment may not be safe any more then.

    What was answered where it stands still waits: whoever answered may be the reason for the stop.
    """
    unread = {one.id for one in _unread(chat)}
    held = [one for one in found if one.id in unread and chat.world.frozen(one.consultation)]
    found = tuple(one for one in found if one not in held)
    postponed = (Postponed(tuple(one.id for one in held)),) if held else ()
    if held and not found:
        return replace(chat.shows(show.ShowFrozen(held[0].consultation, draft=False)), inquiries=postponed)
    shown = tuple(one.id for one in found if one.id in unread)
    effects = tuple(show.ShowInquiry(one) for one in found)
    return replace(chat.shows(*effects), inquiries=(*postponed, Shows(shown)) if shown else postponed)


def _end(chat: Chat, inquiry: Inquiry) -> Outcome:
    """Erased on our side at once, and from the chat, unless messages of a draft stand there too."""
    outcome = adds(_leave(chat), show.Line("ask.ended"))
    turns = GONE if chat.session.draft is None else ()
    return replace(outcome, inquiries=(Asked(inquiry, erased=True),), turns=turns)


def _leave(chat: Chat) -> Outcome:
    """Back to where the person was."""
    draft = chat.session.draft
    place = Place.DIALOGUE if draft is not None and not draft.stopped else Place.HOME
    return replace(chat, session=replace(chat.session, place=place, letter=None)).again()
