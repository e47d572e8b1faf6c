"""A file that somebody brings as a form: examined, compiled, and made an edition of. Nothing of it is kept here.

What a stranger's file may cost is bounded twice: `inspection` looks at it before any library does, and the rest is done
in a process of its own with limits on time and memory (`apart`), so that a file which defeats a library does no harm.

Not here: what is checked (`checks`, `remarks`), keeping editions (`storage`), the sentences (`wording`).
"""

import asyncio
import base64
import hashlib
import json
import os
import re
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from bot.core.dialogue.questionnaire import Form, Kind, Labels, Question
from bot.core.editions import BUILT_IN, Edition, Examined, Fault
from bot.core.errors import ConsultationError
from bot.questionnaires.building import build
from bot.questionnaires.faults import Faulty

FORMAT = 1
"""Of an edition's document."""
MEMORY = 700 * 2**20
CPU_SECONDS = 15
SECONDS = 25.0
"""Of waiting for the other process: less than all attempts at handling one update take."""
MOST_FAULTS = 300
NAME = 40
"""Characters of the name of a question in the review where the form gives none."""


def form_of(edition: Edition) -> Form:
    """The form of an edition. Raises Faulty, ValueError and KeyError for a document of another kind."""
    form: dict[str, Any] = json.loads(edition.document)["form"]
    made = build({**form, "version": edition.version})
    questions = tuple(_named(question) for question in made.questionnaire.questions)
    return replace(made, questionnaire=replace(made.questionnaire, questions=questions))


def _named(question: Question) -> Question:
    """A question that has no short name is called by the beginning of its text."""
    if question.short != question.labels:
        return question
    return replace(question, short={language: _beginning(text) for language, text in question.labels.items()})


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NAME else line[: NAME - 1].rstrip() + "…"


def examine(content: bytes, name: str, spoken: Sequence[str]) -> Examined:
    """What a file is, in this process. `name` of the file stands in where the settings give no id or title."""
    # pyxform and openpyxl come with these
    from bot.questionnaires.compilation import parse  # noqa: PLC0415
    from bot.questionnaires.remarks import remarks_of  # noqa: PLC0415
    from bot.questionnaires.rewriting import rewritten  # noqa: PLC0415
    from bot.questionnaires.sheets import completed, from_workbook  # noqa: PLC0415

    remarks: tuple[Fault, ...] = ()
    try:
        sheets = completed(from_workbook(content), _stem(name))
        remarks = tuple(remarks_of(sheets, spoken))[:MOST_FAULTS]
        foreign = [
            heading
            for heading in (getattr(sheets.raw, "choices_header", None) or [{}])[0]
            if str(heading).lower().startswith("bot::")
        ]
        if foreign:
            params = {"column": str(foreign[0])[:60], "instead": "bot_short_en, bot_short_fr"}
            raise Faulty([Fault("choices", 1, str(foreign[0]), "column_not_odk", params)])
        form = parse(sheets)
        if form["id_string"] in BUILT_IN:
            params = {"name": form["id_string"], "known": ", ".join(BUILT_IN)}
            raise Faulty([Fault("settings", 2, "form_id", "id_reserved", params)])
        document = json.dumps(
            {"format": FORMAT, "form": form}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        version = hashlib.sha256(document.encode()).hexdigest()[:16]
        bare = Edition(version, form["id_string"], {}, (), 0, document, rewritten(sheets))
        questionnaire = form_of(bare).questionnaire
    except Faulty as error:
        return Examined(None, error.faults[:MOST_FAULTS], remarks)
    asked = sum(question.kind not in (Kind.NOTE, Kind.CALCULATE) for question in questionnaire.questions)
    edition = replace(bare, titles=questionnaire.titles, languages=questionnaire.languages, questions=asked)
    return Examined(edition, (), remarks)


def _stem(name: str) -> str:
    return re.sub(r"\.xls[xm]?$", "", name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE).strip()


async def apart(content: bytes, name: str, spoken: Sequence[str], seconds: float = SECONDS) -> Examined:
    """The same, in a process of its own that cannot take more than its share; too much of it is a fault of the file."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.questionnaires.examining", name[:200] or "-", " ".join(spoken)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Nothing of our own surroundings: they may hold the bot's token.
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        async with asyncio.timeout(seconds):
            written, _ = await process.communicate(content)
        return _read(json.loads(written))
    except (TimeoutError, ValueError, KeyError, TypeError, BrokenPipeError, ConnectionResetError):
        return Examined(None, (Fault("", 0, "", "file_costly"),))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _written(examined: Examined) -> bytes:
    found: dict[str, Any] = asdict(examined)
    if examined.edition is not None:
        found["edition"]["workbook"] = base64.b64encode(examined.edition.workbook).decode()
    return json.dumps(found).encode()


def _read(found: Mapping[str, Any]) -> Examined:
    edition = found["edition"]
    if edition is not None:
        labels: Labels = edition["titles"]
        workbook = base64.b64decode(edition["workbook"])
        edition = Edition(
            **{**edition, "titles": labels, "languages": tuple(edition["languages"]), "workbook": workbook}
        )
    return Examined(
        edition,
        tuple(Fault(**fault) for fault in found["faults"]),
        tuple(Fault(**fault) for fault in found["remarks"]),
    )


def _main(name: str, spoken: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        examined = examine(content, name, spoken.split())
    except (ConsultationError, RecursionError, MemoryError):
        examined = Examined(None, (Fault("", 0, "", "file_unreadable"),))
    sys.stdout.buffer.write(_written(examined))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
