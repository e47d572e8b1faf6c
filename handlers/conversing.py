"""One update from beginning to end: read the chat, ask the core, commit, and only then answer.

The order is the promise: seal and commit first (the store does both), answer afterwards. Until `take` returns, the
update is not done and Telegram keeps it. Not here: fetching (`intake`), PTB's objects (`application`).
"""

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from bot.core import events as on
from bot.core import screens as show
from bot.core.admission import Code
from bot.core.consultations import BY_ID
from bot.core.contributions import ContributionId
from bot.core.conversation import Outcome, World, converse, present
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.effects import Keep, KeepVoice
from bot.core.dialogue.questionnaire import Form
from bot.core.dialogue.steps.audio import room
from bot.core.errors import Outdated, Refused, Unavailable
from bot.core.figures import Figures
from bot.core.holdings import Holdings
from bot.core.inquiries import InquiryId, Shows
from bot.core.outbox import NOBODY
from bot.core.people import NOTICE, ChatId, Grant, Role, UpdateId
from bot.core.points import Point
from bot.core.ports import (
    Admissions,
    Audit,
    Briefings,
    Chance,
    Change,
    Clock,
    Editions,
    Inquiries,
    Invites,
    Log,
    Outbox,
    Seen,
    Staff,
    Store,
)
from bot.core.session import Place, Signing, View
from bot.core.staff import Frozen, Thawed
from bot.core.traces import Fate, Trace
from bot.crashpoints import crash_point
from bot.questionnaires.template import template
from handlers import menu
from handlers.chats import Batch, Chat, Chats
from handlers.delivery import Delivery
from handlers.drawing import picture
from handlers.flood import PAUSE
from handlers.guesses import Guesses
from handlers.messages import Message, Outgoing, Where
from handlers.reading import Origin
from handlers.recollection import Recollection
from handlers.sender import Kind, Sender
from handlers.tidying import Tidying
from handlers.transport import raw_call
from handlers.typed import LONGEST_LABEL, meant
from handlers.workbooks import Workbooks
from handlers.writing.exporting import Exporting, Made
from handlers.writing.words import Words
from handlers.writing.writer import Writer
from locales import zones

LONGEST_TOKEN = 64
"""Characters of a link's payload, as Telegram limits them."""


async def _done() -> None:
    """Nothing is to be noted."""


async def _nothing(file: str, limit: int) -> bytes:
    del file, limit
    return b""


async def _no_export(consultation: str) -> Made:
    return Made(None, 0, consultation)


@dataclass
class Services:
    """What a turn needs; made once by `bot.app`."""

    store: Store
    clock: Clock
    chance: Chance
    log: Log
    forms: Mapping[str, Form]
    writer: Writer
    tidying: Tidying
    points: Callable[[str], str | None] = lambda _: None
    """Version of the points that are published for a consultation."""
    carried: Callable[[ContributionId], tuple[Point, ...]] = lambda _: ()
    """The published points that carry a contribution."""
    holdings: Callable[[ChatId], Holdings] = lambda _: Holdings()
    """What is stored about a chat."""
    figures: Callable[[str], Figures] | None = None
    """What may be shown of a consultation in numbers."""
    editions: Editions | None = None
    """Forms that organizers bring; None where there are none."""
    outbox: Outbox | None = None
    """None where there are no broadcasts."""
    audit: Audit | None = None
    cancel_seconds: float = 600.0
    fetch: Callable[[str, int], Awaitable[bytes]] = _nothing
    """Fetches a file by its id, up to a limit in bytes; empty when it cannot be had."""
    draw: Callable[[Words, Figures], Awaitable[list[Outgoing]]] = picture
    """Figures as a picture."""
    wake: Callable[[], None] = lambda: None
    """Tells whoever sends broadcasts that something was changed."""
    export: Callable[[str], Awaitable[Made]] = _no_export
    """Makes the sealed export of a consultation, or of `all`."""
    inquiries: Inquiries | None = None
    """None where nobody can be asked."""
    invites: Invites | None = None
    """None where there are none to be made."""
    admissions: Admissions | None = None
    """None where nobody is admitted by a code."""
    briefings: Briefings | None = None
    """None where nobody writes any."""
    wake_inquiries: Callable[[], None] = lambda: None
    """Something was asked or answered."""
    staff: Staff | None = None
    """None where nobody has a role."""
    shown: Callable[[tuple[InquiryId, ...]], None] = lambda _: None
    """These are on their way to the chat of whoever asked."""


