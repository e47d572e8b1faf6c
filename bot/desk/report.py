"""The report: a draft in the form of the two reports of 2015, and the points to publish back.

Each point cites the contributions behind it, and each contribution the points that it feeds. People are shown as their
attribution allows; small numbers are hidden; masked words stay masked; of what was withdrawn nothing is quoted.

Not here: how the document looks (`bot.exports.word`, `bot.exports.page`), the words of its frame (`locales`).
"""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.core.attribution import Attribution
from bot.core.consolidation.decisions import NOTED
from bot.core.consolidation.state import Point
from bot.core.consultations import BY_ID
from bot.core.disclosure import guarded_list, small
from bot.core.errors import Refused
from bot.core.feedback import Reply
from bot.desk.desk import Desk
from bot.desk.material import Line, attribution, texts_of
from bot.exports import page, word
from bot.exports.about import STAR, Tally
from bot.exports.codebook import DEFINITIONS
from bot.exports.document import (
    Block,
    Chart,
    Contents,
    Document,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Run,
    Table,
    said,
)
from bot.exports.escapes import visible
from bot.exports.frame import Frame
from bot.questionnaires.library import form
from bot.questionnaires.publication import MOST_POINTS, SIDE, TEXT, TITLE, Wrong, language_of

_ABOUT = ("contribution", "point", "into", "one", "other", "of")
"""What decisions name, by their ids."""
UNKNOWN = "und"
"""ISO 639 for a language nobody knows: of words that are not in the letters of the one they are said to be in."""
PHASES = ("pre_crisis", "emergency", "post_crisis", "cross_cutting")
RATINGS = ("best", "promising", "worst")
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}
_GUIDELINE = re.compile(r"\bG(\d+)\b")


def made(desk: Desk, kind: str, language: str) -> tuple[bytes, str, str]:
    """The report as a file: content, media type, name. Raises Refused `labels_missing`, `template_unusable`."""
    languages = form("recommendation").questionnaire.languages
    if language not in languages or kind not in _TYPES:
        raise Refused("labels_missing", language=language[:20], known=", ".join(languages))
    frame = Frame(form("recommendation").questionnaire, language)
    document = Document(frame.text("report.title"), language, frame.right_to_left, list(_Report(desk, frame).blocks()))
    file = io.BytesIO()
    if kind == "docx":
        word.write(file, document, desk.template)
    else:
        page.write(file, document)
    return file.getvalue(), _TYPES[kind], f"report-{language}.{kind}"


def cited(desk: Desk, points: Iterable[str] | None = None) -> tuple[list[str], list[str]]:
    """The points of a report, or these, and the contributions whose words are in it: what leaves with the file."""
    chosen = [point.id for point in desk.state.standing()] if points is None else list(points)
    named = {passage.contribution for point in chosen for _, passage in desk.state.sources(point)}
    if points is None:
        named |= {name for name in desk.lines if set(desk.codes(name, "rating")) & set(RATINGS)}
    return chosen, sorted(name for name in named if name in desk.lines and desk.lines[name]["state"] == "submitted")


