"""Tells organizers that a broadcast waits for a second person: once for each text that is proposed, never at night.

Whoever wrote any of it cannot approve it and is not told. Told is who wants to be told of what participants ask, too.
Not here: what is shown then (`bot.core.conversation.broadcasts`), questions of participants (`inquiring`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.core import reminders
from bot.core.consultations import BY_ID
from bot.core.errors import Refused
from bot.core.outbox import Broadcast, Phase
from bot.core.people import ChatId
from bot.core.ports import Clock, Inquiries, Outbox, Store
from bot.core.rights import Right, may
from handlers.reminding import hours_of


class Approving:
    """One round looks at all that waits; one that `soon` asks for begins at once."""

    def __init__(
        self,
        outbox: Outbox,
        inquiries: Inquiries,
        store: Store,
        clock: Clock,
        tell: Callable[[ChatId], Awaitable[None]],
    ) -> None:
        """`tell` tells an organizer."""
        self._outbox = outbox
        self._inquiries = inquiries
        self._store = store
        self._clock = clock
        self._tell = tell
        self._wake = asyncio.Event()

    def soon(self) -> None:
        """Something was proposed, perhaps."""
        self._wake.set()

    async def at_once(self) -> None:
        """Wait for `soon`, then look."""
        await self._wake.wait()
        self._wake.clear()
        await self.round()

    async def round(self) -> None:
        """Tell of everything that waits and of which nobody was told yet."""
        for broadcast in self._outbox.broadcasts():
            if broadcast.phase is not Phase.PROPOSED or broadcast.announced == broadcast.digest:
                continue
            if reminders.quiet(self._clock.now(), partial(hours_of, BY_ID[broadcast.consultation].zones)):
                continue
            await self._announce(broadcast)

    async def _announce(self, broadcast: Broadcast) -> None:
        """It is noted before it is sent: after a crash in between somebody is told nothing rather than twice."""
        try:
            await self._outbox.keep(replace(broadcast, announced=broadcast.digest))
        except Refused:  # somebody changed or approved it this moment; what stands there now is looked at next time
            return
        for chat in self._inquiries.on_duty():
            if self._outbox.actor(chat) in broadcast.writers:
                continue
            if may(self._store.grants(chat), Right.BROADCAST, broadcast.consultation):
                await self._tell(chat)
