"""How a contribution is signed, by receipt: lowered at once, raised only after seeing how it would be printed.

A name is remembered in memory until it is confirmed; then it is sealed and added. Not here: the codes (`attribution`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.attribution import Attribution, as_name
from bot.core.contributions import ATTRIBUTION, Note, PartId, Receipt, Standing, addition
from bot.core.conversation.chat import Chat, Outcome, later
from bot.core.conversation.receipts import state_of, submitted
from bot.core.dialogue.events import Said
from bot.core.ports import Addition
from bot.core.session import Place, Signing


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Choices, and the name while one is asked for."""
    match event:
        case on.Signs():
            return _sign(chat, event)
        case on.Speaks() if chat.session.place is Place.SIGNING and chat.session.signing is not None:
            return _named(chat, chat.session.signing, event.said)
    return None


def standing(chat: Chat) -> Outcome:
    """The name is asked for again."""
    signing = chat.session.signing
    return chat.again() if signing is None else _asks_name(chat, signing.receipt, signing.attribution)


def _sign(chat: Chat, event: on.Signs) -> Outcome:
    found = submitted(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    if chat.world.intake(found.consultation).final:
        return chat.shows(state_of(chat, event.receipt, found))
    present = Attribution(found.note.attribution) if found.note is not None else Attribution.ANONYMOUS
    wanted = event.attribution
    if wanted is None:
        choices = show.AskAttribution(event.receipt, found.consultation, present)
        return chat.stands(Place.HOME, choices) if chat.session.place is Place.SIGNING else chat.shows(choices)
    if not wanted.raises(present):
        return _signed(chat, event, found, wanted, None)
    if not chat.accepted:
        return chat.again(show.Line("receipt.notice_first"))
    if not wanted.named:
        if event.sure:
            return _signed(chat, event, found, wanted, None)
        return chat.shows(show.ConfirmAttribution(event.receipt, found.consultation, wanted))
    name = _name(chat, event, wanted) if event.sure else None
    if name is None:
        return _asks_name(chat, event.receipt, wanted, "sign.name_forgotten" if event.sure else None)
    return _signed(chat, event, found, wanted, name)


def _name(chat: Chat, event: on.Signs, wanted: Attribution) -> str | None:
    """The name that was shown with this button, if it is still remembered."""
    signing = chat.session.signing
    if signing is None or signing.name is None or (signing.receipt, signing.attribution) != (event.receipt, wanted):
        return None
    return chat.world.recall(signing.name)


def _asks_name(chat: Chat, receipt: Receipt, wanted: Attribution, trouble: str | None = None) -> Outcome:
    session = replace(chat.session, place=Place.SIGNING, signing=Signing(receipt, wanted))
    return Outcome(chat.profile, session, (show.AskName(receipt, wanted, trouble),))


def _named(chat: Chat, signing: Signing, said: Said) -> Outcome:
    found = submitted(chat, signing.receipt)
    if isinstance(found, Outcome):
        return found
    name = as_name(said.text)
    if name is None:
        return _asks_name(chat, signing.receipt, signing.attribution, "sign.name_unfit")
    session = replace(chat.session, signing=replace(signing, name=said.part))
    shown = show.ConfirmAttribution(signing.receipt, found.consultation, signing.attribution, name)
    return Outcome(chat.profile, session, (shown,), remembers=((said.part, name),))


def _signed(chat: Chat, event: on.Signs, found: Standing, wanted: Attribution, name: str | None) -> Outcome:
    part = PartId(chat.world.chance.hex(16))
    answers = {"attribution": wanted.value, "attribution_name": name}
    day = chat.world.day
    note = replace(found.note or Note(day), attribution=wanted.value)
    document = addition(found.contribution, found.consultation, part, of=ATTRIBUTION, day=day, answers=answers)
    after = state_of(chat, event.receipt, replace(found, note=note), "sign.done")
    place = Place.HOME if chat.session.place is Place.SIGNING else chat.session.place
    outcome = Outcome(chat.profile, replace(chat.session, place=place), (after,), turns=later(chat))
    return replace(outcome, addition=Addition(found.contribution, event.receipt, part, document, note))
