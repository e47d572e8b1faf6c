"""State and withdrawal by receipt, from any account, at any time; the notice need not have been accepted.

Not here: new versions (`versions`), signing (`signing`), what became of it (`carrying`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import Receipt, Standing, State, as_receipt
from bot.core.conversation.chat import Chat, Outcome
from bot.core.points import Point


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
        return chat.shows(state_of(chat, receipt, found))
    return found


def points_of(chat: Chat, found: Standing) -> tuple[Point, ...]:
    """The published points that carry a contribution, in this version or an earlier one."""
    points = [point for one in (found.contribution, *found.earlier) for point in chat.world.carried(one)]
    return tuple({point.id: point for point in points}.values())


def state_of(chat: Chat, receipt: Receipt, found: Standing, told: str | None = None) -> show.ShowState:
    """The screen of a receipt, after a word on what was just done."""
    points = points_of(chat, found) if found.state is State.SUBMITTED else ()
    return show.ShowState(receipt, found, told, points)


def _receipt(chat: Chat, event: on.Checks | on.Withdraws) -> Outcome:
    if event.receipt is None:
        return chat.shows(show.AskReceipt())
    found = held(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    if isinstance(event, on.Checks) or found.state is not State.SUBMITTED:
        return chat.shows(state_of(chat, event.receipt, found))
    if not event.sure:
        return chat.shows(show.AskWithdraw(event.receipt, points_of(chat, found), found.exported))
    gone = replace(found, state=State.WITHDRAWN)
    return replace(chat.shows(show.ShowState(event.receipt, gone)), withdraw=event.receipt)
