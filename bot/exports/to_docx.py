"""The opened export as a document to read: DOCX. Not here: what it says (`reading`), the file format (`word`)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.core.dialogue.questionnaire import Questionnaire
from bot.exports import reading, word
from bot.exports.about import Tally
from bot.exports.document import Document
from bot.exports.frame import Frame
from bot.exports.options import DEFAULT, Options
from bot.exports.replacement import replacing


def write(
    lines: Iterable[Mapping[str, Any]], questionnaire: Questionnaire, path: Path, options: Options = DEFAULT
) -> int:
    """Write the document; how many lines there were."""
    frame, tally = Frame(questionnaire, options.language), Tally()
    body = reading.blocks(lines, questionnaire, options, tally)
    document = Document(frame.text("reading.title"), options.language, frame.right_to_left, body)
    with replacing(path) as file:
        word.write(file, document)
    return tally.states.total()
