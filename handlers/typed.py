"""The typed form of buttons: a text that is a label is that button, for phones and lines on which buttons do not work.

Not here: what a button means (`buttons`), choices of a question, whose typed forms the step itself understands.
"""

from collections.abc import Iterable

from bot.core import events as on
from bot.core.dialogue.events import Do
from bot.core.dialogue.steps.matching import plain
from handlers import buttons
from handlers.messages import Row

LONGEST_LABEL = 48
"""Characters up to which a text is compared with the labels of buttons."""
OWN_WORDS = frozenset({Do.CHOOSE, Do.TICK, Do.UNTICK, Do.PAGE})
"""Buttons of which the step takes more than the label: a number, a part of it, a list."""


def meant(text: str, rows: Iterable[Row]) -> on.Event | None:
    """What the button of this label asks for; None where no button has it."""
    wanted = plain(text) if len(text) <= LONGEST_LABEL else ""
    if not wanted:
        return None
    for button in (button for row in rows for button in row):
        if button.data is None or plain(button.label) != wanted:
            continue
        pressed = buttons.parse(button.data)
        if not (isinstance(pressed, on.Presses) and pressed.pressed.do in OWN_WORDS):
            return pressed
    return None
