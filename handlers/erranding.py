"""Tells chats that a role of theirs has ended, or that somebody agreed to what they proposed, and takes commands away.

What ends a role may be another process. It is noted with the end itself and told until it was: after a crash rather
twice than never. Not here: what is said then (`conversing`), which roles there are (`storage.staff`).
"""

from collections.abc import Awaitable, Callable

from bot.core.people import ChatId
from bot.core.ports import Staff


class Erranding:
    """One round does all that waits."""

    def __init__(self, staff: Staff, run: Callable[[ChatId, str], Awaitable[None]]) -> None:
        """`run` brings one errand on its way: `ended`, `menu` or `agreed`."""
        self._staff = staff
        self._run = run

    async def round(self) -> None:
        """Everything that waits."""
        for chat, kind in self._staff.errands():
            await self._run(chat, kind)
            await self._staff.told(chat, kind)
