"""The composition root: settings, stores, services, handlers, opened in this order and closed in reverse.

The only part that knows every room. Not here: the command line (`cli`), what any of the parts does.
"""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.clock import FollowingClock, ShiftedClock, SystemClock
from bot.core import staff as rules
from bot.core.consultations import BY_ID, TEXTS
from bot.core.dialogue.questionnaire import Form
from bot.core.ports import Chance, Clock, Log
from bot.crashpoints import arm
from bot.logs import get_logger
from bot.questionnaires.library import library
from bot.questionnaires.responding import Forms
from bot.settings import Settings
from handlers import menu
from handlers.application import Front, new_bot
from handlers.approving import Approving
from handlers.broadcasting import Broadcaster, Rate
from handlers.commands import COMMANDS
from handlers.conversing import Conversing
from handlers.erranding import Erranding
from handlers.exporting import Exports
from handlers.flood import Flood
from handlers.inquiring import Inquiring
from handlers.intake import Intake
from handlers.pace import Pace
from handlers.recollection import IDLE
from handlers.reminding import Reminding
from handlers.sender import Sender
from handlers.services import Services
from handlers.tidying import Places, Tidying
from handlers.voices import Voices
from handlers.writing.notices import contents
from handlers.writing.pages import Facts
from handlers.writing.writer import Writer
from locales.briefings import Library
from locales.catalogue import Catalogue
from storage.factory import Stores, open_stores

__all__ = ["Service", "SystemChance", "SystemClock", "open_service", "run"]

EXPIRE_EVERY = 900.0
"""Seconds between two looks for what has outlived its time."""
ERRAND_EVERY = 1.0
"""Seconds between two looks for roles that have ended; another process may have ended them."""
INQUIRE_EVERY = 60.0
"""Seconds between two looks for questions and answers that wait."""
REMIND_EVERY = 600.0
"""Seconds between two looks for drafts that will be erased soon."""
CONNECTIONS = 96
IN_FLIGHT, PAID_IN_FLIGHT = 32, 128
"""Calls of broadcasts that may be out at once."""
SWEEP_EVERY = 60.0
"""Seconds between two looks for what memory need not hold any longer."""


class SystemChance:
    """The system's random source."""

    def hex(self, length: int) -> str:
        """That many random bytes as hex."""
        return secrets.token_hex(length)

    def digits(self, count: int) -> str:
        """That many random decimal digits."""
        return "".join(secrets.choice("0123456789") for _ in range(count))


