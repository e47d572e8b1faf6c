"""The world as a chat sees it, and what an outcome says in its language.

Nothing is changed here: `conversing` commits, `delivery` sends.
"""

import datetime
from dataclasses import replace
from functools import partial

from bot.core import screens as show
from bot.core.conversation import Outcome, World, present
from bot.core.dialogue.effects import Keep
from bot.core.outbox import NOBODY
from bot.core.people import NOTICE, ChatId, Grant
from bot.questionnaires.founding import judged
from handlers.chats import Chat, Chats
from handlers.guesses import Guesses
from handlers.messages import Outgoing
from handlers.reading import Origin
from handlers.recollection import Recollection
from handlers.services import Services
from locales import zones


class Looking:
    """The active chats, what may be told to each, and the texts that only memory holds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store
        self._writer = services.writer
        self.recollection = Recollection(services.clock)
        self.guesses = Guesses(services.clock)
        """Receipts that were tried and do not exist."""
        self.codes = Guesses(services.clock)
        """Codes of admission that were tried and do not exist."""
        self.chats = Chats(services.store, services.clock)

    def known(self, chat: ChatId) -> Chat:
        """A chat that did nothing now; its language is guessed where none was chosen."""
        return self.chats.get(chat, lambda: self._writer.catalogue.guess(None))

    def write(self, outcome: Outcome) -> list[Outgoing]:
        """The messages of an outcome, in the language of its profile."""
        # Texts of this very turn are shown before they are committed and remembered, hence the look into the effects.
        fresh = {effect.part: effect.text for effect in outcome.effects if isinstance(effect, Keep)}
        return self._writer.write(
            outcome.effects,
            outcome.profile,
            lambda part: fresh.get(part) or self.recollection.recall(part),
            self._services.clock.now(),
        )

    def standing(self, chat: Chat) -> Outcome:
        """The present step, as things are now."""
        return present(chat.profile, chat.session, self.world(chat.id, self._store.grants(chat.id)))

    def world(self, chat: ChatId, grants: tuple[Grant, ...]) -> World:
        """What the core may ask on behalf of a chat."""
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
            zones_of=zones.of_country,
            judged=partial(judged, catalogue=self._writer.catalogue),
            inquiries=services.inquiries,
            invites=services.invites,
            memberships={} if admissions is None else admissions.memberships(chat),
            untold=() if admissions is None else admissions.untold(chat),
            admission=(lambda code, consultation: None) if admissions is None else admissions.found,
            code_until=lambda: None if admissions is None else admissions.until(chat),
            may_enter=self.codes.may_try(chat),
            briefings=services.briefings,
            chain=self._writer.catalogue.chain,
            invite=lambda token: services.store.invite(chat, token),
            may_check=self.guesses.may_try(chat),
            figures=services.figures,
            wording=self._writer.catalogue.text,
            staff=services.staff,
            points=services.points,
            editions=services.editions,
            carried=services.carried,
        )

    def with_receipt(self, chat: Chat, outcome: Outcome) -> Outcome:
        """What follows from an update, after a receipt that should have arrived before and did not."""
        receipt = chat.view.receipt
        if receipt is None or chat.pending or outcome.receipt is not None or outcome.forget or not chat.profile.joined:
            return outcome
        group = outcome.session.group is not None
        shown = show.ShowReceipt(receipt, chat.profile.joined[-1], group=group, keep=chat.profile.keep)
        return replace(outcome, effects=(shown, *outcome.effects))

    def chat(self, origin: Origin) -> Chat:
        """The chat that an update comes from."""
        return self.chats.get(origin.chat, lambda: self._writer.catalogue.guess(origin.tag))

    def words(self, key: str, origin: Origin) -> str:
        """One line, as HTML, for somebody whose chat is not kept."""
        return self._writer.say(key, self._writer.catalogue.guess(origin.tag))
