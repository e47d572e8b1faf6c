"""What may come out of a dialogue: keys and values for `handlers.writing`, parts to seal or erase for the store.

Not here: sentences, keyboards, messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.contributions import PartId
from bot.core.dialogue.clues import Clue
from bot.core.dialogue.draft import Draft
from bot.core.dialogue.events import Voiced
from bot.core.dialogue.questionnaire import StepId


@dataclass(frozen=True)
class Trouble:
    """Why what came was not taken: a key of ours, or the form's own constraint message of that step."""

    key: str
    values: dict[str, str | int] = field(default_factory=dict)
    form: bool = False
    """Show the question's own constraint message; the key is used where the form has none."""


@dataclass(frozen=True)
class Ask:
    """Show the question of the draft's present step as a new message."""

    draft: Draft
    page: int = 0
    trouble: Trouble | None = None
    matches: tuple[int, ...] | None = None
    """Show only these choices: what the typed text may have meant."""
    clues: tuple[Clue, ...] = ()
    """What in the text just kept may lead to a person."""


@dataclass(frozen=True)
class Renew:
    """Show the present step again in the prompt that stands: ticks, a page, one more message saved."""

    draft: Draft
    page: int = 0


@dataclass(frozen=True)
class Settled:
    """Turn the open prompt into a line that shows the answer given to `step`."""

    draft: Draft
    step: StepId


@dataclass(frozen=True)
class Closed:
    """Turn the open review or completion into a line: `step` is being changed, or it was left as it is (None)."""

    draft: Draft
    step: StepId | None


@dataclass(frozen=True)
class Tell:
    """Show a note of the form, in passing."""

    draft: Draft
    step: StepId


@dataclass(frozen=True)
class Complete:
    """Ask, once, for what a recommendation still lacks: `missing` are question names."""

    draft: Draft
    missing: tuple[StepId, ...]


@dataclass(frozen=True)
class AskWhere:
    """Ask to which question a text belongs that came where none is asked for."""

    draft: Draft
    steps: tuple[StepId, ...]


@dataclass(frozen=True)
class AskWhole:
    """Show all questions with their numbers, to be answered in one message."""

    draft: Draft
    steps: tuple[StepId, ...]
    """The questions in order; the number of each is its place, from 1."""


@dataclass(frozen=True)
class Review:
    """Show all answers, each with a way to change it."""

    draft: Draft
    steps: tuple[StepId, ...]
    """The questions that count, in order."""
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Noted:
    """One short line: something was understood or refused, without a new prompt."""

    key: str
    step: StepId | None = None
    draft: Draft | None = None
    clues: tuple[Clue, ...] = ()
    """What in the text just kept may lead to a person."""


@dataclass(frozen=True)
class AskErase:
    """Ask whether the draft should really be erased."""

    draft: Draft


@dataclass(frozen=True)
class Stopped:
    """The draft is saved and rests."""

    draft: Draft


@dataclass(frozen=True)
class Erased:
    """The draft is gone."""


@dataclass(frozen=True)
class Finished:
    """Ready to be handed in: coded answers of the head, and the pieces of each written answer in order."""

    draft: Draft
    answers: dict[str, object]
    pieces: dict[str, tuple[PartId, ...]]


@dataclass(frozen=True)
class Keep:
    """Seal this text as a part of the draft."""

    part: PartId
    step: StepId
    text: str
    message: int


@dataclass(frozen=True)
class KeepVoice:
    """Seal this voice message as a part of the draft."""

    step: StepId
    voiced: Voiced


@dataclass(frozen=True)
class Drop:
    """Erase a sealed part that no longer counts."""

    part: PartId


Effect = (
    Ask
    | Renew
    | Settled
    | Closed
    | Tell
    | Complete
    | AskWhere
    | AskWhole
    | Review
    | Noted
    | AskErase
    | Stopped
    | Erased
    | Finished
    | Keep
    | KeepVoice
    | Drop
)


@dataclass(frozen=True)
class Turn:
    """One uninterrupted turn of the engine. `draft` is None once it was erased or is finished."""

    draft: Draft | None
    effects: Sequence[Effect]
