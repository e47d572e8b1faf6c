"""audio: voice messages, within limits of time and size; several are one answer until "next"."""

from bot.core.dialogue.draft import Answer
from bot.core.dialogue.effects import Trouble
from bot.core.dialogue.events import Do, Voiced
from bot.core.dialogue.questionnaire import Question
from bot.core.dialogue.steps.reply import Reply

MEGABYTE = 1_000_000


class Audio:
    """A recorded answer. Its messages are sealed one by one; only references stay in the draft."""

    def said(self, question: Question, present: Answer | None, text: str) -> Reply:
        """Words do not answer it; whoever cannot record says so by skipping."""
        del question, present, text
        return Reply(trouble=Trouble("voice.please"))

    def pressed(self, question: Question, present: Answer | None, do: Do, at: int) -> Reply | None:
        """ "Next" after at least one message."""
        del question, at
        if do is Do.NEXT and present is not None and present.written:
            return Reply(answer=present, done=True)
        return None


def room(question: Question, before: Answer | None) -> int:
    """Bytes that still fit into the answer after what is there already."""
    return question.max_megabytes * MEGABYTE - sum(one.size for one in (before.written if before else ()))


def refused(question: Question, before: Answer | None, voiced: Voiced) -> Trouble | None:
    """Why a voice message is not taken after what is there already; decided before it is fetched, and again after."""
    seconds = sum(one.seconds for one in (before.written if before else ()))
    if seconds + voiced.seconds > question.max_seconds:
        return Trouble("voice.too_long", {"limit": question.max_seconds})
    if max(voiced.size, len(voiced.audio or b"")) > room(question, before):
        return Trouble("voice.too_big", {"limit": question.max_megabytes})
    if voiced.audio == b"":
        return Trouble("voice.not_fetched")
    return None


STEP = Audio()
