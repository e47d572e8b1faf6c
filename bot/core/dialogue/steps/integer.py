"""integer: a whole number, in the digits of any script."""

import re

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps import matching
from bot.core.dialogue.steps.reply import Reply

_WHOLE = re.compile(r"-?\d{1,12}")


class Integer:
    """One number answers the question and moves on."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """Spaces and thousands separators are overlooked; anything else is explained."""
        del question, present
        bare = re.sub(r"[\s,.'٬_]", "", matching.digits(text))
        if not _WHOLE.fullmatch(bare):
            return Reply(trouble=Trouble("dialogue.number_please"))
        number = str(int(bare))
        return Reply(answer=Answer(codes=(number,)), done=True, value=number)

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """ "Next" on a number that stands already."""
        del question, at
        if do is Do.NEXT and present is not None and present.codes:
            return Reply(answer=present, done=True, value=present.codes[0])
        return None


STEP = Integer()
