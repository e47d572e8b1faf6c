"""From an update of Telegram to what the person did.

Not here: what an event leads to (`bot.core.conversation`), buttons' spelling (`buttons`), fetching (`intake`).
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message, Update
from telegram.constants import ChatType

from bot.core import events as on
from bot.core.contributions import VOICES, PartId
from bot.core.dialogue.events import Edited, Said, Voiced
from bot.core.people import ChatId, UpdateId
from bot.core.ports import Chance
from bot.core.session import View
from handlers import buttons

KINDS = (
    ("photo", ("photo",)),
    ("voice", ("voice", "audio", "video_note")),
    ("sticker", ("sticker", "animation")),
    ("document", ("document", "video")),
    ("location", ("location", "venue")),
    ("contact", ("contact",)),
)


@dataclass(frozen=True)
class Origin:
    """Where an update comes from, and what has to be answered."""

    update: UpdateId
    chat: ChatId
    private: bool
    tag: str | None
    """Language of the person's app (IETF), if Telegram tells."""
    tapped: int | None = None
    callback: str | None = None
    message: int | None = None
    """Number of the person's own message."""
    sent: float | None = None
    """When it was sent, epoch seconds."""


def origin(update: Update) -> Origin | None:
    """Who sent it; None for updates of no chat."""
    chat = update.effective_chat
    if chat is None:
        return None
    query, user = update.callback_query, update.effective_user
    own = update.message or update.edited_message
    return Origin(
        update=UpdateId(update.update_id),
        chat=ChatId(chat.id),
        private=chat.type == ChatType.PRIVATE,
        tag=user.language_code if user is not None else None,
        tapped=query.message.message_id if query is not None and query.message is not None else None,
        callback=query.id if query is not None else None,
        message=own.message_id if own is not None else None,
        sent=own.date.timestamp() if own is not None else None,
    )


def tap(update: Update) -> on.Event:
    """A pressed button."""
    query = update.callback_query
    return buttons.parse(query.data or "") if query is not None else on.Unknown()


def message(update: Update, view: View, chance: Chance) -> on.Event:
    """A message that is no known command."""
    found = update.message
    if found is None:
        return on.Unknown()
    if found.forward_origin is not None:
        return on.SendsOther("forwarded")
    if found.text is None:
        return _voice(found, view, chance) or _file(found) or on.SendsOther(_kind(found))
    if found.text.startswith("/") and len(found.text.split()) == 1:
        return on.Unknown(command=True)
    part = PartId(chance.hex(16))
    marks = tuple((str(mark.type), mark.offset, mark.length, mark.url) for mark in found.entities)
    return on.Speaks(Said(found.text, found.message_id, part, _answered(found, view)), marks)


def edited(update: Update, chance: Chance) -> on.Event | None:
    """An edited message; None when it is not text."""
    found = update.edited_message
    if found is None or found.text is None:
        return None
    return on.Rewrites(Edited(found.text, found.message_id, PartId(chance.hex(16))))


def _voice(found: Message, view: View, chance: Chance) -> on.Event | None:
    """A recording made in the chat; nothing of it is fetched here. A music file or a round video is not one."""
    voice = found.voice
    if voice is None:
        return None
    length = voice.duration
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    voiced = Voiced(
        message=found.message_id,
        part=PartId(chance.hex(16)),
        seconds=math.ceil(seconds),
        size=voice.file_size or 0,
        type=voice.mime_type if voice.mime_type and voice.mime_type in VOICES else "audio/ogg",
        step=_answered(found, view),
    )
    return on.SendsVoice("voice", voiced, voice.file_id)


def _file(found: Message) -> on.Event | None:
    """A document; nothing of it is fetched here. An animation comes with one, and is none."""
    document = found.document
    if document is None or _kind(found) != "document":
        return None
    return on.SendsFile("document", document.file_id, document.file_name or "", document.file_size or 0)


def _answered(found: Message, view: View) -> str | None:
    """The question a message replies to, if it replies to one of our prompts that is no longer open."""
    to = found.reply_to_message
    if to is None:
        return None
    return next((prompt.step for prompt in reversed(view.prompts) if prompt.message == to.message_id), None)


def _kind(found: Message) -> str:
    return next((kind for kind, fields in KINDS if any(getattr(found, name) for name in fields)), "other")
