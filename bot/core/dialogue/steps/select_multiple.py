"""select_multiple: ticks that stay until "next"; typed numbers or labels tick too."""

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps import matching
from bot.core.dialogue.steps.reply import Reply


class SelectMultiple:
    """Any number of choices; codes are kept in the order of the form."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """Numbers ("1, 3 5") or labels separated by commas or lines are ticked."""
        found = matching.numbers(text, len(question.choices))
        if found is None:
            whole = matching.labels(question, text)
            if len(whole) == 1:
                found = whole
            else:
                groups = [matching.labels(question, piece) for piece in _pieces(text)]
                if len(groups) > 1 and all(len(group) == 1 for group in groups):
                    found = tuple(dict.fromkeys(group[0] for group in groups))
                elif whole:
                    return Reply(trouble=Trouble("dialogue.several_match"), matches=whole)
                else:
                    listed = len(question.choices) <= matching.NUMBERED
                    return Reply(trouble=Trouble("dialogue.choose_many" if listed else "dialogue.not_in_list"))
        return _ticked(question, present, found, on=True)

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """Ticks and unticks say the wanted state; "next" takes what is ticked, nothing ticked is a skip."""
        if do in (Do.TICK, Do.UNTICK) and 0 <= at < len(question.choices):
            return _ticked(question, present, (at,), on=do is Do.TICK)
        if do is Do.NEXT:
            answer = Answer(codes=present.codes) if present is not None else Answer()
            return Reply(answer=answer, done=True, value=" ".join(answer.codes))
        return None


def _pieces(text: str) -> list[str]:
    for mark in ",;،؛\n":
        text = text.replace(mark, "\0")
    return [piece for piece in text.split("\0") if piece.strip()]


def _ticked(question: Question, present: Answer | None, positions: tuple[int, ...], *, on: bool) -> Reply:
    ticked = set(present.codes) if present is not None else set()
    wanted = {question.choices[at].code for at in positions}
    ticked = ticked | wanted if on else ticked - wanted
    codes = tuple(choice.code for choice in question.choices if choice.code in ticked)
    return Reply(answer=Answer(codes=codes), value=" ".join(codes))


STEP = SelectMultiple()
