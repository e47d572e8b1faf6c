"""Whether answers stay in the chat once they were handed in, and deleting at once what is not needed there.

Not here: deleting itself (`handlers.tidying`).
"""

from dataclasses import replace

from bot.core import events as on
from bot.core import screens as show
from bot.core.conversation.chat import Chat, Outcome
from bot.core.traces import Fate

KEEP = ((Fate.WAITING, Fate.KEPT),)
KEEP_ALWAYS = (*KEEP, (Fate.LIVE, Fate.KEEPING))
KEEP_NOT = ((Fate.KEPT, Fate.WAITING), (Fate.KEEPING, Fate.LIVE))
NOTHING_BEGUN = ((Fate.LIVE, Fate.DUE), (Fate.KEEPING, Fate.DUE))


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """/tidy, and the choice to keep."""
    match event:
        case on.Tidies():
            turns = NOTHING_BEGUN if chat.session.draft is None else ()
            return replace(chat.shows(), turns=turns, tidy=True)
        case on.Keeps():
            return _keeps(chat, event)
    return None


def _keeps(before: Chat, event: on.Keeps) -> Outcome:
    always = event.on and (event.always or before.profile.keep)
    chat = replace(before, profile=replace(before.profile, keep=always))
    turns = KEEP_NOT if not event.on else KEEP_ALWAYS if always else KEEP
    return replace(chat.shows(show.ShowKeep(event.on, always)), turns=turns)
