"""text: what is sent is the answer, exactly as it came; several messages are joined until "next"."""

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps.reply import Reply


class Text:
    """A written answer. Its messages are sealed one by one; only references stay in the draft."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """Taken if it holds at least one letter or digit of any script and is not longer than the form allows."""
        del present
        if not any(character.isalnum() for character in text):
            return Reply(trouble=Trouble("dialogue.words_please"))
        if question.max_length is not None and len(text) > question.max_length:
            return Reply(trouble=Trouble("dialogue.too_long", {"limit": question.max_length, "length": len(text)}))
        return Reply(keep=True, value=text)

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """ "Next" after at least one message."""
        del question, at
        if do is Do.NEXT and present is not None and present.written:
            return Reply(answer=present, done=True)
        return None


STEP = Text()
