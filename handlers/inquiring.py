"""Brings answers to those who asked, and tells organizers that something waits.

Whoever asked is first asked, neutrally, whether this is a safe moment; who stopped other messages too, because this is
an answer. Organizers are told once until they have looked, and never at night in the region of the consultation.
Not here: what is shown then (`bot.core.conversation.asking`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.core import reminders
from bot.core.consultations import BY_ID
from bot.core.inquiries import InquiryId
from bot.core.people import ChatId
from bot.core.ports import Clock, Inquiries, Store
from bot.core.rights import Right, may
from bot.crashpoints import crash_point
from handlers.reminding import hours_of

AGAIN = 900.0
"""Seconds until something that did not arrive is offered again."""

Offer = Callable[[ChatId, Callable[[], Awaitable[None]]], Awaitable[None]]


class Inquiring:
    """One round looks at all that waits; one that `soon` asks for begins at once."""

    def __init__(
        self,
        inquiries: Inquiries,
        store: Store,
        clock: Clock,
        offer: Offer,
        tell: Callable[[ChatId], Awaitable[None]],
        *,
        frozen: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`offer` asks about a safe moment and calls back once that has arrived; `tell` tells an organizer.

        `frozen`: whether a consultation stands still, and nobody is told of anything.
        """
        self._frozen = frozen
        self._inquiries = inquiries
        self._store = store
        self._clock = clock
        self._offer = offer
        self._tell = tell
        self._wake = asyncio.Event()
        self._tried: dict[InquiryId, float] = {}

    def soon(self) -> None:
        """Something was asked or answered."""
        self._wake.set()

    async def at_once(self) -> None:
        """Wait for `soon`, then look."""
        await self._wake.wait()
        self._wake.clear()
        await self.round()

    async def round(self) -> None:
        """Offer what is answered; tell of what waits."""
        await self._offer_answers()
        await self._announce()

    def shown(self, ids: tuple[InquiryId, ...]) -> None:
        """These are on their way to the chat: no offer for a while."""
        for one in ids:
            self._tried[one] = self._clock.now()

    async def _offer_answers(self) -> None:
        now = self._clock.now()
        offers: dict[ChatId, list[InquiryId]] = {}
        for chat, inquiry in self._inquiries.offers():
            if (found := self._inquiries.inquiry(inquiry)) is not None and self._frozen(found.consultation):
                continue
            offers.setdefault(chat, []).append(inquiry)
        known = {one for ids in offers.values() for one in ids}
        self._tried = {one: when for one, when in self._tried.items() if one in known}
        for chat, ids in offers.items():
            if all(0 <= now - self._tried.get(one, -AGAIN) < AGAIN for one in ids):
                continue
            self.shown(tuple(ids))
            crash_point("before_offer")
            await self._offer(chat, partial(self._offered, tuple(ids)))

    async def _offered(self, ids: tuple[InquiryId, ...]) -> None:
        crash_point("after_offer")
        await self._inquiries.offered(ids)
        for one in ids:
            self._tried.pop(one, None)

    async def _announce(self) -> None:
        """It is noted before it is sent: after a crash in between somebody is told nothing rather than twice."""
        now = self._clock.now()
        waiting = [
            one
            for one in self._inquiries.unannounced()
            if not self._frozen(one.consultation)
            and not reminders.quiet(now, partial(hours_of, BY_ID[one.consultation].zones))
        ]
        if not waiting:
            return
        told = []
        for chat in self._inquiries.untold():
            grants = self._store.grants(chat)
            if any(may(grants, Right.ANSWER, one.consultation) for one in waiting):
                told.append(chat)
        await self._inquiries.announced([one.id for one in waiting], told)
        for chat in told:
            await self._tell(chat)