class Conversing:
    """Holds the active chats and takes their updates. One call per chat at a time (the intake sees to that)."""

    def __init__(self, services: Services, sender: Sender) -> None:
        self._services = services
        self._store = services.store
        self._writer = services.writer
        spoken = tuple(language.code for language in services.writer.catalogue.languages)
        self._workbooks = Workbooks(services.fetch, spoken)
        self.recollection = Recollection(services.clock)
        self._guesses = Guesses(services.clock)
        self._codes = Guesses(services.clock)
        self._chats = Chats(services.store, services.clock)
        self._sender = sender
        self._delivery = Delivery(sender, services.store, services.log, self.again)

    def view(self, origin: Origin) -> View:
        """What stands in the chat, for replies."""
        return self._chat(origin).view

    async def take(self, origin: Origin, event: on.Event | None, *, payload: str | None = None) -> None:
        """The whole effect of one update, once. Returns when it is on disk; the answer follows by itself.

        Raises Unavailable when it cannot be made safe: then nothing happened, and it is to be tried again.
        """
        if self._store.handled(origin.update):
            self._services.log.event("update_repeated")
            return
        chat = self._chat(origin)
        try:
            self._store.learn()
            await self._turn(origin, chat, event, payload)
        except Unavailable:
            self._tell_unavailable(chat)
            raise
        chat.told_unavailable = False

    async def _turn(self, origin: Origin, chat: Chat, event: on.Event | None, payload: str | None) -> None:
        if event is None:
            session = self._store.session(chat.id)
            await self._store.commit(Change(origin.update, chat.id, session, owed=chat.owed))
            return
        if payload:
            event = _arrived_with(payload)
        grants, spoke = self._store.grants(chat.id), "" if payload else chat.profile.language
        if isinstance(event, on.SendsVoice):
            event = await self._heard(chat, event, grants)
        if isinstance(event, on.SendsFile):
            event = await self._read(chat, event, grants)
        outcome = await self._noted(origin, chat, self._outcome(chat, event, grants))
        messages = self._write(self._with_receipt(chat, outcome))
        draft, signing = chat.session.draft, chat.session.signing
        crash_point("before_commit")
        traces = _traces(origin, chat, event, payload)
        try:
            await self._commit(origin, chat, outcome, grants, traces)
        except (Outdated, Refused) as error:
            # Between our look and our commit somebody else changed the same thing, or used an invite up: look again.
            late = error.code == "inquiry_meanwhile"
            outcome = self._outrun(chat, grants) if late else self._outcome(chat, event, grants)
            messages = self._write(self._with_receipt(chat, outcome))
            await self._commit(origin, chat, outcome, grants, traces)
        crash_point("after_commit")
        self._follow(messages, outcome)
        self._remember(outcome, draft, signing)
        if outcome.redeems is not None:
            grants, spoke = self._store.grants(chat.id), ""
        if any(isinstance(act, Frozen | Thawed) for act in outcome.staff):
            self._services.wake()
        self._renew_menu(chat, grants, spoke, left=outcome.forget)
        if outcome.unknown_receipt:
            self._guesses.note(chat.id)
        if outcome.unknown_code:
            self._codes.note(chat.id)
        if outcome.admission is not None:
            await self._tell_decided(outcome.admission.code)
        first = self._first(chat, outcome)
        over = outcome.erases_draft
        batch = Batch(messages, origin.tapped, origin.callback, last=outcome.forget, ends=over, first=first)
        self._delivery.post(chat, batch)
        if outcome.exports is not None:
            chat.pending += 1
            self._delivery.post(chat, Batch([], first=self._exporter(chat, outcome.exports)))
        erased = over and outcome.submission is None
        if payload or erased or outcome.forget or outcome.withdraw is not None or isinstance(event, on.SendsOther):
            self._services.tidying.soon()

    async def _heard(self, chat: Chat, event: on.SendsVoice, grants: tuple[Grant, ...]) -> on.SendsVoice:
        """The recording itself, fetched only where it would be taken: what would come of it is looked at first."""
        draft, effects = chat.session.draft, self._outcome(chat, event, grants).effects
        step = next((effect.step for effect in effects if isinstance(effect, KeepVoice)), None)
        if draft is None or step is None:
            return event
        question = self._services.forms[draft.form].questionnaire.question(step)
        replaces = draft.replacing and step == draft.step
        limit = room(question, None if replaces else draft.answer(step)) if question is not None else 0
        chat.pending += 1  # what is known of the chat stays in memory meanwhile
        try:
            audio = await self._services.fetch(event.file, limit)
        finally:
            chat.pending -= 1
        return replace(event, voiced=replace(event.voiced, audio=audio))

    def _first(self, chat: Chat, outcome: Outcome) -> Callable[[], Awaitable[list[Outgoing]]] | None:
        """What takes a while and is done only once everything is committed; it gives more messages."""
        if outcome.draws is not None:
            return partial(self._services.draw, self._writer.words(outcome.profile.language), outcome.draws)
        if outcome.template:
            return self._templates(chat)
        return self._tidier(chat) if outcome.tidy else self._lister(chat) if outcome.lists else None

    async def _read(self, chat: Chat, event: on.SendsFile, grants: tuple[Grant, ...]) -> on.SendsFile:
        """The file itself, fetched and examined only where one was asked for."""
        if not any(isinstance(effect, show.Examining) for effect in self._outcome(chat, event, grants).effects):
            return event
        chat.pending += 1  # what is known of the chat stays in memory meanwhile
        try:
            return await self._workbooks.examined(event)
        finally:
            chat.pending -= 1

    def _templates(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def send() -> list[Outgoing]:
            made = await asyncio.to_thread(template)
            return self._write(Outcome(chat.profile, chat.session, (show.ShowTemplate(made),)))

        return send

    def _tidier(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def tidy() -> list[Outgoing]:
            tidied = await self._services.tidying.tidy(chat.id, chat.session.draft is not None, chat.profile.keep)
            return self._write(Outcome(chat.profile, chat.session, (tidied,)))

        return tidy

    def _lister(self, chat: Chat) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def lists() -> list[Outgoing]:
            shown = show.ShowHoldings(self._services.holdings(chat.id))
            return self._write(Outcome(chat.profile, chat.session, (shown,)))

        return lists

    def _exporter(self, chat: Chat, consultation: str) -> Callable[[], Awaitable[list[Outgoing]]]:
        async def sends() -> list[Outgoing]:
            made = await self._services.export(consultation)
            return [Exporting(Words(self._writer.catalogue, chat.profile.language)).made(made)]

        return sends

    # What participants ask

    def _outrun(self, chat: Chat, grants: tuple[Grant, ...]) -> Outcome:
        """Somebody else was quicker: the person is told, and sees it as it stands."""
        again = present(chat.profile, chat.session, self._world(chat.id, grants))
        return replace(again, effects=(show.Line("error.inquiry_meanwhile"), *again.effects))

    def _follow(self, messages: list[Outgoing], outcome: Outcome) -> None:
        """What was asked for is noted as read once it stands in the chat; whoever waits for something hears of it."""
        services = self._services
        for act in outcome.inquiries:
            if isinstance(act, Shows):
                services.shown(act.inquiries)
                at = max(index for index, item in enumerate(messages) if item.where is Where.NEW)
                messages[at] = replace(messages[at], arrived=partial(self._noted_read, act.inquiries))
        if outcome.inquiries:
            services.wake_inquiries()

    async def _noted_read(self, inquiries: tuple[InquiryId, ...]) -> None:
        crash_point("after_answer")
        if self._services.inquiries is not None:
            await self._services.inquiries.read(inquiries)

    async def offer(self, chat_id: ChatId, arrived: Callable[[], Awaitable[None]]) -> None:
        """Ask whether this is a safe moment for what the organizers answered."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        messages = self._write(Outcome(chat.profile, chat.session, (show.OfferAnswer(),)))
        chat.pending += 1
        self._delivery.post(chat, Batch([replace(item, arrived=arrived) for item in messages]))

    async def tell_organizer(self, chat_id: ChatId, key: str = "inquiries.wait") -> None:
        """Tell an organizer that something waits, and nothing more."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        messages = self._write(Outcome(chat.profile, chat.session, (show.Line(key),)))
        chat.pending += 1
        self._delivery.post(chat, Batch(messages))

    async def _tell_decided(self, code: Code) -> None:
        """Ask whoever told this code whether the moment is safe; what was decided they read then.

        Where the question is lost with the process, they read it the next time that they are here.
        """
        admissions = self._services.admissions
        told = None if admissions is None else admissions.chat(code)
        if told is not None:
            await self.offer(told, _done)

    def _duty(self, chat: ChatId, outcome: Outcome, grants: tuple[Grant, ...]) -> bool | None:
        """Whoever has become an organizer is told of what waits, until they say otherwise."""
        inquiries = self._services.inquiries
        if outcome.duty is None and inquiries is not None and any(grant.role is Role.ORGANIZER for grant in grants):
            return True if inquiries.duty(chat) is None else None
        return outcome.duty

    # One turn

    def _outcome(self, chat: Chat, event: on.Event, grants: tuple[Grant, ...]) -> Outcome:
        if isinstance(event, on.Speaks):
            event = self._as_button(chat, event, grants)
        return converse(chat.profile, chat.session, event, self._world(chat.id, grants))

    def _as_button(self, chat: Chat, event: on.Speaks, grants: tuple[Grant, ...]) -> on.Event:
        """A button's label, typed, is that button: of what the person sees last, or of the present step."""
        text = event.said.text
        if len(text) > LONGEST_LABEL or event.said.step is not None:
            return event
        standing = present(chat.profile, chat.session, self._world(chat.id, grants))
        steps = [row for item in self._write(standing) for row in item.message.rows]
        # While an answer is on its way, they have not seen all: then what stood last is behind.
        ways = (steps, chat.offered) if chat.pending else (chat.offered, steps)
        return next((found for rows in ways if (found := meant(text, rows)) is not None), event)

    def _renew_menu(self, chat: Chat, grants: tuple[Grant, ...], spoke: str, *, left: bool) -> None:
        """The commands of a role stand in its holder's menu only, in their language, and go with the role."""
        if not grants or (spoke == chat.profile.language and not left):
            return
        method, params = menu.of_chat(chat.id, () if left else grants, self._writer.catalogue, chat.profile.language)
        self._sender.post(chat.id, lambda bot: raw_call(bot, method, params), Kind.TOUCH)

    async def _noted(self, origin: Origin, chat: Chat, outcome: Outcome) -> Outcome:
        """Note what an organizer did, then do it; both may come again after a crash and are there once.

        Where somebody else was quicker, the person is told and sees the work as it stands.
        """
        services = self._services
        if services.outbox is None or services.audit is None:
            return outcome
        for deed in outcome.deeds:
            who, once = services.outbox.actor(chat.id), f"{origin.update} {deed.act}"
            await services.audit.note(who, deed.act, deed.about, deed.detail, once=once)
        if outcome.broadcast is not None:
            try:
                await services.outbox.keep(outcome.broadcast)
            except Refused as error:
                world = self._world(chat.id, self._store.grants(chat.id))
                again = present(chat.profile, chat.session, world)
                return replace(again, effects=(show.Line(f"error.{error.code}"), *again.effects))
        if outcome.retries is not None:
            await services.outbox.again(outcome.retries)
        try:
            await self._published(outcome)
        except Refused as error:
            world = self._world(chat.id, self._store.grants(chat.id))
            again = present(chat.profile, chat.session, world)
            return replace(again, effects=(show.Line(f"error.{error.code}"), *again.effects))
        if outcome.broadcast is not None:
            services.wake()
        return outcome

    async def _published(self, outcome: Outcome) -> None:
        """What an organizer did with forms of their own; repeating any of it changes nothing."""
        editions = self._services.editions
        if editions is None:
            return
        if outcome.keeps is not None:
            await editions.keep(outcome.keeps)
        if outcome.offers is not None:
            await editions.offer(*outcome.offers)
        if outcome.retires is not None:
            await editions.retire(*outcome.retires)

    async def _commit(
        self, origin: Origin, chat: Chat, outcome: Outcome, grants: tuple[Grant, ...], traces: tuple[Trace, ...]
    ) -> None:
        """Everything the update changes, durable. `pending` counts from before, so that the answer stays owed."""
        before, unkept = chat.view, chat.take_unkept()
        chat.pending += 1
        # What the bot sent meanwhile shares the fate of what it belongs to.
        traces = (*unkept, *traces)
        if outcome.receipt is not None:
            chat.view = replace(chat.view, receipt=outcome.receipt)
        try:
            if outcome.redeems is not None:
                await self._store.redeem(origin.update, chat.id, outcome.redeems)
                crash_point("after_redeem")
                grants = self._store.grants(chat.id)
            if outcome.withdraw is not None:
                await self._store.withdraw(outcome.withdraw)
            if outcome.forget:
                await self._store.forget(origin.update, chat.id, (*traces, *await self._news_of(chat)))
                chat.view = View()
            else:
                if outcome.profile != chat.profile:
                    await self._store.keep_profile(chat.id, outcome.profile)
                await self._store.commit(
                    Change(
                        update=origin.update,
                        chat=chat.id,
                        session=outcome.session,
                        parts=outcome.parts,
                        dropped=outcome.dropped,
                        submission=outcome.submission,
                        addition=outcome.addition,
                        view=chat.view if outcome.receipt is not None else None,
                        erase_draft=outcome.erases_draft,
                        traces=traces,
                        turns=outcome.turns,
                        inquiries=outcome.inquiries,
                        ticks=outcome.ticks,
                        duty=self._duty(chat.id, outcome, grants),
                        invites=outcome.invites,
                        code=outcome.code,
                        admission=outcome.admission,
                        told=outcome.told,
                        briefing=outcome.briefing,
                        staff=outcome.staff,
                        intake=outcome.intake,
                    )
                )
        except BaseException:
            chat.pending -= 1
            chat.unkept[:0] = unkept
            if outcome.receipt is not None:
                chat.view = replace(chat.view, receipt=before.receipt)
            raise
        chat.profile, chat.session = outcome.profile, outcome.session

    async def _news_of(self, chat: Chat) -> tuple[Trace, ...]:
        """The news that stands in the chat of somebody who leaves. Durable before anything of them is erased: where
        their news stands is among it.
        """
        numbers = () if self._services.outbox is None else self._services.outbox.received(chat.id)
        if not numbers:
            return ()
        trace = Trace(numbers, Fate.DUE)
        await self._store.settle([Seen(chat.id, chat.view, owed=True, traces=(trace,))])
        return (trace,)

    def _with_receipt(self, chat: Chat, outcome: Outcome) -> Outcome:
        """What follows from an update, after a receipt that should have arrived before and did not."""
        receipt = chat.view.receipt
        if receipt is None or chat.pending or outcome.receipt is not None or outcome.forget or not chat.profile.joined:
            return outcome
        group = outcome.session.group is not None
        shown = show.ShowReceipt(receipt, chat.profile.joined[-1], group=group, keep=chat.profile.keep)
        return replace(outcome, effects=(shown, *outcome.effects))

    def _remember(self, outcome: Outcome, before: Draft | None, signing: Signing | None) -> None:
        """Keep what was written in mind as long as its draft stands, and no longer."""
        for effect in outcome.effects:
            if isinstance(effect, Keep):
                self.recollection.remember(effect.part, effect.text)
        for part, text in outcome.remembers:
            self.recollection.remember(part, text)
        gone = list(outcome.dropped)
        if signing is not None and signing.name is not None and outcome.session.signing != signing:
            gone.append(signing.name)
        if before is not None and outcome.session.draft is None:
            gone += [written.part for answer in before.answers.values() for written in answer.written]
        for part in gone:
            self.recollection.forget(part)

    def _write(self, outcome: Outcome) -> list[Outgoing]:
        # Texts of this very turn are shown before they are committed and remembered, hence the look into the effects.
        fresh = {effect.part: effect.text for effect in outcome.effects if isinstance(effect, Keep)}
        return self._writer.write(
            outcome.effects,
            outcome.profile,
            lambda part: fresh.get(part) or self.recollection.recall(part),
            self._services.clock.now(),
        )

    def _world(self, chat: ChatId, grants: tuple[Grant, ...]) -> World:
        services = self._services
        now, admissions = services.clock.now(), services.admissions
        return World(
            day=datetime.datetime.fromtimestamp(now, datetime.UTC).date().isoformat(),
            now=now,
            notice=NOTICE,
            languages=tuple(language.code for language in self._writer.catalogue.languages),
            intake=services.store.intake,
            grants=grants,
            forms=services.forms,
            chance=services.chance,
            standing=services.store.standing,
            recall=self.recollection.recall,
            outbox=services.outbox,
            actor=NOBODY if services.outbox is None else services.outbox.actor(chat),
            cancel_seconds=services.cancel_seconds,
            zone=zones.zone,
            find_zone=zones.find,
            inquiries=services.inquiries,
            invites=services.invites,
            memberships={} if admissions is None else admissions.memberships(chat),
            untold=() if admissions is None else admissions.untold(chat),
            admission=(lambda code, consultation: None) if admissions is None else admissions.found,
            code_until=lambda: None if admissions is None else admissions.until(chat),
            may_enter=self._codes.may_try(chat),
            briefings=services.briefings,
            chain=self._writer.catalogue.chain,
            invite=lambda token: services.store.invite(chat, token),
            may_check=self._guesses.may_try(chat),
            figures=services.figures,
            wording=self._writer.catalogue.text,
            staff=services.staff,
            points=services.points,
            editions=services.editions,
            carried=services.carried,
        )

    def _chat(self, origin: Origin) -> Chat:
        return self._chats.get(origin.chat, lambda: self._writer.catalogue.guess(origin.tag))

    # Without an update

    async def again(self, chat_id: ChatId) -> None:
        """Show the present step to a chat that is owed an answer; the receipt if it was never shown."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        outcome = present(chat.profile, chat.session, self._world(chat_id, self._store.grants(chat_id)))
        if chat.session.place is Place.RECEIPT and chat.view.receipt is not None:
            outcome = replace(outcome, effects=())  # the receipt itself tells what can be done next
        messages = self._write(self._with_receipt(chat, outcome))
        chat.pending += 1
        self._delivery.post(chat, Batch(messages))

    async def remind(self, chat_id: ChatId) -> None:
        """Ask whether this is a safe moment; what waits is shown only then."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        outcome = Outcome(chat.profile, chat.session, (show.AskSafe(),))
        chat.pending += 1
        self._delivery.post(chat, Batch(self._write(outcome)))

    async def errand(self, chat_id: ChatId, kind: str) -> None:
        """A role has ended (`ended`, `menu`): its commands go. Or somebody agreed to what was proposed (`agreed`)."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        if kind != "agreed":
            method, params = menu.of_chat(
                chat_id, self._store.grants(chat_id), self._writer.catalogue, chat.profile.language
            )
            await self._sender.send(chat_id, lambda bot: raw_call(bot, method, params), Kind.TOUCH)
        if kind != "menu":
            key = "people.ended" if kind == "ended" else "people.agreed"
            chat.pending += 1
            self._delivery.post(chat, Batch(self._write(Outcome(chat.profile, chat.session, (show.Line(key),)))))

    async def renew(self, broadcast: str) -> None:
        """Show the progress of a broadcast to the organizers who have its report open."""
        for chat in self._chats.standing_at(Place.BROADCASTS):
            bench = chat.session.bench
            if bench.broadcast != broadcast or bench.screen != "report" or chat.pending or chat.view.anchor is None:
                continue
            outcome = present(chat.profile, chat.session, self._world(chat.id, self._store.grants(chat.id)))
            chat.pending += 1
            self._delivery.post(chat, Batch(self._write(outcome), tapped=chat.view.anchor))

    async def owed(self) -> int:
        """After a restart: show the present step to everybody who is owed an answer. Returns how many."""
        chats = self._store.owed()
        for chat in chats:
            self._chats.get(chat, lambda: self._writer.catalogue.guess(None)).doubtful = True
            await self.again(chat)
        return len(chats)

    def words(self, key: str, origin: Origin) -> str:
        """One line, as HTML, for somebody whose chat is not kept."""
        return self._writer.say(key, self._writer.catalogue.guess(origin.tag))

    async def apologise(self, chat_id: ChatId) -> None:
        """Tell a person that their update could not be handled, and ask for it again."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        html = self._writer.say("error.send_again", chat.profile.language)
        chat.pending += 1
        self._delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))

    def _tell_unavailable(self, chat: Chat) -> None:
        """Say once that nothing can be stored now; the update stays with Telegram and is tried again."""
        if chat.told_unavailable:
            return
        chat.told_unavailable = True
        html = self._writer.say("error.not_stored", chat.profile.language)
        chat.pending += 1
        self._delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))

    def overlooked(self, chat_id: ChatId, message: int) -> None:
        """A message was refused unread; it is to be deleted with the others."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        chat.unkept.append(Trace((message,), Fate.DUE))

    def tell_too_fast(self, chat_id: ChatId) -> None:
        """Tell a person, once for the whole pause, that nothing is taken until it is over."""
        chat = self._chats.get(chat_id, lambda: self._writer.catalogue.guess(None))
        html = self._writer.say("error.too_fast", chat.profile.language, seconds=round(PAUSE))
        self._services.log.event("flood_refused")
        chat.pending += 1
        self._delivery.post(chat, Batch([Outgoing(Where.NEW, Message(html))]))

    async def set_aside(self, update: UpdateId, raw: bytes, chat: ChatId | None, message: int | None = None) -> None:
        """Keep an update that nobody could handle, sealed. The person is owed a word, whatever happens in between.

        Their message stands until the draft ends: they are asked to send it again, and may want to copy it.
        """
        view = None if chat is None else self._store.view(chat)
        if chat is not None and (view is not None or message is not None):
            traces = () if message is None else (Trace((message,), Fate.LIVE),)
            await self._store.settle([Seen(chat, view or View(), owed=True, traces=traces)])
        await self._store.set_aside(update, raw)

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way to anybody, or buttons are still to be taken away."""
        return self._chats.busy or self._delivery.busy

    def sweep(self) -> None:
        """Drop from memory what was idle too long."""
        self.recollection.sweep()
        self._chats.sweep()

    def forget_all(self) -> None:
        """Drop everything from memory that is not on its way, as a restart does."""
        self.recollection.clear()
        self._chats.clear()

    async def stop(self) -> None:
        """End the deliveries; what is not delivered stays owed."""
        await self._delivery.stop()


def _arrived_with(payload: str) -> on.Event:
    """What a link brings: the name of a consultation, or an invite. Whatever else it is stands for an unknown one."""
    return on.Start(payload) if payload in BY_ID else on.Start(invite=payload[:LONGEST_TOKEN])


def _traces(origin: Origin, chat: Chat, event: on.Event, payload: str | None) -> tuple[Trace, ...]:
    """The person's message, if it was one: it is deleted from the chat in time, or at once where nobody needs it."""
    if origin.message is None:
        return ()
    chat.newest = max(chat.newest, origin.message)
    # What was asked for is deleted like any answer, and what could not be fetched may have to be listened to again.
    taken = isinstance(event, on.SendsVoice) and event.voiced.audio is not None
    at_once = payload is not None or (isinstance(event, on.SendsOther | on.Tidies) and not taken)
    fate = Fate.DUE if at_once else Fate.KEEPING if chat.profile.keep else Fate.LIVE
    return (Trace((origin.message,), fate, origin.sent),)
