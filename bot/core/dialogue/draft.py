"""A draft: what somebody has answered so far, and where they stand.

Coded answers are here in clear (they rest sealed under the server's working key); written ones are references to
parts that were sealed to the secretariat when they arrived. The texts themselves are never part of a draft.
"""

from dataclasses import dataclass, field

from bot.core.contributions import ContributionId, PartId, Receipt
from bot.core.dialogue.questionnaire import StepId
from bot.core.editions import BUILT_IN

REVIEW = StepId("-review")
"""The step after the last question. Question names never begin with a hyphen."""
COMPLETE = StepId("-complete")
"""The one request for a missing addressee or moment, before the review."""

WHOLE = StepId("-whole")
"""All questions at once, to be answered in one message."""


RESPONSE = "response"
"""The questionnaire made of published points, which has as many versions at a time as drafts refer to."""


def form_key(questionnaire: str, version: str) -> str:
    """The key under which a form is found: its id where it comes with the program, else `<id>:<version>`.

    Of published points, and of forms that organizers bring, several versions are in use at a time.
    """
    return questionnaire if questionnaire in BUILT_IN and questionnaire != RESPONSE else f"{questionnaire}:{version}"


@dataclass(frozen=True)
class Written:
    """One message of a written answer: the part it was sealed into, and the chat message that held it."""

    part: PartId
    message: int
    seconds: int = 0
    """Length of a voice message; 0 for a text."""
    size: int = 0
    """Bytes of a voice message; 0 for a text."""


@dataclass(frozen=True)
class Answer:
    """One of codes, written and undisclosed says something; all empty means the question was skipped."""

    codes: tuple[str, ...] = ()
    """Chosen codes; one for select_one; the digits for an integer."""
    written: tuple[Written, ...] = ()
    undisclosed: bool = False
    message: int | None = None
    """The message that typed a coded answer, or left it out among several, so that editing it changes the answer."""

    @property
    def skipped(self) -> bool:
        """The person went past without answering."""
        return not (self.codes or self.written or self.undisclosed)


@dataclass(frozen=True)
class Replaced:
    """The contribution of which a draft is to be the next version. Who changes by receipt is known by it that long."""

    receipt: Receipt
    contribution: ContributionId
    group: ContributionId | None = None
    """For which group it speaks."""


@dataclass(frozen=True)
class Draft:
    """One contribution in the making. Frozen: each event gives a new draft."""

    contribution: ContributionId
    consultation: str
    questionnaire: str
    version: str
    language: str
    day: str
    notice: str
    step: StepId
    visit: int = 0
    """Counts arrivals at a step. A button carries it, so that a stale one is noticed."""
    answers: dict[StepId, Answer] = field(default_factory=dict)
    trail: tuple[StepId, ...] = ()
    """Steps passed, for "back"."""
    changing: bool = False
    """True while one answer is changed from the review: afterwards the review comes again."""
    completed: bool = False
    """The one request for a missing addressee or moment was made."""
    replacing: bool = False
    """True on coming back to a written answer: the next message replaces what was written."""
    stopped: bool = False
    """Stopped and saved by the person: the next message is not an answer until they continue."""
    group: ContributionId | None = None
    """The record of the group that is spoken for; None where a person speaks for themselves."""

    @property
    def form(self) -> str:
        """The key of its form among all forms: its version counts where several are in use at a time."""
        return form_key(self.questionnaire, self.version)

    loose: tuple[Written, ...] = ()
    """Messages that came where no text is asked for; kept until the person says what they belong to."""
    whole: tuple[int, ...] = ()
    """Messages that answered several questions at once, so that editing one changes all of its answers."""
    numbered: tuple[StepId, ...] = ()
    """The questions as their prompt numbered them: answers change what is asked, but no number's meaning."""

    replaces: Replaced | None = None
    """None for a contribution of its own."""
    reviewed: bool = False
    """It has come to the review before, and was counted there."""
    rehearsal: bool = False
    """An organizer tries the form: nothing of it is kept or handed in."""

    def answer(self, step: str) -> Answer | None:
        """The answer to a question, or None while it is unanswered."""
        return self.answers.get(StepId(step))
