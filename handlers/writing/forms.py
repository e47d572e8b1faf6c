"""The organizers' screens for questionnaires of their own.

Not here: which screen comes when (`bot.core.conversation.forms`), the dialogue that is rehearsed (`prompts`).
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core import screens as show
from bot.core.consultations import Access, Intake
from bot.core.dialogue.questionnaire import Form
from bot.core.editions import Edition, title_of
from bot.core.events import Manage, Offer, Page
from bot.questionnaires.wording import places, report, walk
from handlers import buttons
from handlers.messages import Button, File, Message, Outgoing, Where
from handlers.writing.words import LRI, PDI, Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain; charset=utf-8"
SHOWN = 6
"""Faults that a message names; the rest stand in a file beside it."""
ON_BUTTON = 40
"""Characters of a form's title on a button."""
Rows = list[list[Button | None]]


@dataclass(frozen=True)
class Offering:
    """Writes these screens for one reader."""

    words: Words
    intake: Callable[[str], Intake]

    def write(self, screen: show.ShowForms | show.AskForm | show.ShowForm) -> Outgoing:
        """One of them as a message."""
        match screen:
            case show.ShowForms(consultation=None):
                return self._places(screen)
            case show.ShowForms():
                return self._listed(screen, screen.consultation or "")
            case show.AskForm():
                return self._asked(screen)
            case show.ShowForm():
                return self._form(screen)

    def _places(self, screen: show.ShowForms) -> Outgoing:
        rows: Rows = [
            [Button(self.words.plain(f"consultation.{one}.short"), buttons.offer(Offer.LIST, one))]
            for one in screen.consultations
        ]
        title = self.words.bold(self.words.plain("forms.title"))
        return self._screen([title, self.words.say("forms.which")], *rows, [self._home()])

    def _listed(self, screen: show.ShowForms, consultation: str) -> Outgoing:
        words = self.words
        rows: Rows = [
            [Button(label(one, words.language), buttons.offer(Offer.OPEN, consultation, one.version))]
            for one in screen.offered
        ]
        return self._screen(
            [self._title(consultation), words.say("forms.explain"),
             words.say("forms.offered" if screen.offered else "forms.none")],
            *rows,
            [self._b("bring", Offer.BRING, consultation, style="primary")],
            [self._b("template", Offer.TEMPLATE, consultation)],
            [Button(words.plain("help.back"), buttons.manage(Manage.OPEN, consultation))],
            [self._home()],
        )  # fmt: skip

    def _home(self) -> Button:
        return Button(self.words.plain("receipt.home"), buttons.opens(Page.HOME))

    def _asked(self, screen: show.AskForm) -> Outgoing:
        words = self.words
        return self._screen(
            [self._title(screen.consultation), words.say("forms.bring"), words.say("forms.not_here")],
            [self._b("template", Offer.TEMPLATE, screen.consultation)],
            [self._b("list", Offer.LIST, screen.consultation)],
        )

    def _form(self, screen: show.ShowForm) -> Outgoing:
        words, one = self.words, screen.edition
        title = html.escape(title_of(one, words.language), quote=False)
        mark = f"{LRI}<code>{html.escape(one.form, quote=False)} · {one.version[:8]}</code>{PDI}"
        state = "forms.is_published" if screen.published else "forms.is_draft"
        own = {language.code: language.own_name for language in words.catalogue.declared}
        spoken = ", ".join(own.get(code, code) for code in one.languages)
        about = words.say("forms.about", number=one.questions, languages=spoken)
        head = [f"{words.bold(title_of(one, words.language))}\n{mark}" if title else mark, words.say(state), about]
        if screen.screen == "publish":
            return self._screen([*head, *self._who(screen)], *self._sure(screen, Offer.PUBLISH))
        if screen.screen == "retire":
            return self._screen([*head, words.say("forms.retire_ask")], *self._sure(screen, Offer.RETIRE))
        left = [own[code] for code in screen.languages if code not in screen.seen]
        if not screen.published:
            head.append(words.say("forms.to_walk", languages=", ".join(left)) if left else words.say("forms.walked"))
        walks: Rows = [
            list(row)
            for row in words.pairs(
                Button(
                    f"{'✓' if code in screen.seen else '▷'} {own[code]}",
                    buttons.offer(Offer.REHEARSE, screen.consultation, one.version, code),
                )
                for code in screen.languages
            )
        ]
        publish = self._of(screen, "publish", Offer.PUBLISH, style="success")
        return self._screen(
            [*head, words.say("forms.rehearse")],
            *walks,
            [self._of(screen, "read", Offer.READ)],
            [None if screen.published or left else publish],
            [self._of(screen, "file", Offer.FILE)],
            [self._of(screen, "retire", Offer.RETIRE) if screen.published else None],
            [self._b("list", Offer.LIST, screen.consultation)],
        )

    def _who(self, screen: show.ShowForm) -> list[str]:
        """Who will see it, and what becomes of the one before."""
        words, intake = self.words, self.intake(screen.consultation)
        name = words.plain(f"consultation.{screen.consultation}.name")
        who = "forms.seen_by_invited" if intake.access is Access.INVITE else "forms.seen_by_all"
        said = [words.say(who, consultation=name)]
        if not intake.open:
            said.append(words.say("forms.seen_when_open"))
        if screen.replaces is not None:
            said.append(words.say("forms.replaces"))
        return [*said, words.say("forms.publish_ask")]

    def _sure(self, screen: show.ShowForm, do: Offer) -> Rows:
        name, style = ("publish_yes", "success") if do is Offer.PUBLISH else ("retire_yes", "danger")
        one = screen.edition.version
        return [
            [self._b(name, do, screen.consultation, one, argument="yes", style=style)],
            [self._b("back", Offer.OPEN, screen.consultation, one)],
        ]

    def _title(self, consultation: str) -> str:
        name = html.escape(self.words.plain(f"consultation.{consultation}.name"), quote=False)
        return f"{self.words.bold(self.words.plain('forms.title'))}\n{name}"

    def _of(self, screen: show.ShowForm, name: str, do: Offer, style: str | None = None) -> Button:
        return self._b(name, do, screen.consultation, screen.edition.version, style=style)

    def _b(
        self,
        name: str,
        do: Offer,
        consultation: str,
        version: str = "",
        *,
        argument: str = "",
        style: str | None = None,
    ) -> Button:
        return Button(
            self.words.plain(f"forms.b.{name}"), buttons.offer(do, consultation, version, argument), style=style
        )

    def _screen(self, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
        return Outgoing(Where.SCREEN, Message(self.words.page(paragraphs), self.words.rows(*rows)))

    # Files and what is said of them

    def examined(self, screen: show.ShowExamined) -> list[Outgoing]:
        """What to mend, or what to know: the first few in a message, all of it in a file where there are more."""
        words, found = self.words, screen.examined
        kind = "fault" if found.faults else "remark"
        told = found.faults or found.remarks
        parts = [words.say("forms.faulty" if found.faults else "forms.sound")]
        if told and not found.faults:
            parts.append(words.say("forms.remarks"))
        for where, what in list(places(words.catalogue, words.language, told, kind))[:SHOWN]:
            place = f"{words.bold(where)}\n" if where else ""
            parts.append(place + html.escape(what, quote=False))
        made = []
        if len(told) > SHOWN or (found.faults and found.remarks):
            text = report(words.catalogue, words.language, found)
            made.append(self._text(f"{_stem(screen.name)}-faults.txt", text, words.say("forms.all", number=len(told))))
        return [Outgoing(Where.NEW, Message(words.page(parts))), *made]

    def walk(self, screen: show.ShowWalk, forms: Mapping[str, Form]) -> list[Outgoing]:
        """The dialogue in every language, in one file."""
        form = forms.get(screen.form)
        if form is None:
            return []
        texts = [walk(self.words.catalogue, form, language) for language in screen.languages]
        return [self._text(f"{screen.edition.form}.txt", "\n\n".join(texts), self.words.say("forms.read_it"))]

    def workbook(self, screen: show.ShowWorkbook, content: bytes) -> Outgoing:
        """The form as it is kept."""
        return self._file(f"{screen.edition.form}.xlsx", content, XLSX, self.words.say("forms.as_kept"))

    def template(self, screen: show.ShowTemplate) -> Outgoing:
        """The workbook to start from."""
        return self._file("template.xlsx", screen.content, XLSX, self.words.say("forms.template"))

    def _text(self, name: str, text: str, caption: str) -> Outgoing:
        # With a mark, or a phone may take other letters than Latin ones for something else.
        return self._file(name, b"\xef\xbb\xbf" + text.encode(), TEXT, caption)

    def _file(self, name: str, content: bytes, kind: str, caption: str) -> Outgoing:
        return Outgoing(Where.NEW, Message(self.words.page([caption]), file=File(name, content, kind)))


def label(edition: Edition, language: str) -> str:
    """A form's title on a button."""
    title = " ".join(title_of(edition, language).split())
    return title if len(title) <= ON_BUTTON else title[: ON_BUTTON - 1].rstrip() + "…"


def _stem(name: str) -> str:
    kept = "".join(character for character in name.rsplit(".", 1)[0] if character.isalnum() or character in "-_ ")
    return kept.strip()[:40] or "form"
