"""One language's words as safe HTML: catalogue texts, labels of a form, names of countries, direction.

Everything inserted is escaped here and nowhere else. Not here: which message says what (`prompts`, `screens`).
"""

import html
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.core.consultations import BY_ID, Consultation
from bot.core.dialogue.questionnaire import Labels, Questionnaire
from bot.core.people import Profile
from handlers.messages import Button, Row
from locales import bidi, zones
from locales.catalogue import Catalogue
from locales.languages import Language
from locales.translations import PLACEHOLDER

RLM = "\u200f"
LRM = "\u200e"
LRI, PDI = "\u2066", "\u2069"
"""Around groups of digits, which a line from right to left would put in the wrong order."""
EXAMPLE_TIME = bidi.upright("2030-11-25 18:00")
"""How a day and time are typed."""
EXAMPLE_DAY = bidi.upright("2030-05-12")
"""How a day is."""
NARROW = 14
"""Labels up to this many characters share a row with another."""
HALF = 18
"""So many stand on one line in half a row."""

QUOTED = 900
"""UTF-16 units of a quotation at most, as Telegram counts."""
QUOTED_IN_ALL = 1800
"""Of all quotations of a message together; the rest of it is for names and answers."""


@dataclass(frozen=True)
class Words:
    """The words of one reader."""

    catalogue: Catalogue
    language: str

    @property
    def rtl(self) -> bool:
        """Reads from right to left."""
        return self.catalogue.direction(self.language) == "rtl"

    def plain(self, key: str, /, **values: str | int) -> str:
        """A catalogue text as it is, for button labels and toasts."""
        return self.catalogue.text(self.language, key, **values)

    def say(self, key: str, /, **values: str | int) -> str:
        """A catalogue text as HTML."""
        return html.escape(self.plain(key, **values), quote=False)

    def span(self, minutes: int) -> str:
        """How long, in words: whole hours as hours, and from two hours on nothing finer."""
        hours = round(minutes / 60)
        in_hours = minutes % 60 == 0 or minutes > 120
        return self.plain("time.hours", count=hours) if in_hours else self.plain("time.minutes", count=minutes)

    def bold(self, text: str) -> str:
        """Unescaped text in bold."""
        return f"<b>{html.escape(text, quote=False)}</b>"

    def moment(self, epoch_seconds: float, zone: str) -> str:
        """Day and time of day in a zone, which is named, for `plain` and `say` to put in."""
        when = self.catalogue.moment(self.language, epoch_seconds, zone)
        # The name of the zone stays beside the time, whatever the width of the phone.
        return when if zone == zones.UTC else f"{when}\u00a0({self.zone(zone)})"

    def zone(self, name: str) -> str:
        """A time zone by its city."""
        return zones.city(name, self.catalogue.cldr(self.language))

    def met(self, consultation: Consultation) -> str:
        """Where and when a consultation met or meets, as HTML."""
        days = self.catalogue.days(self.language, consultation.first_day, consultation.last_day)
        parts = (self.say(f"consultation.{consultation.id}.place"), html.escape(days, quote=False))
        # A place may be written in another language than the days.
        return " · ".join(bidi.isolate(one) if self.rtl or bidi.has_right_to_left(one) else one for one in parts)

    def spoken(self, codes: Collection[str], also: Iterable[str] = ()) -> list[Language]:
        """The languages of these codes (none: all), and others of which there is something, in their order."""
        wanted = {*codes, *also}
        return [one for one in self.catalogue.languages if not codes or one.code in wanted]

    def named(self, name: str, value: str = "") -> str:
        """A name and what it stands for, both HTML, as the language puts a colon between them; none to follow it."""
        parts = {
            key: bidi.isolate(part) if self.rtl or bidi.has_right_to_left(part) else part
            for key, part in (("name", name), ("value", value))
        }
        pattern = html.escape(self.catalogue.pattern(self.language, "dialogue.named"), quote=False)
        return PLACEHOLDER.sub(lambda found: parts[found[1]], pattern).rstrip()

    def listing(self, parts: Iterable[str], pattern: str = "words.comma") -> str:
        """Parts one after the other, joined as the language does; `words.semicolon` where they may hold commas."""
        joined = self.catalogue.pattern(self.language, pattern)
        sign = joined.replace("{first}", "").replace("{second}", "")
        listed = list(parts)
        if not self.rtl or len(listed) == 1:
            return sign.join(listed)
        return RLM + sign.join(bidi.isolate(part) for part in listed)

    def quote(self, text: str, among: int = 1, *, whole: bool = False) -> str:
        """What somebody wrote, shown back: controls made visible, shortened with an ellipsis unless it is `whole`.

        `among` so many quotations of one message; many are shorter each.
        """
        shown = bidi.visible(text)
        if not whole:
            # Cut after making visible, which lengthens, and by Telegram's measure: else it may not be taken.
            shown = _shortened(shown, min(QUOTED, QUOTED_IN_ALL // among))
        return f"<blockquote>{html.escape(shown, quote=False)}</blockquote>"

    def label(self, labels: Labels, form: Questionnaire) -> str:
        """A label of a form, in this language or the form's own."""
        text = labels.get(self.language) or labels.get(form.default_language) or next(iter(labels.values()), "")
        text = bidi.upright(text) if self.rtl else text
        # A form may have no text in this language; one of the other direction would turn what stands around it.
        other = bidi.direction(text) not in (None, "rtl" if self.rtl else "ltr")
        return bidi.isolate(text) if other else text

    def page(self, paragraphs: Iterable[str]) -> str:
        """Paragraphs of a message, each of which begins in the reader's direction."""
        text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        return "\n".join(self.directed(line) for line in text.split("\n"))

    def directed(self, line: str) -> str:
        """A line gets a mark where it would begin with a foreign letter, a digit or a sign; from the left only where
        what we put in would turn it, since a quotation goes as its author wrote it.
        """
        bare = line
        while bare.startswith("<") and ">" in bare:
            bare = bare[bare.index(">") + 1 :]
        if not bare:
            return line
        if self.rtl:
            mark = "" if unicodedata.bidirectional(bare[0]) in ("R", "AL") else RLM
        else:
            # Phones do not agree whether the first letter counts that stands in an isolate.
            mark = LRM if bidi.begins_isolated(bare) else ""
        return line[: len(line) - len(bare)] + mark + bare

    def rows(self, *rows: Iterable[Button | None]) -> tuple[Row, ...]:
        """Keyboard rows without the empty ones; mirrored for readers from the right. Two of which one would break are
        two rows.
        """
        kept = [tuple(button for button in row if button is not None) for row in rows]
        kept = [part for row in kept for part in (((one,) for one in row) if _breaks(row) else (row,))]
        return tuple(tuple(reversed(row)) if self.rtl else row for row in kept if row)

    def dotted(self, *parts: str) -> str:
        """What a button says in several parts, each in its own direction."""
        return RLM + " · ".join(map(bidi.isolate, parts)) if self.rtl else " · ".join(parts)

    def pairs(self, buttons: Iterable[Button]) -> list[list[Button]]:
        """Two short labels a row, long ones alone."""
        rows: list[list[Button]] = []
        for button in buttons:
            short = len(button.label) <= NARROW
            if short and rows and len(rows[-1]) == 1 and len(rows[-1][0].label) <= NARROW:
                rows[-1].append(button)
            else:
                rows.append([button])
        return rows


def _breaks(row: Row) -> bool:
    return len(row) == 2 and any(len(button.label) > HALF for button in row)


def zone_of(profile: Profile | None) -> str:
    """Where a person reads times that belong to no consultation: in their own zone, or that of the one joined last."""
    if profile is None:
        return zones.UTC
    return profile.zone or (BY_ID[profile.joined[-1]].zone if profile.joined else zones.UTC)


def _shortened(text: str, room: int) -> str:
    """The beginning of a long text. A line break counts twice: in some languages each line gets a mark."""
    for at, character in enumerate(text):
        room -= 2 if character == "\n" or character > "\uffff" else 1
        if room < 0:
            return text[:at].rstrip() + " …"
    return text
