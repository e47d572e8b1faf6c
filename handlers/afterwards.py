"""What takes a while, and is done only once everything is committed: pictures, templates, tidying, lists, exports."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.core import screens as show
from bot.core.conversation import Outcome
from bot.questionnaires.template import template
from handlers.chats import Chat
from handlers.looking import Looking
from handlers.messages import Outgoing
from handlers.services import Services
from handlers.writing.exporting import Exporting


class Afterwards:
    """Gives functions that do the work when the delivery comes to it, and then give the messages to send."""

    def __init__(self, services: Services, looking: Looking) -> None:
        self._services = services
        self._looking = looking

    def first(self, chat: Chat, outcome: Outcome) -> Callable[[], Awaitable[list[Outgoing]]] | None:
        """What takes a while and is done only once everything is committed; it gives more messages."""
        if outcome.draws is not None:
            return partial(self._services.draw, self._services.writer.words(outcome.profile.language), outcome.draws)
        if outcome.template:
            return self._templates(chat)
        return self._tidier(chat) if outcome.tidy else self._lister(chat) if outcome.lists else None

    def _templates(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def send() -> list[Outgoing]:
            made = await asyncio.to_thread(template)
            return self._looking.write(Outcome(chat.profile, chat.session, (show.ShowTemplate(made),)))

        return send

    def _tidier(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def tidy() -> list[Outgoing]:
            tidied = await self._services.tidying.tidy(chat.id, chat.session.draft is not None, chat.profile.keep)
            return self._looking.write(Outcome(chat.profile, chat.session, (tidied,)))

        return tidy

    def _lister(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def lists() -> list[Outgoing]:
            shown = show.ShowHoldings(self._services.holdings(chat.id))
            return self._looking.write(Outcome(chat.profile, chat.session, (shown,)))

        return lists

    def export(self, chat: Chat, consultation: str) -> Callable[[], Awaitable[list[Outgoing]]]:
        """The sealed export of a consultation, made and sent."""

        async def sends() -> list[Outgoing]:
            made = await self._services.export(consultation)
            return [Exporting(self._services.writer.words(chat.profile.language)).made(made)]

        return sends
