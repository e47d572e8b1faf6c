"""A new version of a contribution, by receipt: the person answers again, and what is handed in supersedes the old one.

The server cannot read the old text, so nothing of it comes back. Not here: the dialogue itself (`dialogues`).
"""

from bot.core import events as on
from bot.core import screens as show
from bot.core.contributions import Note
from bot.core.conversation.chat import Chat, Outcome
from bot.core.conversation.dialogues import GROUP, begin
from bot.core.conversation.home import home
from bot.core.conversation.receipts import state_of, submitted
from bot.core.dialogue.draft import Replaced


def take(chat: Chat, event: on.Event) -> Outcome | None:
    """Whoever holds a receipt may write a new version while contributions are taken."""
    return _amend(chat, event) if isinstance(event, on.Amends) else None


def _amend(chat: Chat, event: on.Amends) -> Outcome:
    found = submitted(chat, event.receipt)
    if isinstance(found, Outcome):
        return found
    if not chat.accepted:
        return chat.again(show.Line("receipt.notice_first"))
    if (state := chat.kept_out(found.consultation)) is not None:
        return chat.shows(state_of(chat, event.receipt, found, f"admission.{state.value}"))
    if not chat.world.intake(found.consultation).takes(chat.world.now):
        return chat.shows(state_of(chat, event.receipt, found))
    if chat.session.draft is not None:
        return home(chat, "amend.draft_waits")
    if not event.sure:
        return chat.shows(show.AskAmend(event.receipt))
    note = found.note or Note(chat.world.day)
    # The points of a group name the first version of its record; every later one says which that is.
    group = note.group or (found.contribution if note.questionnaire == GROUP else None)
    return begin(chat, found.consultation, note.questionnaire, Replaced(event.receipt, found.contribution, group))
