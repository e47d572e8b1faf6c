"""One file for each kind of question: what it makes of a typed text and of a pressed button.

A new kind is a file here and its line in `KINDS`. Not here: the order of questions (`engine`), what they look like
(`handlers.writing`).
"""

from bot.core.dialogue.questionnaire import Kind
from bot.core.dialogue.steps import audio, integer, select_multiple, select_one, text
from bot.core.dialogue.steps.reply import Step

KINDS: dict[Kind, Step] = {
    Kind.SELECT_ONE: select_one.STEP,
    Kind.SELECT_MULTIPLE: select_multiple.STEP,
    Kind.TEXT: text.STEP,
    Kind.INTEGER: integer.STEP,
    Kind.AUDIO: audio.STEP,
}
"""Kinds that wait for the person. Notes are shown in passing, calculations are never shown."""
