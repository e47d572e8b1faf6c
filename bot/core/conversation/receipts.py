"""State and withdrawal by receipt, from any account, at any time; the notice need not have been accepted.

Not here: new versions (`versions`), signing (`signing`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import Receipt, Standing, State, as_receipt
from bot.core.conversation.chat import Chat, Outcome


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Receipts, and sixteen digits wherever one stands."""
    match event:
        case on.Checks() | on.Withdraws():
            return _receipt(chat, event)
        case on.Speaks() if (receipt := as_receipt(event.said.text)) is not None:
            return _receipt(chat, on.Checks(receipt))
    return None


def held(chat: Chat, receipt: Receipt) -> Standing | Outcome:
    """What a receipt stands for; what is answered to one that nobody holds, or when too many of those were tried."""
    if not chat.world.may_check:
        return chat.shows(show.Line("receipt.too_many"))
    standing = chat.world.standing(receipt)
    if standing is None:
        return replace(chat.shows(show.Line("receipt.unknown")), unknown_receipt=True)
    return standing


def submitted(chat: Chat, receipt: Receipt) -> Standing | Outcome:
    """What a receipt stands for, if that still stands; else what is answered."""
    found = held(chat, receipt)
    if isinstance(found, Standing) and found.state is not State.SUBMITTED:
        return chat.shows(show.ShowState(receipt, found))
    return found


def _receipt(chat: Chat, event: on.Checks | on.Withdraws) -> Outcome:
    if event.receipt is None:
        return chat.shows(show.AskReceipt())
    found = held(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    if isinstance(event, on.Checks) or found.state is not State.SUBMITTED:
        return chat.shows(show.ShowState(event.receipt, found))
    if not event.sure:
        return chat.shows(show.AskWithdraw(event.receipt))
    gone = replace(found, state=State.WITHDRAWN)
    return replace(chat.shows(show.ShowState(event.receipt, gone)), withdraw=event.receipt)