class _Report:
    def __init__(self, desk: Desk, frame: Frame) -> None:
        self._desk, self._frame, self._state = desk, frame, desk.state
        self._points = desk.state.standing()
        self._support = {point.id: desk.supporting(point.id) for point in self._points}
        self._cited = {
            point.id: sorted(
                {
                    passage.contribution
                    for _, passage in self._state.sources(point.id)
                    if self._line(passage.contribution) is not None
                }
            )
            for point in self._points
        }

    def _line(self, contribution: str) -> Line | None:
        line = self._desk.lines.get(contribution)
        return line if line is not None and line["state"] == "submitted" else None

    def blocks(self) -> Iterator[Block]:
        chapters = [
            ("background", "report.background", self._background),
            ("who", "report.who", self._who),
            ("recommendations", "report.recommendations", self._recommendations),
            ("regions", "report.regions", self._regions),
            ("groups", "report.groups", self._groups),
            ("practices", "report.practices", self._practices),
            ("dissent", "report.dissent", self._dissent),
            ("method", "report.method", self._method),
            ("guidelines", "report.guidelines", self._guidelines),
            ("next", "report.next", self._next),
            ("sources", "report.sources", self._sources),
            ("decisions", "report.decisions", self._decisions),
        ]
        text = self._frame.text
        if not self._state.conclusive:
            yield Paragraph((Run(text("report.emerging"), bold=True),))
        made_on = Run(datetime.now(UTC).date().isoformat())
        yield Paragraph((Run(f"{text('reading.made')}: "), made_on), note=True)
        yield Contents(text("reading.contents"), [Heading(1, text(key), f"part-{name}") for name, key, _ in chapters])
        for name, key, blocks in chapters:
            yield Heading(1, text(key), f"part-{name}")
            content = list(blocks())
            yield from content or [said(text("report.none"), note=True)]

    def _own(self, chapter: str) -> Iterator[Block]:
        for paragraph in self._state.chapters.get(chapter, "").split("\n"):
            if paragraph.strip():
                yield said(self._desk.without_masked(paragraph))

    def _background(self) -> Iterator[Block]:
        yield from self._own("background")
        yield said(self._frame.text("report.is_not"))

    def _who(self) -> Iterator[Block]:
        tally = Tally()
        for line in self._desk.lines.values():
            tally.note(line)
        grid = tally.grid(self._frame)
        if grid.rows:
            yield Table(grid.headings, grid.rows)
        languages = tally.languages(self._frame)
        if languages:
            yield Table([self._frame.text("reading.languages"), self._frame.text("reading.count")], languages)
        yield from self._chart("phase")
        yield from self._chart("theme")

    def _chart(self, question: str) -> Iterator[Block]:
        """How much there is about what, the most first. What is hidden or nothing has no bar and is not named."""
        counts: Counter[str] = Counter()
        for (code, _), number in self._desk.tally(question)[question].items():
            counts[code] += number
        shown, _ = guarded_list(list(counts.values()))
        bars = [(code, number) for code, number in zip(counts, shown, strict=True) if number]
        if len(bars) > 1:
            caption = f"{self._frame.question(question)} · {self._frame.text('reading.count')}"
            bars.sort(key=lambda bar: -bar[1])
            yield Chart(caption, [(self._name(question, code), number) for code, number in bars])

    def _name(self, question: str, code: str) -> str:
        """What a code is called in the language of the report; one of the secretariat's own as they named it."""
        found = self._frame.choice(question, code)
        return self._desk.name_of(question, code) if found == code else found

    def _recommendations(self) -> Iterator[Block]:
        for phase in (*PHASES, None):
            here = [
                point for point in self._points if point.phase == phase or (phase is None and point.phase not in PHASES)
            ]
            if here:
                name = self._frame.choice("phase", phase) if phase else self._frame.text("report.unplaced")
                yield Heading(2, name, f"phase-{(phase or 'none').replace('_', '-')}")
                for point in here:
                    yield from self._point(point)

    def _point(self, point: Point) -> Iterator[Block]:
        frame, support = self._frame, self._support[point.id]
        yield Heading(3, self._title(point), _anchor(point.id))
        part = "text" if point.text else "title"
        own, words = point.words[part], self._words(point, part)
        yield said(words)
        if self._frame.language in self._desk.versions(point, part) and self._frame.language != point.language:
            caption = f"{frame.text('report.translated')}: {frame.own_name(point.language)}"
            yield Quotation(self._desk.guarded(point.id, own), (Run(caption, italic=True),))
        wording = frame.text(f"report.{point.wording}")
        facts = [
            wording[:1].upper() + wording[1:],
            f"{frame.text('reading.count')}: {_guarded(support.contributions)}",
            f"{frame.text('report.people')}: {_guarded(support.people)}",
        ]
        answers = self._desk.answers(point.id)
        if answers:
            yes = sum(one.reply == Reply.YES for one in answers)
            facts.append(f"{frame.text('report.confirmed')}: {_guarded(yes)} / {_guarded(len(answers))}")
        if point.addressees:
            names = [frame.choice("addressees", code) for code in point.addressees]
            facts.append(f"{frame.question('addressees')}: {', '.join(names)}")
        regions = self._desk.nameable(point.id)
        if regions:
            facts.append(f"{frame.text('reading.consultations')}: {', '.join(map(frame.consultation, regions))}")
        yield said(" · ".join(facts), note=True)
        if self._cited[point.id]:
            yield Paragraph(tuple(_citations(self._cited[point.id])), note=True)
        for note in self._state.notes(point.id):
            text = self._desk.guarded(point.id, note.text)
            yield Quotation(text, (Run(frame.text("report.dissent"), italic=True),))

    def _title(self, point: Point) -> str:
        return self._words(point, "title")

    def _words(self, point: Point, part: str) -> str:
        """Some words of a point in the language of the report, if somebody translated them, else as it was worded."""
        found = self._desk.versions(point, part)
        return found.get(self._frame.language) or found.get(point.language, "")

    def _listed(self, points: Iterable[Point]) -> Iterator[Block]:
        items = [(Run(self._title(point), target=_anchor(point.id)),) for point in points]
        if items:
            yield Items(items)

    def _regions(self) -> Iterator[Block]:
        for consultation in BY_ID:
            here = [point for point in self._points if consultation in self._desk.nameable(point.id)]
            if here:
                yield Heading(2, self._frame.consultation(consultation), f"region-{consultation}")
                yield from self._listed(here)

    def _groups(self) -> Iterator[Block]:
        yield from self._chart("groups")
        for code in self._desk.codebook("groups"):
            here = [point for point in self._points if code.code in point.groups]
            if here:
                yield Heading(2, self._frame.choice("groups", code.code), f"group-{code.code.replace('_', '-')}")
                yield from self._listed(here)

    def _practices(self) -> Iterator[Block]:
        frame = Frame(form("practice").questionnaire, self._frame.language)
        for rating in RATINGS:
            here = [
                name for name in self._desk.lines if self._line(name) and rating in self._desk.codes(name, "rating")
            ]
            if here:
                yield Heading(2, frame.choice("rating", rating), f"rating-{rating}")
                for name in here:
                    yield from self._quoted(name, f"practice-{name}")

    def _dissent(self) -> Iterator[Block]:
        for point in self._points:
            for note in self._state.notes(point.id):
                caption = [Run(self._title(point), target=_anchor(point.id))]
                if note.contribution and self._line(note.contribution):
                    caption += [Run(" · "), Run(note.contribution[:8])]
                yield Quotation(self._desk.guarded(point.id, note.text), caption)

    def _method(self) -> Iterator[Block]:
        yield from self._own("method")
        yield said(self._frame.text("report.how"))
        told = ("sealed", "hidden", "escapes")
        yield Items([(Run(self._frame.text(f"reading.{name}")),) for name in told])

    def _guidelines(self) -> Iterator[Block]:
        rows = []
        for point in self._points:
            numbers = {
                int(number)
                for theme in point.themes
                for number in _GUIDELINE.findall(DEFINITIONS["theme"].get(theme, ""))
            }
            if numbers:
                rows.append([self._title(point), ", ".join(f"G{number}" for number in sorted(numbers))])
        if rows:
            yield Table([self._frame.text("report.point"), "MICIC"], rows)

    def _next(self) -> Iterator[Block]:
        yield from self._own("next_steps")

    def _sources(self) -> Iterator[Block]:
        feeds: dict[str, list[Point]] = {}
        for point in self._points:
            for one in self._cited[point.id]:
                feeds.setdefault(one, []).append(point)
        for name in sorted(feeds):
            back = [Run(f" · {self._frame.text('report.feeds')}: ")]
            for at, point in enumerate(feeds[name]):
                back += [Run(", ")] if at else []
                back.append(Run(self._title(point), target=_anchor(point.id)))
            yield from self._quoted(name, f"c-{name}", back)

    def _quoted(self, name: str, anchor: str, back: Sequence[Run] = ()) -> Iterator[Block]:
        line = self._desk.lines[name]
        caption = [Run(name[:8]), Run(f" · {self._frame.own_name(line['language'])}"), *self._signed(line), *back]
        mark: str | None = anchor
        for question, text in texts_of(line).items():
            yield Quotation(self._desk.masked(name, question, text), caption if mark else (), mark)
            mark = None
        for layer in self._state.item(name).layers:
            text, sure = self._desk.layer(name, layer)
            if not sure:
                continue
            told = [self._frame.text(f"report.{each}") for each in (layer.layer, layer.made_by)]
            yield Quotation(text, (Run(f"{', '.join(told)} · {self._frame.own_name(layer.language)}"),))

    def _signed(self, line: Line) -> list[Run]:
        signed = attribution(line)
        if signed is Attribution.ANONYMOUS:
            return []
        shown = [Run(f" · {self._frame.consultation(line['consultation'])}")]
        name = line["answers"].get("attribution_name")
        return [*shown, Run(f" · {name}")] if signed.named and isinstance(name, str) else shown

    def _decisions(self) -> Iterator[Block]:
        text = self._frame.text
        rows = []
        for one in self._desk.log.decisions:
            if one.kind in NOTED:
                continue
            named = [str(one.fields[name])[:8] for name in _ABOUT if one.fields.get(name)]
            undone = " ×" if one.id in self._state.undone else ""
            did, why = f"{text(f'report.did.{one.kind}')}{undone}", self._desk.unmasked(one, one.reason)
            rows.append([one.day, one.author, did, ", ".join(named), why])
        if rows:
            headings = [text(f"report.{name}") for name in ("date", "author", "what", "about", "why")]
            yield Table(headings, rows)


