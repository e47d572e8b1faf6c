"""What the bot says without an update: what is owed after a restart, reminders, errands, offers, excuses."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core import screens as show
from bot.core.admission import Code
from bot.core.conversation import Outcome, present
from bot.core.people import ChatId
from bot.core.session import Place
from bot.core.traces import Fate, Trace
from handlers import menu
from handlers.chats import Batch, Chat
from handlers.delivery import Delivery
from handlers.flood import PAUSE
from handlers.looking import Looking
from handlers.messages import Message, Outgoing, Where
from handlers.sender import Kind, Sender
from handlers.services import Services
from handlers.transport import raw_call
from handlers.writing.inquiries import OFFER


async def _done() -> None:
    """Nothing is to be noted."""


class Unasked:
    """Says to a chat what it did not ask for now. Whatever is said here is owed until it is delivered."""

    def __init__(self, services: Services, sender: Sender, looking: Looking) -> None:
        self._services = services
        self._sender = sender
        self._looking = looking
        self.delivery = Delivery(sender, services.store, services.log, self.again)

    async def offer(self, chat_id: ChatId, arrived: Callable[[], Awaitable[None]]) -> None:
        """Ask whether this is a safe moment for what the organizers answered; once, while the question is the last word
        in the chat.
        """
        chat = self._looking.known(chat_id)
        if chat.working.get(OFFER) == chat.newest and not chat.pending:
            await arrived()
            return
        messages = self._looking.write(Outcome(chat.profile, chat.session, (show.OfferAnswer(),)))
        chat.pending += 1
        self.delivery.post(chat, Batch([replace(item, arrived=arrived) for item in messages]))

    async def tell_organizer(self, chat_id: ChatId, key: str = "inquiries.wait") -> None:
        """Tell an organizer that something waits, and nothing more."""
        chat = self._looking.known(chat_id)
        messages = self._looking.write(Outcome(chat.profile, chat.session, (show.Line(key),)))
        chat.pending += 1
        self.delivery.post(chat, Batch(messages))

    async def tell_decided(self, code: Code) -> None:
        """Ask whoever told this code whether the moment is safe; what was decided they read then.

        Where the question is lost with the process, they read it the next time that they are here.
        """
        admissions = self._services.admissions
        told = None if admissions is None else admissions.chat(code)
        if told is not None:
            await self.offer(told, _done)

    async def again(self, chat_id: ChatId) -> None:
        """Show the present step to a chat that is owed an answer; the receipt if it was never shown."""
        chat = self._looking.known(chat_id)
        outcome = present(
            chat.profile, chat.session, self._looking.world(chat_id, self._services.store.grants(chat_id))
        )
        if chat.session.place is Place.RECEIPT and chat.view.receipt is not None:
            outcome = replace(outcome, effects=())  # the receipt itself tells what can be done next
        messages = self._looking.write(self._looking.with_receipt(chat, outcome))
        chat.pending += 1
        self.delivery.post(chat, Batch(messages))

    async def remind(self, chat_id: ChatId) -> None:
        """Ask whether this is a safe moment; what waits is shown only then."""
        chat = self._looking.known(chat_id)
        outcome = Outcome(chat.profile, chat.session, (show.AskSafe(),))
        chat.pending += 1
        self.delivery.post(chat, Batch(self._looking.write(outcome)))

    async def errand(self, chat_id: ChatId, kind: str) -> None:
        """A role has ended (`ended`, `menu`): its commands go. Or somebody agreed to what was proposed (`agreed`)."""
        chat = self._looking.known(chat_id)
        if kind != "agreed":
            method, params = menu.of_chat(
                chat_id, self._services.store.grants(chat_id), self._services.writer.catalogue, chat.profile.language
            )
            await self._sender.send(chat_id, lambda bot: raw_call(bot, method, params), Kind.TOUCH)
        if kind != "menu":
            key = "people.ended" if kind == "ended" else "people.agreed"
            chat.pending += 1
            self.delivery.post(chat, Batch(self._looking.write(Outcome(chat.profile, chat.session, (show.Line(key),)))))

    async def renew(self, broadcast: str) -> None:
        """Show the progress of a broadcast to the organizers who have its report open."""
        for chat in self._looking.chats.standing_at(Place.BROADCASTS):
            bench = chat.session.bench
            if bench.broadcast != broadcast or bench.screen != "report" or chat.pending or chat.view.anchor is None:
                continue
            outcome = present(
                chat.profile, chat.session, self._looking.world(chat.id, self._services.store.grants(chat.id))
            )
            chat.pending += 1
            self.delivery.post(chat, Batch(self._looking.write(outcome), tapped=chat.view.anchor))

    async def owed(self) -> int:
        """After a restart: show the present step to everybody who is owed an answer. Returns how many."""
        chats = self._services.store.owed()
        for chat in chats:
            self._looking.known(chat).doubtful = True
            await self.again(chat)
        return len(chats)

    async def apologise(self, chat_id: ChatId) -> None:
        """Tell a person that their update could not be handled, and ask for it again."""
        chat = self._looking.known(chat_id)
        html = self._services.writer.say("error.send_again", chat.profile.language)
        chat.pending += 1
        self.delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))

    def tell_unavailable(self, chat: Chat) -> None:
        """Say once that nothing can be stored now; the update stays with Telegram and is tried again."""
        if chat.told_unavailable:
            return
        chat.told_unavailable = True
        html = self._services.writer.say("error.not_stored", chat.profile.language)
        chat.pending += 1
        self.delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))

    def overlooked(self, chat_id: ChatId, message: int) -> None:
        """A message was refused unread; it is to be deleted with the others."""
        chat = self._looking.known(chat_id)
        chat.unkept.append(Trace((message,), Fate.DUE))

    def tell_too_fast(self, chat_id: ChatId) -> None:
        """Tell a person, once for the whole pause, that nothing is taken until it is over."""
        chat = self._looking.known(chat_id)
        html = self._services.writer.say("error.too_fast", chat.profile.language, seconds=round(PAUSE))
        self._services.log.event("flood_refused")
        chat.pending += 1
        self.delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))
