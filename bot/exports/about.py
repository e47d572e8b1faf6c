"""What a reader must know of an opened export: what it is and is not, where it comes from, how much of what is in it.

Counted while the lines go by; small numbers are hidden (`bot.core.disclosure`). The same for every format that has room
for it. Not here: how it looks (`to_xlsx`, `reading`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.contributions import State
from bot.core.disclosure import LEAST, Shown, guarded, guarded_list, small
from bot.exports.frame import Frame
from bot.exports.options import Options

STAR = "*"
"""Stands for a number that is hidden."""

Line = Mapping[str, Any]
Fact = tuple[str, str]
"""What it is, and what it is here."""


@dataclass(frozen=True)
class Grid:
    """A table of counts as it may be shown."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class Tally:
    """Counts of what went by."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self._cells: Counter[tuple[str | None, str | None]] = Counter()
        """By consultation and phase: contributions that count, so neither withdrawn nor replaced."""
        self._languages: Counter[str | None] = Counter()
        self._forms: set[tuple[str, str]] = set()

    def counting(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines as they are; each is counted on its way."""
        for line in lines:
            self.note(line)
            yield line

    def note(self, line: Line) -> None:
        """Count one line."""
        self.states[line["state"]] += 1
        if line["questionnaire"]:
            self._forms.add((line["questionnaire"], line["version"]))
        if line["state"] == State.SUBMITTED:
            phase = line["answers"].get("phase")
            self._cells[line["consultation"], phase if isinstance(phase, str) else None] += 1
            self._languages[line["language"]] += 1

    def grid(self, frame: Frame) -> Grid:
        """Contributions by consultation and moment, with totals. Moments stand above: they are few."""
        consultations = sorted({name for name, _ in self._cells}, key=str)
        phases = sorted({phase for _, phase in self._cells}, key=_phase_order)
        counts = [[self._cells[name, phase] for phase in phases] for name in consultations]
        shown = guarded(counts, total_known=not small(self.count))
        total = frame.text("reading.total")
        rows = [
            [frame.consultation(name), *map(written, cells), written(sum_)]
            for name, cells, sum_ in zip(consultations, shown.cells, shown.rows, strict=True)
        ]
        if rows:
            rows.append([total, *map(written, shown.columns), written(shown.total)])
        moments = [frame.choice("phase", phase) for phase in phases]
        return Grid([frame.text("reading.consultations"), *moments, total], rows)

    def languages(self, frame: Frame) -> list[Fact]:
        """Contributions by the language of the chat."""
        names = sorted(self._languages, key=str)
        shown, _ = guarded_list([self._languages[name] for name in names], total_known=not small(self.count))
        return [(frame.own_name(name), written(number)) for name, number in zip(names, shown, strict=True)]

    @property
    def count(self) -> int:
        """Contributions that count."""
        return self.states[State.SUBMITTED]

    def facts(self, frame: Frame, options: Options) -> list[Fact]:
        """What can be said in a line each."""
        origin = options.origin
        found = [(frame.text("reading.made"), options.day)] if options.day else []
        if origin is not None:
            found += [
                (frame.text("reading.consultations"), "\n".join(map(frame.consultation, origin.consultations))),
                (frame.text("reading.exports"), str(origin.exports)),
                *([(frame.text("reading.since"), str(origin.since))] if origin.since else []),
                (frame.text("reading.cursor"), origin.cursor),
            ]
        found += [
            (frame.text("reading.count"), _alone(self.count)),
            (frame.text("reading.superseded"), _alone(self.states[State.SUPERSEDED])),
            (frame.text("reading.withdrawn"), _alone(self.states[State.WITHDRAWN])),
            (frame.text("reading.forms"), "\n".join(f"{form} {version}" for form, version in sorted(self._forms))),
        ]
        if origin is not None:
            found += [
                (frame.text("reading.parts"), STAR if self.count < LEAST else str(origin.parts)),
                (frame.text("reading.recipients"), origin.recipient_set),
                (frame.text("reading.chain"), "\n".join(f"{name}\n{head}" for name, head in origin.chains)),
            ]
        return found


def caveats(frame: Frame) -> list[str]:
    """What it is, what it is not, and what to be careful about."""
    return [
        frame.text("reading.is"), frame.text("reading.is_not"), frame.text("reading.careful"),
        frame.text("reading.sealed"), frame.text("reading.hidden"), frame.text("reading.escapes"),
    ]  # fmt: skip


def written(number: Shown) -> str:
    """A number that may be hidden."""
    return STAR if number is None else str(number)


def _alone(number: int) -> str:
    return STAR if small(number) else str(number)


_PHASES = ("pre_crisis", "emergency", "post_crisis", "cross_cutting")


def _phase_order(phase: str | None) -> tuple[int, str]:
    if phase in _PHASES:
        return _PHASES.index(phase), ""
    return len(_PHASES) + (phase is None), phase or ""
