"""select_one: a tap, a number of the list, or a label (whole or in part)."""

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps import matching
from bot.core.dialogue.steps.reply import Reply


class SelectOne:
    """One choice answers the question and moves on."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """One match answers; several are offered; none is explained."""
        del present
        found = matching.numbers(text, len(question.choices))
        if found is None:
            found = matching.labels(question, text)
        if len(found) == 1:
            return _chosen(question, found[0])
        if found:
            return Reply(trouble=Trouble("dialogue.several_match"), matches=found)
        listed = len(question.choices) <= matching.NUMBERED
        return Reply(trouble=Trouble("dialogue.choose_one" if listed else "dialogue.not_in_list"))

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """A choice, or "next" on an answer that stands already."""
        if do is Do.CHOOSE and 0 <= at < len(question.choices):
            return _chosen(question, at)
        if do is Do.NEXT and present is not None and not present.skipped:
            return Reply(answer=present, done=True, value=" ".join(present.codes))
        return None


def _chosen(question: Question, at: int) -> Reply:
    code = question.choices[at].code
    return Reply(answer=Answer(codes=(code,)), done=True, value=code)


STEP = SelectOne()
