"""One update from beginning to end: read the chat, ask the core, commit, and only then answer.

The order is the promise: seal and commit first (the store does both), answer afterwards. Until `take` returns, the
update is not done and Telegram keeps it. Not here: fetching (`intake`), PTB's objects (`application`).
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from bot.core import events as on
from bot.core import screens as show
from bot.core.consultations import BY_ID
from bot.core.conversation import Outcome, converse, present
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.effects import Keep, KeepVoice
from bot.core.dialogue.steps.audio import room
from bot.core.errors import Outdated, Refused, Unavailable
from bot.core.inquiries import InquiryId, Shows
from bot.core.people import ChatId, Grant, UpdateId
from bot.core.ports import (
    Change,
    Seen,
)
from bot.core.rights import Right, anywhere
from bot.core.session import Signing, View
from bot.core.staff import Frozen, Thawed
from bot.core.traces import Fate, Trace
from bot.crashpoints import crash_point
from handlers import menu
from handlers.afterwards import Afterwards
from handlers.chats import Batch, Chat
from handlers.looking import Looking
from handlers.messages import Outgoing, Where
from handlers.reading import Origin
from handlers.sender import Kind, Sender
from handlers.services import Services
from handlers.transport import raw_call
from handlers.typed import LONGEST_LABEL, meant
from handlers.unasked import Unasked
from handlers.workbooks import Workbooks

ARRIVES_WITHIN = 3.0
"""Seconds that whoever leaves waits for news that is being sent to them."""
LONGEST_TOKEN = 64
"""Characters of a link's payload, as Telegram limits them."""


