"""What the desk works on: the contributions of verified exports, and for each export whether it could be trusted.

Texts are in memory only. Not here: verifying (`bot.exports`), what is decided about them (`bot.core.consolidation`).
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.core.attribution import Attribution
from bot.core.dialogue.questionnaire import Kind
from bot.core.errors import ConsultationError, Corrupt
from bot.desk.likeness import Text, folded
from bot.exports import bundle, succession
from bot.exports.opening import opened
from bot.questionnaires.library import FORMS, form
from bot.sealing import Identity, open_document, to_json
from locales.operator import sentence

Line = dict[str, Any]
Stage = Callable[[str], Callable[[int, int], None] | None]
UNDISCLOSED = "undisclosed"
_OFTEN = 64
STATE, KIND = "state", "questionnaire"


@dataclass(frozen=True)
class Checked:
    """One export: what it holds, or what is wrong with it."""

    name: str
    contributions: int = 0
    withdrawn: int = 0
    cursor: str = ""
    consultations: tuple[str, ...] = ()
    fault: str = ""
    """A sentence that names what is missing, swapped or doubled; such an export is left out as a whole."""


@dataclass
class Material:
    """All contributions, by id."""

    lines: dict[str, Line] = field(default_factory=dict)
    exports: list[Checked] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """What each contribution is; empty for a withdrawn one."""
    haystacks: dict[str, str] = field(default_factory=dict)
    """What is searched, in the form of `likeness.folded`."""

    def add(self, line: Line) -> None:
        """Take in one line of an opened export."""
        name = line["contribution"]
        self.lines[name] = line
        gone = line["state"] != "submitted"
        self.digests[name] = "" if gone else hashlib.sha256(to_json(line)).hexdigest()[:16]
        self.haystacks[name] = folded(" ".join([name, *texts_of(line).values()]))

    def texts(self) -> list[Text]:
        """Recommendations and practices that count, as they are compared."""
        found = []
        for name, line in self.lines.items():
            written = texts_of(line)
            if line["state"] == "submitted" and written and line["questionnaire"] in FORMS[:2]:
                answers = line["answers"]
                phase, theme = one_code(answers.get("phase")), one_code(answers.get("theme"))
                text = next(iter(written.values()))
                found.append(Text(name, text, line["language"], phase, theme, codes_of(answers.get("addressees"))))
        return found


def read(files: Sequence[Path], identities: Sequence[Identity], stage: Stage = lambda _: None) -> Material:
    """Verify and open exports. One that is damaged is named and left out; the others must continue one another.

    `stage`: given what is being done, what is to be told how much of it is done, of how much.
    Raises Refused `file_unreadable`, `exports_gap`, and Corrupt where what is sealed does not open or fit.
    """
    material = Material()
    with ExitStack() as stack:
        sound = []
        for file in files:
            try:
                found = stack.enter_context(bundle.read(file, stage(f"Checking {file.name}")))
                bundle.taken_along([found], lambda sealed: open_document(sealed, identities))
            except Corrupt as error:
                material.exports.append(Checked(file.name, fault=_said(error)))
                continue
            sound.append(found)
            material.exports.append(
                Checked(
                    file.name, found.lines - len(found.header.tombstones), len(found.header.tombstones),
                    found.header.cursor, found.header.consultations,
                )
            )  # fmt: skip
        if sound:
            watch, total = stage("Opening"), sum(each.lines for each in sound)
            lines = opened(succession.in_order(sound), lambda part: open_document(part, identities))
            for done, line in enumerate(lines, 1):
                material.add(line)
                if watch is not None and (done % _OFTEN == 0 or done == total):
                    watch(done, total)
    return material


def news(material: Material, seen: dict[str, str]) -> dict[str, Any] | None:
    """The fields of an `import`: what is new, changed and withdrawn since the last one; None if nothing is."""
    added = {name: digest for name, digest in material.digests.items() if name not in seen}
    changed = {
        name: digest
        for name, digest in material.digests.items()
        if digest and seen.get(name, digest) != digest
    }  # fmt: skip
    withdrawn = [name for name, digest in material.digests.items() if not digest and seen.get(name)]
    if not (added or changed or withdrawn):
        return None
    files = [each.name for each in material.exports if not each.fault]
    return {"files": files, "added": added, "changed": changed, "withdrawn": withdrawn}


@cache
def written_questions(kind: str | None) -> tuple[str, ...]:
    """Questions of a form that are answered in words."""
    if kind not in FORMS:
        return ()
    return tuple(str(asked.id) for asked in form(kind).questionnaire.questions if asked.kind is Kind.TEXT)


def texts_of(line: Line) -> dict[str, str]:
    """What somebody wrote, by question; answers to points of a publication are words of any question."""
    answers = line["answers"]
    asked = [*written_questions(line["questionnaire"])]
    if line["questionnaire"] == "response":
        asked = [question for question in answers if question == "missing" or question.endswith("_words")]
    return {
        question: text
        for question in asked
        if isinstance(text := answers.get(question), str) and text and text != UNDISCLOSED
    }


def codes_of(answer: Any) -> tuple[str, ...]:
    """The codes of an answer; none for a skipped one."""
    if isinstance(answer, str):
        return (answer,) if answer and answer != UNDISCLOSED else ()
    return tuple(str(code) for code in answer or ())


def attribution(line: Line) -> Attribution:
    """How its author lets it be signed."""
    try:
        return Attribution(line["answers"].get("attribution") or "anonymous")
    except ValueError:
        return Attribution.ANONYMOUS


def one_code(answer: Any) -> str | None:
    """The code of an answer that has one."""
    return next(iter(codes_of(answer)), None)


def _said(error: ConsultationError) -> str:
    return sentence(error)
