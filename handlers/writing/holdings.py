"""/mydata in plain words: what is stored about this chat, when each goes, and what cannot be found from here.

Every kind of row has a line, whether or not more is known of it. Not here: reading the rows (`storage.holdings`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core import events as on
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.questionnaire import Form
from bot.core.holdings import Holdings, Kind
from bot.core.people import Profile
from bot.core.traces import Fate
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import Words, zone_of

PERSON = (
    Kind.PROFILE,
    Kind.CONTACT,
    Kind.RECIPIENT,
    Kind.ROLE,
    Kind.DUTY,
    Kind.CODE,
    Kind.MEMBERSHIP,
    Kind.INVITE,
    Kind.INQUIRY,
    Kind.ENTRY,
)
"""Kinds of the first message; the others stand in the second."""
GOING = (Fate.LIVE, Fate.WAITING, Fate.DUE)
"""Messages that are going to be deleted from the chat."""


@dataclass(frozen=True)
class Listing:
    """Writes these messages for one reader."""

    words: Words
    forms: Mapping[str, Form]

    def write(self, holdings: Holdings) -> list[Outgoing]:
        """About the person; about the chat; about what cannot be found from here."""
        person = [self._kind(holdings, kind) for kind in PERSON]
        chat = [self._kind(holdings, kind) for kind in Kind if kind not in PERSON]
        return [
            self._message("mydata.title", person),
            self._message("mydata.chat_title", [*chat, self.words.say("mydata.updates")]),
            self._last(),
        ]

    def _message(self, title: str, paragraphs: list[str]) -> Outgoing:
        said = [paragraph for paragraph in paragraphs if paragraph] or [self.words.say("mydata.nothing")]
        return Outgoing(Where.NEW, Message(self.words.page([self._bold(title), *said])))

    def _last(self) -> Outgoing:
        words = self.words
        rows = words.rows(
            [Button(words.plain("mydata.by_receipt"), buttons.RECEIPT)],
            [Button(words.plain("mydata.forget"), buttons.FORGETS, style="danger")],
            [Button(words.plain("help.back"), buttons.opens(on.Page.PRESENT))],
        )
        page = words.page([self._bold("mydata.vault_title"), words.say("mydata.vault"), words.say("mydata.elsewhere")])
        return Outgoing(Where.SCREEN, Message(page, rows))

    def _kind(self, holdings: Holdings, kind: Kind) -> str:
        held = holdings.of(kind)
        if held is None:
            return ""
        lines = [self.words.say(f"mydata.{kind.value}", rows=held.rows)]
        lines += [f"• {line}" for line in self._details[kind](holdings)] if kind in self._details else []
        if held.until is not None and kind is not Kind.TRACE:
            until = self.words.moment(held.until, zone_of(holdings.profile))
            lines.append(f"<i>{self.words.say('mydata.until', until=until)}</i>")
        return "\n".join(lines)

    @property
    def _details(self) -> Mapping[Kind, Callable[[Holdings], list[str]]]:
        return {
            Kind.PROFILE: lambda holdings: self._profile(holdings.profile) if holdings.profile else [],
            Kind.ROLE: lambda holdings: [
                self.words.say(f"mydata.role.{grant.role.value}")
                + ("" if grant.consultation is None else f": {self._named([grant.consultation])}")
                for grant in holdings.grants
            ],
            Kind.SESSION: self._session,
            Kind.TRACE: self._messages,
        }

    def _profile(self, profile: Profile) -> list[str]:
        words = self.words
        own = {language.code: language.own_name for language in words.catalogue.languages}
        lines = [words.say("mydata.language", language=own.get(profile.language, profile.language))]
        if profile.notice is not None:
            lines.append(words.say("mydata.notice", version=profile.notice))
        if profile.joined:
            lines.append(words.say("mydata.joined", names=self._names(profile.joined)))
        if profile.news:
            lines.append(words.say("mydata.news", names=self._names(profile.news)))
        if profile.zone is not None:
            zone = words.zone(profile.zone)
            lines.append(words.say("zone.is", zone=zone))
        lines += [words.say("mydata.silent")] if profile.silent else []
        lines += [words.say("mydata.keep")] if profile.keep else []
        return lines

    def _session(self, holdings: Holdings) -> list[str]:
        said = [
            ("mydata.group", holdings.group),
            ("mydata.receipt_held", holdings.receipt),
            ("mydata.opened", holdings.opened),
            ("mydata.link", holdings.link),
            ("mydata.letter", holdings.letter),
            ("mydata.reminded", holdings.reminded),
        ]
        draft = [] if holdings.draft is None else self._draft(holdings.draft)
        return [*draft, *(self.words.say(key) for key, there in said if there)]

    def _draft(self, draft: Draft) -> list[str]:
        """Which questions are answered; nothing of what was answered."""
        words, form = self.words, self.forms.get(draft.form)
        lines = [words.say("mydata.draft", consultation=words.plain(f"consultation.{draft.consultation}.name"))]
        if form is None:
            return lines
        answered = [
            words.label(question.short, form.questionnaire)
            for question in form.questionnaire.questions
            if (answer := draft.answer(question.id)) is not None and not answer.skipped
        ]
        return [*lines, words.say("mydata.answered", questions=words.listing(answered))] if answered else lines

    def _messages(self, holdings: Holdings) -> list[str]:
        going = sum(count for fate, count in holdings.messages.items() if fate in GOING)
        staying = sum(holdings.messages.values()) - going
        lines = [self.words.say("mydata.messages_going", messages=going)] if going else []
        return [*lines, self.words.say("mydata.messages_staying", messages=staying)] if staying else lines

    def _names(self, consultations: tuple[str, ...]) -> str:
        return self.words.listing(self.words.plain(f"consultation.{one}.name") for one in consultations)

    def _named(self, consultations: list[str]) -> str:
        return self.words.listing(self.words.say(f"consultation.{one}.name") for one in consultations)

    def _bold(self, key: str) -> str:
        return self.words.bold(self.words.plain(key))
