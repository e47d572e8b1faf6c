"""Briefings of a consultation: as people read them, and the organizers' screens around them.

What an organizer wrote goes out as plain text with entities, never as markup; a preview is made by what readers get.
Not here: which screen comes when (`bot.core.conversation.briefings`), the cards that come with the program (`screens`).
"""

import datetime
import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.core import screens as show
from bot.core.briefings import Briefing, Edition, Sheet, pages, shown_to
from bot.core.events import Brief, Page
from bot.core.outbox import Mark, Text, units
from bot.core.wording import Piece, Was, differences
from handlers import buttons
from handlers.messages import Button, Message, Outgoing, Where
from handlers.writing.words import LRI, PDI, Words
from locales.languages import Language

LABEL = 28
"""Characters of a title on a button."""
LISTED = 20
EACH = 6
"""Briefings on one page of a consultation's list."""
MOST_SHOWN = 2_400
"""Characters of a comparison."""
Rows = list[list[Button | None]]


@dataclass(frozen=True)
class Briefings:
    """Writes these screens for one reader."""

    words: Words

    def write(
        self, screen: show.ShowBriefings | show.ShowBriefing | show.ListBriefings | show.WriteBriefing
    ) -> Outgoing:
        """One of them."""
        match screen:
            case show.ShowBriefings():
                return self.of_consultation(screen)
            case show.ShowBriefing():
                return self.page(screen)
            case show.ListBriefings():
                return self.listed(screen)
        return self.writing(screen)

    # As people read them

    def library(self, consultations: Iterable[str]) -> list[list[Button | None]]:
        """The ways from the library to what organizers wrote; by its name where there is more than one."""
        listed = list(consultations)
        if len(listed) == 1:
            return [[self._button("briefing.title", buttons.read_briefings(listed[0]))]]
        return [[Button(self.words.plain(f"consultation.{one}.short"), buttons.read_briefings(one))] for one in listed]

    def of_consultation(self, screen: show.ShowBriefings) -> Outgoing:
        """Titles and days, the newest first; a button for each."""
        words = self.words
        listed = screen.briefings[screen.first : screen.first + EACH]
        lines: list[str] = []
        rows: Rows = []
        for one in listed:
            edition = one.current
            if edition is None:
                continue
            sheet = edition.sheets[edition.language(words.language)]
            lines.append(f"• {words.bold(sheet.title)}\n   {html.escape(self._dated(edition), quote=False)}")
            rows.append([Button(_short(sheet.title), buttons.read_briefing(one.id))])
        first, more = screen.first, screen.first + EACH < len(screen.briefings)
        name = words.plain(f"consultation.{screen.consultation}.name")
        title = f"{words.bold(words.plain('briefing.title'))}\n{html.escape(name, quote=False)}"
        return _screen(
            words,
            [title, "\n".join(lines)],
            *rows,
            [
                self._button("brief.previous", buttons.read_briefings(screen.consultation, max(0, first - EACH)))
                if first
                else None,
                self._button("brief.next", buttons.read_briefings(screen.consultation, first + EACH)) if more else None,
            ],
            [self._button("brief.topics", buttons.read())],
            [self._button("help.back", buttons.opens(Page.PRESENT))],
        )

    def page(self, screen: show.ShowBriefing) -> Outgoing:
        """One page, the ways to the others, and back to the list."""
        one, edition = screen.briefing, screen.briefing.current
        if edition is None:
            return self.of_consultation(show.ShowBriefings(one.consultation, ()))
        text, at, of = read(self.words, edition, screen.page)
        rows = self.words.rows(
            [
                self._button("brief.previous", buttons.read_briefing(one.id, at - 1)) if at else None,
                self._button("brief.next", buttons.read_briefing(one.id, at + 1)) if at + 1 < of else None,
            ],
            [self._button("briefing.all", buttons.read_briefings(one.consultation))],
            [self._button("help.back", buttons.opens(Page.PRESENT))],
        )
        return Outgoing(Where.SCREEN, Message(html.escape(text.text, quote=False), rows, plain=text))

    def _dated(self, edition: Edition) -> str:
        return _dated(self.words, edition)

    # As organizers write them

    def listed(self, screen: show.ListBriefings) -> Outgoing:
        """All briefings of what this person organizes, and the way to new ones."""
        words = self.words
        rows: Rows = []
        for one in screen.briefings[:LISTED]:
            name = one.name(words.language) or words.plain("briefing.untitled")
            rows.append([Button(f"{_sign(one)} {_short(name, LABEL - 2)}", buttons.brief(Brief.OPEN, one.id))])
        for consultation in screen.consultations:
            short = words.plain(f"consultation.{consultation}.short")
            rows.append([Button(f"+ {short}", buttons.brief(Brief.NEW, "", consultation), style="primary")])
        signs = "\n".join(
            f"{sign} {words.say(f'briefing.state.{state}')}"
            for state, sign in SIGNS.items()
            if any(_state(one) == state for one in screen.briefings)
        )
        return _screen(
            words,
            [words.bold(words.plain("briefing.title")), words.say("briefing.list_explain"), signs],
            *rows,
            [self._button("receipt.home", buttons.opens(Page.HOME))],
        )

    def writing(self, screen: show.WriteBriefing) -> Outgoing:
        """One briefing at one of its screens."""
        if screen.screen in ("preview", "edition") and screen.edition is not None:
            return self._looked(screen, screen.edition)
        body, rows = _SCREENS.get(screen.screen, Briefings._draft)(self, screen)
        one, words = screen.briefing, self.words
        name = one.name(words.language) or words.plain("briefing.untitled")
        about = words.plain(f"consultation.{one.consultation}.name")
        title = f"{words.bold(name)}\n{html.escape(about, quote=False)}"
        return _screen(words, [title, *body], *rows)

    def _draft(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, words = screen.briefing, self.words
        state = words.bold(words.plain(f"briefing.state.{_state(one)}"))
        current = one.current
        version = "" if current is None else html.escape(_dated(words, current), quote=False)
        notes = [words.say("briefing.what_changed", note=note) for note in one.notes.values()]
        published, written = current is not None, bool(one.written)
        return [state, version, *self._readers(screen), "\n".join(notes)], [
            [self._do(one, "outbox.b.texts", Brief.TEXTS)],
            [self._do(one, "briefing.b.readers", Brief.READERS) if written else None],
            [self._do(one, "briefing.b.notes", Brief.NOTES) if published else None],
            [self._do(one, "briefing.b.compare", Brief.COMPARE) if published and written else None],
            [self._do(one, "outbox.b.preview", Brief.PREVIEW, style="primary") if written else None],
            [self._do(one, "briefing.b.tell", Brief.TELL) if one.readable else None],
            [
                self._do(one, "briefing.b.editions", Brief.EDITIONS) if published else None,
                self._do(one, "briefing.b.withdraw", Brief.WITHDRAW) if one.readable else None,
                self._do(one, "briefing.b.put_back", Brief.BACK) if published and one.withdrawn else None,
                None if published else self._do(one, "briefing.b.erase", Brief.ERASE),
            ],
            [self._button("briefing.all", buttons.brief(Brief.LIST))],
        ]

    def _texts(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one = screen.briefing
        rows: Rows = [
            [Button(("✓ " if language.code in one.written else "") + language.own_name,
                    buttons.brief(Brief.LANGUAGE, one.id, language.code))]
            for language in self._spoken(screen)
        ]  # fmt: skip
        return [self.words.say("outbox.texts.explain"), *self._readers(screen)], [*rows, [self._back(one)]]

    def _language(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, language = screen.briefing, screen.language
        sheet = one.sheets.get(language, Sheet())
        count = self.words.say("briefing.pages", language=self._name(language), pages=len(pages(sheet.body)))
        # The heading of the screen is the title in the organizer's own language already.
        title = "" if sheet.title == one.name(self.words.language) else self.words.bold(sheet.title)
        return [title, count], [
            [self._do(one, "briefing.b.title", Brief.TITLE, language)],
            [self._do(one, "briefing.b.more", Brief.MORE, language)],
            [self._do(one, "briefing.b.body", Brief.BODY, language)],
            [self._do(one, "outbox.b.drop", Brief.DROP, language)],
            [self._do(one, "outbox.b.preview", Brief.PREVIEW, f"0_{language}_0")],
            [self._do(one, "outbox.b.back", Brief.TEXTS)],
        ]

    def _title(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        ask = self.words.say("briefing.title_ask", language=self._name(screen.language))
        return [ask], [[self._do(screen.briefing, "outbox.b.back", Brief.TEXTS)]]

    def _body(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        ask = self.words.say("briefing.body_ask", language=self._name(screen.language))
        return [ask], [[self._do(screen.briefing, "outbox.b.back", Brief.TEXTS)]]

    def _more(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, language = screen.briefing, screen.language
        sheet = one.sheets.get(language, Sheet())
        count = self.words.say("briefing.pages", language=self._name(language), pages=len(pages(sheet.body)))
        return [count, self.words.say("briefing.more_ask")], [
            [self._do(one, "outbox.b.preview", Brief.PREVIEW, f"0_{language}_0")],
            [self._do(one, "briefing.b.done", Brief.TEXTS, style="primary")],
        ]

    def _who_reads(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, words = screen.briefing, self.words
        rows: Rows = [
            [Button(words.directed(words.named(language.own_name, self._name(self._seen(one, language.code)))),
                    buttons.brief(Brief.TURN, one.id, language.code))]
            for language in self._spoken(screen)
            if language.code not in one.written
        ]  # fmt: skip
        explain = words.say("briefing.readers_explain" if rows else "briefing.readers_none")
        return [explain, *self._readers(screen)], [*rows, [self._back(one)]]

    def _notes(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, words = screen.briefing, self.words
        said = [f"{words.named(html.escape(self._name(code)), html.escape(note, quote=False))}"
                for code, note in one.notes.items()]  # fmt: skip
        rows: Rows = [
            [Button(("✓ " if language.code in one.notes else "") + language.own_name,
                    buttons.brief(Brief.NOTE, one.id, language.code))]
            for language in self._spoken(screen)
        ]  # fmt: skip
        return [words.say("briefing.notes_explain"), "\n".join(said)], [*rows, [self._back(one)]]

    def _note(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        ask = self.words.say("briefing.note_ask", language=self._name(screen.language))
        return [ask], [[self._do(screen.briefing, "outbox.b.back", Brief.NOTES)]]

    def _editions(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one, words = screen.briefing, self.words
        newest = 0 if one.current is None else one.current.number
        rows: Rows = [
            [
                Button(words.plain("briefing.version", number=number),
                       buttons.brief(Brief.EDITION, one.id, f"{number}_{words.language}_0")),
                self._do(one, "briefing.b.compare", Brief.COMPARE, f"{number}_{words.language}_0")
                if number > 1
                else None,
            ]
            for number in range(newest, max(0, newest - LISTED), -1)
        ]  # fmt: skip
        return [words.say("briefing.editions_explain")], [*rows, [self._back(one)]]

    def _compare(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        """The words that differ, of one language; the others by a button each."""
        one, words, language = screen.briefing, self.words, screen.language
        after, before = screen.edition, screen.before
        if after is None or before is None:
            return self._editions(screen)
        number = 0 if after.number > (one.current.number if one.current is not None else 0) else after.number
        pieces = differences(_plain(before.sheets.get(language)), _plain(after.sheets.get(language)))
        shown = self._pieces(pieces) if pieces else words.say("briefing.compare_same", language=self._name(language))
        codes = [code for code in self._codes() if code in after.sheets or code in before.sheets]
        others = [
            Button(("✓ " if code == language else "") + self._name(code),
                   buttons.brief(Brief.COMPARE, one.id, f"{number}_{code}_0"))
            for code in codes
        ]  # fmt: skip
        back = self._back(one) if number == 0 else self._do(one, "outbox.b.back", Brief.EDITIONS)
        rows: Rows = [list(pair) for pair in words.pairs(others)]
        return [words.say("briefing.compare_explain") if pieces else "", shown], [*rows, [back]]

    def _pieces(self, pieces: Iterable[Piece]) -> str:
        shown, room = [], MOST_SHOWN
        for piece in pieces:
            text = html.escape(piece.text[: max(room, 0)], quote=False)
            room -= len(piece.text)
            match piece.was:
                case Was.OUT:
                    shown.append(_around("s", text))
                case Was.IN:
                    shown.append(_around("b", text))
                case Was.LEFT_OUT:
                    shown.append(" […] ")
                case _:
                    shown.append(text)
            if room <= 0:
                return "".join(shown) + " …\n\n" + self.words.say("briefing.compare_more")
        return "".join(shown)

    def _withdraw(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one = screen.briefing
        sure = self._do(one, "briefing.b.withdraw", Brief.WITHDRAW, "yes", style="danger")
        return [self.words.say("briefing.withdraw_ask")], [[sure], [self._back(one)]]

    def _erase(self, screen: show.WriteBriefing) -> tuple[list[str], Rows]:
        one = screen.briefing
        sure = self._do(one, "briefing.b.erase", Brief.ERASE, "yes", style="danger")
        return [self.words.say("briefing.erase_ask")], [[sure], [self._back(one)]]

    def _looked(self, screen: show.WriteBriefing, edition: Edition) -> Outgoing:
        """Exactly what readers of a language get; only the buttons below are the organizer's, and a line above a
        preview.
        """
        one, language = screen.briefing, screen.language
        preview = screen.screen == "preview"
        above = self.words.plain("briefing.not_published") if preview else ""
        text, at, of = read(Words(self.words.catalogue, language), edition, screen.page, above)
        do, number = (Brief.PREVIEW, 0) if preview else (Brief.EDITION, edition.number)

        def to(code: str, page: int) -> str:
            return buttons.brief(do, one.id, f"{number}_{code}_{page}")

        languages = self.words.pairs(
            Button(("✓ " if other.code == language else "") + other.own_name, to(other.code, 0))
            for other in self._spoken(screen)
        )
        restores = not preview and (one.current is None or edition.number != one.current.number or one.changed)
        rows = self.words.rows(
            [
                self._button("brief.previous", to(language, at - 1)) if at else None,
                self._button("brief.next", to(language, at + 1)) if at + 1 < of else None,
            ],
            *languages,
            [self._do(one, "briefing.b.publish", Brief.PUBLISH, one.digest, style="success") if preview else None],
            [self._do(one, "briefing.b.restore", Brief.RESTORE, str(number)) if restores else None],
            [self._back(one) if preview else self._do(one, "outbox.b.back", Brief.EDITIONS)],
        )
        return Outgoing(Where.SCREEN, Message(html.escape(text.text, quote=False), rows, plain=text))

    # Parts

    def _spoken(self, screen: show.WriteBriefing) -> list[Language]:
        """The languages of the consultation, and others in which something is written."""
        one = screen.briefing
        return self.words.spoken(screen.languages, (*one.sheets, *one.notes))

    def _readers(self, screen: show.WriteBriefing) -> list[str]:
        """In which languages it is written, and what readers of the others see."""
        one = screen.briefing
        written = one.written
        if not written:
            return [self.words.say("outbox.texts.none")]
        lines = [self.words.say("outbox.texts.are", languages=self._names(written))]
        for language in self._spoken(screen):
            if language.code not in written:
                other = self._name(self._seen(one, language.code))
                lines.append(self.words.say("briefing.fallback", language=language.own_name, other=other))
        return ["\n".join(lines)]

    def _seen(self, one: Briefing, reader: str) -> str:
        return shown_to(one.written, one.instead, reader, self.words.catalogue.chain) or reader

    def _codes(self) -> list[str]:
        return [language.code for language in self.words.catalogue.languages]

    def _name(self, code: str) -> str:
        return self._names([code])

    def _names(self, codes: Iterable[str]) -> str:
        own = {language.code: language.own_name for language in self.words.catalogue.declared}
        return self.words.listing(own.get(code, code) for code in codes)

    def _button(self, key: str, data: str) -> Button:
        return Button(self.words.plain(key), data)

    def _do(self, one: Briefing, key: str, do: Brief, argument: str = "", style: str | None = None) -> Button:
        return Button(self.words.plain(key), buttons.brief(do, one.id, argument), style=style)

    def _back(self, one: Briefing) -> Button:
        return self._do(one, "outbox.b.back", Brief.OPEN)


_SCREENS: dict[str, Callable[[Briefings, show.WriteBriefing], tuple[list[str], Rows]]] = {
    "draft": Briefings._draft,
    "texts": Briefings._texts,
    "language": Briefings._language,
    "title": Briefings._title,
    "body": Briefings._body,
    "more": Briefings._more,
    "readers": Briefings._who_reads,
    "notes": Briefings._notes,
    "note": Briefings._note,
    "editions": Briefings._editions,
    "compare": Briefings._compare,
    "withdraw": Briefings._withdraw,
    "erase": Briefings._erase,
}
SIGNS = {"draft": "✎", "changed": "◐", "published": "●", "withdrawn": "○"}


def _state(one: Briefing) -> str:
    if one.current is None:
        return "draft"
    return "withdrawn" if one.withdrawn else "changed" if one.changed else "published"


def _sign(one: Briefing) -> str:
    return SIGNS[_state(one)]


def _plain(sheet: Sheet | None) -> str:
    return "" if sheet is None else f"{sheet.title}\n\n{sheet.body.text}"


def _around(tag: str, text: str) -> str:
    """A tag around each line, so that none of it is lost where a line is given a direction."""
    return "\n".join(f"<{tag}>{line}</{tag}>" if line.strip() else line for line in text.split("\n"))


def _short(title: str, most: int = LABEL) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _dated(words: Words, edition: Edition) -> str:
    """When it was published, in the reader's words."""
    day = datetime.datetime.fromtimestamp(edition.at, datetime.UTC).date().isoformat()
    key = "briefing.published" if edition.number == 1 else "briefing.changed"
    return words.plain(key, day=words.catalogue.day(words.language, day), number=edition.number)


def read(words: Words, edition: Edition, page: int, above: str = "") -> tuple[Text, int, int]:
    """A page as readers get it, its number from 0, and how many there are; `above` it a line for whoever wrote it."""
    language = edition.language(words.language)
    sheet = edition.sheets[language]
    every = pages(sheet.body)
    at = min(max(page, 0), len(every) - 1)
    made = _Composed(words)
    count = f" · {LRI}{at + 1}/{len(every)}{PDI}" if len(every) > 1 else ""
    if above:
        made.line(above, "italic")
    made.line(sheet.title + count, "bold")
    made.line(_dated(words, edition), "italic")
    if at == 0:
        if note := edition.note(words.language):
            made.line(words.plain("briefing.what_changed", note=note), "italic")
        if language != words.language:
            own = {one.code: one.own_name for one in words.catalogue.declared}
            made.line(words.plain("briefing.other_language", language=own.get(language, language)), "italic")
    made.text("\n")
    made.written(every[at])
    return made.done(), at, len(every)


class _Composed:
    """A text that grows, with its formatting."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._text = ""
        self._marks: list[Mark] = []

    def text(self, text: str) -> None:
        self._text += text

    def line(self, line: str, kind: str) -> None:
        """A line of ours."""
        directed = self._words.directed(line)
        self._marks.append(Mark(kind, units(self._text), units(directed)))
        self._text += directed + "\n"

    def written(self, text: Text) -> None:
        """What the organizer wrote, as it is."""
        shift = units(self._text)
        self._marks += [Mark(mark.kind, mark.offset + shift, mark.length) for mark in text.marks]
        self._text += text.text

    def done(self) -> Text:
        return Text(self._text, tuple(self._marks))


def _screen(words: Words, paragraphs: list[str], *rows: list[Button | None]) -> Outgoing:
    return Outgoing(Where.SCREEN, Message(words.page(paragraphs), words.rows(*rows)))
