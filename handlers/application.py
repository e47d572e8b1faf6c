"""PTB's application: our commands, buttons and messages registered with it, and the way an update goes through it.

PTB's Updater, ConversationHandler and persistence are not used (DECISIONS.md, 2): the intake hands updates in.
Not here: fetching (`intake`), what follows from an event (`conversing`).
"""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

from telegram import Chat, Update
from telegram.error import InvalidToken
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.core import events as on
from bot.core.errors import Misconfigured
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Chance, Store
from handlers import reading
from handlers.access import may
from handlers.commands import COMMANDS
from handlers.commands.command import Command
from handlers.conversing import Conversing
from handlers.flood import Flood, Verdict
from handlers.intake import RawUpdate, chat_of, message_of
from handlers.reading import Origin
from handlers.sender import Kind, Sender
from handlers.transport import Transport
from handlers.updates import as_update

_failures: ContextVar[list[Exception]] = ContextVar("failures")
"""PTB swallows what a handler raises; the intake has to know, or it would confirm a failed update."""

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def new_bot(token: str, url: str, connections: int = 64, hear: Callable[[float], None] | None = None) -> ExtBot[None]:
    """A PTB bot on our transport, for any server that speaks the Bot API. `hear` is told the server's time."""
    return ExtBot(
        token,
        base_url=f"{url.rstrip('/')}/bot",
        base_file_url=f"{url.rstrip('/')}/file/bot",
        request=Transport(connections=connections, hear=hear),
        get_updates_request=Transport(connections=1, hear=hear),
    )


class _Words(filters.UpdateFilter):
    """A new text in a private chat that is no command."""

    def filter(self, update: Update) -> bool:
        message = update.message
        if message is None or message.text is None or message.text.startswith("/"):
            return False
        return message.chat.type == Chat.PRIVATE


class Front:
    """Takes raw updates through PTB's handlers to the conversation."""

    def __init__(
        self,
        bot: ExtBot[None],
        conversing: Conversing,
        sender: Sender,
        *,
        store: Store,
        chance: Chance,
        flood: Flood,
    ) -> None:
        self._bot = bot
        self._conversing = conversing
        self._sender = sender
        self._store = store
        self._chance = chance
        self._flood = flood
        self._application = Application.builder().bot(bot).updater(None).build()
        self._register()

    def _register(self) -> None:
        new = filters.UpdateType.MESSAGE
        private = filters.ChatType.PRIVATE
        add = self._application.add_handler
        # What nearly always comes is looked for first.
        add(MessageHandler(_Words(), self._message))
        add(CallbackQueryHandler(self._tap))
        for command in COMMANDS:
            add(CommandHandler(command.name, self._command(command), filters=new & private))
        add(MessageHandler(new & private, self._message))
        add(MessageHandler(filters.UpdateType.EDITED_MESSAGE & private, self._edited))
        add(TypeHandler(Update, self._other))
        self._application.add_error_handler(_note_failure)

    async def start(self) -> None:
        """Open the connections, and ask the server whether it knows the bot. To be repeated until that is answered.

        Raises Misconfigured `poll_unauthorized`, and TelegramError when there was no answer.
        """
        refused = False
        try:
            await self._application.initialize()
        except InvalidToken:
            refused = True
        if refused:
            raise Misconfigured("poll_unauthorized")  # outside of the `except`: PTB's error repeats the token

    async def stop(self) -> None:
        """Close them, however far `start` came."""
        await self._application.shutdown()
        await self._bot.shutdown()

    async def handle(self, raw: RawUpdate) -> None:
        """One raw update. Raises whatever went wrong; returns once its effect is committed."""
        chat = chat_of(raw)
        if chat is not None:
            verdict = self._flood.judge(chat, UpdateId(raw["update_id"]))
            if verdict is not Verdict.TAKE:
                if (message := message_of(raw)) is not None:
                    self._conversing.unasked.overlooked(chat, message)
                if verdict is Verdict.REFUSE_AND_TELL:
                    self._conversing.unasked.tell_too_fast(chat)
                return
        update = as_update(raw, self._bot)
        failures: list[Exception] = []
        token = _failures.set(failures)
        try:
            await self._application.process_update(update)
        finally:
            _failures.reset(token)
        if failures:
            raise failures[0]

    # One method for each sort of update

    def _command(self, command: Command) -> Handler:
        async def run(update: Update, context: Context) -> None:
            origin = reading.origin(update)
            if origin is None:
                return
            if not may(command, self._store.grants(origin.chat)):
                await self._conversing.take(origin, on.Unknown(command=True))
                return
            text = " ".join(context.args or ())
            payload = text if command.payload and text else None
            await self._conversing.take(origin, command.event(text), payload=payload)

        return run

    async def _tap(self, update: Update, context: Context) -> None:
        del context
        origin = reading.origin(update)
        if origin is None or not origin.private:
            await self._other(update, None)
            return
        await self._conversing.take(origin, reading.tap(update))

    async def _message(self, update: Update, context: Context) -> None:
        del context
        origin = reading.origin(update)
        if origin is not None:
            event = reading.message(update, self._conversing.view(origin), self._chance)
            await self._conversing.take(origin, event)

    async def _edited(self, update: Update, context: Context) -> None:
        del context
        origin = reading.origin(update)
        if origin is not None:
            await self._conversing.take(origin, reading.edited(update, self._chance))

    async def _other(self, update: Update, context: Context | None) -> None:
        """Whatever is not a private chat is left; whatever else it is has no effect, but counts as done."""
        del context
        origin = reading.origin(update)
        if origin is None:
            origin = Origin(UpdateId(update.update_id), ChatId(0), private=True, tag=None)
        elif not origin.private and _present(update) and not self._store.handled(origin.update):
            self._leave(origin)
        await self._conversing.take(origin, None)

    def _leave(self, origin: Origin) -> None:
        """A group learns nothing here and puts its members at risk: say so and leave. Nobody waits for it."""
        html = self._conversing.looking.words("error.private_only", origin)
        self._sender.post(origin.chat, lambda bot: bot.send_message(origin.chat, html))
        self._sender.post(origin.chat, lambda bot: bot.leave_chat(origin.chat), Kind.TOUCH)


def _present(update: Update) -> bool:
    """False for the note that says that we were put out of a group."""
    member = update.my_chat_member
    return member is None or member.new_chat_member.status not in ("left", "kicked")


async def _note_failure(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    del update
    error = context.error
    if error is not None:
        _failures.get([]).append(error)