class Conversing:
    """Holds the active chats and takes their updates. One call per chat at a time (the intake sees to that)."""

    def __init__(self, services: Services, sender: Sender) -> None:
        self._services = services
        self._store = services.store
        self._writer = services.writer
        spoken = tuple(language.code for language in services.writer.catalogue.languages)
        self._workbooks = Workbooks(services.fetch, spoken)
        self._sender = sender
        self.looking = Looking(services)
        self.unasked = Unasked(services, sender, self.looking)
        self._delivery = self.unasked.delivery
        self._afterwards = Afterwards(services, self.looking)

    def view(self, origin: Origin) -> View:
        """What stands in the chat, for replies."""
        return self.looking.chat(origin).view

    async def take(self, origin: Origin, event: on.Event | None, *, payload: str | None = None) -> None:
        """The whole effect of one update, once. Returns when it is on disk; the answer follows by itself.

        Raises Unavailable when it cannot be made safe: then nothing happened, and it is to be tried again.
        """
        if self._store.handled(origin.update):
            self._services.log.event("update_repeated")
            return
        chat = self.looking.chat(origin)
        try:
            self._store.learn()
            await self._turn(origin, chat, event, payload)
        except Unavailable:
            self.unasked.tell_unavailable(chat)
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
        messages = self.looking.write(self.looking.with_receipt(chat, outcome))
        draft, signing = chat.session.draft, chat.session.signing
        crash_point("before_commit")
        traces = _traces(origin, chat, event, payload)
        try:
            await self._commit(origin, chat, outcome, grants, traces)
        except (Outdated, Refused) as error:
            # Between our look and our commit somebody else changed the same thing, or used an invite up: look again.
            late = error.code in ("inquiry_meanwhile", "consultation_exists")
            self._store.learn()
            outcome = self._outrun(chat, grants, error.code) if late else self._outcome(chat, event, grants)
            messages = self.looking.write(self.looking.with_receipt(chat, outcome))
            await self._commit(origin, chat, outcome, grants, traces)
        crash_point("after_commit")
        await self._made(outcome)
        self._follow(messages, outcome)
        self._remember(outcome, draft, signing)
        if outcome.redeems is not None:
            grants, spoke = self._store.grants(chat.id), ""
        if any(isinstance(act, Frozen | Thawed) for act in outcome.staff):
            self._services.wake()
        self._renew_menu(chat, grants, spoke, left=outcome.forget)
        if outcome.unknown_receipt:
            self.looking.guesses.note(chat.id)
        if outcome.unknown_code:
            self.looking.codes.note(chat.id)
        if outcome.admission is not None:
            await self.unasked.tell_decided(outcome.admission.code)
        first = self._afterwards.first(chat, outcome)
        over = outcome.erases_draft
        due = any(fate is Fate.DUE for _, fate in outcome.turns)
        batch = Batch(
            messages, origin.tapped, origin.callback, last=outcome.forget, ends=over, clears=due, first=first
        )  # fmt: skip
        self._delivery.post(chat, batch)
        if outcome.exports is not None:
            chat.pending += 1
            self._delivery.post(chat, Batch([], first=self._afterwards.export(chat, outcome.exports)))
        erased = over and outcome.submission is None
        due = (due and not outcome.tidy) or outcome.forget or outcome.withdraw is not None
        if payload or erased or due or isinstance(event, on.SendsOther):
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

    async def _read(self, chat: Chat, event: on.SendsFile, grants: tuple[Grant, ...]) -> on.SendsFile:
        """The file itself, fetched and examined only where one was asked for."""
        if not any(isinstance(effect, show.Examining) for effect in self._outcome(chat, event, grants).effects):
            return event
        chat.pending += 1  # what is known of the chat stays in memory meanwhile
        try:
            return await self._workbooks.examined(event)
        finally:
            chat.pending -= 1

    # What participants ask

    def _outrun(self, chat: Chat, grants: tuple[Grant, ...], code: str) -> Outcome:
        """Somebody else was quicker: the person is told, and sees it as it stands."""
        again = present(chat.profile, chat.session, self.looking.world(chat.id, grants))
        return replace(again, effects=(show.Line(f"error.{code}"), *again.effects))

    def _follow(self, messages: list[Outgoing], outcome: Outcome) -> None:
        """What was asked for is noted as read once it stands in the chat; whoever waits for something hears of it."""
        services = self._services
        for act in outcome.inquiries:
            if isinstance(act, Shows):
                services.shown(act.inquiries)
                at = max(index for index, item in enumerate(messages) if item.where is Where.NEW)
                messages[at] = replace(messages[at], arrived=partial(self._noted_read, act.inquiries))
        if outcome.inquiries or any(isinstance(act, Thawed) for act in outcome.staff):
            services.wake_inquiries()

    async def _noted_read(self, inquiries: tuple[InquiryId, ...]) -> None:
        crash_point("after_answer")
        if self._services.inquiries is not None:
            await self._services.inquiries.read(inquiries)

    def _duty(self, chat: ChatId, outcome: Outcome, grants: tuple[Grant, ...]) -> bool | None:
        """Whoever has become an organizer is told of what waits, until they say otherwise."""
        inquiries = self._services.inquiries
        if outcome.duty is None and inquiries is not None and anywhere(grants, Right.ANSWER):
            return True if inquiries.duty(chat) is None else None
        return outcome.duty

    # One turn

    def _outcome(self, chat: Chat, event: on.Event, grants: tuple[Grant, ...]) -> Outcome:
        if isinstance(event, on.Speaks):
            event = self._as_button(chat, event, grants)
        return converse(chat.profile, chat.session, event, self.looking.world(chat.id, grants))

    def _as_button(self, chat: Chat, event: on.Speaks, grants: tuple[Grant, ...]) -> on.Event:
        """A button's label, typed, is that button: of what the person sees last, or of the present step."""
        text = event.said.text
        if len(text) > LONGEST_LABEL or event.said.step is not None:
            return event
        standing = present(chat.profile, chat.session, self.looking.world(chat.id, grants))
        steps = [row for item in self.looking.write(standing) for row in item.message.rows]
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
                again = self.looking.standing(chat)
                return replace(again, effects=(show.Line(f"error.{error.code}"), *again.effects))
        if outcome.retries is not None:
            await services.outbox.again(outcome.retries)
        try:
            await self._published(outcome)
        except Refused as error:
            again = self.looking.standing(chat)
            return replace(again, effects=(show.Line(f"error.{error.code}"), *again.effects))
        if outcome.broadcast is not None:
            services.wake()
        return outcome

    async def _made(self, outcome: Outcome) -> None:
        """A consultation that needs no discretion: said only once it is made by us, for unsaid is the safe side."""
        if outcome.founds is not None and not outcome.founds.sensitive and self._services.outbox is not None:
            await self._services.outbox.set_sensitive(outcome.founds.consultation.id, sensitive=False)

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
        unkept = chat.take_unkept()
        chat.pending += 1
        # What the bot sent meanwhile shares the fate of what it belongs to.
        traces = (*unkept, *traces)
        # A note that is made beside this commit, and outlives it, must not hold a receipt that stands for nothing.
        chat.committing = outcome.receipt is not None
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
                        view=None if outcome.receipt is None else replace(chat.view, receipt=outcome.receipt),
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
                        founds=outcome.founds,
                    )
                )
        except BaseException:
            chat.pending -= 1
            chat.unkept[:0] = unkept
            raise
        finally:
            chat.committing = False
        if outcome.receipt is not None:
            chat.view = replace(chat.view, receipt=outcome.receipt)
        chat.profile, chat.session = outcome.profile, outcome.session

    async def _news_of(self, chat: Chat) -> tuple[Trace, ...]:
        """The news that stands in the chat of somebody who leaves. Durable before anything of them is erased: where
        their news stands is among it.
        """
        outbox = self._services.outbox
        if outbox is None:
            return ()
        with suppress(TimeoutError):
            async with asyncio.timeout(ARRIVES_WITHIN):
                while outbox.under_way(chat.id):  # noqa: ASYNC110 - where it will stand is known in a moment
                    await asyncio.sleep(0.05)
        numbers = outbox.received(chat.id)
        if not numbers:
            return ()
        trace = Trace(numbers, Fate.DUE)
        await self._store.settle([Seen(chat.id, chat.view, owed=True, traces=(trace,))])
        return (trace,)

    def _remember(self, outcome: Outcome, before: Draft | None, signing: Signing | None) -> None:
        """Keep what was written in mind as long as its draft stands, and no longer."""
        for effect in outcome.effects:
            if isinstance(effect, Keep):
                self.looking.recollection.remember(effect.part, effect.text)
        for part, text in outcome.remembers:
            self.looking.recollection.remember(part, text)
        gone = list(outcome.dropped)
        if signing is not None and signing.name is not None and outcome.session.signing != signing:
            gone.append(signing.name)
        if before is not None and outcome.session.draft is None:
            gone += [written.part for answer in before.answers.values() for written in answer.written]
        for part in gone:
            self.looking.recollection.forget(part)

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
        return self.looking.chats.busy or self._delivery.busy

    def sweep(self) -> None:
        """Drop from memory what was idle too long."""
        self.looking.recollection.sweep()
        self.looking.chats.sweep()

    def forget_all(self) -> None:
        """Drop everything from memory that is not on its way, as a restart does."""
        self.looking.recollection.clear()
        self.looking.chats.clear()

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