def _anchor(point: str) -> str:
    return f"point-{re.sub('[^a-z0-9]', '-', point)}"


def _citations(names: Sequence[str]) -> Iterator[Run]:
    for at, name in enumerate(names):
        yield Run(", " if at else "[")
        yield Run(name[:8], target=f"c-{name}")
    yield Run("]")


def _guarded(number: int) -> str:
    return STAR if small(number) else str(number)


def fitting(desk: Desk, points: Iterable[Point]) -> tuple[dict[str, list[str]], dict[str, list[Point]]]:
    """Where each point is shown, and what each consultation is not shown because it has no room for so many."""
    shown, left = dict[str, list[str]](), dict[str, list[Point]]()
    room = dict.fromkeys(BY_ID, MOST_POINTS)
    for point in points:
        for consultation in desk.shown_in(point):
            if room[consultation]:
                shown.setdefault(point.id, []).append(consultation)
                room[consultation] -= 1
            else:
                left.setdefault(consultation, []).append(point)
    return shown, left


def published(desk: Desk) -> bytes:
    """The points that are agreed or published, as `micic publish` takes them (docs/publishing.md)."""
    points, feedback = [], dict[str, list[str]]()
    publishing = desk.publishing()
    shown, _ = fitting(desk, publishing)
    known = {choice.code for choice in desk.codebook("theme")} & set(DEFINITIONS["theme"])
    for point in publishing:
        themes = [theme for theme in point.themes if theme in known][:3]
        points.append(_publishable(desk, point, themes, shown.get(point.id, [])))
        for one in sorted({passage.contribution for _, passage in desk.state.sources(point.id)}):
            if one in desk.lines and desk.lines[one]["state"] == "submitted":
                feedback.setdefault(one, []).append(point.id)
    content = {"format": 1, "points": points, "feedback": feedback}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _publishable(desk: Desk, point: Point, themes: list[str], shown_in: list[str]) -> dict[str, Any]:
    def texts(name: str, longest: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for language, words in desk.versions(point, name).items():
            try:
                said = language_of(language) if desk.in_letters_of(language, words) else UNKNOWN
            except Wrong:  # of a log that was written before languages were checked
                said = UNKNOWN
            # The point's own words come first, and no other takes their place where the language of both is in doubt.
            found.setdefault(said, _fitting(words, longest))
        return found

    answers = {name: texts(name, SIDE) for name in ("said", "wrote", "answered")}
    found: dict[str, Any] = {
        "id": point.id,
        "from": desk.nameable(point.id),
        "day": point.day,
        "shown_in": shown_in,
        "title": texts("title", TITLE),
        "text": texts("text" if point.text else "title", TEXT),
        "themes": themes,
        "answers": {name: found for name, found in answers.items() if found},
    }
    return {**found, "phase": point.phase} if point.phase in PHASES else found


def _fitting(text: str, longest: int) -> str:
    """As it can be published. What was masked or is written out may have made it too long; the end is then seen."""
    shown = visible(text.replace("\t", " ")).strip()
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"
