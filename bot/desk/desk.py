"""The desk itself: the material, the log, and what the decisions add up to now. Every decision goes through `decide`.

Not here: what is masked and where else it is blacked (`masking`), pages (`pages`), the report (`report`).
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from bot.core.attribution import Attribution
from bot.core.consolidation import agreement
from bot.core.consolidation.decisions import Decision, checked
from bot.core.consolidation.replay import apply, replay
from bot.core.consolidation.state import Consolidation, Passage, Point, Sent
from bot.core.consolidation.support import Answer, Support, answers_to, groups_of, support
from bot.core.consultations import BY_ID
from bot.core.disclosure import LEAST
from bot.core.feedback import Reply
from bot.desk import likeness, material
from bot.desk.log import Log, missing_from
from bot.desk.masking import Masking
from bot.desk.material import Line, Material
from bot.exports.codebook import DEFINITIONS
from bot.exports.frame import Frame
from bot.questionnaires.library import form

CODED = ("phase", "theme", "groups", "addressees", "rating")
"""Questions by which contributions are coded."""
PIECES = ("phase", "theme", "groups", "addressees")
"""Questions by which each ask of a split contribution is coded."""


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _definition(question: str, code: str) -> str:
    return DEFINITIONS.get(question, {}).get(code, "")


@dataclass(frozen=True)
class Code:
    """An entry of the codebook."""

    code: str
    name: str
    definition: str


class Desk(Masking):
    """Everything that the pages show and change."""

    def __init__(
        self,
        found: Material,
        log: Log,
        author: str,
        today: Callable[[], str] = _today,
        chance: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Replay the log, and note what the exports brought. Raises Unavailable `log_unwritable`."""
        self.material, self.log, self.author = found, log, author
        self._today, self._chance = today, chance
        self.looking = False
        """Pairs that may say the same are being looked for beside the pages."""
        self.template: bytes | None = None
        """A Word file from which the report takes its looks."""
        self.state: Consolidation = replay(log.decisions)
        self.frame = Frame(form("recommendation").questionnaire, "en")
        brought = material.news(found, self.state.seen)
        if brought is not None:
            self.decide("import", "", **brought)

    @property
    def lines(self) -> dict[str, Line]:
        """Every contribution, by id."""
        return self.material.lines

    def decide(self, kind: str, reason: str, **fields: Any) -> Decision:
        """Keep one decision; when this returns it is on the disk. Raises as `Log.append` does."""
        return self.decide_all([(kind, reason, fields)])[0]

    def decide_all(self, wanted: Sequence[tuple[str, str, dict[str, Any]]]) -> list[Decision]:
        """Keep decisions that belong together, all or none."""
        if not wanted:
            return []
        decisions = [
            checked(
                Decision(
                    self._chance(16).hex(),
                    self.author,
                    self.state.clock + at,
                    self._today(),
                    kind,
                    self.with_words(fields) if kind == "mask" else fields,
                    reason.strip(),
                )
            )
            for at, (kind, reason, fields) in enumerate(wanted, 1)
        ]
        self.log.append(decisions)
        if any(decision.kind == "undo" for decision in decisions):
            self.state = replay(self.log.decisions)
        else:
            for decision in decisions:
                apply(self.state, decision)
        return decisions

    def new_id(self) -> str:
        """For a point: random, and fit for a file to publish."""
        return "p" + self._chance(5).hex()

    def merge(self, decisions: Iterable[Decision]) -> int:
        """Take in what another log has and this one lacks; how many. Raises Corrupt `decision_differs`."""
        missing = missing_from(self.log, list(decisions))
        if missing:
            # Before it is on the disk: what cannot be replayed would stop every later start.
            together = replay([*self.log.decisions, *missing])
            self.log.append(missing)
            self.state = together
        return len(missing)

    def codebook(self, question: str) -> list[Code]:
        """The codes of a question with their definitions, those that the secretariat added at the end."""
        asked = form("practice" if question == "rating" else "recommendation").questionnaire.question(question)
        own = [
            Code(
                choice.code, (choice.short or choice.labels).get("en", choice.code), _definition(question, choice.code)
            )
            for choice in (asked.choices if asked else ())
        ]
        added = [
            Code(code, name, definition)
            for (asked_for, code), (name, definition) in self.state.defined.items()
            if asked_for == question
        ]
        return own + added

    def name_of(self, question: str, code: str) -> str:
        """What a code is called."""
        return self._names.get((question, code)) or self.state.defined.get((question, code), (code, ""))[0]

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {(question, each.code): each.name for question in CODED for each in self.codebook(question)}

    def codes(self, contribution: str, question: str) -> tuple[str, ...]:
        """The codes in force: the secretariat's, else what the person chose."""
        item = self.state.items.get(contribution)
        if item is not None and question in (coded := item.coded):
            return coded[question]
        line = self.lines.get(contribution)
        return material.codes_of(line["answers"].get(question)) if line else ()

    def codes_of_piece(self, contribution: str, piece: Passage, question: str) -> tuple[str, ...]:
        """The codes of a piece of what was split: its own, else those of the whole."""
        own = self.state.item(contribution).piece_codes.get((piece.start or 0, piece.end or 0), {})
        return own[question] if question in own else self.codes(contribution, question)

    def every_code(self, contribution: str, question: str) -> tuple[str, ...]:
        """The codes of a contribution, or of all pieces that it was split into, each once."""
        item = self.state.items.get(contribution)
        if item is None or not item.pieces:
            return self.codes(contribution, question)
        codes = (code for piece in item.pieces for code in self.codes_of_piece(contribution, piece, question))
        return tuple(dict.fromkeys(codes))

    def tally(self, *questions: str) -> dict[str, Counter[tuple[str, str]]]:
        """By question, how many contributions have each code, by code and consultation; one look at each of them."""
        found: dict[str, Counter[tuple[str, str]]] = {question: Counter() for question in questions}
        items = self.state.items
        for name, line in self._counting:
            item, consultation = items.get(name), line["consultation"]
            if item is not None and item.pieces:
                each = [(question, self.every_code(name, question)) for question in questions]
            else:
                coded = item.coded if item is not None and item.codes else {}
                answers = line["answers"]
                each = [
                    (question, coded[question] if question in coded else material.codes_of(answers.get(question)))
                    for question in questions
                ]
            for question, codes in each:
                cells = found[question]
                for code in codes:
                    cells[code, consultation] += 1
        return found

    @cached_property
    def _counting(self) -> list[tuple[str, Line]]:
        """What was handed in, holds and has words; the material does not change while the desk is open."""
        return [
            (name, line)
            for name, line in self.lines.items()
            if line["state"] == "submitted" and material.texts_of(line)
        ]

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """The languages of the form, and what each calls itself."""
        return {code: self.frame.own_name(code) for code in form("recommendation").questionnaire.languages}

    def in_letters_of(self, language: str, words: str) -> bool:
        """Whether words can be in a language, by their letters; of a language that we do not know anything can be."""
        name, script = self.frame.own_name(language), likeness.script_of(words)
        return name == language or script is None or script == likeness.script_of(name)

    def nameable(self, point: str) -> list[str]:
        """Regions that a point may be said to be from: people let theirs be shown, or enough of them are there."""
        out = {one.contribution for one in self.answers(point) if one.reply == Reply.OUT}
        behind = {passage.contribution for _, passage in self.state.sources(point)} - out
        here: dict[str, list[str]] = {}
        shown: set[str] = set()
        for one in behind:
            line = self.lines.get(one)
            if line is not None and line["state"] == "submitted":
                here.setdefault(line["consultation"], []).append(one)
                if material.attribution(line) is not Attribution.ANONYMOUS:
                    shown.add(line["consultation"])
        return [region for region in BY_ID if region in shown or self._enough(here.get(region, ()))]

    def _enough(self, contributions: Sequence[str]) -> bool:
        """Whether so many people are behind these contributions that a number of them may be shown."""
        return (
            bool(contributions)
            and support(contributions, self.lines, self.state, groups_known=self._groups).people >= LEAST
        )

    def shown_in(self, point: Point) -> list[str]:
        """The consultations that are to be shown a point: as somebody chose, else all but those it is said to be from.

        A region that is not named is shown it too, or its absence would name it.
        """
        if point.shown_in is not None:
            return [one for one in BY_ID if one in point.shown_in]
        named = self.nameable(point.id)
        return [one for one in BY_ID if one not in named]

    def publishing(self) -> list[Point]:
        """The points that are ready for those who come later: agreed or published, and somebody stands behind them."""
        standing = [point for point in self.state.standing() if point.stage != "emerging"]
        return [point for point in standing if self.supporting(point.id).regions]

    def words(self, passage: Passage) -> str:
        """What a passage says, masked; nothing where the contribution was taken back."""
        line = self.lines.get(passage.contribution)
        for question, text in material.texts_of(line).items() if line else ():
            if passage.question in (None, question):
                return self.masked(passage.contribution, question, text, passage.start or 0, passage.end)
        return ""

    def supporting(self, point: str) -> Support:
        """Who stands behind a point."""
        uncounted = [one.contribution for one in self.answers(point) if one.reply == Reply.OUT]
        feeding = [passage.contribution for _, passage in self.state.sources(point)]
        return support(feeding, self.lines, self.state, groups_known=self._groups, uncounted=uncounted)

    @cached_property
    def _groups(self) -> Mapping[str, Mapping[str, Any]]:
        return groups_of(self.lines)

    def answers(self, point: str) -> list[Answer]:
        """What those who feed a point answered when it was shown to them."""
        merged = [other.id for other in self.state.members(point)]
        return answers_to(merged, (passage.contribution for _, passage in self.state.sources(point)), self.lines)

    def losing(self) -> list[Point]:
        """Points that are fed by something withdrawn or replaced: to be looked at again."""
        gone = set(self._gone)
        return [
            point
            for point in self.state.standing()
            if any(passage.contribution in gone for _, passage in self.state.sources(point.id))
        ]

    def leave(self, what: str, points: Iterable[str], contributions: Iterable[str]) -> None:
        """Note that a file left the desk, unless the same was noted last."""
        cited = sorted(set(contributions))
        last = next((one for one in reversed(self.state.left) if one.what == what), None)
        if last is None or (last.contributions, last.day) != (frozenset(cited), self._today()):
            self.decide("left", "", what=what, points=sorted(points), contributions=cited)

    @cached_property
    def _gone(self) -> list[str]:
        return [name for name, line in self.lines.items() if line["state"] != "submitted"]

    def taken_back(self) -> list[tuple[str, list[Point], list[Sent]]]:
        """What was withdrawn or replaced after it had fed a point or left in a file: which points, which files."""
        feeds: dict[str, set[str]] = {}
        for point in self.state.points.values():
            for _, passage in point.fed:
                feeds.setdefault(passage.contribution, set()).add(self.state.home(point.id))
        found = []
        for name in self._gone:
            left = [one for one in self.state.left if name in one.contributions]
            points = [self.state.points[point] for point in sorted(feeds.get(name, ()))]
            if points or left:
                found.append((name, points, left))
        return found

    def carried(self, contribution: str) -> list[Sent]:
        """The exports that brought it, and the files that left with it."""
        return [one for one in (*self.state.imports, *self.state.left) if contribution in one.contributions]

    @cached_property
    def alike(self) -> list[likeness.Likeness]:
        """Pairs that may say the same; made once, since the material does not change while the desk is open."""
        return likeness.suggestions(self.material.texts())

    def look(self) -> None:
        """Look for such pairs now, so that no page has to wait for it."""
        self.looking = True
        try:
            _ = self.alike
        finally:
            self.looking = False

    @cached_property
    def crowds(self) -> list[tuple[likeness.Place, int]]:
        """Where there is too much for paraphrases to be looked for."""
        return likeness.crowds(self.material.texts())

    def agreement(self, question: str) -> list[tuple[str, str, int, float | None]]:
        """For each two coders: who, how many contributions both coded, and Cohen's kappa."""
        coders = sorted({coder for item in self.state.items.values() for coder in item.codes})
        found = []
        for at, one in enumerate(coders):
            for other in coders[at + 1 :]:
                pairs = [
                    (frozenset(item.codes[one][question]), frozenset(item.codes[other][question]))
                    for item in self.state.items.values()
                    if question in item.codes.get(one, {}) and question in item.codes.get(other, {})
                ]
                if pairs:
                    found.append((one, other, len(pairs), agreement.kappa(pairs)))
        return found

    def alpha(self, question: str) -> float | None:
        """Krippendorff's alpha of all coders."""
        coders = sorted({coder for item in self.state.items.values() for coder in item.codes})
        if len(coders) < 2:
            return None
        units = []
        for item in self.state.items.values():
            values = [
                frozenset(codes[question]) if question in (codes := item.codes.get(coder, {})) else None
                for coder in coders
            ]
            units.append(values)
        return agreement.alpha(units)