@dataclass(frozen=True)
class Service:
    """The bot, opened and ready to run."""

    stores: Stores
    clock: FollowingClock | None
    """None where a clock was given that is to be trusted."""
    conversing: Conversing
    reminding: Reminding
    tidying: Tidying
    broadcaster: Broadcaster
    inquiring: Inquiring
    approving: Approving
    erranding: Erranding
    intake: Intake
    greet: Callable[[], Awaitable[None]]
    """Asks Telegram whether it knows the bot; nothing can be handled before. Raises TelegramError, Misconfigured."""
    move_every: float
    log: Log
    catalogue: Catalogue
    publish: Callable[[], Awaitable[None]]

    async def run(self) -> None:
        """Wait for Telegram, answer what is owed, then fetch and handle until `intake.stop()`.

        Raises PollDead, and Misconfigured `poll_unauthorized` at the start.
        """
        rounds = [
            asyncio.create_task(self._often(self.move_every, self._tidy), name="mover"),
            asyncio.create_task(self._often(0.0, self.tidying.at_once), name="tidying"),
            asyncio.create_task(self._often(EXPIRE_EVERY, self._expire), name="expiry"),
            asyncio.create_task(self._often(SWEEP_EVERY, self._sweep), name="sweep"),
        ]
        try:
            if await self.intake.reach(self.greet):
                # Only now is it sure what time it is; the round's own first look may have come too early.
                rounds.append(asyncio.create_task(self._once(self._expire), name="expiry-at-start"))
                rounds.append(asyncio.create_task(self._once(self.publish), name="menu"))
                rounds.append(asyncio.create_task(self._once(self._audited), name="audit-at-start"))
                # A reminder is noted before it is sent, so it must not be sent before anything can be.
                rounds.append(asyncio.create_task(self._often(REMIND_EVERY, self._remind), name="reminders"))
                # Nothing can be sent before, and what did not arrive is offered again only after a while.
                rounds.append(asyncio.create_task(self._often(INQUIRE_EVERY, self._inquire), name="inquiries"))
                rounds.append(asyncio.create_task(self._often(0.0, self.inquiring.at_once), name="inquiries-at-once"))
                rounds.append(asyncio.create_task(self._often(0.0, self.approving.at_once), name="approvals-at-once"))
                rounds.append(asyncio.create_task(self._often(ERRAND_EVERY, self.erranding.round), name="errands"))
                rounds.append(asyncio.create_task(self.broadcaster.run(), name="broadcaster"))
                await self._serve()
        finally:
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)

    async def _serve(self) -> None:
        try:
            count = await self.conversing.unasked.owed()
            self.log.event("started", waiting=count)
            await self.intake.run()
        finally:
            self.log.event("stopping")

    async def _often(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            await self._once(work)
            await asyncio.sleep(seconds)

    async def _once(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception as error:  # whatever went wrong once: nothing would move or expire any more
            self.log.failure("task_failed", error)

    async def _expire(self) -> None:
        """Erase what has outlived its time, once it is sure what time it is."""
        if self.clock is not None and self.clock.differs:
            self.clock.report()
        if self.clock is None or self.clock.sure:
            await self.stores.expire()

    async def _audited(self) -> None:
        """Once at the start: whether the log of acts is whole and the roles are those that were given."""
        broken = self.stores.audit.verify()
        if broken is not None:
            self.log.event("audit_broken")
        if not self.stores.store.staff.whole:
            self.log.event("roster_broken")
        await self.stores.audit.note(
            "bot", "chain_checked", "all", "whole" if broken is None else f"broken at {broken}"
        )

    async def _remind(self) -> None:
        """Remind of drafts that wait, once it is sure what time it is."""
        if self.clock is None or self.clock.sure:
            await self.reminding.round()

    async def _tidy(self) -> None:
        """Bring what was handed in to where it rests, and take it from the chats."""
        await self.tidying.round(sure=self.clock is None or self.clock.sure)

    async def _inquire(self) -> None:
        """Offer answers, tell organizers of what waits for them, once it is sure what time it is."""
        if self.clock is None or self.clock.sure:
            await self.inquiring.round()
            await self.approving.round()

    async def _sweep(self) -> None:
        self.conversing.sweep()


@asynccontextmanager
async def open_service(
    settings: Settings,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    log: Log | None = None,
    questionnaires: Mapping[str, Form] | None = None,
) -> AsyncIterator[Service]:
    """Open everything `micic run` needs. A clock that is given is trusted; without one, the machine's is checked.

    `questionnaires` by their ids; without them, those that come with the program.

    Raises Misconfigured (settings, keys, rights) and Unavailable.
    """
    chance, log = chance or SystemChance(), log or get_logger()
    following = None
    if clock is None:
        clock = following = FollowingClock(_machine(settings), log)
    token = settings.token().get_secret_value()
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(
            open_stores(
                settings.data_dir,
                clock,
                chance,
                settings.draft_hours,
                exclusive=True,
                log=log,
                replica_dir=settings.replica_dir,
            )
        )
        catalogue = Catalogue.load(more=TEXTS)
        forms = Forms(questionnaires or library(), stores.published.points, catalogue, stores.editions.edition)
        facts = Facts(
            organisers=settings.organisers,
            contact="",
            recipients=tuple(_shortened(text) for text in stores.recipients.texts),
            draft_hours=settings.draft_hours,
            review_minutes=round(IDLE / 60),
            tidy_minutes=max(1, round(settings.tidy_after / 60)),
            commands=tuple((command.name, command.roles) for command in COMMANDS),
        )
        writer = Writer(catalogue, Library.load(), facts, stores.store.intake, forms)
        bot = new_bot(
            token,
            settings.telegram_url,
            CONNECTIONS + (PAID_IN_FLIGHT if settings.paid_rate else 0),
            hear=following.hear if following is not None else None,
        )
        pace = Pace(max(settings.send_rate, settings.paid_rate) if settings.send_rate else None)
        many = PAID_IN_FLIGHT if settings.paid_rate else IN_FLIGHT
        sender = Sender(bot, log=log, pace=pace, patient_in_flight=many)
        broadcaster = Broadcaster(
            sender,
            stores.outbox,
            stores.audit,
            clock=clock,
            log=log,
            contents=lambda broadcast: contents(catalogue, broadcast),
            rate=Rate(settings.paid_rate or settings.send_rate, paid=settings.paid_rate > 0),
            may_send=lambda consultation: stores.store.staff.frozen(consultation) is None,
            stands=lambda broadcast: rules.agreed_on(broadcast, stores.store.staff.held()),
        )
        places = Places(stores.vault.move, stores.replica.catch_up)
        tidying = Tidying(stores.store.traces, places, sender, clock=clock, log=log, grace=settings.tidy_after)
        services = Services(
            stores.store,
            clock,
            chance,
            log,
            forms,
            writer,
            tidying,
            lambda one: _points(stores.published.version, one),
            holdings=stores.inventory.of,
            carried=stores.published.feedback,
            figures=stores.figures.of,
            editions=stores.editions,
            outbox=stores.outbox,
            audit=stores.audit,
            cancel_seconds=settings.cancel_seconds,
            wake=broadcaster.wake,
            fetch=Voices(bot).fetch,
            export=Exports(settings.data_dir, log).make,
            inquiries=stores.store.inquiries,
            invites=stores.store.invites,
            admissions=stores.store.admissions,
            briefings=stores.store.briefings,
            staff=stores.store.staff,
        )
        conversing = Conversing(services, sender)
        broadcaster.tell, writer.left = conversing.unasked.renew, broadcaster.left
        writer.link = lambda token: f"https://t.me/{bot.username}?start={token}"
        inquiring = Inquiring(
            stores.store.inquiries,
            stores.store,
            clock,
            conversing.unasked.offer,
            conversing.unasked.tell_organizer,
            frozen=lambda consultation: stores.store.staff.frozen(consultation) is not None,
        )
        writer.edition = stores.editions.edition
        approving = Approving(
            stores.outbox,
            stores.store.inquiries,
            stores.store,
            clock,
            partial(conversing.unasked.tell_organizer, key="outbox.wait"),
        )
        services.wake = _both(broadcaster.wake, approving.soon)
        services.wake_inquiries, services.shown = inquiring.soon, inquiring.shown
        front = Front(bot, conversing, sender, store=stores.store, chance=chance, flood=Flood(clock, settings.burst))
        intake = Intake(bot, front.handle, conversing.set_aside, conversing.unasked.apologise, log=log)
        stack.push_async_callback(front.stop)
        stack.push_async_callback(conversing.stop)
        stack.push_async_callback(sender.stop, 0.5)
        yield Service(
            stores,
            following,
            conversing,
            Reminding(stores.store, clock, conversing.unasked.remind),
            tidying,
            broadcaster,
            inquiring,
            approving,
            Erranding(stores.store.staff, conversing.unasked.errand),
            intake,
            front.start,
            settings.move_every,
            log,
            catalogue,
            lambda: menu.publish(bot, catalogue, log),
        )


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _points(version: Callable[[str], str | None], consultation: str) -> str | None:
    """Version of the points that a consultation is shown: its own, or those that it takes over."""
    known = BY_ID.get(consultation)
    own = version(consultation)
    return version(known.points_from) if own is None and known is not None and known.points_from else own


def _machine(settings: Settings) -> Clock:
    return SystemClock() if settings.clock_file is None else ShiftedClock(settings.clock_file)


def _shortened(recipient: str) -> str:
    """Enough of a public key to compare it by eye."""
    return f"{recipient[:12]}…{recipient[-8:]}"


async def run(settings: Settings) -> None:
    """The bot, until SIGTERM or SIGINT; ends within 5 s of the signal whatever waits."""
    arm(settings.crash)
    async with open_service(settings) as service:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, service.intake.stop)
        await service.run()
    get_logger().event("stopped")
