"""State and withdrawal by receipt, from any account, at any time; the notice need not have been accepted."""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import State, as_receipt
from bot.core.conversation.chat import Chat, Outcome


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Receipts, and sixteen digits wherever one stands."""
    match event:
        case on.Checks() | on.Withdraws():
            return _receipt(chat, event)
        case on.Speaks() if (receipt := as_receipt(event.said.text)) is not None:
            return _receipt(chat, on.Checks(receipt))
    return None


def _receipt(chat: Chat, event: on.Checks | on.Withdraws) -> Outcome:
    if event.receipt is None:
        return chat.shows(show.AskReceipt())
    if not chat.world.may_check:
        return chat.shows(show.Line("receipt.too_many"))
    state = chat.world.state(event.receipt)
    if state is None:
        return replace(chat.shows(show.Line("receipt.unknown")), unknown_receipt=True)
    if isinstance(event, on.Checks) or state is not State.SUBMITTED:
        return chat.shows(show.ShowState(event.receipt, state))
    if not event.sure:
        return chat.shows(show.AskWithdraw(event.receipt))
    return replace(chat.shows(show.ShowState(event.receipt, State.WITHDRAWN)), withdraw=event.receipt)
