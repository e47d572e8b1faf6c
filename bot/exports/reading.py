"""An opened export as a document to read: by moment, then consultation, then topic, each contribution with its id.

Contributions are laid aside by where they belong while they go by, so that there may be more of them than memory holds.
Not here: how the document looks (`word`, `page`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.core.contributions import State
from bot.core.dialogue.questionnaire import Kind, Questionnaire
from bot.exports.about import Tally, caveats
from bot.exports.content import Drawers
from bot.exports.document import Block, Contents, Heading, Items, Paragraph, Quotation, Run, Table, said
from bot.exports.frame import Frame
from bot.exports.options import Options
from bot.sealing import from_json, to_json

_LEVELS = ("phase", "consultation", "theme")
_Key = tuple[str | None, str | None, str | None]
_GONE: _Key = ("-", "-", "-")
_NO_ANSWER = (None, "", "undisclosed")


def blocks(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, options: Options, tally: Tally
) -> Iterator[Block]:
    """The blocks, cover first. Counts what went by in `tally`."""
    frame = Frame(questionnaire, options.language)
    drawers: Drawers[_Key] = Drawers()
    try:
        for line in tally.counting(lines):
            drawers.add(_key(line), to_json(line) + b"\n")
        used = drawers.keys()
        withdrawn = _GONE in used
        keys = sorted(used - {_GONE}, key=lambda key: _order(key, questionnaire))
        headings = list(_headings(keys, questionnaire, frame))
        shown = [heading for _, each in headings for heading in each]
        yield from _cover(frame, options, tally)
        yield Contents(frame.text("reading.contents"), shown)
        for key, above in headings:
            yield from above
            for line in _taken(drawers, key):
                yield from _contribution(line, questionnaire, frame)
        if withdrawn:
            yield Heading(1, frame.text("reading.withdrawn"), "withdrawn")
            for line in _taken(drawers, _GONE):
                yield said(f"{line['contribution']} ({line['state']})", note=True)
    finally:
        drawers.close()


def _cover(frame: Frame, options: Options, tally: Tally) -> Iterator[Block]:
    yield Heading(1, frame.text("reading.about"), "about")
    yield Items([(Run(text),) for text in caveats(frame)])
    for name, value in tally.facts(frame, options):
        yield Paragraph((Run(f"{name}: ", bold=True), Run(value)))
    grid = tally.grid(frame)
    if grid.rows:
        yield Table(grid.headings, grid.rows)
    languages = tally.languages(frame)
    if languages:
        yield Table([frame.text("reading.languages"), frame.text("reading.count")], languages)


def _key(line: Mapping[str, Any]) -> _Key:
    answers = line["answers"]
    if not answers and line["state"] != State.SUBMITTED:
        return _GONE
    return _code(answers.get("phase")), line["consultation"], _code(answers.get("theme"))


def _code(answer: Any) -> str | None:
    return answer if isinstance(answer, str) and answer not in _NO_ANSWER else None


def _order(key: _Key, questionnaire: Questionnaire) -> list[tuple[int, str]]:
    found = []
    for level, code in zip(_LEVELS, key, strict=True):
        question = questionnaire.question(level)
        codes = [choice.code for choice in question.choices] if question else []
        found.append((codes.index(code) if code in codes else len(codes) + (code is None), code or ""))
    return found


def _headings(keys: Iterable[_Key], questionnaire: Questionnaire, frame: Frame) -> Iterator[tuple[_Key, list[Heading]]]:
    """The headings that stand before each group: those that differ from the group before."""
    levels = [name for name in _LEVELS if name == "consultation" or questionnaire.question(name) is not None]
    before: tuple[str | None, ...] = ()
    for number, key in enumerate(keys, 1):
        codes = dict(zip(_LEVELS, key, strict=True))
        here = tuple(codes[name] for name in levels)
        same = next((at for at, pair in enumerate(zip(here, before, strict=False)) if pair[0] != pair[1]), len(before))
        yield (
            key,
            [
                Heading(at + 1, _name(frame, levels[at], here[at]), f"part-{number}-{at + 1}")
                for at in range(min(same, len(levels)), len(levels))
            ],
        )
        before = here


def _name(frame: Frame, level: str, code: str | None) -> str:
    return frame.consultation(code) if level == "consultation" else frame.choice(level, code)


def _taken(drawers: Drawers[_Key], key: _Key) -> Iterator[dict[str, Any]]:
    for block in drawers.take(key):
        for line in block.splitlines():
            yield from_json(line)


def _contribution(line: Mapping[str, Any], questionnaire: Questionnaire, frame: Frame) -> Iterator[Block]:
    name, answers = line["contribution"], line["answers"]
    caption = [Run(name), Run(f" · {line['day']} · {frame.own_name(line['language'])}")]
    if line["state"] == State.SUPERSEDED:
        caption.append(Run(f" · {frame.text('reading.superseded')}", bold=True))
    if line["supersedes"]:
        caption += [Run(f" · {frame.text('reading.supersedes')} "), Run(line["supersedes"])]
    anchor: str | None = f"c-{name}"
    known = set()
    for question in questionnaire.questions:
        known.add(str(question.id))
        answer = answers.get(question.id)
        if question.id in _LEVELS or (answer in _NO_ANSWER and answer != "undisclosed"):
            continue
        if question.kind is Kind.TEXT and isinstance(answer, str) and answer != "undisclosed":
            if anchor is None:
                yield Paragraph((Run(f"{frame.question(question.id)}:", bold=True),), note=True)
            yield Quotation(answer, anchor=anchor)
            anchor = None
        elif question.kind is not Kind.CALCULATE:
            codes = answer if isinstance(answer, list) else [answer]
            caption.append(
                Run(
                    f" · {frame.question(question.id)}: "
                    + ", ".join(_label(frame, question.id, code) for code in codes)
                )
            )
    other = {question: answer for question, answer in answers.items() if question not in known and answer is not None}
    if other:
        caption.append(Run(" · " + json.dumps(other, ensure_ascii=False)))
    yield Paragraph(caption, note=True, anchor=anchor)


def _label(frame: Frame, question: str, code: Any) -> str:
    return frame.choice(question, str(code))
